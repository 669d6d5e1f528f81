package agenda_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

const pollNow = "2027-09-01T10:00:00+02:00"

func options(starts ...string) []agenda.PollOption {
	var out []agenda.PollOption
	for _, s := range starts {
		out = append(out, agenda.PollOption{Start: local(s), End: local(s).AddMinutes(90), Place: "Kreishaus"})
	}
	return out
}

func newPoll(t testing.TB, deadline string, starts ...string) agenda.Poll {
	t.Helper()
	p, err := agenda.NewPoll("p", "g", agenda.PollDetails{Deadline: day(deadline), Options: options(starts...)}, instant(pollNow), berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rules are field and rule of each problem.
func problems(err error) string {
	var p agenda.Problems
	if !errors.As(err, &p) {
		return fmt.Sprint(err)
	}
	var out []string
	for _, e := range p {
		out = append(out, e.Field+" "+e.Rule)
	}
	return strings.Join(out, ", ")
}

func TestPollDetails(t *testing.T) {
	t.Parallel()
	many := make([]string, agenda.MostOptions+1)
	for i := range many {
		many[i] = day("2027-10-01").AddDays(i).String() + "T09:00"
	}
	for _, c := range []struct {
		name, deadline string
		options        []agenda.PollOption
		want           string
	}{
		{"as it should be", "2027-09-10", options("2027-09-20T09:00", "2027-09-27T09:00"), "<nil>"},
		{"one date", "2027-09-01", options("2027-09-02T09:00"), "<nil>"},
		{"twenty", "2027-09-10", options(many[:20]...), "<nil>"},
		{"twenty-one", "2027-09-10", options(many...), "options too_many"},
		{"none", "2027-09-10", nil, "options required"},
		{"no deadline", "", options("2027-09-20T09:00"), "deadline required"},
		{"deadline over", "2027-08-31", options("2027-09-20T09:00"), "deadline past"},
		{"deadline on the day of the first date", "2027-09-20", options("2027-09-27T09:00", "2027-09-20T09:00"), "deadline poll_deadline"},
		{"past", "2027-09-01", options("2027-08-20T09:00", "2027-09-20T09:00"), "option_1 past"},
		{"in the hour that is left out", "2027-09-10", options("2028-03-26T02:30"), "option_1 gap"},
		{"in the hour that comes twice", "2027-09-10", options("2027-09-20T09:00", "2027-10-31T02:30"), "option_2 twice"},
		{"the same again", "2027-09-10", options("2027-09-20T09:00", "2027-09-27T09:00", "2027-09-20T09:00"), "option_3 option_double"},
		{"no times", "2027-09-10", []agenda.PollOption{{}}, "option_1 option_times"},
		{"end before the beginning", "2027-09-10", []agenda.PollOption{{Start: local("2027-09-20T09:00"), End: local("2027-09-20T08:00")}}, "option_1 order"},
		{"long place", "2027-09-10", []agenda.PollOption{{Start: local("2027-09-20T09:00"), End: local("2027-09-20T10:00"), Place: strings.Repeat("x", 201)}}, "option_1 too_long"},
	} {
		d := agenda.PollDetails{Options: c.options}
		if c.deadline != "" {
			d.Deadline = day(c.deadline)
		}
		if _, err := agenda.NewPoll("p", "g", d, instant(pollNow), berlin(t)); problems(err) != c.want {
			t.Errorf("%s: %s, want %s", c.name, problems(err), c.want)
		}
	}
	p := newPoll(t, "2027-09-10", "2027-09-27T09:00", "2027-09-20T09:00")
	if p.Options[0].Start != local("2027-09-20T09:00") || p.Options[0].Number != 1 || p.Options[1].Number != 2 {
		t.Errorf("options %+v, want them numbered in order of time", p.Options)
	}
}

// The last day ends at midnight in Herford, not in Greenwich.
func TestPollEndsWithItsDay(t *testing.T) {
	t.Parallel()
	p := newPoll(t, "2027-09-10", "2027-09-20T09:00")
	for at, want := range map[string]agenda.PollState{
		"2027-09-10T23:59:59+02:00": agenda.PollOpen, "2027-09-11T00:00:00+02:00": agenda.PollClosed, "2027-09-10T22:00:00Z": agenda.PollClosed,
	} {
		if got := p.StateAt(instant(at), berlin(t)); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
	winter := newPoll(t, "2027-10-31", "2027-11-20T09:00")
	if got := winter.Ends(berlin(t)); !got.Equal(instant("2027-10-31T23:00:00Z")) {
		t.Errorf("a day of 25 hours ends at %s", got)
	}
}

// seats are those of a, b (one institution), c, who follows d on 25 September,
// and nobody.
func pollSeats() []agenda.Seat {
	return []agenda.Seat{
		{ID: "1", Institution: "i1", Holdings: []agenda.Holding{{Person: "a"}}},
		{ID: "2", Institution: "i1", Holdings: []agenda.Holding{{Person: "b"}}},
		{ID: "3", Institution: "i2", Holdings: []agenda.Holding{{Person: "d", Until: day("2027-09-25")}, {Person: "c", From: day("2027-09-25")}}},
		{ID: "4", Institution: "i3", Holdings: []agenda.Holding{{Person: "a"}}},
		{ID: "5", Institution: "i4"},
	}
}

func said(who agenda.PersonID, choices ...agenda.PollChoice) agenda.PollAnswer {
	a := agenda.PollAnswer{Poll: "p", Person: who, Choices: map[int]agenda.PollChoice{}, At: instant(pollNow)}
	for i, c := range choices {
		if c != "" {
			a.Choices[i+1] = c
		}
	}
	return a
}

const yes, maybe, no = agenda.ChoiceYes, agenda.ChoiceMaybe, agenda.ChoiceNo

func TestWhoHasAVote(t *testing.T) {
	t.Parallel()
	p := newPoll(t, "2027-09-10", "2027-09-20T09:00", "2027-09-27T09:00")
	votes := p.Votes(pollSeats(), []agenda.PollAnswer{said("a", yes, no), said("c", yes, yes), said("d", yes, yes), said("stranger", yes, yes)})
	var got []string
	for _, v := range votes {
		got = append(got, fmt.Sprintf("%s %v %t %s", v.Person, p.Asked(v), p.Silent(v), v.Choice(1)+"/"+v.Choice(2)))
	}
	want := []string{"a [1 2] false yes/no", "b [1 2] true /", "d [1] false yes/", "c [2] false /yes"}
	if !slices.Equal(got, want) {
		t.Errorf("votes\n%q\nwant\n%q", got, want)
	}
	tally := p.Tally(votes, instant(pollNow), berlin(t))
	if tally.Members != 4 || tally.Answered != 3 || !slices.Equal(tally.Silent, []agenda.PersonID{"b"}) {
		t.Errorf("%d of %d, silent %v", tally.Answered, tally.Members, tally.Silent)
	}
	first := tally.Options[0]
	if first.Yes != 2 || first.No != 0 || first.Missing != 1 || first.Institutions != 3 || first.Seated != 3 || first.Members() != 3 {
		t.Errorf("first date %+v", first)
	}
	if v := p.Vote(pollSeats(), said("stranger", yes, yes), "stranger"); len(p.Asked(v)) != 0 || v.Choice(1) != "" || p.Silent(v) {
		t.Errorf("a stranger has the vote %+v", v)
	}
}

func TestBestDate(t *testing.T) {
	t.Parallel()
	two := []string{"2027-09-20T09:00", "2027-09-21T09:00"}
	for _, c := range []struct {
		name    string
		starts  []string
		answers []agenda.PollAnswer
		best    []int
		why     agenda.BestReason
	}{
		{"no answers", two, nil, nil, agenda.BestNone},
		{"nobody can", two, []agenda.PollAnswer{said("a", no, no)}, nil, agenda.BestNone},
		{"only one date", two[:1], []agenda.PollAnswer{said("a", yes)}, []int{1}, agenda.BestOnly},
		{"most can", two, []agenda.PollAnswer{said("a", yes, maybe), said("b", no, maybe)}, []int{2}, agenda.BestCan},
		{"only one to which anybody can", two, []agenda.PollAnswer{said("a", no, maybe)}, []int{2}, agenda.BestCan},
		{"fewer only if need be", two, []agenda.PollAnswer{said("a", yes, maybe), said("b", yes, yes)}, []int{1}, agenda.BestYes},
		{"more institutions", two, []agenda.PollAnswer{said("a", no, yes), said("b", yes, no)}, []int{2}, agenda.BestInstitutions},
		{"equal", two, []agenda.PollAnswer{said("a", yes, yes)}, []int{1, 2}, agenda.BestEqual},
	} {
		p := newPoll(t, "2027-09-10", c.starts...)
		tally := p.Tally(p.Votes(pollSeats(), c.answers), instant(pollNow), berlin(t))
		var best []int
		for _, o := range tally.Options {
			if o.Best {
				best = append(best, o.Number)
			}
		}
		if !slices.Equal(best, c.best) || tally.Why != c.why {
			t.Errorf("%s: best %v because of %q, want %v, %q", c.name, best, tally.Why, c.best, c.why)
		}
	}
	p := newPoll(t, "2027-09-10", two...)
	after := p.Tally(p.Votes(pollSeats(), []agenda.PollAnswer{said("a", yes, maybe)}), instant("2027-09-20T09:00:00+02:00"), berlin(t))
	if after.Options[0].Best || !after.Options[0].Past || !after.Options[1].Best {
		t.Errorf("a date that has begun is best: %+v", after.Options)
	}
}

func TestAnsweringAPoll(t *testing.T) {
	t.Parallel()
	p := newPoll(t, "2027-09-10", "2027-09-20T09:00", "2027-09-27T09:00")
	decided, cancelled := p, p
	decided.State, cancelled.State = agenda.PollDecided, agenda.PollCancelled
	all := map[int]agenda.PollChoice{1: yes, 2: no}
	for _, c := range []struct {
		name    string
		p       agenda.Poll
		who     agenda.PersonID
		choices map[int]agenda.PollChoice
		comment string
		at      string
		want    string
	}{
		{"as it should be", p, "a", all, "", pollNow, "<nil>"},
		{"in the last minute", p, "a", all, "", "2027-09-10T23:59:00+02:00", "<nil>"},
		{"a minute late", p, "a", all, "", "2027-09-11T00:00:00+02:00", "answers poll_late"},
		{"decided", decided, "a", all, "", pollNow, "answers poll_over"},
		{"cancelled", cancelled, "a", all, "", pollNow, "answers poll_over"},
		{"a stranger", p, "x", all, "", pollNow, "answers poll_no_member"},
		{"one is missing", p, "a", map[int]agenda.PollChoice{1: yes}, "", pollNow, "option_2 poll_choice"},
		{"something else", p, "a", map[int]agenda.PollChoice{1: yes, 2: "vielleicht"}, "", pollNow, "option_2 poll_choice"},
		{"only hers", p, "c", map[int]agenda.PollChoice{2: yes}, "", pollNow, "<nil>"},
		{"long comment", p, "a", all, strings.Repeat("x", 501), pollNow, "comment too_long"},
	} {
		a, err := c.p.Answer(c.p.Vote(pollSeats(), said(c.who), c.who), c.choices, c.comment, instant(c.at), berlin(t))
		if problems(err) != c.want {
			t.Errorf("%s: %s, want %s", c.name, problems(err), c.want)
		}
		if err == nil && (a.Person != c.who || a.Poll != p.ID) {
			t.Errorf("%s: answer %+v", c.name, a)
		}
	}
	v := p.Vote(pollSeats(), said("c", yes, maybe), "c")
	a, err := p.Answer(v, map[int]agenda.PollChoice{1: no, 2: no}, "", instant(pollNow), berlin(t))
	if err != nil || a.Choices[1] != yes || a.Choices[2] != no || v.Answer.Choices[2] != maybe {
		t.Errorf("changed to %v, %v; want only the date on which she is a member", a.Choices, err)
	}
}

func TestDecidingAPoll(t *testing.T) {
	t.Parallel()
	p, loc := newPoll(t, "2027-09-10", "2027-09-20T09:00", "2027-09-27T09:00"), berlin(t)
	p.Title, p.Online = "Haushalt", "https://meet.example/a"
	now := instant(pollNow).Add(time.Hour)
	got, dates, err := p.Decide([]int{2, 2}, p.Changed, now, loc) // nobody has answered
	if err != nil || got.State != agenda.PollDecided || len(dates) != 1 || !got.Changed.After(p.Changed) {
		t.Fatalf("decided %+v, %v, %v", got, dates, err)
	}
	if d := dates[0]; d.Start != local("2027-09-27T09:00") || d.Title != "Haushalt" || d.Place != "Kreishaus" || d.Online != p.Online {
		t.Errorf("the meeting is %+v", d)
	}
	if again, dates, err := got.Decide([]int{2}, p.Changed, now, loc); err != nil || len(dates) != 0 || again.State != agenda.PollDecided {
		t.Errorf("the second click: %v, %v", dates, err)
	}
	for name, c := range map[string]struct {
		p      agenda.Poll
		chosen []int
		seen   time.Time
		want   string
	}{
		"somebody was quicker":  {got, []int{1}, p.Changed, agenda.ErrConflict.Error()},
		"decided before":        {got, []int{1}, time.Time{}, agenda.ErrState.Error()},
		"seen as it was before": {p, []int{1}, p.Changed.Add(-time.Hour), agenda.ErrConflict.Error()},
		"nothing chosen":        {p, nil, p.Changed, "options poll_choose"},
		"what is not there":     {p, []int{0, 3}, p.Changed, "options one_of, options one_of"},
	} {
		if _, dates, err := c.p.Decide(c.chosen, c.seen, now, loc); problems(err) != c.want || dates != nil {
			t.Errorf("%s: %v, %s; want %s", name, dates, problems(err), c.want)
		}
	}
	if _, _, err := p.Decide([]int{1}, p.Changed, instant("2027-09-21T09:00:00+02:00"), loc); problems(err) != "options past" {
		t.Errorf("a past date: %v", err)
	}
	if _, err := got.Cancel(got.Changed, now); !errors.Is(err, agenda.ErrState) {
		t.Errorf("decided, then cancelled: %v", err)
	}
	off, err := p.Cancel(p.Changed, now)
	if err != nil || off.State != agenda.PollCancelled {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := off.Cancel(p.Changed, now); err != nil {
		t.Errorf("cancelled twice: %v", err)
	}
	if _, _, err := off.Decide([]int{1}, off.Changed, now, loc); !errors.Is(err, agenda.ErrState) {
		t.Errorf("cancelled, then decided: %v", err)
	}
}

func TestMoreTimeForAPoll(t *testing.T) {
	t.Parallel()
	p, loc := newPoll(t, "2027-09-10", "2027-09-20T09:00", "2027-09-27T09:00"), berlin(t)
	for _, c := range []struct{ deadline, at, want string }{
		{"2027-09-15", pollNow, "<nil>"},
		{"2027-09-10", pollNow, "<nil>"},
		{"2027-09-09", pollNow, "deadline at_least"},
		{"2027-09-27", pollNow, "deadline poll_deadline"},
		{"2027-09-22", "2027-09-18T09:00:00+02:00", "<nil>"}, // the first date will be over
		{"2027-09-10", "2027-09-18T09:00:00+02:00", "deadline past"},
	} {
		got, changes, err := p.Extend(day(c.deadline), p.Changed, instant(c.at), loc)
		if problems(err) != c.want || (len(changes) > 0) != (got.Deadline != p.Deadline) {
			t.Errorf("to %s: %s, want %s", c.deadline, problems(err), c.want)
		}
	}
	late, _, _ := p.Extend(day("2027-09-22"), p.Changed, instant(pollNow), loc)
	v := late.Vote(pollSeats(), said("a"), "a")
	if got := late.Asked(v); !slices.Equal(got, []int{2}) {
		t.Errorf("asked about %v, want the date after the last day only", got)
	}
	if _, _, err := late.Extend(day("2027-09-23"), p.Changed, instant(pollNow), loc); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("seen as it was before: %v", err)
	}
}

func TestWhenTheSilentAreReminded(t *testing.T) {
	t.Parallel()
	c := rules(t)
	for _, x := range []struct{ now, deadline, want string }{
		{"2027-09-01T10:00:00+02:00", "2027-09-10", "2027-09-08T08:00:00+02:00 2"},
		{"2027-09-01T10:00:00+02:00", "2027-09-13", "2027-09-10T08:00:00+02:00 2"}, // two days before is a Saturday
		{"2027-09-07T08:00:01+02:00", "2027-09-10", "2027-09-09T08:00:00+02:00 1"},
		{"2027-09-09T08:00:00+02:00", "2027-09-10", "2027-09-10T08:00:00+02:00 0"},
		{"2027-09-10T07:00:00+02:00", "2027-09-10", ""},
	} {
		p, err := agenda.NewPoll("p", "g", agenda.PollDetails{Deadline: day(x.deadline), Options: options("2027-09-20T09:00")}, instant(x.now), berlin(t))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, n := range c.PollReminders(p, instant(x.now)) {
			got += n.Due.Format(time.RFC3339) + " " + fmt.Sprint(n.Lead)
		}
		if got != x.want {
			t.Errorf("opened %s until %s: %q, want %q", x.now, x.deadline, got, x.want)
		}
	}
}
