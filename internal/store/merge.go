package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Merging says which of two events stays, which decisions go to the other, and
// what of both was seen.
type Merging struct {
	Keep, Other agenda.Event // as they were seen: Changed is compared
	Others      []string     // names of agenda.MergeField, or agenda.MergePicture
}

// mergeBatch keeps a step of moving what belongs to an event within the limits of
// one transaction: six writes for a watcher.
const mergeBatch = 12

// MergeEvents makes two events one and tells the watchers of both of another time
// or place. The event that goes stays on record, withdrawn: its address, its
// links and its calendar lead to the one that stays. Editors, tasks,
// translations and watchers move in batches behind it; a notice sees to it that they all do, also after a
// crash. Doing it twice is no error.
func (s *Store) MergeEvents(ctx context.Context, actor agenda.Actor, m Merging) (e agenda.Event, err error) {
	job := agenda.NoticeID("j." + string(m.Other.ID))
	err = s.update(ctx, actor, func(t *tx) error {
		keep, err := get[agenda.Event](t, eventKey(m.Keep.ID))
		if err != nil {
			return err
		}
		other, err := get[agenda.Event](t, eventKey(m.Other.ID))
		if err != nil {
			return err
		}
		if e = keep; other.Into == keep.ID {
			return nil // the second click
		}
		signed, err := signedUp(t, other.ID)
		if err != nil {
			return err
		}
		merged, err := keep.Merge(other, agenda.Joining{Others: m.Others, SignedUp: signed, Seen: m.Keep.Changed, SeenOther: m.Other.Changed}, t.now, t.clock.Loc)
		if err != nil {
			return err
		}
		e = merged.Kept
		return t.mergeEvents(keep, other, merged, job)
	})
	if err != nil {
		return e, fmt.Errorf("merge event %s into %s: %w", m.Other.ID, m.Keep.ID, err)
	}
	for more := true; more && err == nil; {
		more, err = s.Expand(ctx, job)
	}
	return e, err
}

func (t *tx) mergeEvents(keep, other agenda.Event, m agenda.Merged, job agenda.NoticeID) error {
	if m.Kept.Public() && m.Kept.Standing == agenda.Scheduled && keep.Moves(m.Kept.EventDetails) && m.Kept.Until().In(t.clock.Loc).After(t.now) {
		n := t.noticeOfEvent(agenda.KindChange, m.Kept, agenda.Telling{})
		n.WasEvent = &keep.EventDetails
		if err := t.gather(n, t.clock.Soon(t.now, keep.Start, m.Kept.Start)); err != nil {
			return err
		}
	}
	if err := t.keepEvent(&keep, m.Kept, "merged", m.Changes, agenda.Telling{Sentence: other.Title}); err != nil {
		return err
	}
	if err := t.keepEvent(&other, m.Gone, "merged_into", nil, agenda.Telling{Sentence: m.Kept.Title}); err != nil {
		return err
	}
	if err := t.inheritDays(other, m.Kept); err != nil {
		return err
	}
	if err := t.inheritEditor(other.First(), other.Title, m.Kept); err != nil {
		return err
	}
	was := other.EventDetails
	return t.notify(agenda.Notice{
		ID: job, Kind: agenda.KindMerge, Subject: aboutEvent(m.Kept), To: agenda.Audience{Of: aboutEvent(other)}, Due: t.now, Mark: t.id, Made: t.now, WasEvent: &was,
	})
}

// signedUp reports whether anybody has signed up for an event.
func signedUp(tx kv.Tx, id agenda.EventID) (bool, error) {
	for _, err := range tx.Scan(kv.Prefix(kSigned, string(id))) {
		return true, err
	}
	return false, nil
}

// SignedUpFor reports whether anybody has signed up for an event.
func (s *Store) SignedUpFor(ctx context.Context, id agenda.EventID) (bool, error) {
	return view(ctx, s, func(tx kv.Tx) (bool, error) { return signedUp(tx, id) })
}

