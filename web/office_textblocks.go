package web

import (
	"net/http"
	"slices"

	"widunetz/internal/agenda"
)

// showTextBlocks is the list of the text blocks, with a form for a new one or
// for the one that the address names.
func (w *Web) showTextBlocks(c *Ctx) error {
	blocks, err := w.Store.TextBlocks(c.ctx())
	if err != nil {
		return err
	}
	var b agenda.TextBlock
	if id := c.asked("baustein"); id != "" {
		i := slices.IndexFunc(blocks, func(o agenda.TextBlock) bool { return string(o.ID) == id })
		if i < 0 {
			return agenda.ErrNotFound
		}
		b = blocks[i]
	}
	return w.textBlocksPage(c, http.StatusOK, b, nil)
}

func (w *Web) textBlocksPage(c *Ctx, status int, b agenda.TextBlock, err error) error {
	blocks, lerr := w.Store.TextBlocks(c.ctx())
	if lerr != nil {
		return lerr
	}
	f := c.form("/koordination/textbausteine", "office.save")
	f.must("name", b.Name, 60)
	f.add(field{Kind: "area", Name: "text", Value: b.Text, Max: 1000, Required: true})
	if b.ID == "" {
		f.once().Submit = c.P.T("office.add")
	} else {
		f.seen(b.Changed).More = []option{{Value: "delete", Label: c.P.T("review.block_delete")}}
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "textblocks", c.P.T("review.blocks_title"), map[string]any{"Form": f, "Blocks": blocks, "Block": b})
}

// saveTextBlock adds a text block, changes it or deletes it.
func (w *Web) saveTextBlock(c *Ctx) error {
	b := agenda.TextBlock{ID: agenda.TextBlockID(c.posted("block")), Name: c.posted("name"), Text: c.posted("text"), Changed: c.postedSeen()}
	said := "office.saved"
	var err error
	if c.posted("do") == "delete" {
		said, err = "review.block_deleted", w.Store.DeleteTextBlock(c.ctx(), c.actor(), b.ID, b.Changed)
	} else {
		_, err = w.Store.SaveTextBlock(c.ctx(), c.actor(), b, c.posted("once"), b.Changed)
	}
	if err != nil {
		return w.textBlocksPage(c, http.StatusUnprocessableEntity, b, err)
	}
	c.flash(c.P.T(said, "name", agenda.Line(b.Name)))
	return c.redirect("/koordination/textbausteine")
}
