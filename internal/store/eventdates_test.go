package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// lessons are the details of an event with those starts.
func lessons(starts ...string) agenda.EventDetails {
	d := reading(starts[0])
	for _, s := range starts[1:] {
		start := must(agenda.ParseLocal(s))
		d.Further = append(d.Further, agenda.EventDate{Start: start, End: start.AddMinutes(90)})
	}
	return d
}

func (n *network) course(starts ...string) agenda.Event {
	n.t.Helper()
	return must(n.AddEvent(ctx, agenda.Shell, 2027, lessons(starts...), agenda.Published, ""))
}

// daily are so many starts, days apart.
func daily(first string, days, count int) (out []string) {
	start := must(agenda.ParseLocal(first))
	for i := range count {
		out = append(out, start.AddDays(i*days).String())
	}
	return out
}

func TestEveryDateOfACourseIsRemindedOf(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.course(daily("2027-09-06T18:00", 7, 12)...) // more than wait at a time, and over the change of clocks
	n.watch(e.ID, "w@example.org")
	for i, d := range e.Dates() {
		if i > 0 { // the reminder a week before comes with the last date's
			n.at(d.Start.AddDays(-7).Date.String() + "T07:59")
			n.wantLetters(fmt.Sprintf("date %d, too early", i+1))
		}
		n.at(d.Start.AddDays(-7).Date.String() + "T08:00")
		wantText(t, n.wantLetters(fmt.Sprintf("date %d, a week before", i+1), "reminder w"), fmt.Sprintf("(%d von 12)", i+1), "18:00")
		n.wantLetters("once")
		n.at(d.Start.AddDays(-1).Date.String() + "T08:00")
		if i == 0 {
			wantText(t, n.wantLetters("the day before the first", "reminder w"), "(1 von 12)")
			continue
		}
		// a day before this date, the next one's week-before mail is due tomorrow
		wantText(t, n.wantLetters(fmt.Sprintf("date %d, the day before", i+1), "reminder w"), fmt.Sprintf("(%d von 12)", i+1))
	}
	n.at("2028-01-10T12:00")
	n.wantLetters("all are over", "visitors erika")
}

func TestCancelledDateIsNotRemindedOf(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T12:00")
	n.call()
	e := n.course("2027-09-06T18:00", "2027-09-13T18:00", "2027-09-20T18:00")
	n.watch(e.ID, "w@example.org")
	n.wait(time.Minute)
	must(n.TurnDate(ctx, agenda.Shell, e.ID, 2, true, e.Changed, mail))
	n.wait(11 * time.Minute)
	got := n.wantLetters("the watchers are told", "change w")
	wantText(t, got, "13. September", "fällt aus", "Die anderen Termine bleiben")
	if !strings.Contains(string(got[0].Calendar), "STATUS:CANCELLED") {
		t.Errorf("the calendar of the mail cancels nothing:\n%s", got[0].Calendar)
	}
	n.at("2027-08-30T08:00")
	wantText(t, n.wantLetters("a week before the first", "reminder w"), "6. September")
	n.at("2027-09-05T08:00")
	n.wantLetters("a day before the first", "reminder w")
	n.at("2027-09-12T08:00")
	n.wantLetters("a day before the cancelled one")
	n.at("2027-09-13T08:00")
	wantText(t, n.wantLetters("a week before the last", "reminder w"), "20. September")
	if got := n.history(agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}); got[len(got)-1] != "date_cancelled: Lesung" {
		t.Errorf("%v", got)
	}
}

func TestDateCancelledAndRestoredAtOnceTellsNobody(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T12:00")
	n.call()
	e := n.course("2027-09-06T18:00", "2027-09-13T18:00")
	n.watch(e.ID, "w@example.org")
	e = must(n.TurnDate(ctx, agenda.Shell, e.ID, 2, true, e.Changed, mail))
	must(n.TurnDate(ctx, agenda.Shell, e.ID, 2, true, time.Time{}, mail)) // second click
	n.wait(time.Minute)
	must(n.TurnDate(ctx, agenda.Shell, e.ID, 2, false, e.Changed, mail))
	n.wait(time.Hour)
	n.wantLetters("a slip")
	if _, err := n.TurnDate(ctx, agenda.Shell, e.ID, 1, true, e.Changed, mail); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("two at once: %v, want ErrConflict", err)
	}
}

