package agenda

import (
	"slices"
	"time"
)

const (
	// MostDates is how many dates an event has at most, the first included.
	MostDates = 60
	// FurthestDate is how many days after the first date the last one begins at
	// most.
	FurthestDate = 731
	// mostGone is how many removed dates are remembered.
	mostGone = 120
)

// EventDate is one date of an event. A course has several, and one sign-up for
// all of them.
type EventDate struct {
	No    int   `json:"no,omitempty"` // never used again within the event; 0 is not numbered yet
	Start Local `json:"start"`
	End   Local `json:"end"`
	Off   bool  `json:"off,omitempty"` // cancelled by itself, the others take place
}

// at reports whether two dates are at the same time.
func (d EventDate) at(e EventDate) bool { return d.Start == e.Start && d.End == e.End }

// OneOf says which of its dates an event is looked at on.
type OneOf struct {
	EventDate
	Nth, All int        // "2 von 8"; 0 for a date that was removed
	Year     int        // of the event's address
	Was      *EventDate // before it was moved the last time
}

// First returns the first date of the event.
func (d EventDetails) FirstDate() EventDate {
	return EventDate{max(d.FirstNo, 1), d.Start, d.End, d.FirstOff}
}

// Dates returns all dates in order, those that are cancelled included.
func (d EventDetails) Dates() []EventDate {
	return append([]EventDate{d.FirstDate()}, d.Further...)
}

// WithDates returns the details with those dates, the earliest as its first.
func (d EventDetails) WithDates(dates []EventDate) EventDetails {
	dates = sortedDates(dates)
	first := dates[0]
	d.Start, d.End, d.FirstNo, d.FirstOff, d.Further = first.Start, first.End, first.No, first.Off, nil
	if d.FirstNo == 1 {
		d.FirstNo = 0 // as events without further dates are written
	}
	if len(dates) > 1 {
		d.Further = dates[1:]
	}
	return d
}

func sortedDates(dates []EventDate) []EventDate {
	dates = slices.Clone(dates)
	slices.SortStableFunc(dates, func(a, b EventDate) int { return a.Start.Compare(b.Start) })
	return dates
}

// Course reports whether the event has several dates.
func (d EventDetails) Course() bool { return len(d.Further) > 0 }

// Until returns the end of the last date, be it cancelled or not.
func (d EventDetails) Until() Local {
	end := d.End
	for _, f := range d.Further {
		if f.End.After(end) {
			end = f.End
		}
	}
	return end
}

// Held returns the end of the last date that takes place.
func (d EventDetails) Held() Local {
	var end Local
	for _, f := range d.Dates() {
		if !f.Off && f.End.After(end) {
			end = f.End
		}
	}
	if end.IsZero() {
		return d.Until()
	}
	return end
}

// Next returns the first date that takes place and ends after now, false if
// there is none.
func (d EventDetails) Next(now Local) (EventDate, bool) {
	for _, f := range d.Dates() {
		if !f.Off && f.End.After(now) {
			return f, true
		}
	}
	return EventDate{}, false
}

// touches reports whether one of the event's dates that take place lies in the
// span of days, both included.
func (d EventDetails) touches(from, until Date) bool {
	return slices.ContainsFunc(d.Dates(), func(f EventDate) bool {
		return !f.Off && !f.End.Date.Before(from) && !f.Start.Date.After(until)
	})
}

