package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
	"widunetz/internal/exchange"
)

// courseDetails are a course of 2027 on those days at 18:00.
func courseDetails(title, first string, more ...string) agenda.EventDetails {
	d := eventDetails(title, first+"T18:00")
	d, problems := d.ParseDateLines(strings.Join(more, "\n"))
	if len(problems) > 0 {
		panic(problems)
	}
	return d
}

// onPage are "day title" of what a page lists, by the heads of its days.
func onPage(a *answer) (out []string) {
	for d := range a.root.Descendants() {
		if d.Type != html.ElementNode || attr(d, "class") != "w-daylist" {
			continue
		}
		head := ""
		for x := range d.Descendants() {
			switch {
			case x.Type == html.ElementNode && x.Data == "h2":
				head = inner(x)
			case x.Type == html.ElementNode && x.Data == "article":
				for y := range x.Descendants() {
					if y.Type == html.ElementNode && y.Data == "h3" {
						out = append(out, head+": "+inner(y))
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

var nthOf = regexp.MustCompile(` \(\d+ von \d+\)$`)

// inFeedDays are the same of a calendar, without the marks of its titles.
func inFeedDays(s *subscribed, p interface{ Date(agenda.Date) string }) (out []string) {
	for _, e := range s.events {
		t := must(time.Parse("20060102T150405", e["DTSTART"]))
		title := nthOf.ReplaceAllString(strings.TrimPrefix(e["SUMMARY"], "ABGESAGT: "), "")
		out = append(out, p.Date(agenda.DateOf(t))+": "+title)
	}
	slices.Sort(out)
	return out
}

func TestCourseIsListedOnEachOfItsDates(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	e := n.added(courseDetails("Deutschkurs", "2027-09-13", "20.9.2027", "27.9.2027 (abgesagt)", "4.10.2027"))
	alone := must(n.AddEvent(ctx, agenda.Shell, 0, courseDetails("Nähtreff", "2027-12-13", "20.12.2027", "10.1.2028"), agenda.Published, ""))
	german := catalog().Printer(agenda.German)
	for _, query := range []string{"", "?day=2027-09-20", "?day=2027-09-27", "?from=2027-09-14&until=2027-10-01", "?until=2027-09-13", "?town=herford", "?q=deutschkurs", "?from=2027-12-14"} {
		page := b.get("/programm/2027"+query).want(t, http.StatusOK)
		feed := n.feed("/feeds/programme/2027.ics" + query)
		if want, got := onPage(page), inFeedDays(feed, german); len(want) == 0 || !slices.Equal(want, got) {
			t.Errorf("%s: the page shows\n%s\nthe calendar holds\n%s", query, strings.Join(want, "\n"), strings.Join(got, "\n"))
		}
	}
	b.get("/programm/2027?q=deutschkurs").want(t, http.StatusOK, "Termin 2 von 4", "1 von ")
	b.get("/programm/2027?day=2027-09-20").want(t, http.StatusOK, "Termin 2 von 4").lacks(t, "Termin 1 von 4")
	b.get("/programm/2027?ansicht=monat&q=deutschkurs").want(t, http.StatusOK, "(4/4)", "Oktober 2027")
	if got := len(n.data("/feeds/programme/2027.json?q=deutschkurs").Events); got != 1 {
		t.Errorf("JSON: %d events, want 1", got)
	}
	if got := len(n.news("/feeds/programme/2027.atom?q=deutschkurs").Entries); got != 1 {
		t.Errorf("Atom: %d entries, want 1", got)
	}
	// What stands outside of the editions is in the programme of each year.
	if next := n.feed("/feeds/programme/2028.ics").titled("Nähtreff"); next == nil || next["UID"] != agenda.DateUID(alone.ID, 3) || !strings.Contains(next["URL"], "/programm/2027/") {
		t.Errorf("in the next year: %v", next)
	}
	b.get("/programm/2028").want(t, http.StatusOK, "Nähtreff", "Termin 3 von 3", "/programm/2027/"+alone.Slug)
	b.get("/programm/2027/einbetten?day=2027-09-20").want(t, http.StatusOK, "Deutschkurs", "Termin 2 von 4")
	if got := n.feed("/feeds/event/" + string(e.ID) + ".ics").events; len(got) != 4 || got[2]["STATUS"] != "CANCELLED" || !strings.HasPrefix(got[2]["SUMMARY"], "ABGESAGT: Deutschkurs (3 von 4)") {
		t.Errorf("the course's own calendar: %v", got)
	}
}

func TestCalendarsOfAChangedCourse(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.added(courseDetails("Deutschkurs", "2027-09-13", "20.9.2027", "27.9.2027"))
	feeds := []string{"/feeds/programme/2027.ics", "/feeds/programme.ics", "/feeds/event/" + string(e.ID) + ".ics"}
	before := n.feed(feeds[0])
	n.wait(time.Minute)
	e = must(n.ChangeEvent(ctx, agenda.Shell, e.ID, courseDetails("Deutschkurs", "2027-09-13", "28.9.2027", "4.10.2027"), time.Time{}, agenda.Telling{}))
	for _, path := range feeds {
		f := n.feed(path)
		gone, moved, new := f.uid(agenda.DateUID(e.ID, 2)), f.uid(agenda.DateUID(e.ID, 3)), f.uid(agenda.DateUID(e.ID, 4))
		if gone == nil || moved == nil || new == nil {
			t.Fatalf("%s: gone %v, moved %v, new %v", path, gone, moved, new)
		}
		was := before.uid(gone["UID"])
		if gone["STATUS"] != "CANCELLED" || gone["TRANSP"] != "TRANSPARENT" || gone["SUMMARY"] != "ABGESAGT: Deutschkurs" || gone["DTSTART"] != was["DTSTART"] || gone["SEQUENCE"] <= was["SEQUENCE"] || gone["DTSTAMP"] <= was["DTSTAMP"] {
			t.Errorf("%s: removed date: %v", path, gone)
		}
		if moved["DTSTART"] != "20270928T180000" || moved["SUMMARY"] != "Deutschkurs (2 von 3)" || moved["SEQUENCE"] <= was["SEQUENCE"] {
			t.Errorf("%s: moved date: %v", path, moved)
		}
	}
	n.browser().get("/programm/2027?day=2027-09-20").lacks(t, "Deutschkurs") // the page shows no date that is gone
	n.set("2027-10-21T09:00")
	if f := n.feed(feeds[0]); f.uid(agenda.DateUID(e.ID, 2)) != nil || f.uid(agenda.DateUID(e.ID, 3)) == nil {
		t.Error("a removed date goes after 30 days, a past one stays")
	}
}

func TestPageOfACourse(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	e := n.added(courseDetails("Deutschkurs", "2027-09-13", "20.9.2027", "27.9.2027", "4.10.2027"))
	e = must(n.ChangeEvent(ctx, agenda.Shell, e.ID, courseDetails("Deutschkurs", "2027-09-13", "20.9.2027", "28.9.2027", "4.10.2027"), time.Time{}, agenda.Telling{}))
	must(n.TurnDate(ctx, agenda.Shell, e.ID, 2, true, time.Time{}, agenda.Telling{}))
	n.set("2027-09-15T09:00")
	path := "/programm/2027/" + e.Slug
	a := b.get(path).want(t, http.StatusOK, "1 Termin ist vorbei", "nächster Termin", "fällt aus", "neuer Termin", "Alle Termine in den Kalender", "4 Termine")
	for no, want := range map[int]string{1: "13. September", 2: "fällt aus", 3: "nächster Termin", 4: "4. Oktober"} {
		if li := a.byID(fmt.Sprintf("termin-%d", no)); li == nil || !strings.Contains(inner(li), want) {
			t.Errorf("date %d does not say %q", no, want)
		}
	}
	m := described(t, a)
	subs, _ := m["subEvent"].([]any)
	var states []string
	for _, s := range subs {
		one := s.(map[string]any)
		states = append(states, strings.TrimPrefix(fmt.Sprint(one["eventStatus"]), "https://schema.org/Event"))
		if one["location"] == nil || one["startDate"] == nil || one["endDate"] == nil || !strings.Contains(fmt.Sprint(one["name"]), "Deutschkurs (") {
			t.Errorf("incomplete: %v", one)
		}
	}
	if !slices.Equal(states, []string{"Scheduled", "Cancelled", "Rescheduled", "Scheduled"}) || m["startDate"] != "2027-09-13T18:00:00+02:00" || m["endDate"] != "2027-10-04T19:30:00+02:00" || m["eventStatus"] != "https://schema.org/EventScheduled" {
		t.Errorf("described: %v, %v to %v, %v", states, m["startDate"], m["endDate"], m["eventStatus"])
	}
	data := n.data("/feeds/programme/2027.json?q=deutschkurs").Events[0]
	dates, _ := data["dates"].([]any)
	if len(dates) != 4 || at(dates[1], "status") != "cancelled" || at(dates[2], "previous_start") != "2027-09-27T18:00:00+02:00" || at(dates[3], "uid") != agenda.DateUID(e.ID, 4) {
		t.Errorf("dates: %v", dates)
	}
	n.set("2027-10-05T09:00")
	b.get(path).want(t, http.StatusOK, "4 Termine sind vorbei").lacks(t, "nächster Termin")
}

func TestCourseInPrintAndPress(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	n.added(courseDetails("Deutschkurs", "2027-09-13", "20.9.2027", "27.9.2027", "4.10.2027"))
	const line = "montags 18:00–19:30 Uhr, 13.9. bis 4.10.2027"
	for _, path := range []string{"/heft", "/plakat", "/presse", "/presse?from=2027-09-25"} {
		a := b.get("/programm/2027"+path).want(t, http.StatusOK, line)
		if got := strings.Count(a.body, line); got != 1 {
			t.Errorf("%s: named %d times, want once", path, got)
		}
	}
	e := n.event("Deutschkurs")
	b.get("/programm/2027/"+e.Slug).want(t, http.StatusOK, line)
	must(n.FreezeEdition(ctx, agenda.Shell, 2027, "x"))
	must(n.TurnDate(ctx, agenda.Shell, e.ID, 2, true, time.Time{}, agenda.Telling{}))
	b.get("/programm/2027/aenderungen").want(t, http.StatusOK, "Deutschkurs", "20.09.2027 18:00–19:30 (abgesagt)")
}

func TestFormOfACourse(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	form := changed(eventForm("Deutschkurs"), "start", "2027-10-11") // a Monday
	form["do"], form["skip_school"], form["skip_holidays"] = []string{"fill"}, []string{"1"}, []string{"1"}
	without := b.post(submitPath, form).want(t, http.StatusUnprocessableEntity, "den letzten Tag oder die Zahl der Termine")
	if !without.invalid()["weekly_until"] {
		t.Errorf("marked: %v", without.invalid())
	}
	form["weekly_times"] = []string{"5"}
	filled := b.post(submitPath, form).want(t, http.StatusOK, "Ausgelassen", "Herbstferien", "25. Oktober 2027", "Gespeichert wird erst")
	lines := inner(filled.byID("f-further"))
	if strings.TrimSpace(lines) != "18.10.2027 18:30–20:00\n08.11.2027 18:30–20:00\n15.11.2027 18:30–20:00\n22.11.2027 18:30–20:00" {
		t.Errorf("list: %q", lines)
	}
	if len(must(n.Events(ctx, 2027))) != len(must(open(t).Events(ctx, 2027))) {
		t.Error("filling the list saved something")
	}
	bad := changed(form, "further", "18.10.2027\nmontags\n31.02.2028 18:00–19:30")
	delete(bad, "do")
	a := b.post(submitPath, bad).want(t, http.StatusUnprocessableEntity, "„montags“", "„31.02.2028 18:00–19:30“")
	if !a.invalid()["further"] || !strings.Contains(inner(a.byID("f-further")), "montags") {
		t.Error("the list is not marked or not kept")
	}
	bad = changed(bad, "further", "4.10.2027")
	b.post(submitPath, bad).want(t, http.StatusUnprocessableEntity, "vor dem ersten Termin: 04.10.2027 18:30–20:00")
	good := changed(bad, "further", lines)
	b.post(submitPath, good).want(t, http.StatusOK, "olga@verein.example")
	e := n.event("Deutschkurs")
	if len(e.Further) != 4 || e.Further[3].No != 5 {
		t.Errorf("saved: %v", e.Further)
	}
	// Looked at by the office, with a clash on a further date, and filled again.
	must(n.AddEvent(ctx, agenda.Shell, 2027, eventDetails("Frauentreff", "2027-11-15T18:00"), agenda.Published, ""))
	office := n.browser().logIn(vera)
	page := office.get("/koordination/veranstaltungen/"+string(e.ID)).want(t, http.StatusOK, "Frauentreff", "an 1 Ihrer Termine, 15.11.2027")
	for _, f := range page.all("form") {
		if attr(f, "action") != "/koordination/veranstaltungen/"+string(e.ID) {
			continue
		}
		sent := fields(f)
		sent.Set("do", "fill")
		sent.Set("weekly_times", "3")
		sent.Set("title", "Deutschkurs am Abend")
		again := office.post("/koordination/veranstaltungen/"+string(e.ID), sent).want(t, http.StatusOK, "Deutschkurs am Abend")
		if got := strings.Count(inner(again.byID("f-further")), "\n"); got > 2 {
			t.Errorf("%d lines in the list", got)
		}
	}
	if e = n.event("Deutschkurs"); len(e.Further) != 4 || e.Title != "Deutschkurs" {
		t.Error("filling saved something")
	}
}

func TestCourseIsFilledInInSteps(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	begin := eventForm("Deutschkurs")
	begin["do"] = []string{"begin"}
	step := b.then(b.post(submitPath, begin))
	path, _, _ := strings.Cut(step.path, "?")
	filled := b.submit(step, path, map[string][]string{"start": {"2027-10-11"}, "start_clock": {"18:30"}, "end": {"20:00"}, "weekly_times": {"4"}, "do": {"fill"}}).want(t, http.StatusOK, "Herbstferien")
	if e := must(n.Submission(ctx, strings.Split(path, "/")[2])); e.Course() {
		t.Error("filling the list saved something")
	}
	b.submit(filled, path, map[string][]string{"do": {"next"}, "town": {"Herford"}, "venue": {"Haus"}}).want(t, http.StatusSeeOther)
	token := strings.Split(path, "/")[2]
	for _, part := range eventParts[2:] {
		b.post(stepPath(token, part.Name), changed(eventForm("Deutschkurs"), "do", "next")).want(t, http.StatusSeeOther)
	}
	b.get("/einreichung/"+token).want(t, http.StatusOK, "18.10.2027 18:30–20:00")
	b.post("/einreichung/"+token, url.Values{"do": {"send"}, "accepted_terms": {"1"}}).want(t, http.StatusOK)
	e := n.event("Deutschkurs")
	if len(e.Further) != 3 || e.FirstDate().No != 1 || e.Further[2].No != 4 || e.LastNo != 4 {
		t.Errorf("%v, last number %d", e.Dates(), e.LastNo)
	}
	if found := must(n.EventsBetween(ctx, e.Further[2].Start.Date, e.Further[2].Start.Date)); len(found) == 0 {
		t.Error("a sent draft is not found on its dates")
	}
}

func TestOfficeCancelsOneDate(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.added(courseDetails("Deutschkurs", "2027-09-13", "20.9.2027", "27.9.2027"))
	b := n.browser().logIn(vera)
	path := "/koordination/veranstaltungen/" + string(e.ID)
	b.get(path).want(t, http.StatusOK, "Einzelne Termine")
	b.post(path+"/termin", url.Values{"cancel": {"2"}, "mail": {"no"}}).want(t, http.StatusSeeOther)
	b.get(path).want(t, http.StatusOK, "findet doch statt", "(abgesagt)")
	b.post(path+"/termin", url.Values{"cancel": {"7"}}).want(t, http.StatusNotFound)
	b.post(path+"/termin", url.Values{"cancel": {"1"}}).want(t, http.StatusSeeOther)
	b.post(path+"/termin", url.Values{"cancel": {"3"}}).want(t, http.StatusConflict) // the last one
	b.post(path+"/termin", url.Values{"restore": {"2"}}).want(t, http.StatusSeeOther)
	if e = n.event("Deutschkurs"); !e.FirstOff || e.Further[0].Off || e.Further[1].Off {
		t.Errorf("%v", e.Dates())
	}
	// The form keeps what is cancelled: saving it changes no date.
	sent := fields(b.get(path).all("form")[len(b.get(path).all("form"))-1])
	sent.Set("food", "Tee")
	b.post(path, sent).want(t, http.StatusSeeOther)
	if e = n.event("Deutschkurs"); !e.FirstOff || e.Food != "Tee" || len(e.Further) != 2 {
		t.Errorf("after saving: %v, %q", e.Dates(), e.Food)
	}
}

func TestCoursesGoOutAndComeBack(t *testing.T) {
	t.Parallel()
	n := open(t)
	d := courseDetails("Deutschkurs", "2027-10-18", "25.10.2027 (abgesagt)", "1.11.2027", "8.11.2027 10:00–12:00", "9.11.2027 22:00–01:00")
	d.FirstOff = true
	n.added(d)
	x := exchange.Export{Store: n.Store, German: catalog().Printer(agenda.German), BaseURL: base}
	for _, format := range []exchange.Format{exchange.CSV, exchange.XLSX} {
		var file bytes.Buffer
		must(0, x.Programme(ctx, &file, 2027, format))
		same := must(exchange.Import{Kind: exchange.Events}.Take(ctx, n.Store, agenda.Shell, file.Bytes()))
		if same.Count("added")+same.Count("changed")+len(same.Problems) > 0 {
			t.Errorf("%s read where it was written: %+v", format, same)
		}
		empty := open(t)
		old := empty.event("Lesung im Garten") // as it is in every network
		must(exchange.Import{Kind: exchange.Events}.Take(ctx, empty.Store, agenda.Shell, file.Bytes()))
		got, want := empty.event("Deutschkurs"), n.event("Deutschkurs")
		if !slices.Equal(got.Dates(), want.Dates()) || old.ID == "" {
			t.Errorf("%s: dates %v, want %v", format, got.Dates(), want.Dates())
		}
		for _, one := range got.Dates()[:3] {
			if one.Start.Clock() != "18:00" { // before and after 31 October
				t.Errorf("%s: %s", format, one.Start)
			}
		}
	}
	// A file without the column leaves the dates as they are; a bad line costs only itself.
	const head = "Titel;Kurzbeschreibung;Datum;Beginn;Ende;Ort;Veranstaltungsort;Veranstalter;Art;Kontakt"
	const row = "Deutschkurs;Für alle und mehr.;18.10.2027;18:00;19:30;Herford;Haus unter den Linden;Stadt Herford;Kurs;05221 1234"
	report := must(exchange.Import{Kind: exchange.Events}.Take(ctx, n.Store, agenda.Shell, []byte(head+"\n"+row+"\n")))
	if got := n.event("Deutschkurs"); report.Count("changed") != 1 || len(got.Further) != 4 || !got.FirstOff || got.Summary != "Für alle und mehr." {
		t.Errorf("without the column: %+v, %v", report, got.Dates())
	}
	report = must(exchange.Import{Kind: exchange.Events}.Take(ctx, n.Store, agenda.Shell, []byte(head+";Weitere Termine\n"+row+";\"25.10.2027; irgendwann\"\n")))
	if got := n.event("Deutschkurs"); len(got.Further) != 1 || got.Further[0].No != 2 || len(report.Problems) != 1 || report.Problems[0].Column != "Weitere Termine" {
		t.Errorf("bad line: %+v, %v", report, got.Dates())
	}
}

// The Enter key presses the first button of a form: it must be the one that
// saves, whatever other buttons stand among the fields.
func TestEnterSavesTheEvent(t *testing.T) {
	t.Parallel()
	n := open(t)
	_, home := begun(t, n, "Garten der Sprachen")
	for path, want := range map[string]string{home + "/schritt/zeit-und-ort": "next", submitPath + "?alles=1": ""} {
		for _, f := range n.browser().get(path).all("form") {
			if buttons := within(f, "button"); strings.HasSuffix(attr(f, "action"), "zeit-und-ort") || strings.HasSuffix(attr(f, "action"), "/einreichen") {
				if len(buttons) < 2 || attr(buttons[0], "value") != want || attr(buttons[0], "type") != "submit" {
					t.Errorf("%s: the first button does %q", path, attr(buttons[0], "value"))
				}
			}
		}
	}
}
