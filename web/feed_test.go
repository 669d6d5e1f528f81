package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/store"
)

// feeds are the addresses of one feed of each kind.
func (n *network) feeds() map[string]string {
	return map[string]string{
		"programme": "/feeds/programme.ics", "year": "/feeds/programme/2027.ics", "filtered": "/feeds/programme/2027.ics?town=buende",
		"event": "/feeds/event/" + string(n.event("Kochen").ID) + ".ics", "group": n.groupFeed(migration), "personal": n.personalFeed(birgit),
	}
}

func (b *browser) with(method, path string, header ...string) *answer {
	b.t.Helper()
	r := httptest.NewRequest(method, base+path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return b.do(r)
}

// compressed asks until the compressed form is there: it is made beside the
// first answer.
func (b *browser) compressed(path string) *answer {
	b.t.Helper()
	for range 100000 {
		if a := b.with(http.MethodGet, path, "Accept-Encoding", "gzip"); a.Header.Get("Content-Encoding") == "gzip" {
			return a
		}
		runtime.Gosched()
	}
	b.t.Fatalf("%s is never compressed", path)
	return nil
}

func TestFeedOverHTTP(t *testing.T) {
	t.Parallel()
	n := open(t)
	tags := map[string]string{} // to the body that had it
	for name, path := range n.feeds() {
		n.run(name, func(t *testing.T) {
			b := n.browser()
			first := b.request(http.MethodGet, path).want(t, http.StatusOK)
			etag := first.Header.Get("Etag")

			n.run("F01 F33 is a calendar, complete and of known length", func(t *testing.T) {
				if first.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || first.ContentLength != int64(len(first.body)) {
					t.Errorf("type %q, length %d of %d", first.Header.Get("Content-Type"), first.ContentLength, len(first.body))
				}
				if len(read(t, first).events) == 0 {
					t.Error("no event")
				}
			})
			n.run("F13 twice the same bytes", func(t *testing.T) {
				n.wait(time.Hour)
				if again := b.request(http.MethodGet, path); again.body != first.body || again.Header.Get("Etag") != etag {
					t.Error("the bytes differ without a change")
				}
			})
			n.run("F30 the tag stands for the body, who has it gets nothing", func(t *testing.T) {
				if !regexp.MustCompile(`^"[0-9a-f]{24}"$`).MatchString(etag) || tags[etag] != "" && tags[etag] != first.body {
					t.Errorf("ETag %s", etag)
				}
				tags[etag] = first.body
				for _, match := range []string{etag, "W/" + etag, `"other", ` + etag, "*", strings.TrimSuffix(etag, `"`) + `-gz"`} {
					a := b.with(http.MethodGet, path, "If-None-Match", match).want(t, http.StatusNotModified)
					if a.body != "" || a.Header.Get("Etag") != etag || a.Header.Get("Content-Length") != "" {
						t.Errorf("If-None-Match %s: %q, ETag %s", match, a.body, a.Header.Get("Etag"))
					}
				}
				b.with(http.MethodGet, path, "If-None-Match", `"other"`).want(t, http.StatusOK)
				changed := must(http.ParseTime(first.Header.Get("Last-Modified")))
				if changed.After(n.Now()) {
					t.Errorf("Last-Modified %v is ahead", changed)
				}
			})
			n.run("F31 compressed only for those who ask, under another tag", func(t *testing.T) {
				gz := b.compressed(path)
				plain := must(io.ReadAll(must(gzip.NewReader(strings.NewReader(gz.body)))))
				if string(plain) != first.body {
					t.Error("the compressed form holds something else")
				}
				if gz.Header.Get("Etag") == etag || gz.ContentLength != int64(len(gz.body)) {
					t.Errorf("ETag %s, length %d", gz.Header.Get("Etag"), gz.ContentLength)
				}
				b.with(http.MethodGet, path, "Accept-Encoding", "gzip", "If-None-Match", gz.Header.Get("Etag")).want(t, http.StatusNotModified)
				for _, no := range []string{"identity", "br", "gzip;q=0", ""} {
					a := b.with(http.MethodGet, path, "Accept-Encoding", no)
					if a.Header.Get("Content-Encoding") != "" || a.body != first.body {
						t.Errorf("Accept-Encoding %q got %q", no, a.Header.Get("Content-Encoding"))
					}
				}
				for _, a := range []*answer{first, gz} {
					if a.Header.Get("Vary") != "Accept-Encoding" {
						t.Errorf("Vary %q", a.Header.Get("Vary"))
					}
				}
			})
			n.run("F32 HEAD has the head, other methods are refused", func(t *testing.T) {
				head := b.request(http.MethodHead, path).want(t, http.StatusOK)
				if head.body != "" || !maps.EqualFunc(head.Header, first.Header, slices.Equal[[]string]) {
					t.Errorf("HEAD has %v, GET %v", head.Header, first.Header)
				}
				for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, "PROPFIND", "REPORT"} {
					if a := b.request(method, path).want(t, http.StatusMethodNotAllowed); a.Header.Get("Allow") != "GET, HEAD" {
						t.Errorf("%s: Allow %q", method, a.Header.Get("Allow"))
					}
				}
			})
			n.run("F35 whatever is accepted, without a cookie", func(t *testing.T) {
				for _, accept := range []string{"*/*", "text/html", "application/json"} {
					a := b.with(http.MethodGet, path, "Accept", accept, "Cookie", "__Host-widunetz=x")
					if a.body != first.body || len(a.Cookies()) != 0 {
						t.Errorf("Accept %s: other bytes or a cookie", accept)
					}
				}
			})
			n.run("F29 names no private person", func(t *testing.T) {
				for _, private := range []string{"@widunetz.example", "Böker", "Ahrens", "mailto:", "ATTENDEE", "ORGANIZER", "olga@", "999888", ".example:"} {
					first.lacks(t, private)
				}
			})
			n.run("F37 its address ends in .ics", func(t *testing.T) {
				if p, _, _ := strings.Cut(path, "?"); !strings.HasSuffix(p, ".ics") {
					t.Error(path)
				}
			})
			n.run("F39 readers of every kind change nothing", func(t *testing.T) {
				before := n.records()
				for _, agent := range []string{"WhatsApp/2.23", "Slackbot-LinkExpanding 1.0", "Googlebot/2.1"} {
					b.with(http.MethodGet, path, "User-Agent", agent, "Purpose", "prefetch").want(t, http.StatusOK)
				}
				if !maps.Equal(before, n.records()) {
					t.Error("something changed")
				}
			})
		})
	}
}

