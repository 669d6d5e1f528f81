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

func pollDetails(deadline string, starts ...string) agenda.PollDetails {
	d := agenda.PollDetails{Deadline: must(agenda.ParseDate(deadline))}
	for _, s := range starts {
		d.Options = append(d.Options, agenda.PollOptions([]agenda.MeetingDetails{details(s)})...)
	}
	return d
}

// openPoll opens a poll about two dates in September, until the 10th.
func (n *network) openPoll(g agenda.Group) agenda.Poll {
	n.t.Helper()
	return must(n.OpenPoll(ctx, agenda.Shell, g.ID, pollDetails("2027-09-10", "2027-09-20T09:00", "2027-09-27T09:00"), ""))
}

// says answers the poll for the member with that address.
func (n *network) says(p agenda.Poll, who string, choices ...agenda.PollChoice) error {
	n.t.Helper()
	person := must(n.PersonByEmail(ctx, who+"@example.org"))
	m := map[int]agenda.PollChoice{}
	for i, c := range choices {
		m[i+1] = c
	}
	return n.AnswerPoll(ctx, agenda.PersonActor(person.ID), p.ID, person.ID, m, "")
}

// tally counts the poll as it is.
func (n *network) tally(p agenda.Poll) agenda.PollTally {
	n.t.Helper()
	p, _, votes, err := n.PollVotes(ctx, p.ID)
	must(0, err)
	return p.Tally(votes, n.Now(), n.Loc())
}

const yes, maybe, no = agenda.ChoiceYes, agenda.ChoiceMaybe, agenda.ChoiceNo

// rule is the first rule that was broken.
func rule(err error) string {
	var p agenda.Problems
	if errors.As(err, &p) {
		return p[0].Rule
	}
	return fmt.Sprint(err)
}

func TestOnlyTheSilentAreRemindedOfAPoll(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	p := n.openPoll(n.group(4))
	n.wantLetters("opened", "poll m00", "poll m01", "poll m02")
	n.wantLetters("a second tick")
	must(0, n.says(p, "m01", yes, maybe))
	n.at("2027-09-08T07:59")
	n.wantLetters("a minute too early")
	n.at("2027-09-08T08:00")
	got := n.wantLetters("two days before the end", "pollreminder m00", "pollreminder m02")
	if !strings.Contains(got[0].Text, "/umfrage/"+n.PollToken(p.ID, must(n.PersonByEmail(ctx, "m00@example.org")).ID)) {
		t.Errorf("no link to answer:\n%s", got[0].Text)
	}
	n.wantLetters("a second tick")
	made, _, err := n.Messages(ctx, store.OutboxFilter{Kind: agenda.KindPollReminder}, 100)
	if err != nil || len(made) != 2 {
		t.Errorf("%d reminders in the outbox, want none for whom has answered: %v", len(made), err)
	}
	n.at("2027-09-10T12:00")
	n.wantLetters("nothing more")
}

// An answer that comes between the making of a reminder and its sending stops
// it too.
func TestAnswerWhileThePollReminderWaits(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	p := n.openPoll(n.group(3))
	n.letters()
	n.at("2027-09-08T08:00")
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	must(0, n.says(p, "m00", yes, no))
	n.wantLetters("one has answered meanwhile", "pollreminder m01")
}

func TestRemindedByHand(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	p := n.openPoll(n.group(3))
	n.letters()
	n.at("2027-09-07T09:00")
	must(0, n.says(p, "m00", yes, yes))
	if !must(n.RemindOfPoll(ctx, agenda.Shell, p.ID)) || must(n.RemindOfPoll(ctx, agenda.Shell, p.ID)) {
		t.Error("want one reminder by hand on a day")
	}
	n.wantLetters("by hand", "pollreminder m01")
	n.at("2027-09-08T08:00")
	n.wantLetters("reminded by hand the day before")
	n.at("2027-09-11T08:00")
	if _, err := n.RemindOfPoll(ctx, agenda.Shell, p.ID); !errors.Is(err, agenda.ErrState) {
		t.Errorf("reminded after the end: %v", err)
	}
}

