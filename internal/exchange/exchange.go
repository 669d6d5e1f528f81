// Package exchange takes the files that offices keep into the store and gives
// them out again: what the pages and the shell share.
package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/ics"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/sheet"
	"widunetz/internal/store"
)

// Kind says what a file holds.
type Kind string

// The kinds of files.
const (
	People   Kind = "people"   // CSV or XLSX
	Events   Kind = "events"   // CSV or XLSX
	Calendar Kind = "calendar" // iCalendar: dates of one group
)

// Import says how to take a file.
type Import struct {
	Kind   Kind
	Group  agenda.GroupID // of a calendar
	Invite bool           // release the invitation to new dates of a calendar
	Dry    bool           // only say what would change
}

// Take takes the file. What cannot be taken stands in the report; the error
// means that nothing could be read.
func (i Import) Take(ctx context.Context, s *store.Store, actor agenda.Actor, data []byte) (agenda.Report, error) {
	if i.Kind == Calendar {
		return i.calendar(ctx, s, actor, data)
	}
	t, err := sheet.Read(data)
	if err != nil {
		return agenda.Report{}, err
	}
	var report agenda.Report
	var problems []agenda.RowProblem
	if i.Kind == Events {
		var rows []agenda.EventRow
		if rows, problems, err = sheet.Events(t); err == nil {
			report, err = s.ImportEvents(ctx, actor, rows, i.Dry)
		}
	} else {
		var rows []agenda.PersonRow
		if rows, problems, err = sheet.People(t); err == nil {
			report, err = s.ImportPeople(ctx, actor, rows, i.Dry)
		}
	}
	report.Problems = append(problems, report.Problems...)
	slices.SortStableFunc(report.Problems, func(a, b agenda.RowProblem) int { return a.Line - b.Line })
	return report, err
}

// yearsAhead is how far ahead dates of a calendar are taken.
const yearsAhead = 3

func (i Import) calendar(ctx context.Context, s *store.Store, actor agenda.Actor, data []byte) (agenda.Report, error) {
	today := s.Today()
	items, problems, err := ics.Decode(data, s.Loc(), today, today.AddDays(yearsAhead*366))
	if err != nil {
		return agenda.Report{}, err
	}
	report, err := s.ImportMeetings(ctx, actor, i.Group, items, i.Invite, i.Dry)
	for _, p := range problems {
		report.Problems = append(report.Problems, agenda.RowProblem{Value: p.Text, Rule: p.Rule, Want: p.Got})
	}
	return report, err
}

// Format is the form of an exported file.
type Format string

// The formats. Not every export has all of them.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	ICS  Format = "ics"
	JSON Format = "json"
	IKW  Format = "ikw" // CSV for the national database of the Interkulturelle Woche
)

// Export gives files out.
type Export struct {
	Store   *store.Store
	German  *lang.Printer // files of offices are German
	BaseURL string        // of links in calendars, without a final slash
}

// ErrFormat is returned for an export that does not exist in a format.
type ErrFormat struct {
	Format Format
	Want   []Format
}

// Error names the formats that there are.
func (e *ErrFormat) Error() string { return fmt.Sprintf("format %q: want one of %v", e.Format, e.Want) }

// People writes all people as the import reads them.
func (x Export) People(ctx context.Context, w io.Writer, f Format) error {
	rows, err := x.Store.PeopleRows(ctx, sheet.PersonCells)
	if err != nil {
		return err
	}
	switch f {
	case CSV:
		return sheet.WriteCSV(w, sheet.PeopleHead, rows)
	case XLSX:
		return sheet.WriteXLSX(w, "Personen", sheet.PeopleHead, rows)
	case JSON:
		return writeJSON(w, objects(sheet.PeopleHead, rows))
	}
	return &ErrFormat{f, []Format{CSV, XLSX, JSON}}
}

