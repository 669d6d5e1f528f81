package agenda

import "time"

// The first letters of the identifiers of what the minutes of a meeting cause:
// that they are overdue, and that they become final.
const (
	minutesDue   = "v."
	minutesFinal = "f."
)

// MinutesDuePrefix is how the identifiers of the mails about overdue minutes
// begin.
func MinutesDuePrefix(m MeetingID) string { return minutesDue + AboutMeeting + "." + string(m) + "." }

// MinutesFinalPrefix is how the identifier of the notice begins with which minutes
// become final.
func MinutesFinalPrefix(m MeetingID) string {
	return minutesFinal + AboutMeeting + "." + string(m) + "."
}

const (
	// minutesAgain is how many days after the first mail the second one about
	// overdue minutes goes out.
	minutesAgain = 7
	// minutesDueFor is for how many days such a mail is of use.
	minutesDueFor = 7
)

// MinutesNotices returns the mails about minutes that are overdue and still to
// come at now: one when they should have been there, one a week later.
func (c Clock) MinutesNotices(m Meeting, g Group, head Minutes, now time.Time) []Notice {
	r := g.Rules.Minutes
	if !r.On || m.State != MeetingFixed || head.Public() || head.State == MinutesNone {
		return nil
	}
	var out []Notice
	first := m.End.Date.AddDays(r.Within + 1)
	for i, day := range []Date{first, first.AddDays(minutesAgain)} {
		due := day.At(c.Hour, c.Minute).In(c.Loc)
		if !due.After(now) {
			continue
		}
		out = append(out, Notice{
			ID: NoticeID(MinutesDuePrefix(m.ID) + itoa(i+1)), Kind: KindMinutesDue, Subject: Ref{AboutMeeting, string(m.ID)},
			To: Audience{Of: Ref{AboutMinutes, string(m.ID)}}, Due: due, Deadline: day.AddDays(minutesDueFor).Start(c.Loc), Lead: -i, Mark: m.Start.String(), Made: now,
		})
	}
	return out
}

// LateMinutes reports whether the minutes of a meeting are so late that the
// coordinators see it: both mails have gone out.
func (m Minutes) Late(of Meeting, g Group, today Date) bool {
	r := g.Rules.Minutes
	return r.On && of.State == MeetingFixed && !m.Public() && m.State != MinutesNone && of.End.Date.AddDays(r.Within+minutesAgain+1).Before(today)
}

// MinutesDueStands reports whether a mail about overdue minutes is of use.
func MinutesDueStands(n Notice, m Meeting, g Group, head Minutes) bool {
	return g.Rules.Minutes.On && m.State == MeetingFixed && m.Start.String() == n.Mark && !head.Public() && head.State != MinutesNone
}

// MinutesMail is the notice that shows released minutes to those who were members
// on the day of the meeting.
func MinutesMail(m Meeting, head Minutes, kind Kind, mark string, now time.Time) Notice {
	return Notice{
		ID: NoticeID("p." + AboutMeeting + "." + string(m.ID) + "." + mark), Kind: kind, Subject: Ref{AboutMeeting, string(m.ID)},
		To:  Audience{Of: Ref{AboutGroup, string(m.Group)}, Days: []Date{m.Start.Date}},
		Due: now, Deadline: now.AddDate(0, 0, 14), Mark: mark, Made: now,
	}
}

// MinutesFinalNotice is the notice with which released minutes become final, at
// the end of the objection period; nil for others, and while an objection waits.
func (c Clock) MinutesFinalNotice(head Minutes, now time.Time) []Notice {
	if head.State != MinutesReleased || head.Objections > 0 {
		return nil
	}
	due := head.Ends(c.Loc)
	if due.Before(now) {
		due = now
	}
	return []Notice{{
		ID: NoticeID(MinutesFinalPrefix(head.Meeting) + head.Released.UTC().Format("20060102150405")), Kind: KindMinutesFinal, Subject: Ref{AboutMeeting, string(head.Meeting)},
		To: Audience{Of: Ref{AboutMinutes, string(head.Meeting)}}, Due: due, Mark: head.Until.String(), Made: now,
	}}
}
