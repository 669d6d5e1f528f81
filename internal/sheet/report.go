package sheet

import "widunetz/internal/agenda"

// ReportHead are the headings of the report of an edition.
var ReportHead = []string{"Gliederung", "Wert", "Veranstaltungen", "Ausgefallen", "Stattgefunden oder geplant", "Rückmeldungen", "Besuche"}

// ReportRows returns the rows of the report of an edition: all events first,
// then table by table. word gives the words for the keys of messages.
func ReportRows(title string, r agenda.EditionReport, word func(key string) string) [][]any {
	rows := [][]any{reportRow(word("report.total"), title, r.Total)}
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			value := row.Code
			if t.By != "town" {
				value = word("term." + t.By + "." + row.Code)
			}
			rows = append(rows, reportRow(word("report."+t.By), value, row))
		}
	}
	return rows
}

// reportRow leaves the visitors empty where none are known: no answer is not
// nobody.
func reportRow(by, value string, t agenda.Tally) []any {
	row := []any{by, value, t.Events, t.Off, t.Held(), t.Answered, nil}
	if t.Answered > 0 {
		row[6] = t.Visitors
	}
	return row
}
