package agenda

import (
	"slices"
	"time"
)

// proposals is how many whole plans a planner offers.
const proposals = 3

// Plan searches the whole year for dates that meet the wishes: of all ways to
// choose them it takes the one that loses least by days to mind and by uneven
// distances. The same facts give the same plan. Problems are returned for wishes
// that cannot be; when there is merely no such plan, the answer says which wish
// would have to give.
func Plan(w PlanWishes, f PlanFacts) (YearPlan, error) {
	if err := w.Check(f.Today); err != nil {
		return YearPlan{}, err
	}
	if w.Before > 0 {
		return planBefore(w, f)
	}
	s := newSearch(w, f)
	if !slices.ContainsFunc(s.slots, func(x slot) bool { return x.on(w.Weekdays) && !x.start.Date.Before(f.Today) && !x.past() }) {
		return YearPlan{}, Problems{{Field: "year", Rule: "nothing_left"}}
	}
	out := YearPlan{Wishes: w, Avoided: s.avoided(w)}
	if end := (Date{w.Year, time.December, 31}); !w.School && f.SchoolUntil.Before(end) {
		out.SchoolUntil = f.SchoolUntil
	}
	for _, path := range s.best(w) {
		out.Proposals = append(out.Proposals, s.proposal(w, path, f.Hosts))
	}
	if len(out.Proposals) == 0 {
		out.Relaxations = s.relaxations(w)
	}
	return out, nil
}

// slot is a day of the year with the hours of the wishes, or a date that stands.
type slot struct {
	start, end     Local
	number         int // of the day
	against, notes []PlanReason
	stands         MeetingID
}

func (x slot) on(days []time.Weekday) bool { return slices.Contains(days, x.start.Weekday()) }

func (x slot) past() bool {
	return slices.ContainsFunc(x.against, func(r PlanReason) bool { return r.Rule == rulePast })
}

// search is one year under the facts; wishes may change while it goes on.
type search struct {
	slots      []slot // by date
	prev, next Date   // dates of the group before and after the year; no day: none
	from, to   Date   // what is left of the year
	*obstacles
}

func newSearch(w PlanWishes, f PlanFacts) *search {
	from, to := Date{w.Year, time.January, 1}, Date{w.Year, time.December, 31}
	s := &search{from: from, to: to}
	if !f.Today.Before(from) {
		s.from = f.Today.AddDays(1)
	}
	var standing []slot
	for _, m := range f.Own {
		switch {
		case m.Start.Before(from.At(0, 0)):
			s.prev = m.Start.Date
		case m.Start.Date.After(to):
			if s.next.IsZero() {
				s.next = m.Start.Date
			}
		case !w.Fresh:
			standing = append(standing, slot{start: m.Start, end: m.End, number: m.Start.number(), stands: m.ID})
		}
	}
	if w.Fresh {
		f.Own = nil
	}
	s.obstacles = newObstacles(f, from, to)
	h, m, _ := ParseClock(w.Start) // checked
	for d := from; !d.After(to); d = d.AddDays(1) {
		for len(standing) > 0 && !standing[0].start.Date.After(d) {
			s.slots, standing = append(s.slots, standing[0]), standing[1:]
		}
		x := slot{start: d.At(h, m), number: d.number()}
		x.end = x.start.AddMinutes(w.Minutes)
		x.against, x.notes = s.against(x.start, x.end)
		s.slots = append(s.slots, x)
	}
	return s
}

// nodes are the slots that a plan may take: free ones on the wished weekdays, and
// dates that stand.
func (s *search) nodes(w PlanWishes) []slot {
	var out []slot
	for _, x := range s.slots {
		if x.stands != "" || x.on(w.Weekdays) && len(w.minded(x.against)) == 0 {
			out = append(out, x)
		}
	}
	return out
}

func (s *search) avoided(w PlanWishes) []AvoidedDay {
	var out []AvoidedDay
	for _, x := range s.slots {
		if x.stands != "" || x.past() || !x.on(w.Weekdays) {
			continue
		}
		if r := w.minded(x.against); len(r) > 0 {
			out = append(out, AvoidedDay{x.start.Date, r})
		}
	}
	return out
}

// best returns the best plan and others that differ from it: each date that a
// better plan has costs the next one.
func (s *search) best(w PlanWishes) [][]slot {
	nodes := s.nodes(w)
	used := map[Date]int{}
	var out [][]slot
	for range proposals {
		path := s.path(w, nodes, used)
		if path == nil || slices.ContainsFunc(out, func(p []slot) bool { return samePath(p, path) }) {
			break
		}
		out = append(out, path)
		for _, x := range path {
			used[x.start.Date] += 60
		}
	}
	return out
}

func samePath(a, b []slot) bool {
	return slices.EqualFunc(a, b, func(x, y slot) bool { return x.start == y.start })
}

// path finds the cheapest choice of nodes, nil if none meets the wishes. It goes
// through the year once: cost[k][i] is the least that k+1 dates can cost of which
// node i is the last.
func (s *search) path(w PlanWishes, nodes []slot, used map[Date]int) []slot {
	n := max(w.Count, countStanding(nodes))
	if n == 0 || len(nodes) < n {
		return nil
	}
	t := newTrellis(s, w, nodes, n)
	price := make([]int, len(nodes))
	for i, x := range nodes {
		price[i] = cost(x.against, x.notes) + used[x.start.Date]
		if x.stands != "" {
			price[i] = 0
		}
		if c, ok := t.begin(i); ok {
			t.cost[0][i] = price[i] + c
		}
	}
	for k := 1; k < n; k++ {
		for i := k; i < len(nodes); i++ {
			t.reach(k, i, price[i])
		}
	}
	return t.cheapest()
}

func countStanding(nodes []slot) (n int) {
	for _, x := range nodes {
		if x.stands != "" {
			n++
		}
	}
	return n
}

// proposal says of every date of a path why it is good.
func (s *search) proposal(w PlanWishes, path []slot, hosts []HostCount) PlanProposal {
	var p PlanProposal
	prev := s.prev
	var open []Date
	for _, x := range path {
		d := PlanDate{Start: x.start, End: x.end, Meeting: x.stands}
		switch gap := prev.DaysTo(x.start.Date); {
		case prev.IsZero():
			d.Reasons = append(d.Reasons, PlanReason{Rule: reasonFirst})
		case gap%7 == 0:
			d.Reasons = append(d.Reasons, PlanReason{Rule: reasonWeeks, N: gap / 7, On: prev})
		default:
			d.Reasons = append(d.Reasons, PlanReason{Rule: "days", N: gap, On: prev})
		}
		switch {
		case x.stands != "":
			d.Reasons = append(d.Reasons, PlanReason{Rule: reasonStands})
		case len(x.against) == 0:
			d.Reasons = append(d.Reasons, s.free(x.start.Date))
		}
		d.Reasons = append(append(d.Reasons, x.against...), x.notes...)
		if x.stands == "" {
			open = append(open, x.start.Date)
		}
		p.Dates, prev = append(p.Dates, d), x.start.Date
	}
	if w.Hosts {
		turn := HostsInTurn(hosts, open)
		for i := range p.Dates {
			if p.Dates[i].Meeting == "" && len(turn) > 0 {
				p.Dates[i].Host, turn = &turn[0], turn[1:]
			}
		}
	}
	return p
}
