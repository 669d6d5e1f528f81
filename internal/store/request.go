package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func requestKey(m agenda.MeetingID, p agenda.PersonID) string {
	return kv.Key(kRequest, idPart(string(m)), idPart(string(p)))
}

// replySignature makes the part of the mailbox's address to which one person's
// answers to one meeting come.
func (s *Store) replySignature(m agenda.MeetingID, p agenda.PersonID) string {
	return s.mac(forReply, string(m)+"-"+string(p), 0)
}

// calling reads what decides whether the reader's program is asked to answer.
func (r *reader) calling(f *agenda.Facts, p agenda.PersonID) error {
	if !r.s.config.Replies {
		return nil
	}
	id := f.Meeting.ID
	if f.Message.Kind == agenda.KindInvitation && len(f.Meetings) == 1 {
		id = f.Meetings[0].ID
	}
	if id == "" {
		return nil
	}
	q, err := get[agenda.Request](r.tx, requestKey(id, p))
	f.Requested, f.Tokens.Reply = !q.At.IsZero(), r.s.replySignature(id, p)
	return ignoreNotFound(err)
}

// asks reports whether letters about the meeting are calendar messages that can
// be answered. Such a date is told by a letter of its own (RFC 6047, section 2.4):
// programs read one date from a mail.
func (t *tx) asks(m agenda.Meeting, g agenda.Group) (bool, error) {
	if !t.replies || g.Asks() {
		return t.replies && g.Asks(), nil
	}
	list, err := all[agenda.Request](t, kRequest, string(m.ID))
	return slices.ContainsFunc(list, func(q agenda.Request) bool { return !q.At.IsZero() }), err
}

// toldWith is the audience of the notice that tells of a date along with another
// one; none if it is told by letters of its own.
func (t *tx) toldWith(id agenda.MeetingID, told *agenda.Audience) (*agenda.Audience, error) {
	if told == nil {
		return nil, nil //nolint:nilnil // nobody
	}
	m, g, err := t.meeting(id)
	if err != nil {
		return nil, err
	}
	if alone, err := t.asks(m, g); err != nil || alone {
		return nil, err
	}
	return told, nil
}

// request notes that an invitation by calendar message went out, or may have.
func (t *tx) request(m agenda.Message, c agenda.Calling) error {
	if c.Method != agenda.MethodRequest || m.Reader.Kind != agenda.AboutPerson || m.State != agenda.MessageSent && m.Unsure == 0 {
		return nil
	}
	key := requestKey(c.Meeting.ID, agenda.PersonID(m.Reader.ID))
	q, err := get[agenda.Request](t, key)
	if ignoreNotFound(err) != nil {
		return err
	}
	if !q.At.IsZero() && q.Sequence > c.Meeting.Sequence {
		return nil // a later one went out beside this
	}
	q.Meeting, q.Person = c.Meeting.ID, agenda.PersonID(m.Reader.ID)
	q.Sequence, q.Start, q.At = c.Meeting.Sequence, c.Meeting.Start, t.now
	put(t, key, q)
	return nil
}

// requested adds to the readers of a cancellation whoever was invited to the
// meeting by calendar message and has left the group since: it stands in her
// calendar.
func (t *tx) requested(n agenda.Notice, ids []agenda.PersonID) ([]agenda.PersonID, error) {
	if n.Kind != agenda.KindCancellation || n.Subject.Kind != agenda.AboutMeeting {
		return ids, nil
	}
	list, err := all[agenda.Request](t, kRequest, n.Subject.ID)
	for _, q := range list {
		if !q.At.IsZero() && !slices.Contains(ids, q.Person) {
			ids = append(ids, q.Person)
		}
	}
	return ids, err
}

// ReplyMeeting books an answer that came as a calendar message. It counts if it
// came to the address that was made for this meeting and whoever answers. A
// reason means that nothing was changed and a person has to look. What was said
// before, or about another time, or too late changes nothing either.
func (s *Store) ReplyMeeting(ctx context.Context, r agenda.CalendarReply) (why agenda.LeftWhy, err error) {
	if why = r.Unclear(); why != "" {
		return why, nil
	}
	id := agenda.MeetingOf(r.UID)
	err = s.update(ctx, agenda.Actor{}, func(t *tx) (err error) {
		why = ""
		m, g, err := t.meeting(id)
		if errors.Is(err, agenda.ErrNotFound) {
			why = agenda.LeftMeeting
			return nil
		}
		if err != nil {
			return err
		}
		p, left, err := s.answering(t, r, id)
		if why = left; err != nil || why != "" {
			return err
		}
		t.actor = agenda.PersonActor(p.ID)
		t.actor.By = agenda.ByCalendar
		why, err = t.reply(m, g, p, r)
		return err
	})
	if err != nil {
		err = fmt.Errorf("reply to meeting %s: %w", id, err)
	}
	return why, err
}