func TestMoreTimeRemindsAnew(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	p := n.openPoll(n.group(2))
	n.letters()
	must(0, n.ExtendPoll(ctx, agenda.Shell, p.ID, must(agenda.ParseDate("2027-09-16")), p.Changed))
	n.at("2027-09-08T08:00")
	n.wantLetters("before the old end")
	n.at("2027-09-14T08:00")
	n.wantLetters("before the new end", "pollreminder m00")
	n.at("2027-09-17T08:00")
	wantSame(t, "after the end", rule(n.says(p, "m00", yes, yes)), "poll_late")
	must(0, n.ExtendPoll(ctx, agenda.Shell, p.ID, must(agenda.ParseDate("2027-09-19")), time.Time{}))
	must(0, n.says(p, "m00", yes, yes))
	n.at("2027-09-19T08:00")
	n.wantLetters("all have answered")
	if err := n.ExtendPoll(ctx, agenda.Shell, p.ID, must(agenda.ParseDate("2027-09-25")), p.Changed); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("seen as it was before: %v", err)
	}
}

// A reminder that is overdue when there is more time says the wrong day.
func TestMoreTimeWhileTheReminderIsOverdue(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	p := n.openPoll(n.group(2))
	n.letters()
	n.at("2027-09-08T08:30") // nobody has looked at what is due since eight
	must(0, n.ExtendPoll(ctx, agenda.Shell, p.ID, must(agenda.ParseDate("2027-09-11")), time.Time{}))
	n.wantLetters("the old reminder")
	n.at("2027-09-10T08:00")
	n.wantLetters("the day before the new end", "pollreminder m00")
}

func TestAnswersToAPoll(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	p := n.openPoll(n.group(3))
	about := agenda.Ref{Kind: agenda.AboutPoll, ID: string(p.ID)}
	must(0, n.says(p, "m00", yes, no))
	must(0, n.says(p, "m00", yes, no))
	wantSame(t, "lines of the history", len(n.history(about)), 2)
	n.at("2027-09-10T23:59")
	must(0, n.says(p, "m00", maybe, no))
	wantSame(t, "an incomplete answer", rule(n.says(p, "m01", yes)), "poll_choice")
	n.at("2027-09-11T00:00")
	wantSame(t, "a minute late", rule(n.says(p, "m01", yes, yes)), "poll_late")
	wantSame(t, "a minute late, changed", rule(n.says(p, "m00", yes, yes)), "poll_late")
	got := n.tally(p)
	wantSame(t, "answered", fmt.Sprint(got.Answered, got.Members, got.Options[0].Maybe, got.Options[1].No), "1 3 1 1")
	stranger := n.person("Fremd", "fremd@example.org")
	n.at("2027-09-02T10:00")
	wantSame(t, "a stranger", rule(n.says(p, "fremd", yes, yes)), "poll_no_member")
	if _, _, err := n.PollOfToken(ctx, n.PollToken(p.ID, stranger.ID)+"a"); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a forged link: %v", err)
	}
	if _, err := n.Submission(ctx, n.PollToken(p.ID, stranger.ID)); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the link opens something else: %v", err)
	}
	wantSame(t, "lines of the history", len(n.history(about)), 3)
}

// Who leaves before a date has no vote on it; her successor is asked with the
// reminder.
func TestMemberWhoLeavesDuringAPoll(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g := n.group(3)
	p := n.openPoll(g)
	n.letters()
	must(0, n.says(p, "m00", yes, yes))
	must(0, n.says(p, "m01", no, yes))
	left, heir := must(n.PersonByEmail(ctx, "m00@example.org")), n.person("Erbin", "erbin@example.org")
	must(n.PassSeat(ctx, agenda.Shell, g.ID, must(n.SeatsOf(ctx, left.ID))[0].ID, heir.ID, must(agenda.ParseDate("2027-09-25"))))
	got := n.tally(p)
	wantSame(t, "yes, and missing", fmt.Sprint(got.Options[0].Yes, got.Options[0].Missing, got.Options[1].Yes, got.Options[1].Missing), "1 1 1 2")
	wantSame(t, "best", fmt.Sprintf("%t %t %s", got.Options[0].Best, got.Options[1].Best, got.Why), "true true equal")
	n.at("2027-09-08T08:00")
	n.wantLetters("the reminder", "pollreminder erbin")
	must(0, n.says(p, "erbin", "", yes))
	must(n.PassSeat(ctx, agenda.Shell, g.ID, must(n.SeatsOf(ctx, left.ID))[0].ID, heir.ID, must(agenda.ParseDate("2027-09-10"))))
	wantSame(t, "whose seat is gone on all days", rule(n.says(p, "m00", yes, yes)), "poll_no_member")
	got = n.tally(p)
	wantSame(t, "her answer does not count any more", got.Options[0].Yes, 0)
	wantSame(t, "who is asked", got.Members, 3)
}

