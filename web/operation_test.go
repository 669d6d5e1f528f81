package web

import (
	"context"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A handler that panics costs its visitor the page and nobody else anything.
func TestPanicInAHandler(t *testing.T) {
	t.Parallel()
	n := open(t, func(o *Options) {
		o.Demo = &Demo{SpoolDir: t.TempDir(), Advance: func(context.Context, time.Duration) error { panic("kaputt") }}
	})
	b := n.browser()
	a := b.post("/demo/clock", url.Values{"step": {"day"}}).want(t, http.StatusInternalServerError)
	id := a.Header.Get("X-Request-Id")
	if len(id) != 10 || !strings.Contains(a.body, id) || strings.Contains(a.body, "kaputt") {
		t.Errorf("request %q, page %q", id, a.body)
	}
	if log := n.log.String(); !strings.Contains(log, "request="+id) || !strings.Contains(log, "kaputt") || !strings.Contains(log, "operation_test.go") {
		t.Errorf("the log lacks request, reason or place:\n%s", log)
	}
	b.get("/").want(t, http.StatusOK)
}

func TestErrorPageNamesTheRequest(t *testing.T) {
	t.Parallel()
	n := open(t)
	a, b := n.browser().get("/nichts").want(t, http.StatusNotFound, "Kennung"), n.browser().get("/en/nothing").want(t, http.StatusNotFound)
	if !strings.Contains(a.body, a.Header.Get("X-Request-Id")) || a.Header.Get("X-Request-Id") == b.Header.Get("X-Request-Id") {
		t.Error("the page does not name its request")
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %q", a.Header.Get("Cache-Control"))
	}
}

// Behind a proxy the limit counts the client, without one nobody can talk
// herself out of it.
func TestLimitBehindAProxy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, limitBehindAProxy) // so that no second passes between the posts
}

