package web

import (
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// showPress is the programme as plain text, to be copied into a mail to the
// press: one block an event, by day.
func (w *Web) showPress(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	revision, err := c.store().Revision(c.ctx(), store.Programme)
	if err != nil {
		return err
	}
	f := parseFilter(c.Request.URL.Query())
	return c.keepText(plainType, "press "+strconv.Itoa(year), f.query(), revision+" "+w.today(), func() ([]byte, error) {
		p, err := w.public.load(c.ctx())
		if err != nil {
			return nil, err
		}
		if !p.has(year, w.Store.Today()) {
			return nil, agenda.ErrNotFound
		}
		return []byte(c.pressList(p, year, f)), nil
	})
}

func (c *Ctx) pressList(p *programme, year int, f filter) string {
	all := p.of(year)
	blocks := []string{c.pressHead(p, year, f.words(c.P, all))}
	for _, d := range byDay(distinct(f.apply(all))) {
		date := c.P.Date(d.Date)
		blocks = append(blocks, date+"\n"+strings.Repeat("=", agenda.Length(date)))
		for _, e := range d.Events {
			blocks = append(blocks, c.pressBlock(*e.Whole))
		}
	}
	if len(blocks) == 1 {
		blocks = append(blocks, c.P.T("programme.empty"))
	}
	return strings.Join(blocks, "\n\n") + "\n"
}

// pressHead says what the list is of, and from when: it is copied and lies about.
func (c *Ctx) pressHead(p *programme, year int, words []string) string {
	lines := []string{strings.Join(append([]string{p.titleOf(c, year)}, words...), " – ")}
	if ed, ok := p.edition(year); ok {
		lines = append(lines, c.P.Days(ed.Starts, ed.Ends))
		if ed.Motto != "" {
			lines = append(lines, "„"+ed.Motto+"“")
		}
		if ed.Patron != "" {
			lines = append(lines, c.P.T("field.patron")+": "+ed.Patron)
		}
	}
	return strings.Join(append(lines, c.P.T("spread.as_of", "date", c.P.DateShort(c.store().Today())), c.absolute("/programm/"+strconv.Itoa(year))), "\n")
}

// pressBlock is one event with what a newspaper prints of it.
func (c *Ctx) pressBlock(e agenda.Event) string {
	var lines []string
	add := func(key, value string) {
		if value != "" {
			lines = append(lines, c.P.T(key)+": "+value)
		}
	}
	hours := c.P.Span(e.Start, e.End)
	if e.Start.Date != e.End.Date || e.Course() {
		hours = letter.DatesText(c.P, e.EventDetails)
	}
	lines = append(lines, hours+" | "+markedTitle(e, c.P))
	for _, s := range []string{e.Subtitle, strings.Join(whenLines(e, c.P)[1:], "\n"), e.Venue.Line(), e.Summary} {
		if s != "" {
			lines = append(lines, s)
		}
	}
	add("mail.organiser", strings.Join(append([]string{e.Organiser}, e.CoOrganisers...), ", "))
	add("field.audiences", audienceText(e, c.P))
	add("mail.languages", c.P.List(termsOf(c.P, "term.language.", e.Languages)))
	lines = append(lines, priceText(e, c.P))
	if e.SignUp {
		lines = append(lines, strings.TrimSuffix(c.P.T("field.signup")+": "+e.SignUpBy, ": "))
	}
	if e.StepFree == agenda.Yes {
		lines = append(lines, c.P.T("programme.accessible"))
	}
	if e.Childcare == agenda.Yes {
		lines = append(lines, c.P.T("programme.childcare"))
	}
	add("spread.contact", e.Contact)
	return strings.Join(append(lines, c.absolute(letter.EventPath(e))), "\n")
}

func audienceText(e agenda.Event, p *lang.Printer) string {
	words := p.List(termsOf(p, "term.audience.", e.Audiences))
	if e.WomenOnly {
		words += " · " + p.T("field.womenonly")
	}
	return words
}

func termsOf(p *lang.Printer, prefix string, codes []string) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = p.T(prefix + code)
	}
	return out
}
