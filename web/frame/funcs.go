package frame

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// funcs are the functions of templates in one language.
func (f *Frame) funcs(p *lang.Printer) template.FuncMap {
	return template.FuncMap{
		"T": p.T, "N": p.N, "number": p.Number, "list": p.List,
		"date": p.Date, "dateShort": p.DateShort, "dateMedium": p.DateMedium, "days": p.Days,
		"clock": p.Clock, "dateTime": p.DateTime, "when": p.When, "span": p.Span,
		"weekday": p.Weekday, "weekdayShort": p.WeekdayShort, "month": p.Month, "monthShort": p.MonthShort,
		"instant": func(t time.Time) agenda.Local { return agenda.LocalOf(t, f.Store.Loc()) },
		"url":     func(path string) string { return Path(p.Lang(), path) },
		"asset":   f.assets.path,
		"term":    func(kind string, code any) string { return p.T("term." + kind + "." + fmt.Sprint(code)) },
		"terms":   func(kind string, codes []string) []string { return terms(p, kind, codes) },
		"options": func(kind string, codes []string) []Option { return options(p, kind, codes) },
		"field":   func(form *Form, name string, opts ...any) (Field, error) { return newField(p, form, name, opts) },
		"problem": func(e *agenda.FieldError) string { return problem(p, e) },
		"fieldName": func(name string) string {
			if p.Has("field."+name) || f.Catalog.Printer(agenda.German).Has("field."+name) {
				return p.T("field." + name)
			}
			return name
		},
		"slug":   agenda.Slug,
		"paras":  paragraphs,
		"linked": linked,
		"dict":   dict,
		"join":   strings.Join,
		"qr":     QR,
	}
}

func terms(p *lang.Printer, kind string, codes []string) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = p.T("term." + kind + "." + c)
	}
	return out
}

func options(p *lang.Printer, kind string, codes []string) []Option {
	out := make([]Option, len(codes))
	for i, t := range terms(p, kind, codes) {
		out[i] = Option{codes[i], t}
	}
	return out
}

// paragraphs splits a text at its blank lines, and each paragraph at its line
// breaks.
func paragraphs(s string) [][]string {
	var out [][]string
	for p := range strings.SplitSeq(s, "\n\n") {
		if p != "" {
			out = append(out, strings.Split(p, "\n"))
		}
	}
	return out
}

// linked returns the address to link a contact with: a web page, a mail address
// or a telephone number that is all of it; "" for anything else.
func linked(s string) template.URL {
	if m, ok := agenda.Email(s); ok {
		return template.URL("mailto:" + m) //nolint:gosec // one plain address
	}
	if rest, ok := strings.CutPrefix(s, "https://"); ok && rest != "" && !strings.ContainsAny(s, " \"'<>") {
		return template.URL(s) //nolint:gosec // https only
	}
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" /-()", r) {
			return -1
		}
		return r
	}, s)
	if len(digits) > 5 && strings.Trim(digits, "+0123456789") == "" {
		return template.URL("tel:" + digits) //nolint:gosec // digits only
	}
	return ""
}

// dict makes a map of names and values in turn, to hand several things to one
// template.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: want names and values in turn")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}
