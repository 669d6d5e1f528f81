package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func minutesKey(g agenda.GroupID, m agenda.MeetingID) string {
	return kv.Key(kMinutes, idPart(string(g)), idPart(string(m)))
}

// itemPart keeps items in order.
func itemPart(n int) string { return fmt.Sprintf("%05d", n) }

func minuteKey(m agenda.MeetingID, item int) string {
	return kv.Key(kMinute, idPart(string(m)), itemPart(item))
}

func assignedKey(id agenda.AssignmentID) string {
	return kv.Key(kAssigned, idPart(string(id.Meeting)), itemPart(id.Item), itemPart(id.No))
}

func headOf(tx kv.Tx, m agenda.Meeting) (agenda.Minutes, error) {
	h, err := get[agenda.Minutes](tx, minutesKey(m.Group, m.ID))
	return h, ignoreNotFound(err)
}

func minutesOf(tx kv.Tx, m agenda.MeetingID) ([]agenda.Minute, error) {
	return all[agenda.Minute](tx, kMinute, idPart(string(m)))
}

// doneOf returns which assignments of a meeting are done.
func doneOf(tx kv.Tx, m agenda.MeetingID) (map[agenda.AssignmentID]bool, error) {
	out := map[agenda.AssignmentID]bool{}
	for p, err := range tx.Scan(kv.Prefix(kAssigned, idPart(string(m)))) {
		if err != nil {
			return nil, err
		}
		parts := strings.Split(p.Key, "\x00")
		item, _ := strconv.Atoi(parts[2])
		no, _ := strconv.Atoi(parts[3])
		out[agenda.AssignmentID{Meeting: m, Item: item, No: no}] = true
	}
	return out, nil
}

// Protocol is everything that is recorded about a meeting.
type Protocol struct {
	Meeting   agenda.Meeting
	Group     agenda.Group
	Head      agenda.Minutes
	Agenda    agenda.Agenda
	Items     []agenda.MinuteItem
	Rows      []agenda.SeatRow
	Presence  agenda.Presence
	Done      map[agenda.AssignmentID]bool
	Approves  map[int]Approval // by the item in which earlier minutes are approved
	On        agenda.Meeting   // on whose agenda the approval of these minutes is; zero: on none
	Comments  []agenda.MinutesComment
	Versions  []agenda.MinutesVersion
	Recorded  bool // something was noted of an item
	Decisions int
}

// Approval is a meeting whose minutes are to be approved.
type Approval struct {
	Head agenda.Minutes
	Of   agenda.Meeting
}

// MinutesHead returns the head of the minutes of a meeting, the zero one if nobody
// has begun any.
func (s *Store) MinutesHead(ctx context.Context, m agenda.Meeting) (agenda.Minutes, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Minutes, error) { return headOf(tx, m) })
}

// Protocol returns what is recorded about a meeting.
func (s *Store) Protocol(ctx context.Context, id agenda.MeetingID) (Protocol, error) {
	return view(ctx, s, func(tx kv.Tx) (p Protocol, err error) {
		if p.Meeting, err = get[agenda.Meeting](tx, meetingKey(id)); err != nil {
			return p, err
		}
		if p.Group, err = get[agenda.Group](tx, groupKey(p.Meeting.Group)); err != nil {
			return p, err
		}
		if p.Head, err = headOf(tx, p.Meeting); err != nil || !p.Head.Page(p.Meeting, p.Group) {
			return p, err
		}
		if err := p.readItems(tx); err != nil {
			return p, err
		}
		return p, p.readRest(tx)
	})
}

// Outcome is Protocol without who was there, comments and versions: what the page
// of the meeting shows.
func (s *Store) Outcome(ctx context.Context, m agenda.Meeting, g agenda.Group) (Protocol, error) {
	return view(ctx, s, func(tx kv.Tx) (p Protocol, err error) {
		p.Meeting, p.Group = m, g
		if p.Head, err = headOf(tx, m); err != nil || !p.Head.Page(m, g) {
			return p, err
		}
		return p, p.readItems(tx)
	})
}

func (p *Protocol) readItems(tx kv.Tx) (err error) {
	m := p.Meeting
	if p.Agenda, err = agendaOf(tx, m.ID); err != nil {
		return err
	}
	minutes, err := minutesOf(tx, m.ID)
	if err != nil {
		return err
	}
	p.Items = agenda.MinuteItems(m, p.Agenda, minutes)
	if p.Done, err = doneOf(tx, m.ID); err != nil {
		return err
	}
	p.Decisions, _, p.Recorded = agenda.CountMinutes(minutes, p.Done)
	return nil
}

