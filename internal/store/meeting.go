package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func aboutMeeting(m agenda.Meeting) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)}
}

// Meeting returns one meeting.
func (s *Store) Meeting(ctx context.Context, id agenda.MeetingID) (agenda.Meeting, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Meeting, error) { return get[agenda.Meeting](tx, meetingKey(id)) })
}

// Meetings returns the meetings of a group ("": of all) that start on the days
// from…to, by start, drafts and cancelled ones among them.
func (s *Store) Meetings(ctx context.Context, g agenda.GroupID, from, to agenda.Date) ([]agenda.Meeting, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Meeting, error) {
		return meetings(tx, from, to, func(of agenda.GroupID) bool { return g == "" || g == of })
	})
}

func meetings(tx kv.Tx, from, to agenda.Date, wanted func(agenda.GroupID) bool) ([]agenda.Meeting, error) {
	var out []agenda.Meeting
	for p, err := range tx.Scan(kv.Key(kAt, from.String()), kv.Key(kAt, to.AddDays(1).String())) {
		if err != nil {
			return nil, err
		}
		if !wanted(agenda.GroupID(p.Value)) {
			continue
		}
		m, err := get[agenda.Meeting](tx, meetingKey(agenda.MeetingID(lastPart(p.Key))))
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// MeetingsOf returns the meetings that the person sees as hers: of the groups
// in which she fills a seat on the day of the meeting, without drafts.
func (s *Store) MeetingsOf(ctx context.Context, p agenda.PersonID, from, to agenda.Date) ([]agenda.Meeting, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Meeting, error) { return meetingsOf(tx, p, from, to) })
}

func meetingsOf(tx kv.Tx, p agenda.PersonID, from, to agenda.Date) ([]agenda.Meeting, error) {
	held, err := heldBy(tx, p)
	if err != nil {
		return nil, err
	}
	groups := map[agenda.GroupID][]agenda.Seat{}
	for _, seat := range held {
		groups[seat.Group] = append(groups[seat.Group], seat)
	}
	out, err := meetings(tx, from, to, func(g agenda.GroupID) bool { return groups[g] != nil })
	return slices.DeleteFunc(out, func(m agenda.Meeting) bool {
		return !m.Visible() || !slices.ContainsFunc(groups[m.Group], func(seat agenda.Seat) bool { return seat.Holder(m.Start.Date) == p })
	}), err
}

// PlanMeeting adds one date. A fixed one with tell.Mail invites the members at
// once.
func (s *Store) PlanMeeting(ctx context.Context, actor agenda.Actor, g agenda.GroupID, d agenda.MeetingDetails, state agenda.MeetingState, tell agenda.Telling) (m agenda.Meeting, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		m, err = t.plan(g, d, state, "", tell)
		return err
	})
	return m, err
}

// PlanMeetings adds several dates, one transaction each. They invite nobody
// until Invite.
func (s *Store) PlanMeetings(ctx context.Context, actor agenda.Actor, g agenda.GroupID, dates []agenda.MeetingDetails, state agenda.MeetingState) ([]agenda.Meeting, error) {
	out := make([]agenda.Meeting, 0, len(dates))
	for _, d := range dates {
		m, err := s.PlanMeeting(ctx, actor, g, d, state, agenda.Telling{})
		if err != nil {
			return out, fmt.Errorf("date %s: %w", d.Start, err)
		}
		out = append(out, m)
	}
	return out, nil
}

