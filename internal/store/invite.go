package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// invite writes the one notice that invites to several dates.
func (t *tx) invite(g agenda.Group, dates []agenda.Meeting, sentence string) error {
	group := agenda.Ref{Kind: agenda.AboutGroup, ID: string(g.ID)}
	n := agenda.Notice{
		ID: agenda.NoticeID("i." + t.id), Kind: agenda.KindInvitation, Subject: group, To: agenda.Audience{Of: group},
		Due: t.now, Mark: t.id, Made: t.now, Sentence: sentence,
	}
	for _, m := range dates {
		n.Dates = append(n.Dates, m.ID)
		n.To.Days = append(n.To.Days, m.Start.Date)
		if end := m.End.In(t.clock.Loc); end.After(n.Deadline) {
			n.Deadline = end
		}
	}
	return t.notify(n)
}

// Uninvited returns the fixed dates to come of a group to which nobody was
// invited yet.
func (s *Store) Uninvited(ctx context.Context, g agenda.GroupID) ([]agenda.Meeting, error) {
	today := s.Today()
	all, err := s.Meetings(ctx, g, today, today.AddDays(3*366))
	return slices.DeleteFunc(all, func(m agenda.Meeting) bool {
		return m.State != agenda.MeetingFixed || !m.Invited.IsZero() || !m.Start.In(s.Loc()).After(s.Now())
	}), err
}

// Invitee is one member in the preview of an invitation.
type Invitee struct {
	Person   agenda.Person
	Meetings []agenda.Meeting
	Mail     bool   // a mail will go out
	Why      string // why not: "no_address" or "muted"
}

// InvitePreview says who will get which dates.
func (s *Store) InvitePreview(ctx context.Context, g agenda.GroupID, ids []agenda.MeetingID) ([]Invitee, error) {
	return view(ctx, s, func(tx kv.Tx) ([]Invitee, error) {
		seats, err := seatsOfGroup(tx, g)
		if err != nil {
			return nil, err
		}
		dates := map[agenda.PersonID][]agenda.Meeting{}
		for _, id := range ids {
			m, err := get[agenda.Meeting](tx, meetingKey(id))
			if err != nil {
				return nil, err
			}
			for _, p := range agenda.Members(seats, m.Start.Date) {
				dates[p] = append(dates[p], m)
			}
		}
		everybody, err := people(tx)
		var out []Invitee
		for _, p := range everybody {
			if list := dates[p.ID]; list != nil {
				sortMeetings(list)
				out = append(out, invitee(p, list))
			}
		}
		return out, err
	})
}

func invitee(p agenda.Person, list []agenda.Meeting) Invitee {
	v := Invitee{Person: p, Meetings: list}
	switch {
	case p.Email == "":
		v.Why = "no_address"
	case !p.Wants(agenda.KindInvitation):
		v.Why = "muted"
	default:
		v.Mail = true
	}
	return v
}

// inviteMost keeps an invitation within the limits of one transaction.
const inviteMost = 60

// Invite releases the invitation to several dates: one mail per person with all
// of hers. It returns how many dates were released; those that were released
// before, or are not fixed, are left out.
func (s *Store) Invite(ctx context.Context, actor agenda.Actor, g agenda.GroupID, ids []agenda.MeetingID, sentence string) (n int, err error) {
	if len(ids) > inviteMost {
		return 0, agenda.Problems{{Field: "dates", Rule: "too_many", Want: fmt.Sprint(inviteMost)}}
	}
	err = s.update(ctx, actor, func(t *tx) error {
		group, err := get[agenda.Group](t, groupKey(g))
		if err != nil {
			return err
		}
		var dates []agenda.Meeting
		for _, id := range ids {
			m, err := get[agenda.Meeting](t, meetingKey(id))
			if err != nil {
				return err
			}
			if m.Group == g && m.State == agenda.MeetingFixed && m.Invited.IsZero() {
				m.Invited = t.now
				put(t, meetingKey(id), m)
				dates = append(dates, m)
			}
		}
		if n = len(dates); n == 0 {
			return nil
		}
		t.record(agenda.Entry{
			Subject: agenda.Ref{Kind: agenda.AboutGroup, ID: string(g)}, Verb: "invited", Title: fmt.Sprintf("%s (%d)", group.Name, n),
			Note: sentence, Mail: true,
		})
		return t.invite(group, dates, agenda.Text(sentence))
	})
	if err != nil {
		err = fmt.Errorf("invite to %s: %w", g, err)
	}
	return n, err
}

