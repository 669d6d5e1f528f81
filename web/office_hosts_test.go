package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

// The chair sees whose turn it is, sets hosts, and members read who is.
func TestHostsInTurn(t *testing.T) {
	t.Parallel()
	n := open(t)
	chair := n.as(birgit)
	path := "/koordination/gremien/" + string(migration) + "/gastgeber"
	chair.get("/gremien/"+string(migration)).want(t, http.StatusOK, `href="`+path+`"`)
	page := chair.get(path).want(t, http.StatusOK, "22. September 2027", "An der Reihe: ", "noch nie", "seit 01.01.2025")
	turns := must(n.HostTurns(ctx, migration))
	first, second := turns.Dates[0], turns.Dates[1]
	if first.Turn.Name == "" || first.Turn == second.Turn {
		t.Fatalf("turns %+v, %+v", first.Turn, second.Turn)
	}
	// One by hand: the next in turn moves up.
	chair.then(chair.submit(page, path, url.Values{"do": {"save"}, "host." + string(first.ID): {string(second.Turn.Institution)}})).want(t, http.StatusOK, "1 Gastgeber geändert")
	chair.get(path).want(t, http.StatusOK, "An der Reihe: "+first.Turn.Name)
	n.as(amina).get("/sitzungen/"+string(first.ID)).want(t, http.StatusOK, "Gastgeber", second.Turn.Name)
	n.as(amina).get("/sitzungen/"+string(second.ID)).want(t, http.StatusOK).lacks(t, "Gastgeber")
	// The page from before does not write over it.
	if got := chair.submit(page, path, url.Values{"do": {"save"}, "host." + string(first.ID): {string(first.Turn.Institution)}}).StatusCode; got != http.StatusConflict {
		t.Errorf("a lost update: status %d", got)
	}
	// The rest in turn.
	chair.then(chair.submit(chair.get(path), path, url.Values{"do": {"turn"}})).want(t, http.StatusOK, "Gastgeber geändert").lacks(t, "An der Reihe: ")
	chair.then(chair.submit(chair.get(path), path, url.Values{"do": {"turn"}})).want(t, http.StatusOK, "nichts zu ändern")
	if h := must(n.Host(ctx, second.Meeting)); h.Institution != first.Turn.Institution {
		t.Errorf("host %+v, want whose turn it was", h)
	}
	// A host that is none of the group's.
	var foreign agenda.InstitutionID
	for _, i := range must(n.Institutions(ctx)) {
		if turns.Count(i.ID).Name == "" {
			foreign = i.ID
		}
	}
	a := chair.submit(chair.get(path), path, url.Values{"do": {"save"}, "host." + string(first.ID): {string(foreign)}}).want(t, http.StatusUnprocessableEntity, "22. September 2027")
	if !a.invalid()["host."+string(first.ID)] || strings.Contains(a.text(), "⟦") {
		t.Errorf("marked are %v:\n%s", a.invalid(), a.text())
	}
}
