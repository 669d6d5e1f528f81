package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/kv"
)

func preparingKey(p agenda.Preparing) string {
	return kv.Key(kPreparing, idPart(string(p.Target)), idPart(string(p.Meeting)))
}

// tie notes which meeting prepares which one, and where it was put.
func (t *tx) tie(p agenda.Preparing) {
	put(t, preparingKey(p), p)
	t.Put(kv.Key(kPrepares, idPart(string(p.Meeting))), []byte(p.Target))
}

// preparingOf returns what prepares a meeting.
func preparingOf(tx kv.Tx, target agenda.MeetingID) ([]agenda.Preparing, error) {
	return all[agenda.Preparing](tx, kPreparing, idPart(string(target)))
}

// tied reports whether the meeting prepares another one than target.
func tied(tx kv.Tx, m, target agenda.MeetingID) bool {
	b, err := tx.Get(kv.Key(kPrepares, idPart(string(m))))
	return err == nil && agenda.MeetingID(b) != target
}

// preparers returns the groups that prepare the meetings of another one.
func preparers(tx kv.Tx, id agenda.GroupID) ([]agenda.Group, error) {
	groups, err := all[agenda.Group](tx, kGroup)
	return slices.DeleteFunc(groups, func(g agenda.Group) bool { return g.Prepares != id }), err
}

// Preparers returns the groups that prepare the meetings of another one.
func (s *Store) Preparers(ctx context.Context, id agenda.GroupID) ([]agenda.Group, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Group, error) { return preparers(tx, id) })
}

// Preparation is a meeting that prepares another one, or the group that has none
// for it yet.
type Preparation struct {
	agenda.Preparing
	Group agenda.Group
	Date  agenda.Meeting // the preparing one; no ID: none yet
}

// Stays reports whether somebody moved the preparing meeting, so that it stays
// when its target moves.
func (p Preparation) Stays() bool { return p.ByHand(p.Date) }

// Preparations returns what prepares a meeting, group by group.
func (s *Store) Preparations(ctx context.Context, m agenda.Meeting) ([]Preparation, error) {
	return view(ctx, s, func(tx kv.Tx) ([]Preparation, error) {
		groups, err := preparers(tx, m.Group)
		if err != nil {
			return nil, err
		}
		ties, err := preparingOf(tx, m.ID)
		if err != nil {
			return nil, err
		}
		out := make([]Preparation, len(groups))
		for i, g := range groups {
			out[i].Group = g
		}
		for _, tie := range ties {
			p := Preparation{Preparing: tie}
			if p.Date, err = get[agenda.Meeting](tx, meetingKey(tie.Meeting)); err != nil {
				return nil, err
			}
			if i := slices.IndexFunc(out, func(o Preparation) bool { return o.Group.ID == p.Date.Group }); i >= 0 {
				if p.Group = out[i].Group; out[i].Date.ID == "" || p.Date.State != agenda.MeetingCancelled {
					out[i] = p
				}
			} else if p.Group, err = get[agenda.Group](tx, groupKey(p.Date.Group)); err == nil {
				out = append(out, p) // its group prepares another one now
			} else {
				return nil, err
			}
		}
		return out, nil
	})
}

// Prepared returns the meeting that this one prepares; no ID if it prepares none.
func (s *Store) Prepared(ctx context.Context, id agenda.MeetingID) (agenda.Meeting, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Meeting, error) {
		b, err := tx.Get(kv.Key(kPrepares, idPart(string(id))))
		if err != nil {
			return agenda.Meeting{}, nil //nolint:nilerr // it prepares none
		}
		return get[agenda.Meeting](tx, meetingKey(agenda.MeetingID(b)))
	})
}

// Prepare makes what prepares a meeting, as far as it is not there: of each group
// that prepares its group one date, or ties the one that stands already. missing
// are the groups for which no day was free.
func (s *Store) Prepare(ctx context.Context, actor agenda.Actor, id agenda.MeetingID) (made []agenda.Meeting, missing []agenda.Group, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		m, err := get[agenda.Meeting](t, meetingKey(id))
		if err != nil {
			return err
		}
		if m.State == agenda.MeetingCancelled || !m.Start.In(t.clock.Loc).After(t.now) {
			return agenda.ErrState
		}
		made, missing, err = t.prepare(m)
		return err
	})
	if err != nil {
		err = fmt.Errorf("prepare meeting %s: %w", id, err)
	}
	return made, missing, err
}

func (t *tx) prepare(target agenda.Meeting) (made []agenda.Meeting, missing []agenda.Group, err error) {
	groups, err := preparers(t, target.Group)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range groups {
		m, ok, err := t.prepareBy(g, target)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			missing = append(missing, g)
		} else {
			made = append(made, m)
		}
	}
	return made, missing, nil
}

