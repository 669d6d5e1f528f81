package letter

import "widunetz/internal/agenda"

// poll asks a member which dates suit her.
func (d *draft) poll() error { return d.pollFor("poll") }

// pollReminder asks again, if she has not answered meanwhile.
func (d *draft) pollReminder() error {
	if !d.Poll.Silent(d.Vote) {
		return ErrNothing
	}
	if err := d.pollFor("pollreminder"); err != nil {
		return err
	}
	if end := d.Poll.Ends(d.w.loc); end.Sub(d.Now) <= agenda.Near {
		d.s.Subject = d.t("urgent") + " " + d.s.Subject
	}
	return nil
}

func (d *draft) pollFor(kind string) error {
	p, asked := d.Poll, d.Poll.Asked(d.Vote)
	if p.StateAt(d.Now, d.w.loc) != agenda.PollOpen || len(asked) == 0 {
		return ErrNothing
	}
	for _, n := range asked {
		o, _ := p.Option(n) // Asked names those that are there
		one := d.date(o.Start, o.End, p.Name(d.Group), o.Place, "")
		one.URL = "" // it is no date yet
		d.s.Dates = append(d.s.Dates, one)
	}
	d.open(kind, p.Name(d.Group), "date", d.p.Date(p.Deadline), "n", len(asked))
	if p.Note != "" {
		d.s.Sentence, d.s.SentenceBy = p.Note, d.t("poll_note")
	}
	d.act("poll_button", "/umfrage/"+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("poll_change", "date", d.p.Date(p.Deadline)))
	return nil
}
