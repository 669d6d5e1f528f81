package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Groups returns all groups by name.
func (s *Store) Groups(ctx context.Context) ([]agenda.Group, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Group, error) {
		out, err := all[agenda.Group](tx, kGroup)
		slices.SortFunc(out, func(a, b agenda.Group) int { return strings.Compare(agenda.Fold(a.Name), agenda.Fold(b.Name)) })
		return out, err
	})
}

// Group returns one group.
func (s *Store) Group(ctx context.Context, id agenda.GroupID) (agenda.Group, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Group, error) { return get[agenda.Group](tx, groupKey(id)) })
}

// SaveGroup adds a group (ID "": the slug of its name) or changes one. New lead
// times hold for all dates to come.
func (s *Store) SaveGroup(ctx context.Context, actor agenda.Actor, g agenda.Group) (agenda.Group, error) {
	g = g.Clean()
	if err := g.Check(); err != nil {
		return g, err
	}
	var out agenda.Group
	leadsChanged := false
	err := s.update(ctx, actor, func(t *tx) (err error) {
		if err := t.noCircle(g); err != nil {
			return err
		}
		if g.ID == "" {
			out, err = t.addGroup(g)
			return err
		}
		out, leadsChanged, err = t.changeGroup(g)
		return err
	})
	if err != nil || !leadsChanged {
		return out, err
	}
	return out, s.remindAnew(ctx, out.ID)
}

// noCircle refuses groups that prepare one another.
func (t *tx) noCircle(g agenda.Group) error {
	for next, n := g.Prepares, 0; next != ""; n++ {
		if next == g.ID || n > 10 {
			return agenda.Problems{{Field: "prepares", Rule: "circle"}}
		}
		of, err := get[agenda.Group](t, groupKey(next))
		if errors.Is(err, agenda.ErrNotFound) && n == 0 {
			return agenda.Problems{{Field: "prepares", Rule: "one_of"}}
		}
		if err != nil {
			return ignoreNotFound(err)
		}
		next = of.Prepares
	}
	return nil
}

func (t *tx) changeGroup(g agenda.Group) (out agenda.Group, leadsChanged bool, err error) {
	old, err := get[agenda.Group](t, groupKey(g.ID))
	if err != nil {
		return old, false, err
	}
	changes := old.Changes(g)
	if len(changes) == 0 {
		return old, false, nil
	}
	g.Rules, g.FeedGen, g.Changed = old.Rules, old.FeedGen, agenda.Rise(old.Changed, t.now)
	put(t, groupKey(g.ID), g)
	t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutGroup, ID: string(g.ID)}, Verb: "changed", Title: g.Name, Changes: changes})
	return g, !slices.Equal(old.Leads, g.Leads), t.touch(GroupScope(g.ID), string(g.ID))
}

// SetRules says what accompanies the meetings of a group; the notices of its
// dates to come follow.
func (s *Store) SetRules(ctx context.Context, actor agenda.Actor, id agenda.GroupID, r agenda.Rules, seen time.Time) error {
	if err := r.Check(); err != nil {
		return err
	}
	changed := false
	err := s.update(ctx, actor, func(t *tx) error {
		g, err := get[agenda.Group](t, groupKey(id))
		if err != nil {
			return err
		}
		changes := g.Rules.Changes(r)
		if changed = len(changes) > 0; !changed {
			return nil
		}
		if !seen.IsZero() && !seen.Equal(g.Changed) {
			return agenda.ErrConflict
		}
		g.Rules, g.Changed = r, agenda.Rise(g.Changed, t.now)
		put(t, groupKey(id), g)
		t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutGroup, ID: string(id)}, Verb: "changed", Title: g.Name, Changes: changes})
		return t.touch(GroupScope(id), string(id))
	})
	if err != nil {
		return fmt.Errorf("rules of %s: %w", id, err)
	}
	if !changed {
		return nil
	}
	return s.remindAnew(ctx, id)
}