func (p *Protocol) readRest(tx kv.Tx) (err error) {
	m := p.Meeting
	if p.Presence, p.Rows, err = rowsOf(tx, m, p.Head); err != nil {
		return err
	}
	if p.Comments, err = commentsOn(tx, m.ID); err != nil {
		return err
	}
	if p.Head.Versions > 0 {
		if p.Versions, err = versionsOfMinutes(tx, m.ID); err != nil {
			return err
		}
	}
	if p.Head.On != "" {
		if p.On, err = get[agenda.Meeting](tx, meetingKey(p.Head.On)); ignoreNotFound(err) != nil {
			return err
		}
	}
	return p.approvals(tx)
}

// approvals finds the minutes that the items of the meeting are to approve.
func (p *Protocol) approvals(tx kv.Tx) error {
	p.Approves = map[int]Approval{}
	for _, it := range p.Items {
		if !agenda.IsApproval(it.AgendaItem) {
			continue
		}
		heads, err := headsOf(tx, p.Meeting.Group)
		if err != nil {
			return err
		}
		for _, h := range heads {
			if h.On != p.Meeting.ID {
				continue
			}
			of, err := get[agenda.Meeting](tx, meetingKey(h.Meeting))
			if err != nil {
				return err
			}
			p.Approves[h.OnItem] = Approval{h, of}
		}
		return nil
	}
	return nil
}

func headsOf(tx kv.Tx, g agenda.GroupID) ([]agenda.Minutes, error) {
	return all[agenda.Minutes](tx, kMinutes, idPart(string(g)))
}

// editMinutes runs a use case about the minutes of a meeting. It leaves in head
// what is to be kept; nothing is written if it did not change.
func (s *Store) editMinutes(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, fn func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error) error {
	err := s.update(ctx, actor, func(t *tx) error {
		m, g, err := t.meeting(id)
		if err != nil {
			return err
		}
		head, err := headOf(t, m)
		if err != nil {
			return err
		}
		if !head.Page(m, g) {
			return agenda.ErrNotFound
		}
		old := head
		if err := fn(t, m, g, &head); err != nil {
			return err
		}
		if head != old {
			put(t, minutesKey(m.Group, m.ID), head)
		}
		return nil
	})
	if err != nil {
		err = fmt.Errorf("minutes of %s: %w", id, err)
	}
	return err
}

// recordMinutes writes a line of the history of the meeting.
func (t *tx) recordMinutes(m agenda.Meeting, g agenda.Group, e agenda.Entry) {
	e.Subject, e.Title = aboutMeeting(m), m.Name(g)+" "+m.Start.String()
	t.record(e)
}

// gatherHistory adds changes to the line of the history that tells of the last
// ones of the same person, or writes a new one.
func (t *tx) gatherHistory(said *agenda.Gathered, e agenda.Entry) (*agenda.Gathered, error) {
	changes := agenda.Short(e.Changes)
	if said.Takes(t.actor, t.now) {
		line, err := get[agenda.Entry](t, said.Key)
		if err == nil {
			line.Changes = agenda.Joined(said.Told, changes)
			put(t, said.Key, line)
			return &agenda.Gathered{Key: said.Key, Actor: said.Actor, At: said.At, Told: line.Changes}, nil
		}
		if !errors.Is(err, agenda.ErrNotFound) {
			return nil, err
		}
	}
	key := kv.Key(kHistory, kv.TimeDesc(t.now), t.id+strconv.Itoa(t.n))
	e.Changes = changes
	t.record(e)
	return &agenda.Gathered{Key: key, Actor: t.actor, At: t.now, Told: changes}, nil
}

// SaveMinute notes what was said about an item. Two people at once do not
// overwrite each other: who was slower gets ErrConflict and what is saved.
func (s *Store) SaveMinute(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, item int, f agenda.MinuteForm) (saved agenda.Minute, err error) {
	err = s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		if !head.Editable() {
			return agenda.ErrState
		}
		minutes, err := minutesOf(t, id)
		if err != nil {
			return err
		}
		old, err := t.minuteToEdit(m, item, minutes)
		if err != nil {
			return err
		}
		if !old.Free() {
			f.Title = old.Title
		}
		members, err := t.namable(m, f)
		if err != nil {
			return err
		}
		var changes []agenda.Change
		if saved, changes, err = old.Edit(f, members, t.now); err != nil || len(changes) == 0 {
			return err
		}
		return t.keepMinute(m, g, head, old, saved, minutes, changes)
	})
	return saved, err
}

// minuteToEdit returns what is recorded about an item that there is.
func (t *tx) minuteToEdit(m agenda.Meeting, item int, minutes []agenda.Minute) (agenda.Minute, error) {
	a, err := agendaOf(t, m.ID)
	if err != nil {
		return agenda.Minute{}, err
	}
	for _, it := range agenda.MinuteItems(m, a, minutes) {
		if it.ID == item {
			return it.Minute, nil
		}
	}
	return agenda.Minute{}, agenda.ErrNotFound
}

