package agenda

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// PollID identifies a date poll.
type PollID string

// PollState is where a poll stands.
type PollState string

// The states of a poll. Closed is never stored: an open poll is closed when the
// last day for answers is over.
const (
	PollOpen      PollState = "open"
	PollClosed    PollState = "closed"
	PollDecided   PollState = "decided"
	PollCancelled PollState = "cancelled"
)

// MostOptions is how many dates a poll can ask about.
const MostOptions = 20

// PollOption is one date that a poll asks about.
type PollOption struct {
	Number int    `json:"n"` // from 1 on, in order of time; never changes
	Start  Local  `json:"start"`
	End    Local  `json:"end"`
	Place  string `json:"place,omitempty"`
}

// PollDetails are what whoever opens a poll types.
type PollDetails struct {
	Title    string       `json:"title,omitempty"`  // of the meeting; empty: the group's name
	Note     string       `json:"note,omitempty"`   // what members should know before they answer
	Online   string       `json:"online,omitempty"` // of the meeting: http(s) address of a video conference
	Deadline Date         `json:"deadline"`         // last day for answers
	Options  []PollOption `json:"options"`
}

// Poll asks the members of a group which of several dates suit them.
type Poll struct {
	ID    PollID  `json:"id"`
	Group GroupID `json:"group"`
	PollDetails
	State    PollState   `json:"state"`
	Chosen   []int       `json:"chosen,omitempty"`   // numbers of the options that became meetings
	Meetings []MeetingID `json:"meetings,omitempty"` // in the order of Chosen
	Created  time.Time   `json:"created"`            // UTC
	Changed  time.Time   `json:"changed"`            // UTC, only rises; answers do not change a poll
}

// PollChoice is what a member says to one date.
type PollChoice string

// The choices.
const (
	ChoiceYes   PollChoice = "yes"
	ChoiceMaybe PollChoice = "maybe" // if need be
	ChoiceNo    PollChoice = "no"
)

// Choices are all choices in the order in which they are offered.
var Choices = []PollChoice{ChoiceYes, ChoiceMaybe, ChoiceNo}

// PollAnswer is what one member answered.
type PollAnswer struct {
	Poll    PollID             `json:"poll"`
	Person  PersonID           `json:"person"`
	Choices map[int]PollChoice `json:"choices"` // by the option's number
	Comment string             `json:"comment,omitempty"`
	At      time.Time          `json:"at"` // UTC; last change
}

// PollOptions makes options of dates, as a plan proposes them.
func PollOptions(dates []MeetingDetails) []PollOption {
	out := make([]PollOption, len(dates))
	for i, d := range dates {
		out[i] = PollOption{Start: d.Start, End: d.End, Place: d.Place}
	}
	return out
}

// Clean returns the details with every field fit to be kept.
func (d PollDetails) Clean() PollDetails {
	d.Title, d.Note, d.Online = Line(d.Title), Text(d.Note), Line(d.Online)
	d.Options = slices.Clone(d.Options)
	for i := range d.Options {
		d.Options[i].Place = Line(d.Options[i].Place)
	}
	return d
}

// OptionField is the field under which a problem with the n-th option, counted
// from 1 in the order in which they were given, is reported.
func OptionField(n int) string { return "option_" + itoa(n) }

// Check returns what is wrong with the details of a poll that is opened at now.
func (d PollDetails) Check(now time.Time, loc *time.Location) error {
	var p Problems
	atMost(&p, "title", d.Title, 150)
	atMost(&p, "note", d.Note, 2000)
	checkLink(&p, "online", d.Online)
	if len(d.Options) == 0 {
		p.Add("options", "required", "")
	}
	if len(d.Options) > MostOptions {
		p.Add("options", "too_many", itoa(MostOptions))
	}
	first := Date{}
	for i, o := range d.Options {
		rule, want := o.wrong(d.Options[:i], now, loc)
		if rule != "" {
			p.Add(OptionField(i+1), rule, want)
		} else if first.IsZero() || o.Start.Before(first.At(0, 0)) {
			first = o.Start.Date
		}
	}
	d.checkDeadline(&p, first, now, loc)
	return p.Err()
}

