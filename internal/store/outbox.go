package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// enqueue puts a message into the outbox, unless it was there before.
func (t *tx) enqueue(m agenda.Message) error {
	_, err := t.Get(messageKey(m.ID))
	if err == nil {
		return nil
	}
	if !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	put(t, messageKey(m.ID), m)
	t.Put(dueKey(m), nil)
	t.Put(kv.Key(kLog, kv.TimeDesc(m.Made), string(m.ID)), nil)
	t.Put(kv.Key(kAbout, m.Subject.Kind+"."+m.Subject.ID, string(m.ID)), nil)
	t.dueNow = t.dueNow || !m.Due.After(t.now)
	return nil
}

func dueKey(m agenda.Message) string { return kv.Key(kDue, "m", kv.Time(m.Due), string(m.ID)) }

func noticeDueKey(n agenda.Notice) string { return kv.Key(kDue, "n", kv.Time(n.Due), string(n.ID)) }

func troubleKey(m agenda.Message) string {
	return kv.Key(kTrouble, string(m.State), kv.TimeDesc(m.Settled), string(m.ID))
}

func isTrouble(s agenda.MessageState) bool {
	return s == agenda.MessageFailed || s == agenda.MessageUnknown
}

// DueNotices returns up to limit notices that are due at now, the oldest first.
// What it costs depends on what is due, not on how much is stored.
func (s *Store) DueNotices(ctx context.Context, now time.Time, limit int) ([]agenda.NoticeID, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.NoticeID, error) {
		pairs, err := due(tx, "n", now, limit)
		out := make([]agenda.NoticeID, len(pairs))
		for i, p := range pairs {
			out[i] = agenda.NoticeID(lastPart(p.Key))
		}
		return out, err
	})
}

// NextDue returns when the next thing is due, false if nothing waits.
func (s *Store) NextDue(ctx context.Context) (at time.Time, ok bool, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		at, ok = time.Time{}, false
		sooner := func(t time.Time) {
			if !ok || t.Before(at) {
				at, ok = t, true
			}
		}
		for p, err := range tx.Scan(kv.Prefix(kDue, "n")) {
			if err != nil {
				return err
			}
			n, err := get[agenda.Notice](tx, noticeKey(agenda.NoticeID(lastPart(p.Key))))
			if err != nil {
				return err
			}
			sooner(n.Due)
			break
		}
		for p, err := range tx.Scan(kv.Prefix(kDue, "m")) {
			if err != nil {
				return err
			}
			m, err := get[agenda.Message](tx, messageKey(agenda.MessageID(lastPart(p.Key))))
			if err != nil {
				return err
			}
			sooner(m.Due)
			break
		}
		next, known, err := nextRelease(tx, s.Loc())
		if known {
			sooner(next)
		}
		if err != nil {
			return err
		}
		if next, known, err = nextLapse(tx); known {
			sooner(next)
		}
		return err
	})
	return at, ok, err
}

// claimBatch keeps a claim within the limits of one transaction: two writes a
// message, four for one that is settled on the spot.
const claimBatch = 24

// Claim takes up to limit messages that are due at now and returns what their
// letters are made of. Nobody else gets them before the lease ends, unless the
// process ends first. The attempt is counted before it is made. Messages that
// are of no use any more are settled here and not returned.
func (s *Store) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]agenda.Facts, error) {
	for {
		claimed, looked, err := s.claim(ctx, now, lease, min(limit, claimBatch))
		if err != nil || looked == 0 {
			return nil, err
		}
		if len(claimed) > 0 {
			return s.factsOf(ctx, claimed)
		}
	}
}

// claim looks at the next messages that are due, at how many it tells.
func (s *Store) claim(ctx context.Context, now time.Time, lease time.Duration, limit int) (claimed []agenda.Message, looked int, err error) {
	err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
		claimed, looked = nil, 0
		if err := t.endLeases(now); err != nil {
			return err
		}
		pairs, err := due(t, "m", now, limit)
		looked = len(pairs)
		if err != nil {
			return err
		}
		for _, d := range pairs {
			m, err := get[agenda.Message](t, messageKey(agenda.MessageID(lastPart(d.Key))))
			if errors.Is(err, agenda.ErrNotFound) || errors.Is(err, kv.ErrCorrupt) || err == nil && m.State != agenda.MessageWaiting {
				t.Delete(d.Key) // a damaged one stops no other; check reports it
				continue
			}
			if err != nil {
				return err
			}
			t.Delete(d.Key)
			if !m.Deadline.IsZero() && !now.Before(m.Deadline) {
				if err := t.finish(m.Expire(now)); err != nil {
					return err
				}
				continue
			}
			m.Attempts = parseCount(d.Value) + 1
			m.Due = now.Add(lease)
			t.Put(leaseKey(m), []byte(strconv.Itoa(m.Attempts)))
			claimed = append(claimed, m)
		}
		return nil
	})
	return claimed, looked, err
}

