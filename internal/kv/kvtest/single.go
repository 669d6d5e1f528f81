package kvtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"widunetz/internal/kv"
)

func absentKey(t *testing.T, open Open) {
	db := start(t, open)
	unstorable := strings.Repeat("k", kv.MaxKey+1)
	view(t, db, func(tx kv.Tx) error {
		for _, key := range []string{"a", "", unstorable} {
			isAbsent(t, tx, key)
		}
		same(t, tx.Scan("", ""))
		return nil
	})
	update(t, db, func(tx kv.RW) error {
		isAbsent(t, tx, "a")
		tx.Delete("a") // no error
		isAbsent(t, tx, "a")
		return nil
	})
	put(t, db, "a", "1", "ab", "2")
	update(t, db, func(tx kv.RW) error { tx.Delete("a"); return nil })
	holds(t, db, "ab", "2")
	view(t, db, func(tx kv.Tx) error { isAbsent(t, tx, "a"); return nil })
}

func emptyValue(t *testing.T, open Open) {
	db := start(t, open)
	update(t, db, func(tx kv.RW) error {
		tx.Put("nil", nil)
		tx.Put("empty", []byte{})
		is(t, tx, "nil", "")
		is(t, tx, "empty", "")
		same(t, tx.Scan("", ""), "empty", "", "nil", "")
		return nil
	})
	holds(t, db, "empty", "", "nil", "")
	db = again(t, db, open)
	view(t, db, func(tx kv.Tx) error {
		is(t, tx, "nil", "")
		is(t, tx, "empty", "")
		return nil
	})
}

func keyOrder(t *testing.T, open Open) {
	db := start(t, open)
	sorted := []string{
		"\x00", "\x00\x00", "\x01", "A", "B", "a", "a\x00", "a\x00z", "a\x01", "aa", "ab", "b",
		"z", "\x7f", "\x80", "Ä", "ä", "ü", "\u0627", "\xfe", "\xff", "\xff\x00", "\xff\xff",
	}
	var want []string
	update(t, db, func(tx kv.RW) error {
		for _, i := range []int{7, 3, 0, 22, 11, 9, 2, 14, 1, 20, 5, 18, 4, 6, 8, 10, 12, 13, 15, 16, 17, 19, 21} {
			tx.Put(sorted[i], []byte(sorted[i]))
		}
		return nil
	})
	for _, k := range sorted {
		want = append(want, k, k)
	}
	holds(t, db, want...)
	update(t, db, func(tx kv.RW) error { same(t, tx.Scan("", ""), want...); return nil })
	holds(t, again(t, db, open), want...)
}

func scanBounds(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "a", "1", "b", "2", "bb", "3", "c", "4")
	ranges := func(tx kv.Tx) {
		for _, c := range []struct {
			lo, hi string
			want   []string
		}{
			{"", "", []string{"a", "1", "b", "2", "bb", "3", "c", "4"}},
			{"b", "", []string{"b", "2", "bb", "3", "c", "4"}},
			{"b", "c", []string{"b", "2", "bb", "3"}},
			{"", "b", []string{"a", "1"}},
			{"a\x00", "b\x00", []string{"b", "2"}},
			{"bb", "bb", nil},
			{"c", "a", nil},
			{"d", "", nil},
			{"", "a", nil},
		} {
			got, err := flat(tx.Scan(c.lo, c.hi))
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("Scan(%q, %q) is %q, %v; want %q", c.lo, c.hi, got, err, c.want)
			}
		}
	}
	view(t, db, func(tx kv.Tx) error { ranges(tx); return nil })
	update(t, db, func(tx kv.RW) error { ranges(tx); return nil })
	// The same pairs, half of them not yet stored.
	update(t, db, func(tx kv.RW) error { tx.Delete("b"); tx.Delete("c"); return nil })
	update(t, db, func(tx kv.RW) error {
		tx.Put("b", []byte("2"))
		tx.Put("c", []byte("4"))
		ranges(tx)
		return nil
	})
}

func scanEnds(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "a", "1", "b", "2", "d", "4")
	firstTwo := func(tx kv.Tx) {
		seq := tx.Scan("", "")
		for range 2 {
			var keys []string
			for p, err := range seq {
				if err != nil {
					t.Errorf("Scan: %v", err)
				}
				if keys = append(keys, p.Key); len(keys) == 2 {
					break
				}
			}
			if want := []string{"a", "b"}; !slices.Equal(keys, want) {
				t.Errorf("the first two keys are %q, want %q", keys, want)
			}
		}
	}
	view(t, db, func(tx kv.Tx) error { firstTwo(tx); return nil })
	update(t, db, func(tx kv.RW) error {
		firstTwo(tx)
		tx.Put("b", []byte("3"))
		tx.Put("c", []byte("3"))
		firstTwo(tx)
		return nil
	})
	update(t, db, func(tx kv.RW) error { // the end falls on an own write after all stored keys
		tx.Delete("b")
		tx.Delete("c")
		tx.Delete("d")
		tx.Put("b", []byte("2"))
		tx.Put("e", []byte("5"))
		firstTwo(tx)
		return nil
	})
}

