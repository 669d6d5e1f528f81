package web

import (
	"net/http"
	"strconv"
)

// showFigures is a year of the network on one page, for the council.
func (w *Web) showFigures(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	figures, err := w.Store.Figures(c.ctx(), year)
	if err != nil {
		return err
	}
	var others []int
	for _, y := range []int{year - 1, year + 1} {
		if hasPages(y) {
			others = append(others, y)
		}
	}
	return c.page(http.StatusOK, "figures", c.P.T("figures.title", "year", strconv.Itoa(year)), map[string]any{"F": figures, "Others": others, "Events": figures.Weeks.Plus(figures.Own), "Today": w.Store.Today()})
}
