package agenda

import (
	"slices"
	"strings"
	"time"
)

// DeadlineID identifies a deadline.
type DeadlineID string

// DeadlineDetails are what is typed of a deadline.
type DeadlineDetails struct {
	Title  string `json:"title"`
	Text   string `json:"text,omitempty"` // what is asked for, and where to send it
	Link   string `json:"link,omitempty"` // http(s) address of a form
	Day    Date   `json:"day"`            // the last day
	Leads  []int  `json:"leads"`          // days before it on which those are reminded who have not answered
	Yearly bool   `json:"yearly,omitempty"`
}

// Deadline is a day until which every institution of a group has to deliver
// something, as its figures for the Sozialraumanalyse. Of one that comes every
// year the next is made when it is over.
type Deadline struct {
	ID    DeadlineID `json:"id"`
	Group GroupID    `json:"group"`
	DeadlineDetails
	Cancelled bool      `json:"cancelled,omitempty"`
	Sequence  int       `json:"seq"`
	Created   time.Time `json:"created"` // UTC
	Changed   time.Time `json:"changed"` // UTC, whole seconds, only rises
}

// DeadlineAnswer says that an institution has delivered.
type DeadlineAnswer struct {
	Deadline    DeadlineID    `json:"deadline"`
	Institution InstitutionID `json:"inst"`
	Person      PersonID      `json:"person,omitempty"` // who said so; "": the office
	Note        string        `json:"note,omitempty"`
	At          time.Time     `json:"at"` // UTC
}

// DeadlineReply is what is known of one institution that is asked.
type DeadlineReply struct {
	Institution InstitutionID
	People      []PersonID // who fill its seats on the last day
	Answer      DeadlineAnswer
}

// Given reports whether the institution has delivered.
func (r DeadlineReply) Given() bool { return !r.Answer.At.IsZero() }

const (
	// lateAnswers is for how many days after it a deadline can be answered.
	lateAnswers = 90
	// keepDeadlines is for how many years deadlines and their answers are kept.
	keepDeadlines = 3
)

// UsualDeadlineLeads are proposed for a new deadline.
var UsualDeadlineLeads = []int{28, 7, 1}

// DeadlineUID is the UID of a deadline in every feed.
func DeadlineUID(id DeadlineID) string { return "frist-" + string(id) + "@widunetz" }

// Clean returns the details with every field fit to be kept.
func (d DeadlineDetails) Clean() DeadlineDetails {
	d.Title, d.Text, d.Link = Line(d.Title), Text(d.Text), Line(d.Link)
	d.Leads = slices.Clone(d.Leads)
	slices.SortFunc(d.Leads, func(a, b int) int { return b - a })
	d.Leads = slices.Compact(d.Leads)
	return d
}

// check returns what is wrong with the details; the day was before, if it is an
// old one.
func (d DeadlineDetails) check(was, today Date) error {
	var p Problems
	required(&p, "title", d.Title, 150)
	atMost(&p, "text", d.Text, 4000)
	checkLink(&p, "link", d.Link)
	switch {
	case d.Day.IsZero():
		p.Add("day", "required", "")
	case d.Day != was && d.Day.Before(today):
		p.Add("day", "past", "")
	case today.DaysTo(d.Day) > 3*366:
		p.Add("day", "too_far", "3")
	}
	for _, l := range d.Leads {
		if l < 0 || l > 90 {
			p.Add("leads", "between", "0–90")
			break
		}
	}
	if len(d.Leads) > 5 {
		p.Add("leads", "too_many", "5")
	}
	return p.Err()
}

// NewDeadline returns a deadline for a group.
func NewDeadline(id DeadlineID, g GroupID, d DeadlineDetails, now time.Time, loc *time.Location) (Deadline, error) {
	d = d.Clean()
	if err := d.check(Date{}, LocalOf(now, loc).Date); err != nil {
		return Deadline{}, err
	}
	made := Rise(time.Time{}, now)
	return Deadline{ID: id, Group: g, DeadlineDetails: d, Created: made, Changed: made}, nil
}

