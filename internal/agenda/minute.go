package agenda

import (
	"slices"
	"strings"
	"time"
)

// FreeItem is where the numbers of items outside of the agenda begin. The first
// of a meeting without agenda is the course of the meeting as a whole.
const FreeItem = 1001

// Limits of what is recorded about an item.
const (
	MostFreeItems   = 20
	mostDecisions   = 20
	mostAssignments = 20
	mostMinuteBytes = 40 << 10 // keeps it within what one record holds
	mostOutcome     = 10000
	mostAllBytes    = 400 << 10 // of all items of a meeting: they are kept together in one step
)

// Decision is what a meeting decided.
type Decision struct {
	ID      int    `json:"id"` // within the item; never used again
	Text    string `json:"text"`
	Yes     int    `json:"yes,omitempty"`
	No      int    `json:"no,omitempty"`
	Abstain int    `json:"abstain,omitempty"`
}

// Counted reports whether votes were counted.
func (d Decision) Counted() bool { return d.Yes+d.No+d.Abstain > 0 }

// Assignment is what somebody is to do until a day, as a meeting agreed.
type Assignment struct {
	ID     int      `json:"id"` // within the item; never used again
	What   string   `json:"what"`
	Person PersonID `json:"person,omitempty"` // the member whose it is; "": somebody who is only named
	Who    string   `json:"who,omitempty"`    // her name as it was then
	Until  Date     `json:"until"`            // no day: none was agreed
}

// Minute is what is recorded about one item of a meeting.
type Minute struct {
	Meeting     MeetingID    `json:"meeting"`
	Item        int          `json:"item"`  // of the agenda, or from FreeItem on
	Title       string       `json:"title"` // as the item was called
	Outcome     string       `json:"outcome,omitempty"`
	Decisions   []Decision   `json:"decisions,omitempty"`
	Assignments []Assignment `json:"tasks,omitempty"`
	Last        int          `json:"last,omitempty"` // highest number that a decision or assignment was given
	Form        string       `json:"form,omitempty"` // names the form that made it: sent twice it makes one
	Changed     time.Time    `json:"changed"`        // UTC, only rises
	Said        *Gathered    `json:"said,omitempty"` // the line of the history that tells of the last changes
}

// Gathered is a line of the history to which further changes of the same person
// are added for a while.
type Gathered struct {
	Key   string    `json:"key"`
	Actor Actor     `json:"actor"`
	At    time.Time `json:"at"`             // UTC; when it was begun
	Told  []Change  `json:"told,omitempty"` // what it says
}

// gatherFor is for how long one line of the history tells of one person's changes
// of an item.
const gatherFor = time.Hour

// Takes reports whether the line tells of a change that the actor makes at now.
func (g *Gathered) Takes(who Actor, now time.Time) bool {
	return g != nil && g.Actor == who && now.Sub(g.At) < gatherFor && !now.Before(g.At)
}

// Free reports whether the item stands outside of the agenda.
func (m Minute) Free() bool { return m.Item >= FreeItem }

// Empty reports whether nothing was recorded.
func (m Minute) Empty() bool {
	return m.Outcome == "" && len(m.Decisions) == 0 && len(m.Assignments) == 0
}

// DecisionField and AssignmentField are the fields under which problems with the
// n-th of them, counted from 1, are reported.
func DecisionField(n int) string { return "decision_" + itoa(n) }

// AssignmentField is DecisionField for assignments.
func AssignmentField(n int) string { return "assignment_" + itoa(n) }

// MinuteForm is what was typed about an item. Rows in which nothing stands are
// left out.
type MinuteForm struct {
	Title       string // of an item outside of the agenda
	Outcome     string
	Decisions   []Decision
	Assignments []Assignment
	Seen        time.Time
}

// Clean returns the form with every field fit to be kept. Names of members become
// the members.
func (f MinuteForm) Clean(members []Person) MinuteForm {
	f.Title, f.Outcome = Line(f.Title), Text(f.Outcome)
	var d []Decision
	for _, x := range f.Decisions {
		if x.Text = Text(x.Text); x.Text != "" || x.Counted() {
			d = append(d, x)
		}
	}
	var a []Assignment
	for _, x := range f.Assignments {
		x.What, x.Who = Line(x.What), Line(x.Who)
		x.Person = named(members, x.Who)
		if x.What != "" || x.Who != "" || !x.Until.IsZero() {
			a = append(a, x)
		}
	}
	f.Decisions, f.Assignments = d, a
	return f
}

// named returns the one member of that name, "" if there is none or several.
func named(members []Person, name string) PersonID {
	if name == "" {
		return ""
	}
	found := PersonID("")
	for _, p := range members {
		if Fold(p.Name()) == Fold(name) || Fold(p.SortName()) == Fold(name) {
			if found != "" {
				return ""
			}
			found = p.ID
		}
	}
	return found
}

