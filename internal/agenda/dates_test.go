package agenda_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"widunetz/internal/agenda"
)

// course is an event of 2027 with those days at 18:00, in order.
func course(r agenda.Review, days ...string) agenda.Event {
	e := event(r)
	e.ID, e.EventDetails = "k", agenda.EventDetails{}
	if r == agenda.Published {
		e.Released = changed
	}
	return e.With(evenings(days...))
}

func evenings(days ...string) agenda.EventDetails {
	d := event(agenda.Published).EventDetails
	d.Further = nil
	for i, day := range days {
		start := local("2027-" + day + "T18:00")
		if i == 0 {
			d.Start, d.End = start, start.AddMinutes(90)
			continue
		}
		d.Further = append(d.Further, agenda.EventDate{Start: start, End: start.AddMinutes(90)})
	}
	return d
}

// numbers shows dates as "1 09-06" with a mark for cancelled ones.
func numbers(dates []agenda.EventDate) string {
	var out []string
	for _, d := range dates {
		s := fmt.Sprintf("%d %s", d.No, d.Start.String()[5:10])
		if d.Off {
			s += " off"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestDatesKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		had, to      []string
		want, gone   string
		wantSequence int
	}{
		{"nothing changes", []string{"09-06", "09-13"}, []string{"09-06", "09-13"}, "1 09-06, 2 09-13", "", 0},
		{"one more at the end", []string{"09-06", "09-13"}, []string{"09-06", "09-13", "09-20"}, "1 09-06, 2 09-13, 3 09-20", "", 1},
		{"one between", []string{"09-06", "09-20"}, []string{"09-06", "09-13", "09-20"}, "1 09-06, 3 09-13, 2 09-20", "", 1},
		{"one before the first", []string{"09-13", "09-20"}, []string{"09-06", "09-13", "09-20"}, "3 09-06, 1 09-13, 2 09-20", "", 1},
		{"one moved by a day", []string{"09-06", "09-13", "09-20"}, []string{"09-06", "09-14", "09-20"}, "1 09-06, 2 09-14, 3 09-20", "", 1},
		{"one moved far", []string{"09-06", "09-13", "09-20"}, []string{"09-06", "09-20", "11-08"}, "1 09-06, 3 09-20, 2 11-08", "", 1},
		{"all moved by a day", []string{"09-06", "09-13", "09-20"}, []string{"09-07", "09-14", "09-21"}, "1 09-07, 2 09-14, 3 09-21", "", 1},
		{"the first falls out", []string{"09-06", "09-13", "09-20"}, []string{"09-13", "09-20"}, "2 09-13, 3 09-20", "1 09-06 off", 1},
		{"one between falls out", []string{"09-06", "09-13", "09-20"}, []string{"09-06", "09-20"}, "1 09-06, 3 09-20", "2 09-13 off", 1},
		{"a week later: the first falls out, one comes", []string{"09-06", "09-13", "09-20", "09-27"}, []string{"09-13", "09-20", "09-27", "10-04"}, "2 09-13, 3 09-20, 4 09-27, 1 10-04", "", 1},
		{"two fall out, two come", []string{"09-06", "09-13", "09-20"}, []string{"09-06", "10-18", "10-25"}, "1 09-06, 4 10-18, 5 10-25", "2 09-13 off, 3 09-20 off", 1},
		{"it becomes one date", []string{"09-06", "09-13"}, []string{"09-13"}, "2 09-13", "1 09-06 off", 1},
		{"one date becomes a course", []string{"09-06"}, []string{"09-06", "09-13"}, "1 09-06, 2 09-13", "", 1},
	} {
		e := course(agenda.Published, c.had...)
		got, _, err := e.Change(evenings(c.to...), false, time.Time{}, changed, berlin(t))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if n := numbers(got.Dates()); n != c.want || numbers(got.Gone) != c.gone || got.Sequence-e.Sequence != c.wantSequence {
			t.Errorf("%s: dates %s, gone %s, sequence +%d; want %s, gone %s, +%d", c.name, n, numbers(got.Gone), got.Sequence-e.Sequence, c.want, c.gone, c.wantSequence)
		}
	}
}

func TestNumbersAreNeverUsedAgain(t *testing.T) {
	t.Parallel()
	e := course(agenda.Published, "09-06", "09-13", "09-20")
	step := func(want string, days ...string) {
		t.Helper()
		var err error
		if e, _, err = e.Change(evenings(days...), false, time.Time{}, changed, berlin(t)); err != nil {
			t.Fatal(err)
		}
		if got := numbers(e.Dates()); got != want {
			t.Errorf("%v: %s, want %s", days, got, want)
		}
	}
	step("1 09-06, 2 09-13", "09-06", "09-13")
	step("1 09-06, 2 09-13, 4 11-01, 5 11-08", "09-06", "09-13", "11-01", "11-08")
	step("1 09-06", "09-06")
	step("1 09-06, 2 09-13, 6 12-06", "09-06", "09-13", "12-06") // the same time is the same date again
	if got := numbers(e.Gone); got != "3 09-20 off, 4 11-01 off, 5 11-08 off" {
		t.Errorf("gone: %s", got)
	}
	draft := course(agenda.Submitted, "09-06", "09-13")
	if draft, _, _ = draft.Change(evenings("09-06"), true, time.Time{}, changed, berlin(t)); len(draft.Gone) != 0 {
		t.Errorf("nobody has the dates of what was never public: %v", draft.Gone)
	}
}

func TestGoneDatesAreForgotten(t *testing.T) {
	t.Parallel()
	e := course(agenda.Published, "09-06", "09-13", "09-20")
	change := func(at string, days ...string) {
		t.Helper()
		var err error
		if e, _, err = e.Change(evenings(days...), false, time.Time{}, local(at).In(berlin(t)), berlin(t)); err != nil {
			t.Fatal(err)
		}
	}
	change("2027-09-01T12:00", "09-06", "09-20")
	before := e
	change("2027-11-01T12:00", "09-06", "09-20", "11-08")
	if len(e.Gone) != 0 || numbers(before.Gone) != "2 09-13 off" {
		t.Errorf("gone after 30 days: %v; the event as it was: %v", e.Gone, before.Gone)
	}
}

func TestMovedDateKnowsItsOldTime(t *testing.T) {
	t.Parallel()
	e := course(agenda.Published, "09-06", "09-13", "09-20")
	for _, days := range [][]string{{"09-06", "09-14", "09-20"}, {"09-07", "09-14", "09-20"}, {"09-07", "09-14", "09-21"}} {
		var err error
		if e, _, err = e.Change(evenings(days...), false, time.Time{}, changed, berlin(t)); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"09-06", "09-13", "09-20"} {
		one := e.On(e.Dates()[i])
		if one.Was == nil || one.Was.Start != local("2027-"+want+"T18:00") || one.At.Nth != i+1 || one.At.All != 3 || one.Start != e.Dates()[i].Start {
			t.Errorf("date %d: %+v, was %v", i+1, one.At, one.Was)
		}
	}
	back, _, err := e.Change(evenings("09-06", "09-14", "09-20"), false, time.Time{}, changed, berlin(t))
	if err != nil || back.On(back.Dates()[1]).Was == nil {
		t.Errorf("the others are still moved: %v", err)
	}
}

func TestDatesAreChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines string
		rule  string
	}{
		"twice":                         {"13.09.2027\n13.09.2027 18:00–19:30", "dates_double"},
		"the first again":               {"06.09.2027 18:00–19:30", "dates_double"},
		"before the first":              {"30.08.2027", "dates_before"},
		"while another is on":           {"13.09.2027\n13.09.2027 19:00–20:00", "dates_overlap"},
		"while the first is on":         {"06.09.2027 19:00–20:00", "dates_overlap"},
		"the hour that does not exist":  {"26.03.2028 02:30–04:00", "dates_clock"},
		"the hour that is there twice":  {"31.10.2027 02:30–04:00", "dates_clock"},
		"too far off":                   {"13.09.2029", "dates_far"},
		"none takes place":              {"06.09.2027 (abgesagt)\n13.09.2027 (abgesagt)", "dates_all_off"},
		"longer than any date can last": {"13.09.2027 18:00–13.12.2027 19:30", "dates_line"},
	} {
		d, problems := evenings("09-06").ParseDateLines(c.lines)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", name, problems)
		}
		wantProblem(t, d.Clean().Check(false, berlin(t)), "further", c.rule)
	}
	d := evenings("09-06")
	for i := range agenda.MostDates - 1 {
		start := d.Start.AddDays(i + 1)
		d.Further = append(d.Further, agenda.EventDate{Start: start, End: start.AddMinutes(60)})
	}
	if err := d.Check(false, berlin(t)); err != nil {
		t.Errorf("as many as there can be: %v", err)
	}
	start := d.Start.AddDays(100)
	d.Further = append(d.Further, agenda.EventDate{Start: start, End: start.AddMinutes(60)})
	wantProblem(t, d.Check(false, berlin(t)), "further", "dates_most")
}

