package agenda_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

func held(person, from, until string) agenda.Holding {
	h := agenda.Holding{Person: agenda.PersonID(person)}
	if from != "" {
		h.From = day(from)
	}
	if until != "" {
		h.Until = day(until)
	}
	return h
}

func TestSeatPasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		before   []agenda.Holding
		to, from string
		after    []agenda.Holding
		field    string
	}{
		{"to a successor", []agenda.Holding{held("a", "", "")}, "b", "2027-10-01", []agenda.Holding{held("a", "", "2027-10-01"), held("b", "2027-10-01", "")}, ""},
		{"to nobody", []agenda.Holding{held("a", "", "")}, "", "2027-10-01", []agenda.Holding{held("a", "", "2027-10-01")}, ""},
		{"from nobody", []agenda.Holding{held("a", "", "2027-05-01")}, "b", "2027-10-01", []agenda.Holding{held("a", "", "2027-05-01"), held("b", "2027-10-01", "")}, ""},
		{"earlier than was planned: the plan ends", []agenda.Holding{held("a", "", "2027-10-01"), held("b", "2027-10-01", "")}, "c", "2027-09-01",
			[]agenda.Holding{held("a", "", "2027-09-01"), held("c", "2027-09-01", "")}, ""},
		{"on the day of another successor", []agenda.Holding{held("a", "", "2027-10-01"), held("b", "2027-10-01", "")}, "c", "2027-10-01",
			[]agenda.Holding{held("a", "", "2027-10-01"), held("c", "2027-10-01", "")}, ""},
		{"back to whoever had it", []agenda.Holding{held("a", "", "2027-10-01"), held("b", "2027-10-01", "")}, "a", "2028-01-01",
			[]agenda.Holding{held("a", "", "2027-10-01"), held("b", "2027-10-01", "2028-01-01"), held("a", "2028-01-01", "")}, ""},
		{"without a day", []agenda.Holding{held("a", "", "")}, "b", "", []agenda.Holding{held("a", "", "")}, "from"},
		{"to whoever has it", []agenda.Holding{held("a", "", "")}, "a", "2027-10-01", []agenda.Holding{held("a", "", "")}, "person"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var from agenda.Date
			if c.from != "" {
				from = day(c.from)
			}
			seat := agenda.Seat{ID: "s", Holdings: slices.Clone(c.before)}
			got, err := seat.Pass(agenda.PersonID(c.to), from)
			wantProblem(t, err, c.field, map[string]string{"from": "required", "person": "has_seat"}[c.field])
			if diff := cmp.Diff(c.after, got.Holdings); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.before, seat.Holdings); diff != "" {
				t.Errorf("the seat before was changed: %s", diff)
			}
		})
	}
}

// Whatever a seat goes through: at most one person has it on any day, what was
// before the day of a change stays, from the day on it is the successor's.
func TestSeatHasOneHolderADay(t *testing.T) {
	t.Parallel()
	base := day("2027-01-01")
	rapid.Check(t, func(t *rapid.T) {
		var seat agenda.Seat
		for range rapid.IntRange(1, 8).Draw(t, "passes") {
			before := seat
			to := agenda.PersonID(rapid.SampledFrom([]string{"a", "b", "c", ""}).Draw(t, "to"))
			from := base.AddDays(rapid.IntRange(0, 100).Draw(t, "day"))
			next, err := seat.Pass(to, from)
			if err != nil {
				continue
			}
			seat = next
			for i := range 120 {
				d := base.AddDays(i)
				want := to
				if d.Before(from) {
					want = before.Holder(d)
				}
				if got := seat.Holder(d); got != want {
					t.Fatalf("on %s %q has the seat, want %q: %+v", d, got, want, seat.Holdings)
				}
				on := 0
				for _, h := range seat.Holdings {
					if h.On(d) {
						on++
					}
				}
				if on > 1 {
					t.Fatalf("%d have the seat on %s: %+v", on, d, seat.Holdings)
				}
			}
			if to != "" && !seat.Holds(to) {
				t.Fatalf("%q does not hold %+v", to, seat.Holdings)
			}
		}
	})
}

