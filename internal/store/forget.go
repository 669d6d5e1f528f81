package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Retention is for how long records stay that name people. It is shown on the
// privacy page.
type Retention struct {
	Outbox      time.Duration // sent and other final messages
	Submissions time.Duration // events that were never public, after their date
}

// Forget deletes what has served its purpose: watchers after their event or
// without confirmation, subscribers without confirmation or answer, sessions and log-ins that ended, the counts of days that
// are over, old messages and the notices they came from, submissions that never
// became public, pictures that no event shows, polls after their dates, answers to meetings and
// comments on minutes.
// It returns how many went.
func (s *Store) Forget(ctx context.Context, r Retention) (int, error) {
	n := 0
	for _, kind := range []string{kWatcher, kSignUp, kSubscriber, kSession, kLogin, kSubmissions, kMessage, kNotice, kEvent} {
		m, err := s.sweep(ctx, kind, r)
		if n += m; err != nil {
			return n, fmt.Errorf("delete what is past its time: %w", err)
		}
	}
	for _, kind := range []struct {
		what  string
		sweep func() (int, error)
	}{
		{"pictures that nothing shows", func() (int, error) { return s.sweepBlobs(ctx) }}, // after the events that named them
		{"who was invited by calendar message", func() (int, error) { return s.sweepRequests(ctx) }},
		{"marks of addresses", func() (int, error) { return s.sweepReturned(ctx, r.Outbox) }},
		{"deadlines that are long over", func() (int, error) { return s.sweepDeadlines(ctx) }},
		{"polls that are over", func() (int, error) { return s.sweepPolls(ctx) }},
		{"comments on minutes", func() (int, error) { return s.sweepComments(ctx) }},
		{"answers to meetings that are over", func() (int, error) { return s.sweepAnswers(ctx) }},
	} {
		m, err := kind.sweep()
		if n += m; err != nil {
			return n, fmt.Errorf("delete %s: %w", kind.what, err)
		}
	}
	return n, nil
}

