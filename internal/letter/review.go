package letter

import (
	"widunetz/internal/agenda"
)

// approved tells whoever submitted an event that it will be in the programme,
// and from when on if that is known.
func (d *draft) approved() error {
	e := d.Event
	if e.Review != agenda.Accepted {
		return ErrNothing
	}
	d.s.Dates = []date{d.eventDate(e)}
	d.open("approved", e.Title)
	if e.Release.IsZero() {
		d.s.Intro = append(d.s.Intro, d.t("approved.open"))
	} else {
		d.s.Intro = append(d.s.Intro, d.t("approved.from", "when", d.p.DateTime(e.Release)))
	}
	d.act("edit_button", "/einreichung/"+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("approved.change"))
	return nil
}

// missing asks whoever submitted an event for the details that it lacks now.
func (d *draft) missing() error {
	e := d.Event
	if !e.MayAsk(d.Now, d.w.loc) {
		return ErrNothing
	}
	d.open("missing", e.Title)
	for _, field := range e.Missing() {
		d.s.Intro = append(d.s.Intro, "– "+d.p.T("review.missing."+field))
	}
	d.act("missing_button", "/einreichung/"+d.Tokens.Act+"#fehlt")
	if e.Public() && e.Picture == nil {
		d.s.Outro = append(d.s.Outro, d.t("missing.picture"))
	}
	d.s.Outro = append(d.s.Outro, d.t("missing.reply"))
	return nil
}
