package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// remindAssignments puts the reminders of what a meeting agreed where they belong:
// of what is open, once members read the minutes.
func (t *tx) remindAssignments(m agenda.Meeting, head agenda.Minutes, minutes []agenda.Minute, done map[agenda.AssignmentID]bool) error {
	var open []agenda.Assignment
	if head.Public() {
		for _, a := range assignmentsOf(m, minutes) {
			if !done[a.AssignmentID] {
				open = append(open, a.Assignment)
			}
		}
	}
	return t.replace(agenda.AssignmentsPrefix(m.ID), t.clock.AssignmentReminders(m, open, t.now))
}

// remindAssignmentsOn places the next reminders of a meeting's assignments after
// one of them went out.
func (t *tx) remindAssignmentsOn(n agenda.Notice) error {
	m, err := get[agenda.Meeting](t, meetingKey(agenda.MeetingID(n.Subject.ID)))
	if err != nil {
		return ignoreNotFound(err)
	}
	head, err := headOf(t, m)
	if err != nil {
		return err
	}
	minutes, err := minutesOf(t, m.ID)
	if err != nil {
		return err
	}
	done, err := doneOf(t, m.ID)
	if err != nil {
		return err
	}
	return t.remindAssignments(m, head, minutes, done)
}

func assignmentsOf(m agenda.Meeting, minutes []agenda.Minute) (out []agenda.OpenAssignment) {
	for _, x := range minutes {
		for _, a := range x.Assignments {
			id := agenda.AssignmentID{Meeting: m.ID, Item: x.Item, No: a.ID}
			out = append(out, agenda.OpenAssignment{AssignmentID: id, Assignment: a, Of: m})
		}
	}
	return out
}

// openIn returns the assignments of a meeting that are not done.
func openIn(tx kv.Tx, m agenda.Meeting, g agenda.Group) ([]agenda.OpenAssignment, error) {
	minutes, err := minutesOf(tx, m.ID)
	if err != nil {
		return nil, err
	}
	done, err := doneOf(tx, m.ID)
	var out []agenda.OpenAssignment
	for _, a := range assignmentsOf(m, minutes) {
		if !done[a.AssignmentID] {
			a.In = g
			out = append(out, a)
		}
	}
	return out, err
}

// openOfGroup returns what meetings of a group agreed and is not done, as far as
// members read it, what is due first.
func openOfGroup(tx kv.Tx, g agenda.Group) (out []agenda.OpenAssignment, err error) {
	heads, err := headsOf(tx, g.ID)
	for _, h := range heads {
		if h.Open == 0 || !h.Public() {
			continue
		}
		m, err := get[agenda.Meeting](tx, meetingKey(h.Meeting))
		if err != nil {
			return nil, err
		}
		list, err := openIn(tx, m, g)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	agenda.SortAssignments(out)
	return out, err
}

// OpenAssignments returns what meetings of a group agreed and is not done, what is
// due first.
func (s *Store) OpenAssignments(ctx context.Context, g agenda.Group) ([]agenda.OpenAssignment, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.OpenAssignment, error) { return openOfGroup(tx, g) })
}

// AssignmentsOf returns what a person has still to do, of all groups.
func (s *Store) AssignmentsOf(ctx context.Context, who agenda.PersonID) ([]agenda.OpenAssignment, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.OpenAssignment, error) {
		open, err := allOpen(tx)
		return slices.DeleteFunc(open, func(a agenda.OpenAssignment) bool { return a.Person != who }), err
	})
}

func allOpen(tx kv.Tx) (out []agenda.OpenAssignment, err error) {
	groups, err := all[agenda.Group](tx, kGroup)
	for _, g := range groups {
		list, err := openOfGroup(tx, g)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	agenda.SortAssignments(out)
	return out, err
}

// AssignmentsToken returns the secret part of a person's link to what she has to
// do.
func (s *Store) AssignmentsToken(who agenda.PersonID) string {
	return s.token(forAssigned, string(who), 0)
}

// AssignmentsOfToken returns whose link it is.
func (s *Store) AssignmentsOfToken(ctx context.Context, token string) (agenda.Person, error) {
	if !s.genuine(token, forAssigned, 0) {
		return agenda.Person{}, agenda.ErrNotFound
	}
	return s.Person(ctx, agenda.PersonID(subjectOf(token)))
}

// TickAssignment notes that an assignment is done, or to be done again; doing it
// twice changes nothing. who is the person whose it must be, "" for those who take
// the minutes. ErrNotFound is returned for what was taken out of the minutes.
func (s *Store) TickAssignment(ctx context.Context, actor agenda.Actor, id agenda.AssignmentID, who agenda.PersonID, done bool) error {
	return s.editMinutes(ctx, actor, id.Meeting, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		minutes, err := minutesOf(t, m.ID)
		if err != nil {
			return err
		}
		list := assignmentsOf(m, minutes)
		i := slices.IndexFunc(list, func(a agenda.OpenAssignment) bool { return a.AssignmentID == id && (who == "" || a.Person == who) })
		if i < 0 || who != "" && !head.Public() {
			return agenda.ErrNotFound
		}
		was, err := doneOf(t, m.ID)
		if err != nil || was[id] == done {
			return err
		}
		verb := "assignment_reopened"
		if done {
			put(t, assignedKey(id), agenda.AssignmentDone{At: t.now, Person: agenda.PersonID(t.actor.Who.ID)})
			verb = "assignment_done"
		} else {
			t.Delete(assignedKey(id))
		}
		was[id] = done
		t.recordMinutes(m, g, agenda.Entry{Verb: verb, Note: list[i].What})
		_, head.Open, _ = agenda.CountMinutes(minutes, was)
		return t.remindAssignments(m, *head, minutes, was)
	})
}

