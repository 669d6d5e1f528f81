package web

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"sync"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// printout is a form in which a programme is printed: the last part of its
// address, which is also the name of its file.
type printout string

const (
	booklet printout = "heft"
	poster  printout = "plakat"
)

// template is the page that lays the sheet out.
func (s printout) template() string {
	if s == poster {
		return "poster"
	}
	return "booklet"
}

// printLinks leads to what can be printed of a programme.
type printLinks struct {
	Path string
	PDF  bool
}

func (w *Web) printLinks(path string, isEdition bool) *printLinks {
	if !isEdition {
		return nil
	}
	return &printLinks{path, w.press != nil}
}

// printEvent is an event as booklet and poster show it.
type printEvent struct {
	*entry
	Facts []letter.Fact
}

// printDay is a day of booklet and poster.
type printDay struct {
	Date   agenda.Date
	Events []printEvent
}

// ofEdition returns the events of an edition with all their dates, without those
// of their own in the same year.
func (p *programme) ofEdition(year int) []*entry {
	out := distinct(slices.DeleteFunc(slices.Clone(p.of(year)), func(e *entry) bool { return e.Edition != year }))
	for i, e := range out {
		out[i] = e.whole()
	}
	return out
}

func printDays(p *lang.Printer, events []*entry) []printDay {
	var out []printDay
	for _, d := range byDay(events) {
		one := printDay{Date: d.Date}
		for _, e := range d.Events {
			one.Events = append(one.Events, printEvent{e, letter.PrintedFacts(p, e.EventDetails)})
		}
		out = append(out, one)
	}
	return out
}

// printTown is a town of the booklet's index.
type printTown struct {
	Name   string
	Events []*entry
}

func printTowns(events []*entry) []printTown {
	var out []printTown
	for _, name := range append(slices.Clone(agenda.Towns), agenda.Online) {
		t := printTown{Name: name}
		for _, e := range events {
			if e.Venue.Town == name {
				t.Events = append(t.Events, e)
			}
		}
		if t.Events != nil {
			out = append(out, t)
		}
	}
	return out
}

// showPrint answers with booklet or poster: the programme as it is today, laid
// out for paper.
func (w *Web) showPrint(s printout) func(*Ctx) error {
	return func(c *Ctx) error {
		year, err := c.year()
		if err != nil {
			return err
		}
		return c.publicPage(string(s)+" "+strconv.Itoa(year), "", s.template(), func(p *programme) (string, map[string]any, error) {
			ed, ok := p.edition(year)
			if !ok {
				return "", nil, agenda.ErrNotFound
			}
			path := "/programm/" + strconv.Itoa(year)
			address := w.Site.BaseURL + c.url(path)
			code, err := qrCode(address, c.P.T("print.qr"))
			if err != nil {
				return "", nil, err
			}
			events := p.ofEdition(year)
			return c.P.T("print."+s.template()+"_title", "title", ed.Title), map[string]any{
				"Edition": ed, "Path": path, "Days": printDays(c.P, events), "Towns": printTowns(events), "Size": posterSize(len(events), c.P.Dir()),
				"QR": code, "Address": withoutScheme(address), "Today": w.Store.Today(), "Links": w.printLinks(path, true), "Sheet": string(s), "Kind": s.template(),
			}, nil
		})
	}
}

// posterSize says how small the type of a poster has to be for so many events
// to fit on one sheet.
func posterSize(events int, dir string) string {
	if dir == "rtl" { // lines in Arabic letters are higher
		events += events / 3
	}
	switch {
	case events > 40:
		return "w-poster--tiny"
	case events > 26:
		return "w-poster--dense"
	case events > 16:
		return "w-poster--small"
	}
	return ""
}

// withoutScheme is an address as it is printed.
func withoutScheme(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}

// sincePrint is what changed of an edition since its programme went to print.
type sincePrint struct {
	revision string
	Freeze   agenda.Freeze // its ID is empty if nothing was printed
	was      []agenda.Printed
	Changes  []agenda.PrintChange
}

// printed compares programmes with what was printed of them, once per revision.
type printed struct {
	store  *store.Store
	mu     sync.Mutex
	byYear map[int]sincePrint
}

