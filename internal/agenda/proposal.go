package agenda

import (
	"slices"
	"time"
)

// Proposal is what the organiser of a published event wants to change. The
// public sees it when a coordinator has taken it over.
type Proposal struct {
	EventDetails
	At time.Time `json:"at"` // UTC
}

// Proposes reports whether whoever submitted the event may propose changes: it
// is public and not over.
func (e Event) Proposes(now time.Time, loc *time.Location) bool {
	return e.Public() && e.Standing != Cancelled && e.Until().In(loc).After(now)
}

// Propose returns the event with a proposal, and what it would change. A
// proposal that changes nothing takes the last one back, the same one again
// changes nothing. ErrState is returned when nothing can be proposed, Problems
// for details that cannot be, ErrConflict when the event or its proposal changed
// after seen (zero: not checked).
func (e Event) Propose(d EventDetails, seen, now time.Time, loc *time.Location) (Event, []Change, error) {
	if !e.Proposes(now, loc) {
		return e, nil, ErrState
	}
	d = d.Clean()
	if err := d.Check(true, loc); err != nil {
		return e, nil, err
	}
	shown := e.EventDetails
	if e.Proposal != nil {
		shown = e.Proposal.EventDetails
	}
	if len(shown.Changes(d)) == 0 {
		return e, nil, nil // also the second click on the same form
	}
	if !seen.IsZero() && !seen.Equal(e.Version()) {
		return e, nil, ErrConflict
	}
	at := Rise(e.Version(), now)
	e.Proposal = nil
	changes := e.EventDetails.Changes(d)
	if len(changes) > 0 {
		e.Proposal = &Proposal{d, at}
	}
	return e, changes, nil
}

// wordFields are those in which a slip of the pen can be mended without asking.
var wordFields = []string{"title", "subtitle", "summary", "description", "food", "interpreters"}

// fewLetters is how many letters a slip of the pen has at most.
const fewLetters = 3

// Slip reports whether changes mend a few letters of the event's words only.
func Slip(changes []Change) bool {
	return !slices.ContainsFunc(changes, func(c Change) bool {
		return !slices.Contains(wordFields, c.Field) || !within(fewLetters, []rune(c.Old), []rune(c.New))
	})
}

// within reports whether one text becomes the other by at most n letters put in,
// taken out or replaced.
func within(n int, a, b []rune) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 0 || len(b) == 0 || n == 0 {
		return len(a)+len(b) <= n
	}
	return within(n-1, a[1:], b) || within(n-1, a, b[1:]) || within(n-1, a[1:], b[1:])
}
