package web

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/picture"
	"widunetz/internal/store"
)

// easel is where an event's picture is chosen: on the page that its submitter's
// link opens, or at the desk.
type easel struct {
	agenda.Event
	Home string // path of the event's page there
	Desk bool
}

// easel is that of the address.
func (c *Ctx) easel() (easel, error) {
	if token := c.Param("token"); token != "" {
		e, err := c.store().Submission(c.ctx(), token)
		return easel{e, "/einreichung/" + token, false}, err
	}
	e, err := c.store().Event(c.ctx(), agenda.EventID(c.Param("event")))
	return easel{e, "/koordination/veranstaltungen/" + string(e.ID), true}, err
}

// Open reports whether the picture can be changed here.
func (e easel) Open() bool { return e.Desk || e.Editable() }

func (w *Web) showPicture(c *Ctx) error {
	e, err := c.easel()
	if err != nil {
		return err
	}
	p := agenda.Picture{}
	if e.Picture != nil {
		p = *e.Picture
		p.Consent = time.Time{} // is given anew with every change
	}
	return w.picturePage(c, http.StatusOK, e, p, nil)
}

func (w *Web) picturePage(c *Ctx, status int, e easel, p agenda.Picture, err error) error {
	c.Header("Cache-Control", "no-store")
	f := c.form(e.Home+"/bild", "picture.save").seen(e.Changed)
	f.Upload = true
	file := field{Kind: "file", Name: "file", Required: true, Accept: "image/jpeg,image/png", Label: c.P.T("picture.file"), Hint: c.P.T("picture.hint.file")}
	if e.Picture != nil {
		file.Required, file.Hint = false, c.P.T("picture.hint.other")+" "+file.Hint
	}
	f.add(file)
	f.add(field{Kind: "text", Name: "alt", Value: p.Alt, Max: 300, Required: true, Hint: c.P.T("picture.hint.alt")})
	f.add(field{Kind: "text", Name: "credit", Value: p.Credit, Max: 150, Required: true, Hint: c.P.T("picture.hint.credit")})
	f.choose("select", "licence", withEmpty(c.codes("term.licence.", agenda.Licences, string(p.Licence))), true)
	consent := field{Kind: "check", Name: "consent", Required: true}
	if !p.Consent.IsZero() {
		consent.Value = "1"
	}
	f.add(consent)
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "picture", c.P.T("picture.title"), map[string]any{
		"Form": f, "E": e, "Remove": c.form(e.Home+"/bild/loeschen", "picture.delete").seen(e.Changed), "Saved": c.Query("gespeichert") != "",
	})
}

func (w *Web) savePicture(c *Ctx) error {
	e, err := c.easel()
	if err != nil {
		return err
	}
	if !e.Open() {
		return agenda.ErrState
	}
	p := agenda.Picture{Alt: c.posted("alt"), Credit: c.posted("credit"), Licence: agenda.Licence(c.posted("licence"))}
	if c.posted("consent") != "" {
		p.Consent = w.Store.Now()
	}
	prints, problems, err := c.postedPicture(&p, e.Picture != nil)
	if err != nil {
		return err
	}
	if err = joined(problems, p.Clean().Check()); err != nil {
		return w.picturePage(c, http.StatusUnprocessableEntity, e, p, withFileAgain(err, prints))
	}
	if e.Desk {
		_, err = w.Store.Illustrate(c.ctx(), c.actor(), e.ID, p, prints, c.postedSeen())
	} else {
		_, err = w.Store.IllustrateSubmission(c.ctx(), c.Param("token"), p, prints, c.postedSeen())
	}
	if err != nil {
		return err
	}
	return c.leaveEasel(e, "picture.saved")
}

// postedPicture draws the posted file anew and notes its sizes in p. No file is
// a problem unless there is a picture already; a file that cannot be taken
// always is.
func (c *Ctx) postedPicture(p *agenda.Picture, there bool) (b store.Prints, problems agenda.Problems, err error) {
	file, err := c.postedFile()
	if errors.As(err, &problems) {
		if there {
			problems = nil
		}
		return b, problems, nil
	}
	if err != nil {
		return b, nil, err
	}
	prints, err := picture.Print(c.ctx(), file)
	for _, r := range pictureRules {
		if errors.Is(err, r.is) {
			problems.Add("file", r.rule, r.want)
			return b, problems, nil
		}
	}
	if err != nil {
		return b, nil, err
	}
	p.Width, p.Height, p.SmallWidth, p.SmallHeight = prints.Large.Width, prints.Large.Height, prints.Small.Width, prints.Small.Height
	return store.Prints{Large: prints.Large.Data, Small: prints.Small.Data}, nil, nil
}

// pictureRules are what is said of files that cannot be taken.
var pictureRules = []struct {
	is         error
	rule, want string
}{
	{picture.ErrTooLarge, "picture_size", "10"}, {picture.ErrPixels, "picture_pixels", "40"},
	{picture.ErrKind, "picture_kind", ""}, {picture.ErrBroken, "picture_broken", ""},
}

// withFileAgain also asks for the file once more if that was good: a browser
// does not put it back into the form.
func withFileAgain(err error, b store.Prints) error {
	var p agenda.Problems
	if errors.As(err, &p) && len(b.Large) > 0 {
		return slices.Insert(p, 0, &agenda.FieldError{Field: "file", Rule: "picture_again"})
	}
	return err
}

func (w *Web) deletePicture(c *Ctx) error {
	e, err := c.easel()
	if err != nil {
		return err
	}
	if e.Desk {
		_, err = w.Store.RemovePicture(c.ctx(), c.actor(), e.ID, c.postedSeen())
	} else {
		_, err = w.Store.RemoveSubmissionPicture(c.ctx(), c.Param("token"), c.postedSeen())
	}
	if err != nil {
		return err
	}
	return c.leaveEasel(e, "picture.deleted")
}

// leaveEasel leads back to the event at the desk, and to the picture for a
// submitter.
func (c *Ctx) leaveEasel(e easel, said string) error {
	if e.Desk {
		c.flash(c.P.T(said))
		return c.redirect(e.Home)
	}
	return c.redirect(e.Home + "/bild?gespeichert=1")
}

// showDraftPicture shows a picture to those who choose it.
func (w *Web) showDraftPicture(c *Ctx) error {
	e, err := c.easel()
	if err != nil {
		return err
	}
	if !e.Picture.Names(c.Param("hash")) {
		return agenda.ErrNotFound
	}
	return c.sendPicture(c.Param("hash"), "private, no-store")
}

// showPublicPicture shows a picture of the programme. Those of events that are
// not public are not there, whoever knows their name.
func (w *Web) showPublicPicture(c *Ctx) error {
	p, err := w.public.load(c.ctx())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(p.events, func(e *entry) bool { return e.Picture.Names(c.Param("hash")) }) {
		return agenda.ErrNotFound
	}
	return c.sendPicture(c.Param("hash"), "public, max-age=31536000, immutable")
}

// picturePolicy lets a picture that is opened by itself do nothing at all.
const picturePolicy = "default-src 'none'; sandbox"

func (c *Ctx) sendPicture(hash, cache string) error {
	b, err := c.store().Blob(c.ctx(), hash)
	if err != nil {
		return err
	}
	c.Header("Content-Type", "image/jpeg")
	c.Header("Content-Security-Policy", picturePolicy)
	c.Header("Cache-Control", cache)
	c.Header("ETag", `"`+hash+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(b))
	return nil
}