// wrong returns the rule that the option breaks, "" if none.
func (o PollOption) wrong(before []PollOption, now time.Time, loc *time.Location) (rule, want string) {
	var p Problems
	checkSpan(&p, o.Start, o.End, 7, loc)
	atMost(&p, "place", o.Place, 200)
	switch {
	case p.For("start") != nil && p.For("start").Rule == "required", p.For("end") != nil && p.For("end").Rule == "required":
		return "option_times", ""
	case len(p) > 0:
		return p[0].Rule, p[0].Want
	case !o.Start.In(loc).After(now):
		return "past", ""
	}
	for i, b := range before {
		if b.Start == o.Start && b.End == o.End && b.Place == o.Place {
			return "option_double", itoa(i + 1)
		}
	}
	return "", ""
}

func (d PollDetails) checkDeadline(p *Problems, first Date, now time.Time, loc *time.Location) {
	switch {
	case d.Deadline.IsZero():
		p.Add("deadline", "required", "")
	case d.Deadline.Before(LocalOf(now, loc).Date):
		p.Add("deadline", "past", "")
	case !first.IsZero() && !d.Deadline.Before(first):
		p.Add("deadline", "poll_deadline", dotted(first.AddDays(-1)))
	}
}

// dotted writes a day as offices do: "15.09.2027".
func dotted(d Date) string { return fmt.Sprintf("%02d.%02d.%04d", d.Day, d.Month, d.Year) }

// NewPoll returns the poll that is opened at now, its options in order of time
// and numbered.
func NewPoll(id PollID, g GroupID, d PollDetails, now time.Time, loc *time.Location) (Poll, error) {
	d = d.Clean()
	if err := d.Check(now, loc); err != nil {
		return Poll{}, err
	}
	slices.SortStableFunc(d.Options, func(a, b PollOption) int { return a.Start.Compare(b.Start) })
	for i := range d.Options {
		d.Options[i].Number = i + 1
	}
	at := Rise(time.Time{}, now)
	return Poll{ID: id, Group: g, PollDetails: d, State: PollOpen, Created: at, Changed: at}, nil
}

// Name returns the title of the meeting that is sought, or the group's name.
func (p Poll) Name(g Group) string {
	if p.Title != "" {
		return p.Title
	}
	return g.Name
}

// Ends returns the first instant at which answers are late: the end of the last
// day in loc.
func (p Poll) Ends(loc *time.Location) time.Time { return p.Deadline.AddDays(1).Start(loc) }

// StateAt returns where the poll stands at now.
func (p Poll) StateAt(now time.Time, loc *time.Location) PollState {
	if p.State == PollOpen && !now.Before(p.Ends(loc)) {
		return PollClosed
	}
	return p.State
}

// Undecided reports whether the poll was neither decided nor cancelled.
func (p Poll) Undecided() bool { return p.State == PollOpen }

// Option returns the option of that number, false if there is none.
func (p Poll) Option(n int) (PollOption, bool) {
	if n < 1 || n > len(p.Options) {
		return PollOption{}, false
	}
	return p.Options[n-1], true
}

// asks reports whether members are asked about the option: it is after the last
// day for answers. All are at first; a longer time to answer can pass some.
func (p Poll) asks(o PollOption) bool { return p.Deadline.Before(o.Start.Date) }

// Last returns the day of the last option.
func (p Poll) Last() (last Date) {
	for _, o := range p.Options {
		if last.IsZero() || o.End.Date.After(last) {
			last = o.End.Date
		}
	}
	return last
}

// PollsFor is how many days after the last of its dates a poll is deleted, with
// all answers.
const PollsFor = 90

// Forget reports whether the poll is to be deleted on the day.
func (p Poll) Forget(today Date) bool { return p.Last().AddDays(PollsFor).Before(today) }

