package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
)

// described reads the data block of an event's page.
func described(t testing.TB, a *answer) map[string]any {
	t.Helper()
	var blocks []string
	for _, s := range a.all("script") {
		if attr(s, "type") == "application/ld+json" {
			blocks = append(blocks, inner(s))
		}
	}
	if len(blocks) != 1 {
		t.Fatalf("%s: %d data blocks, want 1", a.path, len(blocks))
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(blocks[0]), &m); err != nil {
		t.Fatalf("%s: %v\n%s", a.path, err, blocks[0])
	}
	return m
}

// at follows names through nested data.
func at(v any, names ...string) any {
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

func (a *answer) meta(name string) string {
	for _, m := range a.all("meta") {
		if attr(m, "name") == name || attr(m, "property") == name {
			return attr(m, "content")
		}
	}
	return ""
}

func (n *network) added(d agenda.EventDetails) agenda.Event {
	n.t.Helper()
	return must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
}

func TestEventDescribedForMachines(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	d := eventDetails("Tee und Gespräch", "2027-09-14T18:00")
	d.Languages, d.CoOrganisers, d.Doors, d.Places = []string{"de-einfach", "de", "ar", "alle"}, []string{"AWO"}, "17:30", 20
	d.Venue.Street, d.Venue.Postcode = "Lange Straße 1", "32052"
	e := n.added(d)
	path := "/programm/2027/" + e.Slug
	check := func(what string, want map[string]any) map[string]any {
		t.Helper()
		m := described(t, b.get(path).want(t, http.StatusOK).lacks(t, "olga@", "Olga Organ", "999888"))
		for names, v := range want {
			got := at(m, strings.Split(names, ".")...)
			if list, ok := got.([]any); ok {
				got = string(must(json.Marshal(list)))
			}
			if got != v {
				t.Errorf("%s: %s is %v, want %v", what, names, got, v)
			}
		}
		return m
	}
	const vocabulary = "https://schema.org/"
	m := check("new", map[string]any{
		"@context": "https://schema.org", "@type": "Event", "name": "Tee und Gespräch", "description": "Für alle.", "url": base + path, "startDate": "2027-09-14T18:00:00+02:00",
		"endDate": "2027-09-14T19:30:00+02:00", "doorTime": "2027-09-14T17:30:00+02:00", "eventStatus": vocabulary + "EventScheduled",
		"eventAttendanceMode": vocabulary + "OfflineEventAttendanceMode", "location.name": "Haus unter den Linden", "location.address.addressLocality": "Herford",
		"location.address.streetAddress": "Lange Straße 1", "location.address.postalCode": "32052", "inLanguage": `["de","ar"]`, "isAccessibleForFree": true, "offers.price": "0",
		"offers.priceCurrency": "EUR", "offers.availability": vocabulary + "InStock", "maximumAttendeeCapacity": 20.0,
		"organizer": `[{"@type":"Organization","name":"Stadt Herford"},{"@type":"Organization","name":"AWO"}]`,
	})
	if _, ok := m["previousStartDate"]; ok {
		t.Error("an event that was not moved has a previous start")
	}
	d.Start, d.End = must(agenda.ParseLocal("2027-11-02T18:00")), must(agenda.ParseLocal("2027-11-02T19:30"))
	d.Free, d.Price, d.Venue.Online = false, "5,50 €", "https://stream.example/"
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	check("moved", map[string]any{
		"eventStatus": vocabulary + "EventRescheduled", "startDate": "2027-11-02T18:00:00+01:00", "previousStartDate": "2027-09-14T18:00:00+02:00", "offers.price": "5.50",
		"isAccessibleForFree": false, "eventAttendanceMode": vocabulary + "MixedEventAttendanceMode",
	})
	d.Price, d.Venue = "8 Euro, ermäßigt frei", agenda.Venue{Town: agenda.Online, Online: "https://stream.example/"}
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Postponed, true, time.Time{}, agenda.Telling{}))
	check("postponed", map[string]any{
		"eventStatus": vocabulary + "EventPostponed", "offers.price": nil, "offers.description": "8 Euro, ermäßigt frei", "offers.availability": vocabulary + "SoldOut",
		"eventAttendanceMode": vocabulary + "OnlineEventAttendanceMode", "location.@type": "VirtualLocation", "location.url": "https://stream.example/",
	})
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, true, time.Time{}, agenda.Telling{}))
	check("cancelled", map[string]any{"eventStatus": vocabulary + "EventCancelled"})
}

