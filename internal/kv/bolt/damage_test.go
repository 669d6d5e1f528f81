package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
)

const records = 200

// record is the n-th key and value of filled.
func record(n int) (string, string) {
	return fmt.Sprintf("key%03d", n), fmt.Sprintf("value%03d.%s", n, strings.Repeat("v", 500))
}

// filled makes a file with records, the last from an update of its own, and
// returns its path.
func filled(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := bolt.Open(path, bolt.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range [][2]int{{0, 90}, {90, 180}, {180, records - 1}, {records - 1, records}} {
		err := db.Update(ctx, func(tx kv.RW) error {
			for n := part[0]; n < part[1]; n++ {
				k, v := record(n)
				tx.Put(k, []byte(v))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// edit changes the bytes of a file.
func edit(t testing.TB, path string, fn func(b []byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, fn(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

var pageSize = os.Getpagesize()

// zero clears the bytes from page lo up to page hi.
func zero(lo, hi int) func(b []byte) []byte {
	return func(b []byte) []byte {
		clear(b[lo*pageSize : hi*pageSize])
		return b
	}
}

func TestOpenRefusesDamagedFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fn   func(b []byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"one byte", func(b []byte) []byte { return b[:1] }},
		{"header of the first page only", func(b []byte) []byte { return b[:80] }},
		{"first page only", func(b []byte) []byte { return b[:pageSize] }},
		{"both headers only", func(b []byte) []byte { return b[:2*pageSize] }},
		{"cut in the middle", func(b []byte) []byte { return b[:8*pageSize] }},
		{"cut in the middle, first header zeroed", func(b []byte) []byte { return zero(0, 1)(b[:8*pageSize]) }},
		{"both headers zeroed", zero(0, 2)},
		{"all zeros", func(b []byte) []byte { clear(b); return b }},
		{"text", func([]byte) []byte { return bytes.Repeat([]byte("BEGIN:VCALENDAR\r\n"), 2000) }},
		{"another database", func(b []byte) []byte { return append([]byte("SQLite format 3\x00"), make([]byte, len(b))...) }},
		{"a bit flipped in both headers", func(b []byte) []byte {
			b[16+40] ^= 1
			b[pageSize+16+40] ^= 1
			return b
		}},
		{"another version in both headers", func(b []byte) []byte {
			b[16+4]++
			b[pageSize+16+4]++
			return b
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filled(t)
			edit(t, path, c.fn)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			refuses(t, path, bolt.Options{}, kv.ErrDamaged)
			refuses(t, path, bolt.Options{Create: true}, kv.ErrDamaged)
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the refused file was changed (%v)", err)
			}
		})
	}
}

func TestOpenRefusesAnythingCutOff(t *testing.T) {
	t.Parallel()
	path := filled(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := size(t, path)
	for n := int64(0); n < used; n += used/60 + 1 {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if !refuses(t, path, bolt.Options{}, kv.ErrDamaged) {
			t.Errorf("this was the file cut off after %d of %d bytes", n, used)
		}
	}
}

// size returns how many bytes of the file are in use.
func size(t testing.TB, path string) int64 {
	t.Helper()
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // only read
	return db.Size()
}

func TestOpenRefusesMissingFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	refuses(t, path, bolt.Options{}, kv.ErrMissing)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open of a missing file made one (%v)", err)
	}
	elsewhere := filepath.Join(t.TempDir(), "no", "test.db")
	refuses(t, elsewhere, bolt.Options{Create: true}, kv.ErrMissing)
	open(t, path, bolt.Options{Create: true})
}

// What to do differs, so the message says which.
func TestOpenSaysWhatIsNoStore(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{t.TempDir(): "not a regular file", empty: "empty"} {
		_, err := bolt.Open(path, bolt.Options{Create: true})
		if !errors.Is(err, kv.ErrDamaged) || !strings.Contains(err.Error(), want) {
			t.Errorf("Open: %v, want %v that says %q", err, kv.ErrDamaged, want)
		}
	}
}

// A bbolt file of another program, and one whose making was cut short.
func TestOpenRefusesFileWithoutRecords(t *testing.T) {
	t.Parallel()
	file := func(bucket string) string {
		path := filepath.Join(t.TempDir(), "test.db")
		b, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bucket != "" {
			err = b.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte(bucket)); return err })
		}
		if err = errors.Join(err, b.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign, unfinished := file("members"), file("")
	refuses(t, foreign, bolt.Options{}, kv.ErrDamaged)
	refuses(t, foreign, bolt.Options{Create: true}, kv.ErrDamaged)
	refuses(t, unfinished, bolt.Options{}, kv.ErrDamaged)
	open(t, unfinished, bolt.Options{Create: true})
}

// refuses reports when Open does not fail with want and the path.
func refuses(t *testing.T, path string, o bolt.Options, want error) bool {
	t.Helper()
	db, err := bolt.Open(path, o)
	if err == nil {
		db.Close() //nolint:errcheck // it should not be open
	}
	if !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
		t.Errorf("Open with %+v: %v, want %v with the path", o, err, want)
		return false
	}
	return true
}

// One of the two headers may be torn; the other has all but the last update.
func TestOneHeaderDestroyed(t *testing.T) {
	t.Parallel()
	for page := range 2 {
		for _, c := range []struct {
			name string
			fn   func(b []byte) []byte
		}{
			{"zeroed", zero(page, page+1)},
			{"one bit flipped", func(b []byte) []byte { b[page*pageSize+16+48] ^= 4; return b }},
			{"one bit flipped in the number of pages", func(b []byte) []byte { b[page*pageSize+16+43] ^= 1; return b }},
			{"half written", func(b []byte) []byte { clear(b[page*pageSize+16+32 : (page+1)*pageSize]); return b }},
		} {
			t.Run(fmt.Sprintf("%d %s", page, c.name), func(t *testing.T) {
				t.Parallel()
				path := filled(t)
				edit(t, path, c.fn)
				db := open(t, path, bolt.Options{})
				wantRecords(t, db, records-1)
				if err := db.Update(ctx, func(tx kv.RW) error { tx.Put("more", nil); return nil }); err != nil {
					t.Errorf("Update: %v", err)
				}
				if err := db.Check(ctx); err != nil {
					t.Errorf("Check after an update, which writes the header anew: %v", err)
				}
			})
		}
	}
}

// wantRecords reports when one of the first n records is not as it was written.
func wantRecords(t testing.TB, db *bolt.DB, n int) {
	t.Helper()
	err := db.View(ctx, func(tx kv.Tx) error {
		for i := range n {
			k, want := record(i)
			if v, err := tx.Get(k); err != nil || string(v) != want {
				return fmt.Errorf("Get(%q) is %q, %w; want %q", k, v, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	key, value := record(100)
	other, _ := record(99)
	for _, c := range []struct{ name, where string }{
		{"in the value", value},
		{"in the checksum", key}, // it stands between key and value
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filled(t)
			edit(t, path, func(b []byte) []byte {
				at, flipped := 0, 0
				for { // also in copies that are free by now
					i := bytes.Index(b[at:], []byte(c.where))
					if i < 0 {
						break
					}
					at += i + len(c.where)
					flipped++
					b[at-1+len(c.name)%len("in the value")/2] ^= 0x10
				}
				if flipped == 0 {
					t.Error("the record is not in the file")
				}
				return b
			})
			db := open(t, path, bolt.Options{})
			wantCorrupt(t, db, key, other)
		})
	}
}

// wantCorrupt wants key to be damaged for all who read it, and other not.
func wantCorrupt(t *testing.T, db *bolt.DB, key, other string) {
	t.Helper()
	read := func(tx kv.Tx) error {
		if v, err := tx.Get(key); !errors.Is(err, kv.ErrCorrupt) || v != nil {
			t.Errorf("Get is %q, %v; want %v", v, err, kv.ErrCorrupt)
		} else if !strings.Contains(err.Error(), key) {
			t.Errorf("Get: %v does not name the key", err)
		}
		if _, err := tx.Get(other); err != nil {
			t.Errorf("Get of another key: %v", err)
		}
		n := 0
		var last error
		for _, last = range tx.Scan("", "") {
			n++
		}
		if !errors.Is(last, kv.ErrCorrupt) || n != 101 {
			t.Errorf("Scan ends after %d with %v; want 101, %v", n, last, kv.ErrCorrupt)
		}
		return nil
	}
	if err := db.View(ctx, read); err != nil {
		t.Error(err)
	}
	if err := db.Update(ctx, func(tx kv.RW) error { return read(tx) }); err != nil {
		t.Error(err)
	}
	if err := db.Check(ctx); !errors.Is(err, kv.ErrCorrupt) {
		t.Errorf("Check: %v, want %v", err, kv.ErrCorrupt)
	}
	if err := db.Update(ctx, func(tx kv.RW) error { tx.Put(key, []byte("new")); return nil }); err != nil {
		t.Errorf("Update of a damaged value: %v", err)
	}
	if err := db.Check(ctx); err != nil {
		t.Errorf("Check after the damaged value was written anew: %v", err)
	}
}

// What a page says about itself may be wrong too, and point out of the file.
func TestCheckFindsDamagedPages(t *testing.T) {
	t.Parallel()
	const leaf, free = 0x02, 0x10 // kinds of pages
	for _, c := range []struct {
		name string
		kind byte
		fn   func(page []byte)
	}{
		{"kind", leaf, func(p []byte) { p[8] = 0 }},
		{"number of records", leaf, func(p []byte) { p[11] = 0xff }},
		{"place of the first record", leaf, func(p []byte) { p[16+7] = 0x7f }},
		{"all of it", leaf, func(p []byte) { clear(p) }},
		{"a free page forgotten", free, func(p []byte) { p[10]-- }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filled(t)
			used := int(size(t, path))
			edit(t, path, func(b []byte) []byte {
				for at := 2 * pageSize; at < used; at += pageSize {
					// Not the leaf that holds nothing but the bucket's name.
					if b[at+8] == c.kind && b[at+10] > 1 {
						c.fn(b[at : at+pageSize])
					}
				}
				return b
			})
			db := open(t, path, bolt.Options{})
			if err := db.Check(ctx); !errors.Is(err, kv.ErrDamaged) {
				t.Errorf("Check: %v, want %v", err, kv.ErrDamaged)
			}
			// Reading and writing may fail, but the program lives on.
			err := db.View(ctx, func(tx kv.Tx) error {
				for _, err := range tx.Scan("", "") {
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil && !errors.Is(err, kv.ErrDamaged) && !errors.Is(err, kv.ErrCorrupt) {
				t.Errorf("View: %v", err)
			}
			err = db.Update(ctx, func(tx kv.RW) error { tx.Put("new", nil); return nil })
			if err != nil && !errors.Is(err, kv.ErrDamaged) && !errors.Is(err, kv.ErrCorrupt) {
				t.Errorf("Update: %v", err)
			}
		})
	}
}

func TestSecondOpeningIsLocked(t *testing.T) {
	t.Parallel()
	path := filled(t)
	db := open(t, path, bolt.Options{})
	start := time.Now()
	refuses(t, path, bolt.Options{}, kv.ErrLocked)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("Open gave up after %v, want about a second", took)
	}
	second := exec.Command(os.Args[0])
	second.Env = append(os.Environ(), childPath+"="+path)
	if out, err := second.CombinedOutput(); err == nil || !strings.Contains(string(out), kv.ErrLocked.Error()) {
		t.Errorf("a second process: %v, %s; want %v", err, out, kv.ErrLocked)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	wantRecords(t, open(t, path, bolt.Options{}), records)
}

func TestFileIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	open(t, path, bolt.Options{Create: true})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("the file has mode %v, want 0600", got)
	}
}
