package web

import (
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
)

// showMailbox lists the mails that were left in the mailbox for a person, and
// says how the mailbox is.
func (w *Web) showMailbox(c *Ctx) error {
	box, err := w.Store.Mailbox(c.ctx())
	if err != nil {
		return err
	}
	left, err := w.Store.LeftMails(c.ctx())
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "mailbox", c.P.T("inbox.title"), map[string]any{"Address": w.Mailbox, "Box": box, "Left": left})
}

// dropLeft takes a mail off the list.
func (w *Web) dropLeft(c *Ctx) error {
	number, err := strconv.ParseUint(c.posted("number"), 10, 32)
	if err != nil {
		return agenda.ErrNotFound
	}
	if err := w.Store.DropLeft(c.ctx(), c.actor(), uint32(number)); err != nil {
		return err
	}
	c.flash(c.P.T("inbox.dropped"))
	return c.redirect("/koordination/postfach")
}

// trustAddress takes the mark of an address back from which a mail came back.
func (w *Web) trustAddress(c *Ctx) error {
	id := agenda.PersonID(c.Param("person"))
	if err := w.Store.TrustAddress(c.ctx(), c.actor(), id); err != nil {
		return err
	}
	c.flash(c.P.T("inbox.trusted"))
	return c.redirect("/koordination/personen/" + string(id))
}

// postbox is what the desk says of the mailbox.
type postbox struct {
	agenda.Mailbox
	On   bool
	Left int
}

func (w *Web) postbox(c *Ctx) (p postbox, err error) {
	if p.On = w.Mailbox != ""; !p.On {
		return p, nil
	}
	if p.Mailbox, err = w.Store.Mailbox(c.ctx()); err != nil {
		return p, err
	}
	left, err := w.Store.LeftMails(c.ctx())
	p.Left = len(left)
	return p, err
}
