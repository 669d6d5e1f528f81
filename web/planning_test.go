package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

// Taking over a proposal of which nothing is ticked loses neither the wishes nor
// the proposals, whichever button was pressed.
func TestNothingTickedLosesNoWish(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	page := boss.get(thursdays("count", "3", "start", "14:30")).want(t, http.StatusOK, "Vorschlag 1")
	form := proposals(page)[0]
	sent := changed(fields(form), "chosen")
	take := attr(form, "action")
	poll := strings.Replace(take, "/jahresplanung?", "/umfrage?", 1)
	if !strings.Contains(page.body, strings.ReplaceAll(poll, "&", "&amp;")) {
		t.Fatalf("no way to %s", poll)
	}
	for path, do := range map[string]string{take: "make", poll: "plan"} {
		again := boss.post(path, changed(sent, "do", do)).want(t, http.StatusUnprocessableEntity, "Termine: Bitte wählen Sie mindestens einen Termin.", "Vorschlag 1", `value="14:30"`, `name="count"`)
		if got := proposals(again); len(got) != 3 || len(fields(got[0])["chosen"]) != 3 {
			t.Errorf("%s: %d proposals are still there", path, len(got))
		}
		if attr(proposals(again)[0], "action") != take {
			t.Errorf("%s: leads on to %s", path, attr(proposals(again)[0], "action"))
		}
	}
	// Without an address of wishes, too.
	boss.post(yearPath, url.Values{"chosen": {"0"}, "start.0": {"bald"}}).want(t, http.StatusUnprocessableEntity, "Was ist Ihnen wichtig?")
	boss.post(yearPath, url.Values{"chosen": {"0"}, "start.0": {"2028-03-26T02:30"}, "minutes.0": {"60"}}).want(t, http.StatusUnprocessableEntity, "Uhren")
}

// The summary of what is wrong calls a field as the field is called.
func TestSummaryNamesTheFieldAsItIsCalled(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.as(vera).get(thursdays("max_weeks", "4")).want(t, http.StatusUnprocessableEntity, "Höchstens so viele Wochen Abstand: Das muss mindestens 6 sein.")
}

// Enter in a field of the series' form looks again, and in the form of a poll
// sends no mail: the first button of a form is the one that Enter presses.
func TestEnterNeitherPlansNorAsks(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	path := "/koordination/gremien/" + string(migration) + "/termine"
	preview := boss.post(path, url.Values{"date": {"2028-01-10"}, "start": {"09:00"}, "minutes": {"60"}, "count": {"3"}, "weeks": {"6"}, "do": {"preview"}}).want(t, http.StatusOK, "Termine anlegen")
	for name, c := range map[string]struct {
		page *answer
		do   string
	}{"series": {preview, "preview"}, "poll": {boss.get(pollPath), "check"}} {
		for _, f := range c.page.all("form") {
			if buttons := within(f, "button"); len(buttons) > 1 && attr(buttons[0], "value") != c.do {
				t.Errorf("%s: Enter sends %q, want %q", name, attr(buttons[0], "value"), c.do)
			}
		}
	}
}

// A date that moves says how far it is from the one before, and so does the next.
func TestPreviewSaysWhereTheDistanceChanges(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.set("2026-11-24T09:00")
	boss := n.as(vera)
	form := url.Values{
		"date": {"2027-01-11"}, "start": {"09:00"}, "minutes": {"60"}, "count": {""}, "until": {"2029-01-10"}, "weeks": {"6"}, "yield": {"week"}, "do": {"preview"}, "school": {"1"}, "bridge": {"1"}, "shared": {"1"},
	}
	path := "/koordination/gremien/" + string(migration) + "/termine"
	a := boss.post(path, form).want(t, http.StatusOK, "24. Mai 2027", "statt Mo, 17. Mai 2027 · 7 Wochen nach dem Termin davor", "Feiertag: Pfingstmontag", "28. Juni 2027, 09:00–10:00 Uhr5 Wochen nach dem Termin davor", "statt Mo, 1. November 2027", "statt Mo, 17. April 2028", "statt Mo, 25. Dezember 2028")
	if n := strings.Count(a.text(), "Wochen nach dem Termin davor"); n != 7 { // four that move, three that come after one
		t.Errorf("%d distances, want seven", n)
	}
	form.Set("yield", "workday")
	boss.post(path, form).want(t, http.StatusOK, "43 Tage nach dem Termin davor", "41 Tage nach dem Termin davor")
}

// A place that all dates share is said once; of a decided poll nobody reads which
// dates would have been best.
func TestPollSaysWhatIsTheSameOnce(t *testing.T) {
	t.Parallel()
	n := open(t)
	d := pollDetails("2027-09-10", "2027-09-20T10:00", "2027-10-02T18:30")
	p := must(n.OpenPoll(ctx, agenda.Shell, migration, d, ""))
	mine := link(t, only(t, to(n.deliver(), agenda.KindPoll, amina)), "/umfrage/")
	page := n.browser().get(mine).want(t, http.StatusOK, "Ort bei allen Terminen: Kreishaus")
	if got := strings.Count(page.text(), "Kreishaus"); got != 1 {
		t.Errorf("the place is said %d times", got)
	}
	b := n.browser()
	b.then(b.submit(page, mine, url.Values{"option_1": {"yes"}, "option_2": {"no"}})).want(t, http.StatusOK, "Am besten passt")
	boss := n.as(vera)
	desk := boss.get("/koordination/umfragen/"+string(p.ID)).want(t, http.StatusOK, "Antworten sind bis ", "Zu beachten: Bundesweite Interkulturelle Woche, Rosch Haschana", "passt am besten").lacks(t, "Bitte antworten Sie")
	boss.submit(desk, desk.path, url.Values{"do": {"decide"}, "option": {"2"}})
	boss.get(desk.path).want(t, http.StatusOK, "gewählt").lacks(t, "Am besten passt", "passt am besten")
	n.browser().get(mine).want(t, http.StatusOK, "Der Termin steht fest").lacks(t, "Am besten passt", "passen Ihnen?")

	d.Options[1].Place = "Rathaus"
	must(n.OpenPoll(ctx, agenda.Shell, migration, d, ""))
	n.browser().get(link(t, only(t, to(n.deliver(), agenda.KindPoll, amina)), "/umfrage/")).want(t, http.StatusOK, "Kreishaus", "Rathaus").lacks(t, "Ort bei allen")
}

// Who hears the year read out learns what is not fixed yet.
func TestYearSaysWhatIsNotFixed(t *testing.T) {
	t.Parallel()
	n := open(t)
	if words, _ := cellOf(n.as(cem).get("/gremien/jahr/2028").want(t, http.StatusOK), "Januar", "12"); !strings.Contains(words, "Projektgruppe 09:00 Uhr (geplant)") {
		t.Errorf("a planned meeting: %q", words)
	}
}

func TestLayerFormAsksForACalendarFile(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.as(vera).get("/koordination/feste").want(t, http.StatusOK, "Eine .ics-Datei").lacks(t, "CSV, XLSX")
}

// The demo's prayer for peace is on Rosch Haschana, and the desk says so.
func TestPrayerForPeaceIsOnRoschHaschana(t *testing.T) {
	t.Parallel()
	n := open(t)
	prayer := n.event("Friedensgebet")
	if prayer.Start.String() != "2027-10-02T18:00" {
		t.Fatalf("the prayer is on %s", prayer.Start)
	}
	n.as(vera).get("/koordination/veranstaltungen/"+string(prayer.ID)).want(t, http.StatusOK, "Rosch Haschana", "Jüdisches Neujahr")
}
