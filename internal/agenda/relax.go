package agenda

import (
	"slices"
	"time"
)

// give is one way for a wish to give.
type give struct {
	wish string
	with func(PlanWishes) PlanWishes
}

// gives lists what could give, wish by wish, the smallest step of each first.
func (w PlanWishes) gives() [][]give {
	var days, lo, hi, count []give
	for d := time.Monday; d <= time.Friday; d++ {
		if !slices.Contains(w.Weekdays, d) {
			days = append(days, give{"weekday", func(w PlanWishes) PlanWishes {
				w.Weekdays = append(slices.Clone(w.Weekdays), d)
				return w
			}})
		}
	}
	for n := w.MinWeeks - 1; n >= 0; n-- {
		lo = append(lo, give{"min_weeks", func(w PlanWishes) PlanWishes { w.MinWeeks = n; return w }})
	}
	for n := w.MaxWeeks + 1; w.MaxWeeks > 0 && n <= w.MaxWeeks+8; n++ {
		hi = append(hi, give{"max_weeks", func(w PlanWishes) PlanWishes { w.MaxWeeks = n; return w }})
	}
	for n := w.Count - 1; n > 0; n-- {
		count = append(count, give{"count", func(w PlanWishes) PlanWishes { w.Count = n; return w }})
	}
	flag := func(wish string, on bool, set func(*PlanWishes)) []give {
		if on {
			return nil
		}
		return []give{{wish, func(w PlanWishes) PlanWishes { set(&w); return w }}}
	}
	return [][]give{
		days, lo, hi,
		flag("shared", w.Shared, func(w *PlanWishes) { w.Shared = true }),
		flag("bridge", w.Bridge, func(w *PlanWishes) { w.Bridge = true }),
		flag("school", w.School, func(w *PlanWishes) { w.School = true }),
		count,
	}
}

// relaxations tries what would have to give: each wish alone, and if none is
// enough but the number of meetings, two together.
func (s *search) relaxations(w PlanWishes) []Relaxation {
	all := w.gives()
	var out []Relaxation
	for _, steps := range all {
		if r, ok := s.try(w, steps, ""); ok {
			out = append(out, r)
		}
	}
	if slices.ContainsFunc(out, func(r Relaxation) bool { return r.Wish != "count" }) {
		return out
	}
	for i, first := range all[:len(all)-1] {
		for _, second := range all[i+1 : len(all)-1] {
			for _, g := range first {
				if r, ok := s.try(g.with(w), second, g.wish); ok {
					out = append(out, r)
					break
				}
			}
		}
	}
	return out
}

// try looks for the smallest step of a wish with which there is a plan.
func (s *search) try(w PlanWishes, steps []give, also string) (Relaxation, bool) {
	for _, g := range steps {
		x := g.with(w)
		path := s.path(x, s.nodes(x), nil)
		if path == nil {
			continue
		}
		r := Relaxation{Wish: g.wish, Also: also, Wishes: x}
		for _, p := range path {
			r.Example = append(r.Example, p.start)
		}
		return r, true
	}
	return Relaxation{}, false
}
