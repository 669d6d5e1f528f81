package inbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// asked is a meeting to which Anna was invited by calendar message, and the
// address to which her answer goes.
type asked struct {
	*network
	*post
	box     *Box
	meeting agenda.Meeting
	to      string
}

func ask(t testing.TB) *asked {
	t.Helper()
	n, p := open2(t), serve(t, nil, false, true)
	must(0, n.SetRules(ctx, agenda.Shell, n.group.ID, agenda.Rules{Answers: agenda.AnswerRules{On: true}}, time.Time{}))
	a := &asked{network: n, post: p, box: p.box()}
	start := must(agenda.ParseLocal("2027-03-20T14:00"))
	a.meeting = must(n.PlanMeeting(ctx, agenda.Shell, n.group.ID, agenda.MeetingDetails{Start: start, End: start.AddMinutes(120), Place: "Kreishaus"}, agenda.MeetingFixed, agenda.Telling{Mail: true}))
	a.deliver()
	if a.to == "" {
		t.Fatal("nobody was asked")
	}
	return a
}

// deliver sends what is due to Anna.
func (a *asked) deliver() {
	for {
		ids := must(a.DueNotices(ctx, a.Now(), 10))
		for _, id := range ids {
			for must(a.Expand(ctx, id)) {
			}
		}
		facts := must(a.Claim(ctx, a.Now(), time.Minute, 100))
		if len(ids) == 0 && len(facts) == 0 {
			return
		}
		for _, f := range facts {
			if f.Calling().Method == agenda.MethodRequest {
				a.to = agenda.ReplyAddress(mailbox, f.Tokens.Reply)
			}
			must(0, a.Book(ctx, store.Settled(f.Message, f.Email, agenda.Delivery{}).Carrying(f.Calling())))
		}
	}
}

func (a *asked) move(start string) {
	d := a.meeting.MeetingDetails
	d.Start = must(agenda.ParseLocal(start))
	d.End = d.Start.AddMinutes(120)
	a.meeting = must(a.ChangeMeeting(ctx, agenda.Shell, a.meeting.ID, d, time.Time{}, agenda.Telling{Mail: true}))
}

// reply is an answer; fields are replaced before it is written.
type reply struct {
	method, uid, attendee, status, comment, extra string
	seq                                           int
	stamp                                         time.Time
}

func (a *asked) reply(status string) reply {
	return reply{method: "REPLY", uid: agenda.MeetingUID(a.meeting.ID), attendee: "anna@example.org", status: status, seq: a.meeting.Sequence, stamp: a.Now()}
}

func (r reply) ics() string {
	lines := []string{
		"BEGIN:VCALENDAR", "PRODID:-//Test//DE", "VERSION:2.0", "METHOD:" + r.method, "BEGIN:VEVENT", "UID:" + r.uid, fmt.Sprintf("SEQUENCE:%d", r.seq),
		"DTSTAMP:" + r.stamp.UTC().Format("20060102T150405Z"), "DTSTART;TZID=Europe/Berlin:20270320T140000", "SUMMARY:Projektgruppe",
		"ATTENDEE;CN=Anna;PARTSTAT=" + r.status + ":mailto:" + r.attendee,
	}
	if r.comment != "" {
		lines = append(lines, "COMMENT:"+r.comment)
	}
	if r.extra != "" {
		lines = append(lines, r.extra)
	}
	return strings.Join(append(lines, "END:VEVENT", "END:VCALENDAR", ""), "\r\n")
}

// mail wraps a calendar as Thunderbird sends it.
func (a *asked) mail(calendar string) string {
	return "From: Anna Eins <anna@example.org>\nTo: " + a.to + "\nSubject: Zusage: Projektgruppe\nDate: Mon, 1 Mar 2027 10:00:00 +0100\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/alternative; boundary=\"x\"\n\n--x\nContent-Type: text/plain; charset=UTF-8\n\nAnna hat zugesagt.\n" +
		"--x\nContent-Type: text/calendar; charset=UTF-8; method=REPLY\nContent-Transfer-Encoding: 8bit\n\n" + calendar + "\n--x--\n"
}

