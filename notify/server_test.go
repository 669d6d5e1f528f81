package notify

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// answer is what a scripted server does at a step of connection n (from 0): a
// reply, or "close" (FIN), "reset" (RST) or "silent", or a reply, a bar and one
// of these. The steps are "greeting", the verbs, "line" (the first of the
// message) and "." (its end). An empty answer is the usual one.
type answer func(n int, step string) string

// at answers so at one step of every connection.
func at(step, reply string) answer {
	return func(_ int, s string) string {
		if s == step {
			return reply
		}
		return ""
	}
}

// first answers so at one step of the first connection.
func first(step, reply string) answer {
	return func(n int, s string) string {
		if n == 0 && s == step {
			return reply
		}
		return ""
	}
}

// scripted is a mail server that does what it is told.
type scripted struct {
	net.Listener
	answer answer
	tls    *tls.Config // nil: STARTTLS is not offered
	steps  chan string // every step, as "n STEP"

	mu    sync.Mutex
	heard []string // every line, as "n line"
	open  map[net.Conn]bool
	conns int
}

// serve starts a server that offers STARTTLS unless secure is nil.
func serve(t testing.TB, secure *tls.Config, a answer) *scripted {
	t.Helper()
	return start(t, listen(t), secure, a)
}

// serveTLS starts a server that speaks TLS from the start.
func serveTLS(t testing.TB, secure *tls.Config, a answer) *scripted {
	t.Helper()
	return start(t, tls.NewListener(listen(t), secure), nil, a)
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func start(t testing.TB, l net.Listener, secure *tls.Config, a answer) *scripted {
	s := &scripted{Listener: l, answer: a, tls: secure, steps: make(chan string, 10000), open: map[net.Conn]bool{}}
	var handlers sync.WaitGroup
	handlers.Go(func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mark(c, true)
			handlers.Go(func() {
				defer s.mark(c, false)
				s.talk(n, c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.hangUp()
		handlers.Wait()
	})
	return s
}

func (s *scripted) mark(c net.Conn, open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if open {
		s.open[c] = true
		s.conns++
		return
	}
	c.Close()
	delete(s.open, c)
}

// dialogue is one connection of a scripted server.
type dialogue struct {
	*scripted
	n         int
	raw, conn net.Conn
	in        *bufio.Reader
	mail      bool // a transaction is open
}

func (s *scripted) talk(n int, raw net.Conn) {
	d := &dialogue{scripted: s, n: n, raw: raw, conn: raw, in: bufio.NewReader(raw)}
	for step, line := "greeting", ""; d.step(step, line); {
		var err error
		if line, err = d.line(); err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		step, _, _ = strings.Cut(verb, ":")
	}
}

func (d *dialogue) line() (string, error) {
	line, err := d.in.ReadString('\n')
	if line != "" {
		d.mu.Lock()
		d.heard = append(d.heard, fmt.Sprintf("%d %s", d.n, strings.TrimSuffix(line, "\r\n")))
		d.mu.Unlock()
	}
	return strings.TrimSuffix(line, "\r\n"), err
}

// step answers one step and reports whether the dialogue goes on.
func (d *dialogue) step(step, line string) bool {
	d.steps <- fmt.Sprintf("%d %s", d.n, step)
	reply := d.answer(d.n, step)
	if reply == "" {
		reply = d.usual(step)
	}
	text, action, _ := strings.Cut(reply, "|")
	switch text {
	case "close", "reset", "silent":
		text, action = "", text
	}
	if text != "" && step != "line" {
		fmt.Fprintf(d.conn, "%s\r\n", text)
	}
	switch {
	case action == "reset":
		d.raw.(*net.TCPConn).SetLinger(0)
		return false
	case action == "silent":
		for _, err := d.line(); err == nil; {
			_, err = d.line()
		}
		return false
	case action == "close", strings.HasPrefix(text, "421"), step == "QUIT":
		return false
	}
	return d.after(step, text)
}

func (d *dialogue) usual(step string) string {
	switch step {
	case "greeting":
		return "220 scripted"
	case "EHLO":
		offer := "250-scripted\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-AUTH PLAIN\r\n"
		if d.tls != nil && d.conn == d.raw {
			offer += "250-STARTTLS\r\n"
		}
		return offer + "250 ENHANCEDSTATUSCODES"
	case "MAIL":
		if d.mail {
			return "503 5.5.1 nested MAIL command"
		}
	case "DATA":
		return "354 go on"
	case "STARTTLS":
		return "220 go on"
	case "AUTH":
		return "235 2.7.0 welcome"
	case "QUIT":
		return "221 bye"
	}
	return "250 2.0.0 fine"
}

// after does what a step leads to when it was answered with reply.
func (d *dialogue) after(step, reply string) bool {
	good := reply < "4"
	switch {
	case step == "MAIL" && good:
		d.mail = true
	case step == "RSET", step == ".":
		d.mail = false
	case step == "DATA" && good:
		return d.message()
	case step == "STARTTLS" && good:
		secure := tls.Server(d.raw, d.tls)
		d.conn, d.in = secure, bufio.NewReader(secure)
		return secure.Handshake() == nil
	}
	return true
}

func (d *dialogue) message() bool {
	for i := 0; ; i++ {
		line, err := d.line()
		if err != nil || i == 0 && !d.step("line", line) {
			return false
		}
		if line == "." {
			return d.step(".", line)
		}
	}
}

// wait waits for a step, as "0 QUIT".
func (s *scripted) wait(t *testing.T, step string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case got := <-s.steps:
			if got == step {
				return
			}
		case <-deadline:
			t.Fatalf("the server did not see %q", step)
		}
	}
}

// verbs returns the lines that begin with one of the verbs.
func (s *scripted) verbs(verbs ...string) (lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.heard {
		_, line, _ := strings.Cut(h, " ")
		verb, _, _ := strings.Cut(line, " ")
		if slices.Contains(verbs, verb) {
			lines = append(lines, h)
		}
	}
	return lines
}

func (s *scripted) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// hangUp closes all connections.
func (s *scripted) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		c.Close()
	}
}

