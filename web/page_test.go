package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

var voids = strings.Fields("area base br col embed hr img input link meta source track wbr")

// inspect checks what holds for every page, whoever sees it: words for all
// keys, elements closed in order, language and direction, nothing inline,
// nothing from another host, and references that lead somewhere.
func inspect(t testing.TB, a *answer) {
	t.Helper()
	complain := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s: %s", a.path, fmt.Sprintf(format, args...))
	}
	if i := strings.Index(a.body, "⟦"); i >= 0 {
		complain("no words for %.60s", a.body[i:])
	}
	if i := strings.Index(a.body, "ZgotmplZ"); i >= 0 {
		complain("an address was refused by the template: %.100s", a.body[max(0, i-60):])
	}
	if problem := nesting(a.body); problem != "" {
		complain("%s", problem)
	}
	allowed, p := policy, printerOf(a.path)
	if a.StatusCode == http.StatusOK {
		path := must(url.Parse(a.path)).Path
		if p.Lang() != agenda.German {
			path = strings.TrimPrefix(path, "/"+string(p.Lang()))
		}
		allowed = policyOf(path)
	}
	if got := a.Header.Get("Content-Security-Policy"); got != allowed {
		complain("policy %q", got)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=31536000"} {
		if got := a.Header.Get(name); got != want {
			complain("%s: %q, want %q", name, got, want)
		}
	}
	root := a.all("html")[0]
	if attr(root, "lang") != p.Tag() || attr(root, "dir") != p.Dir() {
		complain("lang %q, dir %q, want %q, %s", attr(root, "lang"), attr(root, "dir"), p.Tag(), p.Dir())
	}
	if i := strings.IndexAny(a.body, lang.GermanFrom+lang.GermanTo+germanHere); i >= 0 {
		complain("a mark was left: %.60q", a.body[max(0, i-20):])
	}
	if titles := a.all("title"); len(titles) != 1 || !strings.HasSuffix(inner(titles[0]), " – widunetz") {
		complain("title %v", titles)
	}
	if h := a.all("h1"); len(h) != 1 || strings.TrimSpace(inner(h[0])) == "" {
		complain("%d headings of the first rank, want 1 with words", len(h))
	}
	ids := map[string]bool{}
	for d := range a.root.Descendants() {
		if id := attr(d, "id"); id != "" {
			if ids[id] {
				complain("id %q is there twice", id)
			}
			ids[id] = true
		}
	}
	for d := range a.root.Descendants() {
		if d.Type == html.ElementNode {
			inspectElement(d, ids, complain)
		}
	}
}

// printerOf is that of the language in which an address is.
func printerOf(path string) *lang.Printer {
	head, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return catalog().Printer(agenda.Lang(head))
}

func inspectElement(d *html.Node, ids map[string]bool, complain func(string, ...any)) {
	switch {
	case d.Data == "style", d.Data == "script" && !has(d, "src") && attr(d, "type") != "application/ld+json": // data, never run
		complain("inline <%s>", d.Data)
	case d.Data == "input" && attr(d, "type") == "text" && !has(d, "dir"):
		complain("field %q has no direction", attr(d, "name"))
	}
	for _, at := range d.Attr {
		switch at.Key {
		case "src", "action", "poster", "srcset":
			if !strings.HasPrefix(at.Val, "/") || strings.HasPrefix(at.Val, "//") {
				complain("<%s %s=%q> leaves the host", d.Data, at.Key, at.Val)
			}
		case "href":
			if d.Data == "link" && attr(d, "hreflang") != "" { // search engines want whole addresses
				if attr(d, "rel") != "alternate" || !strings.HasPrefix(at.Val, base+"/") {
					complain("<link rel=%q href=%q>", attr(d, "rel"), at.Val)
				}
				continue
			}
			if d.Data == "link" && !strings.HasPrefix(at.Val, "/static/") && (attr(d, "rel") != "alternate" || !strings.HasPrefix(at.Val, "/feeds/")) {
				complain("<link href=%q> leaves the host", at.Val)
			}
			if strings.HasPrefix(at.Val, "http") && !strings.Contains(attr(d, "rel"), "noopener") {
				complain("link to %q without rel=noopener", at.Val)
			}
			if id, ok := strings.CutPrefix(at.Val, "#"); ok && !ids[id] {
				complain("link to %q, which is not there", at.Val)
			}
		case "for", "aria-labelledby", "aria-describedby":
			for id := range strings.FieldsSeq(at.Val) {
				if !ids[id] {
					complain("%s=%q, which is not there", at.Key, id)
				}
			}
		case "style":
			complain("style attribute on <%s>", d.Data)
		}
		if strings.HasPrefix(at.Key, "on") {
			complain("%s on <%s>", at.Key, d.Data)
		}
	}
}

