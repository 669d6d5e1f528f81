package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/exchange"
)

func (w *Web) showPeople(c *Ctx) error {
	people, err := w.Store.People(c.ctx())
	if err != nil {
		return err
	}
	names, err := c.institutionNames()
	if err != nil {
		return err
	}
	if q := agenda.Fold(c.Query("q")); q != "" {
		people = slices.DeleteFunc(people, func(p agenda.Person) bool {
			return !strings.Contains(agenda.Fold(p.Name()+" "+p.Email+" "+names[p.Institution]), q)
		})
	}
	returned, err := w.Store.Returned(c.ctx())
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "people", c.P.T("office.people"), map[string]any{"People": people, "Returned": returned, "Institutions": names, "Q": c.Query("q")})
}

// personOfPath is the person of the address, a new one for "neu".
func (c *Ctx) personOfPath() (agenda.Person, error) {
	if c.Param("person") == "" {
		return agenda.Person{Lang: agenda.German}, nil
	}
	return c.store().Person(c.ctx(), agenda.PersonID(c.Param("person")))
}

func (w *Web) showPerson(c *Ctx) error {
	p, err := c.personOfPath()
	if err != nil {
		return err
	}
	return w.personPage(c, http.StatusOK, p, nil)
}

func (w *Web) personPage(c *Ctx, status int, p agenda.Person, err error) error {
	institutions, ierr := w.Store.Institutions(c.ctx())
	if ierr != nil {
		return ierr
	}
	f := c.form(c.path, "office.save").seen(p.Changed)
	f.text("given", p.Given, 100).must("family", p.Family, 100)
	f.add(field{Kind: "email", Name: "email", Value: p.Email, Max: 254, Dir: "ltr"}).add(field{Kind: "tel", Name: "phone", Value: p.Phone, Max: 60, Dir: "ltr"})
	options := []option{{"", "–", p.Institution == ""}}
	for _, i := range institutions {
		options = append(options, option{string(i.ID), i.Name, i.ID == p.Institution})
	}
	f.choose("select", "institution", options, false)
	f.choose("select", "lang", w.memberLangs(p.Lang), false).check("coordinator", p.Coordinator)
	if err != nil && !f.refuse(err) {
		return err
	}
	seats, serr := w.Store.SeatsOf(c.ctx(), p.ID)
	if serr != nil {
		return serr
	}
	returned, rerr := w.Store.Returned(c.ctx())
	if rerr != nil {
		return rerr
	}
	title := p.Name()
	switch {
	case p.ID == "":
		title = c.P.T("office.new_person")
	case title == "": // the form was sent without a name
		title = c.P.T("office.people")
	}
	listing := c.listingForm("/koordination/personen/"+string(p.ID)+"/verzeichnis", p.Listing)
	return c.page(status, "person", title, map[string]any{"Form": f, "Listing": listing, "P": p, "Seats": seats, "Returned": returned[p.Email], "Today": w.Store.Today()})
}

func (w *Web) savePerson(c *Ctx) error {
	p, err := c.personOfPath()
	if err != nil {
		return err
	}
	p.Given, p.Family, p.Email, p.Phone = c.posted("given"), c.posted("family"), c.posted("email"), c.posted("phone")
	p.Institution, p.Coordinator = agenda.InstitutionID(c.posted("institution")), c.posted("coordinator") != ""
	if l := agenda.Lang(c.posted("lang")); w.Catalog.Enabled(l) {
		p.Lang = l
	}
	if p.ID == c.signedIn().ID && !p.Coordinator {
		return w.personPage(c, http.StatusUnprocessableEntity, p, agenda.Problems{{Field: "coordinator", Rule: "itself"}})
	}
	saved, err := w.Store.SavePerson(c.ctx(), c.actor(), p, c.postedSeen())
	if err != nil {
		return w.personPage(c, http.StatusUnprocessableEntity, p, err)
	}
	c.flash(c.P.T("office.saved", "name", saved.Name()))
	return c.redirect("/koordination/personen")
}

func (w *Web) showDeletePerson(c *Ctx) error {
	p, err := c.personOfPath()
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "deleteperson", c.P.T("office.delete_person"), map[string]any{"P": p})
}

func (w *Web) deletePerson(c *Ctx) error {
	id := agenda.PersonID(c.Param("person"))
	if id == c.signedIn().ID {
		return agenda.ErrDenied
	}
	if err := w.Store.DeletePerson(c.ctx(), c.actor(), id); err != nil {
		return err
	}
	c.flash(c.P.T("office.deleted"))
	return c.redirect("/koordination/personen")
}

func (w *Web) showInstitutions(c *Ctx) error { return w.institutionsPage(c, http.StatusOK, nil) }

func (w *Web) institutionsPage(c *Ctx, status int, err error) error {
	all, ierr := w.Store.Institutions(c.ctx())
	if ierr != nil {
		return ierr
	}
	people, ierr := w.Store.People(c.ctx())
	if ierr != nil {
		return ierr
	}
	count := map[agenda.InstitutionID]int{}
	for _, p := range people {
		count[p.Institution]++
	}
	f := c.form("/koordination/institutionen", "office.add")
	f.must("name", "", 200).text("town", "", 60)
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "institutions", c.P.T("office.institutions"), map[string]any{"All": all, "Count": count, "Form": f})
}

