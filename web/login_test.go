package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// asked asks for a log-in link in the browser and returns its path and code.
func (b *browser) asked(email string) (path, digits string) {
	b.t.Helper()
	b.submit(b.get("/einloggen"), "/einloggen", map[string][]string{"email": {email}}).want(b.t, http.StatusOK)
	l := only(b.t, to(b.n.deliver(), agenda.KindLogin, email))
	return link(b.t, l, "/einloggen/"), code(b.t, l)
}

func (b *browser) loggedIn() bool {
	b.t.Helper()
	return b.request(http.MethodGet, "/konto").StatusCode == http.StatusOK
}

func TestLoginLink(t *testing.T) {
	t.Parallel()
	n := open(t)

	n.run("opening it, as mail scanners do, does not use it up", func(t *testing.T) {
		b := n.browser()
		path, _ := b.asked(cem)
		before := n.records()
		scanner := n.browser()
		for range 3 {
			scanner.request(http.MethodGet, path).want(t, http.StatusOK)
			scanner.request(http.MethodHead, path).want(t, http.StatusOK)
		}
		if after := n.records(); len(after) != len(before) {
			t.Errorf("opening the link changed the store: %d records before, %d after", len(before), len(after))
		}
		b.then(b.submit(b.get(path), path, nil)).want(t, http.StatusOK, "Cem Çelik")
	})
	n.run("works once", func(t *testing.T) {
		b := n.browser()
		path, _ := b.asked(cem)
		b.then(b.post(path, nil))
		b.post(path, nil).want(t, http.StatusGone, "gilt nicht mehr")
		b.request(http.MethodGet, path).want(t, http.StatusGone)
	})
	n.run("ends after ten minutes", func(t *testing.T) {
		b := n.browser()
		path, _ := b.asked(cem)
		n.wait(10 * time.Minute)
		b.request(http.MethodGet, path).want(t, http.StatusGone)
		b.post(path, nil).want(t, http.StatusGone)
		if b.loggedIn() {
			t.Error("an expired link logged in")
		}
	})
	n.run("in another browser it asks for the code of the mail", func(t *testing.T) {
		path, digits := n.browser().asked(cem)
		b := n.browser()
		if form := b.get(path); form.byID("f-code") == nil {
			t.Error("the code is not asked for")
		}
		b.post(path, nil).want(t, http.StatusForbidden)
		if b.loggedIn() {
			t.Fatal("logged in without the code")
		}
		b.post(path, url.Values{"code": {"000000"}}).want(t, http.StatusForbidden, "aria-invalid")
		b.then(b.post(path, url.Values{"code": {digits[:3] + " " + digits[3:]}})).want(t, http.StatusOK, "Cem Çelik")
	})
	n.run("ends with the fifth wrong code", func(t *testing.T) {
		path, digits := n.browser().asked(cem)
		b := n.browser()
		for range 5 {
			b.post(path, url.Values{"code": {"000000"}}).want(t, http.StatusForbidden)
		}
		b.post(path, url.Values{"code": {digits}}).want(t, http.StatusTooManyRequests)
		if b.loggedIn() {
			t.Error("the right code came too late and worked")
		}
	})
	n.run("one of the operator works in any browser", func(t *testing.T) {
		path := "/einloggen/" + must(n.LoginLink(ctx, vera))
		b := n.browser()
		b.then(b.submit(b.get(path), path, nil)).want(t, http.StatusOK, "Koordination")
	})
	n.run("invented ones are refused", func(t *testing.T) {
		b := n.browser()
		for _, token := range []string{"x", "x.y", strings.Repeat("a", 300), "abc.def."} {
			b.request(http.MethodGet, "/einloggen/"+token).want(t, http.StatusGone)
			b.post("/einloggen/"+token, nil).want(t, http.StatusGone)
		}
	})
}

func TestLoginTellsNobodyWhichAddressesAreKnown(t *testing.T) {
	t.Parallel()
	n := open(t)
	known := n.browser().post("/einloggen", url.Values{"email": {cem}})
	unknown := n.browser().post("/einloggen", url.Values{"email": {"nobody@example.org"}})
	if known.StatusCode != http.StatusOK || known.StatusCode != unknown.StatusCode || known.body != unknown.body {
		t.Errorf("the pages differ: %d and %d", known.StatusCode, unknown.StatusCode)
	}
	if a, b := known.Cookies(), unknown.Cookies(); len(a) != 1 || len(b) != 1 || a[0].Name != b[0].Name || len(a[0].Value) != len(b[0].Value) {
		t.Errorf("the cookies differ: %v and %v", a, b)
	}
	if got := n.deliver(); len(to(got, agenda.KindLogin, "")) != 1 {
		t.Errorf("%d log-in mails, want 1", len(got))
	}
}

func TestLoginMailsAreFew(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	for range 20 {
		b.post("/einloggen", url.Values{"email": {strings.ToUpper(cem)}}).want(t, http.StatusOK)
	}
	if got := len(to(n.deliver(), agenda.KindLogin, cem)); got != 5 {
		t.Errorf("%d mails for 20 requests, want 5", got)
	}
}

