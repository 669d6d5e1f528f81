package agenda_test

import (
	"errors"
	"testing"

	"widunetz/internal/agenda"
)

// Only open dates get a turn, each the next one; who is entered already counts.
func TestTurnsOfOpenDates(t *testing.T) {
	t.Parallel()
	date := func(start, host string) agenda.HostedDate {
		d := agenda.HostedDate{Meeting: agenda.Meeting{MeetingDetails: agenda.MeetingDetails{Start: local(start)}}}
		d.Host.Institution = agenda.InstitutionID(host)
		return d
	}
	h := agenda.HostTurns{
		Counts: []agenda.HostCount{{Institution: "awo", Name: "AWO", Times: 1, Last: day("2027-03-04")}, {Institution: "drk", Name: "DRK"}},
		Dates:  []agenda.HostedDate{date("2027-01-14T09:00", ""), date("2027-03-04T09:00", "awo"), date("2027-04-22T09:00", ""), date("2027-06-03T09:00", "")},
	}
	got := ""
	for _, d := range h.TakeTurns().Dates {
		got += d.Turn.Name + ","
	}
	if got != "DRK,,DRK,AWO," {
		t.Errorf("turns %s", got)
	}
	if h.Dates[0].Turn.Name != "" {
		t.Error("the dates that were given changed")
	}
	if h.Count("drk").Name != "DRK" || h.Count("nix").Institution != "" {
		t.Errorf("counts: %+v, %+v", h.Count("drk"), h.Count("nix"))
	}
	h.Counts = nil
	if d := h.TakeTurns().Dates[0]; d.Turn.Institution != "" {
		t.Errorf("nobody can be host, but it is the turn of %+v", d.Turn)
	}
}

func TestHostChangeAgainstLostUpdates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		was, now, new agenda.InstitutionID
		todo          bool
		err           error
	}{
		{"nothing changed", "awo", "awo", "awo", false, nil},
		{"a new host", "", "", "awo", true, nil},
		{"taken back", "awo", "awo", "", true, nil},
		{"left alone while somebody else changed it", "awo", "drk", "awo", false, nil},
		{"sent twice", "", "awo", "awo", false, nil},
		{"changed by two", "awo", "drk", "caritas", false, agenda.ErrConflict},
	} {
		todo, err := agenda.HostChange{Hosting: agenda.Hosting{Institution: c.new}, Was: c.was}.Settle(c.now)
		if todo != c.todo || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v", c.name, todo, err)
		}
	}
}
