package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// MostHosts is how many dates HostTurns looks ahead: as many as one transaction
// can settle.
const MostHosts = 24

// HostTurns returns who was host of a group's meetings and whose turn it is.
func (s *Store) HostTurns(ctx context.Context, id agenda.GroupID) (agenda.HostTurns, error) {
	today := s.Today()
	h, err := view(ctx, s, func(tx kv.Tx) (agenda.HostTurns, error) { return hostTurns(tx, id, today) })
	if err != nil {
		err = fmt.Errorf("hosts of %s: %w", id, err)
	}
	return h.TakeTurns(), err
}

func hostTurns(tx kv.Tx, id agenda.GroupID, today agenda.Date) (h agenda.HostTurns, err error) {
	if h.Group, err = get[agenda.Group](tx, groupKey(id)); err != nil {
		return h, err
	}
	seats, err := seatsOfGroup(tx, id)
	if err != nil {
		return h, err
	}
	h.Since = hostsSince(today)
	if h.Counts, err = hostCounts(tx, id, seats, today); err != nil {
		return h, err
	}
	slices.SortFunc(h.Counts, func(a, b agenda.HostCount) int { return cmp.Compare(agenda.Fold(a.Name), agenda.Fold(b.Name)) })
	next, err := meetings(tx, today, today.AddDays(3*366), func(g agenda.GroupID) bool { return g == id })
	if err != nil {
		return h, err
	}
	next = slices.DeleteFunc(next, func(m agenda.Meeting) bool { return m.State == agenda.MeetingCancelled })
	for _, m := range next[:min(len(next), MostHosts)] {
		d := agenda.HostedDate{Meeting: m}
		if d.Host, err = hostOf(tx, m); err != nil {
			return h, err
		}
		h.Dates = append(h.Dates, d)
	}
	return h, nil
}

// hostOf reads the host of a meeting, one without an institution if that is open.
func hostOf(tx kv.Tx, m agenda.Meeting) (agenda.HostCount, error) {
	h, err := get[agenda.Hosting](tx, hostKey(m.Group, m.ID))
	if err != nil {
		return agenda.HostCount{}, ignoreNotFound(err)
	}
	i, err := get[agenda.Institution](tx, institutionKey(h.Institution))
	return agenda.HostCount{Institution: i.ID, Name: i.Name}, ignoreNotFound(err)
}

// SetHosts changes the hosts of meetings of a group, all of them or none.
// ErrConflict is returned when one was changed after it was looked at.
func (s *Store) SetHosts(ctx context.Context, actor agenda.Actor, g agenda.GroupID, changes []agenda.HostChange) (n int, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		n = 0
		for _, c := range changes {
			done, err := t.changeHost(g, c)
			if err != nil {
				return err
			}
			if done {
				n++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("hosts of %s: %w", g, err)
	}
	return n, nil
}

func (t *tx) changeHost(g agenda.GroupID, c agenda.HostChange) (bool, error) {
	m, err := get[agenda.Meeting](t, meetingKey(c.Meeting))
	if err != nil {
		return false, err
	}
	if m.Group != g {
		return false, agenda.ErrNotFound
	}
	now, err := hostOf(t, m)
	if err != nil {
		return false, err
	}
	if todo, err := c.Settle(now.Institution); err != nil || !todo {
		return false, err
	}
	return true, t.setHost(m.ID, c.Institution)
}
