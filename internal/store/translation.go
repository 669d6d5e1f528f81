package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func translationKey(id agenda.EventID, l agenda.Lang) string {
	return kv.Key(kTranslation, idPart(string(id)), idPart(string(l)))
}

// Translations returns what there is of an event in other languages, shown or
// waiting.
func (s *Store) Translations(ctx context.Context, id agenda.EventID) ([]agenda.Translation, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Translation, error) {
		lo, hi := kv.Prefix(kTranslation, idPart(string(id)))
		return translationsIn(tx, lo, hi)
	})
}

// AllTranslations returns the translations of all events.
func (s *Store) AllTranslations(ctx context.Context) (map[agenda.EventID][]agenda.Translation, error) {
	return view(ctx, s, func(tx kv.Tx) (map[agenda.EventID][]agenda.Translation, error) {
		lo, hi := kv.Prefix(kTranslation)
		list, err := translationsIn(tx, lo, hi)
		out := map[agenda.EventID][]agenda.Translation{}
		for _, t := range list {
			out[t.Event] = append(out[t.Event], t)
		}
		return out, err
	})
}

func translationsIn(tx kv.Tx, lo, hi string) (out []agenda.Translation, err error) {
	for p, err := range tx.Scan(lo, hi) {
		if err != nil {
			return nil, err
		}
		var t agenda.Translation
		if err := decode(p.Key, p.Value, &t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Translate gives an event words in a language on behalf of the coordinators;
// empty words take them away. The public sees them at once.
func (s *Store) Translate(ctx context.Context, actor agenda.Actor, id agenda.EventID, l agenda.Lang, w agenda.Words, seen time.Time) error {
	return s.translate(ctx, actor, id, l, w, false, seen)
}

// TranslateSubmission is Translate on behalf of the event's submitter. Of an
// event that is public the words wait for a coordinator.
func (s *Store) TranslateSubmission(ctx context.Context, token string, l agenda.Lang, w agenda.Words, seen time.Time) error {
	e, ed, err := s.Editing(ctx, token)
	if err != nil {
		return err
	}
	return s.translate(ctx, ed.Actor(), e.ID, l, w, true, seen)
}

func (s *Store) translate(ctx context.Context, actor agenda.Actor, id agenda.EventID, l agenda.Lang, w agenda.Words, submitter bool, seen time.Time) error {
	err := s.update(ctx, actor, func(t *tx) error {
		e, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		old, err := get[agenda.Translation](t, translationKey(id, l))
		if err != nil && !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		old.Event, old.Lang = id, l
		after, err := old.Translate(e, w, actor.Who, submitter, seen, t.now, t.clock.Loc)
		if err != nil || after.Changed.Equal(old.Changed) {
			return err
		}
		if after.Gone() {
			t.Delete(translationKey(id, l))
		} else {
			put(t, translationKey(id, l), after)
		}
		verb := "translated"
		if after.Waiting != nil {
			verb = "translation_proposed"
		}
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: verb, Title: e.Title, Changes: []agenda.Change{{Field: "lang", New: string(l)}}})
		if !e.Public() || after.Words == old.Words && after.Of == old.Of {
			return nil
		}
		return t.touch(Programme, string(e.ID))
	})
	if err != nil {
		err = fmt.Errorf("translate event %s: %w", id, err)
	}
	return err
}

// forgetTranslations deletes the words of events that are about to be deleted
// themselves: before them, so that none is left when that is interrupted, and
// event by event, because a transaction holds only so many writes.
func (s *Store) forgetTranslations(ctx context.Context, kind string, events []string) error {
	if kind != kEvent {
		return nil
	}
	for _, key := range events {
		list, err := s.Translations(ctx, agenda.EventID(lastPart(key)))
		if err != nil || len(list) == 0 {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
			for _, one := range list {
				t.Delete(translationKey(one.Event, one.Lang))
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// words adds to the facts of a letter what its event says in its reader's language.
func (r *reader) words(f *agenda.Facts) error {
	if f.Event.ID == "" || f.Lang == agenda.German {
		return nil
	}
	t, err := load[agenda.Translation](r, translationKey(f.Event.ID, f.Lang))
	if err == nil && t.Shown() {
		f.Translation = t
	}
	return ignoreNotFound(err)
}
