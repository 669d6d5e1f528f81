package store

import (
	"context"
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// record writes a line of the history, in the transaction of the change. It is
// found under its subject and under whatever else it is about.
func (t *tx) record(e agenda.Entry, also ...agenda.Ref) {
	e.At, e.Actor = t.now, t.actor
	key := kv.Key(kHistory, kv.TimeDesc(t.now), t.id+strconv.Itoa(t.n))
	put(t, key, e)
	for _, about := range append(also, e.Subject) {
		t.Put(kv.Key(kTrail, about.Kind, about.ID, kv.TimeDesc(t.now), t.id+strconv.Itoa(t.n)), []byte(key))
	}
	t.n++
}

// History returns lines of the history, newest first: those about one thing,
// or all if about is the zero Ref. next, when not empty, continues the list.
func (s *Store) History(ctx context.Context, about agenda.Ref, before string, limit int) (entries []agenda.Entry, next string, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		entries, next = nil, ""
		lo, hi := kv.Prefix(kHistory)
		if about != (agenda.Ref{}) {
			lo, hi = kv.Prefix(kTrail, about.Kind, idPart(about.ID))
		}
		prefix := lo
		lo = after(lo, before)
		for p, err := range tx.Scan(lo, hi) {
			if err != nil {
				return err
			}
			if len(entries) == limit {
				return nil
			}
			e, err := entryOf(tx, p)
			if err != nil {
				return err
			}
			entries, next = append(entries, e), cursor(p.Key, prefix)
		}
		next = ""
		return nil
	})
	return entries, next, err
}

// entryOf reads the entry at p, or the one that a trail's value points to.
func entryOf(tx kv.Tx, p kv.Pair) (e agenda.Entry, err error) {
	if p.Value[0] == '{' {
		return e, decode(p.Key, p.Value, &e)
	}
	return get[agenda.Entry](tx, string(p.Value))
}
