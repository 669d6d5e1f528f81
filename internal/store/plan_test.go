package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/store"
)

func date(s string) agenda.Date { return must(agenda.ParseDate(s)) }

// sit gives persons of an institution seats in a group.
func (n *network) sit(g agenda.GroupID, i agenda.Institution, people ...agenda.Person) {
	n.t.Helper()
	for _, p := range people {
		if p.Institution != i.ID {
			p.Institution = i.ID
			p = must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
		}
		must(n.TakeSeat(ctx, agenda.Shell, g, p.ID, agenda.Date{}, false))
	}
}

func TestPlanningFacts(t *testing.T) {
	n := open(t, "2026-11-24T09:00")
	awo, drk := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "AWO"})), must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "DRK"}))
	project := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"}))
	core := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Kerngruppe", Prepares: project.ID}))
	far := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Fern"}))
	a, b, c := n.person("A", "a@example.org"), n.person("B", "b@example.org"), n.person("C", "c@example.org")
	n.sit(project.ID, awo, a)
	n.sit(project.ID, drk, b)
	n.sit(core.ID, awo, must(n.Person(ctx, a.ID)))
	n.sit(far.ID, awo, c)
	last, own := n.fixed(project.ID, "2026-12-10T09:00"), n.fixed(project.ID, "2027-03-04T09:00")
	gone := n.fixed(project.ID, "2027-05-20T09:00")
	n.turn(gone.ID, agenda.MeetingCancelled, agenda.Telling{})
	kern := n.fixed(core.ID, "2027-02-18T09:00")
	n.fixed(far.ID, "2027-02-25T09:00")

	f := must(n.PlanningFacts(ctx, project.ID, 2027))
	if f.Members != 2 || f.Today != date("2026-11-24") || f.Loc == nil {
		t.Errorf("%d members, today %s", f.Members, f.Today)
	}
	if len(f.Own) != 2 || f.Own[0].ID != last.ID || f.Own[1].ID != own.ID {
		t.Errorf("own dates %v, want the last of 2026 and the one that was not cancelled", f.Own)
	}
	if len(f.Others) != 1 || f.Others[0].ID != kern.ID || f.Others[0].Both != 1 || f.Others[0].Name != "Kerngruppe" {
		t.Errorf("others %+v, want the Kerngruppe with one shared member", f.Others)
	}
	if f = must(n.PlanningFacts(ctx, core.ID, 2027)); len(f.Targets) != 1 || f.Targets[0].ID != own.ID || len(f.Hosts) != 1 {
		t.Errorf("the Kerngruppe prepares %v, hosts %v", f.Targets, f.Hosts)
	}
	if _, err := n.PlanningFacts(ctx, "nix", 2027); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a group that is not there: %v", err)
	}
	// A successor sits from a day on: who sits in both counts on the day of the date.
	seats := must(n.Seats(ctx, core.ID))
	must(n.PassSeat(ctx, agenda.Shell, core.ID, seats[0].ID, c.ID, date("2027-02-01")))
	if f = must(n.PlanningFacts(ctx, project.ID, 2027)); len(f.Others) != 0 {
		t.Errorf("after the seat was passed on: %+v", f.Others)
	}
}