func limitBehindAProxy(t *testing.T) {
	refused := func(n *network, forwarded func(i int) string) bool {
		b := n.browser()
		status := 0
		for i := range postsBurst + 1 {
			r := httptest.NewRequest(http.MethodPost, base+"/einloggen", strings.NewReader("email=kein"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Forwarded-For", forwarded(i))
			status = b.do(r).StatusCode
		}
		return status == http.StatusTooManyRequests
	}
	rotating := func(i int) string { return "198.51.100." + string(rune('0'+i%10)) }
	if !refused(open(t), rotating) {
		t.Error("no proxy is trusted, and the header was believed")
	}
	trusting := open(t, func(o *Options) { o.Config.TrustedProxies = []string{"10.0.0.0/8"} })
	if refused(trusting, rotating) {
		t.Error("clients of a trusted proxy share one limit")
	}
	if !refused(trusting, func(i int) string { return rotating(i) + ", 203.0.113.9" }) {
		t.Error("what the client wrote before the proxy's own entry was believed")
	}
	stranger := open(t, func(o *Options) { o.Config.TrustedProxies = []string{"192.168.1.1"} })
	if !refused(stranger, rotating) {
		t.Error("the header of a proxy that is not trusted was believed")
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(), time.Date(2027, 8, 30, 9, 0, 0, 0, time.UTC)
	use := func(address string) (n int) {
		for l.allow(address, now) {
			n++
		}
		return n
	}
	if got := use("2001:db8::1"); got != postsBurst {
		t.Errorf("%d posts at once, want %d", got, postsBurst)
	}
	if use("2001:db8::ffff:1") != 0 || use("2001:db8:0:1::1") != postsBurst {
		t.Error("an IPv6 host counts with its /64, and only with that")
	}
	now = now.Add(3 * postEvery)
	if got := use("2001:db8::1"); got != 3 {
		t.Errorf("%d posts after some seconds, want 3", got)
	}
	for i := range 3 * manyClients {
		l.allow(time.Duration(i).String(), now)
	}
	if got := len(l.clients); got > manyClients {
		t.Errorf("%d clients are remembered, want at most %d", got, manyClients)
	}
}

// A client that sends its head byte by byte, or a head without end, is cut off.
func TestServerLimits(t *testing.T) {
	t.Parallel()
	s := Server(http.NotFoundHandler())
	if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 {
		t.Errorf("a limit is missing: %+v", s)
	}
	l := must((&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0"))
	go s.Serve(l) //nolint:errcheck // it ends with the listener
	defer s.Close()
	r := must(http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.Addr().String(), nil))
	r.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	a := must(http.DefaultClient.Do(r))
	defer a.Body.Close()
	if a.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d, want 431", a.StatusCode)
	}
}

func TestConfigThatIsWrong(t *testing.T) {
	t.Parallel()
	for addr, ok := range map[string]bool{"127.0.0.1:8080": true, ":8080": true, "8080": false, "http://x:80": false, "": false, "localhost:": false} {
		if err := (Config{Addr: addr}).Validate(); (err == nil) != ok {
			t.Errorf("addr %q: %v", addr, err)
		}
	}
	for proxy, ok := range map[string]bool{"10.0.0.1": true, "10.0.0.0/8": true, "::1": true, "fd00::/8": true, "proxy": false, "10.0.0.0/99": false} {
		if err := (Config{Addr: ":1", TrustedProxies: []string{proxy}}).Validate(); (err == nil) != ok {
			t.Errorf("proxy %q: %v", proxy, err)
		}
	}
	if _, err := New(Options{Site: Site{BaseURL: "termine"}}); err == nil {
		t.Error("a base address without a host was taken")
	}
}

// No log holds what would open somebody's pages or calendar.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.as(vera)
	path, _ := n.browser().asked(cem)
	secrets := []string{path, n.groupFeed(migration), n.personalFeed(birgit), "/einreichung/" + n.SubmissionToken(n.event("Lesung im Garten")), "/vormerkung/abc.def", "/abmelden/abc.def"}
	must(0, n.db.Close())
	for _, s := range secrets {
		for _, prefix := range []string{"", "/en"} {
			b.request(http.MethodGet, prefix+s)
			b.post(prefix+s, nil)
		}
	}
	log := n.log.String()
	if !strings.Contains(log, "feed failed") || !strings.Contains(log, "session failed") || !strings.Contains(log, "request failed") {
		t.Fatalf("not all was logged:\n%s", log)
	}
	for _, s := range append(secrets, b.session()) {
		if token := s[strings.LastIndex(s, "/")+1:]; strings.Contains(log, strings.TrimSuffix(token, ".ics")) {
			t.Errorf("the log holds %s", s)
		}
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	page := b.get("/")
	links := map[string]string{}
	for _, x := range page.all("link") {
		if attr(x, "hreflang") == "" {
			links[attr(x, "href")] = ""
		}
	}
	links[attr(page.all("script")[0], "src")] = ""
	for path := range maps.Keys(links) {
		a := b.request(http.MethodGet, path).want(t, http.StatusOK)
		if a.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", path, a.Header.Get("Cache-Control"))
		}
		if strings.Contains(a.body, "url(http") || strings.Contains(a.body, "url(//") || strings.Contains(a.body, "@import") {
			t.Errorf("%s asks another host", path)
		}
		gz := b.with(http.MethodGet, path, "Accept-Encoding", "gzip")
		if gz.Header.Get("Content-Encoding") != "gzip" || len(gz.body) >= len(a.body) {
			t.Errorf("%s is not compressed", path)
		}
		for font := range strings.SplitSeq(a.body, "url(") {
			if font, _, ok := strings.Cut(font, ")"); ok && strings.HasPrefix(font, "/static/") {
				b.request(http.MethodGet, font).want(t, http.StatusOK)
			}
		}
	}
	for _, path := range []string{"/static/", "/static/app.css", "/static/..%2fweb.go", "/static/LICENSES"} {
		b.request(http.MethodGet, path).want(t, http.StatusNotFound)
	}
}
