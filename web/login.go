package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// askedCookie binds a log-in link to the browser that asked for it.
const askedCookie = "widunetz_gefragt"

func (w *Web) showLogin(c *Ctx) error {
	if c.signedIn() != nil {
		return c.redirect("/konto")
	}
	return w.loginPage(c, http.StatusOK, "", nil)
}

func (w *Web) loginPage(c *Ctx, status int, email string, err error) error {
	f := c.form("/einloggen", "groups.login.send")
	f.add(field{Kind: "email", Name: "email", Value: email, Required: true, Max: 254, Auto: "email", Dir: "ltr"})
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "form", c.P.T("groups.login.title"), map[string]any{"Form": f, "Lead": c.P.T("groups.login.lead")})
}

// askLogin mails a link if the address is known; the answer does not tell.
func (w *Web) askLogin(c *Ctx) error {
	secret, err := c.Cookie(askedCookie)
	if err != nil || len(secret) < 20 {
		secret = rand.Text()
	}
	if err := w.Store.AskLogin(c.ctx(), c.posted("email"), secret); err != nil {
		return w.loginPage(c, http.StatusUnprocessableEntity, c.posted("email"), err)
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: askedCookie, Value: secret, Path: "/", MaxAge: 3600, HttpOnly: true, Secure: w.secure, SameSite: http.SameSiteLaxMode,
	})
	return c.page(http.StatusOK, "message", c.P.T("groups.login.sent.title"), map[string]any{"Text": c.P.T("groups.login.sent.text")})
}

// showLoginLink shows one button; mail scanners open links and press nothing.
func (w *Web) showLoginLink(c *Ctx) error {
	secret, _ := c.Cookie(askedCookie) // without one the code is asked for
	state, err := w.Store.LoginState(c.ctx(), c.Param("token"), secret)
	if err != nil {
		return err
	}
	if !state.Valid {
		return agenda.ErrExpired
	}
	return w.loginLinkPage(c, http.StatusOK, state.NeedsCode, false)
}

func (w *Web) loginLinkPage(c *Ctx, status int, needsCode, wrong bool) error {
	c.Header("Cache-Control", "no-store")
	f := c.form("/einloggen/"+c.Param("token"), "groups.login.button")
	lead := "groups.login.press"
	if needsCode {
		lead = "groups.login.type"
		x := field{Kind: "text", Name: "code", Required: true, Max: 12, Auto: "one-time-code", Dir: "ltr"}
		if wrong {
			x.Error = c.P.T("groups.login.wrong")
		}
		f.add(x)
	}
	return c.page(status, "form", c.P.T("groups.login.title"), map[string]any{"Form": f, "Lead": c.P.T(lead)})
}

func (w *Web) logIn(c *Ctx) error {
	secret, _ := c.Cookie(askedCookie)
	code := strings.ReplaceAll(c.posted("code"), " ", "")
	p, err := w.Store.Login(c.ctx(), c.Param("token"), secret, code)
	if errors.Is(err, store.ErrNeedCode) {
		return w.loginLinkPage(c, http.StatusForbidden, true, code != "")
	}
	if err != nil {
		return err
	}
	if err := c.logIn(p); err != nil {
		return err
	}
	if p.Coordinator {
		return c.redirect("/koordination")
	}
	return c.redirect("/konto")
}

func (w *Web) logOut(c *Ctx) error {
	if err := w.sessions.Destroy(c.ctx()); err != nil {
		return err
	}
	return c.redirect("/")
}
