package agenda_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

// yearFacts are the facts of a group without any date.
func yearFacts(t testing.TB, today string, from, to int) agenda.PlanFacts {
	first, last := agenda.Date{Year: from, Month: time.January, Day: 1}.AddDays(-7), agenda.Date{Year: to, Month: time.December, Day: 31}.AddDays(7)
	return agenda.PlanFacts{
		Days: append(almanac.Days(first, last), almanac.Weekly(first, last)...), SchoolUntil: almanac.SchoolHolidaysUntil(), Today: day(today), Loc: berlin(t), Members: 48,
	}
}

func starts(p agenda.PlanProposal) (out []string) {
	for _, d := range p.Dates {
		out = append(out, d.Start.String())
	}
	return out
}

// What the network asks for: six Thursdays at nine, on no holiday, in no school
// holidays, on no feast, six weeks apart or more, spread over the year.
func TestPlanOfTheProjektgruppe(t *testing.T) {
	t.Parallel()
	for _, year := range []int{2027, 2028, 2029} {
		f := yearFacts(t, "2026-11-24", year, year)
		plan, err := agenda.Plan(agenda.WishesOf(agenda.Group{Name: "Projektgruppe"}, year), f)
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Proposals) != 3 {
			t.Errorf("%d: %d proposals, want three", year, len(plan.Proposals))
		}
		for n, p := range plan.Proposals {
			if len(p.Dates) != 6 {
				t.Errorf("%d: %d dates", year, len(p.Dates))
			}
			for i, d := range p.Dates {
				if d.Start.Weekday() != time.Thursday || d.Start.Clock() != "09:00" || d.Start.Year != year || len(d.Reasons) < 2 {
					t.Errorf("%d: date %s, reasons %v", year, d.Start, d.Reasons)
				}
				if i > 0 && p.Dates[i-1].Start.DaysTo(d.Start.Date) < 42 {
					t.Errorf("%d: %s is too near to the date before", year, d.Start)
				}
				for _, x := range almanac.At(d.Start, d.End) {
					if x.Layer == agenda.DayPublic || x.Layer == agenda.DaySchool || x.Weight == agenda.WeightAvoid {
						t.Errorf("%d: %s is on %s", year, d.Start, x.Key)
					}
				}
			}
			if first, last := p.Dates[0].Start, p.Dates[5].Start; first.Month > time.February || last.Month < time.October {
				t.Errorf("%d: proposal %d is not spread over the year: %v", year, n, starts(p))
			}
		}
		avoided := map[string]string{}
		for _, a := range plan.Avoided {
			for _, r := range a.Reasons {
				avoided[a.Date.String()] += " " + r.Rule
				if r.Day == nil || r.Day.Source == "" {
					t.Errorf("%s is avoided without a source: %+v", a.Date, r)
				}
			}
		}
		if year == 2027 && (!strings.Contains(avoided["2027-05-06"], "holiday") || !strings.Contains(avoided["2027-03-25"], "school") || !strings.Contains(avoided["2027-04-22"], "feast")) {
			t.Errorf("avoided days of 2027: %v", avoided)
		}
		again, err := agenda.Plan(plan.Wishes, f)
		if err != nil || !reflect.DeepEqual(plan, again) {
			t.Errorf("%d: a second search is not of one mind: %v", year, err)
		}
	}
}

// The search looks at the whole year: the free Thursday nearest to where one would
// go on leaves no room later.
func TestPlanIsNotGreedy(t *testing.T) {
	t.Parallel()
	f := yearFacts(t, "2026-11-24", 2027, 2027)
	f.Days = nil
	free := []string{"2027-01-14", "2027-02-25", "2027-03-04", "2027-04-22", "2027-06-03"}
	for d := day("2027-01-01"); d.Year == 2027; d = d.AddDays(1) {
		if !slices.Contains(free, d.String()) {
			f.Days = append(f.Days, agenda.Day{From: d, To: d, Key: "day.x", Layer: agenda.DayFeast, Weight: agenda.WeightAvoid, Source: "test"})
		}
	}
	w := agenda.WishesOf(agenda.Group{}, 2027)
	w.MinWeeks, w.MaxWeeks, w.Count = 6, 7, 4
	plan, err := agenda.Plan(w, f)
	// From 14 January the next free day is 25 February; only 4 March goes on to 22
	// April.
	want := "2027-01-14T09:00 2027-03-04T09:00 2027-04-22T09:00 2027-06-03T09:00"
	if err != nil || len(plan.Proposals) != 1 || strings.Join(starts(plan.Proposals[0]), " ") != want {
		t.Errorf("plan %v, %v, want %s", plan.Proposals, err, want)
	}
}

