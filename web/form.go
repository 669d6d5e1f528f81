package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
)

// form is a form as pages show it: fields with labels, hints, what was typed
// and what is wrong with it. One template draws all forms.
type form struct {
	c        *Ctx
	problems agenda.Problems
	Action   string
	Submit   string
	Do       string // value of the submit button, named "do"
	Save     string // said when a script saved what was typed; "": it does not
	Fields   []field
	Seen     string     // when the record was read, against lost updates
	Notes    *timeNotes // on the time of an event
	Check    string     // where a script asks for them anew
	More     []option   // further buttons, named "do"
	Trap     bool       // has a field that only programs fill in
	Once     string     // names a form that makes something new: sent twice it makes one
	Upload   bool
	Inline   bool // has a button among its fields: Enter still sends the form
}

// field is one field of a form.
type field struct {
	Kind     string // text, area, select, checks, radios, check, date, time, email, tel, number, file, heading, weekly
	Name     string
	Label    string
	Hint     string
	Value    string
	Options  []option
	Error    string
	Required bool
	Max      int
	Auto     string // autocomplete
	Dir      string
	Accept   string   // kinds of a file; "": tables and calendars
	List     []string // proposals for what is typed
	Hints    []string // several hints, as a list
	Look     string   // of choices: "list" one below the other, "short" for short words; "": in columns
	Weekly   *weekly
}

// option is one choice of a field.
type option struct {
	Value, Label string
	On           bool
}

func (c *Ctx) form(action, submit string) *form {
	return &form{c: c, Action: c.url(action), Submit: c.P.T(submit)}
}

// typed are the kinds of fields that hold what somebody typed.
var typed = []string{"text", "area", "date", "time", "email", "tel", "number"}

// refuse shows the form again with what is wrong and what was typed, however
// little it could be understood; any other error is not the form's.
func (f *form) refuse(err error) bool {
	var p agenda.Problems
	if !errors.As(err, &p) {
		return false
	}
	f.problems = p
	for _, x := range f.Fields {
		if x.Weekly != nil {
			inner := form{c: f.c, Fields: x.Weekly.Fields}
			inner.refuse(err)
		}
	}
	for i, x := range f.Fields {
		if v, ok := f.c.Request.PostForm[x.Name]; ok && slices.Contains(typed, x.Kind) {
			f.Fields[i].Value = v[0]
		}
		if e := p.For(f.Fields[i].Name); e != nil {
			f.Fields[i].Error = f.c.problem(e)
			if x.Name == "further" { // a problem a line
				f.Fields[i].Error = f.all(x.Name)
			}
		}
	}
	return true
}

// all are the problems of a field in one text.
func (f *form) all(name string) string {
	var out []string
	for _, p := range f.problems {
		if p.Field == name {
			out = append(out, f.c.problem(p))
		}
	}
	return strings.Join(out, " · ")
}

// Summary lists what is wrong, with the field to which each belongs.
func (f *form) Summary() []field {
	var out []field
	for _, p := range f.problems {
		one := field{Name: p.Field, Label: f.c.fieldName(p.Field), Error: f.c.problem(p)}
		i := slices.IndexFunc(f.Fields, func(x field) bool { return x.Name == p.Field || x.Weekly.has(p.Field) })
		switch {
		case i < 0:
			one.Name = ""
		case f.Fields[i].Name == p.Field:
			one.Label = f.Fields[i].Label
		}
		out = append(out, one)
	}
	return out
}

// optionPrefix begins the names of the fields of a poll's options.
const optionPrefix = "option_"

// itemPrefix begins the names of the fields of an agenda's items.
const itemPrefix = "item_"

// fieldName is what people call a field.
func (c *Ctx) fieldName(name string) string {
	if n, ok := strings.CutPrefix(name, itemPrefix); ok {
		return c.P.T("topics.item", "n", n)
	}
	if n, ok := strings.CutPrefix(name, optionPrefix); ok {
		return c.P.T("poll.option", "n", n)
	}
	for _, prefix := range []string{"decision_", "assignment_"} {
		if n, ok := strings.CutPrefix(name, prefix); ok {
			return c.P.T("field."+prefix+"n", "n", n)
		}
	}
	return c.P.T("field." + name)
}

// add puts a field into the form; its label is the message field.<name> unless
// it has one.
func (f *form) add(x field) *form {
	if x.Label == "" {
		x.Label = f.c.P.T("field." + x.Name)
	}
	if hint := "hint." + x.Name; x.Hint == "" && f.c.P.Has(hint) {
		x.Hint = f.c.P.T(hint)
	}
	f.Fields = append(f.Fields, x)
	return f
}

func (f *form) text(name, value string, max int) *form {
	return f.add(field{Kind: "text", Name: name, Value: value, Max: max})
}

func (f *form) must(name, value string, max int) *form {
	return f.add(field{Kind: "text", Name: name, Value: value, Max: max, Required: true})
}

