package agenda

import "time"

// Kind says what a notice is about. It is the value of the mail header
// X-Widunetz-Kind and never changes its spelling.
type Kind string

// The kinds of notices.
const (
	KindInvitation   Kind = "invitation"   // one or several dates of a group
	KindReminder     Kind = "reminder"     // a date draws near
	KindChange       Kind = "change"       // time, place or text of a date changed
	KindCancellation Kind = "cancellation" // a date does not take place
	KindRestored     Kind = "restored"     // a cancelled date takes place after all
	KindLogin        Kind = "login"        // one-time link to log in
	KindConfirm      Kind = "confirm"      // double opt-in of a watcher
	KindBegun        Kind = "begun"        // an event is being filled in: the link to go on
	KindUnsent       Kind = "unsent"       // the same, when it was not sent yet
	KindReceived     Kind = "received"     // an event was submitted: the link to go on editing
	KindAccepted     Kind = "accepted"     // a submitted event is in the programme
	KindApproved     Kind = "approved"     // a submitted event will be in the programme
	KindMissing      Kind = "missing"      // an event lacks details that its readers would miss
	KindReturned     Kind = "returned"     // a submitted event is sent back with a reason
	KindProof        Kind = "proof"        // an event as it will be printed, for approval
	KindDigest       Kind = "digest"       // monthly dates for those who want no calendar
	KindCall         Kind = "call"         // institutions are asked for events of an edition
	KindCallReminder Kind = "callreminder" // the same, of those that have not answered
	KindVisitors     Kind = "visitors"     // after an event: how many people came?
	KindSignUp       Kind = "signup"       // where a sign-up stands: to confirm, a place, waiting, an offer, over
	KindThanks       Kind = "thanks"       // after an event, to those who were signed up
	KindHeads        Kind = "heads"        // to the organiser of an event: how many people come, and what they need; to the hosts of a meeting: who comes
	KindWord         Kind = "word"         // what the organiser writes to those who signed up
	KindEditor       Kind = "editor"       // somebody may edit an event: her link
	KindTask         Kind = "task"         // tasks for an event are due soon, or overdue
	KindMerge        Kind = "merge"        // no mail: what belongs to an event moves to the one that it was merged into
	KindPlanning     Kind = "planning"     // to the office: groups with fewer dates than was promised
	KindSubscribe    Kind = "subscribe"    // double opt-in of a subscriber, and of what she asks for later
	KindNews         Kind = "news"         // events that have become public, to subscribers
	KindMonth        Kind = "month"        // the events of a month, to subscribers
	KindStill        Kind = "still"        // once a year: does a subscriber still want it?
	KindPoll         Kind = "poll"         // members are asked which dates suit them
	KindPollReminder Kind = "pollreminder" // the same, of those who have not answered
	KindDeadline     Kind = "deadline"     // something is to be delivered until a day
	KindTopics       Kind = "topics"       // members are asked for topics of a meeting
	KindAgenda       Kind = "agenda"       // the agenda of a meeting
	KindAgendaChange Kind = "agendachange" // an agenda that was sent before, as it is now
	KindAgendaDue    Kind = "agendadue"    // to the chair: an agenda should go out and is not released
	KindRequest      Kind = "request"      // to the chair: somebody asks for a training
	KindTraining     Kind = "training"     // to who asked for a training: what became of it
	KindMinutes      Kind = "minutes"      // minutes of a meeting, for comments
	KindMinutesFixed Kind = "minutesfixed" // minutes that were final were corrected
	KindMinutesDue   Kind = "minutesdue"   // to chair and minute taker: minutes are overdue
	KindMinutesFinal Kind = "minutesfinal" // no mail: minutes become final
	KindObjection    Kind = "objection"    // to chair and minute taker: somebody objects to minutes
	KindAssignment   Kind = "assignment"   // what a meeting agreed is to be done soon, or overdue
	KindOpen         Kind = "open"         // once a month: what a member has still to do
	KindAlarm        Kind = "alarm"        // to the office: something needs a person

	KindNudge         Kind = "nudge"         // members are asked whether they come to a meeting, of those who have not answered
	KindSubstitute    Kind = "substitute"    // somebody is asked to come to a meeting instead of a member
	KindSubstituteOff Kind = "substituteoff" // the same is not needed any more
	KindSubstituteOut Kind = "substituteout" // to a member: who was to come instead cannot
)

// MessageState is where a message stands.
type MessageState string

