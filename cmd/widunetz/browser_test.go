package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

var pictures = flag.Bool("pictures", false, "take the pictures of README and docs anew")

// lockedBuffer is what a running command has printed so far.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// running is a demo.
type running struct {
	base  string
	links map[string]string // log-in link by role
}

// startDemo runs the demo from that time on until the test ends.
func startDemo(t *testing.T, now string) running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var out, errs lockedBuffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--addr", "127.0.0.1:0", "--now", now}, strings.NewReader(""), &out, &errs)
	}()
	t.Cleanup(func() {
		stop()
		if status := <-ended; status != 0 || errs.String() != "" {
			t.Errorf("the demo ended with %d: %s", status, errs.String())
		}
	})
	if !eventually(func() bool {
		return strings.Contains(out.String(), "member\t") && strings.HasSuffix(out.String(), "\n")
	}) {
		t.Fatalf("the demo did not start: %s %s", out.String(), errs.String())
	}
	d := running{links: map[string]string{}}
	for _, m := range regexp.MustCompile(`(?m)^(\w+)\t(\S+)$`).FindAllStringSubmatch(out.String(), -1) {
		d.links[m[1]] = m[2]
	}
	u, err := url.Parse(d.links["member"])
	if err != nil {
		t.Fatal(err)
	}
	d.base = "http://" + u.Host
	return d
}

// visitor is a browser window.
type visitor struct {
	t       *testing.T
	ctx     context.Context
	mu      sync.Mutex
	foreign []string // requests to other hosts
}

// newVisitor opens a browser.
func newVisitor(t *testing.T, base string) *visitor {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: apt-get install chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("lang", "de-DE"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	v := &visitor{t: t}
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(func(event any) {
		if r, ok := event.(*network.EventRequestWillBeSent); ok && !strings.HasPrefix(r.Request.URL, base) && !strings.HasPrefix(r.Request.URL, "data:") {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.foreign = append(v.foreign, r.Request.URL)
		}
	}))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(cancel)
	v.ctx = ctx
	return v
}

// do runs the steps one after the other.
func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.t.Fatal(err)
	}
}

// look reads a value off the page.
func look[T any](v *visitor, a chromedp.Action[T]) T {
	v.t.Helper()
	value, err := chromedp.Run(v.ctx, a)
	if err != nil {
		v.t.Fatal(err)
	}
	return value
}

// press presses the button and waits for the page that follows.
func (v *visitor) press(selector string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(selector)); err != nil {
		v.t.Fatalf("press %s: %v\n%s", selector, err, v.text())
	}
}