// nesting says which element is not closed in its place.
func nesting(page string) string {
	var openTags []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(openTags) > 0 {
				return "never closed: " + strings.Join(openTags, " ")
			}
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); !slices.Contains(voids, string(name)) {
				openTags = append(openTags, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if n := len(openTags); n == 0 || openTags[n-1] != string(name) {
				return fmt.Sprintf("</%s> closes %v", name, openTags)
			}
			openTags = openTags[:len(openTags)-1]
		}
	}
}

// crawler follows links of the service, a few for each kind of address.
type crawler struct {
	b     *browser
	seen  map[string]bool
	kinds map[string]int
	queue []string
}

var (
	identifier = regexp.MustCompile(`^[a-z0-9]{16,26}$`)
	perKind    = 2
)

// kind is the address without what names a single thing.
func kind(path string) string {
	u := must(url.Parse(path))
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if identifier.MatchString(p) || strings.Contains(path, "/programm/2") && i == len(parts)-1 {
			parts[i] = ":"
		}
	}
	return strings.Join(parts, "/") + "?" + strings.Join(slices.Sorted(maps.Keys(u.Query())), "&")
}

func (c *crawler) add(path string) {
	path, _, _ = strings.Cut(path, "#")
	if l := printerOf(path).Lang(); !lang.Whole(l) && l != agenda.Arabic {
		return // one language of the participants' side stands for all
	}
	if !strings.HasPrefix(path, "/") || c.seen[path] || c.kinds[kind(path)] == perKind {
		return
	}
	c.seen[path] = true
	c.kinds[kind(path)]++
	c.queue = append(c.queue, path)
}

// crawl opens pages until there are no more and returns how many.
func (c *crawler) crawl(t testing.TB) int {
	t.Helper()
	for len(c.queue) > 0 {
		path := c.queue[0]
		c.queue = c.queue[1:]
		a := c.b.get(path)
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, a.StatusCode)
		}
		for _, x := range a.all("a") {
			c.add(attr(x, "href"))
		}
		for _, x := range a.all("link") {
			c.add(attr(x, "href"))
		}
		for _, f := range a.all("form") {
			if attr(f, "method") == "get" {
				c.add(attr(f, "action") + "?" + fields(f).Encode())
			}
		}
	}
	return len(c.seen)
}

// lived makes the network look like one that was worked with: dates moved,
// cancelled and released, mails refused, watchers, decisions.
func lived(n *network) {
	n.refuse = amina
	n.deliver()
	by := agenda.PersonActor(n.person(vera).ID)
	yes := agenda.Telling{Mail: true, Sentence: "Der Saal ist <b>belegt</b>."}
	all := n.meetings(migration)
	must(n.Invite(ctx, by, migration, []agenda.MeetingID{all[0].ID, all[1].ID}, "Bitte zusagen"))
	n.deliver()
	d := all[0].MeetingDetails
	d.Start, d.End, d.Place, d.Note, d.Online = d.Start.AddDays(1), d.End.AddDays(1), "Rathaus", "1. Begrüßung\n2. Bericht", "https://konferenz.example/1"
	must(n.ChangeMeeting(ctx, by, all[0].ID, d, agenda.Event{}.Changed, yes))
	must(n.TurnMeeting(ctx, by, all[1].ID, agenda.MeetingCancelled, agenda.Event{}.Changed, yes))
	e := n.event("Kochen")
	must(0, n.Watch(ctx, e.ID, "gast@example.org", agenda.English))
	must(n.StandEvent(ctx, by, e.ID, agenda.Postponed, true, e.Changed, yes))
	e = n.event("Fußball")
	moved := e.EventDetails
	moved.Start, moved.End, moved.Venue.Online, moved.WomenOnly = moved.Start.AddDays(1), moved.End.AddDays(1), "https://stream.example/", true
	must(n.ChangeEvent(ctx, by, e.ID, moved, e.Changed, yes))
	e = n.event("Konzert")
	must(n.StandEvent(ctx, by, e.ID, agenda.Cancelled, false, e.Changed, yes))
	e = n.event("Lesung im Garten")
	must(n.DecideEvent(ctx, by, e.ID, agenda.Returned, "Bitte eine Uhrzeit nennen", e.Changed))
	n.wait(agenda.ConfirmWithin)
	n.deliver()
}