func TestDecidedPollBecomesAMeeting(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g := n.group(3)
	p := n.openPoll(g)
	n.letters()
	feed := must(n.Revision(ctx, store.GroupScope(g.ID)))
	must(0, n.says(p, "m00", yes, no))
	wantSame(t, "the feed while it is open", must(n.Revision(ctx, store.GroupScope(g.ID))), feed)
	got := must(n.DecidePoll(ctx, agenda.Shell, p.ID, []int{2}, p.Changed, "Dann sehen wir uns."))
	ms := must(n.Meetings(ctx, g.ID, n.Today(), n.Today().AddDays(60)))
	if len(ms) != 1 || ms[0].State != agenda.MeetingFixed || ms[0].Start.String() != "2027-09-27T09:00" || ms[0].Place != "Kreishaus" || !slices.Equal(got.Meetings, []agenda.MeetingID{ms[0].ID}) {
		t.Fatalf("meetings %+v, poll %+v", ms, got)
	}
	letters := n.wantLetters("one invitation, nothing else", "invitation m00", "invitation m01")
	if !strings.Contains(letters[0].Text, "Dann sehen wir uns.") || letters[0].Calendar == nil {
		t.Errorf("the invitation:\n%s", letters[0].Text)
	}
	if must(n.Revision(ctx, store.GroupScope(g.ID))) == feed {
		t.Error("the feed is as it was")
	}
	again := must(n.DecidePoll(ctx, agenda.Shell, p.ID, []int{2}, p.Changed, ""))
	wantSame(t, "the second click", again.Meetings, got.Meetings)
	if _, err := n.DecidePoll(ctx, agenda.Shell, p.ID, []int{1}, p.Changed, ""); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("somebody else decides otherwise: %v", err)
	}
	wantSame(t, "an answer to a decided poll", rule(n.says(p, "m01", yes, yes)), "poll_over")
	n.at("2027-09-08T08:00")
	n.wantLetters("no reminder of it")
	n.at("2027-09-13T08:00")
	n.wantLetters("the meeting's own reminder", "reminder m00", "reminder m01")
}

// A poll is decided once, whoever is quicker.
func TestTwoDecideAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g := n.group(3)
	p := n.openPoll(g)
	n.letters()
	won := race(6, func(i int) error {
		_, err := n.DecidePoll(ctx, agenda.Shell, p.ID, []int{1 + i%2}, p.Changed, "")
		return err
	}, agenda.ErrConflict)
	wantSame(t, "decided alike", won, []error{nil, nil, nil})
	wantSame(t, "meetings", len(must(n.Meetings(ctx, g.ID, n.Today(), n.Today().AddDays(60)))), 1)
	n.wantLetters("one invitation", "invitation m00", "invitation m01")
}

