package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"widunetz/internal/agenda"
)

// Members answer a poll behind the mailed link, without a log-in, or on its page
// when they are logged in; there they see names.

// pollPage is what the pages of a poll show.
type pollPage struct {
	P      agenda.Poll
	G      agenda.Group
	Votes  []agenda.PollVote
	Tally  agenda.PollTally
	State  agenda.PollState
	Best   []agenda.OptionTally
	Days   map[int][]agenda.Day // to mind, by the option's number
	People map[agenda.PersonID]agenda.Person
}

// pollOf reads a poll and counts it.
func (c *Ctx) pollOf(id agenda.PollID) (pp pollPage, err error) {
	s := c.store()
	if pp.P, pp.G, pp.Votes, err = s.PollVotes(c.ctx(), id); err != nil {
		return pp, err
	}
	pp.Tally = pp.P.Tally(pp.Votes, s.Now(), s.Loc())
	pp.State = pp.P.StateAt(s.Now(), s.Loc())
	pp.Days = map[int][]agenda.Day{}
	for _, o := range pp.Tally.Options {
		if pp.Days[o.Number], err = c.daysAt(o.Start, o.End); err != nil {
			return pp, err
		}
		if o.Best {
			pp.Best = append(pp.Best, o)
		}
	}
	return pp, nil
}

// named adds who the members are.
func (c *Ctx) named(pp pollPage) (pollPage, error) {
	people, err := c.store().People(c.ctx())
	pp.People = map[agenda.PersonID]agenda.Person{}
	for _, p := range people {
		pp.People[p.ID] = p
	}
	return pp, err
}

// Vote is the vote of one person, an empty one if she has none.
func (pp pollPage) Vote(who agenda.PersonID) agenda.PollVote {
	for _, v := range pp.Votes {
		if v.Person == who {
			return v
		}
	}
	return agenda.PollVote{Person: who}
}

// Who are the names of those who made the choice ("": none yet).
func (pp pollPage) Who(n int, choice agenda.PollChoice) string {
	var out []string
	for _, v := range pp.Votes {
		if p, ok := pp.People[v.Person]; ok && v.Member(n) && v.Choice(n) == choice {
			out = append(out, p.Name())
		}
	}
	return strings.Join(out, ", ")
}

// remark is what a member wrote beside her answer.
type remark struct{ Name, Text string }

// Remarks are what members wrote.
func (pp pollPage) Remarks() (out []remark) {
	for _, v := range pp.Votes {
		if p, ok := pp.People[v.Person]; ok && v.Answer.Comment != "" {
			out = append(out, remark{p.Name(), v.Answer.Comment})
		}
	}
	return out
}

// List is the poll as the only one of a list.
func (pp pollPage) List() []agenda.Poll { return []agenda.Poll{pp.P} }

// Open reports whether members can answer.
func (pp pollPage) Open() bool { return pp.State == agenda.PollOpen }

// Place is the place that all options share, "" if they have several or none.
func (pp pollPage) Place() string {
	place := pp.P.Options[0].Place
	if len(pp.P.Options) == 1 || slices.ContainsFunc(pp.P.Options, func(o agenda.PollOption) bool { return o.Place != place }) {
		return ""
	}
	return place
}

// dayNotes says what to mind on the days of an option, a text for each.
func (c *Ctx) dayNotes(days []agenda.Day) []string {
	var out []string
	for _, d := range days {
		s := c.P.T("office.layer."+string(d.Layer)) + ": " + c.P.DayName(d) + "."
		if note := c.P.DayNote(d); note != "" {
			s += " " + note
		}
		if d.Certainty != "" {
			s += " " + c.P.T("day.certainty."+string(d.Certainty))
		}
		out = append(out, s)
	}
	return out
}

// pollChoices are the answers to one date.
var pollChoices = []string{string(agenda.ChoiceYes), string(agenda.ChoiceMaybe), string(agenda.ChoiceNo)}

// pollForm is the form in which a member answers: one field for each date about
// which she is asked.
func (c *Ctx) pollForm(pp pollPage, v agenda.PollVote, action string, chosen map[int]agenda.PollChoice, comment string) *form {
	f := c.form(action, "poll.send")
	for _, n := range pp.P.Asked(v) {
		o, _ := pp.P.Option(n) // Asked names those that are there
		label := c.P.When(o.Start, o.End)
		if o.Place != "" && pp.Place() == "" {
			label += c.P.Comma() + o.Place
		}
		f.add(field{
			Kind: "radios", Name: agenda.OptionField(n), Label: label, Hints: c.dayNotes(pp.Days[n]), Required: true, Look: "short",
			Options: c.codes("poll.choice.", pollChoices, string(chosen[n])),
		})
	}
	return f.area("comment", comment, 500)
}

// postedChoices reads what a member chose.
func (c *Ctx) postedChoices(p agenda.Poll) map[int]agenda.PollChoice {
	out := map[int]agenda.PollChoice{}
	for _, o := range p.Options {
		if s := c.posted(agenda.OptionField(o.Number)); s != "" {
			out[o.Number] = agenda.PollChoice(s)
		}
	}
	return out
}

