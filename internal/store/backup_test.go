package store_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/kv/kvtest"
	"widunetz/internal/store"
)

func (n *network) backup() []byte {
	n.t.Helper()
	var b bytes.Buffer
	must(n.Backup(ctx, &b))
	return b.Bytes()
}

func newDB(t testing.TB) *bolt.DB {
	t.Helper()
	db := must(bolt.Open(filepath.Join(t.TempDir(), "restored.db"), bolt.Options{Create: true}))
	t.Cleanup(func() { db.Close() }) //nolint:errcheck // only read from
	return db
}

// restored returns the network that a backup makes, at n's time.
func (n *network) restored(backup []byte, sendDue bool) (*network, store.Restored) {
	n.t.Helper()
	out := &network{t: n.t, db: newDB(n.t), now: n.now}
	done := must(store.Restore(ctx, kvtest.Twice(out.db), bytes.NewReader(backup), n.Now(), sendDue))
	out.Store = must(store.New(ctx, kvtest.Twice(out.db), out.config()))
	return out, done
}

// R16: after a restore nothing goes out that may have gone out before.
func TestRestoreSendsNothingThatWasDue(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(61)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.at("2027-08-17T08:00")
	n.claim(20 * time.Minute) // 24 letters under way, 36 wait
	n.move(m.ID, "2027-08-31T10:00", mail)
	backup := n.backup()
	n.letters()
	n.wait(26 * time.Hour)
	after, done := n.restored(backup, false)
	wantSame(t, "held back", []int{done.Notices, done.Messages}, []int{1, 60})
	after.wantLetters("nothing by itself")
	failed := after.list(store.OutboxFilter{State: agenda.MessageFailed}, 100)
	wantSame(t, "shown to be sent by hand", len(failed), 60)
	if err := after.Retry(ctx, agenda.Shell, failed[0].ID); err != nil {
		t.Fatal(err)
	}
	after.expect("one by hand", map[agenda.Kind]int{agenda.KindReminder: 1})
	after.at("2027-08-27T08:00")
	after.expect("later reminders come", map[agenda.Kind]int{agenda.KindReminder: 60})
}

func TestRestoreSendsWhatWasDueIfToldTo(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.fixed(n.group(31).ID, "2027-08-31T09:00")
	n.at("2027-08-17T08:00")
	n.claim(20 * time.Minute)
	after, done := n.restored(n.backup(), true)
	wantSame(t, "held back", []int{done.Notices, done.Messages}, []int{0, 0})
	after.expect("all of it", map[agenda.Kind]int{agenda.KindReminder: 30})
}

