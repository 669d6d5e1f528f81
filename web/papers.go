package web

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
)

// papers is what members see of the agenda and the documents of a meeting.
type papers struct {
	M         agenda.Meeting
	G         agenda.Group
	Agenda    agenda.Agenda
	Items     []agenda.TimedItem // of the agenda if the visitor may see it
	Timed     bool               // how long items take was said
	Beyond    int                // minutes that the items are longer than the meeting
	Documents []agenda.Document
	Versions  []agenda.AgendaVersion
	Home      string // where its documents are
	Edits     bool
	On        bool // the group has this switched on
}

// papersOf reads what there is for a meeting.
func (c *Ctx) papersOf(m agenda.Meeting, g agenda.Group, edits bool, home string) (p papers, err error) {
	p = papers{M: m, G: g, Home: home, Edits: edits, On: g.Rules.Topics.On}
	if p.Agenda, err = c.store().AgendaOf(c.ctx(), m.ID); err != nil {
		return p, err
	}
	if p.Documents, err = c.store().Documents(c.ctx(), m.ID); err != nil {
		return p, err
	}
	if p.Agenda.Version > 0 {
		if p.Versions, err = c.store().AgendaVersions(c.ctx(), m.ID); err != nil {
			return p, err
		}
	}
	if p.Agenda.Out() || edits {
		p.Items = agenda.Timed(p.Agenda.Items, m.Start)
		p.Timed = agenda.AgendaLength(p.Agenda.Items) > 0
	}
	p.Beyond = p.Agenda.Beyond(m.MeetingDetails)
	return p, nil
}

// Shown reports whether there is anything to show.
func (p papers) Shown() bool { return p.On || len(p.Items) > 0 || len(p.Documents) > 0 }

// Last is the version of the agenda that went out last.
func (p papers) Last() (v agenda.AgendaVersion) {
	if n := len(p.Versions); n > 0 {
		v = p.Versions[n-1]
	}
	return v
}

// Changed reports whether the agenda is another than the one that was sent.
func (p papers) Changed() bool { return len(p.Versions) > 0 && p.Agenda.Differs(p.Last()) }

// AsInvited are the versions that differ from the agenda as it is.
func (p papers) AsInvited() (out []agenda.AgendaVersion) {
	for _, v := range p.Versions {
		if p.Agenda.Differs(v) {
			out = append(out, v)
		}
	}
	return out
}

// Editable reports whether the agenda can still be changed.
func (p papers) Editable() bool { return p.Edits && p.M.State != agenda.MeetingCancelled }

// papersOfPath is what a member may see of the meeting of the address.
func (c *Ctx) papersOfPath() (papers, error) {
	m, err := c.store().Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return papers{}, err
	}
	o, err := c.mayAttend(m)
	if err != nil {
		return papers{}, err
	}
	if !m.Visible() && !o.Chair {
		return papers{}, agenda.ErrNotFound
	}
	return c.papersOf(m, o.Group, o.Chair, "/sitzungen/"+string(m.ID)+"/unterlagen")
}

// papersOfLink is what the mailed link shows: the agenda and the documents of one
// meeting, for reading.
func (c *Ctx) papersOfLink() (papers, error) {
	c.Header("Cache-Control", "no-store")
	m, _, err := c.store().PapersOfToken(c.ctx(), c.Param("token"))
	if err != nil {
		return papers{}, err
	}
	g, err := c.store().Group(c.ctx(), m.Group)
	if err != nil {
		return papers{}, err
	}
	return c.papersOf(m, g, false, "/unterlagen/"+c.Param("token"))
}

// showAgenda is the agenda of a meeting to print, as it is or as it was sent.
func (w *Web) showAgenda(c *Ctx) error {
	p, err := c.papersOfPath()
	if err != nil {
		return err
	}
	return w.agendaPage(c, p, "/sitzungen/"+string(p.M.ID))
}

func (w *Web) agendaPage(c *Ctx, p papers, back string) error {
	values := map[string]any{"P": p, "Items": p.Items, "Timed": p.Timed, "M": p.M, "Back": back}
	if n := c.Query("stand"); n != "" {
		i := slices.IndexFunc(p.Versions, func(v agenda.AgendaVersion) bool { return strconv.Itoa(v.Number) == n })
		if i < 0 {
			return agenda.ErrNotFound
		}
		v := p.Versions[i]
		p.M.Start, p.M.End, p.M.Place = v.Start, v.End, v.Place
		values["Items"], values["Timed"], values["Version"], values["M"] = agenda.Timed(v.Items, v.Start), agenda.AgendaLength(v.Items) > 0, v, p.M
	}
	return c.page(http.StatusOK, "agendaprint", p.M.Name(p.G), values)
}

// showPapers is the page behind the mailed link.
func (w *Web) showPapers(c *Ctx) error {
	p, err := c.papersOfLink()
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "papers", p.M.Name(p.G), map[string]any{"P": p})
}

