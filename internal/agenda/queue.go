package agenda

import (
	"slices"
	"strings"
	"time"
)

// WaitsSince is when the event came to where it is in its review.
func (e Event) WaitsSince() time.Time {
	if e.Since.IsZero() {
		return e.Created
	}
	return e.Since
}

// Waiting is a submitted event as coordinators work through them: what to know
// before deciding.
type Waiting struct {
	Event
	At      time.Time // since when it waits, UTC
	Days    int       // of the calendar since then
	Lacks   []string  // Event.Missing
	Clash   Grade     // of the worst clash
	Clashes int       // how many
}

// Queue returns the submitted events, the one that waits longest first.
func Queue(events []Event, editions []Edition, now time.Time, loc *time.Location) []Waiting {
	byYear := make(map[int]Edition, len(editions))
	for _, ed := range editions {
		byYear[ed.Year] = ed
	}
	today := LocalOf(now, loc).Date
	var out []Waiting
	for _, e := range inQueue(events) {
		w := Waiting{Event: e, At: e.WaitsSince(), Days: LocalOf(e.WaitsSince(), loc).DaysTo(today), Lacks: e.Missing()}
		clashes := e.EventClashes(e.ID, events, byYear[e.Edition])
		if w.Clashes = len(clashes); w.Clashes > 0 {
			w.Clash = clashes[0].Grade
		}
		out = append(out, w)
	}
	return out
}

// inQueue returns the submitted events in the order of the queue.
func inQueue(events []Event) []Event {
	out := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Review != Submitted })
	slices.SortFunc(out, byWaiting)
	return out
}

func byWaiting(a, b Event) int {
	if c := a.WaitsSince().Compare(b.WaitsSince()); c != 0 {
		return c
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

// NextWaiting returns the submitted event behind e in the queue, the first one
// behind the last, and how many wait besides e. It is false when no other waits.
func NextWaiting(e Event, events []Event) (next Event, waiting int, ok bool) {
	others := slices.DeleteFunc(inQueue(events), func(o Event) bool { return o.ID == e.ID })
	if len(others) == 0 {
		return Event{}, 0, false
	}
	i := slices.IndexFunc(others, func(o Event) bool { return byWaiting(o, e) > 0 })
	return others[max(i, 0)], len(others), true
}