// due returns up to limit pairs of the index of what is due: notices ("n") or
// messages ("m").
func due(tx kv.Tx, kind string, now time.Time, limit int) (out []kv.Pair, err error) {
	lo, _ := kv.Prefix(kDue, kind)
	for p, err := range tx.Scan(lo, kv.Key(kDue, kind, kv.Time(now.Add(time.Millisecond)))) {
		if err != nil || len(out) == limit {
			return out, err
		}
		out = append(out, p)
	}
	return out, nil
}

func leaseKey(m agenda.Message) string { return kv.Key(kLease, kv.Time(m.Due), string(m.ID)) }

// endLeases makes messages due again whose lease ended without a result.
func (t *tx) endLeases(now time.Time) error {
	lo, _ := kv.Prefix(kLease)
	n := 0
	for p, err := range t.Scan(lo, kv.Key(kLease, kv.Time(now))) {
		if err != nil {
			return err
		}
		if n++; n > 10 {
			return nil
		}
		if err := t.freeLease(p); err != nil {
			return err
		}
	}
	return nil
}

// freeLease puts a claimed message back where it was due.
func (t *tx) freeLease(p kv.Pair) error {
	t.Delete(p.Key)
	m, err := get[agenda.Message](t, messageKey(agenda.MessageID(lastPart(p.Key))))
	if err != nil {
		return ignoreNotFound(err)
	}
	t.Put(dueKey(m), p.Value)
	return nil
}

// freeLeases makes everything due that was claimed by a process that ended.
func (s *Store) freeLeases(ctx context.Context) error {
	for more := true; more; {
		err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
			more = false
			n := 0
			for p, err := range t.Scan(kv.Prefix(kLease)) {
				if err != nil {
					return err
				}
				if n++; n > 40 {
					more = true
					return nil
				}
				if err := t.freeLease(p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("free claimed messages: %w", err)
		}
	}
	return nil
}

// Booking is what became of a claimed message.
type Booking struct {
	claimed agenda.Message // as Claim gave it
	rule    func(m agenda.Message, now time.Time) agenda.Message
	calling agenda.Calling
}

// Settled is the booking of an attempt that ended as d; to is the address that
// was used.
func Settled(claimed agenda.Message, to string, d agenda.Delivery) Booking {
	return Booking{claimed: claimed, rule: func(m agenda.Message, now time.Time) agenda.Message {
		m.To, m.Attempts = to, claimed.Attempts
		return m.Settle(d, now)
	}}
}

// Carrying adds to the booking which calendar message the letter carried.
func (b Booking) Carrying(c agenda.Calling) Booking {
	b.calling = c
	return b
}

// Ended is the booking of a message that is of no use any more.
func Ended(claimed agenda.Message, state agenda.MessageState, why string) Booking {
	return Booking{claimed: claimed, rule: func(m agenda.Message, now time.Time) agenda.Message { return m.End(state, why, now) }}
}

// BookMost is how many bookings fit in one transaction: five writes each.
const BookMost = 20

// Book writes up to BookMost bookings, all or none.
func (s *Store) Book(ctx context.Context, bookings ...Booking) error {
	err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
		for _, b := range bookings {
			if err := t.book(b); err != nil {
				return fmt.Errorf("book message %s: %w", b.claimed.ID, err)
			}
		}
		return nil
	})
	return err
}

func (t *tx) book(b Booking) error {
	m, err := get[agenda.Message](t, messageKey(b.claimed.ID))
	if err != nil {
		return err
	}
	t.Delete(leaseKey(b.claimed))
	if m.State != agenda.MessageWaiting {
		return nil // taken out by an operator in the meantime
	}
	if m = b.rule(m, t.now); m.State == agenda.MessageWaiting {
		t.Put(dueKey(m), []byte(strconv.Itoa(m.Attempts)))
	}
	if err := t.request(m, b.calling); err != nil {
		return err
	}
	return t.finish(m)
}

// finish writes a message after an attempt, and where it is seen if it did not
// arrive.
func (t *tx) finish(m agenda.Message) error {
	put(t, messageKey(m.ID), m)
	if !isTrouble(m.State) {
		return nil
	}
	t.Put(troubleKey(m), nil)
	return t.alarm(m)
}

// alarmDelay gathers failures: one mail to the office tells of all of them.
const alarmDelay = 10 * time.Minute

// alarm tells the office of a message that did not arrive, at most once in the
// hour. An alarm that fails itself causes none.
func (t *tx) alarm(m agenda.Message) error {
	if m.Kind == agenda.KindAlarm || m.Kind == agenda.KindLogin {
		return nil
	}
	hour := t.now.Format("2006-01-02T15")
	id := agenda.NoticeID("alarm." + hour)
	if _, err := get[agenda.Notice](t, noticeKey(id)); !errors.Is(err, agenda.ErrNotFound) {
		return err
	}
	office := agenda.Ref{Kind: agenda.AboutOffice}
	return t.notify(agenda.Notice{
		ID: id, Kind: agenda.KindAlarm, Subject: office, To: agenda.Audience{Of: office},
		Due: t.now.Add(alarmDelay), Mark: hour, Made: t.now,
	})
}

