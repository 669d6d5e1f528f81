package agenda_test

import (
	"fmt"
	"testing"

	"widunetz/internal/agenda"
)

func TestShortfalls(t *testing.T) {
	t.Parallel()
	four := agenda.Group{ID: "p", Name: "Projektgruppe", PerYear: 4}
	six := agenda.Group{ID: "m", Name: "Migration", Weeks: 6}
	whole := []string{"2027-02-03", "2027-05-05", "2027-09-01", "2027-11-03"}
	for name, c := range map[string]struct {
		group agenda.Group
		today string
		dates []string
		want  string
	}{
		"no promise":                        {agenda.Group{}, "2027-03-01", nil, ""},
		"as promised":                       {four, "2027-03-01", whole, ""},
		"one too few":                       {four, "2027-03-01", whole[:3], "few 2027 3/4; "},
		"next year is not planned":          {four, "2027-11-01", whole, "unplanned 2028 0/4; "},
		"in October there is time":          {four, "2027-10-31", whole, ""},
		"next year is planned in part":      {four, "2027-11-10", append(whole, "2028-02-02"), "few 2028 1/4; "},
		"next year is planned":              {four, "2027-11-10", append(whole, "2028-02-02", "2028-05-03", "2028-09-06", "2028-11-08"), ""},
		"eight weeks are no gap":            {six, "2027-10-01", []string{"2027-09-15", "2027-11-10"}, ""},
		"eight weeks and a day are one":     {six, "2027-10-01", []string{"2027-09-15", "2027-11-11"}, "gap 2027 8/8 2027-09-15..2027-11-11; "},
		"a gap that is over":                {six, "2027-10-01", []string{"2027-01-04", "2027-09-15", "2027-11-10"}, ""},
		"the year goes on without a date":   {six, "2027-08-01", []string{"2027-07-15"}, "gap 2027 24/8 2027-07-15..; "},
		"no date at all":                    {six, "2027-08-01", nil, "gap 2027 21/8 2027-08-01..; "},
		"next year is looked at when begun": {six, "2027-11-10", []string{"2027-11-03", "2027-12-15", "2028-01-26", "2028-12-20"}, "gap 2028 47/8 2028-01-26..2028-12-20; "},
	} {
		var meetings []agenda.Meeting
		for _, d := range c.dates {
			meetings = append(meetings, agenda.Meeting{MeetingDetails: agenda.MeetingDetails{Start: day(d).At(9, 0), End: day(d).At(11, 0)}})
		}
		got := ""
		for _, s := range agenda.Shortfalls(c.group, meetings, day(c.today)) {
			got += fmt.Sprintf("%s %d %d/%d", s.Rule, s.Year, s.N, s.Of)
			if s.Rule == "gap" {
				got += fmt.Sprintf(" %s..%s", s.From, s.To)
			}
			got += "; "
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
