package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
)

// callState is what a coordinator sees of an edition's call.
type callState struct {
	Edition agenda.Edition
	Answers []agenda.CallAnswer
	Called  int // people whom the call goes to
	Silent  int // institutions that have not answered
	Rest    int // people whom a reminder goes to
	Lost    int // institutions in which nobody is reached by mail
	Open    bool
	Action  string
}

// callOf sums up what became of the call of an edition.
func (w *Web) callOf(c *Ctx, e agenda.Edition) (callState, error) {
	answers, err := w.Store.CallAnswers(c.ctx(), e.Year)
	s := callState{Edition: e, Answers: answers, Open: e.Calling(w.Store.Today()), Action: "/koordination/ausgaben/" + strconv.Itoa(e.Year) + "/aufruf"}
	for _, a := range answers {
		call, rest := 0, 0
		for _, p := range a.People {
			if p.Wants(agenda.KindCall) {
				call++
			}
			if p.Wants(agenda.KindCallReminder) {
				rest++
			}
		}
		s.Called += call
		if len(a.People) == 0 {
			s.Lost++
		}
		if !a.Given() {
			s.Silent, s.Rest = s.Silent+1, s.Rest+rest
		}
	}
	return s, err
}

// callOfEdition is the call on the page of an edition; none for one that was
// not saved yet.
func (w *Web) callOfEdition(c *Ctx, year int) (*callState, error) {
	e, err := w.Store.Edition(c.ctx(), year)
	if errors.Is(err, agenda.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := w.callOf(c, e)
	return &s, err
}

// showCall is who has answered the call of an edition, and who has not.
func (w *Web) showCall(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	e, err := w.Store.Edition(c.ctx(), year)
	if err != nil {
		return err
	}
	s, err := w.callOf(c, e)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "call", c.P.T("call.title", "title", e.Title), map[string]any{"Call": s})
}

// runCall sends the call of an edition, reminds of it, or notes what an
// institution said by telephone.
func (w *Web) runCall(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	done, sent := "", true
	switch do := c.posted("do"); do {
	case "send":
		done = "call.sent"
		if sent, err = w.Store.OpenCall(c.ctx(), c.actor(), year); !sent {
			done = "call.opened"
		}
	case "remind":
		done = "call.reminded"
		if sent, err = w.Store.RemindOfCall(c.ctx(), c.actor(), year); !sent {
			done = "call.reminded_today"
		}
	case "decline", "join":
		done = "call.noted"
		err = w.Store.Refuse(c.ctx(), c.actor(), year, agenda.InstitutionID(c.posted("institution")), do == "decline")
	default:
		return fmt.Errorf("call: %w", agenda.Problems{{Field: "to", Rule: "one_of"}})
	}
	if err != nil {
		return err
	}
	c.flash(c.P.T(done))
	return c.redirect("/koordination/ausgaben/" + strconv.Itoa(year) + "/aufruf")
}

// showCallAnswer is the page behind the link of a call: nothing happens before
// its button is pressed.
func (w *Web) showCallAnswer(c *Ctx) error {
	c.Header("Cache-Control", "no-store")
	e, i, declined, err := w.Store.CallOf(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "callanswer", e.Title, map[string]any{
		"E": e, "I": i, "Declined": declined, "Open": e.Calling(w.Store.Today()), "Action": "/aufruf/" + c.Param("token"),
	})
}

// answerCall notes that an institution takes no part, or does after all.
func (w *Web) answerCall(c *Ctx) error {
	if err := w.Store.AnswerCall(c.ctx(), c.Param("token"), c.posted("do") != "join"); err != nil {
		return err
	}
	return w.showCallAnswer(c)
}
