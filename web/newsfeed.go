package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

const (
	atomType = "application/atom+xml; charset=utf-8"
	jsonType = "application/json; charset=utf-8"
)

// piece is one event in one form, rendered once, so that a feed of many is
// joined and hashed quickly.
type piece struct {
	body []byte
	sum  [sha256.Size]byte
}

// as returns the event in a form.
func (e *entry) as(form string, render func() ([]byte, error)) (piece, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p, ok := e.news[form]; ok {
		return p, nil
	}
	b, err := render()
	if err != nil {
		return piece{}, err
	}
	if e.news == nil {
		e.news = map[string]piece{}
	}
	p := piece{b, sha256.Sum256(b)}
	e.news[form] = p
	return p, nil
}

// atomFeed is the head of a feed after RFC 4287, section 4.1.1.
type atomFeed struct {
	XMLName  xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     string     `xml:"xml:lang,attr"`
	ID       string     `xml:"id"`
	Title    string     `xml:"title"`
	Subtitle string     `xml:"subtitle"`
	Updated  string     `xml:"updated"`
	Author   atomAuthor `xml:"author"`
	Links    []atomLink `xml:"link"`
	Entries  []byte     `xml:",innerxml"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

// atomEntry is one event after RFC 4287, section 4.1.2.
type atomEntry struct {
	XMLName   xml.Name     `xml:"entry"`
	ID        string       `xml:"id"`
	Title     string       `xml:"title"`
	Updated   string       `xml:"updated"`
	Published string       `xml:"published,omitempty"`
	Author    atomAuthor   `xml:"author"`
	Link      atomLink     `xml:"link"`
	Category  atomCategory `xml:"category"`
	Summary   atomText     `xml:"summary"`
}

type atomCategory struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// atomID is an identifier that stays when titles, addresses of pages and the
// scheme change: a tag URI (RFC 4151).
func (w *Web) atomID(name string) string {
	host := "localhost"
	if u, err := url.Parse(w.Site.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return "tag:" + host + ",2026:" + name
}

// instant writes a time of a change; what never changed has the oldest one.
func instant(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

// path is the address of the selection's feed or, with the page's beginning,
// of its page.
func (s selection) path(begin, form string) string {
	if s.year != 0 {
		begin += "/" + strconv.Itoa(s.year)
	}
	begin += form
	if q := s.filter.query(); q != "" {
		begin += "?" + q
	}
	return begin
}

// programmeAtom is the news of the programme: what changed last comes first.
// Its time of change is that of the whole programme, so that it rises also when
// the event that changed last has left the selection.
func (w *Web) programmeAtom(s selection) (content, error) {
	german := w.Catalog.Printer(agenda.German)
	events := distinct(s.events)
	slices.SortStableFunc(events, func(a, b *entry) int {
		return cmp.Or(b.Changed.Compare(a.Changed), byStart(a, b))
	})
	self := s.path("/feeds/programme", atomForm)
	head := atomFeed{
		Lang: german.Tag(), ID: w.atomID(self), Title: s.title, Subtitle: german.T("programme.feed_text"), Updated: instant(s.changed), Author: atomAuthor{w.Site.Name},
		Links: []atomLink{{"self", "application/atom+xml", w.Site.BaseURL + self}, {"alternate", "text/html", w.Site.BaseURL + s.path("/programm", "")}},
	}
	parts, sum := w.pieces(events, atomForm, w.atomEntry)
	bare, err := xml.Marshal(head)
	if err != nil {
		return content{}, err
	}
	head.Entries = bytes.Join(parts, []byte("\n"))
	body, err := xml.Marshal(head)
	if err != nil {
		return content{}, err
	}
	return w.news(append([]byte(xml.Header), append(body, '\n')...), slices.Concat(sum, bare), s, atomType), nil
}

// pieces are the events in a form, and the sums of them all. One that cannot be
// rendered costs the others nothing.
func (w *Web) pieces(events []*entry, form string, render func(*entry) ([]byte, error)) (parts [][]byte, sums []byte) {
	for _, e := range events {
		p, err := e.as(form, func() ([]byte, error) { return render(e) })
		if err != nil {
			w.Log.Error("event left out of the feed", "event", e.ID, "error", err)
			continue
		}
		parts, sums = append(parts, p.body), append(sums, p.sum[:]...)
	}
	return parts, sums
}

// news is a finished feed. All that its body is made of stands in the hashed.
func (w *Web) news(body, hashed []byte, s selection, kind string) content {
	return content{body: body, sum: sha256.Sum256(hashed), changed: w.notFuture(s.changed), kind: kind}
}

func (w *Web) atomEntry(e *entry) ([]byte, error) {
	german := w.Catalog.Printer(agenda.German)
	item := letter.EventItem(*e.Whole, german, w.Site.BaseURL)
	when := strings.Join(whenLines(*e.Whole, german), "\n")
	a := atomEntry{
		ID: w.atomID(strings.TrimSuffix(agenda.EventUID(e.ID), "@widunetz")), Title: item.Title, Updated: instant(e.Changed), Author: atomAuthor{e.Organiser},
		Link: atomLink{"alternate", "text/html", item.URL}, Category: atomCategory{e.Category, german.T("term.category." + e.Category)},
		Summary: atomText{"text", when + "\n" + item.Place + "\n\n" + e.Summary},
	}
	if !e.Released.IsZero() {
		a.Published = instant(e.Released)
	}
	return xml.Marshal(a)
}

// jsonFeed is the programme for programs. docs/feeds.md says what the fields
// mean; fields may come, none goes.
type jsonFeed struct {
	Title   string            `json:"title"`
	URL     string            `json:"url"`
	Feed    string            `json:"feed"`
	Updated string            `json:"updated"`
	Events  []json.RawMessage `json:"events"`
}

// jsonEvent is an event for programs. Every field is always there.
type jsonEvent struct {
	ID            string   `json:"id"`
	UID           string   `json:"uid"`
	Title         string   `json:"title"`
	Subtitle      string   `json:"subtitle"`
	Summary       string   `json:"summary"`
	Start         string   `json:"start"`
	End           string   `json:"end"`
	Timezone      string   `json:"timezone"`
	PreviousStart string   `json:"previous_start"`
	Venue         string   `json:"venue"`
	Street        string   `json:"street"`
	Postcode      string   `json:"postcode"`
	Town          string   `json:"town"`
	Online        string   `json:"online"`
	Organiser     string   `json:"organiser"`
	CoOrganisers  []string `json:"coorganisers"`
	Languages     []string `json:"languages"`
	Audiences     []string `json:"audiences"`
	WomenOnly     bool     `json:"women_only"`
	Category      string   `json:"category"`
	Free          bool     `json:"free"`
	Price         string   `json:"price"`
	Accessible    string   `json:"accessible"`
	Childcare     string   `json:"childcare"`
	SignUp        bool     `json:"signup"`
	Full          bool     `json:"full"`
	URL           string   `json:"url"`
	Status        string   `json:"status"`
	Changed       string   `json:"changed"`

	Dates []jsonDate `json:"dates"`
}

// jsonDate is one date of an event for programs.
type jsonDate struct {
	UID           string `json:"uid"`
	Start         string `json:"start"`
	End           string `json:"end"`
	PreviousStart string `json:"previous_start"`
	Status        string `json:"status"`
}

func (w *Web) programmeJSON(s selection) (content, error) {
	parts, sum := w.pieces(distinct(s.events), jsonForm, w.jsonEvent)
	head := jsonFeed{
		Title: s.title, URL: w.Site.BaseURL + s.path("/programm", ""), Feed: w.Site.BaseURL + s.path("/feeds/programme", jsonForm), Updated: instant(s.changed),
		Events: []json.RawMessage{},
	}
	bare, err := json.Marshal(head)
	if err != nil {
		return content{}, err
	}
	// The pieces are valid by themselves; they are joined without being read again.
	body := append(bytes.TrimSuffix(slices.Clone(bare), []byte("]}")), bytes.Join(parts, []byte(",\n"))...)
	return w.news(append(body, "]}\n"...), slices.Concat(sum, bare), s, jsonType), nil
}

func (w *Web) jsonEvent(on *entry) ([]byte, error) {
	e := *on.Whole
	var dates []jsonDate
	for _, one := range e.Each() {
		item := letter.EventItem(one, w.Catalog.Printer(agenda.German), w.Site.BaseURL)
		dates = append(dates, jsonDate{item.UID, w.offset(one.Start), w.offset(one.End), w.previousStart(one), string(one.Standing)})
	}
	return json.Marshal(jsonEvent{
		ID: string(e.ID), UID: agenda.EventUID(e.ID), Title: e.Title, Subtitle: e.Subtitle, Summary: e.Summary,
		Start: w.offset(e.Start), End: w.offset(e.End), Timezone: w.Store.Loc().String(), PreviousStart: w.previousStart(e.On(e.FirstDate())),
		Venue: e.Venue.Name, Street: e.Venue.Street, Postcode: e.Venue.Postcode, Town: e.Venue.Town, Online: e.Venue.Online,
		Organiser: e.Organiser, CoOrganisers: noNull(e.CoOrganisers), Languages: noNull(e.Languages), Audiences: noNull(e.Audiences), WomenOnly: e.WomenOnly, Category: e.Category,
		Free: e.Free, Price: e.Price, Accessible: yesNo(e.StepFree), Childcare: yesNo(e.Childcare), SignUp: e.SignUp, Full: e.FullyBooked,
		URL: w.Site.BaseURL + letter.EventPath(e), Status: string(e.Standing), Changed: instant(e.Changed), Dates: dates,
	})
}

// offset writes a local time with the offset that it has at the network's place.
func (w *Web) offset(l agenda.Local) string { return l.In(w.Store.Loc()).Format(time.RFC3339) }

// previousStart is when a moved event began before, "" if it was not moved.
func (w *Web) previousStart(e agenda.Event) string {
	if e.Was == nil || e.Was.Start == e.Start {
		return ""
	}
	return w.offset(e.Was.Start)
}

// noNull is an empty list rather than none.
func noNull(s []string) []string { return append([]string{}, s...) }

// yesNo is an answer in a word: yes, no or unknown.
func yesNo(k agenda.Known) string { return cmp.Or(string(k), "unknown") }
