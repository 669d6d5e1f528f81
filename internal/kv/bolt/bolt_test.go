package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/kv/kvtest"
)

var ctx = context.Background()

// childPath makes the test binary a second process that opens the file.
const childPath = "WIDUNETZ_BOLT_PATH"

func TestMain(m *testing.M) {
	path := os.Getenv(childPath)
	if path == "" {
		os.Exit(m.Run())
	}
	if _, err := bolt.Open(path, bolt.Options{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// place makes stores for the suite; each opening is checked when it is closed.
func place(t testing.TB) kvtest.Open {
	path := filepath.Join(t.TempDir(), "test.db")
	return func() (kv.DB, error) {
		db, err := bolt.Open(path, bolt.Options{Create: true})
		if err != nil {
			return nil, err
		}
		return checked{db}, nil
	}
}

// checked verifies its file before it is closed.
type checked struct{ *bolt.DB }

func (c checked) Close() error {
	err := c.Check(ctx)
	if errors.Is(err, kv.ErrClosed) {
		err = nil
	}
	return errors.Join(err, c.DB.Close())
}

func TestConformance(t *testing.T) {
	kvtest.Test(t, place)
}

// open opens the file at path and closes it at the end of the test.
func open(t testing.TB, path string, o bolt.Options) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(path, o)
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

// The check of a running service must not take pages on the move for damage.
func TestCheckBesideUpdates(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "test.db"), bolt.Options{Create: true})
	ended := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-ended:
					return
				default:
				}
				err := db.Update(ctx, func(tx kv.RW) error {
					tx.Put(kv.Key(strconv.Itoa(i), strconv.Itoa(n%50)), make([]byte, 2000*(n%3)))
					return nil
				})
				if err != nil {
					t.Errorf("Update beside Check: %v", err)
					return
				}
			}
		})
	}
	for range 50 {
		if err := db.Check(ctx); err != nil {
			t.Errorf("Check beside updates: %v", err)
			break
		}
	}
	close(ended)
	wg.Wait()
}

func TestCloseWaitsForViews(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "test.db"), bolt.Options{Create: true})
	write := func() error {
		return db.Update(ctx, func(tx kv.RW) error { tx.Put("a", []byte("1")); return nil })
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	var read atomic.Bool
	closed := make(chan bool)
	err := db.View(ctx, func(tx kv.Tx) error {
		go func() {
			if err := db.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			closed <- read.Load()
		}()
		for !errors.Is(write(), kv.ErrClosed) {
			runtime.Gosched() // until Close has begun
		}
		for range 1000 {
			if v, err := tx.Get("a"); err != nil || string(v) != "1" {
				t.Errorf("Get while Close waits: %q, %v", v, err)
			}
		}
		read.Store(true)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if !<-closed {
		t.Error("Close returned before a view had ended")
	}
}
