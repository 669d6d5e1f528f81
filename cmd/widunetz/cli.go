package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/lang"
)

// commands is the command line. The help texts are messages, with an example
// each: ${help_…} is the message cli.help_….
type commands struct {
	Lang    string     `help:"${help_lang}" default:"de" enum:"de,en"`
	Demo    demoCmd    `cmd:"" help:"${help_demo}"`
	Serve   serveCmd   `cmd:"" help:"${help_serve}"`
	Init    initCmd    `cmd:"" help:"${help_init}"`
	Login   loginCmd   `cmd:"" help:"${help_login}"`
	Import  importCmds `cmd:"" help:"${help_import}"`
	Export  exportCmds `cmd:"" help:"${help_export}"`
	Plan    planCmd    `cmd:"" help:"${help_plan}"`
	Tick    tickCmd    `cmd:"" help:"${help_tick}"`
	Outbox  outboxCmds `cmd:"" help:"${help_outbox}"`
	Backup  backupCmd  `cmd:"" help:"${help_backup}"`
	Restore restoreCmd `cmd:"" help:"${help_restore}"`
	Check   checkCmd   `cmd:"" help:"${help_check}"`
	Version versionCmd `cmd:"" help:"${help_version}"`
}

// command is what a subcommand does.
type command interface {
	Run(ctx context.Context, c *cli) error
}

// cli is what every subcommand gets.
type cli struct {
	in       io.Reader
	out, err io.Writer
	p        *lang.Printer
	args     []string
	input    []byte // the file that a data command reads
	asks     bool   // a question was asked: somebody sits there
}

// parse reads the command line. A nil command means that there is nothing to
// do, or nothing that could be understood, with the exit status for it.
func parse(args []string, stdout, stderr io.Writer) (command, *cli, int) {
	var cmds commands
	c := &cli{p: printer(args), args: args}
	exit := -1
	k, err := kong.New(&cmds, kong.Name("widunetz"), kong.Writers(stdout, stderr), kong.Exit(func(code int) { exit = code }),
		kong.Description(c.p.T("cli.description")), kong.Vars(helpTexts(c.p)), kong.Help(c.help))
	if err != nil {
		panic(err) // unreachable: the command line is fixed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := k.Parse(args)
	if exit >= 0 {
		return nil, nil, exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "widunetz: %v\n%s\n", err, c.p.T("cli.misused"))
		return nil, nil, 2
	}
	cmd, _ := ctx.Selected().Target.Addr().Interface().(command)
	return cmd, c, 0
}

// printer finds the language of the messages before the command line is read:
// its help is one of them.
func printer(args []string) *lang.Printer {
	catalog, err := lang.Load()
	if err != nil {
		panic(err) // unreachable: the messages are embedded
	}
	l := agenda.German
	if i := slices.Index(args, "--lang"); i >= 0 && i+1 < len(args) && args[i+1] == "en" || slices.Contains(args, "--lang=en") {
		l = agenda.English
	}
	return catalog.Printer(l)
}

// helpTexts are the messages that stand for ${help_…}.
func helpTexts(p *lang.Printer) map[string]string {
	out := map[string]string{}
	for _, key := range p.Keys("cli.help_") {
		out[strings.TrimPrefix(key, "cli.")] = p.T(key)
	}
	return out
}

// help prints what a command is for, what it takes and an example.
func (c *cli) help(_ kong.HelpOptions, ctx *kong.Context) error {
	node := ctx.Model.Node
	if s := ctx.Selected(); s != nil {
		node = s
	} else if len(ctx.Path) > 0 && ctx.Path[len(ctx.Path)-1].Node() != nil {
		node = ctx.Path[len(ctx.Path)-1].Node()
	}
	text, example, _ := strings.Cut(node.Help, "\n")
	w := ctx.Stdout
	fmt.Fprintf(w, "%s: %s\n\n%s\n", c.p.T("cli.usage"), "widunetz "+strings.TrimSpace(node.Summary()), text)
	list := func(key string, rows [][2]string) {
		if len(rows) > 0 {
			fmt.Fprintf(w, "\n%s\n", c.p.T(key))
		}
		for _, r := range rows {
			fmt.Fprintf(w, "  %-24s %s\n", r[0], r[1])
		}
	}
	var commands, values [][2]string
	for _, n := range node.Children {
		first, _, _ := strings.Cut(n.Help, "\n")
		commands = append(commands, [2]string{n.Name, first})
	}
	for _, v := range node.Positional {
		values = append(values, [2]string{v.Summary(), v.Help})
	}
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			if f.Name != "help" {
				values = append(values, [2]string{f.String(), f.Help})
			}
		}
	}
	list("cli.commands", commands)
	list("cli.values", values)
	if example != "" {
		fmt.Fprintf(w, "\n%s\n  %s\n", c.p.T("cli.example"), strings.ReplaceAll(example, "\n", "\n  "))
	}
	return nil
}

// readConfig reads the configuration. Where there is none under the usual name
// the defaults hold, which is said.
func (c *cli) readConfig(path string) (config, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && filepath.Base(path) == "config.toml" && !slices.ContainsFunc(c.args, namesConfig) {
		fmt.Fprintln(c.err, c.p.T("cli.defaults", "file", path))
		return readDefaults(filepath.Dir(path))
	}
	return readConfig(path)
}

func namesConfig(arg string) bool { return arg == "--config" || strings.HasPrefix(arg, "--config=") }

// say turns an error into a sentence that says what would be right.
func (c *cli) say(err error) string {
	for sentinel, key := range map[error]string{
		kv.ErrLocked: "cli.locked", kv.ErrMissing: "cli.missing", kv.ErrDamaged: "cli.damaged", kv.ErrCorrupt: "cli.damaged", kv.ErrFull: "cli.full", agenda.ErrNotFound: "cli.not_found", agenda.ErrState: "cli.state",
	} {
		if errors.Is(err, sentinel) {
			return err.Error() + "\n" + c.p.T(key)
		}
	}
	var problems agenda.Problems
	if errors.As(err, &problems) {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = c.p.T("field."+p.Field) + ": " + c.p.T("error."+p.Rule, "want", p.Want)
		}
		return strings.Join(lines, "\n")
	}
	return err.Error()
}

func isLocked(err error) bool { return errors.Is(err, kv.ErrLocked) }

// moment is a point in time on the command line: "2027-08-30T08:00" at the
// network's place, or with an offset.
type moment struct {
	local agenda.Local
	at    time.Time
}

// UnmarshalText reads either form.
func (m *moment) UnmarshalText(b []byte) (err error) {
	if m.at, err = time.Parse("2006-01-02T15:04Z07:00", string(b)); err == nil {
		return nil
	}
	if m.at, err = time.Parse(time.RFC3339, string(b)); err == nil {
		return nil
	}
	if m.local, err = agenda.ParseLocal(string(b)); err != nil {
		return fmt.Errorf("%q: want 2027-08-30T08:00 or 2027-08-30T08:00+02:00", b)
	}
	return nil
}

// IsZero reports whether no time was given.
func (m moment) IsZero() bool { return m.at.IsZero() && m.local.IsZero() }

// clock returns a running clock that shows the moment now, or the machine's if
// none was given.
func (m moment) clock(loc *time.Location) func() time.Time {
	at := m.at
	if !m.local.IsZero() {
		at = m.local.In(loc)
	}
	if at.IsZero() {
		return time.Now
	}
	begin := time.Now()
	return func() time.Time { return at.Add(time.Since(begin)) }
}