// namable returns the members whose names an assignment of the form can mean.
func (t *tx) namable(m agenda.Meeting, f agenda.MinuteForm) ([]agenda.Person, error) {
	named := false
	for _, a := range f.Assignments {
		named = named || a.Who != ""
	}
	if !named {
		return nil, nil
	}
	return namable(t, m, agenda.LocalOf(t.now, t.clock.Loc).Date)
}

// namable returns the members of the group on the day of the meeting and today,
// and the coordinators.
func namable(tx kv.Tx, m agenda.Meeting, today agenda.Date) ([]agenda.Person, error) {
	seats, err := seatsOfGroup(tx, m.Group)
	if err != nil {
		return nil, err
	}
	everybody, err := people(tx)
	var out []agenda.Person
	for _, p := range everybody {
		if p.Coordinator || agenda.Sits(seats, p.ID, m.Start.Date) || agenda.Sits(seats, p.ID, today) {
			out = append(out, p)
		}
	}
	return out, err
}

// Namable returns whom the minutes of a meeting can name by a choice: members of
// the day and of today, and coordinators.
func (s *Store) Namable(ctx context.Context, m agenda.Meeting) ([]agenda.Person, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Person, error) { return namable(tx, m, s.Today()) })
}

// keepMinute writes what is recorded about an item, its line of the history, the
// counts in the head and the reminders of assignments.
func (t *tx) keepMinute(m agenda.Meeting, g agenda.Group, head *agenda.Minutes, old, now agenda.Minute, all []agenda.Minute, changes []agenda.Change) (err error) {
	now.Said, err = t.gatherHistory(old.Said, agenda.Entry{
		Subject: aboutMeeting(m), Verb: "minute_changed", Title: m.Name(g) + " " + m.Start.String() + minuteTitle(now), Changes: changes,
	})
	if err != nil {
		return err
	}
	put(t, minuteKey(m.ID, now.Item), now)
	for _, a := range old.Assignments {
		if !hasAssignment(now, a.ID) {
			t.Delete(assignedKey(agenda.AssignmentID{Meeting: m.ID, Item: now.Item, No: a.ID}))
		}
	}
	list := []agenda.Minute{now}
	for _, x := range all {
		if x.Item != now.Item {
			list = append(list, x)
		}
	}
	if err := agenda.CheckSize(list); err != nil {
		return err
	}
	return t.count(m, head, list)
}

func minuteTitle(x agenda.Minute) string {
	if x.Title == "" {
		return ""
	}
	return ", " + x.Title
}

func hasAssignment(x agenda.Minute, id int) bool {
	for _, a := range x.Assignments {
		if a.ID == id {
			return true
		}
	}
	return false
}

// count puts the numbers of decisions and open assignments into the head and the
// reminders where they belong.
func (t *tx) count(m agenda.Meeting, head *agenda.Minutes, minutes []agenda.Minute) error {
	done, err := doneOf(t, m.ID)
	if err != nil {
		return err
	}
	*head = head.Of(m)
	head.Decided, head.Open, _ = agenda.CountMinutes(minutes, done)
	if head.Changed.IsZero() {
		head.Changed = agenda.Rise(time.Time{}, t.now)
	}
	return t.remindAssignments(m, *head, minutes, done)
}

// AddMinute adds an item outside of the agenda. once names the form: sent twice it
// makes one.
func (s *Store) AddMinute(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, title, once string) (x agenda.Minute, err error) {
	err = s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		if !head.Editable() {
			return agenda.ErrState
		}
		minutes, err := minutesOf(t, id)
		if err != nil {
			return err
		}
		free := 0
		for _, have := range minutes {
			if once != "" && have.Form == once {
				x = have
				return nil
			}
			if have.Free() {
				free++
			}
		}
		if free >= agenda.MostFreeItems {
			return agenda.Problems{{Field: "minute_title", Rule: "too_many", Want: strconv.Itoa(agenda.MostFreeItems)}}
		}
		*head = head.Of(m)
		head.Last = max(head.Last, 1) + 1 // the first is the course of a meeting without agenda
		old := agenda.Minute{Meeting: id, Item: agenda.FreeItem - 1 + head.Last, Form: once}
		var changes []agenda.Change
		if x, changes, err = old.Edit(agenda.MinuteForm{Title: title}, nil, t.now); err != nil {
			return err
		}
		if len(changes) == 0 {
			return agenda.Problems{{Field: "minute_title", Rule: "required"}}
		}
		return t.keepMinute(m, g, head, old, x, minutes, changes)
	})
	return x, err
}