// Change returns the deadline with other details. ErrState is returned for a
// cancelled one, ErrConflict when it changed after seen (zero: not checked),
// Problems for what cannot be.
func (d Deadline) Change(to DeadlineDetails, seen, now time.Time, loc *time.Location) (Deadline, []Change, error) {
	if d.Cancelled {
		return d, nil, ErrState
	}
	to = to.Clean()
	if err := to.check(d.Day, LocalOf(now, loc).Date); err != nil {
		return d, nil, err
	}
	var c []Change
	diff(&c, "title", d.Title, to.Title)
	diff(&c, "text", d.Text, to.Text)
	diff(&c, "link", d.Link, to.Link)
	diff(&c, "day", d.Day.String(), to.Day.String())
	diff(&c, "leads", ints(d.Leads), ints(to.Leads))
	diff(&c, "yearly", yes(d.Yearly), yes(to.Yearly))
	if len(c) == 0 {
		return d, nil, nil
	}
	if !seen.IsZero() && !seen.Equal(d.Changed) {
		return d, nil, ErrConflict
	}
	if d.Day != to.Day {
		d.Sequence++
	}
	d.DeadlineDetails, d.Changed = to, Rise(d.Changed, now)
	return d, c, nil
}

// Cancel returns the deadline given up; there is none next year either. Saying
// so twice changes nothing.
func (d Deadline) Cancel(seen, now time.Time) (Deadline, error) {
	if d.Cancelled {
		return d, nil
	}
	if !seen.IsZero() && !seen.Equal(d.Changed) {
		return d, ErrConflict
	}
	d.Cancelled, d.Sequence, d.Changed = true, d.Sequence+1, Rise(d.Changed, now)
	return d, nil
}

// Open reports whether it can be answered on the day today; late is better than
// never.
func (d Deadline) Open(today Date) bool { return !d.Cancelled && d.Day.DaysTo(today) <= lateAnswers }

// Over reports whether the last day has passed.
func (d Deadline) Over(today Date) bool { return d.Day.Before(today) }

// Forget reports whether the deadline and its answers have served their purpose.
func (d Deadline) Forget(today Date) bool { return d.Day.Year+keepDeadlines < today.Year }

// Rolls returns when the deadline of the next year is made: when its last day is
// over.
func (d Deadline) Rolls(loc *time.Location) time.Time { return d.Day.AddDays(1).At(0, 0).In(loc) }

// Next returns the deadline of the next year: the same day of the calendar, or
// the working day before it. 29 February becomes the 28th.
func (d Deadline) Next(id DeadlineID, now time.Time, working func(Date) Date) (Deadline, bool) {
	if !d.Yearly || d.Cancelled {
		return Deadline{}, false
	}
	day := d.Day
	day.Year++
	if day.Month == 2 && day.Day == 29 {
		day.Day = 28
	}
	n := Deadline{ID: id, Group: d.Group, DeadlineDetails: d.DeadlineDetails, Created: Rise(time.Time{}, now)}
	n.Day, n.Changed = working(day), n.Created
	return n, true
}

// Replies returns the institutions that are asked: those with a seat in the group
// that is filled on the last day, in the order of their identifiers.
func (d Deadline) Replies(seats []Seat, answers []DeadlineAnswer) []DeadlineReply {
	var out []DeadlineReply
	for _, s := range seats {
		who := s.Holder(d.Day)
		if who == "" || s.Institution == "" {
			continue
		}
		i := slices.IndexFunc(out, func(r DeadlineReply) bool { return r.Institution == s.Institution })
		if i < 0 {
			i = len(out)
			out = append(out, DeadlineReply{Institution: s.Institution})
		}
		if !slices.Contains(out[i].People, who) {
			out[i].People = append(out[i].People, who)
		}
	}
	for _, a := range answers {
		if i := slices.IndexFunc(out, func(r DeadlineReply) bool { return r.Institution == a.Institution }); i >= 0 {
			out[i].Answer = a
		}
	}
	slices.SortFunc(out, func(a, b DeadlineReply) int { return strings.Compare(string(a.Institution), string(b.Institution)) })
	return out
}

