package agenda

import "time"

// Layer says what kind of day to mind a Day is.
type Layer string

// The layers.
const (
	DayPublic      Layer = "public"      // public holiday
	DaySilent      Layer = "silent"      // the law restricts entertainment
	DaySchool      Layer = "school"      // school holidays
	DayFeast       Layer = "feast"       // feast, fast or weekly prayer of a faith
	DayRemembrance Layer = "remembrance" // day of remembrance or action
	DayMark        Layer = "mark"        // worth knowing, nothing more
)

// Weight says how much a day is minded when dates are sought. It is for
// searching only: it is never shown, exported or logged, because it would rank
// communities.
type Weight int

// The weights.
const (
	WeightNote  Weight = 1 // say so
	WeightMind  Weight = 2 // rather another day
	WeightAvoid Weight = 3 // no date of the network on it
)

// Certainty says how sure a date is: a message key of the area "day" is
// "day.certainty." and this. The zero value is a sure date.
type Certainty string

// What can be unsure about a date.
const (
	Calculated  Certainty = "calculated"  // computed; may differ by a day (sighting of the moon)
	Unconfirmed Certainty = "unconfirmed" // sources disagree; ask the community
)

// Day is a day or a span of days to mind.
type Day struct {
	From, To  Date
	Key       string // message key of its name: "day.…"
	Note      string // message key of a neutral sentence about it, "" if its name says all
	Name      string // of a day that was taken from elsewhere, in place of Key
	Text      string // likewise, in place of Note
	Layer     Layer
	Weight    Weight `json:"-"`
	Certainty Certainty
	Source    string // law, decree or rule

	// Begins and Ends are the hours that matter, where not whole days do: a
	// feast that begins the evening before, a silent day from 5 to 18 h.
	Begins, Ends Local
	// Sunsets are the times, one for each day of From…To, until which people
	// fast. They are nil for what is no fast.
	Sunsets []Local
}

// Whole reports whether the day counts from midnight to midnight.
func (d Day) Whole() bool { return d.Begins.IsZero() && d.Sunsets == nil }

// On reports whether the civil day x is one of the span. The evening before does
// not count; see Touches.
func (d Day) On(x Date) bool { return !x.Before(d.From) && !x.After(d.To) }

// Touches reports whether a date from start to end meets the hours that matter.
func (d Day) Touches(start, end Local) bool {
	switch {
	case d.Sunsets != nil:
		for i, sunset := range d.Sunsets {
			if Overlap(d.From.AddDays(i).At(0, 0), sunset, start, end) {
				return true
			}
		}
		return false
	case !d.Begins.IsZero():
		return Overlap(d.Begins, d.Ends, start, end)
	}
	return Overlap(d.From.At(0, 0), d.To.AddDays(1).At(0, 0), start, end)
}

// Sunset returns the end of the fast on the day x, false if it is no day of a
// fast.
func (d Day) Sunset(x Date) (Local, bool) {
	if i := d.From.DaysTo(x); i >= 0 && i < len(d.Sunsets) {
		return d.Sunsets[i], true
	}
	return Local{}, false
}

// first and last are the civil days that the hours of the day reach.
func (d Day) first() Date {
	if !d.Begins.IsZero() && d.Begins.Date.Before(d.From) {
		return d.Begins.Date
	}
	return d.From
}

func (d Day) last() Date {
	if !d.Ends.IsZero() && d.Ends.Date.After(d.To) {
		return d.Ends.Date
	}
	return d.To
}

// Calendar finds the days to mind of a span fast. It does not change.
type Calendar struct {
	first Date
	days  [][]*Day // by the number of the civil day after first
}

// NewCalendar sorts days to mind by the civil days that they reach.
func NewCalendar(days []Day, from, to Date) *Calendar {
	c := &Calendar{first: from, days: make([][]*Day, max(from.DaysTo(to)+1, 0))}
	for i := range days {
		d := &days[i]
		for n := max(from.DaysTo(d.first()), 0); n <= from.DaysTo(d.last()) && n < len(c.days); n++ {
			c.days[n] = append(c.days[n], d)
		}
	}
	return c
}

// On returns the days to mind that reach the civil day, in the order in which
// they were given; nil outside of the calendar's span.
func (c *Calendar) On(d Date) []*Day {
	if n := c.first.DaysTo(d); n >= 0 && n < len(c.days) {
		return c.days[n]
	}
	return nil
}

// At returns the days to mind that a date from start to end meets.
func (c *Calendar) At(start, end Local) []*Day {
	var out []*Day
	for d := start.Date; !d.After(end.Date); d = d.AddDays(1) {
		for _, day := range c.On(d) {
			if day.Touches(start, end) && !containsDay(out, day) {
				out = append(out, day)
			}
		}
	}
	return out
}

// Working reports whether offices work: Monday to Friday and no public holiday.
func (c *Calendar) Working(d Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	return c.holiday(d) == nil
}

// WorkingDaysBefore returns the n-th working day before d; d itself does not
// count.
func (c *Calendar) WorkingDaysBefore(d Date, n int) Date {
	for n > 0 {
		if d = d.AddDays(-1); c.Working(d) {
			n--
		}
	}
	return d
}

func (c *Calendar) holiday(d Date) *Day {
	for _, day := range c.On(d) {
		if day.Layer == DayPublic && day.On(d) {
			return day
		}
	}
	return nil
}

func containsDay(list []*Day, d *Day) bool {
	for _, x := range list {
		if x == d {
			return true
		}
	}
	return false
}
