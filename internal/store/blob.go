package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// A blob is bytes that are too many for a record. It is named by the SHA-256 of
// its content, so that the same bytes are kept once, and lies in chunks beside
// a head. Records name blobs; what no record names is swept.
const (
	chunkSize = 60 << 10
	maxBlob   = agenda.MaxDocument + 1<<20 // bytes of the largest
	batchOf   = 12                         // chunks: 720 KiB of the MiB of a transaction
)

// orphanAge is for how long a blob may lie without a record that names it: it
// is written before its record.
const orphanAge = 24 * time.Hour

// errBlobSize is returned for more bytes than a blob can have.
var errBlobSize = fmt.Errorf("blob of more than %d bytes", maxBlob)

// blobHead says how large a blob is and when it was written the last time.
type blobHead struct {
	Size int       `json:"size"`
	Made time.Time `json:"made"` // UTC
}

func blobKey(hash string) string { return kv.Key(kBlob, idPart(hash)) }

func chunkKey(hash string, n int) string { return kv.Key(kBlob, hash, revPart(uint64(n))) }

// keepBlob writes a blob in batches and returns its name. The head comes first:
// from then on it is young and not swept.
func (s *Store) keepBlob(ctx context.Context, b []byte) (string, error) {
	if len(b) > maxBlob {
		return "", errBlobSize
	}
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:])
	size := len(b)
	for n := 0; n == 0 || len(b) > 0; n += batchOf {
		batch := b[:min(len(b), batchOf*chunkSize)]
		err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
			put(t, blobKey(hash), blobHead{Size: size, Made: t.now})
			for i := 0; i*chunkSize < len(batch); i++ {
				t.Put(chunkKey(hash, n+i), batch[i*chunkSize:min(len(batch), (i+1)*chunkSize)])
			}
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("keep blob: %w", err)
		}
		b = b[len(batch):]
	}
	return hash, nil
}

// Blob returns the bytes of a blob.
func (s *Store) Blob(ctx context.Context, hash string) ([]byte, error) {
	return view(ctx, s, func(tx kv.Tx) ([]byte, error) {
		head, err := get[blobHead](tx, blobKey(hash))
		if err != nil {
			return nil, err
		}
		b := make([]byte, 0, head.Size)
		lo, hi := kv.Prefix(kBlob, idPart(hash))
		for p, err := range tx.Scan(lo, hi) {
			if err != nil {
				return nil, err
			}
			b = append(b, p.Value...)
		}
		if len(b) != head.Size {
			return nil, agenda.ErrNotFound // still being written
		}
		return b, nil
	})
}

// sweepBlobs deletes the blobs that no event and no document names and that are old enough to
// have been named. It returns how many went.
func (s *Store) sweepBlobs(ctx context.Context) (n int, err error) {
	orphans, err := view(ctx, s, s.orphans)
	for _, hash := range orphans {
		gone, err := s.sweepBlob(ctx, hash)
		if err != nil {
			return n, err
		}
		if gone {
			n++
		}
	}
	return n, err
}

// sweepBlob deletes a blob in batches, its head last: what a crash leaves is
// found again. Somebody who sends the same bytes meanwhile makes the head young,
// which stops it, and writes all chunks.
func (s *Store) sweepBlob(ctx context.Context, hash string) (gone bool, err error) {
	for n, more := 0, true; more; n += sweepBatch {
		err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
			gone, more = false, false
			head, err := get[blobHead](t, blobKey(hash))
			if errors.Is(err, agenda.ErrNotFound) {
				return nil
			}
			if err != nil || t.now.Sub(head.Made) <= orphanAge {
				return err // somebody has sent it once more
			}
			for i := n; i < n+sweepBatch && i*chunkSize < head.Size; i++ {
				t.Delete(chunkKey(hash, i))
			}
			if more = (n+sweepBatch)*chunkSize < head.Size; !more {
				t.Delete(blobKey(hash))
				gone = true
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return gone, nil
}

// sweepBatch is how many chunks are deleted in one transaction.
const sweepBatch = kv.MaxWrites - 1

func (s *Store) orphans(tx kv.Tx) ([]string, error) {
	events, err := all[agenda.Event](tx, kEvent)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, e := range events {
		if e.Picture != nil {
			named[e.Picture.Blob], named[e.Picture.BlobSmall] = true, true
		}
	}
	documents, err := all[agenda.Document](tx, kDocument)
	if err != nil {
		return nil, err
	}
	for _, d := range documents {
		for _, f := range d.Files() {
			named[f.Blob] = true
		}
	}
	var out []string
	for lo, hi := kv.Prefix(kBlob); ; {
		key, head, err := firstBlob(tx, lo, hi)
		if err != nil || key == "" {
			return out, err
		}
		if hash := lastPart(key); !named[hash] && s.Now().Sub(head.Made) > orphanAge {
			out = append(out, hash)
		}
		_, lo = kv.Prefix(kBlob, lastPart(key)) // not through its chunks
	}
}

// firstBlob returns the head of the first blob in a range of keys, which begins
// before a head; the key is "" if there is none.
func firstBlob(tx kv.Tx, lo, hi string) (key string, head blobHead, err error) {
	for p, err := range tx.Scan(lo, hi) {
		if err != nil {
			return "", head, err
		}
		return p.Key, head, decode(p.Key, p.Value, &head)
	}
	return "", head, nil
}