func (f *form) area(name, value string, max int) *form {
	return f.add(field{Kind: "area", Name: name, Value: value, Max: max})
}

func (f *form) check(name string, on bool) *form {
	v := ""
	if on {
		v = "1"
	}
	return f.add(field{Kind: "check", Name: name, Value: v})
}

func (f *form) choose(kind, name string, options []option, required bool) *form {
	return f.add(field{Kind: kind, Name: name, Options: options, Required: required})
}

func (f *form) heading(key string) *form {
	f.Fields = append(f.Fields, field{Kind: "heading", Label: f.c.P.T(key)})
	return f
}

// once gives the form the name under which it was sent before, or a new one.
func (f *form) once() *form {
	if f.Once = f.c.posted("once"); f.Once == "" {
		f.Once = rand.Text()
	}
	return f
}

// seenText is an instant as forms carry it.
func seenText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func (f *form) seen(t time.Time) *form {
	f.Seen = seenText(t)
	if read := f.c.postedSeen(); f.c.looking() && !read.IsZero() {
		f.Seen = read.UTC().Format(time.RFC3339Nano) // nothing was saved in between
	}
	return f
}

// codes makes options of codes whose words are messages.
func (c *Ctx) codes(prefix string, codes []string, on ...string) []option {
	out := make([]option, len(codes))
	for i, code := range codes {
		out[i] = option{code, c.P.T(prefix + code), slices.Contains(on, code)}
	}
	return out
}

// readForm reads a posted form whole before anything looks at a part of it: one
// that is too large or broken is refused. Zero bytes are left out: they say
// nothing in a text and part the words of the store's keys.
func (c *Ctx) readForm() error {
	if c.Request.Method != http.MethodPost {
		return nil
	}
	err := c.Request.ParseForm() // ParseMultipartForm hides its error behind ErrNotMultipart
	if err == nil {
		err = c.Request.ParseMultipartForm(maxDocumentForm) // the largest body: nothing goes to a file on disk
	}
	var size *http.MaxBytesError
	switch {
	case errors.As(err, &size) && takesDocument(c.path):
		return fmt.Errorf("%w: %w", errDocument, err)
	case errors.As(err, &size):
		return err
	case err != nil && !errors.Is(err, http.ErrNotMultipart):
		return fmt.Errorf("%w: %w", errForm, err)
	}
	for _, values := range c.Request.PostForm {
		for i, v := range values {
			values[i] = strings.ReplaceAll(v, "\x00", "")
		}
	}
	return nil
}

// asked reads one word of the query, without zero bytes like readForm.
func (c *Ctx) asked(name string) string { return strings.ReplaceAll(c.Query(name), "\x00", "") }

// posted reads one field of a form.
func (c *Ctx) posted(name string) string { return strings.TrimSpace(c.PostForm(name)) }

// postedSeen reads when the record was read from which the form was made.
func (c *Ctx) postedSeen() time.Time {
	t, err := time.Parse(time.RFC3339Nano, c.PostForm("seen"))
	if err != nil {
		return time.Time{} // a form without it is taken as it is
	}
	return t
}

// postedDate reads a day; what is no day is a problem of the field.
func (c *Ctx) postedDate(p *agenda.Problems, name string) agenda.Date {
	s := c.posted(name)
	if s == "" {
		return agenda.Date{}
	}
	d, err := agenda.ParseDate(s)
	if err != nil {
		p.Add(name, "date", "15.09.2027")
	}
	return d
}

// postedLocal reads day and time of day from two fields. A time of day that is
// missing or none is its own field's problem, not the day's.
func (c *Ctx) postedLocal(p *agenda.Problems, day, clock string) agenda.Local {
	d := c.postedDate(p, day)
	if d.IsZero() && p.For(day) == nil {
		p.Add(day, "required", "")
	}
	s := c.posted(clock)
	h, m, err := agenda.ParseClock(s)
	switch {
	case s == "":
		p.Add(clock, "required", "")
	case err != nil:
		p.Add(clock, "clock", "18:30")
	}
	if d.IsZero() {
		return agenda.Local{}
	}
	return d.At(h, m)
}

func (c *Ctx) postedInt(p *agenda.Problems, name string) int {
	s := c.posted(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		p.Add(name, "number", "")
	}
	return n
}

// telling reads whether a change is told by mail, and with which sentence.
func (c *Ctx) telling() agenda.Telling {
	s := agenda.Text(c.posted("sentence"))
	if r := []rune(s); len(r) > 1000 {
		s = string(r[:1000])
	}
	return agenda.Telling{Mail: c.posted("mail") == "yes", Sentence: s}
}

// join adds the problems of two checks.
func joined(p agenda.Problems, err error) error {
	var q agenda.Problems
	if errors.As(err, &q) {
		for _, e := range q {
			if p.For(e.Field) == nil {
				p = append(p, e)
			}
		}
		return p.Err()
	}
	if len(p) > 0 {
		return p
	}
	return err
}
