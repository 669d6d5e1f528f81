package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// dataCommand works on an open store: its own, or that of a running service. It
// reads files before (c.input) and writes its result to c.out.
type dataCommand interface {
	command
	Do(ctx context.Context, c *cli, s *service) error
}

// onStore runs the command where the store is: in the running service if one
// answers, else in this process.
func (c *cli) onStore(ctx context.Context, conf config, create bool, cmd dataCommand) error {
	conn, err := net.Dial("unix", deskPath(conf))
	if err == nil {
		defer conn.Close()
		return c.ask(ctx, conn)
	}
	s, err := open(ctx, conf, time.Now, create, slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	return errors.Join(cmd.Do(ctx, c, s), s.Close())
}

// deskPath is where a service takes commands: beside its store, or in the
// system's folder for temporary files if the path is too long for a socket.
func deskPath(conf config) string {
	path := conf.path(conf.Storage.Path) + ".sock"
	if len(path) < 100 {
		return path
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(os.TempDir(), "widunetz-"+hex.EncodeToString(sum[:8])+".sock")
}

// request is a command line on its way to the service, with the file it reads.
type request struct {
	Args  []string `json:"args"`
	Input []byte   `json:"input,omitempty"`
}

// reply is a piece of the answer: what the command prints, or its end.
type reply struct {
	Out   []byte `json:"out,omitempty"`
	Err   []byte `json:"err,omitempty"`
	Done  bool   `json:"done,omitempty"`
	Fault string `json:"fault,omitempty"`
}

// errRemote is what a command in the service failed with, as a sentence.
type errRemote string

// Error returns the sentence.
func (e errRemote) Error() string { return string(e) }

// ask has the service run this command line and prints what it prints.
func (c *cli) ask(ctx context.Context, conn net.Conn) error {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(request{c.args, c.input}); err != nil {
		return fmt.Errorf("running service: %w", err)
	}
	in := json.NewDecoder(conn)
	for {
		var r reply
		if err := in.Decode(&r); err != nil {
			return fmt.Errorf("the running service broke off: %w", err)
		}
		_, err1 := c.out.Write(r.Out)
		_, err2 := c.err.Write(r.Err)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if r.Done {
			if r.Fault != "" {
				return errRemote(r.Fault)
			}
			return nil
		}
	}
}

// desk takes data commands for a running service.
type desk struct {
	listener net.Listener
	service  *service
	open     sync.WaitGroup
}

// listenDesk opens the socket. One that lies there is left from a service that
// was killed: this process has the store.
func listenDesk(s *service) (*desk, error) {
	path := deskPath(s.config)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("socket for commands: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	d := &desk{listener: l, service: s}
	d.open.Go(d.accept)
	return d, nil
}

// Close ends the socket after the commands under way.
func (d *desk) Close() error {
	err := d.listener.Close()
	d.open.Wait()
	return err
}

func (d *desk) accept() {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return // closed
		}
		d.open.Go(func() {
			defer conn.Close()
			if err := d.answer(conn); err != nil {
				d.service.log.Warn("command over the socket", "error", err)
			}
		})
	}
}

// answer runs one command line.
func (d *desk) answer(conn net.Conn) error {
	var r request
	if err := json.NewDecoder(conn).Decode(&r); errors.Is(err, io.EOF) {
		return nil // somebody looked whether a service runs
	} else if err != nil {
		return err
	}
	out := &replies{to: json.NewEncoder(conn)}
	parsed, c, _ := parse(r.Args, io.Discard, io.Discard)
	cmd, ok := parsed.(dataCommand)
	if !ok {
		return out.send(reply{Done: true, Fault: fmt.Sprintf("%q is no command for a running service", r.Args)})
	}
	c.input, c.out, c.err = r.Input, out.as(func(b []byte) reply { return reply{Out: b} }), out.as(func(b []byte) reply { return reply{Err: b} })
	last := reply{Done: true}
	if err := cmd.Do(context.Background(), c, d.service); err != nil {
		last.Fault = c.say(err)
	}
	return out.send(last)
}

// replies writes pieces of an answer, one after the other.
type replies struct {
	mu sync.Mutex
	to *json.Encoder
}

func (r *replies) send(p reply) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.to.Encode(p)
}

// as returns a writer whose pieces are wrapped by fn.
func (r *replies) as(fn func([]byte) reply) io.Writer { return pieces{r, fn} }

type pieces struct {
	r  *replies
	fn func([]byte) reply
}

// Write implements io.Writer.
func (p pieces) Write(b []byte) (int, error) { return len(b), p.r.send(p.fn(b)) }
