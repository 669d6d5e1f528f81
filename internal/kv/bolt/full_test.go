package bolt_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
)

// fillUp stores large values until the file is full and returns how many.
func fillUp(t testing.TB, db *bolt.DB) int {
	t.Helper()
	for n := range 10_000 {
		err := db.Update(ctx, func(tx kv.RW) error {
			for part := range 10 {
				tx.Put(kv.Key("large", fmt.Sprintf("%04d", n), fmt.Sprint(part)), large(n))
			}
			return nil
		})
		if errors.Is(err, kv.ErrFull) {
			return n
		}
		if err != nil {
			t.Fatalf("Update %d: %v, want %v when there is no more room", n, err, kv.ErrFull)
		}
	}
	t.Fatal("the file never becomes full")
	return 0
}

func large(n int) []byte { return []byte(strings.Repeat(fmt.Sprintf("%04d", n), 15_000)) }

// wantLarge reports when the first n updates of fillUp are not whole, or there
// are more.
func wantLarge(t testing.TB, db *bolt.DB, n int) {
	t.Helper()
	err := db.View(ctx, func(tx kv.Tx) error {
		found := 0
		for p, err := range tx.Scan(kv.Prefix("large")) {
			if err != nil {
				return err
			}
			if string(p.Value) != string(large(found/10)) {
				t.Errorf("%q does not hold its value", p.Key)
			}
			found++
		}
		if found != 10*n {
			t.Errorf("%d large values are stored, want %d", found, 10*n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := db.Check(ctx); err != nil {
		t.Errorf("Check: %v", err)
	}
}

func TestFullFileGoesOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	o := bolt.Options{Create: true, MaxSize: 24 << 20}
	db := open(t, path, o)
	small := func(n int) error {
		return db.Update(ctx, func(tx kv.RW) error {
			tx.Put("small", fmt.Appendf(nil, "%d", n))
			return nil
		})
	}
	if err := small(0); err != nil {
		t.Fatal(err)
	}
	stored := fillUp(t, db)
	wantLarge(t, db, stored)
	for n := range 50 { // each after one more large update that finds no room
		err := db.Update(ctx, func(tx kv.RW) error {
			for part := range 10 {
				tx.Put(kv.Key("large", "more", fmt.Sprint(part)), large(0))
			}
			return nil
		})
		if !errors.Is(err, kv.ErrFull) {
			t.Fatalf("large update %d: %v, want %v", n, err, kv.ErrFull)
		}
		if err := small(n); err != nil {
			t.Fatalf("small update %d in a full file: %v", n, err)
		}
	}
	wantLarge(t, db, stored)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path, o)
	if err := small(50); err != nil {
		t.Errorf("small update after the full file was opened again: %v", err)
	}
	wantLarge(t, db, stored)
}

func TestFullFileHasRoomAfterDeletions(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "test.db"), bolt.Options{Create: true, MaxSize: 24 << 20})
	stored := fillUp(t, db)
	for n := range 3 { // the newest three
		err := db.Update(ctx, func(tx kv.RW) error {
			for p, err := range tx.Scan(kv.Prefix("large", fmt.Sprintf("%04d", stored-1-n))) {
				if err != nil {
					return err
				}
				tx.Delete(p.Key)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("deletion %d in a full file: %v", n, err)
		}
	}
	wantLarge(t, db, stored-3)
	again := 0
	for again < 2 {
		err := db.Update(ctx, func(tx kv.RW) error {
			for part := range 10 {
				tx.Put(kv.Key("large", fmt.Sprintf("%04d", stored-3+again), fmt.Sprint(part)), large(stored-3+again))
			}
			return nil
		})
		if err != nil {
			t.Fatalf("update %d after deletions: %v", again, err)
		}
		again++
	}
	wantLarge(t, db, stored-1)
}

// One update that finds no room is committed with others at the same time: they
// succeed, and it alone is refused.
func TestUpdateWithoutRoomTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "test.db"), bolt.Options{Create: true, MaxSize: 24 << 20})
	stored := fillUp(t, db)
	errs := make(chan error, 20)
	for n := range 5 {
		go func() {
			errs <- db.Update(ctx, func(tx kv.RW) error {
				for part := range 17 {
					tx.Put(kv.Key("huge", fmt.Sprint(n), fmt.Sprint(part)), large(0))
				}
				return nil
			})
		}()
	}
	for n := range 15 {
		go func() {
			errs <- db.Update(ctx, func(tx kv.RW) error {
				tx.Put(kv.Key("small", fmt.Sprint(n)), []byte("x"))
				return nil
			})
		}()
	}
	full := 0
	for range 20 {
		if err := <-errs; errors.Is(err, kv.ErrFull) {
			full++
		} else if err != nil {
			t.Error(err)
		}
	}
	if full == 0 || full > 5 {
		t.Errorf("%d updates were refused, want some of the 5 huge ones only", full)
	}
	wantLarge(t, db, stored)
}
