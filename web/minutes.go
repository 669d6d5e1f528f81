package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// protocol is the minutes of a meeting as somebody sees them.
type protocol struct {
	store.Protocol
	Edits bool // takes the minutes: chair, coordinator, or whom the chair named
	Chair bool // chair or coordinator

	Was       map[agenda.SeatID]string // what stands in the list of who was there, for the page's form
	WasGuests string
}

// Seen is when a record was changed, as forms carry it.
func (p protocol) Seen(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// PresenceStates are what can be noted about a seat.
func (p protocol) PresenceStates() []agenda.PresenceState { return agenda.PresenceStates }

// NoDecision is an empty row of the form.
func (p protocol) NoDecision() agenda.Decision { return agenda.Decision{} }

// NoAssignment is an empty row of the form.
func (p protocol) NoAssignment() agenda.Assignment { return agenda.Assignment{} }

// Home is the address of the page.
func (p protocol) Home() string { return "/sitzungen/" + string(p.Meeting.ID) + "/protokoll" }

// Writes reports whether the visitor can change items now.
func (p protocol) Writes() bool { return p.Edits && p.Head.Editable() }

// State is where the minutes stand.
func (p protocol) State() agenda.MinutesState { return p.Head.Stands() }

// Count is how many seats were represented.
func (p protocol) Count() agenda.PresenceCount { return agenda.CountPresence(p.Rows) }

// IsDone reports whether an assignment is done.
func (p protocol) IsDone(item, no int) bool {
	return p.Done[agenda.AssignmentID{Meeting: p.Meeting.ID, Item: item, No: no}]
}

// Task names an assignment in forms.
func (p protocol) Task(item, no int) string {
	return agenda.AssignmentID{Meeting: p.Meeting.ID, Item: item, No: no}.String()
}

// Approval is the meeting whose minutes are approved in the item, nil if none are.
func (p protocol) Approval(item int) *store.Approval {
	if a, ok := p.Approves[item]; ok {
		return &a
	}
	return nil
}

// protocolOf returns the minutes of the meeting of the address if the visitor may
// read them. What is not hers, and what is not shown yet, does not exist for her.
func (c *Ctx) protocolOf() (protocol, error) {
	m, err := c.store().Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return protocol{}, err
	}
	o, err := c.mayAttend(m)
	if err != nil {
		return protocol{}, err
	}
	p := protocol{Chair: o.Chair}
	if p.Protocol, err = c.store().Protocol(c.ctx(), m.ID); err != nil {
		return p, err
	}
	p.Was, p.WasGuests = map[agenda.SeatID]string{}, p.Presence.Guests
	for _, r := range p.Rows {
		p.Was[r.Seat] = r.Value()
	}
	p.Edits = p.Chair || p.Head.Taker == c.signedIn().ID
	if !p.Head.Page(m, p.Group) || !p.Edits && !p.Head.Public() {
		return p, agenda.ErrNotFound
	}
	return p, nil
}

// taking is protocolOf for those who take the minutes.
func (c *Ctx) taking() (protocol, error) {
	p, err := c.protocolOf()
	if err == nil && !p.Edits {
		err = agenda.ErrDenied
	}
	return p, err
}

// clash is what somebody typed while somebody else was quicker.
type clash struct {
	Item   int
	Mine   agenda.Minute
	Theirs agenda.Minute
	Both   bool     // two people wrote
	Wrong  []string // what is wrong with what was typed
}

// seatClash is a seat of which two people noted different things.
type seatClash struct {
	Who, Theirs string
}

// showMinutes is the page on which minutes are taken, and on which they are read.
func (w *Web) showMinutes(c *Ctx) error {
	p, err := c.protocolOf()
	if err != nil {
		return err
	}
	return c.minutesPage(http.StatusOK, p, nil, nil)
}

