package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// DaysScope is the scope of the layers of days to mind.
const DaysScope = "days"

// layerPart is how many days of a layer one record holds.
const layerPart = 20

func layerKey(year int, id string, part int) string {
	return kv.Key(kLayer, yearPart(year), idPart(id), fmt.Sprintf("%03d", part))
}

// Layers returns all layers of days to mind, the newest year first, then by
// title.
func (s *Store) Layers(ctx context.Context) ([]agenda.DayLayer, error) {
	out, err := view(ctx, s, func(tx kv.Tx) ([]agenda.DayLayer, error) { return layersIn(tx, 2000, 2100) })
	slices.SortStableFunc(out, func(a, b agenda.DayLayer) int { return b.Year - a.Year })
	return out, err
}

func layersIn(tx kv.Tx, from, to int) ([]agenda.DayLayer, error) {
	parts, err := list[agenda.DayLayer](tx, kv.Key(kLayer, yearPart(from)), kv.Key(kLayer, yearPart(to+1)))
	var out []agenda.DayLayer
	for _, p := range parts {
		if n := len(out) - 1; n >= 0 && out[n].Year == p.Year && out[n].ID == p.ID {
			out[n].Days = append(out[n].Days, p.Days...)
			continue
		}
		out = append(out, p)
	}
	return out, err
}

// LayerDays returns the days to mind of all layers that touch the span from…to.
func (s *Store) LayerDays(ctx context.Context, from, to agenda.Date) ([]agenda.Day, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Day, error) { return layerDays(tx, from, to) })
}

func layerDays(tx kv.Tx, from, to agenda.Date) ([]agenda.Day, error) {
	layers, err := layersIn(tx, max(from.Year-1, 2000), min(to.Year, 2100)) // one that begins in December reaches into the next year
	var out []agenda.Day
	for _, l := range layers {
		for _, d := range l.Mind() {
			if !d.To.Before(from) && !d.From.After(to) {
				out = append(out, d)
			}
		}
	}
	return out, err
}

// TakeLayer keeps a layer of days to mind; one of the same title and year is
// replaced.
func (s *Store) TakeLayer(ctx context.Context, actor agenda.Actor, l agenda.DayLayer) (agenda.DayLayer, error) {
	l = l.Clean()
	if err := l.Check(); err != nil {
		return l, err
	}
	err := s.update(ctx, actor, func(t *tx) error {
		if _, err := t.dropLayer(l.Year, l.ID); err != nil {
			return err
		}
		l.Taken = t.now
		for i, days := 0, l.Days; len(days) > 0; i++ {
			part := l
			part.Days, days = days[:min(layerPart, len(days))], days[min(layerPart, len(days)):]
			put(t, layerKey(l.Year, l.ID, i), part)
		}
		return t.layerChanged(l, "layer_taken", len(l.Days))
	})
	if err != nil {
		err = fmt.Errorf("days of %s %d: %w", l.Title, l.Year, err)
	}
	return l, err
}

// DropLayer removes a layer.
func (s *Store) DropLayer(ctx context.Context, actor agenda.Actor, year int, id string) error {
	return s.update(ctx, actor, func(t *tx) error {
		l, err := t.dropLayer(year, id)
		if err != nil || l.ID == "" {
			return err // the second click
		}
		return t.layerChanged(l, "layer_dropped", 0)
	})
}

func (t *tx) dropLayer(year int, id string) (l agenda.DayLayer, err error) {
	lo, hi := kv.Prefix(kLayer, yearPart(year), idPart(id))
	var keys []string
	for p, err := range t.Scan(lo, hi) {
		if err != nil {
			return l, err
		}
		if err := decode(p.Key, p.Value, &l); err != nil {
			return l, err
		}
		keys = append(keys, p.Key)
	}
	for _, k := range keys {
		t.Delete(k)
	}
	return l, nil
}

func (t *tx) layerChanged(l agenda.DayLayer, verb string, n int) error {
	title := fmt.Sprintf("%s %d (%d)", l.Title, l.Year, n)
	t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutDays, ID: l.ID}, Verb: verb, Title: strings.TrimSuffix(title, " (0)")})
	return t.touch(DaysScope, l.ID)
}