// sweep deletes the records of one kind that have ended, in batches.
func (s *Store) sweep(ctx context.Context, kind string, r Retention) (n int, err error) {
	lo, hi := kv.Prefix(kind)
	for lo != "" {
		var keys []string
		if keys, lo, err = s.endedKeys(ctx, kind, lo, hi, r); err != nil {
			return n, err
		}
		n += len(keys)
		if err := s.forgetTranslations(ctx, kind, keys); err != nil {
			return n, err
		}
		if kind == kEvent {
			for _, key := range keys {
				if err := s.forgetTeam(ctx, agenda.EventID(lastPart(key))); err != nil {
					return n, err
				}
			}
		}
		for some := range slices.Chunk(keys, sweepMost(kind)) {
			if err := s.update(ctx, agenda.Actor{}, func(t *tx) error { return t.deleteAll(kind, some) }); err != nil {
				return n, err
			}
		}
		if kind != kEvent {
			continue
		}
		for _, key := range keys {
			if err := s.forgetName(ctx, agenda.Ref{Kind: agenda.AboutEvent, ID: lastPart(key)}); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// sweepMost is how many records of a kind are deleted in one transaction, with
// what hangs on them: its writes are limited. An event has an entry for each
// month in which it has a date; a sign-up can free a place that is offered.
func sweepMost(kind string) int {
	switch kind {
	case kEvent:
		return 1
	case kSignUp:
		return 4
	}
	return expandBatch
}

func (s *Store) endedKeys(ctx context.Context, kind, lo, hi string, r Retention) (keys []string, next string, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		keys, next = nil, ""
		for p, err := range tx.Scan(lo, hi) {
			if err != nil {
				return err
			}
			if len(keys) == expandBatch {
				next = p.Key
				return nil
			}
			yes, err := s.ended(tx, kind, p, r)
			if err != nil {
				return err
			}
			if yes {
				keys = append(keys, p.Key)
			}
		}
		return nil
	})
	return keys, next, err
}

func (t *tx) deleteAll(kind string, keys []string) error {
	for _, key := range keys {
		if err := ignoreNotFound(t.deleteWhole(kind, key)); err != nil {
			return err
		}
	}
	return nil
}

// deleteWhole deletes a record and its entries in indexes. ErrNotFound says that
// it went in the meantime.
func (t *tx) deleteWhole(kind, key string) error {
	switch kind {
	case kWatcher:
		w, err := get[agenda.Watcher](t, key)
		if err != nil {
			return err
		}
		return t.forget(w)
	case kSignUp:
		return t.forgetOrStrip(agenda.SignUpID(lastPart(key)))
	case kSubscriber:
		return t.endSubscriber(agenda.SubscriberID(lastPart(key)))
	case kNotice:
		t.Delete(newsKey(agenda.NoticeID(lastPart(key))))
	case kEvent:
		e, err := get[agenda.Event](t, key)
		if err != nil {
			return err
		}
		t.Delete(draftKey(e))
		t.Delete(houseKey(e.ID))
		t.unindexDates(e)
		t.Delete(kv.Key(kSlug, yearPart(e.Year()), e.Slug))
		t.Delete(askedKey(e.ID))
		t.Delete(releaseKey(e, t.clock.Loc))
	case kMessage:
		m, err := get[agenda.Message](t, key)
		if err != nil {
			return err
		}
		t.Delete(kv.Key(kLog, kv.TimeDesc(m.Made), string(m.ID)))
		t.Delete(kv.Key(kAbout, m.Subject.Kind+"."+m.Subject.ID, string(m.ID)))
		if isTrouble(m.State) {
			t.Delete(troubleKey(m))
		}
	}
	t.Delete(key)
	return nil
}

// ended reports whether a record has served its purpose.
func (s *Store) ended(tx kv.Tx, kind string, p kv.Pair, r Retention) (bool, error) {
	switch kind {
	case kWatcher:
		return s.watcherEnded(tx, p)
	case kSignUp:
		return s.signUpEnded(tx, p)
	case kSubscriber:
		var v agenda.Subscriber
		err := decode(p.Key, p.Value, &v)
		return v.Over(s.Now()), err
	case kSession:
		var v session
		err := decode(p.Key, p.Value, &v)
		return s.Now().After(v.Expires), err
	case kEvent:
		var e agenda.Event
		err := decode(p.Key, p.Value, &e)
		if e.Review == agenda.Draft {
			return s.Now().Sub(e.Changed) > agenda.DraftFor, err
		}
		return e.Released.IsZero() && r.Submissions > 0 && s.Now().Sub(e.Until().In(s.Loc())) > r.Submissions, err
	case kLogin:
		var v login
		err := decode(p.Key, p.Value, &v)
		return s.Now().After(v.Until), err
	case kSubmissions:
		day, _, _ := strings.Cut(string(p.Value), " ")
		return day != s.Now().Format(time.DateOnly), nil
	case kNotice:
		var n agenda.Notice
		err := decode(p.Key, p.Value, &n)
		last := n.Due
		if n.Deadline.After(last) {
			last = n.Deadline
		}
		// Its messages are tried for so long.
		return n.Done && r.Outbox > 0 && s.Now().Sub(last) > r.Outbox+agenda.GiveUp, err
	}
	var m agenda.Message
	err := decode(p.Key, p.Value, &m)
	return m.State != agenda.MessageWaiting && r.Outbox > 0 && s.Now().Sub(m.Settled) > r.Outbox, err
}

func (s *Store) watcherEnded(tx kv.Tx, p kv.Pair) (bool, error) {
	var w agenda.Watcher
	if err := decode(p.Key, p.Value, &w); err != nil {
		return false, err
	}
	e, err := get[agenda.Event](tx, eventKey(w.Event))
	if errors.Is(err, agenda.ErrNotFound) {
		return true, nil
	}
	return s.Now().After(w.Forget(e, s.Loc())), err
}

// signUpEnded reports whether a sign-up, or what she needed, is to be deleted.
func (s *Store) signUpEnded(tx kv.Tx, p kv.Pair) (bool, error) {
	var u agenda.SignUp
	if err := decode(p.Key, p.Value, &u); err != nil {
		return false, err
	}
	e, err := get[agenda.Event](tx, eventKey(u.Event))
	if errors.Is(err, agenda.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	forget, strip := u.Forget(e, s.Now(), s.Loc())
	return forget || strip, nil
}

// forgetOrStrip deletes a sign-up, or what she needed, whichever is due.
func (t *tx) forgetOrStrip(id agenda.SignUpID) error {
	u, err := get[agenda.SignUp](t, signUpKey(id))
	if err != nil {
		return ignoreNotFound(err)
	}
	e, err := get[agenda.Event](t, eventKey(u.Event))
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	if forget, strip := u.Forget(e, t.now, t.clock.Loc); strip && !forget {
		u.Needs = agenda.Needs{}
		put(t, signUpKey(id), u)
		return nil
	}
	return t.forgetSignUp(id)
}
