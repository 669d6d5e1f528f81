package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Programme is the scope of everything that is public.
const Programme = "programme"

// GroupScope is the scope of what a group's feed and pages show.
func GroupScope(id agenda.GroupID) string { return "group." + string(id) }

// PersonScope is the scope of a person's own settings and seats. What her feed
// shows depends on this and on the scopes of her groups.
func PersonScope(id agenda.PersonID) string { return "person." + string(id) }

// journalLength is how many changes of a scope are kept for readers that
// follow it; those who are further behind read everything anew.
const journalLength = 2000

// touch raises the revision of a scope, in the transaction of the change.
func (t *tx) touch(scope, id string) error {
	rev, err := revision(t, scope)
	if err != nil {
		return err
	}
	rev++
	t.Put(kv.Key(kRevision, scope), []byte(strconv.FormatUint(rev, 10)))
	t.Put(kv.Key(kJournal, scope, revPart(rev)), []byte(id))
	if rev > journalLength {
		t.Delete(kv.Key(kJournal, scope, revPart(rev-journalLength)))
	}
	return nil
}

func revision(tx kv.Tx, scope string) (uint64, error) {
	b, err := tx.Get(kv.Key(kRevision, scope))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(string(b), 10, 64)
}

// Revision returns a short text that changes whenever anything in the scopes
// does, also by a restore.
func (s *Store) Revision(ctx context.Context, scopes ...string) (string, error) {
	return view(ctx, s, func(tx kv.Tx) (string, error) {
		var b strings.Builder
		b.WriteString(s.epoch)
		for _, scope := range scopes {
			rev, err := revision(tx, scope)
			if err != nil {
				return "", err
			}
			b.WriteByte('.')
			b.WriteString(strconv.FormatUint(rev, 36))
		}
		return b.String(), nil
	})
}

// Journal returns the scope's revision and the identifiers of what changed
// after the revision since, each once. complete is false if that is no longer
// known: then everything has to be read anew.
func (s *Store) Journal(ctx context.Context, scope string, since uint64) (rev uint64, ids []string, complete bool, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		ids, complete = nil, false
		if rev, err = revision(tx, scope); err != nil {
			return err
		}
		if since > rev || rev-since > journalLength {
			return nil
		}
		seen := map[string]bool{}
		_, hi := kv.Prefix(kJournal, scope)
		for p, err := range tx.Scan(kv.Key(kJournal, scope, revPart(since+1)), hi) {
			if err != nil {
				return err
			}
			if id := string(p.Value); !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
		complete = true
		return nil
	})
	return rev, ids, complete, err
}