func (t *tx) plan(id agenda.GroupID, d agenda.MeetingDetails, state agenda.MeetingState, source string, tell agenda.Telling) (agenda.Meeting, error) {
	g, err := get[agenda.Group](t, groupKey(id))
	if err != nil {
		return agenda.Meeting{}, err
	}
	d = d.Clean()
	if err := d.Check(t.clock.Loc); err != nil {
		return agenda.Meeting{}, err
	}
	if m, ok, err := t.planned(id, d); err != nil || ok {
		return m, err
	}
	now := agenda.Rise(time.Time{}, t.now)
	m := agenda.Meeting{ID: agenda.MeetingID(t.id), Group: id, State: state, MeetingDetails: d, Source: source, Created: now, Changed: now}
	invite := tell.Mail && state == agenda.MeetingFixed
	if invite {
		m.Invited = t.now
		if err := t.invite(g, []agenda.Meeting{m}, tell.Sentence); err != nil {
			return m, err
		}
	}
	if err := t.accompany(m, g, invite); err != nil {
		return m, err
	}
	return m, t.keep(nil, m, g, "added", nil, agenda.Telling{Mail: invite, Sentence: tell.Sentence})
}

// planned finds the date of a group that is planned already: a form that is sent
// twice makes no second one.
func (t *tx) planned(g agenda.GroupID, d agenda.MeetingDetails) (agenda.Meeting, bool, error) {
	same, err := meetings(t, d.Start.Date, d.Start.Date, func(id agenda.GroupID) bool { return id == g })
	if err != nil {
		return agenda.Meeting{}, false, err
	}
	for _, m := range same {
		if m.MeetingDetails == d && m.State != agenda.MeetingCancelled {
			return m, true, nil
		}
	}
	return agenda.Meeting{}, false, nil
}

// keep writes a meeting, its indexes, its history and the revision of its feed.
func (t *tx) keep(old *agenda.Meeting, m agenda.Meeting, g agenda.Group, verb string, changes []agenda.Change, tell agenda.Telling) error {
	put(t, meetingKey(m.ID), m)
	if old != nil && old.Start != m.Start {
		t.Delete(kv.Key(kAt, old.Start.String(), string(m.ID)))
	}
	t.Put(kv.Key(kAt, m.Start.String(), string(m.ID)), []byte(m.Group))
	if m.Source != "" {
		t.Put(kv.Key(kSource, string(m.Group), m.Source), []byte(m.ID))
	}
	t.record(agenda.Entry{
		Subject: aboutMeeting(m), Verb: verb, Title: m.Name(g) + " " + m.Start.String(),
		Changes: changes, Note: tell.Sentence, Mail: tell.Mail,
	})
	if err := t.placeApprovals(m.Group); err != nil {
		return err
	}
	return t.touch(GroupScope(m.Group), string(m.ID))
}

// ChangeMeeting gives a meeting new details. With tell.Mail the members are
// told, after the quiet time or at once when the date is near; a draft or
// planned date tells nobody.
func (s *Store) ChangeMeeting(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, d agenda.MeetingDetails, seen time.Time, tell agenda.Telling) (m agenda.Meeting, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		m, err = t.changeMeeting(id, d, seen, tell)
		return err
	})
	if err != nil {
		err = fmt.Errorf("change meeting %s: %w", id, err)
	}
	return m, err
}

func (t *tx) changeMeeting(id agenda.MeetingID, d agenda.MeetingDetails, seen time.Time, tell agenda.Telling) (agenda.Meeting, error) {
	return t.changeTold(id, d, seen, tell, nil)
}

// changeTold is changeMeeting for a date that changes with another one; those of
// whom told speaks are told by the notice of that.
func (t *tx) changeTold(id agenda.MeetingID, d agenda.MeetingDetails, seen time.Time, tell agenda.Telling, told *agenda.Audience) (agenda.Meeting, error) {
	old, g, err := t.meeting(id)
	if err != nil {
		return old, err
	}
	m, changes, err := old.Change(d, seen, t.now, t.clock.Loc)
	if err != nil || len(changes) == 0 {
		return old, err
	}
	tell.Mail = tell.Mail && m.State == agenda.MeetingFixed && m.End.In(t.clock.Loc).After(t.now)
	n := t.noticeAbout(agenda.KindChange, m, old.Start.Date, m.Start.Date)
	n.Sentence, n.WasMeet, n.Except = tell.Sentence, &old.MeetingDetails, told
	var with company
	alone, err := t.asks(old, g)
	if err != nil {
		return m, err
	}
	if old.Start != m.Start {
		if with, err = t.follow(m, audienceIf(tell.Mail && !alone, n), tell); err != nil {
			return m, err
		}
	}
	if tell.Mail {
		n.Also = with.also
		if err := t.gather(n, t.clock.Soon(t.now, append(with.starts, old.Start, m.Start)...)); err != nil {
			return m, err
		}
	}
	if err := t.accompany(m, g, tell.Mail); err != nil {
		return m, err
	}
	verb := "changed"
	if old.Start != m.Start {
		verb = "moved"
	}
	return m, t.keep(&old, m, g, verb, changes, tell)
}

