package web

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/exchange"
)

// The directory is for members only, and shows of each person what she agreed
// to.

func (c *Ctx) directoryFilter() agenda.DirectoryFilter {
	return agenda.DirectoryFilter{Town: c.asked("ort"), Field: c.asked("feld"), Words: agenda.Line(c.asked("q"))}
}

func (w *Web) showDirectory(c *Ctx) error {
	f := c.directoryFilter()
	entries, err := w.Store.Directory(c.ctx(), f)
	if err != nil {
		return err
	}
	institutions, err := w.Store.Institutions(c.ctx())
	if err != nil {
		return err
	}
	people := 0
	for _, e := range entries {
		people += len(e.People)
	}
	cards := "/verzeichnis.vcf?" + url.Values{"ort": {f.Town}, "feld": {f.Field}, "q": {f.Words}}.Encode()
	return c.page(http.StatusOK, "directory", c.P.T("directory.title"), map[string]any{
		"Entries": entries, "People": people, "Towns": townOptions(institutions, f.Town), "Fields": c.codes("directory.field.", agenda.WorkFields, f.Field),
		"F": f, "Cards": cards, "Mine": c.signedIn().Listing,
	})
}

// townOptions are the towns of the institutions.
func townOptions(institutions []agenda.Institution, on string) []option {
	var out []option
	for _, i := range institutions {
		if i.Town != "" && !slices.ContainsFunc(out, func(o option) bool { return o.Value == i.Town }) {
			out = append(out, option{i.Town, i.Town, i.Town == on})
		}
	}
	slices.SortFunc(out, func(a, b option) int { return strings.Compare(agenda.Fold(a.Value), agenda.Fold(b.Value)) })
	return out
}

// directoryCards answers with the people of the selection, or one of them, as
// cards for an address book.
func (w *Web) directoryCards(c *Ctx) error {
	entries, err := w.Store.Directory(c.ctx(), c.directoryFilter())
	if err != nil {
		return err
	}
	name := "verzeichnis.vcf"
	if card := c.Param("card"); card != "" {
		id, _ := strings.CutSuffix(card, ".vcf")
		entries = onlyOf(entries, agenda.PersonID(id))
		if len(entries) == 0 {
			return agenda.ErrNotFound
		}
		name = agenda.Slug(entries[0].People[0].Name()) + ".vcf"
	}
	var b bytes.Buffer
	if err := exchange.Cards(&b, entries); err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Data(http.StatusOK, exchange.CardType, b.Bytes())
	return nil
}

// onlyOf leaves one person of the directory.
func onlyOf(entries []agenda.DirectoryEntry, id agenda.PersonID) []agenda.DirectoryEntry {
	for _, e := range entries {
		for _, p := range e.People {
			if p.ID == id {
				return []agenda.DirectoryEntry{{Institution: e.Institution, People: []agenda.Person{p}}}
			}
		}
	}
	return nil
}

// listingForm is the form in which somebody says what the directory shows.
func (c *Ctx) listingForm(action string, l agenda.Listing) *form {
	return c.form(action, "groups.save").check("listed_name", l.Name).check("listed_email", l.Email).check("listed_phone", l.Phone)
}

func (c *Ctx) postedListing() agenda.Listing {
	return agenda.Listing{Name: c.posted("listed_name") != "", Email: c.posted("listed_email") != "", Phone: c.posted("listed_phone") != ""}
}

// saveOwnListing keeps what a member shows of herself.
func (w *Web) saveOwnListing(c *Ctx) error {
	if err := w.Store.SetListing(c.ctx(), c.actor(), c.signedIn().ID, c.postedListing()); err != nil {
		return err
	}
	c.flash(c.P.T("groups.saved"))
	return c.redirect("/konto")
}

// saveListing keeps what somebody said to the office.
func (w *Web) saveListing(c *Ctx) error {
	p, err := c.personOfPath()
	if err != nil {
		return err
	}
	if err := w.Store.SetListing(c.ctx(), c.actor(), p.ID, c.postedListing()); err != nil {
		return err
	}
	c.flash(c.P.T("office.saved", "name", p.Name()))
	return c.redirect("/koordination/personen/" + string(p.ID))
}

func (w *Web) showInstitution(c *Ctx) error {
	i, err := w.Store.Institution(c.ctx(), agenda.InstitutionID(c.Param("institution")))
	if err != nil {
		return err
	}
	return w.institutionPage(c, http.StatusOK, i, nil)
}

func (w *Web) institutionPage(c *Ctx, status int, i agenda.Institution, err error) error {
	f := c.form("/koordination/institutionen/"+string(i.ID), "office.save").seen(i.Changed)
	f.must("name", i.Name, 200)
	f.add(field{Kind: "text", Name: "town", Value: i.Town, Max: 60, List: agenda.Towns})
	f.add(field{Kind: "text", Name: "website", Value: i.Website, Max: 500, Dir: "ltr"})
	f.choose("checks", "workfields", c.codes("directory.field.", agenda.WorkFields, i.Fields...), false)
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "institution", c.P.T("office.edit_institution"), map[string]any{"Form": f, "I": i})
}

func (w *Web) changeInstitution(c *Ctx) error {
	i, err := w.Store.Institution(c.ctx(), agenda.InstitutionID(c.Param("institution")))
	if err != nil {
		return err
	}
	i.Name, i.Town, i.Website, i.Fields = c.posted("name"), c.posted("town"), c.posted("website"), c.PostFormArray("workfields")
	if seen := c.postedSeen(); !seen.IsZero() {
		i.Changed = seen
	}
	if _, err := w.Store.SaveInstitution(c.ctx(), c.actor(), i); err != nil {
		return w.institutionPage(c, http.StatusUnprocessableEntity, i, err)
	}
	c.flash(c.P.T("office.saved", "name", i.Name))
	return c.redirect("/koordination/institutionen")
}
