package web

import (
	"errors"
	"net/http"

	"widunetz/internal/agenda"
)

// runMinutes does what one of the buttons of the minutes says.
func (w *Web) runMinutes(c *Ctx) error {
	p, err := c.taking()
	if err != nil {
		return err
	}
	do, id, s := c.posted("do"), p.Meeting.ID, w.Store
	said := map[string]string{"release": "minutes.released", "withdraw": "minutes.withdrawn", "correct": "minutes.correcting", "close": "minutes.corrected", "none": "minutes.none_said", "taker": "minutes.taker_said", "approve": "minutes.approved_said"}[do]
	switch do {
	case "add":
		_, err = s.AddMinute(c.ctx(), c.actor(), id, c.posted("title"), c.posted("once"))
	case "release":
		err = s.ReleaseMinutes(c.ctx(), c.actor(), id)
	case "withdraw":
		err = s.WithdrawMinutes(c.ctx(), c.actor(), id)
	case "correct":
		err = s.CorrectMinutes(c.ctx(), c.actor(), id)
	case "close":
		err = s.CloseMinutes(c.ctx(), c.actor(), id, c.telling())
	case "settle":
		err = s.SettleComment(c.ctx(), c.actor(), id, c.posted("comment"), c.posted("reply"))
	case "approve":
		err = s.ApproveMinutes(c.ctx(), c.actor(), id, agenda.MeetingID(c.posted("of")), c.approvedText(p))
	case "none", "wanted", "taker":
		err = c.runChair(p, do)
	case "done", "open":
		err = c.tick(p, do == "done")
	default:
		return agenda.ErrNotFound
	}
	var problems agenda.Problems
	if errors.As(err, &problems) {
		return c.minutesPage(http.StatusUnprocessableEntity, p, &clash{Wrong: c.problemLines(problems)}, nil)
	}
	if err != nil {
		return err
	}
	if said != "" {
		c.flash(c.P.T(said))
	}
	return c.redirect(p.Home())
}

// runChair does what only chair and coordinators may.
func (c *Ctx) runChair(p protocol, do string) error {
	switch {
	case !p.Chair:
		return agenda.ErrDenied
	case do == "taker":
		return c.store().NameMinuteTaker(c.ctx(), c.actor(), p.Meeting.ID, agenda.PersonID(c.posted("taker")))
	}
	return c.store().DeclineMinutes(c.ctx(), c.actor(), p.Meeting.ID, do == "none")
}

func (c *Ctx) tick(p protocol, done bool) error {
	id, ok := agenda.ParseAssignmentID(c.posted("task"))
	if !ok || id.Meeting != p.Meeting.ID {
		return agenda.ErrNotFound
	}
	return c.store().TickAssignment(c.ctx(), c.actor(), id, "", done)
}

// approvedText is what stands as the outcome of the item in which minutes were
// approved, if nobody writes something else.
func (c *Ctx) approvedText(p protocol) string {
	for _, a := range p.Approves {
		if string(a.Of.ID) == c.posted("of") {
			return c.P.T("minutes.approved_text", "date", c.P.Date(a.Of.Start.Date))
		}
	}
	return ""
}

// showMinutesLink is the page behind the link in the mail with minutes.
func (w *Web) showMinutesLink(c *Ctx) error { return w.minutesLink(c, http.StatusOK, nil) }

func (w *Web) minutesLink(c *Ctx, status int, err error) error {
	m, who, lerr := w.Store.MinutesOfToken(c.ctx(), c.Param("token"))
	if lerr != nil {
		return lerr
	}
	c.Header("Cache-Control", "no-store")
	p := protocol{}
	if p.Protocol, lerr = w.Store.Protocol(c.ctx(), m.ID); lerr != nil {
		return lerr
	}
	var mine []agenda.MinutesComment
	for _, x := range p.Comments {
		if x.Person == who.ID {
			mine = append(mine, x)
		}
	}
	data := map[string]any{"P": p, "M": p.Meeting, "G": p.Group, "Who": who, "Mine": mine}
	if p.Head.Commentable(w.Store.Now(), w.Store.Loc()) == "" {
		f := c.form("/protokoll/"+c.Param("token"), "minutes.comment_send").once()
		f.add(field{Kind: "area", Name: "minutes_comment", Max: 2000, Required: true})
		f.check("objection", c.posted("objection") != "")
		if err != nil && !f.refuse(err) {
			return err
		}
		data["Form"] = f
	} else if err != nil {
		return err
	}
	return c.page(status, "minuteslink", c.P.T("minutes.title", "title", m.Name(p.Group)), data)
}

// commentOnMinutes takes a comment from behind the mailed link.
func (w *Web) commentOnMinutes(c *Ctx) error {
	m, who, err := w.Store.MinutesOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	actor := agenda.Actor{Who: agenda.PersonActor(who.ID).Who, By: "minutes"}
	err = w.Store.CommentOnMinutes(c.ctx(), actor, m.ID, who.ID, c.posted("minutes_comment"), c.posted("objection") != "", c.posted("once"))
	var p agenda.Problems
	if errors.As(err, &p) {
		return w.minutesLink(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return c.redirect("/protokoll/" + c.Param("token") + "#anmerkungen")
}

// showAssignments is the page behind the link to what somebody has to do.
func (w *Web) showAssignments(c *Ctx) error {
	who, err := w.Store.AssignmentsOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	list, err := w.Store.AssignmentsOf(c.ctx(), who.ID)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "assignments", c.P.T("minutes.my_tasks"), map[string]any{"List": list, "Who": who, "Action": "/aufgaben/" + c.Param("token"), "Today": w.Store.Today(), "Done": c.asked("getan") != ""})
}

// tickAssignment says from behind the mailed link that something is done.
func (w *Web) tickAssignment(c *Ctx) error {
	who, err := w.Store.AssignmentsOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	id, ok := agenda.ParseAssignmentID(c.posted("task"))
	if !ok {
		return agenda.ErrNotFound
	}
	actor := agenda.Actor{Who: agenda.PersonActor(who.ID).Who, By: "minutes"}
	if err := w.Store.TickAssignment(c.ctx(), actor, id, who.ID, true); err != nil {
		return err
	}
	return c.redirect("/aufgaben/" + c.Param("token") + "?getan=1")
}

// tickOwn says on a page for members that something of hers is done.
func (w *Web) tickOwn(c *Ctx) error {
	id, ok := agenda.ParseAssignmentID(c.posted("task"))
	if !ok {
		return agenda.ErrNotFound
	}
	if err := w.Store.TickAssignment(c.ctx(), c.actor(), id, c.signedIn().ID, true); err != nil {
		return err
	}
	c.flash(c.P.T("minutes.task_done"))
	return c.redirect("/konto#offen")
}
