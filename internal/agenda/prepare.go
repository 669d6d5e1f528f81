package agenda

import "time"

// patient is how many working days a preparing meeting may be earlier than
// wished.
const patient = 10

// planBefore places a preparing meeting so many working days before each date of
// the year that it prepares, or on the next free working day before that. A date
// that has its preparing meeting already keeps it.
func planBefore(w PlanWishes, f PlanFacts) (YearPlan, error) {
	out := YearPlan{Wishes: w}
	from, to := Date{w.Year, time.January, 1}, Date{w.Year, time.December, 31}
	o := newObstacles(f, from.AddDays(-100), to)
	var p PlanProposal
	var open []Date
	for _, target := range f.Targets {
		if !target.Start.Date.After(f.Today) {
			continue
		}
		if d, ok := prepared(f.Own, target, o.calendar.WorkingDaysBefore(target.Start.Date, w.Before+patient)); ok && !w.Fresh {
			d.Target = target.ID
			p.Dates = append(p.Dates, d)
			continue
		}
		d, avoided, ok := o.prepare(w, target)
		out.Avoided = append(out.Avoided, avoided...)
		if ok {
			p.Dates, open = append(p.Dates, d), append(open, d.Start.Date)
		}
	}
	if len(p.Dates) == 0 {
		return out, Problems{{Field: "prepares", Rule: "no_dates"}}
	}
	if w.Hosts {
		turn := HostsInTurn(f.Hosts, open)
		for i := range p.Dates {
			if p.Dates[i].Meeting == "" && len(turn) > 0 {
				p.Dates[i].Host, turn = &turn[0], turn[1:]
			}
		}
	}
	out.Proposals = []PlanProposal{p}
	return out, nil
}

// prepared finds the preparing meeting that a date has: the last one before it,
// not earlier than that day.
func prepared(own []Meeting, target Meeting, from Date) (PlanDate, bool) {
	var d PlanDate
	for _, m := range own {
		if m.Start.Before(target.Start) && !m.Start.Date.Before(from) {
			d = PlanDate{Start: m.Start, End: m.End, Meeting: m.ID, Reasons: []PlanReason{{Rule: reasonStands}}}
		}
	}
	return d, d.Meeting != ""
}

// prepare finds the day for one date, and says which days it passed by.
func (o *obstacles) prepare(w PlanWishes, target Meeting) (PlanDate, []AvoidedDay, bool) {
	var avoided []AvoidedDay
	for n := w.Before; n <= w.Before+patient; n++ {
		d, against, ok := o.prepareOn(w, target, n)
		if ok {
			return d, avoided, true
		}
		avoided = append(avoided, against)
	}
	return PlanDate{}, avoided, false
}

// prepareOn looks at one day, so many working days before a date.
func (o *obstacles) prepareOn(w PlanWishes, target Meeting, n int) (PlanDate, AvoidedDay, bool) {
	h, m, _ := ParseClock(w.Start) // checked
	start := o.calendar.WorkingDaysBefore(target.Start.Date, n).At(h, m)
	end := start.AddMinutes(w.Minutes)
	against, notes := o.against(start, end)
	if r := w.minded(against); len(r) > 0 {
		return PlanDate{}, AvoidedDay{start.Date, r}, false
	}
	d := PlanDate{Start: start, End: end, Target: target.ID, Reasons: []PlanReason{{Rule: reasonBefore, N: n, On: target.Start.Date}}}
	if len(against) == 0 {
		d.Reasons = append(d.Reasons, o.free(start.Date))
	}
	d.Reasons = append(append(d.Reasons, against...), notes...)
	return d, AvoidedDay{}, true
}
