package web

import (
	"errors"
	"net/http"
	"net/url"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/store"
)

// errMethod is a method that the address does not take; errCross a post that
// came from another site; errForm one that is no form; errLogin asks for a
// log-in first.
var (
	errMethod = errors.New("method not allowed")
	errCross  = errors.New("posted from another site")
	errForm   = errors.New("unreadable form")
	errLogin  = errors.New("log-in needed")

	// errDocument is a document that is too large; its page says so.
	errDocument = errors.New("document too large")
)

// verdict is what a kind of error is to a reader.
type verdict struct {
	is     error
	status int
	key    string // of the messages error.page.<key>.title and .text
}

// verdicts is the only table from errors to statuses and texts.
var verdicts = []verdict{
	{agenda.ErrNotFound, http.StatusNotFound, "not_found"},
	{agenda.ErrDenied, http.StatusForbidden, "denied"},
	{agenda.ErrConflict, http.StatusConflict, "conflict"},
	{agenda.ErrState, http.StatusConflict, "state"},
	{agenda.ErrExpired, http.StatusGone, "expired"},
	{agenda.ErrRemoved, http.StatusGone, "removed"},
	{agenda.ErrTooMany, http.StatusTooManyRequests, "too_many"},
	{store.ErrNeedCode, http.StatusForbidden, "denied"},
	{errMethod, http.StatusMethodNotAllowed, "method"},
	{errCross, http.StatusForbidden, "cross"},
	{errForm, http.StatusBadRequest, "input"},
	{errPress, http.StatusServiceUnavailable, "press"},
	{kv.ErrFull, http.StatusInsufficientStorage, "full"},
}

func judge(err error) verdict {
	for _, v := range verdicts {
		if errors.Is(err, v.is) {
			return v
		}
	}
	var size *http.MaxBytesError
	if errors.As(err, &size) {
		return verdict{err, http.StatusRequestEntityTooLarge, "too_large"}
	}
	var problems agenda.Problems
	if errors.As(err, &problems) {
		return verdict{err, http.StatusUnprocessableEntity, "input"}
	}
	return verdict{err, http.StatusInternalServerError, "internal"}
}

// fail answers a request that failed: with the log-in page if that would help,
// else with a page that says what happened and what to do. Details of unknown
// errors stand in the log only, under the request's id.
func (c *Ctx) fail(err error) {
	if errors.Is(err, errLogin) {
		if c.Request.Method != http.MethodPost {
			c.Redirect(http.StatusSeeOther, c.url("/einloggen")+"?weiter="+url.QueryEscape(c.Request.URL.RequestURI()))
			return
		}
		err = agenda.ErrDenied
	}
	c.P, c.kept = c.Frame, false // what went wrong is said in every language
	v := judge(err)
	id, _ := c.ctx().Value(requestIDKey).(string)
	if v.status >= http.StatusInternalServerError {
		c.w.Log.Error("request failed", "request", id, "method", c.Request.Method, "path", masked(c.path), "error", err)
	}
	text := c.P.T("error.page." + v.key + ".text")
	var problems agenda.Problems
	var list []string
	if errors.As(err, &problems) {
		for _, p := range problems {
			list = append(list, c.fieldName(p.Field)+": "+c.problem(p))
		}
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Security-Policy", policy) // also where the page itself may stand in frames
	if err := c.page(v.status, "error", c.P.T("error.page."+v.key+".title"), map[string]any{"Text": text, "ID": id, "List": list}); err != nil {
		c.w.Log.Error("error page failed", "request", id, "error", err)
		c.String(v.status, text+" "+id)
	}
}

// problem says what is wrong with one field.
func (c *Ctx) problem(p *agenda.FieldError) string {
	return c.P.T("error."+p.Rule, "want", p.Want)
}