// since returns what changed in the edition since it went to print.
func (p *printed) since(ctx context.Context, now *programme, year int) (sincePrint, error) {
	if _, ok := now.edition(year); !ok {
		return sincePrint{}, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.byYear[year]
	if s.revision == now.revision {
		return s, nil
	}
	list, err := p.store.Freezes(ctx, year)
	if err != nil {
		return s, err
	}
	next := sincePrint{revision: now.revision}
	if len(list) > 0 {
		next.Freeze, next.was = list[0], s.was
		if next.Freeze.ID != s.Freeze.ID {
			if next.was, err = p.store.Frozen(ctx, next.Freeze); err != nil {
				return s, err
			}
		}
		var public []agenda.Printed
		for _, e := range now.ofEdition(year) {
			public = append(public, e.Printed())
		}
		next.Changes = agenda.PrintChanges(next.was, public)
	}
	p.byYear[year] = next
	return next, nil
}

// printChange is a line of the list of changes.
type printChange struct {
	Kind, Title       string
	Slug              string // empty if there is no page any more
	When, WasWhen     string
	Where, WasWhere   string
	Fields            []printField
	Bad, New, Changed bool // how it is marked
}

// printField is a field with its value in print and now.
type printField struct{ Label, Old, New string }

// showPrintChanges lists what is different from the printed programme.
func (w *Web) showPrintChanges(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	return c.publicPage("printchanges "+strconv.Itoa(year), "", "printchanges", func(p *programme) (string, map[string]any, error) {
		ed, ok := p.edition(year)
		if !ok {
			return "", nil, agenda.ErrNotFound
		}
		since, err := w.printed.since(c.ctx(), p, year)
		if err != nil {
			return "", nil, err
		}
		var rows []printChange
		for _, one := range since.Changes {
			rows = append(rows, c.printChange(one))
		}
		return c.P.T("print.changes"), map[string]any{
			"Edition": ed, "Freeze": since.Freeze, "At": agenda.LocalOf(since.Freeze.At, w.Store.Loc()).Date, "Changes": rows,
		}, nil
	})
}

func (c *Ctx) printChange(p agenda.PrintChange) printChange {
	now := p.Now
	if p.Kind == agenda.PrintWithdrawn {
		now = p.Was
	}
	d, was := now.Details, p.Was.Details
	row := printChange{
		Kind: c.P.T("print.kind." + string(p.Kind)), Title: d.Title, When: c.P.When(d.Start, d.End), Where: d.Venue.Line(), Slug: p.Now.Slug,
		Bad: p.Kind == agenda.PrintWithdrawn || p.Kind == agenda.PrintCancelled || p.Kind == agenda.PrintPostponed, New: p.Kind == agenda.PrintNew,
	}
	row.Changed = !row.Bad && !row.New
	if p.Was.ID == "" || row.Bad {
		return row
	}
	if was.Start != d.Start || was.End != d.End {
		row.WasWhen = c.P.When(was.Start, was.End)
	}
	if was.Venue.Line() != d.Venue.Line() {
		row.WasWhere = was.Venue.Line()
	}
	for _, f := range p.Changes {
		row.Fields = append(row.Fields, printField{c.P.T("field." + f.Field), c.printValue(f.Field, f.Old), c.printValue(f.Field, f.New)})
	}
	return row
}

// coded are the fields whose values are codes, and where their words stand.
var coded = map[string]string{"category": "term.category.", "audiences": "term.audience.", "languages": "term.language."}

// printValue shows a value of a changed field as it is printed.
func (c *Ctx) printValue(field, value string) string {
	if prefix := coded[field]; prefix != "" && value != "" {
		var words []string
		for code := range strings.SplitSeq(value, ", ") {
			words = append(words, c.P.T(prefix+code))
		}
		return c.P.List(words)
	}
	switch field {
	case "womenonly", "free", "signup", "full":
		return c.P.T("term." + value)
	case "stepfree", "childcare":
		return c.P.T("term." + cmp.Or(value, "unknown"))
	}
	return cmp.Or(value, "–")
}

// proof is an event as it will be printed, for its organiser to approve.
type proof struct {
	E        agenda.Event
	Facts    []letter.Fact
	Action   string
	Seen     string
	Until    agenda.Date
	Editable bool
	Mail     template.URL // to the office
}

// proof returns what the organiser is asked to approve, nil if nothing.
func (w *Web) proof(c *Ctx, e agenda.Event, editable bool) (*proof, error) {
	if e.ProofSent.IsZero() || !e.Admitted() {
		return nil, nil
	}
	p, err := w.public.load(c.ctx())
	if err != nil {
		return nil, err
	}
	ed, _ := p.edition(e.Edition)
	f := c.form("/einreichung/"+c.Param("token"), "print.proof.button").seen(e.Changed)
	return &proof{
		E: e, Facts: letter.PrintedFacts(c.P, e.EventDetails), Action: f.Action, Seen: f.Seen, Until: ed.Print, Editable: editable,
		Mail: mailTo(w.Site.Office, c.P.T("print.proof.mail_subject", "title", e.Title)),
	}, nil
}

// approveProof notes that the organiser agrees to what she saw.
func (w *Web) approveProof(c *Ctx) error {
	if _, err := w.Store.ApproveProof(c.ctx(), c.Param("token"), c.postedSeen()); err != nil {
		return err
	}
	return c.redirect("/einreichung/" + c.Param("token") + "#korrekturabzug")
}