func TestLinesOfDates(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"13.09.2027 18:00–19:30":               "13.09.2027 18:00–19:30",
		"13.9.27, 18-19.30 Uhr":                "13.09.2027 18:00–19:30",
		"Mo., 13.9. 17:00 bis 18:30":           "13.09.2027 17:00–18:30",
		"Montag, 13. 9. 2027 17 Uhr - 19 Uhr":  "13.09.2027 17:00–19:00",
		"2027-09-13 10:00-12:00":               "13.09.2027 10:00–12:00",
		"13.9.":                                "13.09.2027 18:00–19:30",
		"13.9. 19:00":                          "13.09.2027 19:00–20:30",
		"3.2.":                                 "03.02.2028 18:00–19:30", // the next one after the first
		"13.9. 22:00–01:00":                    "13.09.2027 22:00–01:00",
		"13.9. 18:00–15.9.2027 12:00":          "13.09.2027 18:00–15.09.2027 12:00",
		"13.09.2027 18:00–19:30 (abgesagt)":    "13.09.2027 18:00–19:30 (abgesagt)",
		"31.02.2027 18:00–19:30":               "",
		"13.09.2027 25:00–26:00":               "",
		"montags":                              "",
		"13.09.2027 18:00–19:30, Raum 3":       "",
		"13.09.2027 18:00 – 19:30 – 20:00 Uhr": "",
	} {
		d, problems := evenings("09-06").ParseDateLines("\n" + line + "\n")
		if want == "" {
			if len(problems) != 1 || problems[0].Want != line {
				t.Errorf("%q: %v, want a problem with the line", line, problems)
			}
			continue
		}
		if got := strings.Join(d.DateLines(), "|"); got != want || len(problems) > 0 {
			t.Errorf("%q: %q, %v, want %q", line, got, problems, want)
		}
	}
	d := course(agenda.Published, "09-06", "09-13", "09-20").EventDetails
	d.FirstOff = true
	again, problems := d.ParseDateLines(strings.Join(d.DateLines(), "; "))
	if len(problems) > 0 || !slices.EqualFunc(again.Dates(), d.Dates(), func(a, b agenda.EventDate) bool { a.No = b.No; return a == b }) {
		t.Errorf("lines read again: %v, want %v", again.Dates(), d.Dates())
	}
}

