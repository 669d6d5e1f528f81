package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/rogpeppe/go-internal/testscript"
)

// mailboxes of the scripts.
var mailboxes sync.Map // of *testscript.TestScript to *imapmemserver.User

// mailbox starts an IMAP server with an empty mailbox of "antwort", password
// "geheim", and sets $IMAP to its port.
func mailbox(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	user := imapmemserver.NewUser("antwort", "geheim")
	ts.Check(user.Create("INBOX", nil))
	mem := imapmemserver.New()
	mem.AddUser(user)
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapUIDPlus: {}}, InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	go s.Serve(l) //nolint:errcheck // it ends with the script
	ts.Defer(func() { s.Close() })
	mailboxes.Store(ts, user)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	ts.Setenv("IMAP", port)
}

type literal struct{ *bytes.Reader }

// Size implements imap.LiteralReader.
func (l literal) Size() int64 { return int64(l.Len()) }

// comesIn lays a mail into the mailbox.
func comesIn(ts *testscript.TestScript, text string) {
	user, _ := mailboxes.Load(ts)
	b := []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
	_, err := user.(*imapmemserver.User).Append("INBOX", literal{bytes.NewReader(b)}, &imap.AppendOptions{}) //nolint:errcheck // only users are stored
	ts.Check(err)
}

// incoming FILE lays a mail into the mailbox.
func incoming(ts *testscript.TestScript, _ bool, args []string) { comesIn(ts, ts.ReadFile(args[0])) }

// bounce KIND TEXT: a report on the last mail of the kind comes in.
func bounce(ts *testscript.TestScript, _ bool, args []string) {
	got := received(ts, args[0])
	if len(got) == 0 {
		ts.Fatalf("no mail of kind %s", args[0])
	}
	m := got[len(got)-1]
	comesIn(ts, fmt.Sprintf(`From: MAILER-DAEMON@mail.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; %s

--b
Content-Type: text/rfc822-headers

Message-ID: %s

--b--
`, m.Header.Get("To"), args[1], m.Header.Get("Message-Id")))
}

// calendarReply (command replies) TO STATUS [COMMENT]: whoever got the last invitation at that address
// answers it as a calendar program does, to the organizer that it names.
func calendarReply(ts *testscript.TestScript, _ bool, args []string) {
	var calendar string
	for _, kind := range []string{"invitation", "change", "restored"} {
		for _, m := range received(ts, kind) {
			if strings.Contains(m.Header.Get("To"), args[0]) {
				calendar = strings.ReplaceAll(calendarOf(ts, m), "\r\n ", "")
			}
		}
	}
	line := func(name string) string {
		for l := range strings.SplitSeq(calendar, "\r\n") {
			if strings.HasPrefix(l, name) {
				return l
			}
		}
		ts.Fatalf("no %s in the calendar of %s:\n%s", name, args[0], calendar)
		return ""
	}
	_, to, _ := strings.Cut(line("ORGANIZER"), ":mailto:")
	now, comment := ts.Getenv("NOW"), ""
	if len(args) > 2 {
		comment = "COMMENT:" + args[2] + "\n"
	}
	comesIn(ts, fmt.Sprintf("From: %s\nTo: %s\nSubject: Antwort\nContent-Type: text/calendar; charset=UTF-8; method=REPLY\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//DE\nMETHOD:REPLY\nBEGIN:VEVENT\n%s\n%s\nDTSTAMP:%s\n%s\nATTENDEE;PARTSTAT=%s:mailto:%s\n%sEND:VEVENT\nEND:VCALENDAR\n",
		args[0], to, line("UID"), line("SEQUENCE"), now, line("DTSTART"), args[1], args[0], comment))
}