// follow opens the first link whose text has the words.
func (v *visitor) follow(words string) {
	v.t.Helper()
	href := look(v, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll('main a')].find(a => a.textContent.includes(%q))?.href || ''`, words)))
	if href == "" {
		v.t.Fatalf("no link %q on the page:\n%s", words, v.text())
	}
	v.do(chromedp.Navigate(href))
}

// logIn opens a link and presses its button.
func (v *visitor) logIn(link string) {
	v.t.Helper()
	v.do(chromedp.Navigate(link))
	v.press("main button")
}

func (v *visitor) text() string {
	v.t.Helper()
	return look(v, chromedp.Text("main"))
}

func (v *visitor) wants(what string) {
	v.t.Helper()
	if s := v.text(); !strings.Contains(s, what) {
		v.t.Fatalf("want %q on the page:\n%s", what, s)
	}
}

// view is how a page is looked at.
type view struct {
	name   string
	width  int64
	height int64
	dark   bool
}

var views = []view{{"desktop", 1200, 900, false}, {"narrow", 320, 640, false}, {"phone, dark", 390, 844, true}}

func (w view) set() chromedp.Action[chromedp.Void] {
	scheme := "light"
	if w.dark {
		scheme = "dark"
	}
	return chromedp.Steps(chromedp.EmulateViewport(w.width, w.height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// axe is the accessibility checker, as npm installs it.
func axe(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../.cache/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("axe-core is missing: npm install --prefix .cache axe-core@4.14.1")
	}
	return string(b)
}

const axeRun = `axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r => JSON.stringify({
  violations: r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target + ' ' + n.failureSummary).join('; ')),
  overflow: document.documentElement.scrollWidth > document.documentElement.clientWidth + 1,
  small: [...document.querySelectorAll('a,button,input,select,textarea')].filter(e => { const b = e.getBoundingClientRect();
    return b.width > 1 && b.height > 1 && b.height < 24 && !e.closest('[aria-hidden=true]') && getComputedStyle(e).display !== 'inline' }).map(e => e.outerHTML.slice(0, 80)),
}))`

type finding struct {
	Violations []string
	Overflow   bool
	Small      []string
}

// check looks at the page in one view.
func (v *visitor) check(axe string) (f finding) {
	v.t.Helper()
	if !look(v, chromedp.Evaluate[bool](`typeof window.axe === "object"`)) {
		look(v, chromedp.Evaluate[chromedp.Void](axe))
	}
	s := look(v, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	if err := json.Unmarshal([]byte(s), &f); err != nil {
		v.t.Fatal(err)
	}
	return f
}

var identifiers = regexp.MustCompile(`[a-z2-7]{16,26}(\.[a-z2-7]+)?`)
var eventPages = regexp.MustCompile(`(/programm/\d+)/[^/?]+`)

// ownPages stand where events of a programme stand.
var ownPages = regexp.MustCompile(`/(einreichen|heft|plakat|aenderungen|einbetten)$`)

// shape is an address without what differs between pages of one kind.
func shape(path string) string {
	path, query, _ := strings.Cut(path, "?")
	name, _, _ := strings.Cut(query, "=")
	if !ownPages.MatchString(path) {
		path = eventPages.ReplaceAllString(path, "$1/EVENT")
	}
	path = regexp.MustCompile(`/gremien/[^/]+`).ReplaceAllString(path, "/gremien/GROUP")
	return identifiers.ReplaceAllString(path, "ID") + "?" + name
}

// otherLanguages are the same pages again.
var otherLanguages = regexp.MustCompile(`^/(ls|en|tr|ar|uk|ru|ku|fa)(/|$)`)

// crawl opens one page of each kind that can be reached by links, has it looked
// at, and returns their addresses.
func (v *visitor) crawl(base string, at func(path string), from ...string) (paths []string) {
	v.t.Helper()
	seen := map[string]bool{}
	for queue := from; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		if s := shape(path); seen[s] || strings.HasPrefix(path, "/static") || otherLanguages.MatchString(path) ||
			regexp.MustCompile(`\.(ics|csv|vcf|xlsx|pdf|atom|json)$|^/(feeds|bilder)/|/presse$|/raw$|/html$|/unterlagen/[a-z0-9]+$`).MatchString(strings.Split(path, "?")[0]) {
			continue
		}
		seen[shape(path)] = true
		paths = append(paths, path)
		v.do(chromedp.Navigate(base + path))
		queue = append(queue, look(v, chromedp.Evaluate[[]string](`[...document.querySelectorAll('a[href^="/"]')].map(a => a.getAttribute('href'))`))...)
		at(path)
	}
	return paths
}

// TestBrowserPages opens every kind of page as a coordinator, light and dark,
// wide and narrow, in German and English: nothing that axe finds, no sideways
// scrolling, no request to another host.
func TestBrowserPages(t *testing.T) {
	t.Parallel()
	d := startDemo(t, "2027-08-30T08:00")
	v := newVisitor(t, d.base)
	source := axe(t)
	v.logIn(d.links["coordinator"])
	v.begin(d)
	step := look(v, chromedp.Evaluate[string](`location.pathname`))
	check := func(path string, w view) {
		v.do(w.set())
		f := v.check(source)
		if len(f.Violations) > 0 || f.Overflow || len(f.Small) > 0 {
			t.Errorf("%s (%s): overflow %v, too small %v\n%s", path, w.name, f.Overflow, f.Small, strings.Join(f.Violations, "\n"))
		}
	}
	paths := v.crawl(d.base, func(path string) {
		check(path, views[0])
		check(path, views[2])
	}, "/", "/koordination", "/koordination/postfach", step, path.Dir(path.Dir(step)))
	if len(paths) < 40 {
		t.Errorf("only %d kinds of pages were found: %v", len(paths), paths)
	}
	for _, path := range paths {
		v.do(chromedp.Navigate(d.base + "/en" + path))
		check("/en"+path, views[1])
	}
	if len(v.foreign) > 0 {
		t.Errorf("requests to other hosts: %v", v.foreign)
	}
}

// TestBrowserArabic opens what participants see in Arabic, in every view: nothing
// that axe finds, no sideways scrolling, everything from right to left.
func TestBrowserArabic(t *testing.T) {
	t.Parallel()
	d := startDemo(t, "2027-08-30T08:00")
	v := newVisitor(t, d.base)
	source := axe(t)
	v.do(chromedp.Navigate(d.base + "/ar/programm/2027"))
	event := look(v, chromedp.Evaluate[string](`document.querySelector('.w-card__title a').getAttribute('href')`))
	for _, w := range views {
		v.do(w.set())
		for _, path := range []string{
			"/ar/", "/ar/programm/2027", "/ar/programm/2027?ansicht=monat", "/ar/programm/2027?ansicht=karte", event, "/ar/programm/2027/heft", "/ar/programm/2027/plakat",
			"/ar/programm/2027/aenderungen", "/ar/impressum", "/ar/einloggen", "/ar/gibtesnicht",
		} {
			v.do(chromedp.Navigate(d.base + path))
			f := v.check(source)
			if len(f.Violations) > 0 || f.Overflow || len(f.Small) > 0 {
				t.Errorf("%s (%s): overflow %v, too small %v\n%s", path, w.name, f.Overflow, f.Small, strings.Join(f.Violations, "\n"))
			}
			if dir := look(v, chromedp.Evaluate[string](`document.documentElement.dir + getComputedStyle(document.querySelector('h1')).direction`)); dir != "rtlrtl" && path != "/ar/einloggen" && path != "/ar/impressum" { // what is in German is not
				t.Errorf("%s: %s", path, dir)
			}
		}
	}
	if len(v.foreign) > 0 {
		t.Errorf("requests to other hosts: %v", v.foreign)
	}
}

// TestBrowserSubmitAcceptRemind is the way of an event in real browsers:
// submitted in steps, sent back, improved, accepted, watched, and its watcher is reminded in time.
func TestBrowserSubmitAcceptRemind(t *testing.T) {
	t.Parallel()
	d := startDemo(t, "2027-08-30T08:00")
	public := newVisitor(t, d.base)
	public.do(chromedp.Navigate(d.base + "/demo/mail"))
	public.press(`button[value="hour"]`) // whatever waits is out before
	office := newVisitor(t, d.base)
	office.logIn(d.links["coordinator"])
	office.do(chromedp.Navigate(d.base + "/koordination/ausgaben/2027"))
	office.do(chromedp.SetValue(`[name="submission"]`, "2027-09-10"))
	office.press(`form[action$="/koordination/ausgaben/2027"] button[type="submit"]`)

	public.submitInSteps(d)
	office.do(chromedp.Navigate(d.base + "/koordination"))
	office.follow("Tanz")
	office.do(chromedp.SetValue(`[name="reason"]`, "Bitte mit Treffpunkt."))
	office.press(`button[value="returned"]`)
	public.do(chromedp.Navigate(d.base + d.mailLink(public, "tina@tanz.example", `/einreichung/[a-z0-9.]+`)))
	public.wants("Bitte mit Treffpunkt.")
	public.do(chromedp.SetValue(`[name="street"]`, "Am Barmeierplatz 2"))
	public.press(`form:has([name="street"]) button.kern-btn--primary`)
	public.wants("Gespeichert")

	office.do(chromedp.Navigate(d.base + "/koordination"))
	office.follow("Tanz")
	office.press(`button[value="published"]`)

	public.do(chromedp.Navigate(d.base + "/programm/2027/tanz-b-fuer-alle-b"))
	public.wants("Tanz <b>für alle</b>")
	public.do(chromedp.SetValue(`form[action$="/erinnern"] [name="email"]`, "gast@example.org"))
	public.press(`form[action$="/erinnern"] button[type="submit"]`)
	confirm := d.mailLink(public, "gast@example.org", `/vormerkung/[a-z0-9.]+`)
	public.do(chromedp.Navigate(d.base + confirm))
	public.press("main button")
	for range 2 {
		public.do(chromedp.Navigate(d.base + "/demo/mail"))
		public.press(`button[value="week"]`)
	}
	public.wants("Erinnerung: Tanz")
	public.wants("gast@example.org")
}

// submitInSteps registers an event as its organiser does: it is begun, a step is
// saved by the page's script, and the rest is filled in from the mailed link.
func (v *visitor) submitInSteps(d running) {
	v.t.Helper()
	const next = `main form button.kern-btn--primary`
	v.begin(d)
	v.fill(map[string]string{"start": "2027-09-20", "start_clock": "18:00", "end": "20:00", "town": "Enger", "venue": "Bürgerhaus"})
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('[name="venue"]').dispatchEvent(new Event("change", {bubbles: true}))`))
	if !eventually(func() bool { return look(v, chromedp.Text("#gespeichert")) == "Gespeichert." }) {
		v.t.Fatal("what was typed is not saved")
	}
	v.do(chromedp.Navigate(d.base + d.mailLink(v, "tina@tanz.example", `/einreichung/[a-z0-9.]+`))) // on another day
	v.wants("Bürgerhaus")
	v.follow("Beschreibung")
	v.fill(map[string]string{"summary": "Tänze zum Mitmachen.", "contact": "05224 1"})
	v.press(next)
	v.wants("Alles da")
	v.press(`button[value="send"]`)
	v.wants("tina@tanz.example")
}