// OutboxFilter says which messages to list; empty fields do not matter.
type OutboxFilter struct {
	State  agenda.MessageState
	Kind   agenda.Kind
	Reader agenda.Ref
	About  agenda.Ref
	Before string // where the last list ended
}

func (f OutboxFilter) shows(m agenda.Message) bool {
	return (f.State == "" || f.State == m.State) && (f.Kind == "" || f.Kind == m.Kind) && (f.Reader == agenda.Ref{} || f.Reader == m.Reader)
}

// Messages lists messages, newest first. next, when not empty, continues the
// list.
func (s *Store) Messages(ctx context.Context, f OutboxFilter, limit int) (out []agenda.Message, next string, err error) {
	lo, hi := kv.Prefix(kLog)
	switch {
	case f.About != agenda.Ref{}:
		lo, hi = kv.Prefix(kAbout, f.About.Kind+"."+idPart(f.About.ID))
	case isTrouble(f.State):
		lo, hi = kv.Prefix(kTrouble, string(f.State))
	case f.State == agenda.MessageWaiting:
		lo, hi = kv.Prefix(kDue, "m")
	}
	prefix := lo
	lo = after(lo, f.Before)
	err = s.db.View(ctx, func(tx kv.Tx) error {
		out, next = nil, ""
		for p, err := range tx.Scan(lo, hi) {
			if err != nil {
				return err
			}
			m, err := get[agenda.Message](tx, messageKey(agenda.MessageID(lastPart(p.Key))))
			if err != nil {
				return err
			}
			if !f.shows(m) {
				continue
			}
			if len(out) == limit {
				return nil
			}
			out, next = append(out, m), cursor(p.Key, prefix)
		}
		next = ""
		return nil
	})
	return out, next, err
}

// Message returns one message.
func (s *Store) Message(ctx context.Context, id agenda.MessageID) (agenda.Message, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Message, error) { return get[agenda.Message](tx, messageKey(id)) })
}

// OutboxCounts counts what waits and what did not arrive.
func (s *Store) OutboxCounts(ctx context.Context) (map[agenda.MessageState]int, error) {
	return view(ctx, s, func(tx kv.Tx) (map[agenda.MessageState]int, error) {
		n := map[agenda.MessageState]int{}
		for _, state := range []agenda.MessageState{agenda.MessageFailed, agenda.MessageUnknown} {
			for _, err := range tx.Scan(kv.Prefix(kTrouble, string(state))) {
				if err != nil {
					return nil, err
				}
				n[state]++
			}
		}
		for _, waiting := range [][]string{{kDue, "m"}, {kLease}} {
			for _, err := range tx.Scan(kv.Prefix(waiting...)) {
				if err != nil {
					return nil, err
				}
				n[agenda.MessageWaiting]++
			}
		}
		return n, nil
	})
}

// Retry makes a message due at once that failed, is unsure or waits for its
// next attempt. ErrState is returned for one that was sent or is under way.
func (s *Store) Retry(ctx context.Context, actor agenda.Actor, id agenda.MessageID) error {
	return s.handle(ctx, actor, id, "retried", func(m agenda.Message, now time.Time) (agenda.Message, error) {
		if m.State == agenda.MessageSent {
			return m, agenda.ErrState
		}
		return m.Again(now), nil
	})
}

// Drop takes a message out of the outbox that waits or did not arrive.
func (s *Store) Drop(ctx context.Context, actor agenda.Actor, id agenda.MessageID) error {
	return s.handle(ctx, actor, id, "dropped", func(m agenda.Message, now time.Time) (agenda.Message, error) {
		if m.State == agenda.MessageSent || m.State == agenda.MessageDropped {
			return m, agenda.ErrState
		}
		return m.End(agenda.MessageDropped, "", now), nil
	})
}

func (s *Store) handle(ctx context.Context, actor agenda.Actor, id agenda.MessageID, verb string, rule func(agenda.Message, time.Time) (agenda.Message, error)) error {
	err := s.update(ctx, actor, func(t *tx) error {
		m, err := get[agenda.Message](t, messageKey(id))
		if err != nil {
			return err
		}
		if _, err := t.Get(dueKey(m)); m.State == agenda.MessageWaiting && errors.Is(err, kv.ErrNotFound) {
			return agenda.ErrState // on its way at this moment
		}
		after, err := rule(m, t.now)
		if err != nil {
			return err
		}
		t.Delete(dueKey(m))
		if isTrouble(m.State) {
			t.Delete(troubleKey(m))
		}
		if after.State == agenda.MessageWaiting {
			t.Put(dueKey(after), nil)
			t.dueNow = true
		}
		put(t, messageKey(id), after)
		t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutMessage, ID: string(id)}, Verb: verb, Title: string(m.Kind)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("message %s: %w", id, err)
	}
	return nil
}
