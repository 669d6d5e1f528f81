package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// edition saves the edition of 2027, whose last day of submission is the day.
func (n *network) edition(submission string) agenda.Edition {
	n.t.Helper()
	e := agenda.Edition{Year: 2027, Title: "Interkulturelle Wochen 2027", Motto: "Offen geht", Starts: must(agenda.ParseDate("2027-09-11")), Ends: must(agenda.ParseDate("2027-10-10"))}
	if submission != "" {
		e.Submission = must(agenda.ParseDate(submission))
	}
	if old, err := n.Edition(ctx, 2027); err == nil {
		e.Open, e.Principles = old.Open, old.Principles
	}
	return must(n.SaveEdition(ctx, agenda.Shell, e))
}

// office makes an institution of these people; an empty address is none.
func (n *network) office(name string, emails ...string) agenda.Institution {
	n.t.Helper()
	i := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: name, Aliases: []string{name + " e. V."}}))
	for _, email := range emails {
		must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Given: "Mit", Family: name, Email: email, Institution: i.ID}, time.Time{}))
	}
	return i
}

// offices are three institutions with people and one without, and somebody of
// none.
func (n *network) offices() (awo, caritas, drk agenda.Institution) {
	n.t.Helper()
	awo = n.office("AWO", "a1@example.org", "a2@example.org", "")
	caritas, drk = n.office("Caritas", "c@example.org"), n.office("DRK", "d@example.org")
	n.office("Ohne Mail", "")
	n.person("Ohne Institution", "frei@example.org")
	return awo, caritas, drk
}

func (n *network) openCall() bool { n.t.Helper(); return must(n.OpenCall(ctx, agenda.Shell, 2027)) }

// callToken is the secret part of the link to decline in the letter.
func callToken(t testing.TB, l letter.Letter) string {
	t.Helper()
	_, rest, ok := strings.Cut(l.Text, "/aufruf/")
	if !ok {
		t.Fatalf("no link to decline:\n%s", l.Text)
	}
	token, _, _ := strings.Cut(rest, "\n")
	return token
}

func (n *network) submits(organiser, email string) agenda.Event {
	n.t.Helper()
	d := reading("2027-09-15T18:30")
	d.Organiser, d.Internal.Email = organiser, email
	return must(n.SubmitEvent(ctx, 2027, d, agenda.German, "", true))
}

func TestCallGoesOnceToEverybodyOfTheInstitutions(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-05-03T09:00")
	n.edition("2027-06-30")
	n.offices()
	n.wait(time.Minute)
	if !n.openCall() {
		t.Error("nothing was sent")
	}
	got := n.wantLetters("the call", "call a1", "call a2", "call c", "call d")
	wantText(t, got, "11. September", "Offen geht", "30. Juni 2027", "/programm/2027/einreichen", "/aufruf/2027-")
	wantText(t, got[:2], "AWO")
	wantText(t, got[3:], "DRK")
	e := must(n.Edition(ctx, 2027))
	if !e.Open || e.CallSent.IsZero() {
		t.Errorf("open %v, sent %v", e.Open, e.CallSent)
	}
	if n.openCall() {
		t.Error("a second click sends")
	}
	n.wantLetters("second click")
	n.wait(time.Minute)
	e.Open = false
	e.CallSent = time.Time{} // as a form, which does not know it
	must(n.SaveEdition(ctx, agenda.Shell, e))
	n.wait(time.Minute)
	if n.openCall() || !must(n.Edition(ctx, 2027)).Open {
		t.Error("opened again: not open, or sent again")
	}
	n.wantLetters("opened again")
	wantSame(t, "history", n.history(agenda.Ref{Kind: agenda.AboutEdition, ID: "2027"})[1:],
		[]string{"called: Interkulturelle Wochen 2027", "changed: Interkulturelle Wochen 2027", "called: Interkulturelle Wochen 2027"})
}

