package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// signUpWording is the version of the text about their data that people read
// when they sign up.
const signUpWording = "2026-11"

func signUpKey(id agenda.SignUpID) string { return kv.Key(kSignUp, idPart(string(id))) }
func houseKey(id agenda.EventID) string   { return kv.Key(kHouse, idPart(string(id))) }
func aboutSignUp(s agenda.SignUp) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutSignUp, ID: string(s.ID)}
}

// numberPart keeps the turns of an event in order.
func numberPart(n int) string { return fmt.Sprintf("%08d", n) }

func queueKey(s agenda.SignUp) string {
	return kv.Key(kQueue, string(s.Event), numberPart(s.Number))
}

func lapseKey(s agenda.SignUp) string {
	return kv.Key(kDue, dueLapse, kv.Time(s.Until), string(s.ID))
}

// house returns the event and the counts of its places.
func (t *tx) house(id agenda.EventID) (e agenda.Event, h agenda.House, err error) {
	if e, err = get[agenda.Event](t, eventKey(id)); err != nil {
		return e, h, err
	}
	h, err = get[agenda.House](t, houseKey(id))
	return e, h, ignoreNotFound(err)
}

// keepSignUp writes a sign-up after a change, with its indexes and the counts,
// and mails her where she stands now. Whatever made a place free, it is offered
// to who waits for it: this is the one place from which that happens.
func (t *tx) keepSignUp(e agenda.Event, h agenda.House, old *agenda.SignUp, s agenda.SignUp) error {
	var was agenda.SignUp
	if old != nil {
		was = *old
	}
	t.index(was, s)
	put(t, signUpKey(s.ID), s)
	h = h.Move(was, s)
	if s.Turn != was.Turn {
		if err := t.silence(signUpNotice(was, nudge)); err != nil {
			return err
		}
		if err := t.tellSignUp(e, s); err != nil {
			return err
		}
	}
	return t.fillHouse(e, h)
}

// index keeps the places of a sign-up among those of its event, on the waiting
// list, and among what ends by itself. Its zero value stands in none.
func (t *tx) index(was, s agenda.SignUp) {
	if was.State == agenda.SignUpWaiting {
		t.Delete(queueKey(was))
	}
	if !was.Until.IsZero() {
		t.Delete(lapseKey(was))
	}
	if was.ID == "" {
		t.Put(kv.Key(kSigned, string(s.Event), string(s.ID)), nil)
	}
	if s.ID == "" {
		t.Delete(kv.Key(kSigned, string(was.Event), string(was.ID)))
		return
	}
	if s.State == agenda.SignUpWaiting {
		t.Put(queueKey(s), []byte(s.ID))
	}
	if !s.Until.IsZero() {
		t.Put(lapseKey(s), nil)
	}
}

// offersAtOnce keeps the offers of one transaction within its limits; the rest
// follows with the next turn of the clock.
const offersAtOnce = 8

// fillHouse offers what is free to the first on the waiting list, in their
// order, writes the counts, and marks the event fully booked or not.
func (t *tx) fillHouse(e agenda.Event, h agenda.House) error {
	t.Delete(kv.Key(kDue, dueLapse, kv.Time(time.Time{}), string(e.ID)))
	for n := 0; ; n++ {
		s, ok, err := t.first(e.ID)
		if err != nil {
			return err
		}
		next, offered := h.Offer(e, s, t.now, t.clock.Loc)
		if !ok || !offered {
			break
		}
		if n == offersAtOnce {
			t.Put(kv.Key(kDue, dueLapse, kv.Time(time.Time{}), string(e.ID)), nil)
			t.dueNow = true
			break
		}
		t.index(s, next)
		put(t, signUpKey(s.ID), next)
		h = h.Move(s, next)
		if err := t.tellSignUp(e, next); err != nil {
			return err
		}
	}
	put(t, houseKey(e.ID), h)
	return t.markFull(e, h)
}

