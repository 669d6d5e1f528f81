package web

import (
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// feastMonth are the days to mind that begin in a month.
type feastMonth struct {
	First agenda.Date
	Days  []feast
}

// feast is a day to mind as everybody may see it: what it is and when, never how
// much it weighs when dates are sought.
type feast struct {
	agenda.Day
	Eve agenda.Local // when it begins the evening before; no time: with its day
}

// showFeasts explains, by date, the days to mind of the next twelve months.
func (w *Web) showFeasts(c *Ctx) error {
	revision, err := w.Store.Revision(c.ctx(), store.DaysScope)
	if err != nil {
		return err
	}
	return c.keepPage("feste", "", revision+" "+w.today(), func() ([]byte, error) {
		today := w.Store.Today()
		until := today.AddDays(366)
		days, err := c.days(today, until)
		if err != nil {
			return nil, err
		}
		return c.render("feasts", c.P.T("planning.feasts.title"), map[string]any{"Months": feastsOf(days, today), "From": today, "Until": until})
	})
}

// feastsOf sorts days by the month in which they begin; those that have begun
// stand in the current one. School holidays and mere marks are not among them.
func feastsOf(days []agenda.Day, today agenda.Date) []feastMonth {
	var out []feastMonth
	for _, d := range days {
		if d.Layer == agenda.DaySchool || d.Layer == agenda.DayMark {
			continue
		}
		day := d.From
		if day.Before(today) {
			day = today
		}
		first := agenda.Date{Year: day.Year, Month: day.Month, Day: 1}
		if n := len(out); n == 0 || out[n-1].First != first {
			out = append(out, feastMonth{First: first})
		}
		f := feast{Day: d}
		if !d.Begins.IsZero() && d.Begins.Date.Before(d.From) {
			f.Eve = d.Begins
		}
		m := &out[len(out)-1]
		if !slices.ContainsFunc(m.Days, func(o feast) bool { return o.From == d.From && o.Key == d.Key && o.Name == d.Name }) {
			m.Days = append(m.Days, f)
		}
	}
	return out
}