// inheritDays makes the event that stays the opening or closing event of its
// edition if the other was.
func (t *tx) inheritDays(other, kept agenda.Event) error {
	ed, err := get[agenda.Edition](t, editionKey(kept.Edition))
	if err != nil || ed.Opening != other.ID && ed.Closing != other.ID {
		return ignoreNotFound(err)
	}
	for _, day := range []*agenda.EventID{&ed.Opening, &ed.Closing} {
		if *day == other.ID {
			*day = kept.ID
		}
	}
	ed.Changed = agenda.Rise(ed.Changed, t.now)
	put(t, editionKey(ed.Year), ed)
	return t.touch(Programme, "edition."+yearPart(ed.Year))
}

// inheritEditor makes an editor of the event that goes one of the event that
// stays and mails her the new link, unless she edits that one already.
func (t *tx) inheritEditor(ed agenda.Editor, title string, kept agenda.Event) error {
	if ed.Email == "" || ed.Email == kept.Internal.Email || !ed.Edits() {
		return nil
	}
	moved := ed.Move(kept.ID, title, t.now)
	have, err := get[agenda.Editor](t, editorKey(kept.ID, moved.ID))
	if err == nil && have.Edits() {
		return nil
	}
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	if err == nil {
		moved.Gen = have.Gen + 1
	}
	put(t, editorKey(kept.ID, moved.ID), moved)
	return t.tellEditor(agenda.KindEditor, kept, moved, t.id, "")
}

// moveRest moves a batch of what belongs to an event to the one that it was
// merged into: editors, then tasks, translations and watchers.
func (t *tx) moveRest(n agenda.Notice) (more bool, err error) {
	gone, err := get[agenda.Event](t, eventKey(agenda.EventID(n.To.Of.ID)))
	if err != nil {
		return false, err
	}
	kept, err := keptOf(t, gone)
	if err != nil {
		return false, err
	}
	for _, move := range []func(agenda.Notice, agenda.Event, agenda.Event) (bool, error){t.moveEditors, t.moveTasks, t.moveTranslations, t.moveWatchers} {
		if more, err = move(n, gone, kept); more || err != nil {
			return more, err
		}
	}
	n.Done, n.Told = true, t.now
	t.Delete(noticeDueKey(n))
	put(t, noticeKey(n.ID), n)
	return false, t.askVisitors(kept)
}

func (t *tx) moveEditors(_ agenda.Notice, gone, kept agenda.Event) (bool, error) {
	editors, err := all[agenda.Editor](t, kEditor, string(gone.ID))
	if err != nil {
		return false, err
	}
	moved := 0
	for _, ed := range editors {
		if ed.Into != "" || !ed.Edits() {
			continue
		}
		if moved++; moved > mergeBatch {
			return true, nil
		}
		if err := t.inheritEditor(ed, gone.Title, kept); err != nil {
			return false, err
		}
		ed.Into = kept.ID // her old link leads there
		put(t, editorKey(gone.ID, ed.ID), ed)
	}
	return moved > 0, nil // nothing else in the same transaction
}

func (t *tx) moveTasks(_ agenda.Notice, gone, kept agenda.Event) (bool, error) {
	tasks, err := all[agenda.Task](t, kTask, string(gone.ID))
	if err != nil || len(tasks) == 0 {
		return false, err
	}
	editors, err := editorsOf(t, gone)
	if err != nil {
		return false, err
	}
	for _, task := range tasks[:min(len(tasks), mergeBatch/2)] {
		who := agenda.Editor{}
		if i := slices.IndexFunc(editors, func(e agenda.Editor) bool { return e.ID == task.Editor }); i >= 0 {
			if who, err = editorWith(t, kept, editors[i].Email); ignoreNotFound(err) != nil {
				return false, err
			}
		}
		moved := task.MoveTask(kept.ID, who.ID, task.By(editors))
		t.Delete(taskKey(gone.ID, task.ID))
		put(t, taskKey(kept.ID, task.ID), moved)
	}
	if err := t.remindOfTasks(gone.ID); err != nil {
		return false, err
	}
	return true, t.remindOfTasks(kept.ID)
}

