package sheet

import (
	"cmp"
	"fmt"
	"strings"

	"widunetz/internal/agenda"
)

// NationalHead are the headings of the file for the national database of the
// Interkulturelle Woche (interkulturellewoche.de/datenbank). No interface and no
// list of fields of theirs is public: these are what a form of theirs can ask
// for, one column for one thing to copy.
var NationalHead = []string{
	"Titel", "Untertitel", "Text", "Datum", "Beginn", "Datum bis", "Ende", "Veranstaltungsort", "Straße", "PLZ", "Stadt", "Bundesland",
	"Veranstalter", "Kontakt", "Link", "Kategorie",
}

// state is where the Kreis Herford lies.
const state = "Nordrhein-Westfalen"

// nationalKinds are the kinds of events in the words in which the national
// committee speaks of them; for the others the own word stands.
var nationalKinds = map[string]string{
	"konzert": "Musik/Konzert", "film": "Filmvorführung", "vortrag": "Vortrag/Diskussion", "workshop": "Workshop/Seminar", "kurs": "Workshop/Seminar",
	"sport": "Sportveranstaltung", "gebet": "Gottesdienst/Gebet", "kochen": "Gemeinsames Kochen und Essen", "offene-tuer": "Tag der offenen Tür",
}

// NationalCells returns the cells of one event for NationalHead. word gives the
// German word of a message key, link is the address of its page.
func NationalCells(e agenda.Event, word func(key string) string, link string) []string {
	day := func(d agenda.Date) string { return fmt.Sprintf("%02d.%02d.%d", d.Day, d.Month, d.Year) }
	return []string{
		e.Title, e.Subtitle, cmp.Or(e.Description, e.Summary), day(e.Start.Date), e.Start.Clock(), day(e.End.Date), e.End.Clock(),
		e.Venue.Name, e.Venue.Street, e.Venue.Postcode, e.Venue.Town, state, strings.Join(append([]string{e.Organiser}, e.CoOrganisers...), ", "), e.Contact, link,
		cmp.Or(nationalKinds[e.Category], word("term.category."+e.Category)),
	}
}