func TestFeedUIDsAreTheSameEverywhere(t *testing.T) { // F12
	t.Parallel()
	n := open(t)
	e := n.event("Kochen")
	one, programme := n.feed("/feeds/event/"+string(e.ID)+".ics"), n.feed("/feeds/programme.ics")
	if len(one.events) != 1 || !maps.Equal(one.events[0], programme.uid(one.events[0]["UID"])) {
		t.Errorf("the event is %v alone", one.events)
	}
	group, personal := n.feed(n.groupFeed(migration)), n.feed(n.personalFeed(birgit))
	for _, uid := range group.uids() {
		if !maps.Equal(group.uid(uid), personal.uid(uid)) {
			t.Errorf("%s differs in the personal feed", uid)
		}
	}
	if len(group.events) != 2 || len(personal.events) != 5 {
		t.Errorf("%d and %d dates, want 2 of the group (no draft), 5 of both groups", len(group.events), len(personal.events))
	}
	if planned := personal.titled("Projektgruppe"); planned == nil || personal.events[4]["STATUS"] != "TENTATIVE" {
		t.Error("the planned date is not tentative")
	}
}

func TestFeedAfterAChange(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := n.meetings(migration)[0]
	uid, path := agenda.MeetingUID(m.ID), n.groupFeed(migration)
	before := n.feed(path)
	other, everybody := n.feed(n.groupFeed(project)).Header.Get("Etag"), n.feed(n.personalFeed(cem)).Header.Get("Etag")
	programme := n.feed("/feeds/programme.ics").Header.Get("Etag")

	step := func(what string, change func(*agenda.MeetingDetails), sequence string) {
		t.Helper()
		last := n.feed(path).uid(uid)
		d := must(n.Meeting(ctx, m.ID)).MeetingDetails
		change(&d)
		must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, d, time.Time{}, agenda.Telling{}))
		now := n.feed(path).uid(uid)
		if now["SEQUENCE"] != sequence || now["DTSTAMP"] <= last["DTSTAMP"] || now["LAST-MODIFIED"] != now["DTSTAMP"] {
			t.Errorf("%s: SEQUENCE %s, want %s; DTSTAMP %s after %s", what, now["SEQUENCE"], sequence, now["DTSTAMP"], last["DTSTAMP"])
		}
	}
	step("a text", func(d *agenda.MeetingDetails) { d.Note = "Neu: Bericht" }, "0")
	step("the time", func(d *agenda.MeetingDetails) { d.Start = d.Start.AddMinutes(30) }, "1")
	n.wait(-time.Hour) // F16: the machine's clock is set back
	step("the place", func(d *agenda.MeetingDetails) { d.Place = "Rathaus" }, "2")

	after := n.feed(path)
	if after.Header.Get("Etag") == before.Header.Get("Etag") {
		t.Error("the tag did not change")
	}
	if changed := must(http.ParseTime(after.Header.Get("Last-Modified"))); changed.After(n.Now()) {
		t.Errorf("Last-Modified %v lies ahead of %v", changed, n.Now())
	}
	if got := n.feed(n.personalFeed(birgit)).uid(uid); !maps.Equal(got, after.uid(uid)) {
		t.Error("the personal feed did not follow")
	}
	if n.feed(n.groupFeed(project)).Header.Get("Etag") != other || n.feed(n.personalFeed(cem)).Header.Get("Etag") != everybody || n.feed("/feeds/programme.ics").Header.Get("Etag") != programme {
		t.Error("a feed that does not show the change got another tag")
	}
}