// Extend returns the poll with a later last day. ErrState is returned for one
// that was decided or cancelled, ErrConflict when it changed after seen (zero:
// not checked).
func (p Poll) Extend(deadline Date, seen, now time.Time, loc *time.Location) (Poll, []Change, error) {
	if !p.Undecided() {
		return p, nil, ErrState
	}
	if deadline == p.Deadline && p.StateAt(now, loc) == PollOpen {
		return p, nil, nil // also the second click
	}
	if !seen.IsZero() && !seen.Equal(p.Changed) {
		return p, nil, ErrConflict
	}
	var q Problems
	d := PollDetails{Deadline: deadline}
	d.checkDeadline(&q, p.Options[len(p.Options)-1].Start.Date, now, loc)
	if len(q) == 0 && deadline.Before(p.Deadline) {
		q.Add("deadline", "at_least", dotted(p.Deadline))
	}
	if err := q.Err(); err != nil {
		return p, nil, err
	}
	c := []Change{{"deadline", dotted(p.Deadline), dotted(deadline)}}
	p.Deadline, p.Changed = deadline, Rise(p.Changed, now)
	return p, c, nil
}

// Decide returns the poll decided for the options of those numbers, and the
// dates that become meetings. Deciding the same again is no error and makes no
// date. ErrConflict is returned when somebody else changed or decided the poll
// after seen (zero: not checked), ErrState for one that is over.
func (p Poll) Decide(chosen []int, seen, now time.Time, loc *time.Location) (Poll, []MeetingDetails, error) {
	chosen = slices.Clone(chosen)
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	if p.State == PollDecided && slices.Equal(chosen, p.Chosen) {
		return p, nil, nil
	}
	if !seen.IsZero() && !seen.Equal(p.Changed) {
		return p, nil, ErrConflict
	}
	if !p.Undecided() {
		return p, nil, ErrState
	}
	var q Problems
	var dates []MeetingDetails
	for _, n := range chosen {
		switch o, ok := p.Option(n); {
		case !ok:
			q.Add("options", "one_of", "")
		case !o.Start.In(loc).After(now):
			q.Add("options", "past", "")
		default:
			dates = append(dates, MeetingDetails{Title: p.Title, Start: o.Start, End: o.End, Place: o.Place, Online: p.Online})
		}
	}
	if len(chosen) == 0 {
		q.Add("options", "poll_choose", "")
	}
	if err := q.Err(); err != nil {
		return p, nil, err
	}
	p.State, p.Chosen, p.Changed = PollDecided, chosen, Rise(p.Changed, now)
	return p, dates, nil
}

// Cancel returns the poll given up. Doing it twice is no error.
func (p Poll) Cancel(seen, now time.Time) (Poll, error) {
	if p.State == PollCancelled {
		return p, nil
	}
	if !seen.IsZero() && !seen.Equal(p.Changed) {
		return p, ErrConflict
	}
	if !p.Undecided() {
		return p, ErrState
	}
	p.State, p.Changed = PollCancelled, Rise(p.Changed, now)
	return p, nil
}

// Answer returns the member's answer after she chose. Every date that she is
// asked about needs a choice; what she said about others stays. After the last
// day, and when the poll is over, a problem says so.
func (p Poll) Answer(v PollVote, choices map[int]PollChoice, comment string, now time.Time, loc *time.Location) (PollAnswer, error) {
	var q Problems
	switch p.StateAt(now, loc) {
	case PollClosed:
		q.Add("answers", "poll_late", "")
	case PollDecided, PollCancelled:
		q.Add("answers", "poll_over", "")
	default:
		if len(p.Asked(v)) == 0 {
			q.Add("answers", "poll_no_member", "")
		}
	}
	if err := q.Err(); err != nil {
		return v.Answer, err
	}
	a := PollAnswer{Poll: p.ID, Person: v.Person, Choices: maps.Clone(v.Answer.Choices), Comment: Text(comment), At: now}
	if a.Choices == nil {
		a.Choices = map[int]PollChoice{}
	}
	for _, n := range p.Asked(v) {
		a.Choices[n] = choices[n]
		if !slices.Contains(Choices, choices[n]) {
			q.Add(OptionField(n), "poll_choice", "")
		}
	}
	atMost(&q, "comment", a.Comment, 500)
	if err := q.Err(); err != nil {
		return v.Answer, err
	}
	if maps.Equal(a.Choices, v.Answer.Choices) && a.Comment == v.Answer.Comment {
		return v.Answer, nil // the second click
	}
	return a, nil
}
