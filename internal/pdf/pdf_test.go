package pdf

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a browser that is a shell script. It finds $out, the file that it is
// to write.
func fake(t *testing.T, script string) *Browser {
	t.Helper()
	path := filepath.Join(t.TempDir(), "browser")
	head := "#!/bin/sh\nfor a in \"$@\"; do case $a in --print-to-pdf=*) out=${a#--print-to-pdf=};; esac; done\n"
	if err := os.WriteFile(path, []byte(head+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := Find(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	return b
}

// left are the files that a print left behind.
func left(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

const page = "http://127.0.0.1:9/programm/2027/heft"

func TestPrint(t *testing.T) {
	t.Setenv("WIDUNETZ_MAIL_PASSWORD", "geheim")
	b := fake(t, `mkdir -p "$HOME/profile/deep"; { echo %PDF-1.7; echo "$@"; env; } > "$out"`)
	file, err := b.Print(context.Background(), page, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--headless", page, "--user-data-dir="} {
		if !bytes.Contains(file, []byte(want)) {
			t.Errorf("the browser was not told %q:\n%s", want, file)
		}
	}
	if bytes.Contains(file, []byte("geheim")) {
		t.Error("the browser got the service's password")
	}
	if l := left(t); len(l) > 0 {
		t.Errorf("left behind: %v", l)
	}
}

// The browser is not sent anywhere else.
func TestPrintOfForeignPages(t *testing.T) {
	b := fake(t, `echo %PDF- > "$out"`)
	for _, page := range []string{
		"", "/programm", "http://example.org/", "https://127.0.0.1:8080/", "http://localhost:8080/", "http://127.0.0.1.example.org:80/", "http://10.0.0.1:80/",
		"file:///etc/passwd", "http://user@127.0.0.1:80/", "http://127.0.0.1/", "--headless", "http://[::]:80/", "http://169.254.169.254:80/",
	} {
		if _, err := b.Print(context.Background(), page, nil); !errors.Is(err, ErrForeign) {
			t.Errorf("%q: %v, want ErrForeign", page, err)
		}
	}
	for _, page := range []string{"http://127.0.0.1:8080/", "http://[::1]:8080/x"} {
		if _, err := b.Print(context.Background(), page, nil); err != nil {
			t.Errorf("%q: %v", page, err)
		}
	}
}

func TestBrowserThatFails(t *testing.T) {
	for name, script := range map[string]string{
		"ends with an error": "echo kaputt >&2; exit 3", "writes nothing": "exit 0", "writes no PDF": `echo "<html>" > "$out"`,
	} {
		b := fake(t, script)
		_, err := b.Print(context.Background(), page, nil)
		if err == nil {
			t.Errorf("%s: no error", name)
		} else if name == "ends with an error" && !strings.Contains(err.Error(), "kaputt") {
			t.Errorf("the error does not say what the browser said: %v", err)
		}
		if l := left(t); len(l) > 0 {
			t.Errorf("%s: left behind: %v", name, l)
		}
	}
}

// A browser that hangs is ended after its time, and with it what it started.
func TestBrowserThatHangs(t *testing.T) {
	alive := filepath.Join(t.TempDir(), "alive")
	b := fake(t, `(sleep 2; echo ja > `+alive+`) & wait`)
	b.limit = 300 * time.Millisecond
	begun := time.Now()
	_, err := b.Print(context.Background(), page, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want DeadlineExceeded", err)
	}
	if d := time.Since(begun); d > 1900*time.Millisecond {
		t.Errorf("it took %v", d)
	}
	time.Sleep(2 * time.Second)
	if _, err := os.Stat(alive); err == nil {
		t.Error("a process of the browser lived on")
	}
	if l := left(t); len(l) > 0 {
		t.Errorf("left behind: %v", l)
	}
}

// Of many who ask at once one has the page printed, the others get that.
func TestOneAtATime(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	b := fake(t, `echo x >> `+count+`; sleep 0.1; echo %PDF- > "$out"`)
	var mu sync.Mutex
	var kept []byte
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			file, err := b.Print(context.Background(), page, func() []byte { mu.Lock(); defer mu.Unlock(); return kept })
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if kept == nil {
				kept = file
			}
		})
	}
	all.Wait()
	if runs, _ := os.ReadFile(count); strings.Count(string(runs), "x") > 2 { // the second may begin before the first was kept
		t.Errorf("printed %d times", strings.Count(string(runs), "x"))
	}
	ctx, cancel := context.WithCancel(context.Background())
	b.turn <- struct{}{}
	cancel()
	if _, err := b.Print(ctx, page, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting in vain: %v", err)
	}
}

func TestFindNone(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, name := range []string{"", "chromium", "/nirgends/browser"} {
		if b, err := Find(name); !errors.Is(err, ErrNone) {
			t.Errorf("Find(%q) = %v, %v; want ErrNone", name, b, err)
		}
	}
}

// What is installed makes the paper that the page asks for, and asks no other
// machine for anything.
func TestInstalledBrowser(t *testing.T) {
	b, err := Find("")
	if err != nil {
		t.Skip("install chromium to try the real one")
	}
	b.limit = 3 * time.Minute // many tests run beside it
	asked := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		rw.Header().Set("Content-Type", "text/html")
		rw.Write([]byte(`<!doctype html><style>@page{size:A5}</style><p>Hallo<img src="http://localhost:` + port(r.Host) + `/foreign">`)) //nolint:errcheck
	}))
	defer server.Close()
	file, err := b.Print(context.Background(), server.URL+"/page", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(file, []byte("/MediaBox [0 0 420")) && !bytes.Contains(file, []byte("/MediaBox [0 0 419")) {
		t.Error("the page is not A5")
	}
	server.Close()
	close(asked)
	for path := range asked {
		if path == "/foreign" {
			t.Error("the browser followed a name")
		}
	}
}

func port(host string) string { _, p, _ := net.SplitHostPort(host); return p }
