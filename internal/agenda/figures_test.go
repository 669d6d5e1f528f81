package agenda_test

import (
	"testing"

	"widunetz/internal/agenda"
)

func TestFiguresOfAYear(t *testing.T) {
	t.Parallel()
	at := func(s string) agenda.Local {
		l, err := agenda.ParseLocal(s)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	day := func(s string) agenda.Date { return at(s + "T00:00").Date }
	meeting := func(g agenda.GroupID, start string, state agenda.MeetingState) agenda.Meeting {
		return agenda.Meeting{Group: g, State: state, MeetingDetails: agenda.MeetingDetails{Start: at(start)}}
	}
	ten, hundred := 10, 100
	event := func(edition int, start, town string, standing agenda.Standing, visitors *int, seated, came int) agenda.HeldEvent {
		return agenda.HeldEvent{
			Event: agenda.Event{Edition: edition, Review: agenda.Published, Visitors: visitors, Standing: standing, EventDetails: agenda.EventDetails{Start: at(start), Venue: agenda.Venue{Town: town}}},
			House: agenda.House{Seated: seated, Came: came},
		}
	}
	draft := event(2027, "2027-09-12T10:00", "Vlotho", agenda.Scheduled, nil, 0, 0)
	draft.Event.Review = agenda.Submitted
	groups := []agenda.Group{{ID: "p"}, {ID: "k"}}
	seats := map[agenda.GroupID][]agenda.Seat{
		"p": {
			{Institution: "awo", Holdings: []agenda.Holding{{Person: "a", Until: day("2027-03-01")}, {Person: "b", From: day("2027-03-01")}}},
			{Institution: "old", Holdings: []agenda.Holding{{Person: "c", Until: day("2027-01-01")}}},
			{Institution: "new", Holdings: []agenda.Holding{{Person: "d", From: day("2028-01-01")}}},
		},
		"k": {{Institution: "awo", Holdings: []agenda.Holding{{Person: "a", From: day("2027-12-31")}}}},
	}
	got := agenda.FiguresOf(2027, groups, seats, []agenda.Meeting{
		meeting("p", "2027-02-01T09:00", agenda.MeetingFixed), meeting("p", "2027-10-01T09:00", agenda.MeetingFixed), meeting("p", "2027-11-01T09:00", agenda.MeetingPlanned),
		meeting("k", "2027-02-01T09:00", agenda.MeetingCancelled), meeting("k", "2027-10-01T09:00", agenda.MeetingFixed),
	}, []agenda.HeldEvent{
		event(2027, "2027-09-11T10:00", "Bünde", agenda.Scheduled, &ten, 8, 7), event(2027, "2027-09-13T10:00", "Enger", agenda.Cancelled, nil, 0, 0),
		event(0, "2027-03-01T10:00", "Bünde", agenda.Scheduled, &hundred, 0, 0), event(0, "2027-12-01T10:00", agenda.Online, agenda.Scheduled, nil, 30, 0), draft,
	}, day("2027-10-01"))
	same := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	same("meetings", [3]int{got.Held, got.Ahead, got.Cancelled}, [3]int{1, 2, 1})
	same("of the first group", [4]int{got.Groups[0].Held, got.Groups[0].Ahead, got.Groups[0].Cancelled, got.Groups[0].Seats}, [4]int{1, 1, 0, 1})
	same("institutions and people", [2]int{got.Institutions, got.Members}, [2]int{1, 2})
	same("weeks", got.Weeks, agenda.Tally{Events: 2, Off: 1, Answered: 1, Visitors: 10})
	same("own", got.Own, agenda.Tally{Events: 2, Answered: 1, Visitors: 100})
	same("together", got.Weeks.Plus(got.Own).Visitors, 110)
	same("towns, signed up, came", [3]int{got.Towns, got.SignedUp, got.Came}, [3]int{1, 8, 7})
}
