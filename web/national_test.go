package web

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"widunetz/internal/agenda"
	"widunetz/internal/sheet"
)

// The file for the national database holds what takes place in the weeks and
// may be read by everybody, a column for each thing to copy.
func TestFileForTheNationalDatabase(t *testing.T) {
	t.Parallel()
	n := open(t)
	d := eventDetails("=Tee; und \"Gespräch\"", "2027-09-14T18:00")
	d.Subtitle, d.Description, d.Category, d.CoOrganisers = "Ein Abend", "Erst Tee.\nDann Gespräch.", "vortrag", []string{"AWO"}
	d.End = must(agenda.ParseLocal("2027-09-15T00:30"))
	d.Venue.Street, d.Venue.Postcode = "Lange Straße 1", "32052"
	e := n.added(d)
	off := n.event("Kochen")
	must(n.StandEvent(ctx, agenda.Shell, off.ID, agenda.Cancelled, false, off.Changed, agenda.Telling{}))
	a := n.as(vera).request(http.MethodGet, "/koordination/export/programm-2027-ikw.csv").want(t, http.StatusOK).lacks(t, "Olga Organ", "olga@", "999888")
	if got := a.Header.Get("Content-Disposition"); got != `attachment; filename="programm-2027-ikw.csv"` {
		t.Errorf("saved as %q", got)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff")))
	r.Comma = ';'
	rows := must(r.ReadAll())
	titles := map[string][]string{}
	for _, row := range rows[1:] {
		titles[row[0]] = row
	}
	if !slices.Equal(rows[0], sheet.NationalHead) || len(rows) != 1+24 { // one more and one less than the 24 of the file
		t.Errorf("%d rows under %q", len(rows)-1, rows[0])
	}
	want := []string{
		"'=Tee; und \"Gespräch\"", "Ein Abend", "Erst Tee.\nDann Gespräch.", "14.09.2027", "18:00", "15.09.2027", "00:30", "Haus unter den Linden", "Lange Straße 1", "32052", "Herford",
		"Nordrhein-Westfalen", "Stadt Herford, AWO", "05221 1234", base + "/programm/2027/" + e.Slug, "Vortrag/Diskussion",
	}
	if got := titles[want[0]]; !slices.Equal(got, want) {
		t.Errorf("row %q\nwant %q", got, want)
	}
	for _, title := range []string{off.Title, "Nähkurs am Mittwoch", "Lesung im Garten"} {
		if titles[title] != nil {
			t.Errorf("%q is in the file", title)
		}
	}
	n.as(vera).get("/koordination/veranstaltungen").want(t, http.StatusOK, `href="/koordination/export/programm-2027-ikw.csv"`)
}

// Every kind of event has a category, in words and not as a code.
func TestNationalCategories(t *testing.T) {
	t.Parallel()
	german := catalog().Printer(agenda.German)
	for _, c := range agenda.Categories {
		cells := sheet.NationalCells(agenda.Event{EventDetails: agenda.EventDetails{Category: c}}, func(key string) string { return german.T(key) }, "")
		if got := cells[len(cells)-1]; got == "" || strings.Contains(got, "⟦") || strings.ToLower(got) == got {
			t.Errorf("%s: category %q", c, got)
		}
		if len(cells) != len(sheet.NationalHead) {
			t.Fatalf("%d cells", len(cells))
		}
	}
}
