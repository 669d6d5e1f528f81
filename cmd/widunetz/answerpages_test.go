package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBrowserAnswers opens what the crawl does not reach by links: the pages
// behind the buttons of an invitation and of a substitute's mail, and a meeting
// as members and those who prepare it see it. Nothing that axe finds, no
// sideways scrolling, in two views.
func TestBrowserAnswers(t *testing.T) {
	t.Parallel()
	d := startDemo(t, "2027-08-30T08:00")
	v := newVisitor(t, d.base)
	source := axe(t)
	looked := func(name string) {
		t.Helper()
		v.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll('main details').forEach(d => d.open = true)`))
		for _, w := range []view{views[0], views[2]} {
			v.do(w.set())
			if f := v.check(source); len(f.Violations) > 0 || f.Overflow || len(f.Small) > 0 {
				t.Errorf("%s (%s): overflow %v, too small %v\n%s", name, w.name, f.Overflow, f.Small, strings.Join(f.Violations, "\n"))
			}
		}
	}
	mailed := func(words, kind string) string {
		v.do(chromedp.Navigate(d.base + "/demo/mail"))
		mail := look(v, chromedp.Evaluate[string](`[...document.querySelectorAll('.w-mailrow')].find(r => r.textContent.includes('`+words+`')).querySelector('a').getAttribute('href')`))
		v.do(chromedp.Navigate(d.base + mail + "/html"))
		return look(v, chromedp.Evaluate[string](`document.querySelector('a[href*="`+kind+`"]').href`))
	}
	substitute := mailed("Vertretung: ", "/vertretung/")
	v.logIn(d.links["member"])
	v.wants("Ihre Antwort zur Sitzung fehlt")
	looked("account")
	meeting := look(v, chromedp.Evaluate[string](`document.querySelector('main a[href$="#antwort"]').getAttribute('href')`))
	v.do(chromedp.Navigate(d.base + meeting))
	v.wants("Kommen Sie?")
	looked("meeting to answer")
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('main input[value=substitute]').checked = true`))
	v.press(`.w-answers button[type="submit"]`)
	v.wants("Bitte prüfen")
	looked("meeting answered without a name")
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('main input[value=yes]').checked = true`))
	v.press(`.w-answers button[type="submit"]`)
	v.wants("Ihre Antwort: Ich komme.")
	looked("meeting answered")

	v.do(chromedp.Navigate(substitute))
	v.wants("Sie kommen in Vertretung von")
	looked("substitute")
	v.press(`button[value="cannot"]`)
	v.wants("Sie haben gesagt, dass Sie nicht können")
	looked("substitute who cannot")
	v.do(chromedp.Navigate(d.base + "/demo/mail"))
	v.press(`button[value="hour"]`)
	answer := mailed("Ihre Vertretung kann nicht", "/antwort/")
	v.do(chromedp.Navigate(answer))
	v.wants("kann die Vertretung nicht übernehmen")
	looked("answer behind a link")

	v.do(chromedp.Navigate(d.base + "/konto"))
	v.press(`form[action$="/ausloggen"] button`)
	v.logIn(d.links["coordinator"])
	meeting, _, _ = strings.Cut(meeting, "#")
	v.do(chromedp.Navigate(d.base + meeting))
	looked("meeting of a coordinator")
	v.follow("Alle Antworten")
	looked("answers")
	v.follow("Antwort eintragen")
	looked("answer by telephone")
}
