package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// PlanningFacts returns what a plan of a group's year is made from, in one
// snapshot. Of the days to mind those are among it that were taken from elsewhere;
// package almanac adds the others.
func (s *Store) PlanningFacts(ctx context.Context, id agenda.GroupID, year int) (agenda.PlanFacts, error) {
	f, err := view(ctx, s, func(tx kv.Tx) (agenda.PlanFacts, error) { return planningFacts(tx, id, year, s.Today()) })
	f.Loc = s.Loc()
	if err != nil {
		err = fmt.Errorf("facts for the plan of %s: %w", id, err)
	}
	return f, err
}

func planningFacts(tx kv.Tx, id agenda.GroupID, year int, today agenda.Date) (f agenda.PlanFacts, err error) {
	f.Today = today
	if f.Group, err = get[agenda.Group](tx, groupKey(id)); err != nil {
		return f, err
	}
	first, last := agenda.Date{Year: year, Month: 1, Day: 1}, agenda.Date{Year: year, Month: 12, Day: 31}
	seats, err := seatsOfGroup(tx, id)
	if err != nil {
		return f, err
	}
	f.Members = len(agenda.Members(seats, first))
	if f.Own, err = meetings(tx, first.AddDays(-366), last.AddDays(120), func(g agenda.GroupID) bool { return g == id }); err != nil {
		return f, err
	}
	from := first
	if f.Group.Prepares != "" {
		from = first.AddDays(-120) // what prepares January is in the year before
	}
	others, err := meetings(tx, from, last, func(g agenda.GroupID) bool { return g != id })
	if err != nil {
		return f, err
	}
	cancelled := func(m agenda.Meeting) bool { return m.State == agenda.MeetingCancelled }
	f.Own, others = slices.DeleteFunc(f.Own, cancelled), slices.DeleteFunc(others, cancelled)
	look := sharing{tx: tx, seats: map[agenda.GroupID][]agenda.Seat{id: seats}, names: map[agenda.GroupID]string{}}
	for _, m := range others {
		if m.Group == f.Group.Prepares && m.Start.Year == year {
			f.Targets = append(f.Targets, m)
		}
		if o, err := look.with(id, m); err != nil {
			return f, err
		} else if o.Both > 0 {
			f.Others = append(f.Others, o)
		}
	}
	if f.Days, err = layerDays(tx, first.AddDays(-130), last.AddDays(7)); err != nil {
		return f, err
	}
	f.Hosts, err = hostCounts(tx, id, seats, first)
	return f, err
}

// sharing counts who sits in two groups; it reads each group once.
type sharing struct {
	tx    kv.Tx
	seats map[agenda.GroupID][]agenda.Seat
	names map[agenda.GroupID]string
}

func (s sharing) with(id agenda.GroupID, m agenda.Meeting) (o agenda.OtherMeeting, err error) {
	if _, known := s.names[m.Group]; !known {
		g, err := get[agenda.Group](s.tx, groupKey(m.Group))
		if err != nil {
			return o, err
		}
		s.names[m.Group] = g.Name
		if s.seats[m.Group], err = seatsOfGroup(s.tx, m.Group); err != nil {
			return o, err
		}
	}
	there := map[agenda.PersonID]bool{}
	for _, p := range agenda.Members(s.seats[m.Group], m.Start.Date) {
		there[p] = true
	}
	o = agenda.OtherMeeting{Meeting: m, Name: s.names[m.Group]}
	for _, p := range agenda.Members(s.seats[id], m.Start.Date) {
		if there[p] {
			o.Both++
		}
	}
	return o, nil
}

// hostYears is how far back hosting counts, so that whoever is new in a group is
// not its host for years on end.
const hostYears = 2

func hostsSince(d agenda.Date) agenda.Date {
	return agenda.Date{Year: d.Year - hostYears, Month: 1, Day: 1}
}

// hostCounts says for each institution with a seat in the group how often it was
// or will be host, from two years before the day on.
func hostCounts(tx kv.Tx, id agenda.GroupID, seats []agenda.Seat, first agenda.Date) ([]agenda.HostCount, error) {
	var out []agenda.HostCount
	at := map[agenda.InstitutionID]int{}
	for _, seat := range seats {
		if _, known := at[seat.Institution]; known || seat.Institution == "" {
			continue
		}
		i, err := get[agenda.Institution](tx, institutionKey(seat.Institution))
		if err != nil {
			return nil, err
		}
		at[i.ID] = len(out)
		out = append(out, agenda.HostCount{Institution: i.ID, Name: i.Name})
	}
	hosted, err := all[agenda.Hosting](tx, kHost, idPart(string(id)))
	if err != nil {
		return nil, err
	}
	since := hostsSince(first)
	for _, h := range hosted {
		m, err := get[agenda.Meeting](tx, meetingKey(h.Meeting))
		if err != nil {
			return nil, err
		}
		if n, known := at[h.Institution]; known && m.State != agenda.MeetingCancelled && !m.Start.Date.Before(since) {
			out[n] = out[n].Hosted(m.Start.Date)
		}
	}
	return out, nil
}

func hostKey(g agenda.GroupID, m agenda.MeetingID) string {
	return kv.Key(kHost, idPart(string(g)), idPart(string(m)))
}

// SetHost says which institution is the host of a meeting; "" takes that back.
func (s *Store) SetHost(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, host agenda.InstitutionID) error {
	err := s.update(ctx, actor, func(t *tx) error { return t.setHost(id, host) })
	if err != nil {
		err = fmt.Errorf("host of %s: %w", id, err)
	}
	return err
}

func (t *tx) setHost(id agenda.MeetingID, host agenda.InstitutionID) error {
	m, g, err := t.meeting(id)
	if err != nil {
		return err
	}
	old, err := get[agenda.Hosting](t, hostKey(m.Group, id))
	if ignoreNotFound(err) != nil || old.Institution == host {
		return ignoreNotFound(err)
	}
	name := ""
	if host == "" {
		t.Delete(hostKey(m.Group, id))
	} else {
		i, err := get[agenda.Institution](t, institutionKey(host))
		if err != nil {
			return err
		}
		name = i.Name
		put(t, hostKey(m.Group, id), agenda.Hosting{Meeting: id, Institution: host})
	}
	title := strings.TrimSuffix(m.Name(g)+" "+m.Start.String()+", "+name, ", ")
	t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: "hosted", Title: title})
	return nil
}

// Host returns which institution is the host of a meeting, one without ID if that
// is open.
func (s *Store) Host(ctx context.Context, m agenda.Meeting) (agenda.HostCount, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.HostCount, error) { return hostOf(tx, m) })
}

// moveHosts makes the meetings at which one institution is host those of another
// one, as many as fit; n counts what the transaction has written.
func (t *tx) moveHosts(from, into agenda.InstitutionID, n int) (more bool, err error) {
	for p, err := range t.Scan(kv.Prefix(kHost)) {
		if err != nil {
			return false, err
		}
		var h agenda.Hosting
		if err := decode(p.Key, p.Value, &h); err != nil {
			return false, err
		}
		if h.Institution != from {
			continue
		}
		if n++; n > 40 {
			return true, nil
		}
		h.Institution = into
		put(t, p.Key, h)
	}
	return false, nil
}
