package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

var bigNumber = regexp.MustCompile(`^(\d+)(?: ?\+(\d+))?`)

// Each number of the board is the number of events behind its link.
func TestCoverageCountsWhatItsLinksShow(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, events := n.as(vera), must(n.Events(ctx, 0))
	page := b.get("/koordination/ausgaben/2027/abdeckung").want(t, http.StatusOK, "KW 37", "13.–19.9.", "27.9.–3.10.")
	links, behind := 0, map[string]int{}
	for _, td := range page.all("td") {
		for _, x := range within(td, "a") {
			url := attr(x, "href")
			if !strings.HasPrefix(url, "/programm/2027?") {
				continue
			}
			m := bigNumber.FindStringSubmatch(strings.Join(strings.Fields(inner(x)), " "))
			if m == nil {
				t.Fatalf("a cell without a number: %q", inner(x))
			}
			own, _ := strconv.Atoi(m[1])
			general, _ := strconv.Atoi(m[2])
			if _, seen := behind[url]; !seen {
				behind[url] = len(shown(b.get(url).want(t, http.StatusOK), events))
			}
			if behind[url] != own+general {
				t.Errorf("%s: %s shows %d events", attr(x, "aria-label"), url, behind[url])
			}
			if label := attr(x, "aria-label"); !strings.HasPrefix(label, m[1]+" ") || strings.Contains(inner(x), "wartet") != strings.Contains(label, "wartet") {
				t.Errorf("the cell %q is called %q", inner(x), attr(x, "aria-label"))
			}
			links++
		}
	}
	if links < 60 || len(page.all("table")) != 2 {
		t.Errorf("%d cells lead to the programme", links)
	}
	for _, table := range page.all("table") {
		if len(within(table, "caption")) != 1 {
			t.Error("a table without a caption")
		}
		for _, th := range within(table, "th") {
			if s := attr(th, "scope"); s != "row" && s != "col" {
				t.Errorf("head %q has the scope %q", inner(th), s)
			}
		}
	}
}

func TestCoverageNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	n := open(t)
	by, b := agenda.PersonActor(n.person(vera).ID), n.as(vera)
	const path = "/koordination/ausgaben/2027/abdeckung"
	b.get("/koordination/veranstaltungen").want(t, http.StatusOK, "Abdeckung")
	b.get(path).want(t, http.StatusOK, "Nichts eigens für Männer", "1 wartet", "1 weitere liegt außerhalb").
		lacks(t, "Nichts in Rödinghausen", "Seniorinnen und Senioren\n", "Kein Vormittag")
	stand := func(title string, to agenda.Standing) {
		e := n.event(title)
		must(n.StandEvent(ctx, by, e.ID, to, false, e.Changed, agenda.Telling{}))
	}
	stand("Erzählcafé", agenda.Cancelled) // the only one in Rödinghausen, the only one for seniors
	b.get(path).want(t, http.StatusOK, "Nichts in Rödinghausen", "Nichts eigens für Seniorinnen und Senioren")
	stand("Film und Gespräch", agenda.Postponed) // the only one in Kirchlengern
	b.get(path).want(t, http.StatusOK, "Nichts in Kirchlengern (1 wartet)").lacks(t, "Kein Vormittag")
	for _, title := range []string{"Frauenfrühstück", "Internationales Nähcafé", "Kochen", "Integrationskongress"} {
		stand(title, agenda.Cancelled)
	}
	b.get(path).want(t, http.StatusOK, "Kein Vormittag mit Kinderbetreuung", "Nichts in Hiddenhausen")
	b.request(http.MethodGet, "/koordination/ausgaben/2026/abdeckung").want(t, http.StatusNotFound)
	b.request(http.MethodGet, "/koordination/ausgaben/x/abdeckung").want(t, http.StatusNotFound)
	b.get("/en"+path).want(t, http.StatusOK, "Coverage 2027", "Nothing in Hiddenhausen")
}

// An edition without a single event is a board of gaps, not an error.
func TestCoverageOfAnEmptyEdition(t *testing.T) {
	t.Parallel()
	n := open(t)
	day := func(s string) agenda.Date { return must(agenda.ParseDate(s)) }
	must(n.SaveEdition(ctx, agenda.Shell, agenda.Edition{Year: 2029, Title: "Wochen 2029", Starts: day("2029-09-10"), Ends: day("2029-09-16")}))
	page := n.as(vera).get("/koordination/ausgaben/2029/abdeckung").want(t, http.StatusOK, "Nichts in Herford", "Nichts für Kinder", "Nichts in der Woche 10.–16.9.", "Nichts in einer anderen Sprache als Deutsch")
	for _, td := range page.all("td") {
		if len(within(td, "a")) > 0 {
			t.Errorf("an empty cell leads somewhere: %q", inner(td))
		}
	}
}
