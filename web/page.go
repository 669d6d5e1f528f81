package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

//go:embed templates
var templateFiles embed.FS

// pages are the templates, one set per page: layout, parts and the page itself.
type pages struct {
	base   *template.Template // layout and parts
	sets   map[string]*template.Template
	assets assets
}

// looks are the embedded assets and templates, read once: they are part of the
// program and do not change.
var looks = sync.OnceValues(func() (*pages, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	return loadPages(a)
})

func loadPages(a assets) (*pages, error) {
	base, err := template.New("layout").Funcs(template.FuncMap{"dict": dict, "asset": a.url}).ParseFS(templateFiles, "templates/layout.html", "templates/part_*.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	p := &pages{base: base, sets: map[string]*template.Template{}, assets: a}
	for _, n := range names {
		name := strings.TrimSuffix(path.Base(n), ".html")
		if name == "layout" || strings.HasPrefix(name, "part_") {
			continue
		}
		set, err := base.Clone()
		if err == nil {
			_, err = set.ParseFS(templateFiles, n)
		}
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		p.sets[name] = set
	}
	return p, nil
}

// dict makes a map of names and values, for parts that need several.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: name %v is no text", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// view is what every template gets: its data and what all pages share.
type view struct {
	words
	Frame  *lang.Printer // of what stands around the page; another one where the page is German for want of words
	Title  string
	Path   string // without the language
	Query  string
	Site   Site
	Person *agenda.Person
	Flash  string
	Langs  []langLink
	Offer  *langLink  // the browser's language, if it is another
	Twins  []langLink // the same page in other languages, for search engines
	Now    agenda.Local
	Demo   bool
	Loc    *time.Location
	Data   map[string]any
	parts  *parts
}

// URL returns the path of a page in the language of the address.
func (v view) URL(path string) string { return localURL(v.Frame.Lang(), path) }

// Is reports whether the page stands under the path, for the navigation.
func (v view) Is(path string) bool {
	return v.Path == path || path != "/" && strings.HasPrefix(v.Path, path+"/")
}

// Events returns events one after the other as the template of that name shows
// one. The template gets the event as E and as V what depends on the language
// alone, because its result is kept.
func (v view) Events(name string, events []*entry) (template.HTML, error) {
	return v.parts.list(name, v.words, events)
}

// Stamp shows an instant at the network's place.
func (v view) Stamp(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	l := agenda.LocalOf(t, v.Loc)
	return v.DateShort(l.Date) + ", " + v.Clock(l)
}

// StampDay shows the day of an instant at the network's place.
func (v view) StampDay(t time.Time) string { return v.DateShort(agenda.LocalOf(t, v.Loc).Date) }

// Kilo is a size in thousands of bytes, at least one.
func (v view) Kilo(n int) int { return max(1, (n+500)/1000) }

// Mega is a size in millions of bytes.
func (v view) Mega(n int) int { return (n + 500_000) / 1_000_000 }

// render executes a page's template into a buffer: a page is never half.
func (c *Ctx) render(name, title string, values map[string]any) ([]byte, error) {
	set := c.w.pages.sets[name]
	if set == nil {
		return nil, fmt.Errorf("page %q has no template", name)
	}
	v := c.view(title, values)
	if personal(c.path) {
		v.Flash = c.w.sessions.PopString(c.ctx(), "flash")
	}
	var b bytes.Buffer
	b.Grow(c.room)
	if err := set.ExecuteTemplate(&b, "layout", v); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return c.showGerman(b.Bytes()), nil
}

func (c *Ctx) view(title string, values map[string]any) view {
	v := view{
		words: words{c.P}, Frame: c.Frame, Title: title, Path: c.path, Query: c.Request.URL.RawQuery, Site: c.w.Site, Person: c.signedIn(), Demo: c.w.Demo != nil,
		Langs: c.langLinks(), Offer: c.offer(), Now: agenda.LocalOf(c.store().Now(), c.store().Loc()), parts: c.w.parts, Data: values, Loc: c.store().Loc(),
	}
	if c.kept && len(v.Langs) > 1 {
		v.Twins = v.Langs
	}
	return v
}

// fragment answers with one part of a page, which the page's script puts in
// its place.
func (c *Ctx) fragment(part string, values any) error {
	var b bytes.Buffer
	if err := c.w.pages.base.ExecuteTemplate(&b, part, values); err != nil {
		return fmt.Errorf("part %s: %w", part, err)
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", c.showGerman(b.Bytes()))
	return nil
}

// page answers with a page made for this request.
func (c *Ctx) page(status int, name, title string, values map[string]any) error {
	b, err := c.render(name, title, values)
	if err != nil {
		return err
	}
	c.Data(status, "text/html; charset=utf-8", b)
	return nil
}
