package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// What the organiser of an event does about those who signed up.

// House returns the counts of an event's places.
func (s *Store) House(ctx context.Context, id agenda.EventID) (agenda.House, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.House, error) {
		h, err := get[agenda.House](tx, houseKey(id))
		return h, ignoreNotFound(err)
	})
}

// SignUps returns all sign-ups of an event as they are now, in their turn.
func (s *Store) SignUps(ctx context.Context, id agenda.EventID) ([]agenda.SignUp, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.SignUp, error) { return signUpsOf(tx, id, s.Now()) })
}

func signUpsOf(tx kv.Tx, id agenda.EventID, now time.Time) (out []agenda.SignUp, err error) {
	for p, err := range tx.Scan(kv.Prefix(kSigned, idPart(string(id)))) {
		if err != nil {
			return nil, err
		}
		u, err := get[agenda.SignUp](tx, signUpKey(agenda.SignUpID(lastPart(p.Key))))
		if err != nil {
			return nil, err
		}
		out = append(out, u.Expire(now))
	}
	slices.SortFunc(out, func(a, b agenda.SignUp) int { return a.Number - b.Number })
	return out, nil
}

// WaitingList returns who waits for a place at an event, the next one first.
func (s *Store) WaitingList(ctx context.Context, id agenda.EventID) ([]agenda.SignUp, error) {
	return view(ctx, s, func(tx kv.Tx) (out []agenda.SignUp, err error) {
		for p, err := range tx.Scan(kv.Prefix(kQueue, idPart(string(id)))) {
			if err != nil {
				return nil, err
			}
			u, err := get[agenda.SignUp](tx, signUpKey(agenda.SignUpID(p.Value)))
			if err != nil {
				return nil, err
			}
			out = append(out, u)
		}
		return out, nil
	})
}

// ListToken returns the secret part of the link with which an event's organiser
// sees who signed up.
func (s *Store) ListToken(id agenda.EventID, h agenda.House) string {
	return s.token(forList, string(id), h.Gen)
}

// List returns the event of a link to its list, and the counts of its places.
func (s *Store) List(ctx context.Context, token string) (e agenda.Event, h agenda.House, err error) {
	id := agenda.EventID(subjectOf(token))
	if e, err = s.Event(ctx, id); err != nil {
		return e, h, err
	}
	if h, err = s.House(ctx, id); err != nil {
		return e, h, err
	}
	if !s.genuine(token, forList, h.Gen) {
		return e, h, agenda.ErrNotFound
	}
	return e, h, nil
}

// changeHouse changes what the organiser decides about the places of an event.
func (s *Store) changeHouse(ctx context.Context, actor agenda.Actor, id agenda.EventID, verb string, change func(*agenda.House) []agenda.Change) (h agenda.House, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		var e agenda.Event
		if e, h, err = t.house(id); err != nil {
			return err
		}
		changes := change(&h)
		if len(changes) == 0 {
			return nil
		}
		put(t, houseKey(id), h)
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: verb, Title: e.Title, Changes: changes})
		ed, err := get[agenda.Edition](t, editionKey(e.Edition))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		if err := t.remind(aboutEvent(e), t.eventReminders(e, ed, h)); err != nil || !e.Public() {
			return err
		}
		return t.touch(Programme, string(e.ID)) // its page says whether one can sign up
	})
	if err != nil {
		err = fmt.Errorf("places of event %s: %w", id, err)
	}
	return h, err
}

// CloseSignUp stops or goes on with taking sign-ups. The waiting list goes on.
func (s *Store) CloseSignUp(ctx context.Context, actor agenda.Actor, id agenda.EventID, closed bool) (agenda.House, error) {
	return s.changeHouse(ctx, actor, id, "signup_closed", func(h *agenda.House) []agenda.Change {
		c := h.Close(closed)
		return c
	})
}

// RenewList makes the link to an event's list worthless and returns the counts
// with which a new one is made.
func (s *Store) RenewList(ctx context.Context, actor agenda.Actor, id agenda.EventID) (agenda.House, error) {
	return s.changeHouse(ctx, actor, id, "list_renewed", func(h *agenda.House) []agenda.Change {
		h.Gen++
		return []agenda.Change{{Field: "list"}}
	})
}

// SetGuestReminders sets how many days before an event those who signed up are
// reminded (nil: as for everybody), and a sentence that is in it.
func (s *Store) SetGuestReminders(ctx context.Context, actor agenda.Actor, id agenda.EventID, leads []int, sentence string) (agenda.House, error) {
	probe := agenda.House{}
	if _, err := probe.Remind(leads, sentence); err != nil {
		return probe, err
	}
	return s.changeHouse(ctx, actor, id, "signup_reminders", func(h *agenda.House) []agenda.Change {
		c, _ := h.Remind(leads, sentence) // checked above
		return c
	})
}

