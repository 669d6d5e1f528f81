package frame_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/lang"
	"widunetz/internal/store"
	"widunetz/web/frame"
)

// house is a service with the routes of a test, reached over a real connection.
type house struct {
	*frame.Frame
	t    testing.TB
	url  string
	log  *lines
	mu   sync.Mutex
	now  time.Time
	http *http.Client
}

// lines is a log that a test reads while handlers write.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *lines) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

var pages = fstest.MapFS{
	"templates/plain.html": {Data: []byte(`<p>{{.Data}} {{url "/programm"}}</p>`)},
	"templates/half.html":  {Data: []byte(`<p>half</p>{{.Data.Missing}}`)},
	"templates/form.html": {Data: []byte(`<form method="post">{{template "seen" .Form}}
{{template "field.text" field .Form "title" "max" 80 "required" true "hint" "so" "autocomplete" "off"}}
{{template "field.area" field .Form "summary" "rows" 6 "optional" true}}
{{template "field.select" field .Form "category" "options" (options "category" .Data) "empty" (T "frame.choose")}}
{{template "field.checks" field .Form "audiences" "options" (options "category" .Data)}}
{{template "field.radios" field .Form "stepfree" "options" (options "category" .Data)}}
{{template "field.check" field .Form "free"}}{{template "field.when" field .Form "start"}}{{template "field.date" field .Form "from"}}
{{template "field.file" field .Form "file"}}{{template "button" (T "frame.save")}}
{{template "text" "one\ntwo\n\nthree"}}{{template "badge" dict "kind" "info" "text" "x"}}{{template "alert" dict "kind" "info" "title" "y" "text" "z"}}</form>`)},
}

func open(t testing.TB, base string, routes func(*frame.Frame, *frame.Set) []frame.Route) *house {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	check(t, err)
	db, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{Create: true})
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	h := &house{t: t, log: &lines{}, now: time.Date(2027, 8, 1, 8, 0, 0, 0, time.UTC)}
	s, err := store.New(context.Background(), db, store.Config{Now: h.clock, Clock: agenda.Clock{Loc: loc, Hour: 8}})
	check(t, err)
	catalog, err := lang.Load(agenda.German, agenda.English)
	check(t, err)
	h.Frame, err = frame.New(frame.Config{Name: "widunetz Termine", BaseURL: base, Office: "buero@widunetz.example"}, s, catalog, slog.New(slog.NewTextHandler(h.log, nil)))
	check(t, err)
	set, err := h.Parse(pages)
	check(t, err)
	handler, err := h.Handler(routes(h.Frame, set))
	check(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	h.url = server.URL
	h.http = server.Client()
	h.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return h
}

