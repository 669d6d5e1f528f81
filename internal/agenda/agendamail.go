package agenda

import "time"

// The first letters of the identifiers of what a meeting's agenda causes: members
// are asked for topics, the agenda goes out, its chair is told that it should.
const (
	askTopics = "q."
	sendOut   = "g."
	agendaDue = "w."
)

// AgendaNotices are the prefixes of the identifiers of the notices of a meeting
// that TopicNotices returns.
func AgendaNotices(m MeetingID) []string {
	about := AboutMeeting + "." + string(m) + "."
	return []string{askTopics + about, sendOut + about, agendaDue + about}
}

// AgendaID is the identifier of the notice that sends a version of an agenda.
func AgendaID(m MeetingID, version int) NoticeID {
	return NoticeID(sendOut + AboutMeeting + "." + string(m) + "." + itoa(version))
}

// TopicNotices returns what the agenda of a meeting causes and is still to come
// at now. Nothing goes to a past day: an agenda that is released later goes out
// then. Each keeps its mark when the meeting moves, so that nobody is asked or
// told twice.
func (c Clock) TopicNotices(m Meeting, g Group, a Agenda, now time.Time) []Notice {
	rules := g.Rules.Topics
	start := m.Start.In(c.Loc)
	if !rules.On || m.State != MeetingFixed || !start.After(now) {
		return nil
	}
	about := Ref{AboutMeeting, string(m.ID)}
	members := Audience{Of: Ref{AboutGroup, string(g.ID)}, Days: []Date{m.Start.Date}}
	send := c.AgendaGoes(m, g)
	var out []Notice
	if ask := c.onWorkingDay(m.Start.Date.AddDays(-rules.Ask)); rules.Ask > 0 && ask.After(now) {
		out = append(out, Notice{
			ID: NoticeID(AgendaNotices(m.ID)[0] + "1"), Kind: KindTopics, Subject: about, To: members, Due: ask, Deadline: send, Mark: "1", Made: now,
		})
	}
	if a.Version == 0 && (send.After(now) || !a.Released.IsZero()) {
		n := Notice{ID: AgendaID(m.ID, 1), Kind: KindAgenda, Subject: about, To: members, Due: send, Deadline: start, Mark: "1", Made: now}
		if !send.After(now) {
			n.Due = now
		}
		out = append(out, n)
	}
	if a.Version == 0 && send.After(now) {
		out = append(out, Notice{
			ID: NoticeID(AgendaNotices(m.ID)[2] + "1"), Kind: KindAgendaDue, Subject: about, To: Audience{Of: Ref{AboutChairs, string(g.ID)}, Days: []Date{m.Start.Date}},
			Due: send, Deadline: start, Mark: "1", Made: now,
		})
	}
	return out
}

// AgendaGoes returns when the agenda of a meeting goes out if it is released by
// then.
func (c Clock) AgendaGoes(m Meeting, g Group) time.Time {
	return c.onWorkingDay(m.Start.Date.AddDays(-g.Rules.Topics.Send))
}

// TopicsUntil returns the last day on which topics for a meeting are sure to be
// seen: the one before its agenda goes out.
func (c Clock) TopicsUntil(m Meeting, g Group) Date {
	return LocalOf(c.AgendaGoes(m, g), c.Loc).Date.AddDays(-1)
}

func (c Clock) onWorkingDay(d Date) time.Time {
	if c.WorkingDayBefore != nil {
		d = c.WorkingDayBefore(d)
	}
	return d.At(c.Hour, c.Minute).In(c.Loc)
}

// AgendaChange is the notice of an agenda that was sent before and is sent as it
// is now. ErrState is returned when there is nothing to send or nobody to read it
// in time.
func (c Clock) AgendaChange(m Meeting, g Group, a Agenda, last AgendaVersion, sentence string, now time.Time) (Notice, error) {
	if a.Version == 0 || m.State != MeetingFixed || !m.Start.In(c.Loc).After(now) || !a.Differs(last) {
		return Notice{}, ErrState
	}
	return Notice{
		ID: AgendaID(m.ID, a.Version+1), Kind: KindAgendaChange, Subject: Ref{AboutMeeting, string(m.ID)},
		To:  Audience{Of: Ref{AboutGroup, string(g.ID)}, Days: []Date{m.Start.Date}},
		Due: now, Deadline: m.Start.In(c.Loc), Mark: itoa(a.Version + 1), Sentence: sentence, Made: now,
	}, nil
}

// TopicsStand reports whether a notice of a meeting's agenda is of use: the
// meeting takes place, and the agenda stands as the notice says.
func TopicsStand(n Notice, m Meeting, g Group, a Agenda) bool {
	if m.State != MeetingFixed || !g.Rules.Topics.On {
		return false
	}
	switch n.Kind {
	case KindAgenda:
		return a.Out()
	case KindAgendaDue:
		return !a.Out()
	}
	return true
}