// eventReminders are the reminders of an event; its organiser may have said when.
func (t *tx) eventReminders(e agenda.Event, ed agenda.Edition, h agenda.House) []agenda.Notice {
	if h.Leads != nil {
		ed.Leads = h.Leads
	}
	return t.clock.EventReminders(e, ed, t.now)
}

// AddSignUp adds somebody who telephoned. once is as in SubmitEvent.
func (s *Store) AddSignUp(ctx context.Context, actor agenda.Actor, id agenda.EventID, u agenda.SignUp, once string) (made agenda.SignUp, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		e, h, err := t.house(id)
		if err != nil {
			return err
		}
		u.Event = id
		if u.ID = agenda.SignUpID(signUpPrefix + t.id); once != "" {
			u.ID = agenda.SignUpID(signUpPrefix + formID(once))
		}
		if made, err = get[agenda.SignUp](t, signUpKey(u.ID)); err == nil {
			return nil // sent twice
		}
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		if h, made, err = h.AddByHand(e, u, t.now); err != nil {
			return err
		}
		return t.keepSignUp(e, h, nil, made)
	})
	return made, err
}

// RemoveSignUp takes somebody out of the list of an event; she is told.
func (s *Store) RemoveSignUp(ctx context.Context, actor agenda.Actor, event agenda.EventID, id agenda.SignUpID) error {
	return s.changeSignUp(ctx, actor, event, id, func(u agenda.SignUp) agenda.SignUp { return u.Remove() })
}

// Attend notes whether somebody was there on the event's date of that number.
func (s *Store) Attend(ctx context.Context, actor agenda.Actor, event agenda.EventID, id agenda.SignUpID, date int, came bool) error {
	return s.changeSignUp(ctx, actor, event, id, func(u agenda.SignUp) agenda.SignUp { return u.Attend(date, came) })
}

func (s *Store) changeSignUp(ctx context.Context, actor agenda.Actor, event agenda.EventID, id agenda.SignUpID, change func(agenda.SignUp) agenda.SignUp) error {
	return s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.SignUp](t, signUpKey(id))
		if err != nil {
			return err
		}
		if old.Event != event {
			return agenda.ErrNotFound
		}
		e, h, err := t.house(event)
		if err != nil {
			return err
		}
		return t.keepSignUp(e, h, &old, change(old))
	})
}

// WriteToGuests mails what the organiser writes to all who have a place or wait
// for one. once names the form: sent twice it is one mail.
func (s *Store) WriteToGuests(ctx context.Context, actor agenda.Actor, id agenda.EventID, text, once string) error {
	text = agenda.Text(text)
	if err := agenda.CheckWord(text); err != nil {
		return err
	}
	return s.update(ctx, actor, func(t *tx) error {
		e, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		notice := agenda.NoticeID("word." + string(id) + "." + formID(once))
		if _, err := get[agenda.Notice](t, noticeKey(notice)); err == nil {
			return nil
		}
		if err := t.countADay("word "+string(id), wordsADay); err != nil {
			return err
		}
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "word", Title: e.Title, Note: text, Mail: true})
		return t.notify(agenda.Notice{
			ID: notice, Kind: agenda.KindWord, Subject: aboutEvent(e), To: agenda.Audience{Of: aboutEvent(e)}, Due: t.now, Mark: formID(once), Made: t.now, Sentence: text,
		})
	})
}

// wordsADay is how many mails an organiser can write to those who signed up.
const wordsADay = 5

// thank places the mail of thanks after an event anew, or takes it back.
func (t *tx) thank(e agenda.Event) error {
	want, ask := t.clock.Thank(e, t.now)
	return t.placeNotice(agenda.ThanksID(e.ID), want, ask)
}

// countHeads places the mail that tells an organiser who comes anew, or takes it
// back.
func (t *tx) countHeads(e agenda.Event) error {
	want, ask := t.clock.CountHeads(e, t.now)
	return t.placeNotice(agenda.HeadsID(e.ID), want, ask)
}

// heads reads what an organiser is told of those who come.
func (r *reader) heads(f *agenda.Facts) (err error) {
	if f.House, err = get[agenda.House](r.tx, houseKey(f.Event.ID)); ignoreNotFound(err) != nil {
		return err
	}
	list, err := signUpsOf(r.tx, f.Event.ID, f.Now)
	f.Needs = agenda.SumNeeds(list)
	f.Tokens.List = r.s.ListToken(f.Event.ID, f.House)
	return err
}
