// Package pdf has an installed browser print pages of this machine as PDF files.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// names are the browsers that are looked for.
var names = []string{"chromium", "chromium-browser", "google-chrome"}

// limit is how long one print may take, patience how long its pipes are waited
// for after that.
const (
	limit    = 30 * time.Second
	patience = 2 * time.Second
)

// ErrNone is returned when no browser is installed.
var ErrNone = errors.New("no browser that makes PDF files")

// ErrForeign is returned for an address that is not on this machine's own
// loopback: a browser is not sent anywhere else.
var ErrForeign = errors.New("not a page of this machine")

// Browser makes PDF files, one at a time.
type Browser struct {
	path  string
	limit time.Duration
	turn  chan struct{}
}

// Find returns the browser with that name or path; with "" the first that is
// installed of chromium, chromium-browser and google-chrome. ErrNone is returned
// when there is none.
func Find(name string) (*Browser, error) {
	list := names
	if name != "" {
		list = []string{name}
	}
	for _, n := range list {
		if path, err := exec.LookPath(n); err == nil {
			return &Browser{path: path, limit: limit, turn: make(chan struct{}, 1)}, nil
		}
	}
	return nil, ErrNone
}

// Path is where the browser is installed.
func (b *Browser) Path() string { return b.path }

// Print returns the page as a PDF file. Paper size and margins are those of the
// page's style sheet. When its turn has come it asks made, if that is not nil,
// whether somebody else had the same page printed meanwhile.
func (b *Browser) Print(ctx context.Context, page string, made func() []byte) ([]byte, error) {
	if err := own(page); err != nil {
		return nil, err
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if made != nil {
		if file := made(); file != nil {
			return file, nil
		}
	}
	// A browser needs a folder of its own: a second one with the same profile
	// would hand its work to the first.
	dir, err := os.MkdirTemp("", "widunetz-pdf-")
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	file, err := b.run(ctx, page, dir)
	return file, errors.Join(err, remove(dir))
}

// remove deletes the browser's folder. What the browser leaves behind may still
// be writing there for a moment.
func remove(dir string) (err error) {
	for range 10 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(patience / 20)
	}
	return err
}

// own refuses every address but those of pages on the loopback interface, by
// number: a name could mean something else to the browser.
func own(page string) error {
	u, err := url.Parse(page)
	if err != nil || u.Scheme != "http" || u.User != nil {
		return ErrForeign
	}
	if a, err := netip.ParseAddrPort(u.Host); err != nil || !a.Addr().IsLoopback() {
		return ErrForeign
	}
	return nil
}

func (b *Browser) run(ctx context.Context, page, dir string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	out := filepath.Join(dir, "page.pdf")
	args := []string{
		"--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync",
		"--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--disable-breakpad",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE [::1]", // no name leads anywhere
		"--user-data-dir=" + filepath.Join(dir, "profile"), "--no-pdf-header-footer", "--print-to-pdf=" + out,
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses root otherwise; the page is our own
	}
	cmd := exec.CommandContext(ctx, b.path, append(args, page)...)
	// Nothing of the service's environment goes along: it may hold passwords.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "LANG=C.UTF-8"}
	cmd.Dir = dir
	said := &tail{}
	cmd.Stdout, cmd.Stderr = said, said
	cmd.WaitDelay = patience
	together(cmd)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("pdf: %s: %w: %s", b.path, errors.Join(err, ctx.Err()), said.b)
	}
	file, err := os.ReadFile(out)
	if err == nil && !bytes.HasPrefix(file, []byte("%PDF-")) {
		err = errors.New("the file is no PDF")
	}
	if err != nil {
		return nil, fmt.Errorf("pdf: %s: %w: %s", b.path, err, said.b)
	}
	return file, nil
}

// tail keeps the end of what a browser says, for the log.
type tail struct{ b []byte }

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if n := len(t.b); n > 1000 {
		t.b = t.b[n-1000:]
	}
	return len(p), nil
}