// What is cancelled stays for thirty days and then goes, also when the clock
// is all that changes (F26).
func TestCancelledInFeeds(t *testing.T) {
	t.Parallel()
	n := open(t)
	m, e := n.meetings(migration)[0], n.event("Geschichten")
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{}))
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	for path, uid := range map[string]string{n.groupFeed(migration): agenda.MeetingUID(m.ID), n.personalFeed(birgit): agenda.MeetingUID(m.ID), "/feeds/programme/2027.ics": agenda.EventUID(e.ID), "/feeds/programme.ics?town=buende": agenda.EventUID(e.ID)} {
		n.set(today)
		got := n.feed(path).uid(uid)
		if got["STATUS"] != "CANCELLED" || got["TRANSP"] != "TRANSPARENT" || !strings.HasPrefix(got["SUMMARY"], "ABGESAGT: ") || got["SEQUENCE"] != "1" {
			t.Errorf("%s: %v", path, got)
		}
		last := m.End.Date
		if strings.Contains(path, "programme") {
			last = e.End.Date
		}
		n.set(last.AddDays(30).String() + "T23:59")
		if n.feed(path).uid(uid) == nil {
			t.Errorf("%s: gone on the thirtieth day", path)
		}
		n.set(last.AddDays(31).String() + "T00:00")
		if n.feed(path).uid(uid) != nil {
			t.Errorf("%s: still there after thirty days", path)
		}
	}
}

// A feed that loses a date is another feed, also for a reader that compares
// times: the time of the last change of what is left says nothing.
func TestFeedThatLostADate(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, path := n.browser(), "/feeds/programme/2027.ics"
	before := b.request(http.MethodGet, path)
	e := n.event("Kochen")
	n.wait(time.Hour)
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", time.Time{}))
	a := b.with(http.MethodGet, path, "If-Modified-Since", before.Header.Get("Last-Modified")).want(t, http.StatusOK)
	if read(t, a).uid(agenda.EventUID(e.ID)) != nil {
		t.Error("the withdrawn event is still there")
	}
	b.request(http.MethodGet, "/feeds/event/"+string(e.ID)+".ics").want(t, http.StatusNotFound)
}