func TestHostsAreCountedAndFollowAMerge(t *testing.T) {
	n := open(t, "2026-11-24T09:00")
	awo, drk := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "AWO"})), must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "DRK"}))
	twin := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "A.W.O."}))
	g := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"}))
	n.sit(g.ID, awo, n.person("A", "a@example.org"))
	n.sit(g.ID, drk, n.person("B", "b@example.org"))
	host := func(start string, i agenda.InstitutionID) agenda.Meeting {
		m := n.fixed(g.ID, start)
		if err := n.SetHost(ctx, agenda.Shell, m.ID, i); err != nil {
			t.Fatal(err)
		}
		return m
	}
	host("2023-03-01T09:00", awo.ID) // too long ago
	m := host("2026-03-05T09:00", awo.ID)
	host("2026-06-04T09:00", twin.ID)
	cancelled := host("2026-09-03T09:00", drk.ID)
	n.turn(cancelled.ID, agenda.MeetingCancelled, agenda.Telling{})
	for range 2 { // the second click changes nothing
		if err := n.SetHost(ctx, agenda.Shell, m.ID, awo.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := n.history(agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)}); len(got) != 2 || !slices.Contains(got, "hosted: Projektgruppe 2026-03-05T09:00, AWO") {
		t.Errorf("history %q", got)
	}
	counts := func() string {
		out := ""
		for _, h := range must(n.PlanningFacts(ctx, g.ID, 2027)).Hosts {
			out += fmt.Sprint(h.Name, " ", h.Times, " ", h.Last, "; ")
		}
		return out
	}
	if got := counts(); got != "AWO 1 2026-03-05; DRK 0 ; " && got != "DRK 0 ; AWO 1 2026-03-05; " {
		t.Errorf("hosts %q", got)
	}
	if err := n.MergeInstitutions(ctx, agenda.Shell, awo.ID, twin.ID); err != nil {
		t.Fatal(err)
	}
	if got := counts(); got != "AWO 2 2026-06-04; DRK 0 ; " && got != "DRK 0 ; AWO 2 2026-06-04; " {
		t.Errorf("hosts after two spellings became one %q", got)
	}
	if err := n.SetHost(ctx, agenda.Shell, m.ID, ""); err != nil || must(n.Host(ctx, m)).Institution != "" {
		t.Errorf("a host that was taken back: %v", err)
	}
	if err := n.SetHost(ctx, agenda.Shell, m.ID, "nix"); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a host that is not there: %v", err)
	}
}

// BenchmarkPlanNetwork plans the year of 40 groups, reading included.
func BenchmarkPlanNetwork(b *testing.B) {
	n := &network{t: b, db: must(bolt.Open(filepath.Join(b.TempDir(), "plan.db"), bolt.Options{Create: true}))}
	b.Cleanup(func() { n.db.Close() }) //nolint:errcheck // thrown away
	n.at("2026-11-24T09:00")
	n.Store = must(store.New(ctx, n.db, n.config()))
	const groups, people = 40, 60
	persons := make([]agenda.Person, people)
	for i := range persons {
		office := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: fmt.Sprintf("Haus %02d", i/2)}))
		p := agenda.Person{Given: "Mit", Family: fmt.Sprintf("Glied%02d", i), Email: fmt.Sprintf("m%02d@example.org", i), Institution: office.ID}
		persons[i] = must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
	}
	ids := make([]agenda.GroupID, groups)
	for i := range ids {
		g := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: fmt.Sprintf("Gremium %02d", i), PerYear: 6}))
		ids[i] = g.ID
		for j := range 20 {
			must(n.TakeSeat(ctx, agenda.Shell, g.ID, persons[(i*7+j*3)%people].ID, agenda.Date{}, false))
		}
		for j := range 16 { // two years
			start := date("2026-01-12").AddDays(44*j+i).At(9+i%6, 0)
			must(n.PlanMeeting(ctx, agenda.Shell, g.ID, agenda.MeetingDetails{Start: start, End: start.AddMinutes(120)}, agenda.MeetingPlanned, agenda.Telling{}))
		}
	}
	plan := func(id agenda.GroupID) {
		f := must(n.PlanningFacts(ctx, id, 2027))
		almanac.Inform(&f, date("2026-09-01"), date("2027-12-31"))
		w := agenda.WishesOf(f.Group, 2027)
		w.Weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
		w.Fresh, w.Hosts = true, true
		if p, err := agenda.Plan(w, f); err != nil || len(p.Proposals) == 0 {
			b.Fatal(err, len(p.Proposals))
		}
	}
	b.Run("one group", func(b *testing.B) {
		for b.Loop() {
			plan(ids[0])
		}
	})
	b.Run("40 groups", func(b *testing.B) {
		for b.Loop() {
			for _, id := range ids {
				plan(id)
			}
		}
	})
}
