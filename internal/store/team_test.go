package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

var frieda = agenda.Editor{Name: "Frieda Feld", Institution: "Caritas", Email: "frieda@example.org"}

// handedIn is an event that waits for the coordinators, and the link of whoever
// submitted it.
func (n *network) handedIn(title, email string) (agenda.Event, string) {
	n.t.Helper()
	n.call()
	d := reading("2027-09-15T18:30")
	d.Title, d.Internal.Email = title, email+"@example.org"
	e := must(n.SubmitEvent(ctx, 2027, d, agenda.German, "", true))
	n.letters()
	return e, n.SubmissionToken(e)
}

// invited adds an editor and returns her link.
func (n *network) invited(token string, ed agenda.Editor) string {
	n.t.Helper()
	return n.EditorToken(must(n.AddEditor(ctx, store.Team{Token: token}, ed)))
}

func (n *network) lastActor(e agenda.EventID) agenda.Ref {
	n.t.Helper()
	entries, _, err := n.History(ctx, agenda.Ref{Kind: agenda.AboutEvent, ID: string(e)}, "", 1)
	if err != nil {
		n.t.Fatal(err)
	}
	return entries[0].Actor.Who
}

func TestEditorsEditWithLinksOfTheirOwn(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e, first := n.handedIn("Lesung", "erika")
	second := n.invited(first, frieda)
	letters := n.wantLetters("her link", "editor frieda")
	wantText(t, letters, "/einreichung/"+second, "Erika")
	n.invited(first, frieda)
	n.wantLetters("added twice")
	n.wait(time.Minute)
	d := e.EventDetails
	d.Title = "Lesung im Garten"
	if got := must(n.EditSubmission(ctx, second, d, e.Version(), true)); got.Title != d.Title {
		t.Errorf("edited: %+v", got)
	}
	who := n.lastActor(e.ID)
	entries, _, _ := n.History(ctx, agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}, "", 1)
	if names := must(n.EditorNames(ctx, entries)); names[who.ID] != "Frieda Feld" {
		t.Errorf("the history names %q for %v", names[who.ID], who)
	}
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Returned, "Bitte die Sprache nennen.", time.Time{}))
	back := n.wantLetters("mails about the event go to all who edit it", "returned erika", "returned frieda")
	wantText(t, back[:1], "/einreichung/"+first)
	wantText(t, back[1:], "/einreichung/"+second)
	if err := n.RenewEditor(ctx, store.Team{Token: second}, agenda.FirstEditor); !errors.Is(err, agenda.ErrDenied) {
		t.Errorf("an added editor renews links: %v, want ErrDenied", err)
	}
	if _, err := n.AddEditor(ctx, store.Team{Token: second}, agenda.Editor{Name: "X", Email: "x@example.org"}); !errors.Is(err, agenda.ErrDenied) {
		t.Errorf("an added editor adds one: %v, want ErrDenied", err)
	}
}

