package letter

import (
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// AnswerPath is where a member answers a meeting, before the secret part of her
// link; SubstitutePath is where a substitute finds it.
const (
	AnswerPath     = "/antwort/"
	SubstitutePath = "/vertretung/"
)

// AnswerWords are the choices as they stand in addresses.
var AnswerWords = map[agenda.AnswerChoice]string{agenda.AnswerYes: "ja", agenda.AnswerNo: "nein", agenda.AnswerSubstitute: "vertretung"}

// ask puts the three answers under a date of which the reader is asked.
func (d *draft) ask(one *date, m agenda.Meeting) {
	q, ok := d.Questions[m.ID]
	if !ok {
		return
	}
	one.Ask = d.answered(q, m)
	for _, c := range agenda.AnswerChoices {
		one.Actions = append(one.Actions, action{d.t("answer." + string(c)), d.w.link(d.p, AnswerPath+q.Token+"?antwort="+AnswerWords[c])})
	}
}

// answered says what the reader has answered, or until when an answer is wanted.
func (d *draft) answered(q agenda.Question, m agenda.Meeting) string {
	a := q.Answer
	switch {
	case a.Stands(m) && a.Choice == agenda.AnswerSubstitute:
		return d.t("answer.said_substitute", "name", d.s.island(a.Substitute.Name))
	case a.Stands(m):
		return d.t("answer.said_" + string(a.Choice))
	case a.Choice != "" && !a.For(m):
		return d.t("answer.anew") + " " + d.until(q)
	}
	return d.until(q)
}

func (d *draft) until(q agenda.Question) string {
	if q.By.IsZero() {
		return d.t("answer.soon")
	}
	return d.t("answer.by", "date", d.p.Date(q.By))
}

// instead reports whether the letter goes to a substitute.
func (d *draft) instead() bool { return d.Message.Reader.Kind == agenda.AboutSubstitute }

// replaced reports whether the letter would go to somebody who is no longer the
// one whom the member named.
func replaced(f agenda.Facts) bool {
	if f.Message.Reader.Kind != agenda.AboutSubstitute || f.Message.Kind == agenda.KindSubstituteOff {
		return false
	}
	s := f.Answer.Substitute
	return f.Answer.Choice != agenda.AnswerSubstitute || s == nil || s.No != f.Substitute.No || !s.Cannot.IsZero()
}

// meetingPath is where the reader finds a meeting.
func (d *draft) meetingPath(m agenda.Meeting) string {
	if d.instead() {
		return SubstitutePath + d.Tokens.Act
	}
	return "/sitzungen/" + string(m.ID)
}

// needed says to a substitute whether she is expected at the meeting as it is.
func (d *draft) needed() {
	switch {
	case !d.instead():
	case d.Answer.For(d.Meeting):
		d.s.Outro = append(d.s.Outro, d.t("substitute.needed", "for", d.s.island(d.For.Name())))
	default:
		d.s.Outro = append(d.s.Outro, d.t("substitute.open", "for", d.s.island(d.For.Name())))
	}
}

// nudge asks a member anew who has not answered.
func (d *draft) nudge() error {
	m := d.Meeting
	q, ok := d.Questions[m.ID]
	if !ok || q.Answer.Stands(m) {
		return ErrNothing
	}
	d.s.Dates = []date{d.meetingDate(m, d.Group)}
	d.open("nudge", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date), "clock", d.p.Clock(m.Start))
	d.act("meeting_page", d.meetingPath(m))
	d.urgent(m.Start)
	return nil
}

// substitute asks somebody to come to a meeting instead of a member.
func (d *draft) substitute() error {
	m := d.Meeting
	if !d.Answer.Stands(m) || m.State != agenda.MeetingFixed || d.past(m.Start) {
		return ErrNothing
	}
	d.s.Dates = []date{d.meetingDate(m, d.Group)}
	d.open("substitute", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date), "for", d.s.island(d.For.Name()))
	d.act("substitute.page", d.meetingPath(m))
	d.s.Outro = append(d.s.Outro, d.t("substitute.attached"), d.t("substitute.cannot"))
	d.urgent(m.Start)
	return nil
}

