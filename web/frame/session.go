package frame

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

const (
	sessionLifetime = 30 * 24 * time.Hour
	askingLifetime  = 15 * time.Minute // a little more than a log-in link has
	personKey       = "person"
	flashKey        = "flash"
)

// newSessions returns the sessions of the pages that need one. There is no idle
// time-out: it would write on every view.
func newSessions(s *store.Store, https bool) *scs.SessionManager {
	m := scs.New()
	m.Lifetime, m.IdleTimeout = sessionLifetime, 0
	m.Store, m.HashTokenInStore = sessionStore{s}, true
	m.Cookie.Name, m.Cookie.Secure = cookieName("widunetz", https), https
	m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Path = true, http.SameSiteLaxMode, "/"
	return m
}

// cookieName has the prefix that binds a cookie to this host wherever browsers
// allow it (RFC 6265bis, section 4.1.3.2).
func cookieName(name string, https bool) string {
	if https {
		return "__Host-" + name
	}
	return name
}

// sessionStore keeps sessions in the store. The library measures time by the
// machine, the store by the service's clock: what is kept is the time left.
type sessionStore struct{ store *store.Store }

// FindCtx implements scs.CtxStore.
func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return s.store.SessionFind(ctx, token)
}

// CommitCtx implements scs.CtxStore.
func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.store.SessionSave(ctx, token, b, s.store.Now().Add(time.Until(expiry)))
}

// DeleteCtx implements scs.CtxStore.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.store.SessionDelete(ctx, token)
}

// Find implements scs.Store.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store.
func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// openSession loads the session of a request and whoever is logged in, and sees
// to it that a change of it is kept before the answer begins.
func (c *Ctx) openSession() error {
	f := c.Frame
	token := ""
	if cookie, err := c.Request.Cookie(f.sessions.Cookie.Name); err == nil {
		token = cookie.Value
	}
	ctx, err := f.sessions.Load(c.Request.Context(), token)
	if err != nil {
		return err
	}
	c.Request = c.Request.WithContext(ctx)
	c.Writer.Header().Add("Vary", "Cookie")
	c.Writer = &sessionWriter{ResponseWriter: c.Writer, keep: c.keepSession}
	id := agenda.PersonID(f.sessions.GetString(ctx, personKey))
	if id == "" {
		return nil
	}
	p, err := f.Store.Person(ctx, id)
	if errors.Is(err, agenda.ErrNotFound) {
		return nil // deleted in the meantime: logged out
	}
	if err == nil {
		c.person = &p
	}
	return err
}

func (c *Ctx) keepSession() {
	m, ctx := c.Frame.sessions, c.Request.Context()
	switch m.Status(ctx) {
	case scs.Modified:
		token, expiry, err := m.Commit(ctx)
		if err != nil {
			c.Frame.Log.ErrorContext(ctx, "keep session", "error", err, "request", c.requestID())
			return
		}
		m.WriteSessionCookie(ctx, c.Writer, token, expiry)
	case scs.Destroyed:
		m.WriteSessionCookie(ctx, c.Writer, "", time.Time{})
	}
}

// sessionWriter keeps the session before the first byte: its cookie is part of
// the head.
type sessionWriter struct {
	gin.ResponseWriter
	keep func()
	kept bool
}

func (w *sessionWriter) begin() {
	if !w.kept {
		w.kept = true
		w.keep()
	}
}

// WriteHeader implements http.ResponseWriter.
func (w *sessionWriter) WriteHeader(status int) {
	w.begin()
	w.ResponseWriter.WriteHeader(status)
}

// WriteHeaderNow implements gin.ResponseWriter.
func (w *sessionWriter) WriteHeaderNow() {
	w.begin()
	w.ResponseWriter.WriteHeaderNow()
}

// Write implements http.ResponseWriter.
func (w *sessionWriter) Write(b []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(b)
}

// WriteString implements io.StringWriter.
func (w *sessionWriter) WriteString(s string) (int, error) {
	w.begin()
	return w.ResponseWriter.WriteString(s)
}

// LogIn makes the session that of a person, under a new token: one that was set
// in the browser before is worthless.
func (c *Ctx) LogIn(p agenda.Person) error {
	ctx := c.Request.Context()
	if err := c.Frame.sessions.RenewToken(ctx); err != nil {
		return err
	}
	c.Frame.sessions.Put(ctx, personKey, string(p.ID))
	c.person = &p
	return nil
}

// LogOut ends the session here and in the store.
func (c *Ctx) LogOut() error {
	c.person = nil
	return c.Frame.sessions.Destroy(c.Request.Context())
}

// Flash keeps a sentence for the next page that this browser opens. Only routes
// with a session can.
func (c *Ctx) Flash(text string) { c.Frame.sessions.Put(c.Request.Context(), flashKey, text) }

// AskingCookie returns the secret that was set in this browser when it asked
// for a log-in link, "" if it did not.
func (c *Ctx) AskingCookie() string {
	v, err := c.Request.Cookie(cookieName("widunetz-login", c.Frame.https()))
	if err != nil {
		return ""
	}
	return v.Value
}

// SetAskingCookie sets that secret, if it is not there yet, and returns it.
func (c *Ctx) SetAskingCookie() string {
	v := c.AskingCookie()
	if len(v) < 20 || len(v) > 64 {
		v = rand.Text()
	}
	https := c.Frame.https()
	http.SetCookie(c.Writer, &http.Cookie{
		Name: cookieName("widunetz-login", https), Value: v, Path: "/", MaxAge: int(askingLifetime.Seconds()),
		Secure: https, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return v
}
