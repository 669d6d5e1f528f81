package web

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
)

// The script has one address that stays, may be kept for an hour, and brings
// the words of the languages along.
func TestScriptOfTheComponent(t *testing.T) {
	t.Parallel()
	n := open(t)
	a := n.browser().request(http.MethodGet, "/static/widunetz.js").want(t, http.StatusOK)
	if a.Header.Get("Cache-Control") != "public, max-age=3600" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/javascript") || len(a.Cookies()) != 0 {
		t.Errorf("headers %v", a.Header)
	}
	var texts map[string]map[string]string
	m := regexp.MustCompile(`const texts = (\{.*\});`).FindStringSubmatch(a.body)
	if m == nil {
		t.Fatal("no words in the script")
	}
	if err := json.Unmarshal([]byte(m[1]), &texts); err != nil {
		t.Fatal(err)
	}
	used := regexp.MustCompile(`this\.texts\.(\w+)`).FindAllStringSubmatch(a.body, -1)
	for _, lang := range []string{"de", "en"} {
		for _, u := range append(used, []string{"", "cancelled"}, []string{"", "postponed"}) {
			if w, ok := texts[lang][u[1]]; !ok || strings.Contains(w, "⟦") || w == "" && u[1] != "hours" {
				t.Errorf("%s: the word for %s is %q", lang, u[1], w)
			}
		}
	}
	if texts["de"]["hours"] != " Uhr" || texts["de"]["until"] != "bis {date}" || texts["en"]["free"] != "Free entry" {
		t.Errorf("words %v", texts)
	}
	if strings.Contains(a.body, "innerHTML") || strings.Contains(a.body, "document.cookie") {
		t.Error("the script takes texts for markup, or reads cookies")
	}
}

// The code to copy names the script and the selection, and holds a link for
// those whose browser runs no script.
func TestCodeOfTheComponent(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	ed := must(n.Edition(ctx, 2027))
	ed.Title = `"Wochen" <2027>`
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	for path, want := range map[string]map[string]string{
		"/programm/2027?town=buende&free=1&q=a%22b%3E": {"year": "2027", "town": "buende", "free": "1", "q": `a"b>`}, "/en/programm/2027": {"year": "2027"},
	} {
		code := must(html.Parse(strings.NewReader(inner(b.get(path).byID("component")))))
		scripts, elements := within(code, "script"), within(code, "widunetz-programm")
		if len(scripts) != 1 || len(elements) != 1 || attr(scripts[0], "src") != base+"/static/widunetz.js" || !has(scripts[0], "defer") {
			t.Fatalf("%s: %d scripts, %d elements", path, len(scripts), len(elements))
		}
		if len(elements[0].Attr) != len(want) {
			t.Errorf("%s: attributes %v", path, elements[0].Attr)
		}
		for name, v := range want {
			if attr(elements[0], name) != v {
				t.Errorf("%s: %s is %q", path, name, attr(elements[0], name))
			}
		}
		links := within(elements[0], "a")
		if len(links) != 1 || !strings.HasPrefix(inner(links[0]), `"Wochen" <2027>`) {
			t.Fatalf("%s: links %d", path, len(links))
		}
		b.get(strings.TrimPrefix(attr(links[0], "href"), base)).want(t, http.StatusOK)
	}
}