func TestPollDecidedForSeveralDates(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g := n.group(2)
	planned := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-09-27T09:00"), agenda.MeetingPlanned, agenda.Telling{}))
	var starts []string
	for i := range 20 {
		starts = append(starts, must(agenda.ParseDate("2027-09-20")).AddDays(7*i).String()+"T09:00")
	}
	p := must(n.OpenPoll(ctx, agenda.Shell, g.ID, pollDetails("2027-09-10", starts...), ""))
	n.letters()
	all := make([]int, 20)
	for i := range all {
		all[i] = i + 1
	}
	_, err := n.DecidePoll(ctx, agenda.Shell, p.ID, all, p.Changed, "")
	wantSame(t, "more than one transaction takes", rule(err), "too_many")
	got := must(n.DecidePoll(ctx, agenda.Shell, p.ID, all[:6], p.Changed, ""))
	wantSame(t, "meetings", len(got.Meetings), 6)
	wantSame(t, "the planned date is fixed", got.Meetings[1], planned.ID)
	for _, id := range got.Meetings {
		if m := must(n.Meeting(ctx, id)); m.State != agenda.MeetingFixed || m.Invited.IsZero() {
			t.Errorf("meeting %+v", m)
		}
	}
	wantSame(t, "meetings of the group", len(must(n.Meetings(ctx, g.ID, n.Today(), n.Today().AddDays(200)))), 6)
	n.wantLetters("one mail for all", "invitation m00")
	five := must(n.Group(ctx, g.ID))
	five.Leads = []int{20, 14, 7, 2, 1}
	must(n.SaveGroup(ctx, agenda.Shell, five))
	p = must(n.OpenPoll(ctx, agenda.Shell, g.ID, pollDetails("2027-09-10", "2028-01-20T14:00", "2028-01-21T14:00", "2028-01-22T14:00", "2028-01-23T14:00"), ""))
	wantSame(t, "with five reminders each", len(must(n.DecidePoll(ctx, agenda.Shell, p.ID, []int{1, 2, 3, 4}, p.Changed, "")).Meetings), 4)
}

// What prepares a planned meeting is fixed with it, as many as fit.
func TestPollFixesWhatPreparesItsDates(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g := n.group(2)
	core := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Kerngruppe", Prepares: g.ID, Start: "14:00", Minutes: 60, Leads: []int{20, 14, 7, 2, 1}}))
	var starts []string
	var preparing []agenda.MeetingID
	for i := range 4 {
		start := must(agenda.ParseDate("2027-10-21")).AddDays(28*i).String() + "T09:00"
		starts = append(starts, start)
		m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details(start), agenda.MeetingPlanned, agenda.Telling{}))
		made, _, err := n.Prepare(ctx, agenda.Shell, m.ID)
		if err != nil || len(made) != 1 || made[0].Group != core.ID {
			t.Fatalf("prepared by %v: %v", made, err)
		}
		preparing = append(preparing, made[0].ID)
	}
	p := must(n.OpenPoll(ctx, agenda.Shell, g.ID, pollDetails("2027-09-10", starts...), ""))
	_, err := n.DecidePoll(ctx, agenda.Shell, p.ID, []int{1, 2, 3, 4}, p.Changed, "")
	wantSame(t, "more than one transaction takes", rule(err), "too_many")
	must(n.DecidePoll(ctx, agenda.Shell, p.ID, []int{1, 2}, p.Changed, ""))
	for i, id := range preparing {
		want := agenda.MeetingFixed
		if i > 1 {
			want = agenda.MeetingPlanned
		}
		wantSame(t, fmt.Sprint("what prepares date ", i+1), must(n.Meeting(ctx, id)).State, want)
	}
}

func TestPollIsOpenedOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g := n.group(2)
	d := pollDetails("2027-09-10", "2027-09-20T09:00")
	race(6, func(int) error { _, err := n.OpenPoll(ctx, agenda.Shell, g.ID, d, "form"); return err }, nil)
	wantSame(t, "polls", len(must(n.Polls(ctx, g.ID))), 1)
	n.wantLetters("one request", "poll m00")
	must(n.OpenPoll(ctx, agenda.Shell, g.ID, d, "another form"))
	wantSame(t, "polls", len(must(n.Polls(ctx, g.ID))), 2)
	if _, err := n.OpenPoll(ctx, agenda.Shell, "gibt-es-nicht", d, ""); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("poll of no group: %v", err)
	}
	_, err := n.OpenPoll(ctx, agenda.Shell, g.ID, pollDetails("2027-09-10", "2027-08-20T09:00"), "")
	wantSame(t, "a past date", rule(err), "past")
}

