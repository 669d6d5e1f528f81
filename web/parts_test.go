package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// What is kept of an event is as the event is, in the language of the page.
func TestListsShowAChangeInEveryLanguage(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.added(eventDetails("Tee <b>und</b> Gespräch", "2027-09-14T18:00"))
	look := func(want map[string]string) {
		t.Helper()
		for lang, word := range want {
			for _, page := range []string{"/programm/2027", "/programm/2027?town=herford", "/programm/2027/einbetten"} {
				a := n.browser().get(lang+page).want(t, http.StatusOK, "Tee &lt;b&gt;und&lt;/b&gt; Gespräch", `href="`+lang+"/programm/2027/"+e.Slug+`"`)
				if !strings.Contains(a.text(), word) {
					t.Errorf("%s lacks %q", a.path, word)
				}
			}
		}
	}
	look(map[string]string{"": "Haus unter den Linden", "/en": "Free entry"})
	d := e.EventDetails
	d.Venue.Name = "Halle <i>7</i>"
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	look(map[string]string{"": "Halle <i>7</i>", "/en": "Halle <i>7</i>"})
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Postponed, false, time.Time{}, agenda.Telling{}))
	look(map[string]string{"": "verschoben", "/en": "postponed"})
}

// Many events in many languages take no more room than is allowed, and what had
// to go is made again.
func TestKeptPartsAreBounded(t *testing.T) {
	t.Parallel()
	base := must(looks()).base
	var events []*entry
	for _, title := range []string{"Eins", "Zwei", "Drei", "Vier", "Fünf"} {
		dates, _ := entriesOf(agenda.Event{ID: agenda.EventID(title), Slug: title, Standing: agenda.Scheduled, EventDetails: eventDetails(title, "2027-09-14T18:00")}, nil)
		events = append(events, dates...)
	}
	want, tight := newParts(base), newParts(base)
	tight.most = 4000
	for range 2 {
		for _, l := range catalog().Langs() {
			v := words{catalog().Printer(l)}
			if a, b := must(want.list("card", v, events)), must(tight.list("card", v, events)); a != b || !strings.Contains(string(a), "Fünf") {
				t.Errorf("%s: the lists differ", l)
			}
			kept := 0
			for _, one := range tight.looks {
				for _, look := range one {
					kept += len(look)
				}
			}
			if kept > tight.most || kept != tight.bytes || kept == 0 {
				t.Fatalf("%d bytes are kept, %d counted, %d allowed", kept, tight.bytes, tight.most)
			}
		}
	}
}
