package inbox

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

const noSuchUser = "550 5.1.1 <anna@example.org>: Recipient address rejected: User unknown"

func TestReturnedMailHasFailedAndIsShownAtThePerson(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, true)
	m, sent := n.invite("2027-03-20T14:00")
	b := p.box()
	p.put(bounced(sent, "failed", "5.1.1", noSuchUser))
	n.reads(b, 1, 0)
	p.wantMails(t, "after the report", 0, 1)
	got := must(n.Message(ctx, sent.ID))
	if got.State != agenda.MessageFailed || got.Error != noSuchUser {
		t.Errorf("message is %s, %q; want failed with the server's words", got.State, got.Error)
	}
	r := must(n.Returned(ctx))[n.anna.Email]
	if r.Text != noSuchUser || !r.At.Equal(n.Now()) || r.Kind != agenda.KindInvitation {
		t.Errorf("marked %+v", r)
	}
	if u := must(n.Unreached(ctx, m.ID)); len(u) != 1 || u[0].Why != "failed" || u[0].Error != noSuchUser {
		t.Errorf("to telephone: %+v", u)
	}
	n.wait(time.Hour)
	if sent := n.send(); len(sent) != 1 || sent[0].Kind != agenda.KindAlarm {
		t.Errorf("the office is told: %+v", sent)
	}
	m2, _ := n.invite("2027-04-20T14:00")
	if u := must(n.Unreached(ctx, m2.ID)); len(u) != 1 || u[0].Why != "returned" {
		t.Errorf("to telephone about another meeting: %+v", u)
	}
	must(0, n.TrustAddress(ctx, agenda.Shell, n.anna.ID))
	must(0, n.TrustAddress(ctx, agenda.Shell, n.anna.ID)) // the second click
	if u := must(n.Unreached(ctx, m2.ID)); len(u) != 0 {
		t.Errorf("after the address was trusted again: %+v", u)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	type want struct {
		state  agenda.MessageState
		text   string
		marked bool
		why    agenda.LeftWhy
	}
	sent := want{state: agenda.MessageSent}
	for name, c := range map[string]struct {
		mail func(m agenda.Message) string
		want want
	}{
		"delayed is noted only": {
			func(m agenda.Message) string {
				return bounced(m, "delayed", "4.4.1", "connect to mx.example.org: timed out")
			},
			want{agenda.MessageSent, "connect to mx.example.org: timed out", false, ""},
		},
		"given up after days": {
			func(m agenda.Message) string { return bounced(m, "failed", "4.4.1", "timed out") }, want{agenda.MessageFailed, "timed out", true, ""},
		},
		"policy is our fault, the address is not marked": {
			func(m agenda.Message) string { return bounced(m, "failed", "5.7.1", "550 5.7.1 spam") }, want{agenda.MessageFailed, "550 5.7.1 spam", false, ""},
		},
		"relayed says nothing": {
			func(m agenda.Message) string { return bounced(m, "relayed", "2.0.0", "ok") }, want{agenda.MessageSent, "", false, agenda.LeftReport},
		},
		"of a mail that nobody sent": {
			func(m agenda.Message) string {
				m.ID = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
				return bounced(m, "failed", "5.1.1", "x")
			},
			want{agenda.MessageSent, "", false, agenda.LeftStranger},
		},
		"of another's mail to the same address": {
			func(m agenda.Message) string {
				return strings.ReplaceAll(bounced(m, "failed", "5.1.1", "x"), "@widunetz.example>\nTo", "@other.example>\nTo")
			},
			want{agenda.MessageSent, "", false, agenda.LeftStranger},
		},
		"without the head of the mail, by the address that it came to": {
			func(m agenda.Message) string {
				s := strings.Replace(withoutHead(bounced(m, "failed", "5.1.1", "x")), "To: "+mailbox, "To: "+agenda.BounceAddress(mailbox, m.ID), 1)
				return strings.ReplaceAll(s, m.To, "another@example.net")
			},
			want{agenda.MessageFailed, "x", true, ""},
		},
		"without any name, by the reader's address": {
			func(m agenda.Message) string { return withoutHead(bounced(m, "failed", "5.1.1", "x")) }, want{agenda.MessageFailed, "x", true, ""},
		},
		"without any name, of an address to which nothing went": {
			func(m agenda.Message) string {
				m.To = "else@example.org"
				return withoutHead(bounced(m, "failed", "5.1.1", "x"))
			},
			want{agenda.MessageSent, "", false, agenda.LeftStranger},
		},
		"forwarded: another address failed, the message names itself": {
			func(m agenda.Message) string { m.To = "private@example.net"; return bounced(m, "failed", "5.1.1", "x") },
			want{agenda.MessageFailed, "x", true, ""},
		},
		"no report although it says so": {
			func(m agenda.Message) string {
				return strings.Replace(bounced(m, "failed", "5.1.1", "x"), "multipart/report", "multipart/mixed", 1)
			},
			sent, // auto-replied: a machine, without a report
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, p := open2(t), serve(t, nil, false, true)
			_, m := n.invite("2027-03-20T14:00")
			p.put(c.mail(m))
			if c.want.why == "" {
				n.reads(p.box(), 1, 0)
				n.wantWhys(name)
				p.wantMails(t, name, 0, 1)
			} else {
				n.reads(p.box(), 0, 1)
				n.wantWhys(name, c.want.why)
				p.wantMails(t, name, 1, 0)
			}
			got := must(n.Message(ctx, m.ID))
			_, marked := must(n.Returned(ctx))[n.anna.Email]
			if got.State != c.want.state || got.Error != c.want.text || marked != c.want.marked {
				t.Errorf("message is %s, %q, marked %v; want %+v", got.State, got.Error, marked, c.want)
			}
		})
	}
}

