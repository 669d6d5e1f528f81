package letter

import (
	"fmt"
	"net/url"
	"strings"

	"widunetz/internal/agenda"
)

// signUp tells where somebody stands who signed up. What it says follows from
// the state at the time of sending, so nobody reads of a place that she lost.
func (d *draft) signUp() error {
	u, e := d.SignUp, d.Event
	turn, nudge := strings.CutSuffix(d.Message.Mark, ".nudge")
	if turn != u.Mark() || d.past(e.LastStart()) {
		return ErrNothing // a later mail tells, or told
	}
	status := "/anmeldung/" + d.Tokens.Act
	d.s.Dates = []date{d.eventDate(e)}
	args := []any{"date", d.p.DateMedium(d.nextStart(e).Date), "clock", d.p.Clock(d.nextStart(e)), "n", u.Persons, "place", d.Place}
	if !d.Until.IsZero() {
		args = append(args, "until", d.p.DateTime(agenda.LocalOf(d.Until, d.w.loc)))
	}
	kind := "signup_" + string(u.State)
	switch u.State {
	case agenda.SignUpAsked, agenda.SignUpQueued:
		d.open(kind, d.title(e), args...)
		if nudge {
			d.s.Subject = d.t("signup_nudge.subject", "title", d.title(e))
		}
		button := "mail.signup_confirm"
		if u.State == agenda.SignUpQueued {
			button = "signup.to_list" // she does not come by it
		}
		d.s.Actions = append(d.s.Actions, action{d.p.T(button), d.w.link(d.p, status)})
	case agenda.SignUpOffered:
		d.open(kind, d.title(e), args...)
		d.act("signup_accept", status)
		d.act("signup_cancel", status+"#absagen")
		d.urgent(d.nextStart(e))
	case agenda.SignUpSeated:
		d.open(kind, d.title(e), args...)
		d.persons()
		d.directions()
		d.act("event_page", EventPath(e))
		d.act("signup_cancel", status+"#absagen")
	case agenda.SignUpWaiting:
		d.open(kind, d.title(e), args...)
		d.persons()
		d.act("signup_status", status)
		d.act("signup_cancel", status+"#absagen")
	case agenda.SignUpLapsed:
		if u.Confirmed.IsZero() {
			return ErrNothing // she never said that the address is hers
		}
		d.open(kind, d.title(e), args...)
		d.act("event_page", EventPath(e))
	default: // over
		d.open(kind, d.title(e), args...)
		d.act("event_page", EventPath(e))
	}
	return nil
}

// persons says for how many the places are, and what the organiser was told.
func (d *draft) persons() {
	n := d.SignUp.Needs
	says := []string{d.p.N("mail.signup_persons", d.SignUp.Persons)}
	if n.Childcare > 0 {
		says = append(says, d.p.N("mail.signup_children", n.Childcare))
	}
	if n.Interpreter != "" {
		says = append(says, d.t("signup_interpreter", "language", d.p.T("term.language."+n.Interpreter)))
	}
	if n.StepFree {
		says = append(says, d.t("signup_stepfree"))
	}
	d.s.Intro = append(d.s.Intro, strings.Join(says, " "))
}

// directions add a map and what the organiser asks to bring.
func (d *draft) directions() {
	if s := d.House.Sentence; s != "" {
		d.s.Sentence, d.s.SentenceBy = s, d.t("signup_organiser")
	}
	if v := d.Event.Venue; v.Street != "" && v.Town != agenda.Online {
		d.s.Actions = append(d.s.Actions, action{d.t("map"), "https://www.openstreetmap.org/search?query=" + url.QueryEscape(v.Street+", "+strings.TrimSpace(v.Postcode+" "+v.Town))})
	}
}

// thanks go out after an event to those who had a place.
func (d *draft) thanks() error {
	e := d.Event
	if e.Standing != agenda.Scheduled || !d.past(e.Held()) || d.SignUp.State != agenda.SignUpSeated {
		return ErrNothing
	}
	d.open("thanks", d.title(e))
	d.act("programme_page", fmt.Sprintf("/programm/%d", e.Year()))
	return nil
}

// word is what the organiser writes to those who signed up.
func (d *draft) word() error {
	if d.Notice.Sentence == "" || d.SignUp.ID == "" {
		return ErrNothing
	}
	d.s.Dates = []date{d.eventDate(d.Event)}
	d.open("word", d.title(d.Event))
	d.s.Sentence, d.s.SentenceBy = d.Notice.Sentence, d.t("signup_organiser")
	d.act("signup_status", "/anmeldung/"+d.Tokens.Act)
	return nil
}

// heads tells an organiser how many people come and what they need.
func (d *draft) heads() error {
	if d.Message.Subject.Kind == agenda.AboutMeeting {
		return d.meetingHeads()
	}
	e := d.Event
	if e.Standing != agenda.Scheduled || !e.Public() || d.past(e.Start) || d.Message.Mark != e.Start.String() {
		return ErrNothing
	}
	d.s.Dates = []date{d.eventDate(e)}
	d.open("heads", e.Title, "n", d.Needs.Persons)
	says := []string{d.p.N("mail.signup_persons", d.Needs.Persons)}
	if n := d.House.Waiting; n > 0 {
		says = append(says, d.p.N("mail.heads_waiting", n))
	}
	if n := d.Needs.Children; n > 0 {
		says = append(says, d.p.N("mail.signup_children", n))
	}
	for _, l := range d.Needs.Interpreters {
		says = append(says, d.t("signup_interpreter", "language", d.p.T("term.language."+l)))
	}
	if n := d.Needs.StepFree; n > 0 {
		says = append(says, d.p.N("mail.heads_stepfree", n))
	}
	d.s.Intro = append(d.s.Intro, strings.Join(says, "\n"))
	d.act("heads_list", "/liste/"+d.Tokens.List)
	return nil
}