// Programme writes the public events of a year as the import reads them, or as
// a calendar.
func (x Export) Programme(ctx context.Context, w io.Writer, year int, f Format) error {
	events, err := x.Store.Events(ctx, year)
	if err != nil {
		return err
	}
	events = slices.DeleteFunc(events, func(e agenda.Event) bool { return !e.Public() })
	switch f {
	case ICS:
		var items []agenda.FeedItem
		for _, e := range events {
			items = append(items, letter.EventItems(e, x.German, x.BaseURL)...)
		}
		return x.calendar(w, fmt.Sprintf("Programm %d", year), items)
	case IKW:
		return x.national(w, year, events)
	}
	rows := make([][]string, len(events))
	for i, e := range events {
		rows[i] = sheet.EventCells(e, func(key string) string { return x.German.T(key) })
	}
	switch f {
	case CSV:
		return sheet.WriteCSV(w, sheet.EventsHead, rows)
	case XLSX:
		return sheet.WriteXLSX(w, "Programm", sheet.EventsHead, rows)
	case JSON:
		return writeJSON(w, objects(sheet.EventsHead, rows))
	}
	return &ErrFormat{f, []Format{CSV, XLSX, ICS, JSON, IKW}}
}

// national writes what the national database is told: the events of the
// edition that take place.
func (x Export) national(w io.Writer, year int, events []agenda.Event) error {
	var rows [][]string
	for _, e := range events {
		for _, one := range e.Each() { // each date of a course is an event there
			if one.Edition == year && one.Standing == agenda.Scheduled {
				one.Title = letter.NthTitle(one, x.German)
				rows = append(rows, sheet.NationalCells(one, func(key string) string { return x.German.T(key) }, x.BaseURL+letter.EventPath(e)))
			}
		}
	}
	return sheet.WriteCSV(w, sheet.NationalHead, rows)
}

// Report writes an edition in figures, one row for each town, audience,
// language and category.
func (x Export) Report(ctx context.Context, w io.Writer, year int, f Format) error {
	ed, report, _, err := x.Store.EditionReport(ctx, year)
	if err != nil {
		return err
	}
	if f != XLSX {
		return &ErrFormat{f, []Format{XLSX}}
	}
	return sheet.WriteFigures(w, "Bericht", sheet.ReportHead, sheet.ReportRows(ed.Title, report, func(key string) string { return x.German.T(key) }))
}

// Guests writes who signed up for an event, as a spreadsheet in the language of
// the printer.
func (x Export) Guests(w io.Writer, list []agenda.SignUp) error {
	head := make([]string, len(sheet.GuestsHead))
	for i, key := range sheet.GuestsHead {
		head[i] = x.German.T(key)
	}
	rows := make([][]string, len(list))
	for i, u := range list {
		rows[i] = sheet.GuestCells(u, func(key string) string { return x.German.T(key) })
	}
	return sheet.WriteXLSX(w, x.German.T("guests.title"), head, rows)
}

// Meetings writes the dates of a group that members see, from a year back to
// three years ahead.
func (x Export) Meetings(ctx context.Context, w io.Writer, id agenda.GroupID, f Format) error {
	g, err := x.Store.Group(ctx, id)
	if err != nil {
		return err
	}
	today := x.Store.Today()
	meetings, err := x.Store.Meetings(ctx, id, today.AddDays(-366), today.AddDays(yearsAhead*366))
	if err != nil {
		return err
	}
	var items []agenda.FeedItem
	for _, m := range meetings {
		if m.Visible() {
			items = append(items, letter.MeetingItem(m, g, x.German, x.BaseURL))
		}
	}
	if f != ICS {
		return &ErrFormat{f, []Format{ICS}}
	}
	return x.calendar(w, g.Name, items)
}

func (x Export) calendar(w io.Writer, name string, items []agenda.FeedItem) error {
	b, errs := ics.Feed(agenda.Feed{Name: name, Items: items}, x.Store.Loc(), ics.Options{Refresh: 4 * time.Hour})
	if len(errs) > 0 {
		return errs[0]
	}
	_, err := w.Write(b)
	return err
}

func objects(head []string, rows [][]string) []map[string]string {
	out := make([]map[string]string, len(rows))
	for i, r := range rows {
		out[i] = map[string]string{}
		for j, h := range head {
			out[i][h] = r[j]
		}
	}
	return out
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