// addGroup adds a group under the slug of its name.
func (t *tx) addGroup(g agenda.Group) (agenda.Group, error) {
	slug := agenda.Slug(g.Name)
	if slug == "" {
		return g, agenda.Problems{{Field: "name", Rule: "required"}}
	}
	if slug == "neu" || slug == "jahr" { // pages of their own stand there
		return g, agenda.Problems{{Field: "name", Rule: "taken"}}
	}
	if _, err := t.Get(groupKey(agenda.GroupID(slug))); err == nil {
		return g, agenda.Problems{{Field: "name", Rule: "taken"}}
	} else if !errors.Is(err, kv.ErrNotFound) {
		return g, err
	}
	g.ID, g.Changed = agenda.GroupID(slug), agenda.Rise(g.Changed, t.now)
	put(t, groupKey(g.ID), g)
	t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutGroup, ID: slug}, Verb: "added", Title: g.Name})
	return g, t.touch(GroupScope(g.ID), slug)
}

// remindAnew places the reminders of a group's dates to come, one transaction
// a date.
func (s *Store) remindAnew(ctx context.Context, id agenda.GroupID) error {
	meetings, err := s.Meetings(ctx, id, s.Today(), s.Today().AddDays(3*366))
	if err != nil {
		return err
	}
	for _, m := range meetings {
		err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
			m, err := get[agenda.Meeting](t, meetingKey(m.ID))
			if err != nil {
				return err
			}
			g, err := get[agenda.Group](t, groupKey(id))
			if err != nil {
				return err
			}
			return t.accompany(m, g, true)
		})
		if err != nil {
			return fmt.Errorf("place reminders of %s: %w", id, err)
		}
	}
	return nil
}

// GroupFeedToken returns the secret part of the group's feed address.
func (s *Store) GroupFeedToken(g agenda.Group) string {
	return s.token(forGroupFeed, string(g.ID), g.FeedGen)
}

// GroupFeed returns which group's feed a token opens, ErrNotFound if none.
func (s *Store) GroupFeed(ctx context.Context, token string) (agenda.GroupID, error) {
	g, err := s.Group(ctx, agenda.GroupID(subjectOf(token)))
	if err == nil && !s.genuine(token, forGroupFeed, g.FeedGen) {
		err = agenda.ErrNotFound
	}
	return g.ID, err
}

// RenewGroupFeed makes the address of a group's feed worthless and gives the
// group a new one.
func (s *Store) RenewGroupFeed(ctx context.Context, actor agenda.Actor, id agenda.GroupID) (g agenda.Group, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		if g, err = get[agenda.Group](t, groupKey(id)); err != nil {
			return err
		}
		g.FeedGen++
		g.Changed = agenda.Rise(g.Changed, t.now)
		put(t, groupKey(id), g)
		t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutGroup, ID: string(id)}, Verb: "feed_renewed", Title: g.Name})
		return t.touch(GroupScope(id), string(id))
	})
	return g, err
}

// Seats returns a group's seats, those of the chair first.
func (s *Store) Seats(ctx context.Context, id agenda.GroupID) ([]agenda.Seat, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Seat, error) { return seatsOfGroup(tx, id) })
}

func seatsOfGroup(tx kv.Tx, id agenda.GroupID) ([]agenda.Seat, error) {
	seats, err := all[agenda.Seat](tx, kSeat, string(id))
	slices.SortStableFunc(seats, func(a, b agenda.Seat) int {
		return strings.Compare(strconv.FormatBool(!a.Chair), strconv.FormatBool(!b.Chair))
	})
	return seats, err
}

// SeatsOf returns every seat that the person has, had or will have.
func (s *Store) SeatsOf(ctx context.Context, id agenda.PersonID) ([]agenda.Seat, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Seat, error) { return heldBy(tx, id) })
}

func heldBy(tx kv.Tx, id agenda.PersonID) ([]agenda.Seat, error) {
	var out []agenda.Seat
	for p, err := range tx.Scan(kv.Prefix(kHeld, string(id))) {
		if err != nil {
			return nil, err
		}
		parts := strings.Split(p.Key, "\x00")
		seat, err := get[agenda.Seat](tx, seatKey(agenda.GroupID(parts[2]), agenda.SeatID(parts[3])))
		if err != nil {
			return nil, err
		}
		if seat.Holds(id) {
			out = append(out, seat)
		}
	}
	return out, nil
}

// Members returns who fills a seat of the group on the day, by family name.
func (s *Store) Members(ctx context.Context, id agenda.GroupID, day agenda.Date) ([]agenda.Person, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Person, error) {
		seats, err := seatsOfGroup(tx, id)
		if err != nil {
			return nil, err
		}
		members := agenda.Members(seats, day)
		everybody, err := people(tx)
		return slices.DeleteFunc(everybody, func(p agenda.Person) bool { return !slices.Contains(members, p.ID) }), err
	})
}

