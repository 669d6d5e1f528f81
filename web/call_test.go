package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"widunetz/internal/agenda"
)

const (
	callPath = "/koordination/ausgaben/2027/aufruf"
	silent   = "AWO-Fachdienste für Migration und Integration -Flüchtlingsberatung" // Birgit's, without an event
)

// ticked reports whether the form's box is ticked.
func ticked(a *answer, name string) bool {
	for _, x := range a.all("input") {
		if attr(x, "name") == name {
			return has(x, "checked")
		}
	}
	return false
}

// row is the words of the table's row that begins with the heading.
func row(a *answer, head string) string {
	for _, tr := range a.all("tr") {
		if th := within(tr, "th"); len(th) == 1 && strings.TrimSpace(inner(th[0])) == head {
			words := strings.Fields(head)
			for _, td := range within(tr, "td") {
				words = append(words, strings.Fields(inner(td))...)
			}
			return strings.Join(words, " ")
		}
	}
	return ""
}

func TestCallFromSendingToTheLastAnswer(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.set("2027-05-03T09:00")
	n.deliver()
	boss := n.as(vera)
	edition := boss.get("/koordination/ausgaben/2027")
	boss.then(boss.submit(edition, "/ausgaben/2027", map[string][]string{"submission": {"30.06.2027"}, "principles": {"Offen für alle."}}))
	if got := must(n.Edition(ctx, 2027)); got.Principles != "Offen für alle." || !got.CallSent.IsZero() {
		t.Fatalf("%+v", got)
	}
	edition = boss.get("/koordination/ausgaben/2027").want(t, http.StatusOK, "Aufruf versenden", "Offen für alle.")
	page := boss.then(boss.submit(edition, callPath, map[string][]string{"do": {"send"}})).want(t, http.StatusOK, "Die Mails gehen jetzt hinaus", "noch nichts")
	letters := to(n.deliver(), agenda.KindCall, "")
	if len(letters) < 30 {
		t.Fatalf("%d letters", len(letters))
	}
	if l := only(t, to(letters, agenda.KindCall, birgit)); !strings.Contains(strings.Join(strings.Fields(l.Text), " "), silent) {
		t.Errorf("does not name the institution:\n%s", l.Text)
	}
	boss.then(boss.post(callPath, url.Values{"do": {"send"}})).want(t, http.StatusOK, "Versandt war er schon")
	if again := to(n.deliver(), agenda.KindCall, ""); len(again) != 0 {
		t.Errorf("a second click sends %d letters", len(again))
	}
	if !strings.Contains(row(page, silent), "noch nichts") {
		t.Errorf("row %q", row(page, silent))
	}

	path := link(t, only(t, to(letters, agenda.KindCall, birgit)), "/aufruf/")
	guest := n.browser()
	before := guest.get(path).want(t, http.StatusOK, silent, "Wir machen diesmal nicht mit")
	if strings.Contains(row(boss.get(callPath), silent), "macht nicht mit") {
		t.Error("opening the link declines")
	}
	after := guest.submit(before, path, map[string][]string{"do": {"decline"}}).want(t, http.StatusOK, "vermerkt")
	if got := row(boss.get(callPath), silent); !strings.Contains(got, "macht nicht mit") || strings.Contains(got, "noch nichts") {
		t.Errorf("row %q", got)
	}
	boss.then(boss.post(callPath, url.Values{"do": {"remind"}})).want(t, http.StatusOK, "Erinnert werden")
	boss.then(boss.post(callPath, url.Values{"do": {"remind"}})).want(t, http.StatusOK, "Heute wurde schon erinnert")
	reminded := n.deliver()
	if len(to(reminded, agenda.KindCallReminder, birgit)) != 0 || len(to(reminded, agenda.KindCallReminder, "")) < 10 || len(to(reminded, agenda.KindCallReminder, cem)) != 0 {
		t.Errorf("reminders: %d", len(reminded))
	}
	guest.submit(after, path, map[string][]string{"do": {"join"}}).want(t, http.StatusOK, "Wir machen diesmal nicht mit")
	if got := row(boss.get(callPath), silent); !strings.Contains(got, "noch nichts") {
		t.Errorf("row %q", got)
	}
	n.set("2027-10-11T09:00")
	guest.request(http.MethodGet, path).want(t, http.StatusGone)
}