func TestCallOfThePastTellsNobody(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-07-01T09:00")
	n.offices()
	n.edition("2027-06-30")
	var p agenda.Problems
	if _, err := n.OpenCall(ctx, agenda.Shell, 2027); !errors.As(err, &p) || p.For("submission") == nil {
		t.Errorf("after the last day: %v", err)
	}
	n.at("2027-10-11T09:00")
	n.edition("")
	if _, err := n.OpenCall(ctx, agenda.Shell, 2027); !errors.As(err, &p) || p.For("ends") == nil {
		t.Errorf("after the weeks: %v", err)
	}
	if _, err := n.OpenCall(ctx, agenda.Shell, 2031); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("no edition: %v", err)
	}
	n.wantLetters("nobody")
	n.at("2027-05-03T09:00")
	n.edition("2027-06-30")
	n.openCall()
	n.at("2027-07-01T09:00")
	n.wantLetters("the service was down until the last day was over")
}

func TestOnlyInstitutionsWithoutAnAnswerAreReminded(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-05-03T09:00")
	n.edition("2027-06-30")
	awo, _, _ := n.offices()
	n.openCall()
	got := n.wantLetters("the call", "call a1", "call a2", "call c", "call d")
	n.submits("awo E.V.", "fremd@example.org") // by the organiser's other spelling
	if err := n.AnswerCall(ctx, callToken(t, got[2]), true); err != nil {
		t.Fatal(err)
	}
	n.letters()
	n.at("2027-06-16T08:00")
	got = n.wantLetters("14 days before", "callreminder d")
	made, _, err := n.Messages(ctx, store.OutboxFilter{Kind: agenda.KindCallReminder}, 100)
	if err != nil || len(made) != 1 {
		t.Errorf("%d reminders in the outbox, want none for those who have answered: %v", len(made), err)
	}
	e := n.submits("Ein Verein", "d@example.org") // by the address of its person
	n.letters()
	n.at("2027-06-25T08:00") // 3 days before is a Sunday
	n.wantLetters("all have answered")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", time.Time{}))
	if !must(n.RemindOfCall(ctx, agenda.Shell, 2027)) {
		t.Error("not reminded by hand")
	}
	n.wantLetters("a withdrawn event is no answer", "callreminder d")
	if must(n.RemindOfCall(ctx, agenda.Shell, 2027)) {
		t.Error("a second click on the day reminds")
	}
	n.wantLetters("second click")
	if err := n.AnswerCall(ctx, callToken(t, got[0]), true); err != nil {
		t.Fatal(err)
	}
	n.at("2027-06-28T08:00")
	must(n.RemindOfCall(ctx, agenda.Shell, 2027))
	n.wantLetters("declined")
	answers := must(n.CallAnswers(ctx, 2027))
	var given []string
	for _, a := range answers {
		if a.Given() {
			given = append(given, a.Institution.Name)
		}
	}
	wantSame(t, "answered", given, []string{"AWO", "Caritas", "DRK"})
	wantSame(t, "people of "+awo.Name, len(answers[0].People), 2)
	n.at("2027-07-01T08:00")
	if _, err := n.RemindOfCall(ctx, agenda.Shell, 2027); !errors.Is(err, agenda.ErrState) {
		t.Errorf("reminded after the last day: %v", err)
	}
}

// An answer that comes between the making of a reminder and its sending stops
// it too.
func TestAnswerWhileTheReminderWaits(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-05-03T09:00")
	n.edition("2027-06-30")
	_, _, drk := n.offices()
	n.openCall()
	n.letters()
	n.at("2027-06-16T08:00")
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	if err := n.Refuse(ctx, agenda.Shell, 2027, drk.ID, true); err != nil {
		t.Fatal(err)
	}
	n.wantLetters("without the one that declined", "callreminder a1", "callreminder a2", "callreminder c")
}

