package web

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
)

// words are what a part of a page may use that is kept for every reader: what
// depends on the language and on nothing else.
type words struct {
	*lang.Printer
}

// URL returns the path of a page in the language of this one.
func (v words) URL(path string) string { return localURL(v.Lang(), path) }

// Term returns the word for a code: Term "category" "fest".
func (v words) Term(kind string, code any) string {
	return v.T("term." + kind + "." + fmt.Sprint(code))
}

// Terms returns the words for codes, as a list.
func (v words) Terms(kind string, codes []string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = v.Term(kind, c)
	}
	return v.List(out)
}

// Dates says in one line when an event takes place.
func (v words) Dates(d agenda.EventDetails) string { return letter.DatesText(v.Printer, d) }

// parts are events as they look in lists, rendered once per language: a list
// after a change of one event is joined, not rendered. An event that changed is
// another entry, so what is kept of one is never wrong. Entries that are gone go
// when the bound is reached.
type parts struct {
	base *template.Template
	most int // bytes

	mu    sync.RWMutex
	looks map[part]map[*entry]template.HTML
	bytes int
}

// part names how events look: the template and the language.
type part struct {
	name string
	lang agenda.Lang
}

const partsBytes = 32 << 20

func newParts(base *template.Template) *parts {
	return &parts{base: base, most: partsBytes, looks: map[part]map[*entry]template.HTML{}}
}

// list returns the events, one after the other, as the template shows them.
func (p *parts) list(name string, v words, events []*entry) (template.HTML, error) {
	key, looks, size := part{name, v.Lang()}, make([]template.HTML, len(events)), 0
	p.mu.RLock()
	known := p.looks[key]
	for i, e := range events {
		looks[i] = known[e]
		size += len(looks[i])
	}
	p.mu.RUnlock()
	for i, e := range events {
		if looks[i] == "" {
			var b bytes.Buffer
			if err := p.base.ExecuteTemplate(&b, name, map[string]any{"V": v, "E": e}); err != nil {
				return "", fmt.Errorf("part %s: %w", name, err)
			}
			looks[i] = template.HTML(b.String()) //nolint:gosec // html/template made it
			p.keep(key, e, looks[i])
			size += b.Len()
		}
	}
	var out strings.Builder
	out.Grow(size)
	for _, l := range looks {
		out.WriteString(string(l))
	}
	return template.HTML(out.String()), nil //nolint:gosec // each of them is
}

func (p *parts) keep(key part, e *entry, look template.HTML) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.looks[key][e]; ok {
		return // somebody else rendered it meanwhile
	}
	if p.bytes+len(look) > p.most {
		clear(p.looks)
		p.bytes = 0
	}
	if p.looks[key] == nil {
		p.looks[key] = map[*entry]template.HTML{}
	}
	p.looks[key][e] = look
	p.bytes += len(look)
}
