package store

import (
	"context"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// mergeSteps is how many times in a row an event can have been merged into
// another for its old links to be followed.
const mergeSteps = 20

// changesShown is how many changes of others are told at most to somebody who
// edits at the same time.
const changesShown = 30

// editorsOf returns all editors of an event, those who were removed as well: its
// first one, then the others in the order of their identifiers.
func editorsOf(tx kv.Tx, e agenda.Event) ([]agenda.Editor, error) {
	added, err := all[agenda.Editor](tx, kEditor, idPart(string(e.ID)))
	return append([]agenda.Editor{e.First()}, added...), err
}

func editorOf(tx kv.Tx, e agenda.Event, id agenda.EditorID) (agenda.Editor, error) {
	if id == agenda.FirstEditor {
		return e.First(), nil
	}
	return get[agenda.Editor](tx, editorKey(e.ID, id))
}

// editor returns the event that an editor's link opens, and who she is. The links
// to an event that was merged into another open that one. ErrRemoved is returned
// when the link was hers and she edits no more.
func (s *Store) editor(tx kv.Tx, token, purpose string) (e agenda.Event, ed agenda.Editor, err error) {
	event, id := agenda.SplitEditor(subjectOf(token))
	if e, err = get[agenda.Event](tx, eventKey(event)); err != nil {
		return e, ed, err
	}
	if ed, err = editorOf(tx, e, id); err != nil {
		return e, ed, err
	}
	if !s.genuine(token, purpose, ed.Gen) {
		return agenda.Event{}, agenda.Editor{}, agenda.ErrNotFound
	}
	for step := 0; ; step++ {
		if !ed.Edits() {
			return agenda.Event{}, agenda.Editor{}, agenda.ErrRemoved
		}
		if e.Into == "" || step == mergeSteps {
			return e, ed, nil
		}
		if e, err = get[agenda.Event](tx, eventKey(e.Into)); err != nil {
			return e, ed, err
		}
		if ed, err = editorWith(tx, e, ed.Email); err != nil {
			return agenda.Event{}, agenda.Editor{}, err
		}
	}
}

// editorWith returns the editor of an event who has that address.
func editorWith(tx kv.Tx, e agenda.Event, email string) (agenda.Editor, error) {
	if email == "" {
		return agenda.Editor{}, agenda.ErrNotFound
	}
	if email == e.Internal.Email {
		return e.First(), nil
	}
	return get[agenda.Editor](tx, editorKey(e.ID, agenda.EditorIDOf(e.ID, email)))
}

// byEditor runs a use case of whoever has the link. That she has it still is
// looked at in its transaction.
func (s *Store) byEditor(ctx context.Context, token, purpose string, fn func(*tx, agenda.Event) error) error {
	return s.update(ctx, agenda.Actor{}, func(t *tx) error {
		e, ed, err := s.editor(t, token, purpose)
		if err != nil {
			return err
		}
		t.actor = ed.Actor()
		return fn(t, e)
	})
}

// Submission returns the event that an editor's link opens.
func (s *Store) Submission(ctx context.Context, token string) (agenda.Event, error) {
	e, _, err := s.Editing(ctx, token)
	return e, err
}

// Editing returns the event that an editor's link opens, and who she is.
func (s *Store) Editing(ctx context.Context, token string) (e agenda.Event, ed agenda.Editor, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		e, ed, err = s.editor(tx, token, forSubmission)
		return err
	})
	return e, ed, err
}

// SubmissionToken returns the secret part of the link of whoever submitted the
// event.
func (s *Store) SubmissionToken(e agenda.Event) string { return s.EditorToken(e.First()) }

// EditorToken returns the secret part of an editor's link.
func (s *Store) EditorToken(ed agenda.Editor) string { return s.editorToken(forSubmission, ed) }

func (s *Store) editorToken(purpose string, ed agenda.Editor) string {
	return s.token(purpose, ed.Ref().ID, ed.Gen)
}

// Editors returns all who edit or edited an event, its first editor at the head.
func (s *Store) Editors(ctx context.Context, id agenda.EventID) ([]agenda.Editor, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Editor, error) {
		e, err := get[agenda.Event](tx, eventKey(id))
		if err != nil {
			return nil, err
		}
		return editorsOf(tx, e)
	})
}

// EditorNames returns the names of the editors among the actors of entries, by
// the identifier of the actor.
func (s *Store) EditorNames(ctx context.Context, entries []agenda.Entry) (map[string]string, error) {
	return view(ctx, s, func(tx kv.Tx) (map[string]string, error) {
		names := map[string]string{}
		for _, entry := range entries {
			who := entry.Actor.Who
			if who.Kind != agenda.AboutEditor || names[who.ID] != "" {
				continue
			}
			event, id := agenda.SplitEditor(who.ID)
			e, err := get[agenda.Event](tx, eventKey(event))
			if err == nil {
				var ed agenda.Editor
				if ed, err = editorOf(tx, e, id); err == nil {
					names[who.ID] = ed.Name
				}
			}
			if err := ignoreNotFound(err); err != nil {
				return nil, err
			}
		}
		return names, nil
	})
}