func TestRemovedEditorsLinkIsWorthlessAndNobodyElses(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e, first := n.handedIn("Lesung", "erika")
	second, third := n.invited(first, frieda), n.invited(first, agenda.Editor{Name: "Gerd", Email: "gerd@example.org"})
	id := agenda.EditorIDOf(e.ID, frieda.Email)
	if err := n.RemoveEditor(ctx, store.Team{Token: third}, id); !errors.Is(err, agenda.ErrDenied) {
		t.Errorf("one editor removes another: %v, want ErrDenied", err)
	}
	if err := n.RemoveEditor(ctx, store.Team{Token: first}, id); err != nil {
		t.Fatal(err)
	}
	d := e.EventDetails
	d.Title = "Von der Entfernten"
	if _, err := n.EditSubmission(ctx, second, d, time.Time{}, true); !errors.Is(err, agenda.ErrRemoved) {
		t.Errorf("the removed editor edits: %v, want ErrRemoved", err)
	}
	if _, err := n.Illustrate(ctx, agenda.Shell, e.ID, n.photo(), store.Prints{Large: []byte("x"), Small: []byte("y")}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.RemoveSubmissionPicture(ctx, second, time.Time{}); !errors.Is(err, agenda.ErrRemoved) {
		t.Errorf("the removed editor takes the picture away: %v, want ErrRemoved", err)
	}
	for name, token := range map[string]string{"first": first, "third": third} {
		if _, err := n.Submission(ctx, token); err != nil {
			t.Errorf("the %s editor's link: %v", name, err)
		}
	}
	n.letters()
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", time.Time{}))
	n.wantLetters("nothing to whoever was removed", "accepted erika", "accepted gerd")
	if err := n.RemoveEditor(ctx, store.Team{Token: third}, agenda.EditorIDOf(e.ID, "gerd@example.org")); err != nil {
		t.Errorf("leaving: %v", err)
	}
	if _, err := n.Submission(ctx, third); !errors.Is(err, agenda.ErrRemoved) {
		t.Errorf("the link of whoever left: %v, want ErrRemoved", err)
	}
	office := store.Team{Actor: agenda.Shell, Event: e.ID}
	ed := must(n.AddEditor(ctx, office, agenda.Editor{Name: "Hanna", Email: "hanna@example.org"}))
	old := n.EditorToken(ed)
	if err := n.RenewEditor(ctx, office, ed.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Submission(ctx, old); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a replaced link: %v, want ErrNotFound", err)
	}
	if _, err := n.Submission(ctx, first); err != nil {
		t.Errorf("another's link after one was replaced: %v", err)
	}
}

func TestTwoEditorsAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e, first := n.handedIn("Lesung", "erika")
	second := n.invited(first, frieda)
	seen := e.Version()
	hers, mine := e.EventDetails, e.EventDetails
	hers.Title, mine.Food = "Lesung im Garten", "Suppe"
	must(n.EditSubmission(ctx, first, hers, seen, true))
	if _, err := n.EditSubmission(ctx, second, mine, seen, true); !errors.Is(err, agenda.ErrConflict) {
		t.Fatalf("the slower one: %v, want ErrConflict", err)
	}
	since := must(n.ChangesSince(ctx, e.ID, seen))
	if len(since) != 1 || since[0].Actor.Who != e.First().Ref() || since[0].Changes[0].Field != "title" {
		t.Fatalf("what the other changed: %+v", since)
	}
	now := must(n.Event(ctx, e.ID))
	merged, _ := agenda.Reconcile(mine, now.EventDetails, since[0].Changes)
	if got := must(n.EditSubmission(ctx, second, merged, now.Version(), true)); got.Title != "Lesung im Garten" || got.Food != "Suppe" {
		t.Errorf("both changes: %+v", got)
	}
	// Of a public event both propose.
	e = must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", time.Time{}))
	seen = e.Version()
	hers, mine = e.EventDetails, e.EventDetails
	hers.Price, hers.Free, mine.Food = "5 Euro", false, "Kuchen und Tee"
	must(n.EditSubmission(ctx, first, hers, seen, true))
	if _, err := n.EditSubmission(ctx, second, mine, seen, true); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("the slower proposal: %v, want ErrConflict", err)
	}
	if _, err := n.EditSubmission(ctx, first, hers, seen, true); err != nil {
		t.Errorf("the second click of the faster one: %v", err)
	}
}

func TestCopyIsEditedByTheSamePeople(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	_, first := n.handedIn("Lesung", "erika")
	second := n.invited(first, frieda)
	must(n.SaveEdition(ctx, agenda.Shell, agenda.Edition{Year: 2028, Title: "IKW 2028", Starts: must(agenda.ParseDate("2028-09-11")), Ends: must(agenda.ParseDate("2028-10-10")), Open: true}))
	n.letters()
	made := must(n.CopyEvent(ctx, second, 2028))
	n.wantLetters("both get links", "received erika", "editor frieda")
	link := must(n.EditorLink(ctx, made, second))
	if _, me, err := n.Editing(ctx, link); err != nil || me.Name != frieda.Name {
		t.Errorf("her link to the copy is %+v's, %v", me, err)
	}
	must(n.CopyEvent(ctx, first, 2028))
	n.wantLetters("copied twice")
}