func (w *Web) showDocument(c *Ctx) error {
	p, err := c.papersOfPath()
	if err != nil {
		return err
	}
	blob := c.Query("stand")
	if blob != "" && !p.Edits {
		return agenda.ErrNotFound // what was replaced is for those who edit
	}
	return c.sendDocument(p.M.ID, blob)
}

func (w *Web) showLinkedDocument(c *Ctx) error {
	p, err := c.papersOfLink()
	if err != nil {
		return err
	}
	return c.sendDocument(p.M.ID, "")
}

// documentPolicy lets a document do nothing, wherever it is opened.
const documentPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// sendDocument hands a document over to be saved. No browser shows it inside of
// this site: what it would run there would run as one of its pages.
func (c *Ctx) sendDocument(m agenda.MeetingID, blob string) error {
	f, r, err := c.store().OpenDocument(c.ctx(), m, agenda.DocumentID(c.Param("document")), blob)
	if err != nil {
		return err
	}
	kind := f.Type
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	c.Header("Content-Type", kind)
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	c.Header("Content-Security-Policy", documentPolicy)
	c.Header("Cache-Control", "private, no-store")
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, r)
	return nil
}

// documentPath ends the address to which documents are sent.
const documentPath = "/unterlagen"

// takesDocument reports whether documents are sent to the path.
func takesDocument(path string) bool {
	return strings.HasPrefix(path, "/koordination/sitzungen/") && strings.HasSuffix(path, documentPath)
}

func (w *Web) showDocuments(c *Ctx) error { return w.documentsPage(c, http.StatusOK, nil) }

// documentsPage is where the documents of a meeting are added, replaced and
// deleted.
func (w *Web) documentsPage(c *Ctx, status int, err error) error {
	p, perr := w.deskPapers(c)
	if perr != nil {
		return perr
	}
	f := c.form(c.path, "topics.upload")
	f.Upload = true
	f.add(field{Kind: "file", Name: "file", Required: true, Label: c.P.T("topics.file"), Hint: c.P.T("topics.file_hint", "mb", agenda.MaxDocument>>20), Accept: strings.Join(agenda.DocumentEndings(), ",")})
	if len(p.Documents) > 0 {
		options := []option{{"", c.P.T("topics.new_document"), true}}
		for _, d := range p.Documents {
			options = append(options, option{string(d.ID), c.P.T("topics.instead", "name", d.Name), c.posted("document") == string(d.ID)})
		}
		f.choose("select", "document", options, true)
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "documents", c.P.T("topics.documents_of", "title", p.M.Name(p.G)), map[string]any{"P": p, "Form": f, "Action": c.path, "Most": agenda.MaxDocument, "TooLarge": c.P.T("error.document_size", "want", agenda.MaxDocument>>20)})
}

// deskPapers is what chair and coordinators see of the meeting of the address.
func (w *Web) deskPapers(c *Ctx) (papers, error) {
	m, err := w.Store.Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return papers{}, err
	}
	g, err := w.Store.Group(c.ctx(), m.Group)
	if err != nil {
		return papers{}, err
	}
	return c.papersOf(m, g, true, "/sitzungen/"+string(m.ID)+"/unterlagen")
}

// runDocuments takes a file, or deletes a document.
func (w *Web) runDocuments(c *Ctx) error {
	id := agenda.MeetingID(c.Param("meeting"))
	if _, err := w.Store.Meeting(c.ctx(), id); err != nil {
		return err
	}
	done := "topics.document_deleted"
	var err error
	if c.posted("do") == "delete" {
		err = w.Store.DeleteDocument(c.ctx(), c.actor(), id, agenda.DocumentID(c.posted("document")))
	} else {
		done, err = "topics.document_added", w.takeDocument(c, id)
	}
	var problems agenda.Problems
	if errors.As(err, &problems) {
		return w.documentsPage(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	c.flash(c.P.T(done))
	return c.redirect("/koordination/sitzungen/" + string(id) + documentPath)
}

// refuseDocument answers a file that is far too large and was not read.
func (w *Web) refuseDocument(c *Ctx) error {
	return w.documentsPage(c, http.StatusRequestEntityTooLarge, agenda.Problems{{Field: "file", Rule: "document_size", Want: strconv.Itoa(agenda.MaxDocument >> 20)}})
}

func (w *Web) takeDocument(c *Ctx, id agenda.MeetingID) error {
	head, err := c.FormFile("file")
	if err != nil {
		return agenda.Problems{{Field: "file", Rule: "required"}}
	}
	b, err := c.postedFile()
	if err != nil {
		return err
	}
	return w.Store.AddDocument(c.ctx(), c.actor(), id, agenda.DocumentID(c.posted("document")), head.Filename, b)
}