// substituteOff tells somebody that she is not needed any more.
func (d *draft) substituteOff() error {
	m := d.Meeting
	named := d.Answer.Stands(m) && d.Answer.Choice == agenda.AnswerSubstitute && d.Answer.Substitute.Email == d.Substitute.Email
	if named || d.past(m.Start) {
		return ErrNothing // asked again meanwhile
	}
	one := d.meetingDate(m, d.Group)
	one.Mark, one.Note, one.Online, one.URL = d.t("substituteoff.mark"), "", "", ""
	d.s.Dates = []date{one}
	d.open("substituteoff", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date), "for", d.s.island(d.For.Name()))
	d.urgent(m.Start)
	return nil
}

// substituteOut tells a member that who was to come instead cannot.
func (d *draft) substituteOut() error {
	m := d.Meeting
	q, ok := d.Questions[m.ID]
	if !ok || q.Answer.Substitute == nil || q.Answer.Substitute.Cannot.IsZero() {
		return ErrNothing // she has answered anew
	}
	d.s.Dates = []date{d.meetingDate(m, d.Group)}
	d.open("substituteout", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date), "name", d.s.island(q.Answer.Substitute.Name))
	d.urgent(m.Start)
	return nil
}

// meetingHeads tells those who prepare a meeting who comes.
func (d *draft) meetingHeads() error {
	m := d.Meeting
	if m.State != agenda.MeetingFixed || d.past(m.Start) || d.Message.Mark != m.Start.String() {
		return ErrNothing
	}
	h := agenda.CountHeads(d.Attendance)
	d.s.Dates = []date{d.meetingDate(m, d.Group)}
	d.open("meetingheads", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date), "n", h.Come())
	d.s.Intro = append(d.s.Intro, d.p.N("mail.meetingheads.come", h.Come())+" "+d.t("meetingheads.institutions", "n", h.Institutions, "all", h.Seated))
	for _, choice := range []agenda.AnswerChoice{agenda.AnswerYes, agenda.AnswerSubstitute, agenda.AnswerNo, ""} {
		if names := d.who(choice); len(names) > 0 {
			key := "none"
			if choice != "" {
				key = string(choice)
			}
			d.s.Intro = append(d.s.Intro, d.t("meetingheads."+key, "n", len(names))+"\n"+strings.Join(names, "\n"))
		}
	}
	d.act("meeting_page", d.meetingPath(m))
	return nil
}

// who lists those who made the choice, by family name, and who comes instead of
// them.
func (d *draft) who(choice agenda.AnswerChoice) []string {
	seen := map[agenda.PersonID]bool{}
	var list []agenda.SeatAnswer
	for _, at := range d.Attendance {
		if at.Holder != "" && !seen[at.Holder] && at.Answer.Choice == choice {
			seen[at.Holder] = true
			list = append(list, at)
		}
	}
	name := func(at agenda.SeatAnswer) string { return d.People[at.Holder].SortName() }
	slices.SortStableFunc(list, func(a, b agenda.SeatAnswer) int { return strings.Compare(agenda.Fold(name(a)), agenda.Fold(name(b))) })
	var out []string
	for _, at := range list {
		line := "– " + d.People[at.Holder].Name()
		if at.Answer.Substitute != nil {
			line = "– " + d.t("meetingheads.for", "name", at.Answer.Substitute.Name, "for", d.People[at.Holder].Name())
		}
		if at.Answer.Comment != "" {
			line += " (" + strings.ReplaceAll(at.Answer.Comment, "\n", " ") + ")"
		}
		out = append(out, line)
	}
	return out
}

// ownItem is the meeting as the reader's calendar shows it: a substitute's
// leads to her own page.
func ownItem(f agenda.Facts, p *lang.Printer, base string) agenda.FeedItem {
	it := MeetingItem(f.Meeting, f.Group, p, base)
	if f.Message.Reader.Kind == agenda.AboutSubstitute {
		it.URL = base + SubstitutePath + f.Tokens.Act
		it.Text = paragraphs(f.Meeting.Note, f.Meeting.Online, it.URL)
	}
	return it
}
