package agenda

import "slices"

// Yield says what a date of a rhythm does when something is in its way.
type Yield string

// The ways to yield.
const (
	YieldSkip    Yield = "skip"    // it does not take place
	YieldWeek    Yield = "week"    // the next same weekday, else the one before
	YieldWorkday Yield = "workday" // the next working day
	YieldAsk     Yield = "ask"     // somebody decides; the choices are named
)

// Rhythm are dates at even distances that yield to what is in their way.
type Rhythm struct {
	First    Local
	Minutes  int
	Weeks    int  // from one date to the next
	Until    Date // last day on which one may be
	Yield    Yield
	MinWeeks int  // a date that yields keeps at least this distance to its neighbours
	MaxWeeks int  // and at most this one
	Drift    bool // count on from where a date went, not from where it should have been

	School bool // also in school holidays
	Bridge bool // also on bridge days
	Shared bool // also while a group with shared members meets
}

// RhythmOf returns a rhythm with the distances that follow from its weeks: "every
// six weeks" keeps four to eight.
func RhythmOf(first Local, minutes, weeks int, until Date, yield Yield) Rhythm {
	return Rhythm{First: first, Minutes: minutes, Weeks: weeks, Until: until, Yield: yield, MinWeeks: max(weeks-2, 0), MaxWeeks: weeks + 2, School: true, Shared: true, Bridge: true}
}

// RhythmState says what became of a date.
type RhythmState string

// The states of a date of a rhythm.
const (
	RhythmKept    RhythmState = "kept"
	RhythmMoved   RhythmState = "moved"
	RhythmSkipped RhythmState = "skipped"
	RhythmOpen    RhythmState = "open" // somebody has to choose
)

// RhythmDate is one beat of a rhythm.
type RhythmDate struct {
	Slot    Local // where the rhythm puts it
	Start   Local // where it is; no time when it is skipped or open
	End     Local
	State   RhythmState
	Reasons []PlanReason // why it does not stay at its slot, then what to know about its day
	Choices []Local      // of an open one
	Days    int          // from the date before; 0 for the first
}

// Check returns what is wrong with a rhythm.
func (r Rhythm) Check(today Date) error {
	var p Problems
	switch {
	case r.First.IsZero():
		p.Add("start", "required", "")
	case r.First.Year > 2100:
		p.Add("start", "between", itoa(today.Year)+"–2100")
	case !r.First.Date.After(today):
		p.Add("start", "past", "")
	}
	between(&p, "minutes", r.Minutes, 1, 24*60)
	between(&p, "weeks", r.Weeks, 1, 52)
	switch {
	case r.Until.IsZero():
		p.Add("until", "required", "") // a series without end
	case r.Until.Before(r.First.Date):
		p.Add("until", "order", r.First.Date.String())
	case r.First.DaysTo(r.Until) > 5*366:
		p.Add("until", "too_late", itoa(5*366))
	}
	if !slices.Contains([]Yield{YieldSkip, YieldWeek, YieldWorkday, YieldAsk}, r.Yield) {
		p.Add("yield", "one_of", "")
	}
	between(&p, "min_weeks", r.MinWeeks, 0, r.Weeks)
	if r.MaxWeeks < r.Weeks {
		p.Add("max_weeks", "at_least", itoa(r.Weeks))
	}
	return p.Err()
}

// Beat returns the dates of a rhythm, each where it can be, with the reason for
// every one that moved. The hour is that of the clock on the wall, and a date that
// yields does not push the next ones on, unless the rhythm is to drift. Problems
// are returned for a rhythm that cannot be, and for one of which no date remains.
func (r Rhythm) Beat(f PlanFacts) ([]RhythmDate, error) {
	if err := r.Check(f.Today); err != nil {
		return nil, err
	}
	b := beat{Rhythm: r, o: newObstacles(f, r.First.Date.AddDays(-60), r.Until.AddDays(60))}
	var out []RhythmDate
	for slot := r.First; !slot.Date.After(r.Until); {
		d := b.place(slot)
		next := slot.AddDays(7 * r.Weeks)
		if !d.Start.IsZero() {
			if !b.prev.IsZero() {
				d.Days = b.prev.DaysTo(d.Start.Date)
			}
			b.prev = d.Start.Date
			if r.Drift {
				next = d.Start.AddDays(7 * r.Weeks)
			}
		}
		out, slot = append(out, d), next
	}
	if !slices.ContainsFunc(out, func(d RhythmDate) bool { return d.State != RhythmSkipped }) {
		return out, Problems{{Field: "yield", Rule: "never_fits"}}
	}
	return out, nil
}

// beat is a rhythm under way.
type beat struct {
	Rhythm
	o    *obstacles
	prev Date // the date before
}

func (b *beat) look(start Local) (against, notes []PlanReason) {
	against, notes = b.o.against(start, start.AddMinutes(b.Minutes))
	return PlanWishes{School: b.School, Bridge: b.Bridge, Shared: b.Shared}.minded(against), notes
}

// place decides about one slot.
func (b *beat) place(slot Local) RhythmDate {
	against, notes := b.look(slot)
	d := RhythmDate{Slot: slot}
	if len(against) == 0 {
		d.State, d.Start, d.End, d.Reasons = RhythmKept, slot, slot.AddMinutes(b.Minutes), notes
		return d
	}
	d.State, d.Reasons = RhythmSkipped, against
	var choices []Local
	switch b.Yield {
	case YieldWeek:
		choices = b.weeks(slot)
	case YieldWorkday:
		choices = b.workdays(slot)
	case YieldAsk:
		d.State = RhythmOpen
		d.Choices = append(b.workdays(slot), b.weeks(slot)...)
		slices.SortFunc(d.Choices, Local.Compare)
		d.Choices = slices.Compact(d.Choices)
	}
	if len(choices) > 0 {
		_, notes = b.look(choices[0])
		d.State, d.Start, d.End, d.Reasons = RhythmMoved, choices[0], choices[0].AddMinutes(b.Minutes), append(against, notes...)
	}
	return d
}

// weeks are the free same weekdays around a slot: the nearest after it, then the
// nearest before.
func (b *beat) weeks(slot Local) (out []Local) {
	for _, step := range []int{7, -7} {
		for c := slot.AddDays(step); b.keeps(slot, c); c = c.AddDays(step) {
			if against, _ := b.look(c); len(against) == 0 {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// workdays is the first free working day after a slot.
func (b *beat) workdays(slot Local) []Local {
	for c := slot.AddDays(1); b.keeps(slot, c); c = c.AddDays(1) {
		if against, _ := b.look(c); len(against) == 0 && b.o.calendar.Working(c.Date) {
			return []Local{c}
		}
	}
	return nil
}

// keeps reports whether a date that goes from its slot to c keeps its distances
// to the date before and, if that counts from the slot, to the next one.
func (b *beat) keeps(slot, c Local) bool {
	lo, hi := 7*b.MinWeeks, 7*b.MaxWeeks
	next := c.DaysTo(slot.AddDays(7 * b.Weeks).Date)
	if !b.Drift && (next < max(lo, 1) || next > hi) || b.Drift && slot.DaysTo(c.Date) > 7*(b.MaxWeeks-b.Weeks) {
		return false
	}
	if c.Date.After(b.Until) || !c.Date.After(b.o.today) {
		return false
	}
	if b.prev.IsZero() {
		return true
	}
	gap := b.prev.DaysTo(c.Date)
	// After a date that was skipped the distance is longer in any case.
	return gap >= max(lo, 1) && gap <= max(hi, b.prev.DaysTo(slot.Date))
}
