package agenda

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// PollVote is one member of a poll: on which dates she is a member, and what she
// answered.
type PollVote struct {
	Person       PersonID
	Institutions map[int][]InstitutionID // that she sits for, by the option's number; these are the dates on which she is a member
	Answer       PollAnswer              // zero if there is none
}

// Member reports whether she fills a seat on the day of the option.
func (v PollVote) Member(n int) bool { _, ok := v.Institutions[n]; return ok }

// Choice returns what she said to the option, "" if nothing or if she is no
// member on its day.
func (v PollVote) Choice(n int) PollChoice {
	if !v.Member(n) {
		return ""
	}
	return v.Answer.Choices[n]
}

// Asked returns the numbers of the options about which the member is asked:
// those to come after the last day on which she fills a seat.
func (p Poll) Asked(v PollVote) []int {
	var out []int
	for _, o := range p.Options {
		if p.asks(o) && v.Member(o.Number) {
			out = append(out, o.Number)
		}
	}
	return out
}

// Silent reports whether an answer of the member is missing.
func (p Poll) Silent(v PollVote) bool {
	return slices.ContainsFunc(p.Asked(v), func(n int) bool { return v.Choice(n) == "" })
}

// Votes returns everybody who fills a seat on the day of an option, in the
// order of the seats, with her answer. Who left has no vote on later dates,
// whatever she answered before.
func (p Poll) Votes(seats []Seat, answers []PollAnswer) []PollVote {
	var out []PollVote
	at := map[PersonID]int{}
	for _, s := range seats {
		for _, o := range p.Options {
			who := s.Holder(o.Start.Date)
			if who == "" {
				continue
			}
			i, known := at[who]
			if !known {
				i = len(out)
				at[who] = i
				out = append(out, PollVote{Person: who, Institutions: map[int][]InstitutionID{}})
			}
			out[i].Institutions[o.Number] = append(out[i].Institutions[o.Number], s.Institution)
		}
	}
	for _, a := range answers {
		if i, ok := at[a.Person]; ok {
			out[i].Answer = a
		}
	}
	return out
}

// Vote returns one person's vote, an empty one if she is a member on none of
// the days.
func (p Poll) Vote(seats []Seat, a PollAnswer, who PersonID) PollVote {
	for _, v := range p.Votes(seats, []PollAnswer{a}) {
		if v.Person == who {
			return v
		}
	}
	return PollVote{Person: who, Answer: a}
}

// OptionTally counts the answers to one option.
type OptionTally struct {
	PollOption
	Yes, Maybe, No, Missing int
	Institutions            int // of whom somebody can come, if need be
	Seated                  int // institutions with a seat that is filled on the day
	Best                    bool
	Past                    bool // begun at the time of counting
	Chosen                  bool
}

// Can is how many members can come, if need be.
func (t OptionTally) Can() int { return t.Yes + t.Maybe }

// Members is how many members there are on the day.
func (t OptionTally) Members() int { return t.Yes + t.Maybe + t.No + t.Missing }

// PollTally sums up a poll.
type PollTally struct {
	Options  []OptionTally
	Members  int        // who are asked
	Answered int        // of them
	Silent   []PersonID // the others
	Why      BestReason // why the options that are marked are best
}

// BestReason says what an option has that others do not.
type BestReason string

// The reasons, each looked at only where those before are equal.
const (
	BestNone         BestReason = ""             // nobody can come to any, or nobody has answered
	BestCan          BestReason = "can"          // most can come
	BestYes          BestReason = "yes"          // as many can come, fewer of them only if need be
	BestInstitutions BestReason = "institutions" // as many can come, of more institutions
	BestEqual        BestReason = "equal"        // several are equally good
	BestOnly         BestReason = "only"         // there is no other
)

// Tally counts the votes as they are at now.
func (p Poll) Tally(votes []PollVote, now time.Time, loc *time.Location) PollTally {
	var t PollTally
	for _, o := range p.Options {
		ot := p.count(o, votes)
		ot.Past = !o.Start.In(loc).After(now)
		ot.Chosen = slices.Contains(p.Chosen, o.Number)
		t.Options = append(t.Options, ot)
	}
	for _, v := range votes {
		switch {
		case len(p.Asked(v)) == 0:
		case p.Silent(v):
			t.Members++
			t.Silent = append(t.Silent, v.Person)
		default:
			t.Members++
			t.Answered++
		}
	}
	t.Why = markBest(t.Options)
	return t
}

func (p Poll) count(o PollOption, votes []PollVote) OptionTally {
	t := OptionTally{PollOption: o}
	all, come := map[InstitutionID]bool{}, map[InstitutionID]bool{}
	for _, v := range votes {
		if !v.Member(o.Number) {
			continue
		}
		can := false
		switch v.Choice(o.Number) {
		case ChoiceYes:
			t.Yes, can = t.Yes+1, true
		case ChoiceMaybe:
			t.Maybe, can = t.Maybe+1, true
		case ChoiceNo:
			t.No++
		default:
			t.Missing++
		}
		for _, i := range v.Institutions[o.Number] {
			if i != "" {
				all[i] = true
				come[i] = come[i] || can
			}
		}
	}
	t.Seated = len(all)
	for _, can := range come {
		if can {
			t.Institutions++
		}
	}
	return t
}

