package web

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"widunetz/internal/agenda"
)

// said are the words of an event on a page: translated, or in German where
// nobody has.
type said struct {
	Title, Summary    string
	German            string // title, where a translated one stands above it
	Foreign           bool   // the words are German, the page is not
	NoSummary         bool   // only the title is translated: the summary is German
	Machine, Outdated bool
}

// Said returns the words of an event in the language of the page.
func (v words) Said(e interface{ said(agenda.Lang) said }) said { return e.said(v.Lang()) }

func (e *entry) said(l agenda.Lang) said {
	t, ok := e.translated[l]
	if l == agenda.German || !ok {
		return said{Title: e.Title, Summary: e.Summary, Foreign: l != agenda.German}
	}
	s := said{Title: t.Title, Summary: t.Summary, German: e.Title, Machine: t.Machine, Outdated: t.Outdated(e.EventDetails)}
	if s.Summary == "" {
		s.Summary, s.NoSummary = e.Summary, true
	}
	return s
}

// AnyGerman reports whether one of the events has no words in the language of
// the page.
func (v view) AnyGerman(list []*entry) bool {
	return slices.ContainsFunc(list, func(e *entry) bool { return v.Said(e).Foreign })
}

// De marks an element as German on a page in another language: names, places and
// whatever else organisers write is in German.
func (v words) De() template.HTMLAttr {
	if v.Lang() == agenda.German {
		return ""
	}
	return ` lang="de"`
}

// entryOf returns the event with its translations if it is public.
func (c *Ctx) entryOf(e agenda.Event) (*entry, error) {
	p, err := c.w.public.load(c.ctx())
	if err != nil {
		return nil, err
	}
	if found := p.bySlug(e.Year(), e.Slug); found != nil {
		return found.whole(), nil
	}
	dates, _ := entriesOf(e, nil)
	return dates[0].whole(), nil
}

// translationRow is a language in the list beside an event.
type translationRow struct {
	Own, Tag, Dir string
	State         string // message of translation.state.
	URL           string
	Warn          bool
}

// translationRows lists the languages into which an event can be translated.
func (w *Web) translationRows(c *Ctx, e agenda.Event, home string) ([]translationRow, error) {
	list, err := w.Store.Translations(c.ctx(), e.ID)
	if err != nil {
		return nil, err
	}
	var rows []translationRow
	for _, l := range w.Catalog.Langs() {
		if l == agenda.German {
			continue
		}
		p := w.Catalog.Printer(l)
		row := translationRow{Own: p.Own(), Tag: p.Tag(), Dir: p.Dir(), State: "none", URL: c.url(home + "/uebersetzung/" + string(l))}
		for _, t := range list {
			if t.Lang == l {
				row.State = translationState(t, e)
			}
		}
		row.Warn = row.State == "waiting" || row.State == "outdated"
		rows = append(rows, row)
	}
	return rows, nil
}

func translationState(t agenda.Translation, e agenda.Event) string {
	switch {
	case t.Waiting != nil:
		return "waiting"
	case t.Outdated(e.EventDetails):
		return "outdated"
	case t.Machine:
		return "machine"
	}
	return "human"
}

// translationOfPath is the event of the address with its words in the language
// of the address.
func (c *Ctx) translationOfPath() (easel, agenda.Translation, error) {
	e, err := c.easel()
	l := agenda.Lang(c.Param("lang"))
	t := agenda.Translation{Event: e.ID, Lang: l}
	if err == nil && (l == agenda.German || !c.w.Catalog.Enabled(l)) {
		err = agenda.ErrNotFound
	}
	if err != nil {
		return e, t, err
	}
	list, err := c.store().Translations(c.ctx(), e.ID)
	if i := slices.IndexFunc(list, func(x agenda.Translation) bool { return x.Lang == l }); i >= 0 {
		t = list[i]
	}
	return e, t, err
}

// Open reports whether words can still be given here.
func (e easel) translatable(now time.Time, loc *time.Location) bool {
	return e.Desk || e.Editable() || e.Proposes(now, loc)
}

func (w *Web) showTranslation(c *Ctx) error {
	e, t, err := c.translationOfPath()
	if err != nil {
		return err
	}
	words := t.Words
	if t.Waiting != nil {
		words = *t.Waiting
	}
	return w.translationPage(c, http.StatusOK, e, t, words, nil)
}

func (w *Web) translationPage(c *Ctx, status int, e easel, t agenda.Translation, words agenda.Words, err error) error {
	c.Header("Cache-Control", "no-store")
	p := w.Catalog.Printer(t.Lang)
	f := c.form(e.Home+"/uebersetzung/"+string(t.Lang), "translation.save").seen(t.Changed)
	f.add(field{Kind: "text", Name: "title", Value: words.Title, Max: agenda.MaxTranslatedTitle, Dir: p.Dir(), Hint: c.P.T("translation.hint.title")})
	f.add(field{Kind: "area", Name: "summary", Value: words.Summary, Max: agenda.MaxTranslatedSummary, Dir: p.Dir(), Hint: c.P.T("translation.hint.summary")})
	f.choose("radios", "source", []option{{"human", c.P.T("translation.human"), !words.Machine}, {"machine", c.P.T("translation.machine"), words.Machine}}, true)
	if e.Desk && t.Waiting != nil {
		f.More = []option{{Value: "discard", Label: c.P.T("translation.discard")}}
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	state := "none"
	if !t.Gone() {
		state = translationState(t, e.Event)
	}
	return c.page(status, "translation", c.P.T("translation.title", "language", p.Own()), map[string]any{
		"Form": f, "E": e, "T": t, "State": state, "Open": e.translatable(w.Store.Now(), w.Store.Loc()), "Tag": p.Tag(), "Dir": p.Dir(), "Saved": c.Query("gespeichert") != "",
		"Waits": !e.Desk && !e.Editable(),
	})
}

func (w *Web) saveTranslation(c *Ctx) error {
	e, t, err := c.translationOfPath()
	if err != nil {
		return err
	}
	words := agenda.Words{Title: c.posted("title"), Summary: c.posted("summary"), Machine: c.posted("source") == "machine"}
	if c.posted("do") == "discard" {
		words = t.Words
	}
	if e.Desk {
		err = w.Store.Translate(c.ctx(), c.actor(), e.ID, t.Lang, words, c.postedSeen())
	} else {
		err = w.Store.TranslateSubmission(c.ctx(), c.Param("token"), t.Lang, words, c.postedSeen())
	}
	if err != nil {
		return w.translationPage(c, http.StatusUnprocessableEntity, e, t, words, err)
	}
	if e.Desk {
		c.flash(c.P.T("translation.saved"))
		return c.redirect(e.Home)
	}
	return c.redirect(e.Home + "/uebersetzung/" + string(t.Lang) + "?gespeichert=1")
}