func TestShareText(t *testing.T) {
	t.Parallel()
	n := open(t)
	d := eventDetails("Tee und Gespräch", "2027-09-14T18:00")
	d.Free, d.Price = false, "5 Euro"
	e := n.added(d)
	path := "/programm/2027/" + e.Slug
	for prefix, want := range map[string]string{
		"":    "Tee und Gespräch\nDienstag, 14. September 2027, 18:00–19:30 Uhr\nHaus unter den Linden, Herford\nEintritt: 5 Euro\n" + base + path,
		"/en": "Tee und Gespräch\nTuesday, 14 September 2027, 18:00–19:30\nHaus unter den Linden, Herford\nEntry: 5 Euro\n" + base + "/en" + path,
	} {
		a := n.browser().get(prefix + path)
		area := a.byID("share")
		if got := inner(area); got != want || !has(area, "readonly") {
			t.Errorf("%q, want %q", got, want)
		}
		if a.meta("og:url") != base+prefix+path || a.meta("og:title") != "Tee und Gespräch" || a.meta("description") != "Für alle." {
			t.Errorf("%s: url %q, title %q, description %q", prefix, a.meta("og:url"), a.meta("og:title"), a.meta("description"))
		}
	}
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	if got := inner(n.browser().get(path).byID("share")); !strings.HasPrefix(got, "ABGESAGT: Tee") {
		t.Errorf("a cancelled event is passed on as %q", got)
	}
}

// Texts of organisers stay texts in every form in which they are given out.
func TestHostileTextsInEveryForm(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	for i, title := range []string{
		`</script><script>alert(1)</script>`, `<!--<script>`, `]]></title><entry>`, `"><iframe src=//evil.example>`, `</textarea><img src=x onerror=alert(1)>`, `&lt;b&gt; &amp; "\u003c/script\u003e" \`,
		`0;url=javascript:alert(1)`, `{{.}} ` + "${1}`",
	} {
		d := eventDetails(title, "2027-09-14T18:00")
		d.Summary, d.Organiser, d.Venue.Name = title+"\n"+title, title, title
		e := n.added(d)
		page := b.get("/programm/2027/"+e.Slug).want(t, http.StatusOK)
		m := described(t, page)
		if m["name"] != title || m["description"] != title+"\n"+title || at(m, "location", "name") != title {
			t.Errorf("%s: described as %v", title, m)
		}
		if page.meta("og:title") != title || page.meta("description") != title+"\n"+title || !strings.HasPrefix(inner(page.byID("share")), title+"\n") {
			t.Errorf("%s: passed on as %q, %q", title, page.meta("og:title"), inner(page.byID("share")))
		}
		if news := n.news("/feeds/programme/2027.atom"); len(news.Entries) != 26+i || news.titled(title).Author != title {
			t.Errorf("%s: %d news", title, len(news.Entries))
		}
		if data := n.data("/feeds/programme/2027.json"); len(data.Events) != 26+i {
			t.Errorf("%s: %d events in the data", title, len(data.Events))
		}
		embed := b.get("/programm/2027/einbetten").want(t, http.StatusOK, title)
		for _, a := range []*answer{page, embed} {
			for _, s := range a.all("script") {
				if attr(s, "type") != "application/ld+json" && !strings.HasPrefix(attr(s, "src"), "/static/") {
					t.Errorf("%s: a script of %s's", title, a.path)
				}
			}
			if len(a.all("iframe"))+len(a.all("img")) != 0 {
				t.Errorf("%s became an element of %s", title, a.path)
			}
		}
		b.get("/programm/2027/presse").want(t, http.StatusOK, "| "+title+"\n")
	}
}

// One page may stand in frames of other sites. Everything else must not, its
// own error pages among them.
func TestOnlyTheListMayBeFramed(t *testing.T) {
	t.Parallel()
	n := open(t, withDemo(t.TempDir()))
	n.deliver()
	boss := n.as(vera)
	framed := func(a *answer) bool {
		return !strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	}
	for _, path := range []string{"/programm/2027/einbetten", "/en/programm/2027/einbetten?town=buende"} {
		a := boss.request(http.MethodGet, path).want(t, http.StatusOK)
		got := a.Header.Get("Content-Security-Policy")
		if !strings.Contains(got, "frame-ancestors *;") || !strings.Contains(got, "default-src 'none'") || strings.Contains(got, "script-src") || a.Header.Get("X-Frame-Options") != "" {
			t.Errorf("%s: policy %q", path, got)
		}
		if len(a.Cookies()) != 0 || len(a.all("script"))+len(a.all("form"))+len(a.all("header"))+len(a.all("footer")) != 0 {
			t.Errorf("%s: cookies, scripts, forms or the frame of our pages", path)
		}
		links := a.all("a")
		for _, x := range links {
			if attr(x, "target") != "_top" {
				t.Errorf("%s: %q opens inside of the frame", path, attr(x, "href"))
			}
		}
		if len(links) < 4 {
			t.Errorf("%s: %d links", path, len(links))
		}
	}
	for key, a := range accessTable(n) {
		method, _, _ := strings.Cut(key, " ")
		if key == "GET /programm/:year/einbetten" || strings.HasSuffix(key, "/ausloggen") || strings.HasSuffix(key, "/html") {
			continue
		}
		if method == http.MethodGet && framed(boss.request(method, a.path)) {
			t.Errorf("%s may stand in frames", a.path)
		}
	}
	for _, path := range []string{"/programm/1999/einbetten", "/programm/x/einbetten", "/programm/2031/einbetten", "/programm/2027/einbetten/", "/programm/2027/einbetten/x", "/programm/einbetten", "/konto/2027/einbetten", "/pl/programm/2027/einbetten"} {
		if a := boss.request(http.MethodGet, path); a.StatusCode != http.StatusNotFound || framed(a) {
			t.Errorf("%s: status %d, policy %q", path, a.StatusCode, a.Header.Get("Content-Security-Policy"))
		}
	}
	if a := boss.post("/programm/2027/einbetten", nil); a.StatusCode < 400 || framed(a) {
		t.Errorf("a post to the list: status %d, policy %q", a.StatusCode, a.Header.Get("Content-Security-Policy"))
	}
}

