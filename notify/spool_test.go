package notify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"widunetz/internal/agenda"
)

func spool(t *testing.T, dir string) Mailer {
	t.Helper()
	m, err := New(Config{Transport: "spool", From: sender, SpoolDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// files lists a folder, hidden files included.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestSpoolWritesTheMessageUnderItsMessageID(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "spool") // made at the start
	l := reminder("m7k2")
	if d := spool(t, dir).Send(context.Background(), l); d != (agenda.Delivery{}) {
		t.Fatalf("%+v, want it delivered", d)
	}
	if got := files(t, dir); !slices.Equal(got, []string{"m7k2.eml"}) {
		t.Errorf("folder holds %q", got)
	}
	b, err := os.ReadFile(filepath.Join(dir, "m7k2.eml"))
	if err != nil || string(b) != string(message(t, l)) {
		t.Errorf("%v, %q", err, b)
	}
	if h, _ := parse(t, b); h.Get("Message-Id") != "<m7k2@widunetz.example>" {
		t.Errorf("Message-ID %q", h.Get("Message-Id"))
	}
	if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != 0o700 {
		t.Errorf("folder %v, %v: others can read it", fi.Mode(), err)
	}
	if fi, err := os.Stat(filepath.Join(dir, "m7k2.eml")); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("file %v, %v: others can read it", fi.Mode(), err)
	}
}

func TestSpoolTwiceIsOneFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := spool(t, dir)
	var before []byte
	for range 2 {
		if d := m.Send(context.Background(), reminder("twice")); d.Outcome != agenda.Delivered {
			t.Fatalf("%+v", d)
		}
		b, err := os.ReadFile(filepath.Join(dir, "twice.eml"))
		if err != nil || before != nil && string(b) != string(before) {
			t.Fatalf("%v: the second file differs", err)
		}
		before = b
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("folder holds %q, want one file", got)
	}
}

func TestSpoolReaderSeesWholeFilesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := spool(t, dir)
	l := reminder("whole0")
	l.Calendar = make([]byte, 1<<20)
	want := len(message(t, l))
	ctx := t.Context()
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			for range 5 {
				own := l
				own.ID = agenda.MessageID(fmt.Sprint("whole", i%2)) // two write the same
				m.Send(ctx, own)
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for read, more := 0, true; more; {
		select {
		case <-done:
			more = false
		default:
		}
		paths, _ := filepath.Glob(filepath.Join(dir, "*.eml"))
		for _, p := range paths {
			b, err := os.ReadFile(p)
			if read++; err != nil || len(b) != want {
				t.Fatalf("read %d: %d bytes, %v, want %d", read, len(b), err, want)
			}
		}
	}
	if got := files(t, dir); !slices.Equal(got, []string{"whole0.eml", "whole1.eml"}) {
		t.Errorf("folder holds %q", got)
	}
}

func TestSpoolThatCannotBeWrittenIsTriedAgain(t *testing.T) {
	t.Parallel()
	cases := map[string]func(t *testing.T, dir string){
		"folder is gone": func(t *testing.T, dir string) {
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
		},
		"folder is a file": func(t *testing.T, dir string) {
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		// Also for root, who may write to a folder without permission.
		"name is taken by a folder": func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, "later.eml", "x"), 0o700); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "spool")
			m := spool(t, dir)
			spoil(t, dir)
			d := m.Send(context.Background(), reminder("later"))
			if d.Outcome != agenda.TryAgain || !strings.Contains(d.Text, dir) || strings.Contains(d.Text, "\n") {
				t.Errorf("%+v, want another attempt and the folder in the text", d)
			}
			if fi, err := os.Stat(dir); err == nil && fi.IsDir() && len(files(t, dir)) != 1 {
				t.Errorf("half a file stays: %q", files(t, dir))
			}
		})
	}
}

func TestSpoolRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := reminder("hostile")
	l.ToEmail = "a@x.de\r\nBcc: v@y.de"
	if d := spool(t, dir).Send(context.Background(), l); d.Outcome != agenda.RefusedForHim || len(files(t, dir)) != 0 {
		t.Errorf("%+v, folder holds %q", d, files(t, dir))
	}
}

func TestSpoolFolderThatCannotBeMadeStopsTheStart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(Config{Transport: "spool", From: sender, SpoolDir: filepath.Join(file, "spool")})
	if err == nil || !strings.Contains(err.Error(), "mail.spool_dir: ") || !strings.Contains(err.Error(), file) {
		t.Errorf("%v, want an error about mail.spool_dir", err)
	}
}
