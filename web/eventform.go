package web

import (
	"slices"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
)

// eventForm is the form of an event, for organisers and coordinators alike.
func (c *Ctx) eventForm(action, submit string, d agenda.EventDetails) *form {
	f := c.form(action, submit)
	f.heading("submit.what").must("title", d.Title, 80).text("subtitle", d.Subtitle, 120)
	f.add(field{Kind: "area", Name: "summary", Value: d.Summary, Max: 700, Required: true})
	f.area("description", d.Description, 10000)
	f.choose("select", "category", withEmpty(c.codes("term.category.", agenda.Categories, d.Category)), true)
	f.heading("submit.when")
	f.add(field{Kind: "date", Name: "start", Value: dateText(d.Start), Required: true, Label: c.P.T("submit.date")})
	f.add(field{Kind: "time", Name: "start_clock", Value: clockText(d.Start), Required: true, Label: c.P.T("field.start")})
	f.add(field{Kind: "date", Name: "end_date", Value: endDate(d), Label: c.P.T("submit.end_date")})
	f.add(field{Kind: "time", Name: "end", Value: clockText(d.End), Required: true})
	f.add(field{Kind: "time", Name: "doors", Value: d.Doors})
	f.heading("submit.where")
	towns := make([]option, 0, len(agenda.Towns)+1)
	for _, t := range append(slices.Clone(agenda.Towns), agenda.Online) {
		towns = append(towns, option{t, t, t == d.Venue.Town})
	}
	f.choose("select", "town", withEmpty(towns), true)
	f.text("venue", d.Venue.Name, 120).text("street", d.Venue.Street, 120).text("postcode", d.Venue.Postcode, 10)
	f.add(field{Kind: "text", Name: "online", Value: d.Venue.Online, Max: 500, Dir: "ltr"})
	f.heading("submit.who").must("organiser", d.Organiser, 200)
	f.add(field{Kind: "text", Name: "coorganisers", Value: strings.Join(d.CoOrganisers, ", "), Max: 500})
	f.choose("checks", "audiences", c.codes("term.audience.", agenda.Audiences, d.Audiences...), true)
	f.check("womenonly", d.WomenOnly)
	f.choose("checks", "languages", c.codes("term.language.", agenda.Languages, d.Languages...), true)
	f.text("interpreters", d.Interpreters, 200)
	f.heading("submit.access")
	f.choose("radios", "stepfree", c.answers(d.StepFree), false).choose("radios", "childcare", c.answers(d.Childcare), false)
	f.check("free", d.Free).text("price", d.Price, 100)
	f.check("signup", d.SignUp).text("signupby", d.SignUpBy, 200)
	f.add(field{Kind: "number", Name: "places", Value: nonZero(d.Places)})
	f.text("food", d.Food, 200)
	f.heading("submit.contact").must("contact", d.Contact, 200)
	f.add(field{Kind: "text", Name: "internal_name", Value: d.Internal.Name, Max: 100, Required: true, Auto: "name"})
	f.add(field{Kind: "email", Name: "internal_email", Value: d.Internal.Email, Max: 254, Required: true, Auto: "email", Dir: "ltr"})
	f.add(field{Kind: "tel", Name: "internal_phone", Value: d.Internal.Phone, Max: 60, Auto: "tel", Dir: "ltr"})
	return f
}

func withEmpty(o []option) []option { return append([]option{{"", "–", false}}, o...) }

func (c *Ctx) answers(k agenda.Known) []option {
	return []option{
		{string(agenda.Yes), c.P.T("term.yes"), k == agenda.Yes}, {string(agenda.No), c.P.T("term.no"), k == agenda.No},
		{"", c.P.T("term.unknown"), k == agenda.Unknown},
	}
}

// dateText and clockText show a time in a form's two fields.
func dateText(l agenda.Local) string { return l.Date.String() }

func clockText(l agenda.Local) string {
	if l.IsZero() {
		return ""
	}
	return l.Clock()
}

// endDate is shown only if the event ends on another day.
func endDate(d agenda.EventDetails) string {
	if d.End.Date == d.Start.Date {
		return ""
	}
	return d.End.Date.String()
}

func nonZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// postedEvent reads the form of an event. What could not be read at all is a
// problem; whether the rest can be is for the rules of the agenda.
func (c *Ctx) postedEvent() (agenda.EventDetails, agenda.Problems) {
	var p agenda.Problems
	d := agenda.EventDetails{
		Title: c.posted("title"), Subtitle: c.posted("subtitle"), Summary: c.posted("summary"), Description: c.posted("description"), Category: c.posted("category"),
		Doors: c.posted("doors"), Organiser: c.posted("organiser"), CoOrganisers: strings.Split(c.posted("coorganisers"), ","),
		Audiences: c.PostFormArray("audiences"), WomenOnly: c.posted("womenonly") != "", Languages: c.PostFormArray("languages"), Interpreters: c.posted("interpreters"),
		StepFree: known(c.posted("stepfree")), Childcare: known(c.posted("childcare")), Free: c.posted("free") != "", Price: c.posted("price"),
		SignUp: c.posted("signup") != "", SignUpBy: c.posted("signupby"), Places: c.postedInt(&p, "places"), Food: c.posted("food"), Contact: c.posted("contact"),
		Venue:    agenda.Venue{Name: c.posted("venue"), Street: c.posted("street"), Postcode: c.posted("postcode"), Town: c.posted("town"), Online: c.posted("online")},
		Internal: agenda.Contact{Name: c.posted("internal_name"), Email: c.posted("internal_email"), Phone: c.posted("internal_phone")},
	}
	d.Start = c.postedLocal(&p, "start", "start_clock")
	endDay := "start"
	if c.posted("end_date") != "" {
		endDay = "end_date"
	}
	var again agenda.Problems // the start's problem is told once
	if d.End = c.postedLocal(&again, endDay, "end"); p.For("start") == nil {
		p = append(p, again...)
	}
	return d, p
}

func known(s string) agenda.Known {
	if k := agenda.Known(s); k == agenda.Yes || k == agenda.No {
		return k
	}
	return agenda.Unknown
}
