package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
)

// Demo is what the demo shows beside the service: the mails that went out and a
// clock that can be moved on.
type Demo struct {
	SpoolDir string                                     // where the mails are
	Advance  func(context.Context, time.Duration) error // moves the clock on and does what is due
	NextDue  func(context.Context) error                // moves the clock to the next due thing
}

func (w *Web) demoRoutes() []route {
	return []route{
		{http.MethodGet, "/demo/mail", anyone, w.showMails},
		{http.MethodGet, "/demo/mail/:mail", anyone, w.showMail},
		{http.MethodGet, "/demo/mail/:mail/html", anyone, w.showMailHTML},
		{http.MethodGet, "/demo/mail/:mail/raw", anyone, w.showMailRaw},
		{http.MethodPost, "/demo/clock", anyone, w.advanceClock},
	}
}

// spooled is a mail as the demo's pages show it.
type spooled struct {
	Name, Subject, To, Kind string
	Sent                    time.Time
	Text, HTML, Calendar    string
	Raw                     string
}

func (w *Web) showMails(c *Ctx) error {
	entries, err := os.ReadDir(w.Demo.SpoolDir)
	if err != nil {
		return err
	}
	var mails []spooled
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".eml")
		if !ok {
			continue
		}
		m, err := w.readMail(name)
		if err != nil {
			return err
		}
		mails = append(mails, m)
	}
	slices.SortStableFunc(mails, func(a, b spooled) int { return b.Sent.Compare(a.Sent) })
	total := len(mails)
	return c.page(http.StatusOK, "mails", c.P.T("demo.mails"), map[string]any{"Mails": mails[:min(total, 200)], "Total": total})
}

// readMail parses a spooled mail, the way a mail program would.
func (w *Web) readMail(name string) (spooled, error) {
	if agenda.Fold(name) != name || len(name) > 100 { // identifiers are lower-case letters and digits
		return spooled{}, agenda.ErrNotFound
	}
	b, err := os.ReadFile(filepath.Join(w.Demo.SpoolDir, name+".eml"))
	if errors.Is(err, os.ErrNotExist) {
		return spooled{}, agenda.ErrNotFound
	}
	if err != nil {
		return spooled{}, err
	}
	msg, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return spooled{}, fmt.Errorf("mail %s: %w", name, err)
	}
	word := new(mime.WordDecoder)
	decode := func(h string) string {
		s, err := word.DecodeHeader(msg.Header.Get(h))
		if err != nil {
			return msg.Header.Get(h)
		}
		return s
	}
	sent, err := msg.Header.Date()
	if err != nil {
		return spooled{}, fmt.Errorf("mail %s: %w", name, err)
	}
	m := spooled{Name: name, Sent: sent, Subject: decode("Subject"), To: decode("To"), Kind: msg.Header.Get("X-Widunetz-Kind"), Raw: string(b)}
	return m, m.parts(msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body)
}

func (m *spooled) parts(kind, encoding string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return err
	}
	if strings.HasPrefix(media, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.parts(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, err := io.ReadAll(body)
	switch media {
	case "text/plain":
		m.Text = string(b)
	case "text/html":
		m.HTML = string(b)
	case "text/calendar":
		m.Calendar = string(b)
	}
	return err
}

func (w *Web) showMail(c *Ctx) error {
	m, err := w.readMail(c.Param("mail"))
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "mail", m.Subject, map[string]any{"Mail": m})
}

// showMailHTML is the mail as it looks, in a frame that may do nothing but
// open links in a window of their own.
func (w *Web) showMailHTML(c *Ctx) error {
	m, err := w.readMail(c.Param("mail"))
	if err != nil {
		return err
	}
	c.Header("Content-Security-Policy", "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	html := strings.ReplaceAll(m.HTML, "<a ", `<a target="_blank" rel="noopener" `)
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(html))
	return nil
}

func (w *Web) showMailRaw(c *Ctx) error {
	m, err := w.readMail(c.Param("mail"))
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(m.Raw))
	return nil
}

func (w *Web) advanceClock(c *Ctx) error {
	var err error
	switch c.posted("step") {
	case "next":
		err = w.Demo.NextDue(c.ctx())
	case "hour":
		err = w.Demo.Advance(c.ctx(), time.Hour)
	case "day":
		err = w.Demo.Advance(c.ctx(), 24*time.Hour)
	case "week":
		err = w.Demo.Advance(c.ctx(), 7*24*time.Hour)
	}
	if err != nil {
		return err
	}
	return c.redirect("/demo/mail")
}
