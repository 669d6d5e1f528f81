package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// askedCookie binds a log-in link to the browser that asked for it.
const askedCookie = "widunetz_gefragt"

// onwardCookie is where the visitor wanted to go before she was asked to log
// in.
const onwardCookie = "widunetz_weiter"

func (w *Web) showLogin(c *Ctx) error {
	if c.signedIn() != nil {
		return c.redirect("/konto")
	}
	return w.loginPage(c, http.StatusOK, "", nil)
}

func (w *Web) loginPage(c *Ctx, status int, email string, err error) error {
	action := "/einloggen"
	if onward := ownPath(c.Query("weiter")); onward != "" {
		action += "?weiter=" + url.QueryEscape(onward)
	}
	f := c.form(action, "groups.login.send")
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
	c.setCookie(askedCookie, secret, askedFor)
	if onward := ownPath(c.Query("weiter")); onward != "" {
		c.setCookie(onwardCookie, url.QueryEscape(onward), askedFor)
	}
	return c.page(http.StatusOK, "message", c.P.T("groups.login.sent.title"), map[string]any{"Text": c.P.T("groups.login.sent.text")})
}

// askedFor is how long the browser that asked for a link is known, in seconds.
const askedFor = 3600

// setCookie sets a cookie of the log-in; a negative age deletes it.
func (c *Ctx) setCookie(name, value string, age int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: c.w.secure, SameSite: http.SameSiteLaxMode,
	})
}

// ownPath returns an address if it is a path of this service, else "": nobody
// is led to another site by a link to this one.
func ownPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || len(s) > 1000 || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return ""
	}
	return s
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
	if wanted, err := c.Cookie(onwardCookie); err == nil { // gin has unescaped it
		c.setCookie(onwardCookie, "", -1)
		if onward := ownPath(wanted); onward != "" {
			return c.redirect(onward)
		}
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