// Unreached is a member who may not know of a meeting.
type Unreached struct {
	Person agenda.Person
	Why    string    // "no_address", "failed", "waiting" or "returned" (another mail came back); of polls also "muted"
	Error  string    // what the mail server said
	At     time.Time // UTC; when a mail came back
}

// Unreached returns the members of a meeting whom mail about it cannot reach,
// did not reach or has not reached yet: those to telephone.
func (s *Store) Unreached(ctx context.Context, id agenda.MeetingID) ([]Unreached, error) {
	m, err := s.Meeting(ctx, id)
	if err != nil {
		return nil, err
	}
	members, err := s.Members(ctx, m.Group, m.Start.Date)
	if err != nil {
		return nil, err
	}
	messages, err := s.toldOf(ctx, m)
	if err != nil {
		return nil, err
	}
	returned, err := s.Returned(ctx)
	if err != nil {
		return nil, err
	}
	var out []Unreached
	for _, p := range members {
		if u := (Unreached{Person: p, Why: "no_address"}); p.Email == "" {
			out = append(out, u)
		} else if u = u.after(trouble(messages, p.ID)).orReturned(returned); u.Why != "" {
			out = append(out, u)
		}
	}
	return out, nil
}

// after returns what the mails about a date say.
func (u Unreached) after(why, text string) Unreached {
	u.Why, u.Error = why, text
	return u
}

// orReturned says that other mail to the address came back, if those about the
// date say nothing.
func (u Unreached) orReturned(returned map[string]agenda.ReturnedMail) Unreached {
	if r, ok := returned[u.Person.Email]; ok && u.Why == "" {
		u.Why, u.Error, u.At = "returned", r.Text, r.At
	}
	return u
}

// toldOf returns the messages that tell of a meeting: those about it, and the
// invitations of its group in which it stands.
func (s *Store) toldOf(ctx context.Context, m agenda.Meeting) ([]agenda.Message, error) {
	const most = 5000
	out, _, err := s.Messages(ctx, OutboxFilter{About: aboutMeeting(m)}, most)
	if err != nil {
		return nil, err
	}
	group := agenda.Ref{Kind: agenda.AboutGroup, ID: string(m.Group)}
	invitations, _, err := s.Messages(ctx, OutboxFilter{About: group, Kind: agenda.KindInvitation}, most)
	if err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx kv.Tx) error {
		invites := map[agenda.NoticeID]bool{}
		for _, i := range invitations {
			if _, ok := invites[i.Notice]; ok {
				continue
			}
			n, err := get[agenda.Notice](tx, noticeKey(i.Notice))
			if err := ignoreNotFound(err); err != nil {
				return err
			}
			invites[i.Notice] = slices.Contains(n.Dates, m.ID)
		}
		out = append(out, slices.DeleteFunc(invitations, func(i agenda.Message) bool { return !invites[i.Notice] })...)
		return nil
	})
	return out, err
}

// trouble says how the last mail about a date went to one person; of several of
// one moment the worst counts.
func trouble(messages []agenda.Message, p agenda.PersonID) (why, text string) {
	var last time.Time
	for _, m := range messages {
		if m.Reader.ID != string(p) || m.State == agenda.MessageDropped || m.Made.Before(last) {
			continue
		}
		if m.Made.After(last) {
			last, why, text = m.Made, "", ""
		}
		switch m.State {
		case agenda.MessageFailed, agenda.MessageUnknown, agenda.MessageExpired:
			why, text = "failed", m.Error
		case agenda.MessageWaiting:
			if why == "" {
				why, text = "waiting", m.Error
			}
		}
	}
	return why, text
}