func (f MinuteForm) check(titled bool) error {
	var p Problems
	if titled {
		required(&p, "minute_title", f.Title, 150)
	}
	atMost(&p, "outcome", f.Outcome, mostOutcome)
	size := len(f.Outcome)
	for i, d := range f.Decisions {
		var q Problems
		required(&q, "", d.Text, 2000)
		for _, n := range []int{d.Yes, d.No, d.Abstain} {
			between(&q, "", n, 0, 999)
		}
		q.move(&p, DecisionField(i+1))
		size += len(d.Text)
	}
	for i, a := range f.Assignments {
		var q Problems
		required(&q, "", a.What, 300)
		atMost(&q, "", a.Who, 100)
		if !a.Until.IsZero() && (a.Until.Year < 2000 || a.Until.Year > 2100) {
			q.Add("", "date", "15.09.2027")
		}
		q.move(&p, AssignmentField(i+1))
		size += len(a.What) + len(a.Who)
	}
	if len(f.Decisions) > mostDecisions {
		p.Add("decisions", "too_many", itoa(mostDecisions))
	}
	if len(f.Assignments) > mostAssignments {
		p.Add("assignments", "too_many", itoa(mostAssignments))
	}
	if size > mostMinuteBytes {
		p.Add("outcome", "minute_long", "")
	}
	return p.Err()
}

// move reports the first of the problems under another field.
func (p Problems) move(to *Problems, field string) {
	if len(p) > 0 {
		to.Add(field, p[0].Rule, p[0].Want)
	}
}

// Edit returns what is recorded about an item after the form. ErrConflict is
// returned when it changed after the form was read, also when there was nothing
// then; Problems for what cannot be. The same again changes nothing.
func (m Minute) Edit(f MinuteForm, members []Person, now time.Time) (Minute, []Change, error) {
	f = f.Clean(members)
	if m.Free() && f.Title == "" {
		f.Title = m.Title
	}
	n := m
	n.Title, n.Outcome, n.Decisions, n.Assignments = f.Title, f.Outcome, f.Decisions, f.Assignments
	if err := n.number(m); err != nil {
		return m, nil, err
	}
	changes := m.Changes(n)
	if len(changes) == 0 {
		return m, nil, nil // also the second click, and who typed the same
	}
	if !f.Seen.Equal(m.Changed) {
		return m, nil, ErrConflict
	}
	if err := f.check(m.Item > FreeItem); err != nil {
		return m, nil, err
	}
	n.Changed = rise(m.Changed, now)
	return n, changes, nil
}

// number gives decisions and assignments that are new their numbers. Those of a
// form begin behind the last one that was given.
func (m *Minute) number(old Minute) error {
	seen := map[int]bool{}
	next := func(id int) int {
		if id <= 0 || seen[id] || id > old.Last+2*(mostDecisions+mostAssignments) {
			id = m.Last + 1
		}
		seen[id] = true
		m.Last = max(m.Last, id)
		return id
	}
	m.Decisions, m.Assignments = slices.Clone(m.Decisions), slices.Clone(m.Assignments)
	for i := range m.Decisions {
		m.Decisions[i].ID = next(m.Decisions[i].ID)
	}
	for i := range m.Assignments {
		m.Assignments[i].ID = next(m.Assignments[i].ID)
	}
	return nil
}

// rise is Rise without cutting off what is less than a second: several people
// write within one.
func rise(old, now time.Time) time.Time {
	if now = now.UTC(); !now.After(old) {
		return old.Add(time.Millisecond)
	}
	return now
}

// Changes lists in what the record n differs from m.
func (m Minute) Changes(n Minute) []Change {
	var c []Change
	diff(&c, "minute_title", m.Title, n.Title)
	diff(&c, "outcome", m.Outcome, n.Outcome)
	diff(&c, "decisions", decisionsText(m.Decisions), decisionsText(n.Decisions))
	diff(&c, "assignments", assignmentsText(m.Assignments), assignmentsText(n.Assignments))
	if len(c) == 1 && c[0].Field == "minute_title" && !n.Free() {
		return nil // the agenda calls it otherwise now; nobody has noted anything
	}
	return c
}

// Short returns the changes cut to what a line of the history shows: of a long
// text what comes behind the part that is the same before and after.
func Short(changes []Change) []Change {
	out := slices.Clone(changes)
	for i, c := range out {
		same := 0
		if old, now := []rune(c.Old), []rune(c.New); len(old) > mostTold || len(now) > mostTold {
			for same < min(len(old), len(now)) && old[same] == now[same] {
				same++
			}
			same = max(0, same-mostTold/4)
		}
		out[i].Old, out[i].New = cut(c.Old, same), cut(c.New, same)
	}
	return out
}

