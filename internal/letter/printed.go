package letter

import (
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// Fact is one thing to know of an event, as booklet and proof show it. Label is
// empty where the value says all.
type Fact struct {
	Label, Value string
}

// PrintedFacts returns what is printed of an event beside title, time, place and
// summary. What is not known is said to be so.
func PrintedFacts(p *lang.Printer, d agenda.EventDetails) []Fact {
	var out []Fact
	add := func(label, value string) {
		if value != "" {
			out = append(out, Fact{label, value})
		}
	}
	add(p.T("field.doors"), d.Doors)
	audiences := p.List(terms(p, "term.audience.", d.Audiences))
	if d.WomenOnly {
		audiences += " (" + p.T("field.womenonly") + ")"
	}
	add(p.T("field.audiences"), audiences)
	languages := p.List(terms(p, "term.language.", d.Languages))
	if d.Interpreters != "" {
		languages += " · " + p.T("field.interpreters") + ": " + d.Interpreters
	}
	add(p.T("mail.languages"), languages)
	if d.Free {
		add("", strings.TrimSpace(p.T("mail.free")+" "+bracketed(d.Price)))
	} else {
		add(p.T("mail.price"), d.Price)
	}
	switch {
	case !d.SignUp:
		add("", p.T("print.no_signup"))
	case d.SignUpBy == "":
		add("", p.T("field.signup"))
	default:
		add(p.T("field.signup"), d.SignUpBy)
	}
	add(p.T("field.stepfree"), known(p, d.StepFree))
	add(p.T("field.childcare"), known(p, d.Childcare))
	add(p.T("field.food"), d.Food)
	add(p.T("mail.organiser"), strings.Join(append([]string{d.Organiser}, d.CoOrganisers...), ", "))
	add(p.T("print.contact"), d.Contact)
	return out
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func known(p *lang.Printer, k agenda.Known) string {
	if k == agenda.Unknown {
		return p.T("term.unknown")
	}
	return p.T("term." + string(k))
}

// printed is the text of an event as it will be printed.
func (d *draft) printed(e agenda.EventDetails) string {
	var facts []string
	for _, f := range PrintedFacts(d.p, e) {
		if f.Label != "" {
			f.Value = f.Label + ": " + f.Value
		}
		facts = append(facts, f.Value)
	}
	return paragraphs(e.Subtitle, e.Summary, strings.Join(facts, "\n"))
}

// proof asks the organiser whether her event can be printed as it is.
func (d *draft) proof() error {
	e := d.Event
	if !e.Admitted() || e.Standing == agenda.Cancelled {
		return ErrNothing
	}
	one := d.eventDate(e)
	one.Note = d.printed(e.EventDetails)
	d.s.Dates = []date{one}
	d.open("proof", e.Title)
	if until := d.Edition.Print; !until.IsZero() {
		d.s.Intro = append(d.s.Intro, d.t("proof.until", "until", d.p.Date(until)))
	}
	d.act("proof.right", "/einreichung/"+d.Tokens.Act+"#korrekturabzug")
	d.act("proof.change", "/einreichung/"+d.Tokens.Act+"#aendern")
	d.s.Outro = append(d.s.Outro, d.t("proof.reply"))
	return nil
}
