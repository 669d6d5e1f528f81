package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/pdf"
	"widunetz/internal/store"
)

// press makes PDF files of the service's own pages with an installed browser.
type press struct {
	browser *pdf.Browser
	pages   http.Handler
	log     *slog.Logger
	mu      sync.Mutex
	failed  time.Time // when the browser failed last
}

// errPress is a browser that makes no PDF file.
var errPress = errors.New("no PDF file")

// rest is for how long a browser that failed is left alone: every visitor would
// start it again.
const rest = time.Minute

// newPress returns nil if there is no browser.
func newPress(name string, pages http.Handler, log *slog.Logger) *press {
	b, err := pdf.Find(name)
	if err != nil {
		if name != "" {
			log.Warn("web.pdf_browser is not installed, there are no PDF files", "browser", name)
		}
		return nil
	}
	return &press{browser: b, pages: pages, log: log}
}

// print returns the page as a PDF file. The browser gets it from a listener of
// its own, which is there for as long as it prints: whatever stands before the
// service, the browser talks to nobody else.
func (p *press) print(ctx context.Context, path string, made func() []byte) ([]byte, error) {
	p.mu.Lock()
	tired := time.Since(p.failed) < rest
	p.mu.Unlock()
	if tired {
		return nil, errPress
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := Server(p.pages)
	go server.Serve(l) //nolint:errcheck // it ends with the print
	defer server.Close()
	file, err := p.browser.Print(ctx, "http://"+l.Addr().String()+path, made)
	if err == nil || ctx.Err() != nil {
		return file, err // a visitor who went away is not the browser's fault
	}
	p.log.Error("no PDF file", "path", path, "error", err)
	p.mu.Lock()
	p.failed = time.Now()
	p.mu.Unlock()
	return nil, errPress
}

// showPDF answers with booklet or poster as a PDF file, made once per change
// and day.
func (w *Web) showPDF(s printout) func(*Ctx) error {
	return func(c *Ctx) error {
		year, err := c.year()
		if err != nil {
			return err
		}
		if w.press == nil {
			return agenda.ErrNotFound
		}
		p, err := w.public.load(c.ctx())
		if err != nil {
			return err
		}
		if _, ok := p.edition(year); !ok {
			return agenda.ErrNotFound
		}
		revision, err := w.Store.Revision(c.ctx(), store.Programme)
		if err != nil {
			return err
		}
		file, err := w.keepPDF(c, s, year, revision+" "+w.today())
		if err != nil {
			return err
		}
		// The browser's viewer of PDF files lives in the page and needs its own style.
		c.Header("Content-Security-Policy", "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		file.serve(c.Writer, c.Request)
		return nil
	}
}

func (w *Web) keepPDF(c *Ctx, s printout, year int, revision string) (*kept, error) {
	key := string(c.P.Lang()) + " " + string(s) + ".pdf " + strconv.Itoa(year)
	if a := w.kept.get(key, revision); a != nil {
		return a, nil
	}
	var made *kept
	body, err := w.press.print(c.ctx(), c.url("/programm/"+strconv.Itoa(year)+"/"+string(s)), func() []byte {
		if made = w.kept.get(key, revision); made != nil {
			return made.body
		}
		return nil
	})
	if err != nil || made != nil {
		return made, err
	}
	a := newKept(revision, "application/pdf", summed(body, time.Time{}))
	a.name = string(s) + "-" + strconv.Itoa(year) + ".pdf"
	w.kept.put(key, a)
	return a, nil
}