// answer is what Anna has said, as "choice comment by".
func (a *asked) answer() string {
	for _, s := range must(a.AnswersTo(ctx, a.meeting.ID)) {
		return strings.Join(strings.Fields(string(s.Choice)+" "+s.Comment+" "+s.By), " ")
	}
	return ""
}

func (a *asked) wantAnswer(t testing.TB, what, want string) {
	t.Helper()
	if got := a.answer(); got != want {
		t.Errorf("%s: answered %q, want %q", what, got, want)
	}
}

// history lists the verbs of the meeting's history, the newest first.
func (a *asked) history() string {
	entries, _, err := a.History(ctx, agenda.Ref{Kind: agenda.AboutMeeting, ID: string(a.meeting.ID)}, "", 20)
	must(0, err)
	var out []string
	for _, e := range entries {
		if strings.HasPrefix(e.Verb, "reply_") {
			out = append(out, strings.TrimSpace(e.Verb+" "+e.Note))
		}
	}
	return strings.Join(out, "; ")
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{"ACCEPTED": "yes Bringe Äpfel, Birnen mit imip", "DECLINED": "no Bringe Äpfel, Birnen mit imip", "TENTATIVE": "", "NEEDS-ACTION": ""} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			a := ask(t)
			r := a.reply(status)
			r.comment = `Bringe Äpfel\, Birnen mit`
			a.put(a.mail(r.ics()))
			a.reads(a.box, 1, 0)
			a.wantAnswer(t, status, want)
			a.wantMails(t, status, 0, 1)
			maybe := map[bool]string{true: "reply_maybe Bringe Äpfel, Birnen mit"}[status == "TENTATIVE"]
			if got := a.history(); got != maybe {
				t.Errorf("history %q, want %q", got, maybe)
			}
		})
	}
}

// TestM10: the answers of the usual programs are booked.
func TestM10AnswersOfPrograms(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]func(a *asked) string{
		"Outlook, without ORGANIZER, folded, with a Windows zone": func(a *asked) string {
			cal := "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n" +
				"BEGIN:VEVENT\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=\"Eins, Anna\":mailto:Anna@Example.\r\n org\r\nCOMMENT;LANGUAGE=de-DE:\\n\r\nUID:" + agenda.MeetingUID(a.meeting.ID) + "\r\nSUMMARY;LANGUAGE=de-DE:Zugesagt: Projektgruppe\r\nDTSTART;TZID=W. Europe Standard Time:20270320T140000\r\n" +
				"DTSTAMP:20270301T090500Z\r\nSEQUENCE:0\r\nX-MICROSOFT-CDO-APPT-SEQUENCE:0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
			return strings.Replace(a.mail(cal), "multipart/alternative", "multipart/alternative; type=\"text/calendar\"", 1)
		},
		"Gmail, the calendar twice": func(a *asked) string {
			cal := a.reply("ACCEPTED").ics()
			return "From: Anna <anna@example.org>\nTo: " + a.to + "\nSubject: =?UTF-8?Q?Zugesagt=3A_Projektgruppe?=\nContent-Type: multipart/mixed; boundary=\"m\"\n\n--m\nContent-Type: multipart/alternative; boundary=\"a\"\n\n--a\nContent-Type: text/plain; charset=\"UTF-8\"; format=flowed; delsp=yes\n\nAnna hat die Einladung angenommen.\n" +
				"--a\nContent-Type: text/calendar; charset=\"UTF-8\"; method=REPLY\n\n" + cal + "\n--a--\n--m\nContent-Type: application/ics; name=\"invite.ics\"\nContent-Disposition: attachment; filename=\"invite.ics\"\nContent-Transfer-Encoding: base64\n\nQkVHSU46VkNBTEVOREFS\n--m--\n"
		},
		"Proton, without the method parameter": func(a *asked) string {
			return strings.Replace(a.mail(a.reply("ACCEPTED").ics()), "; method=REPLY", "", 1)
		},
		"Apple, from another address of hers": func(a *asked) string {
			return strings.Replace(a.mail(a.reply("ACCEPTED").ics()), "From: Anna Eins <anna@example.org>", "From: Anna <anna.privat@icloud.example>", 1)
		},
		"only the attached file": func(a *asked) string {
			return strings.Replace(a.mail(a.reply("ACCEPTED").ics()), "Content-Type: text/calendar; charset=UTF-8; method=REPLY", "Content-Type: application/ics; name=x.ics", 1)
		},
		"with an answering machine's head": func(a *asked) string {
			return "Auto-Submitted: auto-generated\n" + a.mail(a.reply("ACCEPTED").ics())
		},
		"the address only in Delivered-To": func(a *asked) string {
			return "Delivered-To: " + strings.ToUpper(a.to) + "\n" + strings.Replace(a.mail(a.reply("ACCEPTED").ics()), "To: "+a.to, "To: Termine <termine@widunetz.example>", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := ask(t)
			a.put(of(a))
			a.reads(a.box, 1, 0)
			a.wantAnswer(t, name, "yes imip")
			a.wantMails(t, name, 0, 1)
		})
	}
}