// markBest marks the options to which most can come; of equal ones those to
// which fewer come only if need be, then those with more institutions.
func markBest(options []OptionTally) BestReason {
	var still []*OptionTally
	for i := range options {
		if o := &options[i]; !o.Past && o.Can() > 0 {
			still = append(still, o)
		}
	}
	if len(still) == 0 {
		return BestNone
	}
	why := BestOnly
	for _, by := range []struct {
		why BestReason
		of  func(*OptionTally) int
	}{{BestCan, (*OptionTally).can}, {BestYes, func(t *OptionTally) int { return t.Yes }}, {BestInstitutions, func(t *OptionTally) int { return t.Institutions }}} {
		if len(still) == 1 {
			break
		}
		why = by.why
		most := by.of(slices.MaxFunc(still, func(a, b *OptionTally) int { return cmp.Compare(by.of(a), by.of(b)) }))
		still = slices.DeleteFunc(still, func(t *OptionTally) bool { return by.of(t) < most })
	}
	if len(still) > 1 {
		why = BestEqual
	} else if why == BestOnly && len(options) > 1 {
		why = BestCan // nobody can come to the others
	}
	for _, o := range still {
		o.Best = true
	}
	return why
}

func (t *OptionTally) can() int { return t.Can() }

// PollLeads are the days before the last one on which the silent are reminded,
// once: on the first of them that leaves a day since the request.
var PollLeads = []int{2, 1, 0}

// pollRest is how long nobody is reminded after the request, or after a
// reminder by hand.
const pollRest = 24 * time.Hour

// byHand begins the mark of a reminder that was sent by hand.
const byHand = "by hand "

// PollRequest returns the notice that asks the members.
func (c Clock) PollRequest(p Poll, now time.Time) Notice {
	n := c.pollNotice(KindPoll, p, "request", now)
	n.ID = NoticeID("poll." + string(p.ID))
	return n
}

// PollReminders returns the reminder of the silent that is still to come at
// now, if there is time for one. It goes to offices, so it yields to days on
// which nobody works.
func (c Clock) PollReminders(p Poll, now time.Time) []Notice {
	if p.StateAt(now, c.Loc) != PollOpen {
		return nil
	}
	for _, lead := range PollLeads {
		due := c.WorkingDayBefore(p.Deadline.AddDays(-lead)).At(c.Hour, c.Minute).In(c.Loc)
		if due.Before(now.Add(pollRest)) || due.Before(p.Created.Add(pollRest)) {
			continue
		}
		n := c.pollNotice(KindPollReminder, p, p.Deadline.String(), now)
		n.ID, n.Due, n.Lead = ReminderID(n.Subject, lead), due, lead
		return []Notice{n}
	}
	return nil
}

// PollReminder returns the reminder of the silent that is sent by hand, at most
// one a day. ErrState is returned when nobody can answer any more.
func (c Clock) PollReminder(p Poll, now time.Time) (Notice, error) {
	if p.StateAt(now, c.Loc) != PollOpen {
		return Notice{}, ErrState
	}
	today := LocalOf(now, c.Loc).Date
	n := c.pollNotice(KindPollReminder, p, byHand+today.String(), now)
	n.ID = NoticeID(string(PollRemindersID(p.ID)) + today.String())
	return n, nil
}

// PollRemindersID begins the identifiers of a poll's reminders by hand.
func PollRemindersID(id PollID) NoticeID { return NoticeID("pr." + string(id) + ".") }

func (c Clock) pollNotice(kind Kind, p Poll, mark string, now time.Time) Notice {
	about := Ref{AboutPoll, string(p.ID)}
	return Notice{
		Kind: kind, Subject: about, To: Audience{Of: about}, Due: now, Deadline: p.Ends(c.Loc), Mark: mark, Made: now,
	}
}

// PollStands reports whether a notice of the poll is of use at now: members can
// answer, the last day is the one that the reminder was made for, and nobody
// has just reminded by hand.
func PollStands(p Poll, n Notice, reminders []Notice, now time.Time, loc *time.Location) bool {
	if p.StateAt(now, loc) != PollOpen {
		return false
	}
	if n.Kind == KindPoll || strings.HasPrefix(n.Mark, byHand) {
		return true
	}
	return n.Mark == p.Deadline.String() && !slices.ContainsFunc(reminders, func(o Notice) bool {
		return strings.HasPrefix(o.Mark, byHand) && o.Done && o.Told.After(n.Due.Add(-pollRest))
	})
}