func TestCallByTelephoneAndWrongPosts(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	var id string
	for _, i := range must(n.Institutions(ctx)) {
		if i.Is(silent) {
			id = string(i.ID)
		}
	}
	for _, do := range []string{"decline", "decline"} {
		boss.then(boss.post(callPath, url.Values{"do": {do}, "institution": {id}})).want(t, http.StatusOK, "Macht doch mit")
	}
	boss.post(callPath, url.Values{"do": {"decline"}, "institution": {"x\x00"}}).want(t, http.StatusNotFound)
	boss.post(callPath, url.Values{"do": {"remind"}}).want(t, http.StatusConflict) // it was not sent
	boss.post("/koordination/ausgaben/2099/aufruf", url.Values{"do": {"send"}}).want(t, http.StatusNotFound)
	boss.request(http.MethodGet, "/koordination/ausgaben/2099/aufruf").want(t, http.StatusNotFound)
	boss.request(http.MethodGet, "/koordination/ausgaben/2099/bericht").want(t, http.StatusNotFound)
	n.set("2027-12-01T09:00")
	n.as(vera).post(callPath, url.Values{"do": {"send"}}).want(t, http.StatusUnprocessableEntity, "Vergangenheit")
	if sent := to(n.deliver(), agenda.KindCall, ""); len(sent) != 0 {
		t.Errorf("%d calls were sent", len(sent))
	}
}

func TestSubmittingNeedsAgreement(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	b.get(submitPath).want(t, http.StatusOK).lacks(t, "accepted_terms")
	ed := must(n.Edition(ctx, 2027))
	ed.Principles = "Offen für alle.\n<b>Gewaltfrei</b>."
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	b.get(submitPath+"?alles=1").want(t, http.StatusOK, "accepted_terms", "Offen für alle.", "&lt;b&gt;Gewaltfrei")
	a := b.post(submitPath, changed(eventForm("Lesung am Fluss"), "title", "")).want(t, http.StatusUnprocessableEntity, "Bitte stimmen Sie zu")
	if wrong := a.invalid(); !wrong["accepted_terms"] || !wrong["title"] {
		t.Errorf("marked: %v", wrong)
	}
	if a = b.post(submitPath, changed(changed(eventForm("Lesung am Fluss"), "title", ""), "accepted_terms", "1")).want(t, http.StatusUnprocessableEntity); !ticked(a, "accepted_terms") || a.invalid()["accepted_terms"] {
		t.Error("what was ticked is lost, or marked")
	}
	b.post(submitPath, changed(eventForm("Lesung am Fluss"), "accepted_terms", "1")).want(t, http.StatusOK)
	e := n.event("Lesung am Fluss")
	if !e.AcceptedTerms.Equal(n.Now()) {
		t.Errorf("agreed at %v", e.AcceptedTerms)
	}
	n.as(vera).get("/koordination/veranstaltungen/"+string(e.ID)).want(t, http.StatusOK, "Selbstverständnis zugestimmt")
}

// held publishes an event of the 14th of September and returns it and the
// letter of the day after.
func held(t *testing.T, n *network) (agenda.Event, string) {
	t.Helper()
	e := must(n.AddEvent(ctx, agenda.Shell, 2027, eventDetails("Gartenfest", "2027-09-14T18:00"), agenda.Published, ""))
	n.set("2027-09-15T10:00")
	l := only(t, to(n.deliver(), agenda.KindVisitors, "olga@verein.example"))
	return e, link(t, l, "/einreichung/")
}

