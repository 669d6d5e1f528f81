package store_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/store"
)

// noise returns n bytes of which no two kinds are alike.
func noise(kind byte, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{kind}).Read(b) //nolint:errcheck // always fills
	return b
}

func (n *network) photo() agenda.Picture {
	return agenda.Picture{Width: 1600, Height: 1067, SmallWidth: 640, SmallHeight: 427, Alt: "Drei Frauen kochen", Credit: "Olga Organ", Licence: agenda.OwnPicture, Consent: n.Now()}
}

var year = store.Retention{Outbox: 365 * 24 * time.Hour, Submissions: 365 * 24 * time.Hour}

// blobs counts the records of blobs.
func (n *network) blobs() (count int) {
	n.t.Helper()
	err := n.db.View(ctx, func(tx kv.Tx) error {
		lo, hi := kv.Prefix("blob")
		for _, err := range tx.Scan(lo, hi) {
			if err != nil {
				return err
			}
			count++
		}
		return nil
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return count
}

func (n *network) wantBlob(hash string, want []byte) {
	n.t.Helper()
	if got, err := n.Blob(ctx, hash); err != nil || !bytes.Equal(got, want) {
		n.t.Errorf("blob %.8s: %d bytes, %v; want %d", hash, len(got), err, len(want))
	}
}

func TestPictureIsKeptShownAndReplaced(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	before := must(n.Revision(ctx, store.Programme))
	n.wait(time.Minute)
	first, small := noise(1, 1<<21), noise(2, 60<<10) // 35 chunks in three batches, and one that is just full
	e = must(n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), store.Prints{Large: first, Small: small}, e.Changed))
	if e = must(n.Event(ctx, e.ID)); e.Picture == nil || e.Picture.Alt != "Drei Frauen kochen" {
		t.Fatalf("picture %+v", e.Picture)
	}
	n.wantBlob(e.Picture.Blob, first)
	n.wantBlob(e.Picture.BlobSmall, small)
	wantSame(t, "records of blobs", n.blobs(), 1+35+1+1)
	if must(n.Revision(ctx, store.Programme)) == before {
		t.Error("the programme's revision is as before")
	}
	n.wait(time.Minute)
	second := noise(3, 1000)
	e = must(n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), store.Prints{Large: second, Small: second}, e.Changed))
	n.wantBlob(e.Picture.Blob, second)
	n.wait(time.Minute)
	words := n.photo()
	words.Alt = "Vier Frauen kochen"
	e = must(n.Illustrate(ctx, agenda.Shell, e.ID, words, store.Prints{}, e.Changed))
	if e.Picture.Alt != words.Alt || e.Picture.Width != 1600 {
		t.Errorf("after other words: %+v", e.Picture)
	}
	n.wantBlob(e.Picture.Blob, second)
	n.wait(time.Minute)
	must(n.RemovePicture(ctx, agenda.Shell, e.ID, e.Changed))
	wantSame(t, "history", n.history(agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}), []string{
		"added: Lesung", "illustrated: Lesung", "illustrated: Lesung", "illustrated: Lesung", "picture_removed: Lesung",
	})
	n.wait(25 * time.Hour)
	wantSame(t, "swept", must(n.Forget(ctx, year)), 3)
	wantSame(t, "records of blobs", n.blobs(), 0)
}

func TestBlobThatOtherEventsShowStays(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	b := noise(1, 70<<10)
	prints := store.Prints{Large: b, Small: b}
	one, two := n.public("2027-09-15T18:30"), n.public("2027-09-16T18:30")
	one = must(n.Illustrate(ctx, agenda.Shell, one.ID, n.photo(), prints, one.Changed))
	two = must(n.Illustrate(ctx, agenda.Shell, two.ID, n.photo(), prints, two.Changed))
	wantSame(t, "name", one.Picture.Blob, two.Picture.Blob)
	wantSame(t, "records of one blob", n.blobs(), 3)
	must(n.RemovePicture(ctx, agenda.Shell, one.ID, one.Changed))
	n.wait(25 * time.Hour)
	wantSame(t, "swept while one shows it", must(n.Forget(ctx, year)), 0)
	n.wantBlob(two.Picture.Blob, b)
	must(n.RemovePicture(ctx, agenda.Shell, two.ID, two.Changed))
	wantSame(t, "swept", must(n.Forget(ctx, year)), 1)
	if _, err := n.Blob(ctx, two.Picture.Blob); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a swept blob: %v", err)
	}
}

// What was written a moment ago may be about to be named.
func TestYoungBlobIsNotSwept(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	b := noise(1, 1000)
	e = must(n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), store.Prints{Large: b, Small: b}, e.Changed))
	e = must(n.RemovePicture(ctx, agenda.Shell, e.ID, e.Changed))
	n.wait(23 * time.Hour)
	wantSame(t, "swept", must(n.Forget(ctx, year)), 0)
	e = must(n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), store.Prints{Large: b, Small: b}, e.Changed)) // is young again
	must(n.RemovePicture(ctx, agenda.Shell, e.ID, e.Changed))
	n.wait(23 * time.Hour)
	wantSame(t, "swept", must(n.Forget(ctx, year)), 0)
	n.wait(2 * time.Hour)
	wantSame(t, "swept", must(n.Forget(ctx, year)), 1)
}