// withoutHead takes the part with the head of the returned mail away.
func withoutHead(s string) string {
	i := strings.Index(s, "--4XYZ.1700000000/mail.example\nContent-Description: Undelivered")
	return s[:i] + "--4XYZ.1700000000/mail.example--\n"
}

// A report that comes twice, and one that is read twice because the process ended
// between, change nothing the second time: also not what an operator did since.
func TestSameMailTwice(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"booked", "moved"} {
		t.Run("the process ends when it was "+step, func(t *testing.T) {
			t.Parallel()
			n, p := open2(t), serve(t, nil, false, true)
			_, m := n.invite("2027-03-20T14:00")
			b := p.box()
			p.put(bounced(m, "failed", "5.1.1", noSuchUser))
			n.dies(b, step)
			must(0, n.TrustAddress(ctx, agenda.Shell, n.anna.ID))
			must(0, n.Drop(ctx, agenda.Shell, m.ID))
			again := 1
			if step == "moved" {
				again = 0
			}
			n.reads(b, again, 0)
			p.wantMails(t, "in the end", 0, 1)
			if got := must(n.Message(ctx, m.ID)); got.State != agenda.MessageDropped {
				t.Errorf("message is %s, want as the operator left it", got.State)
			}
			if len(must(n.Returned(ctx))) != 0 {
				t.Error("the address is marked again")
			}
		})
	}
	n, p := open2(t), serve(t, nil, false, true)
	_, m := n.invite("2027-03-20T14:00")
	report := bounced(m, "failed", "5.1.1", noSuchUser)
	p.put(report, report)
	n.reads(p.box(), 2, 0)
	if list, _, err := n.Messages(ctx, store.OutboxFilter{State: agenda.MessageFailed}, 10); err != nil || len(list) != 1 {
		t.Errorf("failed: %v, %v", list, err)
	}
}

const note = "From: Anna <anna@example.org>\nTo: antwort@widunetz.example\nSubject: %s\nDate: Mon, 1 Mar 2027 10:00:00 +0100\n%s\n%s\n"

func TestWhatIsNotUnderstoodIsLeftAndListed(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, true)
	b := p.box()
	p.put(
		"From: =?utf-8?q?J=C3=B6rg_<b>?= <j@example.org>\nSubject: <script>alert(1)</script>\u202e\nDate: Mon, 1 Mar 2027 10:00:00 +0100\n\nBitte anrufen.\n",
		"From: gross@example.org\nSubject: Video\n\n"+strings.Repeat("AAAA", 30<<18)+"\n",
		"kaputt\n\x00\xff",
		"From: kaputt@example.org\nSubject: Teile\nContent-Type: multipart/mixed; boundary=x\n\nkeine",
		"From: m@example.org\nSubject: tief\n"+strings.Repeat("Content-Type: multipart/mixed; boundary=x\n\n--x\n", 50),
	)
	n.reads(b, 0, 5)
	n.wantWhys("left", agenda.LeftBroken, agenda.LeftBroken, agenda.LeftBroken, agenda.LeftSize, agenda.LeftOther)
	list := must(n.LeftMails(ctx))
	first := list[len(list)-1]
	if first.From != "Jörg <b> <j@example.org>" || first.Subject != "<script>alert(1)</script>" || !first.Date.Equal(time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("listed %+v", first)
	}
	if list[3].Subject != "Video" {
		t.Errorf("the head of a large mail: %+v", list[3])
	}
	p.wantMails(t, "untouched", 5, 0)
	n.reads(b, 0, 0)
	n.wantWhys("read again", agenda.LeftBroken, agenda.LeftBroken, agenda.LeftBroken, agenda.LeftSize, agenda.LeftOther)
	must(0, n.DropLeft(ctx, agenda.Shell, list[0].Number))
	n.reads(b, 0, 0)
	if got := len(n.whys()); got != 4 {
		t.Errorf("%d listed after one was taken off", got)
	}
	// Somebody tidies up in the mail program.
	s := must(open(ctx, p.config(), nil))
	must(s.client.Move(imap.UIDSetNum(1, 2), "Erledigt").Wait())
	s.close()
	n.reads(b, 0, 0)
	if got := len(n.whys()); got != 2 {
		t.Errorf("%d listed after two were moved away", got)
	}
}

