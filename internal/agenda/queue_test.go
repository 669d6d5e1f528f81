package agenda_test

import (
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// waiting is a submitted event that waits since that many days.
func waiting(id agenda.EventID, days int) agenda.Event {
	e := event(agenda.Submitted)
	e.ID, e.Created = id, changed.AddDate(-1, 0, 0)
	e.Since = changed.AddDate(0, 0, -days)
	return e
}

func TestQueueOfWhatIsToBeDecided(t *testing.T) {
	t.Parallel()
	old, young, same := waiting("old", 5), waiting("young", 0), waiting("same", 2)
	first := waiting("first", 0)
	first.Since = time.Time{} // of an earlier version: since it was made
	public := event(agenda.Published)
	public.ID, public.Start, public.End = "public", old.Start, old.End
	same.Start, same.End = same.Start.AddDays(7), same.End.AddDays(7) // on its own
	late := same
	late.ID, late.Start, late.End, late.Late = "late", late.Start.AddDays(3), late.End.AddDays(3), true
	got := agenda.Queue([]agenda.Event{young, public, late, old, same, first}, nil, changed, time.UTC)
	var ids []string
	for _, w := range got {
		ids = append(ids, string(w.ID))
	}
	if s := strings.Join(ids, " "); s != "first old late same young" {
		t.Fatalf("order %q", s)
	}
	if w := got[1]; w.Days != 5 || w.Clash != agenda.MediumClash || w.Clashes != 3 || len(w.Lacks) == 0 {
		t.Errorf("old: %d days, %s with %d, lacks %v", w.Days, w.Clash, w.Clashes, w.Lacks)
	}
	if w := got[3]; w.Days != 2 || w.Clashes != 0 || w.Clash != agenda.NoClash {
		t.Errorf("same: %d days, %d clashes", w.Days, w.Clashes)
	}
}

func TestNextOfTheQueue(t *testing.T) {
	t.Parallel()
	a, b, c := waiting("a", 3), waiting("b", 2), waiting("c", 1)
	all := []agenda.Event{c, a, b}
	for of, want := range map[agenda.EventID]agenda.EventID{"a": "b", "b": "c", "c": "a"} {
		for _, e := range all {
			if e.ID != of {
				continue
			}
			if next, n, ok := agenda.NextWaiting(e, all); !ok || n != 2 || next.ID != want {
				t.Errorf("after %s: %s of %d, want %s", of, next.ID, n, want)
			}
		}
	}
	if _, _, ok := agenda.NextWaiting(a, []agenda.Event{a, event(agenda.Published)}); ok {
		t.Error("nothing else waits")
	}
}
