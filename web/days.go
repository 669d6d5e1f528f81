package web

import (
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

// days are the days to mind that touch the span from…to, by date: those that are
// computed and those that were taken from published calendars.
func (c *Ctx) days(from, to agenda.Date) ([]agenda.Day, error) {
	taken, err := c.store().LayerDays(c.ctx(), from, to)
	if err != nil {
		return nil, err
	}
	out := append(almanac.Days(from, to), taken...)
	slices.SortStableFunc(out, func(a, b agenda.Day) int { return a.From.Compare(b.From) })
	return out, nil
}

// daysAt are those that a date from start to end meets.
func (c *Ctx) daysAt(start, end agenda.Local) ([]agenda.Day, error) {
	taken, err := c.store().LayerDays(c.ctx(), start.Date.AddDays(-1), end.Date.AddDays(1))
	if err != nil {
		return nil, err
	}
	taken = slices.DeleteFunc(taken, func(d agenda.Day) bool { return !d.Touches(start, end) })
	return append(almanac.At(start, end), taken...), nil
}
