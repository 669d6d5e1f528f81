// Package crash_test kills processes that write to a bolt file. It is a package
// of its own because a child starts for each kill: what the conformance suite
// imports takes longer to start than all that a child does.
package crash_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
)

// The test binary runs itself as a child that writes until it is killed.
const (
	childPath  = "WIDUNETZ_CRASH_PATH"
	childRound = "WIDUNETZ_CRASH_ROUND"
)

var ctx = context.Background()

func TestMain(m *testing.M) {
	path := os.Getenv(childPath)
	if path == "" {
		os.Exit(m.Run())
	}
	var err error
	if _, err = os.Stdin.Read(make([]byte, 1)); err == nil { // its turn
		err = writeForEver(path, os.Getenv(childRound))
	}
	fmt.Fprintln(os.Stderr, "the child ended by itself:", err)
	os.Exit(3)
}

const writers = 8

// writeForEver writes from several goroutines and prints the id of each update
// that was acknowledged, one a line.
func writeForEver(path, round string) error {
	db, err := bolt.Open(path, bolt.Options{Create: true})
	if err != nil {
		return err
	}
	failed := make(chan error, writers)
	for w := range writers {
		go func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%s/%d/%d", round, w, n)
				err := db.Update(ctx, func(tx kv.RW) error { writeRecord(tx, id, w); return nil })
				if err == nil {
					_, err = os.Stdout.WriteString(id + "\n")
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// writeRecord writes a record and its index entry, and moves a mark that every
// update of a writer changes.
func writeRecord(tx kv.RW, id string, writer int) {
	tx.Put(kv.Key("record", id), []byte("value of "+id+strings.Repeat(".", len(id)*7%90)))
	tx.Put(kv.Key("index", id), []byte(id))
	tx.Put(kv.Key("last", strconv.Itoa(writer)), []byte(id))
}

// child is a process that has started and waits for its turn.
type child struct {
	*exec.Cmd
	turn io.Writer
	out  *bufio.Reader
}

// start starts a child. It takes longer than what the child does after that, so
// each is started before its turn.
func start(t *testing.T, path string, round int) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(os.Args[0])}
	c.Env = append(os.Environ(), childPath+"="+path, childRound+"="+strconv.Itoa(round))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if c.turn, err = c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // those whose turn never came
		c.Process.Kill() //nolint:errcheck // mostly gone
		c.Wait()         //nolint:errcheck // killed
	})
	return c
}

// kill lets a child write until it has acknowledged some updates, kills it, and
// returns all that it acknowledged.
func (c *child) kill(t *testing.T, after int) []string {
	t.Helper()
	if _, err := c.turn.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	var acked []string
	for {
		line, err := c.out.ReadString('\n')
		if err != nil {
			break // a line that was cut off was not told
		}
		acked = append(acked, strings.TrimSuffix(line, "\n"))
		if len(acked) == after {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Wait(); err == nil || c.ProcessState.Exited() {
		t.Fatalf("the child was not killed: %v", err)
	}
	return acked
}

func TestKillsLoseNothingAcknowledged(t *testing.T) {
	const kills, acknowledged = 200, 10_000
	path := filepath.Join(t.TempDir(), "test.db")
	var all []string
	next := start(t, path, 0)
	for round := 0; round < kills || len(all) < acknowledged; round++ {
		now := next
		next = start(t, path, round+1)
		acked := now.kill(t, 1+rand.IntN(100))
		all = append(all, acked...)
		db, err := bolt.Open(path, bolt.Options{Create: true}) // the kill may come before the file is made
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if err := db.Check(ctx); err != nil {
			t.Errorf("round %d: Check: %v", round, err)
		}
		wantAcknowledged(t, db, acked)
		wantWhole(t, db, strconv.Itoa(round))
		if err := db.Close(); err != nil {
			t.Fatalf("round %d: Close: %v", round, err)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantAcknowledged(t, db, all)
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("%d updates were acknowledged", len(all))
}

// wantAcknowledged reports records that are not there.
func wantAcknowledged(t *testing.T, db *bolt.DB, acked []string) {
	t.Helper()
	err := db.View(ctx, func(tx kv.Tx) error {
		for _, id := range acked {
			v, err := tx.Get(kv.Key("record", id))
			if err != nil || !strings.HasPrefix(string(v), "value of "+id) {
				t.Errorf("the acknowledged %q is %q, %v", id, v, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// wantWhole reports updates of a round that were done by half: a record without
// its entry, an entry without its record, a mark that is behind or ahead.
func wantWhole(t *testing.T, db *bolt.DB, round string) {
	t.Helper()
	err := db.View(ctx, func(tx kv.Tx) error {
		ids := map[string][]string{}
		last := map[string]int{}
		for _, kind := range []string{"record", "index"} {
			lo := kv.Key(kind, round+"/")
			for p, err := range tx.Scan(lo, lo+"\xff") {
				if err != nil {
					return err
				}
				writer, n, _ := strings.Cut(p.Key[len(lo):], "/")
				number, err := strconv.Atoi(n)
				if err != nil {
					return err
				}
				ids[kind] = append(ids[kind], p.Key[len(lo):])
				last[writer] = max(last[writer], number)
			}
		}
		if !slices.Equal(ids["record"], ids["index"]) {
			t.Errorf("round %s: records %q, index %q", round, ids["record"], ids["index"])
		}
		for writer, n := range last {
			want := fmt.Sprintf("%s/%s/%d", round, writer, n)
			if v, err := tx.Get(kv.Key("last", writer)); err != nil || string(v) != want {
				t.Errorf("round %s: the mark of writer %s is %q, %v; want %q", round, writer, v, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
