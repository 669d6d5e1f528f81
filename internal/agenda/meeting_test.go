package agenda_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

var changed = instant("2027-08-01T10:00:00Z")

func meeting(state agenda.MeetingState) agenda.Meeting {
	return agenda.Meeting{
		ID: "m", Group: "g", State: state, Sequence: 3, Created: changed, Changed: changed,
		MeetingDetails: agenda.MeetingDetails{Title: "Sitzung", Start: local("2027-08-31T09:00"), End: local("2027-08-31T11:00"), Place: "Kreishaus", Online: "https://meet.example/a", Note: "Zahlen"},
	}
}

func TestMeetingTurns(t *testing.T) {
	t.Parallel()
	states := []agenda.MeetingState{agenda.MeetingDraft, agenda.MeetingPlanned, agenda.MeetingFixed, agenda.MeetingCancelled, ""}
	allowed := map[agenda.MeetingState]string{
		agenda.MeetingDraft: "planned fixed cancelled", agenda.MeetingPlanned: "draft fixed cancelled", agenda.MeetingFixed: "cancelled", agenda.MeetingCancelled: "fixed",
	}
	for _, from := range states {
		for _, to := range states {
			m := meeting(from)
			got, err := m.Turn(to, changed.Add(-time.Hour))
			if to == "" || !strings.Contains(allowed[from], string(to)) {
				if !errors.Is(err, agenda.ErrState) || cmp.Diff(m, got) != "" {
					t.Errorf("%q to %q: %v, want ErrState and the meeting as it was", from, to, err)
				}
				continue
			}
			if err != nil || got.State != to || got.Sequence != m.Sequence+1 || !got.Changed.After(m.Changed) {
				t.Errorf("%q to %q: %s, sequence %d, changed %s, %v", from, to, got.State, got.Sequence, got.Changed, err)
			}
		}
	}
}

func TestMeetingChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*agenda.MeetingDetails)
		fields string
		seq    int
		was    bool
	}{
		{"nothing", func(*agenda.MeetingDetails) {}, "", 0, false},
		{"spaces only", func(d *agenda.MeetingDetails) { d.Title, d.Place = " Sitzung  ", "Kreishaus\n" }, "", 0, false},
		{"title", func(d *agenda.MeetingDetails) { d.Title = "Sondersitzung" }, "title", 0, false},
		{"note", func(d *agenda.MeetingDetails) { d.Note = "Neue Zahlen" }, "note", 0, false},
		{"place", func(d *agenda.MeetingDetails) { d.Place = "Rathaus" }, "place", 1, false},
		{"address of the video conference", func(d *agenda.MeetingDetails) { d.Online = "https://meet.example/b" }, "online", 1, false},
		{"end", func(d *agenda.MeetingDetails) { d.End = local("2027-08-31T12:00") }, "end", 1, true},
		{"time", func(d *agenda.MeetingDetails) { d.Start, d.End = local("2027-09-07T09:00"), local("2027-09-07T11:00") }, "start end", 1, true},
		{"time and title", func(d *agenda.MeetingDetails) { d.Title, d.End = "Kurz", local("2027-08-31T10:00") }, "title end", 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := meeting(agenda.MeetingFixed)
			d := m.MeetingDetails
			c.change(&d)
			got, changes, err := m.Change(d, m.Changed, changed.Add(time.Minute), berlin(t))
			if err != nil || fields(changes) != c.fields || got.Sequence != m.Sequence+c.seq {
				t.Fatalf("changes %q, sequence +%d, %v; want %q, +%d", fields(changes), got.Sequence-m.Sequence, err, c.fields, c.seq)
			}
			if got.Changed.After(m.Changed) != (c.fields != "") {
				t.Errorf("changed at %s", got.Changed)
			}
			if c.was != (got.Was != nil) || c.was && cmp.Diff(*got.Was, m.MeetingDetails) != "" {
				t.Errorf("was %+v", got.Was)
			}
		})
	}
}

func fields(changes []agenda.Change) string {
	var names []string
	for _, c := range changes {
		names = append(names, c.Field)
	}
	return strings.Join(names, " ")
}

