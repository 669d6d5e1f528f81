package store

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// submissionsADay is how many events one address can submit in a day.
const submissionsADay = 10

// countSubmission refuses more events than a person writes in a day.
func (t *tx) countSubmission(email string) error { return t.countADay(email, submissionsADay) }

// countADay counts what somebody does on a day and refuses more than most of it.
func (t *tx) countADay(who string, most int) error {
	key := kv.Key(kSubmissions, who)
	b, err := t.Get(key)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	day, count, _ := strings.Cut(string(b), " ")
	n, today := 0, t.now.Format(time.DateOnly)
	if day == today {
		n = parseCount([]byte(count))
	}
	if n >= most {
		return agenda.ErrTooMany
	}
	t.Put(key, []byte(today+" "+strconv.Itoa(n+1)))
	return nil
}

// SubmitEvent registers an event of anybody and mails the link with which to go
// on editing it. ErrState is returned when the call is closed. once names the
// form: sent twice it makes one event. agreed says that she agrees to the
// principles of the edition, which is needed if it has some.
func (s *Store) SubmitEvent(ctx context.Context, edition int, d agenda.EventDetails, lang agenda.Lang, once string, agreed bool) (agenda.Event, error) {
	return s.submit(ctx, edition, d, agenda.Submitted, lang, once, agreed)
}

// ReserveEvent takes a date before the text of the event exists and mails the
// link with which to complete it. Whether she agrees is asked at last when it is
// completed.
func (s *Store) ReserveEvent(ctx context.Context, edition int, d agenda.EventDetails, lang agenda.Lang, once string, agreed bool) (agenda.Event, error) {
	return s.submit(ctx, edition, d, agenda.Reserved, lang, once, agreed)
}

func (s *Store) submit(ctx context.Context, edition int, d agenda.EventDetails, review agenda.Review, lang agenda.Lang, once string, agreed bool) (e agenda.Event, err error) {
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
		if e, err = t.addEvent(edition, d, review, true); err != nil {
			return err
		}
		if e, err = ed.Agree(e, agreed, t.now); err != nil {
			return err
		}
		if e.Late = edition != 0 && ed.Late(agenda.LocalOf(t.now, t.clock.Loc).Date); e.Late || !e.AcceptedTerms.IsZero() {
			put(t, eventKey(e.ID), e)
		}
		return t.sendLink(e, agenda.KindReceived)
	})
	return e, err
}

// CopyEvent makes an event of an earlier edition anew for another one, reserved,
// with its time moved to the same weekday, and mails the links to it to all who
// edit the earlier one. The token is of one of these.
func (s *Store) CopyEvent(ctx context.Context, token string, edition int) (e agenda.Event, err error) {
	old, _, err := s.Editing(ctx, token)
	if err != nil {
		return e, err
	}
	from, err := s.Edition(ctx, old.Edition)
	if err != nil {
		return e, err
	}
	to, err := s.Edition(ctx, edition)
	if err != nil {
		return e, err
	}
	e, err = s.submit(ctx, edition, old.EventDetails.ToEdition(from, to), agenda.Reserved, old.Internal.Lang, "copy "+string(old.ID)+" "+strconv.Itoa(edition), false)
	if err != nil {
		return e, err
	}
	return e, s.update(ctx, agenda.Actor{By: "submission"}, func(t *tx) error { return t.copyEditors(old, e) })
}

// copyEditors lets those who edit an event edit its copy as well, each with a new
// link. Whoever edits the copy already, or was removed from it, stays so.
func (t *tx) copyEditors(from, to agenda.Event) error {
	editors, err := all[agenda.Editor](t, kEditor, string(from.ID))
	if err != nil {
		return err
	}
	for _, ed := range editors {
		moved := ed.Move(to.ID, "", t.now)
		if !ed.Edits() || ed.Email == to.Internal.Email {
			continue
		}
		if _, err := get[agenda.Editor](t, editorKey(to.ID, moved.ID)); !errors.Is(err, agenda.ErrNotFound) {
			if err != nil {
				return err
			}
			continue
		}
		put(t, editorKey(to.ID, moved.ID), moved)
		if err := t.tellEditor(agenda.KindEditor, to, moved, t.id, ""); err != nil {
			return err
		}
	}
	return nil
}

// EditorLink returns the secret part of the link to an event that whoever has the
// token of another one edits as well: ErrNotFound if she does not.
func (s *Store) EditorLink(ctx context.Context, e agenda.Event, token string) (string, error) {
	_, me, err := s.Editing(ctx, token)
	if err != nil {
		return "", err
	}
	ed, err := view(ctx, s, func(tx kv.Tx) (agenda.Editor, error) { return editorWith(tx, e, me.Email) })
	if err == nil && !ed.Edits() {
		err = agenda.ErrRemoved
	}
	return s.EditorToken(ed), err
}
