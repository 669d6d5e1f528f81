package agenda_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

// rules are those of the tests: reminders at eight, 14 and 2 days before a
// meeting, on working days only; All Saints' Day is none.
func rules(t testing.TB) agenda.Clock {
	return agenda.Clock{
		Loc: berlin(t), Hour: 8, Quiet: 10 * time.Minute, MeetingLeads: []int{14, 2}, EventLeads: []int{7, 1},
		WorkingDayBefore: func(d agenda.Date) agenda.Date {
			for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || d.Month == time.November && d.Day == 1 {
				d = d.AddDays(-1)
			}
			return d
		},
	}
}

func due(loc *time.Location, notices []agenda.Notice) string {
	s := ""
	for _, n := range notices {
		s += fmt.Sprintf("%d:%s ", n.Lead, agenda.LocalOf(n.Due, loc))
	}
	return s
}

func TestMeetingReminders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, start, now string
		leads            []int
		invited          bool
		want             string
	}{
		{"far off", "2027-08-26T09:00", "2027-08-01T12:00", nil, false, "2:2027-08-24T08:00 14:2027-08-12T08:00 "},
		{"two days before is a Sunday: the Friday", "2027-08-31T09:00", "2027-08-01T12:00", nil, false, "2:2027-08-27T08:00 14:2027-08-17T08:00 "},
		{"two days before is a holiday after a weekend: the Friday", "2027-11-03T09:00", "2027-10-22T12:00", nil, true, "2:2027-10-29T08:00 "},
		{"holiday in the middle of the week", "2028-11-03T09:00", "2028-10-30T12:00", nil, true, "2:2028-10-31T08:00 "},
		{"after the night of autumn it is eight all the same", "2027-11-04T09:00", "2027-10-01T12:00", nil, false, "2:2027-11-02T08:00 14:2027-10-21T08:00 "},
		{"one lead is past", "2027-08-26T09:00", "2027-08-20T12:00", nil, false, "2:2027-08-24T08:00 "},
		{"due this minute: is overdue", "2027-08-26T09:00", "2027-08-24T08:00", nil, false, "2:2027-08-24T08:00 "},
		{"both are past and nobody was invited: the latest goes now", "2027-08-26T09:00", "2027-08-25T12:00", nil, false, "2:2027-08-24T08:00 "},
		{"both are past and the invitation tells", "2027-08-26T09:00", "2027-08-25T12:00", nil, true, ""},
		{"begins now", "2027-08-26T09:00", "2027-08-26T09:00", nil, false, ""},
		{"was yesterday", "2027-08-26T09:00", "2027-08-27T09:00", nil, false, ""},
		{"leads of the group", "2027-08-26T09:00", "2027-08-01T12:00", []int{7}, false, "7:2027-08-19T08:00 "},
		{"the group wants none", "2027-08-26T09:00", "2027-08-01T12:00", []int{}, false, ""},
		{"a lead named twice", "2027-08-26T09:00", "2027-08-01T12:00", []int{2, 2}, false, "2:2027-08-24T08:00 "},
		{"on the day itself", "2027-08-26T09:00", "2027-08-01T12:00", []int{0}, false, "0:2027-08-26T08:00 "},
		{"on the day itself, but it begins at seven", "2027-08-26T07:00", "2027-08-01T12:00", []int{0}, false, ""},
		{"leads that fall on the same Friday", "2027-08-31T09:00", "2027-08-01T12:00", []int{3, 2}, false, "2:2027-08-27T08:00 3:2027-08-27T08:00 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := rules(t)
			m := meeting(agenda.MeetingFixed)
			m.Start = local(c.start)
			m.End = m.Start.AddMinutes(120)
			got := clock.MeetingReminders(m, agenda.Group{ID: "g", Leads: c.leads}, c.invited, local(c.now).In(clock.Loc))
			if due(clock.Loc, got) != c.want {
				t.Errorf("%s\nwant %s", due(clock.Loc, got), c.want)
			}
			for _, n := range got {
				if n.Mark != c.start || !n.Deadline.Equal(m.Start.In(clock.Loc)) || n.To.Of.ID != "g" || n.To.Days[0] != m.Start.Date {
					t.Errorf("%+v", n)
				}
			}
		})
	}
}

func TestOnlyFixedMeetingsRemind(t *testing.T) {
	t.Parallel()
	clock := rules(t)
	for _, s := range []agenda.MeetingState{agenda.MeetingDraft, agenda.MeetingPlanned, agenda.MeetingCancelled} {
		if got := clock.MeetingReminders(meeting(s), agenda.Group{ID: "g"}, false, changed); len(got) > 0 {
			t.Errorf("%s: %s", s, due(clock.Loc, got))
		}
	}
	m := meeting(agenda.MeetingFixed)
	m.Invited = changed
	if got := clock.MeetingReminders(m, agenda.Group{ID: "g"}, false, local("2027-08-30T12:00").In(clock.Loc)); len(got) > 0 {
		t.Errorf("invited before, all overdue: %s", due(clock.Loc, got))
	}
}

