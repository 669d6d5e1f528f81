package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func ids(list []agenda.Meeting) []agenda.MeetingID {
	var out []agenda.MeetingID
	for _, m := range list {
		out = append(out, m.ID)
	}
	return out
}

func TestInvitationHoldsTheDatesOfItsReader(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	heir := n.person("Erbin", "erbin@example.org")
	seat := must(n.SeatsOf(ctx, must(n.PersonByEmail(ctx, "m00@example.org")).ID))[0]
	must(n.PassSeat(ctx, agenda.Shell, g.ID, seat.ID, heir.ID, must(agenda.ParseDate("2027-10-01"))))
	ms := must(n.PlanMeetings(ctx, agenda.Shell, g.ID, []agenda.MeetingDetails{details("2027-09-07T09:00"), details("2027-09-28T09:00"), details("2027-11-09T09:00")}, agenda.MeetingFixed))
	draft := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-12-01T09:00"), agenda.MeetingDraft, agenda.Telling{}))
	wantSame(t, "uninvited", len(must(n.Uninvited(ctx, g.ID))), 3)
	preview := must(n.InvitePreview(ctx, g.ID, ids(ms)))
	var lines []string
	for _, v := range preview {
		lines = append(lines, fmt.Sprintf("%s %d %v %s", v.Person.Family, len(v.Meetings), v.Mail, v.Why))
	}
	wantSame(t, "preview", lines, []string{"Erbin 1 true ", "Glied00 2 true ", "Glied01 3 false no_address"})
	n.wantLetters("the preview sends nothing")
	n.wait(time.Second)
	wantSame(t, "released", must(n.Invite(ctx, agenda.Shell, g.ID, append(ids(ms), draft.ID), "Auf ein gutes Jahr.")), 3)
	got := n.wantLetters("one mail per person", "invitation erbin", "invitation m00")
	wantText(t, got, "Auf ein gutes Jahr.")
	wantText(t, got[:1], "9. November")
	wantText(t, got[1:], "7. September", "28. September")
	for i, want := range []int{1, 2} {
		if k := strings.Count(string(got[i].Calendar), "BEGIN:VEVENT"); k != want {
			t.Errorf("the calendar to %s holds %d dates, want %d", got[i].ToEmail, k, want)
		}
	}
	wantSame(t, "uninvited", len(must(n.Uninvited(ctx, g.ID))), 0)
	wantSame(t, "history", n.history(agenda.Ref{Kind: agenda.AboutGroup, ID: string(g.ID)})[4:], []string{"invited: Projektgruppe (3)"})
}

func TestInvitationIsMadeOfTheFactsAtItsSending(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	a, b := n.fixed(g.ID, "2027-09-07T09:00"), n.fixed(g.ID, "2027-10-05T09:00")
	must(n.Invite(ctx, agenda.Shell, g.ID, []agenda.MeetingID{a.ID, b.ID}, ""))
	n.turn(a.ID, agenda.MeetingCancelled, agenda.Telling{})
	n.move(b.ID, "2027-10-06T14:00", agenda.Telling{})
	got := n.wantLetters("one is left", "invitation m00")
	wantText(t, got, "6. Oktober", "14:00")
	if strings.Contains(got[0].Text, "September") {
		t.Errorf("invites to what is cancelled:\n%s", got[0].Text)
	}
}

func TestInvitationToNothingSendsNothing(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-09-07T09:00")
	must(n.Invite(ctx, agenda.Shell, g.ID, ids([]agenda.Meeting{m}), ""))
	n.turn(m.ID, agenda.MeetingCancelled, agenda.Telling{})
	n.wantLetters("cancelled before the mail went out")
	other := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Kerngruppe"}))
	wantSame(t, "dates of another group", must(n.Invite(ctx, agenda.Shell, other.ID, ids([]agenda.Meeting{n.fixed(g.ID, "2027-09-08T09:00")}), "")), 0)
	if _, err := n.Invite(ctx, agenda.Shell, g.ID, []agenda.MeetingID{"nix"}, ""); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a date that is none: %v, want ErrNotFound", err)
	}
}

func TestRemindersFoldIntoTheInvitation(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.at("2027-08-17T08:00")
	must(n.Invite(ctx, agenda.Shell, g.ID, ids([]agenda.Meeting{m}), ""))
	n.wantLetters("the reminder is due in the same minute", "invitation m00")
	n.at("2027-08-27T08:00")
	n.wantLetters("the next one comes", "reminder m00")
	late := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-28T09:00"), agenda.MeetingFixed, mail))
	n.wantLetters("invited the day before", "invitation m00")
	n.wait(time.Hour)
	n.wantLetters("and not reminded of it")
	if late.Invited.IsZero() {
		t.Error("the date was not marked as invited")
	}
}

func TestSixtyDatesOfAGroupOfAHundredAndTwentyAreReleasedAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2026-12-01T12:00")
	g := n.group(120)
	var dates []agenda.MeetingDetails
	for _, l := range agenda.Every(1, 60, must(agenda.ParseLocal("2027-01-12T09:00"))) {
		d := details(l.String())
		d.Note = strings.Repeat("Tagesordnung ", 300)
		dates = append(dates, d)
	}
	ms := must(n.PlanMeetings(ctx, agenda.Shell, g.ID, dates, agenda.MeetingFixed))
	wantSame(t, "released", must(n.Invite(ctx, agenda.Shell, g.ID, ids(ms), "")), 60)
	n.expect("everybody with an address", map[agenda.Kind]int{agenda.KindInvitation: 119})
	more := append(ids(ms), "61")
	var p agenda.Problems
	if _, err := n.Invite(ctx, agenda.Shell, g.ID, more, ""); !errors.As(err, &p) || p[0].Rule != "too_many" {
		t.Errorf("61 dates: %v, want a problem of the form", err)
	}
	n.at("2026-12-29T08:00")
	n.expect("reminder to all", map[agenda.Kind]int{agenda.KindReminder: 119})
}

func TestMutedPeopleGetWhatCannotBeMuted(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	p := must(n.PersonByEmail(ctx, "m00@example.org"))
	p.Muted = []agenda.Kind{agenda.KindReminder, agenda.KindInvitation}
	must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	n.wantLetters("invitation", "invitation m01")
	n.at("2027-08-17T08:00")
	n.wantLetters("reminder", "reminder m01")
	n.turn(m.ID, agenda.MeetingCancelled, mail)
	n.wait(time.Hour)
	n.wantLetters("cancellation", "cancellation m00", "cancellation m01")
}

func TestMutedByTheLinkInAMail(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.fixed(g.ID, "2027-08-31T09:00")
	n.at("2027-08-17T08:00")
	l := n.wantLetters("reminder", "reminder m00")[0]
	token := l.Unsubscribe[strings.LastIndex(l.Unsubscribe, "/")+1:]
	for range 2 {
		if err := n.Mute(ctx, token); err != nil {
			t.Fatal(err)
		}
	}
	n.at("2027-08-27T08:00")
	n.wantLetters("muted")
	if err := n.Mute(ctx, strings.Replace(token, "reminder", "invitation", 1)); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a link for another kind: %v, want ErrNotFound", err)
	}
}

// Switched off between the making of the message and its sending.
func TestMutedAtTheLastMoment(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.fixed(g.ID, "2027-08-31T09:00")
	n.at("2027-08-17T08:00")
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	p := must(n.PersonByEmail(ctx, "m00@example.org"))
	must(n.SavePerson(ctx, agenda.Shell, p.Mute(agenda.KindReminder), time.Time{}))
	n.wantLetters("nothing goes out")
}
