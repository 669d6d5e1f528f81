package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"widunetz/internal/agenda"
)

// Chair and coordinators see who comes to a meeting, write down what somebody
// said by telephone, and remind those who have not answered.

// seatRow is one seat of the list of answers.
type seatRow struct {
	agenda.SeatAnswer
	Person      agenda.Person
	Institution string
	Why         string // why mail does not reach who has not answered: "no_address" or "muted"
}

// Choice is what the list shows: a choice, or why there is none.
func (r seatRow) Choice() string {
	switch {
	case r.Holder == "":
		return "vacant"
	case r.Answer.Choice != "":
		return string(r.Answer.Choice)
	case r.Was.Choice != "" && r.Was.Substitute != nil && !r.Was.Substitute.Cannot.IsZero():
		return "cannot"
	case r.Was.Choice != "":
		return "moved"
	}
	return "none"
}

// showAnswers is the list of answers per seat.
func (w *Web) showAnswers(c *Ctx) error {
	m, g, err := c.meetingThatAsks()
	if err != nil {
		return err
	}
	list, people, err := w.Store.Attendance(c.ctx(), m)
	if err != nil {
		return err
	}
	names, err := c.institutionNames()
	if err != nil {
		return err
	}
	var rows []seatRow
	mails := map[agenda.PersonID]bool{}
	for _, at := range list {
		row := seatRow{SeatAnswer: at, Person: people[at.Holder], Institution: names[at.Seat.Institution]}
		if at.Holder != "" && at.Answer.Choice == "" {
			switch {
			case row.Person.Email == "":
				row.Why = "no_address"
			case !row.Person.Wants(agenda.KindNudge):
				row.Why = "muted"
			default:
				mails[at.Holder] = true
			}
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b seatRow) int {
		return strings.Compare(agenda.Fold(a.Institution)+"\x00"+agenda.Fold(a.Person.SortName()), agenda.Fold(b.Institution)+"\x00"+agenda.Fold(b.Person.SortName()))
	})
	return c.page(http.StatusOK, "answers", c.P.T("answers.title", "title", m.Name(g)), map[string]any{
		"M": m, "G": g, "Rows": rows, "Heads": agenda.CountHeads(list), "Mails": len(mails), "Action": c.path,
		"Open": m.NoAnswer(g, w.Store.Now(), w.Store.Loc()) == "",
	})
}

// meetingThatAsks is the meeting of the address, if its group asks who comes.
func (c *Ctx) meetingThatAsks() (agenda.Meeting, agenda.Group, error) {
	m, err := c.store().Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return m, agenda.Group{}, err
	}
	g, err := c.store().Group(c.ctx(), m.Group)
	if err == nil && (!g.Rules.Answers.On || m.State != agenda.MeetingFixed) {
		err = agenda.ErrNotFound
	}
	return m, g, err
}

// remindAnswers reminds those who have not answered.
func (w *Web) remindAnswers(c *Ctx) error {
	m, _, err := c.meetingThatAsks()
	if err != nil {
		return err
	}
	if c.posted("do") != "remind" {
		return fmt.Errorf("answers: %w", agenda.Problems{{Field: "to", Rule: "one_of"}})
	}
	sent, err := w.Store.RemindOfMeeting(c.ctx(), c.actor(), m.ID)
	if err != nil {
		return err
	}
	said := "answers.reminded"
	if !sent {
		said = "poll.reminded_today"
	}
	c.flash(c.P.T(said))
	return c.redirect(c.path)
}

// answerFor is the meeting of the address and the member for whom somebody
// writes down an answer.
func (c *Ctx) answerFor(err error) (answerView, error) {
	m, g, merr := c.meetingThatAsks()
	if merr != nil {
		return answerView{}, merr
	}
	who, merr := c.store().Person(c.ctx(), agenda.PersonID(c.Param("person")))
	if merr != nil {
		return answerView{}, merr
	}
	seats, merr := c.store().Seats(c.ctx(), g.ID)
	if merr == nil && !agenda.Sits(seats, who.ID, m.Start.Date) {
		merr = agenda.ErrNotFound
	}
	if merr != nil {
		return answerView{}, merr
	}
	x, merr := c.answerOf(m, g, who, c.path, nil)
	if merr != nil {
		return x, merr
	}
	x.Desk = true
	x.Form = c.answerForm(x, c.path)
	if err != nil && !x.Form.refuse(err) {
		return x, err
	}
	return x, nil
}

// showAnswerFor is the form in which chair or coordinators write down what a
// member said by telephone.
func (w *Web) showAnswerFor(c *Ctx) error {
	x, err := c.answerFor(nil)
	if err != nil {
		return err
	}
	return c.answerPage(x)
}

func (w *Web) saveAnswerFor(c *Ctx) error {
	x, err := c.answerFor(nil)
	if err != nil {
		return err
	}
	err = w.Store.AnswerMeeting(c.ctx(), c.actor(), x.M.ID, x.Who.ID, c.postedAnswer(), "office")
	if refusedAnswer(err) {
		if x, err = c.answerFor(err); err != nil {
			return err
		}
		return c.answerPage(x)
	}
	if err != nil {
		return err
	}
	c.flash(c.P.T("answers.saved_for", "name", x.Who.Name()))
	return c.redirect("/koordination/sitzungen/" + string(x.M.ID) + "/antworten")
}
