package store

import (
	"context"
	"errors"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// wording is the version of the consent text that watchers agree to.
const wording = "2026-11"

// Watch notes that somebody wants to be reminded of an event and mails the link
// to confirm it. Asking again is no error and sends at most one mail an hour;
// the answer never tells whether the address is known.
func (s *Store) Watch(ctx context.Context, id agenda.EventID, email string, lang agenda.Lang) error {
	addr, ok := agenda.Email(email)
	if !ok {
		return agenda.Problems{{Field: "email", Rule: "email", Want: "name@example.org"}}
	}
	return s.update(ctx, agenda.Actor{By: "watch"}, func(t *tx) error {
		e, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		if !e.Public() || e.Standing == agenda.Cancelled || !e.Coming(agenda.LocalOf(t.now, t.clock.Loc)) {
			return agenda.ErrState
		}
		w, err := get[agenda.Watcher](t, watcherKey(agenda.WatcherIDOf(id, addr)))
		if err != nil && !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		if err == nil && t.now.Sub(w.Asked) < agenda.AskAgainAfter {
			return nil
		}
		w.ID, w.Event, w.Email, w.Lang = agenda.WatcherIDOf(id, addr), id, addr, lang
		w.Asked, w.Wording = t.now, wording
		put(t, watcherKey(w.ID), w)
		t.Put(kv.Key(kWatching, string(id), string(w.ID)), nil)
		reader := agenda.Ref{Kind: agenda.AboutWatcher, ID: string(w.ID)}
		return t.notify(agenda.Notice{
			ID: agenda.NoticeID("w." + string(w.ID) + "." + t.id), Kind: agenda.KindConfirm, Subject: reader, To: agenda.Audience{Of: reader},
			Due: t.now, Deadline: t.now.Add(agenda.ConfirmWithin), Mark: t.id, Made: t.now,
		})
	})
}

// Watcher returns who and what a watcher's link is about. ErrNotFound is
// returned for a link that is not genuine or whose watcher was forgotten.
func (s *Store) Watcher(ctx context.Context, token string) (w agenda.Watcher, e agenda.Event, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		if w, err = s.watcherNow(tx, token); err != nil {
			return err
		}
		e, err = get[agenda.Event](tx, eventKey(w.Event))
		return err
	})
	return w, e, err
}

// ConfirmWatch is the second step of the double opt-in. Confirming twice is no
// error; ErrExpired is returned when the request is too old.
func (s *Store) ConfirmWatch(ctx context.Context, token string) (w agenda.Watcher, e agenda.Event, err error) {
	if w, e, err = s.Watcher(ctx, token); err != nil {
		return w, e, err
	}
	err = s.update(ctx, agenda.Actor{By: "watch"}, func(t *tx) error {
		var err error
		if w, err = get[agenda.Watcher](t, watcherKey(w.ID)); err != nil || !w.Confirmed.IsZero() {
			return err
		}
		if t.now.Sub(w.Asked) > agenda.ConfirmWithin {
			return agenda.ErrExpired
		}
		w.Confirmed = t.now
		put(t, watcherKey(w.ID), w)
		return nil
	})
	return w, e, err
}

// Unwatch forgets a watcher. Doing it twice is no error.
func (s *Store) Unwatch(ctx context.Context, token string) error {
	w, _, err := s.Watcher(ctx, token)
	if err != nil {
		return ignoreNotFound(err)
	}
	return s.update(ctx, agenda.Actor{By: "watch"}, func(t *tx) error { return t.forget(w) })
}

func (t *tx) forget(w agenda.Watcher) error {
	t.Delete(watcherKey(w.ID))
	t.Delete(kv.Key(kWatching, string(w.Event), string(w.ID)))
	return nil
}

// Watchers counts who confirmed to be reminded of an event.
func (s *Store) Watchers(ctx context.Context, id agenda.EventID) (int, error) {
	return view(ctx, s, func(tx kv.Tx) (n int, err error) {
		for p, err := range tx.Scan(kv.Prefix(kWatching, string(id))) {
			if err != nil {
				return n, err
			}
			w, err := get[agenda.Watcher](tx, watcherKey(agenda.WatcherID(lastPart(p.Key))))
			if err != nil {
				return n, err
			}
			if !w.Confirmed.IsZero() {
				n++
			}
		}
		return n, nil
	})
}
