package web

import (
	"errors"
	"net/http"
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// team is where those who edit an event and its tasks are seen to: on the page
// that an editor's link opens, or at the desk.
type team struct {
	agenda.Event
	Home    string // path of the event's page there
	Desk    bool
	Me      agenda.Editor // who looks, the zero Editor at the desk
	Editors []agenda.Editor
	Tasks   []agenda.Task
	Manages bool // may say who edits
	Today   agenda.Date
}

// team is that of the address.
func (c *Ctx) team() (team, error) {
	c.Header("Cache-Control", "no-store")
	if token := c.Param("token"); token != "" {
		e, me, err := c.store().Editing(c.ctx(), token)
		if err != nil {
			return team{}, err
		}
		return c.teamOf(e, me)
	}
	e, err := c.store().Event(c.ctx(), agenda.EventID(c.Param("event")))
	if err != nil {
		return team{}, err
	}
	return c.teamOf(e, agenda.Editor{})
}

// teamOf is that of an event, as one of its editors sees it, or a coordinator if
// me is the zero Editor.
func (c *Ctx) teamOf(e agenda.Event, me agenda.Editor) (team, error) {
	t := team{Event: e, Me: me, Today: c.store().Today(), Home: "/koordination/veranstaltungen/" + string(e.ID), Desk: me.ID == ""}
	if t.Manages = t.Desk || me.Manages(); !t.Desk {
		t.Home = "/einreichung/" + c.Param("token")
	}
	editors, err := c.store().Editors(c.ctx(), e.ID)
	if err != nil {
		return t, err
	}
	t.Editors = editors
	t.Tasks, err = c.store().Tasks(c.ctx(), e.ID)
	return t, err
}

// who is on whose behalf the store works.
func (c *Ctx) who(t team) store.Team {
	if t.Desk {
		return store.Team{Actor: c.actor(), Event: t.ID}
	}
	return store.Team{Token: c.Param("token")}
}

// Active are those who edit the event now.
func (t team) Active() []agenda.Editor { return agenda.Active(t.Editors) }

// Open are the tasks that are still to be done.
func (t team) Open() []agenda.Task {
	return slices.DeleteFunc(slices.Clone(t.Tasks), func(task agenda.Task) bool { return !task.Open() })
}

// By names whose task it is, "" for nobody's.
func (t team) By(task agenda.Task) string { return task.By(t.Editors) }

// done are the words for what was done, by the word in the address that the
// visitor is led to.
var teamDone = []string{"added", "removed", "renewed", "task_added", "task_saved", "task_done", "task_open", "task_deleted"}

func (c *Ctx) teamSaid() string {
	if said := c.Query("getan"); slices.Contains(teamDone, said) {
		return c.P.T("team.done." + said)
	}
	return ""
}

func (w *Web) showEditors(c *Ctx) error {
	t, err := c.team()
	if err != nil {
		return err
	}
	return w.editorsPage(c, http.StatusOK, t, agenda.Editor{Lang: c.P.Lang()}, nil)
}

func (w *Web) editorsPage(c *Ctx, status int, t team, typed agenda.Editor, err error) error {
	f := c.form(t.Home+"/mitwirkende", "team.add_button")
	f.More = nil
	f.add(field{Kind: "text", Name: "editor_name", Value: typed.Name, Max: 100, Required: true})
	names, ierr := w.institutionNames(c)
	if ierr != nil {
		return ierr
	}
	f.add(field{Kind: "text", Name: "institution", Value: typed.Institution, Max: 200, List: names})
	f.add(field{Kind: "email", Name: "email", Value: typed.Email, Max: 254, Required: true, Dir: "ltr"})
	var langs []option
	for _, l := range w.Catalog.Langs() {
		langs = append(langs, option{string(l), w.Catalog.Printer(l).Own(), l == typed.Lang})
	}
	f.add(field{Kind: "select", Name: "lang", Options: langs, Label: c.P.T("team.lang"), Required: true})
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "editors", c.P.T("team.title"), map[string]any{"Form": f, "T": t, "Said": c.teamSaid(), "Action": t.Home + "/mitwirkende"})
}

func (w *Web) institutionNames(c *Ctx) (names []string, err error) {
	list, err := w.Store.Institutions(c.ctx())
	for _, i := range list {
		names = append(names, i.Name)
	}
	return names, err
}

// runEditors adds or removes an editor, sends her a new link, or lets one leave.
func (w *Web) runEditors(c *Ctx) error {
	t, err := c.team()
	if err != nil {
		return err
	}
	id, done := agenda.EditorID(c.posted("editor")), ""
	switch c.posted("do") {
	case "remove":
		done, err = "removed", w.Store.RemoveEditor(c.ctx(), c.who(t), id)
	case "renew":
		done, err = "renewed", w.Store.RenewEditor(c.ctx(), c.who(t), id)
	case "leave":
		if err := w.Store.RemoveEditor(c.ctx(), c.who(t), t.Me.ID); err != nil {
			return err
		}
		return c.page(http.StatusOK, "message", c.P.T("team.left.title"), map[string]any{"Text": c.P.T("team.left.text"), "Back": "/programm", "BackText": c.P.T("frame.programme")})
	default:
		add := agenda.Editor{Name: c.posted("editor_name"), Institution: c.posted("institution"), Email: c.posted("email"), Lang: agenda.Lang(c.posted("lang"))}
		if !w.Catalog.Enabled(add.Lang) {
			add.Lang = c.P.Lang()
		}
		done = "added"
		var problems agenda.Problems
		if _, err = w.Store.AddEditor(c.ctx(), c.who(t), add); errors.As(err, &problems) {
			return w.editorsPage(c, http.StatusUnprocessableEntity, t, add, err)
		}
	}
	if err != nil {
		return err
	}
	return c.redirect(t.Home + "/mitwirkende?getan=" + done)
}