// checkDates adds what is wrong with the further dates: each is as the first,
// after it, and none at the time of another.
func (d EventDetails) checkDates(p *Problems, loc *time.Location) {
	if len(d.Further) >= MostDates {
		p.Add("further", "dates_most", itoa(MostDates))
		return
	}
	before := d.FirstDate()
	for _, f := range sortedDates(d.Further) {
		var one Problems
		checkSpan(&one, f.Start, f.End, 60, loc)
		name := f.Line()
		switch {
		case len(one) > 0 && (one[0].Rule == "gap" || one[0].Rule == "twice"):
			p.Add("further", "dates_clock", name)
		case len(one) > 0:
			p.Add("further", "dates_line", name)
		case d.Start.IsZero(): // its own problem
		case f.Start == before.Start:
			p.Add("further", "dates_double", name)
		case f.Start.Before(d.Start):
			p.Add("further", "dates_before", name)
		case f.Start.Before(before.End):
			p.Add("further", "dates_overlap", name)
		case d.Start.DaysTo(f.Start.Date) > FurthestDate:
			p.Add("further", "dates_far", name)
		}
		if f.End.After(before.End) {
			before = f
		}
	}
	if d.Course() && !slices.ContainsFunc(d.Dates(), func(f EventDate) bool { return !f.Off }) {
		p.Add("further", "dates_all_off", "")
	}
}

// sameDates reports whether the details have the same dates.
func (d EventDetails) sameDates(e EventDetails) bool {
	return slices.EqualFunc(d.Dates(), e.Dates(), func(a, b EventDate) bool { return a.at(b) && a.Off == b.Off })
}

// differentDates returns what stands in the list of further dates on one side
// only, as it is typed.
func (d EventDetails) differentDates(e EventDetails) string {
	var out []string
	other := e.Dates()
	for _, f := range d.Dates() {
		i := slices.IndexFunc(other, f.at)
		if (f.Start != d.Start || f.Off) && (i < 0 || other[i].Off != f.Off) {
			out = append(out, f.Line())
		}
	}
	return joinLines(out)
}

// date returns the date with that number.
func (d EventDetails) date(no int) (EventDate, bool) {
	for _, f := range d.Dates() {
		if f.No == no {
			return f, true
		}
	}
	return EventDate{}, false
}

// Difference is one date that is not what it was. Was is nil for a new one, Now
// for one that was removed.
type Difference struct{ Was, Now *EventDate }

// Moved reports whether the date is at another time.
func (c Difference) Moved() bool { return c.Was != nil && c.Now != nil && !c.Was.at(*c.Now) }

// Falls reports whether the date does not take place any more.
func (c Difference) Falls() bool {
	return c.Was != nil && !c.Was.Off && (c.Now == nil || c.Now.Off)
}

// Differences returns the dates in which the details e differ from d, by time.
func (d EventDetails) Differences(e EventDetails) (out []Difference) {
	for _, now := range e.Dates() {
		was, known := d.date(now.No)
		switch {
		case !known:
			out = append(out, Difference{Now: &now})
		case !was.at(now) || was.Off != now.Off:
			out = append(out, Difference{&was, &now})
		}
	}
	for _, was := range d.Dates() {
		if _, stays := e.date(was.No); !stays {
			out = append(out, Difference{Was: &was})
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return a.start().Compare(b.start()) })
	return out
}

func (c Difference) start() Local {
	if c.Now != nil {
		return c.Now.Start
	}
	return c.Was.Start
}

// On returns the event as it is on one of its dates: start, end and standing
// are those of the date. An event with one date is that date.
func (e Event) On(d EventDate) Event {
	one := OneOf{EventDate: d, Year: e.Year(), Was: e.wasOn(d)}
	if !e.Course() && d.No == e.FirstDate().No && d.No == 1 {
		return e
	}
	for i, f := range e.Dates() {
		if f.No == d.No {
			one.Nth, one.All = i+1, 1+len(e.Further)
		}
	}
	if e.Was = nil; one.Was != nil {
		was := e.EventDetails
		was.Start, was.End, was.Further = one.Was.Start, one.Was.End, nil
		e.Was = &was
	}
	if d.Off || one.Nth == 0 {
		e.Standing = Cancelled
	}
	e.Start, e.End, e.At = d.Start, d.End, &one
	return e
}

// Each returns the event on each of its dates.
func (e Event) Each() []Event {
	var out []Event
	for _, d := range e.Dates() {
		out = append(out, e.On(d))
	}
	return out
}

