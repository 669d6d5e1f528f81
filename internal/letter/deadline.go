package letter

import (
	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// deadline reminds somebody whose institution has to deliver until a day, if it
// has not meanwhile.
func (d *draft) deadline() error {
	by := d.DueBy
	today := agenda.LocalOf(d.Now, d.w.loc).Date
	if !by.Open(today) || d.Reply.Institution == "" || d.Reply.Given() {
		return ErrNothing
	}
	kind := "deadline"
	if by.Over(today) {
		kind = "deadline_over"
	}
	d.open(kind, by.Title, "date", d.p.Date(by.Day), "institution", d.s.island(d.Institution.Name))
	if by.Text != "" {
		d.s.Sentence, d.s.SentenceBy = by.Text, d.t("deadline_text")
	}
	if by.Link != "" {
		d.s.Actions = append(d.s.Actions, action{d.t("deadline_link"), by.Link})
	}
	d.act("deadline_done", "/frist/"+d.Tokens.Act)
	return nil
}

// DeadlineItem returns a deadline as calendars show it: a whole day that blocks
// nothing.
func DeadlineItem(d agenda.Deadline, g agenda.Group, p *lang.Printer, base string) agenda.FeedItem {
	it := agenda.FeedItem{
		UID: agenda.DeadlineUID(d.ID), Start: d.Day.At(0, 0), End: d.Day.At(0, 0), AllDay: true,
		Title: p.T("mail.deadline_prefix") + " " + d.Title, URL: base + "/gremien/" + string(d.Group) + "/fristen/" + string(d.ID),
		Cancelled: d.Cancelled, Sequence: d.Sequence, Created: d.Created, Changed: d.Changed, Categories: []string{g.Name},
	}
	it.Text = paragraphs(d.Text, d.Link, it.URL)
	return marked(it, p)
}
