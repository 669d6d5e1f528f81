package agenda

import (
	"errors"
	"strings"
)

// The errors on which callers branch.
var (
	ErrNotFound = errors.New("not found")
	ErrDenied   = errors.New("not allowed")
	ErrConflict = errors.New("changed by somebody else in the meantime")
	ErrState    = errors.New("not possible in this state")
	ErrExpired  = errors.New("no longer valid")
	ErrTooMany  = errors.New("too many attempts")
	ErrRemoved  = errors.New("no longer one of the editors")
)

// FieldError says what is wrong with one field of a form or one cell of a
// file. Rule is a message key of the area "error" ("required", "too_long",
// "email", "date", "order" …); Want is a value that the message names.
type FieldError struct {
	Field string
	Rule  string
	Want  string
}

// Error returns the field, the rule and what would be right, in English.
func (e *FieldError) Error() string {
	if e.Want == "" {
		return e.Field + ": " + e.Rule
	}
	return e.Field + ": " + e.Rule + " (want " + e.Want + ")"
}

// Problems are all that is wrong with a form, in the order of its fields.
type Problems []*FieldError

// Error joins the messages of all problems.
func (p Problems) Error() string {
	s := make([]string, len(p))
	for i, e := range p {
		s[i] = e.Error()
	}
	return strings.Join(s, "; ")
}

// Add appends a problem.
func (p *Problems) Add(field, rule, want string) { *p = append(*p, &FieldError{field, rule, want}) }

// Unreadable is the error of a file of which nothing can be read. The keys of
// the area "error" begin with "file_"; want is a limit or a place in the file.
func Unreadable(rule, want string) error { return Problems{{"file", "file_" + rule, want}} }

// Err returns p as an error, nil if there is no problem.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// For returns the first problem of a field, nil if there is none.
func (p Problems) For(field string) *FieldError {
	for _, e := range p {
		if e.Field == field {
			return e
		}
	}
	return nil
}
