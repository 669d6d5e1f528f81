package agenda

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"
)

// NoticeID identifies a notice.
type NoticeID string

// Audience says who is told. Group audiences are the members on any of the
// days; which addresses these are is decided when the notice is due.
type Audience struct {
	Of   Ref    `json:"of"`             // a group, a poll, an event (its watchers), a person, a watcher, an editor, the editors of an event, those whose its tasks are, the office, the institutions of a call, all readers of the digest (group "")
	Days []Date `json:"days,omitempty"` // for groups: members on any of these days
}

// Notice says: tell this audience about that, from when on. It is written in
// the transaction of the change that causes it and expanded to messages when
// it is due.
type Notice struct {
	ID       NoticeID        `json:"id"`
	Kind     Kind            `json:"kind"`
	Subject  Ref             `json:"subject"`            // meeting, event, group (an invitation to several dates), watcher, login
	Dates    []MeetingID     `json:"dates,omitempty"`    // of an invitation
	To       Audience        `json:"to"`                 //
	Due      time.Time       `json:"due"`                // UTC
	Deadline time.Time       `json:"deadline,omitzero"`  // UTC; of no use after this
	Lead     int             `json:"lead,omitempty"`     // days before the date, of reminders
	Mark     string          `json:"mark"`               // occurrence: what makes this notice another one than the last of its kind
	Sentence string          `json:"sentence,omitempty"` // of whoever made the change
	WasMeet  *MeetingDetails `json:"wasmeet,omitempty"`  // before the first of the merged changes
	WasEvent *EventDetails   `json:"wasevent,omitempty"`
	Also     []AlsoMoved     `json:"also,omitempty"`   // dates that changed with this one, told to those who are expected there too
	Except   *Audience       `json:"except,omitempty"` // is told by the notice of another date
	Made     time.Time       `json:"made"`             // UTC
	Cursor   string          `json:"cursor,omitempty"` // the last reader for whom a message was made
	Done     bool            `json:"done,omitempty"`   // a message was made for every reader
	Told     time.Time       `json:"told,omitzero"`    // UTC; when that was
}

// Message returns the message of the notice for one reader. Its identifier is
// made of kind, subject, occurrence, reader and lead time. It is due when the
// notice was: a clock that runs on while notices are expanded must not put it
// off.
func (n Notice) Message(reader Ref, now time.Time) Message {
	due := n.Due
	if due.IsZero() || due.After(now) {
		due = now
	}
	return Message{
		ID:     MessageID(digest("m", string(n.Kind), n.Subject.Kind, n.Subject.ID, n.Mark, reader.Kind, reader.ID, itoa(n.Lead))),
		Notice: n.ID, Kind: n.Kind, Subject: n.Subject, Reader: reader,
		Due: due, Made: now, Deadline: n.Deadline, State: MessageWaiting,
		Lead: n.Lead, Mark: n.Mark,
	}
}

// digest returns 26 lower-case letters and digits that stand for the parts.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// WatcherIDOf returns the identifier of whoever asks with that address to be
// reminded of the event.
func WatcherIDOf(e EventID, email string) WatcherID {
	return WatcherID(digest("w", string(e), email))
}

// Telling says whether people are told of a change, and with which sentence.
type Telling struct {
	Mail     bool
	Sentence string
	Alone    bool // what prepares the date stays as it is
}

// Clock is what rules about time need to know: the network's place, the hour
// at which reminders go out, how long changes are gathered, the default lead
// times in days, and which days are working days.
type Clock struct {
	Loc              *time.Location
	Hour, Minute     int           // time of day of reminders
	Quiet            time.Duration // several changes within this time become one mail
	MeetingLeads     []int
	EventLeads       []int
	WorkingDayBefore func(Date) Date // the day itself if it is a working day, else the last one before it
}

// Near is how close to its start nothing about a date waits any more.
const Near = 48 * time.Hour

// ReminderID is the identifier of the reminder of a date with that lead.
func ReminderID(about Ref, lead int) NoticeID {
	return NoticeID("r." + about.Kind + "." + about.ID + "." + itoa(lead))
}

// ChangeID is the identifier of the notice that gathers the changes of a date.
func ChangeID(about Ref) NoticeID { return NoticeID("c." + about.Kind + "." + about.ID) }

