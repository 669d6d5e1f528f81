package frame

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// Form is what stands in the fields of a form, as it was typed, and what is
// wrong with it.
type Form struct {
	Values   url.Values
	Problems agenda.Problems
}

// NewForm returns a form with nothing in it, to be filled with Set.
func NewForm() *Form { return &Form{Values: url.Values{}} }

// Form reads the form that was posted. The error is for the table: a body that
// is too large or no form.
func (c *Ctx) Form() (*Form, error) {
	if c.form != nil {
		return c.form, nil
	}
	err := c.Request.ParseForm()
	if err == nil {
		err = c.Request.ParseMultipartForm(1 << 20) // more than that goes to a temporary file
	}
	if errors.Is(err, http.ErrNotMultipart) {
		err = nil
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errForm, err)
	}
	c.form = &Form{Values: c.Request.PostForm}
	return c.form, nil
}

// Set puts values into a field.
func (f *Form) Set(name string, values ...string) { f.Values[name] = values }

// SetTime puts a wall-clock time into the two fields that Local reads.
func (f *Form) SetTime(name string, l agenda.Local) {
	if !l.IsZero() {
		f.Set(name+"_date", l.Date.String())
		f.Set(name+"_clock", l.Clock())
	}
}

// SetOn ticks a box.
func (f *Form) SetOn(name string, on bool) {
	if on {
		f.Set(name, "1")
	}
}

// SetSeen notes which version of a thing the form was made from.
func (f *Form) SetSeen(changed time.Time) { f.Set("seen", changed.UTC().Format(time.RFC3339)) }

// Get returns what was typed.
func (f *Form) Get(name string) string { return f.Values.Get(name) }

// Line returns what was typed as one clean line.
func (f *Form) Line(name string) string { return agenda.Line(f.Values.Get(name)) }

// Text returns what was typed as a clean text of several lines.
func (f *Form) Text(name string) string { return agenda.Text(f.Values.Get(name)) }

// List returns all values of a group of boxes.
func (f *Form) List(name string) []string { return f.Values[name] }

// On reports whether a box was ticked.
func (f *Form) On(name string) bool { return f.Values.Get(name) != "" }

// Int returns a number, 0 for an empty field. What is no number is a problem.
func (f *Form) Int(name string) int {
	s := f.Line(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		f.Problems.Add(name, "number", "12")
	}
	return n
}

// Date returns a day, no day for an empty field. What is no day is a problem.
func (f *Form) Date(name string) agenda.Date {
	s := f.Line(name)
	if s == "" {
		return agenda.Date{}
	}
	d, err := agenda.ParseDate(s)
	if err != nil {
		f.Problems.Add(name, "date", "30.08.2027")
	}
	return d
}

// Local returns the time of the two fields name_date and name_clock, no time if
// both are empty. What is wrong with either is a problem of name.
func (f *Form) Local(name string) agenda.Local {
	day, clock := f.Line(name+"_date"), f.Line(name+"_clock")
	if day == "" && clock == "" {
		return agenda.Local{}
	}
	d, err := agenda.ParseDate(day)
	if err != nil {
		f.Problems.Add(name, "date", "30.08.2027")
		return agenda.Local{}
	}
	h, m, err := agenda.ParseClock(clock)
	if err != nil {
		f.Problems.Add(name, "clock", "18:30")
		return agenda.Local{}
	}
	return d.At(h, m)
}

// Seen returns the version that the form was made from, the zero time if it
// does not say.
func (f *Form) Seen() time.Time {
	t, err := time.Parse(time.RFC3339, f.Get("seen"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Fail takes the problems of err into the form, after those found while
// reading it. It returns any other error as it is.
func (f *Form) Fail(err error) error {
	var p agenda.Problems
	if !errors.As(err, &p) {
		return err
	}
	for _, e := range p {
		if f.Problems.For(e.Field) == nil {
			f.Problems = append(f.Problems, e)
		}
	}
	return nil
}

// Option is one choice of a field.
type Option struct{ Value, Text string }

// Field is one field of a form as templates/fields.html shows it.
type Field struct {
	Name, Label, Hint, Error string
	Type                     string // of the input: text, email, tel, url, number, date, time, search, file
	Autocomplete             string // WCAG 1.3.5
	Value, Clock             string // what stands in it; Clock of a field.when only
	Values                   []string
	Options                  []Option
	Empty                    string // text of a select's empty choice, "" for none
	Max, Rows                int
	Required                 bool
	Optional                 bool // says so behind the label
}

// ID is the identifier of the field's element; the summary links to it.
func (f Field) ID() string { return "f-" + f.Name }

// DescribedBy names the elements that explain the field.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// Has reports whether v is chosen.
func (f Field) Has(v string) bool { return slices.Contains(f.Values, v) }

// newField makes a field of what a template says of it: names and values in
// turn.
func newField(p *lang.Printer, form *Form, name string, opts []any) (Field, error) {
	if form == nil {
		form = NewForm()
	}
	f := Field{Name: name, Label: p.T("field." + name), Type: "text", Rows: 4, Values: form.Values[name], Value: form.Get(name)}
	if d := form.Get(name + "_date"); d != "" || form.Get(name+"_clock") != "" {
		f.Value, f.Clock = d, form.Get(name+"_clock")
	}
	if e := form.Problems.For(name); e != nil {
		f.Error = problem(p, e)
	}
	m, err := dict(opts...)
	if err != nil {
		return f, err
	}
	for key, v := range m {
		if err := f.option(key, v); err != nil {
			return f, fmt.Errorf("field %s: %w", name, err)
		}
	}
	return f, nil
}

func (f *Field) option(key string, v any) (err error) {
	texts := map[string]*string{"label": &f.Label, "hint": &f.Hint, "type": &f.Type, "autocomplete": &f.Autocomplete, "empty": &f.Empty}
	numbers := map[string]*int{"max": &f.Max, "rows": &f.Rows}
	flags := map[string]*bool{"required": &f.Required, "optional": &f.Optional}
	ok := true
	switch {
	case texts[key] != nil:
		*texts[key], ok = v.(string)
	case numbers[key] != nil:
		*numbers[key], ok = v.(int)
	case flags[key] != nil:
		*flags[key], ok = v.(bool)
	case key == "options":
		f.Options, ok = v.([]Option)
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("option %s is not known or of another type", key)
	}
	return nil
}

// problem says in one sentence what is wrong with a field.
func problem(p *lang.Printer, e *agenda.FieldError) string {
	return p.T("error."+e.Rule, "want", e.Want, "field", p.T("field."+e.Field))
}
