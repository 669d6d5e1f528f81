package agenda

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Agenda is what a meeting is to deal with, in order. The zero Agenda is that of
// a meeting for which nobody has made one.
type Agenda struct {
	Meeting  MeetingID    `json:"meeting"`
	Items    []AgendaItem `json:"items"`
	Last     int          `json:"last,omitempty"`    // highest number that an item was given
	Version  int          `json:"version,omitempty"` // how many times it was sent to the members
	Released time.Time    `json:"released,omitzero"` // UTC; when the chair let it go out; zero: it is a draft
	Sent     time.Time    `json:"sent,omitzero"`     // UTC; when its last version went out
	Shown    time.Time    `json:"shown,omitzero"`    // UTC, whole seconds, only rises; last change of what members see
	Changed  time.Time    `json:"changed"`           // UTC, whole seconds, only rises
	Form     string       `json:"form,omitempty"`    // names the form that changed it last: sent twice it counts once
}

// AgendaItem is one item of an agenda.
type AgendaItem struct {
	ID      int       `json:"id"`              // within the meeting; never used again
	Topic   TopicID   `json:"topic,omitempty"` // that it was made of; "": an item of the chair's own
	Title   string    `json:"title"`
	Text    string    `json:"text,omitempty"`
	Kind    TopicKind `json:"kind,omitempty"`
	Minutes int       `json:"minutes,omitempty"` // 0: not said
	Who     string    `json:"who,omitempty"`     // who speaks to it
	PutOff  bool      `json:"putoff,omitempty"`  // at the meeting itself; before, what is put off leaves the agenda
}

const (
	// MostItems is how many items an agenda can have.
	MostItems = 40
	// mostItemBytes keeps an agenda within what one record holds.
	mostItemBytes = 24 << 10
)

// AgendaVersion is an agenda as it was sent to the members.
type AgendaVersion struct {
	Meeting MeetingID    `json:"meeting"`
	Number  int          `json:"n"` // from 1 on: what came with the invitation
	Items   []AgendaItem `json:"items"`
	Start   Local        `json:"start"` // of the meeting at that time
	End     Local        `json:"end"`
	Place   string       `json:"place,omitempty"`
	Sent    time.Time    `json:"sent"` // UTC
}

// TimedItem is an item with its number and the time at which it begins if those
// before it take as long as was said.
type TimedItem struct {
	AgendaItem
	Number int
	Start  Local
}

// ItemField is the field under which a problem with the n-th item of a form,
// counted from 1, is reported.
func ItemField(n int) string { return "item_" + itoa(n) }

// Timed returns the items of an agenda that begins at start, numbered.
func Timed(items []AgendaItem, start Local) []TimedItem {
	out := make([]TimedItem, len(items))
	for i, it := range items {
		out[i] = TimedItem{it, i + 1, start}
		start = start.AddMinutes(it.Minutes)
	}
	return out
}

// AgendaLength returns how many minutes the items take together.
func AgendaLength(items []AgendaItem) (n int) {
	for _, it := range items {
		n += it.Minutes
	}
	return n
}

// Beyond returns how many minutes longer the items take than the meeting.
func (a Agenda) Beyond(m MeetingDetails) int {
	return max(0, AgendaLength(a.Items)-m.Start.MinutesTo(m.End))
}

// Out reports whether members see the agenda: it was released.
func (a Agenda) Out() bool { return !a.Released.IsZero() && len(a.Items) > 0 }

// Item returns the item of that number, false if there is none.
func (a Agenda) Item(id int) (AgendaItem, bool) {
	i := slices.IndexFunc(a.Items, func(it AgendaItem) bool { return it.ID == id })
	if i < 0 {
		return AgendaItem{}, false
	}
	return a.Items[i], true
}

// Usual returns the items that a new agenda is proposed to begin with: those of
// the last meeting's agenda that are of the chair's own.
func (a Agenda) Usual() []AgendaItem {
	var out []AgendaItem
	for _, it := range a.Items {
		if it.Topic == "" && !it.PutOff && !IsApproval(it) {
			it.ID = 0
			out = append(out, it)
		}
	}
	return out
}