func TestWeeklyDates(t *testing.T) {
	t.Parallel()
	holiday := func(d agenda.Date) string {
		if d == date("2027-10-04") || d == date("2027-10-25") {
			return "day.free"
		}
		return ""
	}
	for _, c := range []struct {
		name         string
		weeks, times int
		until        string
		want         string
		skipped      int
	}{
		{"until a day", 1, 0, "2027-09-27", "0 09-13, 0 09-20, 0 09-27", 0},
		{"so many, holidays aside", 1, 5, "", "0 09-13, 0 09-20, 0 09-27, 0 10-11", 1},
		{"every second week", 2, 0, "2027-11-01", "0 09-20, 0 10-18, 0 11-01", 1},
		{"whichever comes first", 1, 20, "2027-09-14", "0 09-13", 0},
	} {
		d, skipped, err := evenings("09-06").Weekly(c.weeks, c.times, date(c.until), holiday)
		if err != nil || numbers(d.Further) != c.want || len(skipped) != c.skipped {
			t.Errorf("%s: %s, %v, %v; want %s", c.name, numbers(d.Further), skipped, err, c.want)
		}
	}
	// The clocks go back on 31 October: 18:00 stays 18:00.
	d, _, err := evenings("10-18").Weekly(1, 4, agenda.Date{}, func(agenda.Date) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range d.Dates() {
		if one.Start.Clock() != "18:00" || one.End.Clock() != "19:30" || agenda.LocalOf(one.Start.In(berlin(t)), berlin(t)) != one.Start {
			t.Errorf("%s–%s", one.Start, one.End)
		}
	}
	for rule, c := range map[string]func() error{
		"dates_how_long": func() error { _, _, err := evenings("09-06").Weekly(1, 0, agenda.Date{}, holiday); return err },
		"dates_before":   func() error { _, _, err := evenings("09-06").Weekly(1, 0, date("2027-08-01"), holiday); return err },
		"between":        func() error { _, _, err := evenings("09-06").Weekly(1, 61, agenda.Date{}, holiday); return err },
		"dates_first": func() error {
			_, _, err := agenda.EventDetails{}.Weekly(1, 3, agenda.Date{}, holiday)
			return err
		},
	} {
		var p agenda.Problems
		if err := c(); !errors.As(err, &p) || p[0].Rule != rule {
			t.Errorf("%v, want %s", err, rule)
		}
	}
}

func date(s string) agenda.Date {
	d, _ := agenda.ParseDate(s) // none for ""
	return d
}

func TestOneDateIsCancelledAndRestored(t *testing.T) {
	t.Parallel()
	e := course(agenda.Published, "09-06", "09-13")
	off, changes, err := e.TurnDate(1, true, changed)
	if err != nil || len(changes) != 1 || !off.FirstOff || off.Sequence != e.Sequence+1 || !off.Changed.After(e.Changed) {
		t.Fatalf("%+v, %v", changes, err)
	}
	if one := off.On(off.FirstDate()); one.Standing != agenda.Cancelled || off.Standing != agenda.Scheduled {
		t.Errorf("the date is %s, the event %s", one.Standing, off.Standing)
	}
	if _, _, err := off.TurnDate(2, true, changed); !errors.Is(err, agenda.ErrState) {
		t.Errorf("the last date: %v, want ErrState", err)
	}
	if again, changes, err := off.TurnDate(1, true, changed); err != nil || changes != nil || cmp.Diff(again, off) != "" {
		t.Errorf("second click: %v, %v", changes, err)
	}
	if on, _, err := off.TurnDate(1, false, changed); err != nil || on.FirstOff || on.Sequence != off.Sequence+1 {
		t.Errorf("restored: %v", err)
	}
	if _, _, err := e.TurnDate(7, true, changed); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("no such date: %v", err)
	}
	if _, _, err := event(agenda.Published).TurnDate(1, true, changed); !errors.Is(err, agenda.ErrState) {
		t.Errorf("the only date: %v", err)
	}
}

