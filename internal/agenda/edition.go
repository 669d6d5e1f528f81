package agenda

import "time"

// Edition is the Intercultural Weeks of one year.
type Edition struct {
	Year       int       `json:"year"` // its identifier
	Title      string    `json:"title"`
	Motto      string    `json:"motto,omitempty"`
	Patron     string    `json:"patron,omitempty"`
	Starts     Date      `json:"starts"`
	Ends       Date      `json:"ends"`
	Submission Date      `json:"submission,omitzero"` // last day on which events can be submitted
	Print      Date      `json:"print,omitzero"`      // copy deadline of the printed programme
	Opening    EventID   `json:"opening,omitempty"`   // the opening event
	Closing    EventID   `json:"closing,omitempty"`   // the closing event
	Open       bool      `json:"open,omitempty"`      // the call is open: events can be submitted
	Leads      []int     `json:"leads,omitempty"`     // days before an event on which watchers are reminded; nil: as configured
	Changed    time.Time `json:"changed"`             // UTC

	CallSent   time.Time `json:"callsent,omitzero"`    // UTC; when the institutions were told of the call
	Principles string    `json:"principles,omitempty"` // the self-understanding to which submitters agree
}

// Check returns what is wrong with the edition's fields.
func (e Edition) Check() error {
	var p Problems
	between(&p, "year", e.Year, 2000, 2100)
	required(&p, "title", e.Title, 150)
	atMost(&p, "motto", e.Motto, 200)
	atMost(&p, "patron", e.Patron, 200)
	atMost(&p, "principles", e.Principles, 4000)
	switch {
	case e.Starts.IsZero():
		p.Add("starts", "required", "")
	case e.Ends.IsZero():
		p.Add("ends", "required", "")
	case e.Ends.Before(e.Starts):
		p.Add("ends", "order", e.Starts.String())
	}
	return p.Err()
}

// Accepts reports whether an event can be submitted on the day: while the call
// is open and the weeks are not over.
func (e Edition) Accepts(today Date) bool { return e.Open && !today.After(e.Ends) }

// Late reports whether an event that is submitted on the day comes too late for
// the printed programme.
func (e Edition) Late(today Date) bool { return !e.Submission.IsZero() && today.After(e.Submission) }

// Calling reports whether institutions are still asked for events on the day:
// what they submit will be in print.
func (e Edition) Calling(today Date) bool { return e.Accepts(today) && !e.Late(today) }

// Changes lists the fields in which the edition f differs from e.
func (e Edition) Changes(f Edition) []Change {
	var c []Change
	diff(&c, "title", e.Title, f.Title)
	diff(&c, "motto", e.Motto, f.Motto)
	diff(&c, "patron", e.Patron, f.Patron)
	diff(&c, "starts", e.Starts.String(), f.Starts.String())
	diff(&c, "ends", e.Ends.String(), f.Ends.String())
	diff(&c, "submission", e.Submission.String(), f.Submission.String())
	diff(&c, "print", e.Print.String(), f.Print.String())
	diff(&c, "opening", string(e.Opening), string(f.Opening))
	diff(&c, "closing", string(e.Closing), string(f.Closing))
	diff(&c, "open", yes(e.Open), yes(f.Open))
	diff(&c, "principles", e.Principles, f.Principles)
	diff(&c, "leads", ints(e.Leads), ints(f.Leads))
	return c
}
