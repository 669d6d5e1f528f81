package ics

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// weekly are the Thursdays 15, 22, 29 April and 6 May.
const weekly = "RRULE:FREQ=WEEKLY;COUNT=4"

func TestForeignSeries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		starts     []string // of the dates
		problems   []string
		from, to   string // by default the year 2027
	}{
		{name: "weekly", file: series(weekly), starts: []string{"2027-04-15T19:00", "2027-04-22T19:00", "2027-04-29T19:00", "2027-05-06T19:00"}},
		{name: "semicolon at the end", file: series("RRULE:FREQ=WEEKLY;COUNT=2;"), starts: []string{"2027-04-15T19:00", "2027-04-22T19:00"}},
		{name: "lower case", file: series("RRULE:freq=weekly;count=2;wkst=su"), starts: []string{"2027-04-15T19:00", "2027-04-22T19:00"}},
		{name: "weekly on two days", file: series("RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=TU,TH"), starts: []string{"2027-04-15T19:00", "2027-04-20T19:00", "2027-04-22T19:00"}},
		{name: "every third Thursday", file: series("RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=3TH"), starts: []string{"2027-04-15T19:00", "2027-05-20T19:00", "2027-06-17T19:00"}},
		{
			name: "last Thursday", file: entry("DTSTART:20270429T190000", "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=-1TH"),
			starts: []string{"2027-04-29T19:00", "2027-05-27T19:00", "2027-06-24T19:00"},
		},
		{name: "day of the month", file: series("RRULE:FREQ=MONTHLY;COUNT=3;BYMONTHDAY=15"), starts: []string{"2027-04-15T19:00", "2027-05-15T19:00", "2027-06-15T19:00"}},
		{name: "31st", file: entry("DTSTART:20270531T190000", "RRULE:FREQ=MONTHLY;COUNT=3"), starts: []string{"2027-05-31T19:00", "2027-07-31T19:00", "2027-08-31T19:00"}},
		{name: "yearly", file: series("RRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15"), starts: []string{"2027-04-15T19:00", "2028-04-15T19:00"}, to: "2028-12-31"},
		{name: "workdays", file: series("RRULE:FREQ=DAILY;COUNT=3;BYDAY=MO,TU,WE,TH,FR"), starts: []string{"2027-04-15T19:00", "2027-04-16T19:00", "2027-04-19T19:00"}},

		{name: "F18 until the last start in UTC", file: series("RRULE:FREQ=WEEKLY;UNTIL=20270429T170000Z"), starts: []string{"2027-04-15T19:00", "2027-04-22T19:00", "2027-04-29T19:00"}},
		{name: "F18 until a minute before it", file: series("RRULE:FREQ=WEEKLY;UNTIL=20270429T165900Z"), starts: []string{"2027-04-15T19:00", "2027-04-22T19:00"}},
		{name: "F18 until the end of the day in UTC", file: series("RRULE:FREQ=WEEKLY;UNTIL=20270429T215959Z"), starts: []string{"2027-04-15T19:00", "2027-04-22T19:00", "2027-04-29T19:00"}},
		{name: "F18 until a day", file: series("RRULE:FREQ=WEEKLY;UNTIL=20270429"), starts: []string{"2027-04-15T19:00", "2027-04-22T19:00", "2027-04-29T19:00"}},
		{name: "F18 until a time without zone", file: series("RRULE:FREQ=WEEKLY;UNTIL=20270429T190000"), starts: []string{"2027-04-15T19:00", "2027-04-22T19:00", "2027-04-29T19:00"}},
		{
			name: "F18 until the end of the day adds no night", file: entry("DTSTART:20270415T003000", "RRULE:FREQ=DAILY;UNTIL=20270416T215959Z"),
			starts: []string{"2027-04-15T00:30", "2027-04-16T00:30"},
		},
		{
			name: "F18 until midnight in New York", file: entry("DTSTART;TZID=America/New_York:20270415T010000", "RRULE:FREQ=DAILY;UNTIL=20270417T040000Z"),
			starts: []string{"2027-04-15T07:00", "2027-04-16T07:00"},
		},
		{name: "until before the start", file: series("RRULE:FREQ=WEEKLY;UNTIL=20270101"), problems: []string{"import.rule FREQ=WEEKLY;UNTIL=20270101"}},
		{name: "F19 start is no date of the rule", file: series("RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO"), problems: []string{"import.rule FREQ=WEEKLY;COUNT=3;BYDAY=MO"}},
		{name: "F19 start is another week's", file: series("RRULE:FREQ=MONTHLY;BYDAY=2TH"), problems: []string{"import.rule FREQ=MONTHLY;BYDAY=2TH"}},
		{name: "F19 start is not the last", file: series("RRULE:FREQ=MONTHLY;BYDAY=-1TH"), problems: []string{"import.rule FREQ=MONTHLY;BYDAY=-1TH"}},
		{name: "F19 start is another day", file: series("RRULE:FREQ=MONTHLY;BYMONTHDAY=16"), problems: []string{"import.rule FREQ=MONTHLY;BYMONTHDAY=16"}},
		{name: "F19 start is another month's", file: series("RRULE:FREQ=YEARLY;BYMONTH=5"), problems: []string{"import.rule FREQ=YEARLY;BYMONTH=5"}},

		{
			name: "exceptions in one line and in two", file: series(weekly, "EXDATE;TZID=Europe/Berlin:20270422T190000,20270429T190000", "EXDATE:20270506T170000Z"),
			starts: []string{"2027-04-15T19:00"},
		},
		{
			name: "F21 exception is a whole day", file: series(weekly, "EXDATE;VALUE=DATE:20270422"),
			problems: []string{"import.allday 20270422"},
		},
		{name: "exception of no date", file: series("RRULE:FREQ=WEEKLY;COUNT=1", "EXDATE:20280101T000000"), starts: []string{"2027-04-15T19:00"}},
		{
			name: "added dates", file: series("RDATE;TZID=Europe/Berlin:20270501T100000,20270415T190000", "RDATE:20270502T080000Z"),
			starts: []string{"2027-04-15T19:00", "2027-05-01T10:00", "2027-05-02T10:00"},
		},
		{name: "added span", file: series("RDATE;VALUE=PERIOD:20270501T100000Z/PT1H"), problems: []string{"import.time 20270501T100000Z/PT1H"}},
		{
			name: "rule of exceptions", file: series("RRULE:FREQ=WEEKLY;COUNT=4", "EXRULE:FREQ=WEEKLY;COUNT=2"),
			problems: []string{"import.rule EXRULE, 2 × RRULE"},
		},
		{name: "two rules", file: series(weekly, "RRULE:FREQ=MONTHLY;COUNT=2"), problems: []string{"import.rule EXRULE, 2 × RRULE"}},

		{
			name: "hour survives both changes of clocks", file: entry("DTSTART;TZID=Europe/Berlin:20270304T190000", "RRULE:FREQ=WEEKLY;INTERVAL=4;COUNT=10"),
			starts: []string{
				"2027-03-04T19:00", "2027-04-01T19:00", "2027-04-29T19:00", "2027-05-27T19:00", "2027-06-24T19:00", "2027-07-22T19:00", "2027-08-19T19:00",
				"2027-09-16T19:00", "2027-10-14T19:00", "2027-11-11T19:00",
			},
		},
		{
			name: "series of New York when only its clocks have changed", file: entry("DTSTART;TZID=America/New_York:20270311T130000", "RRULE:FREQ=WEEKLY;COUNT=4"),
			starts: []string{"2027-03-11T19:00", "2027-03-18T18:00", "2027-03-25T18:00", "2027-04-01T19:00"},
		},
		{
			name: "series in UTC moves with the clocks", file: entry("DTSTART:20270325T180000Z", "RRULE:FREQ=WEEKLY;COUNT=2"),
			starts: []string{"2027-03-25T19:00", "2027-04-01T20:00"},
		},
		{
			name: "one date in the hour that is not there", file: entry("DTSTART:20270327T023000", "RRULE:FREQ=DAILY;COUNT=3"),
			starts: []string{"2027-03-27T02:30", "2027-03-29T02:30"}, problems: []string{"import.gap 2027-03-28T02:30"},
		},
		{
			name: "daily for years before the wanted days", file: entry("DTSTART:20180101T190000", "RRULE:FREQ=DAILY"),
			starts: []string{"2027-04-15T19:00", "2027-04-16T19:00"}, from: "2027-04-15", to: "2027-04-16",
		},
		{
			name: "series of Tokyo on the last wanted day", file: entry("DTSTART;TZID=Asia/Tokyo:20270410T030000", "RRULE:FREQ=DAILY"),
			starts: []string{"2027-04-15T20:00", "2027-04-16T20:00"}, from: "2027-04-15", to: "2027-04-16",
		},
		{
			name: "series of New York on the first wanted day", file: entry("DTSTART;TZID=America/New_York:20270410T200000", "RRULE:FREQ=DAILY"),
			starts: []string{"2027-04-15T02:00", "2027-04-16T02:00"}, from: "2027-04-15", to: "2027-04-16",
		},
		{name: "no end, too many", file: series("RRULE:FREQ=DAILY"), problems: []string{"import.many 200"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			from, to := "2027-01-01", "2027-12-31"
			if tt.to != "" {
				to = tt.to
			}
			if tt.from != "" {
				from = tt.from
			}
			items, problems, err := Decode([]byte(calendar(tt.file)), berlin(t), day(from), day(to))
			if err != nil {
				t.Fatal(err)
			}
			var starts []string
			for _, it := range items {
				starts = append(starts, it.Start.String())
			}
			if diff := cmp.Diff(tt.starts, starts); diff != "" {
				t.Errorf("dates: wanted -, taken +\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, reasons(problems)); diff != "" {
				t.Errorf("problems: wanted -, said +\n%s", diff)
			}
		})
	}
}

