package lang

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-playground/locales"

	"widunetz/internal/agenda"
)

// Printer writes in one language. It does not change and is safe for
// concurrent use. Times have 24 hours and digits are Latin in every language:
// that is what stands on doors and bus stops here.
type Printer struct {
	lang agenda.Lang
	tongue
	messages map[string]message
	german   *Printer // nil for German itself
	marking  *Printer // the one that marks what is said in German
	marks    bool
}

// What stands around a German text that a marking printer returns because its
// language lacks it. No text that people type holds these characters.
const (
	GermanFrom = "\x02"
	GermanTo   = "\x03"
)

// Marking returns a printer that puts GermanFrom and GermanTo around what it
// says in German for want of its own words. Whoever uses it shows the reader
// what is German, and takes the marks away.
func (p *Printer) Marking() *Printer {
	if p.marking == nil {
		return p
	}
	return p.marking
}

// Comma returns ", " as the language writes it.
func (p *Printer) Comma() string { return p.comma() }

// Lang returns the printer's language.
func (p *Printer) Lang() agenda.Lang { return p.lang }

// Tag returns the BCP 47 tag for the lang attribute.
func (p *Printer) Tag() string { return p.tag }

// Dir returns the writing direction, "ltr" or "rtl".
func (p *Printer) Dir() string { return p.dir }

// Own returns the language's own name.
func (p *Printer) Own() string { return p.own }

// Keys returns the keys of the language that begin with prefix.
func (p *Printer) Keys(prefix string) []string {
	var out []string
	for key := range p.messages {
		if strings.HasPrefix(key, prefix) {
			out = append(out, key)
		}
	}
	return out
}

// Has reports whether the language has its own text for the key.
func (p *Printer) Has(key string) bool { return p.messages[key] != nil }

// T returns the message of the key with its placeholders filled: args are
// names and values in turn. A text that the language lacks is German; an
// unknown key shows as ⟦key⟧, which tests look for.
func (p *Printer) T(key string, args ...any) string {
	m, from := p.find(key)
	if m == nil {
		return "⟦" + key + "⟧"
	}
	return p.marked(fill(m[locales.PluralRuleOther], args), from)
}

// marked puts marks around a text that is not from the printer's language.
func (p *Printer) marked(text string, from *Printer) string {
	if !p.marks || from.lang == p.lang {
		return text
	}
	return GermanFrom + text + GermanTo
}

// N returns the message of the key in the plural form for n; {n} is the
// number.
func (p *Printer) N(key string, n int, args ...any) string {
	m, from := p.find(key)
	if m == nil {
		return "⟦" + key + "⟧"
	}
	text := m[from.forms.CardinalPluralRule(float64(n), 0)]
	if text == nil {
		text = m[locales.PluralRuleOther]
	}
	return p.marked(fill(text, append([]any{"n", p.Number(n)}, args...)), from)
}

func (p *Printer) find(key string) (message, *Printer) {
	if m := p.messages[key]; m != nil || p.german == nil {
		return m, p
	}
	return p.german.messages[key], p.german
}

func fill(text []string, args []any) string {
	if len(text) == 1 {
		return text[0]
	}
	var b strings.Builder
	for i, s := range text {
		if i%2 == 0 {
			b.WriteString(s)
			continue
		}
		value := any("{" + s + "}")
		for j := 0; j+1 < len(args); j += 2 {
			if args[j] == s {
				value = args[j+1]
			}
		}
		if v, ok := value.(string); ok {
			b.WriteString(v)
		} else {
			fmt.Fprint(&b, value)
		}
	}
	return b.String()
}

// Number returns n with the separators of the language.
func (p *Printer) Number(n int) string {
	if n > -1000 && n < 1000 {
		return fmt.Sprint(n)
	}
	return latinDigits(p.forms.FmtNumber(float64(n), 0))
}

// Date returns "Mittwoch, 15. September 2027".
func (p *Printer) Date(d agenda.Date) string {
	if d.IsZero() {
		return ""
	}
	if s := p.forms.FmtDateFull(noon(d)); s != "" {
		return latinDigits(s)
	}
	return p.Weekday(d.Weekday()) + p.comma() + p.long(d)
}