func TestMovedDateTellsOldAndNew(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T12:00")
	n.call()
	e := n.course("2027-09-06T18:00", "2027-09-13T18:00", "2027-09-20T18:00")
	n.watch(e.ID, "w@example.org")
	e = must(n.ChangeEvent(ctx, agenda.Shell, e.ID, lessons("2027-09-06T18:00", "2027-09-14T19:00", "2027-09-20T18:00"), e.Changed, mail))
	if e.Further[0].No != 2 {
		t.Errorf("moved date has number %d", e.Further[0].No)
	}
	n.wait(11 * time.Minute)
	wantText(t, n.wantLetters("moved", "change w"), "Bisher: Montag, 13. September 2027, 18:00", "Wann: Dienstag, 14. September 2027, 19:00")
	n.at("2027-09-07T08:00")
	n.wantLetters("a week before the new day, and what was due for the first", "reminder w")
}

func TestLimitsOfACourse(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.course(daily("2027-09-06T18:00", 12, agenda.MostDates)...) // two years of months
	n.watch(e.ID, "w@example.org")
	d := lessons(daily("2030-01-07T18:00", 12, agenda.MostDates)...)
	d.Internal.Email = "erika@example.org"
	if _, err := n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, mail); err != nil {
		t.Errorf("all of the most dates at once: %v", err)
	}
	for i := range 45 {
		n.watch(e.ID, fmt.Sprintf("w%02d@example.org", i))
	}
	n.at("2029-12-31T08:00")
	n.expect("everybody is told of the move and reminded", map[agenda.Kind]int{agenda.KindReminder: 46, agenda.KindChange: 46})
}

func TestCourseAfterDowntime(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.course(daily("2027-09-06T18:00", 1, 30)...)
	n.watch(e.ID, "w@example.org")
	n.at("2027-09-25T12:00") // far beyond what was waiting
	got := n.letters()
	var text []string
	for _, l := range got {
		text = append(text, l.Subject)
	}
	// One mail for each date still to come of which a reminder was due: the
	// newest reminder only.
	if len(got) != 8 || !strings.Contains(strings.Join(text, "\n"), "25. September") || !strings.Contains(strings.Join(text, "\n"), "2. Oktober") {
		t.Errorf("%d mails:\n%s", len(got), strings.Join(text, "\n"))
	}
	n.at("2027-09-26T08:00")
	n.wantLetters("and goes on", "reminder w", "reminder w")
}

func TestRestoredCourseIsRemindedOf(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T12:00")
	n.call()
	e := n.course(daily("2027-09-06T18:00", 7, 12)...)
	n.watch(e.ID, "w@example.org")
	backup := n.backup()
	n.at("2027-10-20T12:00") // all that waited is overdue
	again, _ := n.restored(backup, false)
	if err := again.RemindCourses(ctx); err != nil {
		t.Fatal(err)
	}
	again.at("2027-10-24T08:00")
	wantText(t, again.wantLetters("a day before", "reminder w"), "25. Oktober")
	if err := again.RemindCourses(ctx); err != nil {
		t.Fatal(err)
	}
	again.wantLetters("looked at again")
}

func TestCourseIsFoundOnEachOfItsDates(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.course("2027-09-06T18:00", "2027-10-04T18:00", "2028-01-10T18:00")
	other := n.public("2027-11-20T18:30")
	find := func(from, until string) (out []agenda.EventID) {
		for _, f := range must(n.EventsBetween(ctx, must(agenda.ParseDate(from)), must(agenda.ParseDate(until)))) {
			out = append(out, f.ID)
		}
		return out
	}
	for _, c := range []struct {
		from, until string
		want        []agenda.EventID
	}{
		{"2027-09-06", "2027-09-06", []agenda.EventID{e.ID}}, {"2027-10-04", "2027-10-04", []agenda.EventID{e.ID}}, {"2028-01-01", "2028-01-31", []agenda.EventID{e.ID}},
		{"2027-11-01", "2027-11-30", []agenda.EventID{other.ID}}, {"2027-08-01", "2028-12-31", []agenda.EventID{e.ID, other.ID}}, {"2028-03-01", "2028-03-31", nil},
	} {
		if got := find(c.from, c.until); !slices.Equal(got, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.from, c.until, got, c.want)
		}
	}
	if all := must(n.Events(ctx, 0)); len(all) != 2 {
		t.Errorf("%d events, want each once", len(all))
	}
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, lessons("2027-09-06T18:00", "2027-12-06T18:00"), time.Time{}, agenda.Telling{}))
	if got := find("2028-01-01", "2028-01-31"); got != nil {
		t.Errorf("still found where it was: %v", got)
	}
	if got := find("2027-12-06", "2027-12-06"); len(got) != 1 {
		t.Errorf("not found where it is now: %v", got)
	}
	look := func(d agenda.EventDetails) []agenda.EventClash {
		clashes, _, err := n.EventClashes(ctx, 2027, "", d, func(agenda.Date) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		return clashes
	}
	clashes := look(reading("2027-12-06T18:30"))
	if len(clashes) != 1 || clashes[0].Start.String() != "2027-12-06T18:00" {
		t.Errorf("clash with a further date: %+v", clashes)
	}
	late := lessons("2027-07-05T18:00", "2027-11-20T18:00")
	if clashes = look(late); len(clashes) != 1 || clashes[0].Event != other.ID {
		t.Errorf("clash of a further date: %+v", clashes)
	}
}

