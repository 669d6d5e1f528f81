package agenda_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func titles(items []agenda.AgendaItem) string {
	var out []string
	for _, it := range items {
		out = append(out, it.Title)
	}
	return strings.Join(out, "")
}

func letters(s string) []agenda.AgendaItem {
	var out []agenda.AgendaItem
	for i, r := range s {
		out = append(out, agenda.AgendaItem{ID: i + 1, Title: string(r)})
	}
	return out
}

func TestItemsInTheOrderOfTheirNumbers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		numbers []int
		want    string
	}{
		"as they are":             {[]int{1, 2, 3, 4}, "abcd"},
		"the last to the front":   {[]int{1, 2, 3, 1}, "dabc"},
		"the first behind third":  {[]int{3, 2, 3, 4}, "bcad"},
		"one between":             {[]int{1, 2, 3, 2}, "adbc"},
		"turned round":            {[]int{4, 3, 2, 1}, "dcba"},
		"no number is at the end": {[]int{0, 2, 3, 4}, "bcda"},
		"beyond the end":          {[]int{99, 2, 3, 4}, "bcda"},
		"below zero":              {[]int{1, -5, 3, 4}, "acdb"},
	} {
		if got := titles(agenda.Ordered(letters("abcd"), c.numbers)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestAgendaRunsThroughTheMeeting(t *testing.T) {
	t.Parallel()
	a := agenda.Agenda{Items: []agenda.AgendaItem{{Title: "a", Minutes: 5}, {Title: "b", Minutes: 100}, {Title: "c"}, {Title: "d", Minutes: 20}}}
	var starts []string
	for _, it := range agenda.Timed(a.Items, local("2027-09-22T09:00")) {
		starts = append(starts, it.Start.Clock())
	}
	if got := strings.Join(starts, " "); got != "09:00 09:05 10:45 10:45" {
		t.Errorf("starts %s", got)
	}
	m := agenda.MeetingDetails{Start: local("2027-09-22T09:00"), End: local("2027-09-22T11:00")}
	if a.Beyond(m) != 5 {
		t.Errorf("%d minutes too long, want 5", a.Beyond(m))
	}
	m.End = m.End.AddMinutes(5)
	if a.Beyond(m) != 0 {
		t.Error("as long as the meeting is not too long")
	}
}

// An item keeps its number, and a number never comes back.
func TestNumbersOfItems(t *testing.T) {
	t.Parallel()
	m := agenda.Meeting{ID: "m", State: agenda.MeetingFixed, MeetingDetails: agenda.MeetingDetails{Start: local("2027-09-22T09:00"), End: local("2027-09-22T11:00")}}
	now := instant("2027-09-01T10:00:00+02:00")
	var a agenda.Agenda
	edit := func(e agenda.AgendaEdit, at time.Time) (agenda.AgendaTurn, error) {
		t.Helper()
		turn, err := a.Edit(e, m, a.Changed, at, berlin(t))
		if err == nil {
			a = turn.Agenda
		}
		return turn, err
	}
	ids := func() (out []int) {
		for _, it := range a.Items {
			out = append(out, it.ID)
		}
		return out
	}
	if _, err := edit(agenda.AgendaEdit{Items: []agenda.AgendaItem{{Title: "a"}, {Title: "b"}}, Take: []agenda.Topic{{ID: "t", TopicDetails: agenda.TopicDetails{Title: "c", Kind: "decision"}}}}, now); err != nil {
		t.Fatal(err)
	}
	turn, err := edit(agenda.AgendaEdit{Items: a.Items, Drop: []int{3}}, now)
	if err != nil || len(turn.Back) != 1 || turn.Back[0].Topic != "t" {
		t.Fatalf("%+v %v", turn, err)
	}
	if _, err := edit(agenda.AgendaEdit{Items: append(slices.Clone(a.Items), agenda.AgendaItem{Title: "d"})}, now); err != nil {
		t.Fatal(err)
	}
	if got := ids(); !slices.Equal(got, []int{1, 2, 4}) {
		t.Errorf("numbers %v", got)
	}
	if _, err := edit(agenda.AgendaEdit{Items: a.Items[:2]}, now); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("an item was lost: %v", err)
	}
	a.Released = now
	during := instant("2027-09-22T09:30:00+02:00")
	if _, err := edit(agenda.AgendaEdit{Items: a.Items, Drop: []int{1}}, during); !errors.Is(err, agenda.ErrState) {
		t.Errorf("an item of the running meeting was dropped: %v", err)
	}
	turn, err = edit(agenda.AgendaEdit{Items: a.Items, PutOff: []int{2}}, during)
	if err != nil || len(a.Items) != 3 || !a.Items[1].PutOff || len(turn.Off) != 1 {
		t.Errorf("put off at the meeting: %+v %v", a.Items, err)
	}
	m.State = agenda.MeetingCancelled
	if _, err := edit(agenda.AgendaEdit{Items: a.Items}, now); !errors.Is(err, agenda.ErrState) {
		t.Errorf("the agenda of a cancelled meeting was changed: %v", err)
	}
}

func TestAgendaThatIsTooMuch(t *testing.T) {
	t.Parallel()
	m := agenda.Meeting{ID: "m", State: agenda.MeetingFixed, MeetingDetails: agenda.MeetingDetails{Start: local("2027-09-22T09:00"), End: local("2027-09-22T11:00")}}
	now := instant("2027-09-01T10:00:00+02:00")
	long := agenda.AgendaItem{Title: "x", Text: strings.Repeat("ü", 2000)}
	for name, c := range map[string]struct {
		items []agenda.AgendaItem
		want  string
	}{
		"forty-one": {slices.Repeat([]agenda.AgendaItem{{Title: "x"}}, 41), "agenda too_many"},
		"forty":     {slices.Repeat([]agenda.AgendaItem{{Title: "x"}}, 40), "<nil>"},
		"a book":    {slices.Repeat([]agenda.AgendaItem{long}, 8), "agenda agenda_long"},
		"no title":  {[]agenda.AgendaItem{{Title: "x"}, {Title: " "}}, "item_2 required"},
		"too long":  {[]agenda.AgendaItem{{Title: "x", Minutes: 481}}, "item_1 between"},
	} {
		_, err := agenda.Agenda{}.Edit(agenda.AgendaEdit{Items: c.items}, m, time.Time{}, now, berlin(t))
		if got := problems(err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestTopicThatCannotBe(t *testing.T) {
	t.Parallel()
	on := agenda.Group{ID: "g", Rules: agenda.Rules{Topics: agenda.TopicRules{On: true, Requests: true}}}
	no := agenda.Group{ID: "g", Rules: agenda.Rules{Topics: agenda.TopicRules{On: true}}}
	good := agenda.TopicDetails{Title: "x", Kind: agenda.TopicDecision}
	wish := func(from, until string) *agenda.TrainingRequest {
		return &agenda.TrainingRequest{From: day(from), Until: day(until), Contact: "ich"}
	}
	for name, c := range map[string]struct {
		g    agenda.Group
		d    agenda.TopicDetails
		r    *agenda.TrainingRequest
		want string
	}{
		"good":                {on, good, nil, "<nil>"},
		"good wish":           {on, agenda.TopicDetails{Title: "x"}, wish("2027-10-01", "2027-11-01"), "<nil>"},
		"group without":       {agenda.Group{ID: "g"}, good, nil, "topic_title topics_off"},
		"wish without rule":   {no, good, wish("2027-10-01", "2027-11-01"), "topic_title topics_off"},
		"no kind":             {on, agenda.TopicDetails{Title: "x"}, nil, "topic_kind one_of"},
		"no title":            {on, agenda.TopicDetails{Kind: "decision"}, nil, "topic_title required"},
		"long":                {on, agenda.TopicDetails{Title: strings.Repeat("x", 151), Kind: "decision", Minutes: 241}, nil, "topic_title too_long, topic_minutes between"},
		"wish in the past":    {on, good, wish("2027-08-01", "2027-08-31"), "wish_until past"},
		"wish turned round":   {on, good, wish("2027-11-01", "2027-10-01"), "wish_until order"},
		"wish for ten years":  {on, good, wish("2027-11-01", "2037-10-01"), "wish_until too_late"},
		"wish without period": {on, good, &agenda.TrainingRequest{Contact: "ich"}, "wish_from required"},
		"wish of nobody":      {on, good, &agenda.TrainingRequest{From: day("2027-10-01"), Until: day("2027-11-01"), Participants: 1001}, "wish_participants between, wish_contact required"},
	} {
		_, err := agenda.NewTopic("t", c.g, agenda.Person{ID: "p"}, c.d, c.r, instant(pollNow), berlin(t))
		if got := problems(err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
