package agenda

import "slices"

// Tally counts the events of an edition that have something in common.
type Tally struct {
	Code     string // a town, or the code of an audience, a language or a category
	Events   int    // published
	Off      int    // of them cancelled, or postponed without a new date
	Answered int    // of the others those whose visitors are known
	Visitors int    // of the answered ones together
}

// Held is how many of the events take place.
func (t Tally) Held() int { return t.Events - t.Off }

// Plus returns the two together.
func (t Tally) Plus(u Tally) Tally {
	return Tally{t.Code, t.Events + u.Events, t.Off + u.Off, t.Answered + u.Answered, t.Visitors + u.Visitors}
}

func (t *Tally) count(e Event) {
	t.Events++
	switch {
	case e.Standing != Scheduled:
		t.Off++
	case e.Visitors != nil:
		t.Answered++
		t.Visitors += *e.Visitors
	}
}

// TallyTable is one table of an edition's report.
type TallyTable struct {
	By   string // town, audience, language or category
	Rows []Tally
}

// EditionReport sums up an edition: in all, and by what its events are.
type EditionReport struct {
	Total  Tally
	Tables []TallyTable
}

// ReportOf sums up the published events of an edition. An event for two
// audiences counts with both. Towns and audiences are all named, so that one
// sees where nothing was; languages and categories as far as they occur.
func ReportOf(year int, events []Event) EditionReport {
	var r EditionReport
	tables := []TallyTable{
		{"town", rowsOf(append(slices.Clone(Towns), Online))}, {"audience", rowsOf(Audiences)},
		{"language", rowsOf(Languages)}, {"category", rowsOf(Categories)},
	}
	for _, e := range events {
		if e.Edition != year || !e.Public() {
			continue
		}
		r.Total.count(e)
		for i, codes := range [][]string{{e.Venue.Town}, e.Audiences, e.Languages, {e.Category}} {
			for _, code := range codes {
				tables[i].add(code, e)
			}
		}
	}
	for i := range tables[2:] {
		t := &tables[2+i]
		t.Rows = slices.DeleteFunc(t.Rows, func(t Tally) bool { return t.Events == 0 })
	}
	r.Tables = tables
	return r
}

func rowsOf(codes []string) []Tally {
	out := make([]Tally, len(codes))
	for i, c := range codes {
		out[i].Code = c
	}
	return out
}

// add counts an event under the code; one that is none of the known ones, as
// imports can bring, gets a row of its own.
func (t *TallyTable) add(code string, e Event) {
	i := slices.IndexFunc(t.Rows, func(r Tally) bool { return r.Code == code })
	if i < 0 {
		i, t.Rows = len(t.Rows), append(t.Rows, Tally{Code: code})
	}
	t.Rows[i].count(e)
}