// MeetingReminders returns the reminders of a meeting that are still to come
// at now. invited says that an invitation goes out at now as well: what was
// due before it folds into it. Of the reminders that are overdue the latest
// is kept if nothing else would tell of the date.
func (c Clock) MeetingReminders(m Meeting, g Group, invited bool, now time.Time) []Notice {
	if m.State != MeetingFixed {
		return nil
	}
	leads := c.MeetingLeads
	if g.Leads != nil {
		leads = g.Leads
	}
	about := Ref{AboutMeeting, string(m.ID)}
	to := Audience{Of: Ref{AboutGroup, string(g.ID)}, Days: []Date{m.Start.Date}}
	return c.reminders(about, to, leads, m.Start, c.WorkingDayBefore, invited || !m.Invited.IsZero(), now)
}

// remindersAhead is how many reminders of a course wait at a time: the next ones.
// When one of them goes out, the following take its place, so that sixty dates
// do not have to be written at once.
const remindersAhead = 6

// DateReminderID is the identifier of the reminder of one date of an event.
func DateReminderID(about Ref, lead, no int) NoticeID {
	id := ReminderID(about, lead)
	if no > 1 {
		id += NoticeID("." + itoa(no))
	}
	return id
}

// EventReminders returns the reminders of an event that are still to come at
// now: for each of its dates, the soonest ones and not all of them if there are
// many. The dates of one day are told of together. Participants are reminded on
// any day of the week.
func (c Clock) EventReminders(e Event, ed Edition, now time.Time) []Notice {
	out := c.allReminders(e, ed, now)
	for n := remindersAhead; e.Course() && n < len(out); n++ {
		if !out[n].Due.Equal(out[n-1].Due) { // those of one hour stay together
			return out[:n]
		}
	}
	return out
}

// Overtaken reports whether a later reminder of the same date of a course is due
// as well, be it placed yet or not: then only that one goes out.
func (c Clock) Overtaken(n Notice, e Event, ed Edition, now time.Time) bool {
	return slices.ContainsFunc(c.allReminders(e, ed, n.Due), func(o Notice) bool {
		return o.Mark == n.Mark && o.Lead < n.Lead && !o.Due.After(now)
	})
}

// allReminders returns the reminders of all dates of an event after now, the
// soonest first.
func (c Clock) allReminders(e Event, ed Edition, now time.Time) []Notice {
	if !e.Public() || e.Standing != Scheduled {
		return nil
	}
	leads := c.EventLeads
	if ed.Leads != nil {
		leads = ed.Leads
	}
	about := Ref{AboutEvent, string(e.ID)}
	var out []Notice
	var day Date
	for _, d := range e.Dates() {
		if d.Off || d.Start.Date == day {
			continue
		}
		day = d.Start.Date
		for _, n := range c.reminders(about, Audience{Of: about}, leads, d.Start, nil, true, now) {
			n.ID = DateReminderID(about, n.Lead, d.No)
			out = append(out, n)
		}
	}
	if e.Course() {
		slices.SortStableFunc(out, func(a, b Notice) int { return a.Due.Compare(b.Due) })
	}
	return out
}

func (c Clock) reminders(about Ref, to Audience, leads []int, start Local, yield func(Date) Date, told bool, now time.Time) []Notice {
	deadline := start.In(c.Loc)
	if !deadline.After(now) {
		return nil
	}
	leads = slices.Clone(leads)
	slices.Sort(leads) // the latest first
	var out []Notice
	for _, lead := range slices.Compact(leads) {
		day := start.Date.AddDays(-lead)
		if yield != nil {
			day = yield(day)
		}
		due := day.At(c.Hour, c.Minute).In(c.Loc)
		if lead == 0 && !due.Before(deadline) {
			continue
		}
		n := Notice{
			ID: ReminderID(about, lead), Kind: KindReminder, Subject: about, To: to, Lead: lead,
			Due: due, Deadline: deadline, Mark: start.String(), Made: now,
		}
		if due.After(now) {
			out = append(out, n)
		} else if len(out) == 0 && !told {
			out = append(out, n) // overdue, and the only one that would tell
			break
		}
	}
	return out
}

// Soon returns when a change made now is told: after the quiet time, but at
// once when the old or the new start is near.
func (c Clock) Soon(now time.Time, starts ...Local) time.Time {
	for _, s := range starts {
		if !s.IsZero() {
			if d := s.In(c.Loc).Sub(now); d > 0 && d <= Near {
				return now
			}
		}
	}
	return now.Add(c.Quiet)
}
