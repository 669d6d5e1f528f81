package agenda

import (
	"strings"
	"time"
)

// CalendarReply is an answer to a calendar invitation (RFC 5546, section 3.2.3).
type CalendarReply struct {
	Method   string // "REPLY", "COUNTER" …, upper case
	UID      string
	Token    string // signature in the address that it came to; "" if there was none
	Attendee string // address of who answers, lower case
	Status   string // PARTSTAT: "ACCEPTED", "DECLINED", "TENTATIVE" …, upper case
	Comment  string
	Sequence int       // of the invitation that is answered
	Stamp    time.Time // UTC; when the answer was given
	One      bool      // about one date of a series; no invitation of ours is one
}

// The methods of calendar messages that go out (RFC 5546, section 1.4).
const (
	MethodPublish = "PUBLISH" // a date to take over; nobody is asked
	MethodRequest = "REQUEST" // programs show buttons to answer
	MethodCancel  = "CANCEL"  // takes a REQUEST back
)

// Request is the invitation by calendar message that went to a person, and her
// last reply to it.
type Request struct {
	Meeting  MeetingID `json:"meeting"`
	Person   PersonID  `json:"person"`
	Sequence int       `json:"seq"`              // of the meeting as it went out
	Start    Local     `json:"start"`            // likewise
	At       time.Time `json:"at"`               // UTC; when it went out last
	Replied  time.Time `json:"replied,omitzero"` // UTC; DTSTAMP of the last reply, by her program's clock
	ReplySeq int       `json:"replyseq,omitempty"`
}

// Asks reports whether letters about the dates of a group are calendar messages
// that can be answered, if answers are read: the group wants them.
func (g Group) Asks() bool { return g.Rules.Answers.On }

// Calling is the calendar message that a letter carries.
type Calling struct {
	Method  string
	Meeting Meeting // of REQUEST and CANCEL: the only one in it
}

// Calling returns with which method a letter speaks of its dates. Nobody is asked
// where the answer would not be read, and nothing is taken back from who was not
// asked: then a date is published.
func (f Facts) Calling() Calling {
	publish := Calling{Method: MethodPublish}
	if f.Tokens.Reply == "" {
		return publish
	}
	m := f.Meeting
	if f.Message.Kind == KindInvitation {
		m = f.Meetings[0] // a token is made for one date only
	}
	switch f.Message.Kind {
	case KindInvitation, KindChange, KindRestored:
		if m.State == MeetingFixed && len(f.Also) == 0 && (f.Group.Asks() || f.Requested) {
			return Calling{MethodRequest, m}
		}
	case KindCancellation:
		if f.Requested && len(f.Also) == 0 {
			return Calling{MethodCancel, m}
		}
	}
	return publish
}

// ReplyVerdict is what becomes of a reply.
type ReplyVerdict int

// The verdicts.
const (
	ReplyCounts   ReplyVerdict = iota
	ReplyRepeated              // it was read before, or she has said something since
	ReplyOld                   // it answers an invitation to another time
	ReplyLate                  // the meeting has begun or does not take place
)

// Judge says whether a reply is about the meeting as it is. It answers the
// invitation that went out (q; zero if none is known), which may be to an earlier
// time than the meeting now has; answer is what she has said already.
func (q Request) Judge(r CalendarReply, m Meeting, answer Answer, now time.Time, loc *time.Location) ReplyVerdict {
	asked := q.Sequence
	if q.At.IsZero() {
		asked = m.Sequence
	}
	switch {
	case !q.Replied.IsZero() && (r.Sequence < q.ReplySeq || r.Sequence == q.ReplySeq && !r.Stamp.After(q.Replied)):
		return ReplyRepeated // RFC 5546, section 2.1.5
	case m.State != MeetingFixed || !m.Start.In(loc).After(now):
		return ReplyLate
	case r.Sequence < asked || !q.At.IsZero() && q.Start != m.Start:
		return ReplyOld
	case answer.Choice != "" && answer.By != ByCalendar && answer.At.After(r.Stamp):
		return ReplyRepeated
	}
	return ReplyCounts
}

// ByCalendar is the way of an answer that came as a calendar message.
const ByCalendar = "imip"

// Read returns the request after the reply.
func (q Request) Read(r CalendarReply) Request {
	q.Replied, q.ReplySeq = r.Stamp, r.Sequence
	return q
}

// Unclear says why a person has to look at a reply, "" if nobody has to.
func (r CalendarReply) Unclear() LeftWhy {
	switch {
	case r.Method == "COUNTER":
		return LeftCounter
	case r.Method != "REPLY" || r.One:
		return LeftMethod
	case r.Token == "":
		return LeftToken
	case r.Attendee == "":
		return LeftAttendee
	case r.Status == "DELEGATED":
		return LeftDelegated
	case r.Stamp.IsZero():
		return LeftBroken
	}
	switch r.Status {
	case "ACCEPTED", "DECLINED", "TENTATIVE", "NEEDS-ACTION":
		return ""
	}
	return LeftMethod
}

// Details returns the answer that a reply gives; false if it gives none, such as
// "maybe".
func (r CalendarReply) Details() (AnswerDetails, bool) {
	choice, ok := map[string]AnswerChoice{"ACCEPTED": AnswerYes, "DECLINED": AnswerNo}[r.Status]
	return AnswerDetails{Choice: choice, Comment: r.Words()}, ok
}

// Words are the comment of a reply, cut to what an answer can hold.
func (r CalendarReply) Words() string {
	words := Text(r.Comment)
	if w := []rune(words); len(w) > mostComment {
		words = string(w[:mostComment-1]) + "…"
	}
	return words
}

const mostComment = 500

// MeetingOf returns the meeting that a UID means; "" if it is none of ours.
func MeetingOf(uid string) MeetingID {
	id, ok := strings.CutPrefix(uid, "sitzung-")
	id, ours := strings.CutSuffix(id, "@widunetz")
	if !ok || !ours {
		return ""
	}
	return MeetingID(id)
}

// RequestsFor is how many days after the meeting it is forgotten who was invited
// to it by calendar message.
const RequestsFor = 30
