package web

import (
	"errors"
	"net/http"
	"time"

	"widunetz/internal/agenda"
)

// Institutions say behind a mailed link, or on the page of the deadline, that
// they have delivered; chair and coordinators see who has not.

// deadlinePage is what the pages of a deadline show.
type deadlinePage struct {
	D       agenda.Deadline
	G       agenda.Group
	Replies []deadlineRow
	Given   int
}

// deadlineRow is one institution that is asked.
type deadlineRow struct {
	agenda.DeadlineReply
	Name   string
	People []agenda.Person
	By     string // who said that it has delivered
}

func (c *Ctx) deadlineOf(id agenda.DeadlineID) (dp deadlinePage, err error) {
	var replies []agenda.DeadlineReply
	if dp.D, replies, err = c.store().DeadlineReplies(c.ctx(), id); err != nil {
		return dp, err
	}
	if dp.G, err = c.store().Group(c.ctx(), dp.D.Group); err != nil {
		return dp, err
	}
	institutions, err := c.store().Institutions(c.ctx())
	if err != nil {
		return dp, err
	}
	people, err := c.store().People(c.ctx())
	if err != nil {
		return dp, err
	}
	who := map[agenda.PersonID]agenda.Person{}
	for _, p := range people {
		who[p.ID] = p
	}
	of := map[agenda.InstitutionID]agenda.DeadlineReply{}
	for _, r := range replies {
		of[r.Institution] = r
	}
	for _, i := range institutions { // by name
		r, ok := of[i.ID]
		if !ok {
			continue
		}
		row := deadlineRow{DeadlineReply: r, Name: i.Name, By: who[r.Answer.Person].Name()}
		for _, id := range r.People {
			if p, ok := who[id]; ok {
				row.People = append(row.People, p)
			}
		}
		if r.Given() {
			dp.Given++
		}
		dp.Replies = append(dp.Replies, row)
	}
	return dp, nil
}

// Mine is the row of the person's institution, nil if she is not asked.
func (dp deadlinePage) Mine(who agenda.PersonID) *deadlineRow {
	for i, r := range dp.Replies {
		if _, ok := agenda.ReplyOf([]agenda.DeadlineReply{r.DeadlineReply}, who); ok {
			return &dp.Replies[i]
		}
	}
	return nil
}

// answerDeadline shows a deadline to somebody who answers it; chair says that she
// sees all institutions, err is what was wrong with her answer.
func (c *Ctx) deadlineAnswerPage(dp deadlinePage, who agenda.Person, action string, chair bool, err error) error {
	c.Header("Cache-Control", "no-store")
	status, mine := http.StatusOK, dp.Mine(who.ID)
	f := c.form(action, "deadline.done")
	f.Do = "done"
	note := ""
	if mine != nil {
		note = mine.Answer.Note
	}
	f.add(field{Kind: "area", Name: "note", Value: note, Max: 500, Label: c.P.T("deadline.note")})
	if err != nil {
		if status = http.StatusUnprocessableEntity; !f.refuse(err) {
			return err
		}
	}
	today := c.store().Today()
	return c.page(status, "deadline", dp.D.Title, map[string]any{
		"X": dp, "Mine": mine, "Form": f, "Open": dp.D.Open(today), "Over": dp.D.Over(today), "Chair": chair, "Action": action, "Who": who, "Seen": dp.D.Changed.UTC().Format(time.RFC3339Nano),
	})
}

// showDeadlineLink is the page behind the mailed link. Nothing is noted before
// its button is pressed: programs open the links of mails.
func (w *Web) showDeadlineLink(c *Ctx) error {
	id, who, err := w.Store.DeadlineOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	dp, err := c.deadlineOf(id)
	if err != nil {
		return err
	}
	return c.deadlineAnswerPage(dp, who, "/frist/"+c.Param("token"), false, nil)
}

func (w *Web) answerDeadlineLink(c *Ctx) error {
	id, who, err := w.Store.DeadlineOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	dp, err := c.deadlineOf(id)
	if err != nil {
		return err
	}
	actor := agenda.Actor{Who: agenda.PersonActor(who.ID).Who, By: "deadline"}
	return c.takeDeadline(dp, actor, who, "/frist/"+c.Param("token"), false)
}

// takeDeadline keeps what somebody says for her institution.
func (c *Ctx) takeDeadline(dp deadlinePage, actor agenda.Actor, who agenda.Person, action string, chair bool) error {
	mine := dp.Mine(who.ID)
	if mine == nil {
		return agenda.ErrDenied
	}
	err := c.store().AnswerDeadline(c.ctx(), actor, dp.D.ID, mine.Institution, who.ID, c.posted("do") != "open", c.posted("note"))
	var p agenda.Problems
	if errors.As(err, &p) {
		return c.deadlineAnswerPage(dp, who, action, chair, err)
	}
	if err != nil {
		return err
	}
	return c.redirect(action)
}

// deadlineOfMember is the deadline of the address, if it is of the group there
// and the visitor may see that.
func (c *Ctx) deadlineOfMember() (deadlinePage, own, error) {
	o, err := c.in(agenda.GroupID(c.Param("group")))
	if err != nil {
		return deadlinePage{}, o, err
	}
	dp, err := c.deadlineOf(agenda.DeadlineID(c.Param("deadline")))
	if err == nil && dp.D.Group != o.Group.ID {
		err = agenda.ErrNotFound
	}
	o.Chair = o.Chair || c.signedIn().Coordinator
	return dp, o, err
}

func (w *Web) showDeadline(c *Ctx) error {
	dp, o, err := c.deadlineOfMember()
	if err != nil {
		return err
	}
	return c.deadlineAnswerPage(dp, *c.signedIn(), c.path, o.Chair, nil)
}

func (w *Web) answerDeadline(c *Ctx) error {
	dp, o, err := c.deadlineOfMember()
	if err != nil {
		return err
	}
	return c.takeDeadline(dp, c.actor(), *c.signedIn(), c.path, o.Chair)
}

// deadlinesShown are the deadlines of a group that its page names: those to
// come, and those that can still be answered.
func (c *Ctx) deadlinesShown(list []agenda.Deadline) ([]deadlinePage, error) {
	var out []deadlinePage
	for _, d := range list {
		if !d.Open(c.store().Today()) {
			continue
		}
		dp, err := c.deadlineOf(d.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, dp)
	}
	return out, nil
}

// owed are the deadlines that the visitor's institution has not answered.
func (c *Ctx) owed() ([]deadlinePage, error) {
	list, err := c.store().DeadlinesOf(c.ctx(), c.signedIn().ID)
	if err != nil {
		return nil, err
	}
	shown, err := c.deadlinesShown(list)
	var out []deadlinePage
	for _, dp := range shown {
		if mine := dp.Mine(c.signedIn().ID); mine != nil && !mine.Given() {
			out = append(out, dp)
		}
	}
	return out, err
}
