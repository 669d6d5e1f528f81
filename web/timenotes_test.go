package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// women is an event for women on the morning on which there is one already in
// the neighbouring town.
func women() url.Values {
	f := eventForm("Nähen am Morgen")
	f = changed(changed(changed(f, "start", "2027-09-16"), "start_clock", "10:00"), "end", "12:00")
	return changed(changed(f, "audiences", "frauen"), "town", "Herford")
}

func TestNotesOnTheTimeOfAnEvent(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	before := n.records("session")
	check := changed(women(), "do", "check")
	page := b.post(submitPath, check).want(t, http.StatusOK, "starke Überschneidung", "Frauenfrühstück international", "im Nachbarort", "für dieselben Menschen", "Freie Zeiten", `value="Nähen am Morgen"`)
	if page.byID("hinweise") == nil {
		t.Error("the notes have no place")
	}
	query := submitPath + "/pruefen?" + women().Encode()
	b.get(query).want(t, http.StatusOK, "Frauenfrühstück international").lacks(t, "<html")
	b.get("/en"+query).want(t, http.StatusOK, "strong overlap")
	b.get(submitPath+"/pruefen?start=31.02.2027").want(t, http.StatusOK).lacks(t, "kern-alert")
	b.get("/programm/2027/anderes/pruefen").want(t, http.StatusNotFound)
	b.post(submitPath, changed(check, "audiences", "senioren")).want(t, http.StatusOK).lacks(t, "starke")
	b.post(submitPath, changed(changed(check, "start", "2027-11-01"), "audiences", "senioren")).want(t, http.StatusOK, "außerhalb", "Feiertag")
	prayer := changed(changed(check, "start", "2027-10-02"), "start_clock", "18:00")
	b.post(submitPath, changed(prayer, "end", "19:00")).want(t, http.StatusOK, "Rosch Haschana", "vom Vorabend an", "Schabbat")
	b.post(submitPath, changed(changed(prayer, "start", "2027-03-10"), "end", "19:00")).want(t, http.StatusOK, "Fest des Fastenbrechens", "kann um einen Tag abweichen")
	if len(n.records("session")) != len(before) {
		t.Error("a look at the time stored something")
	}
	// It never blocks.
	b.post(submitPath, women()).want(t, http.StatusOK, "olga@verein.example")
}

func TestNotesDoNotTellWhatIsNotPublic(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.browser().post(submitPath, changed(women(), "title", "Streng geheim")).want(t, http.StatusOK)
	check := changed(changed(women(), "title", "Andere"), "do", "check")
	n.browser().post(submitPath, check).want(t, http.StatusOK, "noch nicht veröffentlichte").lacks(t, "Streng geheim")
	e := n.event("Streng geheim")
	boss := n.as(vera)
	boss.get("/koordination/veranstaltungen/"+string(e.ID)).want(t, http.StatusOK, "Frauenfrühstück international", "starke Überschneidung")
}

