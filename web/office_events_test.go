package web

import (
	"net/http"
	"testing"
)

// Opening and closing event are kept as they were chosen.
func TestEditionNamesItsOpeningAndClosing(t *testing.T) {
	t.Parallel()
	n := open(t)
	office, first, last := n.as(vera), n.event("Eröffnung"), n.event("Picknick")
	page := office.get("/koordination/ausgaben/2027").want(t, http.StatusOK, "Abschlussveranstaltung")
	office.submit(page, "/ausgaben/2027", map[string][]string{"opening": {string(first.ID)}, "closing": {string(last.ID)}}).want(t, http.StatusSeeOther)
	if got := must(n.Edition(ctx, 2027)); got.Opening != first.ID || got.Closing != last.ID {
		t.Errorf("opening %s, closing %s, want %s and %s", got.Opening, got.Closing, first.ID, last.ID)
	}
	office.submit(office.get("/koordination/ausgaben/2027"), "/ausgaben/2027", nil).want(t, http.StatusSeeOther)
	if got := must(n.Edition(ctx, 2027)); got.Closing != last.ID {
		t.Error("saving it again forgets the closing event")
	}
}