func TestVisitorsInOneMinute(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	e, path := held(t, n)
	b := n.browser()
	page := b.get(path).want(t, http.StatusOK, "Gartenfest")
	for _, bad := range []string{"", "viele", "-1", "100001", "12,5", "1e3", "99999999999999999999", "1\x002"} {
		a := b.post(path, url.Values{"visitors": {bad}, "visitors_note": {"Schön"}})
		if bad == "1\x002" {
			continue // is 12: zero bytes say nothing
		}
		a.want(t, http.StatusUnprocessableEntity, "Schön", `value="`+bad+`"`)
		if !a.invalid()["visitors"] || must(n.Event(ctx, e.ID)).Visitors != nil {
			t.Errorf("%q is taken", bad)
		}
	}
	b.submit(page, path, map[string][]string{"visitors": {" 60 "}, "visitors_note": {"Es war <i>voll</i>."}}).want(t, http.StatusOK, "Vielen Dank", `value="60"`)
	b.post(path, url.Values{"visitors": {"0"}}).want(t, http.StatusOK, `value="0"`)
	b.post(path, url.Values{"visitors": {"65"}, "visitors_note": {"Es war <i>voll</i>."}}).want(t, http.StatusOK)
	n.browser().get("/programm/2027/"+e.Slug).want(t, http.StatusOK).lacks(t, "voll")

	boss, office := n.as(vera), "/koordination/veranstaltungen/"+string(e.ID)
	desk := boss.get(office).want(t, http.StatusOK, `value="65"`, "&lt;i&gt;voll")
	if without := labels(desk); len(without) > 0 {
		t.Errorf("fields without a label: %v", without)
	}
	boss.post(office+"/besuche", url.Values{"visitors": {"100001"}}).want(t, http.StatusUnprocessableEntity, "100000")
	boss.then(boss.submit(desk, "/besuche", map[string][]string{"visitors": {"66"}})).want(t, http.StatusOK, `value="66"`)
	boss.then(boss.post(office+"/besuche", url.Values{"visitors": {""}}))
	if must(n.Event(ctx, e.ID)).Visitors != nil {
		t.Error("not taken back")
	}
	n.wait(61 * 24 * time.Hour)
	b.request(http.MethodGet, path).want(t, http.StatusGone)
	b.post(path, url.Values{"visitors": {"1"}}).want(t, http.StatusGone)
	if strings.Contains(n.log.String(), strings.Split(path, "/")[2]) {
		t.Error("the link's secret is in the log")
	}
}

func TestReportOfAnEdition(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, _ := held(t, n)
	sixty := 60
	must(n.ReportVisitors(ctx, agenda.Shell, e.ID, &sixty, "nur für uns"))
	boss := n.as(vera)
	a := boss.get("/koordination/ausgaben/2027/bericht").want(t, http.StatusOK, "data-print", "ohne Rückmeldung", "Rödinghausen").lacks(t, "nur für uns")
	if got := row(a, "Herford"); !strings.HasSuffix(got, " 60") || !strings.Contains(got, "1 von") {
		t.Errorf("Herford: %q", got)
	}
	if got := row(a, "Türkisch"); strings.Contains(got, "60") {
		t.Errorf("Türkisch: %q", got)
	}

	file := boss.request(http.MethodGet, "/koordination/export/bericht-2027.xlsx").want(t, http.StatusOK)
	x := must(excelize.OpenReader(bytes.NewReader([]byte(file.body))))
	rows := must(x.GetRows("Bericht"))
	if rows[0][6] != "Besuche" || rows[1][0] != "Insgesamt" || rows[1][6] != "60" || rows[1][5] != "1" {
		t.Errorf("%v", rows[:2])
	}
	if kind := must(x.GetCellType("Bericht", "C2")); kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
		t.Error("a figure is a text: nobody can calculate with it")
	}
	events := 0
	for _, v := range must(n.Events(ctx, 2027)) {
		if v.Public() && v.Edition == 2027 {
			events++
		}
	}
	if rows[1][2] != strconv.Itoa(events) {
		t.Errorf("%s events, want %d", rows[1][2], events)
	}
	for _, f := range []string{"bericht-2027.csv", "bericht-2031.xlsx", "bericht-x.xlsx"} {
		boss.request(http.MethodGet, "/koordination/export/"+f).want(t, http.StatusNotFound)
	}
	n.as(cem).request(http.MethodGet, "/koordination/export/bericht-2027.xlsx").want(t, http.StatusForbidden)
}