func TestPlanMindsOtherGroupsAndWhatStands(t *testing.T) {
	t.Parallel()
	f := yearFacts(t, "2026-11-24", 2027, 2027)
	w := agenda.WishesOf(agenda.Group{}, 2027)
	before, err := agenda.Plan(w, f)
	if err != nil {
		t.Fatal(err)
	}
	taken := before.Proposals[0].Dates[2].Start
	f.Others = []agenda.OtherMeeting{{Name: "Kerngruppe", Both: 8, Meeting: agenda.Meeting{ID: "o", MeetingDetails: agenda.MeetingDetails{Start: taken.AddMinutes(60), End: taken.AddMinutes(180)}}}}
	f.Members = 19
	f.Own = []agenda.Meeting{
		{ID: "last", MeetingDetails: agenda.MeetingDetails{Start: local("2026-12-17T09:00"), End: local("2026-12-17T11:00")}},
		{ID: "fixed", MeetingDetails: agenda.MeetingDetails{Start: local("2027-06-15T14:00"), End: local("2027-06-15T16:00")}}, // a Tuesday
	}
	plan, err := agenda.Plan(w, f)
	if err != nil || len(plan.Proposals) == 0 {
		t.Fatalf("no plan: %v", err)
	}
	for _, p := range plan.Proposals {
		stands := 0
		for i, d := range p.Dates {
			if d.Start == taken {
				t.Errorf("%s is taken by a group with shared members", taken)
			}
			if d.Meeting == "fixed" {
				stands++
			}
			if i > 0 && p.Dates[i-1].Start.DaysTo(d.Start.Date) < 42 {
				t.Errorf("too near: %v", starts(p))
			}
		}
		if stands != 1 || len(p.Dates) != 6 || p.Dates[0].Start.Before(local("2027-01-28T00:00")) {
			t.Errorf("the date that stands, and the one of last year, are not minded: %v", starts(p))
		}
	}
	i := slices.IndexFunc(plan.Avoided, func(a agenda.AvoidedDay) bool { return a.Date == taken.Date })
	if i < 0 || plan.Avoided[i].Reasons[0].N != 8 || plan.Avoided[i].Reasons[0].Of != 19 || plan.Avoided[i].Reasons[0].Title != "Kerngruppe" {
		t.Errorf("%s is avoided for %+v", taken, plan.Avoided)
	}
	w.Fresh = true
	if plan, err = agenda.Plan(w, f); err != nil || slices.ContainsFunc(plan.Proposals[0].Dates, func(d agenda.PlanDate) bool { return d.Meeting != "" }) {
		t.Errorf("a fresh plan takes what stands: %v", err)
	}
}

// The last date of the year before and the first of the next keep their distance.
func TestPlanMindsTheYearsAround(t *testing.T) {
	t.Parallel()
	f := yearFacts(t, "2026-11-24", 2027, 2027)
	f.Days = nil
	for d := day("2027-01-01"); d.Year == 2027; d = d.AddDays(1) {
		if d != day("2027-01-14") && d != day("2027-12-16") {
			f.Days = append(f.Days, agenda.Day{From: d, To: d, Key: "day.x", Layer: agenda.DayPublic, Source: "test"})
		}
	}
	w := agenda.WishesOf(agenda.Group{}, 2027)
	w.Count = 1
	held := func(start string) agenda.Meeting {
		return agenda.Meeting{ID: "m", MeetingDetails: agenda.MeetingDetails{Start: local(start), End: local(start).AddMinutes(120)}}
	}
	for want, own := range map[string][]agenda.Meeting{
		"2027-12-16T09:00": {held("2026-12-17T09:00")}, "2027-01-14T09:00": {held("2028-01-13T09:00")}, "": {held("2026-12-17T09:00"), held("2028-01-13T09:00")},
	} {
		f.Own = own
		plan, err := agenda.Plan(w, f)
		got := ""
		if len(plan.Proposals) > 0 {
			got = starts(plan.Proposals[0])[0]
		}
		if err != nil || got != want {
			t.Errorf("with %v: %q, %v, want %q", own, got, err, want)
		}
	}
}

