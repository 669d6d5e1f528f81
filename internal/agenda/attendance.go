package agenda

import (
	"strconv"
	"strings"
	"time"
)

// SubstituteRef names a substitute: by the meeting, the member who named her and
// her number.
func SubstituteRef(a Answer, s Substitute) Ref {
	return Ref{AboutSubstitute, string(a.Meeting) + "-" + string(a.Person) + "-" + itoa(s.No)}
}

// SubstituteOfRef takes the identifier of a SubstituteRef apart; false is
// returned for what is none.
func SubstituteOfRef(id string) (m MeetingID, p PersonID, no int, ok bool) {
	parts := strings.Split(id, "-")
	if len(parts) != 3 {
		return "", "", 0, false
	}
	no, err := strconv.Atoi(parts[2])
	return MeetingID(parts[0]), PersonID(parts[1]), no, err == nil && no > 0
}

// Question is what a member is asked about a meeting in a letter.
type Question struct {
	Answer Answer // as it is kept: it need not stand any more
	Token  string // of her link
	By     Date   // day until which an answer is wanted; zero: that is past
}

// AnswerBy returns the day until which members are asked to answer, zero if it
// is past at now.
func (m Meeting) AnswerBy(g Group, now time.Time, loc *time.Location) Date {
	by := m.Start.Date.AddDays(-g.Rules.Answers.By)
	if by.Before(LocalOf(now, loc).Date) {
		return Date{}
	}
	return by
}

// AnswerNotices begins the identifiers of the notices that Accompany returns.
func AnswerNotices(m MeetingID) string { return "a." + AboutMeeting + "." + string(m) + "." }

// Accompany returns what the questions to the members of a group whether they
// come cause at their times, as far as it is still to come at now: who has not
// answered is nudged, the hosts learn how many come. It goes to offices, so it
// yields to days on which nobody works. On a day on which everybody is reminded
// nobody is nudged: the reminder asks as well.
func (c Clock) Accompany(m Meeting, g Group, now time.Time) []Notice {
	rules := g.Rules.Answers
	if !rules.On || m.State != MeetingFixed {
		return nil
	}
	var out []Notice
	add := func(what string, kind Kind, lead int, to Audience) {
		n := Notice{
			ID: NoticeID(AnswerNotices(m.ID) + what), Kind: kind, Subject: Ref{AboutMeeting, string(m.ID)}, To: to, Lead: lead,
			Due: c.ahead(m.Start.Date, lead), Deadline: m.Start.In(c.Loc), Mark: m.Start.String(), Made: now,
		}
		if lead > 0 && n.Due.After(now) {
			out = append(out, n)
		}
	}
	if !c.remindsOn(m, g, c.ahead(m.Start.Date, rules.Nudge)) {
		add("nudge", KindNudge, rules.Nudge, Audience{Of: Ref{AboutGroup, string(g.ID)}, Days: []Date{m.Start.Date}})
	}
	add("heads", KindHeads, rules.Heads, Audience{Of: Ref{AboutHosts, string(m.ID)}})
	return out
}

// ahead is the time of day of reminders so many days before a day, or on the
// last working day before that.
func (c Clock) ahead(day Date, lead int) time.Time {
	return c.WorkingDayBefore(day.AddDays(-lead)).At(c.Hour, c.Minute).In(c.Loc)
}

func (c Clock) remindsOn(m Meeting, g Group, at time.Time) bool {
	leads := c.MeetingLeads
	if g.Leads != nil {
		leads = g.Leads
	}
	for _, lead := range leads {
		if c.ahead(m.Start.Date, lead).Equal(at) {
			return true
		}
	}
	return false
}

// NudgesByHand begins the identifiers of a meeting's nudges by hand.
func NudgesByHand(m MeetingID) string { return "h." + AboutMeeting + "." + string(m) + "." }

