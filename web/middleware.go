package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"widunetz/internal/agenda"
	"widunetz/internal/picture"
)

// Limits of a request's body.
const (
	maxForm   = 1 << 20
	maxUpload = 10 << 20
	// A picture that is somewhat too large still comes through with what was
	// typed beside it, so that the page can say so.
	maxPicture = picture.MaxFile * 3 / 2
	// So does a document that is somewhat too large.
	maxDocumentForm = agenda.MaxDocument + 1<<20
)

// bodyLimit is how large the body of a request to the path may be.
func bodyLimit(path string) int64 {
	switch {
	case strings.HasPrefix(path, "/koordination/import"):
		return maxUpload
	case strings.HasSuffix(path, "/bild") && (strings.HasPrefix(path, "/einreichung/") || strings.HasPrefix(path, "/koordination/veranstaltungen/")):
		return maxPicture
	case takesDocument(path):
		return maxDocumentForm
	}
	return maxForm
}

// outside wraps what concerns every request: identity, limits of size, headers,
// language, sessions where pages need them, and posts from other sites.
func (w *Web) outside(engine http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	withSession := w.sessions.LoadAndSave(engine)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		defer w.recovered(rw, r)
		if strings.HasPrefix(r.URL.Path, "/feeds/") {
			w.serveFeed(rw, r)
			return
		}
		id := strings.ToLower(rand.Text()[:10])
		l, path := w.language(r.URL.Path)
		ctx := context.WithValue(r.Context(), langKey, l)
		ctx = context.WithValue(ctx, pathKey, r.URL.Path)
		ctx = context.WithValue(ctx, requestIDKey, id)
		r = r.WithContext(ctx)
		if path != r.URL.Path {
			u := *r.URL
			u.Path, u.RawPath = path, ""
			r.URL = &u
		}
		w.secureHeaders(rw.Header(), path, id)
		if r.ContentLength > bodyLimit(path) {
			defer drained(rw, r.Body)()
			r.Body = refused{bodyLimit(path)}
		} else {
			r.Body = http.MaxBytesReader(rw, r.Body, bodyLimit(path))
		}
		next := engine
		if personal(path) {
			next = withSession
		}
		// The one-click POST of RFC 8058 comes without Origin and passes anyway.
		if err := crossOrigin.Check(r); err != nil {
			r.Method, r.Body = http.MethodGet, http.NoBody
			r = r.WithContext(context.WithValue(ctx, crossKey, true))
		}
		next.ServeHTTP(rw, r)
	})
}

// refused is a body that is too large to be read at all.
type refused struct{ limit int64 }

// Read implements io.Reader.
func (r refused) Read([]byte) (int, error) { return 0, &http.MaxBytesError{Limit: r.limit} }

// Close implements io.Closer.
func (r refused) Close() error { return nil }

// mostDrained is how much of a refused body is read.
const mostDrained = 128 << 20

// drained returns what reads a refused body to nowhere after it was answered: a
// browser that is still sending when the connection ends shows no answer at all.
// No more of it than a buffer is kept.
func drained(rw http.ResponseWriter, body io.Reader) func() {
	c := http.NewResponseController(rw)
	duplex := c.EnableFullDuplex() // or the server would wait for the body before it answers
	return func() {
		if duplex == nil && c.Flush() == nil {
			_, _ = io.CopyN(io.Discard, body, mostDrained) // until the client or the time for reading ends
		}
	}
}

// crossKey marks a post that came from another site.
const crossKey ctxKey = 100

// personal reports whether pages under the path know who is logged in. All
// others are the same for everybody.
func personal(path string) bool {
	for _, p := range []string{"/einloggen", "/ausloggen", "/konto", "/gremien", "/sitzungen", "/umfragen", "/koordination", "/so-gehts", "/verzeichnis", "/verzeichnis.vcf"} {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}

// language splits "/ar/programm" into the language and the path.
func (w *Web) language(path string) (agenda.Lang, string) {
	head, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if l := agenda.Lang(head); l != agenda.German && w.Catalog.Enabled(l) {
		return l, "/" + rest
	}
	return agenda.German, path
}

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// embedPolicy is for the one page that other sites show inside of theirs. It
// has no script, no form and nothing that depends on who looks at it.
const embedPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'; frame-ancestors *; base-uri 'none'"

// policyOf returns the Content-Security-Policy of a path without its language.
func policyOf(p string) string {
	if ok, err := path.Match("/programm/*/"+embedSlug, p); ok && err == nil {
		return embedPolicy
	}
	return policy
}

func (w *Web) secureHeaders(h http.Header, path, id string) {
	h.Set("Content-Security-Policy", policyOf(path))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
	h.Set(requestID, id)
	if w.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// recovered answers a request whose handler panicked; the process lives on.
func (w *Web) recovered(rw http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	w.Log.Error("handler panicked", "request", rw.Header().Get(requestID), "path", masked(r.URL.Path), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	plainError(rw)
}

// sessionFailed answers a request whose session could not be read or kept.
func (w *Web) sessionFailed(rw http.ResponseWriter, r *http.Request, err error) {
	w.Log.Error("session failed", "request", rw.Header().Get(requestID), "path", masked(r.URL.Path), "error", err)
	plainError(rw)
}

// plainError is the answer when no page can be made.
func plainError(rw http.ResponseWriter) {
	http.Error(rw, "Es ist ein Fehler aufgetreten. / An error occurred. ("+rw.Header().Get(requestID)+")", http.StatusInternalServerError)
}

// requestID names the request, in the answer as in the log.
const requestID = "X-Request-Id"

// masked hides the secrets that stand in paths, for logs.
func masked(path string) string {
	for _, p := range []string{"/einloggen/", "/abmelden/", "/vormerkung/", "/benachrichtigung/", "/anmeldung/", "/liste/", "/einreichung/", "/aufruf/", "/umfrage/", "/antwort/", "/vertretung/", "/thema/", "/unterlagen/", "/protokoll/", "/aufgaben/", "/feeds/group/", "/feeds/personal/"} {
		if i := strings.Index(path, p); i >= 0 {
			return path[:i+len(p)] + "…"
		}
	}
	return agenda.Line(path)
}

// limiter allows every client so many posts: a burst, then one in some seconds.
// It forgets clients that were away for a while.
type limiter struct {
	mu      sync.Mutex
	clients map[string]*client
}

type client struct {
	rate *rate.Limiter
	seen time.Time
}

const (
	postsBurst  = 40
	postEvery   = 2 * time.Second
	manyClients = 10000
)

func newLimiter() *limiter { return &limiter{clients: map[string]*client{}} }

// allow reports whether the client may post at now.
func (l *limiter) allow(address string, now time.Time) bool {
	// An IPv6 host has a whole /64 of addresses.
	if ip := net.ParseIP(address); ip != nil && ip.To4() == nil {
		address = ip.Mask(net.CIDRMask(64, 128)).String()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.clients[address]
	if c == nil {
		if len(l.clients) >= manyClients {
			l.forget(now)
		}
		c = &client{rate: rate.NewLimiter(rate.Every(postEvery), postsBurst)}
		l.clients[address] = c
	}
	c.seen = now
	return c.rate.AllowN(now, 1)
}

// forget drops clients that have all their posts again, or all if none has.
func (l *limiter) forget(now time.Time) {
	for a, c := range l.clients {
		if now.Sub(c.seen) > postsBurst*postEvery {
			delete(l.clients, a)
		}
	}
	if len(l.clients) >= manyClients {
		clear(l.clients)
	}
}
