package agenda

import (
	"slices"
	"time"
)

// CallLeads are the days before the last day of submission on which
// institutions that have not answered the call are reminded.
var CallLeads = []int{14, 3}

// callRest is how long nobody is reminded after the call or a reminder went out.
const callRest = 48 * time.Hour

// Called returns the edition with its call open and sent, and whether it has to
// be sent: a call goes out once, opening it again tells nobody. Problems are
// returned when there is no time left to submit.
func (e Edition) Called(now time.Time, loc *time.Location) (Edition, bool, error) {
	today := LocalOf(now, loc).Date
	var p Problems
	switch {
	case !e.Submission.IsZero() && today.After(e.Submission):
		p.Add("submission", "past", "")
	case today.After(e.Ends):
		p.Add("ends", "past", "")
	}
	if err := p.Err(); err != nil {
		return e, false, err
	}
	send := e.CallSent.IsZero()
	e.Open = true
	if send {
		e.CallSent = Rise(time.Time{}, now)
	}
	return e, send, nil
}

// Agreed returns a problem when the edition has principles to agree to and its
// submitter does not.
func (e Edition) Agreed(yes bool) error {
	if e.Principles != "" && !yes {
		return Problems{{Field: "accepted_terms", Rule: "agree"}}
	}
	return nil
}

// Asks reports whether the event's submitter has still to agree to the
// principles of the edition: before it goes to the coordinators.
func (e Edition) Asks(v Event) bool {
	return e.Principles != "" && v.AcceptedTerms.IsZero() && v.Editable()
}

// Agree returns the event with what its submitter said about the principles. A
// reserved date may still do without.
func (e Edition) Agree(v Event, yes bool, now time.Time) (Event, error) {
	if !e.Asks(v) {
		return v, nil
	}
	if yes {
		v.AcceptedTerms = now
	}
	if v.Review == Reserved {
		return v, nil
	}
	return v, e.Agreed(yes)
}

// LastCall returns until when the call of the edition is of any use.
func (e Edition) LastCall(loc *time.Location) time.Time {
	last := e.Submission
	if last.IsZero() {
		last = e.Ends
	}
	return last.AddDays(1).Start(loc)
}

// CallReminderID is the identifier of the reminder of the call that a
// coordinator sends on the day.
func CallReminderID(about Ref, day Date) NoticeID {
	return NoticeID("cr." + about.ID + "." + day.String())
}

// CallReminders returns the reminders of an edition's call that are still to
// come at now: none unless the call was sent and has a last day. They go to
// offices, so they yield to days on which nobody works.
func (c Clock) CallReminders(e Edition, now time.Time) []Notice {
	if !e.Open || e.CallSent.IsZero() || e.Submission.IsZero() {
		return nil
	}
	var out []Notice
	for _, lead := range CallLeads {
		due := c.WorkingDayBefore(e.Submission.AddDays(-lead)).At(c.Hour, c.Minute).In(c.Loc)
		if !due.After(now) || due.Before(e.CallSent.Add(callRest)) {
			continue
		}
		n := c.callNotice(KindCallReminder, e, e.Submission.String(), now)
		n.ID, n.Due, n.Lead = ReminderID(n.Subject, lead), due, lead
		out = append(out, n)
	}
	return out
}

// Call returns the notice of an edition's call.
func (c Clock) Call(e Edition, now time.Time) Notice {
	n := c.callNotice(KindCall, e, "call", now)
	n.ID = NoticeID("call." + n.Subject.ID)
	return n
}

// CallReminder returns the reminder of the call that a coordinator sends, at
// most one a day. ErrState is returned when there is nothing to remind of.
func (c Clock) CallReminder(e Edition, now time.Time) (Notice, error) {
	today := LocalOf(now, c.Loc).Date
	if e.CallSent.IsZero() || !e.Calling(today) {
		return Notice{}, ErrState
	}
	n := c.callNotice(KindCallReminder, e, "by hand "+today.String(), now)
	n.ID = CallReminderID(n.Subject, today)
	return n, nil
}

func (c Clock) callNotice(kind Kind, e Edition, mark string, now time.Time) Notice {
	about := Ref{AboutEdition, itoa(e.Year)}
	return Notice{
		Kind: kind, Subject: about, To: Audience{Of: Ref{AboutCalled, about.ID}},
		Due: now, Deadline: e.LastCall(c.Loc), Mark: mark, Made: now,
	}
}

// SpareCallReminder reports whether the reminder says nothing new beside
// another one of the same call: a later one of the same last day is due as
// well, or a coordinator has just reminded by hand.
func SpareCallReminder(n, other Notice, now time.Time) bool {
	if n.Lead == 0 || n.ID == other.ID || other.Kind != KindCallReminder {
		return false
	}
	if other.Lead == 0 {
		return other.Done && other.Told.After(n.Due.Add(-callRest))
	}
	return other.Lead < n.Lead && other.Mark == n.Mark && !other.Due.After(now)
}

// Refusal says that an institution takes no part in an edition.
type Refusal struct {
	Year        int           `json:"year"`
	Institution InstitutionID `json:"inst"`
	At          time.Time     `json:"at"` // UTC
}

// CallAnswer is what became of an edition's call at one institution.
type CallAnswer struct {
	Institution Institution
	People      []Person  // who are told: those with an address
	Events      []Event   // submitted on its behalf and not withdrawn
	Refused     time.Time // UTC; zero if it did not decline
}

// Given reports whether the institution has answered.
func (a CallAnswer) Given() bool { return len(a.Events) > 0 || !a.Refused.IsZero() }

// CallAnswers says for every institution what became of an edition's call, in
// the order of the institutions. An event is an institution's when the
// institution is its organiser, under any spelling, or when somebody of the
// institution submitted it.
func CallAnswers(year int, institutions []Institution, people []Person, events []Event, refusals []Refusal) []CallAnswer {
	out := make([]CallAnswer, len(institutions))
	at, named, of := map[InstitutionID]int{}, map[string][]int{}, map[string]int{}
	for i, inst := range institutions {
		out[i].Institution, at[inst.ID] = inst, i
		for _, name := range append([]string{inst.Name}, inst.Aliases...) { // as Institution.Is compares them
			named[Fold(name)] = append(named[Fold(name)], i)
		}
	}
	for _, p := range people {
		if i, ok := at[p.Institution]; ok && p.Email != "" {
			out[i].People, of[p.Email] = append(out[i].People, p), i
		}
	}
	for _, e := range events {
		if e.Edition != year || e.Review == Withdrawn {
			continue
		}
		theirs := slices.Clone(named[Fold(e.Organiser)])
		if i, ok := of[e.Internal.Email]; ok {
			theirs = append(theirs, i)
		}
		slices.Sort(theirs)
		for _, i := range slices.Compact(theirs) {
			out[i].Events = append(out[i].Events, e)
		}
	}
	for _, r := range refusals {
		if i, ok := at[r.Institution]; ok && r.Year == year {
			out[i].Refused = r.At
		}
	}
	return out
}