func (w *Web) addInstitution(c *Ctx) error {
	i := agenda.Institution{Name: c.posted("name"), Town: c.posted("town")}
	if _, err := w.Store.SaveInstitution(c.ctx(), c.actor(), i); err != nil {
		return w.institutionsPage(c, http.StatusUnprocessableEntity, err)
	}
	return c.redirect("/koordination/institutionen")
}

func (w *Web) mergeInstitutions(c *Ctx) error {
	into, from := agenda.InstitutionID(c.posted("into")), agenda.InstitutionID(c.posted("from"))
	if err := w.Store.MergeInstitutions(c.ctx(), c.actor(), into, from); err != nil {
		return err
	}
	c.flash(c.P.T("office.merged"))
	return c.redirect("/koordination/institutionen")
}

func (w *Web) showImport(c *Ctx) error { return w.importPage(c, http.StatusOK, nil) }

func (w *Web) importPage(c *Ctx, status int, err error) error {
	groups, gerr := w.Store.Groups(c.ctx())
	if gerr != nil {
		return gerr
	}
	f := c.form("/koordination/import", "import.preview")
	f.Upload = true
	f.choose("radios", "kind", c.codes("import.kind.", []string{"people", "events", "calendar"}, "people"), true)
	f.Fields[0].Label = c.P.T("import.what")
	options := []option{{"", "–", true}}
	for _, g := range groups {
		options = append(options, option{string(g.ID), g.Name, false})
	}
	f.add(field{Kind: "select", Name: "group", Options: options, Label: c.P.T("import.group")})
	f.add(field{Kind: "file", Name: "file", Required: true})
	values := map[string]any{"Form": f}
	if err != nil && !f.refuse(err) {
		values["Problem"] = err.Error()
	}
	return c.page(status, "import", c.P.T("import.title"), values)
}

// runImport shows what a file would change; the second post, with the file in
// the form, does it.
func (w *Web) runImport(c *Ctx) error {
	b, err := c.postedFile()
	if err != nil {
		return err
	}
	kind, group, really := c.posted("kind"), agenda.GroupID(c.posted("group")), c.posted("do") == "import"
	if kind == "calendar" && group == "" {
		return w.importPage(c, http.StatusUnprocessableEntity, agenda.Problems{{Field: "group", Rule: "required"}})
	}
	report, err := exchange.Import{Kind: exchange.Kind(kind), Group: group, Dry: !really}.Take(c.ctx(), w.Store, c.actor(), b)
	if err != nil {
		return w.importPage(c, http.StatusUnprocessableEntity, err)
	}
	if really {
		c.flash(c.P.T("import.done", "added", report.Count("added"), "changed", report.Count("changed"), "problems", len(report.Problems)))
	}
	return c.page(http.StatusOK, "importreport", c.P.T("import.title"), map[string]any{
		"Report": report, "Done": really, "Kind": kind, "Group": group, "Data": base64.StdEncoding.EncodeToString(b),
		"Added": report.Count("added"), "Changed": report.Count("changed"), "Same": report.Count("same"),
	})
}

// postedFile reads the file of the form, or its copy in the preview.
func (c *Ctx) postedFile() ([]byte, error) {
	if s := c.PostForm("data"); s != "" {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, agenda.Problems{{Field: "file", Rule: "required"}}
		}
		return b, nil
	}
	head, err := c.FormFile("file")
	if err != nil {
		var size *http.MaxBytesError
		if errors.As(err, &size) {
			return nil, err
		}
		return nil, agenda.Problems{{Field: "file", Rule: "required"}}
	}
	f, err := head.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// export answers with a table of people or of a year's events, as the import
// reads it.
func (w *Web) export(c *Ctx) error {
	name, suffix, _ := strings.Cut(c.Param("file"), ".")
	format := exchange.Format(suffix)
	x := exchange.Export{Store: w.Store, German: w.Catalog.Printer(agenda.German), BaseURL: w.Site.BaseURL}
	var b bytes.Buffer
	var err error
	if name == "personen" {
		err = x.People(c.ctx(), &b, format)
	} else if year, ok := strings.CutPrefix(name, "programm-"); ok {
		if y, national := strings.CutSuffix(year, "-ikw"); national && format == exchange.CSV {
			year, format = y, exchange.IKW
		}
		n, nerr := strconv.Atoi(year)
		if nerr != nil {
			return agenda.ErrNotFound
		}
		err = x.Programme(c.ctx(), &b, n, format)
	} else if year, ok := strings.CutPrefix(name, "bericht-"); ok {
		n, nerr := strconv.Atoi(year)
		if nerr != nil {
			return agenda.ErrNotFound
		}
		err = x.Report(c.ctx(), &b, n, format)
	} else {
		return agenda.ErrNotFound
	}
	var unknown *exchange.ErrFormat
	if errors.As(err, &unknown) {
		return agenda.ErrNotFound
	}
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+c.Param("file")+`"`)
	c.Data(http.StatusOK, exportTypes[format], b.Bytes())
	return nil
}

var exportTypes = map[exchange.Format]string{
	exchange.CSV: "text/csv; charset=utf-8", exchange.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	exchange.IKW: "text/csv; charset=utf-8", exchange.ICS: calendarType, exchange.JSON: "application/json",
}
