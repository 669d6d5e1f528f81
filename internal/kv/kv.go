// Package kv is the contract of an ordered key-value store with transactions:
// small enough that several back ends can keep it, with one suite (kvtest) that
// says whether they do.
//
// View reads one snapshot. Update may run its function more than once, so the
// function must have no effect but on its transaction and on variables that it
// sets afresh. Neither may wait for another transaction, a network or a client:
// an open reader can hold up a writer that has to grow the file. Writers are
// serialised, phantoms included: two of them that count the same seats cannot
// both take the last. Concurrent updates may be committed together; each is
// acknowledged when it is durable. The limits are those of the strictest back
// end (etcd) and errors on all.
package kv

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// DB is an ordered key-value store. It is safe for concurrent use.
type DB interface {
	// View calls fn with a transaction that reads one snapshot.
	View(ctx context.Context, fn func(Tx) error) error
	// Update calls fn with a transaction that may write and commits it durably
	// if fn returns nil. An error of fn is returned as it is and leaves nothing.
	Update(ctx context.Context, fn func(RW) error) error
	// Close waits for what was begun and ends the store.
	Close() error
}

// Tx reads.
type Tx interface {
	// Get returns the value of a key. It belongs to the caller. ErrNotFound is
	// returned for an absent key, ErrCorrupt for a damaged value.
	Get(key string) ([]byte, error)
	// Scan yields the pairs with lo <= key < hi in byte order; hi "" is the end
	// of the store. It ends after the first error. Writing while scanning is
	// allowed and not seen by the scan.
	Scan(lo, hi string) iter.Seq2[Pair, error]
}

// RW reads, its own writes among them, and writes. What breaks a limit makes
// Update fail.
type RW interface {
	Tx
	Put(key string, value []byte)
	Delete(key string) // an absent key is no error
}

// Pair is a key and its value.
type Pair struct {
	Key   string
	Value []byte
}

// The limits of one Update: writes, bytes of one value, bytes of all keys and
// values, bytes of one key. Of a key that is written more than once, only the
// last write counts.
const (
	MaxWrites = 100
	MaxValue  = 64 << 10
	MaxUpdate = 1 << 20
	MaxKey    = 1 << 10
)

// The errors of every back end.
var (
	ErrNotFound       = errors.New("key not found")
	ErrCorrupt        = errors.New("stored value is damaged")
	ErrTooManyWrites  = fmt.Errorf("more than %d writes in one update", MaxWrites)
	ErrValueTooLarge  = fmt.Errorf("value of more than %d bytes", MaxValue)
	ErrUpdateTooLarge = fmt.Errorf("update of more than %d bytes", MaxUpdate)
	ErrBadKey         = fmt.Errorf("key is empty or longer than %d bytes", MaxKey)
	ErrFull           = errors.New("disk is full")
	ErrClosed         = errors.New("store is closed")
	ErrLocked         = errors.New("another process has the store open")
	ErrMissing        = errors.New("store does not exist")
	ErrDamaged        = errors.New("store is damaged")
)

// Key joins parts to a key, so that keys sort part by part. A part must not
// hold a zero byte; Key panics on one, because it would be a bug.
func Key(parts ...string) string {
	for _, p := range parts {
		if strings.IndexByte(p, 0) >= 0 {
			panic(fmt.Sprintf("key part %q holds a zero byte", p))
		}
	}
	return strings.Join(parts, "\x00")
}

// Prefix returns the range of all keys that begin with these parts and have at
// least one more.
func Prefix(parts ...string) (lo, hi string) {
	k := Key(parts...)
	return k + "\x00", k + "\x01"
}

// timeZero shifts times, forwards and backwards, so that all milliseconds of the
// years 0001 to 9999 are positive and have at most 13 hexadecimal digits.
const timeZero = 1 << 48

// Time returns t to the millisecond as a key part that sorts by time.
func Time(t time.Time) string { return fmt.Sprintf("%013x", timeZero+t.UnixMilli()) }

// TimeDesc returns t to the millisecond as a key part that sorts the newest
// first.
func TimeDesc(t time.Time) string { return fmt.Sprintf("%013x", timeZero-t.UnixMilli()) }
