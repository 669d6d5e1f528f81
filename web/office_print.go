package web

import (
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
)

// printDesk is the part of an edition's page that is about print.
type printDesk struct {
	Year          int
	Path          string
	Once          string
	Last          agenda.Freeze
	At            agenda.Date
	Changes       int
	Print         agenda.Date
	Over          bool // the copy deadline
	All, Approved int
	Unreachable   int
}

// printDesk returns what can be done about the print of an edition, nil for one
// that is not there yet.
func (w *Web) printDesk(c *Ctx, ed agenda.Edition, events []agenda.Event) (*printDesk, error) {
	p, err := w.public.load(c.ctx())
	if err != nil {
		return nil, err
	}
	ed, ok := p.edition(ed.Year)
	if !ok {
		return nil, nil
	}
	since, err := w.printed.since(c.ctx(), p, ed.Year)
	if err != nil {
		return nil, err
	}
	d := &printDesk{
		Year: ed.Year, Path: "/koordination/ausgaben/" + strconv.Itoa(ed.Year), Once: c.form("", "office.save").once().Once, Last: since.Freeze, Changes: len(since.Changes),
		At: agenda.LocalOf(since.Freeze.At, w.Store.Loc()).Date, Print: ed.Print, Over: !ed.AsksProofs(w.Store.Today()),
	}
	for _, e := range events {
		switch {
		case e.Edition != ed.Year || !e.Admitted() || e.Standing == agenda.Cancelled:
			continue
		case !e.ProofApproved.IsZero():
			d.Approved++
		case e.Internal.Email == "":
			d.Unreachable++
		}
		d.All++
	}
	return d, nil
}

// freezeEdition keeps what is public as the state that went to print.
func (w *Web) freezeEdition(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	f, err := w.Store.FreezeEdition(c.ctx(), c.actor(), year, c.posted("once"))
	if err != nil {
		return err
	}
	c.flash(c.P.T("print.desk.frozen", "n", f.Events))
	return c.redirect("/koordination/ausgaben/" + strconv.Itoa(year))
}

// sendProofs asks the organisers whether their events can be printed so.
func (w *Web) sendProofs(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	done, err := w.Store.SendProofs(c.ctx(), c.actor(), year, c.posted("once"))
	if err != nil {
		return err
	}
	text := c.P.N("print.desk.sent", done.Sent)
	if done.Unreachable > 0 {
		text += " " + c.P.N("print.desk.unreachable", done.Unreachable)
	}
	c.flash(text)
	return c.redirect("/koordination/ausgaben/" + strconv.Itoa(year))
}

// mailTo is a link that begins a mail, "" without an address.
func mailTo(address, subject string) template.URL {
	if address == "" {
		return ""
	}
	return template.URL("mailto:" + address + "?subject=" + strings.ReplaceAll(url.QueryEscape(subject), "+", "%20")) //nolint:gosec // escaped
}
