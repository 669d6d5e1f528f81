package web

import (
	"slices"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
)

// eventPart is one step of the form of an event: what it is called in addresses,
// its fields, and how they are read back.
type eventPart struct {
	Name   string // last part of the step's address; submit.part.<name> is its heading
	fields func(*form, agenda.EventDetails)
	read   func(*Ctx, *agenda.EventDetails, *agenda.Problems)
}

// The parts of which pages show more than fields.
const (
	whenPart = "zeit-und-ort" // notes on the time
	textPart = "text"         // the picture
)

// eventParts are the steps in their order. Whoever fills in the form on one page
// sees them as sections.
var eventParts = []eventPart{
	{"anfang", (*form).beginFields, (*Ctx).readBegin},
	{whenPart, (*form).whenFields, (*Ctx).readWhen},
	{"fuer-wen", (*form).whomFields, (*Ctx).readWhom},
	{textPart, (*form).textFields, (*Ctx).readText},
}

// eventForm is the form of an event on one page, for organisers and coordinators
// alike.
func (c *Ctx) eventForm(action, submit string, d agenda.EventDetails) *form {
	f := c.form(action, submit)
	for _, part := range eventParts {
		f.heading("submit.part." + part.Name)
		part.fields(f, d)
	}
	return f
}

func (f *form) beginFields(d agenda.EventDetails) {
	f.must("title", d.Title, 80).must("organiser", d.Organiser, 200)
	f.choose("select", "category", withEmpty(f.c.codes("term.category.", agenda.Categories, d.Category)), true)
	f.add(field{Kind: "text", Name: "internal_name", Value: d.Internal.Name, Max: 100, Required: true, Auto: "name"})
	f.add(field{Kind: "email", Name: "internal_email", Value: d.Internal.Email, Max: 254, Required: true, Auto: "email", Dir: "ltr"})
	f.add(field{Kind: "tel", Name: "internal_phone", Value: d.Internal.Phone, Max: 60, Auto: "tel", Dir: "ltr"})
}

func (f *form) whenFields(d agenda.EventDetails) {
	f.add(field{Kind: "date", Name: "start", Value: dateText(d.Start), Required: true, Label: f.c.P.T("submit.date")})
	f.add(field{Kind: "time", Name: "start_clock", Value: clockText(d.Start), Required: true, Label: f.c.P.T("field.start")})
	f.add(field{Kind: "time", Name: "end", Value: clockText(d.End), Required: true})
	f.add(field{Kind: "date", Name: "end_date", Value: endDate(d), Label: f.c.P.T("submit.end_date")})
	f.add(field{Kind: "time", Name: "doors", Value: d.Doors})
	f.datesFields(d)
	towns := make([]option, 0, len(agenda.Towns)+1)
	for _, t := range append(slices.Clone(agenda.Towns), agenda.Online) {
		towns = append(towns, option{t, t, t == d.Venue.Town})
	}
	f.choose("select", "town", withEmpty(towns), true)
	f.text("venue", d.Venue.Name, 120).text("street", d.Venue.Street, 120).text("postcode", d.Venue.Postcode, 10)
	f.add(field{Kind: "text", Name: "online", Value: d.Venue.Online, Max: 500, Dir: "ltr"})
}

func (f *form) whomFields(d agenda.EventDetails) {
	f.choose("checks", "audiences", f.c.codes("term.audience.", agenda.Audiences, d.Audiences...), true)
	f.check("womenonly", d.WomenOnly)
	f.choose("checks", "languages", f.c.codes("term.language.", agenda.Languages, d.Languages...), true)
	f.text("interpreters", d.Interpreters, 200)
	f.choose("radios", "stepfree", f.c.answers(d.StepFree), false).choose("radios", "childcare", f.c.answers(d.Childcare), false)
	f.check("free", d.Free).text("price", d.Price, 100)
	f.check("signup", d.SignUp).check("signuphere", d.SignUpHere)
	f.add(field{Kind: "number", Name: "places", Value: nonZero(d.Places)})
	f.add(field{Kind: "date", Name: "signupuntil", Value: d.SignUpUntil.String()})
	f.text("signupby", d.SignUpBy, 200)
	f.text("food", d.Food, 200)
}

func (f *form) textFields(d agenda.EventDetails) {
	f.text("subtitle", d.Subtitle, 120)
	f.add(field{Kind: "area", Name: "summary", Value: d.Summary, Max: 700, Required: true})
	f.area("description", d.Description, 10000)
	f.add(field{Kind: "text", Name: "coorganisers", Value: strings.Join(d.CoOrganisers, ", "), Max: 500})
	f.must("contact", d.Contact, 200)
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
func (c *Ctx) postedEvent() (d agenda.EventDetails, p agenda.Problems) {
	for _, part := range eventParts {
		part.read(c, &d, &p)
	}
	return d, p
}

func (c *Ctx) readBegin(d *agenda.EventDetails, _ *agenda.Problems) {
	d.Title, d.Organiser, d.Category = c.posted("title"), c.posted("organiser"), c.posted("category")
	d.Internal.Name, d.Internal.Email, d.Internal.Phone = c.posted("internal_name"), c.posted("internal_email"), c.posted("internal_phone")
}

func (c *Ctx) readWhen(d *agenda.EventDetails, p *agenda.Problems) {
	d.Doors = c.posted("doors")
	d.Venue = agenda.Venue{Name: c.posted("venue"), Street: c.posted("street"), Postcode: c.posted("postcode"), Town: c.posted("town"), Online: c.posted("online")}
	d.Start = c.postedLocal(p, "start", "start_clock")
	endDay := "start"
	if c.posted("end_date") != "" {
		endDay = "end_date"
	}
	var again agenda.Problems // the start's problem is told once
	if d.End = c.postedLocal(&again, endDay, "end"); p.For("start") == nil {
		*p = append(*p, again...)
	}
	after, lines := d.ParseDateLines(c.posted("further"))
	*d, *p = after, append(*p, lines...)
}

func (c *Ctx) readWhom(d *agenda.EventDetails, p *agenda.Problems) {
	d.Audiences, d.WomenOnly, d.Languages, d.Interpreters = c.PostFormArray("audiences"), c.posted("womenonly") != "", c.PostFormArray("languages"), c.posted("interpreters")
	d.StepFree, d.Childcare, d.Free, d.Price = known(c.posted("stepfree")), known(c.posted("childcare")), c.posted("free") != "", c.posted("price")
	d.SignUpHere, d.SignUpUntil = c.posted("signuphere") != "", c.postedDate(p, "signupuntil")
	d.SignUp, d.SignUpBy, d.Places, d.Food = c.posted("signup") != "", c.posted("signupby"), c.postedInt(p, "places"), c.posted("food")
}

func (c *Ctx) readText(d *agenda.EventDetails, _ *agenda.Problems) {
	d.Subtitle, d.Summary, d.Description = c.posted("subtitle"), c.posted("summary"), c.posted("description")
	d.CoOrganisers, d.Contact = strings.Split(c.posted("coorganisers"), ","), c.posted("contact")
}

func known(s string) agenda.Known {
	if k := agenda.Known(s); k == agenda.Yes || k == agenda.No {
		return k
	}
	return agenda.Unknown
}