func TestForeignChangesOfSingleDates(t *testing.T) {
	t.Parallel()
	// on is an entry about the date of 22 April.
	on := func(lines ...string) string {
		return entry(append([]string{"RECURRENCE-ID;TZID=Europe/Berlin:20270422T190000"}, lines...)...)
	}
	moved := on("SUMMARY:Verlegt", "DTSTART;TZID=Europe/Berlin:20270423T180000", "DTEND;TZID=Europe/Berlin:20270423T200000")
	cancelled := on("STATUS:CANCELLED", "DTSTART;TZID=Europe/Berlin:20270422T190000", "DTEND;TZID=Europe/Berlin:20270422T210000")
	first, second, third, fourth := "2027-04-15T19:00–21:00 Sitzung", "2027-04-22T19:00–21:00 Sitzung", "2027-04-29T19:00–21:00 Sitzung", "2027-05-06T19:00–21:00 Sitzung"
	tests := []struct {
		name, file      string
		dates, problems []string
	}{
		{"F22 moved date keeps its place", calendar(series(weekly), moved), []string{first, "2027-04-23T18:00–20:00 Verlegt", third, fourth}, nil},
		{"change before its series", calendar(moved, series(weekly)), []string{first, "2027-04-23T18:00–20:00 Verlegt", third, fourth}, nil},
		{"change in another calendar", calendar(moved) + calendar(series(weekly)), []string{first, "2027-04-23T18:00–20:00 Verlegt", third, fourth}, nil},
		{"F27 cancelled date", calendar(series(weekly), cancelled), []string{first, second + " (cancelled)", third, fourth}, nil},
		{
			"F21 change named in UTC",
			calendar(series(weekly), entry("RECURRENCE-ID:20270422T170000Z", "SUMMARY:Verlegt", "DTSTART:20270423T160000Z")),
			[]string{first, "2027-04-23T18:00–19:00 Verlegt", third, fourth}, nil,
		},
		{"change without its series", calendar(moved), []string{"2027-04-23T18:00–20:00 Verlegt"}, nil},
		{
			"change of a date that is no series", calendar(entry("DTSTART:20270422T190000"), moved),
			[]string{"2027-04-23T18:00–20:00 Verlegt"}, nil,
		},
		{
			"F23 change of a date that the series never had",
			calendar(series(weekly), entry("RECURRENCE-ID:20270601T190000", "SUMMARY:Extra", "DTSTART:20270602T190000")),
			[]string{first, second, third, fourth, "2027-06-02T19:00–20:00 Extra"}, nil,
		},
		{
			"F20 date is left out and changed",
			calendar(series(weekly, "EXDATE;TZID=Europe/Berlin:20270422T190000"), moved),
			[]string{first, third, fourth}, []string{"import.rule EXDATE, RECURRENCE-ID 20270422T190000"},
		},
		{
			"two changes of one date", calendar(series(weekly), moved, cancelled),
			[]string{first, "2027-04-23T18:00–20:00 Verlegt", third, fourth}, []string{"import.uid a"},
		},
		{
			"bad change costs its date only", calendar(series(weekly), on("DTSTART:20270422T190000", "DTEND:20270422T180000")),
			[]string{first, third, fourth}, []string{"import.order 2027-04-22T18:00"},
		},
		{
			"change of this and all later dates", calendar(series(weekly), entry("RECURRENCE-ID;RANGE=THISANDFUTURE:20270422T190000", "DTSTART:20270422T180000")),
			nil, []string{"import.rule RANGE=THISANDFUTURE", "import.rule RANGE=THISANDFUTURE"},
		},
		{
			"change of a whole day", calendar(series(weekly), entry("RECURRENCE-ID;VALUE=DATE:20270422", "DTSTART:20270422T180000")),
			nil, []string{"import.allday 20270422", "import.allday 20270422"},
		},
		{
			"change of no UID", calendar(on("UID:", "DTSTART:20270423T180000")),
			nil, []string{"import.uid"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dates, problems := taken(t, tt.file, "2027-01-01", "2027-12-31")
			if diff := cmp.Diff(tt.dates, dates); diff != "" {
				t.Errorf("dates: wanted -, taken +\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems: wanted -, said +\n%s", diff)
			}
		})
	}
}