func TestLoginLinkIsMadeOfTheConfiguredAddress(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	r := httptest.NewRequest(http.MethodPost, "https://evil.example/einloggen", strings.NewReader("email="+url.QueryEscape(cem)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-Host", "evil.example")
	n.browser().do(r).want(t, http.StatusOK)
	l := only(t, n.deliver())
	if strings.Contains(l.Text+l.HTML, "evil") {
		t.Errorf("the mail has the host of the request:\n%s", l.Text)
	}
}

const sessionCookie = "__Host-widunetz"

func (b *browser) session() string {
	for _, c := range b.jar.Cookies(must(url.Parse(base))) {
		if c.Name == sessionCookie {
			return c.Value
		}
	}
	return ""
}

func (b *browser) setSession(token string) {
	b.jar.SetCookies(must(url.Parse(base)), []*http.Cookie{{Name: sessionCookie, Value: token, Path: "/", Secure: true}})
}

func TestSession(t *testing.T) {
	t.Parallel()
	n := open(t)

	n.run("begins under a new token, one that was planted stays worthless", func(t *testing.T) {
		// The thief's own session is what she could plant in another browser.
		thief, b := n.as(birgit), n.browser()
		planted := thief.session()
		b.setSession(planted)
		b.then(b.post("/einloggen/"+must(n.LoginLink(ctx, cem)), nil))
		if b.session() == planted {
			t.Fatal("the token stayed the same")
		}
		if thief.loggedIn() {
			t.Error("the old token is still logged in")
		}
		b.get("/konto").want(t, http.StatusOK, "Cem Çelik")
	})
	n.run("is kept under the hash of its token only", func(t *testing.T) {
		token := n.as(cem).session()
		for key, value := range n.records() {
			if strings.Contains(key+value, token) {
				t.Errorf("record %q holds the token", key)
			}
		}
	})
	n.run("its cookie is for this host, secure, not for scripts", func(t *testing.T) {
		b := n.browser()
		path, _ := b.asked(cem)
		for _, c := range b.post(path, nil).Cookies() {
			if c.Name == sessionCookie && (!c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.Path != "/") {
				t.Errorf("cookie %v", c)
			}
		}
	})
	n.run("ends with the log-out", func(t *testing.T) {
		b := n.as(cem)
		old := b.session()
		b.then(b.submit(b.get("/konto"), "/ausloggen", nil)).want(t, http.StatusOK)
		b.setSession(old)
		if b.loggedIn() {
			t.Error("the old cookie still works")
		}
	})
	n.run("ends when the person is deleted", func(t *testing.T) {
		boss, b := n.as(vera), n.as("dilan.doerksen@bildungscentrum-herford.example")
		id := n.person("dilan.doerksen@bildungscentrum-herford.example").ID
		page := boss.get("/koordination/personen/" + string(id) + "/loeschen")
		boss.then(boss.submit(page, "/loeschen", nil)).want(t, http.StatusOK)
		if b.loggedIn() {
			t.Error("a deleted person is still logged in")
		}
		boss.get("/koordination/personen").want(t, http.StatusOK).lacks(t, "Dörksen")
		boss.get("/koordination/verlauf").want(t, http.StatusOK).lacks(t, "dilan.doerksen@")
	})
	n.run("ends after thirty days", func(t *testing.T) {
		b := n.as(cem)
		n.wait(29 * 24 * time.Hour)
		if !b.loggedIn() {
			t.Fatal("ended too early")
		}
		n.wait(2 * 24 * time.Hour)
		if b.loggedIn() {
			t.Error("still logged in")
		}
	})
	n.run("a coordinator cannot take her own role or delete herself", func(t *testing.T) {
		b, id := n.as(vera), string(n.person(vera).ID)
		b.submit(b.get("/koordination/personen/"+id), id, map[string][]string{"coordinator": nil}).want(t, http.StatusUnprocessableEntity, "mit sich selbst")
		b.post("/koordination/personen/"+id+"/loeschen", nil).want(t, http.StatusForbidden)
	})
}

func TestLoginPageForThoseWhoAreIn(t *testing.T) {
	t.Parallel()
	b := open(t).as(cem)
	if a := b.request(http.MethodGet, "/einloggen"); a.Header.Get("Location") != "/konto" {
		t.Errorf("redirected to %q, want the account", a.Header.Get("Location"))
	}
}

// After the log-in the page follows that was asked for, and never one of
// another host.
func TestLoginLeadsOnToOwnPagesOnly(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	meeting := "/sitzungen/" + string(n.meetings(project)[0].ID)
	for onward, want := range map[string]string{
		meeting: meeting, "/gremien?x=1": "/gremien?x=1", "": "/konto",
		"//evil.example": "/konto", `\\evil.example`: "/konto", `/\evil.example`: "/konto", "https:evil.example": "/konto", "https://evil.example/": "/konto",
		"/\t/evil.example": "/konto", "/\n/evil.example": "/konto", "javascript:alert(1)": "/konto", "/" + strings.Repeat("x", 3000): "/konto",
	} {
		b := n.browser()
		page := b.get("/einloggen?weiter=" + url.QueryEscape(onward))
		action := attr(within(page.all("main")[0], "form")[0], "action")
		b.post(action, url.Values{"email": {cem}}).want(t, http.StatusOK)
		path := link(t, only(t, to(n.deliver(), agenda.KindLogin, cem)), "/einloggen/")
		if got := b.submit(b.get(path), path, nil).want(t, http.StatusSeeOther).Header.Get("Location"); got != want {
			t.Errorf("asked for %.40q, led to %.60q, want %q", onward, got, want)
		}
	}
	stranger := n.browser()
	stranger.get(meeting).want(t, http.StatusOK, "einloggen")
}
