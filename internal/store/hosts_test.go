package store_test

import (
	"errors"
	"testing"

	"widunetz/internal/agenda"
)

func TestHostsAreSetTogetherOrNotAtAll(t *testing.T) {
	n := open(t, "2027-01-07T09:00")
	awo, drk := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "AWO"})), must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "DRK"}))
	g, other := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"})), must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Kerngruppe"}))
	n.sit(g.ID, awo, n.person("A", "a@example.org"))
	n.sit(g.ID, drk, n.person("B", "b@example.org"))
	a, b, cancelled, foreign := n.fixed(g.ID, "2027-02-04T09:00"), n.fixed(g.ID, "2027-04-08T09:00"), n.fixed(g.ID, "2027-05-13T09:00"), n.fixed(other.ID, "2027-03-04T09:00")
	n.turn(cancelled.ID, agenda.MeetingCancelled, agenda.Telling{})
	change := func(m agenda.Meeting, was, host agenda.InstitutionID) agenda.HostChange {
		return agenda.HostChange{Hosting: agenda.Hosting{Meeting: m.ID, Institution: host}, Was: was}
	}
	turns := func() (out string) {
		for _, d := range must(n.HostTurns(ctx, g.ID)).Dates {
			out += d.Start.Date.String() + " " + d.Host.Name + "/" + d.Turn.Name + "; "
		}
		return out
	}
	if got := turns(); got != "2027-02-04 /AWO; 2027-04-08 /DRK; " {
		t.Errorf("at first: %s", got)
	}
	if got := must(n.SetHosts(ctx, agenda.Shell, g.ID, []agenda.HostChange{change(a, "", drk.ID), change(b, "", "")})); got != 1 {
		t.Errorf("%d hosts changed, want one", got)
	}
	if got := turns(); got != "2027-02-04 DRK/; 2027-04-08 /AWO; " {
		t.Errorf("with one host: %s", got)
	}
	for name, c := range map[string]struct {
		changes []agenda.HostChange
		want    error
	}{
		"somebody was quicker":       {[]agenda.HostChange{change(b, "", awo.ID), change(a, "", awo.ID)}, agenda.ErrConflict},
		"a meeting of another group": {[]agenda.HostChange{change(b, "", awo.ID), change(foreign, "", awo.ID)}, agenda.ErrNotFound},
		"no such institution":        {[]agenda.HostChange{change(b, "", "nix")}, agenda.ErrNotFound},
		"no such meeting":            {[]agenda.HostChange{change(agenda.Meeting{ID: "nix"}, "", awo.ID)}, agenda.ErrNotFound},
	} {
		if _, err := n.SetHosts(ctx, agenda.Shell, g.ID, c.changes); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if got := turns(); got != "2027-02-04 DRK/; 2027-04-08 /AWO; " {
		t.Errorf("after what was refused: %s", got)
	}
	if _, err := n.HostTurns(ctx, "nix"); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("no such group: %v", err)
	}
}
