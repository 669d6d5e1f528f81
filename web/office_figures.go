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
	return c.page(http.StatusOK, "figures", c.P.T("figures.title", "year", strconv.Itoa(year)), map[string]any{"F": figures, "Before": year - 1, "After": year + 1, "Events": figures.Weeks.Plus(figures.Own), "Today": w.Store.Today()})
}