func (t *tx) moveTranslations(_ agenda.Notice, gone, kept agenda.Event) (bool, error) {
	lo, hi := kv.Prefix(kTranslation, string(gone.ID))
	words, err := translationsIn(t, lo, hi)
	if err != nil || len(words) == 0 {
		return false, err
	}
	for _, w := range words {
		have, err := get[agenda.Translation](t, translationKey(kept.ID, w.Lang))
		if err := ignoreNotFound(err); err != nil {
			return false, err
		}
		put(t, translationKey(kept.ID, w.Lang), have.Inherit(w, kept))
		t.Delete(translationKey(gone.ID, w.Lang))
	}
	if !kept.Public() {
		return true, nil
	}
	return true, t.touch(Programme, string(kept.ID))
}

func (t *tx) moveWatchers(n agenda.Notice, gone, kept agenda.Event) (bool, error) {
	var ids []agenda.WatcherID
	for p, err := range t.Scan(kv.Prefix(kWatching, string(gone.ID))) {
		if err != nil {
			return false, err
		}
		if len(ids) == mergeBatch {
			break
		}
		ids = append(ids, agenda.WatcherID(lastPart(p.Key)))
	}
	for _, id := range ids {
		if err := t.moveWatcher(id, n, gone, kept); err != nil {
			return false, err
		}
	}
	return len(ids) > 0, nil
}

// moveWatcher makes a watcher of the event that goes one of the event that stays;
// what is known of her there is joined with it. Her old record leads to the new
// one, so that the links in mails she has still end it. She is told if the event
// that stays is at another time or place.
func (t *tx) moveWatcher(id agenda.WatcherID, n agenda.Notice, gone, kept agenda.Event) error {
	t.Delete(kv.Key(kWatching, string(gone.ID), string(id)))
	w, err := get[agenda.Watcher](t, watcherKey(id))
	if err != nil {
		return ignoreNotFound(err)
	}
	have, err := get[agenda.Watcher](t, watcherKey(agenda.WatcherIDOf(kept.ID, w.Email)))
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	known := !have.Confirmed.IsZero()
	moved := w.Move(kept.ID, have)
	put(t, watcherKey(moved.ID), moved)
	t.Put(kv.Key(kWatching, string(kept.ID), string(moved.ID)), nil)
	w.Event, w.Now = kept.ID, moved.ID
	put(t, watcherKey(id), w)
	if known || moved.Confirmed.IsZero() || n.WasEvent == nil || !n.WasEvent.Moves(kept.EventDetails) || !kept.Public() || kept.Standing != agenda.Scheduled {
		return nil
	}
	return t.notify(agenda.Notice{
		ID: agenda.NoticeID("m." + string(moved.ID) + "." + n.Mark), Kind: agenda.KindChange, Subject: aboutEvent(kept),
		To: agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutWatcher, ID: string(moved.ID)}}, Due: t.now, Deadline: kept.Until().In(t.clock.Loc), Mark: n.Mark, Made: t.now, WasEvent: n.WasEvent,
	})
}

// Kept returns the event that stands in the place of one that was merged: the
// last of those into which it was, in turn.
func (s *Store) Kept(ctx context.Context, e agenda.Event) (agenda.Event, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Event, error) { return keptOf(tx, e) })
}

func keptOf(tx kv.Tx, e agenda.Event) (agenda.Event, error) {
	var err error
	for step := 0; e.Into != "" && err == nil && step < mergeSteps; step++ {
		e, err = get[agenda.Event](tx, eventKey(e.Into))
	}
	return e, err
}

// watcherNow returns the record of a watcher, or that of the event that hers was
// merged into, whose link is genuine.
func (s *Store) watcherNow(tx kv.Tx, token string) (agenda.Watcher, error) {
	w, err := get[agenda.Watcher](tx, watcherKey(agenda.WatcherID(subjectOf(token))))
	if err != nil {
		return w, err
	}
	if !s.genuine(token, forWatch, w.Gen) {
		return w, agenda.ErrNotFound
	}
	for step := 0; w.Now != "" && err == nil && step < mergeSteps; step++ {
		w, err = get[agenda.Watcher](tx, watcherKey(w.Now))
	}
	if errors.Is(err, agenda.ErrNotFound) {
		return agenda.Watcher{}, agenda.ErrNotFound
	}
	return w, err
}