func (c *Ctx) minutesPage(status int, p protocol, x *clash, seats []seatClash) error {
	data := map[string]any{"P": p, "M": p.Meeting, "G": p.Group, "Clash": x, "SeatClashes": seats}
	people, err := c.store().People(c.ctx())
	if err != nil {
		return err
	}
	names := map[agenda.PersonID]string{}
	for _, one := range people {
		names[one.ID] = one.Name()
	}
	data["Names"] = names
	title := c.P.T("minutes.title", "title", p.Meeting.Name(p.Group))
	if !p.Writes() {
		return c.page(status, "minutesread", title, data)
	}
	if data["Members"], err = c.store().Namable(c.ctx(), p.Meeting); err != nil {
		return err
	}
	data["Begun"] = !p.Meeting.Start.In(c.store().Loc()).After(c.store().Now())
	data["Once"] = c.form("", "minutes.add").once().Once
	return c.page(status, "minutes", title, data)
}

// nth returns the value of a list of fields, "" behind its end.
func nth(list []string, i int) string {
	if i < len(list) {
		return strings.TrimSpace(list[i])
	}
	return ""
}

// postedMinute reads what was typed about an item. What is no number or day is a
// problem of its row.
func (c *Ctx) postedMinute() (f agenda.MinuteForm, p agenda.Problems) {
	f.Title, f.Outcome, f.Seen = c.posted("title"), c.posted("outcome"), c.postedSeen()
	list := c.PostFormArray
	number := func(field, s string) int {
		n, err := strconv.Atoi(s)
		if s != "" && err != nil {
			p.Add(field, "number", "")
		}
		return n
	}
	ids, texts, yes, no, abstain := list("decision_id"), list("decision"), list("yes"), list("no"), list("abstain")
	for i := range min(len(texts), 100) {
		name := agenda.DecisionField(i + 1)
		d := agenda.Decision{Text: texts[i], Yes: number(name, nth(yes, i)), No: number(name, nth(no, i)), Abstain: number(name, nth(abstain, i))}
		d.ID, _ = strconv.Atoi(nth(ids, i))
		f.Decisions = append(f.Decisions, d)
	}
	ids, what, who, until := list("task_id"), list("task"), list("task_who"), list("task_until")
	for i := range min(len(what), 100) {
		a := agenda.Assignment{What: what[i], Who: nth(who, i)}
		a.ID, _ = strconv.Atoi(nth(ids, i))
		if s := nth(until, i); s != "" {
			var err error
			if a.Until, err = agenda.ParseDate(s); err != nil {
				p.Add(agenda.AssignmentField(i+1), "date", "15.09.2027")
			}
		}
		f.Assignments = append(f.Assignments, a)
	}
	return f, p
}

// auto reports whether the page's script saves.
func (c *Ctx) auto() bool { return c.posted("do") == "auto" }

// saveMinute notes what was said about an item: for the page's script, or when
// somebody pressed the button.
func (w *Web) saveMinute(c *Ctx) error {
	p, err := c.taking()
	if err != nil {
		return err
	}
	item, err := strconv.Atoi(c.Param("item"))
	if err != nil {
		return agenda.ErrNotFound
	}
	f, problems := c.postedMinute()
	var saved agenda.Minute
	if err = problems.Err(); err == nil {
		saved, err = w.Store.SaveMinute(c.ctx(), c.actor(), p.Meeting.ID, item, f)
	}
	switch {
	case c.auto():
		return c.savedMinute(saved, err)
	case err == nil:
		return c.redirect(p.Home() + "#punkt-" + strconv.Itoa(item))
	}
	return c.refusedMinute(item, f, err)
}

// savedAnswer is what the page's script needs to go on after saving.
type savedAnswer struct {
	Seen      string `json:"seen"`
	Decisions []int  `json:"decisions"` // the numbers that they were given, in order
	Tasks     []int  `json:"tasks"`
}

// savedMinute tells the page's script how saving went.
func (c *Ctx) savedMinute(saved agenda.Minute, err error) error {
	var p agenda.Problems
	switch {
	case errors.Is(err, agenda.ErrConflict):
		c.JSON(http.StatusConflict, map[string]string{})
	case errors.As(err, &p):
		c.JSON(http.StatusUnprocessableEntity, map[string]string{"problem": strings.Join(c.problemLines(p), " ")})
	case err != nil:
		return err
	default:
		out := savedAnswer{Seen: protocol{}.Seen(saved.Changed)}
		for _, d := range saved.Decisions {
			out.Decisions = append(out.Decisions, d.ID)
		}
		for _, a := range saved.Assignments {
			out.Tasks = append(out.Tasks, a.ID)
		}
		c.JSON(http.StatusOK, out)
	}
	return nil
}

