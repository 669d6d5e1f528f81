package agenda

import "time"

// Shortfall is where a group's dates fall short of what was promised.
type Shortfall struct {
	Group Group
	Rule  string // "few", "gap" or "unplanned": a message key behind "planning.short."
	Year  int
	N     int  // dates of the year, or weeks of the gap
	Of    int  // dates that were promised, or weeks that were
	From  Date // of a gap: the date before it
	To    Date // the date after it; no day: the year ends
}

// plannedBy is the month by which the next year is to be planned.
const plannedBy = time.November

// Shortfalls says where the dates of a group, by start and without cancelled
// ones, fall short of its cadence: fewer in the year than promised, more weeks
// between two than its rhythm allows (of six weeks: more than eight), or no date
// of the next year by November.
func Shortfalls(g Group, meetings []Meeting, today Date) []Shortfall {
	if g.PerYear == 0 && g.Weeks == 0 {
		return nil
	}
	var out []Shortfall
	in := map[int]int{}
	for _, m := range meetings {
		in[m.Start.Year]++
	}
	if n := in[today.Year]; n < g.PerYear {
		out = append(out, Shortfall{Group: g, Rule: "few", Year: today.Year, N: n, Of: g.PerYear})
	}
	last := Date{today.Year, time.December, 31}
	if today.Month >= plannedBy {
		next := today.Year + 1
		switch n := in[next]; {
		case n == 0:
			out = append(out, Shortfall{Group: g, Rule: "unplanned", Year: next, Of: g.PerYear})
		case n < g.PerYear:
			out = append(out, Shortfall{Group: g, Rule: "few", Year: next, N: n, Of: g.PerYear})
		}
		if in[next] > 0 {
			last.Year = next
		}
	}
	if g.Weeks == 0 {
		return out
	}
	return append(out, longGaps(g, meetings, today, last)...)
}

// longGaps are the distances that are too long and not over yet.
func longGaps(g Group, meetings []Meeting, today, last Date) (out []Shortfall) {
	most := 7 * (g.Weeks + 2)
	from := today // where a group has no date before
	add := func(to Date, open bool) {
		if days := from.DaysTo(to); days > most && to.After(today) {
			s := Shortfall{Group: g, Rule: "gap", Year: to.Year, N: days / 7, Of: g.Weeks + 2, From: from, To: to}
			if open {
				s.To = Date{}
			}
			out = append(out, s)
		}
	}
	for _, m := range meetings {
		if m.Start.Date.After(last) {
			break
		}
		if m.Start.Date.After(today) {
			add(m.Start.Date, false)
		}
		from = m.Start.Date
	}
	if from.Before(today) && len(meetings) == 0 {
		from = today
	}
	add(last, true)
	return out
}
