package kvtest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"widunetz/internal/kv"
)

// together calls fn with 0 to n-1, each in a goroutine, and waits for all.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func snapshot(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "changed", "old", "deleted", "old")
	view(t, db, func(tx kv.Tx) error {
		is(t, tx, "changed", "old")
		// A view must not wait for an update; this one is too small to need more
		// room, so that no back end makes it wait for the view.
		done := make(chan error)
		go func() {
			done <- db.Update(context.Background(), func(tx kv.RW) error {
				tx.Put("changed", []byte("new"))
				tx.Delete("deleted")
				tx.Put("made", []byte("new"))
				return nil
			})
		}()
		if err := <-done; err != nil {
			return err
		}
		is(t, tx, "changed", "old")
		is(t, tx, "deleted", "old")
		isAbsent(t, tx, "made")
		same(t, tx.Scan("", ""), "changed", "old", "deleted", "old")
		return nil
	})
	holds(t, db, "changed", "new", "made", "new")
}

func neverHalf(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "a", "0", "b", "0")
	var ended atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for !ended.Load() {
				err := db.View(context.Background(), func(tx kv.Tx) error {
					pairs, err := flat(tx.Scan("", ""))
					if err != nil {
						return err
					}
					if len(pairs) != 4 || pairs[1] != pairs[3] {
						return fmt.Errorf("a and b are written together, a view reads %q", pairs)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 100 {
		put(t, db, "a", strconv.Itoa(i), "b", strconv.Itoa(i))
	}
	ended.Store(true)
	wg.Wait()
}

func panicking(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "a", "1")
	type reason struct{ text string }
	want := &reason{"of the function"}
	var panics atomic.Int32
	together(16, func(i int) {
		if i%4 != 0 {
			err := db.Update(context.Background(), func(tx kv.RW) error {
				tx.Put(fmt.Sprintf("k%02d", i), []byte("1"))
				return nil
			})
			if err != nil {
				t.Errorf("Update beside one that panics: %v", err)
			}
			return
		}
		defer func() {
			if got := recover(); got != want {
				t.Errorf("Update panics with %v, want the value of the function", got)
			} else {
				panics.Add(1)
			}
		}()
		db.Update(context.Background(), func(tx kv.RW) error { //nolint:errcheck // does not return
			tx.Put("a", []byte("new"))
			tx.Put(fmt.Sprintf("k%02d", i), []byte("new"))
			panic(want)
		})
	})
	func() {
		defer func() {
			if recover() == want {
				panics.Add(1)
			}
		}()
		db.View(context.Background(), func(kv.Tx) error { panic(want) }) //nolint:errcheck // does not return
	}()
	if got := panics.Load(); got != 5 {
		t.Errorf("%d callers saw their panic, want 5", got)
	}
	all := []string{"a", "1"}
	for i := range 16 {
		if i%4 != 0 {
			all = append(all, fmt.Sprintf("k%02d", i), "1")
		}
	}
	holds(t, db, all...)
	holds(t, again(t, db, open), all...)
}

func failuresAmongOthers(t *testing.T, open Open) {
	db := start(t, open)
	bad := excesses()
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprintf("good%02d", i), "1")
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	own := errors.New("of the function")
	together(80, func(i int) {
		if i%2 == 0 {
			err := db.Update(context.Background(), func(tx kv.RW) error {
				tx.Put(fmt.Sprintf("good%02d", i/2), []byte("1"))
				return nil
			})
			if err != nil {
				t.Errorf("Update beside failing ones: %v", err)
			}
			return
		}
		c := bad[i/2%len(bad)]
		ctx, fnErr, want := context.Background(), error(nil), c.want
		switch i / 2 % 4 {
		case 1:
			fnErr, want = own, own
		case 2:
			ctx, want = gone, context.Canceled
		}
		err := db.Update(ctx, func(tx kv.RW) error {
			tx.Put(fmt.Sprintf("bad%02d", i), []byte("1"))
			c.fn(tx)
			return fnErr
		})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", c.name, err, want)
		}
	})
	holds(t, db, want...)
	holds(t, again(t, db, open), want...)
}

