package web

import (
	"bytes"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// staffSlugs are the pages beside the events of a programme that are for
// organisers and editors.
var staffSlugs = []string{submitSlug, pressSlug}

// forEverybody reports whether the page under a path without its language is one
// of the participants' side, which every language has. All others are written
// for members, organisers and coordinators; they are German where a language
// lacks their words.
func forEverybody(path string) bool {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch parts[0] {
	case "", "anmeldung", "vormerkung", "benachrichtigen", "benachrichtigung", "abmelden", "impressum", "datenschutz", "barrierefreiheit":
		return true
	case "programm":
		if len(parts) < 3 {
			return true
		}
		return !slices.Contains(staffSlugs, parts[2]) && (len(parts) == 3 || slices.Contains([]string{"erinnern", "anmelden", "zettel"}, parts[3]))
	}
	return false
}

// langLink leads to a page in another language.
type langLink struct {
	Tag, Dir, Own, Text string
	URL                 string // path
	Absolute            string
	Current             bool
}

func (c *Ctx) langLink(l agenda.Lang, query string) langLink {
	p, path := c.w.Catalog.Printer(l), localURL(l, c.path)+query
	return langLink{Tag: p.Tag(), Dir: p.Dir(), Own: p.Own(), Text: p.T("frame.offer"), URL: path, Absolute: c.w.Site.BaseURL + path, Current: l == c.Frame.Lang()}
}

// langLinks are the page in all languages that are switched on.
func (c *Ctx) langLinks() []langLink {
	var out []langLink
	query := ""
	if c.Request.URL.RawQuery != "" && c.Request.Method != http.MethodPost {
		query = "?" + c.Request.URL.RawQuery
	}
	for _, l := range c.w.Catalog.Langs() {
		out = append(out, c.langLink(l, query))
	}
	return out
}

// offered is the language that the browser prefers to that of the page, "" if
// there is none.
func (c *Ctx) offered() agenda.Lang {
	l := c.w.Catalog.Match(c.GetHeader("Accept-Language"))
	if l == c.Frame.Lang() || c.Frame.Lang() == agenda.EasyLanguage && l == agenda.German {
		return ""
	}
	return l
}

// offer is a link to the page in the browser's language; it never redirects.
func (c *Ctx) offer() *langLink {
	l := c.offered()
	if l == "" {
		return nil
	}
	query := ""
	if c.Request.URL.RawQuery != "" && c.Request.Method != http.MethodPost {
		query = "?" + c.Request.URL.RawQuery
	}
	link := c.langLink(l, query)
	return &link
}

// Foreign reports whether the page is not in the language of its address.
func (v view) Foreign() bool { return v.Lang() != v.Frame.Lang() }

// Whole reports whether the page is in a language in which editors of other
// sites find all that is for them.
func (v view) Whole() bool { return lang.Whole(v.Lang()) }

// Unchecked says, in the language of the address, that no native reader has gone
// through its texts; "" where one has.
func (v view) Unchecked() string {
	if lang.Checked(v.Frame.Lang()) {
		return ""
	}
	return v.Frame.T("frame.unchecked")
}

// germanHere stands in the layout where a page says that some of it is German.
const germanHere = "\x01"

// GermanHere is the place of that note; showGerman fills it in.
func (v view) GermanHere() string { return germanHere }

// unmarked takes the marks of German texts away.
var unmarked = strings.NewReplacer(lang.GermanFrom, "", lang.GermanTo, "")

// showGerman puts what a page says in German, for want of words in its language,
// into elements that say so, and a note on top. Where there can be no element
// only the marks go.
func (c *Ctx) showGerman(page []byte) []byte {
	if !bytes.Contains(page, []byte(lang.GermanFrom)) {
		return bytes.Replace(page, []byte(germanHere), nil, 1)
	}
	note := `<p class="w-langnote">` + html.EscapeString(c.Frame.T("frame.some_german")) + `</p>`
	var b bytes.Buffer
	for rest := string(page); rest != ""; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			i = len(rest)
		}
		inside.WriteString(&b, rest[:i]) //nolint:errcheck // a buffer takes everything
		rest = rest[i:]
		tag := tags.FindString(rest)
		if tag == "" && rest != "" {
			tag = rest[:1]
		}
		unmarked.WriteString(&b, tag) //nolint:errcheck // likewise
		rest = rest[len(tag):]
		if m := wordsOnly.FindStringSubmatch(tag); m != nil {
			end := strings.Index(rest, "</"+m[1])
			if end < 0 {
				end = len(rest)
			}
			unmarked.WriteString(&b, rest[:end]) //nolint:errcheck // likewise
			rest = rest[end:]
		}
	}
	return bytes.Replace(b.Bytes(), []byte(germanHere), []byte(unmarked.Replace(note)), 1)
}

var (
	inside    = strings.NewReplacer(lang.GermanFrom, `<span lang="de" dir="ltr">`, lang.GermanTo, `</span>`)
	tags      = regexp.MustCompile(`^<(?:[^>"']|"[^"]*"|'[^']*')*>`)
	wordsOnly = regexp.MustCompile(`^<(title|textarea|option|script|style|svg)\b`)
)

// memberLangs are the languages in which members get mails, and the one that
// somebody has already.
func (w *Web) memberLangs(on agenda.Lang) []option {
	langs := w.Catalog.Whole()
	if on != "" && !slices.Contains(langs, on) && w.Catalog.Enabled(on) {
		langs = append(langs, on)
	}
	out := make([]option, len(langs))
	for i, l := range langs {
		out[i] = option{string(l), w.Catalog.Printer(l).Own(), l == on}
	}
	return out
}
