package agenda

import (
	"slices"
	"strings"
)

// Listing says what a person agreed to show to the other members in the
// directory (Art. 6 (1) a GDPR). The zero value is nothing: she is not listed.
type Listing struct {
	Name  bool `json:"name,omitempty"`
	Email bool `json:"email,omitempty"`
	Phone bool `json:"phone,omitempty"`
	Since Date `json:"since,omitzero"` // when she agreed to the first of it
}

// Agree returns the listing after she chose anew on the day. Without her name
// nothing of her is shown.
func (l Listing) Agree(to Listing, today Date) Listing {
	if !to.Name {
		return Listing{}
	}
	to.Since = l.Since
	if to.Since.IsZero() {
		to.Since = today
	}
	return to
}

// Changes lists what is different in the listing m.
func (l Listing) Changes(m Listing) []Change {
	var c []Change
	diff(&c, "listed_name", yes(l.Name), yes(m.Name))
	diff(&c, "listed_email", yes(l.Email), yes(m.Email))
	diff(&c, "listed_phone", yes(l.Phone), yes(m.Phone))
	return c
}

// WorkFields are the fields of work of institutions, in the order of the pages.
var WorkFields = []string{
	"advice", "arrival", "language", "school", "work", "health", "family", "youth", "women", "culture", "faith", "sport", "housing", "volunteers", "administration",
}

// Listed returns the person as the directory shows her: what she did not agree
// to is empty.
func (p Person) Listed() (Person, bool) {
	out := Person{ID: p.ID, Given: p.Given, Family: p.Family, Institution: p.Institution}
	if p.Listing.Email {
		out.Email = p.Email
	}
	if p.Listing.Phone {
		out.Phone = p.Phone
	}
	return out, p.Listing.Name
}

// DirectoryEntry is an institution with those of its people who are listed. Its
// people are as Listed returns them.
type DirectoryEntry struct {
	Institution Institution // zero for people without one
	People      []Person
}

// DirectoryFilter says which entries are wanted; what is empty does not matter.
type DirectoryFilter struct {
	Town  string
	Field string // one of WorkFields
	Words string // of names, as they are shown
}

// Directory returns the institutions that the filter wants, in their order, with
// the listed of their people in their order; those without an institution come
// last. Words that name a person show her alone; nobody is found by what she
// does not show.
func Directory(institutions []Institution, people []Person, f DirectoryFilter) []DirectoryEntry {
	of := map[InstitutionID][]Person{}
	known := map[InstitutionID]bool{}
	for _, i := range institutions {
		known[i.ID] = true
	}
	for _, p := range people {
		if shown, ok := p.Listed(); ok {
			id := p.Institution
			if !known[id] {
				id = ""
			}
			of[id] = append(of[id], shown)
		}
	}
	var out []DirectoryEntry
	for _, i := range append(slices.Clone(institutions), Institution{}) {
		e := DirectoryEntry{i, of[i.ID]}
		if (i.ID != "" || len(e.People) > 0) && f.wants(&e) {
			out = append(out, e)
		}
	}
	return out
}

// wants reports whether the filter wants the entry, and leaves those of its
// people in it who are meant.
func (f DirectoryFilter) wants(e *DirectoryEntry) bool {
	i := e.Institution
	if f.Town != "" && i.Town != f.Town || f.Field != "" && !slices.Contains(i.Fields, f.Field) {
		return false
	}
	words := Fold(Line(f.Words))
	if words == "" || slices.ContainsFunc(append([]string{i.Name}, i.Aliases...), func(n string) bool { return strings.Contains(Fold(n), words) }) {
		return true
	}
	e.People = slices.DeleteFunc(slices.Clone(e.People), func(p Person) bool {
		return !strings.Contains(Fold(p.Name()), words) && !strings.Contains(Fold(p.SortName()), words)
	})
	return len(e.People) > 0
}
