package web

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// foreign sends a post the way a browser does from a page of another site.
func (b *browser) foreign(path, kind, body string, header http.Header) *answer {
	r := httptest.NewRequest(http.MethodPost, base+path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	maps.Copy(r.Header, header)
	return b.do(r)
}

// Every address that takes posts refuses those of other sites, whoever is
// logged in, and does nothing.
func TestPostsFromOtherSites(t *testing.T) {
	t.Parallel()
	n := open(t, withDemo(t.TempDir()))
	n.deliver()
	b := n.as(vera)
	table := accessTable(n)
	before := n.records()
	for name, header := range map[string]http.Header{
		"fetch metadata": {"Sec-Fetch-Site": {"cross-site"}},
		"same site":      {"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://andere.example.org"}},
		"origin":         {"Origin": {"https://evil.example"}},
		"sandboxed":      {"Origin": {"null"}},
	} {
		for key, a := range table {
			if !strings.HasPrefix(key, "POST") {
				continue
			}
			for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain"} {
				got := b.foreign(a.path, kind, "do=drop&to=withdrawn&name=x", header)
				if got.StatusCode != http.StatusForbidden {
					t.Errorf("%s, %s: status %d, want 403", key, name, got.StatusCode)
				}
			}
		}
	}
	if !maps.Equal(before, n.records()) {
		t.Error("something changed")
	}
	if !b.loggedIn() {
		t.Error("logged out from another site")
	}
}

func TestMethodsThatNoPageTakes(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.as(vera)
	before := n.records()
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "PROPFIND"} {
		for _, path := range []string{"/", "/konto", "/koordination/personen/neu"} {
			a := b.request(method, path)
			if a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") == "" {
				t.Errorf("%s %s: status %d, Allow %q", method, path, a.StatusCode, a.Header.Get("Allow"))
			}
		}
	}
	r := httptest.NewRequest(http.MethodGet, base+"/koordination/personen/"+string(n.person(cem).ID)+"/loeschen", nil)
	r.Header.Set("X-HTTP-Method-Override", "POST")
	b.do(r).want(t, http.StatusOK)
	if !maps.Equal(before, n.records()) {
		t.Error("something changed")
	}
}

// oneClick is what a mail program posts (RFC 8058): no cookie, no origin.
func (n *network) oneClick(path string) *answer {
	return n.browser().foreign(path, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click", nil)
}

func unsubscribePath(t *testing.T, l letter.Letter) string {
	t.Helper()
	path, ok := strings.CutPrefix(l.Unsubscribe, base)
	if !ok {
		t.Fatalf("unsubscribe address %q", l.Unsubscribe)
	}
	return path
}

func TestUnsubscribe(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	must(n.Invite(ctx, agenda.Shell, project, []agenda.MeetingID{n.meetings(project)[1].ID}, ""))
	letters := n.deliver()

	n.run("a member's kind of mail ends with one click, also the second time", func(t *testing.T) {
		path := unsubscribePath(t, only(t, to(letters, agenda.KindInvitation, cem)))
		n.browser().get(path).want(t, http.StatusOK, "Einladung")
		if !n.person(cem).Wants(agenda.KindInvitation) {
			t.Fatal("opening the link was enough")
		}
		for range 2 {
			n.oneClick(path).want(t, http.StatusOK)
			if n.person(cem).Wants(agenda.KindInvitation) {
				t.Error("the mails go on")
			}
		}
		if !n.person(cem).Wants(agenda.KindReminder) {
			t.Error("other mails ended, too")
		}
	})
	n.run("the button on the page does the same", func(t *testing.T) {
		path := unsubscribePath(t, only(t, to(letters, agenda.KindInvitation, birgit)))
		b := n.browser()
		b.submit(b.get(path), path, nil).want(t, http.StatusOK)
		if n.person(birgit).Wants(agenda.KindInvitation) {
			t.Error("the mails go on")
		}
	})
	n.run("changes and cancellations cannot be switched off, and the page says so", func(t *testing.T) {
		m := n.meetings(project)[1]
		must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, m.Changed, agenda.Telling{Mail: true}))
		n.wait(agenda.UnsureWait)
		path := unsubscribePath(t, only(t, to(n.deliver(), agenda.KindCancellation, cem)))
		n.oneClick(path).want(t, http.StatusOK)
		if a := n.browser().get(path).want(t, http.StatusOK); len(within(a.all("main")[0], "form")) != 0 {
			t.Error("the page has a button")
		}
	})
	n.run("a submitter's link takes the click and keeps the event", func(t *testing.T) {
		e := n.event("Lesung im Garten")
		n.oneClick("/einreichung/"+n.SubmissionToken(e)).want(t, http.StatusOK)
		if after := n.event("Lesung im Garten"); !after.Changed.Equal(e.Changed) {
			t.Error("the event changed")
		}
	})
}