func (h *house) clock() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }
func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// do sends a request; head is names and values in turn.
func (h *house) do(method, path, body string, head ...string) (*http.Response, string) {
	h.t.Helper()
	r, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	check(h.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	res, err := h.http.Do(r)
	check(h.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	check(h.t, err)
	return res, string(b)
}

func plain(f *frame.Frame, s *frame.Set) []frame.Route {
	show := func(c *frame.Ctx) error {
		return c.Render(s, "plain", frame.View{Title: "Titel", Data: "<script>"})
	}
	failWith := func(err error) frame.Handler { return func(*frame.Ctx) error { return err } }
	login := func(c *frame.Ctx) error {
		p, err := f.Store.Person(c, agenda.PersonID(c.Param("id")))
		if err != nil {
			return err
		}
		c.Flash("gespeichert")
		if err := c.LogIn(p); err != nil {
			return err
		}
		return c.Redirect("/konto")
	}
	return []frame.Route{
		{Method: "GET", Path: "/", Handle: show},
		{Method: "GET", Path: "/seite/:id", Handle: show},
		{Method: "POST", Path: "/seite/:id", Handle: show},
		{Method: "POST", Path: "/mail", Mails: true, Handle: show},
		{Method: "POST", Path: "/abmelden/:token", ByLink: true, Handle: show},
		{Method: "POST", Path: "/datei", Body: frame.UploadLimit, Handle: func(c *frame.Ctx) error {
			if _, err := c.Form(); err != nil {
				return err
			}
			return show(c)
		}},
		{Method: "POST", Path: "/formular", Handle: func(c *frame.Ctx) error {
			form, err := c.Form()
			if err != nil {
				return err
			}
			form.Local("start")
			form.Date("from")
			form.Int("places")
			if err := form.Fail(agenda.Problems{{Field: "title", Rule: "too_long", Want: "80"}}); err != nil {
				return err
			}
			return c.Render(s, "form", frame.View{Title: "Formular", Form: form, Data: []string{"fest", "film"}})
		}},
		{Method: "GET", Path: "/formular", Handle: func(c *frame.Ctx) error {
			form := frame.NewForm()
			form.SetSeen(time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC))
			form.Set("audiences", "film")
			form.SetTime("start", agenda.Date{Year: 2027, Month: 9, Day: 15}.At(18, 30))
			return c.Render(s, "form", frame.View{Title: "Formular", Form: form, Data: []string{"fest", "film"}})
		}},
		{Method: "GET", Path: "/half", Handle: func(c *frame.Ctx) error { return c.Render(s, "half", frame.View{Data: "x"}) }},
		{Method: "GET", Path: "/panic", Handle: func(*frame.Ctx) error { panic("geheim") }},
		{Method: "GET", Path: "/full", Handle: failWith(fmt.Errorf("save: %w", kv.ErrFull))},
		{Method: "GET", Path: "/gone", Handle: failWith(agenda.ErrExpired)},
		{Method: "GET", Path: "/state", Handle: failWith(agenda.ErrState)},
		{Method: "GET", Path: "/denied", Handle: failWith(agenda.ErrDenied)},
		{Method: "GET", Path: "/secret", Handle: failWith(errors.New("geheim: /var/lib/widunetz.db"))},
		{Method: "GET", Path: "/many", Handle: failWith(agenda.ErrTooMany)},
		{Method: "GET", Path: "/conflict", Handle: failWith(frame.Conflict{Back: "/seite/1", Changes: []agenda.Change{{Field: "title", Old: "Alt", New: "Neu"}}})},
		{Method: "POST", Path: "/conflict", Handle: func(c *frame.Ctx) error {
			if _, err := c.Form(); err != nil {
				return err
			}
			return agenda.ErrConflict
		}},
		{Method: "POST", Path: "/hinein/:id", Who: frame.Visitor, Handle: login},
		{Method: "POST", Path: "/ausloggen", Who: frame.Visitor, Handle: func(c *frame.Ctx) error {
			if err := c.LogOut(); err != nil {
				return err
			}
			return c.Redirect("/")
		}},
		{Method: "GET", Path: "/konto", Who: frame.Person, Handle: func(c *frame.Ctx) error {
			p, _ := c.Person()
			return c.Render(s, "plain", frame.View{Title: p.Name()})
		}},
		{Method: "POST", Path: "/konto", Who: frame.Person, Handle: show},
		{Method: "GET", Path: "/koordination", Who: frame.Coordinator, Handle: show},
		{Method: "GET", Path: "/einloggen", Who: frame.Visitor, Handle: func(c *frame.Ctx) error {
			c.SetAskingCookie()
			return show(c)
		}},
	}
}

const base = "http://termine.example"

func TestOutcomes(t *testing.T) {
	h := open(t, base, plain)
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/nowhere":  {404, "Diese Seite gibt es nicht"},
		"/denied":   {403, "Kein Zugang"},
		"/state":    {409, "Das geht jetzt nicht"},
		"/gone":     {410, "Der Link gilt nicht mehr"},
		"/many":     {429, "Zu viele Versuche"},
		"/full":     {507, "Kein Platz mehr"},
		"/secret":   {500, "Da ist etwas schiefgegangen"},
		"/panic":    {500, "Da ist etwas schiefgegangen"},
		"/half":     {500, "Da ist etwas schiefgegangen"},
		"/conflict": {409, "Beide Fassungen"},
	} {
		res, body := h.do("GET", path, "")
		if res.StatusCode != want.status || !strings.Contains(body, want.text) {
			t.Errorf("%s: %d, want %d with %q:\n%s", path, res.StatusCode, want.status, want.text, body)
		}
		id := res.Header.Get("X-Request-Id")
		if id == "" || !strings.Contains(body, id) {
			t.Errorf("%s: the page does not show the request's number %q", path, id)
		}
		if want.status >= 500 && !strings.Contains(h.log.String(), id) {
			t.Errorf("%s: the log has no line with %s", path, id)
		}
		if strings.Contains(body, "geheim") || strings.Contains(body, "<p>half") || strings.Contains(body, "⟦") {
			t.Errorf("%s shows what is internal or an unknown message:\n%s", path, body)
		}
	}
}

