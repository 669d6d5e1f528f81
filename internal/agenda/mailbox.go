package agenda

import (
	"strings"
	"time"
)

// Mailbox is how far the mailbox was read, and how that went.
type Mailbox struct {
	Validity uint32    `json:"validity"`        // of the folder's numbers (RFC 9051, section 2.3.1.1); when it changes they begin anew
	Last     uint32    `json:"last"`            // the highest number that was looked at
	Read     time.Time `json:"read,omitzero"`   // UTC; when it could be read last
	Down     time.Time `json:"down,omitzero"`   // UTC; since when it cannot be read; zero: it can
	Fails    int       `json:"fails,omitempty"` // attempts since then
	Next     time.Time `json:"next,omitzero"`   // UTC; no attempt before this
	Error    string    `json:"error,omitempty"` // what the server or the network said last
	Alarmed  bool      `json:"alarm,omitempty"` // the office was told that it is down
}

// MailboxAlarm is for how long a mailbox can be down before the office is told.
const MailboxAlarm = 24 * time.Hour

// OfMailbox is the identifier in the subject of that alarm; others have none.
const OfMailbox = "mailbox"

// mailboxWaits hold the waits after the first, second … attempt that failed; the
// last repeats.
var mailboxWaits = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}

// Fail returns the mailbox after an attempt to read it failed, and whether the
// office is to be told: once, when it has been down for a day.
func (m Mailbox) Fail(text string, now time.Time) (Mailbox, bool) {
	if m.Down.IsZero() {
		m.Down, m.Fails, m.Alarmed = now, 0, false
	}
	m.Next = now.Add(mailboxWaits[min(m.Fails, len(mailboxWaits)-1)])
	m.Fails++
	m.Error = text
	alarm := !m.Alarmed && now.Sub(m.Down) >= MailboxAlarm
	m.Alarmed = m.Alarmed || alarm
	return m, alarm
}

// Succeed returns the mailbox after it was read.
func (m Mailbox) Succeed(now time.Time) Mailbox {
	return Mailbox{Validity: m.Validity, Last: m.Last, Read: now}
}

// Rests reports whether the mailbox is left alone for a while after it could not
// be read. A clock that was set back does not make that longer.
func (m Mailbox) Rests(now time.Time) bool {
	return now.Before(m.Next) && m.Next.Sub(now) <= mailboxWaits[len(mailboxWaits)-1]
}

// LeftWhy says why a mail was left in the mailbox: a message key of the area
// "inbox.why".
type LeftWhy string

// The reasons. An empty one means that the mail was understood.
const (
	LeftOther     LeftWhy = "other"     // neither an answer nor a report: somebody wrote something
	LeftSize      LeftWhy = "size"      // larger than what is read
	LeftBroken    LeftWhy = "broken"    // not to be read as a mail
	LeftReport    LeftWhy = "report"    // a report that says neither failed nor delayed
	LeftStranger  LeftWhy = "stranger"  // a report on a mail that is not ours
	LeftMeeting   LeftWhy = "meeting"   // an answer to a meeting that is not known
	LeftToken     LeftWhy = "token"     // an answer that did not come to the address of the invitation
	LeftAttendee  LeftWhy = "attendee"  // an answer of somebody else than who was invited
	LeftCounter   LeftWhy = "counter"   // proposes another time
	LeftDelegated LeftWhy = "delegated" // passes the invitation on
	LeftMethod    LeftWhy = "method"    // a calendar message of another kind
	LeftOff       LeftWhy = "off"       // an answer to a group that does not ask for answers
	LeftFailed    LeftWhy = "failed"    // could not be written down
)

// LeftMail is a mail that was left in the mailbox for a person to read. Nothing
// of its text is kept.
type LeftMail struct {
	Number  uint32    `json:"uid"`           // in the folder
	From    string    `json:"from"`          // as it stands there
	Subject string    `json:"subject"`       //
	Date    time.Time `json:"date,omitzero"` // UTC; when it was sent, as it says
	Found   time.Time `json:"found"`         // UTC
	Why     LeftWhy   `json:"why"`
}

// KeepLeft is how many mails are listed that were left in the mailbox, the newest.
const KeepLeft = 100

// Clean returns the mail as far as it is kept: lines of bounded length.
func (l LeftMail) Clean() LeftMail {
	l.From, l.Subject = headLine(l.From), headLine(l.Subject)
	return l
}

// headLine is a line of another's mail, fit to be shown.
func headLine(s string) string {
	s = Line(s)
	if r := []rune(s); len(r) > 200 {
		s = string(r[:199]) + "…"
	}
	return s
}

// Bounce is what a mail server reports of a mail that it could not deliver, or
// not yet (RFC 3464).
type Bounce struct {
	Message MessageID // of ours; "" if the report does not name one
	Foreign bool      // the report names a mail that is not of our making
	Address string    // whom it did not reach, lower case
	Final   bool      // it will not be tried again
	Status  string    // "5.1.1" (RFC 3463), "" if there is none
	Text    string    // the server's words, one line
}

// Ours reports whether the failure is because of us, not of the address: policy
// (5.7), content (5.6) or protocol (5.5), as when a server refuses at once.
func (b Bounce) Ours() bool {
	for _, p := range []string{"5.5.", "5.6.", "5.7."} {
		if strings.HasPrefix(b.Status, p) {
			return true
		}
	}
	return false
}

// BounceWithin is for how long after it went out a mail is looked for by its
// reader's address when a report does not say which one it is about.
const BounceWithin = GiveUp + 24*time.Hour

// Bounced returns a message after a report on it, and whether it says something
// new. One that was accepted and comes back has failed; of a delay only the
// words are kept. One that is on its way again is left alone: it will tell.
func (m Message) Bounced(b Bounce, now time.Time) (Message, bool) {
	if m.State != MessageSent && m.State != MessageUnknown {
		return m, false
	}
	if !b.Final {
		fresh := m.State == MessageSent && m.Error == ""
		if fresh {
			m.Error = b.Text
		}
		return m, fresh
	}
	return m.End(MessageFailed, b.Text, now), true
}

// ReturnedMail is the last mail that came back from the address of a person.
type ReturnedMail struct {
	Address string    `json:"address"`
	At      time.Time `json:"at"`   // UTC; when that was read
	Kind    Kind      `json:"kind"` // of the mail
	Text    string    `json:"text"` // the server's words
}

// The first letter of what stands behind the plus in an address of the mailbox
// tells what comes to it.
const (
	BounceToken = "b" // reports: the message follows
	ReplyToken  = "r" // answers by calendar mail: a signature follows
)

// BounceAddress is where reports on a message go: the mailbox, with the message
// behind a plus.
func BounceAddress(mailbox string, id MessageID) string {
	return plus(mailbox, BounceToken+string(id))
}

// ReplyAddress is where answers to an invitation go: the mailbox, with a
// signature behind a plus.
func ReplyAddress(mailbox, signature string) string { return plus(mailbox, ReplyToken+signature) }

func plus(mailbox, token string) string {
	local, domain, _ := strings.Cut(mailbox, "@")
	return local + "+" + token + "@" + domain
}
