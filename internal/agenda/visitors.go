package agenda

import "time"

const (
	// MostVisitors is the largest number of visitors that an event can have.
	MostVisitors = 100_000
	// ReportFor is for how many days after an event its organiser can report.
	ReportFor = 60
	// maxVisitorsNote is the length of the note beside the number.
	maxVisitorsNote = 1000
	// askAt is the hour of the day after an event at which its organiser is asked.
	askAt = 10
)

// VisitorsID is the identifier of the notice that asks for an event's visitors.
func VisitorsID(id EventID) NoticeID { return NoticeID("v." + string(id)) }

// TookPlace reports whether the event was public and is over at now.
func (e Event) TookPlace(now time.Time, loc *time.Location) bool {
	return e.Public() && e.Standing == Scheduled && !e.Held().In(loc).After(now)
}

// ReportUntil returns the last day on which the organiser can report.
func (e Event) ReportUntil() Date { return e.Held().Date.AddDays(ReportFor) }

// MayReport says whether the organiser can report now: ErrState before the end
// of the event and for one that did not take place, ErrExpired later on.
func (e Event) MayReport(now time.Time, loc *time.Location) error {
	switch {
	case !e.TookPlace(now, loc):
		return ErrState
	case LocalOf(now, loc).Date.After(e.ReportUntil()):
		return ErrExpired
	}
	return nil
}

// Report returns the event with its visitors and a note; no number takes the
// report back. The event's other fields, and when they changed, stay: nothing
// that the public sees is another.
func (e Event) Report(visitors *int, note string) (Event, []Change, error) {
	note = Text(note)
	var p Problems
	if visitors != nil {
		between(&p, "visitors", *visitors, 0, MostVisitors)
	}
	atMost(&p, "visitors_note", note, maxVisitorsNote)
	if err := p.Err(); err != nil {
		return e, nil, err
	}
	var changes []Change
	diff(&changes, "visitors", number(e.Visitors), number(visitors))
	diff(&changes, "visitors_note", e.VisitorsNote, note)
	e.Visitors, e.VisitorsNote = visitors, note
	return e, changes, nil
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return itoa(*n)
}

// AskVisitors returns the notice that asks the organiser for the visitors on
// the day after the event, and whether there is one to come at now. reachable
// says that one of the event's editors has an address.
func (c Clock) AskVisitors(e Event, reachable bool, now time.Time) (Notice, bool) {
	due := e.Held().Date.AddDays(1).At(askAt, 0).In(c.Loc)
	if !e.Public() || e.Standing != Scheduled || !reachable || e.Visitors != nil || !due.After(now) {
		return Notice{}, false
	}
	return Notice{
		ID: VisitorsID(e.ID), Kind: KindVisitors, Subject: Ref{AboutEvent, string(e.ID)}, To: Audience{Of: Ref{AboutEditors, string(e.ID)}},
		Due: due, Deadline: e.ReportUntil().AddDays(1).Start(c.Loc), Mark: e.Held().String(), Made: now,
	}, true
}