func TestReservedDateIsCompletedLater(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	b := n.browser()
	reserve := url.Values{
		"do": {"reserve"}, "title": {"Etwas mit Musik"}, "start": {"2027-09-22"}, "start_clock": {"19:00"}, "end": {"21:00"}, "town": {"Enger"},
		"organiser": {"Chor"}, "internal_name": {"Clara Chor"}, "internal_email": {"clara@chor.example"},
	}
	b.post(submitPath, changed(reserve, "start")).want(t, http.StatusUnprocessableEntity, `role="alert"`)
	b.post(submitPath, changed(reserve, "internal_email", "clara")).want(t, http.StatusUnprocessableEntity)
	b.post(submitPath, reserve).want(t, http.StatusOK, "reserviert", "clara@chor.example")
	if e := n.event("Etwas mit Musik"); e.Review != agenda.Reserved {
		t.Fatalf("review %s", e.Review)
	}
	letter := only(t, to(n.deliver(), agenda.KindReceived, "clara@chor.example"))
	if !strings.Contains(letter.Subject, "Reserviert") {
		t.Errorf("subject %q", letter.Subject)
	}
	b.get("/programm/2027").lacks(t, "Etwas mit Musik")
	// Others see that something is there.
	other := changed(changed(changed(changed(eventForm("Konzert"), "start", "2027-09-22"), "start_clock", "19:30"), "end", "21:00"), "town", "Enger")
	b.post(submitPath, changed(other, "do", "check")).want(t, http.StatusOK, "noch nicht veröffentlichte")
	edit := link(t, letter, "/einreichung/")
	b.submit(b.get(edit), edit, map[string][]string{"summary": {""}}).want(t, http.StatusUnprocessableEntity)
	b.submit(b.get(edit), edit, map[string][]string{
		"summary": {"Lieder."}, "category": {"konzert"}, "venue": {"Kirche"}, "audiences": {"alle"}, "languages": {"de"}, "free": {"1"}, "contact": {"05224 1"},
	}).want(t, http.StatusOK, "Gespeichert")
	if e := n.event("Etwas mit Musik"); e.Review != agenda.Submitted {
		t.Errorf("review %s, want submitted", e.Review)
	}
}

func TestLastYearsEventIsTakenOver(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	n.browser().post(submitPath, women()).want(t, http.StatusOK)
	edit := link(t, only(t, to(n.deliver(), agenda.KindReceived, "olga@verein.example")), "/einreichung/")
	b := n.browser()
	b.get(edit).want(t, http.StatusOK).lacks(t, `value="copy"`)
	b.post(edit, url.Values{"do": {"copy"}}).want(t, http.StatusConflict)
	day := func(s string) agenda.Date { return must(agenda.ParseDate(s)) }
	must(n.SaveEdition(ctx, agenda.Shell, agenda.Edition{Year: 2028, Title: "Wochen 2028", Starts: day("2028-09-09"), Ends: day("2028-10-08"), Open: true}))
	b.get(edit).want(t, http.StatusOK, `value="copy"`, "2028")
	for range 2 { // the second click leads to the same event
		b.then(b.post(edit, url.Values{"do": {"copy"}})).want(t, http.StatusOK, "Nähen am Morgen", "reserviert")
	}
	events := must(n.Events(ctx, 2028))
	if len(events) != 1 || events[0].Start.String() != "2028-09-14T10:00" || events[0].Start.Weekday() != n.event("Nähen am Morgen").Start.Weekday() {
		t.Errorf("events of 2028: %+v", events)
	}
}

func TestProgramsThatFillInFormsGetNothing(t *testing.T) {
	t.Parallel()
	n := open(t)
	before := len(must(n.Events(ctx, 2027)))
	n.browser().post(submitPath, changed(women(), trapField, "https://spam.example")).want(t, http.StatusOK, "olga@verein.example")
	if after := len(must(n.Events(ctx, 2027))); after != before {
		t.Errorf("%d events more", after-before)
	}
}

func TestCoordinatorDecidesOnProposals(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	n.browser().post(submitPath, women()).want(t, http.StatusOK)
	edit := link(t, only(t, to(n.deliver(), agenda.KindReceived, "olga@verein.example")), "/einreichung/")
	e := n.event("Nähen am Morgen")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", e.Changed))
	n.deliver()
	organiser, boss := n.browser(), n.as(vera)
	organiser.get(edit).want(t, http.StatusOK, "Änderung vorschlagen", "steht im Programm")
	organiser.submit(organiser.get(edit), edit, map[string][]string{"start_clock": {"09:00"}, "venue": {"Bürgerhaus <1>"}}).want(t, http.StatusOK, "Die Koordination sieht sich Ihre Änderung an")
	desk := "/koordination/veranstaltungen/" + string(e.ID)
	boss.get("/koordination").want(t, http.StatusOK, "Nähen am Morgen")
	page := boss.get(desk).want(t, http.StatusOK, "Vorschlag der Einreichenden", "Bürgerhaus &lt;1&gt;")
	boss.submit(page, "/vorschlag", map[string][]string{"do": {"refuse"}, "reason": {""}}).want(t, http.StatusUnprocessableEntity)
	boss.then(boss.submit(page, "/vorschlag", map[string][]string{"do": {"take"}})).want(t, http.StatusOK, "übernommen").lacks(t, "Vorschlag der Einreichenden")
	n.browser().get("/programm/2027/"+e.Slug).want(t, http.StatusOK, "09:00", "Bürgerhaus")
	boss.submit(page, "/vorschlag", map[string][]string{"do": {"take"}}).want(t, http.StatusConflict)
}

