package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// sessionLife is how long a browser stays logged in. There is no idle time-out:
// it would write on every view.
const sessionLife = 30 * 24 * time.Hour

const personInSession = "person"

func newSessions(s *store.Store, secure bool) *scs.SessionManager {
	// scs.New would start a store in memory beside ours, which never ends.
	m := &scs.SessionManager{
		Lifetime: sessionLife, Store: sessionStore{s}, Codec: scs.GobCodec{},
		Cookie: scs.SessionCookie{Name: "widunetz", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Persist: true},
	}
	if secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-widunetz", true
	}
	return m
}

// sessionStore keeps sessions in the store, under the hash of their token.
type sessionStore struct{ s *store.Store }

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx implements scs.CtxStore.
func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return s.s.SessionFind(ctx, hashed(token))
}

// CommitCtx implements scs.CtxStore.
func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	// scs counts from the machine's clock; the service may run on another.
	return s.s.SessionSave(ctx, hashed(token), b, s.s.Now().Add(time.Until(expiry)))
}

// DeleteCtx implements scs.CtxStore.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.s.SessionDelete(ctx, hashed(token))
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

// signedIn returns who is logged in, nil on public pages and for strangers.
func (c *Ctx) signedIn() *agenda.Person {
	if c.person != nil || !personal(c.path) {
		return c.person
	}
	id := c.w.sessions.GetString(c.ctx(), personInSession)
	if id == "" {
		return nil
	}
	p, err := c.store().Person(c.ctx(), agenda.PersonID(id))
	if err != nil {
		return nil // deleted since
	}
	c.person = &p
	return c.person
}

// actor is who does something in this request.
func (c *Ctx) actor() agenda.Actor {
	if p := c.signedIn(); p != nil {
		return agenda.PersonActor(p.ID)
	}
	return agenda.Actor{}
}

// logIn begins a session under a new token.
func (c *Ctx) logIn(p agenda.Person) error {
	if err := c.w.sessions.RenewToken(c.ctx()); err != nil {
		return err
	}
	c.w.sessions.Put(c.ctx(), personInSession, string(p.ID))
	c.person = &p
	return nil
}

// flash keeps a message for the next page.
func (c *Ctx) flash(text string) { c.w.sessions.Put(c.ctx(), "flash", text) }

// who is what a route asks of its visitor.
type who int

const (
	anyone who = iota
	member
	chair       // of the group in the address, or coordinator
	coordinator //
	submitter   // of an event: has the link to it
)

// guard lets a request pass to the route's handler if its visitor may.
func (w *Web) guard(r route) func(*Ctx) error {
	return func(c *Ctx) error {
		if c.Request.Method == http.MethodPost && !w.limits.allow(c.ClientIP(), time.Now()) {
			return agenda.ErrTooMany
		}
		if err := c.may(r.who); err != nil {
			return err
		}
		err := c.readForm()
		if errors.Is(err, errDocument) {
			return w.refuseDocument(c)
		}
		if err != nil {
			return err
		}
		return r.handler(c)
	}
}

func (c *Ctx) may(w who) error {
	if w == anyone {
		return nil
	}
	c.Header("Cache-Control", "no-store")
	if w == submitter {
		_, err := c.store().Submission(c.ctx(), c.Param("token"))
		return err
	}
	p := c.signedIn()
	switch {
	case p == nil:
		return errLogin
	case w == coordinator && !p.Coordinator:
		return agenda.ErrDenied
	case w == chair && !p.Coordinator:
		g, err := c.groupOfPath()
		if err != nil {
			return err
		}
		chairs, err := c.store().Chairs(c.ctx(), p.ID, g, c.store().Today())
		if err != nil {
			return err
		}
		if !chairs {
			return agenda.ErrDenied
		}
	}
	return nil
}

// groupOfPath is the group that the address is about: named in it, or that of
// the poll, the deadline or the meeting in it.
func (c *Ctx) groupOfPath() (agenda.GroupID, error) {
	if g := c.Param("group"); g != "" {
		return agenda.GroupID(g), nil
	}
	if id := c.Param("poll"); id != "" {
		p, err := c.store().Poll(c.ctx(), agenda.PollID(id))
		return p.Group, err
	}
	if id := c.Param("deadline"); id != "" {
		d, err := c.store().Deadline(c.ctx(), agenda.DeadlineID(id))
		return d.Group, err
	}
	m, err := c.store().Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	return m.Group, errors.Join(err)
}
