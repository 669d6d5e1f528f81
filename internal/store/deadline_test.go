package store_test

import (
	"errors"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func figures(day string, leads ...int) agenda.DeadlineDetails {
	return agenda.DeadlineDetails{Title: "Zahlen für die Sozialraumanalyse", Text: "Bitte die Tabelle ausfüllen.", Day: must(agenda.ParseDate(day)), Leads: leads}
}

// seated is a group in which AWO has two seats and DRK one.
func (n *network) seated() (g agenda.Group, awo, drk agenda.Institution, people []agenda.Person) {
	n.t.Helper()
	g = must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"}))
	awo, drk = must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "AWO"})), must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "DRK"}))
	for i, of := range []agenda.Institution{awo, awo, drk} {
		name := string(rune('a' + i))
		p := must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Family: name, Email: name + "@example.org", Institution: of.ID}, time.Time{}))
		must(n.TakeSeat(ctx, agenda.Shell, g.ID, p.ID, agenda.Date{Year: 2020, Month: 1, Day: 1}, false))
		people = append(people, p)
	}
	return g, awo, drk, people
}

func TestOnlyThoseWhoOweAreRemindedOfADeadline(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g, awo, drk, people := n.seated()
	d := must(n.SetDeadline(ctx, agenda.Shell, g.ID, figures("2027-10-15", 28, 7, 1), "form"))
	if again := must(n.SetDeadline(ctx, agenda.Shell, g.ID, figures("2027-10-15", 28, 7, 1), "form")); again.ID != d.ID {
		t.Error("the form sent twice makes two")
	}
	n.wantLetters("nothing at once")
	n.at("2027-09-17T08:00")
	got := n.wantLetters("four weeks before", "deadline a", "deadline b", "deadline c")
	wantText(t, got[:1], "/frist/"+n.DeadlineToken(d.ID, people[0].ID))
	wantText(t, got[:1], "Bitte die Tabelle ausfüllen.")

	// One of AWO says so for both; saying so twice is one answer.
	for range 2 {
		must(0, n.AnswerDeadline(ctx, agenda.PersonActor(people[1].ID), d.ID, awo.ID, people[1].ID, true, "per Post"))
	}
	n.at("2027-10-08T08:00")
	n.wantLetters("a week before", "deadline c")
	// The service was down: of what is overdue only the last goes out.
	must(0, n.AnswerDeadline(ctx, agenda.Shell, d.ID, awo.ID, "", false, ""))
	n.at("2027-10-14T09:00")
	n.wantLetters("a day before", "deadline a", "deadline b", "deadline c")
	n.at("2027-10-20T09:00")
	n.wantLetters("over")
	if sent := must(n.RemindOfDeadline(ctx, agenda.Shell, d.ID)); !sent {
		t.Error("not reminded by hand")
	}
	if sent := must(n.RemindOfDeadline(ctx, agenda.Shell, d.ID)); sent {
		t.Error("reminded twice a day")
	}
	wantText(t, n.wantLetters("by hand", "deadline a", "deadline b", "deadline c"), "Auch später hilft sie noch")

	// Late is better than never, but not for ever.
	must(0, n.AnswerDeadline(ctx, agenda.Shell, d.ID, drk.ID, "", true, ""))
	n.at("2028-02-01T09:00")
	if err := n.AnswerDeadline(ctx, agenda.Shell, d.ID, awo.ID, "", true, ""); rule(err) != "answer_late" {
		t.Errorf("after months: %v", err)
	}
	if err := n.AnswerDeadline(ctx, agenda.Shell, d.ID, "nobody", "", true, ""); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("of whom is not asked: %v", err)
	}
}

func TestYearlyDeadlineComesBackOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g, awo, _, _ := n.seated()
	details := figures("2028-02-29", 7)
	details.Yearly = true
	d := must(n.SetDeadline(ctx, agenda.Shell, g.ID, details, ""))
	must(0, n.AnswerDeadline(ctx, agenda.Shell, d.ID, awo.ID, "", true, ""))
	roll := func() {
		for _, id := range must(n.DueRolls(ctx, n.Now(), 10)) {
			must(0, n.Roll(ctx, id))
			must(0, n.Roll(ctx, id)) // as after a crash
		}
	}
	n.at("2028-02-29T23:59")
	roll()
	wantSame(t, "on its last day", len(must(n.Deadlines(ctx, g.ID))), 1)
	n.at("2028-03-01T00:00")
	roll()
	list := must(n.Deadlines(ctx, g.ID))
	if len(list) != 2 || list[1].Day.String() != "2029-02-28" || list[1].Title != d.Title || !list[1].Yearly {
		t.Fatalf("deadlines: %+v", list)
	}
	_, replies, err := n.DeadlineReplies(ctx, list[1].ID)
	if err != nil || len(replies) != 2 || replies[0].Given() || replies[1].Given() {
		t.Errorf("what was answered for the old one counts for the new one: %+v %v", replies, err)
	}
	n.at("2029-02-21T08:00")
	n.wantLetters("a week before the next", "deadline a", "deadline b", "deadline c")

	// Called off: no mail, and none next year.
	must(0, n.CancelDeadline(ctx, agenda.Shell, list[1].ID, list[1].Changed))
	n.at("2029-03-02T08:00")
	roll()
	wantSame(t, "called off", len(must(n.Deadlines(ctx, g.ID))), 2)
	n.wantLetters("called off")
	n.at("2033-01-01T08:00")
	must(n.Forget(ctx, year))
	wantSame(t, "after years", len(must(n.Deadlines(ctx, g.ID))), 0)
}

func TestMovedDeadlineRemindsAtItsNewDay(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g, awo, drk, _ := n.seated()
	d := must(n.SetDeadline(ctx, agenda.Shell, g.ID, figures("2027-10-15", 7), ""))
	seen := d.Changed
	n.at("2027-09-02T10:00")
	must(0, n.ChangeDeadline(ctx, agenda.Shell, d.ID, figures("2027-11-15", 7), seen))
	if err := n.ChangeDeadline(ctx, agenda.Shell, d.ID, figures("2027-12-15", 7), seen); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("two at once: %v", err)
	}
	n.at("2027-10-08T08:00")
	n.wantLetters("before the old day")
	// Two spellings of one institution become one: what one answered counts.
	must(0, n.AnswerDeadline(ctx, agenda.Shell, d.ID, drk.ID, "", true, ""))
	must(0, n.MergeInstitutions(ctx, agenda.Shell, awo.ID, drk.ID))
	n.at("2027-11-08T08:00")
	n.wantLetters("it has answered")
	if got := must(n.Deadline(ctx, d.ID)); got.Sequence != 1 {
		t.Errorf("sequence %d", got.Sequence)
	}
}

func TestDeadlineThatCannotBe(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g, _, _, _ := n.seated()
	for want, d := range map[string]agenda.DeadlineDetails{
		"past": figures("2027-08-31"), "too_far": figures("2031-01-01"), "too_many": figures("2027-10-01", 1, 2, 3, 4, 5, 6), "between": figures("2027-10-01", -1),
		"required": {Day: must(agenda.ParseDate("2027-10-01"))}, "link": {Title: "x", Link: "javascript:alert(1)", Day: must(agenda.ParseDate("2027-10-01"))},
	} {
		if _, err := n.SetDeadline(ctx, agenda.Shell, g.ID, d, ""); rule(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}