// Chairs reports whether the person chairs the group on the day.
func (s *Store) Chairs(ctx context.Context, p agenda.PersonID, g agenda.GroupID, day agenda.Date) (bool, error) {
	seats, err := s.Seats(ctx, g)
	return slices.ContainsFunc(seats, func(seat agenda.Seat) bool { return seat.Chair && seat.Holder(day) == p }), err
}

// TakeSeat gives a person a seat of her own in the group from the day on (no
// day: since ever). Whoever has one already keeps it.
func (s *Store) TakeSeat(ctx context.Context, actor agenda.Actor, g agenda.GroupID, p agenda.PersonID, from agenda.Date, chair bool) (seat agenda.Seat, err error) {
	err = s.update(ctx, actor, func(t *tx) (err error) {
		seat, err = t.takeSeat(g, p, from, chair)
		return err
	})
	return seat, err
}

func (t *tx) takeSeat(g agenda.GroupID, p agenda.PersonID, from agenda.Date, chair bool) (agenda.Seat, error) {
	group, err := get[agenda.Group](t, groupKey(g))
	if err != nil {
		return agenda.Seat{}, err
	}
	person, err := get[agenda.Person](t, personKey(p))
	if err != nil {
		return agenda.Seat{}, err
	}
	day := from
	if day.IsZero() {
		day = agenda.LocalOf(t.now, t.clock.Loc).Date
	}
	held, err := heldBy(t, p)
	if err != nil {
		return agenda.Seat{}, err
	}
	for _, seat := range held {
		if seat.Group == g && seat.Holder(day) == p {
			return seat, nil
		}
	}
	seat := agenda.Seat{
		ID: agenda.SeatID(t.id + strconv.Itoa(t.n)), Group: g, Institution: person.Institution, Chair: chair,
		Holdings: []agenda.Holding{{Person: p, From: from}},
	}
	return seat, t.keepSeat(seat, p, "seated", person.Name()+", "+group.Name)
}

// keepSeat writes a seat; p is whose feed changes with it.
func (t *tx) keepSeat(seat agenda.Seat, p agenda.PersonID, verb, title string) error {
	put(t, seatKey(seat.Group, seat.ID), seat)
	if p != "" {
		t.Put(kv.Key(kHeld, string(p), string(seat.Group), string(seat.ID)), nil)
		if err := t.touch(PersonScope(p), string(seat.ID)); err != nil {
			return err
		}
	}
	e := agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutGroup, ID: string(seat.Group)}, Verb: verb, Title: title}
	if p == "" {
		t.record(e)
	} else {
		t.record(e, agenda.Ref{Kind: agenda.AboutPerson, ID: string(p)}) // where her name is found when it has to go
	}
	return nil
}

// PassSeat lets a successor fill the seat from the day on; "" leaves it empty.
// Feeds and mails follow with that day; what was before stays with whom it was.
func (s *Store) PassSeat(ctx context.Context, actor agenda.Actor, g agenda.GroupID, id agenda.SeatID, to agenda.PersonID, from agenda.Date) (seat agenda.Seat, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.Seat](t, seatKey(g, id))
		if err != nil {
			return err
		}
		title := ""
		if to != "" {
			p, err := get[agenda.Person](t, personKey(to))
			if err != nil {
				return err
			}
			title = p.Name()
		}
		if seat, err = old.Pass(to, from); err != nil {
			return err
		}
		for _, h := range old.Holdings {
			if h.Person != to {
				if err := t.touch(PersonScope(h.Person), string(id)); err != nil {
					return err
				}
			}
		}
		return t.keepSeat(seat, to, "seat_passed", title+" "+from.String())
	})
	return seat, err
}

// SetChair says whether whoever fills the seat chairs the group.
func (s *Store) SetChair(ctx context.Context, actor agenda.Actor, g agenda.GroupID, id agenda.SeatID, chair bool) error {
	return s.update(ctx, actor, func(t *tx) error {
		seat, err := get[agenda.Seat](t, seatKey(g, id))
		if err != nil || seat.Chair == chair {
			return err
		}
		seat.Chair = chair
		return t.keepSeat(seat, "", "chair", strconv.FormatBool(chair))
	})
}
