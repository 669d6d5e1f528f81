// Package kvtest says whether a back end keeps the contract of kv.
package kvtest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"widunetz/internal/kv"
)

// Open opens one store: empty the first time, later with what was committed
// before. At most one opening of it is in use at a time.
type Open func() (kv.DB, error)

// Test runs the suite. Every case asks place for a store of its own; what it
// takes up is cleared away with t.Cleanup.
func Test(t *testing.T, place func(t testing.TB) Open) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, open Open)
	}{
		{"absent key is ErrNotFound", absentKey},
		{"empty value is a value", emptyValue},
		{"keys in byte order", keyOrder},
		{"scan has bounds", scanBounds},
		{"scan ends when asked and can be repeated", scanEnds},
		{"view reads one snapshot", snapshot},
		{"view never sees half an update", neverHalf},
		{"own writes seen in Get", ownWritesGet},
		{"own writes seen in Scan", ownWritesScan},
		{"scan does not see writes during it", writeWhileScanning},
		{"values belong to the caller", ownedValues},
		{"error of the function leaves nothing", functionError},
		{"panic reaches only its caller", panicking},
		{"cancelled context", cancelled},
		{"at the limits", atLimits},
		{"beyond the limits", beyondLimits},
		{"the same key again counts once", sameKeyCountsOnce},
		{"failures do not hurt concurrent updates", failuresAmongOthers},
		{"functions that run twice", runsTwice},
		{"phantom insert", phantomInsert},
		{"phantom update", phantomUpdate},
		{"phantom delete", phantomDelete},
		{"many concurrent updates are durable", manyDurable},
		{"acknowledged before Close is durable", acknowledgedBeforeClose},
		{"use after Close is ErrClosed", afterClose},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, place(t))
		})
	}
	t.Run("random operations as in a model", func(t *testing.T) {
		t.Parallel()
		randomOperations(t, place)
	})
}

// start opens the store and closes it at the end of the test.
func start(t testing.TB, open Open) kv.DB {
	t.Helper()
	db, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return db
}

// again closes the store and opens it anew.
func again(t testing.TB, db kv.DB, open Open) kv.DB {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	return start(t, open)
}

// update does fn, which must succeed.
func update(t testing.TB, db kv.DB, fn func(tx kv.RW) error) {
	t.Helper()
	if err := db.Update(context.Background(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// view does fn, which must succeed.
func view(t testing.TB, db kv.DB, fn func(tx kv.Tx) error) {
	t.Helper()
	if err := db.View(context.Background(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// put stores pairs of key and value in one update.
func put(t testing.TB, db kv.DB, pairs ...string) {
	t.Helper()
	update(t, db, func(tx kv.RW) error {
		for i := 0; i < len(pairs); i += 2 {
			tx.Put(pairs[i], []byte(pairs[i+1]))
		}
		return nil
	})
}

// holds compares the whole store with pairs of key and value.
func holds(t testing.TB, db kv.DB, pairs ...string) {
	t.Helper()
	view(t, db, func(tx kv.Tx) error {
		same(t, tx.Scan("", ""), pairs...)
		return nil
	})
}

// same compares what a scan yields with pairs of key and value.
func same(t testing.TB, seq iter.Seq2[kv.Pair, error], pairs ...string) {
	t.Helper()
	got, err := flat(seq)
	if err != nil {
		t.Errorf("Scan: %v", err)
	}
	if !slices.Equal(got, pairs) {
		t.Errorf("Scan yields %q, want %q", got, pairs)
	}
}

// flat lists keys and values in turns.
func flat(seq iter.Seq2[kv.Pair, error]) ([]string, error) {
	var out []string
	for p, err := range seq {
		if err != nil {
			return out, err
		}
		out = append(out, p.Key, string(p.Value))
	}
	return out, nil
}

// is reports a value of key that is not want.
func is(t testing.TB, tx kv.Tx, key, want string) {
	t.Helper()
	got, err := tx.Get(key)
	if err != nil || string(got) != want {
		t.Errorf("Get(%q) is %q, %v; want %q", key, got, err, want)
	}
}

// isAbsent reports a key that is there.
func isAbsent(t testing.TB, tx kv.Tx, key string) {
	t.Helper()
	if v, err := tx.Get(key); !errors.Is(err, kv.ErrNotFound) || v != nil {
		t.Errorf("Get(%q) is %q, %v; want %v", key, v, err, kv.ErrNotFound)
	}
}

// count returns how many keys a range holds.
func count(tx kv.Tx, lo, hi string) (n int, err error) {
	for _, err := range tx.Scan(lo, hi) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
