package kvtest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"widunetz/internal/kv"
)

// keys are few, so that writes meet, and awkward.
var keys = rapid.SampledFrom([]string{"\x00", "a", "a\x00", "a\x00b", "a\x01", "b", "ba", "c", "ü", "\xff", "\xff\xff"})

// bounds are those of scans: also "", which no key is.
var bounds = rapid.OneOf(keys, rapid.Just(""))

// values are few too; one is large enough for a page of its own.
var values = rapid.SampledFrom([]string{"", "1", "two", "\x00", string(make([]byte, 5000))})

// model is what a store must hold.
type model map[string]string

// scan lists keys and values of a range in turns.
func (m model) scan(lo, hi string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k >= lo && (hi == "" || k < hi) {
			out = append(out, k, m[k])
		}
	}
	return out
}

// agree compares what a transaction reads with the model.
func (m model) agree(t *rapid.T, tx kv.Tx) {
	lo, hi := bounds.Draw(t, "lo"), bounds.Draw(t, "hi")
	got, err := flat(tx.Scan(lo, hi))
	if want := m.scan(lo, hi); err != nil || !slices.Equal(got, want) {
		t.Errorf("Scan(%q, %q) is %q, %v; want %q", lo, hi, got, err, want)
	}
	key := keys.Draw(t, "key")
	v, err := tx.Get(key)
	want, ok := m[key]
	if !ok && !errors.Is(err, kv.ErrNotFound) || ok && (err != nil || string(v) != want) {
		t.Errorf("Get(%q) is %q, %v; want %q, %v", key, v, err, want, ok)
	}
}

// errUnwanted ends an update that shall leave nothing.
var errUnwanted = errors.New("unwanted")

// step is one thing that an update does.
type step struct {
	key, value string
	kind       int // 0 reads, 1 deletes, others put
}

var steps = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
	return step{keys.Draw(t, "key"), values.Draw(t, "value"), rapid.IntRange(0, 4).Draw(t, "kind")}
}), 0, 12)

// change does the steps in one update and returns what the store must hold then.
func (m model) change(t *rapid.T, db kv.DB) model {
	todo := steps.Draw(t, "steps")
	fails := rapid.IntRange(0, 4).Draw(t, "fails") == 0
	var next model
	err := db.Update(context.Background(), func(tx kv.RW) error {
		next = maps.Clone(m)
		for _, s := range todo {
			switch s.kind {
			case 0:
				next.agree(t, tx)
			case 1:
				tx.Delete(s.key)
				delete(next, s.key)
			default:
				tx.Put(s.key, []byte(s.value))
				next[s.key] = s.value
			}
		}
		if fails {
			return errUnwanted
		}
		return nil
	})
	if fails && !errors.Is(err, errUnwanted) || !fails && err != nil {
		t.Errorf("Update: %v", err)
	}
	if fails {
		return m
	}
	return next
}

func randomOperations(t *testing.T, place func(t testing.TB) Open) {
	rapid.Check(t, func(r *rapid.T) {
		open := place(t)
		db, err := open()
		if err != nil {
			r.Fatal(err)
		}
		defer func() {
			if err := db.Close(); err != nil {
				r.Errorf("Close: %v", err)
			}
		}()
		twice := rapid.Bool().Draw(r, "twice")
		use := func() kv.DB {
			if twice {
				return Twice(db)
			}
			return db
		}
		m := model{}
		r.Repeat(map[string]func(*rapid.T){
			"update":       func(t *rapid.T) { m = m.change(t, use()) },
			"update again": func(t *rapid.T) { m = m.change(t, use()) },
			"reopen": func(t *rapid.T) {
				if err := db.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
				next, err := open()
				if err != nil {
					t.Fatal(err)
				}
				db = next
			},
			"": func(t *rapid.T) {
				err := db.View(context.Background(), func(tx kv.Tx) error { m.agree(t, tx); return nil })
				if err != nil {
					t.Errorf("View: %v", err)
				}
			},
		})
	})
}