func TestCancelledPollTellsNobody(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	p := n.openPoll(n.group(2))
	must(0, n.CancelPoll(ctx, agenda.Shell, p.ID, p.Changed))
	must(0, n.CancelPoll(ctx, agenda.Shell, p.ID, p.Changed))
	n.wantLetters("cancelled before the first mail")
	n.at("2027-09-08T08:00")
	n.wantLetters("no reminder")
	wantSame(t, "an answer", rule(n.says(p, "m00", yes, yes)), "poll_over")
	if _, err := n.DecidePoll(ctx, agenda.Shell, p.ID, []int{1}, time.Time{}, ""); !errors.Is(err, agenda.ErrState) {
		t.Errorf("decided: %v", err)
	}
}

func TestPollMailsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g := n.group(3)
	quiet := must(n.PersonByEmail(ctx, "m00@example.org"))
	must(n.SavePerson(ctx, agenda.Shell, quiet.Mute(agenda.KindPoll).Mute(agenda.KindPollReminder), time.Time{}))
	p := n.openPoll(g)
	n.wantLetters("opened", "poll m01")
	_, _, votes, err := n.PollVotes(ctx, p.ID)
	must(0, err)
	var silent []agenda.Person
	for _, v := range votes {
		silent = append(silent, must(n.Person(ctx, v.Person)))
	}
	why := map[string]string{}
	for _, u := range must(n.PollUnreached(ctx, p.ID, silent)) {
		why[u.Person.Family] = u.Why
	}
	wantSame(t, "whom to telephone", why, map[string]string{"Glied00": "muted", "Glied02": "no_address"})
}

func TestPollForgetsThePersonAndIsForgotten(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	p := n.openPoll(n.group(60))
	n.letters()
	gone := must(n.PersonByEmail(ctx, "m00@example.org"))
	for i := range 59 {
		must(0, n.says(p, fmt.Sprintf("m%02d", i), yes, no))
	}
	wantSame(t, "answered", n.tally(p).Answered, 59)
	token := n.PollToken(p.ID, gone.ID)
	var before strings.Builder
	n.dump(&before)
	if !strings.Contains(before.String(), `pollanswer\x00`+string(p.ID)+`\x00`+string(gone.ID)) {
		t.Fatal("her answer is nowhere")
	}
	must(0, n.DeletePerson(ctx, agenda.Shell, gone.ID))
	wantSame(t, "without her", n.tally(p).Options[0].Yes, 58)
	if _, _, err := n.PollOfToken(ctx, token); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("her link: %v", err)
	}
	var dump strings.Builder
	n.dump(&dump)
	if strings.Contains(dump.String(), "Glied00") || strings.Contains(dump.String(), `pollanswer\x00`+string(p.ID)+`\x00`+string(gone.ID)) {
		t.Error("her name or her answer is still there")
	}
	keep := store.Retention{}
	n.at("2027-12-26T12:00")
	wantSame(t, "90 days after the last date", must(n.Forget(ctx, keep)), 0)
	n.at("2027-12-27T12:00")
	wantSame(t, "after that", must(n.Forget(ctx, keep)), 1)
	dump.Reset()
	n.dump(&dump)
	for _, kind := range []string{`"poll\x00`, `"polls\x00`, `"pollanswer\x00`} {
		if strings.Contains(dump.String(), kind) {
			t.Errorf("%s is still there", kind)
		}
	}
	if _, err := n.Poll(ctx, p.ID); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the poll: %v", err)
	}
}

// Institutions that are found to be one count once.
func TestPollCountsMergedInstitutions(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-01T10:00")
	g := n.group(0)
	a, b := n.office("AWO", "a@example.org"), n.office("Awo Herford", "b@example.org")
	for _, i := range []agenda.Institution{a, b} {
		for _, p := range must(n.People(ctx)) {
			if p.Institution == i.ID {
				must(n.TakeSeat(ctx, agenda.Shell, g.ID, p.ID, agenda.Date{}, false))
			}
		}
	}
	p := n.openPoll(g)
	must(0, n.says(p, "a", yes, no))
	must(0, n.says(p, "b", no, yes))
	wantSame(t, "institutions", fmt.Sprint(n.tally(p).Options[0].Institutions, n.tally(p).Options[0].Seated), "1 2")
	must(0, n.MergeInstitutions(ctx, agenda.Shell, a.ID, b.ID))
	wantSame(t, "after they were merged", fmt.Sprint(n.tally(p).Options[0].Institutions, n.tally(p).Options[0].Seated), "1 1")
}