// placesOf offers places that an event got, or that it can offer again.
func (t *tx) placesOf(old *agenda.Event, e agenda.Event, h agenda.House) error {
	if old == nil || !e.SignUpHere || old.Places == e.Places && old.Standing == e.Standing && old.SignUpHere == e.SignUpHere {
		return nil
	}
	return t.fillHouse(e, h)
}

// first returns who is next on the waiting list.
func (t *tx) first(id agenda.EventID) (s agenda.SignUp, ok bool, err error) {
	for p, err := range t.Scan(kv.Prefix(kQueue, string(id))) {
		if err != nil {
			return s, false, err
		}
		s, err = get[agenda.SignUp](t, signUpKey(agenda.SignUpID(p.Value)))
		return s, err == nil, err
	}
	return s, false, nil
}

// markFull says on the event's page, in lists and calendars that all places are
// taken, or no longer.
func (t *tx) markFull(e agenda.Event, h agenda.House) error {
	full := h.Free(e) == 0 || h.Waiting > 0
	if !e.SignUpHere || e.FullyBooked == full {
		return nil
	}
	e.FullyBooked, e.Changed = full, agenda.Rise(e.Changed, t.now)
	put(t, eventKey(e.ID), e)
	if !e.Public() {
		return nil
	}
	return t.touch(Programme, string(e.ID))
}

// nudge marks the mail that reminds of confirming.
const nudge = ".nudge"

// signUpNotice is the identifier of the mail about a sign-up's state.
func signUpNotice(s agenda.SignUp, suffix string) agenda.NoticeID {
	return agenda.NoticeID("su." + string(s.ID) + "." + s.Mark() + suffix)
}

// tellSignUp mails somebody where she stands at the time of sending, and once
// more when she does not confirm. A later change of state has a mail of its own:
// then this one is not written.
func (t *tx) tellSignUp(e agenda.Event, s agenda.SignUp) error {
	start := e.LastStart().In(t.clock.Loc)
	if s.Email == "" || !start.After(t.now) || s.State == agenda.SignUpLapsed && s.Confirmed.IsZero() {
		return nil // nobody to tell, or she never said that the address is hers
	}
	n := agenda.Notice{
		ID: signUpNotice(s, ""), Kind: agenda.KindSignUp, Subject: aboutSignUp(s), To: agenda.Audience{Of: aboutSignUp(s)},
		Due: t.now, Deadline: start, Mark: s.Mark(), Made: t.now,
	}
	if err := t.notify(n); err != nil {
		return err
	}
	at, ok := s.Nudge(t.now)
	if s.State != agenda.SignUpAsked || !ok {
		return nil
	}
	n.ID, n.Mark, n.Due = signUpNotice(s, nudge), n.Mark+nudge, at
	return t.notify(n)
}

// SignUp notes that somebody wants places at an event and mails the link with
// which she confirms. The answer is the same for every address: asking again
// sends at most one mail an hour and changes nothing. Problems are returned when
// nobody can sign up (any more).
func (s *Store) SignUp(ctx context.Context, id agenda.EventID, want agenda.SignUp) error {
	want.Event = id
	want = want.Clean()
	want.ID, want.Wording = agenda.SignUpIDOf(want), signUpWording
	err := s.update(ctx, agenda.Actor{By: "signup"}, func(t *tx) error {
		e, h, err := t.house(id)
		if err != nil {
			return err
		}
		old, err := get[agenda.SignUp](t, signUpKey(want.ID))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		if old.ID != "" && old.Expire(t.now).Open() {
			if err := e.TakesSignUps(h, t.now, t.clock.Loc); err != nil {
				return err
			}
			return t.tellAgain(e, old)
		}
		if err := t.countSignUp(want.Email); err != nil {
			return err
		}
		made := want
		made.Turn, made.Gen = old.Turn, old.Gen
		if h, made, err = h.Ask(e, made, t.now, t.clock.Loc); err != nil {
			return err
		}
		if old.ID == "" {
			return t.keepSignUp(e, h, nil, made)
		}
		return t.keepSignUp(e, h, &old, made)
	})
	if err != nil {
		err = fmt.Errorf("sign up for event %s: %w", id, err)
	}
	return err
}

