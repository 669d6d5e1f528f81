package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/exchange"
)

// importCmds take files that offices have.
type importCmds struct {
	People   importPeopleCmd   `cmd:"" help:"${help_import_people}"`
	Events   importEventsCmd   `cmd:"" help:"${help_import_events}"`
	Calendar importCalendarCmd `cmd:"" help:"${help_import_calendar}"`
}

// importFlags are those of every import.
type importFlags struct {
	File   string `arg:"" help:"${help_file}" type:"path"`
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
	DryRun bool   `help:"${help_dry_run}" name:"dry-run"`
}

// run reads the file and has it taken where the store is, which is made if it
// is missing.
func (f importFlags) run(ctx context.Context, c *cli, cmd dataCommand) (err error) {
	if c.input, err = os.ReadFile(f.File); err != nil {
		return err
	}
	conf, err := c.readConfig(f.Config)
	if err != nil {
		return err
	}
	return c.onStore(ctx, conf, true, cmd)
}

type importPeopleCmd struct{ importFlags }

// Run implements command.
func (cmd *importPeopleCmd) Run(ctx context.Context, c *cli) error { return cmd.run(ctx, c, cmd) }

// Do implements dataCommand.
func (cmd *importPeopleCmd) Do(ctx context.Context, c *cli, s *service) error {
	report, err := exchange.Import{Kind: exchange.People, Dry: cmd.DryRun}.Take(ctx, s.store, agenda.Actor{By: "import"}, c.input)
	if err != nil {
		return err
	}
	c.report(report, cmd.DryRun)
	fmt.Fprintln(c.out, c.p.N("cli.import.people", len(report.Items), "without", report.WithoutEmail()))
	return c.counts(report)
}

type importEventsCmd struct{ importFlags }

// Run implements command.
func (cmd *importEventsCmd) Run(ctx context.Context, c *cli) error { return cmd.run(ctx, c, cmd) }

// Do implements dataCommand.
func (cmd *importEventsCmd) Do(ctx context.Context, c *cli, s *service) error {
	report, err := exchange.Import{Kind: exchange.Events, Dry: cmd.DryRun}.Take(ctx, s.store, agenda.Actor{By: "import"}, c.input)
	if err != nil {
		return err
	}
	c.report(report, cmd.DryRun)
	fmt.Fprintln(c.out, c.p.N("cli.import.events", len(report.Items)))
	return c.counts(report)
}

type importCalendarCmd struct {
	importFlags
	Group  string `help:"${help_group}" required:"" placeholder:"SLUG"`
	Invite bool   `help:"${help_invite}"`
}

// Run implements command.
func (cmd *importCalendarCmd) Run(ctx context.Context, c *cli) error { return cmd.run(ctx, c, cmd) }

// Do implements dataCommand.
func (cmd *importCalendarCmd) Do(ctx context.Context, c *cli, s *service) error {
	if _, err := s.store.Group(ctx, agenda.GroupID(cmd.Group)); err != nil {
		return s.unknownGroup(ctx, c, cmd.Group, err)
	}
	report, err := exchange.Import{Kind: exchange.Calendar, Group: agenda.GroupID(cmd.Group), Invite: cmd.Invite, Dry: cmd.DryRun}.
		Take(ctx, s.store, agenda.Actor{By: "import"}, c.input)
	if err != nil {
		return err
	}
	c.report(report, cmd.DryRun)
	fmt.Fprintln(c.out, c.p.N("cli.import.dates", len(report.Items)))
	return c.counts(report)
}

// unknownGroup names the groups that there are.
func (s *service) unknownGroup(ctx context.Context, c *cli, slug string, err error) error {
	groups, gerr := s.store.Groups(ctx)
	if gerr != nil {
		return gerr
	}
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = string(g.ID)
	}
	return fmt.Errorf("%s: %w", c.p.T("cli.no_group", "slug", slug, "groups", strings.Join(names, ", ")), err)
}

// report prints what an import changed, row by row.
func (c *cli) report(r agenda.Report, dry bool) {
	if dry {
		fmt.Fprintln(c.out, c.p.T("cli.import.dry"))
	}
	for _, it := range r.Items {
		if it.Verb == "same" {
			continue
		}
		fmt.Fprintf(c.out, "%s: %s %s\n", c.p.T("import.line", "line", it.Line), c.p.T("import."+it.Verb), it.Name)
		if it.Verb == "changed" {
			for _, ch := range it.Changes {
				fmt.Fprintf(c.out, "    %s: %q -> %q\n", c.p.T("field."+ch.Field), ch.Old, ch.New)
			}
		}
	}
	for _, p := range r.Problems {
		fmt.Fprintln(c.err, c.problem(p))
	}
}

// problem says which cell could not be taken, and why.
func (c *cli) problem(p agenda.RowProblem) string {
	var b strings.Builder
	if p.Line > 0 {
		b.WriteString(c.p.T("import.line", "line", p.Line))
	}
	if p.Column != "" {
		column := p.Column
		if c.p.Has("field." + column) {
			column = c.p.T("field." + column)
		}
		b.WriteString(", " + column)
	}
	if p.Value != "" {
		fmt.Fprintf(&b, " %q", p.Value)
	}
	place := strings.TrimLeft(b.String(), ", ")
	if place != "" {
		place += ": "
	}
	return place + c.p.T(p.Rule, "want", p.Want)
}

// counts prints the sum; an import of which nothing could be taken has failed.
func (c *cli) counts(r agenda.Report) error {
	if r.Count("added")+r.Count("changed") == 0 && len(r.Problems) == 0 {
		fmt.Fprintln(c.out, c.p.T("cli.import.same"))
		return nil
	}
	fmt.Fprintln(c.out, c.p.T("import.counts", "added", r.Count("added"), "changed", r.Count("changed"), "same", r.Count("same")))
	if len(r.Problems) > 0 {
		fmt.Fprintln(c.out, c.p.N("import.problems", len(r.Problems)))
	}
	if len(r.Items) == 0 && len(r.Problems) > 0 {
		return fmt.Errorf("%s", c.p.T("cli.import.nothing"))
	}
	return nil
}