func TestCourseInAnotherEdition(t *testing.T) {
	t.Parallel()
	d := course(agenda.Published, "09-13", "09-20").EventDetails
	d.FirstOff = true
	got := d.ToEdition(agenda.Edition{Starts: date("2027-09-11")}, agenda.Edition{Starts: date("2028-09-09")})
	if s := numbers(got.Further); got.Start != local("2028-09-11T18:00") || s != "0 09-18" || got.FirstOff || got.FirstNo != 0 && got.FirstNo != 1 {
		t.Errorf("%s, %s", got.Start, s)
	}
	if len(d.Further) != 1 || d.Further[0].Start != local("2027-09-20T18:00") {
		t.Error("the old one changed with it")
	}
}

func TestCourseEndsWithItsLastDate(t *testing.T) {
	t.Parallel()
	e := course(agenda.Published, "09-06", "09-13", "09-20")
	loc := berlin(t)
	e, _, _ = e.TurnDate(3, true, changed)
	if e.Until() != local("2027-09-20T19:30") || e.Held() != local("2027-09-13T19:30") {
		t.Errorf("until %s, held until %s", e.Until(), e.Held())
	}
	if now := local("2027-09-10T12:00").In(loc); e.TookPlace(now, loc) || e.Proposes(now, loc) == false {
		t.Error("over before the last date")
	}
	if !e.TookPlace(local("2027-09-14T12:00").In(loc), loc) {
		t.Error("not over after the last date that takes place")
	}
	n, ok := rules(t).AskVisitors(e, true, changed)
	if !ok || !n.Due.Equal(local("2027-09-14T10:00").In(loc)) {
		t.Errorf("visitors are asked for at %s", n.Due)
	}
}

