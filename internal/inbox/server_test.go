package inbox

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/kv/kvtest"
	"widunetz/internal/store"
)

var ctx = context.Background()

const (
	mailbox = "antwort@widunetz.example"
	sender  = "widunetz <termine@widunetz.example>"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// post is a real IMAP server over TCP, with one mailbox in memory.
type post struct {
	t        testing.TB
	user     *imapmemserver.User
	listener *cuttable
	server   *imapserver.Server
}

// cuttable is a listener whose connections the test can break.
type cuttable struct {
	net.Listener
	mu    sync.Mutex
	after int // bytes that a connection lets through; 0: all
	conns int
}

func (l *cuttable) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns++
	if l.after == 0 {
		return c, nil
	}
	return &cut{Conn: c, left: l.after}, nil
}

func (l *cuttable) cutAfter(n int) { l.mu.Lock(); defer l.mu.Unlock(); l.after = n }

func (l *cuttable) count() int { l.mu.Lock(); defer l.mu.Unlock(); return l.conns }

// cut breaks off after some bytes.
type cut struct {
	net.Conn
	left int
}

func (c *cut) Write(b []byte) (int, error) {
	if len(b) > c.left {
		c.Conn.Write(b[:c.left]) //nolint:errcheck // it breaks anyway
		c.Conn.Close()           //nolint:errcheck // as wanted
		return c.left, io.ErrClosedPipe
	}
	c.left -= len(b)
	return c.Conn.Write(b)
}

// serve starts a server; without move it has neither MOVE nor UIDPLUS.
func serve(t testing.TB, secure *tls.Config, implicit, move bool) *post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, user: imapmemserver.NewUser("antwort", "geheim"), listener: &cuttable{Listener: l}}
	p.create("INBOX")
	mem := imapmemserver.New()
	mem.AddUser(p.user)
	caps := imap.CapSet{imap.CapIMAP4rev1: {}}
	if move {
		caps[imap.CapMove], caps[imap.CapUIDPlus] = struct{}{}, struct{}{}
	}
	o := &imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps: caps, InsecureAuth: secure == nil, Logger: log.New(io.Discard, "", 0),
	}
	ln := net.Listener(p.listener)
	if secure != nil && implicit {
		ln = tls.NewListener(ln, secure)
	} else {
		o.TLSConfig = secure
	}
	p.server = imapserver.New(o)
	done := make(chan struct{})
	go func() { defer close(done); p.server.Serve(ln) }() //nolint:errcheck // ends with the test
	t.Cleanup(func() { p.server.Close(); <-done })
	return p
}

func (p *post) create(name string) {
	if err := p.user.Create(name, nil); err != nil {
		p.t.Fatal(err)
	}
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return int64(l.Len()) }

// put lays mails into the mailbox.
func (p *post) put(mails ...string) {
	p.t.Helper()
	for _, m := range mails {
		m = strings.ReplaceAll(strings.ReplaceAll(m, "\r\n", "\n"), "\n", "\r\n")
		if _, err := p.user.Append("INBOX", literal{bytes.NewReader([]byte(m))}, &imap.AppendOptions{}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// count says how many mails are in a folder, and how many of them are unseen.
func (p *post) count(folder string) (all, unseen uint32) {
	p.t.Helper()
	d, err := p.user.Status(folder, &imap.StatusOptions{NumMessages: true, NumUnseen: true})
	if err != nil {
		return 0, 0
	}
	return *d.NumMessages, *d.NumUnseen
}

func (p *post) wantMails(t testing.TB, what string, left, done uint32) {
	t.Helper()
	all, unseen := p.count("INBOX")
	moved, _ := p.count("Erledigt")
	if all != left || moved != done || unseen != left {
		t.Errorf("%s: %d mails in the mailbox (%d unseen), %d dealt with; want %d, %d", what, all, unseen, moved, left, done)
	}
}

func (p *post) config() Config {
	addr := p.listener.Addr().(*net.TCPAddr) //nolint:errcheck // it is TCP
	return Config{Host: "127.0.0.1", Port: addr.Port, TLS: "none", User: "antwort", Password: "geheim", Address: mailbox, Folder: "INBOX", Done: "Erledigt"}
}

func (p *post) box(change ...func(*Config)) *Box {
	p.t.Helper()
	c := p.config()
	for _, f := range change {
		f(&c)
	}
	return must(New(c, sender, slog.New(slog.DiscardHandler)))
}

// network is a store with a group and a clock that the test moves.
type network struct {
	*store.Store
	t     testing.TB
	db    *bolt.DB
	mu    sync.Mutex
	now   time.Time
	group agenda.Group
	anna  agenda.Person
}

func (n *network) wait(d time.Duration) { n.mu.Lock(); defer n.mu.Unlock(); n.now = n.now.Add(d) }

func open2(t testing.TB) *network {
	t.Helper()
	n := &network{t: t, db: must(bolt.Open(filepath.Join(t.TempDir(), "t.db"), bolt.Options{Create: true})), now: time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)}
	t.Cleanup(func() { n.db.Close() })
	loc := must(time.LoadLocation("Europe/Berlin"))
	n.Store = must(store.New(ctx, kvtest.Twice(n.db), store.Config{
		Now: func() time.Time { n.mu.Lock(); defer n.mu.Unlock(); return n.now }, Office: "buero@widunetz.example", Replies: true,
		Clock: agenda.Clock{Loc: loc, Hour: 8, Quiet: 10 * time.Minute, WorkingDayBefore: func(d agenda.Date) agenda.Date { return d }},
	}))
	n.group = must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"}))
	n.anna = must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Given: "Anna", Family: "Eins", Email: "anna@example.org"}, time.Time{}))
	must(n.TakeSeat(ctx, agenda.Shell, n.group.ID, n.anna.ID, agenda.Date{}, false))
	return n
}