func TestAnsweringMachinesAreNotListed(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, true)
	for _, h := range []string{"Auto-Submitted: auto-replied (vacation)", "Auto-Submitted: auto-generated; owner-email=\"x\"", "Precedence: bulk", "X-Autoreply: yes"} {
		p.put(strings.NewReplacer("%s\n%s\n", h+"\n\nIch bin im Urlaub.\n", "%s", "Abwesend").Replace(note))
	}
	p.put(strings.NewReplacer("%s\n%s\n", "Auto-Submitted: no\n\nIch komme.\n", "%s", "Von Hand").Replace(note))
	n.reads(p.box(), 4, 1)
	n.wantWhys("by hand", agenda.LeftOther)
}

func TestListOfLeftMailsIsBounded(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, true)
	b := p.box()
	mails := make([]string, maxRun+5)
	for i := range mails {
		mails[i] = "From: x@example.org\nSubject: Werbung\n\nKauf!\n"
	}
	p.put(mails...)
	n.reads(b, 0, maxRun)
	n.reads(b, 0, 5)
	n.reads(b, 0, 0)
	if list := must(n.LeftMails(ctx)); len(list) != agenda.KeepLeft || list[0].Number != uint32(len(mails)) {
		t.Errorf("%d listed, the newest %+v", len(list), list[0])
	}
}

func TestWithoutMoveNothingOfOthersIsDeleted(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, false)
	_, m := n.invite("2027-03-20T14:00")
	p.put(strings.NewReplacer("%s\n%s\n", "\nx\n", "%s", "Von Hand").Replace(note), bounced(m, "failed", "5.1.1", "x"))
	s := must(open(ctx, p.config(), nil))
	must(0, s.client.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	s.close()
	b := p.box()
	n.reads(b, 1, 1)
	if all, _ := p.count("INBOX"); all != 2 {
		t.Errorf("%d mails in the mailbox, want both: one marked as deleted by somebody, one by us", all)
	}
	if done, _ := p.count("Erledigt"); done != 1 {
		t.Errorf("%d mails in the other folder", done)
	}
	n.reads(b, 0, 0)
}

func TestFlagInsteadOfFolder(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, true)
	_, m := n.invite("2027-03-20T14:00")
	b := p.box(func(c *Config) { c.Done = "$Erledigt" })
	p.put(bounced(m, "failed", "5.1.1", "x"))
	n.dies(b, "moved")
	n.reads(b, 0, 0)
	if all, unseen := p.count("INBOX"); all != 1 || unseen != 1 {
		t.Errorf("%d mails, %d unseen", all, unseen)
	}
}

// The numbers of a folder begin anew when it was made anew.
func TestFolderThatWasMadeAnewIsReadFromItsBeginning(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, true)
	b := p.box()
	p.put("From: x@example.org\nSubject: alt\n\nx\n")
	n.reads(b, 0, 1)
	must(0, p.user.Delete("INBOX"))
	p.create("INBOX")
	p.put("From: x@example.org\nSubject: neu\n\nx\n")
	n.reads(b, 0, 1)
	if list := must(n.LeftMails(ctx)); len(list) != 1 || list[0].Subject != "neu" {
		t.Errorf("listed %+v", list)
	}
}

func TestConnectionThatBreaksInTheMiddleLosesNothing(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, true)
	var sent []agenda.Message
	for _, day := range []string{"20", "21", "22"} {
		_, m := n.invite("2027-03-" + day + "T14:00")
		sent = append(sent, m)
		p.put(bounced(m, "failed", "5.1.1", noSuchUser))
	}
	b := p.box()
	broken := 0
	for after := 200; ; after += 450 {
		p.listener.cutAfter(after)
		_, err := n.read(b)
		if err == nil {
			break
		}
		broken++
		if !errors.Is(err, ErrDown) {
			t.Fatal(err)
		}
		n.wait(time.Hour) // it rests between
	}
	p.listener.cutAfter(0)
	n.reads(b, 0, 0)
	if broken < 5 {
		t.Errorf("broke %d times only", broken)
	}
	p.wantMails(t, "in the end", 0, 3)
	for _, m := range sent {
		if got := must(n.Message(ctx, m.ID)); got.State != agenda.MessageFailed {
			t.Errorf("message is %s", got.State)
		}
	}
	if box := must(n.Mailbox(ctx)); !box.Down.IsZero() || box.Fails != 0 {
		t.Errorf("the mailbox is still down: %+v", box)
	}
}

