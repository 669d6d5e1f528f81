package frame

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// Handler answers one request. What it returns is turned into a page by the
// table in error.go; it must not have written anything then.
type Handler func(c *Ctx) error

// Ctx is one request. It is a context.Context, ends with the request and must
// not be kept.
type Ctx struct {
	*gin.Context
	Frame   *Frame
	Lang    agenda.Lang
	Printer *lang.Printer

	route  Route
	person *agenda.Person // who is logged in; nil on public pages
	form   *Form          // what was posted, for the page that says why it failed
}

// T returns a message in the language of the page.
func (c *Ctx) T(key string, args ...any) string { return c.Printer.T(key, args...) }

// Person returns who is logged in. On public routes nobody ever is.
func (c *Ctx) Person() (agenda.Person, bool) {
	if c.person == nil {
		return agenda.Person{}, false
	}
	return *c.person, true
}

// RequirePerson returns who is logged in, or ErrDenied: a reader is then sent
// to the log-in.
func (c *Ctx) RequirePerson() (agenda.Person, error) {
	if c.person == nil {
		return agenda.Person{}, agenda.ErrDenied
	}
	return *c.person, nil
}

// RequireCoordinator returns the coordinator who is logged in, or ErrDenied.
func (c *Ctx) RequireCoordinator() (agenda.Person, error) {
	p, err := c.RequirePerson()
	if err == nil && !p.Coordinator {
		err = agenda.ErrDenied
	}
	return p, err
}

// RequireChair returns who is logged in if she chairs the group today or is a
// coordinator, otherwise ErrDenied.
func (c *Ctx) RequireChair(g agenda.GroupID) (agenda.Person, error) {
	p, err := c.RequirePerson()
	if err != nil || p.Coordinator {
		return p, err
	}
	ok, err := c.Frame.Store.Chairs(c, p.ID, g, c.Frame.Store.Today())
	if err == nil && !ok {
		err = agenda.ErrDenied
	}
	return p, err
}

// Actor is who the history names: the person who is logged in.
func (c *Ctx) Actor() agenda.Actor {
	if c.person == nil {
		return agenda.Actor{}
	}
	return agenda.PersonActor(c.person.ID)
}

// IntParam returns a part of the path that is a number of at most four digits,
// such as a year. Anything else is ErrNotFound.
func (c *Ctx) IntParam(name string) (int, error) {
	s := c.Param(name)
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || len(s) > 4 || strconv.Itoa(n) != s {
		return 0, agenda.ErrNotFound
	}
	return n, nil
}

// Redirect sends the reader on to a path of this service, in her language,
// after a form was done (303).
func (c *Ctx) Redirect(path string) error {
	c.Context.Redirect(http.StatusSeeOther, Path(c.Lang, OwnPath(path)))
	return nil
}

// OwnPath returns s if it is a path of this service, otherwise "/": a link that
// names where to go on must not lead elsewhere.
func OwnPath(s string) string {
	if len(s) > 500 || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\t\r\n") {
		return "/"
	}
	return s
}

// Send answers with bytes that are complete, such as a file to download. name
// is the file's name, "" for none.
func (c *Ctx) Send(status int, contentType, name string, body []byte) error {
	h := c.Writer.Header()
	if name != "" {
		h.Set("Content-Disposition", `attachment; filename="`+strings.Map(fileRune, name)+`"`)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	c.Data(status, contentType, body)
	return nil
}

func fileRune(r rune) rune {
	if r > 0x20 && r < 0x7f && r != '"' && r != '\\' && r != '/' {
		return r
	}
	return '-'
}
