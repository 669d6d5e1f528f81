// Package web is where HTTP touches the service: pages, forms and feeds.
//
// Public pages and feeds are projections: they set no cookie, ignore log-in,
// differ only by address, language and day, and are served from kept bytes as
// long as the revision of what they show stays the same. Everything else is a
// page made for one person. All routes stand in routes.go; a handler returns an
// error, and error.go is the only table from errors to pages.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
	"widunetz/internal/store"
)

// Config is the table [web] of the configuration.
type Config struct {
	Addr           string   `toml:"addr"`            // host and port to listen on
	TrustedProxies []string `toml:"trusted_proxies"` // addresses or networks whose X-Forwarded-For is believed
	LegalDir       string   `toml:"legal_dir"`       // folder with impressum.md, datenschutz.md, barrierefreiheit.md
	PDFBrowser     string   `toml:"pdf_browser"`     // browser that makes PDF files; "": the first installed one
}

// Validate says what is wrong with the configuration.
func (c Config) Validate() error {
	var errs []error
	host, port, err := net.SplitHostPort(c.Addr)
	if _, nerr := strconv.ParseUint(port, 10, 16); err != nil || nerr != nil || strings.ContainsAny(host, "/ ") {
		errs = append(errs, fmt.Errorf("web.addr: %q; want \"127.0.0.1:8080\"", c.Addr))
	}
	for _, p := range c.TrustedProxies {
		_, err1 := netip.ParseAddr(p)
		_, err2 := netip.ParsePrefix(p)
		if err1 != nil && err2 != nil {
			errs = append(errs, fmt.Errorf("web.trusted_proxies: %q; want an address or a network such as \"10.0.0.0/8\"", p))
		}
	}
	return errors.Join(errs...)
}

// Site is what pages say about the service.
type Site struct {
	Name    string // of the network
	BaseURL string // without a final slash
	Office  string // mail address of the coordinators
}

// Options of New.
type Options struct {
	Config  Config
	Site    Site
	Store   *store.Store
	Catalog *lang.Catalog
	Log     *slog.Logger
	Demo    *Demo  // nil but for the demo
	Mailbox string // address of the mailbox that answers are read from; "": there is none
	Version string
}

// Web serves the pages.
type Web struct {
	Options
	pages     *pages
	sessions  *scs.SessionManager
	public    *projection
	kept      *keeper
	limits    *limiter
	printed   *printed
	parts     *parts
	press     *press // nil where no browser is installed
	legal     legal
	assets    assets
	component *asset
	secure    bool

	lastGood *keeper // feeds by address, for when the store cannot be read
}

// New returns the handler of all addresses.
func New(o Options) (http.Handler, error) {
	base, err := url.Parse(o.Site.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("site.base_url: %q; want \"https://termine.example.org\"", o.Site.BaseURL)
	}
	w := &Web{Options: o, secure: base.Scheme == "https", kept: newKeeper(), lastGood: newKeeper(), limits: newLimiter()}
	w.public = &projection{store: o.Store}
	w.printed = &printed{store: o.Store, byYear: map[int]sincePrint{}}
	if w.pages, err = looks(); err != nil {
		return nil, err
	}
	w.assets, w.parts = w.pages.assets, newParts(w.pages.base)
	if w.component, err = loadComponent(o.Catalog); err != nil {
		return nil, err
	}
	if w.legal, err = loadLegal(o.Config.LegalDir); err != nil {
		return nil, err
	}
	w.sessions = newSessions(o.Store, w.secure)
	w.sessions.ErrorFunc = w.sessionFailed
	engine, err := w.engine()
	if err != nil {
		return nil, err
	}
	handler := w.outside(engine)
	w.press = newPress(o.Config.PDFBrowser, handler, o.Log)
	return handler, nil
}

// engine is the router with everything that concerns single routes.
func (w *Web) engine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.ContextWithFallback = true
	e.RedirectTrailingSlash = false
	if err := e.SetTrustedProxies(w.Config.TrustedProxies); err != nil {
		return nil, fmt.Errorf("web.trusted_proxies: %w", err)
	}
	e.NoRoute(w.handle(func(*Ctx) error { return agenda.ErrNotFound }))
	e.NoMethod(w.handle(func(*Ctx) error { return errMethod }))
	for _, r := range w.routes() {
		h := w.handle(w.guard(r))
		e.Handle(r.method, r.path, h)
		if r.method == http.MethodGet {
			e.Handle(http.MethodHead, r.path, h)
		}
	}
	return e, nil
}

// Server returns an HTTP server with the limits that keep slow and endless
// clients from taking the place of others.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
	}
}

// Ctx is one request on its way through a handler.
type Ctx struct {
	*gin.Context
	w      *Web
	P      *lang.Printer // of what the page says
	Frame  *lang.Printer // of the address, and of what stands around every page
	path   string        // without the language
	person *agenda.Person
	room   int  // bytes that the page probably takes
	kept   bool // the page is kept for everybody

	filled  bool             // the list of a course's dates was filled by this request
	skipped []agenda.Skipped // days that were left out of it
}

// ctxKey is the type of this package's keys in a request's context.
type ctxKey int

const (
	langKey ctxKey = iota
	pathKey
	requestIDKey
)

// handle turns a handler into gin's: errors become pages.
func (w *Web) handle(h func(*Ctx) error) gin.HandlerFunc {
	return func(g *gin.Context) {
		l, ok := g.Request.Context().Value(langKey).(agenda.Lang)
		if !ok {
			l = agenda.German
		}
		c := &Ctx{Context: g, w: w, Frame: w.Catalog.Printer(l).Marking(), path: g.Request.URL.Path}
		c.P = c.Frame
		if !lang.Whole(l) && !forEverybody(c.path) {
			c.P = w.Catalog.Printer(agenda.German)
		}
		err := c.refusal()
		if err == nil {
			err = h(c)
		}
		if err != nil {
			c.fail(err)
		}
	}
}

// refusal says why a request is not looked at: it was posted from another site,
// or its address is one that no page has.
func (c *Ctx) refusal() error {
	if cross, _ := c.ctx().Value(crossKey).(bool); cross {
		return errCross
	}
	if strange(c.Request.URL) {
		return agenda.ErrNotFound
	}
	return nil
}

// strange reports whether an address holds a zero byte: nothing is called so,
// and in the store's keys it parts the words.
func strange(u *url.URL) bool { return strings.Contains(u.Path, "\x00") }

// store is short for the store that remembers everything.
func (c *Ctx) store() *store.Store { return c.w.Store }

// url returns the path of a page in the language of this one.
func (c *Ctx) url(path string) string { return localURL(c.Frame.Lang(), path) }

func localURL(l agenda.Lang, path string) string {
	if l == agenda.German || strings.HasPrefix(path, "/feeds/") {
		return path
	}
	return "/" + string(l) + path
}

// redirect sends the browser on after a form was taken (303).
func (c *Ctx) redirect(path string) error {
	c.Redirect(http.StatusSeeOther, c.url(path))
	return nil
}

// ctx is the request's context.
func (c *Ctx) ctx() context.Context { return c.Request.Context() }