// EachGone returns the event on each date that was removed after it was
// public: calendars that have it show it as cancelled.
func (e Event) EachGone() []Event {
	var out []Event
	for _, d := range e.Gone {
		out = append(out, e.On(d))
	}
	return out
}

// Moved reports whether a date of the event was moved after publication.
func (e Event) Moved() bool {
	return slices.ContainsFunc(e.Dates(), func(d EventDate) bool { return e.wasOn(d) != nil })
}

// wasOn returns the date as it was before it was moved the last time.
func (e Event) wasOn(d EventDate) *EventDate {
	if e.Was != nil && e.Was.FirstDate().No == d.No {
		if was := e.Was.FirstDate(); !was.at(d) {
			return &was
		}
		return nil
	}
	if i := slices.IndexFunc(e.Before, func(b EventDate) bool { return b.No == d.No && !b.at(d) }); i >= 0 {
		return &e.Before[i]
	}
	return nil
}

// Coming reports whether a date that takes place begins after now.
func (d EventDetails) Coming(now Local) bool {
	return slices.ContainsFunc(d.Dates(), func(f EventDate) bool { return !f.Off && f.Start.After(now) })
}

// LastStart returns the beginning of the last date that takes place: until then
// somebody can join.
func (d EventDetails) LastStart() Local {
	last := d.Start
	for _, f := range d.Further {
		if !f.Off {
			last = f.Start
		}
	}
	return last
}

// NextStart returns the beginning of the first date that takes place after now,
// of the last one if none does.
func (d EventDetails) NextStart(now Local) Local {
	for _, f := range d.Dates() {
		if !f.Off && f.Start.After(now) {
			return f.Start
		}
	}
	return d.LastStart()
}

// With returns a new event with the details; its dates get their numbers.
func (e Event) With(d EventDetails) Event {
	e.EventDetails = e.number(d)
	return e
}

// number gives the dates of details numbers: a date that was there keeps its
// own, so that calendars see it moved and not replaced. Dates that were
// numbered already keep theirs; of the others the same time is the same date,
// then the same day, then the nearest within a week; if nothing else changed than
// that one was taken out and one put in, that one was moved.
func (e *Event) number(d EventDetails) EventDetails {
	had := e.Dates()
	if e.Start.IsZero() { // it is new
		had = nil
	}
	dates := d.Dates()
	dates[0].No = d.FirstNo // 0 is what a form knows of it
	dates = sortedDates(dates)
	m := matching{dates: dates, had: had}
	m.keep()
	m.pair(func(was, now EventDate) bool { return was.Start == now.Start })
	m.pair(func(was, now EventDate) bool { return was.Start.Date == now.Start.Date })
	m.nearest(6)
	m.last()
	for i := range m.dates {
		if m.dates[i].No != 0 {
			continue
		}
		if g := slices.IndexFunc(e.Gone, func(g EventDate) bool { return g.at(m.dates[i]) }); g >= 0 && !m.uses(e.Gone[g].No) {
			m.dates[i].No = e.Gone[g].No // it is back
			continue
		}
		e.LastNo = max(e.LastNo, highest(had), highest(e.Gone)) + 1
		m.dates[i].No = e.LastNo
	}
	if e.LastNo == 1 {
		e.LastNo = 0 // as events with one date are written
	}
	return d.WithDates(m.dates)
}

func highest(dates []EventDate) (n int) {
	for _, d := range dates {
		n = max(n, d.No)
	}
	return n
}

// matching gives the numbers of the dates that were to those that are.
type matching struct {
	dates, had []EventDate
}

// uses reports whether a date has the number.
func (m *matching) uses(no int) bool {
	return slices.ContainsFunc(m.dates, func(d EventDate) bool { return d.No == no })
}

// keep drops numbers that no date had or that stand twice.
func (m *matching) keep() {
	seen := map[int]bool{}
	for i, d := range m.dates {
		if seen[d.No] || !slices.ContainsFunc(m.had, func(h EventDate) bool { return h.No == d.No }) {
			m.dates[i].No = 0
		}
		seen[d.No] = true
	}
}

