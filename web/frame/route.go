package frame

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"widunetz/internal/agenda"
)

// Who says who may open a route.
type Who int

// The readers of routes. Chair and Person mean that somebody must be logged in;
// whether she may see this group's or that person's things is for the handler to
// say (RequireChair), because only it knows which they are.
const (
	Public      Who = iota // everybody; no session, no cookie, log-in is ignored
	Visitor                // everybody, with a session: the log-in pages
	Person                 // whoever is logged in
	Chair                  // a chair of the group in question, or a coordinator
	Coordinator            // coordinators
)

// String returns the reader's name in lower case.
func (w Who) String() string {
	return [...]string{"public", "visitor", "person", "chair", "coordinator"}[w]
}

// Limits of request bodies in bytes.
const (
	BodyLimit   = 1 << 20  // of every route that says nothing else
	UploadLimit = 10 << 20 // of files
)

// Route is one line of the table of routes. GET answers HEAD too.
type Route struct {
	Method string
	Path   string // as gin writes it: "/programm/:year"
	Who    Who
	Handle Handler // nil: served in front of the router, listed here for completeness
	Body   int64   // limit of the body in bytes; 0: BodyLimit
	Mails  bool    // sends mail to an address that was typed: fewer of them are allowed
	ByLink bool    // the secret in the path is what authorises, so another site may post: one-click (RFC 8058)
}

// Handler returns the whole of the service for these routes: the frame's own
// ones are added, all middleware is around.
func (f *Frame) Handler(routes []Route) (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.HandleMethodNotAllowed, g.ContextWithFallback = true, true
	g.RedirectTrailingSlash, g.RedirectFixedPath = false, false
	if err := g.SetTrustedProxies(f.TrustedProxies); err != nil {
		return nil, err
	}
	for _, r := range append(f.Routes(), routes...) {
		if r.Handle == nil {
			continue
		}
		h := f.serve(r)
		g.Handle(r.Method, r.Path, h)
		if r.Method == http.MethodGet {
			g.Handle(http.MethodHead, r.Path, h)
		}
	}
	refuse := func(err error) gin.HandlerFunc {
		return f.serve(Route{Handle: func(*Ctx) error { return err }})
	}
	g.NoRoute(refuse(agenda.ErrNotFound))
	g.NoMethod(refuse(errMethod))
	return f.outer(f.language(g)), nil
}

// serve turns a route into what gin calls.
func (f *Frame) serve(r Route) gin.HandlerFunc {
	protect := http.NewCrossOriginProtection()
	// The public address is known to be good: it was checked in New.
	_ = protect.AddTrustedOrigin(f.BaseURL)
	return func(g *gin.Context) {
		c := &Ctx{Context: g, Frame: f, route: r, Lang: langOf(g.Request.Context())}
		c.Printer = f.Catalog.Printer(c.Lang)
		defer f.recover(c)
		if err := c.answer(protect); err != nil {
			c.fail(err)
		}
		if w, ok := c.Writer.(*sessionWriter); ok {
			w.begin() // an answer without body or status
		}
	}
}

func (c *Ctx) answer(protect *http.CrossOriginProtection) error {
	r := c.route
	if err := c.admit(protect); err != nil {
		return err
	}
	if r.Who != Public {
		c.Writer.Header().Set("Cache-Control", "no-store")
		if err := c.openSession(); err != nil {
			return err
		}
	}
	switch r.Who {
	case Person, Chair:
		if _, err := c.RequirePerson(); err != nil {
			return err
		}
	case Coordinator:
		if _, err := c.RequireCoordinator(); err != nil {
			return err
		}
	}
	return r.Handle(c)
}

// admit refuses what no handler has to see: posts of other sites, too many of
// them, bodies that are too large.
func (c *Ctx) admit(protect *http.CrossOriginProtection) error {
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
		return nil
	}
	if !c.route.ByLink {
		if err := protect.Check(c.Request); err != nil {
			return errForeign
		}
	}
	limits := c.Frame.posts
	if c.route.Mails {
		limits = c.Frame.mails
	}
	if !limits.allow(c.ClientIP(), c.Frame.Store.Now()) {
		return agenda.ErrTooMany
	}
	body := c.route.Body
	if body == 0 {
		body = BodyLimit
	}
	if c.Request.ContentLength > body {
		return &http.MaxBytesError{Limit: body}
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, body)
	return nil
}

type langKey struct{}

func langOf(ctx context.Context) agenda.Lang {
	if l, ok := ctx.Value(langKey{}).(agenda.Lang); ok {
		return l
	}
	return agenda.German
}

// language takes the language off the path before the router sees it, and sends
// readers of "/programm/" on to "/programm".
func (f *Frame) language(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l, path := f.CutLang(r.URL.Path)
		if len(path) > 1 && strings.HasSuffix(path, "/") && r.Method == http.MethodGet {
			to := Path(l, "/"+strings.Trim(path, "/"))
			if r.URL.RawQuery != "" {
				to += "?" + r.URL.RawQuery
			}
			http.Redirect(w, r, OwnPath(to), http.StatusPermanentRedirect)
			return
		}
		if l != agenda.German {
			r = r.WithContext(context.WithValue(r.Context(), langKey{}, l))
			u := *r.URL
			u.Path, u.RawPath = path, ""
			r.URL = &u
		}
		next.ServeHTTP(w, r)
	})
}
