package bolt

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"sort"

	"go.etcd.io/bbolt"

	"widunetz/internal/kv"
)

// update is one call of Update on its way through the committer.
type update struct {
	ctx      context.Context
	fn       func(kv.RW) error
	err      error
	panicked any
	done     chan struct{}
}

// Update implements kv.DB.
func (d *DB) Update(ctx context.Context, fn func(kv.RW) error) error {
	u := &update{ctx: ctx, fn: fn, done: make(chan struct{})}
	d.mu.RLock()
	if d.closed {
		d.mu.RUnlock()
		return kv.ErrClosed
	}
	d.queue <- u
	d.mu.RUnlock()
	<-u.done
	if u.panicked != nil {
		panic(u.panicked) // in the goroutine whose function it is
	}
	return u.err
}

// most is how many updates are committed together.
const most = 256

// commitAll takes all that is queued, without waiting for more, and commits it
// together: one synced write for many updates when many come at once, and no
// delay when one comes alone.
func (d *DB) commitAll() {
	defer close(d.done)
	for u := range d.queue {
		batch := []*update{u}
	gather:
		for len(batch) < most {
			select {
			case u, ok := <-d.queue:
				if !ok {
					break gather
				}
				batch = append(batch, u)
			default:
				break gather
			}
		}
		d.commit(batch)
		for _, u := range batch {
			close(u.done)
		}
	}
}

// commit runs the batch in one transaction. What fails on its own leaves
// nothing and does not hurt the others. If the whole cannot be committed, each
// is tried alone: one that does not fit must not take the others with it.
func (d *DB) commit(batch []*update) {
	err := d.together(batch)
	if err == nil {
		return
	}
	if len(batch) == 1 {
		fail(batch, err)
		return
	}
	for _, u := range batch {
		u.err, u.panicked = nil, nil
		d.commit([]*update{u})
	}
}

// together commits the batch in one transaction, or nothing of it. What bbolt
// cannot bear of a damaged file is an error, not the end of the program.
func (d *DB) together(batch []*update) (err error) {
	tx, err := d.b.Begin(true)
	if err != nil {
		return translate(err)
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if errors.Is(err, kv.ErrDamaged) {
			tx.Rollback() //nolint:errcheck // the first error counts
		}
	}()
	defer damaged(&err)
	b := tx.Bucket(bucket)
	wrote := false
	for _, u := range batch {
		w := &writes{base: snapshot{b}, pending: map[string][]byte{}}
		if u.run(w); u.err != nil || u.panicked != nil || len(w.pending) == 0 {
			continue
		}
		wrote = true
		if err := w.apply(b); err != nil {
			// A half-applied update must not be committed, nor its neighbours with it.
			tx.Rollback() //nolint:errcheck // the first error counts
			return translate(err)
		}
	}
	if !wrote {
		return tx.Rollback()
	}
	if err := tx.Commit(); err != nil {
		tx.Rollback() //nolint:errcheck // the first error counts
		return fmt.Errorf("commit: %w", translate(err))
	}
	return nil
}

// fail gives the error to all that had not failed on their own.
func fail(batch []*update, err error) {
	for _, u := range batch {
		if u.err == nil && u.panicked == nil {
			u.err = err
		}
	}
}

func (u *update) run(w *writes) {
	defer func() { u.panicked = recover() }()
	if u.err = u.ctx.Err(); u.err != nil {
		return
	}
	if u.err = u.fn(w); u.err == nil {
		u.err = w.limit
	}
}

// writes are those of one update, over the ones that were committed before and
// those of the batch that come before it. A nil value is a deletion.
type writes struct {
	base    snapshot
	pending map[string][]byte
	bytes   int
	limit   error
}

// Put implements kv.RW.
func (w *writes) Put(key string, value []byte) {
	if len(value) > kv.MaxValue {
		w.refuse(kv.ErrValueTooLarge)
		return
	}
	w.write(key, append([]byte{}, value...))
}

// Delete implements kv.RW.
func (w *writes) Delete(key string) { w.write(key, nil) }

func (w *writes) write(key string, value []byte) {
	if len(key) == 0 || len(key) > kv.MaxKey {
		w.refuse(kv.ErrBadKey)
		return
	}
	if old, ok := w.pending[key]; ok { // written again: only the last counts
		w.bytes -= len(key) + len(old)
	}
	w.bytes += len(key) + len(value)
	w.pending[key] = value
	if len(w.pending) > kv.MaxWrites {
		w.refuse(kv.ErrTooManyWrites)
	}
	if w.bytes > kv.MaxUpdate {
		w.refuse(kv.ErrUpdateTooLarge)
	}
}

func (w *writes) refuse(err error) {
	if w.limit == nil {
		w.limit = err
	}
}

// Get implements kv.Tx.
func (w *writes) Get(key string) ([]byte, error) {
	if v, ok := w.pending[key]; ok {
		if v == nil {
			return nil, kv.ErrNotFound
		}
		return slices.Clone(v), nil
	}
	return w.base.Get(key)
}

// Scan implements kv.Tx: the stored pairs and the pending ones, merged. What is
// written while the scan goes on is not seen by it: the bucket is left alone
// until the update has ended.
func (w *writes) Scan(lo, hi string) iter.Seq2[kv.Pair, error] {
	return func(yield func(kv.Pair, error) bool) {
		own := w.keys(lo, hi)
		pending := make(map[string][]byte, len(own))
		for _, k := range own {
			pending[k] = w.pending[k]
		}
		next := func(before string, all bool) bool {
			for len(own) > 0 && (all || own[0] < before) {
				k := own[0]
				own = own[1:]
				if v := pending[k]; v != nil && !yield(kv.Pair{Key: k, Value: slices.Clone(v)}, nil) {
					return false
				}
			}
			return true
		}
		for p, err := range w.base.Scan(lo, hi) {
			if err != nil {
				yield(p, err)
				return
			}
			if !next(p.Key, false) {
				return
			}
			if _, ok := pending[p.Key]; ok {
				continue // yielded by next, or deleted
			}
			if !yield(p, nil) {
				return
			}
		}
		next("", true)
	}
}

// keys returns the pending keys of a range in order.
func (w *writes) keys(lo, hi string) []string {
	var out []string
	for k := range w.pending {
		if k >= lo && (hi == "" || k < hi) {
			out = append(out, k)
		}
	}
	sort.Strings(out)
	return out
}

// apply writes to the bucket in the order of the keys, which is what a B+tree
// likes best.
func (w *writes) apply(b *bbolt.Bucket) error {
	for _, k := range w.keys("", "") {
		var err error
		if v := w.pending[k]; v == nil {
			err = b.Delete([]byte(k))
		} else {
			err = b.Put([]byte(k), seal(k, v))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