func TestEmptyFeed(t *testing.T) { // F08
	t.Parallel()
	n := open(t)
	for _, path := range []string{"/feeds/programme/2027.ics?town=bielefeld", "/feeds/programme.ics?q=gibtesnicht", n.groupFeed("kerngruppe"), n.personalFeed(vera)} {
		f := n.feed(path)
		if len(f.events) != 0 || strings.Count(f.body, "BEGIN:VTIMEZONE") != 1 || f.own["X-WR-CALNAME"] == "" {
			t.Errorf("%s: %s", path, f.body)
		}
	}
}

func TestFeedAddressesThatAreNone(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	group, personal := n.groupFeed(migration), n.personalFeed(birgit)
	draft := n.event("Lesung im Garten")
	for _, path := range []string{
		"/feeds/", "/feeds/x.ics", "/feeds/programme", "/feeds/programme/1999.ics", "/feeds/programme/zweitausend.ics", "/feeds/event/x.ics", "/feeds/event/%00.ics",
		"/feeds/event/" + string(draft.ID) + ".ics", "/feeds/group/" + string(migration) + ".ics", "/feeds/group/" + string(migration) + ".aaaaaaaaaaaaaaaaaaaaaaaaaa.ics",
		"/feeds/group/" + strings.ToUpper(group[len("/feeds/group/"):len(group)-4]) + ".ics", group + "/", strings.TrimSuffix(group, ".ics") + ".", strings.Replace(personal, "personal", "group", 1),
		strings.Replace(group, "group", "personal", 1), "/feeds/personal/..%2f..%2fgroup.ics", "/feeds/personal/" + string(n.person(cem).ID) + personal[strings.LastIndex(personal[:len(personal)-4], "."):],
	} {
		if a := b.request(http.MethodGet, path).want(t, http.StatusNotFound); strings.Contains(a.body, "VCALENDAR") || a.root != nil {
			t.Errorf("%s: %q", path, a.body)
		}
	}
}

func TestRenewedFeedAddress(t *testing.T) { // F38
	t.Parallel()
	n := open(t)
	b := n.browser()
	n.run("personal", func(t *testing.T) {
		old, me := n.personalFeed(birgit), n.as(birgit)
		b.request(http.MethodGet, old).want(t, http.StatusOK)
		page := me.then(me.submit(me.get("/konto"), "/konto/kalender", nil)).want(t, http.StatusOK, base+n.personalFeed(birgit))
		page.lacks(t, old)
		b.request(http.MethodGet, old).want(t, http.StatusNotFound)
		n.feed(n.personalFeed(birgit))
	})
	n.run("group", func(t *testing.T) {
		old, boss := n.groupFeed(migration), n.as(vera)
		b.request(http.MethodGet, old).want(t, http.StatusOK)
		boss.then(boss.submit(boss.get("/gremien/"+string(migration)), "/kalender", nil)).want(t, http.StatusOK, base+n.groupFeed(migration))
		b.request(http.MethodGet, old).want(t, http.StatusNotFound)
		n.feed(n.groupFeed(migration))
	})
	n.run("of a deleted person", func(t *testing.T) {
		path := n.personalFeed(cem)
		b.request(http.MethodGet, path).want(t, http.StatusOK)
		must(0, n.DeletePerson(ctx, agenda.Shell, n.person(cem).ID))
		b.request(http.MethodGet, path).want(t, http.StatusNotFound)
	})
	if log := n.log.String(); strings.Contains(log, "/feeds/personal/"+string(n.person(birgit).ID)) {
		t.Error("the log holds an address")
	}
}

