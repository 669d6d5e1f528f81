package agenda

import "time"

// Close says whether the organiser takes sign-ups.
func (h *House) Close(closed bool) (c []Change) {
	diff(&c, "closed", yes(h.Closed), yes(closed))
	h.Closed = closed
	return c
}

// MostLeads is how many reminders an organiser can have sent.
const MostLeads = 5

// Remind sets when those who signed up are reminded, and the organiser's
// sentence in it.
func (h *House) Remind(leads []int, sentence string) (c []Change, err error) {
	var p Problems
	sentence = Text(sentence)
	atMost(&p, "sentence", sentence, 500)
	if len(leads) > MostLeads {
		p.Add("leads", "too_many", itoa(MostLeads))
	}
	for _, l := range leads {
		between(&p, "leads", l, 0, 60)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	diff(&c, "leads", ints(h.Leads), ints(leads))
	diff(&c, "sentence", h.Sentence, sentence)
	h.Leads, h.Sentence = leads, sentence
	return c, nil
}

// CheckWord returns what is wrong with a mail of the organiser.
func CheckWord(text string) error {
	var p Problems
	required(&p, "word", text, 2000)
	return p.Err()
}

// ThanksID is the identifier of the notice that thanks for coming.
func ThanksID(id EventID) NoticeID { return NoticeID("th." + string(id)) }

// Thank returns the notice that thanks those who came on the day after the
// event, and whether there is one to come at now.
func (c Clock) Thank(e Event, now time.Time) (Notice, bool) {
	due := e.Held().Date.AddDays(1).At(askAt, 0).In(c.Loc)
	if !e.Public() || e.Standing != Scheduled || !e.SignUpHere || !due.After(now) {
		return Notice{}, false
	}
	about := Ref{AboutEvent, string(e.ID)}
	return Notice{
		ID: ThanksID(e.ID), Kind: KindThanks, Subject: about, To: Audience{Of: about}, Due: due, Deadline: due.AddDate(0, 0, 3), Mark: e.Held().String(), Made: now,
	}, true
}

// NeedsSum is what an organiser prepares for.
type NeedsSum struct {
	Persons, Children, StepFree int
	Interpreters                []string // codes of languages, each once, in the order of Languages
}

// SumNeeds adds up what those need who have a place, or for whom one is kept.
func SumNeeds(list []SignUp) (n NeedsSum) {
	asked := map[string]bool{}
	for _, u := range list {
		if u.Holds() == 0 {
			continue
		}
		n.Persons += u.Persons
		n.Children += u.Needs.Childcare
		if u.Needs.StepFree {
			n.StepFree++
		}
		asked[u.Needs.Interpreter] = true
	}
	for _, l := range Languages {
		if asked[l] {
			n.Interpreters = append(n.Interpreters, l)
		}
	}
	return n
}

// HeadsID is the identifier of the notice that tells an organiser who comes.
func HeadsID(id EventID) NoticeID { return NoticeID("hd." + string(id)) }

// headsBefore is how many days before an event its organiser is told who comes,
// if the sign-up has no last day of its own.
const headsBefore = 2

// CountHeads returns the notice that tells the organiser how many people come
// and what they need: on the day after the last one to sign up, otherwise some
// days before, and whether there is one to come at now.
func (c Clock) CountHeads(e Event, now time.Time) (Notice, bool) {
	day := e.Start.Date.AddDays(-headsBefore)
	if until := e.SignUpUntil; !until.IsZero() && until.AddDays(1).Before(e.Start.Date) {
		day = until.AddDays(1)
	}
	due := day.At(c.Hour, c.Minute).In(c.Loc)
	if !e.Public() || e.Standing != Scheduled || !e.SignUpHere || !due.After(now) {
		return Notice{}, false
	}
	return Notice{
		ID: HeadsID(e.ID), Kind: KindHeads, Subject: Ref{AboutEvent, string(e.ID)}, To: Audience{Of: Ref{AboutEditors, string(e.ID)}},
		Due: due, Deadline: e.Start.In(c.Loc), Mark: e.Start.String(), Made: now,
	}, true
}
