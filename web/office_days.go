package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/ics"
)

// showLayers is the list of the layers of days to mind that were taken from
// elsewhere, with the form for another one.
func (w *Web) showLayers(c *Ctx) error {
	return w.layersPage(c, http.StatusOK, agenda.DayLayer{Year: planYear(w.Store.Today()), Kind: agenda.LayerFaith}, nil, nil)
}

// taken says what of a file was not taken.
type taken struct {
	Layer    agenda.DayLayer
	Others   int // of other years
	Known    int // computed already
	Problems []ics.Problem
}

func (w *Web) layersPage(c *Ctx, status int, l agenda.DayLayer, done *taken, err error) error {
	layers, lerr := w.Store.Layers(c.ctx())
	if lerr != nil {
		return lerr
	}
	f := c.form("/koordination/feste", "planning.layers.take")
	f.Upload = true
	f.choose("radios", "layer_kind", c.codes("planning.layer.", []string{string(agenda.LayerFaith), string(agenda.LayerSchool)}, string(l.Kind)), true)
	f.must("layer_title", l.Title, 80)
	f.add(field{Kind: "number", Name: "year", Value: nonZero(l.Year), Required: true})
	f.add(field{Kind: "file", Name: "file", Accept: ".ics", Hint: c.P.T("planning.layers.file")})
	f.area("layer_days", c.PostForm("layer_days"), 20000)
	if done != nil { // the form is ready for the next one
		f.Fields[1].Value, f.Fields[4].Value = "", ""
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "layers", c.P.T("planning.layers.title"), map[string]any{"Form": f, "Layers": layers, "Done": done})
}

// takeLayer keeps the days of a calendar file, or those that were typed.
func (w *Web) takeLayer(c *Ctx) error {
	var p agenda.Problems
	l := agenda.DayLayer{Title: c.posted("layer_title"), Kind: agenda.LayerKind(c.posted("layer_kind")), Year: c.postedInt(&p, "year")}
	done := &taken{}
	err := c.layerDays(&l, done)
	if err = joined(p, err); err == nil {
		done.Layer, err = w.Store.TakeLayer(c.ctx(), c.actor(), l)
	}
	if err != nil {
		return w.layersPage(c, http.StatusUnprocessableEntity, l, nil, err)
	}
	return w.layersPage(c, http.StatusOK, agenda.DayLayer{Year: l.Year, Kind: l.Kind}, done, nil)
}

// layerDays reads the days of the form: of the file, and typed ones.
func (c *Ctx) layerDays(l *agenda.DayLayer, done *taken) error {
	b, err := c.postedFile()
	var p agenda.Problems
	if errors.As(err, &p) {
		b = nil // none was chosen
	} else if err != nil {
		return err
	}
	if len(b) > 0 {
		if l.Days, done.Others, done.Problems, err = ics.DecodeDays(b, c.store().Loc(), l.Year); err != nil {
			return err
		}
	}
	typed, err := agenda.ParseLayerDays(c.posted("layer_days"), l.Title)
	if err != nil {
		return err
	}
	for _, d := range typed {
		if d.From.Year == l.Year {
			l.Days = append(l.Days, d)
		} else {
			done.Others++
		}
	}
	if l.Kind == agenda.LayerFaith {
		l.Days, done.Known = c.unknown(l.Days)
	}
	return nil
}

// unknown leaves out what is computed on the same day under the same name.
func (c *Ctx) unknown(days []agenda.LayerDay) ([]agenda.LayerDay, int) {
	n := len(days)
	german := c.w.Catalog.Printer(agenda.German)
	days = slices.DeleteFunc(days, func(d agenda.LayerDay) bool {
		return slices.ContainsFunc(almanac.Days(d.From, d.From), func(o agenda.Day) bool {
			return o.From == d.From && agenda.Fold(german.DayName(o)) == agenda.Fold(d.Name)
		})
	})
	return days, n - len(days)
}

// dropLayer removes a layer.
func (w *Web) dropLayer(c *Ctx) error {
	year, err := strconv.Atoi(c.posted("year"))
	if err != nil {
		return agenda.ErrNotFound
	}
	if err := w.Store.DropLayer(c.ctx(), c.actor(), year, c.posted("layer")); err != nil {
		return err
	}
	c.flash(c.P.T("planning.layers.dropped"))
	return c.redirect("/koordination/feste")
}
