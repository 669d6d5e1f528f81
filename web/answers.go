package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// Members say behind the mailed link, without a log-in, or on the page of a
// meeting whether they come. Who comes instead of one has a page of her own.

// answerView is a meeting shown to the person who answers it.
type answerView struct {
	M    agenda.Meeting
	G    agenda.Group
	Who  agenda.Person
	A    agenda.Answer // as it is kept
	Why  string        // why nobody can answer: a message key of the area "error"; "": one can
	By   agenda.Date   // until when an answer is wanted; zero: that is past
	Form *form
	Desk bool // somebody else writes it down
}

// Open reports whether the form is shown.
func (x answerView) Open() bool { return x.Why == "" }

// Stands reports whether the answer says something about the meeting as it is.
func (x answerView) Stands() bool { return x.A.Stands(x.M) }

// Moved reports whether the answer was for another time.
func (x answerView) Moved() bool { return x.A.Choice != "" && !x.A.For(x.M) }

// Cannot reports whether who was to come instead has said that she cannot.
func (x answerView) Cannot() bool {
	return x.A.For(x.M) && x.A.Substitute != nil && !x.A.Substitute.Cannot.IsZero()
}

// answerOf reads what a person said to a meeting, and makes the form in which
// she says it anew. err is what was wrong with what she just said.
func (c *Ctx) answerOf(m agenda.Meeting, g agenda.Group, who agenda.Person, action string, err error) (answerView, error) {
	x := answerView{M: m, G: g, Who: who, By: m.AnswerBy(g, c.store().Now(), c.store().Loc())}
	if why := m.NoAnswer(g, c.store().Now(), c.store().Loc()); why != "" {
		x.Why = "error." + why
	}
	var aerr error
	if x.A, aerr = c.store().Answer(c.ctx(), m.ID, who.ID); aerr != nil {
		return x, aerr
	}
	x.Form = c.answerForm(x, action)
	if err != nil && !x.Form.refuse(err) {
		return x, err
	}
	if !x.Open() {
		x.Form.Fields = nil // it is not shown; what was wrong is
	}
	return x, nil
}

// chosenAnswer is the choice that the form shows: what was posted, what the
// button in the mail says, what she said before.
func (c *Ctx) chosenAnswer(a agenda.Answer, m agenda.Meeting) string {
	if s := c.posted("answer"); s != "" {
		return s
	}
	for choice, word := range letter.AnswerWords {
		if c.asked("antwort") == word {
			return string(choice)
		}
	}
	return string(a.Standing(m).Choice)
}

func (c *Ctx) answerForm(x answerView, action string) *form {
	f := c.form(action, "answers.send")
	last := agenda.Substitute{}
	if x.Stands() && x.A.Substitute != nil {
		last = *x.A.Substitute
	}
	choices := make([]string, len(agenda.AnswerChoices))
	for i, choice := range agenda.AnswerChoices {
		choices[i] = string(choice)
	}
	prefix, ask := "mail.answer.", c.P.T("answers.ask")
	if x.Desk {
		prefix, ask, f.Submit = "answers.choice.", c.P.T("answers.ask_of", "name", x.Who.Name()), c.P.T("answers.keep")
	}
	f.add(field{
		Kind: "radios", Name: "answer", Label: ask, Required: true, Look: "list",
		Options: c.codes(prefix, choices, c.chosenAnswer(x.A, x.M)),
	})
	f.add(field{Kind: "text", Name: "substitute_name", Value: last.Name, Max: 100, Required: true, Auto: "off"})
	f.add(field{Kind: "email", Name: "substitute_email", Value: last.Email, Max: 254, Auto: "off", Dir: "ltr"})
	return f.area("comment", x.A.Standing(x.M).Comment, 500)
}

// postedAnswer reads what a member says.
func (c *Ctx) postedAnswer() agenda.AnswerDetails {
	return agenda.AnswerDetails{
		Choice: agenda.AnswerChoice(c.posted("answer")), Comment: c.posted("comment"),
		Substitute: agenda.Substitute{Name: c.posted("substitute_name"), Email: c.posted("substitute_email")},
	}
}