// prepareBy makes or ties the meeting of one group that prepares the target.
func (t *tx) prepareBy(g agenda.Group, target agenda.Meeting) (agenda.Meeting, bool, error) {
	ties, err := preparingOf(t, target.ID)
	if err != nil {
		return agenda.Meeting{}, false, err
	}
	for _, tie := range ties {
		m, err := get[agenda.Meeting](t, meetingKey(tie.Meeting))
		if err != nil {
			return m, false, err
		}
		if m.Group == g.ID && m.State != agenda.MeetingCancelled {
			return m, true, t.knit(target, m)
		}
	}
	f, err := t.factsBefore(g, target, "")
	if err != nil {
		return agenda.Meeting{}, false, err
	}
	d, ok := agenda.PlaceBefore(agenda.WishesBefore(g, target), f, target)
	if !ok {
		return agenda.Meeting{}, false, nil
	}
	if d.Meeting != "" {
		m, err := get[agenda.Meeting](t, meetingKey(d.Meeting))
		if err != nil {
			return m, false, err
		}
		return m, true, t.knit(target, m)
	}
	m, err := t.under(formID(t.id+string(g.ID)), func() (agenda.Meeting, error) {
		return t.plan(g.ID, agenda.MeetingDetails{Start: d.Start, End: d.End, Place: g.Place}, target.State, "", agenda.Telling{})
	})
	if err != nil {
		return m, false, err
	}
	return m, true, t.knit(target, m)
}

// under makes something in this transaction that has an identifier of its own.
func (t *tx) under(id string, fn func() (agenda.Meeting, error)) (agenda.Meeting, error) {
	whole := t.id
	defer func() { t.id = whole }()
	t.id = id
	return fn()
}

// knit ties a meeting to its target from where it is now.
func (t *tx) knit(target, m agenda.Meeting) error {
	tie := agenda.Preparing{Target: target.ID, Meeting: m.ID, At: m.Start}
	old, err := get[agenda.Preparing](t, preparingKey(tie))
	if ignoreNotFound(err) != nil || old == tie {
		return ignoreNotFound(err)
	}
	t.tie(tie)
	g, err := get[agenda.Group](t, groupKey(target.Group))
	if err != nil {
		return err
	}
	t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: "tied", Title: target.Name(g) + " " + target.Start.String()}, aboutMeeting(target))
	return nil
}

// factsBefore are those that decide about the day of a preparing meeting; without
// leaves the meeting out that is to be placed.
func (t *tx) factsBefore(g agenda.Group, target agenda.Meeting, without agenda.MeetingID) (agenda.PlanFacts, error) {
	f := agenda.PlanFacts{Group: g, Today: agenda.LocalOf(t.now, t.clock.Loc).Date, Loc: t.clock.Loc}
	from, to := target.Start.Date.AddDays(-120), target.Start.Date
	seats, err := seatsOfGroup(t, g.ID)
	if err != nil {
		return f, err
	}
	f.Members = len(agenda.Members(seats, to))
	near, err := meetings(t, from, to, func(agenda.GroupID) bool { return true })
	if err != nil {
		return f, err
	}
	look := sharing{tx: t, seats: map[agenda.GroupID][]agenda.Seat{g.ID: seats}, names: map[agenda.GroupID]string{}}
	for _, m := range near {
		switch {
		case m.State == agenda.MeetingCancelled || m.ID == without || m.ID == target.ID || m.Group == g.ID && tied(t, m.ID, target.ID):
		case m.Group == g.ID:
			f.Own = append(f.Own, m)
		default:
			o, err := look.with(g.ID, m)
			if err != nil {
				return f, err
			}
			if o.Both > 0 {
				f.Others = append(f.Others, o)
			}
		}
	}
	if f.Days, err = layerDays(t, from, to); err != nil {
		return f, err
	}
	almanac.Inform(&f, from, to)
	return f, nil
}

// company is what changes together with a meeting and is told with it.
type company struct {
	also   []agenda.AlsoMoved
	starts []agenda.Local // old and new ones, for when it is told
}

func (c *company) add(old agenda.Meeting, was agenda.MeetingDetails, now agenda.Meeting) {
	c.also = append(c.also, agenda.AlsoMoved{Meeting: old.ID, Was: was})
	c.starts = append(c.starts, old.Start, now.Start)
}

