package store

import (
	"context"
	"fmt"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// subscriberWording is the version of the consent text that subscribers agree
// to.
const subscriberWording = "2026-11"

func subscriberKey(id agenda.SubscriberID) string { return kv.Key(kSubscriber, idPart(string(id))) }

func aboutSubscriber(id agenda.SubscriberID) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutSubscriber, ID: string(id)}
}

// subscribersOf is the audience of all subscribers of a pace.
func subscribersOf(p agenda.Pace) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutSubscribers, ID: string(p)}
}

// Subscribe notes that somebody wants to be told of new events and mails the
// link to confirm it. Asking again is no error, sends at most one mail an hour,
// and changes nothing for who has confirmed; the answer never tells whether the
// address is known.
func (s *Store) Subscribe(ctx context.Context, email string, w agenda.Wish) error {
	addr, ok := agenda.Email(email)
	if !ok {
		return agenda.Problems{{Field: "email", Rule: "email", Want: "name@example.org"}}
	}
	id := agenda.SubscriberIDOf(addr)
	err := s.update(ctx, agenda.Actor{By: "subscribe"}, func(t *tx) error {
		old, err := get[agenda.Subscriber](t, subscriberKey(id))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		if old.ID != "" && old.Over(t.now) { // to be forgotten, and not swept yet
			if err := t.endSubscriber(id); err != nil {
				return err
			}
			old = agenda.Subscriber{}
		}
		sub, mail := old.Ask(w, subscriberWording, t.now)
		sub.ID, sub.Email = id, addr
		put(t, subscriberKey(id), sub)
		if !mail {
			return nil
		}
		return t.notify(agenda.Notice{
			ID: agenda.NoticeID("sub." + string(id) + "." + t.id), Kind: agenda.KindSubscribe, Subject: aboutSubscriber(id),
			To: agenda.Audience{Of: aboutSubscriber(id)}, Due: t.now, Deadline: t.now.Add(agenda.ConfirmWithin), Mark: t.id, Made: t.now,
		})
	})
	if err != nil {
		err = fmt.Errorf("subscribe: %w", err)
	}
	return err
}

// Subscriber returns whom a subscriber's link is about. ErrNotFound is returned
// for a link that is not genuine or whose subscriber was forgotten.
func (s *Store) Subscriber(ctx context.Context, token string) (sub agenda.Subscriber, err error) {
	sub, err = view(ctx, s, func(tx kv.Tx) (agenda.Subscriber, error) {
		return get[agenda.Subscriber](tx, subscriberKey(agenda.SubscriberID(subjectOf(token))))
	})
	if err == nil && !s.genuine(token, forSubscriber, sub.Gen) {
		return agenda.Subscriber{}, agenda.ErrNotFound
	}
	return sub, err
}

// SubscriberToken returns the secret part of a subscriber's link.
func (s *Store) SubscriberToken(sub agenda.Subscriber) string {
	return s.token(forSubscriber, string(sub.ID), sub.Gen)
}

// ConfirmSubscriber is the second step of the double opt-in, and takes what was
// asked for since. Confirming twice is no error; ErrExpired is returned when the
// request is too old.
func (s *Store) ConfirmSubscriber(ctx context.Context, token string) (agenda.Subscriber, error) {
	return s.turnSubscriber(ctx, token, func(t *tx, sub agenda.Subscriber) (agenda.Subscriber, error) { return sub.Confirm(t.now) })
}

// ChangeSubscriber gives a subscriber another selection, pace or language.
func (s *Store) ChangeSubscriber(ctx context.Context, token string, w agenda.Wish) (agenda.Subscriber, error) {
	return s.turnSubscriber(ctx, token, func(t *tx, sub agenda.Subscriber) (agenda.Subscriber, error) { return sub.Change(w, t.now) })
}