// TestMovedFromOutsideOfTheWantedDays has a date that was to be before the
// wanted days and now is one of them, and one that has left them.
func TestMovedFromOutsideOfTheWantedDays(t *testing.T) {
	t.Parallel()
	file := calendar(series(weekly),
		entry("RECURRENCE-ID:20270415T190000", "SUMMARY:Herein", "DTSTART:20270426T190000"),
		entry("RECURRENCE-ID:20270429T190000", "SUMMARY:Hinaus", "DTSTART:20270801T190000"))
	dates, problems := taken(t, file, "2027-04-20", "2027-04-30")
	want := []string{"2027-04-22T19:00–21:00 Sitzung", "2027-04-26T19:00–20:00 Herein"}
	if diff := cmp.Diff(want, dates); diff != "" || len(problems) > 0 {
		t.Errorf("problems %v\n%s", problems, diff)
	}
}

func TestDatesOfSeriesHaveStableUIDs(t *testing.T) {
	t.Parallel()
	uids := func(file string) []string {
		items, _, err := Decode([]byte(file), berlin(t), day("2027-04-20"), day("2027-04-30"))
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, it := range items {
			out = append(out, it.UID)
		}
		return out
	}
	want := []string{"a_2027-04-22T19:00", "a_2027-04-29T19:00"}
	if diff := cmp.Diff(want, uids(calendar(series(weekly)))); diff != "" {
		t.Error(diff)
	}
	moved := entry("RECURRENCE-ID:20270422T170000Z", "DTSTART:20270423T180000")
	if diff := cmp.Diff(want, uids(calendar(moved, series(weekly)))); diff != "" {
		t.Errorf("after a move\n%s", diff)
	}
}

