package bolt_test

import (
	"bufio"
	"fmt"
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

// The test binary runs itself as a child that opens or writes a file.
const (
	childEnv   = "WIDUNETZ_BOLT_CHILD"
	childPath  = "WIDUNETZ_BOLT_PATH"
	childRound = "WIDUNETZ_BOLT_ROUND"
)

func TestMain(m *testing.M) {
	job := os.Getenv(childEnv)
	if job == "" {
		os.Exit(m.Run())
	}
	db, err := bolt.Open(os.Getenv(childPath), bolt.Options{Create: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if job == "write" {
		err = writeForEver(db, os.Getenv(childRound))
	}
	fmt.Fprintln(os.Stderr, "the child ended by itself:", err)
	os.Exit(3)
}

const writers = 8

// writeForEver writes from several goroutines and prints the id of each update
// that was acknowledged, one a line.
func writeForEver(db *bolt.DB, round string) error {
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

// kill lets a child write until it has acknowledged some updates, kills it, and
// returns all that it acknowledged.
func kill(t *testing.T, path string, round, after int) []string {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"=write", childPath+"="+path, childRound+"="+strconv.Itoa(round))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var acked []string
	in := bufio.NewReader(out)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			break // a line that was cut off was not told
		}
		acked = append(acked, strings.TrimSuffix(line, "\n"))
		if len(acked) == after {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.Exited() {
		t.Fatalf("round %d: the child was not killed: %v", round, err)
	}
	return acked
}

func TestKillsLoseNothingAcknowledged(t *testing.T) {
	t.Parallel()
	const kills, acknowledged = 200, 10_000
	path := filepath.Join(t.TempDir(), "test.db")
	var all []string
	for round := 0; round < kills || len(all) < acknowledged; round++ {
		acked := kill(t, path, round, 1+rand.IntN(100))
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
	db := open(t, path, bolt.Options{})
	wantAcknowledged(t, db, all)
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