// Ordered puts the items of a form in order: by the numbers that were typed. Of
// two with the same number, the one whose number was changed goes where it was
// sent to: before the other when it moved up, behind it when it moved down. An
// item without a number (0) stays at the end.
func Ordered(items []AgendaItem, numbers []int) []AgendaItem {
	type placed struct {
		it     AgendaItem
		at     int
		turned int
	}
	list := make([]placed, len(items))
	for i, it := range items {
		list[i] = placed{it, numbers[i], cmp.Compare(numbers[i], i+1)}
		if numbers[i] <= 0 {
			list[i].at, list[i].turned = len(items)+1, 0
		}
	}
	slices.SortStableFunc(list, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.turned, b.turned))
	})
	out := make([]AgendaItem, len(list))
	for i, p := range list {
		out[i] = p.it
	}
	return out
}

// AgendaEdit is what a form makes of an agenda: all its items in order, those
// that are new without a number, and what becomes of some of them.
type AgendaEdit struct {
	Items  []AgendaItem
	Drop   []int   // numbers of items that leave the agenda; topics wait again
	PutOff []int   // numbers of items that are put off to a later meeting
	Take   []Topic // topics from the backlog
	Form   string  // names the form: sent twice it counts once
}

// AgendaTurn is what an edit made of an agenda.
type AgendaTurn struct {
	Agenda  Agenda
	Back    []AgendaItem // left the agenda; their topics wait again
	Off     []AgendaItem // were put off
	Changes []Change
	Same    bool // nothing was to be changed
}

// Edit returns the agenda of the meeting after the edit. ErrConflict is returned
// when it changed after seen, also when there was none then; Problems for what
// cannot be. Once the meeting has begun, the items of a released agenda stay:
// what is put off is marked so.
func (a Agenda) Edit(e AgendaEdit, m Meeting, seen, now time.Time, loc *time.Location) (AgendaTurn, error) {
	if e.Form != "" && e.Form == a.Form {
		return AgendaTurn{Agenda: a, Same: true}, nil
	}
	if m.State == MeetingCancelled {
		return AgendaTurn{Agenda: a}, ErrState
	}
	if !seen.Equal(a.Changed) {
		return AgendaTurn{Agenda: a}, ErrConflict
	}
	held := !a.Released.IsZero() && !m.Start.In(loc).After(now)
	t, err := a.apply(e, held)
	if err != nil {
		return AgendaTurn{Agenda: a}, err
	}
	n := &t.Agenda
	if slices.Equal(n.Items, a.Items) {
		t.Same = true
		t.Agenda = a
		return t, nil
	}
	n.Meeting, n.Form, n.Changed = m.ID, e.Form, Rise(a.Changed, now)
	if !n.Released.IsZero() {
		n.Shown = Rise(a.Shown, now)
	}
	t.Changes = []Change{{"agenda", titles(a.Items), titles(n.Items)}}
	return t, nil
}

// apply makes the edit without looking at who else was at work.
func (a Agenda) apply(e AgendaEdit, held bool) (t AgendaTurn, err error) {
	var p Problems
	t.Agenda = a
	t.Agenda.Items = nil
	for _, it := range e.Items {
		it = it.Clean()
		old, known := a.Item(it.ID)
		if it.ID != 0 && !known {
			return t, ErrConflict // somebody else took it away
		}
		it.Topic, it.PutOff = old.Topic, old.PutOff
		switch {
		case slices.Contains(e.PutOff, it.ID) && known:
			t.Off = append(t.Off, it)
			if !held {
				continue
			}
			it.PutOff = true
		case slices.Contains(e.Drop, it.ID) && known:
			if held {
				return t, ErrState
			}
			t.Back = append(t.Back, it)
			continue
		case it.ID == 0:
			t.Agenda.Last++
			it.ID = t.Agenda.Last
		}
		t.Agenda.Items = append(t.Agenda.Items, it)
	}
	for _, topic := range e.Take {
		t.Agenda.Last++
		t.Agenda.Items = append(t.Agenda.Items, AgendaItem{ID: t.Agenda.Last, Topic: topic.ID, Title: topic.Title, Text: topic.Text, Kind: topic.Kind, Minutes: topic.Minutes})
	}
	for _, old := range a.Items {
		if !slices.ContainsFunc(e.Items, func(it AgendaItem) bool { return it.ID == old.ID }) {
			return t, ErrConflict // the form did not know it
		}
	}
	checkItems(&p, t.Agenda.Items)
	return t, p.Err()
}