// TestNightSeriesKeepsItsLength has a series whose first date goes through a
// change of clocks.
func TestNightSeriesKeepsItsLength(t *testing.T) {
	t.Parallel()
	dates, _ := taken(t, calendar(entry("DTSTART:20270327T220000", "DTEND:20270328T040000", "RRULE:FREQ=WEEKLY;COUNT=2")), "2027-01-01", "2027-12-31")
	want := []string{"2027-03-27T22:00–2027-03-28T04:00 Sitzung", "2027-04-03T22:00–2027-04-04T04:00 Sitzung"}
	if diff := cmp.Diff(want, dates); diff != "" {
		t.Error(diff)
	}
}

// TestF17SixWeekSeriesGivesTheRightInstants follows a series over both changes
// of clocks of 2026.
func TestF17SixWeekSeriesGivesTheRightInstants(t *testing.T) {
	t.Parallel()
	file := calendar(entry("DTSTART;TZID=Europe/Berlin:20260205T190000", "RRULE:FREQ=WEEKLY;INTERVAL=6;BYDAY=TH;UNTIL=20261231T225959Z"))
	loc := berlin(t)
	items, problems, err := Decode([]byte(file), loc, day("2026-01-01"), day("2026-12-31"))
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	var got []string
	for _, it := range items {
		got = append(got, it.Start.In(loc).UTC().Format("2006-01-02T15:04Z"))
	}
	want := []string{
		"2026-02-05T18:00Z", "2026-03-19T18:00Z", "2026-04-30T17:00Z", "2026-06-11T17:00Z", "2026-07-23T17:00Z", "2026-09-03T17:00Z",
		"2026-10-15T17:00Z", "2026-11-26T18:00Z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestRulesAgreeWithCounting compares the rules of the white list with plain
// counting of days.
func TestRulesAgreeWithCounting(t *testing.T) {
	t.Parallel()
	first := time.Date(2027, 4, 15, 0, 0, 0, 0, time.UTC) // a Thursday
	weeks := func(d time.Time) int { return int(d.Sub(first).Hours()/24+3) / 7 }
	nth := func(d time.Time) int { return (d.Day()-1)/7 + 1 }
	tests := map[string]func(d time.Time) bool{
		"FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH": func(d time.Time) bool {
			return weeks(d)%3 == 0 && (d.Weekday() == time.Monday || d.Weekday() == time.Thursday)
		},
		"FREQ=DAILY;INTERVAL=5":  func(d time.Time) bool { return int(d.Sub(first).Hours())/24%5 == 0 },
		"FREQ=MONTHLY;BYDAY=3TH": func(d time.Time) bool { return d.Weekday() == time.Thursday && nth(d) == 3 },
		"FREQ=MONTHLY;BYDAY=1MO,3TH": func(d time.Time) bool {
			return d.Weekday() == time.Thursday && nth(d) == 3 || d.Weekday() == time.Monday && nth(d) == 1
		},
		"FREQ=MONTHLY;INTERVAL=2":        func(d time.Time) bool { return d.Day() == 15 && d.Month()%2 == 0 },
		"FREQ=YEARLY;BYMONTH=4;BYDAY=TH": func(d time.Time) bool { return d.Month() == time.April && d.Weekday() == time.Thursday },
	}
	for rule, on := range tests {
		var want []string
		for d := first; d.Year() < 2029; d = d.AddDate(0, 0, 1) {
			if on(d) {
				want = append(want, d.Format("2006-01-02")+"T19:00")
			}
		}
		items, problems, err := Decode([]byte(calendar(series("RRULE:"+rule))), berlin(t), day("2027-01-01"), day("2028-12-31"))
		if err != nil || len(problems) > 0 {
			t.Fatal(rule, problems, err)
		}
		var got []string
		for _, it := range items {
			got = append(got, it.Start.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: counted -, taken +\n%s", rule, diff)
		}
	}
}

func TestRefusedRules(t *testing.T) {
	t.Parallel()
	refused := []string{
		"", "FREQ", "FREQ=", "COUNT=3", "FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=2", "FREQ=HOURLY;INTERVAL=2;BYHOUR=1", "FREQ=WEEKLY;BYHOUR=19", "FREQ=MONTHLY;BYDAY=-6SU", "FREQ=MONTHLY;BYDAY=TH,-6SU",
		"FREQ=MONTHLY;BYDAY=-2TH", "FREQ=MONTHLY;BYDAY=0TH", "FREQ=MONTHLY;BYDAY=6TH", "FREQ=MONTHLY;BYDAY=XX", "FREQ=MONTHLY;BYDAY=T", "FREQ=MONTHLY;BYDAY=",
		"FREQ=WEEKLY;BYDAY=3TH", "FREQ=DAILY;BYDAY=3TH", "FREQ=YEARLY;BYDAY=15TH", "FREQ=MONTHLY;BYSETPOS=3;BYDAY=TH", "FREQ=YEARLY;BYWEEKNO=15", "FREQ=YEARLY;BYYEARDAY=105",
		"FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=15,16", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=4", "FREQ=DAILY;BYMONTH=4",
		"FREQ=DAILY;BYMONTHDAY=15", "FREQ=WEEKLY;BYMONTH=4", "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;INTERVAL=-1", "FREQ=WEEKLY;INTERVAL=9223372036854775807",
		"FREQ=WEEKLY;INTERVAL=99999999999999999999", "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;COUNT=999999999", "FREQ=WEEKLY;COUNT=3;UNTIL=20270601", "FREQ=WEEKLY;UNTIL=morgen",
		"FREQ=WEEKLY;UNTIL=20270230", "FREQ=WEEKLY;UNTIL=", "FREQ=WEEKLY;WKST=", "FREQ=WEEKLY;WKST=XX", "FREQ=WEEKLY;RSCALE=CHINESE", "FREQ=WEEKLY;X-A=B", "FREQ=WEEKLY;;COUNT=3",
		"FREQ=YEARLY;BYEASTER=0", "FREQ=WEEKLY;BYDAY=" + strings.TrimSuffix(strings.Repeat("TH,", 500), ","),
	}
	for _, rule := range refused {
		dates, problems := taken(t, calendar(series("RRULE:"+rule)), "2027-01-01", "2027-12-31")
		want := strings.TrimSpace("import.rule " + clip(rule))
		if len(dates) > 0 || !slices.Equal(problems, []string{want}) {
			t.Errorf("%.60q: dates %v, problems %q, want %q", rule, dates, problems, want)
		}
	}
}

func TestEndlessAndHugeSeriesAreTooMany(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{"FREQ=DAILY", "FREQ=DAILY;COUNT=999", "FREQ=DAILY;UNTIL=99991231", "FREQ=DAILY;UNTIL=99991231T235959Z", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"} {
		dates, problems := taken(t, calendar(series("RRULE:"+rule)), "2027-01-01", "2030-12-31")
		if len(dates) > 0 || !slices.Equal(problems, []string{fmt.Sprintf("import.many %d", maxInstances)}) {
			t.Errorf("%s: %d dates, problems %q", rule, len(dates), problems)
		}
	}
}
