package agenda

import (
	"fmt"
	"slices"
	"testing"
)

func on(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// weeksOf2027 is an edition from a Saturday to the Tuesday of the third week.
var weeksOf2027 = Edition{Year: 2027, Starts: on("2027-09-11"), Ends: on("2027-09-21")}

func TestWeeksOfAnEdition(t *testing.T) {
	for _, c := range []struct{ starts, ends, want string }{
		{"2027-09-11", "2027-09-21", "[{2027-09-11 2027-09-12} {2027-09-13 2027-09-19} {2027-09-20 2027-09-21}]"},
		{"2027-09-13", "2027-09-19", "[{2027-09-13 2027-09-19}]"},
		{"2027-09-12", "2027-09-13", "[{2027-09-12 2027-09-12} {2027-09-13 2027-09-13}]"},
		{"2027-12-31", "2028-01-02", "[{2027-12-31 2028-01-02}]"},
		{"2027-09-13", "2027-09-12", "[]"},
	} {
		if got := fmt.Sprint((Edition{Starts: on(c.starts), Ends: on(c.ends)}).Weeks()); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.starts, c.ends, got, c.want)
		}
	}
	if n := len((Edition{Starts: on("2027-09-11"), Ends: on("2099-09-11")}).Weeks()); n != maxWeeks {
		t.Errorf("an edition of 72 years has %d weeks", n)
	}
	if n := len((Edition{}).Weeks()); n != 0 {
		t.Errorf("an edition without a period has %d weeks", n)
	}
}

