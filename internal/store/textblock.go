package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// TextBlocks returns the text blocks of the coordinators in their order: the
// defaults as long as none was ever saved.
func (s *Store) TextBlocks(ctx context.Context) ([]agenda.TextBlock, error) {
	return view(ctx, s, textBlocks)
}

var ownTextBlocks = kv.Key(kMeta, "textblocks")

func textBlocks(tx kv.Tx) ([]agenda.TextBlock, error) {
	list := agenda.DefaultTextBlocks()
	_, err := tx.Get(ownTextBlocks)
	if err == nil {
		list, err = all[agenda.TextBlock](tx, kTextBlock)
	}
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	agenda.SortTextBlocks(list)
	return list, nil
}

// PickTextBlocks returns the blocks with these identifiers, in the order of the
// list. ErrConflict is returned when one was deleted meanwhile: whoever ticked
// it must see that.
func (s *Store) PickTextBlocks(ctx context.Context, ids []string) ([]agenda.TextBlock, error) {
	list, err := s.TextBlocks(ctx)
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	list = slices.DeleteFunc(list, func(b agenda.TextBlock) bool { return !slices.Contains(ids, string(b.ID)) })
	if len(list) != len(ids) {
		return nil, agenda.ErrConflict
	}
	return list, nil
}

// SaveTextBlock adds a block (one without an identifier) or changes it. once,
// when not empty, names the form: sent twice it adds one. ErrConflict is returned
// when the block changed after seen (zero: not checked).
func (s *Store) SaveTextBlock(ctx context.Context, actor agenda.Actor, b agenda.TextBlock, once string, seen time.Time) (agenda.TextBlock, error) {
	b = b.Clean()
	saved := b
	err := s.changeTextBlocks(ctx, actor, func(t *tx, list []agenda.TextBlock) error {
		one, verb := b, "changed"
		if one.ID == "" {
			one.ID, verb = agenda.TextBlockID(t.id), "added"
			if once != "" {
				one.ID = agenda.TextBlockID(formID(once))
			}
		}
		i := slices.IndexFunc(list, func(o agenda.TextBlock) bool { return o.ID == one.ID })
		switch {
		case verb == "added" && i >= 0:
			saved = list[i]
			return nil // the same form was sent before
		case verb == "changed" && i < 0:
			return agenda.ErrNotFound
		case i >= 0 && !seen.IsZero() && !seen.Equal(list[i].Changed):
			return agenda.ErrConflict
		}
		if err := one.Check(list); err != nil {
			return err
		}
		var old agenda.TextBlock
		if i >= 0 {
			old = list[i]
		}
		one.Changed = agenda.Rise(old.Changed, t.now)
		put(t, textBlockKey(one.ID), one)
		t.record(agenda.Entry{Subject: aboutTextBlock(one), Verb: verb, Title: one.Name, Changes: old.Changes(one)})
		saved = one
		return nil
	})
	return saved, err
}

// DeleteTextBlock deletes a block; ErrConflict is returned when it changed after
// seen (zero: not checked).
func (s *Store) DeleteTextBlock(ctx context.Context, actor agenda.Actor, id agenda.TextBlockID, seen time.Time) error {
	return s.changeTextBlocks(ctx, actor, func(t *tx, list []agenda.TextBlock) error {
		i := slices.IndexFunc(list, func(o agenda.TextBlock) bool { return o.ID == id })
		if i < 0 {
			return agenda.ErrNotFound
		}
		if !seen.IsZero() && !seen.Equal(list[i].Changed) {
			return agenda.ErrConflict
		}
		t.Delete(textBlockKey(id))
		t.record(agenda.Entry{Subject: aboutTextBlock(list[i]), Verb: "deleted", Title: list[i].Name})
		return nil
	})
}

func aboutTextBlock(b agenda.TextBlock) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutTextBlock, ID: string(b.ID)}
}

// changeTextBlocks runs fn on the blocks as they are. With the first change the
// defaults become records like any other.
func (s *Store) changeTextBlocks(ctx context.Context, actor agenda.Actor, fn func(*tx, []agenda.TextBlock) error) error {
	return s.update(ctx, actor, func(t *tx) error {
		list, err := textBlocks(t)
		if err != nil {
			return err
		}
		_, err = t.Get(ownTextBlocks)
		if errors.Is(err, kv.ErrNotFound) {
			for _, b := range list {
				put(t, textBlockKey(b.ID), b)
			}
			t.Put(ownTextBlocks, []byte("1"))
			err = nil
		}
		if err != nil {
			return err
		}
		return fn(t, list)
	})
}
