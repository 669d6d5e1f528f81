package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

const interfaith = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" +
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20280421\r\nDTEND;VALUE=DATE:20280422\r\nSUMMARY:Ridván\r\nDESCRIPTION:Bahá’í-Gemeinden feiern.\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20280518\r\nDTEND;VALUE=DATE:20280519\r\nSUMMARY:Vesakh <b>\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:3\r\nDTSTART;VALUE=DATE:20280417\r\nSUMMARY:Ostermontag\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:4\r\nDTSTART;VALUE=DATE:20291225\r\nSUMMARY:Später\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:5\r\nDTSTART;VALUE=DATE:20280102\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Jeden Sonntag\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestFeastsAreExplainedToEverybody(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.browser().get("/").want(t, http.StatusOK, `href="/feste"`)
	a := n.browser().get("/feste").want(t, http.StatusOK, "Oktober 2027", "August 2028", "Rosch Haschana", "Jüdisches Neujahr, vom Vorabend an zwei Tage", "Beginnt schon am Vorabend: Freitag, 1. Oktober 2027",
		"Berechnet, kann um einen Tag abweichen.", "Christi Himmelfahrt", "buero@widunetz.example")
	a.lacks(t, "Sommerferien", "Bundesweite Interkulturelle Woche", "weight", "Gewicht")
	if len(a.Cookies()) != 0 {
		t.Error("a public page sets a cookie")
	}
	n.browser().get("/en/feste").want(t, http.StatusOK, "Feasts and days of remembrance", "Begins the evening before")
	// By date, whatever the faith.
	last := ""
	for _, dt := range a.all("h2") {
		if text := inner(dt); strings.Contains(text, "2027") && last == "2028" {
			t.Errorf("%s comes after %s", text, last)
		} else if strings.HasSuffix(text, "2028") {
			last = "2028"
		}
	}
}

func TestPublishedCalendarIsTakenReplacedAndRemoved(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	boss.get("/koordination/import").want(t, http.StatusOK, `href="/koordination/feste"`)
	boss.get("/koordination/feste").want(t, http.StatusOK, "Noch ist nichts eingelesen")
	form := url.Values{"layer_kind": {"faith"}, "layer_title": {"Interreligiöser Kalender NRW"}, "year": {"2028"}}
	take := func() *answer { return boss.upload("/koordination/feste", form, "kalender.ics", []byte(interfaith)) }
	take().want(t, http.StatusOK, "2 Tage übernommen", "1 Tag ist mit demselben Namen schon berechnet", "1 Tag liegt in einem anderen Jahr", "Jeden Sonntag", "wird nicht verstanden", "Vesakh &lt;b&gt;")
	n.browser().get("/feste").want(t, http.StatusOK, "Ridván", "Bahá’í-Gemeinden feiern.")
	words, _ := cellOf(n.as(cem).get("/gremien/jahr/2028"), "April", "21")
	if !strings.Contains(words, "Ridván") {
		t.Errorf("year picture: %q", words)
	}
	series := url.Values{"date": {"2028-04-21"}, "start": {"09:00"}, "minutes": {"60"}, "count": {"1"}, "state": {"draft"}}
	boss.post("/koordination/gremien/projektgruppe/termine", series).want(t, http.StatusOK, "Ridván")
	n.browser().get("/programm/2027/einreichen/pruefen?start=2028-04-21&start_clock=10:00&end=12:00").want(t, http.StatusOK, "Ridván")
	facts := must(n.PlanningFacts(ctx, project, 2028))
	if len(facts.Days) != 2 || facts.Days[0].Source != "Interreligiöser Kalender NRW" {
		t.Errorf("the planner minds %v", facts.Days)
	}
	take().want(t, http.StatusOK, "2 Tage übernommen") // replaced, not doubled
	if layers := must(n.Layers(ctx)); len(layers) != 1 || len(layers[0].Days) != 2 {
		t.Errorf("layers %+v", layers)
	}
	page := boss.get("/koordination/feste")
	boss.then(boss.submit(page, "/entfernen", nil)).want(t, http.StatusOK, "Noch ist nichts eingelesen")
	boss.then(boss.submit(page, "/entfernen", nil)).want(t, http.StatusOK) // the second click
	n.browser().get("/feste").lacks(t, "Ridván")

	for field, typed := range map[string]string{"layer_title": "", "year": "bald", "layer_kind": "anders", "layer_days": "nächste Woche"} {
		if a := boss.upload("/koordination/feste", changed(form, field, typed), "kalender.ics", []byte(interfaith)).want(t, http.StatusUnprocessableEntity); !a.invalid()[field] {
			t.Errorf("%s %q: marked are %v", field, typed, a.invalid())
		}
	}
	for name, file := range map[string]string{"no calendar": "Datum;Fest", "empty": "", "another year": strings.ReplaceAll(interfaith, "2028", "2026")} {
		if a := boss.upload("/koordination/feste", form, "kalender.ics", []byte(file)).want(t, http.StatusUnprocessableEntity); !a.invalid()["file"] {
			t.Errorf("%s: marked are %v", name, a.invalid())
		}
	}
}

// Movable school days are school holidays for whoever plans; they are no feasts.
func TestMovableSchoolDays(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	form := url.Values{"layer_kind": {"school"}, "layer_title": {"Bewegliche Ferientage Bünde"}, "year": {"2028"}, "layer_days": {"28.02.2028 Rosenmontag\r\n26.05.2028–27.05.2028\r\n\r\n01.02.2027"}}
	boss.upload("/koordination/feste", form, "", nil).want(t, http.StatusOK, "2 Tage übernommen", "Rosenmontag", "1 Tag liegt in einem anderen Jahr")
	n.browser().get("/feste").lacks(t, "Rosenmontag")
	_, class := cellOf(n.as(cem).get("/gremien/jahr/2028"), "Mai", "27")
	if !strings.Contains(class, "w-yd--school") {
		t.Errorf("year picture: class %q", class)
	}
	boss.get("/koordination/gremien/projektgruppe/jahresplanung?do=plan&year=2028&count=4&weekday=1&start=09:00&minutes=60&min_weeks=6&fresh=1").want(t, http.StatusOK, "Schulferien: Rosenmontag", "Bewegliche Ferientage Bünde")
}

func TestDeskTellsOfGroupsWithTooFewDates(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	boss.get("/koordination").lacks(t, "Weniger Termine als vereinbart")
	g := must(n.Group(ctx, project))
	g.PerYear = 4
	must(n.SaveGroup(ctx, agenda.Shell, g))
	boss.get("/koordination").want(t, http.StatusOK, "Weniger Termine als vereinbart", "Projektgruppe: 2027 stehen 2 von 4 Terminen.", "/koordination/gremien/projektgruppe/jahresplanung")
	n.as(cem).get("/konto").lacks(t, "Weniger Termine als vereinbart")
}
