package agenda_test

import (
	"errors"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// asking is a fixed meeting of a group that asks who comes; ann and bo are its
// members.
func asking(t *testing.T) (agenda.Meeting, agenda.AnswerFacts, time.Time) {
	t.Helper()
	start := local("2027-09-08T09:00")
	m := agenda.Meeting{ID: "m", Group: "g", State: agenda.MeetingFixed, Sequence: 3, MeetingDetails: agenda.MeetingDetails{Start: start, End: start.AddMinutes(120)}}
	f := agenda.AnswerFacts{
		Group:   agenda.Group{ID: "g", Name: "Runde", Rules: agenda.Rules{Answers: agenda.AnswerRules{On: true}}},
		Seats:   []agenda.Seat{{ID: "1", Institution: "i", Holdings: []agenda.Holding{{Person: "ann"}}}, {ID: "2", Institution: "j", Holdings: []agenda.Holding{{Person: "bo"}}}, {ID: "3", Institution: "k"}},
		Members: []agenda.Person{{ID: "ann", Given: "Ann", Family: "Arndt", Email: "ann@example.org"}, {ID: "bo", Given: "Bo", Family: "Busch", Email: "bo@example.org"}},
	}
	return m, f, local("2027-09-01T12:00").In(berlin(t))
}

func instead(name, email string) agenda.AnswerDetails {
	return agenda.AnswerDetails{Choice: agenda.AnswerSubstitute, Substitute: agenda.Substitute{Name: name, Email: email}}
}

func TestWhoCanAnswerAMeeting(t *testing.T) {
	t.Parallel()
	yes := agenda.AnswerDetails{Choice: agenda.AnswerYes}
	for name, c := range map[string]struct {
		change func(*agenda.Meeting, *agenda.AnswerFacts, *time.Time)
		who    agenda.PersonID
		say    agenda.AnswerDetails
		rule   string
	}{
		"a member": {nil, "ann", yes, ""},
		"a second before it begins": {func(m *agenda.Meeting, _ *agenda.AnswerFacts, now *time.Time) {
			*now = m.Start.In(berlin(t)).Add(-time.Second)
		}, "ann", yes, ""},
		"when it begins":            {func(m *agenda.Meeting, _ *agenda.AnswerFacts, now *time.Time) { *now = m.Start.In(berlin(t)) }, "ann", yes, "answer_begun"},
		"cancelled":                 {func(m *agenda.Meeting, _ *agenda.AnswerFacts, _ *time.Time) { m.State = agenda.MeetingCancelled }, "ann", yes, "answer_cancelled"},
		"planned only":              {func(m *agenda.Meeting, _ *agenda.AnswerFacts, _ *time.Time) { m.State = agenda.MeetingPlanned }, "ann", yes, "answer_planned"},
		"a group that does not ask": {func(_ *agenda.Meeting, f *agenda.AnswerFacts, _ *time.Time) { f.Group.Rules = agenda.Rules{} }, "ann", yes, "answer_off"},
		"somebody else":             {nil, "eve", yes, "answer_no_member"},
		"a member until the day before": {func(m *agenda.Meeting, f *agenda.AnswerFacts, _ *time.Time) {
			f.Seats[0].Holdings[0].Until = m.Start.Date
		}, "ann", yes, "answer_no_member"},
		"nothing chosen":                   {nil, "ann", agenda.AnswerDetails{}, "answer_choice"},
		"a choice of another list":         {nil, "ann", agenda.AnswerDetails{Choice: "maybe"}, "answer_choice"},
		"a substitute":                     {nil, "ann", instead("Eve Ebert", "Eve@Example.org"), ""},
		"a substitute without address":     {nil, "ann", instead("Eve Ebert", ""), ""},
		"a substitute without name":        {nil, "ann", instead(" ", "eve@example.org"), "required"},
		"a substitute's address":           {nil, "ann", instead("Eve", "eve at example"), "email"},
		"a member as substitute":           {nil, "ann", instead("Irgendwer", "BO@example.org"), "substitute_member"},
		"a member by name":                 {nil, "ann", instead("bo  busch", ""), "substitute_namesake"},
		"a namesake with her address":      {nil, "ann", instead("Bo Busch", "bo@other.example"), ""},
		"herself":                          {nil, "ann", instead("Ann", "ann@example.org"), "substitute_member"},
		"a name that does not matter here": {nil, "ann", agenda.AnswerDetails{Choice: agenda.AnswerNo, Substitute: agenda.Substitute{Name: "Bo Busch"}}, ""},
	} {
		m, f, now := asking(t)
		if c.change != nil {
			c.change(&m, &f, &now)
		}
		_, err := m.Answer(f, c.who, c.say, "mail", now, berlin(t))
		var p agenda.Problems
		errors.As(err, &p)
		got := ""
		if len(p) > 0 {
			got = p[0].Rule
		}
		if got != c.rule {
			t.Errorf("%s: %q, want %q", name, got, c.rule)
		}
	}
}

func TestTheSecondAnswerReplacesTheFirst(t *testing.T) {
	t.Parallel()
	m, f, now := asking(t)
	say := func(d agenda.AnswerDetails) agenda.AnswerTurn {
		t.Helper()
		turn, err := m.Answer(f, "ann", d, "mail", now, berlin(t))
		if err != nil {
			t.Fatal(err)
		}
		f.Old = turn.Answer
		return turn
	}
	eve, dan := instead("Eve Ebert", "eve@example.org"), instead("Dan Dietz", "dan@example.org")
	for i, c := range []struct {
		say             agenda.AnswerDetails
		changed         bool
		asked, off, now string // addresses; now: who is to come
	}{
		{agenda.AnswerDetails{Choice: agenda.AnswerYes}, true, "", "", ""},
		{agenda.AnswerDetails{Choice: agenda.AnswerYes}, false, "", "", ""},
		{eve, true, "eve@example.org", "", "eve@example.org"},
		{eve, false, "", "", "eve@example.org"},
		{instead("Eva Ebert", "eve@example.org"), true, "", "", "eve@example.org"}, // a slip of the pen
		{dan, true, "dan@example.org", "eve@example.org", "dan@example.org"},
		{agenda.AnswerDetails{Choice: agenda.AnswerNo, Comment: "krank"}, true, "", "dan@example.org", ""},
		{agenda.AnswerDetails{Choice: agenda.AnswerNo}, true, "", "", ""},
		{instead("Gil", ""), true, "", "", ""},
		{instead("Gil", "gil@example.org"), true, "gil@example.org", "", "gil@example.org"},
	} {
		turn := say(c.say)
		got := [3]string{}
		for n, s := range []*agenda.Substitute{turn.Asked, turn.Off, turn.Answer.Substitute} {
			if s != nil {
				got[n] = s.Email
			}
		}
		if turn.Changed != c.changed || got != [3]string{c.asked, c.off, c.now} {
			t.Errorf("answer %d: changed %v, told %v; want %v, %v", i+1, turn.Changed, got, c.changed, c)
		}
	}
	say(dan)
	if _, err := m.Answer(f, "ann", eve, "mail", now, berlin(t)); err == nil {
		t.Error("a sixth substitute gets a mail")
	}
	if _, err := m.Answer(f, "ann", agenda.AnswerDetails{Choice: agenda.AnswerYes}, "mail", now, berlin(t)); err != nil {
		t.Errorf("who has named too many cannot come herself: %v", err)
	}
}

func TestAnAnswerIsForItsTime(t *testing.T) {
	t.Parallel()
	m, f, now := asking(t)
	turn, err := m.Answer(f, "ann", instead("Eve", "eve@example.org"), "mail", now, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	a := turn.Answer
	elsewhere, later := m, m
	elsewhere.Place, elsewhere.End, elsewhere.Sequence = "Rathaus", m.End.AddMinutes(30), 4
	later.Start, later.Sequence = m.Start.AddMinutes(60), 4
	if !a.Stands(m) || !a.Stands(elsewhere) {
		t.Error("another place asks anew")
	}
	if a.Stands(later) || a.Standing(later).Choice != "" {
		t.Error("an answer stands for another time")
	}
	// The same words for the new time are an answer; whoever is to come is asked.
	f.Old = a
	again, err := later.Answer(f, "ann", instead("Eve", "eve@example.org"), "mail", now, berlin(t))
	if err != nil || !again.Changed || again.Asked == nil || again.Off != nil || again.Asked.No != 2 {
		t.Errorf("answer for the new time: %+v, %v", again, err)
	}
}

func TestASubstituteCannot(t *testing.T) {
	t.Parallel()
	m, f, now := asking(t)
	turn, err := m.Answer(f, "ann", instead("Eve", "eve@example.org"), "mail", now, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	a := turn.Answer
	for name, c := range map[string]struct {
		no     int
		change func(*agenda.Meeting)
		at     time.Time
	}{
		"another number": {2, func(*agenda.Meeting) {}, now},
		"moved":          {1, func(m *agenda.Meeting) { m.Start = m.Start.AddMinutes(30) }, now},
		"cancelled":      {1, func(m *agenda.Meeting) { m.State = agenda.MeetingCancelled }, now},
		"begun":          {1, func(*agenda.Meeting) {}, m.Start.In(berlin(t))},
	} {
		other := m
		c.change(&other)
		if _, err := a.Cannot(other, c.no, c.at, berlin(t)); !errors.Is(err, agenda.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
	out, err := a.Cannot(m, 1, now, berlin(t))
	if err != nil || out.Stands(m) || out.Substitute.Cannot.IsZero() {
		t.Fatalf("after she said so: %+v, %v", out, err)
	}
	if again, err := out.Cannot(m, 1, now.Add(time.Hour), berlin(t)); err != nil || !again.Substitute.Cannot.Equal(now) {
		t.Errorf("saying so twice: %+v, %v", again, err)
	}
	f.Old = out
	next, err := m.Answer(f, "ann", instead("Eve", "eve@example.org"), "mail", now, berlin(t))
	if err != nil || next.Asked == nil || next.Off != nil {
		t.Errorf("naming her again: %+v, %v", next, err)
	}
}

func TestAttendancePerSeat(t *testing.T) {
	t.Parallel()
	m, f, _ := asking(t)
	f.Seats = append(f.Seats, agenda.Seat{ID: "4", Institution: "k", Holdings: []agenda.Holding{{Person: "bo"}}}) // a second seat
	answers := []agenda.Answer{
		{Person: "ann", Choice: agenda.AnswerYes, Start: m.Start.AddMinutes(-60)}, // for another time
		{Person: "bo", Choice: agenda.AnswerYes, Start: m.Start},
		{Person: "gone", Choice: agenda.AnswerYes, Start: m.Start},
	}
	list := agenda.Attendance(m, f.Seats, answers)
	if len(list) != 4 || list[0].Answer.Choice != "" || list[0].Was.Choice != agenda.AnswerYes || list[1].Answer.Choice != agenda.AnswerYes || list[2].Holder != "" || list[3].Answer.Person != "bo" {
		t.Errorf("attendance %+v", list)
	}
	if got, want := agenda.CountHeads(list), (agenda.Heads{Yes: 1, Missing: 1, Institutions: 2, Seated: 3}); got != want {
		t.Errorf("heads %+v, want %+v", got, want)
	}
}