// When the store cannot be read, readers keep the last good copy; who has none
// is asked to come back, and an address that was taken away stays so (F34).
func TestFeedsWhenTheStoreCannotBeRead(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	good := map[string]string{}
	feeds := n.feeds()
	for name, path := range feeds {
		good[name] = b.request(http.MethodGet, path).body
	}
	renewed := n.groupFeed(project)
	b.request(http.MethodGet, renewed).want(t, http.StatusOK)
	must(n.RenewGroupFeed(ctx, agenda.Shell, project))
	b.request(http.MethodGet, renewed).want(t, http.StatusNotFound)
	fresh := n.groupFeed(project)
	must(0, n.db.Close())

	for name, path := range feeds {
		if a := b.request(http.MethodGet, path).want(t, http.StatusOK); a.body != good[name] {
			t.Errorf("%s is not the last good copy", name)
		}
	}
	for _, path := range []string{fresh, renewed, "/feeds/programme.ics?town=enger"} {
		a := b.request(http.MethodGet, path).want(t, http.StatusServiceUnavailable)
		if a.Header.Get("Retry-After") == "" || a.root != nil {
			t.Errorf("%s: %v %q", path, a.Header, a.body)
		}
	}
	b.get("/readyz").want(t, http.StatusServiceUnavailable)
	b.get("/healthz").want(t, http.StatusOK)
	a := b.get("/").want(t, http.StatusInternalServerError, "Kennung")
	if strings.Contains(a.body, "closed") || !strings.Contains(a.body, a.Header.Get("X-Request-Id")) {
		t.Error("the page tells of the inside, or not of the request")
	}
	if log := n.log.String(); !strings.Contains(log, a.Header.Get("X-Request-Id")) || strings.Contains(log, "group/"+string(project)) {
		t.Error("the log lacks the request or holds an address")
	}
}

// Copies that are kept for bad days do not fill the memory.
func TestLastGoodCopiesAreFew(t *testing.T) {
	t.Parallel()
	w := &Web{kept: newKeeper(), lastGood: newKeeper()}
	for i := range 3 * keepMost {
		w.lastGood.put(strings.Repeat("x", i%7)+time.Duration(i).String(), newKept("", calendarType, summed([]byte("x"), time.Time{})))
	}
	if got := len(w.lastGood.byKey); got > keepMost {
		t.Errorf("%d copies, want at most %d", got, keepMost)
	}
}

// A restored store begins a new epoch: nothing that was kept before counts.
func TestFeedsAfterARestore(t *testing.T) {
	t.Parallel()
	n := open(t)
	path := n.groupFeed(migration)
	var backup bytes.Buffer
	must(n.Backup(ctx, &backup))
	want := n.feed(path)
	must(n.TurnMeeting(ctx, agenda.Shell, n.meetings(migration)[0].ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{}))
	n.feed(path)
	revision := must(n.Revision(ctx, store.Programme))

	db := must(bolt.Open(filepath.Join(t.TempDir(), "restored.db"), bolt.Options{Create: true}))
	must(store.Restore(ctx, db, &backup, n.Now(), false))
	must(0, n.db.Close())
	n.start(db)
	if got := n.feed(path); got.body != want.body {
		t.Error("the feed is not what it was when the backup was made")
	}
	if must(n.Revision(ctx, store.Programme)) == revision {
		t.Error("no new epoch")
	}
	must(n.ChangeMeeting(ctx, agenda.Shell, n.meetings(migration)[0].ID, dates("2027-09-23T10:00")[0], time.Time{}, agenda.Telling{}))
	if got := n.feed(path); got.titled("Migration")["DTSTART"] != "20270923T100000" {
		t.Error("the feed does not follow after the restore")
	}
}

// Many readers at once get whole answers (run with -race).
func TestFeedsForManyAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t)
	feeds := n.feeds()
	done := make(chan string)
	for _, path := range feeds {
		for range 4 {
			go func() {
				for range 20 {
					rec := httptest.NewRecorder()
					r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, base+path, nil)
					r.Header.Set("Accept-Encoding", "gzip")
					n.handler.ServeHTTP(rec, r)
					if rec.Code != http.StatusOK {
						done <- path
						return
					}
				}
				done <- ""
			}()
		}
	}
	m := n.meetings(migration)[0]
	for i := range 10 {
		d := m.MeetingDetails
		d.Start = d.Start.AddMinutes(i)
		must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, d, time.Time{}, agenda.Telling{}))
	}
	for range 4 * len(feeds) {
		if path := <-done; path != "" {
			t.Errorf("%s failed", path)
		}
	}
}
