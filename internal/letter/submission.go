package letter

import "widunetz/internal/agenda"

// The letters to those who edit an event, from its beginning to the decision.

func (d *draft) begun() error {
	if d.Event.Review != agenda.Draft {
		return ErrNothing
	}
	d.open("begun", d.Event.Title)
	d.act("begun.button", "/einreichung/"+d.Tokens.Act)
	return nil
}

// unsent reminds of what was begun and not handed in.
func (d *draft) unsent() error {
	if d.Event.Review != agenda.Draft || !d.Edition.Open {
		return ErrNothing
	}
	d.open("unsent", d.Event.Title)
	if last := d.Edition.Submission; !last.IsZero() {
		d.s.Intro = append(d.s.Intro, d.t("unsent.until", "date", d.p.Date(last)))
	}
	d.act("begun.button", "/einreichung/"+d.Tokens.Act)
	return nil
}

func (d *draft) received() error {
	d.s.Dates = []date{d.eventDate(d.Event)}
	kind := "received"
	if d.Event.Review == agenda.Reserved {
		kind = "reserved"
	}
	d.open(kind, d.Event.Title)
	d.act("edit_button", "/einreichung/"+d.Tokens.Act)
	return nil
}

func (d *draft) accepted() error {
	if d.Event.Review != agenda.Published {
		return ErrNothing
	}
	d.s.Dates = []date{d.eventDate(d.Event)}
	d.open("accepted", d.Event.Title)
	d.act("event_page", EventPath(d.Event))
	return nil
}

func (d *draft) returned() error {
	if d.Event.Public() { // what is sent back is a proposal for it
		d.open("refused", d.Event.Title)
		d.s.Sentence, d.s.SentenceBy = d.Notice.Sentence, d.t("returned.reason")
		d.act("edit_button", "/einreichung/"+d.Tokens.Act)
		return nil
	}
	if d.Event.Review != agenda.Returned {
		return ErrNothing
	}
	d.open("returned", d.Event.Title)
	d.s.Sentence, d.s.SentenceBy = d.Event.Reason, d.t("returned.reason")
	d.act("edit_button", "/einreichung/"+d.Tokens.Act)
	return nil
}
