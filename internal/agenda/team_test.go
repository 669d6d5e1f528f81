package agenda

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"
)

func mustLocal(s string) Local {
	l, err := ParseLocal(s)
	if err != nil {
		panic(err)
	}
	return l
}

func evening(id EventID, title, organiser, venue, town, start string, hours int) Event {
	at := mustLocal(start)
	return Event{ID: id, Edition: 2027, Review: Submitted, Standing: Scheduled, EventDetails: EventDetails{
		Title: title, Summary: "Für alle.", Category: "fest", Start: at, End: at.AddMinutes(60 * hours), Organiser: organiser, Venue: Venue{Name: venue, Town: town},
		Audiences: []string{"alle"}, Languages: []string{"de"}, Free: true, Internal: Contact{Name: "Erika", Email: string(id) + "@example.org"},
	}}
}

func TestDoubles(t *testing.T) {
	one := evening("a", "Internationales Frauenfest", "AWO", "Markthalle", "Herford", "2027-09-18T15:00", 3)
	for name, c := range map[string]struct {
		other Event
		why   []string
	}{
		"the same title by another institution": {evening("b", "Internationales Frauenfest", "Caritas", "Rathaus", "Bünde", "2027-09-18T16:00", 3), []string{"overlap", "title"}},
		"a slip of the pen":                     {evening("b", "Internationales Fraunfest", "Caritas", "Rathaus", "Bünde", "2027-09-18T16:00", 3), []string{"overlap", "title"}},
		"most of the words":                     {evening("b", "Frauenfest – internationales Fest", "Caritas", "Rathaus", "Bünde", "2027-09-18T16:00", 3), []string{"overlap", "title"}},
		"the same hall, spelled otherwise":      {evening("b", "Musik der Welt", "Caritas", "Markt-Halle", "Herford", "2027-09-18T17:00", 3), []string{"overlap", "venue"}},
		"the same institution in the same town": {evening("b", "Musik der Welt", "AWO", "Rathaus", "Herford", "2027-09-18T17:00", 3), []string{"overlap", "town", "organiser"}},
		"another event in the same town":        {evening("b", "Musik der Welt", "Caritas", "Rathaus", "Herford", "2027-09-18T15:00", 3), nil},
		"one word of two":                       {evening("b", "Internationales Kochen", "Caritas", "Rathaus", "Bünde", "2027-09-18T15:00", 3), nil},
		"one after the other":                   {evening("b", "Internationales Frauenfest", "AWO", "Markthalle", "Herford", "2027-09-18T18:00", 3), nil},
		"on the next day":                       {evening("b", "Internationales Frauenfest", "AWO", "Markthalle", "Herford", "2027-09-19T15:00", 3), nil},
	} {
		d := Doubles([]Event{one, c.other})
		if c.why == nil && len(d) > 0 || c.why != nil && (len(d) != 1 || !slices.Equal(d[0].Reasons, c.why)) {
			t.Errorf("%s: %+v, want %v", name, d, c.why)
		}
	}
	twin := evening("b", one.Title, "AWO", "Markthalle", "Herford", "2027-09-18T15:00", 3)
	for name, change := range map[string]func(*Event){
		"of another edition": func(e *Event) { e.Edition = 0 }, "withdrawn": func(e *Event) { e.Review = Withdrawn }, "cancelled": func(e *Event) { e.Standing = Cancelled },
	} {
		e := twin
		if change(&e); len(Doubles([]Event{one, e})) > 0 {
			t.Errorf("%s: a double", name)
		}
	}
	twin.Review = Published
	if d := Doubles([]Event{one, twin}); len(d) != 1 || d[0].Keep.ID != "b" {
		t.Errorf("the public one is not the one that stays: %+v", d)
	}
}

