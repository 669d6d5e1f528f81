package letter

import (
	"strings"
	"unicode/utf8"

	"widunetz/internal/agenda"
)

// section is a letter in one language. Text and HTML are made of the same
// parts, so neither says less than the other.
type section struct {
	Tag, Dir, Site string
	Foreign        bool   // not in German, which names, places and notes are in
	Unchecked      string // that nobody who speaks the language has checked the texts
	Subject        string
	Heading        string
	Greeting       string
	Intro          []string
	Sentence       string // of whoever made the change
	SentenceBy     string // the words before it
	Dates          []date
	Blocks         []block
	Code           string // of a log-in
	Actions        []action
	Outro          []string
	Reason         string
	Footer         []action
}

// date is one date as the letter shows it; Old… is what it was before.
type date struct {
	Weekday, Day, Month string
	Title, Group        string
	German              string // title, under a translated one
	When, OldWhen       string
	Where, OldWhere     string
	WhenLabel           string
	WhereLabel          string
	BeforeLabel         string // "Bisher"
	Note                string
	Facts               string // in the language of the letter
	Linked              bool   // the title is a link: the letter shows several
	Online              string
	URL                 string
	Mark                string   // "abgesagt"
	Ask                 string   // whether she comes
	Actions             []action // what the reader can answer
}

// action is a link that shows a page with a button; nothing happens before.
type action struct {
	Label, URL string
}

const columns = 76

// plainText writes the sections as text of short lines.
func plainText(sections []section) string {
	var b strings.Builder
	for i, s := range sections {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat("=", 40) + "\n\n")
		}
		s.text(&b)
	}
	return b.String()
}

func (s section) text(b *strings.Builder) {
	para := func(text string) {
		if text != "" {
			b.WriteString(s.isolate(wrap(text)) + "\n\n")
		}
	}
	para(s.Greeting)
	for _, p := range s.Intro {
		para(p)
	}
	for _, d := range s.Dates {
		d.text(b, s)
	}
	for _, one := range s.Blocks {
		one.text(b, s)
	}
	if s.Sentence != "" {
		para(s.SentenceBy + "\n" + s.island(s.Sentence))
	}
	if s.Code != "" {
		b.WriteString("    " + s.Code + "\n\n")
	}
	for _, a := range s.Actions {
		b.WriteString(s.isolate(a.Label+":") + "\n" + a.URL + "\n\n")
	}
	for _, p := range s.Outro {
		para(p)
	}
	b.WriteString("-- \n")
	para(s.Site)
	para(s.Reason)
	para(s.Unchecked)
	for _, a := range s.Footer {
		b.WriteString(s.isolate(a.Label+": "+s.island(a.URL)) + "\n")
	}
}

func (d date) text(b *strings.Builder, s section) {
	head := s.island(d.Title)
	if d.Mark != "" {
		head = d.Mark + ": " + head
	}
	if d.Group != "" {
		head = s.island(d.Group) + " – " + head
	}
	b.WriteString(s.isolate(wrap("* "+head)) + "\n")
	if d.German != "" {
		b.WriteString("  " + d.German + "\n")
	}
	line := func(label, value, old string) {
		if old != "" {
			b.WriteString(s.isolate("  "+d.BeforeLabel+": "+s.island(old)) + "\n")
		}
		if value != "" {
			b.WriteString(s.isolate("  "+label+": "+s.island(value)) + "\n")
		}
	}
	line(d.WhenLabel, d.When, d.OldWhen)
	line(d.WhereLabel, d.Where, d.OldWhere)
	if d.Facts != "" {
		b.WriteString(s.isolate("  "+strings.ReplaceAll(wrap(d.Facts), "\n", "\n  ")) + "\n")
	}
	for _, extra := range []string{d.Note, d.Online, d.URL} {
		if extra != "" {
			b.WriteString("  " + strings.ReplaceAll(wrap(extra), "\n", "\n  ") + "\n")
		}
	}
	if d.Ask != "" {
		b.WriteString(s.isolate("  "+strings.ReplaceAll(wrap(d.Ask), "\n", "\n  ")) + "\n")
	}
	for _, a := range d.Actions {
		b.WriteString(s.isolate("  "+a.Label+":") + "\n  " + a.URL + "\n")
	}
	b.WriteString("\n")
}

// isolate keeps the lines of a right-to-left text together where the reader's
// program shows the mail from left to right (Unicode 9, isolates).
func (s section) isolate(text string) string {
	if s.Dir != "rtl" {
		return text
	}
	return perLine("\u2067", text)
}

// island keeps a name, a place or an address together within a text that runs
// from right to left, in the direction that its first letter has.
func (s section) island(text string) string {
	if s.Dir != "rtl" || text == "" {
		return text
	}
	return perLine("\u2068", text)
}

// perLine isolates every line of a text: an isolate ends with its line.
func perLine(begin, text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = begin + l + "\u2069"
	}
	return strings.Join(lines, "\n")
}

// wrap breaks long lines between words; addresses stay whole.
func wrap(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		var out strings.Builder
		used := 0
		for _, word := range strings.Split(l, " ") {
			n := utf8.RuneCountInString(word)
			switch {
			case used == 0:
			case used+1+n > columns:
				out.WriteByte('\n')
				used = 0
			default:
				out.WriteByte(' ')
				used++
			}
			out.WriteString(word)
			used += n
		}
		lines[i] = out.String()
	}
	return strings.Join(lines, "\n")
}

// meetingDate shows a meeting.
func (d *draft) meetingDate(m agenda.Meeting, g agenda.Group) date {
	where := m.Place
	if where == "" && m.Online != "" {
		where = d.p.T("mail.online")
	}
	out := d.date(m.Start, m.End, m.Name(g), where, d.meetingPath(m))
	out.Note, out.Online = m.Note, m.Online
	d.ask(&out, m)
	if m.State == agenda.MeetingCancelled {
		out.Mark = d.p.T("term.meeting.cancelled")
	}
	return out
}

// eventDate shows an event.
func (d *draft) eventDate(e agenda.Event) date {
	said := e
	said.Title = d.title(e)
	out := d.date(e.Start, e.End, NthTitle(said, d.p), e.Venue.Line(), EventPath(e))
	if said.Title != e.Title {
		out.German = e.Title
	}
	if e.At == nil {
		out.When = DatesText(d.p, e.EventDetails)
	}
	out.Online = e.Venue.Online
	if !e.Public() {
		out.URL = "" // its page does not exist yet
	}
	if e.Standing != agenda.Scheduled {
		out.Mark = d.p.T("term.standing." + string(e.Standing))
	}
	return out
}

func (d *draft) date(start, end agenda.Local, title, where, path string) date {
	return date{
		Weekday: d.p.WeekdayShort(start.Weekday()), Day: dayNumber(start.Date), Month: d.p.MonthShort(start.Month),
		Title: title, When: d.p.When(start, end), Where: where, URL: d.w.link(d.p, path),
		WhenLabel: d.p.T("mail.when"), WhereLabel: d.p.T("mail.where"), BeforeLabel: d.p.T("mail.before"),
	}
}
