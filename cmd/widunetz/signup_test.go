package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/emersion/go-smtp"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// signUpProgramme is one evening with one place, for which people sign up in the
// programme.
const signUpProgramme = `Titel;Kurzbeschreibung;Datum;Beginn;Ende;Ort;Veranstaltungsort;Straße;PLZ;Veranstalter;Zielgruppe;Sprachen;Art;Eintritt;Anmeldung;Plätze;Kinderbetreuung;Rollstuhlgerecht;Kontakt
Nähen am Abend;Wir nähen zusammen.;20.09.2027;18:00;20:00;Bünde;Stadtbücherei;Eschstraße 50;32257;Stadt Bünde;alle;Deutsch, Arabisch;Workshop;frei;im Programm;1;ja;ja;05223 1
`

// served starts the service with that programme and a mail server; it returns
// its address and the folder with the mails that arrived.
func served(t *testing.T, now string) (base, mails string) {
	t.Helper()
	dir := t.TempDir()
	mails = filepath.Join(dir, "mails")
	if err := os.Mkdir(mails, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(&letterbox{dir: mails})
	go server.Serve(l) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	_, smtpPort, _ := net.SplitHostPort(l.Addr().String())
	base = "http://127.0.0.1:" + port
	config := filepath.Join(dir, "config.toml")
	for name, text := range map[string]string{
		config: fmt.Sprintf("[site]\nname = \"widunetz\"\nbase_url = %q\n[storage]\npath = %q\n[web]\naddr = \"127.0.0.1:%s\"\n[mail]\ntransport = \"smtp\"\nhost = \"127.0.0.1\"\nport = %s\ntls = \"none\"\n[schedule]\ntick = \"@every 1s\"\n",
			base, filepath.Join(dir, "widunetz.db"), port, smtpPort),
		filepath.Join(dir, "programm.csv"): signUpProgramme,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	var out, errs lockedBuffer
	if status := run(ctx, []string{"import", "events", filepath.Join(dir, "programm.csv"), "--config", config}, strings.NewReader(""), &out, &errs); status != 0 {
		t.Fatalf("import: %s", errs.String())
	}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--config", config, "--now", now}, strings.NewReader(""), &out, &errs)
	}()
	t.Cleanup(func() {
		stop()
		if status := <-ended; status != 0 {
			t.Errorf("the service ended with %d: %s", status, errs.String())
		}
	})
	if !eventually(func() bool { return strings.Contains(out.String(), "Der Dienst läuft auf") }) {
		t.Fatalf("the service did not start: %s %s", out.String(), errs.String())
	}
	return base, mails
}

// newestMail waits for the mail of that number to an address and returns its
// headers and its text and HTML parts.
func newestMail(t *testing.T, dir, to string, number int) (mail.Header, string) {
	t.Helper()
	var got *mail.Message
	eventually(func() bool {
		n := 0
		files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range files {
			b, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(i+1, ".eml")))
			if err != nil {
				return false
			}
			m, err := mail.ReadMessage(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(m.Header.Get("To"), to) {
				if n++; n == number {
					got = m
				}
			}
		}
		return got != nil
	})
	if got == nil {
		t.Fatalf("mail number %d to %s did not arrive", number, to)
	}
	var body strings.Builder
	readParts(t, got.Header.Get("Content-Type"), got.Header.Get("Content-Transfer-Encoding"), got.Body, &body)
	return got.Header, body.String()
}

// readParts writes the texts of a mail, whatever they are wrapped in.
func readParts(t *testing.T, kind, encoding string, r io.Reader, w io.Writer) {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(media, "multipart/") {
		switch encoding {
		case "quoted-printable":
			r = quotedprintable.NewReader(r)
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, r)
		}
		if strings.HasPrefix(media, "text/") {
			_, err = io.Copy(w, r)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	parts := multipart.NewReader(r, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		readParts(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, w)
	}
}

// TestBrowserSignUpInArabic is the way to a place on a phone, in Arabic: signed
// up, confirmed from the bilingual mail of a real mail server, given back; and
// who waits gets the place and takes it.
func TestBrowserSignUpInArabic(t *testing.T) {
	t.Parallel()
	base, mails := served(t, "2027-09-01T09:00:00")
	catalog, err := lang.Load(lang.All()...)
	if err != nil {
		t.Fatal(err)
	}
	ar, uk, de := catalog.Printer(agenda.Arabic), catalog.Printer(agenda.Ukrainian), catalog.Printer(agenda.German)
	source := axe(t)
	link := func(body string) string {
		return base + regexp.MustCompile(`/(ar|uk)/anmeldung/[a-z0-9.-]+`).FindString(body)
	}
	phone := newVisitor(t, base)
	phone.do(chromedp.EmulateViewport(390, 800))
	signUp := func(l, name, email string) {
		t.Helper()
		phone.do(chromedp.Navigate(base + "/" + l + "/programm/2027/naehen-am-abend"))
		phone.fill(map[string]string{"name": name, "email": email})
		phone.press(`form[action$="/anmelden"] button[type="submit"]`)
		phone.wants(email)
	}
	looks := func(path string) {
		t.Helper()
		for _, w := range views {
			phone.do(w.set(), chromedp.Navigate(path))
			if f := phone.check(source); len(f.Violations) > 0 || f.Overflow || len(f.Small) > 0 {
				t.Errorf("%s (%s): overflow %v, too small %v\n%s", path, w.name, f.Overflow, f.Small, strings.Join(f.Violations, "\n"))
			}
		}
		phone.do(chromedp.EmulateViewport(390, 800))
	}
	for _, l := range []string{"", "/ar"} {
		looks(base + l + "/programm/2027/naehen-am-abend")
		looks(base + l + "/programm/2027/naehen-am-abend/anmelden")
	}

	signUp("ar", "سميرة", "samira@example.org")
	header, body := newestMail(t, mails, "samira@example.org", 1)
	if header.Get("X-Widunetz-Kind") != "signup" || !strings.Contains(body, `dir="rtl"`) || !strings.Contains(body, ar.T("mail.signup_confirm")) || !strings.Contains(body, de.T("mail.signup_confirm")) {
		t.Errorf("the mail is not in Arabic with German below:\n%v\n%s", header, body)
	}
	samira := link(body)
	looks(samira)
	phone.do(chromedp.Navigate(samira))
	phone.press(`button[value="confirm"]`)
	phone.wants(ar.T("signup.state.seated"))
	looks(strings.Replace(samira, "/ar/", "/", 1))

	signUp("uk", "Олена", "olena@example.org")
	_, body = newestMail(t, mails, "olena@example.org", 1)
	olena := link(body)
	phone.do(chromedp.Navigate(olena))
	phone.press(`button[value="confirm"]`)
	phone.wants(uk.T("signup.state.waiting", "place", 1))

	phone.do(chromedp.Navigate(samira))
	phone.press(`button[value="cancel"]`)
	phone.wants(ar.T("signup.state.ended"))
	_, body = newestMail(t, mails, "olena@example.org", 3) // to confirm, waiting, the offer
	if !strings.Contains(body, uk.T("mail.signup_accept")) {
		t.Errorf("no offer:\n%s", body)
	}
	phone.do(chromedp.Navigate(link(body)))
	phone.press(`button[value="confirm"]`)
	phone.wants(uk.T("signup.state.seated"))
}
