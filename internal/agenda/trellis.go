package agenda

import "math"

// trellis is the table of a search: for every number of dates and every node the
// least cost to come there.
type trellis struct {
	nodes      []slot
	cost, from [][]int
	anchor     []int // for each node, the last standing one before it; -1: none
	last       int   // the last standing node; -1: none
	lo, hi     int   // days between two dates
	ideal      int   // days between two dates if they were even
	prev, next int   // dates before and after the year; 0: none
	begins     int   // first day of what is left of the year
	ends       int   // its last
}

const unreached = math.MaxInt

func newTrellis(s *search, w PlanWishes, nodes []slot, n int) *trellis {
	t := &trellis{
		nodes: nodes, lo: 7 * w.MinWeeks, hi: 7 * w.MaxWeeks, last: -1, begins: s.from.number(), ends: s.to.number(),
		anchor: make([]int, len(nodes)), cost: make([][]int, n), from: make([][]int, n),
	}
	if w.MaxWeeks == 0 {
		t.hi = 366
	}
	if !s.prev.IsZero() {
		t.prev = s.prev.number()
	}
	if !s.next.IsZero() {
		t.next = s.next.number()
	}
	t.begins = min(t.begins, nodes[0].number) // a date that stands may be over
	t.ideal = max((t.ends-t.begins+1)/n, 1)
	for i, x := range nodes {
		t.anchor[i] = t.last
		if x.stands != "" {
			t.last = i
		}
	}
	for k := range n {
		t.cost[k], t.from[k] = make([]int, len(nodes)), make([]int, len(nodes))
		for i := range nodes {
			t.cost[k][i] = unreached
		}
	}
	return t
}

// stray is what an uneven distance costs: a week aside 3, two weeks 12, four 48.
func stray(gap, ideal int) int { return 3 * (gap - ideal) * (gap - ideal) / 49 }

// begin is the cost of node i as first date of the year; false if it cannot be.
func (t *trellis) begin(i int) (int, bool) {
	if t.anchor[i] >= 0 {
		return 0, false
	}
	day := t.nodes[i].number
	if t.prev == 0 {
		return stray(day-t.begins, t.ideal/2), true
	}
	gap := day - t.prev
	if gap < t.lo && t.nodes[i].stands == "" {
		return 0, false
	}
	// Long after the last date sooner is better, but the year is to be even.
	return stray(min(gap, t.ideal), t.ideal) + stray(day-t.begins, t.ideal/2), true
}

// end is the cost of node i as last date of the year; false if it cannot be.
func (t *trellis) end(i int) (int, bool) {
	if t.last > i {
		return 0, false
	}
	day := t.nodes[i].number
	if t.next != 0 && t.next-day < t.lo && t.nodes[i].stands == "" {
		return 0, false
	}
	return stray(t.ends-day, t.ideal/2), true
}

// step is the cost to go from node j to node i; false if they are too near, too
// far, or leave out a date that stands.
func (t *trellis) step(j, i int) (int, bool) {
	a, b := t.nodes[j], t.nodes[i]
	gap := b.number - a.number
	if t.anchor[i] > j {
		return 0, false
	}
	if (gap < t.lo || gap > t.hi || gap == 0) && (a.stands == "" || b.stands == "") {
		return 0, false
	}
	c := stray(gap, t.ideal)
	if gap%7 != 0 {
		c += 2 // the same weekday is easier to keep in mind
	}
	return c, true
}

// reach finds the cheapest way to node i as date number k.
func (t *trellis) reach(k, i, price int) {
	for j := i - 1; j >= k-1; j-- {
		if t.cost[k-1][j] == unreached {
			continue
		}
		if t.nodes[i].number-t.nodes[j].number > t.hi && t.nodes[i].stands == "" {
			break
		}
		if c, ok := t.step(j, i); ok && t.cost[k-1][j]+c+price < t.cost[k][i] {
			t.cost[k][i], t.from[k][i] = t.cost[k-1][j]+c+price, j
		}
	}
}

// cheapest follows the best way back to its beginning; nil if there is none.
func (t *trellis) cheapest() []slot {
	k, at, least := len(t.cost)-1, -1, unreached
	for i, c := range t.cost[k] {
		if c == unreached {
			continue
		}
		if e, ok := t.end(i); ok && c+e < least {
			at, least = i, c+e
		}
	}
	if at < 0 {
		return nil
	}
	path := make([]slot, k+1)
	for ; k >= 0; k-- {
		path[k], at = t.nodes[at], t.from[k][at]
	}
	return path
}
