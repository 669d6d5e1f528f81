// Package lang speaks the readers' languages: messages, plurals, dates, the
// writing direction.
//
// Messages are JSON files messages/<area>.<language>.json with keys
// "<area>.<name>". A value is a text with {placeholders}, or an object with one
// text per plural form ("one", "few", "many", "other" …, Unicode CLDR). What a
// language lacks is said in German.
package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/ku"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"

	"widunetz/internal/agenda"
)

//go:embed messages/*.json
var files embed.FS

// tongue is what is fixed about a language.
type tongue struct {
	tag, own, dir string
	forms         locales.Translator
}

// tongues are all languages that the service can speak.
func tongues() map[agenda.Lang]tongue {
	return map[agenda.Lang]tongue{
		agenda.German:       {"de", "Deutsch", "ltr", de.New()},
		agenda.EasyLanguage: {"de-simple", "Leichte Sprache", "ltr", de.New()}, // a variant that IANA has registered
		agenda.English:      {"en", "English", "ltr", en_GB.New()},
		agenda.Turkish:      {"tr", "Türkçe", "ltr", tr.New()},
		agenda.Arabic:       {"ar", "العربية", "rtl", ar.New()},
		agenda.Ukrainian:    {"uk", "Українська", "ltr", uk.New()},
		agenda.Russian:      {"ru", "Русский", "ltr", ru.New()},
		agenda.Kurmanji:     {"ku", "Kurmancî", "ltr", ku.New()},
		agenda.Farsi:        {"fa", "فارسی", "rtl", fa.New()},
	}
}

// order is that in which languages are offered.
var order = []agenda.Lang{
	agenda.German, agenda.EasyLanguage, agenda.English, agenda.Turkish, agenda.Arabic, agenda.Ukrainian, agenda.Russian,
	agenda.Kurmanji, agenda.Farsi,
}

// Catalog holds the messages of the enabled languages. It does not change and
// is safe for concurrent use.
type Catalog struct {
	langs    []agenda.Lang
	printers map[agenda.Lang]*Printer
}

// Load reads the embedded messages of the languages; German is always among
// them. Without arguments it is German and English. A message that cannot be
// read, or a language without any, is an error.
func Load(enabled ...agenda.Lang) (*Catalog, error) {
	if len(enabled) == 0 {
		enabled = []agenda.Lang{agenda.German, agenda.English}
	}
	c := &Catalog{printers: map[agenda.Lang]*Printer{}}
	known := tongues()
	for _, l := range enabled {
		if _, ok := known[l]; !ok {
			return nil, fmt.Errorf("language %q: want one of %v", l, order)
		}
	}
	for _, l := range order {
		if l != agenda.German && !slices.Contains(enabled, l) {
			continue
		}
		m, err := messages(l)
		if err != nil {
			return nil, err
		}
		p := &Printer{lang: l, tongue: known[l], messages: m, german: c.printers[agenda.German]}
		marking := *p
		marking.marks, p.marking = true, &marking
		c.langs, c.printers[l] = append(c.langs, l), p
	}
	return c, nil
}

// messages reads every message of a language.
func messages(l agenda.Lang) (map[string]message, error) {
	names, err := files.ReadDir("messages")
	if err != nil {
		return nil, err
	}
	out := map[string]message{}
	for _, n := range names {
		if !strings.HasSuffix(n.Name(), "."+string(l)+".json") {
			continue
		}
		b, err := files.ReadFile(path.Join("messages", n.Name()))
		if err != nil {
			return nil, err
		}
		var raw map[string]any
		if err := json.Unmarshal(b, &raw); err != nil {
			return nil, fmt.Errorf("messages %s: %w", n.Name(), err)
		}
		for key, v := range raw {
			m, err := parse(v)
			if err != nil {
				return nil, fmt.Errorf("messages %s: %s: %w", n.Name(), key, err)
			}
			out[key] = m
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("language %q has no messages", l)
	}
	return out, nil
}

// message is one message: its text, cut at the placeholders, per plural form.
// A message without plural has the form other only.
type message map[locales.PluralRule][]string

var formNames = map[string]locales.PluralRule{
	"zero": locales.PluralRuleZero, "one": locales.PluralRuleOne, "two": locales.PluralRuleTwo,
	"few": locales.PluralRuleFew, "many": locales.PluralRuleMany, "other": locales.PluralRuleOther,
}

func parse(v any) (message, error) {
	switch v := v.(type) {
	case string:
		return message{locales.PluralRuleOther: cut(v)}, nil
	case map[string]any:
		m := message{}
		for form, text := range v {
			rule, ok := formNames[form]
			s, isText := text.(string)
			if !ok || !isText {
				return nil, fmt.Errorf("plural form %q: want one of zero, one, two, few, many, other with a text", form)
			}
			m[rule] = cut(s)
		}
		if m[locales.PluralRuleOther] == nil {
			return nil, fmt.Errorf("plural form \"other\" is missing")
		}
		return m, nil
	}
	return nil, fmt.Errorf("want a text or an object of plural forms")
}

// cut splits "Guten Tag {name}," into texts (even) and names (odd).
func cut(s string) []string {
	var out []string
	for {
		before, rest, ok := strings.Cut(s, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return append(out, s)
		}
		out, s = append(out, before, name), after
	}
}

// Langs returns the enabled languages in the order in which they are offered.
func (c *Catalog) Langs() []agenda.Lang { return slices.Clone(c.langs) }

// Printer returns the printer of a language, the German one if it is not
// enabled.
func (c *Catalog) Printer(l agenda.Lang) *Printer {
	if p := c.printers[l]; p != nil {
		return p
	}
	return c.printers[agenda.German]
}

// Enabled reports whether the language is spoken here.
func (c *Catalog) Enabled(l agenda.Lang) bool { return c.printers[l] != nil }

// Whole returns the enabled languages that have every message: those in which
// members read pages and mails.
func (c *Catalog) Whole() []agenda.Lang {
	return slices.DeleteFunc(c.Langs(), func(l agenda.Lang) bool { return !Whole(l) })
}

// otherTags are the first parts of tags that browsers have for our languages.
// Sorani (ckb) is none: its readers do not read Kurmancî.
var otherTags = map[string]agenda.Lang{"kmr": agenda.Kurmanji, "prs": agenda.Farsi, "ls": ""}

// Match returns the enabled language that a browser prefers (header
// Accept-Language, RFC 9110, section 12.5.4), "" if there is none. It is for an
// offer only: a link keeps its language.
func (c *Catalog) Match(accept string) agenda.Lang {
	best, bestQ := agenda.Lang(""), 0.0
	for part := range strings.SplitSeq(accept, ",") {
		tag, param, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(param), "q="); ok {
			q, _ = strconv.ParseFloat(v, 64) // what is no number is never preferred
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		l, ok := otherTags[primary]
		if !ok {
			l = agenda.Lang(primary)
		}
		if q > bestQ && c.Enabled(l) {
			best, bestQ = l, q
		}
	}
	return best
}
