package frame

import (
	"container/list"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

type requestKey struct{}

func (c *Ctx) requestID() string {
	id, _ := c.Request.Context().Value(requestKey{}).(string)
	return id
}

// policy allows a page its own style sheet, script, fonts and pictures, forms
// to itself, and nothing else (W3C CSP 3).
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// outer is around every page: the request's number, the headers that protect,
// the line in the log.
func (f *Frame) outer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:10]
		begin := time.Now()
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if f.https() {
			h.Set("Strict-Transport-Security", "max-age=63072000")
		}
		counted := &counter{ResponseWriter: w}
		next.ServeHTTP(counted, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
		f.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("path", Masked(r.URL.Path)), slog.Int("status", counted.status),
			slog.Int64("bytes", counted.bytes), slog.Duration("took", time.Since(begin)), slog.String("request", id))
	})
}

// counter remembers what was answered, for the log.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *counter) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher.
func (c *counter) Flush() {
	// A connection that cannot flush sends when the handler returns.
	_ = http.NewResponseController(c.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// secretAfter are the parts of paths behind which a secret stands.
var secretAfter = []string{"/einloggen/", "/abmelden/", "/vormerkung/", "/einreichung/", "/feeds/group/", "/feeds/personal/"}

// Masked returns a path fit for a log: what lets its reader act for somebody is
// left out.
func Masked(path string) string {
	for _, s := range secretAfter {
		if before, rest, ok := strings.Cut(path, s); ok && rest != "" {
			return before + s + "***"
		}
	}
	return path
}

// recover answers a request whose handler panicked.
func (f *Frame) recover(c *Ctx) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	err := fmt.Errorf("panic: %v", v)
	f.Log.ErrorContext(c.Request.Context(), "panic", "error", err, "stack", string(debug.Stack()), "request", c.requestID())
	if !c.Writer.Written() {
		c.fail(err)
	}
}

// limiter allows each address so many posts at once and so many a second after
// that. It remembers a bounded number of addresses; who was away longest is
// forgotten first.
type limiter struct {
	every rate.Limit
	burst int
	mu    sync.Mutex
	seen  map[string]*list.Element
	order *list.List // most recent first
}

type allowance struct {
	addr string
	*rate.Limiter
}

const addressesKept = 10_000

func newLimiter(every rate.Limit, burst int) *limiter {
	return &limiter{every: every, burst: burst, seen: map[string]*list.Element{}, order: list.New()}
}

func (l *limiter) allow(addr string, now time.Time) bool {
	addr = network(addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.seen[addr]
	if e == nil {
		e = l.order.PushFront(allowance{addr, rate.NewLimiter(l.every, l.burst)})
		l.seen[addr] = e
		if l.order.Len() > addressesKept {
			last := l.order.Back()
			delete(l.seen, l.order.Remove(last).(allowance).addr)
		}
	}
	l.order.MoveToFront(e)
	return e.Value.(allowance).AllowN(now, 1)
}

// network returns what stands for one customer: an IPv4 address, or the /64 of
// an IPv6 one.
func network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil || ip.Unmap().Is4() {
		return addr
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return addr
	}
	return p.String()
}