func TestConflictShowsWhatWasTyped(t *testing.T) {
	h := open(t, base, plain)
	res, body := h.do("POST", "/conflict", "title=Mein+langer+Text&seen=x")
	if res.StatusCode != 409 || !strings.Contains(body, "Mein langer Text") || strings.Contains(body, ">seen<") {
		t.Errorf("%d:\n%s", res.StatusCode, body)
	}
	if _, body := h.do("GET", "/conflict", ""); !strings.Contains(body, "Alt") || !strings.Contains(body, "Neu") || !strings.Contains(body, `href="/seite/1"`) {
		t.Errorf("both versions and the way back are not shown:\n%s", body)
	}
}

func TestHeaders(t *testing.T) {
	h := open(t, "https://termine.example", plain)
	res, body := h.do("GET", "/seite/1", "")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
		"Permissions-Policy": "camera=()", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if !strings.Contains(res.Header.Get(name), want) {
			t.Errorf("%s: %q, want %q", name, res.Header.Get(name), want)
		}
	}
	if res.Header.Get("Set-Cookie") != "" || strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Cookie") {
		t.Errorf("a public page has to do with cookies: %v", res.Header)
	}
	if strings.Contains(body, "<script>") || !strings.Contains(body, "&lt;script&gt;") {
		t.Errorf("text is not escaped:\n%s", body)
	}
}

func TestMethods(t *testing.T) {
	h := open(t, base, plain)
	res, body := h.do("HEAD", "/seite/1", "")
	if res.StatusCode != 200 || body != "" || res.ContentLength <= 0 {
		t.Errorf("HEAD: %d, %d bytes announced, body %q", res.StatusCode, res.ContentLength, body)
	}
	res, _ = h.do("DELETE", "/seite/1", "")
	if allow := res.Header.Get("Allow"); res.StatusCode != 405 || !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("DELETE: %d, Allow %q", res.StatusCode, allow)
	}
	if res, _ := h.do("POST", "/seite/1", "_method=DELETE", "X-HTTP-Method-Override", "DELETE"); res.StatusCode != 200 {
		t.Errorf("a method in a header counts: %d", res.StatusCode)
	}
}

func TestLanguageByPath(t *testing.T) {
	h := open(t, base, plain)
	for path, want := range map[string]string{
		"/seite/1": `lang="de" dir="ltr"`, "/en/seite/1": `lang="en" dir="ltr"`, "/en": `lang="en"`, "/en/nowhere": "There is no such page",
		"/de/seite/1": "Diese Seite gibt es nicht", "/ar/seite/1": "Diese Seite gibt es nicht",
	} {
		if _, body := h.do("GET", path, ""); !strings.Contains(body, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, body)
		}
	}
	_, body := h.do("GET", "/en/seite/1?x=1", "")
	for _, want := range []string{`href="/seite/1?x=1"`, `href="/en/seite/1?x=1"`, `/en/programm`, `rel="canonical" href="http://termine.example/en/seite/1"`} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s:\n%s", want, body)
		}
	}
}

