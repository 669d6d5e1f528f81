package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

var eventLink = regexp.MustCompile(`href="(?:/en)?/programm/(\d{4}/[a-z0-9-]+)"`)

// shown are the identifiers of those of the events that stand on a page of the
// programme, sorted.
func shown(a *answer, events []agenda.Event) []string {
	var out []string
	for _, m := range eventLink.FindAllStringSubmatch(a.body, -1) {
		if strings.HasSuffix(m[1], "/einreichen") {
			continue
		}
		for _, e := range events {
			if m[1] == strings.TrimPrefix(e.Start.Date.String()[:4]+"/"+e.Slug, "/") {
				out = append(out, agenda.EventUID(e.ID))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// subscribe follows the address of the page's own calendar.
func (n *network) subscribe(a *answer) *subscribed {
	n.t.Helper()
	address := attr(a.byID("feed"), "value")
	path, ok := strings.CutPrefix(address, base)
	if !ok {
		n.t.Fatalf("%s: calendar %q", a.path, address)
	}
	webcal := false
	for _, x := range a.all("a") {
		webcal = webcal || attr(x, "href") == "webcal://"+strings.TrimPrefix(address, "https://")
	}
	if !webcal {
		n.t.Errorf("%s: no webcal link that differs from %s in the scheme only", a.path, address)
	}
	return n.feed(path)
}

// Page, month and calendar show the same events for every choice of every
// filter; the calendar's name says what was chosen, and what the filter hides
// is named nowhere.
func TestFilters(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, events := n.browser(), must(n.Events(ctx, 0))
	all := b.get("/programm/2027")
	b.hasty = true
	queries := []string{"", "free=1", "accessible=1", "childcare=1", "q=fest", "q=M%C3%BCnsterkirche", "q=gibtesnicht", "town=buende&language=ar", "town=herford&free=1&audience=fachkraefte", "town=nirgends", "audience=unbekannt"}
	for _, s := range all.all("select") {
		for _, o := range within(s, "option") {
			if v := attr(o, "value"); v != "" {
				queries = append(queries, attr(s, "name")+"="+url.QueryEscape(v))
			}
		}
	}
	if len(queries) < 70 {
		t.Fatalf("only %d choices", len(queries))
	}
	for _, q := range queries {
		page := b.get("/programm/2027?"+q).want(t, http.StatusOK)
		feed, listed := n.subscribe(page), shown(page, events)
		if !slices.Equal(listed, feed.uids()) {
			t.Errorf("?%s: %d events on the page, %d in the calendar", q, len(listed), len(feed.uids()))
		}
		if month := shown(b.get("/programm/2027?ansicht=monat&"+q).want(t, http.StatusOK), events); !slices.Equal(month, listed) {
			t.Errorf("?%s: %d events in the month, %d in the list", q, len(month), len(listed))
		}
		text, name := page.text(), feed.own["X-WR-CALNAME"]
		if (name != "Interkulturelle Wochen 2027") != (q != "" && q != "audience=unbekannt") {
			t.Errorf("?%s: the calendar is called %q", q, name)
		}
		for _, e := range events {
			if !slices.Contains(listed, agenda.EventUID(e.ID)) && (strings.Contains(text, e.Title) || strings.Contains(page.body, e.Slug)) {
				t.Errorf("?%s names the hidden %q", q, e.Title)
			}
		}
	}
}

func TestFilterShowsTheRightOnes(t *testing.T) {
	t.Parallel()
	n := open(t)
	for q, want := range map[string]struct {
		name   string
		titles []string
	}{
		"town=buende":             {"Bünde", []string{"Geschichten aus zwei Welten", "Theaterwerkstatt", "Picknick"}},
		"day=2027-09-16":          {"16.09.2027", []string{"Frauenfrühstück", "Internationales Nähcafé"}},
		"q=mie%20Trecht":          {"„mie Trecht“", []string{"Mietrecht"}},
		"category=kochen":         {"Kochen", []string{"Kochen ohne Grenzen", "Frauenfrühstück"}},
		"town=online":             {"Online", []string{"Online: Anerkennung"}},
		"town=loehne&language=uk": {"Löhne", []string{"Kochen ohne Grenzen"}},
	} {
		feed := n.feed("/feeds/programme/2027.ics?" + q)
		if len(feed.events) != len(want.titles) || !strings.Contains(feed.own["X-WR-CALNAME"], want.name) {
			t.Errorf("?%s: %d events in %q, want %d", q, len(feed.events), feed.own["X-WR-CALNAME"], len(want.titles))
		}
		for _, title := range want.titles {
			if feed.titled(title) == nil {
				t.Errorf("?%s lacks %q", q, title)
			}
		}
	}
}

// A year without an edition shows what stands outside of them, and so does its
// calendar.
func TestYearWithoutAnEdition(t *testing.T) {
	t.Parallel()
	n := open(t)
	must(n.AddEvent(ctx, agenda.Shell, 0, eventDetails("Nähkurs im Frühling", "2028-03-08T18:00"), agenda.Published, ""))
	page := n.browser().get("/programm/2028").want(t, http.StatusOK, "Nähkurs im Frühling").lacks(t, "Nähkurs am Mittwoch")
	if feed := n.subscribe(page); len(feed.events) != 1 {
		t.Errorf("%d events in its calendar, 1 on the page", len(feed.events))
	}
	n.browser().get("/programm/2029").want(t, http.StatusNotFound)
	n.browser().get("/programm/1").want(t, http.StatusNotFound)
	n.browser().get("/programm/zweitausend").want(t, http.StatusNotFound)
}

func TestMonthGrid(t *testing.T) {
	t.Parallel()
	n := open(t)
	a := n.browser().get("/programm/2027?ansicht=monat").want(t, http.StatusOK)
	grids := a.all("table")
	if len(grids) != 2 {
		t.Fatalf("%d months, want September and October", len(grids))
	}
	for _, cell := range within(grids[0], "td") {
		day := attr(within(cell, "time")[0], "datetime")
		if strings.Contains(inner(cell), "Eröffnung") != (day == "2027-09-11") {
			t.Errorf("%s: %q", day, inner(cell))
		}
	}
	if rows := within(within(grids[0], "tbody")[0], "tr"); len(rows) != 5 || attr(within(rows[0], "time")[0], "datetime") != "2027-08-30" {
		t.Error("September 2027 has five weeks and begins with Monday, 30 August")
	}
	holiday := false
	for _, cell := range within(grids[1], "td") {
		holiday = holiday || attr(within(cell, "time")[0], "datetime") == "2027-10-03" && strings.Contains(inner(cell), "Deutschen Einheit")
	}
	if !holiday {
		t.Error("3 October is no holiday")
	}
}

func TestEventPage(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Kochen")
	path := "/programm/2027/" + e.Slug
	a := n.browser().get(path).want(t, http.StatusOK, "Samstag, 18. September 2027, 11:00–15:00 Uhr", "Familienzentrum Löhne", "5 Euro, ermäßigt 2 Euro", "Ukrainisch", "/feeds/event/"+string(e.ID)+".ics")
	a.lacks(t, "olga@")
	n.browser().get("/en"+path).want(t, http.StatusOK, "Saturday, 18 September 2027, 11:00–15:00")
	d := e.EventDetails
	d.Start, d.End, d.Internal = d.Start.AddDays(1), d.End.AddDays(1), agenda.Contact{Name: "Olga Organ", Email: "olga@verein.example", Phone: "05221 999888"}
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, e.Changed, agenda.Telling{}))
	a = n.browser().get(path).want(t, http.StatusOK, "Sonntag, 19. September 2027", "neuer Termin").lacks(t, "olga@", "999888", "Olga")
	if old := a.all("del"); len(old) != 1 || !strings.Contains(inner(old[0]), "18. September") {
		t.Error("the old time is not crossed out")
	}
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, agenda.Event{}.Changed, agenda.Telling{}))
	n.browser().get(path).want(t, http.StatusOK, "abgesagt").lacks(t, "/erinnern")
	draft := n.event("Lesung im Garten")
	n.browser().get("/programm/2027/"+draft.Slug).want(t, http.StatusNotFound).lacks(t, draft.Title)
}

