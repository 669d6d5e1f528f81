package letter

import (
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// block is a list under a heading of its own.
type block struct {
	Heading string
	Lines   []line
}

// line is one entry of a block, and what stands under it.
type line struct {
	Text, Note string
}

func (b block) text(w *strings.Builder, s section) {
	w.WriteString(s.isolate(b.Heading+":") + "\n")
	for _, l := range b.Lines {
		w.WriteString(s.isolate("  "+strings.ReplaceAll(wrap(s.island(l.Text)), "\n", "\n  ")) + "\n")
		if l.Note != "" {
			w.WriteString("     " + strings.ReplaceAll(wrap(l.Note), "\n", "\n     ") + "\n")
		}
	}
	w.WriteString("\n")
}

// ItemLine is an item of an agenda in one line: "14:10 3. Haushalt (Beschluss, 20
// Minuten, Amina Ahrens)".
func ItemLine(p *lang.Printer, it agenda.TimedItem, timed bool) string {
	s := strconv.Itoa(it.Number) + ". " + it.Title
	if timed {
		s = p.Clock(it.Start) + "  " + s
	}
	var facts []string
	if it.Kind != "" {
		facts = append(facts, p.T("topics.kind."+string(it.Kind)))
	}
	if it.Minutes > 0 {
		facts = append(facts, p.N("topics.minutes", it.Minutes))
	}
	if it.Who != "" {
		facts = append(facts, it.Who)
	}
	if len(facts) > 0 {
		s += " (" + strings.Join(facts, p.Comma()) + ")"
	}
	if it.PutOff {
		s += " – " + p.T("topics.putoff")
	}
	return s
}

// AgendaText is an agenda as plain text, one item a line.
func AgendaText(p *lang.Printer, items []agenda.AgendaItem, start agenda.Local) string {
	lines := make([]string, 0, len(items))
	timed := agenda.AgendaLength(items) > 0
	for _, it := range agenda.Timed(items, start) {
		lines = append(lines, ItemLine(p, it, timed))
	}
	return strings.Join(lines, "\n")
}

// WithAgenda adds a released agenda to a meeting as calendars show it.
func WithAgenda(it agenda.FeedItem, a agenda.Agenda, p *lang.Printer) agenda.FeedItem {
	if a.Shown.After(it.Changed) {
		it.Changed = a.Shown
	}
	if a.Out() {
		it.Text = paragraphs(p.T("topics.agenda")+":\n"+AgendaText(p, a.Items, it.Start), it.Text)
	}
	return it
}

// topicAsk asks a member for topics of a meeting.
func (d *draft) topicAsk() error {
	m := d.Meeting
	if m.State != agenda.MeetingFixed || d.past(m.Start) {
		return ErrNothing
	}
	d.s.Dates = []date{d.meetingDate(m, d.Group)}
	until := agenda.LocalOf(d.Notice.Deadline, d.w.loc).Date.AddDays(-1)
	d.open("topics", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date), "until", d.p.Date(until))
	if len(d.Topics) > 0 {
		b := block{Heading: d.t("topics.there")}
		for _, topic := range d.Topics {
			b.Lines = append(b.Lines, line{Text: "– " + topic.Title + " (" + d.p.T("topics.kind."+string(topic.Kind)) + ")"})
		}
		d.s.Blocks = append(d.s.Blocks, b)
	}
	d.act("topics.button", "/thema/"+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("topics.outro"))
	return nil
}

// agenda sends the agenda of a meeting to a member.
func (d *draft) agenda() error { return d.agendaFor("agenda") }

// agendaChange sends it as it is after a change.
func (d *draft) agendaChange() error { return d.agendaFor("agendachange") }

func (d *draft) agendaFor(kind string) error {
	m := d.Meeting
	if m.State != agenda.MeetingFixed || d.past(m.Start) || len(d.Version.Items) == 0 {
		return ErrNothing
	}
	one := d.meetingDate(m, d.Group)
	if d.Host != "" {
		one.Facts = d.t("host", "name", d.Host)
	}
	d.s.Dates = []date{one}
	d.open(kind, m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date))
	b := block{Heading: d.p.T("topics.agenda")}
	timed := agenda.AgendaLength(d.Version.Items) > 0
	for _, it := range agenda.Timed(d.Version.Items, m.Start) {
		b.Lines = append(b.Lines, line{ItemLine(d.p, it, timed), it.Text})
	}
	d.s.Blocks = append(d.s.Blocks, b)
	if len(d.Documents) > 0 {
		papers := block{Heading: d.t("agenda.papers")}
		for _, doc := range d.Documents {
			papers.Lines = append(papers.Lines, line{"– " + doc.Name, d.w.link(d.p, "/unterlagen/"+d.Tokens.Act+"/"+string(doc.ID))})
		}
		d.s.Blocks = append(d.s.Blocks, papers)
	}
	d.sentence()
	d.act("agenda.button", "/unterlagen/"+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("agenda.private"), d.t("attached_change"))
	d.urgent(m.Start)
	return nil
}

// agendaDue tells the chair that an agenda should go out.
func (d *draft) agendaDue() error {
	m := d.Meeting
	if m.State != agenda.MeetingFixed || d.past(m.Start) {
		return ErrNothing
	}
	d.s.Dates = []date{d.meetingDate(m, d.Group)}
	d.open("agendadue", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date))
	d.act("agendadue.button", "/koordination/sitzungen/"+string(m.ID)+"/tagesordnung")
	return nil
}

// request tells the chair that somebody asks for a training.
func (d *draft) request() error {
	if len(d.Topics) == 0 || !d.Topics[0].Open() || d.Topics[0].Request == nil {
		return ErrNothing
	}
	t := d.Topics[0]
	d.open("request", t.Title, "institution", orDash(d.Institution.Name), "period", Period(d.p, *t.Request))
	facts := block{Heading: d.t("request.facts")}
	add := func(text string) { facts.Lines = append(facts.Lines, line{Text: "– " + text}) }
	add(Period(d.p, *t.Request))
	if n := t.Request.Participants; n > 0 {
		add(d.p.N("topics.participants", n))
	}
	add(t.Request.Contact)
	d.s.Blocks = append(d.s.Blocks, facts)
	if t.Text != "" {
		d.s.Sentence, d.s.SentenceBy = t.Text, d.t("request.text")
	}
	d.act("request.button", "/gremien/"+string(d.Group.ID)+"/themen/"+string(t.ID))
	return nil
}

// training tells whoever asked for a training that it takes place.
func (d *draft) training() error {
	if len(d.Topics) == 0 || d.Event.ID == "" || d.past(d.Event.Until()) {
		return ErrNothing
	}
	kind := "training"
	if !d.Event.Public() {
		kind = "training_soon"
	}
	d.s.Dates = []date{d.eventDate(d.Event)}
	d.open(kind, d.Topics[0].Title)
	if d.Event.Public() {
		d.act("event_page", EventPath(d.Event))
	}
	return nil
}

// Period is the wished period of a training.
func Period(p *lang.Printer, r agenda.TrainingRequest) string {
	return p.T("topics.period", "from", p.DateShort(r.From), "until", p.DateShort(r.Until))
}
