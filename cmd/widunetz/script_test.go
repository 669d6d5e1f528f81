package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

// freePort finds a port on which nothing listens.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port, l.Close()
}

// mailserver starts an SMTP server that keeps what it gets in the folder mails,
// one file per mail, and sets $SMTP to its port. An address that contains
// "refused" or "later" is answered with 550 or 450.
func mailserver(ts *testscript.TestScript, _ bool, _ []string) {
	dir := ts.MkAbs("mails")
	ts.Check(os.MkdirAll(dir, 0o700))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	s := smtp.NewServer(&letterbox{dir: dir})
	s.Domain = "mail.example"
	go s.Serve(l) //nolint:errcheck // it ends with the script
	ts.Defer(func() { s.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	ts.Setenv("SMTP", port)
}

// letterbox is the server's back end.
type letterbox struct {
	dir string
	mu  sync.Mutex
	n   int
}

// NewSession implements smtp.Backend.
func (i *letterbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &letterboxSession{i}, nil }

type letterboxSession struct{ *letterbox }

// Mail implements smtp.Session.
func (s *letterboxSession) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (s *letterboxSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.Contains(to, "refused") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	if strings.Contains(to, "later") {
		return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "greylisted"}
	}
	return nil
}

// Data implements smtp.Session.
func (s *letterboxSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	name := filepath.Join(s.dir, strconv.Itoa(s.n)+".eml")
	if err := os.WriteFile(name+".part", b, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".part", name) // the script never reads half a mail
}

// Reset implements smtp.Session.
func (s *letterboxSession) Reset() {}

// Logout implements smtp.Session.
func (s *letterboxSession) Logout() error { return nil }

// received reads the mails of a kind that the server has, in the order in which
// they came.
func received(ts *testscript.TestScript, kind string) []*mail.Message {
	var out []*mail.Message
	for n := 1; ; n++ {
		b, err := os.ReadFile(filepath.Join(ts.MkAbs("mails"), strconv.Itoa(n)+".eml"))
		if errors.Is(err, os.ErrNotExist) {
			return out
		}
		ts.Check(err)
		m, err := mail.ReadMessage(bytes.NewReader(b))
		ts.Check(err)
		if m.Header.Get("X-Widunetz-Kind") == kind {
			body, err := io.ReadAll(m.Body)
			ts.Check(err)
			m.Body = bytes.NewReader(body)
			out = append(out, m)
		}
	}
}

// patience is how long a script waits for what another process does.
const patience = 20 * time.Second

// eventually repeats a look until it sees what is wanted.
func eventually(look func() bool) bool {
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if look() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// mails N KIND: the server got exactly so many mails of the kind, each reader
// one.
func mails(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	eventually(func() bool { return len(received(ts, args[1])) >= want })
	got := received(ts, args[1])
	to := map[string]int{}
	for _, m := range got {
		if to[m.Header.Get("To")]++; to[m.Header.Get("To")] > 1 {
			ts.Fatalf("%s got two mails of kind %s", m.Header.Get("To"), args[1])
		}
	}
	if len(got) != want {
		ts.Fatalf("%d mails of kind %s, want %d", len(got), args[1], want)
	}
}

// mailed KIND PATTERN: the last mail of the kind matches, header and body.
func mailed(ts *testscript.TestScript, neg bool, args []string) {
	got := received(ts, args[0])
	if len(got) == 0 {
		ts.Fatalf("no mail of kind %s", args[0])
	}
	m := got[len(got)-1]
	body, err := io.ReadAll(m.Body)
	ts.Check(err)
	var all strings.Builder
	for name, values := range m.Header {
		all.WriteString(name + ": " + strings.Join(values, ", ") + "\n")
	}
	all.Write(bytes.ReplaceAll(body, []byte("=\r\n"), nil))
	if regexp.MustCompile("(?m)"+args[1]).MatchString(all.String()) == neg {
		ts.Fatalf("mail of kind %s, pattern %q (match wanted: %v):\n%s", args[0], args[1], !neg, all.String())
	}
}

// sequence KIND N: the calendar file in the last mail of the kind has that
// SEQUENCE.
func sequence(ts *testscript.TestScript, _ bool, args []string) {
	got := received(ts, args[0])
	if len(got) == 0 {
		ts.Fatalf("no mail of kind %s", args[0])
	}
	calendar := calendarOf(ts, got[len(got)-1])
	if !strings.Contains(calendar, "\r\nSEQUENCE:"+args[1]+"\r\n") {
		ts.Fatalf("want SEQUENCE:%s in\n%s", args[1], calendar)
	}
}

// browsers of the scripts keep their cookies.
var browsers sync.Map // of *testscript.TestScript to *http.Client

func browser(ts *testscript.TestScript) *http.Client {
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	c, _ := browsers.LoadOrStore(ts, &http.Client{Jar: jar, Timeout: patience})
	return c.(*http.Client) //nolint:errcheck // only clients are stored
}

// get URL FILE [HEADER: VALUE…]: the page is saved to the file; status and
// headers stand on top. It waits for a service that is about to start.
func get(ts *testscript.TestScript, neg bool, args []string) {
	var resp *http.Response
	var err error
	reached := eventually(func() bool {
		req, rerr := http.NewRequest(http.MethodGet, args[0], nil)
		ts.Check(rerr)
		for _, h := range args[2:] {
			name, value, _ := strings.Cut(h, ": ")
			req.Header.Set(name, value)
		}
		resp, err = browser(ts).Do(req)
		return err == nil
	})
	if !reached {
		ts.Fatalf("GET %s: %v", args[0], err)
	}
	save(ts, resp, args[1])
	if (resp.StatusCode >= http.StatusBadRequest) != neg {
		ts.Fatalf("GET %s: %s", args[0], resp.Status)
	}
}

// post URL FILE [NAME=VALUE…]
func post(ts *testscript.TestScript, neg bool, args []string) {
	form := url.Values{}
	for _, a := range args[2:] {
		name, value, _ := strings.Cut(a, "=")
		form.Add(name, value)
	}
	resp, err := browser(ts).PostForm(args[0], form)
	ts.Check(err)
	save(ts, resp, args[1])
	if (resp.StatusCode >= http.StatusBadRequest) != neg {
		ts.Fatalf("POST %s: %s", args[0], resp.Status)
	}
}

func save(ts *testscript.TestScript, resp *http.Response, name string) {
	defer resp.Body.Close()
	var b bytes.Buffer
	b.WriteString(resp.Status + "\n")
	ts.Check(resp.Header.Write(&b))
	b.WriteString("\n")
	_, err := io.Copy(&b, resp.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(name), b.Bytes(), 0o600))
}

// capture FILE PATTERN NAME: the pattern's group becomes the variable. It waits
// for a file that is being written.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile("(?m)" + args[1])
	var found []string
	eventually(func() bool {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if args[0] == "stdout" {
			text, err = []byte(ts.ReadFile("stdout")), nil
		}
		found = pattern.FindStringSubmatch(string(text))
		return err == nil && found != nil
	})
	if found == nil {
		ts.Fatalf("%s has nothing like %s", args[0], args[1])
	}
	ts.Setenv(args[2], found[1])
}

// edit FILE OLD NEW replaces a text of a file.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	b := ts.ReadFile(args[0])
	if !strings.Contains(b, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(b, args[1], args[2])), 0o600))
}

// truncated FILE BYTES
func truncated(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}