// answering shows a poll to the person who answers it. names says that the page
// shows who chose what; err is what was wrong with her answer.
type answering struct {
	who    agenda.Person
	action string
	names  bool
	desk   bool // somebody else writes it down
	err    error
}

func (c *Ctx) pollAnswerPage(pp pollPage, a answering) error {
	c.Header("Cache-Control", "no-store")
	v, status := pp.Vote(a.who.ID), http.StatusOK
	chosen, comment := v.Answer.Choices, v.Answer.Comment
	if a.err != nil {
		chosen, comment, status = c.postedChoices(pp.P), c.posted("comment"), http.StatusUnprocessableEntity
	}
	f := c.pollForm(pp, v, a.action, chosen, comment)
	if a.err != nil && !f.refuse(a.err) {
		return a.err
	}
	answered := len(v.Answer.Choices) > 0
	asked := len(pp.P.Asked(v)) > 0
	return c.page(status, "pollanswer", c.P.T("poll.title", "title", pp.P.Name(pp.G)), map[string]any{
		"Poll": pp, "Form": f, "Who": a.who, "Answered": answered, "Asked": asked, "Names": a.names, "Desk": a.desk, "Shows": a.names || answered,
		"At": v.Answer.At, "Member": asked || len(v.Institutions) > 0, "Named": "/umfragen/" + string(pp.P.ID),
	})
}

// showPollLink is the page behind the mailed link. Nothing is noted before its
// button is pressed: programs open the links of mails.
func (w *Web) showPollLink(c *Ctx) error {
	id, who, err := w.Store.PollOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	pp, err := c.pollOf(id)
	if err != nil {
		return err
	}
	return c.pollAnswerPage(pp, answering{who: who, action: "/umfrage/" + c.Param("token")})
}

// answerPollLink takes an answer from behind the mailed link.
func (w *Web) answerPollLink(c *Ctx) error {
	id, who, err := w.Store.PollOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	pp, err := c.pollOf(id)
	if err != nil {
		return err
	}
	action := "/umfrage/" + c.Param("token")
	actor := agenda.Actor{Who: agenda.PersonActor(who.ID).Who, By: "poll"}
	return c.takeAnswer(pp, actor, answering{who: who, action: action}, action)
}

// takeAnswer keeps an answer, or shows what is wrong with it.
func (c *Ctx) takeAnswer(pp pollPage, actor agenda.Actor, a answering, then string) error {
	err := c.store().AnswerPoll(c.ctx(), actor, pp.P.ID, a.who.ID, c.postedChoices(pp.P), c.posted("comment"))
	var p agenda.Problems
	if errors.As(err, &p) {
		a.err = err
		return c.pollAnswerPage(pp, a)
	}
	if err != nil {
		return err
	}
	return c.redirect(then)
}

// pollOfMember is the poll of the address if the visitor may see it: a member of
// the group of today or of one of its days, or a coordinator.
func (c *Ctx) pollOfMember() (pollPage, own, error) {
	pp, err := c.pollOf(agenda.PollID(c.Param("poll")))
	if err != nil {
		return pp, own{}, err
	}
	o, err := c.in(pp.G.ID)
	if errors.Is(err, agenda.ErrNotFound) && len(pp.Vote(c.signedIn().ID).Institutions) > 0 {
		o, err = own{Group: pp.G}, nil
	}
	if err != nil {
		return pp, o, err
	}
	o.Chair = o.Chair || c.signedIn().Coordinator
	pp, err = c.named(pp)
	return pp, o, err
}

// showPoll is the page of a poll for members: their own answer, and who said
// what.
func (w *Web) showPoll(c *Ctx) error {
	pp, o, err := c.pollOfMember()
	if err != nil {
		return err
	}
	if o.Chair && len(pp.P.Asked(pp.Vote(c.signedIn().ID))) == 0 {
		return c.redirect("/koordination/umfragen/" + string(pp.P.ID)) // she has nothing to answer
	}
	return c.pollAnswerPage(pp, answering{who: *c.signedIn(), action: "/umfragen/" + string(pp.P.ID), names: true})
}

func (w *Web) answerPoll(c *Ctx) error {
	pp, _, err := c.pollOfMember()
	if err != nil {
		return err
	}
	action := "/umfragen/" + string(pp.P.ID)
	return c.takeAnswer(pp, c.actor(), answering{who: *c.signedIn(), action: action, names: true}, action)
}

// openPolls are the polls of a group that wait for a decision.
func (c *Ctx) openPolls(g agenda.GroupID) ([]agenda.Poll, error) {
	polls, err := c.store().Polls(c.ctx(), g)
	return slices.DeleteFunc(polls, func(p agenda.Poll) bool { return !p.Undecided() }), err
}

// pollsToAnswer are the open polls of groups in which the visitor's answer is
// missing.
func (c *Ctx) pollsToAnswer(groups []own) ([]pollPage, error) {
	var out []pollPage
	for _, o := range groups {
		polls, err := c.openPolls(o.Group.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range polls {
			pp, err := c.pollOf(p.ID)
			if err != nil {
				return nil, err
			}
			if pp.Open() && pp.P.Silent(pp.Vote(c.signedIn().ID)) {
				out = append(out, pp)
			}
		}
	}
	return out, nil
}