// An event on its way: registered by a stranger, edited by the mailed link,
// sent back, improved, published.
func TestSubmission(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	organiser, boss := n.browser(), n.as(vera)
	page := organiser.get(submitPath).want(t, http.StatusOK)
	organiser.submit(page, "/einreichen", eventForm("Garten der Sprachen")).want(t, http.StatusOK, "olga@verein.example")
	e := n.event("Garten der Sprachen")
	edit := link(t, only(t, to(n.deliver(), agenda.KindReceived, "olga@verein.example")), "/einreichung/")
	n.browser().get("/programm/2027").lacks(t, "Garten der Sprachen")
	if n.feed("/feeds/programme.ics").titled("Garten") != nil {
		t.Error("what nobody accepted is in the calendar")
	}

	organiser.submit(organiser.get(edit), edit, map[string][]string{"venue": {"Stadtpark"}}).want(t, http.StatusOK, "Gespeichert")
	organiser.submit(organiser.get(edit), edit, map[string][]string{"title": {""}, "venue": {"Schloss"}}).want(t, http.StatusUnprocessableEntity, `value="Schloss"`)
	desk := "/koordination/veranstaltungen/" + string(e.ID)
	boss.get("/koordination").want(t, http.StatusOK, "Garten der Sprachen")
	boss.submit(boss.get(desk), "/entscheiden", map[string][]string{"to": {"returned"}, "reason": {" "}}).want(t, http.StatusUnprocessableEntity, `role="alert"`)
	boss.then(boss.submit(boss.get(desk), "/entscheiden", map[string][]string{"to": {"returned"}, "reason": {"Bitte mit Uhrzeit <b>und</b> Raum."}})).want(t, http.StatusOK)
	back := only(t, to(n.deliver(), agenda.KindReturned, "olga@verein.example"))
	if !strings.Contains(back.Text, "Bitte mit Uhrzeit <b>und</b> Raum.") || link(t, back, "/einreichung/") != edit {
		t.Errorf("the mail lacks reason or link:\n%s", back.Text)
	}
	organiser.get(edit).want(t, http.StatusOK, "Bitte mit Uhrzeit <b>und</b> Raum.")
	organiser.submit(organiser.get(edit), edit, map[string][]string{"start_clock": {"19:00"}, "end": {"21:00"}}).want(t, http.StatusOK)
	if got := n.event("Garten der Sprachen"); got.Review != agenda.Submitted || got.Start.Clock() != "19:00" {
		t.Errorf("%s at %s, want submitted at 19:00", got.Review, got.Start.Clock())
	}

	boss.then(boss.submit(boss.get(desk), "/entscheiden", map[string][]string{"to": {"published"}})).want(t, http.StatusOK)
	accepted := only(t, to(n.deliver(), agenda.KindAccepted, "olga@verein.example"))
	n.browser().get(link(t, accepted, "/programm/")).want(t, http.StatusOK, "Garten der Sprachen", "19:00–21:00", "Stadtpark").lacks(t, "olga@", "05221 777")
	if n.feed("/feeds/programme.ics").titled("Garten") == nil {
		t.Error("the event is not in the calendar")
	}
	organiser.post(edit, eventForm("Überschrieben")).want(t, http.StatusOK, "Die Koordination sieht sich Ihre Änderung an")
	n.browser().get("/programm/2027").want(t, http.StatusOK, "Garten der Sprachen").lacks(t, "Überschrieben")
	boss.get("/koordination/verlauf?kind=event&id="+string(e.ID)).want(t, http.StatusOK, "Einreichung")
}