func ownWritesGet(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "changed", "old", "deleted", "old", "back", "old", "kept", "old")
	update(t, db, func(tx kv.RW) error {
		tx.Put("changed", []byte("new"))
		tx.Put("changed", []byte("newer"))
		tx.Delete("deleted")
		tx.Delete("back")
		isAbsent(t, tx, "back")
		tx.Put("back", []byte("new"))
		tx.Put("made", []byte("new"))
		tx.Put("gone", []byte("new"))
		tx.Delete("gone")
		is(t, tx, "changed", "newer")
		is(t, tx, "back", "new")
		is(t, tx, "made", "new")
		is(t, tx, "kept", "old")
		isAbsent(t, tx, "deleted")
		isAbsent(t, tx, "gone")
		return nil
	})
	holds(t, db, "back", "new", "changed", "newer", "kept", "old", "made", "new")
}

func ownWritesScan(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "b", "old", "d", "old", "f", "old", "h", "old")
	want := []string{"a", "new", "b", "old", "c", "new", "d", "new", "h", "old", "i", "new", "j", "new"}
	update(t, db, func(tx kv.RW) error {
		for _, k := range []string{"j", "a", "c", "d", "i", "g"} {
			tx.Put(k, []byte("new"))
		}
		tx.Delete("f")
		tx.Delete("g")
		tx.Delete("absent")
		same(t, tx.Scan("", ""), want...)
		same(t, tx.Scan("b", "i"), want[2:10]...)
		same(t, tx.Scan("f", "h"))
		same(t, tx.Scan("i", ""), want[10:]...)
		return nil
	})
	holds(t, db, want...)
}

func writeWhileScanning(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "a", "old", "c", "old", "e", "old", "g", "old")
	want := []string{"a", "old", "b", "own", "c", "old", "e", "old", "f", "own", "g", "old", "h", "own"}
	update(t, db, func(tx kv.RW) error {
		for _, k := range []string{"b", "f", "h"} {
			tx.Put(k, []byte("own"))
		}
		var got []string
		for p, err := range tx.Scan("", "") {
			if err != nil {
				return err
			}
			if len(got) == 0 { // before, at and behind what comes next
				for _, k := range []string{"", "b", "e", "f", "z"} {
					tx.Put("a"+k, []byte("late"))
					tx.Put("c"+k, []byte("late"))
				}
				tx.Put("b", []byte("late"))
				tx.Delete("f")
				tx.Delete("g")
				tx.Put("h", []byte("late"))
				tx.Put("z", []byte("late"))
			}
			got = append(got, p.Key, string(p.Value))
		}
		if !slices.Equal(got, want) {
			t.Errorf("Scan yields %q, want %q", got, want)
		}
		isAbsent(t, tx, "g")
		is(t, tx, "z", "late")
		return nil
	})
	// A scan that deletes what it yields deletes all.
	update(t, db, func(tx kv.RW) error {
		for p, err := range tx.Scan("", "") {
			if err != nil {
				return err
			}
			tx.Delete(p.Key)
		}
		return nil
	})
	holds(t, db)
}

func ownedValues(t *testing.T, open Open) {
	db := start(t, open)
	spoil := func(b []byte) {
		for i := range b {
			b[i] = '!'
		}
	}
	given := make([][]byte, 0, 2)
	update(t, db, func(tx kv.RW) error {
		for _, k := range []string{"a", "b"} {
			v := []byte("value")
			tx.Put(k, v)
			given = append(given, v)
		}
		spoil(given[len(given)-2]) // before the commit
		return nil
	})
	for _, v := range given {
		spoil(v) // after it
	}
	spoilAll := func(tx kv.Tx) {
		for _, k := range []string{"a", "b"} {
			v, err := tx.Get(k)
			if err != nil {
				t.Error(err)
			}
			spoil(v)
			is(t, tx, k, "value")
		}
		for p, err := range tx.Scan("", "") {
			if err != nil {
				t.Error(err)
			}
			spoil(p.Value)
		}
		same(t, tx.Scan("", ""), "a", "value", "b", "value")
	}
	view(t, db, func(tx kv.Tx) error { spoilAll(tx); return nil })
	update(t, db, func(tx kv.RW) error {
		spoilAll(tx)
		tx.Put("b", []byte("value"))
		spoilAll(tx)
		return nil
	})
	var kept []byte
	view(t, db, func(tx kv.Tx) (err error) { kept, err = tx.Get("a"); return err })
	put(t, db, "a", "other")
	if string(kept) != "value" {
		t.Errorf("a value that was read became %q after a later update", kept)
	}
	holds(t, again(t, db, open), "a", "other", "b", "value")
}

func functionError(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "a", "1", "b", "2")
	want := errors.New("no seat left")
	err := db.Update(context.Background(), func(tx kv.RW) error {
		tx.Put("a", []byte("new"))
		tx.Delete("b")
		tx.Put("c", []byte("new"))
		return want
	})
	if err != want { //nolint:errorlint // as it is, not wrapped
		t.Errorf("Update returns %v, want the error of its function as it is", err)
	}
	err = db.View(context.Background(), func(kv.Tx) error { return want })
	if err != want { //nolint:errorlint // as it is, not wrapped
		t.Errorf("View returns %v, want the error of its function as it is", err)
	}
	holds(t, db, "a", "1", "b", "2")
	holds(t, again(t, db, open), "a", "1", "b", "2")
}

func cancelled(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "a", "1")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := db.Update(ctx, func(tx kv.RW) error {
		t.Error("Update runs its function with a cancelled context")
		tx.Put("b", nil)
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update: %v, want %v", err, context.Canceled)
	}
	err = db.View(ctx, func(kv.Tx) error {
		t.Error("View runs its function with a cancelled context")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("View: %v, want %v", err, context.Canceled)
	}
	holds(t, db, "a", "1")
}
