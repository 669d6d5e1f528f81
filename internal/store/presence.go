package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func presenceKey(m agenda.MeetingID) string { return kv.Key(kPresence, idPart(string(m))) }

func presenceOf(tx kv.Tx, m agenda.MeetingID) (agenda.Presence, error) {
	p, err := get[agenda.Presence](tx, presenceKey(m))
	return p, ignoreNotFound(err)
}

// rowsOf returns who was at a meeting, as noted and as far as it is known before.
func rowsOf(tx kv.Tx, m agenda.Meeting, head agenda.Minutes) (agenda.Presence, []agenda.SeatRow, error) {
	p, err := presenceOf(tx, m.ID)
	if err != nil {
		return p, nil, err
	}
	p.Meeting = m.ID
	if head.Public() && len(p.Seats) > 0 {
		return p, agenda.SeatRows(p, nil, true), nil
	}
	facts, err := seatFacts(tx, m)
	return p, agenda.SeatRows(p, facts, false), err
}

// seatFacts returns who fills the seats of a group on the day of its meeting.
func seatFacts(tx kv.Tx, m agenda.Meeting) ([]agenda.SeatFact, error) {
	seats, err := seatsOfGroup(tx, m.Group)
	if err != nil {
		return nil, err
	}
	answers, err := answersTo(tx, m.ID)
	if err != nil {
		return nil, err
	}
	said := map[agenda.SeatID]agenda.Answer{}
	for _, at := range agenda.Attendance(m, seats, answers) {
		said[at.Seat.ID] = at.Answer
	}
	names := map[agenda.InstitutionID]string{}
	out := make([]agenda.SeatFact, 0, len(seats))
	for _, seat := range seats {
		f := agenda.SeatFact{Seat: seat, Person: seat.Holder(m.Start.Date), Proposed: agenda.ProposedPresence(said[seat.ID])}
		if f.Person != "" {
			p, err := get[agenda.Person](tx, personKey(f.Person))
			if ignoreNotFound(err) != nil {
				return nil, err
			}
			if f.Name = p.Name(); err != nil {
				f.Person = "" // was deleted
			}
		}
		name, known := names[seat.Institution]
		if !known && seat.Institution != "" {
			i, err := get[agenda.Institution](tx, institutionKey(seat.Institution))
			if ignoreNotFound(err) != nil {
				return nil, err
			}
			name = i.Name
			names[seat.Institution] = name
		}
		f.Institution = name
		out = append(out, f)
	}
	return out, nil
}

// NotePresence notes who was at a meeting. What somebody else changed to another
// value in the meantime is not touched but returned.
func (s *Store) NotePresence(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, edits []agenda.PresenceEdit) (clashes []agenda.PresenceClash, err error) {
	err = s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		if !head.Editable() {
			return agenda.ErrState
		}
		old, rows, err := rowsOf(t, m, *head)
		if err != nil {
			return err
		}
		var p agenda.Presence
		if p, clashes, err = old.Edit(rows, edits, t.now); err != nil || p.Changed.Equal(old.Changed) {
			return err
		}
		*head = head.Of(m)
		if head.Changed.IsZero() {
			head.Changed = agenda.Rise(time.Time{}, t.now)
		}
		return t.keepPresence(m, g, p, old)
	})
	return clashes, err
}

// keepPresence writes who was there; a line of the history says how many of what,
// not each.
func (t *tx) keepPresence(m agenda.Meeting, g agenda.Group, p, old agenda.Presence) (err error) {
	p.Said, err = t.gatherHistory(old.Said, agenda.Entry{
		Subject: aboutMeeting(m), Verb: "presence_changed", Title: m.Name(g) + " " + m.Start.String(), Changes: agenda.PresenceChanges(old, p),
	})
	if err != nil {
		return err
	}
	put(t, presenceKey(m.ID), p)
	return nil
}

// forgetPresent takes the name of a person out of who was at meetings; comments of
// hers are deleted. What she is to do stays in the minutes with her name as text.
func (s *Store) forgetPresent(ctx context.Context, who agenda.PersonID) error {
	err := s.deleteKeys(ctx, func(tx kv.Tx) (keys []string, err error) {
		for p, err := range tx.Scan(kv.Prefix(kComment)) {
			if err != nil {
				return nil, err
			}
			var c agenda.MinutesComment
			if err := decode(p.Key, p.Value, &c); err != nil {
				return nil, err
			}
			if c.Person == who && !c.Open() {
				keys = append(keys, p.Key)
			}
		}
		return keys, nil
	})
	if err != nil {
		return err
	}
	for _, kind := range []string{kPresence, kMinutesWas} {
		if err := s.forgetPresence(ctx, kind, who); err != nil {
			return err
		}
	}
	return nil
}

// forgetPresence takes a person's name out of the records of one kind.
func (s *Store) forgetPresence(ctx context.Context, kind string, who agenda.PersonID) error {
	keys, err := view(ctx, s, func(tx kv.Tx) (keys []string, err error) {
		for p, err := range tx.Scan(kv.Prefix(kind)) {
			if err != nil {
				return nil, err
			}
			if strings.Contains(string(p.Value), `"`+string(who)+`"`) {
				keys = append(keys, p.Key)
			}
		}
		return keys, nil
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(keys, expandBatch) {
		err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
			for _, key := range some {
				if err := t.forgetPresentIn(kind, key, who); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) forgetPresentIn(kind, key string, who agenda.PersonID) error {
	if kind == kPresence {
		p, err := get[agenda.Presence](t, key)
		if err != nil {
			return ignoreNotFound(err)
		}
		if p, changed := p.Forget(who); changed {
			put(t, key, p)
		}
		return nil
	}
	if strings.Count(key, "\x00") != 2 {
		return nil // an item: a name in it is part of the minutes
	}
	v, err := get[agenda.MinutesVersion](t, key)
	if err != nil {
		return ignoreNotFound(err)
	}
	var changed bool
	if v.Presence, changed = v.Presence.Forget(who); changed {
		put(t, key, v)
	}
	return nil
}
