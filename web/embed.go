package web

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
)

// Pages of a year beside its events; no event has such an address.
const (
	embedSlug = "einbetten"
	pressSlug = "presse"
)

// titleOf is the name of a year's programme.
func (p *programme) titleOf(c *Ctx, year int) string {
	if ed, ok := p.edition(year); ok {
		return ed.Title
	}
	return c.P.T("programme.year", "year", year)
}

// showEmbed is the list for the towns' own sites: nothing but the events that
// the filter shows. Its links open in the whole window.
func (w *Web) showEmbed(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	f := parseFilter(c.Request.URL.Query())
	return c.publicPage("embed "+strconv.Itoa(year), f.query(), "embed", func(p *programme) (string, map[string]any, error) {
		if !p.has(year, w.Store.Today()) {
			return "", nil, agenda.ErrNotFound
		}
		all := p.of(year)
		return p.titleOf(c, year), map[string]any{"Days": byDay(f.apply(all)), "Words": f.words(c.P, all), "Whole": withQuery("/programm/"+strconv.Itoa(year), f)}, nil
	})
}

// withQuery is a path with the query that stands for the filter.
func withQuery(path string, f filter) string {
	if q := f.query(); q != "" {
		return path + "?" + q
	}
	return path
}

// embedCode is what the editor of another site copies into a page of hers.
func (c *Ctx) embedCode(path, title string, f filter, words []string) string {
	title = strings.Join(append([]string{title}, words...), " – ")
	return fmt.Sprintf(`<iframe src="%s" title="%s" width="100%%" height="600" loading="lazy"></iframe>`,
		html.EscapeString(c.absolute(withQuery(path+"/"+embedSlug, f))), html.EscapeString(title))
}

// twin is the programme in a form for programs.
type twin struct{ Name, Kind, Path, Title string }

// twins are the feeds beside the calendar that show the same events as a page.
func (c *Ctx) twins(year int, title string, f filter) []twin {
	begin := "/feeds/programme/" + strconv.Itoa(year)
	return []twin{
		{c.P.T("spread.atom"), "application/atom+xml", withQuery(begin+atomForm, f), title},
		{c.P.T("spread.json"), "application/json", withQuery(begin+jsonForm, f), title},
	}
}
