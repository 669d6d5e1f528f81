package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBrowserPlanning opens what the crawl does not reach by links: proposals of a
// year, wishes without a plan, the preview of a series, the hosts, and a date poll from its form
// to the decision, with its answer behind the mailed link. Nothing that axe
// finds, no sideways scrolling, in two views.
func TestBrowserPlanning(t *testing.T) {
	t.Parallel()
	d := startDemo(t, "2026-11-24T09:00")
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
	v.logIn(d.links["coordinator"])
	const groups = "/koordination/gremien/"
	thursdays := groups + "projektgruppe/jahresplanung?do=plan&year=2027&start=09:00&minutes=120&min_weeks=6&weekday=4&hosts=1&fresh=1&count="
	v.do(chromedp.Navigate(d.base + thursdays + "6"))
	v.wants("Vorschlag 3")
	looked("proposals")
	v.wants("6. Mai 2027") // an avoided day
	v.do(chromedp.Navigate(d.base + thursdays + "9"))
	v.wants("Es ginge mit")
	looked("no plan")
	v.do(chromedp.Navigate(d.base + groups + "projektgruppe/gastgeber"))
	v.press(`button[value="turn"]`)
	v.wants("Gastgeber geändert")
	looked("hosts")

	v.do(chromedp.Navigate(d.base + groups + "arbeitskreis-migrationsfachdienste/termine"))
	v.fill(map[string]string{"date": "2027-01-11", "count": "", "until": "2029-01-10"})
	for _, yield := range []string{"week", "ask"} {
		v.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector('[name=yield][value=%s]').checked = true`, yield)))
		v.press(`.w-buttons button[value="preview"]`)
		v.wants("Pfingstmontag")
		looked("series, " + yield)
	}
	v.poll(d, looked)
}

// poll asks for a date, answers behind the mailed link, and decides.
func (v *visitor) poll(d running, looked func(name string)) {
	v.t.Helper()
	const rows = `(() => { const of = n => document.querySelectorAll('[name=' + n + ']');
		['2027-02-10', '2027-03-09'].forEach((x, i) => { of('date')[i].value = x; of('start')[i].value = '10:00'; of('end')[i].value = %q; }); })()`
	v.do(chromedp.Navigate(d.base + "/koordination/gremien/kerngruppe/umfrage"))
	for _, end := range []string{"09:00", "11:30"} {
		v.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(rows, end)))
		v.press(`.w-buttons button[value="check"]`)
		looked("poll checked, until " + end)
	}
	v.wants("Ramadan")
	v.press(`.w-buttons button[value="open"]`)
	desk := look(v, chromedp.Evaluate[string](`location.pathname`))
	who := look(v, chromedp.Evaluate[string](`document.querySelector('main a[href*="/antwort/"]').getAttribute('href')`))
	v.do(chromedp.Navigate(d.base + "/demo/mail"))
	v.press(`button[value="hour"]`)
	mail := look(v, chromedp.Evaluate[string](`[...document.querySelectorAll('.w-mailrow')].find(r => r.textContent.includes('Kerngruppe')).querySelector('a').getAttribute('href')`))
	v.do(chromedp.Navigate(d.base + mail + "/html"))
	link := look(v, chromedp.Evaluate[string](`document.querySelector('a[href*="/umfrage/"]').href`))
	v.do(chromedp.Navigate(link))
	looked("poll to answer")
	v.press(`main form button[type="submit"]`)
	v.wants("Bitte prüfen")
	looked("poll answered with a gap")
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll('main input[value=yes]').forEach(r => r.checked = true)`))
	v.fill(map[string]string{"comment": "Erst ab halb elf."})
	v.press(`main form button[type="submit"]`)
	v.wants("Die Antwort ist gespeichert")
	looked("poll answered")
	v.do(chromedp.Navigate(d.base + who))
	looked("answer by telephone")
	v.do(chromedp.Navigate(d.base + desk))
	v.wants("Erst ab halb elf.")
	looked("poll to decide")
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('[name=option]').checked = true`))
	v.press(`button[value="decide"]`)
	v.do(chromedp.Navigate(d.base + desk))
	looked("poll decided")
	v.do(chromedp.Navigate(link))
	v.wants("Der Termin steht fest")
	looked("answer page of a decided poll")
	v.namedPoll(d, looked)
}

// namedPoll is the page of a poll for members who are logged in.
func (v *visitor) namedPoll(d running, looked func(name string)) {
	v.t.Helper()
	v.do(chromedp.Navigate(d.base + "/konto"))
	v.press(`form[action$="/ausloggen"] button`) // logs out
	v.logIn(d.links["chair"])
	v.do(chromedp.Navigate(d.base + "/gremien/arbeitskreis-migrationsfachdienste"))
	v.follow("Fachtag vorbereiten")
	v.wants("Stand der Antworten")
	looked("poll with names")
}
