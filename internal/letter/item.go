package letter

import (
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// MeetingItem returns a meeting as calendars show it. base is the address of
// the service without a final slash.
func MeetingItem(m agenda.Meeting, g agenda.Group, p *lang.Printer, base string) agenda.FeedItem {
	it := agenda.FeedItem{
		UID: agenda.MeetingUID(m.ID), Start: m.Start, End: m.End, Title: m.Name(g), Place: m.Place, URL: base + "/sitzungen/" + string(m.ID),
		Tentative: m.State == agenda.MeetingPlanned, Cancelled: m.State == agenda.MeetingCancelled,
		Sequence: m.Sequence, Created: m.Created, Changed: m.Changed, Categories: []string{g.Name},
	}
	if m.Title != "" {
		it.Title = g.Name + ": " + m.Title
	}
	if it.Place == "" {
		it.Place = m.Online
	}
	it.Text = paragraphs(m.Note, m.Online, it.URL)
	return marked(it, p)
}

// EventItem returns a public event as calendars show it; of a course the date
// that it is looked at on. Nothing internal of the event is in it.
func EventItem(e agenda.Event, p *lang.Printer, base string) agenda.FeedItem {
	no := 1
	if e.At != nil {
		no = e.At.No
	}
	it := agenda.FeedItem{
		UID: agenda.DateUID(e.ID, no), Start: e.Start, End: e.End, Title: NthTitle(e, p), Place: e.Venue.Line(), URL: base + EventPath(e),
		Tentative: e.Standing == agenda.Postponed, Cancelled: e.Standing == agenda.Cancelled,
		Sequence: e.Sequence, Created: e.Created, Changed: e.Changed, Categories: []string{p.T("term.category." + e.Category)},
	}
	if e.Into != "" {
		// Whoever has it in a calendar sees where it went; its address leads there.
		it.Cancelled, it.Tentative, it.Title = true, false, p.T("mail.merged_prefix")+" "+e.Title
		it.Text = p.T("mail.merged_text") + " " + it.URL
		return it
	}
	facts := []string{p.T("mail.organiser") + ": " + e.Organiser, p.T("mail.languages") + ": " + p.List(terms(p, "term.language.", e.Languages))}
	if e.Free {
		facts = append(facts, p.T("mail.free"))
	} else {
		facts = append(facts, p.T("mail.price")+": "+e.Price)
	}
	if e.SignUp {
		facts = append(facts, strings.TrimSpace(p.T("mail.signup_needed")+" "+e.SignUpBy))
	}
	it.Text = paragraphs(e.Summary, strings.Join(facts, "\n"), e.Venue.Online, it.URL)
	if e.FullyBooked && !it.Cancelled {
		it.Title = p.T("mail.full_prefix") + " " + it.Title
	}
	if e.Standing == agenda.Postponed {
		it.Title = p.T("mail.postponed_prefix") + " " + it.Title
	}
	return marked(it, p)
}

// marked puts the mark of a cancelled date before its title: some programs
// ignore STATUS.
func marked(it agenda.FeedItem, p *lang.Printer) agenda.FeedItem {
	if it.Cancelled {
		it.Title = p.T("mail.cancelled_prefix") + " " + it.Title
	}
	return it
}

// EventPath returns the path of an event's page.
func EventPath(e agenda.Event) string { return "/programm/" + strconv.Itoa(e.Year()) + "/" + e.Slug }

func paragraphs(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n\n")
}

func terms(p *lang.Printer, prefix string, codes []string) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = p.T(prefix + c)
	}
	return out
}
