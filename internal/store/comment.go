package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func commentKey(m agenda.MeetingID, id string) string {
	return kv.Key(kComment, idPart(string(m)), idPart(id))
}

func commentsOn(tx kv.Tx, m agenda.MeetingID) ([]agenda.MinutesComment, error) {
	list, err := all[agenda.MinutesComment](tx, kComment, idPart(string(m)))
	slices.SortStableFunc(list, func(a, b agenda.MinutesComment) int { return a.At.Compare(b.At) })
	return list, err
}

// MinutesToken returns the secret part of a member's link to the minutes of a
// meeting, where she can comment on them.
func (s *Store) MinutesToken(m agenda.MeetingID, who agenda.PersonID) string {
	return s.token(forMinutes, string(m)+"-"+string(who), 0)
}

// minutesLinkFor is for how long the link in a mail shows minutes.
const minutesLinkFor = 365 * 24 * time.Hour

// MinutesOfToken returns the meeting whose minutes a link shows, and whose link it
// is. ErrExpired is returned when they are no longer shown that way.
func (s *Store) MinutesOfToken(ctx context.Context, token string) (agenda.Meeting, agenda.Person, error) {
	id, who, ok := strings.Cut(subjectOf(token), "-")
	if !ok || !s.genuine(token, forMinutes, 0) {
		return agenda.Meeting{}, agenda.Person{}, agenda.ErrNotFound
	}
	var m agenda.Meeting
	p, err := s.Person(ctx, agenda.PersonID(who)) // not found if she was deleted
	if err != nil {
		return m, p, err
	}
	if m, err = s.Meeting(ctx, agenda.MeetingID(id)); err != nil {
		return m, p, err
	}
	seats, err := s.Seats(ctx, m.Group)
	if err != nil {
		return m, p, err
	}
	if !agenda.Sits(seats, p.ID, m.Start.Date) && !agenda.Sits(seats, p.ID, s.Today()) {
		return m, p, agenda.ErrNotFound
	}
	head, err := s.MinutesHead(ctx, m)
	if err == nil && (!head.Public() || s.Now().Sub(head.Released) > minutesLinkFor) {
		err = agenda.ErrExpired
	}
	return m, p, err
}

// CommentOnMinutes keeps what a member says about released minutes; of an
// objection those who take them are told at once. once names the form: sent twice
// it makes one comment.
func (s *Store) CommentOnMinutes(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, who agenda.PersonID, text string, objection bool, once string) error {
	cid := formID(once)
	return s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		have, err := commentsOn(t, id)
		if err != nil || slices.ContainsFunc(have, func(c agenda.MinutesComment) bool { return c.ID == cid }) {
			return err
		}
		mine := 0
		for _, c := range have {
			if c.Person == who {
				mine++
			}
		}
		var c agenda.MinutesComment
		if *head, c, err = head.Comment(agenda.MinutesComment{ID: cid, Person: who, Text: text, Objection: objection}, mine, t.now, t.clock.Loc); err != nil {
			return err
		}
		put(t, commentKey(id, cid), c)
		t.recordMinutes(m, g, agenda.Entry{Verb: "minutes_comment", Mail: objection})
		if !objection {
			return nil
		}
		if err := t.notify(agenda.Notice{
			ID: agenda.NoticeID("b.meeting." + string(id) + "." + cid), Kind: agenda.KindObjection, Subject: aboutMeeting(m), Mark: cid, Made: t.now,
			To: agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutMinutes, ID: string(id)}}, Due: t.now, Deadline: t.now.AddDate(0, 0, 14),
		}); err != nil {
			return err
		}
		return t.placeMinutes(m, g, *head)
	})
}

// SettleComment answers a comment. When no objection waits any more and the days
// for comments are over, the minutes become final.
func (s *Store) SettleComment(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, cid, reply string) error {
	return s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		old, err := get[agenda.MinutesComment](t, commentKey(id, cid))
		if err != nil {
			return err
		}
		n, c, err := head.Settle(old, reply, t.now)
		if err != nil || c == old {
			return err
		}
		put(t, commentKey(id, cid), c)
		if *head = n; old.Open() {
			t.recordMinutes(m, g, agenda.Entry{Verb: "minutes_settled"})
		}
		return t.placeMinutes(m, g, n)
	})
}

// forgetComments deletes what was said about the minutes of a meeting.
func (s *Store) forgetComments(ctx context.Context, id agenda.MeetingID) error {
	return s.deleteKeys(ctx, func(tx kv.Tx) ([]string, error) { return keysLike(tx, kComment, idPart(string(id))) })
}

// keysLike returns the keys that begin with the parts.
func keysLike(tx kv.Tx, parts ...string) (keys []string, err error) {
	for p, err := range tx.Scan(kv.Prefix(parts...)) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, p.Key)
	}
	return keys, nil
}

// sweepComments deletes comments on minutes that are approved or long out.
func (s *Store) sweepComments(ctx context.Context) (n int, err error) {
	err = s.deleteKeys(ctx, func(tx kv.Tx) (keys []string, err error) {
		over := map[string]bool{}
		for p, err := range tx.Scan(kv.Prefix(kComment)) {
			if err != nil {
				return nil, err
			}
			id := strings.Split(p.Key, "\x00")[1]
			if _, known := over[id]; !known {
				m, err := get[agenda.Meeting](tx, meetingKey(agenda.MeetingID(id)))
				if ignoreNotFound(err) != nil {
					return nil, err
				}
				head, herr := headOf(tx, m)
				if herr != nil {
					return nil, herr
				}
				over[id] = errors.Is(err, agenda.ErrNotFound) || head.ForgetComments(s.Now())
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