// assignedReaders are those who have something to do that the meeting agreed, of
// the day of the notice. What is nobody's who is known here concerns those who take
// the minutes.
func (t *tx) assignedReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	m, g, err := t.meeting(agenda.MeetingID(n.To.Of.ID))
	if err != nil {
		return nil, false, ignoreNotFound(err)
	}
	open, err := openIn(t, m, g)
	if err != nil {
		return nil, false, err
	}
	var ids []agenda.PersonID
	nobodys := false
	for _, a := range open {
		switch {
		case a.Until.String() != n.Mark:
		case a.Person == "":
			nobodys = true
		default:
			ids = append(ids, a.Person)
		}
	}
	if nobodys {
		takers, err := t.takers(m)
		if err != nil {
			return nil, false, err
		}
		ids = append(ids, takers...)
	}
	return t.personReaders(n, ids)
}

// takers are those who take the minutes of a meeting: who chairs the group today,
// or did on its day, and whom she named; coordinators if there is nobody.
func (t *tx) takers(m agenda.Meeting) ([]agenda.PersonID, error) {
	seats, err := seatsOfGroup(t, m.Group)
	if err != nil {
		return nil, err
	}
	head, err := headOf(t, m)
	if err != nil {
		return nil, err
	}
	chairs := slices.DeleteFunc(seats, func(s agenda.Seat) bool { return !s.Chair })
	ids := agenda.Members(chairs, agenda.LocalOf(t.now, t.clock.Loc).Date)
	if len(ids) == 0 {
		ids = agenda.Members(chairs, m.Start.Date)
	}
	if head.Taker != "" {
		ids = append(ids, head.Taker)
	}
	if len(ids) > 0 {
		return ids, nil
	}
	everybody, err := all[agenda.Person](t, kPerson)
	for _, p := range everybody {
		if p.Coordinator {
			ids = append(ids, p.ID)
		}
	}
	return ids, err
}

func (t *tx) minutesReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	m, err := get[agenda.Meeting](t, meetingKey(agenda.MeetingID(n.To.Of.ID)))
	if err != nil {
		return nil, false, ignoreNotFound(err)
	}
	ids, err := t.takers(m)
	if err != nil {
		return nil, false, err
	}
	return t.personReaders(n, ids)
}

// ofMinutes reports whether the notice is one that the minutes of a meeting cause.
func ofMinutes(k agenda.Kind) bool {
	switch k {
	case agenda.KindMinutes, agenda.KindMinutesFixed, agenda.KindMinutesDue, agenda.KindObjection, agenda.KindAssignment:
		return true
	}
	return false
}

// minutesStand reports whether a notice about minutes is of use.
func (t *tx) minutesStand(n agenda.Notice) (bool, error) {
	m, g, err := t.meeting(agenda.MeetingID(n.Subject.ID))
	if err != nil {
		return false, ignoreNotFound(err)
	}
	head, err := headOf(t, m)
	if err != nil {
		return false, err
	}
	switch n.Kind {
	case agenda.KindMinutesDue:
		if !agenda.MinutesDueStands(n, m, g, head) {
			return false, nil
		}
		later, err := noticesLike(t, agenda.MinutesDuePrefix(m.ID)) // after a long downtime only the last one
		return !slices.ContainsFunc(later, func(o agenda.Notice) bool { return o.Due.After(n.Due) && !o.Due.After(t.now) }), err
	case agenda.KindObjection:
		c, err := get[agenda.MinutesComment](t, commentKey(m.ID, n.Mark))
		return err == nil && c.Open(), ignoreNotFound(err)
	}
	return head.Public(), nil
}

// minutesFacts adds what a letter about minutes says to its facts.
func (r *reader) minutesFacts(f *agenda.Facts) (err error) {
	if f.Minutes, err = headOf(r.tx, f.Meeting); err != nil {
		return err
	}
	switch f.Message.Kind {
	case agenda.KindObjection:
		f.Comment, err = get[agenda.MinutesComment](r.tx, commentKey(f.Meeting.ID, f.Message.Mark))
		if err != nil {
			return ignoreNotFound(err)
		}
		p, err := get[agenda.Person](r.tx, personKey(f.Comment.Person))
		f.CommentBy = p.Name()
		return ignoreNotFound(err)
	case agenda.KindMinutes:
		minutes, err := minutesOf(r.tx, f.Meeting.ID)
		for _, x := range minutes {
			f.Decisions = append(f.Decisions, x.Decisions...)
		}
		return err
	}
	return nil
}