func TestRestoreKeepsEverythingButSessions(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(120) // more records than one transaction holds
	p := must(n.PersonByEmail(ctx, "m00@example.org"))
	m := n.fixed(g.ID, "2027-08-31T09:00")
	if err := n.SessionSave(ctx, "hash", []byte("data"), n.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	link := must(n.LoginLink(ctx, p.Email))
	token, rev := n.PersonFeedToken(p), must(n.Revision(ctx, store.Programme))
	after, done := n.restored(n.backup(), false)
	if done.Records < 500 {
		t.Errorf("%d records", done.Records)
	}
	if _, ok, err := after.SessionFind(ctx, "hash"); ok || err != nil {
		t.Errorf("the session lives: %v, %v", ok, err)
	}
	if s := must(after.LoginState(ctx, link, "")); s.Valid {
		t.Error("the log-in link lives")
	}
	wantSame(t, "feed addresses go on", must(after.PersonFeed(ctx, token)), p.ID)
	wantSame(t, "meeting", must(after.Meeting(ctx, m.ID)), m)
	wantSame(t, "members", len(must(after.Members(ctx, g.ID, after.Today()))), 120)
	wantSame(t, "history", len(after.history(agenda.Ref{})), len(n.history(agenda.Ref{})))
	if must(after.Revision(ctx, store.Programme)) == rev {
		t.Error("kept feeds are taken for those of before the restore")
	}
	if err := after.db.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestDamagedBackupIsRefused(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.group(30)
	whole := n.backup()
	repack := func(change func([]byte) []byte) []byte {
		var plain, packed bytes.Buffer
		must(plain.ReadFrom(must(gzip.NewReader(bytes.NewReader(whole)))))
		z := gzip.NewWriter(&packed)
		must(z.Write(change(plain.Bytes())))
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return packed.Bytes()
	}
	files := map[string][]byte{
		"empty": nil, "no gzip": []byte("Hallo"), "another file": repack(func([]byte) []byte { return []byte("widunetz backup 9\n") }),
		"cut off before the checksum": repack(func(b []byte) []byte { return b[:len(b)-32] }),
		"cut off in the checksum":     repack(func(b []byte) []byte { return b[:len(b)-1] }),
		"cut off after the head":      repack(func(b []byte) []byte { return b[:18] }),
		"a flipped bit":               repack(func(b []byte) []byte { b[len(b)/2] ^= 1; return b }),
		"a flipped bit in the sum":    repack(func(b []byte) []byte { b[len(b)-1] ^= 1; return b }),
		"a length beyond all limits":  repack(func(b []byte) []byte { return append(b[:18], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f) }),
	}
	for _, part := range []int{1, 2, 3, 5, 10, 50, 90, 99} {
		files["cut off at "+time.Duration(part).String()+" percent"] = whole[:len(whole)*part/100]
	}
	for name, b := range files {
		if _, err := store.Restore(ctx, newDB(t), bytes.NewReader(b), n.Now(), false); !errors.Is(err, store.ErrBadBackup) {
			t.Errorf("%s: %v, want ErrBadBackup", name, err)
		}
	}
	if _, err := store.Restore(ctx, newDB(t), bytes.NewReader(whole), n.Now(), false); err != nil {
		t.Errorf("the whole one: %v", err)
	}
}

type brokenDisk struct{ left int }

func (d *brokenDisk) Write(b []byte) (int, error) {
	if d.left -= len(b); d.left < 0 {
		return 0, errors.New("disk is gone")
	}
	return len(b), nil
}

func TestBackupThatCannotBeWrittenSaysSo(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.group(30)
	for _, left := range []int{0, 100, len(n.backup()) - 1} {
		if _, err := n.Backup(ctx, &brokenDisk{left}); err == nil {
			t.Errorf("no error although only %d bytes could be written", left)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := n.Backup(gone, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// A backup is one moment: whoever counts in it finds all or nothing of a use
// case.
func TestBackupWhileOthersWriteIsOneMoment(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(1)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				n.fixed(g.ID, agenda.Every(1, i%50+1, must(agenda.ParseLocal("2027-08-31T09:00")))[i%50].String())
			}
		}
	}()
	for range 5 {
		after, _ := n.restored(n.backup(), false)
		meetings := must(after.Meetings(ctx, g.ID, must(agenda.ParseDate("2027-01-01")), must(agenda.ParseDate("2029-01-01"))))
		lines := 0
		for _, m := range meetings {
			lines += len(after.history(agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)}))
		}
		if lines != len(meetings) {
			t.Errorf("%d meetings, %d lines of the history", len(meetings), lines)
		}
	}
	close(stop)
	<-done
}

func TestForgetting(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	g := n.group(31)
	e := n.public("2027-09-15T18:30")
	n.watch(e.ID, "w@example.org")
	if err := n.Watch(ctx, e.ID, "never@example.org", agenda.German); err != nil {
		t.Fatal(err)
	}
	d := reading("2027-09-16T18:30")
	d.Internal = agenda.Contact{Name: "Erika", Email: "erika@example.org"}
	must(n.SubmitEvent(ctx, 2027, d, agenda.German, "", true))
	must(n.LoginLink(ctx, "m00@example.org"))
	if err := n.SessionSave(ctx, "hash", []byte("data"), n.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-10T09:00"), agenda.MeetingFixed, mail))
	far := n.fixed(g.ID, "2027-12-10T09:00")
	n.letters()
	keep := store.Retention{Outbox: 90 * 24 * time.Hour}
	wantSame(t, "at once", must(n.Forget(ctx, keep)), 0)
	n.wait(73 * time.Hour)
	forgotten := func(what string, words ...string) {
		t.Helper()
		must(n.Forget(ctx, keep))
		var dump bytes.Buffer
		n.dump(&dump)
		for _, w := range words {
			if bytes.Contains(dump.Bytes(), []byte(w)) {
				t.Errorf("%s the store still says %q", what, w)
			}
		}
	}
	forgotten("after three days", "session\x00", "login\x00", `"submissions`)
	wantSame(t, "who confirmed is still there", must(n.Watchers(ctx, e.ID)), 1)
	n.at("2027-09-14T12:00")
	n.letters()
	wantSame(t, "in September", must(n.Forget(ctx, keep)), 0)
	n.at("2027-09-16T20:01")
	forgotten("a day after the event", string(agenda.WatcherIDOf(e.ID, "never@example.org"))+`" {`)
	wantSame(t, "watchers a day after the event", must(n.Watchers(ctx, e.ID)), 0)
	n.at("2027-11-30T12:00")
	n.letters()
	forgotten("after the retention", "i."+string(m.ID), "r.meeting."+string(m.ID))
	wantSame(t, "messages of summer", len(n.list(store.OutboxFilter{Kind: agenda.KindInvitation}, 100)), 0)
	wantSame(t, "messages of November", len(n.list(store.OutboxFilter{About: agenda.Ref{Kind: agenda.AboutMeeting, ID: string(far.ID)}}, 100)), 30)
	wantSame(t, "none is sent anew", len(n.letters()), 0)
	n.at("2027-12-08T08:00")
	n.expect("what is to come stays", map[agenda.Kind]int{agenda.KindReminder: 30})
}

func TestDamagedRecordIsAnErrorNotAnAnswer(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	m := n.fixed(n.group(2).ID, "2027-08-31T09:00")
	err := n.db.Update(ctx, func(tx kv.RW) error { tx.Put(kv.Key("meeting", string(m.ID)), []byte("{")); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Meeting(ctx, m.ID); err == nil || errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a record that cannot be read: %v", err)
	}
}