// send delivers what is due and returns its messages.
func (n *network) send() (out []agenda.Message) {
	n.t.Helper()
	for {
		ids := must(n.DueNotices(ctx, n.Now(), 10))
		for _, id := range ids {
			for must(n.Expand(ctx, id)) {
			}
		}
		facts := must(n.Claim(ctx, n.Now(), time.Minute, 100))
		if len(ids) == 0 && len(facts) == 0 {
			return out
		}
		for _, f := range facts {
			must(0, n.Book(ctx, store.Settled(f.Message, f.Email, agenda.Delivery{})))
			out = append(out, must(n.Message(ctx, f.Message.ID)))
		}
	}
}

// invite invites Anna to a meeting and returns the message that went to her.
func (n *network) invite(start string) (agenda.Meeting, agenda.Message) {
	n.t.Helper()
	at := must(agenda.ParseLocal(start))
	m := must(n.PlanMeeting(ctx, agenda.Shell, n.group.ID, agenda.MeetingDetails{Start: at, End: at.AddMinutes(120), Place: "Kreishaus"}, agenda.MeetingFixed, agenda.Telling{Mail: true}))
	sent := n.send()
	if len(sent) != 1 {
		n.t.Fatalf("%d messages went out, want the invitation", len(sent))
	}
	return m, sent[0]
}

func (n *network) read(b *Box) (Result, error) { n.t.Helper(); return b.Read(ctx, n) }

func (n *network) reads(b *Box, done, left int) {
	n.t.Helper()
	r, err := n.read(b)
	if err != nil || r.Done != done || r.Left != left || r.Rested {
		n.t.Errorf("Read = %+v, %v; want %d dealt with, %d left", r, err, done, left)
	}
}

// whys lists why mails were left, the newest first.
func (n *network) whys() (out []agenda.LeftWhy) {
	n.t.Helper()
	for _, l := range must(n.LeftMails(ctx)) {
		out = append(out, l.Why)
	}
	return out
}

func (n *network) wantWhys(what string, want ...agenda.LeftWhy) {
	n.t.Helper()
	if got := n.whys(); !slices.Equal(got, want) {
		n.t.Errorf("%s: left %v, want %v", what, got, want)
	}
}

// certificate is one of an authority of its own.
func certificate(t testing.TB) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der := must(x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key))
	pool := x509.NewCertPool()
	pool.AddCert(must(x509.ParseCertificate(der)))
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

// errEnds is what the process ends with in tests of crashes.
var errEnds = errors.New("the process ends")

// dies has the process end at a step of the next run.
func (n *network) dies(b *Box, step string) {
	n.t.Helper()
	b.crash = func(s string) {
		if s == step {
			panic(errEnds)
		}
	}
	defer func() {
		b.crash = func(string) {}
		if r := recover(); r != errEnds { //nolint:errorlint // the very value
			n.t.Fatalf("the run did not end at %q: %v", step, r)
		}
	}()
	n.read(b) //nolint:errcheck // it panics
}

// bounced is a report as Postfix makes it.
func bounced(m agenda.Message, action, status, diagnostic string) string {
	return fmt.Sprintf(postfix, mailbox, m.To, m.To, action, status, diagnostic, m.ID, m.To)
}

const postfix = `Return-Path: <>
Date: Mon, 1 Mar 2027 09:00:00 +0100 (CET)
From: MAILER-DAEMON@mail.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: %s
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4XYZ.1700000000/mail.example"
Message-Id: <20270301080000.ABC@mail.example>

This is a MIME-encapsulated message.

--4XYZ.1700000000/mail.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example. I'm sorry.

--4XYZ.1700000000/mail.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
X-Postfix-Queue-ID: ABC
Arrival-Date: Mon,  1 Mar 2027 09:00:00 +0100 (CET)

Final-Recipient: rfc822; %s
Original-Recipient: rfc822;%s
Action: %s
Status: %s
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; %s

--4XYZ.1700000000/mail.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: widunetz <termine@widunetz.example>
Message-ID: <%s@widunetz.example>
To: %s
Subject: Einladung

--4XYZ.1700000000/mail.example--
`