// Clean returns the item with every field fit to be kept.
func (it AgendaItem) Clean() AgendaItem {
	it.Title, it.Text, it.Who = Line(it.Title), Text(it.Text), Line(it.Who)
	return it
}

// Details returns the item as a topic has it.
func (it AgendaItem) Details() TopicDetails {
	d := TopicDetails{Title: it.Title, Text: it.Text, Kind: it.Kind, Minutes: it.Minutes}
	if d.Kind == "" {
		d.Kind = TopicDiscussion
	}
	return d
}

func checkItems(p *Problems, items []AgendaItem) {
	size := 0
	for i, it := range items {
		var q Problems
		required(&q, "", it.Title, 150)
		atMost(&q, "", it.Text, 2000)
		atMost(&q, "", it.Who, 150)
		between(&q, "", it.Minutes, 0, 480)
		if it.Kind != "" && !slices.Contains(TopicKinds, it.Kind) {
			q.Add("", "one_of", "")
		}
		for _, x := range q {
			p.Add(ItemField(i+1), x.Rule, x.Want)
		}
		size += len(it.Title) + len(it.Text) + len(it.Who)
	}
	if len(items) > MostItems {
		p.Add("agenda", "too_many", itoa(MostItems))
	}
	if size > mostItemBytes {
		p.Add("agenda", "agenda_long", "")
	}
}

// titles lists the items for the history.
func titles(items []AgendaItem) string {
	list := make([]string, len(items))
	for i, it := range items {
		list[i] = it.Title
		if it.Minutes > 0 {
			list[i] += " (" + itoa(it.Minutes) + ")"
		}
		if it.PutOff {
			list[i] += " →"
		}
	}
	return strings.Join(list, "; ")
}

// Release returns the agenda that goes out to the members when its day has come.
// Releasing it twice changes nothing.
func (a Agenda) Release(seen, now time.Time) (Agenda, error) {
	if !a.Released.IsZero() {
		return a, nil
	}
	if len(a.Items) == 0 {
		return a, Problems{{Field: "agenda", Rule: "agenda_empty"}}
	}
	if !seen.Equal(a.Changed) {
		return a, ErrConflict
	}
	a.Released, a.Changed, a.Shown = now, Rise(a.Changed, now), Rise(a.Shown, now)
	return a, nil
}

// Withdraw returns the agenda as a draft again. ErrState is returned for one that
// has gone out.
func (a Agenda) Withdraw(now time.Time) (Agenda, error) {
	if a.Released.IsZero() {
		return a, nil
	}
	if !a.Sent.IsZero() {
		return a, ErrState
	}
	a.Released, a.Changed, a.Shown = time.Time{}, Rise(a.Changed, now), Rise(a.Shown, now)
	return a, nil
}

// Send returns the agenda after a version of it went out, and that version.
func (a Agenda) Send(m Meeting, now time.Time) (Agenda, AgendaVersion) {
	a.Version++
	a.Sent = now
	return a, AgendaVersion{Meeting: m.ID, Number: a.Version, Items: a.Items, Start: m.Start, End: m.End, Place: m.Place, Sent: now}
}

// Differs reports whether the items are others than those of a version that was
// sent.
func (a Agenda) Differs(v AgendaVersion) bool { return !slices.Equal(a.Items, v.Items) }

// Follow returns the agenda after a topic on it was changed by who handed it in,
// or taken back (nil). What the chair wrote otherwise stays.
func (a Agenda) Follow(old Topic, now *Topic, at time.Time) Agenda {
	items := slices.Clone(a.Items)
	i := slices.IndexFunc(items, func(it AgendaItem) bool { return it.Topic == old.ID })
	if i < 0 {
		return a
	}
	if now == nil {
		items = slices.Delete(items, i, i+1)
	} else {
		it := &items[i]
		follow(&it.Title, old.Title, now.Title)
		follow(&it.Text, old.Text, now.Text)
		follow(&it.Kind, old.Kind, now.Kind)
		follow(&it.Minutes, old.Minutes, now.Minutes)
	}
	a.Items, a.Changed = items, Rise(a.Changed, at)
	return a
}

// follow changes a value that is still as it was.
func follow[T comparable](v *T, old, now T) {
	if *v == old {
		*v = now
	}
}
