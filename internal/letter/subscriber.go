package letter

import (
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// SubscriberPath is where a subscriber's page stands, before the secret part of
// her link.
const SubscriberPath = "/benachrichtigung/"

// Selected names what somebody wants to hear of, "all events" if that is
// everything.
func Selected(s agenda.Selection, p *lang.Printer) []string {
	out := append([]string{}, s.Towns...)
	out = append(out, terms(p, "term.audience.", s.Audiences)...)
	out = append(out, terms(p, "term.language.", s.Languages)...)
	if s.Free {
		out = append(out, p.T("subscribe.free"))
	}
	if s.Accessible {
		out = append(out, p.T("subscribe.accessible"))
	}
	if len(out) == 0 {
		out = append(out, p.T("subscribe.everything"))
	}
	return out
}

// selected says a wish in one paragraph. Names of towns are isolated where the
// text runs from right to left.
func (d *draft) selected(w agenda.Wish) string {
	words := Selected(w.Selection, d.p)
	for i := range words {
		words[i] = d.s.island(words[i])
	}
	return d.p.T("subscribe.wants") + ": " + strings.Join(words, d.p.Comma()) + "\n" + d.p.T("subscribe.pace") + " " + d.p.T("subscribe.pace."+string(w.Pace))
}

// subscribe asks somebody to confirm what she wants to hear of.
func (d *draft) subscribe() error {
	offer := d.Subscriber.Offer(d.Now)
	if d.Tokens.Act == "" || offer == nil {
		return ErrNothing
	}
	kind := "subscribe"
	if !d.Subscriber.Confirmed.IsZero() {
		kind = "resubscribe"
	}
	d.open(kind, "")
	d.s.Intro = append(d.s.Intro, d.selected(*offer))
	d.act(kind+".button", SubscriberPath+d.Tokens.Act)
	until := d.p.DateTime(agenda.LocalOf(d.Until, d.w.loc))
	if kind == "subscribe" {
		d.s.Outro = append(d.s.Outro, d.t("confirm.until", "until", until))
	} else {
		d.s.Outro = append(d.s.Outro, d.t("resubscribe.until", "until", until))
	}
	return nil
}

// listMost is how many events a letter lists; the programme has the rest.
const listMost = 50

// list shows events one after the other, each with what decides whether it is
// for the reader.
func (d *draft) list() error {
	if len(d.Events) == 0 {
		return ErrNothing
	}
	for _, e := range d.Events[:min(len(d.Events), listMost)] {
		one := d.eventDate(e)
		one.Facts = d.t("languages") + ": " + d.p.List(terms(d.p, "term.language.", e.Languages))
		if e.Free {
			one.Facts += " · " + d.t("free")
		}
		one.Linked = true
		if e.FullyBooked {
			one.Mark = d.p.T("term.full")
		}
		d.s.Dates = append(d.s.Dates, one)
	}
	if more := len(d.Events) - listMost; more > 0 {
		d.s.Outro = append(d.s.Outro, d.p.N("mail.news.more", more))
	}
	d.act("news.programme", "/programm")
	return nil
}

// news tells of what became public.
func (d *draft) news() error {
	if err := d.list(); err != nil {
		return err
	}
	d.open("news", d.title(d.Events[0]))
	if n := len(d.Events); n > 1 {
		d.s.Subject = d.p.N("mail.news.several", n)
	}
	return nil
}

// month tells what the month still holds.
func (d *draft) month() error {
	if err := d.list(); err != nil {
		return err
	}
	first, err := agenda.ParseDate(d.Message.Mark + "-01")
	if err != nil {
		return err
	}
	last := first.AddDays(31)
	d.open("month", "", "days", d.p.Days(first, last.AddDays(-last.Day)))
	return nil
}

// still asks whether somebody wants to be told further on.
func (d *draft) still() error {
	if d.Subscriber.Question.IsZero() {
		return ErrNothing // she has said so meanwhile
	}
	day := func(t time.Time) string { return d.p.DateShort(agenda.LocalOf(t, d.w.loc).Date) }
	d.open("still", "", "date", day(d.Subscriber.Kept))
	d.s.Intro = append(d.s.Intro, d.selected(d.Subscriber.Wish))
	d.act("still.button", SubscriberPath+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("still.until", "date", day(d.Subscriber.Ends())))
	return nil
}