func TestRemindersOfACourse(t *testing.T) {
	t.Parallel()
	e := course(agenda.Published, "09-06", "09-13", "09-20", "09-27", "10-04", "10-11", "10-18")
	e.Further[1].Off = true
	twice := agenda.EventDate{No: 99, Start: local("2027-09-06T20:00"), End: local("2027-09-06T21:00")}
	e.EventDetails = e.WithDates(append(e.Dates(), twice))
	marks := func(at string) (out []string) {
		for _, n := range rules(t).EventReminders(e, agenda.Edition{Leads: []int{7, 1}}, local(at).In(berlin(t))) {
			out = append(out, n.Mark[5:10]+"-"+fmt.Sprint(n.Lead)+" "+string(n.ID))
		}
		return out
	}
	// 09-20 is cancelled, the second date of 09-06 is told of with the first.
	if d := cmp.Diff(marks("2027-08-01T12:00"), []string{
		"09-06-7 r.event.k.7", "09-06-1 r.event.k.1", "09-13-7 r.event.k.7.2", "09-13-1 r.event.k.1.2", "09-27-7 r.event.k.7.4", "09-27-1 r.event.k.1.4",
		"10-04-7 r.event.k.7.5",
	}[:6]); d != "" {
		t.Error(d)
	}
	if got := marks("2027-10-03T12:00"); len(got) != 4 {
		t.Errorf("at the end: %v", got)
	}
}

func TestClashesOfACourse(t *testing.T) {
	t.Parallel()
	d := course(agenda.Submitted, "09-06", "09-13", "09-20", "09-27").EventDetails
	d.Audiences = []string{"frauen"}
	other := course(agenda.Published, "08-30", "09-13", "09-27")
	other.ID, other.Audiences = "o", []string{"frauen"}
	clashes := d.EventClashes("k", []agenda.Event{other}, agenda.Edition{})
	if len(clashes) != 1 || clashes[0].Dates != 2 || clashes[0].Own != local("2027-09-13T18:00") || clashes[0].Start != local("2027-09-13T18:00") {
		t.Fatalf("%+v", clashes)
	}
	d.Further[0].Off = true
	if clashes = d.EventClashes("k", []agenda.Event{other}, agenda.Edition{}); len(clashes) != 1 || clashes[0].Dates != 1 || clashes[0].Own != local("2027-09-27T18:00") {
		t.Errorf("a cancelled date clashes: %+v", clashes)
	}
	other.Further = nil
	if clashes = d.EventClashes("k", []agenda.Event{other}, agenda.Edition{}); len(clashes) != 0 {
		t.Errorf("%+v", clashes)
	}
}

func TestCoverageOfACourse(t *testing.T) {
	t.Parallel()
	ed := agenda.Edition{Year: 2027, Starts: date("2027-09-06"), Ends: date("2027-10-03")}
	e := course(agenda.Published, "09-06", "09-07", "09-20", "09-27")
	e.Further[2].Off = true
	c := agenda.Cover(ed, []agenda.Event{e}, 0)
	var got []int
	for _, n := range c.ByWeek {
		got = append(got, n.Sure)
	}
	if !slices.Equal(got, []int{1, 0, 1, 0}) || c.Total.Sure != 1 {
		t.Errorf("by week %v, in all %d", got, c.Total.Sure)
	}
}

func TestPrintedCourseThatChanged(t *testing.T) {
	t.Parallel()
	e := course(agenda.Published, "09-06", "09-13", "09-20")
	was := []agenda.Printed{e.Printed()}
	if c := agenda.PrintChanges(was, []agenda.Printed{e.Printed()}); len(c) != 0 {
		t.Fatalf("nothing changed: %+v", c)
	}
	e, _, _ = e.TurnDate(2, true, changed)
	c := agenda.PrintChanges(was, []agenda.Printed{e.Printed()})
	if len(c) != 1 || c[0].Kind != agenda.PrintMoved || len(c[0].Changes) != 1 || c[0].Changes[0].New != "13.09.2027 18:00–19:30 (abgesagt)" {
		t.Errorf("%+v", c)
	}
}