func TestBrowserLanguageIsAnOffer(t *testing.T) {
	h := open(t, base, plain)
	for accept, offered := range map[string]bool{"en-GB,en;q=0.9": true, "de-DE": false, "": false, "fr": false} {
		res, body := h.do("GET", "/seite/1", "", "Accept-Language", accept)
		if got := strings.Contains(body, "This page in English"); res.StatusCode != 200 || got != offered {
			t.Errorf("Accept-Language %q: %d, offered %v, want %v", accept, res.StatusCode, got, offered)
		}
	}
}

func TestFinalSlashStaysHere(t *testing.T) {
	h := open(t, base, plain)
	for path, want := range map[string]string{"/seite/1/": "/seite/1", "/en/seite/1/?x=1": "/en/seite/1?x=1", "//evil.example/": "/evil.example", "/en//evil.example/": "/en/evil.example"} {
		res, _ := h.do("GET", path, "")
		if got := res.Header.Get("Location"); res.StatusCode != 308 || got != want {
			t.Errorf("%s: %d to %q, want %q", path, res.StatusCode, got, want)
		}
	}
}

func TestPostsOfOtherSitesAreRefused(t *testing.T) {
	h := open(t, base, plain)
	for name, c := range map[string]struct {
		path   string
		head   []string
		status int
	}{
		"other site":              {"/seite/1", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"other origin, old":       {"/seite/1", []string{"Origin", "https://evil.example"}, 403},
		"same site":               {"/seite/1", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"public address":          {"/seite/1", []string{"Origin", base}, 200},
		"no browser":              {"/seite/1", nil, 200},
		"one-click of a provider": {"/abmelden/x", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://mail.example"}, 200},
	} {
		if res, body := h.do("POST", c.path, "a=b", c.head...); res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d\n%s", name, res.StatusCode, c.status, body)
		}
	}
}

func TestBodiesAreLimited(t *testing.T) {
	h := open(t, base, plain)
	for name, c := range map[string]struct {
		path   string
		bytes  int
		status int
	}{
		"small form":     {"/formular", 1000, 422},
		"large form":     {"/formular", frame.BodyLimit + 1, 413},
		"file":           {"/datei", frame.UploadLimit - 10, 200},
		"too large file": {"/datei", frame.UploadLimit + 1, 413},
	} {
		if res, body := h.do("POST", c.path, "a="+strings.Repeat("x", c.bytes-2)); res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d\n%.300s", name, res.StatusCode, c.status, body)
		}
	}
	// Without Content-Length the limit is found while reading.
	r, err := http.NewRequest("POST", h.url+"/formular", io.MultiReader(strings.NewReader("a="), strings.NewReader(strings.Repeat("x", frame.BodyLimit))))
	check(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := h.http.Do(r)
	check(t, err)
	check(t, res.Body.Close())
	if res.StatusCode != 413 {
		t.Errorf("endless form: %d, want 413", res.StatusCode)
	}
}

func TestPostsAreCounted(t *testing.T) {
	h := open(t, base, plain)
	status := 0
	for range 10 {
		res, _ := h.do("POST", "/mail", "a=b")
		status = res.StatusCode
	}
	if status != 200 {
		t.Fatalf("tenth mail: %d", status)
	}
	res, _ := h.do("POST", "/mail", "a=b", "X-Forwarded-For", "203.0.113.7")
	if res.StatusCode != 429 || res.Header.Get("Retry-After") == "" {
		t.Errorf("eleventh mail, with a forged address: %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	h.wait(31 * time.Second)
	if res, _ := h.do("POST", "/mail", "a=b"); res.StatusCode != 200 {
		t.Errorf("half a minute later: %d", res.StatusCode)
	}
}

func TestFormShowsProblemsAndKeepsWhatWasTyped(t *testing.T) {
	h := open(t, base, plain)
	typed := url.Values{
		"title": {`"><b>`}, "start_date": {"31.02.2027"}, "from": {"2027-08-30"}, "places": {"viele"}, "audiences": {"film"}, "summary": {"so"}, "free": {"1"},
		"category": {"film"}, "seen": {"2027-01-02T03:04:05Z"},
	}
	res, body := h.do("POST", "/formular", typed.Encode())
	if res.StatusCode != 422 {
		t.Fatalf("status %d, want 422", res.StatusCode)
	}
	for _, want := range []string{
		"<title>Fehler: Formular – widunetz Termine</title>", `role="alert"`, "Bitte prüfen Sie 3 Angaben", `href="#f-start"`, `id="f-start"`,
		`aria-invalid="true" aria-describedby="f-title-hint f-title-error"`, "Bitte höchstens 80 Zeichen.", `value="&#34;&gt;&lt;b&gt;"`, `value="31.02.2027"`,
		`value="2027-08-30"`, `name="free" value="1" checked`, `value="film" selected`, `value="film" checked`, `name="seen" value="2027-01-02T03:04:05Z"`, ">so</textarea>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
	_, body = h.do("GET", "/en/formular", "")
	if strings.Contains(body, "⟦") || strings.Contains(body, `role="alert"`) || !strings.Contains(body, `value="18:30"`) {
		t.Errorf("fresh form:\n%s", body)
	}
}

func TestSession(t *testing.T) {
	for _, https := range []bool{false, true} {
		t.Run(fmt.Sprintf("https %v", https), func(t *testing.T) {
			address, name := base, "widunetz"
			if https {
				address, name = "https://termine.example", "__Host-widunetz"
			}
			h := open(t, address, plain)
			p, err := h.Store.SavePerson(t.Context(), agenda.Shell, agenda.Person{Given: "Amina", Family: "Ahrens", Email: "a@example.org"}, time.Time{})
			check(t, err)
			if res, _ := h.do("GET", "/konto?a=b", ""); res.StatusCode != 303 || res.Header.Get("Location") != "/einloggen?weiter=%2Fkonto%3Fa%3Db" {
				t.Errorf("nobody: %d to %q", res.StatusCode, res.Header.Get("Location"))
			}
			if res, _ := h.do("POST", "/konto", "a=b"); res.StatusCode != 403 {
				t.Errorf("post of nobody: %d", res.StatusCode)
			}
			cookie := h.login(p, name+"=attackersownvalue")
			if cookie.Name != name || cookie.Secure != https || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge < 29*24*3600 || cookie.Value == "attackersownvalue" {
				t.Errorf("cookie %v", cookie)
			}
			sent := cookie.Name + "=" + cookie.Value
			res, body := h.do("GET", "/konto", "", "Cookie", sent)
			if res.StatusCode != 200 || !strings.Contains(body, "Amina Ahrens") || !strings.Contains(body, "gespeichert") || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("account: %d %v\n%s", res.StatusCode, res.Header, body)
			}
			if _, body := h.do("GET", "/konto", "", "Cookie", sent); strings.Contains(body, "gespeichert") {
				t.Error("the sentence is shown twice")
			}
			if res, _ := h.do("GET", "/koordination", "", "Cookie", sent); res.StatusCode != 403 {
				t.Errorf("desk of the coordinators: %d", res.StatusCode)
			}
			if _, body := h.do("GET", "/seite/1", "", "Cookie", sent); strings.Contains(body, "Mein Konto") {
				t.Error("a public page knows who is logged in")
			}
			h.wait(31 * 24 * time.Hour)
			if res, _ := h.do("GET", "/konto", "", "Cookie", sent); res.StatusCode != 303 {
				t.Errorf("after 31 days: %d", res.StatusCode)
			}
		})
	}
}

func (h *house) login(p agenda.Person, before string) *http.Cookie {
	h.t.Helper()
	res, body := h.do("POST", "/hinein/"+string(p.ID), "", "Cookie", before)
	if res.StatusCode != 303 || len(res.Cookies()) == 0 {
		h.t.Fatalf("log in: %d %v\n%s", res.StatusCode, res.Header, body)
	}
	return res.Cookies()[0]
}

func TestSessionEndsWithLogOutAndDeletion(t *testing.T) {
	h := open(t, base, plain)
	p, err := h.Store.SavePerson(t.Context(), agenda.Shell, agenda.Person{Family: "Ahrens", Email: "a@example.org"}, time.Time{})
	check(t, err)
	first, second := h.login(p, ""), h.login(p, "")
	if res, _ := h.do("POST", "/ausloggen", "", "Cookie", first.Name+"="+first.Value); res.StatusCode != 303 || res.Cookies()[0].MaxAge >= 0 {
		t.Errorf("log out: %d %v", res.StatusCode, res.Cookies())
	}
	if res, _ := h.do("GET", "/konto", "", "Cookie", first.Name+"="+first.Value); res.StatusCode != 303 {
		t.Errorf("old cookie after log out: %d", res.StatusCode)
	}
	if res, _ := h.do("GET", "/konto", "", "Cookie", second.Name+"="+second.Value); res.StatusCode != 200 {
		t.Errorf("other browser: %d", res.StatusCode)
	}
	check(t, h.Store.DeletePerson(t.Context(), agenda.Shell, p.ID))
	if res, _ := h.do("GET", "/konto", "", "Cookie", second.Name+"="+second.Value); res.StatusCode != 303 {
		t.Errorf("deleted person: %d", res.StatusCode)
	}
}

func TestLogHasNoSecrets(t *testing.T) {
	h := open(t, base, plain)
	for _, path := range []string{"/einloggen/geheim1", "/en/abmelden/geheim2", "/vormerkung/geheim3", "/einreichung/geheim4/x", "/feeds/personal/geheim5.ics", "/feeds/group/geheim6.ics"} {
		h.do("GET", path, "")
	}
	h.do("GET", "/seite/1%0aevil", "")
	log := h.log.String()
	if strings.Contains(log, "geheim") || strings.Contains(log, "\nevil") || !strings.Contains(log, "/vormerkung/***") {
		t.Errorf("log:\n%s", log)
	}
}

func TestStaticLegalAndHealth(t *testing.T) {
	h := open(t, base, plain)
	for path, want := range map[string]string{
		"/healthz": "ok", "/readyz": "ok", "/robots.txt": "Allow: /", "/impressum": "§ 5 DDG", "/en/datenschutz": "This text is a template", "/barrierefreiheit": "Barriere melden",
	} {
		if res, body := h.do("GET", path, ""); res.StatusCode != 200 || !strings.Contains(body, want) || strings.Contains(body, "{office}") {
			t.Errorf("%s: %d, want %q\n%s", path, res.StatusCode, want, body)
		}
	}
	if _, body := h.do("GET", "/robots.txt", ""); strings.Contains(body, "feeds") {
		t.Error("robots.txt speaks of feeds: some calendars then refuse to fetch them")
	}
	for _, path := range []string{"/static/static.go", "/static/../frame.go", "/static/"} {
		if res, _ := h.do("GET", path, ""); res.StatusCode == 200 {
			t.Errorf("%s is served", path)
		}
	}
}

func TestOwnPath(t *testing.T) {
	for in, want := range map[string]string{
		"/konto?x=1": "/konto?x=1", "//evil": "/", `/\evil`: "/", `\\evil`: "/", "https:evil": "/", "/\t/evil": "/", "": "/", "/" + strings.Repeat("x", 3000): "/",
	} {
		if got := frame.OwnPath(in); got != want {
			t.Errorf("OwnPath(%.20q) = %.20q, want %q", in, got, want)
		}
	}
}
