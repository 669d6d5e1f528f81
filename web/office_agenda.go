package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// Chair and coordinators make the agenda of a meeting of topics from the backlog
// and items of their own, and let it go out.

// itemRow is one item of the form, as it was typed.
type itemRow struct {
	ID      int
	Number  string // wished place
	Title   string
	Minutes string
	Kind    string
	Who     string
	Text    string
	Topic   agenda.TopicID
	By      string // who handed in the topic
	Start   string // time at which it begins
	PutOff  bool
}

func rowOf(it agenda.TimedItem) itemRow {
	return itemRow{
		ID: it.ID, Number: strconv.Itoa(it.Number), Title: it.Title, Minutes: nonZero(it.Minutes), Kind: string(it.Kind), Who: it.Who, Text: it.Text,
		Topic: it.Topic, Start: it.Start.Clock(), PutOff: it.PutOff,
	}
}

// blank reports whether nobody has typed anything into the row of a new item.
func (r itemRow) blank() bool { return r.ID == 0 && r.Title == "" && r.Text == "" && r.Who == "" }

// item reads a row; what is no number of minutes is a problem of the row.
func (r itemRow) item(p *agenda.Problems, n int) agenda.AgendaItem {
	it := agenda.AgendaItem{ID: r.ID, Title: r.Title, Text: r.Text, Kind: agenda.TopicKind(r.Kind), Who: r.Who}
	if r.Minutes != "" {
		minutes, err := strconv.Atoi(r.Minutes)
		if err != nil {
			p.Add(agenda.ItemField(n), "number", "")
		}
		it.Minutes = minutes
	}
	return it
}

func (w *Web) showAgendaForm(c *Ctx) error {
	p, err := w.deskPapers(c)
	if err != nil {
		return err
	}
	rows, proposed, err := w.firstRows(c, p)
	if err != nil {
		return err
	}
	return w.agendaForm(c, http.StatusOK, p, agendaDraft{Rows: rows, Proposed: proposed}, nil)
}

// firstRows are the items that the form begins with: those of the agenda, or a
// proposal if there is none yet.
func (w *Web) firstRows(c *Ctx, p papers) (rows []itemRow, proposed bool, err error) {
	items := p.Agenda.Items
	if p.Agenda.Untouched() {
		proposed = true
		if items, err = w.Store.UsualItems(c.ctx(), p.M); err != nil {
			return nil, false, err
		}
		if len(items) == 0 {
			items = []agenda.AgendaItem{{Title: c.P.T("topics.usual_first"), Minutes: 5}, {Title: c.P.T("topics.usual_last"), Minutes: 10}}
		}
		items = slices.Insert(items, 1, p.Agenda.Items...) // the approval of earlier minutes
	}
	for _, it := range agenda.Timed(items, p.M.Start) {
		rows = append(rows, rowOf(it))
	}
	return rows, proposed, nil
}

// agendaDraft is what the form shows.
type agendaDraft struct {
	Rows     []itemRow
	Proposed bool // not saved yet
	Conflict bool // somebody else was faster
	Ticked   []string
}

