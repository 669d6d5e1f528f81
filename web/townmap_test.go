package web

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

// The towns of the drawing can be told apart and hit with a finger, and lie to
// each other as on the earth.
func TestMapOfTowns(t *testing.T) {
	all := spots()
	if len(all) != len(agenda.TownList) {
		t.Fatalf("%d towns", len(all))
	}
	at := map[string]spot{}
	for i, a := range all {
		at[a.Town] = a
		if a.X-a.half() < 0 || a.X+a.half() > mapWidth || a.Y-mapRadius < 0 || a.Y+mapRadius+mapBelow > mapHeight {
			t.Errorf("%s leaves the drawing: %v", a.Town, a)
		}
		for _, b := range all[:i] {
			if math.Abs(a.X-b.X) < a.half()+b.half() && math.Abs(a.Y-b.Y) < 2*mapRadius+mapBelow {
				t.Errorf("%v and %v overlap", a, b)
			}
		}
	}
	for _, c := range []struct{ west, east string }{
		{"Rödinghausen", "Bünde"}, {"Bünde", "Kirchlengern"}, {"Kirchlengern", "Löhne"}, {"Löhne", "Vlotho"}, {"Spenge", "Enger"}, {"Enger", "Herford"}, {"Herford", "Vlotho"},
	} {
		if at[c.west].X >= at[c.east].X {
			t.Errorf("%s is not west of %s", c.west, c.east)
		}
	}
	for _, c := range []struct{ north, south string }{
		{"Rödinghausen", "Bünde"}, {"Bünde", "Enger"}, {"Kirchlengern", "Hiddenhausen"}, {"Hiddenhausen", "Herford"}, {"Löhne", "Herford"}, {"Bünde", "Spenge"}, {"Vlotho", "Herford"},
	} {
		if at[c.north].Y >= at[c.south].Y {
			t.Errorf("%s is not north of %s", c.north, c.south)
		}
	}
}

// mapLinks are the links of the drawing and of the list beside it: address and
// text.
func mapLinks(a *answer) (drawn, listed map[string]string) {
	drawn, listed = map[string]string{}, map[string]string{}
	for _, x := range a.all("a") {
		if strings.Contains(attr(x, "class"), "w-map__town") {
			drawn[attr(x, "href")] = strings.Join(strings.Fields(inner(x)), " ")
		}
	}
	for _, ul := range a.all("ul") {
		if attr(ul, "class") != "w-maplist" {
			continue
		}
		for _, li := range within(ul, "li") {
			for _, x := range within(li, "a") {
				listed[attr(x, "href")] = strings.Join(strings.Fields(inner(li)), " ")
			}
		}
	}
	return drawn, listed
}

// Each number of the map is the number of events behind its link, for every
// filter, and the list beside it says the same.
func TestMapCountsWhatItsLinksShow(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, events := n.browser(), must(n.Events(ctx, 0))
	for q, want := range map[string]int{"": 10, "language=ar": 5, "free=1&audience=frauen": 7, "day=2027-09-16": 2, "from=2027-09-13&until=2027-09-19": 5, "q=gibtesnicht": 0} {
		page := b.get("/programm/2027?ansicht=karte&"+q).want(t, http.StatusOK, "Lage der Orte: GeoNames, CC BY 4.0")
		drawn, listed := mapLinks(page)
		if len(listed) < want || len(drawn) > len(listed) {
			t.Errorf("?%s: %d towns drawn, %d listed, want %d", q, len(drawn), len(listed), want)
		}
		for url, text := range listed {
			count := len(shown(b.get(url).want(t, http.StatusOK), events))
			town := strings.Fields(text)[0]
			if !strings.HasPrefix(text, town+" "+strconv.Itoa(count)+" Veranstaltung") {
				t.Errorf("?%s: %q leads to %d events", q, text, count)
			}
			if s, ok := drawn[url]; ok != (town != agenda.Online) || ok && s != strconv.Itoa(count)+" "+town {
				t.Errorf("?%s: the drawing says %q, the list %q", q, s, text)
			}
		}
	}
}

func TestMapMarksTheTownOfTheFilter(t *testing.T) {
	t.Parallel()
	page := open(t).browser().get("/programm/2027?ansicht=karte&town=buende&free=1").want(t, http.StatusOK, "gewählt")
	var on []string
	for _, x := range page.all("a") {
		if attr(x, "aria-current") == "true" && attr(x, "hreflang") == "" {
			on = append(on, attr(x, "href"))
		}
	}
	if want := "/programm/2027?free=1&town=buende"; !slices.Equal(on, []string{want, want}) {
		t.Errorf("marked: %q", on)
	}
	drawn, _ := mapLinks(page)
	if len(drawn) < 8 {
		t.Errorf("with a town chosen only %d others can be", len(drawn)-1)
	}
	keeps := false
	for _, x := range page.all("input") {
		keeps = keeps || attr(x, "name") == "ansicht" && attr(x, "value") == "karte"
	}
	if !keeps {
		t.Error("filtering leaves the map")
	}
	if page := open(t).browser().get("/programm/2027?ansicht=unfug").want(t, http.StatusOK); strings.Contains(page.body, "unfug") {
		t.Error("an unknown view is taken over into the page")
	}
}

func TestPeriodOfTheFilter(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, events := n.browser(), must(n.Events(ctx, 0))
	for q, want := range map[string]int{
		"from=2027-10-05": 4, "until=2027-09-11": 1, "from=2027-09-13&until=2027-09-19": 6, "from=2027-09-19&until=2027-09-13": 0, "from=unfug&until=2027-13-13": 25,
	} {
		if got := len(shown(b.get("/programm/2027?"+q).want(t, http.StatusOK), events)); got != want {
			t.Errorf("?%s shows %d events, want %d", q, got, want)
		}
		if got := len(n.feed("/feeds/programme/2027.ics?" + q).events); got != want {
			t.Errorf("?%s: %d events in the calendar, want %d", q, got, want)
		}
	}
	b.get("/programm/2027?from=2027-09-13&until=2027-09-19").want(t, http.StatusOK, "ab 13.09.2027", "bis 19.09.2027", "Tag")
}
