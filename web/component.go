package web

import (
	"bytes"
	_ "embed" // for componentSource
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// componentFile is the one script with an address that stays: the editors of
// other sites copy it. Browsers ask for it anew after an hour.
const (
	componentFile  = "widunetz.js"
	componentCache = "public, max-age=3600"
)

//go:embed static/component/widunetz.js
var componentSource []byte

// loadComponent is the script of the element, with the words that it shows.
func loadComponent(c *lang.Catalog) (*asset, error) {
	words := map[string]map[string]string{}
	at := agenda.Date{Year: 2027, Month: 9, Day: 1}.At(10, 10)
	for _, l := range c.Langs() {
		p := c.Printer(l)
		hours, ok := strings.CutPrefix(p.Clock(at), "10:10")
		if !ok { // easy language writes times in its own way; the element has no such form
			continue
		}
		words[string(l)] = map[string]string{
			"dir": p.Dir(), "hours": hours, "until": p.T("print.until_day", "date", "{date}"), "whole": p.T("spread.whole"), "empty": p.T("programme.empty"), "free": p.T("programme.free"),
			"cancelled": p.T("term.standing.cancelled"), "postponed": p.T("term.standing.postponed"), "full": p.T("term.full"), "moved": p.T("term.moved"),
		}
	}
	texts, err := json.Marshal(words)
	if err != nil {
		return nil, err
	}
	body := bytes.Replace(componentSource, []byte("/*texts*/{}"), texts, 1)
	gz, err := compress(body)
	return &asset{kind: "text/javascript; charset=utf-8", body: body, gz: gz}, err
}

// componentCode is what the editor of another site copies to have the selection
// as part of her page. The link is for those whose browser runs no script.
func (c *Ctx) componentCode(path, title string, year int, f filter, words []string) string {
	title = strings.Join(append([]string{title}, words...), " – ")
	q, _ := url.ParseQuery(f.query()) // it was written anew
	var attrs strings.Builder
	for _, name := range slices.Sorted(maps.Keys(q)) {
		fmt.Fprintf(&attrs, ` %s="%s"`, name, html.EscapeString(q.Get(name)))
	}
	return fmt.Sprintf("<script src=\"%s\" defer></script>\n<widunetz-programm year=\"%d\"%s><a href=\"%s\">%s</a></widunetz-programm>",
		html.EscapeString(c.w.Site.BaseURL+"/static/"+componentFile), year, attrs.String(), html.EscapeString(c.absolute(withQuery(path, f))), html.EscapeString(title))
}