func TestPlanSaysWhichWishHasToGive(t *testing.T) {
	t.Parallel()
	f := yearFacts(t, "2026-11-24", 2027, 2027)
	wishes := func(change func(*agenda.PlanWishes)) agenda.PlanWishes {
		w := agenda.WishesOf(agenda.Group{}, 2027)
		change(&w)
		return w
	}
	for _, tt := range []struct {
		name string
		w    agenda.PlanWishes
		want []string
	}{
		{"nine Thursdays, six weeks apart", wishes(func(w *agenda.PlanWishes) { w.Count = 9 }), []string{"min_weeks", "count"}},
		{"the summer holidays are longer than six weeks", wishes(func(w *agenda.PlanWishes) { w.Count, w.MaxWeeks = 8, 6 }), []string{"min_weeks", "max_weeks", "school", "count"}},
	} {
		plan, err := agenda.Plan(tt.w, f)
		if err != nil || len(plan.Proposals) > 0 {
			t.Errorf("%s: %d plans, %v", tt.name, len(plan.Proposals), err)
		}
		var got []string
		for _, r := range plan.Relaxations {
			got = append(got, r.Wish)
			relaxed, err := agenda.Plan(r.Wishes, f)
			if err != nil || len(relaxed.Proposals) == 0 || len(r.Example) != r.Wishes.Count {
				t.Errorf("%s: with %s given there is no plan: %v", tt.name, r.Wish, err)
			}
		}
		for _, w := range tt.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %v may give, want %s among them", tt.name, got, w)
			}
		}
	}
}

func TestPlanRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, today string
		change      func(*agenda.PlanWishes)
		field, rule string
	}{
		{"a year that is over", "2028-01-01", func(*agenda.PlanWishes) {}, "year", "past"},
		{"the last Thursday is over", "2027-12-30", func(*agenda.PlanWishes) {}, "year", "nothing_left"},
		{"no weekday", "2026-11-24", func(w *agenda.PlanWishes) { w.Weekdays = nil }, "weekday", "choose_one"},
		{"no year", "2026-11-24", func(w *agenda.PlanWishes) { w.Year = 0 }, "year", "required"},
		{"at least more than at most", "2026-11-24", func(w *agenda.PlanWishes) { w.MaxWeeks = 4 }, "max_weeks", "at_least"},
		{"more than fit into any year", "2026-11-24", func(w *agenda.PlanWishes) { w.Count = 12 }, "count", "year_full"},
		{"no time of day", "2026-11-24", func(w *agenda.PlanWishes) { w.Start = "morgens" }, "start", "clock"},
		{"no meeting", "2026-11-24", func(w *agenda.PlanWishes) { w.Count = 0 }, "count", "between"},
		{"nothing to prepare", "2026-11-24", func(w *agenda.PlanWishes) { w.Before = 10 }, "prepares", "no_dates"},
	} {
		w := agenda.WishesOf(agenda.Group{}, 2027)
		tt.change(&w)
		_, err := agenda.Plan(w, yearFacts(t, tt.today, 2027, 2027))
		if err == nil {
			t.Errorf("%s: no problem", tt.name)
			continue
		}
		wantProblem(t, err, tt.field, tt.rule)
	}
}

func TestPlanAroundTheClockChangeAndLeapDay(t *testing.T) {
	t.Parallel()
	w := agenda.PlanWishes{Year: 2027, Count: 1, Weekdays: []time.Weekday{time.Sunday}, Start: "02:30", Minutes: 20, School: true}
	plan, err := agenda.Plan(w, yearFacts(t, "2026-11-24", 2027, 2027))
	if err != nil {
		t.Fatal(err)
	}
	gaps := 0
	for _, a := range plan.Avoided {
		for _, r := range a.Reasons {
			if r.Rule == "gap" {
				gaps++
			}
		}
	}
	if gaps != 2 {
		t.Errorf("%d days on which half past two is missing or twice, want two", gaps)
	}
	f := yearFacts(t, "2026-11-24", 2028, 2028)
	w = agenda.PlanWishes{Year: 2028, Count: 52, Weekdays: []time.Weekday{time.Tuesday}, Start: "09:00", Minutes: 60, School: true, Bridge: true}
	f.Days = nil
	if plan, err = agenda.Plan(w, f); err != nil || !slices.Contains(starts(plan.Proposals[0]), "2028-02-29T09:00") {
		t.Errorf("every Tuesday of 2028 without 29 February: %v", err)
	}
}