func TestMovedDeadlineRemindsAnew(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-05-03T09:00")
	n.edition("2027-06-30")
	n.office("DRK", "d@example.org")
	n.openCall()
	n.wantLetters("the call", "call d")
	n.edition("2027-07-14")
	n.at("2027-06-16T08:00")
	n.wantLetters("14 days before the old day")
	n.at("2027-06-30T08:00")
	wantText(t, n.wantLetters("14 days before the new day", "callreminder d"), "14. Juli")
	n.at("2027-07-09T08:00")
	n.edition("2027-07-12")
	n.wantLetters("3 days before the nearer day is over")
	n.edition("2027-07-22")
	n.at("2027-07-19T08:00")
	n.wantLetters("3 days before the last day", "callreminder d")
	n.edition("2027-07-30")
	e := must(n.Edition(ctx, 2027))
	e.Open = false
	must(n.SaveEdition(ctx, agenda.Shell, e))
	n.at("2027-07-27T08:00")
	n.wantLetters("closed")
}

func TestCallIsNotRemindedOfAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-06-15T09:00") // 15 days before
	n.edition("2027-06-30")
	n.office("DRK", "d@example.org")
	if _, err := n.RemindOfCall(ctx, agenda.Shell, 2027); !errors.Is(err, agenda.ErrState) {
		t.Errorf("reminded of a call that was not sent: %v", err)
	}
	n.openCall()
	n.wantLetters("the call", "call d")
	n.at("2027-06-16T08:00")
	n.wantLetters("the day after")
	n.at("2027-06-24T15:00")
	must(n.RemindOfCall(ctx, agenda.Shell, 2027))
	n.wantLetters("by hand", "callreminder d")
	n.at("2027-06-25T08:00")
	n.wantLetters("on its own, the morning after")
}

func TestLateRemindersOfACallAreOne(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-05-03T09:00")
	n.edition("2027-06-30")
	n.office("DRK", "d@example.org")
	n.openCall()
	n.wantLetters("the call", "call d")
	n.at("2027-06-27T12:00")
	n.wantLetters("back after weeks", "callreminder d")
}

func TestMutedCall(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-05-03T09:00")
	n.edition("2027-06-30")
	n.office("DRK", "d@example.org", "e@example.org")
	n.openCall()
	got := n.wantLetters("the call", "call d", "call e")
	token := got[0].Unsubscribe[strings.LastIndex(got[0].Unsubscribe, "/")+1:]
	if err := n.Mute(ctx, token); err != nil {
		t.Fatal(err)
	}
	p := must(n.PersonByEmail(ctx, "d@example.org"))
	if p.Wants(agenda.KindCall) || !p.Wants(agenda.KindCallReminder) {
		t.Errorf("muted: %v", p.Muted)
	}
	must(n.SavePerson(ctx, agenda.Shell, p.Mute(agenda.KindCallReminder), time.Time{}))
	n.at("2027-06-16T08:00")
	n.wantLetters("reminder", "callreminder e")
}

func TestDecliningWithTheLink(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-05-03T09:00")
	n.edition("2027-06-30")
	drk := n.office("DRK", "d@example.org")
	n.openCall()
	token := n.CallToken(2027, drk.ID)
	for range 2 {
		n.wait(time.Minute)
		if err := n.AnswerCall(ctx, token, true); err != nil {
			t.Fatal(err)
		}
	}
	e, i, declined, err := n.CallOf(ctx, token)
	if err != nil || e.Year != 2027 || i.ID != drk.ID || !declined {
		t.Errorf("%d %s %v %v", e.Year, i.Name, declined, err)
	}
	n.wait(time.Minute)
	if err := n.AnswerCall(ctx, token, false); err != nil || must(n.CallAnswers(ctx, 2027))[0].Given() {
		t.Errorf("taken back: %v", err)
	}
	wantSame(t, "history", n.history(agenda.Ref{Kind: agenda.AboutInstitution, ID: string(drk.ID)})[1:], []string{"call_declined: DRK", "call_joined: DRK"})
	mac := token[strings.LastIndex(token, "."):]
	for _, bad := range []string{"", "x.y", token + "x", "2028-" + string(drk.ID) + mac, "2027-" + mac, string(drk.ID) + mac, n.SubmissionToken(n.submits("X", "x@example.org"))} {
		if err := n.AnswerCall(ctx, bad, true); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("link %q: %v", bad, err)
		}
	}
	n.at("2027-10-11T09:00")
	if err := n.AnswerCall(ctx, token, true); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("after the weeks: %v", err)
	}
}

