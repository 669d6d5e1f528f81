package agenda

import "time"

// usualBefore is how many working days before its target a preparing meeting is,
// where the group says nothing else.
const usualBefore = 10

// Ahead returns how many working days before a meeting of the group that it
// prepares this group meets; 0 if it prepares none.
func (g Group) Ahead() int {
	switch {
	case g.Prepares == "":
		return 0
	case g.Before > 0:
		return g.Before
	}
	return usualBefore
}

// Preparing ties a meeting to the one that it prepares.
type Preparing struct {
	Target  MeetingID `json:"target"`
	Meeting MeetingID `json:"m"`
	At      Local     `json:"at"`             // where the service put it
	With    bool      `json:"with,omitempty"` // it was cancelled with its target
}

// ByHand reports whether somebody moved the preparing meeting: then it stays
// where it is when its target moves.
func (p Preparing) ByHand(m Meeting) bool { return m.Start != p.At }

// Follows reports whether the preparing meeting goes with its target when that
// moves: it takes place, is still to come, and nobody moved it.
func (p Preparing) Follows(m Meeting, now time.Time, loc *time.Location) bool {
	return !p.ByHand(m) && m.State != MeetingCancelled && m.Start.In(loc).After(now)
}

// WishesBefore are those of a group for the meeting that prepares another one.
func WishesBefore(g Group, target Meeting) PlanWishes {
	w := WishesOf(g, target.Start.Year)
	w.Before = max(g.Ahead(), 1)
	return w
}

// PlaceBefore finds the day of a preparing meeting: so many working days before
// its target as wished, else the next free one before that, else the nearest one
// after it. A meeting of the group that stands there already is taken, unless the
// wishes are to have a fresh one. It is false if no day is free.
func PlaceBefore(w PlanWishes, f PlanFacts, target Meeting) (PlanDate, bool) {
	o := newObstacles(f, target.Start.Date.AddDays(-120), target.Start.Date)
	if !w.Fresh {
		if d, ok := prepared(f.Own, target, o.calendar.WorkingDaysBefore(target.Start.Date, w.Before+patient)); ok {
			d.Target = target.ID
			return d, true
		}
	}
	if d, _, ok := o.prepare(w, target); ok {
		return d, true
	}
	for n := w.Before - 1; n > 0; n-- {
		if d, _, ok := o.prepareOn(w, target, n); ok {
			return d, true
		}
	}
	return PlanDate{}, false
}

// PlannedDate is a date that a plan makes, and what comes with it.
type PlannedDate struct {
	MeetingDetails
	Host   InstitutionID // "": open
	Target MeetingID     // the meeting that it prepares, "" for none
	Stands MeetingID     // it is planned already and is only tied to its target
}

// AlsoMoved is another date that a notice tells of: one that changed with the
// date that the notice is about.
type AlsoMoved struct {
	Meeting MeetingID      `json:"m"`
	Was     MeetingDetails `json:"was"`
}

// AlsoFact is such a date as a letter shows it.
type AlsoFact struct {
	Meeting
	Of  Group
	Old MeetingDetails
}