// tellAgain mails once more where somebody stands, at most every hour.
func (t *tx) tellAgain(e agenda.Event, s agenda.SignUp) error {
	if t.now.Sub(s.Told) < agenda.AskAgainAfter {
		return nil
	}
	old := s
	s.Told = t.now
	s.Turn++ // a mail of its own
	t.index(old, s)
	put(t, signUpKey(s.ID), s)
	return t.tellSignUp(e, s)
}

// signUpsADay is how many sign-ups one address can begin in a day: counsellors
// sign up several people.
const signUpsADay = 30

func (t *tx) countSignUp(email string) error {
	return t.countADay("signup "+email, signUpsADay)
}

// SignUpToken returns the secret part of the link of a sign-up.
func (s *Store) SignUpToken(u agenda.SignUp) string {
	return s.token(forSignUp, string(u.ID), u.Gen)
}

// SignedUp returns the sign-up that a link opens, as it is now, its event, and
// its place on the waiting list (0: it is not on it).
func (s *Store) SignedUp(ctx context.Context, token string) (u agenda.SignUp, e agenda.Event, place int, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		if u, err = get[agenda.SignUp](tx, signUpKey(agenda.SignUpID(subjectOf(token)))); err != nil {
			return err
		}
		if !s.genuine(token, forSignUp, u.Gen) {
			return agenda.ErrNotFound
		}
		if place, err = placeOf(tx, u); err != nil {
			return err
		}
		u = u.Expire(s.Now())
		e, err = get[agenda.Event](tx, eventKey(u.Event))
		return err
	})
	return u, e, place, err
}

// placeOf counts who is before the sign-up on the waiting list, and itself.
func placeOf(tx kv.Tx, u agenda.SignUp) (n int, err error) {
	if u.State != agenda.SignUpWaiting {
		return 0, nil
	}
	lo, _ := kv.Prefix(kQueue, string(u.Event))
	for _, err := range tx.Scan(lo, queueKey(u)+"\x00") {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// turnSignUp changes the sign-up of a link by a rule of the agenda.
func (s *Store) turnSignUp(ctx context.Context, token string, turn func(*tx, agenda.Event, agenda.House, agenda.SignUp) (agenda.SignUp, error)) (u agenda.SignUp, err error) {
	if u, _, _, err = s.SignedUp(ctx, token); err != nil {
		return u, err
	}
	actor := agenda.Actor{Who: aboutSignUp(u)}
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.SignUp](t, signUpKey(u.ID))
		if err != nil {
			return err
		}
		e, h, err := t.house(old.Event)
		if err != nil {
			return err
		}
		if u, err = turn(t, e, h, old); err != nil {
			return err
		}
		return t.keepSignUp(e, h, &old, u)
	})
	return u, err
}

// ConfirmSignUp is the second step of signing up, and accepts an offer. Doing it
// twice is no error; ErrExpired is returned when the place was not kept so long.
func (s *Store) ConfirmSignUp(ctx context.Context, token string) (agenda.SignUp, error) {
	return s.turnSignUp(ctx, token, func(t *tx, e agenda.Event, h agenda.House, u agenda.SignUp) (agenda.SignUp, error) {
		return h.Confirm(e, u, t.now, t.clock.Loc)
	})
}

// WithdrawSignUp gives the places back. Doing it twice is no error.
func (s *Store) WithdrawSignUp(ctx context.Context, token string) (agenda.SignUp, error) {
	return s.turnSignUp(ctx, token, func(_ *tx, _ agenda.Event, _ agenda.House, u agenda.SignUp) (agenda.SignUp, error) {
		return u.Withdraw(), nil
	})
}

// ResizeSignUp changes the number of people of a sign-up.
func (s *Store) ResizeSignUp(ctx context.Context, token string, persons int) (agenda.SignUp, error) {
	return s.turnSignUp(ctx, token, func(_ *tx, e agenda.Event, h agenda.House, u agenda.SignUp) (agenda.SignUp, error) {
		return h.Resize(e, u, persons)
	})
}