// long returns "15. September 2027". The library has no patterns for Kurmancî.
func (p *Printer) long(d agenda.Date) string {
	if s := p.forms.FmtDateLong(noon(d)); s != "" {
		return latinDigits(s)
	}
	return fmt.Sprintf("%d %s %d", d.Day, p.Month(d.Month), d.Year)
}

// DayMonth returns "15. September".
func (p *Printer) DayMonth(d agenda.Date) string {
	day, _, _ := strings.Cut(p.long(d), fmt.Sprintf(" %d", d.Year))
	return day
}

// DateShort returns "15.09.2027".
func (p *Printer) DateShort(d agenda.Date) string {
	if d.IsZero() {
		return ""
	}
	if p.lang == agenda.English {
		return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year)
	}
	return fmt.Sprintf("%02d.%02d.%04d", d.Day, d.Month, d.Year)
}

// DateMedium returns "Mi., 15. September 2027".
func (p *Printer) DateMedium(d agenda.Date) string {
	return p.WeekdayShort(d.Weekday()) + p.comma() + p.long(d)
}

// Weekday returns "Mittwoch".
func (p *Printer) Weekday(w time.Weekday) string { return p.forms.WeekdayWide(w) }

// WeekdayShort returns "Mi".
func (p *Printer) WeekdayShort(w time.Weekday) string {
	return strings.TrimSuffix(p.forms.WeekdayAbbreviated(w), ".")
}

// Month returns "September".
func (p *Printer) Month(m time.Month) string { return p.forms.MonthWide(m) }

// MonthShort returns "Sept.".
func (p *Printer) MonthShort(m time.Month) string { return p.forms.MonthAbbreviated(m) }

// Clock returns "18:30 Uhr".
func (p *Printer) Clock(l agenda.Local) string { return p.hours(l.Clock()) }

// hours adds what the language says after a time of day.
func (p *Printer) hours(s string) string {
	switch p.lang {
	case agenda.German:
		return s + " Uhr"
	case agenda.EasyLanguage:
		return strings.ReplaceAll(s, ":", ".") + " Uhr"
	}
	if p.dir == "rtl" {
		// From left to right, as on doors and bus stops, and in one line.
		return "\u2066" + strings.ReplaceAll(s, "–", "\u2060–\u2060") + "\u2069"
	}
	return s
}

// DateTime returns "Mittwoch, 15. September 2027, 18:30 Uhr".
func (p *Printer) DateTime(l agenda.Local) string { return p.Date(l.Date) + p.comma() + p.Clock(l) }

// When returns "Mittwoch, 15. September 2027, 18:30–20:00 Uhr", and for a span
// of several days both ends in full.
func (p *Printer) When(start, end agenda.Local) string {
	if start.Date == end.Date {
		return p.Date(start.Date) + p.comma() + p.Span(start, end)
	}
	return p.DateTime(start) + " – " + p.DateTime(end)
}

// Span returns "18:30–20:00 Uhr".
func (p *Printer) Span(start, end agenda.Local) string {
	return p.hours(start.Clock() + "–" + end.Clock())
}

// Days returns "11. September 2027 – 10. Oktober 2027", with the year once if
// it is the same.
func (p *Printer) Days(from, to agenda.Date) string {
	if from.Year == to.Year {
		return p.DayMonth(from) + " – " + p.long(to)
	}
	return p.long(from) + " – " + p.long(to)
}

// List returns "A, B und C".
func (p *Printer) List(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last, and := len(items)-1, " "+p.T("term.and")+" "
	if p.lang == agenda.Arabic {
		and = strings.TrimRight(and, " ") // is written together with what follows
	}
	return strings.Join(items[:last], p.comma()) + and + items[last]
}

func (p *Printer) comma() string {
	if p.dir == "rtl" {
		return "، "
	}
	return ", "
}

// noon stands for a day where a library wants an instant.
func noon(d agenda.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

var latin = strings.NewReplacer(
	"٠", "0", "١", "1", "٢", "2", "٣", "3", "٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9",
	"۰", "0", "۱", "1", "۲", "2", "۳", "3", "۴", "4", "۵", "5", "۶", "6", "۷", "7", "۸", "8", "۹", "9",
)

func latinDigits(s string) string { return latin.Replace(s) }