func TestCoverageCounts(t *testing.T) {
	de := []string{"de"}
	fair := event("fair", "2027-09-11T14:00", "2027-09-11T18:00", "Herford", []string{"alle"}, de)
	show := event("show", "2027-09-12T08:00", "2027-09-20T16:00", "Herford", []string{"alle", "frauen"}, de)
	tea := event("tea", "2027-09-14T15:00", "2027-09-14T17:00", "Bünde", []string{"senioren"}, de)
	chat := event("chat", "2027-09-14T15:00", "2027-09-14T17:00", Online, []string{"frauen"}, de)
	late := event("late", "2027-10-14T15:00", "2027-10-14T17:00", "Enger", []string{"frauen"}, de)
	cancelled, withdrawn, submitted, returned, postponed := tea, tea, tea, tea, tea
	cancelled.Standing, withdrawn.Review, submitted.Review, returned.Review, postponed.Standing = Cancelled, Withdrawn, Submitted, Returned, Postponed

	c := Cover(weeksOf2027, []Event{fair, show, tea, chat, late, cancelled, withdrawn, submitted, returned, postponed}, 0)
	if c.Total != (Count{4, 3}) || c.Outside != 1 {
		t.Errorf("total %+v, outside %d", c.Total, c.Outside)
	}
	if want := []Count{{2, 0}, {3, 3}, {1, 0}}; !slices.Equal(c.ByWeek, want) {
		t.Errorf("by week %v, want %v", c.ByWeek, want)
	}
	if len(c.Towns) != 10 || c.Towns[9].Town != Online {
		t.Fatalf("towns %v", c.Towns)
	}
	for i, want := range map[int]string{
		0: "{Bünde [{0 0} {1 3} {0 0}] {1 3}}", 1: "{Enger [{0 0} {0 0} {0 0}] {0 0}}", 2: "{Herford [{2 0} {1 0} {1 0}] {2 0}}", 9: "{Online [{0 0} {1 0} {0 0}] {1 0}}",
	} {
		if got := fmt.Sprint(c.Towns[i]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for a, want := range map[string]Reach{
		"alle": {Own: Count{2, 0}}, "frauen": {Own: Count{2, 0}, General: Count{1, 0}}, "senioren": {Own: Count{1, 3}, General: Count{2, 0}},
	} {
		i := slices.Index(Audiences, a)
		if got := c.Audiences[i]; got.Audience != a || got.Total != want {
			t.Errorf("%s: %+v, want %+v", a, got.Total, want)
		}
	}
	women := c.Audiences[slices.Index(Audiences, "frauen")].Towns
	if women[2] != (Reach{Count{1, 0}, Count{1, 0}}) || women[9] != (Reach{Own: Count{1, 0}}) || women[0] != (Reach{}) {
		t.Errorf("women by town: %v", women)
	}
	if c := Cover(weeksOf2027, []Event{fair}, 0); len(c.Towns) != 9 {
		t.Errorf("without an event online there are %d places", len(c.Towns))
	}
}

// gaps names the gaps of an edition with these events, without those of the
// towns and audiences that nothing of the table is about.
func gaps(few int, events ...Event) []string {
	var out []string
	for _, g := range Cover(weeksOf2027, events, few).Gaps {
		s := string(g.Kind)
		switch g.Kind {
		case GapTown:
			s += " " + g.Town
		case GapAudience, GapOwn:
			s += " " + g.Audience
		case GapWeek:
			s += fmt.Sprintf(" %s %d/%d", g.Week.From, g.Has, g.Want)
		}
		if g.Waiting > 0 {
			s += fmt.Sprintf(" (%d)", g.Waiting)
		}
		out = append(out, s)
	}
	return out
}

func TestGaps(t *testing.T) {
	one := func(change func(*Event)) Event {
		e := event("e", "2027-09-14T09:30", "2027-09-14T12:00", "Herford", []string{"frauen"}, []string{"de"})
		change(&e)
		return e
	}
	plain := func(*Event) {}
	for name, c := range map[string]struct {
		few    int
		events []Event
		has    []string
		lacks  []string
	}{
		"nothing at all":      {1, nil, []string{"town Herford", "audience frauen", "morning", "language", "week 2027-09-13 0/1"}, []string{"own frauen", "town Online", "audience alle"}},
		"one event":           {0, []Event{one(plain)}, []string{"town Bünde", "audience senioren", "morning", "language"}, []string{"town Herford", "audience frauen", "own frauen"}},
		"only for everybody":  {0, []Event{one(func(e *Event) { e.Audiences = []string{"alle"} })}, []string{"own senioren", "own frauen"}, []string{"audience senioren", "own alle", "audience alle"}},
		"submitted":           {0, []Event{one(func(e *Event) { e.Review = Submitted; e.Childcare = Yes })}, []string{"town Herford (1)", "audience frauen (1)", "morning (1)"}, nil},
		"cancelled":           {0, []Event{one(func(e *Event) { e.Standing = Cancelled })}, []string{"town Herford", "audience frauen"}, nil},
		"withdrawn":           {0, []Event{one(func(e *Event) { e.Review = Withdrawn })}, []string{"town Herford", "audience frauen"}, nil},
		"outside the period":  {0, []Event{one(func(e *Event) { e.Start, e.End = when("2027-10-14T09:00"), when("2027-10-14T10:00") })}, []string{"town Herford"}, nil},
		"morning with care":   {0, []Event{one(func(e *Event) { e.Childcare = Yes })}, nil, []string{"morning"}},
		"noon with care":      {0, []Event{one(func(e *Event) { e.Childcare = Yes; e.Start.Hour = 12 })}, []string{"morning"}, nil},
		"in easy German":      {0, []Event{one(func(e *Event) { e.Languages = []string{"de-einfach"} })}, []string{"language"}, nil},
		"in Arabic":           {0, []Event{one(func(e *Event) { e.Languages = []string{"de", "ar"} })}, nil, []string{"language"}},
		"in all languages":    {0, []Event{one(func(e *Event) { e.Languages = []string{"alle"} })}, nil, []string{"language"}},
		"a week with too few": {3, []Event{one(plain)}, []string{"week 2027-09-11 0/1", "week 2027-09-13 1/3", "week 2027-09-20 0/1"}, nil},
		"a week with enough":  {1, []Event{one(plain)}, nil, []string{"week 2027-09-13 1/1"}},
	} {
		got := gaps(c.few, c.events...)
		for _, s := range c.has {
			if !slices.Contains(got, s) {
				t.Errorf("%s: no gap %q in %q", name, s, got)
			}
		}
		for _, s := range c.lacks {
			if slices.Contains(got, s) {
				t.Errorf("%s: gap %q", name, s)
			}
		}
	}
}
