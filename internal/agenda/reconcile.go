package agenda

import "slices"

// Crossing is one field of an event that two people changed at the same time.
type Crossing struct {
	Field       string
	Kept, Typed string
	TakenOver   bool // the other's value is in the form: whoever typed had not touched the field
}

// Reconcile puts together what was typed into a form and what others have saved
// since the form was read. since are their changes, the oldest first. A field
// that only they changed has their value now, a field that only was typed keeps
// what was typed, and so does one that both changed; what concerns the others'
// changes is listed.
func Reconcile(typed, kept EventDetails, since []Change) (EventDetails, []Crossing) {
	base := map[string]string{}
	for _, c := range since {
		if _, ok := base[c.Field]; !ok {
			base[c.Field] = c.Old
		}
	}
	var out []Crossing
	for _, c := range kept.Changes(typed) {
		was, theirs := base[c.Field]
		if !theirs {
			continue
		}
		x := Crossing{Field: c.Field, Kept: c.Old, Typed: c.New}
		if x.TakenOver = c.New == was; x.TakenOver {
			typed = typed.Take(c.Field, kept)
		}
		out = append(out, x)
	}
	return typed, out
}

// Take returns the details with one field as it is in from; field is as in
// Changes.
func (d EventDetails) Take(field string, from EventDetails) EventDetails {
	texts := map[string][2]*string{
		"title": {&d.Title, &from.Title}, "subtitle": {&d.Subtitle, &from.Subtitle}, "summary": {&d.Summary, &from.Summary},
		"description": {&d.Description, &from.Description}, "category": {&d.Category, &from.Category}, "doors": {&d.Doors, &from.Doors},
		"online": {&d.Venue.Online, &from.Venue.Online}, "organiser": {&d.Organiser, &from.Organiser}, "interpreters": {&d.Interpreters, &from.Interpreters},
		"price": {&d.Price, &from.Price}, "signupby": {&d.SignUpBy, &from.SignUpBy}, "food": {&d.Food, &from.Food}, "contact": {&d.Contact, &from.Contact},
		"internal_name": {&d.Internal.Name, &from.Internal.Name}, "internal_email": {&d.Internal.Email, &from.Internal.Email},
		"internal_phone": {&d.Internal.Phone, &from.Internal.Phone},
	}
	if t, ok := texts[field]; ok {
		*t[0] = *t[1]
		return d
	}
	switch field {
	case "start":
		d.Start = from.Start
	case "end":
		d.End = from.End
	case "further":
		d.FirstOff, d.Further = from.FirstOff, slices.Clone(from.Further)
		for i := range d.Further {
			d.Further[i].No = 0 // it may be that of another event
		}
	case "venue":
		online := d.Venue.Online
		d.Venue = from.Venue
		d.Venue.Online = online
	case "coorganisers":
		d.CoOrganisers = slices.Clone(from.CoOrganisers)
	case "audiences":
		d.Audiences = slices.Clone(from.Audiences)
	case "languages":
		d.Languages = slices.Clone(from.Languages)
	case "womenonly":
		d.WomenOnly = from.WomenOnly
	case "stepfree":
		d.StepFree = from.StepFree
	case "childcare":
		d.Childcare = from.Childcare
	case "free":
		d.Free = from.Free
	case "signup":
		d.SignUp = from.SignUp
	case "signuphere":
		d.SignUpHere = from.SignUpHere
	case "signupuntil":
		d.SignUpUntil = from.SignUpUntil
	case "places":
		d.Places = from.Places
	}
	return d
}
