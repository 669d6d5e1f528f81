package store

import (
	"context"
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Sight is what somebody may see of the minutes of a group: drafts as well, or
// only what members read.
type Sight bool

// The sights.
const (
	OfMember Sight = false
	OfTaker  Sight = true
)

// SearchMinutes finds where all words of the query stand in agendas and minutes of
// a group, the newest meeting first. more says that there are more places.
func (s *Store) SearchMinutes(ctx context.Context, g agenda.GroupID, query string, sight Sight) (hits []agenda.Hit, more bool, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		held, err := heldBefore(tx, g, sight)
		hits, more = agenda.SearchMinutes(held, query)
		return err
	})
	return hits, more, err
}

// heldBefore reads agendas and minutes of all meetings of a group.
func heldBefore(tx kv.Tx, g agenda.GroupID, sight Sight) ([]agenda.HeldMeeting, error) {
	list, err := meetings(tx, agenda.Date{Year: 2000, Month: 1, Day: 1}, agenda.Date{Year: 2100, Month: 12, Day: 31}, func(of agenda.GroupID) bool { return of == g })
	if err != nil {
		return nil, err
	}
	heads := map[agenda.MeetingID]agenda.Minutes{}
	all, err := headsOf(tx, g)
	for _, h := range all {
		heads[h.Meeting] = h
	}
	out := make([]agenda.HeldMeeting, 0, len(list))
	for _, m := range list {
		if !m.Visible() && sight == OfMember || err != nil {
			continue
		}
		h := agenda.HeldMeeting{Meeting: m, Head: heads[m.ID]}
		if h.Agenda, err = agendaOf(tx, m.ID); err != nil {
			return nil, err
		}
		if h.Agenda.Released.IsZero() && sight == OfMember && !h.Head.Public() {
			h.Agenda = agenda.Agenda{}
		}
		if h.Head.Public() || sight == OfTaker {
			if h.Minutes, err = minutesOf(tx, m.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, h)
	}
	return out, err
}

// Decided is a decision of a group and the meeting that took it.
type Decided struct {
	agenda.Decision
	Of    agenda.Meeting
	Title string // of the item
}

// Decisions returns what a group decided at its last meetings, as far as members
// read it, the newest first: of so many meetings at least as many decisions as
// asked for, if there are so many.
func (s *Store) Decisions(ctx context.Context, g agenda.GroupID, most int) ([]Decided, error) {
	return view(ctx, s, func(tx kv.Tx) (out []Decided, err error) {
		heads, err := headsOf(tx, g)
		if err != nil {
			return nil, err
		}
		var with []agenda.Meeting
		for _, h := range heads {
			if h.Decided == 0 || !h.Public() {
				continue
			}
			m, err := get[agenda.Meeting](tx, meetingKey(h.Meeting))
			if err != nil {
				return nil, err
			}
			with = append(with, m)
		}
		slices.SortFunc(with, func(a, b agenda.Meeting) int { return b.Start.Compare(a.Start) })
		for _, m := range with {
			if len(out) >= most {
				break
			}
			minutes, err := minutesOf(tx, m.ID)
			if err != nil {
				return nil, err
			}
			for _, x := range minutes {
				for _, d := range x.Decisions {
					out = append(out, Decided{d, m, x.Title})
				}
			}
		}
		return out[:min(len(out), most)], nil
	})
}

// MinutesStates returns the heads of the minutes of a group by meeting.
func (s *Store) MinutesStates(ctx context.Context, g agenda.GroupID) (map[agenda.MeetingID]agenda.Minutes, error) {
	return view(ctx, s, func(tx kv.Tx) (map[agenda.MeetingID]agenda.Minutes, error) {
		heads, err := headsOf(tx, g)
		out := make(map[agenda.MeetingID]agenda.Minutes, len(heads))
		for _, h := range heads {
			out[h.Meeting] = h
		}
		return out, err
	})
}

// lateFor is for how many days after its meeting the desk shows that minutes are
// missing.
const lateFor = 200

// LateMinutes returns the meetings whose minutes are so late that both mails about
// that have gone out, the oldest first.
func (s *Store) LateMinutes(ctx context.Context) ([]agenda.DatedMeeting, error) {
	groups, err := s.Groups(ctx)
	if err != nil {
		return nil, err
	}
	return view(ctx, s, func(tx kv.Tx) (out []agenda.DatedMeeting, err error) {
		by := map[agenda.GroupID]agenda.Group{}
		for _, g := range groups {
			if g.Rules.Minutes.On {
				by[g.ID] = g
			}
		}
		today := s.Today()
		list, err := meetings(tx, today.AddDays(-lateFor), today, func(g agenda.GroupID) bool { return by[g].ID != "" })
		for _, m := range list {
			head, err := headOf(tx, m)
			if err != nil {
				return nil, err
			}
			if head.Late(m, by[m.Group], today) {
				out = append(out, agenda.DatedMeeting{Meeting: m, Of: by[m.Group]})
			}
		}
		return out, err
	})
}

// PresenceYear returns how often institutions were represented at meetings in a
// year.
func (s *Store) PresenceYear(ctx context.Context, year int) (agenda.PresenceYear, error) {
	groups, err := s.Groups(ctx)
	if err != nil {
		return agenda.PresenceYear{}, err
	}
	return view(ctx, s, func(tx kv.Tx) (y agenda.PresenceYear, err error) {
		list, err := meetings(tx, agenda.Date{Year: year, Month: 1, Day: 1}, agenda.Date{Year: year, Month: 12, Day: 31}, func(agenda.GroupID) bool { return true })
		if err != nil {
			return y, err
		}
		var held []agenda.HeldPresence
		for _, m := range list {
			p, err := presenceOf(tx, m.ID)
			if err != nil {
				return y, err
			}
			if len(p.Seats) > 0 && m.State == agenda.MeetingFixed {
				held = append(held, agenda.HeldPresence{Meeting: m, Presence: p})
			}
		}
		seats := map[agenda.SeatID]agenda.InstitutionID{}
		everySeat, err := all[agenda.Seat](tx, kSeat)
		if err != nil {
			return y, err
		}
		for _, seat := range everySeat {
			seats[seat.ID] = seat.Institution
		}
		names := map[agenda.InstitutionID]string{}
		insts, err := institutions(tx)
		for _, i := range insts {
			names[i.ID] = i.Name
		}
		return agenda.PresenceOfYear(year, groups, held, seats, names), err
	})
}