// ReplyOf returns what is known of the institution for which the person sits,
// false if she is not asked.
func ReplyOf(replies []DeadlineReply, who PersonID) (DeadlineReply, bool) {
	i := slices.IndexFunc(replies, func(r DeadlineReply) bool { return slices.Contains(r.People, who) })
	if i < 0 {
		return DeadlineReply{}, false
	}
	return replies[i], true
}

// Answer returns that an institution has delivered. Problems say that it is too
// late, ErrState that the deadline was given up; a second answer keeps the time
// of the first.
func (d Deadline) Answer(r DeadlineReply, who PersonID, note string, now time.Time, loc *time.Location) (DeadlineAnswer, error) {
	if d.Cancelled {
		return r.Answer, ErrState
	}
	var p Problems
	if note = Text(note); Length(note) > 500 {
		p.Add("note", "too_long", "500")
	}
	if !d.Open(LocalOf(now, loc).Date) {
		p.Add("note", "answer_late", itoa(lateAnswers))
	}
	if err := p.Err(); err != nil {
		return r.Answer, err
	}
	a := r.Answer
	if a.At.IsZero() {
		a.At, a.Person = now, who
	}
	a.Deadline, a.Institution, a.Note = d.ID, r.Institution, note
	return a, nil
}

// DeadlineReminders returns the reminders that are still to come at now. They go
// to offices, so they yield to days on which nobody works.
func (c Clock) DeadlineReminders(d Deadline, now time.Time) []Notice {
	if d.Cancelled {
		return nil
	}
	about := Ref{AboutDeadline, string(d.ID)}
	var out []Notice
	for _, lead := range d.Leads {
		due := c.WorkingDayBefore(d.Day.AddDays(-lead)).At(c.Hour, c.Minute).In(c.Loc)
		if due.After(now) {
			out = append(out, c.deadlineNotice(d, ReminderID(about, lead), d.Day.String(), lead, due, now))
		}
	}
	return out
}

// DeadlineReminder returns the reminder that is sent by hand, at most one a day.
// ErrState is returned when nobody can answer any more.
func (c Clock) DeadlineReminder(d Deadline, now time.Time) (Notice, error) {
	today := LocalOf(now, c.Loc).Date
	if !d.Open(today) {
		return Notice{}, ErrState
	}
	n := c.deadlineNotice(d, NoticeID("dr."+string(d.ID)+"."+today.String()), byHand+today.String(), 0, now, now)
	n.Deadline = d.Day.AddDays(lateAnswers).At(23, 59).In(c.Loc)
	return n, nil
}

func (c Clock) deadlineNotice(d Deadline, id NoticeID, mark string, lead int, due, now time.Time) Notice {
	about := Ref{AboutDeadline, string(d.ID)}
	return Notice{
		ID: id, Kind: KindDeadline, Subject: about, To: Audience{Of: about}, Due: due, Deadline: c.endOf(d.Day), Lead: lead, Mark: mark, Made: now,
	}
}

func (c Clock) endOf(d Date) time.Time { return d.AddDays(1).At(0, 0).In(c.Loc) }

// DeadlineStands reports whether a notice is of use: the deadline stands as it
// was when the notice was made, and none that came later is due as well.
func DeadlineStands(d Deadline, n Notice, others []Notice, now time.Time) bool {
	if d.Cancelled {
		return false
	}
	if strings.HasPrefix(n.Mark, byHand) {
		return true
	}
	return n.Mark == d.Day.String() && !slices.ContainsFunc(others, func(o Notice) bool {
		return o.Mark == n.Mark && o.Lead < n.Lead && !o.Due.After(now)
	})
}
