// Package store remembers the agenda: one method per use case, one transaction
// each. A method reads records, calls one function of package agenda that
// decides, and writes what it returned: the changed records, a line of the
// history, the notices to send and the revisions of the feeds that show the
// change. There is no rule about the agenda in here, and no key in agenda.
//
// The keys are listed in keys.go. Records are JSON; fields may be added, never
// renamed or retyped.
package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Config is what the store needs to know of the service.
type Config struct {
	Clock   agenda.Clock
	Now     func() time.Time // the running clock
	Office  string           // address of the coordinators' office: alarms go there
	Replies bool             // answers to calendar messages are read from a mailbox
}

// Store remembers the agenda. It is safe for concurrent use.
type Store struct {
	db     kv.DB
	config Config
	secret []byte
	epoch  string
	wake   chan struct{}
	looked *looked
}

// New opens the agenda in db. On first use it draws the secret of all links
// and the epoch. Messages that were claimed when the service ended are free
// again, because only one process has the database open.
func New(ctx context.Context, db kv.DB, c Config) (*Store, error) {
	s := &Store{db: db, config: c, wake: make(chan struct{}, 1), looked: &looked{}}
	secret, epoch := rand.Text()+rand.Text(), newID()
	err := db.Update(ctx, func(tx kv.RW) error {
		var err error
		if s.secret, err = orPut(tx, kv.Key(kMeta, "secret"), []byte(secret)); err != nil {
			return err
		}
		e, err := orPut(tx, kv.Key(kMeta, "epoch"), []byte(epoch))
		s.epoch = string(e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open agenda: %w", err)
	}
	return s, s.freeLeases(ctx)
}

func orPut(tx kv.RW, key string, value []byte) ([]byte, error) {
	v, err := tx.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		tx.Put(key, value)
		return value, nil
	}
	return v, err
}

// WithClock returns the same store under another clock.
func (s *Store) WithClock(now func() time.Time) *Store {
	other := *s
	other.config.Now = now
	return &other
}

// Now returns the time of the service's clock, in UTC.
func (s *Store) Now() time.Time { return s.config.Now().UTC() }

// Loc returns the network's place in time.
func (s *Store) Loc() *time.Location { return s.config.Clock.Loc }

// Clock returns the rules about time.
func (s *Store) Clock() agenda.Clock { return s.config.Clock }

// Today returns the calendar day at the network's place.
func (s *Store) Today() agenda.Date { return agenda.LocalOf(s.Now(), s.Loc()).Date }

// Wake returns a channel that gets a value when a commit made something due at
// once.
func (s *Store) Wake() <-chan struct{} { return s.wake }

// tx is one use case's transaction: the records, the time and the actor.
type tx struct {
	kv.RW
	now     time.Time
	actor   agenda.Actor
	id      string // drawn outside of the closure, which may run twice
	n       int    // history entries so far
	dueNow  bool
	clock   agenda.Clock
	replies bool
}

// update runs one use case. fn may run more than once.
func (s *Store) update(ctx context.Context, actor agenda.Actor, fn func(*tx) error) error {
	now, id, dueNow := s.Now(), newID(), false
	err := s.db.Update(ctx, func(rw kv.RW) error {
		t := &tx{RW: rw, now: now, actor: actor, id: id, clock: s.config.Clock, replies: s.config.Replies}
		err := fn(t)
		dueNow = t.dueNow
		return err
	})
	if err == nil && dueNow {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
	return err
}

// newID draws an identifier: 16 lower-case letters and digits, 80 random bits.
func newID() string { return strings.ToLower(rand.Text()[:16]) }

// get reads one record. What is not there is agenda.ErrNotFound.
func get[T any](tx kv.Tx, key string) (T, error) {
	var v T
	b, err := tx.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return v, agenda.ErrNotFound
	}
	if err != nil {
		return v, err
	}
	return v, decode(key, b, &v)
}

func decode(key string, b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("record %q: %w", key, err)
	}
	return nil
}

func put(tx kv.RW, key string, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("record %q cannot be written: %v", key, err)) // unreachable: records are plain data
	}
	tx.Put(key, b)
}

// list reads all records in a range of keys.
func list[T any](tx kv.Tx, lo, hi string) ([]T, error) {
	var out []T
	for p, err := range tx.Scan(lo, hi) {
		if err != nil {
			return nil, err
		}
		var v T
		if err := decode(p.Key, p.Value, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// all reads the records of which the key begins with these parts.
func all[T any](tx kv.Tx, parts ...string) ([]T, error) {
	lo, hi := kv.Prefix(parts...)
	return list[T](tx, lo, hi)
}

// view reads one value in one snapshot.
func view[T any](ctx context.Context, s *Store, fn func(kv.Tx) (T, error)) (v T, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) (err error) {
		v, err = fn(tx)
		return err
	})
	return v, err
}

// lastPart returns the part of a key behind its last separator.
func lastPart(key string) string { return key[strings.LastIndexByte(key, 0)+1:] }