// watched is a store file that says when blobs were looked through.
type watched struct {
	kv.DB
	looked func()
}

type watchedTx struct {
	kv.Tx
	blobs *bool
}

func (w watched) View(ctx context.Context, fn func(kv.Tx) error) error {
	blobs := false
	err := w.DB.View(ctx, func(tx kv.Tx) error { return fn(watchedTx{tx, &blobs}) })
	if blobs {
		w.looked()
	}
	return err
}

func (t watchedTx) Scan(lo, hi string) iter.Seq2[kv.Pair, error] {
	*t.blobs = *t.blobs || strings.HasPrefix(lo, "blob\x00")
	return t.Tx.Scan(lo, hi)
}

// The same picture comes once more after the sweep has found it to be nobody's.
func TestBlobThatIsNamedDuringTheSweep(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	b := noise(1, 1000)
	prints := store.Prints{Large: b, Small: b}
	e = must(n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), prints, e.Changed))
	hash := e.Picture.Blob
	e = must(n.RemovePicture(ctx, agenda.Shell, e.ID, e.Changed))
	n.wait(25 * time.Hour)
	looked := 0
	sweeper := must(store.New(ctx, watched{n.db, func() {
		looked++
		must(n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), prints, e.Changed))
	}}, n.config()))
	wantSame(t, "swept", must(sweeper.Forget(ctx, year)), 0)
	wantSame(t, "times that blobs were looked through", looked, 1)
	n.wantBlob(hash, b)
}

func TestPictureOfASubmissionThatNeverWasPublicIsForgotten(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true))
	b := noise(1, 1000)
	must(n.IllustrateSubmission(ctx, n.SubmissionToken(e), n.photo(), store.Prints{Large: b, Small: b}, e.Changed))
	n.at("2028-10-01T12:00")
	must(n.Forget(ctx, year))
	wantSame(t, "records of blobs", n.blobs(), 0)
}

func TestSubmittersPicture(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true))
	token, b := n.SubmissionToken(e), noise(1, 1000)
	prints := store.Prints{Large: b, Small: b}
	if _, err := n.IllustrateSubmission(ctx, string(e.ID)+".falsch", n.photo(), prints, e.Changed); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("with a wrong link: %v", err)
	}
	n.wait(time.Minute)
	e = must(n.IllustrateSubmission(ctx, token, n.photo(), prints, e.Changed))
	entries, _, err := n.History(ctx, agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}, "", 1)
	if err != nil || entries[0].Actor.Who.Kind != agenda.AboutEditor || !strings.Contains(fields(entries[0].Changes), "credit:>Olga Organ") {
		t.Errorf("history %+v, %v", entries, err)
	}
	// The coordinator who publishes has the page from before the picture.
	if _, err := n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", e.Created); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("publishing an unseen picture: %v", err)
	}
	e = must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", e.Changed))
	if _, err := n.IllustrateSubmission(ctx, token, n.photo(), store.Prints{Large: noise(2, 9), Small: b}, e.Changed); !errors.Is(err, agenda.ErrState) {
		t.Errorf("another picture of a published event: %v", err)
	}
	if _, err := n.RemoveSubmissionPicture(ctx, token, e.Changed); !errors.Is(err, agenda.ErrState) {
		t.Errorf("removing the picture of a published event: %v", err)
	}
}

func TestBackupHoldsPictures(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	large, small := noise(1, 1<<20), noise(2, 90<<10)
	must(n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), store.Prints{Large: large, Small: small}, e.Changed))
	after, _ := n.restored(n.backup(), false)
	p := must(after.Event(ctx, e.ID)).Picture
	after.wantBlob(p.Blob, large)
	after.wantBlob(p.BlobSmall, small)
	n.wait(25 * time.Hour)
	must(after.Forget(ctx, year))
	after.wantBlob(p.Blob, large)
}

func TestBlobOfTooManyBytes(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	if _, err := n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), store.Prints{Large: make([]byte, 22<<20), Small: noise(1, 9)}, e.Changed); err == nil {
		t.Error("22 megabytes were taken")
	}
	wantSame(t, "records of blobs", n.blobs(), 0)
	// The largest one is written and swept in several transactions.
	e = must(n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), store.Prints{Large: make([]byte, 20<<20), Small: noise(1, 9)}, e.Changed))
	must(n.RemovePicture(ctx, agenda.Shell, e.ID, e.Changed))
	n.wait(25 * time.Hour)
	wantSame(t, "swept", must(n.Forget(ctx, year)), 2)
	wantSame(t, "records of blobs afterwards", n.blobs(), 0)
}