// TestM11: what is older or repeated changes nothing; nor what is about another
// time or comes too late.
func TestM11OldAnswers(t *testing.T) {
	t.Parallel()
	a := ask(t)
	yes, no := a.reply("ACCEPTED"), a.reply("DECLINED")
	no.stamp = no.stamp.Add(time.Minute)
	a.put(a.mail(no.ics()), a.mail(yes.ics()), a.mail(no.ics()))
	a.reads(a.box, 3, 0)
	a.wantAnswer(t, "the older one came later", "no imip")

	// She changes her mind on the page; the mail is looked at once more.
	a.wait(time.Hour)
	must(0, a.AnswerMeeting(ctx, agenda.PersonActor(a.anna.ID), a.meeting.ID, a.anna.ID, agenda.AnswerDetails{Choice: agenda.AnswerYes}, "page"))
	a.put(a.mail(no.ics()))
	late := no
	late.stamp = late.stamp.Add(30 * time.Minute) // given before the page, under way for long
	a.put(a.mail(late.ics()))
	a.reads(a.box, 2, 0)
	a.wantAnswer(t, "what she said on the page is newer", "yes page")

	// The date moves: an answer to the old one does not count, before and after
	// the mail about it went out.
	old := a.reply("DECLINED")
	old.stamp = a.Now().Add(time.Minute)
	a.move("2027-03-21T14:00")
	a.put(a.mail(old.ics()))
	a.reads(a.box, 1, 0)
	a.wait(time.Hour)
	a.deliver()
	old.stamp, old.comment = a.Now(), "am Samstag nicht"
	a.put(a.mail(old.ics()), a.mail(old.ics()))
	a.reads(a.box, 2, 0)
	if got := a.history(); got != "reply_old am Samstag nicht; reply_old" {
		t.Errorf("history %q", got)
	}
	fresh := a.reply("DECLINED")
	fresh.stamp = a.Now().Add(time.Second)
	a.put(a.mail(fresh.ics()))
	a.reads(a.box, 1, 0)
	a.wantAnswer(t, "to the new date", "no imip")

	// Cancelled and restored before anybody was told: her invitation stands.
	a.wait(time.Hour)
	for _, to := range []agenda.MeetingState{agenda.MeetingCancelled, agenda.MeetingFixed} {
		must(a.TurnMeeting(ctx, agenda.Shell, a.meeting.ID, to, time.Time{}, agenda.Telling{Mail: true}))
	}
	again := a.reply("ACCEPTED")
	again.stamp = a.Now()
	a.put(a.mail(again.ics()))
	a.reads(a.box, 1, 0)
	a.wantAnswer(t, "nobody was told that it was off for a minute", "yes imip")

	// Cancelled: nothing is asked any more.
	a.wait(time.Hour)
	must(a.TurnMeeting(ctx, agenda.Shell, a.meeting.ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{Mail: true}))
	off := a.reply("DECLINED")
	off.stamp = a.Now()
	a.put(a.mail(off.ics()))
	a.reads(a.box, 1, 0)
	a.wantAnswer(t, "cancelled", "yes imip")
	if got := a.history(); !strings.HasPrefix(got, "reply_late") {
		t.Errorf("history %q", got)
	}
	a.wantWhys("nothing is left for a person")
}