// The states of a message. Waiting messages are due at some time; all other
// states are final until an operator says otherwise.
const (
	MessageWaiting MessageState = "waiting" // due at Message.Due; Attempts > 0 means it is being retried
	MessageSent    MessageState = "sent"    // accepted by the mail server
	MessageFailed  MessageState = "failed"  // refused for good, or given up
	MessageUnknown MessageState = "unknown" // the connection broke after the last dot, also the second time
	MessageExpired MessageState = "expired" // its use was over before it could be sent
	MessageDropped MessageState = "dropped" // nothing to tell any more, or taken out by an operator
)

// MessageID identifies a message. It is made of kind, subject, occurrence,
// reader and lead time, so that expanding a notice twice is one message, and it
// is the left part of the mail's Message-ID.
type MessageID string

// Message is one notice to one reader. Its text is not kept: it is made when
// it is sent, from the facts as they are then.
type Message struct {
	ID       MessageID    `json:"id"`
	Notice   NoticeID     `json:"notice"`
	Kind     Kind         `json:"kind"`
	Subject  Ref          `json:"subject"`           // what it is about
	Reader   Ref          `json:"reader"`            // a person, a watcher, an event's editor or the office
	Due      time.Time    `json:"due"`               // UTC; next attempt while waiting
	Made     time.Time    `json:"made"`              // UTC; when it was put into the outbox
	Deadline time.Time    `json:"deadline,omitzero"` // UTC; of no use after this; zero: never
	State    MessageState `json:"state"`             //
	To       string       `json:"to,omitempty"`      // address of the last attempt, kept for the record
	Lead     int          `json:"lead,omitempty"`    // days before the date, of reminders
	Mark     string       `json:"mark,omitempty"`    // the notice's mark
	Attempts int          `json:"attempts"`          // dials so far, counted before the dial
	Unsure   int          `json:"unsure,omitempty"`  // attempts that broke after the last dot
	Settled  time.Time    `json:"settled,omitzero"`  // UTC; when the state became final
	Error    string       `json:"error,omitempty"`   // what the server or the network said last
}

// Outcome is how an attempt to send ended, as the mail server left it.
type Outcome int

// The outcomes of an attempt.
const (
	Delivered     Outcome = iota // accepted by the server
	TryAgain                     // not accepted now: 4xx, no connection, time-out before the last dot
	RefusedForHim                // refused for good because of this address (5.1.x, 5.2.1, 552 …)
	RefusedForUs                 // refused because of us: login, TLS, policy (5.7.x); the address is not to blame
	Ambiguous                    // the connection broke after the last dot
)

// Delivery is the result of one attempt to send a message.
type Delivery struct {
	Outcome Outcome
	Code    int    // SMTP reply code, 0 if there was none
	Text    string // for the outbox: what the server or the network said, one line
}

// Limits of delivery.
const (
	GiveUp     = 5 * 24 * time.Hour // a message that could not be sent for so long has failed (RFC 5321, section 4.5.4.1)
	UnsureWait = 15 * time.Minute   // an ambiguous attempt is repeated once, after this
)

// backoff holds the waits after the first, second … attempt; the last repeats.
var backoff = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}

// Settle returns the message after an attempt that ended as d at now: final, or
// waiting for the next attempt at its new Due.
func (m Message) Settle(d Delivery, now time.Time) Message {
	m.Error = d.Text
	switch d.Outcome {
	case Delivered:
		m.State, m.Error = MessageSent, ""
	case RefusedForHim, RefusedForUs:
		m.State = MessageFailed
	case Ambiguous:
		m.Unsure++
		if m.Unsure > 1 {
			m.State = MessageUnknown
		} else {
			m.Due = now.Add(UnsureWait)
		}
	case TryAgain:
		wait := backoff[min(max(m.Attempts-1, 0), len(backoff)-1)]
		m.Due = now.Add(wait)
		if now.Sub(m.Made) > GiveUp {
			m.State = MessageFailed
		}
	}
	if m.State == MessageWaiting && !m.Deadline.IsZero() && !m.Due.Before(m.Deadline) {
		return m.Expire(now)
	}
	return m.final(now)
}

// Expire returns the message after its use is over: expired, or unknown when an
// attempt may have arrived.
func (m Message) Expire(now time.Time) Message {
	if m.Unsure > 0 {
		return m.End(MessageUnknown, m.Error, now)
	}
	return m.End(MessageExpired, m.Error, now)
}

// End returns the message in a final state that no attempt brought about:
// dropped or expired.
func (m Message) End(s MessageState, why string, now time.Time) Message {
	m.State, m.Error = s, why
	return m.final(now)
}

// Again returns the message waiting anew, as an operator wants it.
func (m Message) Again(now time.Time) Message {
	m.State, m.Due, m.Attempts, m.Unsure, m.Settled = MessageWaiting, now, 0, 0, time.Time{}
	return m
}

func (m Message) final(now time.Time) Message {
	if m.State != MessageWaiting {
		m.Settled = now
	}
	return m
}