// problemLines says what is wrong, a text for each.
func (c *Ctx) problemLines(p agenda.Problems) []string {
	out := make([]string, len(p))
	for i, e := range p {
		out[i] = c.fieldName(e.Field) + ": " + c.problem(e)
	}
	return out
}

// refusedMinute shows the page with what was typed, and what somebody else saved
// meanwhile beside it: nothing is lost.
func (c *Ctx) refusedMinute(item int, f agenda.MinuteForm, err error) error {
	x := clash{Item: item, Both: errors.Is(err, agenda.ErrConflict)}
	var problems agenda.Problems
	if !x.Both && !errors.As(err, &problems) {
		return err
	}
	x.Wrong = c.problemLines(problems)
	p, perr := c.taking()
	if perr != nil {
		return perr
	}
	status := http.StatusUnprocessableEntity
	for i, it := range p.Items {
		if it.ID != item {
			continue
		}
		x.Theirs, x.Mine = it.Minute, it.Minute
		x.Mine.Outcome, x.Mine.Decisions, x.Mine.Assignments = f.Outcome, f.Decisions, f.Assignments
		if x.Mine.Free() && f.Title != "" {
			x.Mine.Title = f.Title
		}
		if !x.Both {
			x.Mine.Changed = f.Seen // as it was read
		}
		p.Items[i].Minute = x.Mine
	}
	if x.Both {
		status = http.StatusConflict
	}
	return c.minutesPage(status, p, &x, nil)
}

// savePresence notes who was there.
func (w *Web) savePresence(c *Ctx) error {
	p, err := c.taking()
	if err != nil {
		return err
	}
	var edits []agenda.PresenceEdit
	for _, r := range p.Rows {
		id := string(r.Seat)
		if _, ok := c.GetPostForm("state_" + id); !ok {
			continue
		}
		edits = append(edits, agenda.PresenceEdit{Seat: r.Seat, Was: c.PostForm("was_" + id), State: agenda.PresenceState(c.posted("state_" + id)), Instead: c.posted("instead_" + id)})
	}
	if guests, ok := c.GetPostForm("guests"); ok {
		edits = append(edits, agenda.PresenceEdit{Guests: guests, Was: c.PostForm("was_guests")})
	}
	clashes, err := w.Store.NotePresence(c.ctx(), c.actor(), p.Meeting.ID, edits)
	switch {
	case err != nil && c.auto():
		return c.savedMinute(agenda.Minute{}, err)
	case err != nil:
		return err
	case len(clashes) == 0 && c.auto():
		c.JSON(http.StatusOK, map[string]string{})
		return nil
	case len(clashes) == 0:
		return c.redirect(p.Home() + "#anwesenheit")
	case c.auto():
		return c.savedMinute(agenda.Minute{}, agenda.ErrConflict)
	}
	return c.clashedPresence(clashes)
}

// clashedPresence shows the list with what was typed, and what somebody else noted
// meanwhile beside it.
func (c *Ctx) clashedPresence(clashes []agenda.PresenceClash) error {
	p, err := c.taking()
	if err != nil {
		return err
	}
	var list []seatClash
	for _, x := range clashes {
		if x.Seat == "" {
			list = append(list, seatClash{c.P.T("field.guests"), x.Theirs})
			p.Presence.Guests += "\n" + x.Mine // both
			continue
		}
		for i, r := range p.Rows {
			if r.Seat != x.Seat {
				continue
			}
			list = append(list, seatClash{r.Institution + ", " + r.Name, c.seatWords(r.SeatPresence)})
			state, instead, _ := strings.Cut(x.Mine, "|")
			p.Rows[i].State, p.Rows[i].Instead = agenda.PresenceState(state), instead
		}
	}
	return c.minutesPage(http.StatusConflict, p, nil, list)
}

// seatWords says what is noted about a seat.
func (c *Ctx) seatWords(s agenda.SeatPresence) string {
	if s.State == "" {
		return "–"
	}
	word := c.P.T("minutes.presence." + string(s.State))
	if s.Instead != "" {
		word += " (" + s.Instead + ")"
	}
	return word
}
