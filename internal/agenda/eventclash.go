package agenda

import (
	"slices"
	"strings"
)

// Grade says how much two events take each other's guests away.
type Grade int

// The grades of a clash.
const (
	NoClash Grade = iota
	LowClash
	MediumClash
	HighClash
)

// String returns the grade as the part of a message key: "low", "medium",
// "high", "" for none.
func (g Grade) String() string { return [...]string{"", "low", "medium", "high"}[g] }

// The weights of what two events at nearly the same time share. They are the
// one place where it is said what matters: the guests more than the town.
const (
	weightOverlap   = 2 // they overlap in time
	weightClose     = 1 // less than closeBy lies between them
	weightTown      = 3 // in the same town
	weightNeighbour = 2 // in neighbouring towns
	weightAudience  = 3 // for the same audience
	weightAll       = 1 // one of them is for everybody
	weightLanguage  = 1 // in the same language other than German
	weightOpening   = 6 // one of them is the opening or closing event

	lowFrom, mediumFrom, highFrom = 3, 5, 7
)

// closeBy is how much time between two events is too little for going to both,
// in minutes.
const closeBy = 120

// EventClash is another event that takes guests away, and why.
type EventClash struct {
	Event   EventID
	Title   string
	Start   Local
	End     Local
	Town    string
	Grade   Grade
	Reasons []string // parts of message keys: overlap, close, town, neighbour, audience, language, protected
	Shared  []string // audiences and languages that both have, as codes
	Public  bool     // whether everybody may read its title
	Own     Local    // start of the date that is planned
	Dates   int      // of a course: how many of its dates clash with the event
}

// ClashWith compares an event that is being planned with another. protected
// says that the other is the opening or closing event.
func (d EventDetails) ClashWith(e Event, protected bool) EventClash {
	c := EventClash{Event: e.ID, Title: e.Title, Start: e.Start, End: e.End, Town: e.Venue.Town, Public: e.Public()}
	weight := 0
	count := func(on bool, reason string, w int) bool {
		if on {
			c.Reasons = append(c.Reasons, reason)
			weight += w
		}
		return on
	}
	overlap := Overlap(d.Start, d.End, e.Start, e.End)
	if !count(overlap, "overlap", weightOverlap) &&
		!count(Overlap(d.Start.AddMinutes(-closeBy), d.End.AddMinutes(closeBy), e.Start, e.End), "close", weightClose) {
		return c
	}
	count(protected && overlap, "protected", weightOpening)
	if !count(d.Venue.Town == e.Venue.Town && d.Venue.Town != "", "town", weightTown) {
		count(Neighbours(d.Venue.Town, e.Venue.Town), "neighbour", weightNeighbour)
	}
	shared := both(d.Audiences, e.Audiences, "alle")
	if !count(len(shared) > 0, "audience", weightAudience) && (slices.Contains(d.Audiences, "alle") || slices.Contains(e.Audiences, "alle")) {
		weight += weightAll
	}
	spoken := both(d.Languages, e.Languages, "de", "de-einfach", "alle")
	count(len(spoken) > 0, "language", weightLanguage)
	c.Shared = append(shared, spoken...)
	switch {
	case weight >= highFrom:
		c.Grade = HighClash
	case weight >= mediumFrom:
		c.Grade = MediumClash
	case weight >= lowFrom:
		c.Grade = LowClash
	}
	return c
}

// both returns what stands in both lists, but for what says nothing.
func both(a, b []string, but ...string) (out []string) {
	for _, s := range a {
		if slices.Contains(b, s) && !slices.Contains(but, s) {
			out = append(out, s)
		}
	}
	return out
}