func TestMergeKeepsEverybody(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	keep, first := n.handedIn("Lesung", "erika")
	other, otherLink := n.handedIn("Lesung im Garten", "olga")
	third := n.invited(otherLink, frieda)
	keep = must(n.DecideEvent(ctx, agenda.Shell, keep.ID, agenda.Published, "", time.Time{}))
	other = must(n.DecideEvent(ctx, agenda.Shell, other.ID, agenda.Published, "", time.Time{}))
	n.letters()
	n.watch(keep.ID, "beide@example.org")
	n.watch(other.ID, "beide@example.org")
	var ends []string
	for i := range 30 { // more than one batch
		ends = append(ends, n.watch(other.ID, fmt.Sprintf("gast%02d@example.org", i)))
	}
	ed := must(n.Edition(ctx, 2027))
	ed.Opening = other.ID
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	if err := n.AddTask(ctx, store.Team{Token: third}, store.TaskForm{What: "Saal", Editor: agenda.EditorIDOf(other.ID, frieda.Email), Until: must(agenda.ParseDate("2027-09-10"))}, "a"); err != nil {
		t.Fatal(err)
	}
	if err := n.Translate(ctx, agenda.Shell, other.ID, agenda.English, agenda.Words{Title: "Reading in the garden"}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	m := store.Merging{Keep: keep, Other: other, Others: []string{"title"}}
	kept := must(n.MergeEvents(ctx, agenda.Shell, m))
	if kept.Title != "Lesung im Garten" || kept.ID != keep.ID {
		t.Errorf("kept %+v", kept)
	}
	n.wantLetters("those who come along get their links", "editor frieda", "editor olga")
	must(n.MergeEvents(ctx, agenda.Shell, m))
	n.wantLetters("the second click")
	for name, token := range map[string]string{"hers": first, "the other's": otherLink, "an editor's": third} {
		if e, err := n.Submission(ctx, token); err != nil || e.ID != keep.ID {
			t.Errorf("%s old link opens %q, %v", name, e.ID, err)
		}
	}
	gone := must(n.EventBySlug(ctx, 2027, other.Slug))
	if e := must(n.Kept(ctx, gone)); e.ID != keep.ID {
		t.Errorf("the other's address leads to %q", e.ID)
	}
	if k := must(n.Watchers(ctx, keep.ID)); k != 31 {
		t.Errorf("%d watchers, want 31", k)
	}
	if k := must(n.Watchers(ctx, other.ID)); k != 0 {
		t.Errorf("%d watchers stayed behind", k)
	}
	n.wait(2 * time.Hour)
	n.watch(keep.ID, "gast01@example.org")
	if k := must(n.Watchers(ctx, keep.ID)); k != 31 {
		t.Errorf("%d watchers after one asked again, want 31", k)
	}
	if err := n.Unwatch(ctx, ends[0]); err != nil || must(n.Watchers(ctx, keep.ID)) != 30 {
		t.Errorf("the link in her old mail does not end it: %v", err)
	}
	if ed := must(n.Edition(ctx, 2027)); ed.Opening != keep.ID {
		t.Errorf("the opening is %q", ed.Opening)
	}
	if words := must(n.Translations(ctx, keep.ID)); len(words) != 1 || words[0].Title != "Reading in the garden" || words[0].Outdated(kept.EventDetails) {
		t.Errorf("translations %+v", words)
	}
	tasks := must(n.Tasks(ctx, keep.ID))
	if len(tasks) != 1 || tasks[0].Editor != agenda.EditorIDOf(keep.ID, frieda.Email) || len(must(n.Tasks(ctx, other.ID))) != 0 {
		t.Errorf("tasks %+v", tasks)
	}
	for id, verb := range map[agenda.EventID]string{keep.ID: "merged: ", other.ID: "merged_into: "} {
		if h := n.history(agenda.Ref{Kind: agenda.AboutEvent, ID: string(id)}); !slices.ContainsFunc(h, func(s string) bool { return strings.HasPrefix(s, verb) }) {
			t.Errorf("history of %s: %v", id, h)
		}
	}
	n.at("2027-09-08T08:00")
	reminded := map[string]int{}
	for _, l := range n.letters() {
		if l.Kind == agenda.KindReminder {
			reminded[l.ToEmail]++
		}
	}
	if len(reminded) != 30 || reminded["beide@example.org"] != 1 {
		t.Errorf("reminded: %v", reminded)
	}
}

func TestMergeTellsOfAnotherTime(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	keep, other := n.public("2027-09-15T18:30"), n.public("2027-09-15T19:00")
	n.watch(keep.ID, "eins@example.org")
	n.watch(other.ID, "zwei@example.org")
	must(n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: keep, Other: other}))
	n.wait(time.Hour)
	letters := n.wantLetters("only who knew another time", "change zwei")
	wantText(t, letters, "19:00", "18:30")
}

// What a crash leaves undone behind a merge, the scheduler does.
func TestMergeGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	keep, other := n.public("2027-09-15T18:30"), n.public("2027-09-15T18:30")
	n.watch(other.ID, "zwei@example.org")
	must(n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: keep, Other: other}))
	// Somebody who was just confirming while the two were merged.
	if err := n.Watch(ctx, other.ID, "spaet@example.org", agenda.German); !errors.Is(err, agenda.ErrState) {
		t.Errorf("an event that is part of another is watched: %v, want ErrState", err)
	}
	third := n.public("2027-09-15T18:30")
	must(n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: third, Other: must(n.Event(ctx, keep.ID))}))
	if k := must(n.Watchers(ctx, third.ID)); k != 1 {
		t.Errorf("%d watchers came through two merges, want 1", k)
	}
	if e := must(n.Kept(ctx, must(n.Event(ctx, other.ID)))); e.ID != third.ID {
		t.Errorf("the first address leads to %q", e.ID)
	}
	if _, err := n.DecideEvent(ctx, agenda.Shell, other.ID, agenda.Published, "", time.Time{}); !errors.Is(err, agenda.ErrState) {
		t.Errorf("what is part of another is published: %v, want ErrState", err)
	}
}

func TestTwoCoordinatorsMergeAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	a, b, c := n.public("2027-09-15T18:30"), n.public("2027-09-15T18:30"), n.public("2027-09-15T18:30")
	must(n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: a, Other: b}))
	if _, err := n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: c, Other: b}); !errors.Is(err, agenda.ErrState) {
		t.Errorf("the other is gone already: %v, want ErrState", err)
	}
	if _, err := n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: a, Other: c}); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("the one that stays has changed: %v, want ErrConflict", err)
	}
}

func TestTasksAreRemindedOfOnceBeforeAndOnceAfter(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e, first := n.handedIn("Lesung", "erika")
	n.invited(first, frieda)
	n.letters()
	team := store.Team{Token: first}
	until := must(agenda.ParseDate("2027-08-20"))
	add := func(what, once string, editor agenda.EditorID) {
		t.Helper()
		if err := n.AddTask(ctx, team, store.TaskForm{What: what, Editor: editor, Until: until}, once); err != nil {
			t.Fatal(err)
		}
	}
	add("Saal aufschließen", "a", agenda.EditorIDOf(e.ID, frieda.Email))
	add("Saal aufschließen", "a", agenda.EditorIDOf(e.ID, frieda.Email)) // the second click
	if list := must(n.Tasks(ctx, e.ID)); len(list) != 1 {
		t.Fatalf("%d tasks, want 1", len(list))
	}
	if h := n.history(agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}); len(slices.DeleteFunc(h, func(s string) bool { return !strings.HasPrefix(s, "task_added") })) != 1 {
		t.Error("the second click was noted in the history")
	}
	n.at("2027-08-17T07:59")
	n.wantLetters("too early")
	n.at("2027-08-17T08:00")
	wantText(t, n.wantLetters("three days before", "task frieda"), "Saal aufschließen")
	add("Getränke", "b", "")
	n.at("2027-08-21T08:00")
	late := n.wantLetters("overdue: hers, and nobody's to all", "task erika", "task frieda")
	wantText(t, late, "Getränke")
	wantText(t, late[1:], "Saal aufschließen")
	n.at("2027-08-30T08:00")
	n.wantLetters("once only")
	if list := must(n.LateTasks(ctx)); len(list) != 2 || list[0].Of.ID != e.ID {
		t.Errorf("overdue: %+v", list)
	}
	n.at("2027-09-16T08:00")
	if list := must(n.LateTasks(ctx)); len(list) != 0 {
		t.Errorf("overdue after the event: %+v", list)
	}
}

func TestWhatIsDoneIsNotRemindedOf(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e, first := n.handedIn("Lesung", "erika")
	team := store.Team{Token: first}
	for i, what := range []string{"Saal", "Musik", "Essen"} {
		if err := n.AddTask(ctx, team, store.TaskForm{What: what, Until: must(agenda.ParseDate("2027-08-20")).AddDays(i)}, what); err != nil {
			t.Fatal(err)
		}
	}
	list := must(n.Tasks(ctx, e.ID))
	if err := errors.Join(n.TickTask(ctx, team, list[0].ID, true), n.DeleteTask(ctx, team, list[1].ID), n.DeleteTask(ctx, team, list[1].ID)); err != nil {
		t.Fatal(err)
	}
	n.at("2027-08-18T08:00")
	n.wantLetters("done and deleted")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", time.Time{}))
	n.at("2027-08-25T08:00")
	n.wantLetters("the event was taken back")
}

// Whoever signed up has her place at that event: it does not go.
func TestEventWithSignUpsStays(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	a, b := n.openHouse(5), n.openHouse(5)
	n.comes(b, "gast", 1)
	a, b = must(n.Event(ctx, a.ID)), must(n.Event(ctx, b.ID))
	if _, err := n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: a, Other: b}); !errors.Is(err, agenda.ErrState) {
		t.Errorf("the one with sign-ups goes: %v, want ErrState", err)
	}
	if kept := must(n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: b, Other: a})); len(must(n.SignUps(ctx, kept.ID))) != 1 {
		t.Error("the sign-up is lost")
	}
}