func TestMeetingChangeIsRefused(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	for _, c := range []struct {
		name  string
		state agenda.MeetingState
		seen  time.Time
		want  error
	}{
		{"cancelled", agenda.MeetingCancelled, time.Time{}, agenda.ErrState},
		{"changed by somebody else", agenda.MeetingFixed, changed.Add(-time.Second), agenda.ErrConflict},
		{"draft, not checked", agenda.MeetingDraft, time.Time{}, nil},
		{"planned, the form is fresh", agenda.MeetingPlanned, changed, nil},
	} {
		m := meeting(c.state)
		d := m.MeetingDetails
		d.Title = "Neu"
		if got, _, err := m.Change(d, c.seen, changed, loc); !errors.Is(err, c.want) || c.want != nil && cmp.Diff(m, got) != "" {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestMeetingDetailsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, start, end, online, field, rule string
	}{
		{"whole", "2027-08-31T09:00", "2027-08-31T11:00", "", "", ""},
		{"a week long", "2027-08-23T09:00", "2027-08-30T11:00", "", "", ""},
		{"no start", "", "2027-08-31T11:00", "", "start", "required"},
		{"no end", "2027-08-31T09:00", "", "", "end", "required"},
		{"ends before it begins", "2027-08-31T09:00", "2027-08-31T08:00", "", "end", "order"},
		{"no length", "2027-08-31T09:00", "2027-08-31T09:00", "", "end", "order"},
		{"longer than a week", "2027-08-23T09:00", "2027-08-31T11:00", "", "end", "too_late"},
		{"year 1", "0001-08-31T09:00", "0001-08-31T11:00", "", "start", "between"},
		{"year 9999", "9999-08-31T09:00", "9999-08-31T11:00", "", "start", "between"},
		{"starts in the gap of spring", "2027-03-28T02:30", "2027-03-28T05:00", "", "start", "gap"},
		{"starts in the hour that comes twice", "2027-10-31T02:30", "2027-10-31T05:00", "", "start", "twice"},
		{"ends in the gap of spring", "2027-03-27T22:00", "2027-03-28T02:30", "", "end", "gap"},
		{"ends in the hour that comes twice", "2027-10-30T22:00", "2027-10-31T02:30", "", "end", "twice"},
		{"over the night of autumn", "2027-10-30T22:00", "2027-10-31T03:00", "", "", ""},
		{"script for an address", "2027-08-31T09:00", "2027-08-31T11:00", "javascript:alert(1)", "online", "link"},
		{"no scheme", "2027-08-31T09:00", "2027-08-31T11:00", "//evil.example", "online", "link"},
		{"name before the host", "2027-08-31T09:00", "2027-08-31T11:00", "https://widunetz.de@evil.example", "online", "link"},
		{"no host", "2027-08-31T09:00", "2027-08-31T11:00", "https:///x", "online", "link"},
		{"long", "2027-08-31T09:00", "2027-08-31T11:00", "https://x.example/" + strings.Repeat("a", 500), "online", "link"},
		{"address", "2027-08-31T09:00", "2027-08-31T11:00", "https://meet.example/raum?a=b", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := agenda.MeetingDetails{Online: c.online}
			if c.start != "" {
				d.Start = local(c.start)
			}
			if c.end != "" {
				d.End = local(c.end)
			}
			wantProblem(t, d.Check(berlin(t)), c.field, c.rule)
		})
	}
}

// wantProblem expects exactly the one problem, or none if field is "".
func wantProblem(t *testing.T, err error, field, rule string) {
	t.Helper()
	var p agenda.Problems
	if errors.As(err, &p); field == "" && err == nil {
		return
	}
	if len(p) != 1 || p[0].Field != field || p[0].Rule != rule {
		t.Errorf("%v, want %s: %s", err, field, rule)
	}
}

// SEQUENCE rises when time, place or state change and never otherwise; the time
// of the last change only rises, whatever the clock does.
func TestSequenceOfAnyHistory(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		m := meeting(agenda.MeetingDraft)
		now := changed
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(-3600, 3600).Draw(t, "clock")) * time.Second)
			before := m
			if rapid.Bool().Draw(t, "turn") {
				to := rapid.SampledFrom([]agenda.MeetingState{agenda.MeetingDraft, agenda.MeetingPlanned, agenda.MeetingFixed, agenda.MeetingCancelled}).Draw(t, "to")
				m, _ = m.Turn(to, now)
			} else {
				d := m.MeetingDetails
				d.Title = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "title")
				d.Place = rapid.SampledFrom([]string{"hier", "dort"}).Draw(t, "place")
				d.End = d.Start.AddMinutes(60 * rapid.IntRange(1, 2).Draw(t, "hours"))
				m, _, _ = m.Change(d, time.Time{}, now, loc)
			}
			visible := m.State != before.State || m.Place != before.Place || m.End != before.End
			if m.Sequence-before.Sequence != map[bool]int{true: 1}[visible] {
				t.Fatalf("sequence %d after %d; %+v after %+v", m.Sequence, before.Sequence, m, before)
			}
			if any := visible || m.Title != before.Title; m.Changed.After(before.Changed) != any || m.Changed.Before(before.Changed) {
				t.Fatalf("changed %s after %s", m.Changed, before.Changed)
			}
		}
	})
}

func TestMeetingNameAndVisibility(t *testing.T) {
	t.Parallel()
	m := meeting(agenda.MeetingDraft)
	g := agenda.Group{Name: "Projektgruppe"}
	if m.Name(g) != "Sitzung" || m.Visible() {
		t.Errorf("draft: %q, visible %v", m.Name(g), m.Visible())
	}
	m.Title, m.State = "", agenda.MeetingPlanned
	if m.Name(g) != "Projektgruppe" || !m.Visible() {
		t.Errorf("planned: %q, visible %v", m.Name(g), m.Visible())
	}
}
