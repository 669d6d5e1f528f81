package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// A backup is a gzip stream: the line backupHead, then every record as length
// of key, key, length of value, value (lengths as uvarint), then a zero length
// and the SHA-256 of all before it. It is the same for every back end.
const backupHead = "widunetz backup 1\n"

// Backup writes all records of one moment to w and returns how many. It does
// not hold up writers. w must not block for long: a local file, not a client.
func (s *Store) Backup(ctx context.Context, w io.Writer) (n int, err error) {
	z := gzip.NewWriter(w)
	sum := sha256.New()
	out := bufio.NewWriter(io.MultiWriter(z, sum))
	err = s.db.View(ctx, func(tx kv.Tx) error {
		n = 0
		if _, err := out.WriteString(backupHead); err != nil {
			return err
		}
		for p, err := range tx.Scan("", "") {
			if err != nil {
				return err
			}
			if err := errors.Join(ctx.Err(), writeField(out, []byte(p.Key)), writeField(out, p.Value)); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err == nil {
		err = errors.Join(writeField(out, nil), out.Flush())
	}
	if err == nil {
		_, err = z.Write(sum.Sum(nil))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		return n, fmt.Errorf("backup: %w", err)
	}
	return n, nil
}

func writeField(w io.Writer, b []byte) error {
	if _, err := w.Write(binary.AppendUvarint(nil, uint64(len(b)))); err != nil {
		return err
	}
	_, err := w.Write(b)
	return err
}

// ErrBadBackup is returned for a file that is no backup, is cut off or damaged.
var ErrBadBackup = errors.New("this is no complete backup")

// Restored counts what a restore wrote and what it held back.
type Restored struct {
	Records  int
	Notices  int // that were due before the restore
	Messages int // that were due or under way
}

// Restore writes a backup into the empty db. Sessions and log-in links are
// dropped and a new epoch begins, so that no reader takes an old copy for a new
// one. What was due before now is held back unless sendDue: it may have gone
// out after the backup was made. Held messages stand in the outbox as failed,
// to be sent by hand. Events whose time of release has come become public
// nevertheless, as they were; only nobody is told again.
func Restore(ctx context.Context, db kv.DB, r io.Reader, now time.Time, sendDue bool) (Restored, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return Restored{}, fmt.Errorf("restore: %w", ErrBadBackup)
	}
	in := &backupReader{r: bufio.NewReader(z), sum: sha256.New()}
	done := Restored{}
	if err := in.head(); err != nil {
		return done, err
	}
	for more := true; more; {
		var batch []kv.Pair
		if batch, more, err = in.batch(); err != nil {
			return done, fmt.Errorf("restore: %w", err)
		}
		if err := db.Update(ctx, func(tx kv.RW) error { return restoreBatch(tx, batch) }); err != nil {
			return done, fmt.Errorf("restore: %w", err)
		}
		done.Records += len(batch)
	}
	if sendDue {
		return done, nil
	}
	return done, holdBack(ctx, db, now, &done)
}

func restoreBatch(tx kv.RW, batch []kv.Pair) error {
	for _, p := range batch {
		switch kind, _, _ := strings.Cut(p.Key, "\x00"); {
		case kind == kSession, kind == kLogin:
		case p.Key == kv.Key(kMeta, "epoch"):
			tx.Put(p.Key, []byte(strings.ToLower(rand.Text()[:16])))
		default:
			tx.Put(p.Key, p.Value)
		}
	}
	return nil
}

// holdBack settles what was due before the restore.
func holdBack(ctx context.Context, db kv.DB, now time.Time, done *Restored) error {
	soon := kv.Time(now.Add(time.Millisecond))
	if err := quietReleases(ctx, db, soon); err != nil {
		return fmt.Errorf("restore: hold back what was due: %w", err)
	}
	// What was claimed when the backup was made has most likely been sent.
	under, way := kv.Prefix(kLease)
	for _, r := range []struct {
		lo, hi string
		hold   func(*tx, string) error
		count  *int
	}{
		{kv.Key(kDue, "n", ""), kv.Key(kDue, "n", soon), (*tx).holdNotice, &done.Notices},
		{kv.Key(kDue, "m", ""), kv.Key(kDue, "m", soon), (*tx).holdMessage, &done.Messages},
		{under, way, (*tx).holdMessage, &done.Messages},
	} {
		for n := expandBatch; n == expandBatch; *r.count += n {
			err := db.Update(ctx, func(rw kv.RW) error {
				t := &tx{RW: rw, now: now}
				n = 0
				for p, err := range t.Scan(r.lo, r.hi) {
					if err != nil || n == expandBatch {
						return err
					}
					n++
					if err := r.hold(t, p.Key); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return fmt.Errorf("restore: hold back what was due: %w", err)
			}
		}
	}
	return nil
}

func (t *tx) holdNotice(key string) error {
	t.Delete(key)
	n, err := get[agenda.Notice](t, noticeKey(agenda.NoticeID(lastPart(key))))
	if err != nil {
		return ignoreNotFound(err)
	}
	n.Done = true
	put(t, noticeKey(n.ID), n)
	return nil
}

func (t *tx) holdMessage(key string) error {
	t.Delete(key)
	m, err := get[agenda.Message](t, messageKey(agenda.MessageID(lastPart(key))))
	if err != nil {
		return ignoreNotFound(err)
	}
	m = m.End(agenda.MessageFailed, "held back by a restore", t.now)
	put(t, messageKey(m.ID), m)
	t.Put(troubleKey(m), nil)
	return nil
}

// backupReader reads the records of a backup.
type backupReader struct {
	r   *bufio.Reader
	sum hash.Hash
}

func (b *backupReader) head() error {
	head := make([]byte, len(backupHead))
	if _, err := io.ReadFull(b.r, head); err != nil || string(head) != backupHead {
		return ErrBadBackup
	}
	b.sum.Write(head)
	return nil
}

// batch reads as many records as fit in one transaction; more is false after
// the last, when the checksum was right.
func (b *backupReader) batch() (out []kv.Pair, more bool, err error) {
	size := 0
	for len(out) < kv.MaxWrites && size < kv.MaxUpdate/2 {
		key, err := b.field(kv.MaxKey)
		if err != nil {
			return nil, false, err
		}
		if len(key) == 0 {
			return out, false, b.verify()
		}
		value, err := b.field(kv.MaxValue)
		if err != nil {
			return nil, false, err
		}
		out = append(out, kv.Pair{Key: string(key), Value: value})
		size += len(key) + len(value)
	}
	return out, true, nil
}

func (b *backupReader) field(limit uint64) ([]byte, error) {
	n, err := binary.ReadUvarint(b.r)
	if err != nil || n > limit {
		return nil, ErrBadBackup
	}
	v := make([]byte, n)
	if _, err := io.ReadFull(b.r, v); err != nil {
		return nil, ErrBadBackup
	}
	b.sum.Write(binary.AppendUvarint(nil, n))
	b.sum.Write(v)
	return v, nil
}

func (b *backupReader) verify() error {
	want := make([]byte, sha256.Size)
	if _, err := io.ReadFull(b.r, want); err != nil || subtle.ConstantTimeCompare(want, b.sum.Sum(nil)) != 1 {
		return ErrBadBackup
	}
	return nil
}
