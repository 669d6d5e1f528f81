package frame

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"widunetz/internal/agenda"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the templates of one package, parsed once for every language. A file
// templates/meeting.html is the page "meeting"; what files define is shared by
// all files of the set, as are the frame's own parts and fields.
type Set struct {
	langs map[agenda.Lang]*template.Template
}

// Parse reads the folder templates of a package's embedded files.
func (f *Frame) Parse(files fs.FS) (*Set, error) {
	german := f.Catalog.Printer(agenda.German)
	base := template.New("").Funcs(f.funcs(german))
	for _, source := range []struct {
		files   fs.FS
		pattern string
	}{{templates, "templates/fields.html"}, {templates, "templates/parts.html"}, {files, "templates/*.html"}} {
		if _, err := base.ParseFS(source.files, source.pattern); err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
	}
	s := &Set{langs: map[agenda.Lang]*template.Template{}}
	for _, l := range f.Catalog.Langs() {
		t, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		s.langs[l] = t.Funcs(f.funcs(f.Catalog.Printer(l)))
	}
	return s, nil
}

// View is what a handler gives to its page.
type View struct {
	Status  int    // 0: 200, or 422 if the form has problems
	Title   string // the heading; also of the window, with the name of the service
	Nav     string // path of the item of the navigation to mark
	Here    string // path and query of this page without language; "": as it was asked for
	NoIndex bool   // not for search engines
	Form    *Form  // a form with problems gets the summary above the page
	Data    any
}

// Page is what templates see as dot.
type Page struct {
	View
	Site, Office string
	Tag, Dir     string
	Path         string // of this page without language and query
	Canonical    string
	Items        []Link // navigation
	Langs        []Link // this page in the other languages
	Offer        *Link  // the page in the browser's language, if that is another
	Person       *agenda.Person
	Flash        string
	Demo         bool
	Main         template.HTML // the page itself, for layout.html
}

// Link is one link. Lang and Dir are set if its text is in another language
// than the page.
type Link struct {
	Path, Text string
	Tag, Dir   string
	Current    bool
}

// Render answers with a page of a set. It writes nothing when it fails.
func (c *Ctx) Render(s *Set, name string, v View) error {
	body, err := c.Body(s, name, v)
	if err != nil {
		return err
	}
	switch {
	case v.Status == 0 && v.Form != nil && len(v.Form.Problems) > 0:
		v.Status = http.StatusUnprocessableEntity
	case v.Status == 0:
		v.Status = http.StatusOK
	}
	return c.Send(v.Status, "text/html; charset=utf-8", "", body)
}

// Body returns the whole page as bytes, for whoever keeps it.
func (c *Ctx) Body(s *Set, name string, v View) ([]byte, error) {
	p := c.page(v)
	t := s.langs[c.Printer.Lang()]
	var main, whole bytes.Buffer
	if err := t.ExecuteTemplate(&main, name+".html", p); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	p.Main = template.HTML(main.String()) //nolint:gosec // made by html/template one line above
	if err := c.Frame.layout.langs[c.Printer.Lang()].ExecuteTemplate(&whole, "layout.html", p); err != nil {
		return nil, fmt.Errorf("layout of %s: %w", name, err)
	}
	return whole.Bytes(), nil
}

func (c *Ctx) page(v View) *Page {
	f := c.Frame
	p := &Page{
		View: v, Site: f.Name, Office: f.Office, Tag: c.Printer.Tag(), Dir: c.Printer.Dir(),
		Path: c.Request.URL.Path, Person: c.person, Demo: f.Demo, Items: c.navigation(v.Nav),
	}
	if p.Here == "" {
		p.Here = c.Request.URL.RequestURI()
	}
	p.Canonical = f.BaseURL + Path(c.Lang, p.Path)
	for _, l := range f.Catalog.Langs() {
		o := f.Catalog.Printer(l)
		link := Link{Path: Path(l, p.Here), Text: o.Own(), Tag: o.Tag(), Dir: o.Dir(), Current: l == c.Printer.Lang()}
		p.Langs = append(p.Langs, link)
		if l == c.Offer() {
			link.Text = o.T("frame.offer")
			p.Offer = &link
		}
	}
	if c.route.Who != Public && c.person != nil || c.route.Who == Visitor {
		p.Flash = f.sessions.PopString(c.Request.Context(), flashKey)
	}
	return p
}

// Offer returns the language that the browser asks for, "" if it is the page's
// own or the browser says nothing. It is offered, never imposed.
func (c *Ctx) Offer() agenda.Lang {
	accept := c.GetHeader("Accept-Language")
	if accept == "" || len(accept) > 500 {
		return ""
	}
	if l := c.Frame.Catalog.Match(accept); l != c.Printer.Lang() {
		return l
	}
	return ""
}

// navigation lists the items of the main menu for whoever looks at the page.
func (c *Ctx) navigation(current string) []Link {
	paths := []string{"/programm", "/programm/einreichen", "/gremien"}
	switch {
	case c.person == nil:
		paths = append(paths, "/einloggen")
	case c.person.Coordinator:
		paths = append(paths, "/koordination", "/konto")
	default:
		paths = append(paths, "/konto")
	}
	items := make([]Link, len(paths))
	for i, path := range paths {
		key := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "_")
		items[i] = Link{Path: path, Text: c.T("frame.nav." + key), Current: path == current}
	}
	return items
}