func (t *tx) meeting(id agenda.MeetingID) (agenda.Meeting, agenda.Group, error) {
	m, err := get[agenda.Meeting](t, meetingKey(id))
	if err != nil {
		return m, agenda.Group{}, err
	}
	g, err := get[agenda.Group](t, groupKey(m.Group))
	return m, g, err
}

func (t *tx) noticeAbout(kind agenda.Kind, m agenda.Meeting, days ...agenda.Date) agenda.Notice {
	return agenda.Notice{
		Kind: kind, Subject: aboutMeeting(m), Deadline: m.End.In(t.clock.Loc),
		To: agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutGroup, ID: string(m.Group)}, Days: days},
	}
}

// audienceIf is whom a notice tells, nil if it does not go out.
func audienceIf(goes bool, n agenda.Notice) *agenda.Audience {
	if !goes {
		return nil
	}
	to := n.To
	return &to
}

// TurnMeeting fixes, cancels or restores a meeting, or makes it a draft or
// planned one.
func (s *Store) TurnMeeting(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, to agenda.MeetingState, seen time.Time, tell agenda.Telling) (m agenda.Meeting, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		m = agenda.Meeting{ID: id}
		return t.turnMeeting(&m, to, seen, tell)
	})
	if err != nil {
		err = fmt.Errorf("turn meeting %s: %w", id, err)
	}
	return m, err
}

// turnMeeting reads the meeting of m.ID, turns it and leaves it in m.
func (t *tx) turnMeeting(m *agenda.Meeting, to agenda.MeetingState, seen time.Time, tell agenda.Telling) error {
	return t.turnTold(m, to, seen, tell, nil)
}

// turnTold is turnMeeting for a date that turns with another one; those of whom
// told speaks are told by the notice of that.
func (t *tx) turnTold(m *agenda.Meeting, to agenda.MeetingState, seen time.Time, tell agenda.Telling, told *agenda.Audience) error {
	old, g, err := t.meeting(m.ID)
	if err != nil {
		return err
	}
	if old.State == to {
		*m = old // the second click on the same button
		return nil
	}
	if !seen.IsZero() && !seen.Equal(old.Changed) {
		return agenda.ErrConflict
	}
	if *m, err = old.Turn(to, t.now); err != nil {
		return err
	}
	tell.Mail = tell.Mail && m.End.In(t.clock.Loc).After(t.now)
	n := t.noticeAbout("", *m, m.Start.Date)
	n.Sentence, n.Except = tell.Sentence, told
	gathers := tell.Mail && (old.State == agenda.MeetingFixed || old.State == agenda.MeetingCancelled)
	alone, err := t.asks(old, g)
	if err != nil {
		return err
	}
	with, err := t.turnAlong(old, *m, audienceIf(gathers && !alone, n), tell)
	if err != nil {
		return err
	}
	n.Also = with.also
	if err := t.tellTurn(old, m, g, tell, n, with.starts); err != nil {
		return err
	}
	if err := t.accompany(*m, g, tell.Mail); err != nil {
		return err
	}
	return t.keep(&old, *m, g, turnVerb(old.State, to), nil, tell)
}