func TestWatch(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	e := n.event("Kochen")
	b := n.browser()
	ask := func(address string) *answer {
		return b.submit(b.get("/programm/2027/"+e.Slug), "/erinnern", map[string][]string{"email": {address}})
	}
	ask("kein Adresse").want(t, http.StatusUnprocessableEntity, "kein Adresse", `aria-invalid="true"`, `role="alert"`)
	first := ask("Gast@Example.org").want(t, http.StatusOK)
	if second := ask("gast@example.org"); second.body != first.body {
		t.Error("the answer tells that the address is known")
	}
	l := only(t, n.deliver())
	path := link(t, l, "/vormerkung/")

	for range 2 {
		n.browser().request(http.MethodHead, path)
		n.browser().get(path).want(t, http.StatusOK, e.Title)
	}
	if must(n.Watchers(ctx, e.ID)) != 0 {
		t.Fatal("opening the link was a consent")
	}
	page := b.submit(b.get(path), path, map[string][]string{"do": {"confirm"}}).want(t, http.StatusOK)
	if must(n.Watchers(ctx, e.ID)) != 1 {
		t.Fatal("not confirmed")
	}
	b.submit(page, path, map[string][]string{"do": {"confirm"}}).want(t, http.StatusOK)

	n.set("2027-09-11T09:00") // a week before, at eight, a reminder was due
	reminder := only(t, to(n.deliver(), agenda.KindReminder, "gast@example.org"))
	n.oneClick(unsubscribePath(t, reminder)).want(t, http.StatusOK)
	n.oneClick(unsubscribePath(t, reminder)).want(t, http.StatusOK)
	if must(n.Watchers(ctx, e.ID)) != 0 {
		t.Error("still watching")
	}
	b.get(path).want(t, http.StatusNotFound)
	n.set("2027-09-17T09:00")
	if more := to(n.deliver(), agenda.KindReminder, "gast@example.org"); len(more) != 0 {
		t.Error("a reminder after the cancelling")
	}
}

func TestWatchIsCancelledOnThePage(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	e, b := n.event("Kochen"), n.browser()
	b.post("/en/programm/2027/"+e.Slug+"/erinnern", url.Values{"email": {"guest@example.org"}}).want(t, http.StatusOK)
	path := link(t, only(t, n.deliver()), "/vormerkung/")
	if !strings.HasPrefix(path, "/en/") {
		t.Errorf("the link %s lost the language", path)
	}
	page := b.submit(b.get(path), path, map[string][]string{"do": {"confirm"}})
	b.submit(page, path, map[string][]string{"do": {"cancel"}}).want(t, http.StatusOK)
	if must(n.Watchers(ctx, e.ID)) != 0 {
		t.Error("still watching")
	}
}

func TestWatchOfWhatIsNotToCome(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Kochen")
	past, draft := n.browser(), n.event("Lesung im Garten")
	past.post("/programm/2027/"+draft.Slug+"/erinnern", url.Values{"email": {"kein"}}).want(t, http.StatusNotFound).lacks(t, draft.Title)
	n.set("2027-09-18T12:00")
	past.post("/programm/2027/"+e.Slug+"/erinnern", url.Values{"email": {"gast@example.org"}}).want(t, http.StatusConflict)
	n.set("2027-09-19T12:00")
	past.get("/programm/2027/"+e.Slug).want(t, http.StatusOK).lacks(t, "/erinnern")
}