// ChangesSince returns the lines of an event's history that are newer than the
// version of it that somebody saw, the oldest first.
func (s *Store) ChangesSince(ctx context.Context, id agenda.EventID, version time.Time) ([]agenda.Entry, error) {
	return view(ctx, s, func(tx kv.Tx) (out []agenda.Entry, err error) {
		for p, err := range tx.Scan(kv.Prefix(kTrail, agenda.AboutEvent, idPart(string(id)))) {
			if err != nil {
				return nil, err
			}
			e, err := entryOf(tx, p)
			if err != nil {
				return nil, err
			}
			// A version can be ahead of the clock, and lines of one instant have no order.
			if len(out) == changesShown || e.At.Before(version.Add(-time.Minute)) {
				break
			}
			if e.Version.After(version) {
				out = append(out, e)
			}
		}
		slices.SortFunc(out, func(a, b agenda.Entry) int { return a.Version.Compare(b.Version) })
		return out, nil
	})
}

// AddEditor lets somebody edit an event and mails her a link of her own. Whoever
// edits it already is returned as she is. Coordinators may do so and whoever
// submitted the event; ErrDenied is returned for any other editor's link.
func (s *Store) AddEditor(ctx context.Context, who Team, add agenda.Editor) (ed agenda.Editor, err error) {
	err = s.byTeam(ctx, who, func(t *tx, e agenda.Event) error {
		if !e.Manages(t.actor) {
			return agenda.ErrDenied
		}
		if add.AddedBy = ""; who.Token != "" {
			add.AddedBy = e.Internal.Name
		}
		ed, err = t.addEditor(e, add, who.Token == "")
		return err
	})
	return ed, err
}

func (t *tx) addEditor(e agenda.Event, add agenda.Editor, office bool) (agenda.Editor, error) {
	have, err := all[agenda.Editor](t, kEditor, idPart(string(e.ID)))
	if err != nil {
		return add, err
	}
	ed, mail, err := e.AddEditor(have, add, office, t.now)
	if err != nil {
		return ed, err
	}
	i := slices.IndexFunc(have, func(h agenda.Editor) bool { return h.ID == ed.ID })
	if i >= 0 && have[i] == ed {
		return ed, nil
	}
	put(t, editorKey(e.ID, ed.ID), ed)
	if i < 0 || !have[i].Edits() {
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "editor_added", Title: e.Title, Note: ed.Name, Mail: mail})
	}
	if mail {
		if err := t.tellEditor(agenda.KindEditor, e, ed, t.id, ""); err != nil {
			return ed, err
		}
	}
	return ed, t.askVisitors(e)
}

// RemoveEditor takes an event from one of its editors. Her link says so from then
// on; the others stay valid. Coordinators and whoever submitted the event remove
// any other, each of the others herself (ErrDenied).
func (s *Store) RemoveEditor(ctx context.Context, who Team, id agenda.EditorID) error {
	return s.byTeam(ctx, who, func(t *tx, e agenda.Event) error {
		if !e.Manages(t.actor) && t.actor.Who != agenda.EditorRef(e.ID, id) {
			return agenda.ErrDenied
		}
		return t.removeEditor(e, id)
	})
}

func (t *tx) removeEditor(e agenda.Event, id agenda.EditorID) error {
	old, err := editorOf(t, e, id)
	if err != nil {
		return err
	}
	verb, resigned := "editor_removed", t.actor == old.Actor()
	if resigned {
		verb = "editor_left"
	}
	ed, err := old.Remove(resigned, t.now)
	if err != nil || ed == old {
		return err
	}
	put(t, editorKey(e.ID, id), ed)
	t.record(agenda.Entry{Subject: aboutEvent(e), Verb: verb, Title: e.Title, Note: ed.Name})
	return t.askVisitors(e)
}

// RenewEditor mails one of an event's editors a new link and makes her old one
// worthless. Whoever submitted the event can do so once a day (ErrTooMany),
// coordinators at any time.
func (s *Store) RenewEditor(ctx context.Context, who Team, id agenda.EditorID) error {
	return s.byTeam(ctx, who, func(t *tx, e agenda.Event) error {
		if !e.Manages(t.actor) {
			return agenda.ErrDenied
		}
		return t.renewEditor(e, id, who.Token == "")
	})
}

