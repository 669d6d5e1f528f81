package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBrowserComponent opens pages of another site with the programme as an
// element of theirs: the list as it is there, or the link that stood inside.
func TestBrowserComponent(t *testing.T) {
	t.Parallel()
	d := startDemo(t, "2027-08-30T08:00")
	town := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		script := d.base + "/static/widunetz.js"
		fmt.Fprintf(rw, `<!doctype html><html lang=%q><title>Stadt</title><main><h1>Unsere Stadt</h1><h2>Termine</h2><script src=%q defer></script>
<widunetz-programm year=%q town="buende"><a href="/termine">Zum Programm</a></widunetz-programm></main>`, r.FormValue("lang"), script, r.FormValue("year")) //nolint:gosec // a page of the test
	}))
	t.Cleanup(town.Close)
	if strings.HasPrefix(town.URL, d.base) {
		t.Fatal("the town has the same origin")
	}
	v := newVisitor(t, d.base)
	source := axe(t)
	const list = `new Promise(done => { let n = 0; const look = () => {
		const e = document.querySelector("widunetz-programm"), r = e.shadowRoot;
		if (r || n++ > 40) done(r ? r.firstElementChild.innerText + "\n" + [...r.querySelectorAll("a")].map(a => a.href).join("\n") : "only " + e.innerText);
		else setTimeout(look, 50); }; look(); })`
	open := func(query string) string {
		t.Helper()
		v.do(chromedp.Navigate(town.URL + "/?" + query))
		return look(v, chromedp.Evaluate[string](list, chromedp.EvalAwaitPromise))
	}
	for _, c := range []struct {
		query string
		wants []string
	}{
		{"lang=de-DE&year=2027", []string{"Geschichten aus zwei Welten", "September 2027", "Uhr", "Eintritt frei", "Alles zum Programm", d.base + "/programm/2027?town=buende"}},
		{"lang=en&year=2027", []string{"Geschichten aus zwei Welten", "September 2027", "Free entry", d.base + "/en/programm/2027/"}},
		{"lang=de&year=1999", []string{"only Zum Programm"}},
	} {
		got := open(c.query)
		for _, w := range c.wants {
			if !strings.Contains(got, w) {
				t.Errorf("?%s lacks %q:\n%s", c.query, w, got)
			}
		}
		if strings.Contains(got, "Kochen ohne Grenzen") {
			t.Errorf("?%s shows what the filter hides", c.query)
		}
		if f := v.check(source); len(f.Violations) > 0 || f.Overflow {
			t.Errorf("?%s: overflow %v\n%s", c.query, f.Overflow, strings.Join(f.Violations, "\n"))
		}
	}
}
