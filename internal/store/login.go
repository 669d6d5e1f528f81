package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// ErrNeedCode is returned when a log-in link is opened in another browser than
// the one that asked for it: the code of the mail has to be typed.
var ErrNeedCode = errors.New("the code from the mail is needed")

// Limits of log-in links (OWASP ASVS 5.0, 6.5.5).
const (
	loginWithin   = 10 * time.Minute
	operatorLogin = 24 * time.Hour // of links made on the machine itself
	loginTries    = 5              // wrong codes
	loginsOpen    = 5              // links that one person can have waiting
)

// login is a log-in link that was not used yet.
type login struct {
	ID     string          `json:"id"`
	Person agenda.PersonID `json:"person"`
	Cookie string          `json:"cookie,omitempty"` // hash of what was set in the browser that asked
	Until  time.Time       `json:"until"`
	Tries  int             `json:"tries,omitempty"`
}

// AskLogin mails a log-in link, valid for ten minutes, if the address belongs
// to a person; the caller cannot tell whether it does. cookie is the random
// value that was set in the browser that asks.
func (s *Store) AskLogin(ctx context.Context, email, cookie string) error {
	addr, ok := agenda.Email(email)
	if !ok {
		return agenda.Problems{{Field: "email", Rule: "email", Want: "name@example.org"}}
	}
	return s.update(ctx, agenda.Actor{}, func(t *tx) error {
		p, err := personByEmail(t, addr)
		if err != nil {
			return ignoreNotFound(err)
		}
		open, err := t.openLogins(p.ID)
		if err != nil || open >= loginsOpen {
			return err
		}
		l := login{ID: t.id, Person: p.ID, Cookie: hashOf(cookie), Until: t.now.Add(loginWithin)}
		put(t, kv.Key(kLogin, l.ID), l)
		subject := agenda.Ref{Kind: agenda.AboutLogin, ID: l.ID}
		reader := agenda.Ref{Kind: agenda.AboutPerson, ID: string(p.ID)}
		n := agenda.Notice{ID: agenda.NoticeID("login." + l.ID), Kind: agenda.KindLogin, Subject: subject, Mark: l.ID, Deadline: l.Until}
		return t.enqueue(n.Message(reader, t.now))
	})
}

// openLogins counts a person's waiting links and forgets all that ended.
func (t *tx) openLogins(id agenda.PersonID) (open int, err error) {
	waiting, err := all[login](t, kLogin)
	if err != nil {
		return 0, err
	}
	forgotten := 0
	for _, l := range waiting {
		switch {
		case !t.now.Before(l.Until) && forgotten < 20:
			forgotten++
			t.Delete(kv.Key(kLogin, l.ID))
		case l.Person == id && t.now.Before(l.Until):
			open++
		}
	}
	return open, nil
}

// LoginLink makes a log-in link for the operator of the machine: it works in
// any browser, once, for a day.
func (s *Store) LoginLink(ctx context.Context, email string) (token string, err error) {
	return s.LoginLinkUntil(ctx, email, s.Now().Add(operatorLogin))
}

// LoginLinkUntil makes a log-in link that works in any browser, once, until the
// time given.
func (s *Store) LoginLinkUntil(ctx context.Context, email string, until time.Time) (token string, err error) {
	addr, ok := agenda.Email(email)
	if !ok {
		return "", agenda.Problems{{Field: "email", Rule: "email", Want: "name@example.org"}}
	}
	err = s.update(ctx, agenda.Shell, func(t *tx) error {
		p, err := personByEmail(t, addr)
		if err != nil {
			return err
		}
		put(t, kv.Key(kLogin, t.id), login{ID: t.id, Person: p.ID, Until: until})
		token = s.token(forLogin, t.id, 0)
		return nil
	})
	return token, err
}

// LoginState is what the page behind a log-in link shows before it is used.
type LoginState struct {
	Valid     bool // the link can still be used
	NeedsCode bool // it was asked for in another browser than this one
}

// LoginState looks at a link and changes nothing: mail scanners open links.
func (s *Store) LoginState(ctx context.Context, token, cookie string) (LoginState, error) {
	return view(ctx, s, func(tx kv.Tx) (LoginState, error) {
		l, err := s.openLogin(tx, token, s.Now())
		if err != nil {
			return LoginState{}, ignoreExpired(err)
		}
		return LoginState{Valid: true, NeedsCode: !l.asked(cookie)}, nil
	})
}

func (l login) asked(cookie string) bool {
	return l.Cookie == "" || hmac.Equal([]byte(l.Cookie), []byte(hashOf(cookie)))
}

// Login uses up a log-in link and returns whose it is. cookie is the value
// found in the browser, code what was typed. ErrExpired is returned for a link
// that was used, has ended or never was one, ErrTooMany after too many wrong
// codes.
func (s *Store) Login(ctx context.Context, token, cookie, code string) (p agenda.Person, err error) {
	var refused error
	err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
		refused = nil
		l, err := s.openLogin(t, token, t.now)
		if err != nil {
			return err
		}
		if !l.asked(cookie) && !hmac.Equal([]byte(code), []byte(s.code(l))) {
			if refused = ErrNeedCode; code != "" {
				l.Tries++
				put(t, kv.Key(kLogin, l.ID), l) // committed: the try counts
			}
			return nil
		}
		if p, err = get[agenda.Person](t, personKey(l.Person)); err != nil {
			return agenda.ErrExpired
		}
		t.Delete(kv.Key(kLogin, l.ID))
		return nil
	})
	return p, errors.Join(err, refused)
}

func (s *Store) openLogin(tx kv.Tx, token string, now time.Time) (login, error) {
	if !s.genuine(token, forLogin, 0) {
		return login{}, agenda.ErrExpired
	}
	l, err := get[login](tx, kv.Key(kLogin, subjectOf(token)))
	switch {
	case errors.Is(err, agenda.ErrNotFound), err == nil && !now.Before(l.Until):
		return l, agenda.ErrExpired
	case err == nil && l.Tries >= loginTries:
		return l, agenda.ErrTooMany
	}
	return l, err
}

func ignoreExpired(err error) error {
	if errors.Is(err, agenda.ErrExpired) || errors.Is(err, agenda.ErrTooMany) {
		return nil
	}
	return err
}

func hashOf(secret string) string {
	if secret == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// session is what is kept of a browser that is logged in.
type session struct {
	Data    []byte    `json:"data"`
	Expires time.Time `json:"expires"`
}

// SessionFind returns the data of a session by the hash of its token, false if
// there is none or it has ended.
func (s *Store) SessionFind(ctx context.Context, hash string) ([]byte, bool, error) {
	v, err := view(ctx, s, func(tx kv.Tx) (session, error) { return get[session](tx, kv.Key(kSession, hash)) })
	if errors.Is(err, agenda.ErrNotFound) || err == nil && !s.Now().Before(v.Expires) {
		return nil, false, nil
	}
	return v.Data, err == nil, err
}

// SessionSave keeps a session until it expires.
func (s *Store) SessionSave(ctx context.Context, hash string, data []byte, expires time.Time) error {
	return s.update(ctx, agenda.Actor{}, func(t *tx) error {
		put(t, kv.Key(kSession, hash), session{data, expires})
		return nil
	})
}

// SessionDelete ends a session.
func (s *Store) SessionDelete(ctx context.Context, hash string) error {
	return s.update(ctx, agenda.Actor{}, func(t *tx) error {
		t.Delete(kv.Key(kSession, hash))
		return nil
	})
}
