package agenda

import (
	"slices"
	"time"
)

// MergeField is one decision when two events are merged: fields of the details
// that belong together.
type MergeField struct {
	Name   string   // message key field.<Name> of its label
	Fields []string // as in EventDetails.Changes
}

// mergeFields are the decisions, in the order of the form. Those who organise
// together are joined, the internal contact stays; neither is a decision.
var mergeFields = []MergeField{
	{"title", []string{"title"}}, {"subtitle", []string{"subtitle"}}, {"summary", []string{"summary"}}, {"description", []string{"description"}},
	{"category", []string{"category"}}, {"merge_when", []string{"start", "end", "further", "doors"}}, {"merge_where", []string{"venue", "online"}},
	{"organiser", []string{"organiser"}}, {"audiences", []string{"audiences"}}, {"womenonly", []string{"womenonly"}}, {"languages", []string{"languages"}},
	{"interpreters", []string{"interpreters"}}, {"stepfree", []string{"stepfree"}}, {"childcare", []string{"childcare"}},
	{"merge_price", []string{"free", "price"}}, {"merge_signup", []string{"signup", "signuphere", "signupuntil", "signupby", "places"}}, {"food", []string{"food"}}, {"contact", []string{"contact"}},
}

// MergePicture is the decision on the picture.
const MergePicture = "picture"

// Choice is a decision that is to be made when two events are merged.
type Choice struct {
	MergeField
	Changes []Change // what differs: Old is of the event that stays, New of the other
	Other   bool     // the other's is the more complete: proposed
}

// MergeChoices returns in what two events differ, with the more complete proposed
// of each.
func (e Event) MergeChoices(o Event) (out []Choice) {
	differ := e.EventDetails.Changes(o.EventDetails)
	for _, f := range mergeFields {
		c := Choice{MergeField: f}
		for _, d := range differ {
			if slices.Contains(f.Fields, d.Field) {
				c.Changes = append(c.Changes, d)
			}
		}
		if len(c.Changes) > 0 {
			c.Other = fuller(f, e.EventDetails, o.EventDetails)
			out = append(out, c)
		}
	}
	if c := e.Picture.Changes(o.Picture); len(c) > 0 {
		out = append(out, Choice{MergeField: MergeField{Name: MergePicture}, Changes: c, Other: e.Picture == nil})
	}
	return out
}

// fuller reports whether what b says on a decision is more complete than what a
// says: where a says nothing, or of longer texts and lists the longer one. In
// time, place and name the event that stays is the one that people know.
func fuller(f MergeField, a, b EventDetails) bool {
	var empty, there EventDetails
	for _, name := range f.Fields {
		empty, there = empty.Take(name, a), there.Take(name, b)
	}
	ca, cb := (EventDetails{}).Changes(empty), (EventDetails{}).Changes(there)
	if len(ca) != len(cb) {
		return len(cb) > len(ca)
	}
	long := []string{"summary", "description", "audiences", "languages", "interpreters", "contact"}
	return len(ca) == 1 && slices.Contains(long, f.Name) && Length(cb[0].New) > Length(ca[0].New)
}

// Merged is what merging two events makes of them.
type Merged struct {
	Kept, Gone Event
	Changes    []Change // of the one that stays
}

// Joining says how two events are to be made one.
type Joining struct {
	Others          []string  // the decisions on which the other's value stays; of the rest, this one's does
	SignedUp        bool      // people have signed up for the other: they have their places there
	Seen, SeenOther time.Time // when the two had changed last as they were seen; zero: not checked
}

// Merge makes two events one. ErrState is returned when one of them was merged
// already, is a draft or has a proposal that waits, when a public event would
// vanish in one that is not public, and when people have signed up for the one
// that goes; Problems for an event and itself, for events of different editions,
// and for details that cannot be; ErrConflict when one has changed meanwhile.
func (e Event) Merge(o Event, j Joining, now time.Time, loc *time.Location) (Merged, error) {
	switch {
	case e.ID == o.ID:
		return Merged{}, Problems{{Field: "merge_other", Rule: "itself"}}
	case e.Edition != o.Edition || e.Year() != o.Year():
		return Merged{}, Problems{{Field: "merge_other", Rule: "editions"}}
	case e.Review == Draft || o.Review == Draft || e.Into != "" || o.Into != "" || e.Proposal != nil || o.Proposal != nil || o.Public() && !e.Public() || j.SignedUp:
		return Merged{}, ErrState
	case !j.Seen.IsZero() && !j.Seen.Equal(e.Changed) || !j.SeenOther.IsZero() && !j.SeenOther.Equal(o.Changed):
		return Merged{}, ErrConflict
	}
	d := e.EventDetails
	for _, f := range mergeFields {
		if slices.Contains(j.Others, f.Name) {
			for _, name := range f.Fields {
				d = d.Take(name, o.EventDetails)
			}
		}
	}
	d.CoOrganisers = joinOrganisers(d.Organiser, e.EventDetails, o.EventDetails)
	kept, changes, err := e.Change(d, false, time.Time{}, now, loc)
	if err != nil {
		return Merged{}, err
	}
	if slices.Contains(j.Others, MergePicture) {
		changes = append(changes, e.Picture.Changes(o.Picture)...)
		kept.Picture = o.Picture
	}
	if kept.Visitors == nil {
		kept.Visitors, kept.VisitorsNote = o.Visitors, o.VisitorsNote
	}
	kept.Changed = Rise(e.Changed, now)
	gone := o
	gone.Review, gone.Into, gone.Picture, gone.Release = Withdrawn, e.ID, nil, Local{}
	gone.Sequence++
	gone.Changed = Rise(o.Changed, now)
	return Merged{kept, gone, changes}, nil
}

// joinOrganisers returns all who organise one of two events, but for the one who
// is named first.
func joinOrganisers(first string, a, b EventDetails) (out []string) {
	have := map[string]bool{Fold(first): true}
	for _, name := range slices.Concat(a.CoOrganisers, []string{a.Organiser, b.Organiser}, b.CoOrganisers) {
		if !have[Fold(name)] {
			have[Fold(name)] = true
			out = append(out, name)
		}
	}
	return out
}

// MoveTask returns a task as one of the event that its own was merged into.
// editor is whose it is there.
func (t Task) MoveTask(into EventID, editor EditorID, who string) Task {
	t.Event, t.Editor = into, editor
	if t.Who == "" && editor == "" {
		t.Who = who
	}
	return t
}

// Inherit returns the translation that the event that stays has of a language:
// its own, unless it has none or only that of the event that goes says what the
// event now says in German.
func (t Translation) Inherit(goes Translation, kept Event) Translation {
	if t.Gone() || t.Outdated(kept.EventDetails) && goes.Shown() && !goes.Outdated(kept.EventDetails) {
		goes.Event = kept.ID
		return goes
	}
	return t
}

// Move returns the watcher as one of the event that hers was merged into. have
// is what that event knows of the same address, the zero Watcher if nothing.
// Whoever had confirmed once need not do so again.
func (w Watcher) Move(into EventID, have Watcher) Watcher {
	n := have
	if have.ID == "" {
		n = w
		n.ID, n.Event, n.Gen = WatcherIDOf(into, w.Email), into, 0
	}
	if n.Confirmed.IsZero() || !w.Confirmed.IsZero() && w.Confirmed.Before(n.Confirmed) {
		n.Confirmed = w.Confirmed
	}
	if w.Asked.After(n.Asked) {
		n.Asked = w.Asked
	}
	return n
}