func TestMergeTakesWhatIsChosen(t *testing.T) {
	a, b := evening("a", "Fest", "AWO", "Markthalle", "Herford", "2027-09-18T15:00", 3), evening("b", "Frauenfest", "Caritas", "Rathaus", "Bünde", "2027-09-18T16:00", 3)
	b.Subtitle, b.Summary, b.CoOrganisers, b.Picture = "Musik", "Für alle Frauen und ihre Familien.", []string{"DRK", "awo"}, &Picture{Blob: "x"}
	proposed := map[string]bool{}
	for _, c := range a.MergeChoices(b) {
		proposed[c.Name] = c.Other
	}
	want := map[string]bool{"title": false, "subtitle": true, "summary": true, "merge_when": false, "merge_where": false, "organiser": false, "picture": true}
	for name, other := range want {
		if got, ok := proposed[name]; !ok || got != other {
			t.Errorf("%s: proposed of the other: %v, %v; want %v", name, got, ok, other)
		}
	}
	if len(proposed) != len(want) {
		t.Errorf("choices %v, want %v", proposed, want)
	}
	now := time.Date(2027, 8, 1, 10, 0, 0, 0, time.UTC)
	m, err := a.Merge(b, Joining{Others: []string{"subtitle", "merge_when", "picture", "organiser"}, Seen: a.Changed, SeenOther: b.Changed}, now, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	k := m.Kept
	if k.Title != "Fest" || k.Subtitle != "Musik" || k.Start != b.Start || k.End != b.End || k.Venue != a.Venue || k.Organiser != "Caritas" || k.Picture != b.Picture || k.Internal != a.Internal {
		t.Errorf("kept %+v", k)
	}
	if !slices.Equal(k.CoOrganisers, []string{"AWO", "DRK"}) {
		t.Errorf("organised with %v", k.CoOrganisers)
	}
	if m.Gone.Into != "a" || m.Gone.Public() || m.Gone.Picture != nil || m.Gone.Sequence == b.Sequence {
		t.Errorf("gone %+v", m.Gone)
	}
}

func TestWhatCannotBeMerged(t *testing.T) {
	now := time.Date(2027, 8, 1, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(a, b *Event)
		want   error
	}{
		"an event and itself":            {func(_, b *Event) { b.ID = "a" }, Problems{}},
		"of different editions":          {func(_, b *Event) { b.Edition = 2026 }, Problems{}},
		"of different years":             {func(a, b *Event) { a.Edition, b.Edition = 0, 0; b.Start = mustLocal("2026-09-18T15:00") }, Problems{}},
		"public into not public":         {func(_, b *Event) { b.Review = Published }, ErrState},
		"merged before":                  {func(_, b *Event) { b.Into = "c" }, ErrState},
		"into one that was merged":       {func(a, _ *Event) { a.Into = "c" }, ErrState},
		"while a proposal waits":         {func(a, _ *Event) { a.Proposal = &Proposal{} }, ErrState},
		"while one for the other waits":  {func(_, b *Event) { b.Proposal = &Proposal{} }, ErrState},
		"that people have signed up for": {func(_, _ *Event) {}, ErrState},
		"a draft":                        {func(_, b *Event) { b.Review = Draft }, ErrState},
		"when it changed meanwhile":      {func(a, _ *Event) { a.Changed = now.Add(time.Hour) }, ErrConflict},
		"when the other one has changed": {func(_, b *Event) { b.Changed = now.Add(time.Hour) }, ErrConflict},
	} {
		a, b := evening("a", "Fest", "AWO", "Markthalle", "Herford", "2027-09-18T15:00", 3), evening("b", "Fest", "AWO", "Markthalle", "Herford", "2027-09-18T15:00", 3)
		a.Changed, b.Changed = now, now
		c.change(&a, &b)
		_, err := a.Merge(b, Joining{SignedUp: name == "that people have signed up for", Seen: now, SeenOther: now}, now, time.UTC)
		var problems Problems
		if _, isProblem := c.want.(Problems); isProblem && !errors.As(err, &problems) || !isProblem && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestAddingEditors(t *testing.T) {
	now := time.Date(2027, 8, 1, 10, 0, 0, 0, time.UTC)
	e := evening("a", "Fest", "AWO", "Markthalle", "Herford", "2027-09-18T15:00", 3)
	add := Editor{Name: "Frieda", Email: " Frieda@Example.org "}
	first, mail, err := e.AddEditor(nil, add, false, now)
	if err != nil || !mail || first.Email != "frieda@example.org" {
		t.Fatalf("added %+v, %v, %v", first, mail, err)
	}
	have := []Editor{first}
	if again, mail, err := e.AddEditor(have, Editor{Name: "F.", Email: "frieda@example.org"}, false, now.Add(time.Hour)); err != nil || mail || again != first {
		t.Errorf("added twice within a day: %+v, %v, %v", again, mail, err)
	}
	if again, mail, err := e.AddEditor(have, add, false, now.Add(25*time.Hour)); err != nil || !mail || again.ID != first.ID || again.Gen != first.Gen {
		t.Errorf("added again after a day: %+v, %v, %v", again, mail, err)
	}
	removed, err := first.Remove(false, now)
	if err != nil || removed.Email != "" || removed.Edits() {
		t.Fatalf("removed %+v, %v", removed, err)
	}
	if back, mail, err := e.AddEditor([]Editor{removed}, add, false, now.Add(time.Hour)); err != nil || mail || back.Gen != first.Gen || !back.Edits() {
		t.Errorf("back on the same day, with the link of that day: %+v, %v, %v", back, mail, err)
	}
	if back, mail, err := e.AddEditor([]Editor{removed}, add, false, now.Add(25*time.Hour)); err != nil || !mail || back.Gen == first.Gen {
		t.Errorf("back after a day, with a new link: %+v, %v, %v", back, mail, err)
	}
	if _, _, err := e.AddEditor(nil, Editor{Name: "Erika", Email: e.Internal.Email}, true, now); err == nil {
		t.Error("the first editor was added")
	}
	var full, asked []Editor
	for i := range maxInvites {
		ed := Editor{Event: e.ID, ID: EditorID(itoa(i)), Name: "x", Email: "x", Told: now}
		if asked = append(asked, ed); i < MaxEditors {
			full = append(full, ed)
		}
	}
	if _, _, err := e.AddEditor(full, add, true, now); err == nil {
		t.Error("an eleventh editor was added")
	}
	for i := range asked {
		asked[i].Removed = now
	}
	if _, _, err := e.AddEditor(asked, add, false, now); !errors.Is(err, ErrTooMany) {
		t.Errorf("a form that writes to the world: %v, want ErrTooMany", err)
	}
	if _, _, err := e.AddEditor(asked, add, true, now); err != nil {
		t.Errorf("coordinators are not held back: %v", err)
	}
	if _, err := e.First().Remove(true, now); !errors.Is(err, ErrState) {
		t.Errorf("the first editor leaves: %v, want ErrState", err)
	}
	if _, err := first.Renew(false, now.Add(time.Hour)); !errors.Is(err, ErrTooMany) {
		t.Errorf("a second link on one day: %v, want ErrTooMany", err)
	}
}

func TestTasksRemindBeforeAndAfterTheirDay(t *testing.T) {
	c := Clock{Loc: time.UTC, Hour: 8}
	now := time.Date(2027, 8, 1, 10, 0, 0, 0, time.UTC)
	day := func(s string) Date { return mustLocal(s + "T00:00").Date }
	tasks := []Task{{ID: "1", Until: day("2027-08-20")}, {ID: "2", Until: day("2027-08-20")}, {ID: "3", Until: day("2027-08-03")}, {ID: "4", Until: day("2027-08-25"), Done: now}}
	var got []string
	for _, n := range c.TaskReminders("e", tasks, now) {
		got = append(got, n.Due.Format("01-02 15:04 ")+itoa(n.Lead)+" "+n.Deadline.Format("01-02"))
	}
	want := []string{"08-04 08:00 0 08-18", "08-17 08:00 3 08-21", "08-21 08:00 0 09-04"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	editors := []Editor{{ID: FirstEditor, Email: "a"}, {ID: "b", Email: "b"}, {ID: "gone", Removed: now}}
	list := []Task{{What: "hers", Editor: "b", Until: day("2027-08-20")}, {What: "named", Who: "Jugendhaus", Until: day("2027-08-20")}, {What: "of one who left", Editor: "gone", Until: day("2027-08-20")}, {What: "another day", Until: day("2027-08-21")}}
	names := func(id EditorID) (out []string) {
		for _, t := range TasksOf(list, editors, "2027-08-20", id) {
			out = append(out, t.What)
		}
		return out
	}
	if got := names("b"); !slices.Equal(got, []string{"hers", "named", "of one who left"}) {
		t.Errorf("hers and nobody's: %v", got)
	}
	if got := names(FirstEditor); !slices.Equal(got, []string{"named", "of one who left"}) {
		t.Errorf("nobody's: %v", got)
	}
}

func TestFillTask(t *testing.T) {
	now := time.Date(2027, 8, 1, 10, 0, 0, 0, time.UTC)
	today, editors := mustLocal("2027-08-01T00:00").Date, []Editor{{ID: "b"}, {ID: "gone", Removed: now}}
	old := Task{ID: "1", What: "Saal", Until: today.AddDays(-1), Changed: now, Made: now}
	for name, c := range map[string]struct {
		what   string
		editor EditorID
		until  Date
		seen   time.Time
		ok     bool
	}{
		"a day that has passed stays":         {"Halle", "b", today.AddDays(-1), now, true},
		"another day that has passed":         {"Saal", "", today.AddDays(-2), now, false},
		"no words":                            {" ", "", today, now, false},
		"no day":                              {"Saal", "", Date{}, now, false},
		"of one who edits no more":            {"Saal", "gone", today, now, false},
		"of one who never did":                {"Saal", "x", today, now, false},
		"somebody else was faster":            {"Halle", "", today, now.Add(-time.Hour), false},
		"the second click, after another one": {"Saal", "", today.AddDays(-1), now.Add(-time.Hour), true},
	} {
		if _, err := old.Fill(c.what, c.editor, "", c.until, editors, c.seen, now, today); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReconcile(t *testing.T) {
	base := evening("a", "Fest", "AWO", "Markthalle", "Herford", "2027-09-18T15:00", 3).EventDetails
	kept, typed := base, base
	kept.Food, kept.Title, kept.Languages = "Suppe", "Stadtfest", []string{"de", "ar"}
	typed.Title, typed.Contact = "Dorffest", "05221 1"
	got, crossings := Reconcile(typed, kept, base.Changes(kept))
	if got.Food != "Suppe" || !slices.Equal(got.Languages, kept.Languages) {
		t.Errorf("what only the other changed is lost: %+v", got)
	}
	if got.Title != "Dorffest" || got.Contact != "05221 1" {
		t.Errorf("what was typed is lost: %+v", got)
	}
	over := map[string]bool{}
	for _, x := range crossings {
		over[x.Field] = x.TakenOver
	}
	if len(over) != 3 || over["title"] || !over["food"] || !over["languages"] {
		t.Errorf("told: %+v", crossings)
	}
}

// Every field that Changes knows can be taken from another event.
func TestTakeKnowsEveryField(t *testing.T) {
	at := mustLocal("2027-09-18T15:00")
	full := EventDetails{
		Title: "a", Subtitle: "b", Summary: "c", Description: "d", Category: "e", Start: at, End: at.AddMinutes(1), Doors: "f",
		Venue: Venue{Name: "g", Street: "h", Postcode: "i", Town: "j", Online: "k"}, Organiser: "l", CoOrganisers: []string{"m"}, Audiences: []string{"n"},
		WomenOnly: true, Languages: []string{"o"}, Interpreters: "p", StepFree: Yes, Childcare: Yes, Free: true, Price: "q", SignUp: true, SignUpBy: "r",
		Places: 1, Food: "s", Contact: "t", Internal: Contact{Name: "u", Email: "v", Phone: "w"},
	}
	full.SignUpHere, full.SignUpUntil = true, at.Date
	full.FirstNo, full.FirstOff, full.Further = 2, true, []EventDate{{No: 3, Start: at.AddDays(7), End: at.AddDays(8)}}
	for i, v := 0, reflect.ValueOf(full); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("the test does not know of %s", v.Type().Field(i).Name)
		}
	}
	var d EventDetails
	for _, c := range d.Changes(full) {
		d = d.Take(c.Field, full)
	}
	if left := d.Changes(full); len(left) > 0 {
		t.Errorf("not taken: %v", left)
	}
}