// answering finds who answers, and says why it cannot be her.
func (s *Store) answering(tx kv.Tx, r agenda.CalendarReply, id agenda.MeetingID) (agenda.Person, agenda.LeftWhy, error) {
	p, err := personByEmail(tx, r.Attendee)
	if errors.Is(err, agenda.ErrNotFound) {
		return p, agenda.LeftAttendee, nil
	}
	if err != nil {
		return p, "", err
	}
	if !equal(r.Token, s.replySignature(id, p.ID)) {
		return p, agenda.LeftToken, nil
	}
	return p, "", nil
}

// reply books what somebody answers, and that it was read. What she says beside an
// answer stands in the history of the meeting.
func (t *tx) reply(m agenda.Meeting, g agenda.Group, p agenda.Person, r agenda.CalendarReply) (agenda.LeftWhy, error) {
	q, err := get[agenda.Request](t, requestKey(m.ID, p.ID))
	if ignoreNotFound(err) != nil {
		return "", err
	}
	a, err := get[agenda.Answer](t, answerKey(m.ID, p.ID))
	if ignoreNotFound(err) != nil {
		return "", err
	}
	verdict := q.Judge(r, m, a, t.now, t.clock.Loc)
	if verdict == agenda.ReplyRepeated {
		return "", nil
	}
	if d, ok := r.Details(); ok && verdict == agenda.ReplyCounts {
		var refused agenda.Problems
		if err := t.answerMeeting(m.ID, p.ID, d, agenda.ByCalendar); errors.As(err, &refused) {
			return whyRefused(refused), nil
		} else if err != nil {
			return "", err
		}
	}
	q.Meeting, q.Person = m.ID, p.ID
	put(t, requestKey(m.ID, p.ID), q.Read(r))
	if verb := replyVerb(verdict, r); verb != "" {
		t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: verb, Title: p.Name() + ", " + m.Name(g) + " " + m.Start.String(), Note: r.Words()},
			agenda.Ref{Kind: agenda.AboutPerson, ID: string(p.ID)})
	}
	return "", nil
}

// replyVerb says what a reply that is no answer is called in the history.
func replyVerb(verdict agenda.ReplyVerdict, r agenda.CalendarReply) string {
	switch {
	case verdict == agenda.ReplyOld:
		return "reply_old"
	case verdict == agenda.ReplyLate:
		return "reply_late"
	case r.Status == "TENTATIVE":
		return "reply_maybe"
	}
	return ""
}

// whyRefused turns the rule by which an answer was refused into a reason to look
// at it.
func whyRefused(p agenda.Problems) agenda.LeftWhy {
	switch p[0].Rule {
	case "answer_off":
		return agenda.LeftOff
	case "answer_no_member":
		return agenda.LeftAttendee
	}
	return agenda.LeftFailed
}

// forgetRequests deletes to which meetings a person was invited by calendar
// message.
func (s *Store) forgetRequests(ctx context.Context, who agenda.PersonID) error {
	return s.deleteKeys(ctx, func(tx kv.Tx) (keys []string, err error) {
		for p, err := range tx.Scan(kv.Prefix(kRequest)) {
			if err != nil {
				return nil, err
			}
			if lastPart(p.Key) == string(who) {
				keys = append(keys, p.Key)
			}
		}
		return keys, nil
	})
}

// sweepRequests deletes who was invited to meetings that are over.
func (s *Store) sweepRequests(ctx context.Context) (n int, err error) {
	today := s.Today()
	err = s.deleteKeys(ctx, func(tx kv.Tx) (keys []string, err error) {
		over := map[string]bool{}
		for p, err := range tx.Scan(kv.Prefix(kRequest)) {
			if err != nil {
				return nil, err
			}
			id := strings.Split(p.Key, "\x00")[1]
			if _, known := over[id]; !known {
				m, err := get[agenda.Meeting](tx, meetingKey(agenda.MeetingID(id)))
				if ignoreNotFound(err) != nil {
					return nil, err
				}
				over[id] = err != nil || m.End.Date.AddDays(agenda.RequestsFor).Before(today)
			}
			if over[id] {
				keys = append(keys, p.Key)
			}
		}
		n = len(keys)
		return keys, nil
	})
	return n, err
}