// NudgeByHand returns the nudge of those who have not answered that somebody
// sends by hand, at most one a day. ErrState is returned when nobody can answer.
func (c Clock) NudgeByHand(m Meeting, g Group, now time.Time) (Notice, error) {
	if m.NoAnswer(g, now, c.Loc) != "" {
		return Notice{}, ErrState
	}
	today := LocalOf(now, c.Loc).Date.String()
	return Notice{
		ID: NoticeID(NudgesByHand(m.ID) + today), Kind: KindNudge, Subject: Ref{AboutMeeting, string(m.ID)},
		To:  Audience{Of: Ref{AboutGroup, string(g.ID)}, Days: []Date{m.Start.Date}},
		Due: now, Deadline: m.Start.In(c.Loc), Mark: byHand + today, Made: now,
	}, nil
}

// AskingRest is how long nobody is nudged after a mail that asked.
const AskingRest = pollRest

// AnswersStand reports whether a nudge or a head count of the meeting is of use
// at now: members can answer, it was made for the time at which the meeting is,
// and nobody is nudged who was just asked: by the invitation or by hand. Whether
// a change was told is known to the store.
func AnswersStand(n Notice, m Meeting, g Group, nudges []Notice, now time.Time, loc *time.Location) bool {
	if m.NoAnswer(g, now, loc) != "" {
		return false
	}
	if strings.HasPrefix(n.Mark, byHand) {
		return true
	}
	if n.Mark != m.Start.String() {
		return false
	}
	if n.Kind != KindNudge {
		return true
	}
	since := n.Due.Add(-AskingRest)
	for _, o := range nudges {
		if strings.HasPrefix(o.Mark, byHand) && o.Done && o.Told.After(since) {
			return false
		}
	}
	return !m.Invited.After(since)
}

// Reached reports whether mail reaches the substitute.
func (s Substitute) Reached() bool { return s.Email != "" && s.Cannot.IsZero() && !s.Quiet }

// Hears reports whether the member who gave the answer gets a notice about the
// meeting: who declined is not reminded, nor is who is substituted by somebody
// whom mail reaches; only who has not answered is nudged.
func (a Answer) Hears(k Kind, m Meeting) bool {
	stands := a.Stands(m)
	switch k {
	case KindReminder:
		return !stands || a.Choice != AnswerNo && (a.Choice != AnswerSubstitute || !a.Substitute.Reached())
	case KindNudge:
		return !stands
	}
	return true
}

// Expects returns the substitute who gets a notice about the meeting as well, nil
// if none does: she is reminded, and hears of changes and of a cancellation of
// the time for which she was asked.
func (a Answer) Expects(n Notice, m Meeting) *Substitute {
	s := a.Substitute
	if s == nil || a.Choice != AnswerSubstitute || s.Email == "" || !s.Cannot.IsZero() {
		return nil
	}
	known := a.Start == m.Start || n.WasMeet != nil && a.Start == n.WasMeet.Start
	switch n.Kind {
	case KindReminder:
		known = a.Start == m.Start && !s.Quiet
	case KindChange, KindRestored:
		known = known && !s.Quiet
	case KindCancellation:
	default:
		known = false
	}
	if !known {
		return nil
	}
	return s
}

// SubstituteNotice returns the notice to a substitute, or about her to the member
// who named her (KindSubstituteOut).
func (c Clock) SubstituteNotice(k Kind, m Meeting, a Answer, s Substitute, now time.Time) Notice {
	ref := SubstituteRef(a, s)
	to := ref
	if k == KindSubstituteOut {
		to = Ref{AboutPerson, string(a.Person)}
	}
	return Notice{
		ID: NoticeID(string(k) + "." + ref.ID), Kind: k, Subject: Ref{AboutMeeting, string(m.ID)}, To: Audience{Of: to},
		Due: now, Deadline: m.Start.In(c.Loc), Mark: ref.ID, Made: now,
	}
}

// HostsOf returns who prepares a meeting: its chairs, and the members whose seat
// is that of the institution that is host.
func HostsOf(m Meeting, seats []Seat, host InstitutionID) (out []PersonID) {
	for _, s := range seats {
		if who := s.Holder(m.Start.Date); who != "" && (s.Chair || host != "" && s.Institution == host) {
			out = append(out, who)
		}
	}
	return out
}