// refusedAnswer reports whether the answer could not be: the form says why.
func refusedAnswer(err error) bool {
	var p agenda.Problems
	return errors.As(err, &p)
}

// answerPage shows a meeting to the person who answers it behind a link, or to
// whoever writes down what she said.
func (c *Ctx) answerPage(x answerView) error {
	c.Header("Cache-Control", "no-store")
	status := http.StatusOK
	if len(x.Form.problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.page(status, "answer", x.M.Name(x.G), map[string]any{"X": x, "Form": x.Form})
}

// showAnswerLink is the page behind the buttons of the mail. Nothing is noted
// before its own button is pressed: programs open the links of mails.
func (w *Web) showAnswerLink(c *Ctx) error { return w.answerLinkPage(c, nil) }

func (w *Web) answerLinkPage(c *Ctx, err error) error {
	m, g, who, lerr := w.Store.AnswerOfToken(c.ctx(), c.Param("token"))
	if lerr != nil {
		return lerr
	}
	x, err := c.answerOf(m, g, who, letter.AnswerPath+c.Param("token"), err)
	if err != nil {
		return err
	}
	seats, err := w.Store.Seats(c.ctx(), g.ID)
	if err == nil && x.Open() && !agenda.Sits(seats, who.ID, m.Start.Date) {
		x.Why, x.Form.Fields = "error.answer_no_member", nil
	}
	if err != nil {
		return err
	}
	return c.answerPage(x)
}

// answerLink takes an answer from behind the mailed link.
func (w *Web) answerLink(c *Ctx) error {
	m, _, who, err := w.Store.AnswerOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	actor := agenda.Actor{Who: agenda.PersonActor(who.ID).Who, By: "answer"}
	err = w.Store.AnswerMeeting(c.ctx(), actor, m.ID, who.ID, c.postedAnswer(), "mail")
	if refusedAnswer(err) {
		return w.answerLinkPage(c, err)
	}
	if err != nil {
		return err
	}
	return c.redirect(letter.AnswerPath + c.Param("token"))
}

// answerMeeting takes an answer from the page of the meeting.
func (w *Web) answerMeeting(c *Ctx) error {
	id := agenda.MeetingID(c.Param("meeting"))
	m, err := w.Store.Meeting(c.ctx(), id)
	if err != nil {
		return err
	}
	o, err := c.mayAttend(m)
	if err != nil {
		return err
	}
	if !m.Visible() && !o.Chair {
		return agenda.ErrNotFound
	}
	err = w.Store.AnswerMeeting(c.ctx(), c.actor(), id, c.signedIn().ID, c.postedAnswer(), "page")
	if refusedAnswer(err) {
		return w.meetingView(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	c.flash(c.P.T("answers.saved"))
	return c.redirect("/sitzungen/" + string(id))
}

// answersBox is what the page of a meeting says about who comes.
type answersBox struct {
	Mine  *answerView // the visitor's own answer; nil: she is not asked
	Heads agenda.Heads
	Names []answerNames // who said what, as far as the visitor may see it
	Desk  string        // where chair and coordinators see all answers; "": not here
}

// answerNames are those who made one choice.
type answerNames struct {
	Choice string
	Names  []string
}

// answersAt is who comes to a meeting as the visitor sees it, nil where nobody is
// asked.
func (c *Ctx) answersAt(m agenda.Meeting, o own, err error) (*answersBox, error) {
	if !o.Group.Rules.Answers.On || m.State != agenda.MeetingFixed {
		return nil, err
	}
	list, people, lerr := c.store().Attendance(c.ctx(), m)
	if lerr != nil {
		return nil, lerr
	}
	box := &answersBox{Heads: agenda.CountHeads(list)}
	if o.Chair {
		box.Desk = "/koordination/sitzungen/" + string(m.ID) + "/antworten"
	}
	if o.Chair || o.Group.Rules.Answers.Names {
		box.Names = c.namesOf(list, people)
	}
	me := *c.signedIn()
	if !slices.ContainsFunc(list, func(at agenda.SeatAnswer) bool { return at.Holder == me.ID }) {
		return box, err
	}
	x, lerr := c.answerOf(m, o.Group, me, "/sitzungen/"+string(m.ID)+"/antwort", err)
	box.Mine = &x
	return box, lerr
}

// namesOf lists by choice who made it, each once, by family name.
func (c *Ctx) namesOf(list []agenda.SeatAnswer, people map[agenda.PersonID]agenda.Person) []answerNames {
	seen := map[agenda.PersonID]bool{}
	by := map[agenda.AnswerChoice][]agenda.SeatAnswer{}
	for _, at := range list {
		if at.Holder != "" && !seen[at.Holder] {
			seen[at.Holder] = true
			by[at.Answer.Choice] = append(by[at.Answer.Choice], at)
		}
	}
	sorted := func(at agenda.SeatAnswer) string { return agenda.Fold(people[at.Holder].SortName()) }
	var out []answerNames
	for _, choice := range []agenda.AnswerChoice{agenda.AnswerYes, agenda.AnswerSubstitute, agenda.AnswerNo, ""} {
		some := answerNames{Choice: string(choice)}
		slices.SortStableFunc(by[choice], func(a, b agenda.SeatAnswer) int { return strings.Compare(sorted(a), sorted(b)) })
		for _, at := range by[choice] {
			name := people[at.Holder].Name()
			if s := at.Answer.Substitute; s != nil {
				name = c.P.T("answers.for", "name", s.Name, "for", name)
			}
			some.Names = append(some.Names, name)
		}
		if len(some.Names) > 0 {
			out = append(out, some)
		}
	}
	return out
}

// showSubstitute is the page of who comes instead of a member: the meeting, as
// long as she is needed there.
func (w *Web) showSubstitute(c *Ctx) error {
	s, err := w.Store.SubstituteOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	return w.substitutePage(c, http.StatusOK, s)
}

func (w *Web) substitutePage(c *Ctx, status int, s store.Substitution) error {
	c.Header("Cache-Control", "no-store")
	var p papers
	if s.Needed { // who is not needed is shown none
		var err error
		if p, err = c.papersOf(s.Meeting, s.Group, false, letter.SubstitutePath+c.Param("token")+documentPath); err != nil {
			return err
		}
	}
	begun := !s.Meeting.Start.In(w.Store.Loc()).After(w.Store.Now())
	return c.page(status, "substitute", s.Meeting.Name(s.Group), map[string]any{
		"S": s, "P": p, "M": s.Meeting, "G": s.Group, "Action": letter.SubstitutePath + c.Param("token"), "Begun": begun, "Off": s.Meeting.State == agenda.MeetingCancelled,
	})
}

// showSubstitutesDocument hands a document over to a substitute who is needed.
func (w *Web) showSubstitutesDocument(c *Ctx) error {
	s, err := w.Store.SubstituteOfToken(c.ctx(), c.Param("token"))
	if err == nil && !s.Needed {
		err = agenda.ErrNotFound
	}
	if err != nil {
		return err
	}
	return c.sendDocument(s.Meeting.ID, "")
}

// decideSubstitute notes that a substitute cannot come. A mail program's
// one-click post (RFC 8058) ends mails; it declines nothing.
func (w *Web) decideSubstitute(c *Ctx) error {
	token := c.Param("token")
	if c.PostForm("List-Unsubscribe") == "One-Click" {
		return w.Store.QuietSubstitute(c.ctx(), token)
	}
	s, err := w.Store.SubstituteOfToken(c.ctx(), token)
	if err != nil {
		return err
	}
	if c.posted("do") != "cannot" {
		return w.substitutePage(c, http.StatusUnprocessableEntity, s)
	}
	if err := w.Store.SubstituteCannot(c.ctx(), token); err != nil {
		return err
	}
	return c.redirect(letter.SubstitutePath + token)
}

// unanswered are the visitor's next meetings to which her answer is missing.
func (c *Ctx) unanswered() ([]dated, error) {
	meetings, err := c.store().Unanswered(c.ctx(), c.signedIn().ID)
	if err != nil {
		return nil, err
	}
	return c.dated(meetings)
}