func TestSeatIsLeft(t *testing.T) {
	t.Parallel()
	before := []agenda.Holding{held("a", "", "2027-05-01"), held("b", "2027-05-01", "2027-10-01"), held("a", "2027-10-01", "2027-12-01"), held("a", "2028-01-01", "")}
	for _, c := range []struct {
		name, who, from string
		after           []agenda.Holding
	}{
		{"before she has it again", "a", "2027-09-01", []agenda.Holding{held("a", "", "2027-05-01"), held("b", "2027-05-01", "2027-10-01")}},
		{"while she has it", "a", "2027-11-01", []agenda.Holding{held("a", "", "2027-05-01"), held("b", "2027-05-01", "2027-10-01"), held("a", "2027-10-01", "2027-11-01")}},
		{"on the day she would get it", "a", "2028-01-01", before[:3]},
		{"the other stays", "b", "2027-06-01", []agenda.Holding{before[0], held("b", "2027-05-01", "2027-06-01"), before[2], before[3]}},
		{"afterwards", "b", "2027-11-01", before},
	} {
		seat := agenda.Seat{Holdings: slices.Clone(before)}
		if diff := cmp.Diff(c.after, seat.Leave(agenda.PersonID(c.who), day(c.from)).Holdings); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if diff := cmp.Diff(before, seat.Holdings); diff != "" {
			t.Errorf("%s: the seat before was changed: %s", c.name, diff)
		}
	}
}

func TestMembersAreNamedOnce(t *testing.T) {
	t.Parallel()
	seats := []agenda.Seat{
		{ID: "1", Holdings: []agenda.Holding{held("a", "", "")}}, {ID: "2", Holdings: []agenda.Holding{held("b", "2027-10-01", "")}},
		{ID: "3", Holdings: []agenda.Holding{held("a", "", "")}}, {ID: "4"},
	}
	if got := agenda.Members(seats, day("2027-09-30")); !slices.Equal(got, []agenda.PersonID{"a"}) {
		t.Errorf("before: %v", got)
	}
	if got := agenda.Members(seats, day("2027-10-01")); !slices.Equal(got, []agenda.PersonID{"a", "b"}) {
		t.Errorf("from the day on: %v", got)
	}
}

func TestMutedMail(t *testing.T) {
	t.Parallel()
	var p agenda.Person
	for _, k := range []agenda.Kind{agenda.KindReminder, agenda.KindInvitation, agenda.KindChange, agenda.KindCancellation, agenda.KindRestored, agenda.KindLogin} {
		if !p.Wants(k) {
			t.Errorf("nobody asked for silence, but %s is not wanted", k)
		}
		q := p.Mute(k).Mute(k)
		if mutes := k == agenda.KindReminder || k == agenda.KindInvitation; q.Wants(k) == mutes || len(q.Muted) > 1 {
			t.Errorf("%s switched off: wanted %v, muted %v", k, q.Wants(k), q.Muted)
		}
	}
	p.Muted = []agenda.Kind{agenda.KindCancellation}
	if !p.Wants(agenda.KindCancellation) {
		t.Error("a cancellation can be switched off")
	}
	p.Digest = true
	if !p.Wants(agenda.KindDigest) || p.Mute(agenda.KindDigest).Wants(agenda.KindDigest) {
		t.Error("the digest cannot be switched off")
	}
}

func TestInstitutionsMerge(t *testing.T) {
	t.Parallel()
	a := agenda.Institution{ID: "a", Name: "Caritas e.V.", Aliases: []string{"Caritasverband"}}
	b := agenda.Institution{ID: "b", Name: "CARITAS - e. V.", Aliases: []string{"Caritas Herford"}, Town: "Herford"}
	got := a.Merge(b)
	want := agenda.Institution{ID: "a", Name: "Caritas e.V.", Aliases: []string{"Caritasverband", "Caritas Herford"}, Town: "Herford"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !got.Is("caritas herford") || got.Is("Diakonie") || len(a.Aliases) != 1 {
		t.Errorf("spellings of %+v", got)
	}
}

func TestGroupsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		group       agenda.Group
		field, rule string
	}{
		{"whole", agenda.Group{Name: "P", Start: "09:00", Leads: []int{14, 2}, Weeks: 6}, "", ""},
		{"no name", agenda.Group{}, "name", "required"},
		{"hour that is none", agenda.Group{Name: "P", Start: "25:00"}, "start", "clock"},
		{"lead of 91 days", agenda.Group{Name: "P", Leads: []int{91}}, "leads", "between"},
		{"lead after the date", agenda.Group{Name: "P", Leads: []int{-1}}, "leads", "between"},
		{"six leads", agenda.Group{Name: "P", Leads: []int{1, 2, 3, 4, 5, 6}}, "leads", "too_many"},
		{"prepares itself", agenda.Group{ID: "p", Name: "P", Prepares: "p"}, "prepares", "itself"},
	} {
		t.Run(c.name, func(t *testing.T) { wantProblem(t, c.group.Check(), c.field, c.rule) })
	}
}
