package agenda

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Known answers a question about an event; "" is unknown and is shown as such.
type Known string

// The answers.
const (
	Unknown Known = ""
	Yes     Known = "yes"
	No      Known = "no"
)

// Venue is where an event takes place.
type Venue struct {
	Name     string `json:"name,omitempty"`
	Street   string `json:"street,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Town     string `json:"town,omitempty"`   // one of Towns, or "Online"
	Online   string `json:"online,omitempty"` // http(s) address, public
}

// Online is the town of events that take place in the network only.
const Online = "Online"

// Towns are the names of the nine towns of the Kreis Herford.
var Towns = func() (names []string) {
	for _, t := range TownList {
		names = append(names, t.Name)
	}
	return names
}()

// Line returns the venue in one line: "Stadtbücherei Bünde, Eschstraße 50,
// 32257 Bünde".
func (v Venue) Line() string {
	var parts []string
	for _, s := range []string{v.Name, v.Street, strings.TrimSpace(v.Postcode + " " + v.Town)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// Contact is where the organiser is reached.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	Lang  Lang   `json:"lang,omitempty"` // of the form that she filled in
}

// EventDetails are what the organiser of an event types. Categories, audiences
// and languages are codes (message keys term.category.…, term.audience.…,
// term.language.…).
type EventDetails struct {
	Title        string      `json:"title"`
	Subtitle     string      `json:"subtitle,omitempty"`
	Summary      string      `json:"summary"` // at most 700 characters; programme and card
	Description  string      `json:"description,omitempty"`
	Category     string      `json:"category"`
	Start        Local       `json:"start"`
	End          Local       `json:"end"`
	FirstNo      int         `json:"firstno,omitempty"`  // number of the date at Start; 0 is 1
	FirstOff     bool        `json:"firstoff,omitempty"` // the date at Start is cancelled by itself
	Further      []EventDate `json:"further,omitempty"`  // of a course: the dates after the first, in order
	Doors        string      `json:"doors,omitempty"`    // time of day, "17:30"
	Venue        Venue       `json:"venue"`
	Organiser    string      `json:"organiser"`
	CoOrganisers []string    `json:"coorganisers,omitempty"`
	Audiences    []string    `json:"audiences"`
	WomenOnly    bool        `json:"womenonly,omitempty"`
	Languages    []string    `json:"languages"`
	Interpreters string      `json:"interpreters,omitempty"`
	StepFree     Known       `json:"stepfree,omitempty"`
	Childcare    Known       `json:"childcare,omitempty"`
	Free         bool        `json:"free,omitempty"`
	Price        string      `json:"price,omitempty"`      // "5 Euro, ermäßigt 2 Euro"; "Spende"
	SignUp       bool        `json:"signup,omitempty"`     // a sign-up is needed
	SignUpHere   bool        `json:"signuphere,omitempty"` // people sign up in the programme itself
	SignUpUntil  Date        `json:"signupuntil,omitzero"` // last day on which they can
	SignUpBy     string      `json:"signupby,omitempty"`   // how and until when
	Places       int         `json:"places,omitempty"`     // 0: no limit
	Food         string      `json:"food,omitempty"`
	Contact      string      `json:"contact"`  // public: telephone, address or web page of the organiser
	Internal     Contact     `json:"internal"` // for questions of the coordinators; never public
}

// Clean returns the details with every field fit to be kept.
func (d EventDetails) Clean() EventDetails {
	for _, s := range []*string{&d.Title, &d.Subtitle, &d.Doors, &d.Venue.Name, &d.Venue.Street, &d.Venue.Postcode, &d.Venue.Town, &d.Venue.Online,
		&d.Organiser, &d.Interpreters, &d.Price, &d.SignUpBy, &d.Food, &d.Contact, &d.Internal.Name, &d.Internal.Phone, &d.Internal.Email} {
		*s = Line(*s)
	}
	d.Summary, d.Description = Text(d.Summary), Text(d.Description)
	if e, ok := Email(d.Internal.Email); ok {
		d.Internal.Email = e
	}
	d.CoOrganisers = cleanList(d.CoOrganisers)
	d.SignUp = d.SignUp || d.SignUpHere
	if d.Course() {
		d.Further = sortedDates(d.Further)
	} else {
		d.Further, d.FirstOff = nil, false // of one date the event is cancelled
	}
	d.Audiences, d.Languages = cleanList(d.Audiences), cleanList(d.Languages)
	return d
}

// Check returns what is wrong with the details. A submitted event must also
// name an internal contact with an address; imported ones need not.
func (d EventDetails) Check(submitted bool, loc *time.Location) error {
	var p Problems
	required(&p, "title", d.Title, 80)
	atMost(&p, "subtitle", d.Subtitle, 120)
	required(&p, "summary", d.Summary, 700)
	atMost(&p, "description", d.Description, 10000)
	oneOf(&p, "category", d.Category, Categories)
	checkSpan(&p, d.Start, d.End, 60, loc)
	d.checkDates(&p, loc)
	if d.Doors != "" {
		if _, _, err := ParseClock(d.Doors); err != nil {
			p.Add("doors", "clock", "17:30")
		}
	}
	if d.Venue.Town != Online {
		oneOf(&p, "town", d.Venue.Town, Towns)
		required(&p, "venue", d.Venue.Name, 120)
	}
	atMost(&p, "street", d.Venue.Street, 120)
	atMost(&p, "postcode", d.Venue.Postcode, 10)
	checkLink(&p, "online", d.Venue.Online)
	required(&p, "organiser", d.Organiser, 200)
	subset(&p, "audiences", d.Audiences, Audiences)
	subset(&p, "languages", d.Languages, Languages)
	if !d.Free {
		required(&p, "price", d.Price, 100)
	}
	between(&p, "places", d.Places, 0, 100000)
	if d.SignUpUntil.After(d.LastStart().Date) && !d.Start.IsZero() {
		p.Add("signupuntil", "until", d.Start.Date.String())
	}
	atMost(&p, "contact", d.Contact, 200)
	if submitted {
		required(&p, "contact", d.Contact, 200)
		required(&p, "internal_name", d.Internal.Name, 100)
		required(&p, "internal_email", d.Internal.Email, 254)
	}
	if d.Internal.Email != "" {
		if _, ok := Email(d.Internal.Email); !ok {
			p.Add("internal_email", "email", "name@example.org")
		}
	}
	return p.Err()
}

// CheckReserved returns what is wrong with the details of a date that is
// reserved before its text exists: time, town and who asks must be known.
func (d EventDetails) CheckReserved(loc *time.Location) error {
	var p Problems
	required(&p, "title", d.Title, 80)
	checkSpan(&p, d.Start, d.End, 60, loc)
	if d.Venue.Town != Online {
		oneOf(&p, "town", d.Venue.Town, Towns)
	}
	required(&p, "organiser", d.Organiser, 200)
	required(&p, "internal_name", d.Internal.Name, 100)
	required(&p, "internal_email", d.Internal.Email, 254)
	if _, ok := Email(d.Internal.Email); !ok && d.Internal.Email != "" {
		p.Add("internal_email", "email", "name@example.org")
	}
	d.rest(&p, loc)
	return p.Err()
}

// ToEdition returns the details moved from one edition to another: to the same
// weekday, as far from its beginning.
func (d EventDetails) ToEdition(from, to Edition) EventDetails {
	weeks := (from.Starts.DaysTo(to.Starts) + 3) / 7
	dates := d.Dates()
	for i, one := range dates { // what was cancelled or moved once is not so for ever
		dates[i] = EventDate{Start: one.Start.AddDays(7 * weeks), End: one.End.AddDays(7 * weeks)}
	}
	d = d.WithDates(dates)
	return d
}

// Changes lists the fields in which the details e differ from d.
func (d EventDetails) Changes(e EventDetails) []Change {
	var c []Change
	diff(&c, "title", d.Title, e.Title)
	diff(&c, "subtitle", d.Subtitle, e.Subtitle)
	diff(&c, "summary", d.Summary, e.Summary)
	diff(&c, "description", d.Description, e.Description)
	diff(&c, "category", d.Category, e.Category)
	diff(&c, "start", d.Start.String(), e.Start.String())
	diff(&c, "end", d.End.String(), e.End.String())
	diff(&c, "further", d.differentDates(e), e.differentDates(d))
	diff(&c, "doors", d.Doors, e.Doors)
	diff(&c, "venue", d.Venue.Line(), e.Venue.Line())
	diff(&c, "online", d.Venue.Online, e.Venue.Online)
	diff(&c, "organiser", d.Organiser, e.Organiser)
	diff(&c, "coorganisers", join(d.CoOrganisers), join(e.CoOrganisers))
	diff(&c, "audiences", join(d.Audiences), join(e.Audiences))
	diff(&c, "womenonly", yes(d.WomenOnly), yes(e.WomenOnly))
	diff(&c, "languages", join(d.Languages), join(e.Languages))
	diff(&c, "interpreters", d.Interpreters, e.Interpreters)
	diff(&c, "stepfree", string(d.StepFree), string(e.StepFree))
	diff(&c, "childcare", string(d.Childcare), string(e.Childcare))
	diff(&c, "free", yes(d.Free), yes(e.Free))
	diff(&c, "price", d.Price, e.Price)
	diff(&c, "signup", yes(d.SignUp), yes(e.SignUp))
	diff(&c, "signuphere", yes(d.SignUpHere), yes(e.SignUpHere))
	diff(&c, "signupuntil", d.SignUpUntil.String(), e.SignUpUntil.String())
	diff(&c, "signupby", d.SignUpBy, e.SignUpBy)
	diff(&c, "places", itoa(d.Places), itoa(e.Places))
	diff(&c, "food", d.Food, e.Food)
	diff(&c, "contact", d.Contact, e.Contact)
	diff(&c, "internal_name", d.Internal.Name, e.Internal.Name)
	diff(&c, "internal_email", d.Internal.Email, e.Internal.Email)
	diff(&c, "internal_phone", d.Internal.Phone, e.Internal.Phone)
	return c
}

// Moves reports whether going from d to e changes time or place.
func (d EventDetails) Moves(e EventDetails) bool {
	return !d.sameDates(e) || d.Venue != e.Venue
}

// The codes of event details, in the order in which forms offer them.
var (
	Categories = []string{"fest", "lesung", "film", "konzert", "theater", "ausstellung", "workshop", "vortrag", "kochen", "sport", "gebet", "fuehrung", "offene-tuer", "beratung", "kurs", "online", "sonstiges"}
	Audiences  = []string{"alle", "familien", "kinder", "jugendliche", "frauen", "maenner", "senioren", "neuzugewanderte", "ehrenamtliche", "fachkraefte"}
	Languages  = []string{"de", "de-einfach", "en", "ar", "tr", "uk", "ru", "ku", "fa", "pl", "ro", "bg", "fr", "es", "it", "alle"}
)

func oneOf(p *Problems, field, v string, list []string) {
	if v == "" {
		p.Add(field, "required", "")
	} else if !slices.Contains(list, v) {
		p.Add(field, "one_of", strings.Join(list, ", "))
	}
}

func subset(p *Problems, field string, v, list []string) {
	if len(v) == 0 {
		p.Add(field, "required", "")
	}
	for _, s := range v {
		if !slices.Contains(list, s) {
			p.Add(field, "one_of", strings.Join(list, ", "))
			return
		}
	}
}

func checkLink(p *Problems, field, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || len(s) > 500 {
		p.Add(field, "link", "https://…")
	}
}

func cleanList(list []string) []string {
	var out []string
	for _, s := range list {
		if s = Line(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
