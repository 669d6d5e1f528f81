package store

import (
	"bytes"
	"context"
	"sync"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// How many days before and after a planned event others are looked at: those
// that can clash with it (both may last into the next day), and those of the
// free times that can be proposed.
const (
	near   = 2
	around = 8
)

// EventClashes returns what an event of the edition that is being planned
// clashes with, the worst first, and up to three times at which it would not.
// busy says which days are not to be proposed. What it costs depends on the
// events around its dates, not on all of the edition.
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
	others, err := s.eventsAround(ctx, d, near)
	if err != nil {
		return nil, nil, err
	}
	clashes = d.EventClashes(id, others, ed)
	if len(clashes) == 0 || clashes[0].Grade <= agenda.LowClash {
		return clashes, nil, nil
	}
	if others, err = s.eventsAround(ctx, d, around); err != nil {
		return nil, nil, err
	}
	return clashes, d.FreeSlots(id, others, ed, busy, slots), nil
}

// eventsAround returns the events of which a date may begin on the days around
// the first date of one that is planned, or near another of its dates. They are
// shared with other readers: not to be changed.
func (s *Store) eventsAround(ctx context.Context, d agenda.EventDetails, days int) ([]agenda.Event, error) {
	found, err := view(ctx, s, func(tx kv.Tx) (found []*agenda.Event, err error) {
		seen := map[agenda.EventID]bool{}
		for i, one := range d.Dates() {
			if i == 1 {
				days = near
			}
			ids, err := idsBetween(tx, one.Start.Date.AddDays(-days), one.Start.Date.AddDays(days))
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				if seen[id] {
					continue
				}
				seen[id] = true
				e, err := s.looked.event(tx, eventKey(id))
				if err != nil {
					return nil, err
				}
				found = append(found, e)
			}
		}
		return found, nil
	})
	out := make([]agenda.Event, len(found)) // once, in its full length: events are large
	for i, e := range found {
		out[i] = *e
	}
	return out, err
}

// looked keeps events that were looked at beside their records' bytes: while
// somebody types a date the same weeks are asked for again and again, and
// decoding is most of the work. A record with other bytes is decoded anew, so
// nothing has to be told about changes.
type looked struct {
	mu    sync.Mutex
	byKey map[string]lookedAt
}

type lookedAt struct {
	record []byte
	event  *agenda.Event
}

// lookedMost is how many events are kept, of about 2 kB each.
const lookedMost = 3000

func (l *looked) event(tx kv.Tx, key string) (*agenda.Event, error) {
	b, err := tx.Get(key)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if was, ok := l.byKey[key]; ok && bytes.Equal(was.record, b) {
		return was.event, nil
	}
	now := lookedAt{bytes.Clone(b), &agenda.Event{}}
	if err := decode(key, b, now.event); err != nil {
		return nil, err
	}
	if l.byKey == nil || len(l.byKey) >= lookedMost {
		l.byKey = map[string]lookedAt{}
	}
	l.byKey[key] = now
	return now.event, nil
}