func TestReservedDateIsCompletedWithThePrinciples(t *testing.T) {
	t.Parallel()
	n := open(t)
	ed := must(n.Edition(ctx, 2027))
	ed.Principles = "Offen für alle."
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	e := must(n.ReserveEvent(ctx, 2027, eventDetails("Chorabend", "2027-09-22T19:00"), agenda.German, "", false))
	path, b := "/einreichung/"+n.SubmissionToken(e), n.browser()
	page := b.get(path).want(t, http.StatusOK, "Offen für alle.", `name="accepted_terms"`)
	b.submit(page, path, nil).want(t, http.StatusUnprocessableEntity, `href="#f-accepted_terms"`)
	b.submit(page, path, map[string][]string{"accepted_terms": {"1"}}).want(t, http.StatusOK).lacks(t, `name="accepted_terms"`)
	if got := n.event("Chorabend"); got.Review != agenda.Submitted || got.AcceptedTerms.IsZero() {
		t.Errorf("%s, agreed %s", got.Review, got.AcceptedTerms)
	}
}

// The notes are on the events as they are now, however often somebody looked.
func TestNotesFollowChanges(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, query := n.browser(), submitPath+"/pruefen?"+women().Encode()
	look := func() *answer { return b.get(query).want(t, http.StatusOK) }
	for range 2 {
		look().want(t, http.StatusOK, "Frauenfrühstück international")
	}
	e := n.event("Frauenfrühstück")
	d := e.EventDetails
	d.Title = "Frühstück mit Musik"
	e = must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	look().want(t, http.StatusOK, "Frühstück mit Musik").lacks(t, "Frauenfrühstück international")
	d.Start, d.End = d.Start.AddDays(1), d.End.AddDays(1)
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	look().lacks(t, "Frühstück mit Musik")
}

// An event until late at night takes guests of one after midnight, and the
// other way round.
func TestNotesAcrossMidnight(t *testing.T) {
	t.Parallel()
	n := open(t)
	night := eventDetails("Lange Nacht", "2027-09-21T21:00")
	night.End = must(agenda.ParseLocal("2027-09-22T01:00"))
	n.added(night)
	long := eventDetails("Nacht und Tag", "2027-09-24T22:00")
	long.End = must(agenda.ParseLocal("2027-09-25T23:30"))
	n.added(long)
	for _, c := range []struct {
		day, from, to, title string
		want                 bool
	}{
		{"2027-09-22", "02:00", "04:00", "Lange Nacht", true}, {"2027-09-21", "18:00", "20:00", "Lange Nacht", true}, {"2027-09-22", "10:00", "12:00", "Lange Nacht", false},
		{"2027-09-26", "00:30", "02:00", "Nacht und Tag", true},
	} {
		f := changed(changed(changed(changed(women(), "start", c.day), "start_clock", c.from), "end", c.to), "audiences", "alle")
		if a := n.browser().get(submitPath + "/pruefen?" + f.Encode()); strings.Contains(a.body, c.title) != c.want {
			t.Errorf("%s %s: noted %v, want %v", c.day, c.from, !c.want, c.want)
		}
	}
}