// EventClashes returns what an event that is being planned clashes with, the
// worst first: among the others that are to take place, it itself aside. An
// exhibition that is open for days clashes with nothing. Of two events with
// several dates the worst clash is told, and how many dates there are to it.
func (d EventDetails) EventClashes(id EventID, others []Event, ed Edition) (out []EventClash) {
	own := shortDates(d)
	if len(own) == 0 {
		return nil
	}
	from, to := own[0].Start.Date.AddDays(-1), own[len(own)-1].End.Date.AddDays(1) // closeBy is less than a day
	for i := range others {
		e := &others[i]
		if e.ID == id || !e.counts() || !e.Course() && (e.End.Date.Before(from) || e.Start.Date.After(to)) {
			continue
		}
		if c := d.clashOn(own, e, e.ID == ed.Opening || e.ID == ed.Closing); c.Grade > NoClash {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b EventClash) int {
		if a.Grade != b.Grade {
			return int(b.Grade - a.Grade)
		}
		return strings.Compare(a.Start.String(), b.Start.String())
	})
	return out
}

// shortDates are the dates that take place and are not open for days.
func shortDates(d EventDetails) []EventDate {
	return slices.DeleteFunc(d.Dates(), func(f EventDate) bool {
		return f.Off || f.Start.IsZero() || !f.End.After(f.Start) || f.Start.DaysTo(f.End.Date) > 1
	})
}

// clashOn returns the worst clash of one of the own dates with one of another
// event. Both are in order, so what lies days apart is not compared.
func (d EventDetails) clashOn(own []EventDate, e *Event, protected bool) (worst EventClash) {
	theirs := shortDates(e.EventDetails)
	for _, mine := range own {
		for len(theirs) > 0 && theirs[0].End.DaysTo(mine.Start.Date) > 1 {
			theirs = theirs[1:]
		}
		counted := false
		for _, their := range theirs {
			if mine.End.DaysTo(their.Start.Date) > 1 {
				break
			}
			at := *e
			d.Start, d.End, at.Start, at.End = mine.Start, mine.End, their.Start, their.End
			c := d.ClashWith(at, protected)
			if c.Grade == NoClash {
				continue
			}
			n := worst.Dates
			if !counted {
				counted, n = true, n+1
			}
			if c.Grade > worst.Grade {
				worst, worst.Own = c, mine.Start
			}
			worst.Dates = n
		}
	}
	return worst
}

// counts reports whether an event takes up its time: submitted, reserved,
// accepted or published, and not cancelled.
func (e *Event) counts() bool {
	return e.Review != Withdrawn && e.Standing == Scheduled
}

// slotDays and slotHours are where other times are looked for: the days around
// the one wanted, at the same hour first.
var (
	slotDays  = []int{0, 1, -1, 2, -2, 3, -3, 7, -7}
	slotHours = []int{0, -3 * 60, 3 * 60}
)

// FreeSlots proposes up to n other times of the same length within the edition
// at which the event clashes with nothing worse than low: near the wanted day,
// at the same hour first. busy says which days are not to be proposed.
func (d EventDetails) FreeSlots(id EventID, others []Event, ed Edition, busy func(Date) bool, n int) (out []Local) {
	if d.Course() {
		return nil // another time for all of its dates is not found in a few days
	}
	length := int(d.End.utc().Sub(d.Start.utc()).Minutes())
	for _, shift := range slotHours {
		for _, days := range slotDays {
			start := d.Start.AddDays(days).AddMinutes(shift)
			end := start.AddMinutes(length)
			if len(out) == n || start.Hour < 9 || end.Date != start.Date || end.Hour > 21 || ed.outside(start.Date) || busy(start.Date) {
				continue
			}
			at := d
			at.Start, at.End = start, end
			clashes := at.EventClashes(id, others, ed)
			if len(clashes) == 0 || clashes[0].Grade <= LowClash {
				out = append(out, start)
			}
		}
	}
	return out
}

// outside reports whether a day is not within the edition's period.
func (e Edition) outside(d Date) bool {
	return e.Year != 0 && (d.Before(e.Starts) || d.After(e.Ends))
}
