package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// initCmd writes a configuration, makes the store and the first coordinator.
type initCmd struct {
	Config  string `help:"${help_config}" default:"config.toml" type:"path"`
	Name    string `help:"${help_site_name}"`
	BaseURL string `help:"${help_base_url}" name:"base-url"`
	Email   string `help:"${help_email}"`
	Person  string `help:"${help_person}"`
}

// Run asks for what the flags do not say. A configuration that exists stays as
// it is, so that running it again only makes another coordinator.
func (cmd *initCmd) Run(ctx context.Context, c *cli) error {
	ask := bufio.NewScanner(c.in)
	_, err := os.Stat(cmd.Config)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return err
	}
	if fresh {
		c.askFor(ask, &cmd.Name, "cli.init.name", "widunetz")
		c.askFor(ask, &cmd.BaseURL, "cli.init.base_url", "http://127.0.0.1:8080")
	} else {
		fmt.Fprintln(c.out, c.p.T("cli.init.kept", "file", cmd.Config))
	}
	c.askFor(ask, &cmd.Email, "cli.init.email", "")
	if cmd.Person == "" && c.asks {
		c.askFor(ask, &cmd.Person, "cli.init.person", "")
	}
	if _, ok := agenda.Email(cmd.Email); !ok {
		return agenda.Problems{{Field: "email", Rule: "email", Want: "name@example.org"}}
	}
	if fresh {
		if err := writeConfig(cmd.Config, cmd.Name, cmd.BaseURL, cmd.Email); err != nil {
			return err
		}
		fmt.Fprintln(c.out, c.p.T("cli.init.wrote", "file", cmd.Config))
	}
	conf, err := readConfig(cmd.Config)
	if err != nil {
		return err
	}
	return c.onStore(ctx, conf, true, cmd)
}

// askFor reads an answer unless it is known; an empty one is the proposal.
func (c *cli) askFor(in *bufio.Scanner, answer *string, key, proposal string) {
	if *answer != "" {
		return
	}
	c.asks = true
	question := c.p.T(key)
	if proposal != "" {
		question += " [" + proposal + "]"
	}
	fmt.Fprint(c.out, question+": ")
	if in.Scan() {
		*answer = strings.TrimSpace(in.Text())
	}
	if *answer == "" {
		*answer = proposal
	}
}

// writeConfig writes the keys of a first service; all others keep their
// defaults. It is checked before it is written.
func writeConfig(path, name, base, office string) error {
	text := "# widunetz Termine; config.example.toml explains every key.\n\n" +
		"[site]\nname = " + strconv.Quote(agenda.Line(name)) + "\nbase_url = " + strconv.Quote(base) + "\noffice = " + strconv.Quote(office) +
		"\n\n[storage]\npath = \"widunetz.db\"\n\n[web]\naddr = \"127.0.0.1:8080\"\n\n[mail]\n" +
		"# \"spool\" writes mails into a folder; for a mail server: transport = \"smtp\", host, port, tls, user, password\n" +
		"transport = \"spool\"\nspool_dir = \"spool\"\nfrom = " + strconv.Quote(agenda.Line(name)+" <"+office+">") + "\n"
	c := defaults()
	if err := c.decode(path, []byte(text)); err != nil {
		return err
	}
	if err := c.validate(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// Do implements dataCommand.
func (cmd *initCmd) Do(ctx context.Context, c *cli, s *service) error {
	p, err := makeCoordinator(ctx, s.store, cmd.Person, cmd.Email)
	if err != nil {
		return err
	}
	link, err := s.loginLink(ctx, p.Email)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.p.T("cli.init.done", "name", p.Name(), "link", link))
	return nil
}

// loginCmd prints a one-time link.
type loginCmd struct {
	Email  string `arg:"" help:"${help_email}"`
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
}

// Run implements command.
func (cmd *loginCmd) Run(ctx context.Context, c *cli) error { return c.data(ctx, cmd.Config, cmd) }

// Do implements dataCommand.
func (cmd *loginCmd) Do(ctx context.Context, c *cli, s *service) error {
	link, err := s.loginLink(ctx, cmd.Email)
	if errors.Is(err, agenda.ErrNotFound) {
		return fmt.Errorf("%s: %w", c.p.T("cli.no_person", "email", cmd.Email), err)
	}
	if err == nil {
		fmt.Fprintln(c.out, link)
	}
	return err
}

// tickCmd does what is due.
type tickCmd struct {
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
	Now    moment `help:"${help_now}" placeholder:"TIME"`
}

// Run implements command.
func (cmd *tickCmd) Run(ctx context.Context, c *cli) error { return c.data(ctx, cmd.Config, cmd) }

// Do implements dataCommand.
func (cmd *tickCmd) Do(ctx context.Context, c *cli, s *service) error {
	st := s.store
	if !cmd.Now.IsZero() {
		st = st.WithClock(cmd.Now.clock(s.config.loc))
	}
	if s.inbox != nil {
		c.readMailbox(ctx, s, st)
	}
	sched := s.scheduler(st)
	if err := sched.CatchUp(ctx, s.config.Schedule); err != nil {
		return err
	}
	r, err := sched.Tick(ctx)
	fmt.Fprintln(c.out, c.p.T("cli.tick", "sent", r.Sent, "later", r.Later, "failed", r.Failed, "dropped", r.Dropped))
	return err
}

// readMailbox reads the mailbox before all else: what comes in may make mails
// due. One that cannot be read hinders nothing.
func (c *cli) readMailbox(ctx context.Context, s *service, st *store.Store) {
	r, err := s.inbox.Read(ctx, st)
	if err != nil {
		fmt.Fprintln(c.err, c.p.T("cli.check.no_mailbox", "error", err.Error()))
		return
	}
	fmt.Fprintln(c.out, c.p.T("cli.tick_mailbox", "done", r.Done, "left", r.Left))
}

// versionCmd prints the version.
type versionCmd struct{}

// Run implements command.
func (cmd *versionCmd) Run(_ context.Context, c *cli) error {
	fmt.Fprintln(c.out, "widunetz "+version)
	return nil
}