func TestSubmissionWhenTheCallIsClosed(t *testing.T) {
	t.Parallel()
	n := open(t)
	ed := must(n.Edition(ctx, 2027))
	ed.Submission = must(agenda.ParseDate("2027-08-30"))
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	b := n.browser()
	b.get(submitPath).want(t, http.StatusOK, `name="title"`)
	n.set("2027-08-31T00:00")
	b.get(submitPath).want(t, http.StatusOK, `name="title"`, "nicht im gedruckten Heft")
	ed.Open = false
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	b.get(submitPath).want(t, http.StatusOK, "buero@widunetz.example").lacks(t, `name="title"`)
	b.get("/programm/2027").want(t, http.StatusOK).lacks(t, "/einreichen")
	b.post(submitPath, eventForm("Zu spät")).want(t, http.StatusConflict)
	b.get("/programm/2031/einreichen").want(t, http.StatusNotFound)
	b.post("/programm/2031/einreichen", eventForm("Zu früh")).want(t, http.StatusNotFound)
}

func TestSubmissionsOfOneAddress(t *testing.T) {
	t.Parallel()
	n := open(t)
	for range 9 { // one is there already
		n.browser().post(submitPath, eventForm("Noch eins")).want(t, http.StatusOK)
	}
	n.browser().post(submitPath, eventForm("Und noch eins")).want(t, http.StatusOK)
	n.browser().post(submitPath, eventForm("Eins zu viel")).want(t, http.StatusTooManyRequests)
}