// minutesOfReader adds what is the reader's own in a letter about minutes.
func (r *reader) minutesOfReader(f *agenda.Facts, who agenda.PersonID) error {
	f.Tokens.Act = r.s.MinutesToken(f.Meeting.ID, who)
	if f.Message.Kind != agenda.KindAssignment {
		return nil
	}
	f.Tokens.Todo = r.s.AssignmentsToken(who)
	open, err := openIn(r.tx, f.Meeting, f.Group)
	for _, a := range open {
		if a.Until.String() == f.Message.Mark && (a.Person == who || a.Person == "") {
			f.Assignments = append(f.Assignments, a)
		}
	}
	return err
}

// aboutOpen is the audience of those who have something to do, once a month.
const aboutOpen = "open"

// openReaders are those who have something to do and get no monthly mail in which
// it stands.
func (t *tx) openReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	todo, err := todos(t, agenda.LocalOf(t.now, t.clock.Loc).Date, t.now, t.clock)
	if err != nil {
		return nil, false, err
	}
	var ids []agenda.PersonID
	for id, l := range todo {
		p, err := get[agenda.Person](t, personKey(id))
		if ignoreNotFound(err) != nil {
			return nil, false, err
		}
		if err == nil && !p.Digest && !l.Empty() {
			ids = append(ids, id)
		}
	}
	return t.personReaders(n, ids)
}

// todoOf adds what is open to the facts of a monthly letter.
func (r *reader) todoOf(f *agenda.Facts) error {
	const key = "todos"
	list, ok := r.kept[key].(map[agenda.PersonID]agenda.Todo)
	if !ok {
		var err error
		if list, err = todos(r.tx, agenda.LocalOf(f.Now, r.s.Loc()).Date, f.Now, r.s.config.Clock); err != nil {
			return err
		}
		r.kept[key] = list
	}
	who := agenda.PersonID(f.Message.Reader.ID)
	f.Todo = list[who]
	f.Tokens.Todo = r.s.AssignmentsToken(who)
	return nil
}

// Todo returns what is open for a person.
func (s *Store) Todo(ctx context.Context, who agenda.PersonID) (agenda.Todo, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Todo, error) {
		list, err := todos(tx, s.Today(), s.Now(), s.config.Clock)
		return list[who], err
	})
}

// todos returns what is open for everybody: assignments, answers that are missing,
// minutes on which comments are possible.
func todos(tx kv.Tx, today agenda.Date, now time.Time, clock agenda.Clock) (map[agenda.PersonID]agenda.Todo, error) {
	out := map[agenda.PersonID]agenda.Todo{}
	open, err := allOpen(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range open {
		if a.Person != "" {
			l := out[a.Person]
			l.Assignments = append(l.Assignments, a)
			out[a.Person] = l
		}
	}
	groups, err := all[agenda.Group](tx, kGroup)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if err := todosOfGroup(tx, g, today, now, clock, out); err != nil {
			return nil, fmt.Errorf("what is open in %s: %w", g.ID, err)
		}
	}
	return out, nil
}

func todosOfGroup(tx kv.Tx, g agenda.Group, today agenda.Date, now time.Time, clock agenda.Clock, out map[agenda.PersonID]agenda.Todo) error {
	heads, err := headsOf(tx, g.ID)
	if err != nil {
		return err
	}
	seats, err := seatsOfGroup(tx, g.ID)
	if err != nil {
		return err
	}
	add := func(m agenda.Meeting, to []agenda.PersonID, list func(*agenda.Todo) *[]agenda.DatedMeeting) {
		for _, who := range to {
			l := out[who]
			dates := list(&l)
			*dates = append(*dates, agenda.DatedMeeting{Meeting: m, Of: g})
			out[who] = l
		}
	}
	for _, h := range heads {
		if h.Commentable(now, clock.Loc) != "" {
			continue
		}
		m, err := get[agenda.Meeting](tx, meetingKey(h.Meeting))
		if err != nil {
			return err
		}
		add(m, agenda.Members(seats, m.Start.Date), func(l *agenda.Todo) *[]agenda.DatedMeeting { return &l.Comments })
	}
	if !g.Rules.Answers.On {
		return nil
	}
	ahead, err := meetings(tx, today, today.AddDays(agenda.TodoDays), func(id agenda.GroupID) bool { return id == g.ID })
	for _, m := range ahead {
		if m.NoAnswer(g, now, clock.Loc) != "" {
			continue
		}
		answers, err := answersTo(tx, m.ID)
		if err != nil {
			return err
		}
		add(m, agenda.Unanswered(m, seats, answers), func(l *agenda.Todo) *[]agenda.DatedMeeting { return &l.Answers })
	}
	return err
}
