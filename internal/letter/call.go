package letter

import (
	"strconv"

	"widunetz/internal/agenda"
)

// call asks an institution for events of an edition.
func (d *draft) call() error { return d.callFor("call") }

// callReminder asks again, if the institution has not answered meanwhile.
func (d *draft) callReminder() error {
	if d.Answered {
		return ErrNothing
	}
	return d.callFor("callreminder")
}

func (d *draft) callFor(kind string) error {
	e, today := d.Edition, agenda.LocalOf(d.Now, d.w.loc).Date
	if d.Institution.ID == "" || !e.Calling(today) {
		return ErrNothing
	}
	d.open(kind, e.Title, "institution", d.Institution.Name, "period", d.p.Days(e.Starts, e.Ends))
	if e.Motto != "" {
		d.s.Intro = append(d.s.Intro, d.t("call.motto", "motto", e.Motto))
	}
	if !e.Submission.IsZero() {
		d.s.Intro = append(d.s.Intro, d.t("call.until", "date", d.p.Date(e.Submission)))
	}
	d.act("call_submit", "/programm/"+strconv.Itoa(e.Year)+"/einreichen")
	d.act("call_decline", "/aufruf/"+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("call.one_answer"))
	return nil
}

// visitors asks an event's organiser how many people came.
func (d *draft) visitors() error {
	e := d.Event
	if !e.TookPlace(d.Now, d.w.loc) || e.Visitors != nil || d.Message.Mark != e.Held().String() {
		return ErrNothing
	}
	d.s.Dates = []date{d.eventDate(e)}
	d.open("visitors", e.Title)
	d.act("visitors_button", "/einreichung/"+d.Tokens.Act+"/rueckmeldung")
	d.s.Outro = append(d.s.Outro, d.t("visitors.until", "date", d.p.Date(e.ReportUntil())))
	return nil
}