// The links between list and month, and to the list to embed, keep the filter.
func TestLinksKeepTheFilter(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	const query = "free=1&q=a+b%26c%C3%BC&town=buende"
	for from, to := range map[string]string{"/programm/2027?" + query: "/programm/2027?" + query + "&ansicht=monat", "/programm/2027?ansicht=monat&" + query: "/programm/2027?" + query} {
		if a := b.get(from); !slices.ContainsFunc(a.all("a"), func(x *html.Node) bool { return attr(x, "href") == to }) {
			t.Errorf("%s: no link to %s", from, to)
		}
	}
}

// The code to copy is one frame that shows the selection, with a title for
// those who hear the page.
func TestCodeToEmbed(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	ed := must(n.Edition(ctx, 2027))
	ed.Title = `"Wochen" <2027>`
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	for path, want := range map[string]string{"/programm/2027?town=buende&free=1": "/programm/2027/einbetten?free=1&town=buende", "/en/programm/2027": "/en/programm/2027/einbetten"} {
		a := b.get(path)
		code := must(html.Parse(strings.NewReader(inner(a.byID("embed")))))
		frames := within(code, "iframe")
		if len(frames) != 1 || attr(frames[0], "src") != base+want || !strings.HasPrefix(attr(frames[0], "title"), `"Wochen" <2027>`) {
			t.Fatalf("%s: code %q", path, inner(a.byID("embed")))
		}
		if strings.Contains(path, "buende") != strings.Contains(attr(frames[0], "title"), "Bünde") {
			t.Errorf("%s: title %q", path, attr(frames[0], "title"))
		}
		b.get(want).want(t, http.StatusOK)
		look := slices.ContainsFunc(a.all("a"), func(x *html.Node) bool { return attr(x, "href") == want })
		if !look {
			t.Errorf("%s: no link to %s", path, want)
		}
	}
}

func TestPressList(t *testing.T) {
	t.Parallel()
	n := open(t)
	d := eventDetails("Tee und Gespräch", "2027-09-14T18:00")
	d.Subtitle, d.SignUp, d.SignUpBy, d.StepFree, d.WomenOnly = "Ein Abend", true, "bis 10. September", agenda.Yes, true
	e := n.added(d)
	long := eventDetails("Wochenende am See", "2027-09-18T10:00")
	long.End = must(agenda.ParseLocal("2027-09-19T16:00"))
	n.added(long)
	a := n.browser().get("/programm/2027/presse").want(t, http.StatusOK)
	if got := a.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" || len(a.Cookies()) != 0 {
		t.Errorf("Content-Type %q", got)
	}
	a.lacks(t, "Olga Organ", "olga@", "999888", "⟦", "\r", "Lesung im Garten")
	if !strings.HasPrefix(a.body, "Interkulturelle Wochen 2027\n11. September – 10. Oktober 2027\n„Offen geht“\n") || !strings.Contains(a.body, "\nStand: 30.08.2027\n") {
		t.Errorf("head:\n%.300s", a.body)
	}
	a.want(t, http.StatusOK, "\n\n18:00–19:30 Uhr | Tee und Gespräch\nEin Abend\nHaus unter den Linden, Herford\nFür alle.\nVeranstalter: Stadt Herford\nFür wen: alle · Nur für Frauen\nSprache: Deutsch\nEintritt frei\n"+
		"Anmeldung nötig: bis 10. September\nRollstuhlgerecht\nKontakt: 05221 1234\n"+base+"/programm/2027/"+e.Slug+"\n\n",
		"\nSamstag, 18. September 2027, 10:00 Uhr – Sonntag, 19. September 2027, 16:00 Uhr | Wochenende am See\n")
	if strings.Count(a.body, "\nDienstag, 14. September 2027\n====") != 1 {
		t.Error("the day has no heading, or several")
	}
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	n.browser().get("/programm/2027/presse").want(t, http.StatusOK, "| ABGESAGT: Tee und Gespräch\n")
	n.browser().get("/programm/2027/presse?q=gibtesnicht").want(t, http.StatusOK, "Dazu gibt es keine Veranstaltung")
	n.browser().get("/programm/1999/presse").want(t, http.StatusNotFound)
	n.as(vera).get("/koordination/veranstaltungen").want(t, http.StatusOK, `href="/programm/2027/presse"`)
}

// Events cannot take the addresses of the pages beside them.
func TestEventsHideNoPage(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, title := range []string{"Einbetten", "Presse", "Einreichen"} {
		e := n.added(eventDetails(title, "2027-09-14T18:00"))
		n.browser().get("/programm/2027/"+e.Slug).want(t, http.StatusOK, "<bdi>"+title+"</bdi></h1>")
	}
}
