package letter

import (
	"errors"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/ics"
	"widunetz/internal/lang"
)

// lessons are the details of the test's event on those days of 2027, 18:00 to
// 19:30 unless a line says otherwise.
func lessons(t testing.TB, days ...string) agenda.EventDetails {
	t.Helper()
	d := event().EventDetails
	d.Title = "Deutschkurs"
	d.Start, d.End = at("2027-09-06T18:00"), at("2027-09-06T19:30")
	d, problems := d.ParseDateLines(strings.Join(days, "\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

// course is an event whose dates are numbered.
func course(t testing.TB, days ...string) agenda.Event {
	e := event()
	e.ID, e.Slug, e.EventDetails, e.Released = "k1", "deutschkurs", agenda.EventDetails{}, made
	return e.With(lessons(t, days...))
}

func changed(t testing.TB, e agenda.Event, days ...string) agenda.Event {
	t.Helper()
	e, _, err := e.Change(lessons(t, days...), false, time.Time{}, made, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func catalog(t testing.TB) *lang.Catalog {
	t.Helper()
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDatesInOneLine(t *testing.T) {
	german, english := catalog(t).Printer(agenda.German), catalog(t).Printer(agenda.English)
	for _, c := range []struct {
		name string
		days []string
		want string
	}{
		{"one date", nil, "Montag, 6. September 2027, 18:00–19:30 Uhr"},
		{"every week", []string{"13.9.", "20.9.", "27.9."}, "montags 18:00–19:30 Uhr, 6.9. bis 27.9.2027"},
		{"a week is left out", []string{"13.9.", "27.9."}, "montags 18:00–19:30 Uhr, 6.9. bis 27.9.2027 (nicht 20.9.)"},
		{"one is cancelled", []string{"13.9.", "20.9. (abgesagt)", "27.9."}, "montags 18:00–19:30 Uhr, 6.9. bis 27.9.2027 (nicht 20.9.)"},
		{"every second week", []string{"20.9.", "4.10."}, "jeden zweiten Montag 18:00–19:30 Uhr, 6.9. bis 4.10.2027"},
		{"over the new year", []string{"13.9.", "20.9.", "27.9.", "4.10.", "11.10.", "18.10.", "25.10.", "1.11.", "8.11.", "15.11.", "22.11.", "29.11.", "6.12.", "13.12.", "20.12.", "3.1."},
			"montags 18:00–19:30 Uhr, 6.9.2027 bis 3.1.2028 (nicht 27.12.2027)"},
		{"two days a week", []string{"8.9.", "13.9.", "15.9.", "20.9.", "22.9."}, "montags 18:00–19:30 Uhr, 6.9. bis 20.9.2027; mittwochs 18:00–19:30 Uhr, 8.9. bis 22.9.2027"},
		{"few dates", []string{"9.9.", "14.9. (abgesagt)"}, "Mo 6.9., Do 9.9., Di 14.9.2027, 18:00–19:30 Uhr (nicht 14.9.)"},
		{"other hours", []string{"11.9. 10:00–16:00"}, "Mo 6.9.2027, 18:00–19:30 Uhr; Sa 11.9.2027, 10:00–16:00 Uhr"},
		{"over the change of clocks", []string{"13.9.", "20.9.", "27.9.", "4.10.", "11.10.", "18.10.", "25.10.", "1.11."}, "montags 18:00–19:30 Uhr, 6.9. bis 1.11.2027"},
	} {
		if got := DatesText(german, lessons(t, c.days...)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := DatesText(english, lessons(t, "13.9.", "27.9.")); got != "Mondays 18:00–19:30, 6 Sep to 27 Sep 2027 (not 20 Sep)" {
		t.Errorf("English: %q", got)
	}
}

// The calendar of a course: a date was put in, one moved, one was removed and
// one cancelled. Each has the UID that it had, and the clocks change within.
func TestCalendarOfACourse(t *testing.T) {
	e := course(t, "27.9.", "4.10.", "25.10.", "1.11.")
	uids := map[string]string{}
	p := catalog(t).Printer(agenda.German)
	for _, it := range EventItems(e, p, "https://w.example") {
		uids[it.Start.String()] = it.UID
	}
	after := changed(t, e, "13.9.", "28.9.", "25.10.", "1.11.")
	after, _, err := after.TurnDate(after.Dates()[3].No, true, made)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range EventItems(after, p, "https://w.example") {
		was := it.Start.String()
		if it.Start.Date == at("2027-09-28T18:00").Date {
			was = "2027-09-27T18:00"
		}
		if was != "2027-09-13T18:00" && it.UID != uids[was] || was == "2027-09-13T18:00" && it.UID == "" {
			t.Errorf("%s has the UID %s, want %s", it.Start, it.UID, uids[was])
		}
		if it.Sequence != 2 || !it.Changed.After(e.Changed) {
			t.Errorf("%s: sequence %d, changed %s", it.Start, it.Sequence, it.Changed)
		}
		if it.Start.Clock() != "18:00" {
			t.Errorf("%s is not at 18:00", it.Start)
		}
	}
	for name, e := range map[string]agenda.Event{"course": e, "course_changed": after} {
		b, errs := ics.Feed(agenda.Feed{Name: "Deutschkurs", Items: EventItems(e, p, "https://w.example")}, berlin(t), ics.Options{})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		golden(t, name+".ics", string(b))
	}
}

func courseFacts(t testing.TB, kind agenda.Kind, was, now agenda.Event) agenda.Facts {
	f := eventFacts(kind, agenda.German)
	f.Event = now
	f.Message.Subject.ID = string(now.ID)
	f.Notice.WasEvent = &was.EventDetails
	return f
}

func TestLettersOfACourse(t *testing.T) {
	w := writer(t)
	e := course(t, "13.9.", "20.9.", "27.9.")
	turn := func(e agenda.Event, no int, off bool) agenda.Event {
		e, _, err := e.TurnDate(no, off, made)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	tea := e
	tea.Food = "Tee"
	for _, c := range []struct {
		name      string
		was, now  agenda.Event
		says, not []string
	}{
		{"one moved", e, changed(t, e, "14.9.", "20.9.", "27.9."), []string{"Änderung: Deutschkurs", "Bisher: Montag, 13. September", "Wann: Dienstag, 14. September", "(2 von 4)"}, []string{"20. September", "6. September"}},
		{"one cancelled", e, turn(e, 3, true), []string{"Fällt aus: Deutschkurs, Mo 20.9.2027", "fällt aus: Deutschkurs (3 von 4)", "Die anderen Termine bleiben"}, []string{"27. September", "Bisher"}},
		{"one removed", e, changed(t, e, "13.9.", "27.9."), []string{"Fällt aus: Deutschkurs, Mo 20.9.2027", "20. September"}, []string{"27. September"}},
		{"one new", e, changed(t, e, "13.9.", "20.9.", "27.9.", "4.10."), []string{"neuer Termin: Deutschkurs (5 von 5)", "4. Oktober"}, []string{"20. September"}},
		{"one restored", turn(e, 3, true), e, []string{"findet doch statt: Deutschkurs (3 von 4)"}, []string{"27. September"}},
		{"something else", e, tea, []string{"Deutschkurs (1 von 4)", "6. September"}, []string{"20. September"}},
	} {
		l, err := w.Compose(courseFacts(t, agenda.KindChange, c.was, c.now))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		text := "Subject: " + l.Subject + "\n" + strings.ReplaceAll(l.Text, "\n  ", " ")
		for _, s := range c.says {
			if !strings.Contains(text, s) {
				t.Errorf("%s: no %q in\n%s", c.name, s, text)
			}
		}
		for _, s := range c.not {
			if strings.Contains(text, s) {
				t.Errorf("%s: %q in\n%s", c.name, s, text)
			}
		}
		if len(l.Calendar) == 0 {
			t.Errorf("%s: no calendar", c.name)
		}
	}
	over := courseFacts(t, agenda.KindChange, e, turn(e, 3, true))
	over.Now = at("2027-09-22T12:00").In(berlin(t))
	undone := courseFacts(t, agenda.KindChange, e, e)
	for name, f := range map[string]agenda.Facts{"the date is over": over, "nothing changed in the end": undone} {
		if l, err := w.Compose(f); !errors.Is(err, ErrNothing) {
			t.Errorf("%s: %v\n%s", name, err, l.Text)
		}
	}
}

func TestReminderOfOneDate(t *testing.T) {
	w := writer(t)
	e := course(t, "13.9.", "13.9. 20:00–21:00", "20.9.")
	f := courseFacts(t, agenda.KindReminder, e, e)
	f.Message.Mark, f.Now = "2027-09-13T18:00", at("2027-09-12T08:00").In(berlin(t))
	l, err := w.Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"(2 von 4)", "(3 von 4)", "20:00–21:00"} {
		if !strings.Contains(l.Text, s) {
			t.Errorf("no %q in\n%s", s, l.Text)
		}
	}
	off, _, err := e.TurnDate(2, true, made)
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]agenda.Event{"cancelled": off, "moved": changed(t, e, "14.9.", "13.9. 20:00–21:00", "20.9.")} {
		f.Event = e
		if l, err := w.Compose(f); !errors.Is(err, ErrNothing) {
			t.Errorf("%s: %v\n%s", name, err, l.Text)
		}
	}
}
