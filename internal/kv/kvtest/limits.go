package kvtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"widunetz/internal/kv"
)

// fill puts n bytes, keys and values together, into 17 keys.
func fill(tx kv.RW, n int) {
	const keys = 17
	for i := range keys {
		key := fmt.Sprintf("%02d", i)
		size := n / (keys - i)
		n -= size
		tx.Put(key, make([]byte, size-len(key)))
	}
}

func atLimits(t *testing.T, open Open) {
	db := start(t, open)
	longest := strings.Repeat("k", kv.MaxKey)
	largest := strings.Repeat("v", kv.MaxValue)
	for _, c := range []struct {
		name string
		fn   func(tx kv.RW)
		keys int
	}{
		{"writes", func(tx kv.RW) {
			for i := range kv.MaxWrites {
				tx.Put(fmt.Sprintf("%03d", i), nil)
			}
		}, kv.MaxWrites},
		{"deletions", func(tx kv.RW) {
			for i := range kv.MaxWrites {
				tx.Delete(fmt.Sprintf("%03d", i))
			}
		}, 0},
		{"bytes of a key", func(tx kv.RW) { tx.Put(longest, []byte("v")) }, 1},
		{"bytes of a value", func(tx kv.RW) { tx.Put("a", []byte(largest)) }, 1},
		{"bytes of an update", func(tx kv.RW) { fill(tx, kv.MaxUpdate) }, 17},
	} {
		err := db.Update(context.Background(), func(tx kv.RW) error { c.fn(tx); return nil })
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		view(t, db, func(tx kv.Tx) error {
			if n, err := count(tx, "", ""); n != c.keys || err != nil {
				t.Errorf("%s: the store has %d keys, %v; want %d", c.name, n, err, c.keys)
			}
			if c.name == "bytes of a value" {
				is(t, tx, "a", largest)
			}
			return nil
		})
		clearAll(t, db)
	}
}

// clearAll deletes what the store holds.
func clearAll(t *testing.T, db kv.DB) {
	t.Helper()
	update(t, db, func(tx kv.RW) error {
		for p, err := range tx.Scan("", "") {
			if err != nil {
				return err
			}
			tx.Delete(p.Key)
		}
		return nil
	})
}

// excess is a function that breaks a limit, and the error.
type excess struct {
	name string
	fn   func(tx kv.RW)
	want error
}

func excesses() []excess {
	return []excess{
		{"writes", func(tx kv.RW) {
			for i := range kv.MaxWrites + 1 {
				tx.Put(fmt.Sprintf("%03d", i), nil)
			}
		}, kv.ErrTooManyWrites},
		{"deletions", func(tx kv.RW) {
			for i := range kv.MaxWrites + 1 {
				tx.Delete(fmt.Sprintf("%03d", i))
			}
		}, kv.ErrTooManyWrites},
		{"writes and deletions", func(tx kv.RW) {
			for i := range kv.MaxWrites {
				tx.Put(fmt.Sprintf("%03d", i), nil)
			}
			tx.Delete("a")
		}, kv.ErrTooManyWrites},
		{"bytes of a value", func(tx kv.RW) { tx.Put("b", make([]byte, kv.MaxValue+1)) }, kv.ErrValueTooLarge},
		{"bytes of an update", func(tx kv.RW) { fill(tx, kv.MaxUpdate+1) }, kv.ErrUpdateTooLarge},
		{"bytes of the keys of an update", func(tx kv.RW) {
			fill(tx, kv.MaxUpdate-10)
			tx.Delete("delete this")
		}, kv.ErrUpdateTooLarge},
		{"empty key", func(tx kv.RW) { tx.Put("", []byte("v")) }, kv.ErrBadKey},
		{"bytes of a key", func(tx kv.RW) { tx.Put(strings.Repeat("k", kv.MaxKey+1), nil) }, kv.ErrBadKey},
		{"deletion of an empty key", func(tx kv.RW) { tx.Delete("") }, kv.ErrBadKey},
		{"deletion of a long key", func(tx kv.RW) { tx.Delete(strings.Repeat("k", kv.MaxKey+1)) }, kv.ErrBadKey},
		{"a limit broken before more writes", func(tx kv.RW) { tx.Put("", nil); tx.Put("b", nil) }, kv.ErrBadKey},
	}
}

func beyondLimits(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "a", "1")
	for _, c := range excesses() {
		err := db.Update(context.Background(), func(tx kv.RW) error { c.fn(tx); return nil })
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		holds(t, db, "a", "1")
		own := errors.New("of the function")
		err = db.Update(context.Background(), func(tx kv.RW) error {
			tx.Put("a", []byte("new"))
			c.fn(tx)
			return own
		})
		if !errors.Is(err, own) {
			t.Errorf("%s: %v, want the error of the function", c.name, err)
		}
		holds(t, db, "a", "1")
	}
	holds(t, again(t, db, open), "a", "1")
}

func sameKeyCountsOnce(t *testing.T, open Open) {
	db := start(t, open)
	update(t, db, func(tx kv.RW) error {
		for range kv.MaxWrites + 1 {
			tx.Put("a", make([]byte, kv.MaxValue))
			tx.Delete("a")
			tx.Put("a", []byte("last"))
		}
		return nil
	})
	holds(t, db, "a", "last")
}