// noneOpen waits for the client to have closed all connections.
func (s *scripted) noneOpen(t *testing.T) {
	t.Helper()
	until(t, "the connection is closed", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.open) == 0
	})
}

// until polls for what happens on another goroutine.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

const sender = "widunetz <termine@widunetz.example>"

// patient are the time-outs where nothing is meant to run out.
var patient = timeouts{dial: 20 * time.Second, phase: 20 * time.Second, idle: 20 * time.Second, quit: 5 * time.Second}

// config is for the server at an address of this machine.
func config(a net.Addr) Config {
	return Config{Transport: "smtp", Host: "127.0.0.1", Port: a.(*net.TCPAddr).Port, TLS: "none", From: sender, Connections: 1}
}

func mailer(t testing.TB, c Config, times timeouts) *SMTP {
	t.Helper()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	m, err := newSMTP(c, times)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// deadline returns what lets the time run out on the connection that the mailer
// made last.
func deadline(m *SMTP) (expire func()) {
	var mu sync.Mutex
	var last net.Conn
	dial := m.dialer
	m.dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		mu.Lock()
		defer mu.Unlock()
		last = c
		return c, err
	}
	return func() {
		mu.Lock()
		defer mu.Unlock()
		last.SetDeadline(time.Now().Add(-time.Second))
	}
}

// reminder returns a letter with everything in it.
func reminder(id agenda.MessageID) letter.Letter {
	return letter.Letter{
		ID: id, Kind: agenda.KindReminder, Date: time.Date(2027, 3, 1, 8, 0, 0, 0, time.FixedZone("CET", 3600)),
		ToName: "Çelik, Jürgen", ToEmail: "j.celik@kreis.example", ReplyTo: "buero@widunetz.example", Lang: agenda.German,
		Subject: "Erinnerung: Projektgruppe am 3. März", Text: "Guten Tag,\n\nam 3. März 2027 um 9:00 Uhr (MEZ) trifft sich die Projektgruppe.\n",
		HTML: "<!doctype html><p>Am 3. März 2027 um 9:00 Uhr (MEZ) trifft sich die Projektgruppe.</p>", Unsubscribe: "https://widunetz.example/abmelden/abc?p=1&k=reminder",
		Calendar: []byte("BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"), CalendarAs: "termin.ics",
	}
}

func delivered(t *testing.T, m *SMTP, id agenda.MessageID) {
	t.Helper()
	if d := m.Send(context.Background(), reminder(id)); d.Outcome != agenda.Delivered {
		t.Fatalf("letter %s: %+v, want it delivered", id, d)
	}
}
