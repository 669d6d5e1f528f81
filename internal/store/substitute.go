package store

import (
	"context"
	"fmt"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Substitution is what a substitute's link shows.
type Substitution struct {
	Meeting agenda.Meeting
	Group   agenda.Group
	For     agenda.Person // the member who named her
	agenda.Substitute
	Needed bool // she is the one who is to come, at the time at which the meeting is
	Moved  bool // she is the one, but for another time
}

// SubstituteToken returns the secret part of a substitute's link.
func (s *Store) SubstituteToken(a agenda.Answer, sub agenda.Substitute) string {
	return s.token(forSubstitute, agenda.SubstituteRef(a, sub).ID, 0)
}

// SubstituteOfToken returns what a substitute's link shows. ErrExpired is
// returned from the second day after the meeting on.
func (s *Store) SubstituteOfToken(ctx context.Context, token string) (Substitution, error) {
	return view(ctx, s, func(tx kv.Tx) (Substitution, error) {
		_, sub, err := s.substitution(tx, token)
		if err == nil && !s.Now().Before(sub.Meeting.SubstituteUntil(s.Loc())) {
			err = agenda.ErrExpired
		}
		return sub, err
	})
}

func (s *Store) substitution(tx kv.Tx, token string) (a agenda.Answer, out Substitution, err error) {
	id, who, no, ok := agenda.SubstituteOfRef(subjectOf(token))
	if !ok || !s.genuine(token, forSubstitute, 0) {
		return a, out, agenda.ErrNotFound
	}
	if a, err = get[agenda.Answer](tx, answerKey(id, who)); err != nil {
		return a, out, err
	}
	var current bool
	if out.Substitute, current, ok = a.Numbered(no); !ok {
		return a, out, agenda.ErrNotFound
	}
	if out.Meeting, out.Group, err = meetingAndGroup(tx, id); err != nil {
		return a, out, err
	}
	if out.For, err = get[agenda.Person](tx, personKey(who)); err != nil {
		return a, out, err
	}
	seats, err := seatsOfGroup(tx, out.Group.ID)
	if err != nil {
		return a, out, err
	}
	current = current && agenda.Sits(seats, who, out.Meeting.Start.Date)
	out.Needed, out.Moved = current && a.Stands(out.Meeting), current && !a.For(out.Meeting)
	return a, out, nil
}

// SubstituteCannot notes that a substitute cannot come, and tells the member who
// named her. ErrState is returned when she is not needed any more or it is too
// late; saying so twice is no error.
func (s *Store) SubstituteCannot(ctx context.Context, token string) error {
	return s.turnSubstitute(ctx, token, func(t *tx, a agenda.Answer, sub Substitution) error {
		out, err := a.Cannot(sub.Meeting, sub.No, t.now, t.clock.Loc)
		if err != nil || out.Substitute.Cannot.Equal(sub.Cannot) {
			return err
		}
		put(t, answerKey(a.Meeting, a.Person), out)
		t.record(agenda.Entry{
			Subject: aboutMeeting(sub.Meeting), Verb: "substitute_cannot", Title: sub.For.Name() + ", " + sub.Meeting.Name(sub.Group) + " " + sub.Meeting.Start.String(), Mail: true,
		}, agenda.Ref{Kind: agenda.AboutPerson, ID: string(a.Person)})
		return t.notify(t.clock.SubstituteNotice(agenda.KindSubstituteOut, sub.Meeting, out, *out.Substitute, t.now))
	})
}

// QuietSubstitute ends the mails to a substitute but for those that say that she
// is not needed.
func (s *Store) QuietSubstitute(ctx context.Context, token string) error {
	return s.turnSubstitute(ctx, token, func(t *tx, a agenda.Answer, sub Substitution) error {
		if a.Substitute == nil || a.Substitute.No != sub.No || a.Substitute.Quiet {
			return nil
		}
		quiet := *a.Substitute
		quiet.Quiet = true
		a.Substitute = &quiet
		put(t, answerKey(a.Meeting, a.Person), a)
		return nil
	})
}

func (s *Store) turnSubstitute(ctx context.Context, token string, fn func(*tx, agenda.Answer, Substitution) error) error {
	actor := agenda.Actor{Who: agenda.Ref{Kind: agenda.AboutSubstitute, ID: subjectOf(token)}, By: "substitute"}
	err := s.update(ctx, actor, func(t *tx) error {
		a, sub, err := s.substitution(t, token)
		if err != nil {
			return err
		}
		return fn(t, a, sub)
	})
	if err != nil {
		err = fmt.Errorf("substitute: %w", err)
	}
	return err
}

// substitute reads who is to come instead of a member, also if she is not needed
// any more.
func (r *reader) substitute(f *agenda.Facts) error {
	id, who, no, ok := agenda.SubstituteOfRef(f.Message.Reader.ID)
	if !ok {
		return agenda.ErrNotFound
	}
	a, err := get[agenda.Answer](r.tx, answerKey(id, who))
	if err != nil {
		return err
	}
	s, _, ok := a.Numbered(no)
	if !ok {
		return agenda.ErrNotFound
	}
	if f.For, err = load[agenda.Person](r, personKey(who)); err != nil {
		return err
	}
	f.Answer, f.Substitute = a, s
	f.Name, f.Email = s.Name, s.Email
	f.Tokens.Act = r.s.SubstituteToken(a, s)
	f.Tokens.Mute = f.Tokens.Act
	return nil
}