func TestEventReminders(t *testing.T) {
	t.Parallel()
	clock := rules(t)
	now := local("2027-09-01T12:00").In(clock.Loc)
	e := event(agenda.Published)
	e.Start = local("2027-09-20T18:30") // a Monday: the day before is a Sunday, which does not matter
	if got := due(clock.Loc, clock.EventReminders(e, agenda.Edition{}, now)); got != "1:2027-09-19T08:00 7:2027-09-13T08:00 " {
		t.Errorf("as configured: %s", got)
	}
	if got := due(clock.Loc, clock.EventReminders(e, agenda.Edition{Leads: []int{3}}, now)); got != "3:2027-09-17T08:00 " {
		t.Errorf("leads of the edition: %s", got)
	}
	if got := due(clock.Loc, clock.EventReminders(e, agenda.Edition{}, local("2027-09-19T12:00").In(clock.Loc))); got != "" {
		t.Errorf("overdue: %s", got)
	}
	for _, review := range []agenda.Review{agenda.Submitted, agenda.Returned, agenda.Withdrawn} {
		if got := clock.EventReminders(event(review), agenda.Edition{}, now); len(got) > 0 {
			t.Errorf("%s reminds", review)
		}
	}
	for _, s := range []agenda.Standing{agenda.Cancelled, agenda.Postponed} {
		e.Standing = s
		if got := clock.EventReminders(e, agenda.Edition{}, now); len(got) > 0 {
			t.Errorf("%s reminds", s)
		}
	}
}

// Whatever the date, the leads and the hour: every reminder is before its date,
// at eight on a working day, at most one is overdue, none comes twice.
func TestRemindersOfAnyDate(t *testing.T) {
	t.Parallel()
	clock := rules(t)
	rapid.Check(t, func(t *rapid.T) {
		m := meeting(agenda.MeetingFixed)
		m.Start = anyLocal(t)
		now := m.Start.In(clock.Loc).Add(-time.Duration(rapid.IntRange(-100, 100*24*60).Draw(t, "minutes")) * time.Minute)
		g := agenda.Group{ID: "g", Leads: rapid.SliceOfN(rapid.IntRange(0, 90), 0, 5).Draw(t, "leads")}
		if g.Leads == nil {
			g.Leads = []int{}
		}
		seen, overdue := map[agenda.NoticeID]bool{}, 0
		got := clock.MeetingReminders(m, g, rapid.Bool().Draw(t, "invited"), now)
		for _, n := range got {
			at := agenda.LocalOf(n.Due, clock.Loc)
			if at.Hour != 8 || at.Minute != 0 || clock.WorkingDayBefore(at.Date) != at.Date {
				t.Fatalf("due %s, a %s", at, at.Weekday())
			}
			if !n.Due.Before(m.Start.In(clock.Loc)) || !now.Before(n.Deadline) || seen[n.ID] {
				t.Fatalf("%s reminds at %s", m.Start, at)
			}
			if seen[n.ID] = true; !n.Due.After(now) {
				overdue++
			}
		}
		if overdue > 1 || overdue == 1 && len(got) > 1 {
			t.Fatalf("%d of %d are overdue", overdue, len(got))
		}
	})
}

func TestSoon(t *testing.T) {
	t.Parallel()
	clock := rules(t)
	now := local("2027-08-29T09:00").In(clock.Loc)
	for _, c := range []struct {
		name     string
		old, new string
		wait     time.Duration
	}{
		{"far off", "2027-09-20T09:00", "2027-09-21T09:00", 10 * time.Minute},
		{"48 hours before: at once", "2027-08-31T09:00", "2027-09-21T09:00", 0},
		{"48 hours and a minute before", "2027-08-31T09:01", "2027-09-21T09:00", 10 * time.Minute},
		{"moved to tomorrow: at once", "2027-09-20T09:00", "2027-08-30T09:00", 0},
		{"has begun", "2027-08-29T08:59", "2027-09-21T09:00", 10 * time.Minute},
	} {
		if got := clock.Soon(now, local(c.old), local(c.new), agenda.Local{}); !got.Equal(now.Add(c.wait)) {
			t.Errorf("%s: waits %s, want %s", c.name, got.Sub(now), c.wait)
		}
	}
}

func TestWatcherIsForgotten(t *testing.T) {
	t.Parallel()
	e := event(agenda.Published)
	w := agenda.Watcher{Asked: changed}
	if got := w.Forget(e, berlin(t)); !got.Equal(changed.Add(72 * time.Hour)) {
		t.Errorf("not confirmed: %s", got)
	}
	w.Confirmed = changed
	if got := w.Forget(e, berlin(t)); !got.Equal(local("2027-09-16T20:00").In(berlin(t))) {
		t.Errorf("confirmed: %s", got)
	}
	ids := map[agenda.WatcherID]bool{}
	for _, id := range []agenda.EventID{"e", "f", "e"} {
		ids[agenda.WatcherIDOf(id, "a@b.de")] = true
	}
	if len(ids) != 2 {
		t.Errorf("one address, two events: %d watchers", len(ids))
	}
}
