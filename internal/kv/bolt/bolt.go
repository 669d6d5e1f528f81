// Package bolt keeps a kv store in one bbolt file.
//
// Every value carries a CRC-32C checksum over key and value, because bbolt does
// not notice flipped bits. A file that is missing, empty, shorter than its own
// header says or not bbolt's is refused before it is mapped: bbolt would take
// an empty file for a new one and crash on a short one.
package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"widunetz/internal/kv"
)

// Options of Open.
type Options struct {
	Create  bool // make the file if it is missing
	MaxSize int  // bytes; 0: as far as the disk goes
}

// DB is a store in one file. Concurrent updates are committed together.
type DB struct {
	b     *bbolt.DB
	queue chan *update
	done  chan struct{} // closed when the committer has ended

	mu     sync.RWMutex // held for reading while an update is queued
	closed bool
}

var bucket = []byte("kv")

// mapped is the address space asked for at once: while a file fits in it, no
// reader holds up a writer.
const mapped = 1 << 30

// Open opens the file at path. The errors are kv.ErrMissing, kv.ErrDamaged and
// kv.ErrLocked, each with the path.
func Open(path string, o Options) (*DB, error) {
	if err := inspect(path, o.Create); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	b, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: time.Second, FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapped, MaxSize: o.MaxSize,
	})
	if errors.Is(err, berrors.ErrTimeout) {
		err = kv.ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, translate(err))
	}
	if err := prepare(b, o.Create); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, translate(err)), b.Close())
	}
	d := &DB{b: b, queue: make(chan *update, 1024), done: make(chan struct{})}
	go d.commitAll()
	return d, nil
}

// prepare makes the bucket in a new file, and in one whose making was cut short.
// A file with other things and without the bucket is another program's. It
// writes to no other file: a full one can be opened too.
func prepare(b *bbolt.DB, create bool) error {
	var found, empty bool
	err := b.View(func(tx *bbolt.Tx) error {
		first, _ := tx.Cursor().First()
		found, empty = tx.Bucket(bucket) != nil, first == nil
		return nil
	})
	if err != nil || found {
		return err
	}
	if !empty || !create {
		return fmt.Errorf("%w: no records of this program in it", kv.ErrDamaged)
	}
	return b.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket(bucket)
		return err
	})
}

// translate gives the errors of system and bbolt the names of the contract.
func translate(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG), errors.Is(err, berrors.ErrMaxSizeReached):
		return fmt.Errorf("%w: %w", kv.ErrFull, err)
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return kv.ErrClosed
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", kv.ErrDamaged, err)
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: %w", kv.ErrMissing, err)
	}
	return err
}

// Close commits what is queued and closes the file.
func (d *DB) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	close(d.queue)
	d.mu.Unlock()
	<-d.done
	return d.b.Close()
}

// View implements kv.DB.
func (d *DB) View(ctx context.Context, fn func(kv.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := d.b.Begin(false)
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback() //nolint:errcheck // a reader has nothing to undo
	// A damaged page can point out of the file: snapshot makes an error of it.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return fn(snapshot{tx.Bucket(bucket)})
}

// Size returns the length of the file in bytes.
func (d *DB) Size() (n int64) {
	d.b.View(func(tx *bbolt.Tx) error { n = tx.Size(); return nil }) //nolint:errcheck // 0 when closed
	return n
}

// Check verifies the checksum of every value and the structure of the file. It
// reads the values first: a damaged page can point out of the file, which ends
// the program unless this goroutine asked for a panic, and bbolt looks at the
// pages in another one. Updates wait while it does.
func (d *DB) Check(ctx context.Context) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %v", kv.ErrDamaged, v)
		}
	}()
	err = d.View(ctx, func(tx kv.Tx) error {
		for _, err := range tx.Scan("", "") {
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.checkPages()
}

// checkPages verifies that every page is used once or free. It does so in a
// transaction that may write: beside one, bbolt takes pages on the move for
// damaged ones.
func (d *DB) checkPages() (all error) {
	tx, err := d.b.Begin(true)
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	for err := range tx.Check() {
		all = errors.Join(all, fmt.Errorf("%w: %w", kv.ErrDamaged, err))
	}
	return all
}

// snapshot reads a bucket and checks what it reads.
type snapshot struct{ b *bbolt.Bucket }

func (s snapshot) Get(key string) (value []byte, err error) {
	defer damaged(&err)
	stored := s.b.Get([]byte(key))
	if stored == nil {
		return nil, kv.ErrNotFound
	}
	return open([]byte(key), stored)
}

func (s snapshot) Scan(lo, hi string) iter.Seq2[kv.Pair, error] {
	return func(yield func(kv.Pair, error) bool) {
		c := s.b.Cursor()
		p, ok, err := at(func() ([]byte, []byte) { return c.Seek([]byte(lo)) })
		for ; err != nil || ok && (hi == "" || p.Key < hi); p, ok, err = at(c.Next) {
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// at reads the pair to which a move of a cursor leads, false behind the last.
func at(move func() (key, stored []byte)) (p kv.Pair, ok bool, err error) {
	defer damaged(&err)
	k, stored := move()
	if k == nil {
		return p, false, nil
	}
	p.Key = string(k)
	p.Value, err = open(k, stored)
	return p, true, err
}

// damaged makes an error of what bbolt cannot bear of a damaged page: it panics
// on some, and others point out of the file.
func damaged(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("%w: %v", kv.ErrDamaged, v)
	}
}

var table = crc32.MakeTable(crc32.Castagnoli)

// seal returns the value with its checksum in front.
func seal(key string, value []byte) []byte {
	sum := crc32.Update(crc32.Checksum([]byte(key), table), table, value)
	out := make([]byte, 0, 4+len(value))
	out = append(out, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
	return append(out, value...)
}

// open returns a copy of the value after its checksum was verified.
func open(key, stored []byte) ([]byte, error) {
	if len(stored) < 4 {
		return nil, fmt.Errorf("%w: %q", kv.ErrCorrupt, key)
	}
	sum := crc32.Update(crc32.Checksum(key, table), table, stored[4:])
	if sum != uint32(stored[0])<<24|uint32(stored[1])<<16|uint32(stored[2])<<8|uint32(stored[3]) {
		return nil, fmt.Errorf("%w: %q", kv.ErrCorrupt, key)
	}
	return bytes.Clone(stored[4:]), nil
}
