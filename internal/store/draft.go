package store

import (
	"context"
	"errors"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// BeginEvent keeps an event that somebody has begun to fill in and mails the
// link with which she goes on. ErrState is returned when the call is closed.
// once is as in SubmitEvent.
func (s *Store) BeginEvent(ctx context.Context, edition int, d agenda.EventDetails, lang agenda.Lang, once string) (e agenda.Event, err error) {
	d = d.Clean()
	d.Internal.Lang = lang
	err = s.update(ctx, agenda.Actor{By: "submission"}, func(t *tx) error {
		var known bool
		if e, known, err = t.added(once); err != nil || known {
			return err
		}
		ed, err := t.accepting(edition)
		if err != nil {
			return err
		}
		if err := d.CheckDraft(t.clock.Loc); err != nil {
			return err
		}
		e = d.Begun(agenda.EventID(t.id), edition, t.now)
		t.Put(draftKey(e), nil)
		if err := t.keepDraft(e, ed); err != nil {
			return err
		}
		return t.sendLink(e, agenda.KindBegun)
	})
	return e, err
}

// accepting returns the edition (an empty one for 0) if events can be submitted
// for it now; ErrState if not.
func (t *tx) accepting(edition int) (agenda.Edition, error) {
	ed, err := get[agenda.Edition](t, editionKey(edition))
	if err != nil && (edition != 0 || !errors.Is(err, agenda.ErrNotFound)) {
		return ed, err
	}
	if edition != 0 && !ed.Accepts(agenda.LocalOf(t.now, t.clock.Loc).Date) {
		return ed, agenda.ErrState
	}
	return ed, nil
}

// sendLink mails the link to an event, so many times a day to one address.
func (t *tx) sendLink(e agenda.Event, kind agenda.Kind) error {
	if err := t.countSubmission(e.Internal.Email); err != nil {
		return err
	}
	return t.tellEditor(kind, e, e.First(), t.id, "")
}

// keepDraft writes an event that is being filled in. No list shows it, so it has
// no place among the events of its days, and no address.
func (t *tx) keepDraft(e agenda.Event, ed agenda.Edition) error {
	put(t, eventKey(e.ID), e)
	return t.remind(aboutEvent(e), t.clock.DraftReminders(e, ed, t.now))
}

// FillDraft changes the details of an event that is being filled in. fill may run
// more than once. With a new address the event has a new link, which is mailed to it.
func (s *Store) FillDraft(ctx context.Context, token string, fill func(*agenda.EventDetails)) (e agenda.Event, err error) {
	err = s.byEditor(ctx, token, forSubmission, func(t *tx, old agenda.Event) error {
		d := old.EventDetails
		fill(&d)
		after, changes, err := old.Fill(d, t.now, t.clock.Loc)
		if e = after; err != nil || len(changes) == 0 {
			return err
		}
		ed, err := get[agenda.Edition](t, editionKey(e.Edition))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		if err := t.keepDraft(e, ed); err != nil || e.EditGen == old.EditGen {
			return err
		}
		return t.sendLink(e, agenda.KindBegun)
	})
	return e, err
}

// SendDraft hands an event in that was filled in: Submitted, or Reserved when
// only its date is to be kept. Its link stays. agreed is as in SubmitEvent.
// ErrState is returned when the call was closed in the meantime, and for an event
// that was sent before.
func (s *Store) SendDraft(ctx context.Context, token string, to agenda.Review, agreed bool) (e agenda.Event, err error) {
	if e, err = s.Submission(ctx, token); err != nil {
		return e, err
	}
	err = s.update(ctx, agenda.Actor{By: "submission"}, func(t *tx) error {
		old, err := get[agenda.Event](t, eventKey(e.ID))
		if err != nil {
			return err
		}
		ed, err := t.accepting(old.Edition)
		if err != nil {
			return err
		}
		if e, err = old.Send(to, t.now, t.clock.Loc); err != nil {
			return err
		}
		if e, err = ed.Agree(e, agreed, t.now); err != nil {
			return err
		}
		e.Late = e.Edition != 0 && ed.Late(agenda.LocalOf(t.now, t.clock.Loc).Date)
		if e.Slug, err = t.slug(e); err != nil {
			return err
		}
		t.Delete(draftKey(e))
		if err := t.keepEvent(nil, e, "added", nil, agenda.Telling{}); err != nil {
			return err
		}
		return t.tellEditors(agenda.KindReceived, e, t.id, "")
	})
	return e, err
}

// DropDraft deletes an event that is being filled in, as whoever began it wants.
func (s *Store) DropDraft(ctx context.Context, token string) error {
	return s.byEditor(ctx, token, forSubmission, func(t *tx, e agenda.Event) error {
		if e.Review != agenda.Draft {
			return agenda.ErrState
		}
		t.Delete(draftKey(e))
		t.Delete(eventKey(e.ID))
		return t.remind(aboutEvent(e), nil)
	})
}

// Drafts returns how many events of an edition were begun and not sent yet.
func (s *Store) Drafts(ctx context.Context, edition int) (int, error) {
	return view(ctx, s, func(tx kv.Tx) (n int, err error) {
		for _, err := range tx.Scan(kv.Prefix(kDraft, yearPart(edition))) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	})
}

func draftKey(e agenda.Event) string { return kv.Key(kDraft, yearPart(e.Edition), string(e.ID)) }
