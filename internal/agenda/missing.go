package agenda

import "time"

// AskRest is for how long nobody is asked again for the details that an event
// lacks.
const AskRest = 24 * time.Hour

// Missing names what a reader of the programme would miss in the event, by the
// fields of its form and in their order, the picture last; nil for an event that
// does not take place. What its organiser has proposed already is not missing.
// Subtitle, long text, co-organisers, doors, food, interpreters and the number
// of places are left out: an event is whole without them.
func (e Event) Missing() []string {
	if e.Review == Withdrawn || e.Standing == Cancelled {
		return nil
	}
	d := e.EventDetails
	if e.Proposal != nil {
		d = e.Proposal.EventDetails
	}
	return append(d.Missing(), e.Picture.missing()...)
}

// Missing is Event.Missing for the details alone.
func (d EventDetails) Missing() (out []string) {
	lacks := func(field string, yes bool) {
		if yes {
			out = append(out, field)
		}
	}
	online := d.Venue.Town == Online
	lacks("category", d.Category == "")
	lacks("town", d.Venue.Town == "")
	lacks("venue", !online && d.Venue.Name == "")
	lacks("street", !online && d.Venue.Street == "")
	lacks("postcode", !online && d.Venue.Postcode == "")
	lacks("online", online && d.Venue.Online == "" && !d.SignUp) // who signs up gets the address
	lacks("audiences", len(d.Audiences) == 0)
	lacks("languages", len(d.Languages) == 0)
	lacks("stepfree", !online && d.StepFree == Unknown)
	lacks("childcare", !online && d.Childcare == Unknown)
	lacks("price", !d.Free && d.Price == "")
	lacks("signupby", d.SignUp && d.SignUpBy == "")
	lacks("summary", d.Summary == "")
	lacks("contact", d.Contact == "")
	return out
}

// missing names what a picture lacks; no picture lacks all of it at once.
func (p *Picture) missing() (out []string) {
	if p == nil {
		return []string{"picture"}
	}
	if p.Alt == "" {
		out = append(out, "alt")
	}
	if p.Credit == "" || p.Licence == "" {
		out = append(out, "credit")
	}
	return out
}

// MayAsk reports whether whoever submitted the event can be asked for what it
// lacks: it lacks something, was sent, is still to come, and an address is known.
func (e Event) MayAsk(now time.Time, loc *time.Location) bool {
	return e.Review != Draft && e.Internal.Email != "" && e.Until().In(loc).After(now) && len(e.Missing()) > 0
}

// AskedWithAll reports whether the event is one of those whose submitters are
// asked together. A reserved date is still being written, and a returned event
// was asked about with its reason.
func (e Event) AskedWithAll() bool { return e.Review == Submitted || e.Admitted() }

// Asked says when the submitter of an event was asked last for what it lacked.
type Asked struct {
	Event  EventID   `json:"event"`
	At     time.Time `json:"at"` // UTC
	Fields []string  `json:"fields"`
}

// Rests reports whether it is too early to ask again.
func (a Asked) Rests(now time.Time) bool { return !a.At.IsZero() && now.Sub(a.At) < AskRest }
