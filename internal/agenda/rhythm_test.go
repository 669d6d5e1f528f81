package agenda_test

import (
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

func TestSixWeekSeriesYields(t *testing.T) {
	t.Parallel()
	f := yearFacts(t, "2026-11-24", 2027, 2029)
	for _, yield := range []agenda.Yield{agenda.YieldWeek, agenda.YieldWorkday, agenda.YieldSkip} {
		r := agenda.RhythmOf(local("2027-01-11T09:00"), 120, 6, day("2029-01-10"), yield)
		dates, err := r.Beat(f)
		if err != nil {
			t.Fatal(err)
		}
		moved := map[string]string{}
		var prev agenda.Date
		for i, d := range dates {
			if want := r.First.AddDays(42 * i); d.Slot != want {
				t.Errorf("%s: beat %d is meant for %s, want %s: the rhythm drifts", yield, i, d.Slot, want)
			}
			if _, holiday := almanac.Holiday(d.Slot.Date); holiday && d.State == agenda.RhythmKept {
				t.Errorf("%s: %s is a holiday", yield, d.Slot)
			}
			if d.Start.IsZero() {
				continue
			}
			if _, holiday := almanac.Holiday(d.Start.Date); holiday || d.Start.Clock() != "09:00" {
				t.Errorf("%s: %s", yield, d.Start)
			}
			if gap := prev.DaysTo(d.Start.Date); !prev.IsZero() && yield != agenda.YieldSkip && (gap < 28 || gap > 56 || gap != d.Days) {
				t.Errorf("%s: %s comes %d days after the one before (told: %d)", yield, d.Start, gap, d.Days)
			}
			prev = d.Start.Date
			if d.State == agenda.RhythmMoved {
				moved[d.Slot.Date.String()] = d.Start.Date.String() + " " + d.Reasons[0].Day.Key
			}
		}
		want := map[agenda.Yield]string{agenda.YieldWeek: "2027-05-24 day.pfingstmontag", agenda.YieldWorkday: "2027-05-18 day.pfingstmontag"}[yield]
		if moved["2027-05-17"] != want {
			t.Errorf("%s: Whit Monday goes to %q, want %q", yield, moved["2027-05-17"], want)
		}
		if yield == agenda.YieldWeek && (moved["2027-11-01"] != "2027-11-08 day.allerheiligen" || moved["2028-04-17"] != "2028-04-24 day.ostermontag") {
			t.Errorf("moved: %v", moved)
		}
	}
}

func TestRhythmAsksAndDriftsWhereWanted(t *testing.T) {
	t.Parallel()
	f := yearFacts(t, "2026-11-24", 2027, 2028)
	r := agenda.RhythmOf(local("2027-05-17T09:00"), 120, 6, day("2027-12-31"), agenda.YieldAsk)
	dates, err := r.Beat(f)
	if err != nil || dates[0].State != agenda.RhythmOpen || !dates[0].Start.IsZero() {
		t.Fatalf("%+v, %v", dates, err)
	}
	var choices []string
	for _, c := range dates[0].Choices {
		choices = append(choices, c.Date.String())
	}
	if got := strings.Join(choices, " "); got != "2027-05-10 2027-05-18 2027-05-24" {
		t.Errorf("choices %s", got)
	}
	r.Yield, r.Drift = agenda.YieldWeek, true
	if dates, err = r.Beat(f); err != nil || dates[0].Start.Date != day("2027-05-24") || dates[1].Start.Date != day("2027-07-05") {
		t.Errorf("a rhythm that may drift goes on from where it went: %+v, %v", dates[:2], err)
	}
	// In school holidays of more than six weeks there is no room: the date is left
	// out, with its reason.
	r = agenda.RhythmOf(local("2027-06-28T09:00"), 120, 6, day("2027-12-31"), agenda.YieldWeek)
	r.School = false
	if dates, err = r.Beat(f); err != nil || dates[1].State != agenda.RhythmSkipped || dates[1].Reasons[0].Rule != "school" || dates[2].State != agenda.RhythmKept {
		t.Errorf("summer: %+v, %v", dates[:3], err)
	}
	// From Good Friday the next working day is the Tuesday after Easter; a day on which
	// the group meets already gives way, too.
	r = agenda.RhythmOf(local("2027-03-26T09:00"), 120, 6, day("2027-05-31"), agenda.YieldWorkday)
	f.Own = []agenda.Meeting{{ID: "own", MeetingDetails: agenda.MeetingDetails{Start: local("2027-05-07T14:00"), End: local("2027-05-07T16:00")}}}
	if dates, err = r.Beat(f); err != nil || dates[0].Start != local("2027-03-30T09:00") || dates[1].Start != local("2027-05-10T09:00") || dates[1].Reasons[0].Rule != "own" {
		t.Errorf("working days: %+v, %v", dates, err)
	}
	// Every week leaves no room for the week after: the date is left out.
	r = agenda.RhythmOf(local("2027-05-10T09:00"), 120, 1, day("2027-05-31"), agenda.YieldWeek)
	if dates, err = r.Beat(f); err != nil || len(dates) != 4 || dates[1].State != agenda.RhythmSkipped {
		t.Errorf("every week: %+v, %v", dates, err)
	}
	// The clock leaves out half past two on 28 March.
	r = agenda.RhythmOf(local("2027-03-21T02:30"), 30, 1, day("2027-04-04"), agenda.YieldSkip)
	if dates, err = r.Beat(f); err != nil || dates[1].State != agenda.RhythmSkipped || dates[1].Reasons[0].Rule != "gap" {
		t.Errorf("clock change: %+v, %v", dates, err)
	}
}

func TestRhythmRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	f := yearFacts(t, "2026-11-24", 2027, 2040)
	for _, tt := range []struct {
		name        string
		r           agenda.Rhythm
		field, rule string
	}{
		{"no end", agenda.RhythmOf(local("2027-01-11T09:00"), 120, 6, agenda.Date{}, agenda.YieldWeek), "until", "required"},
		{"an end before the beginning", agenda.RhythmOf(local("2027-01-11T09:00"), 120, 6, day("2027-01-10"), agenda.YieldWeek), "until", "order"},
		{"ten years", agenda.RhythmOf(local("2027-01-11T09:00"), 120, 6, day("2037-01-10"), agenda.YieldWeek), "until", "too_late"},
		{"a beginning that is over", agenda.RhythmOf(local("2026-11-24T09:00"), 120, 6, day("2027-01-10"), agenda.YieldWeek), "start", "past"},
		{"every zero weeks", agenda.RhythmOf(local("2027-01-11T09:00"), 120, 0, day("2027-12-10"), agenda.YieldWeek), "weeks", "between"},
		{"no rule", agenda.RhythmOf(local("2027-01-11T09:00"), 120, 6, day("2027-12-10"), "perhaps"), "yield", "one_of"},
		{"a rule that never fits", agenda.RhythmOf(local("2027-12-25T09:00"), 120, 6, day("2028-01-10"), agenda.YieldSkip), "yield", "never_fits"},
	} {
		dates, err := tt.r.Beat(f)
		if err == nil {
			t.Errorf("%s: %d dates", tt.name, len(dates))
			continue
		}
		wantProblem(t, err, tt.field, tt.rule)
	}
	// 29 February is a day like any other.
	r := agenda.RhythmOf(local("2028-02-29T09:00"), 60, 52, day("2030-12-31"), agenda.YieldWeek)
	if dates, err := r.Beat(f); err != nil || len(dates) != 3 || dates[1].Start.Date != day("2029-02-27") || dates[1].Start.Weekday() != time.Tuesday {
		t.Errorf("from a leap day on: %+v, %v", dates, err)
	}
}
