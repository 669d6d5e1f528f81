package store

import (
	"context"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// around is how many days before and after a planned event others are looked
// at: those of the free times that can be proposed.
const around = 8

// EventClashes returns what an event of the edition that is being planned
// clashes with, the worst first, and up to three times at which it would not.
// busy says which days are not to be proposed. What it costs depends on the
// events of those days, not on all of the edition.
func (s *Store) EventClashes(ctx context.Context, edition int, id agenda.EventID, d agenda.EventDetails, busy func(agenda.Date) bool) (clashes []agenda.EventClash, free []agenda.Local, err error) {
	const slots = 3
	if d.Start.IsZero() || !d.End.After(d.Start) {
		return nil, nil, nil
	}
	ed, err := view(ctx, s, func(tx kv.Tx) (agenda.Edition, error) {
		ed, err := get[agenda.Edition](tx, editionKey(edition))
		return ed, ignoreNotFound(err)
	})
	if err != nil {
		return nil, nil, err
	}
	others, err := view(ctx, s, func(tx kv.Tx) (out []agenda.Event, err error) {
		from, to := d.Start.Date.AddDays(-around), d.Start.Date.AddDays(around+1)
		for year := from.Year; year <= to.Year; year++ {
			events, err := eventsIn(tx, kv.Key(kOn, yearPart(year), from.String()), kv.Key(kOn, yearPart(year), to.String()))
			if err != nil {
				return nil, err
			}
			out = append(out, events...)
		}
		return out, nil
	})
	if err != nil {
		return nil, nil, err
	}
	clashes = d.EventClashes(id, others, ed)
	if len(clashes) > 0 && clashes[0].Grade > agenda.LowClash {
		free = d.FreeSlots(id, others, ed, busy, slots)
	}
	return clashes, free, nil
}