// free are the old dates whose number nothing has yet.
func (m *matching) free() []EventDate {
	return slices.DeleteFunc(slices.Clone(m.had), func(h EventDate) bool { return m.uses(h.No) })
}

// pair gives free numbers to dates that are the same.
func (m *matching) pair(same func(was, now EventDate) bool) {
	for _, was := range m.free() {
		for i, now := range m.dates {
			if now.No == 0 && same(was, now) {
				m.dates[i].No = was.No
				break
			}
		}
	}
}

// nearest pairs what lies nearest, as long as it is not further off than so
// many days.
func (m *matching) nearest(days int) {
	for off := 1; off <= days; off++ {
		m.pair(func(was, now EventDate) bool {
			n := was.Start.DaysTo(now.Start.Date)
			return n == off || n == -off
		})
	}
}

// last pairs the one that was taken out with the one that was put in.
func (m *matching) last() {
	free := m.free()
	open := -1
	for i, d := range m.dates {
		as := slices.IndexFunc(m.had, func(h EventDate) bool { return h.No == d.No && h.Start == d.Start })
		switch {
		case d.No != 0 && as < 0 || d.No == 0 && open >= 0:
			return // that is not all that changed
		case d.No == 0:
			open = i
		}
	}
	if len(free) == 1 && open >= 0 {
		m.dates[open].No = free[0].No
	}
}

// remember notes of a public event what its dates were before: those that were
// moved, and those that are gone.
func (e *Event) remember(d EventDetails, today Date) {
	if e.Released.IsZero() && !e.Public() {
		return
	}
	e.Gone, e.Before = slices.Clone(e.Gone), slices.Clone(e.Before)
	for _, c := range e.Differences(d) {
		switch {
		case c.Now == nil:
			gone := *c.Was
			gone.Off = true
			e.Gone = append(e.Gone, gone)
		case c.Moved() && e.Public():
			e.movedFrom(*c.Was)
		}
	}
	e.Gone = slices.DeleteFunc(e.Gone, func(g EventDate) bool {
		_, back := d.date(g.No)
		return back || g.End.DaysTo(today) > KeepCancelled
	})
	if n := len(e.Gone) - mostGone; n > 0 {
		e.Gone = e.Gone[n:]
	}
	e.Before = slices.DeleteFunc(e.Before, func(b EventDate) bool { _, stays := d.date(b.No); return !stays })
}

func (e *Event) movedFrom(was EventDate) {
	e.Before = slices.DeleteFunc(e.Before, func(b EventDate) bool { return b.No == was.No })
	if e.Was != nil && was.No != e.Was.FirstDate().No {
		if was.No != e.FirstDate().No {
			e.Before = append(e.Before, was)
			return
		}
		e.Before = append(e.Before, e.Was.FirstDate())
	}
	if before := e.EventDetails; was.No == e.FirstDate().No {
		e.Was = &before
	} else {
		e.Was, e.Before = nil, append(e.Before, was)
	}
}

// TurnDate returns the event with one of its dates cancelled, or restored, while
// the others stay as they are. ErrNotFound is returned for a date that there is
// not, ErrState when it would leave none: then the event is to be cancelled.
func (e Event) TurnDate(no int, off bool, now time.Time) (Event, []Change, error) {
	was, ok := e.date(no)
	if !ok {
		return e, nil, ErrNotFound
	}
	if was.Off == off {
		return e, nil, nil // also the second click
	}
	dates, left := e.Dates(), 0
	for i := range dates {
		if dates[i].No == no {
			dates[i].Off = off
		}
		if !dates[i].Off {
			left++
		}
	}
	if left == 0 {
		return e, nil, ErrState
	}
	d := e.WithDates(dates)
	changes := e.EventDetails.Changes(d)
	e.EventDetails = d
	e.unapprove(changes)
	e.Sequence++
	e.Changed = Rise(e.Changed, now)
	return e, changes, nil
}