// add raises the number at key by one.
func add(tx kv.RW, key string) error {
	v, err := tx.Get(key)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	n, _ := strconv.Atoi(string(v)) // absent: 0
	tx.Put(key, []byte(strconv.Itoa(n+1)))
	return nil
}

func runsTwice(t *testing.T, open Open) {
	db := start(t, open)
	put(t, db, "deleted", "1")
	again := Twice(db)
	together(8, func(int) {
		for range 10 {
			runs := 0
			err := again.Update(context.Background(), func(tx kv.RW) error {
				runs++
				tx.Delete("deleted")
				return add(tx, "n")
			})
			if err != nil || runs < 2 {
				t.Errorf("Update: %v after %d runs", err, runs)
			}
		}
	})
	own := errors.New("of the function")
	if err := again.Update(context.Background(), func(tx kv.RW) error { tx.Put("a", nil); return own }); !errors.Is(err, own) {
		t.Errorf("Update: %v, want the error of the function", err)
	}
	holds(t, db, "n", "80")
}

// contend lets eight callers do the same at once, round by round, and returns
// how often it succeeded.
func contend(t *testing.T, db kv.DB, rounds int, fn func(tx kv.RW, round, caller int) (bool, error)) []int {
	t.Helper()
	done := make([]atomic.Int32, rounds)
	together(8, func(caller int) {
		for round := range rounds {
			var ok bool
			err := db.Update(context.Background(), func(tx kv.RW) (err error) {
				ok, err = fn(tx, round, caller)
				return err
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
			if ok {
				done[round].Add(1)
			}
		}
	})
	var out []int
	for i := range done {
		out = append(out, int(done[i].Load()))
	}
	return out
}

// Three seats, eight people who count the taken ones before they take one.
func phantomInsert(t *testing.T, open Open) {
	db := start(t, open)
	const seats, rounds = 3, 20
	taken := contend(t, db, rounds, func(tx kv.RW, round, caller int) (bool, error) {
		lo, hi := kv.Prefix(strconv.Itoa(round))
		n, err := count(tx, lo, hi)
		if err != nil || n >= seats {
			return false, err
		}
		runtime.Gosched()
		tx.Put(kv.Key(strconv.Itoa(round), strconv.Itoa(caller)), nil)
		return true, nil
	})
	for round, n := range taken {
		if n != seats {
			t.Errorf("round %d: %d callers took one of %d seats", round, n, seats)
		}
		view(t, db, func(tx kv.Tx) error {
			lo, hi := kv.Prefix(strconv.Itoa(round))
			if got, err := count(tx, lo, hi); got != seats || err != nil {
				t.Errorf("round %d: %d seats are stored, %v; want %d", round, got, err, seats)
			}
			return nil
		})
	}
}

// Eight people, each with a record that waits; the three who confirm first by
// their count of the others may stay.
func phantomUpdate(t *testing.T, open Open) {
	db := start(t, open)
	const seats, rounds = 3, 10
	update(t, db, func(tx kv.RW) error {
		for round := range rounds {
			for caller := range 8 {
				tx.Put(kv.Key(strconv.Itoa(round), strconv.Itoa(caller)), []byte("waits"))
			}
		}
		return nil
	})
	confirmed := contend(t, db, rounds, func(tx kv.RW, round, caller int) (bool, error) {
		n := 0
		for p, err := range tx.Scan(kv.Prefix(strconv.Itoa(round))) {
			if err != nil {
				return false, err
			}
			if string(p.Value) == "confirmed" {
				n++
			}
		}
		if n >= seats {
			return false, nil
		}
		runtime.Gosched()
		tx.Put(kv.Key(strconv.Itoa(round), strconv.Itoa(caller)), []byte("confirmed"))
		return true, nil
	})
	for round, n := range confirmed {
		if n != seats {
			t.Errorf("round %d: %d callers confirmed one of %d seats", round, n, seats)
		}
	}
}

// Eight coordinators who may leave as long as another one stays.
func phantomDelete(t *testing.T, open Open) {
	db := start(t, open)
	const rounds = 10
	update(t, db, func(tx kv.RW) error {
		for round := range rounds {
			for caller := range 8 {
				tx.Put(kv.Key(strconv.Itoa(round), strconv.Itoa(caller)), nil)
			}
		}
		return nil
	})
	left := contend(t, db, rounds, func(tx kv.RW, round, caller int) (bool, error) {
		lo, hi := kv.Prefix(strconv.Itoa(round))
		n, err := count(tx, lo, hi)
		if err != nil || n == 1 {
			return false, err
		}
		runtime.Gosched()
		tx.Delete(kv.Key(strconv.Itoa(round), strconv.Itoa(caller)))
		return true, nil
	})
	for round, n := range left {
		if n != 7 {
			t.Errorf("round %d: %d of 8 left, want 7", round, n)
		}
	}
	view(t, db, func(tx kv.Tx) error {
		if n, err := count(tx, "", ""); n != rounds || err != nil {
			t.Errorf("%d are left, %v; want one in each of %d rounds", n, err, rounds)
		}
		return nil
	})
}

func manyDurable(t *testing.T, open Open) {
	db := start(t, open)
	const callers, each = 64, 10
	together(callers, func(i int) {
		for n := range each {
			err := db.Update(context.Background(), func(tx kv.RW) error {
				tx.Put(kv.Key("record", strconv.Itoa(i), strconv.Itoa(n)), fmt.Appendf(nil, "%d/%d", i, n))
				return add(tx, "n")
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
		}
	})
	view(t, again(t, db, open), func(tx kv.Tx) error {
		for i := range callers {
			for n := range each {
				is(t, tx, kv.Key("record", strconv.Itoa(i), strconv.Itoa(n)), fmt.Sprintf("%d/%d", i, n))
			}
		}
		is(t, tx, "n", strconv.Itoa(callers*each))
		if n, err := count(tx, "", ""); n != callers*each+1 || err != nil {
			t.Errorf("the store has %d keys, %v; want %d", n, err, callers*each+1)
		}
		return nil
	})
}

// Close in the middle of many updates: each is either durable or refused.
func acknowledgedBeforeClose(t *testing.T, open Open) {
	db := start(t, open)
	const callers = 16
	var last [callers]int // the number each caller was told is stored
	begun := make(chan struct{}, callers)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		together(callers, func(i int) {
			for n := 1; ; n++ {
				err := db.Update(context.Background(), func(tx kv.RW) error {
					tx.Put(strconv.Itoa(i), []byte(strconv.Itoa(n)))
					return nil
				})
				if errors.Is(err, kv.ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("Update during Close: %v", err)
					return
				}
				if last[i] = n; n == 1 {
					begun <- struct{}{}
				}
			}
		})
	}()
	for range callers {
		<-begun
	}
	if err := db.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	<-ended
	view(t, start(t, open), func(tx kv.Tx) error {
		for i, n := range last {
			is(t, tx, strconv.Itoa(i), strconv.Itoa(n))
		}
		return nil
	})
}

func afterClose(t *testing.T, open Open) {
	db, err := open()
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, "a", "1")
	if err := db.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	err = db.Update(context.Background(), func(tx kv.RW) error {
		t.Error("Update runs its function after Close")
		tx.Put("a", []byte("2"))
		return nil
	})
	if !errors.Is(err, kv.ErrClosed) {
		t.Errorf("Update: %v, want %v", err, kv.ErrClosed)
	}
	err = db.View(context.Background(), func(kv.Tx) error {
		t.Error("View runs its function after Close")
		return nil
	})
	if !errors.Is(err, kv.ErrClosed) {
		t.Errorf("View: %v, want %v", err, kv.ErrClosed)
	}
	if err := db.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	holds(t, start(t, open), "a", "1")
}
