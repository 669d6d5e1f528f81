package frame

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// The refusals of the edge itself.
var (
	errMethod  = errors.New("method not allowed")
	errForeign = errors.New("form of another site")
	errForm    = errors.New("form cannot be read")
)

// outcomes is the one table from errors to what the reader sees: the status and
// the page, message keys error.<page>.title and error.<page>.text.
var outcomes = []struct {
	err    error
	status int
	page   string
}{
	{agenda.ErrNotFound, http.StatusNotFound, "not_found"},
	{agenda.ErrDenied, http.StatusForbidden, "denied"},
	{errForeign, http.StatusForbidden, "foreign"},
	{errMethod, http.StatusMethodNotAllowed, "method"},
	{agenda.ErrConflict, http.StatusConflict, "conflict"},
	{agenda.ErrState, http.StatusConflict, "state"},
	{agenda.ErrExpired, http.StatusGone, "expired"},
	{agenda.ErrTooMany, http.StatusTooManyRequests, "too_many_requests"},
	{kv.ErrFull, http.StatusInsufficientStorage, "full"},
	{errForm, http.StatusBadRequest, "form"},
}

// outcome finds the status and the page of an error. Every error it does not
// know is ours: 500, and nothing of it is shown.
func outcome(err error) (status int, page string) {
	for _, o := range outcomes {
		if errors.Is(err, o.err) {
			return o.status, o.page
		}
	}
	var tooLarge *http.MaxBytesError
	var problems agenda.Problems
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, "too_large"
	case errors.As(err, &problems):
		return http.StatusUnprocessableEntity, "problems"
	}
	return http.StatusInternalServerError, "internal"
}

// Conflict is a lost update that is explained: somebody else saved in between.
// Changes has, per field, what is stored now (Old) and what was typed (New).
type Conflict struct {
	Changes []agenda.Change
	Back    string // path of the page with what is stored now
}

// Error implements error.
func (Conflict) Error() string { return agenda.ErrConflict.Error() }

// Unwrap makes it an agenda.ErrConflict.
func (Conflict) Unwrap() error { return agenda.ErrConflict }

// failure is what the page error.html shows.
type failure struct {
	Page     string
	Request  string
	Office   string
	Conflict Conflict
	Typed    []agenda.Change // what was posted, so that nobody has to type it again
	Problems agenda.Problems
}

// fail answers with the page of an error. What is ours goes to the log under
// the number that the page shows.
func (c *Ctx) fail(err error) {
	status, page := outcome(err)
	ctx := c.Request.Context()
	if status >= http.StatusInternalServerError {
		c.Frame.Log.ErrorContext(ctx, "request failed", "error", err, "path", Masked(c.Request.URL.Path), "request", c.requestID())
	}
	if errors.Is(err, agenda.ErrDenied) && c.person == nil && c.route.Who > Visitor && c.Request.Method == http.MethodGet {
		to := c.Request.URL.Path
		if c.Request.URL.RawQuery != "" {
			to += "?" + c.Request.URL.RawQuery
		}
		_ = c.Redirect("/einloggen?weiter=" + url.QueryEscape(to))
		return
	}
	v := failure{Page: page, Request: c.requestID(), Office: c.Frame.Office}
	errors.As(err, &v.Conflict)
	errors.As(err, &v.Problems)
	if c.form != nil && status != http.StatusRequestEntityTooLarge && v.Conflict.Changes == nil {
		v.Typed = c.form.typed()
	}
	c.Writer.Header().Set("Cache-Control", "no-store")
	if status == http.StatusTooManyRequests {
		c.Writer.Header().Set("Retry-After", "60")
	}
	err = c.Render(c.Frame.layout, "error", View{Status: status, Title: c.T("error." + page + ".title"), Data: v, NoIndex: true})
	if err != nil {
		c.Frame.Log.ErrorContext(ctx, "error page", "error", err, "request", c.requestID())
		c.String(http.StatusInternalServerError, "500 %s", c.requestID())
	}
}

// typed lists what was posted and has a name that people know.
func (f *Form) typed() []agenda.Change {
	var out []agenda.Change
	for name, values := range f.Values {
		if v := agenda.Text(strings.Join(values, ", ")); v != "" && !slices.Contains([]string{"seen", "code"}, name) {
			out = append(out, agenda.Change{Field: name, New: v})
		}
	}
	slices.SortFunc(out, func(a, b agenda.Change) int { return strings.Compare(a.Field, b.Field) })
	return out
}
