package agenda

import (
	"slices"
	"time"
)

// The rules by which a day is avoided: what stands behind "plan.reason.".
const (
	rulePast    = "past"
	ruleGap     = "gap"     // the hour does not exist, or exists twice
	ruleHoliday = "holiday" // public holiday
	ruleFeast   = "feast"   // day of high weight
	ruleSchool  = "school"
	ruleBridge  = "bridge"
	ruleShared  = "shared" // a group with shared members meets
	ruleOwn     = "own"    // the group itself meets
)

// The rules that speak for a date, or come with it.
const (
	reasonStands = "stands" // it is planned already
	reasonFirst  = "first"
	reasonWeeks  = "weeks"           // weeks after the date before
	reasonFree   = "free"            // nothing is in the way
	reasonMaybe  = "free_but_school" // nothing that is known yet
	reasonNote   = "note"            // a day to mind that does not hinder
	reasonNear   = "near"            // a group with shared members meets on the same day
	reasonBefore = "before"          // working days before the date that it prepares
)

// obstacles finds what is in the way of dates: the part of the search that planner and
// rhythm share.
type obstacles struct {
	calendar *Calendar
	others   map[Date][]OtherMeeting
	own      map[Date][]Meeting
	members  int
	today    Date
	school   Date // school holidays are known until then; no day: all
	loc      *time.Location
}

func newObstacles(f PlanFacts, from, to Date) *obstacles {
	o := &obstacles{
		calendar: NewCalendar(f.Days, from.AddDays(-7), to.AddDays(7)), members: f.Members, today: f.Today, school: f.SchoolUntil, loc: f.Loc,
		others: map[Date][]OtherMeeting{}, own: map[Date][]Meeting{},
	}
	for _, m := range f.Others {
		for d := m.Start.Date; !d.After(m.End.Date); d = d.AddDays(1) {
			o.others[d] = append(o.others[d], m)
		}
	}
	for _, m := range f.Own {
		o.own[m.Start.Date] = append(o.own[m.Start.Date], m)
	}
	return o
}

// against returns every reason not to meet from start to end; notes are what to
// know about it all the same.
func (o *obstacles) against(start, end Local) (against, notes []PlanReason) {
	if !start.After(o.today.At(23, 59)) {
		against = append(against, PlanReason{Rule: rulePast})
	}
	if LocalOf(start.In(o.loc), o.loc) != start || LocalOf(end.In(o.loc), o.loc) != end || twice(start, o.loc) || twice(end, o.loc) {
		against = append(against, PlanReason{Rule: ruleGap})
	}
	for _, d := range o.calendar.At(start, end) {
		switch {
		case d.Layer == DayPublic:
			against = append(against, PlanReason{Rule: ruleHoliday, Day: d})
		case d.Layer == DaySchool:
			against = append(against, PlanReason{Rule: ruleSchool, Day: d})
		case d.Weight == WeightAvoid:
			against = append(against, PlanReason{Rule: ruleFeast, Day: d})
		default:
			notes = append(notes, PlanReason{Rule: reasonNote, Day: d, On: start.Date})
		}
	}
	if d := o.calendar.bridge(start.Date); d != nil {
		against = append(against, PlanReason{Rule: ruleBridge, Day: d})
	}
	for _, m := range o.own[start.Date] {
		against = append(against, PlanReason{Rule: ruleOwn, On: m.Start.Date})
	}
	for _, m := range o.others[start.Date] {
		r := PlanReason{Rule: reasonNear, Title: m.Name, N: m.Both, Of: o.members, On: m.Start.Date}
		if Overlap(start, end, m.Start, m.End) {
			r.Rule = ruleShared
			against = append(against, r)
		} else {
			notes = append(notes, r)
		}
	}
	return against, notes
}

// bridge returns the holiday that makes the working day d a bridge day: one
// between a holiday and a weekend.
func (c *Calendar) bridge(d Date) *Day {
	switch d.Weekday() {
	case time.Monday:
		return c.holiday(d.AddDays(1))
	case time.Friday:
		return c.holiday(d.AddDays(-1))
	}
	return nil
}

// free is the reason for a day that has nothing against it.
func (o *obstacles) free(d Date) PlanReason {
	if !o.school.IsZero() && d.After(o.school) {
		return PlanReason{Rule: reasonMaybe}
	}
	return PlanReason{Rule: reasonFree}
}

// minded returns the reasons that count under the wishes: what they allow does
// not.
func (w PlanWishes) minded(against []PlanReason) []PlanReason {
	return slices.DeleteFunc(slices.Clone(against), func(r PlanReason) bool { return w.allows(r.Rule) })
}

func (w PlanWishes) allows(rule string) bool {
	return rule == ruleSchool && w.School || rule == ruleBridge && w.Bridge || rule == ruleShared && w.Shared
}

// cost says how much is lost by a date with these reasons against it, which the
// wishes allow, and these notes. Its unit is that of stray.
func cost(against, notes []PlanReason) int {
	c := 0
	for _, r := range against {
		switch r.Rule {
		case ruleSchool:
			c += 60
		case ruleBridge:
			c += 80
		case ruleShared:
			c += 40 + 100*r.N/max(r.Of, 1)
		}
	}
	for _, r := range notes {
		switch {
		case r.Day == nil:
		case r.Day.Weight == WeightMind:
			c += 40
		default:
			c += 8
		}
	}
	return c
}
