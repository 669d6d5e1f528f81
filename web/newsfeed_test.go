package web

import (
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
)

// newsReader is an Atom feed as a reader's program understands it.
type newsReader struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"http://www.w3.org/2005/Atom id"`
	Title   string   `xml:"http://www.w3.org/2005/Atom title"`
	Updated string   `xml:"http://www.w3.org/2005/Atom updated"`
	Author  string   `xml:"http://www.w3.org/2005/Atom author>name"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"http://www.w3.org/2005/Atom link"`
	Entries []newsEntry `xml:"http://www.w3.org/2005/Atom entry"`
}

type newsEntry struct {
	ID      string `xml:"http://www.w3.org/2005/Atom id"`
	Title   string `xml:"http://www.w3.org/2005/Atom title"`
	Updated string `xml:"http://www.w3.org/2005/Atom updated"`
	Author  string `xml:"http://www.w3.org/2005/Atom author>name"`
	Link    struct {
		Href string `xml:"href,attr"`
	} `xml:"http://www.w3.org/2005/Atom link"`
	Summary struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	} `xml:"http://www.w3.org/2005/Atom summary"`
}

// news reads an Atom feed without any cookie and checks what RFC 4287 asks of
// every feed.
func (n *network) news(path string) newsReader {
	n.t.Helper()
	a := n.browser().request(http.MethodGet, path).want(n.t, http.StatusOK)
	var r newsReader
	if err := xml.Unmarshal([]byte(a.body), &r); err != nil {
		n.t.Fatalf("%s: %v\n%s", path, err, a.body)
	}
	if r.ID == "" || r.Title == "" || r.Author == "" {
		n.t.Errorf("%s: id %q, title %q, author %q", path, r.ID, r.Title, r.Author)
	}
	last, seen := must(time.Parse(time.RFC3339, r.Updated)), map[string]bool{}
	for _, e := range r.Entries {
		at := must(time.Parse(time.RFC3339, e.Updated))
		if at.After(last) {
			n.t.Errorf("%s: %q changed at %s, after what stands before it", path, e.Title, e.Updated)
		}
		last = at
		if u := must(url.Parse(e.ID)); !u.IsAbs() || seen[e.ID] {
			n.t.Errorf("%s: id %q is relative or there twice", path, e.ID)
		}
		seen[e.ID] = true
		if e.Title == "" || e.Author == "" || e.Summary.Type != "text" || !strings.HasPrefix(e.Link.Href, base+"/programm/") {
			n.t.Errorf("%s: incomplete entry %+v", path, e)
		}
	}
	return r
}

// link is the address of a relation of the feed.
func (r newsReader) link(rel string) string {
	for _, l := range r.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

// titled is the entry whose title holds the words.
func (r newsReader) titled(words string) newsEntry {
	for _, e := range r.Entries {
		if strings.Contains(e.Title, words) {
			return e
		}
	}
	return newsEntry{}
}

// dataReader is the JSON of the programme as a program reads it.
type dataReader struct {
	Title, URL, Feed, Updated string
	Events                    []map[string]any
}

func (n *network) data(path string) dataReader {
	n.t.Helper()
	var d dataReader
	a := n.browser().request(http.MethodGet, path).want(n.t, http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &d); err != nil {
		n.t.Fatalf("%s: %v\n%s", path, err, a.body)
	}
	return d
}

// Page, calendar, news, data, the list to embed and the press list show the
// same events for a filter, and their names say what was chosen.
func TestEveryFormShowsWhatThePageShows(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, events := n.browser(), must(n.Events(ctx, 0))
	for q, words := range map[string]string{
		"": "", "town=buende": "Bünde", "language=ar&free=1": "Arabisch, Eintritt frei", "audience=frauen&day=2027-09-16": "16.09.2027, Frauen", "q=gibtesnicht": "„gibtesnicht“",
		"town=buende&xyzzy=1": "Bünde",
	} {
		page := b.get("/programm/2027?"+q).want(t, http.StatusOK)
		want := shown(page, events)
		var twins []string
		for _, l := range page.all("link") {
			if attr(l, "rel") == "alternate" && attr(l, "hreflang") == "" {
				twins = append(twins, attr(l, "href"))
				if !slices.ContainsFunc(page.all("a"), func(x *html.Node) bool { return attr(x, "href") == attr(l, "href") }) {
					t.Errorf("?%s: no link to %s", q, attr(l, "href"))
				}
			}
		}
		if len(twins) != 2 || strings.Contains(page.body, "xyzzy") {
			t.Fatalf("?%s: other forms %v", q, twins)
		}
		news, data := n.news(twins[0]), n.data(twins[1])
		for _, title := range []string{news.Title, data.Title} {
			if title != strings.TrimSuffix("Interkulturelle Wochen 2027 – "+words, " – ") {
				t.Errorf("?%s: title %q", q, title)
			}
		}
		if news.link("self") != base+twins[0] || data.Feed != base+twins[1] || news.link("alternate") != data.URL {
			t.Errorf("?%s: self %q and %q, alternate %q and %q", q, news.link("self"), data.Feed, news.link("alternate"), data.URL)
		}
		behind := shown(b.get(strings.TrimPrefix(data.URL, base)), events)
		embedded := shown(b.get("/programm/2027/einbetten?"+q).want(t, http.StatusOK), events)
		press := b.get("/programm/2027/presse?"+q).want(t, http.StatusOK)
		var inNews, inData, inPress []string
		for _, e := range events {
			uid := agenda.EventUID(e.ID)
			if slices.ContainsFunc(news.Entries, func(x newsEntry) bool { return strings.HasSuffix(x.Link.Href, "/"+e.Slug) }) {
				inNews = append(inNews, uid)
			}
			if slices.ContainsFunc(data.Events, func(x map[string]any) bool { return x["uid"] == uid }) {
				inData = append(inData, uid)
			}
			if strings.Contains(press.body, "/programm/2027/"+e.Slug+"\n") {
				inPress = append(inPress, uid)
			}
		}
		for name, got := range map[string][]string{"news": inNews, "data": inData, "press list": inPress, "embedded list": embedded, "alternate page": behind} {
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("?%s: %d events in the %s, %d on the page", q, len(got), name, len(want))
			}
		}
		if len(news.Entries) != len(want) || len(data.Events) != len(want) {
			t.Errorf("?%s: %d news, %d data, %d on the page", q, len(news.Entries), len(data.Events), len(want))
		}
	}
}

// Identifiers stay over every edit; times of change only rise, also when the
// event that changed last is taken away; the newest change comes first.
func TestNewsAfterChanges(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Kochen")
	const path, far = "/feeds/programme/2027.atom", "/feeds/programme.atom?town=rodinghausen"
	before := n.news(path)
	id, updated := before.titled("Kochen").ID, before.Updated
	later := func(what string) newsReader {
		t.Helper()
		r := n.news(path)
		if r.Updated <= updated {
			t.Errorf("%s: updated %s, before it was %s", what, r.Updated, updated)
		}
		if f := n.news(far); f.Updated != r.Updated {
			t.Errorf("%s: %s in another selection, %s in this", what, f.Updated, r.Updated)
		}
		updated = r.Updated
		if r.ID != before.ID {
			t.Errorf("%s: the feed is now %s", what, r.ID)
		}
		return r
	}
	d := e.EventDetails
	d.Title, d.Summary = "Backen ohne Grenzen", "Mit <b>Hefe</b> & Liebe"
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	r := later("a title")
	if first := r.Entries[0]; first.ID != id || first.Title != "Backen ohne Grenzen" || !strings.Contains(first.Summary.Text, "Mit <b>Hefe</b> & Liebe") {
		t.Errorf("first is %+v, want the id %s", r.Entries[0], id)
	}
	n.wait(-24 * time.Hour) // the machine's clock is set back
	d.Start, d.End = d.Start.AddDays(1), d.End.AddDays(1)
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	if first := later("a move").Entries[0]; first.ID != id || !strings.Contains(first.Summary.Text, "statt ") {
		t.Errorf("first is %+v", first)
	}
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	if first := later("a cancellation").Entries[0]; first.ID != id || first.Title != "ABGESAGT: Backen ohne Grenzen" {
		t.Errorf("first is %+v", first)
	}
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", time.Time{}))
	if r := later("a withdrawal"); r.titled("Backen").ID != "" {
		t.Error("the withdrawn event is still there")
	}
	n.wait(-72 * time.Hour)
	other := n.event("Nähkurs")
	must(n.StandEvent(ctx, agenda.Shell, other.ID, agenda.Scheduled, true, time.Time{}, agenda.Telling{}))
	if r := n.news(path); r.Updated != updated {
		t.Errorf("a change by a clock that was set back: updated is %s, before it was %s", r.Updated, updated)
	}
	n.wait(72 * time.Hour)
	n.start(n.db) // a new process reads everything anew
	if r := n.news(path); r.Updated != updated {
		t.Errorf("after a start updated is %s, before it was %s", r.Updated, updated)
	}
	ed := must(n.Edition(ctx, 2027))
	ed.Title = "Wochen der Vielfalt"
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	n.wait(48 * time.Hour)
	must(n.SaveEdition(ctx, agenda.Shell, func() agenda.Edition { ed.Motto = "Neu"; return ed }()))
	if r := later("the edition"); r.Title != "Wochen der Vielfalt" {
		t.Errorf("title %q", r.Title)
	}
}

// What holds for calendars over HTTP holds for the other forms.
func TestNewsOverHTTP(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	tags := map[string]bool{}
	for _, begin := range []string{"/feeds/programme", "/feeds/programme/2027"} {
		for ending, kind := range map[string]string{".atom": atomType, ".json": jsonType, ".atom?town=buende": atomType, ".json?town=buende": jsonType} {
			path := begin + ending
			first := b.request(http.MethodGet, path).want(t, http.StatusOK)
			etag := first.Header.Get("Etag")
			if first.Header.Get("Content-Type") != kind || first.ContentLength != int64(len(first.body)) || tags[etag] || len(first.Cookies()) != 0 {
				t.Errorf("%s: type %q, length %d of %d, tag %s", path, first.Header.Get("Content-Type"), first.ContentLength, len(first.body), etag)
			}
			if first.Header.Get("Access-Control-Allow-Origin") != "*" || first.Header.Get("Cache-Control") != publicCache {
				t.Errorf("%s: %v", path, first.Header)
			}
			tags[etag] = true
			if a := b.with(http.MethodGet, path, "If-None-Match", etag).want(t, http.StatusNotModified); a.body != "" {
				t.Errorf("%s: 304 with %q", path, a.body)
			}
			gz := b.compressed(path)
			if plain := must(io.ReadAll(must(gzip.NewReader(strings.NewReader(gz.body))))); string(plain) != first.body {
				t.Errorf("%s: the compressed form holds something else", path)
			}
			head := b.request(http.MethodHead, path).want(t, http.StatusOK)
			if head.body != "" || !maps.EqualFunc(head.Header, first.Header, slices.Equal[[]string]) {
				t.Errorf("%s: HEAD has %v, GET %v", path, head.Header, first.Header)
			}
			for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodOptions} {
				if a := b.request(method, path).want(t, http.StatusMethodNotAllowed); a.Header.Get("Allow") != "GET, HEAD" {
					t.Errorf("%s %s: Allow %q", method, path, a.Header.Get("Allow"))
				}
			}
			first.lacks(t, "olga@", "999888", "Olga Organ", "internal")
		}
	}
	for _, path := range []string{
		"/feeds/programme/1999.atom", "/feeds/programme/x.json", "/feeds/programme.xml", "/feeds/programme.", "/feeds/event/" + string(n.event("Kochen").ID) + ".atom",
		strings.TrimSuffix(n.groupFeed(migration), ".ics") + ".json", strings.TrimSuffix(n.personalFeed(birgit), ".ics") + ".atom",
	} {
		b.request(http.MethodGet, path).want(t, http.StatusNotFound)
	}
	if a := b.request(http.MethodGet, n.groupFeed(migration)); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("scripts of other sites may read the calendar of a group")
	}
	good := b.request(http.MethodGet, "/feeds/programme.json").body
	tag := b.request(http.MethodGet, "/feeds/programme.json").Header.Get("Etag")
	e := n.event("Kochen")
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Scheduled, true, time.Time{}, agenda.Telling{}))
	a := b.with(http.MethodGet, "/feeds/programme.json", "If-None-Match", tag).want(t, http.StatusOK)
	if a.body == good {
		t.Error("the change is not shown")
	}
	must(0, n.db.Close())
	if last := b.request(http.MethodGet, "/feeds/programme.json").want(t, http.StatusOK); last.body != a.body {
		t.Error("not the last good copy while the store cannot be read")
	}
	b.request(http.MethodGet, "/feeds/programme/2026.atom?town=enger").want(t, http.StatusServiceUnavailable)
}

func TestDataOfTheProgramme(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Nähkurs")
	d := e.EventDetails
	d.Start, d.End = must(agenda.ParseLocal("2027-11-24T18:00")), must(agenda.ParseLocal("2027-11-24T19:30"))
	d.StepFree, d.Free, d.Price = agenda.Yes, false, "3 Euro"
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Postponed, true, time.Time{}, agenda.Telling{}))
	got := n.data("/feeds/programme.json?q=N%C3%A4hkurs")
	if len(got.Events) != 1 {
		t.Fatalf("%d events", len(got.Events))
	}
	e = must(n.Event(ctx, e.ID))
	for field, want := range map[string]any{
		"id": string(e.ID), "uid": agenda.EventUID(e.ID), "title": e.Title, "start": "2027-11-24T18:00:00+01:00", "end": "2027-11-24T19:30:00+01:00", "timezone": "Europe/Berlin",
		"previous_start": "2027-10-20T18:00:00+02:00", "venue": "Haus unter den Linden", "town": "Herford", "organiser": "Stadt Herford", "free": false, "price": "3 Euro",
		"accessible": "yes", "childcare": "unknown", "full": true, "status": "postponed", "url": base + "/programm/2027/" + e.Slug, "category": "kurs",
		"changed": e.Changed.Format(time.RFC3339),
	} {
		if got.Events[0][field] != want {
			t.Errorf("%s is %v, want %v", field, got.Events[0][field], want)
		}
	}
	for _, field := range []string{"coorganisers", "languages", "audiences"} {
		if _, ok := got.Events[0][field].([]any); !ok {
			t.Errorf("%s is %v, want a list", field, got.Events[0][field])
		}
	}
	if empty := n.data("/feeds/programme.json?q=gibtesnicht"); empty.Events == nil {
		t.Error("no list of events in an empty selection")
	}
}