func TestPlanForAPreparingGroup(t *testing.T) {
	t.Parallel()
	f := yearFacts(t, "2026-11-24", 2027, 2027)
	target := func(id, start string) agenda.Meeting {
		return agenda.Meeting{ID: agenda.MeetingID(id), MeetingDetails: agenda.MeetingDetails{Start: local(start), End: local(start).AddMinutes(120)}}
	}
	f.Targets = []agenda.Meeting{target("a", "2027-02-04T09:00"), target("b", "2027-06-09T09:00"), target("c", "2027-11-25T09:00")}
	f.Own = []agenda.Meeting{target("k", "2027-11-15T10:00")}
	w := agenda.WishesOf(agenda.Group{Prepares: "projektgruppe", Start: "10:00", Minutes: 90}, 2027)
	w.Hosts, f.Hosts = true, []agenda.HostCount{{Institution: "awo", Name: "AWO", Times: 2}, {Institution: "drk", Name: "DRK"}}
	plan, err := agenda.Plan(w, f)
	if err != nil {
		t.Fatal(err)
	}
	want := "2027-01-21T10:00 2027-05-25T10:00 2027-11-15T10:00" // over Corpus Christi
	p := plan.Proposals[0]
	if got := strings.Join(starts(p), " "); got != want {
		t.Errorf("preparing dates %s, want %s", got, want)
	}
	if p.Dates[2].Meeting != "k" || p.Dates[0].Host.Name != "DRK" || p.Dates[1].Host.Name != "DRK" || p.Dates[2].Host != nil {
		t.Errorf("hosts or the date that stands: %+v", p.Dates)
	}
	f.Others = []agenda.OtherMeeting{{Name: "AK", Both: 1, Meeting: target("x", "2027-01-21T10:00")}}
	if plan, err = agenda.Plan(w, f); err != nil || plan.Proposals[0].Dates[0].Start != local("2027-01-20T10:00") || len(plan.Avoided) != 1 {
		t.Errorf("a taken day does not give way: %v, %v", plan.Avoided, err)
	}
}

func TestHostsTakeTurns(t *testing.T) {
	t.Parallel()
	counts := []agenda.HostCount{
		{Institution: "a", Name: "AWO", Times: 1, Last: day("2026-02-01")}, {Institution: "c", Name: "Caritas", Times: 1, Last: day("2026-01-01")}, {Institution: "d", Name: "DRK"},
	}
	var got []string
	for _, h := range agenda.HostsInTurn(counts, []agenda.Date{day("2027-01-14"), day("2027-03-04"), day("2027-04-15"), day("2027-05-27"), day("2027-07-08")}) {
		got = append(got, h.Name)
	}
	if want := "DRK Caritas AWO DRK Caritas"; strings.Join(got, " ") != want {
		t.Errorf("hosts %v, want %s", got, want)
	}
	// Where all else is equal it goes by name, as people sort names.
	if h := agenda.HostsInTurn([]agenda.HostCount{{Name: "AWO"}, {Name: "Agentur für Arbeit"}}, []agenda.Date{day("2027-01-14")}); h[0].Name != "Agentur für Arbeit" {
		t.Errorf("first %+v", h[0])
	}
	if agenda.HostsInTurn(nil, []agenda.Date{day("2027-01-14")}) != nil || counts[2].Times != 0 {
		t.Error("nobody can be host, or the counts changed")
	}
}

func BenchmarkPlan(b *testing.B) {
	f := yearFacts(b, "2026-11-24", 2027, 2027)
	for i := range 320 { // dates of 40 groups
		start := day("2027-01-04").AddDays(i%360).At(9+i%6, 0)
		f.Others = append(f.Others, agenda.OtherMeeting{Name: "AK", Both: 3, Meeting: agenda.Meeting{ID: agenda.MeetingID(fmt.Sprint(i)), MeetingDetails: agenda.MeetingDetails{Start: start, End: start.AddMinutes(120)}}})
	}
	w := agenda.WishesOf(agenda.Group{}, 2027)
	w.Weekdays, w.Hosts = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}, true
	f.Hosts = []agenda.HostCount{{Name: "AWO"}, {Name: "DRK"}}
	b.Run("five wishes", func(b *testing.B) {
		for b.Loop() {
			if plan, err := agenda.Plan(w, f); err != nil || len(plan.Proposals) != 3 {
				b.Fatal(err)
			}
		}
	})
	b.Run("no plan, all relaxations", func(b *testing.B) {
		w := w
		w.Count, w.MaxWeeks = 9, 6
		for b.Loop() {
			if plan, err := agenda.Plan(w, f); err != nil || len(plan.Proposals) != 0 || len(plan.Relaxations) == 0 {
				b.Fatal(err, len(plan.Proposals))
			}
		}
	})
}