func TestMergedInstitutionHasDeclined(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-05-03T09:00")
	n.edition("2027-06-30")
	old, drk := n.office("Rotes Kreuz"), n.office("DRK", "d@example.org")
	if err := n.Refuse(ctx, agenda.Shell, 2027, old.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := n.MergeInstitutions(ctx, agenda.Shell, drk.ID, old.ID); err != nil {
		t.Fatal(err)
	}
	a := must(n.CallAnswers(ctx, 2027))
	if len(a) != 1 || a[0].Refused.IsZero() {
		t.Errorf("%+v", a)
	}
}

func TestPrinciplesHaveToBeAgreedTo(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e := n.call()
	free := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true))
	if !free.AcceptedTerms.IsZero() {
		t.Error("agreed to what is not there")
	}
	e.Principles = "Offen für alle.\r\nGewaltfrei."
	e = must(n.SaveEdition(ctx, agenda.Shell, e))
	wantSame(t, "principles", e.Principles, "Offen für alle.\nGewaltfrei.")
	var p agenda.Problems
	if _, err := n.SubmitEvent(ctx, 2027, reading("2027-09-16T18:30"), agenda.German, "", false); !errors.As(err, &p) || p.For("accepted_terms") == nil {
		t.Errorf("not agreed: %v", err)
	}
	sub := must(n.SubmitEvent(ctx, 2027, reading("2027-09-16T18:30"), agenda.German, "", true))
	if got := must(n.Event(ctx, sub.ID)); !got.AcceptedTerms.Equal(n.Now()) || !sub.AcceptedTerms.Equal(n.Now()) {
		t.Errorf("agreed at %v", got.AcceptedTerms)
	}
	e.Principles = strings.Repeat("ä", 4001)
	if _, err := n.SaveEdition(ctx, agenda.Shell, e); !errors.As(err, &p) || p.For("principles") == nil {
		t.Errorf("too long: %v", err)
	}
}

// A reserved date may do without, but what goes to the coordinators does not:
// whoever completes it agrees then, once.
func TestPrinciplesAreAskedForWhenAReservedDateIsCompleted(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	ed := n.call()
	ed.Principles = "Offen für alle."
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	e := must(n.ReserveEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", false))
	token := n.SubmissionToken(e)
	var p agenda.Problems
	if _, err := n.EditSubmission(ctx, token, e.EventDetails, time.Time{}, false); !errors.As(err, &p) || p.For("accepted_terms") == nil {
		t.Errorf("completed without agreeing: %v", err)
	}
	if got := must(n.Event(ctx, e.ID)); got.Review != agenda.Reserved || !got.AcceptedTerms.IsZero() {
		t.Errorf("after the refusal: %s, agreed %s", got.Review, got.AcceptedTerms)
	}
	if got := must(n.EditSubmission(ctx, token, e.EventDetails, time.Time{}, true)); got.Review != agenda.Submitted || got.AcceptedTerms.IsZero() {
		t.Errorf("completed: %s, agreed %s", got.Review, got.AcceptedTerms)
	}
	d := e.EventDetails
	d.Subtitle = "Mit Musik"
	if got := must(n.EditSubmission(ctx, token, d, time.Time{}, false)); got.Subtitle != d.Subtitle || got.AcceptedTerms.IsZero() {
		t.Errorf("asked again: %+v", got)
	}
}