// mostTold is how many characters of a value a line of the history shows.
const mostTold = 400

func cut(s string, from int) string {
	r := []rune(s)[from:]
	head, tail := "", ""
	if from > 0 {
		head = "…"
	}
	if len(r) > mostTold {
		r, tail = r[:mostTold], "…"
	}
	return head + string(r) + tail
}

// Joined returns changes that follow on one another as one: each field from its
// first value to its last. What is again as it was is left out.
func Joined(before, after []Change) []Change {
	var out []Change
	for _, c := range before {
		if i := slices.IndexFunc(after, func(a Change) bool { return a.Field == c.Field }); i >= 0 {
			c.New = after[i].New
		}
		if c.Old != c.New {
			out = append(out, c)
		}
	}
	for _, c := range after {
		if !slices.ContainsFunc(before, func(b Change) bool { return b.Field == c.Field }) {
			out = append(out, c)
		}
	}
	return out
}

// decisionsText writes decisions as the history shows them.
func decisionsText(list []Decision) string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = d.Text
		if d.Counted() {
			out[i] += " (" + itoa(d.Yes) + "/" + itoa(d.No) + "/" + itoa(d.Abstain) + ")"
		}
	}
	return strings.Join(out, "; ")
}

func assignmentsText(list []Assignment) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.What
		if a.Who != "" {
			out[i] += ", " + a.Who
		}
		if !a.Until.IsZero() {
			out[i] += ", " + dotted(a.Until)
		}
	}
	return strings.Join(out, "; ")
}

// MinuteItem is an item of the agenda, or one outside of it, and what is recorded
// about it.
type MinuteItem struct {
	AgendaItem
	Number int
	Start  Local // when it begins if those before it take as long as was said; zero: that was not said
	Minute Minute
}

// MinuteItems returns all items of a meeting with what is recorded about them: in
// the order of the agenda, then those outside of it, by number. A meeting without
// an agenda has one in which its course is told.
func MinuteItems(m Meeting, a Agenda, minutes []Minute) []MinuteItem {
	by := map[int]Minute{}
	for _, x := range minutes {
		by[x.Item] = x
	}
	var out []MinuteItem
	at, timed := m.Start, slices.ContainsFunc(a.Items, func(it AgendaItem) bool { return it.Minutes > 0 })
	for _, it := range a.Items {
		x, ok := by[it.ID]
		if !ok {
			x = Minute{Meeting: m.ID, Item: it.ID}
		}
		x.Title = it.Title
		one := MinuteItem{AgendaItem: it, Number: len(out) + 1, Minute: x}
		if timed {
			one.Start = at
		}
		out, at = append(out, one), at.AddMinutes(it.Minutes)
		delete(by, it.ID)
	}
	if _, ok := by[FreeItem]; len(a.Items) == 0 && !ok {
		by[FreeItem] = Minute{Meeting: m.ID, Item: FreeItem}
	}
	var rest []Minute
	for _, x := range by {
		if x.Free() || !x.Empty() {
			rest = append(rest, x)
		}
	}
	slices.SortFunc(rest, func(x, y Minute) int { return x.Item - y.Item })
	for _, x := range rest {
		out = append(out, MinuteItem{AgendaItem: AgendaItem{ID: x.Item, Title: x.Title}, Number: len(out) + 1, Minute: x})
	}
	return out
}

// Size is how many bytes of text are recorded about the item.
func (m Minute) Size() int {
	n := len(m.Title) + len(m.Outcome)
	for _, d := range m.Decisions {
		n += len(d.Text)
	}
	for _, a := range m.Assignments {
		n += len(a.What) + len(a.Who)
	}
	return n
}

// CheckSize returns a problem when all items of a meeting are too long together.
func CheckSize(minutes []Minute) error {
	n := 0
	for _, m := range minutes {
		n += m.Size()
	}
	if n > mostAllBytes {
		return Problems{{Field: "outcome", Rule: "minute_long"}}
	}
	return nil
}

// CountMinutes returns how many decisions there are in the records and how many
// assignments are not done, and whether anything was recorded at all.
func CountMinutes(minutes []Minute, done map[AssignmentID]bool) (decided, open int, said bool) {
	for _, x := range minutes {
		decided += len(x.Decisions)
		said = said || !x.Empty()
		for _, a := range x.Assignments {
			if !done[AssignmentID{x.Meeting, x.Item, a.ID}] {
				open++
			}
		}
	}
	return decided, open, said
}