// fill sets fields of the page's form.
func (v *visitor) fill(values map[string]string) {
	v.t.Helper()
	for name, value := range values {
		v.do(chromedp.SetValue(`[name="`+name+`"]`, value))
	}
}

// begin begins an event and is at its second step then.
func (v *visitor) begin(d running) {
	v.t.Helper()
	const next = `main form button.kern-btn--primary`
	v.do(chromedp.Navigate(d.base + "/programm/2027/einreichen"))
	v.press(next)
	v.wants("Titel") // the summary of what is missing
	v.fill(map[string]string{"title": "Tanz <b>für alle</b>", "category": "sport", "organiser": "Tanzkreis Enger", "internal_name": "Tina Tanz", "internal_email": "tina@tanz.example"})
	v.press(next)
	v.wants("tina@tanz.example")
}

// mailLink reads the first link of that form out of the newest mail to an
// address.
func (d running) mailLink(v *visitor, to, pattern string) string {
	v.t.Helper()
	var page string
	found := eventually(func() bool {
		v.do(chromedp.Navigate(d.base + "/demo/mail"))
		page = look(v, chromedp.Evaluate[string](
			fmt.Sprintf(`[...document.querySelectorAll('.w-mailrow')].filter(r => r.textContent.includes(%q)).map(r => r.querySelector('a').getAttribute('href'))[0] || ''`, to)))
		return page != ""
	})
	if !found {
		v.t.Fatalf("no mail to %s", to)
	}
	v.do(chromedp.Navigate(d.base + page + "/html"))
	body := look(v, chromedp.OuterHTML("html"))
	link := regexp.MustCompile(pattern).FindString(body)
	if link == "" {
		v.t.Fatalf("no link like %s in the mail to %s:\n%s", pattern, to, body)
	}
	return link
}