// follow moves what prepares a meeting after it was moved. Those whom the
// meeting's own notice tells (audience, if it goes out) are not told twice.
func (t *tx) follow(m agenda.Meeting, told *agenda.Audience, tell agenda.Telling) (c company, err error) {
	ties, err := preparingOf(t, m.ID)
	if err != nil || tell.Alone {
		return c, err
	}
	for _, tie := range ties {
		old, g, err := t.meeting(tie.Meeting)
		if err != nil {
			return c, err
		}
		if !tie.Follows(old, t.now, t.clock.Loc) {
			continue
		}
		f, err := t.factsBefore(g, m, old.ID)
		if err != nil {
			return c, err
		}
		w := agenda.WishesBefore(g, m)
		w.Fresh, w.Start, w.Minutes = true, old.Start.Clock(), old.Start.MinutesTo(old.End)
		d, ok := agenda.PlaceBefore(w, f, m)
		if !ok || d.Start == old.Start {
			continue // where no day is free it stays: its page says that it is no longer as wished
		}
		details := old.MeetingDetails
		details.Start, details.End = d.Start, d.End
		if err := t.takeAlong(&c, tie, old, details, told, tell); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (t *tx) takeAlong(c *company, tie agenda.Preparing, old agenda.Meeting, d agenda.MeetingDetails, told *agenda.Audience, tell agenda.Telling) error {
	known, err := t.known(old)
	if err != nil {
		return err
	}
	if told, err = t.toldWith(old.ID, told); err != nil {
		return err
	}
	tell.Mail = tell.Mail && known
	m, err := t.changeTold(old.ID, d, time.Time{}, tell, told)
	if err != nil {
		return err
	}
	tie.At = m.Start
	t.tie(tie)
	return t.alongside(c, old, m, told)
}

// alongside adds a date to what is told with another one, if a notice of its own
// leaves readers out for that.
func (t *tx) alongside(c *company, old, now agenda.Meeting, told *agenda.Audience) error {
	pending, err := t.pending(aboutMeeting(old))
	if err != nil || pending == nil || told == nil {
		return err
	}
	was := old.MeetingDetails
	if pending.WasMeet != nil {
		was = *pending.WasMeet
	}
	c.add(old, was, now)
	return nil
}

// turnAlong turns what prepares a meeting as the meeting turned: it is cancelled
// and restored with it, fixed with it if it stood as the meeting did.
func (t *tx) turnAlong(old, m agenda.Meeting, told *agenda.Audience, tell agenda.Telling) (c company, err error) {
	ties, err := preparingOf(t, m.ID)
	if err != nil || tell.Alone {
		return c, err
	}
	for _, tie := range ties {
		p, err := get[agenda.Meeting](t, meetingKey(tie.Meeting))
		if err != nil {
			return c, err
		}
		cancels, restores := m.State == agenda.MeetingCancelled, old.State == agenda.MeetingCancelled
		switch {
		case !p.Start.In(t.clock.Loc).After(t.now):
			continue
		case cancels && p.State == agenda.MeetingCancelled, restores && !tie.With, !cancels && !restores && p.State != old.State:
			continue
		}
		if err := t.turnWith(&c, tie, p, m.State, told, tell); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (t *tx) turnWith(c *company, tie agenda.Preparing, p agenda.Meeting, to agenda.MeetingState, told *agenda.Audience, tell agenda.Telling) error {
	known, err := t.known(p)
	if err != nil {
		return err
	}
	// Those who are invited to a date are told when it goes and comes back; a new
	// one waits until its invitations are released.
	tell.Mail = tell.Mail && known
	if told, err = t.toldWith(p.ID, told); err != nil {
		return err
	}
	now := p
	if err := t.turnTold(&now, to, time.Time{}, tell, told); err != nil {
		return err
	}
	tie.With = to == agenda.MeetingCancelled
	t.tie(tie)
	return t.alongside(c, p, now, told)
}

// tellAlone takes back that readers of a notice that is not sent are left out of
// those of other dates.
func (t *tx) tellAlone(n agenda.Notice) error {
	for _, a := range n.Also {
		p, err := t.pending(agenda.Ref{Kind: agenda.AboutMeeting, ID: string(a.Meeting)})
		if err != nil {
			return err
		}
		if p != nil && p.Except != nil {
			p.Except = nil
			if err := t.notify(*p); err != nil {
				return err
			}
		}
	}
	return nil
}

// withoutTold leaves out who is told by the notice of another date.
func (t *tx) withoutTold(n agenda.Notice, ids []agenda.PersonID) ([]agenda.PersonID, error) {
	if n.Except == nil {
		return ids, nil
	}
	seats, err := seatsOfGroup(t, agenda.GroupID(n.Except.Of.ID))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ids, func(id agenda.PersonID) bool {
		return slices.ContainsFunc(n.Except.Days, func(d agenda.Date) bool { return agenda.Sits(seats, id, d) })
	}), nil
}

// also reads the dates of the reader that changed with the one of the letter.
func (r *reader) also(f *agenda.Facts) error {
	if f.Message.Reader.Kind != agenda.AboutPerson {
		return nil
	}
	p := agenda.PersonID(f.Message.Reader.ID)
	for _, a := range f.Notice.Also {
		m, err := load[agenda.Meeting](r, meetingKey(a.Meeting))
		if err != nil {
			return err
		}
		seats, err := r.sits(p, m.Group)
		if err != nil {
			return err
		}
		if !agenda.Sits(seats, p, m.Start.Date) && !agenda.Sits(seats, p, a.Was.Start.Date) {
			continue
		}
		g, err := load[agenda.Group](r, groupKey(m.Group))
		if err != nil {
			return err
		}
		f.Also = append(f.Also, agenda.AlsoFact{Meeting: m, Of: g, Old: a.Was})
	}
	return nil
}
