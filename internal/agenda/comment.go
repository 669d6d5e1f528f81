package agenda

import "time"

// MostComments is how many comments one person can make on the minutes of one
// meeting.
const MostComments = 20

// MinutesComment is what a member says about released minutes.
type MinutesComment struct {
	Meeting   MeetingID `json:"meeting"`
	ID        string    `json:"id"`
	Person    PersonID  `json:"person"`
	Text      string    `json:"text"`
	Objection bool      `json:"objection,omitempty"` // wants the minutes to be changed
	At        time.Time `json:"at"`                  // UTC
	Settled   time.Time `json:"settled,omitzero"`    // UTC; when it was answered
	Reply     string    `json:"reply,omitempty"`
}

// Open reports whether it is an objection that nobody has answered yet: the
// minutes wait for that.
func (c MinutesComment) Open() bool { return c.Objection && c.Settled.IsZero() }

// Commentable says why nobody can comment on the minutes at now: a rule of the
// area "error", "" if one can.
func (m Minutes) Commentable(now time.Time, loc *time.Location) string {
	switch {
	case m.State == MinutesReleased && now.Before(m.Ends(loc)):
		return ""
	case !m.Public():
		return "minutes_withdrawn"
	}
	return "minutes_over"
}

// Comment returns the comment of a person, and the minutes with one more
// objection if it is one.
func (m Minutes) Comment(c MinutesComment, mine int, now time.Time, loc *time.Location) (Minutes, MinutesComment, error) {
	var p Problems
	c.Text, c.At, c.Meeting = Text(c.Text), now, m.Meeting
	if why := m.Commentable(now, loc); why != "" {
		p.Add("minutes_comment", why, "")
	} else {
		required(&p, "minutes_comment", c.Text, 2000)
	}
	if mine >= MostComments {
		p.Add("minutes_comment", "too_many", itoa(MostComments))
	}
	if err := p.Err(); err != nil {
		return m, c, err
	}
	if c.Objection {
		m.Objections++
		m = m.touch(now)
	}
	return m, c, nil
}

// Settle answers a comment. Doing it twice changes nothing but the reply.
func (m Minutes) Settle(c MinutesComment, reply string, now time.Time) (Minutes, MinutesComment, error) {
	var p Problems
	c.Reply = Text(reply)
	atMost(&p, "minutes_reply", c.Reply, 1000)
	if err := p.Err(); err != nil {
		return m, c, err
	}
	if c.Open() && m.Objections > 0 {
		m.Objections--
		m = m.touch(now)
	}
	if c.Settled.IsZero() {
		c.Settled = now
	}
	return m, c, nil
}

// CommentsFor is how long comments on minutes are kept that nobody approves.
const CommentsFor = 2 * 365 * 24 * time.Hour

// ForgetComments reports whether the comments on the minutes are to be deleted.
func (m Minutes) ForgetComments(now time.Time) bool {
	return m.State == MinutesApproved || !m.Released.IsZero() && now.Sub(m.Released) > CommentsFor
}