// An answer whose booking was the last that the process did is booked once.
func TestAnswerThatIsReadAgainAfterACrash(t *testing.T) {
	t.Parallel()
	a := ask(t)
	a.put(a.mail(a.reply("DECLINED").ics()))
	a.dies(a.box, "booked")
	a.wantAnswer(t, "booked before the crash", "no imip")
	a.wait(time.Minute)
	must(0, a.AnswerMeeting(ctx, agenda.PersonActor(a.anna.ID), a.meeting.ID, a.anna.ID, agenda.AnswerDetails{Choice: agenda.AnswerYes}, "mail"))
	a.reads(a.box, 1, 0)
	a.wantAnswer(t, "read again", "yes mail")
	a.wantMails(t, "in the end", 0, 1)
}

// TestM12: what is forged, or says more than yes or no, changes nothing and is
// left for a person.
func TestM12ForgedAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mail func(a *asked) string
		why  agenda.LeftWhy
	}{
		"right UID, no signature": {
			func(a *asked) string { return strings.ReplaceAll(a.mail(a.reply("DECLINED").ics()), a.to, mailbox) }, agenda.LeftToken,
		},
		"right UID, wrong signature": {
			func(a *asked) string {
				return strings.ReplaceAll(a.mail(a.reply("DECLINED").ics()), a.to, agenda.ReplyAddress(mailbox, strings.Repeat("a", 26)))
			}, agenda.LeftToken,
		},
		"signature of another meeting": {
			func(a *asked) string {
				to := a.to
				start := must(agenda.ParseLocal("2027-04-20T14:00"))
				must(a.PlanMeeting(ctx, agenda.Shell, a.group.ID, agenda.MeetingDetails{Start: start, End: start.AddMinutes(60)}, agenda.MeetingFixed, agenda.Telling{Mail: true}))
				a.deliver()
				if to == a.to {
					a.post.t.Error("both meetings have one signature")
				}
				return a.mail(a.reply("DECLINED").ics())
			}, agenda.LeftToken,
		},
		"the signature of Anna, in the name of Bert": {
			func(a *asked) string {
				bert := must(a.SavePerson(ctx, agenda.Shell, agenda.Person{Family: "Zwei", Email: "bert@example.org"}, time.Time{}))
				must(a.TakeSeat(ctx, agenda.Shell, a.group.ID, bert.ID, agenda.Date{}, false))
				r := a.reply("DECLINED")
				r.attendee = bert.Email
				return a.mail(r.ics())
			}, agenda.LeftToken,
		},
		"forwarded to somebody who is not in the network": {
			func(a *asked) string {
				r := a.reply("ACCEPTED")
				r.attendee = "fremd@example.net"
				return a.mail(r.ics())
			}, agenda.LeftAttendee,
		},
		"no meeting of ours": {
			func(a *asked) string {
				r := a.reply("ACCEPTED")
				r.uid = "sitzung-gibtsnicht@widunetz"
				return a.mail(r.ics())
			}, agenda.LeftMeeting,
		},
		"UID with a zero byte": {
			func(a *asked) string {
				r := a.reply("ACCEPTED")
				r.uid = "sitzung-a\x00b@widunetz"
				return a.mail(r.ics())
			}, agenda.LeftMeeting,
		},
		"another time is proposed": {
			func(a *asked) string { r := a.reply("TENTATIVE"); r.method = "COUNTER"; return a.mail(r.ics()) }, agenda.LeftCounter,
		},
		"passed on":     {func(a *asked) string { return a.mail(a.reply("DELEGATED").ics()) }, agenda.LeftDelegated},
		"an invitation": {func(a *asked) string { r := a.reply("ACCEPTED"); r.method = "REQUEST"; return a.mail(r.ics()) }, agenda.LeftMethod},
		"one of a series": {func(a *asked) string {
			r := a.reply("ACCEPTED")
			r.extra = "RECURRENCE-ID:20270320T130000Z"
			return a.mail(r.ics())
		}, agenda.LeftMethod},
		"two attendees": {
			func(a *asked) string {
				r := a.reply("ACCEPTED")
				r.extra = "ATTENDEE;PARTSTAT=DECLINED:mailto:bert@example.org"
				return a.mail(r.ics())
			}, agenda.LeftAttendee,
		},
		"a thousand attendees": {
			func(a *asked) string {
				r := a.reply("ACCEPTED")
				r.extra = strings.TrimSuffix(strings.Repeat("ATTENDEE;PARTSTAT=DECLINED:mailto:x@example.org\r\n", 1000), "\r\n")
				return a.mail(r.ics())
			}, agenda.LeftAttendee,
		},
		"an attendee without a colon": {
			func(a *asked) string {
				return strings.Replace(a.mail(a.reply("ACCEPTED").ics()), ":mailto:anna", ";mailto=anna", 1)
			}, agenda.LeftBroken,
		},
		"cut off": {func(a *asked) string {
			s := a.mail(a.reply("ACCEPTED").ics())
			return s[:strings.Index(s, "END:VEVENT")]
		}, agenda.LeftBroken},
		"no time of answer": {func(a *asked) string {
			return strings.Replace(a.mail(a.reply("ACCEPTED").ics()), "DTSTAMP", "X-STAMP", 1)
		}, agenda.LeftBroken},
		"the group asks no more": {
			func(a *asked) string {
				must(0, a.SetRules(ctx, agenda.Shell, a.group.ID, agenda.Rules{}, time.Time{}))
				return a.mail(a.reply("ACCEPTED").ics())
			}, agenda.LeftOff,
		},
		"no member any more": {
			func(a *asked) string {
				must(a.PassSeat(ctx, agenda.Shell, a.group.ID, must(a.Seats(ctx, a.group.ID))[0].ID, "", must(agenda.ParseDate("2027-03-02"))))
				return a.mail(a.reply("ACCEPTED").ics())
			}, agenda.LeftAttendee,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := ask(t)
			a.put(c.mail(a))
			a.reads(a.box, 0, 1)
			a.wantWhys(name, c.why)
			a.wantAnswer(t, name, "")
			a.wantMails(t, name, 1, 0)
			if got := a.history(); got != "" {
				t.Errorf("history %q", got)
			}
		})
	}
}

// A comment is kept as text, and not longer than an answer can hold.
func TestCommentIsText(t *testing.T) {
	t.Parallel()
	a := ask(t)
	r := a.reply("DECLINED")
	r.comment = "<script>alert(1)</script>\u202e" + strings.Repeat("ä", 3000)
	a.put(a.mail(r.ics()))
	a.reads(a.box, 1, 0)
	got := must(a.AnswersTo(ctx, a.meeting.ID))
	if len(got) != 1 || !strings.HasPrefix(got[0].Comment, "<script>alert(1)</script>ä") || agenda.Length(got[0].Comment) != 500 {
		t.Errorf("answers %+v", got)
	}
}