var month = store.Retention{Submissions: 30 * 24 * time.Hour}

func TestForgottenCourseLeavesNothing(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	must(n.AddEvent(ctx, agenda.Shell, 2027, lessons("2027-09-06T18:00", "2027-12-06T18:00"), agenda.Submitted, ""))
	forget := func(at string, want int) {
		t.Helper()
		n.at(at)
		must(n.Forget(ctx, month))
		if got := len(must(n.EventsBetween(ctx, must(agenda.ParseDate("2027-12-01")), must(agenda.ParseDate("2027-12-31"))))); got != want {
			t.Errorf("%s: %d events, want %d", at, got, want)
		}
	}
	forget("2027-11-15T12:00", 1) // it is not over
	forget("2028-01-15T12:00", 0)
}

// One night deletes a whole year's submissions, however many there are: the
// writes of one go are limited.
func TestManyForgottenAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	for range 30 {
		must(n.AddEvent(ctx, agenda.Shell, 2027, lessons("2027-09-06T18:00", "2027-10-04T18:00", "2027-11-08T18:00", "2027-12-06T18:00"), agenda.Submitted, ""))
	}
	house := must(n.AddEvent(ctx, agenda.Shell, 2027, held("2027-09-10T18:00", 40), agenda.Published, ""))
	for i := range 40 {
		if err := n.SignUp(ctx, house.ID, agenda.SignUp{Name: "Ada", Email: fmt.Sprintf("ada%d@example.org", i), Persons: 1, Lang: agenda.German}); err != nil {
			t.Fatal(err)
		}
	}
	n.at("2028-03-01T12:00")
	must(n.Forget(ctx, month))
	if left := must(n.Events(ctx, 2027)); len(left) != 1 {
		t.Errorf("%d events left, want the public one", len(left))
	}
	if left := must(n.SignUps(ctx, house.ID)); len(left) != 0 {
		t.Errorf("%d sign-ups left", len(left))
	}
}

// held is an event with places for sign-up.
func held(start string, places int) agenda.EventDetails {
	d := lessons(start)
	d.SignUpHere, d.Places = true, places
	return d
}

func TestOneSignUpForAllDates(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T12:00")
	n.call()
	d := lessons("2027-09-06T18:00", "2027-09-13T18:00", "2027-09-20T18:00")
	d.SignUpHere, d.Places = true, 5
	e := must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
	n.at("2027-09-07T12:00") // the first date is over, the course is not
	if err := n.SignUp(ctx, e.ID, agenda.SignUp{Name: "Ada", Email: "ada@example.org", Persons: 1, Lang: agenda.German}); err != nil {
		t.Fatalf("late: %v", err)
	}
	l := n.letters()
	token := l[len(l)-1].Unsubscribe
	if _, err := n.ConfirmSignUp(ctx, token[strings.LastIndex(token, "/")+1:]); err != nil {
		t.Fatal(err)
	}
	n.letters()
	n.at("2027-09-12T08:00")
	wantText(t, n.wantLetters("a day before the second", "reminder ada"), "(2 von 3)")
	n.at("2027-09-13T08:00")
	n.wantLetters("a week before the third", "reminder ada")
	n.at("2027-09-19T08:00")
	wantText(t, n.wantLetters("a day before the third", "reminder ada"), "(3 von 3)")
	if err := n.SignUp(ctx, e.ID, agenda.SignUp{Name: "Bo", Email: "bo@example.org", Persons: 1, Lang: agenda.German}); err != nil {
		t.Errorf("until the last date begins: %v", err)
	}
	n.at("2027-09-20T18:30")
	if err := n.SignUp(ctx, e.ID, agenda.SignUp{Name: "Cy", Email: "cy@example.org", Persons: 1, Lang: agenda.German}); err == nil {
		t.Error("after the last date")
	}
}

func TestWatchersOfACourseStayUntilItsEnd(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T12:00")
	n.call()
	e := n.course("2027-09-06T18:00", "2027-11-08T18:00")
	n.watch(e.ID, "w@example.org")
	n.at("2027-10-01T12:00")
	n.letters()
	must(n.Forget(ctx, month))
	n.watch(e.ID, "late@example.org") // the first date is over, the course is not
	n.at("2027-11-07T08:00")
	n.wantLetters("a day before the last", "reminder late", "reminder w")
	n.at("2027-11-09T10:00")
	n.wantLetters("after the last", "visitors erika")
}