// agendaForm shows the agenda of a meeting to those who make it, and the backlog
// from which it is made. err is what was wrong with what was typed.
func (w *Web) agendaForm(c *Ctx, status int, p papers, d agendaDraft, err error) error {
	f := c.form(c.path, "topics.save_agenda").seen(p.Agenda.Changed).once()
	f.Do, f.Inline, f.Seen = "save", true, seenText(p.Agenda.Changed)
	rows := map[string]itemRow{}
	d.Rows = append(d.Rows, itemRow{}) // for a new one
	for i, r := range d.Rows {
		name := agenda.ItemField(i + 1)
		rows[name] = r
		f.add(field{Kind: "itemrow", Name: name, Value: strconv.Itoa(i + 1), Label: c.fieldName(name)})
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	h := handing{Home: "/gremien/" + string(p.G.ID) + "/themen", G: p.G, Who: *c.signedIn(), Member: true, Edits: true}
	list, err := c.backlog(h)
	if err != nil {
		return err
	}
	for name, r := range rows {
		if i := slices.IndexFunc(list, func(t topicRow) bool { return r.Topic != "" && t.ID == r.Topic }); i >= 0 {
			r.By = list[i].By
			rows[name] = r
		}
	}
	waiting := slices.DeleteFunc(slices.Clone(list), func(t topicRow) bool { return !t.Waits(t.On) || t.Meeting == p.M.ID })
	return c.page(status, "agendadesk", c.P.T("topics.agenda_of", "title", p.M.Name(p.G)), map[string]any{
		"P": p, "Form": f, "Rows": rows, "Kinds": agenda.TopicKinds, "Waiting": waiting, "Draft": d, "Last": strconv.Itoa(len(d.Rows)),
		"Length": agenda.AgendaLength(p.Agenda.Items), "Space": p.M.Start.MinutesTo(p.M.End),
	})
}

// postedRows reads the items of the form; a new one in which nothing stands is
// left out.
func (c *Ctx) postedRows() (rows []itemRow) {
	columns := map[string][]string{}
	for _, name := range []string{"id", "number", "title", "minutes", "kind", "who", "text"} {
		columns[name] = c.PostFormArray("item_" + name)
	}
	at := func(name string, i int) string {
		if list := columns[name]; i < len(list) {
			return strings.TrimSpace(list[i])
		}
		return ""
	}
	for i := range min(len(columns["id"]), 2*agenda.MostItems) {
		id, _ := strconv.Atoi(at("id", i)) // what is no number is a new item
		r := itemRow{ID: id, Number: at("number", i), Title: at("title", i), Minutes: at("minutes", i), Kind: at("kind", i), Who: at("who", i), Text: at("text", i)}
		if !r.blank() {
			rows = append(rows, r)
		}
	}
	return rows
}

// saveAgenda saves everything that was typed, and does what the button says.
func (w *Web) saveAgenda(c *Ctx) error {
	p, err := w.deskPapers(c)
	if err != nil {
		return err
	}
	rows := c.postedRows()
	f, at, problems := c.postedAgenda(rows)
	if err = problems.Err(); err == nil {
		_, err = w.Store.SaveAgenda(c.ctx(), c.actor(), p.M.ID, f)
	}
	ticked := c.PostFormArray("take")
	switch {
	case errors.Is(err, agenda.ErrConflict):
		return w.agendaForm(c, http.StatusConflict, p, agendaDraft{Rows: merged(rows, p), Conflict: true, Ticked: ticked}, agenda.Problems{})
	case errors.As(err, &problems):
		return w.agendaForm(c, http.StatusUnprocessableEntity, p, agendaDraft{Rows: withTopics(rows, p), Ticked: ticked}, err)
	case err != nil:
		return err
	}
	c.flash(c.P.T("topics.agenda_saved"))
	return c.redirect(c.path + at)
}

// postedAgenda makes of the rows what the store is asked to do, and says where the
// visitor goes on.
func (c *Ctx) postedAgenda(rows []itemRow) (f store.AgendaForm, at string, p agenda.Problems) {
	numbers := make([]int, len(rows))
	items := make([]agenda.AgendaItem, len(rows))
	for i, r := range rows {
		numbers[i], _ = strconv.Atoi(r.Number) // what is no number stays at the end
		items[i] = r.item(&p, i+1)
	}
	do, which, _ := strings.Cut(c.posted("do"), "-")
	n, _ := strconv.Atoi(which)
	n-- // rows are counted from 1
	if n >= 0 && n < len(rows) {
		switch {
		case do == "up" && n > 0:
			items[n-1], items[n], numbers[n-1], numbers[n] = items[n], items[n-1], n, n+1
			at = "#f-" + agenda.ItemField(n)
		case do == "down" && n < len(rows)-1:
			items[n+1], items[n], numbers[n+1], numbers[n] = items[n], items[n+1], n+2, n+1
			at = "#f-" + agenda.ItemField(n+2)
		case do == "off":
			f.PutOff = []int{items[n].ID}
		case do == "drop" && items[n].ID == 0:
			items, numbers = slices.Delete(items, n, n+1), slices.Delete(numbers, n, n+1)
		case do == "drop":
			f.Drop = []int{items[n].ID}
		}
	}
	f.Items, f.Seen, f.Once = agenda.Ordered(items, numbers), c.postedSeen(), c.posted("once")
	for _, id := range c.PostFormArray("take") {
		f.Take = append(f.Take, agenda.TopicID(id))
	}
	return f, at, p
}

// withTopics says again of which topics the rows are.
func withTopics(rows []itemRow, p papers) []itemRow {
	for i, r := range rows {
		it, _ := p.Agenda.Item(r.ID)
		rows[i].Topic, rows[i].PutOff = it.Topic, it.PutOff
	}
	return rows
}

// merged are the rows of somebody who was slower, fit to be saved on top of what
// is saved: what others added stands behind them, what others took away is new.
func merged(rows []itemRow, p papers) []itemRow {
	rows = withTopics(rows, p)
	for i, r := range rows {
		if _, ok := p.Agenda.Item(r.ID); !ok {
			rows[i].ID = 0
		}
		rows[i].Number = strconv.Itoa(i + 1)
	}
	for _, it := range p.Items {
		if !slices.ContainsFunc(rows, func(r itemRow) bool { return r.ID == it.ID }) {
			one := rowOf(it)
			one.Number = strconv.Itoa(len(rows) + 1)
			rows = append(rows, one)
		}
	}
	return rows
}

func (w *Web) showRelease(c *Ctx) error { return w.releasePage(c, http.StatusOK, nil) }

// releasePage shows who will get the agenda of a meeting, and when.
func (w *Web) releasePage(c *Ctx, status int, err error) error {
	p, perr := w.deskPapers(c)
	if perr != nil {
		return perr
	}
	mail, perr := w.Store.AgendaPreview(c.ctx(), p.M, p.G)
	if perr != nil {
		return perr
	}
	mails := 0
	for _, m := range mail.Members {
		if m.Mail {
			mails++
		}
	}
	names, perr := c.institutionNames()
	if perr != nil {
		return perr
	}
	f := c.form(c.path, "topics.release")
	f.Seen = seenText(p.Agenda.Changed)
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "release", c.P.T("topics.release_of", "title", p.M.Name(p.G)), map[string]any{
		"P": p, "Form": f, "Mail": mail, "Mails": mails, "Institutions": names, "Goes": agenda.LocalOf(mail.Goes, w.Store.Loc()),
		"Late": !mail.Goes.After(w.Store.Now()), "Over": !p.M.Start.In(w.Store.Loc()).After(w.Store.Now()), "Fixed": p.M.State == agenda.MeetingFixed,
	})
}

// runRelease releases an agenda, takes that back, or sends it as it is now.
func (w *Web) runRelease(c *Ctx) error {
	id, done := agenda.MeetingID(c.Param("meeting")), ""
	var err error
	switch c.posted("do") {
	case "withdraw":
		done, err = "topics.withdrawn", w.Store.WithdrawAgenda(c.ctx(), c.actor(), id)
	case "send":
		done, err = "topics.change_sent", w.Store.SendAgendaChange(c.ctx(), c.actor(), id, c.telling().Sentence, c.postedSeen())
	default:
		done, err = "topics.released", w.Store.ReleaseAgenda(c.ctx(), c.actor(), id, c.postedSeen())
	}
	var problems agenda.Problems
	if errors.As(err, &problems) {
		return w.releasePage(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	c.flash(c.P.T(done))
	return c.redirect(c.path)
}