func TestMailboxThatIsDown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"wrong password": {func(c *Config) { c.Password = "falsch" }, "antwort"},
		"no such folder": {func(c *Config) { c.Folder = "Nirgends" }, "Nirgends"},
		"nobody listens": {func(c *Config) { c.Port = 1 }, "refused"},
		"no TLS":         {func(c *Config) { c.TLS = "starttls" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, p := open2(t), serve(t, nil, false, true)
			b := p.box(c.change)
			_, err := n.read(b)
			if !errors.Is(err, ErrDown) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("Read: %v", err)
			}
			if strings.Contains(err.Error(), "falsch") {
				t.Errorf("the password is in the error: %v", err)
			}
			box := must(n.Mailbox(ctx))
			if box.Down.IsZero() || box.Error == "" {
				t.Errorf("not noted: %+v", box)
			}
			n.wait(30 * time.Second)
			conns := p.listener.count()
			if r, err := n.read(b); err != nil || !r.Rested || p.listener.count() != conns {
				t.Errorf("half a minute later: %+v, %v; want no attempt", r, err)
			}
			if _, err := b.Check(ctx); err == nil {
				t.Error("Check finds it in order")
			}
		})
	}
}

func TestOfficeIsToldOnceAfterADay(t *testing.T) {
	t.Parallel()
	n, p := open2(t), serve(t, nil, false, true)
	down := p.box(func(c *Config) { c.Password = "falsch" })
	alarms := 0
	for range 3 * 24 * 2 {
		if _, err := n.read(down); err != nil && !errors.Is(err, ErrDown) {
			t.Fatal(err)
		}
		for _, m := range n.send() {
			if m.Kind != agenda.KindAlarm {
				t.Errorf("went out: %+v", m)
			}
			if off := n.Now().Sub(must(n.Mailbox(ctx)).Down); off < agenda.MailboxAlarm || off > agenda.MailboxAlarm+2*time.Hour {
				t.Errorf("told after %s", off)
			}
			alarms++
		}
		n.wait(31 * time.Minute)
	}
	if alarms != 1 {
		t.Errorf("the office was told %d times", alarms)
	}
	n.reads(p.box(), 0, 0)
	for range 24 * 3 {
		n.wait(31 * time.Minute)
		n.read(down) //nolint:errcheck // down again
		alarms += len(n.send())
	}
	if alarms != 2 {
		t.Errorf("down again after it worked: told %d times in all", alarms)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"tls", "starttls"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			secure, pool := certificate(t)
			n, p := open2(t), serve(t, secure, mode == "tls", true)
			b := p.box(func(c *Config) { c.TLS = mode })
			if _, err := n.read(b); !errors.Is(err, ErrDown) || !strings.Contains(err.Error(), "certificate") {
				t.Fatalf("a certificate that nobody vouches for: %v", err)
			}
			n.wait(time.Hour)
			b.secure.RootCAs = pool
			p.put("From: x@example.org\nSubject: x\n\nx\n")
			n.reads(b, 0, 1)
			if mails, err := b.Check(ctx); err != nil || mails != 1 {
				t.Errorf("Check: %d, %v", mails, err)
			}
		})
	}
}

func TestConfigSaysWhatWouldBeRight(t *testing.T) {
	t.Parallel()
	good := Config{Host: "imap.example.org", Port: 993, TLS: "tls", User: "u", Address: "antwort@example.org", Folder: "INBOX", Done: "Erledigt"}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	if err := (Config{Port: -1}).Validate(); err != nil {
		t.Errorf("without a host nothing is looked at: %v", err)
	}
	for key, change := range map[string]func(*Config){
		"mailbox.port":    func(c *Config) { c.Port = 0 },
		"mailbox.tls":     func(c *Config) { c.TLS = "none" },
		"mailbox.user":    func(c *Config) { c.User = "" },
		"mailbox.address": func(c *Config) { c.Address = "antwort+x@example.org" },
		"mailbox.folder":  func(c *Config) { c.Folder = "" },
		"mailbox.done":    func(c *Config) { c.Done = "inbox" },
	} {
		c := good
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), key+": ") || !strings.Contains(err.Error(), "want") {
			t.Errorf("%s: %v", key, err)
		}
	}
	c := good
	c.Address = strings.Repeat("a", 35) + "@example.org"
	if err := c.Validate(); err == nil {
		t.Error("no room for a signature")
	}
}