// QuietSignUp ends the reminders of a sign-up; it stays.
func (s *Store) QuietSignUp(ctx context.Context, token string) error {
	_, err := s.turnSignUp(ctx, token, func(_ *tx, _ agenda.Event, _ agenda.House, u agenda.SignUp) (agenda.SignUp, error) {
		u.Quiet = true
		return u, nil
	})
	return ignoreNotFound(err)
}

// TellSignUp mails the link of a sign-up once more, at most every hour.
func (s *Store) TellSignUp(ctx context.Context, token string) error {
	u, _, _, err := s.SignedUp(ctx, token)
	if err != nil {
		return err
	}
	return s.update(ctx, agenda.Actor{Who: aboutSignUp(u)}, func(t *tx) error {
		u, err := get[agenda.SignUp](t, signUpKey(u.ID))
		if err != nil {
			return err
		}
		e, err := get[agenda.Event](t, eventKey(u.Event))
		if err != nil {
			return err
		}
		return t.tellAgain(e, u)
	})
}

// DeleteSignUp gives the places back and deletes all that is known of whoever
// signed up.
func (s *Store) DeleteSignUp(ctx context.Context, token string) error {
	u, _, _, err := s.SignedUp(ctx, token)
	if err != nil {
		return ignoreNotFound(err)
	}
	return s.update(ctx, agenda.Actor{By: "signup"}, func(t *tx) error { return t.forgetSignUp(u.ID) })
}

// forgetSignUp deletes a sign-up. Of what is over the counts stay as they are;
// before, its places are free again.
func (t *tx) forgetSignUp(id agenda.SignUpID) error {
	u, err := get[agenda.SignUp](t, signUpKey(id))
	if err != nil {
		return ignoreNotFound(err)
	}
	t.index(u, agenda.SignUp{})
	t.Delete(signUpKey(id))
	e, h, err := t.house(u.Event)
	if errors.Is(err, agenda.ErrNotFound) {
		return nil
	}
	if err != nil || !e.LastStart().In(t.clock.Loc).After(t.now) {
		return err
	}
	return t.fillHouse(e, h.Move(u, agenda.SignUp{}))
}

// dueLapse is the part of the due times at which places that were kept for
// somebody are free again, and at which offers go on.
const dueLapse = "h"

// DueLapses returns up to limit sign-ups whose time to confirm is over at now,
// and events with more places to offer.
func (s *Store) DueLapses(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return view(ctx, s, func(tx kv.Tx) ([]string, error) {
		pairs, err := due(tx, dueLapse, now, limit)
		out := make([]string, len(pairs))
		for i, p := range pairs {
			out[i] = lastPart(p.Key)
		}
		return out, err
	})
}

// nextLapse returns when the next place that is kept is free again.
func nextLapse(tx kv.Tx) (at time.Time, ok bool, err error) {
	for p, err := range tx.Scan(kv.Prefix(kDue, dueLapse)) {
		if err != nil {
			return at, false, err
		}
		u, err := get[agenda.SignUp](tx, signUpKey(agenda.SignUpID(lastPart(p.Key))))
		return u.Until, err == nil, ignoreNotFound(err)
	}
	return at, false, nil
}

// Lapse ends the sign-up of that identifier if its time is over, and offers what
// is free; of an event's identifier it only does the latter. Doing it twice is
// no error.
func (s *Store) Lapse(ctx context.Context, id string) error {
	err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
		old, err := get[agenda.SignUp](t, signUpKey(agenda.SignUpID(id)))
		if errors.Is(err, agenda.ErrNotFound) {
			e, h, err := t.house(agenda.EventID(id))
			if err != nil {
				return ignoreNotFound(err)
			}
			return t.fillHouse(e, h)
		}
		if err != nil {
			return err
		}
		e, h, err := t.house(old.Event)
		if err != nil {
			return err
		}
		return t.keepSignUp(e, h, &old, old.Expire(t.now))
	})
	if err != nil {
		err = fmt.Errorf("end of sign-up %s: %w", id, err)
	}
	return err
}
