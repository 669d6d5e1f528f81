package agenda

import (
	"slices"
	"strings"
	"time"
)

// Printed is what of a public event stands in booklet and poster. Its long
// description and its internal contact do not.
type Printed struct {
	ID       EventID      `json:"id"`
	Slug     string       `json:"slug"`
	Standing Standing     `json:"standing"`
	Full     bool         `json:"full,omitempty"`
	Details  EventDetails `json:"details"`
}

// Printed returns the event as it is printed.
func (e Event) Printed() Printed {
	d := e.EventDetails
	d.Description, d.Internal = "", Contact{}
	return Printed{ID: e.ID, Slug: e.Slug, Standing: e.Standing, Full: e.FullyBooked, Details: d}
}

// ProgrammePages are the addresses below a year's programme that no event can
// have.
var ProgrammePages = []string{"einreichen", "einbetten", "presse", "heft", "plakat", "aenderungen"}

// unprinted are the fields of an event that are not printed.
var unprinted = []string{"description", "internal_name", "internal_email", "internal_phone"}

// Freeze says what was public of an edition when its programme went to print.
// The printed events are kept beside it.
type Freeze struct {
	ID     string    `json:"id"`
	Year   int       `json:"year"`
	At     time.Time `json:"at"`     // UTC
	Events int       `json:"events"` // how many were public
	Chunks int       `json:"chunks"` // records that hold them
}

// PrintKind says how an event differs from what was printed of it.
type PrintKind string

// The differences, the one that matters most to a visitor first.
const (
	PrintWithdrawn PrintKind = "withdrawn" // it is not part of the programme any more
	PrintCancelled PrintKind = "cancelled"
	PrintPostponed PrintKind = "postponed" // not at its time, a new one is not known
	PrintNew       PrintKind = "new"
	PrintRestored  PrintKind = "restored" // was printed as cancelled or postponed
	PrintMoved     PrintKind = "moved"    // time or place
	PrintChanged   PrintKind = "changed"  // something else that is printed
)

// PrintChange is an event that differs from what was printed of it. Was is
// empty for a new event, Now for one that was withdrawn.
type PrintChange struct {
	Kind    PrintKind
	Was     Printed
	Now     Printed
	Changes []Change // but for time and place
}

// Start is when the event was to begin, or begins if it is new.
func (c PrintChange) Start() Local {
	if c.Kind == PrintNew {
		return c.Now.Details.Start
	}
	return c.Was.Details.Start
}

// PrintChanges compares what was printed with what is public now, by the events'
// identifiers and in the order of the printed times. An event that came after
// the print and does not take place is no news.
func PrintChanges(was, now []Printed) []PrintChange {
	before := make(map[EventID]Printed, len(was))
	for _, p := range was {
		before[p.ID] = p
	}
	var out []PrintChange
	for _, p := range now {
		old, known := before[p.ID]
		delete(before, p.ID)
		switch {
		case known:
			if c, ok := old.compare(p); ok {
				out = append(out, c)
			}
		case p.Standing == Scheduled:
			out = append(out, PrintChange{Kind: PrintNew, Now: p})
		}
	}
	for _, old := range before {
		if old.Standing != Cancelled {
			out = append(out, PrintChange{Kind: PrintWithdrawn, Was: old})
		}
	}
	slices.SortFunc(out, func(a, b PrintChange) int {
		if c := a.Start().Compare(b.Start()); c != 0 {
			return c
		}
		return strings.Compare(string(a.Was.ID+a.Now.ID), string(b.Was.ID+b.Now.ID))
	})
	return out
}

// compare tells how the event differs from what was printed of it, if it does.
func (p Printed) compare(now Printed) (PrintChange, bool) {
	c := PrintChange{Was: p, Now: now}
	if p.Standing != now.Standing {
		c.Kind = map[Standing]PrintKind{Cancelled: PrintCancelled, Postponed: PrintPostponed, Scheduled: PrintRestored}[now.Standing]
	} else if now.Standing == Cancelled {
		return c, false // what else changed of it is nobody's concern
	}
	moved := false
	for _, one := range p.Details.Changes(now.Details) {
		if one.Field == "further" {
			moved = true // with the dates to tell
			c.Changes = append(c.Changes, one)
		} else if one.Field == "start" || one.Field == "end" || one.Field == "venue" {
			moved = true
		} else {
			c.Changes = append(c.Changes, one)
		}
	}
	diff(&c.Changes, "full", yes(p.Full), yes(now.Full))
	if c.Kind == "" && moved {
		c.Kind = PrintMoved
	}
	if c.Kind == "" && len(c.Changes) > 0 {
		c.Kind = PrintChanged
	}
	return c, c.Kind != ""
}

// AsksProofs reports whether there is still time to ask organisers whether their
// events are right as they will be printed.
func (e Edition) AsksProofs(today Date) bool { return e.Print.IsZero() || !today.After(e.Print) }

// ProofsUntil is when answers to proofs come too late: the end of the copy
// deadline, the zero time if there is none.
func (e Edition) ProofsUntil(loc *time.Location) time.Time {
	if e.Print.IsZero() {
		return time.Time{}
	}
	return e.Print.AddDays(1).At(0, 0).In(loc)
}

// NeedsProof reports whether the organiser has still to say that the event is
// right as it will be printed.
func (e Event) NeedsProof() bool {
	return e.Admitted() && e.Standing != Cancelled && e.ProofApproved.IsZero()
}

// Proof returns the event as sent to its organiser for approval. ErrState is
// returned when there is nothing to approve or nobody to ask.
func (e Event) Proof(now time.Time) (Event, error) {
	if !e.NeedsProof() || e.Internal.Email == "" {
		return e, ErrState
	}
	e.ProofSent = now.UTC().Truncate(time.Second)
	return e, nil
}

// Approve returns the event as approved by its organiser. ErrState is returned
// when it was not sent to her, ErrConflict when it changed after she saw it. A
// second approval changes nothing.
func (e Event) Approve(seen, now time.Time) (Event, error) {
	switch {
	case e.ProofSent.IsZero() || !e.Admitted():
		return e, ErrState
	case !seen.Equal(e.Changed):
		return e, ErrConflict
	case e.ProofApproved.IsZero():
		e.ProofApproved = now.UTC().Truncate(time.Second)
	}
	return e, nil
}

// unapprove takes an approval back if what was approved changed.
func (e *Event) unapprove(changes []Change) {
	if slices.ContainsFunc(changes, func(c Change) bool { return !slices.Contains(unprinted, c.Field) }) {
		e.ProofApproved = time.Time{}
	}
}