func (t *tx) renewEditor(e agenda.Event, id agenda.EditorID, office bool) error {
	old, err := editorOf(t, e, id)
	if err != nil {
		return err
	}
	ed, err := old.Renew(office, t.now)
	if err != nil {
		return err
	}
	put(t, editorKey(e.ID, id), ed)
	t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "link_renewed", Title: e.Title, Note: ed.Name, Mail: true})
	return t.tellEditor(agenda.KindEditor, e, ed, t.id, "")
}

// tellEditors mails all who edit an event, each with her own link.
func (t *tx) tellEditors(kind agenda.Kind, e agenda.Event, mark, sentence string) error {
	return t.tell(agenda.Ref{Kind: agenda.AboutEditors, ID: string(e.ID)}, "s."+string(e.ID)+".", kind, e, mark, sentence)
}

// tellEditor mails one of those who edit an event.
func (t *tx) tellEditor(kind agenda.Kind, e agenda.Event, ed agenda.Editor, mark, sentence string) error {
	if ed.Email == "" {
		return nil
	}
	return t.tell(ed.Ref(), "s."+ed.Ref().ID+".", kind, e, mark, sentence)
}

func (t *tx) tell(reader agenda.Ref, prefix string, kind agenda.Kind, e agenda.Event, mark, sentence string) error {
	return t.notify(agenda.Notice{
		ID: agenda.NoticeID(prefix + mark), Kind: kind, Subject: aboutEvent(e), To: agenda.Audience{Of: reader},
		Due: t.now, Mark: mark, Made: t.now, Sentence: sentence,
	})
}

func (t *tx) reachable(e agenda.Event) (bool, error) { return reachable(t, e) }

// reachable reports whether anybody who edits the event has an address.
func reachable(tx kv.Tx, e agenda.Event) (bool, error) {
	editors, err := editorsOf(tx, e)
	return slices.ContainsFunc(editors, func(ed agenda.Editor) bool { return ed.Edits() && ed.Email != "" }), err
}

// editorReaders are all who edit the event and have an address, each address
// once; of a mail about tasks those to whom one of the day belongs, and all for
// those that belong to nobody.
func (t *tx) editorReaders(n agenda.Notice) (out []agenda.Ref, more bool, err error) {
	e, err := get[agenda.Event](t, eventKey(agenda.EventID(n.To.Of.ID)))
	if err != nil {
		return nil, false, ignoreNotFound(err)
	}
	editors, err := editorsOf(t, e)
	if err != nil {
		return nil, false, err
	}
	tasks, err := tasksOf(t, e.ID)
	if err != nil {
		return nil, false, err
	}
	seen := map[string]bool{"": true}
	for _, ed := range editors {
		if !ed.Edits() || seen[ed.Email] {
			continue
		}
		if n.To.Of.Kind == agenda.AboutTasks && len(agenda.TasksOf(tasks, editors, n.Mark, ed.ID)) == 0 {
			continue
		}
		seen[ed.Email] = true
		if ref := ed.Ref(); ref.ID > n.Cursor {
			if len(out) == expandBatch {
				return out, true, nil
			}
			out = append(out, ref)
		}
	}
	return out, false, nil
}

// editor fills in what a letter to one of an event's editors is made of.
func (r *reader) editor(f *agenda.Facts) error {
	e, id := f.Event, agenda.FirstEditor
	if _, id = agenda.SplitEditor(f.Message.Reader.ID); e.ID == "" {
		return agenda.ErrNotFound
	}
	ed, err := editorOf(r.tx, e, id)
	if err != nil {
		return err
	}
	f.Name, f.Email, f.Phone, f.Lang, f.Editor = ed.Name, ed.Email, ed.Phone, ed.Lang, ed
	f.Tokens.Act = r.s.EditorToken(ed)
	f.Tokens.Mute = f.Tokens.Act
	switch f.Message.Kind {
	case agenda.KindVisitors:
		f.Tokens.Act = r.s.editorToken(forFeedback, ed)
	case agenda.KindTask:
		editors, err := editorsOf(r.tx, e)
		if err != nil {
			return err
		}
		tasks, err := tasksOf(r.tx, e.ID)
		if err != nil {
			return err
		}
		f.Tasks = agenda.TasksOf(tasks, editors, f.Message.Mark, ed.ID)
	}
	return nil
}

// forgetTeam deletes the editors and tasks of an event, in batches.
func (s *Store) forgetTeam(ctx context.Context, id agenda.EventID) error {
	for _, kind := range []string{kEditor, kTask} {
		for more := true; more; {
			err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
				more = false
				var keys []string
				for p, err := range t.Scan(kv.Prefix(kind, string(id))) {
					if err != nil {
						return err
					}
					if len(keys) == 2*expandBatch {
						more = true
						break
					}
					keys = append(keys, p.Key)
				}
				for _, key := range keys {
					t.Delete(key)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