func turnVerb(from, to agenda.MeetingState) string {
	if from == agenda.MeetingCancelled {
		return "restored"
	}
	return map[agenda.MeetingState]string{
		agenda.MeetingCancelled: "cancelled", agenda.MeetingFixed: "fixed", agenda.MeetingPlanned: "planned", agenda.MeetingDraft: "drafted",
	}[to]
}

// tellTurn writes the notice of a turn. A cancellation and a restoration of which
// nobody was told yet undo each other.
func (t *tx) tellTurn(old agenda.Meeting, m *agenda.Meeting, g agenda.Group, tell agenda.Telling, n agenda.Notice, starts []agenda.Local) error {
	pending, err := t.pending(aboutMeeting(old))
	if err != nil {
		return err
	}
	switch {
	case undoes(m.State != agenda.MeetingCancelled, pending):
		return t.undo(*pending)
	case m.State == agenda.MeetingCancelled && pending != nil && !tell.Mail:
		return errors.Join(t.tellAlone(*pending), t.silence(pending.ID))
	case !tell.Mail:
		return nil
	case m.State == agenda.MeetingCancelled && old.State == agenda.MeetingFixed:
		n.Kind = agenda.KindCancellation
		return t.gather(n, t.clock.Soon(t.now, append(starts, m.Start)...))
	case m.State == agenda.MeetingFixed && old.State == agenda.MeetingCancelled:
		n.Kind = agenda.KindRestored
		return t.gather(n, t.clock.Soon(t.now, append(starts, m.Start)...))
	case m.State == agenda.MeetingFixed:
		m.Invited = t.now
		return t.invite(g, []agenda.Meeting{*m}, tell.Sentence)
	}
	return nil
}

// Clashes returns for each planned date of a group what else is at that time:
// meetings of other groups, with the number of shared members, and public
// events.
func (s *Store) Clashes(ctx context.Context, g agenda.GroupID, dates []agenda.MeetingDetails) ([][]agenda.Clash, error) {
	return view(ctx, s, func(tx kv.Tx) ([][]agenda.Clash, error) {
		out := make([][]agenda.Clash, len(dates))
		for i, d := range dates {
			at, err := meetings(tx, d.Start.Date.AddDays(-7), d.End.Date, func(agenda.GroupID) bool { return true })
			if err != nil {
				return nil, err
			}
			for _, m := range at {
				if m.State != agenda.MeetingCancelled && agenda.Overlap(d.Start, d.End, m.Start, m.End) {
					c, err := clash(tx, g, m)
					if err != nil {
						return nil, err
					}
					out[i] = append(out[i], c)
				}
			}
			events, err := eventsOn(tx, d.Start, d.End)
			if err != nil {
				return nil, err
			}
			out[i] = append(out[i], events...)
		}
		return out, nil
	})
}

func clash(tx kv.Tx, g agenda.GroupID, m agenda.Meeting) (agenda.Clash, error) {
	other, err := get[agenda.Group](tx, groupKey(m.Group))
	if err != nil {
		return agenda.Clash{}, err
	}
	ours, err := seatsOfGroup(tx, g)
	if err != nil {
		return agenda.Clash{}, err
	}
	theirs, err := seatsOfGroup(tx, m.Group)
	members := agenda.Members(theirs, m.Start.Date)
	both := slices.DeleteFunc(agenda.Members(ours, m.Start.Date), func(p agenda.PersonID) bool { return !slices.Contains(members, p) })
	return agenda.Clash{With: aboutMeeting(m), Title: m.Name(other), Start: m.Start, End: m.End, Both: len(both)}, err
}

// bySource returns the meeting that came from a calendar file under that UID.
func (t *tx) bySource(g agenda.GroupID, uid string) (agenda.MeetingID, error) {
	b, err := t.Get(kv.Key(kSource, string(g), uid))
	if errors.Is(err, kv.ErrNotFound) {
		return "", agenda.ErrNotFound
	}
	return agenda.MeetingID(b), err
}