func TestEveryPage(t *testing.T) {
	t.Parallel()
	for _, email := range []string{vera, birgit, cem, ""} {
		t.Run("as "+email, func(t *testing.T) {
			t.Parallel()
			n := open(t)
			lived(n)
			b := n.as(email)
			before := n.records("session")
			c := &crawler{b: b, seen: map[string]bool{}, kinds: map[string]int{}}
			c.add("/")
			c.add("/en/")
			c.add("/programm/2027/einreichen")
			c.add("/en/programm/2027/einreichen")
			if email != "" {
				c.add("/konto")
				c.add("/en/konto")
			}
			pages := c.crawl(t)
			if want := map[string]int{vera: 120, birgit: 40, cem: 30, "": 24}[email]; pages < want {
				t.Errorf("%d pages, want at least %d", pages, want)
			}
			if after := n.records("session"); !maps.Equal(before, after) {
				t.Error("opening pages changed what is stored")
			}
			if log := n.log.String(); strings.Contains(log, "level=ERROR") {
				t.Errorf("errors in the log:\n%s", log)
			}
		})
	}
}

// Public pages are the same for all: they set no cookie, read none, and differ
// by address only.
func TestPublicPagesAreTheSameForAll(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Kochen")
	boss, stranger := n.as(vera), n.browser()
	for _, path := range []string{"/", "/programm/2027", "/programm/2027?town=buende", "/programm/2027/" + e.Slug, "/programm/2027/einreichen", "/impressum", "/datenschutz", "/barrierefreiheit", "/robots.txt", "/nichts"} {
		for _, prefix := range []string{"", "/en"} {
			a, b := boss.request(http.MethodGet, prefix+path), stranger.request(http.MethodGet, prefix+path)
			if a.Header.Get("Set-Cookie")+b.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s sets a cookie", path)
			}
			once := regexp.MustCompile(`name="once" value="[A-Z2-7]+"`) // of a form, so that a second click makes nothing new
			if path != "/nichts" && once.ReplaceAllString(a.body, "") != once.ReplaceAllString(b.body, "") {
				t.Errorf("%s differs for who is logged in", path)
			}
			if strings.Contains(a.body, "/koordination") && path != "/robots.txt" {
				t.Errorf("%s knows who is logged in", path)
			}
		}
	}
	if a := stranger.get("/konto"); a.Header.Get("Set-Cookie") != "" {
		t.Error("the log-in page sets a cookie before anybody asked for a link")
	}
}

// What one visitor wrote behind an address is nobody else's business: kept
// pages hold nothing of it.
func TestKeptPagesHoldNothingOfTheRequest(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/programm/2027", "/programm/2027?town=buende", "/impressum"} {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			n := open(t)
			n.browser().request(method, path+sep+"secret=xyzzy")
			a := n.browser().get(path).lacks(t, "xyzzy")
			if !strings.Contains(a.body, `href="/en`+path+`"`) {
				t.Errorf("%s after %s: the page does not offer itself in English", path, method)
			}
		}
	}
}

func TestLanguageStaysInTheAddress(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	b.header.Set("Accept-Language", "en-GB,en;q=0.9")
	b.get("/programm/2027").want(t, http.StatusOK, "Herford")
	if a := b.request(http.MethodGet, "/"); a.StatusCode != http.StatusOK {
		t.Errorf("/ leads elsewhere: %d", a.StatusCode)
	}
	english := b.get("/en/programm/2027?town=herford").want(t, http.StatusOK)
	for _, x := range english.all("a") {
		href := attr(x, "href")
		if strings.HasPrefix(href, "/programm") && attr(x, "hreflang") != "de" {
			t.Errorf("the English page leads to the German %s", href)
		}
	}
	if a := b.get("/einloggen"); !strings.Contains(a.body, `href="/en/einloggen"`) {
		t.Error("the log-in page does not offer the browser's language")
	}
	b.get("/pl/programm/2027").want(t, http.StatusNotFound) // there is none
}