// KeepSubscriber is the yes to the yearly question.
func (s *Store) KeepSubscriber(ctx context.Context, token string) (agenda.Subscriber, error) {
	return s.turnSubscriber(ctx, token, func(t *tx, sub agenda.Subscriber) (agenda.Subscriber, error) {
		if sub.Confirmed.IsZero() {
			return sub, agenda.ErrState
		}
		return sub.Keep(t.now), nil
	})
}

// turnSubscriber changes the subscriber of a link by a rule of the agenda, and
// keeps the index of paces and the yearly question with her.
func (s *Store) turnSubscriber(ctx context.Context, token string, turn func(*tx, agenda.Subscriber) (agenda.Subscriber, error)) (sub agenda.Subscriber, err error) {
	if sub, err = s.Subscriber(ctx, token); err != nil {
		return sub, err
	}
	id := sub.ID
	err = s.update(ctx, agenda.Actor{Who: aboutSubscriber(id)}, func(t *tx) error {
		old, err := get[agenda.Subscriber](t, subscriberKey(id))
		if err != nil {
			return err
		}
		if sub, err = turn(t, old); err != nil {
			return err
		}
		put(t, subscriberKey(id), sub)
		if !old.Confirmed.IsZero() {
			t.Delete(subscribedKey(old))
		}
		t.Put(subscribedKey(sub), nil)
		return t.placeNotice(agenda.StillID(id), t.clock.Still(sub, t.now), true)
	})
	return sub, err
}

func subscribedKey(sub agenda.Subscriber) string {
	return kv.Key(kSubscribed, string(sub.Pace), string(sub.ID))
}

// Unsubscribe forgets a subscriber. Doing it twice is no error.
func (s *Store) Unsubscribe(ctx context.Context, token string) error {
	sub, err := s.Subscriber(ctx, token)
	if err != nil {
		return ignoreNotFound(err)
	}
	return s.update(ctx, agenda.Actor{By: "subscribe"}, func(t *tx) error { return t.endSubscriber(sub.ID) })
}

func (t *tx) endSubscriber(id agenda.SubscriberID) error {
	sub, err := get[agenda.Subscriber](t, subscriberKey(id))
	if err != nil {
		return ignoreNotFound(err)
	}
	t.Delete(subscriberKey(id))
	t.Delete(subscribedKey(sub))
	return t.silence(agenda.StillID(id))
}

// Subscribers counts who confirmed, by pace.
func (s *Store) Subscribers(ctx context.Context) (map[agenda.Pace]int, error) {
	return view(ctx, s, func(tx kv.Tx) (map[agenda.Pace]int, error) {
		n := map[agenda.Pace]int{}
		for _, pace := range agenda.Paces {
			for _, err := range tx.Scan(kv.Prefix(kSubscribed, string(pace))) {
				if err != nil {
					return nil, err
				}
				n[pace]++
			}
		}
		return n, nil
	})
}

// subscriber reads who gets a letter as a subscriber. What it tells is what she
// wants now.
func (r *reader) subscriber(f *agenda.Facts, id agenda.SubscriberID) (err error) {
	if f.Subscriber, err = get[agenda.Subscriber](r.tx, subscriberKey(id)); err != nil {
		return err
	}
	sub := f.Subscriber
	f.Email, f.Lang, f.Until = sub.Email, sub.Lang, sub.Until()
	if offer := sub.Offer(f.Now); offer != nil && f.Message.Kind == agenda.KindSubscribe {
		f.Lang = offer.Lang
	}
	f.Tokens.Act = r.s.SubscriberToken(sub)
	f.Tokens.Mute = f.Tokens.Act
	f.Events = sub.Hears(agenda.Pace(f.Message.Subject.ID), f.Events)
	f.Translations = map[agenda.EventID]agenda.Translation{}
	for _, e := range f.Events {
		tr, err := load[agenda.Translation](r, translationKey(e.ID, f.Lang))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		if tr.Shown() {
			f.Translations[e.ID] = tr
		}
	}
	return nil
}