// TestBrowserPictures takes the pictures of README and handbook, so that they
// show the pages as they are. They are written with -pictures only.
func TestBrowserPictures(t *testing.T) {
	if !*pictures {
		return
	}
	d := startDemo(t, "2027-05-10T09:00")
	v := newVisitor(t, d.base)
	v.logIn(d.links["coordinator"])
	dir := "../../docs/bilder"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"schreibtisch": "/koordination", "termine": "/koordination/gremien/projektgruppe/termine", "einladen": "/koordination/gremien/arbeitskreis-migrationsfachdienste/einladen",
		"ausgang": "/koordination/ausgang", "programm": "/programm/2027", "einreichen": "/programm/2027/einreichen", "konto": "/konto", "sitze": "/koordination/gremien/kerngruppe/sitze",
	} {
		v.do(chromedp.EmulateViewport(1100, 800), chromedp.Navigate(d.base+path))
		if name == "termine" {
			v.do(chromedp.SetValue(`[name="date"]`, "2027-08-09"), chromedp.SetValue(`[name="count"]`, "4"), chromedp.SetValue(`[name="weeks"]`, "6"))
			v.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('form.w-form').requestSubmit()`), chromedp.WaitVisible(`input[name="chosen"]`))
		}
		png := look(v, chromedp.CaptureScreenshot())
		if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
