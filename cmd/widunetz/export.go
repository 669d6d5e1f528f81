package main

import (
	"bytes"
	"context"

	"widunetz/internal/agenda"
	"widunetz/internal/exchange"
)

// exportCmds write to standard output what the matching import reads.
type exportCmds struct {
	People    exportPeopleCmd    `cmd:"" help:"${help_export_people}"`
	Programme exportProgrammeCmd `cmd:"" help:"${help_export_programme}"`
	Calendar  exportCalendarCmd  `cmd:"" help:"${help_export_calendar}"`
}

type exportPeopleCmd struct {
	Config string          `help:"${help_config}" default:"config.toml" type:"path"`
	Format exchange.Format `help:"csv, xlsx, json" default:"csv" enum:"csv,xlsx,json"`
}

// Run implements command.
func (cmd *exportPeopleCmd) Run(ctx context.Context, c *cli) error {
	return c.data(ctx, cmd.Config, cmd)
}

// Do implements dataCommand.
func (cmd *exportPeopleCmd) Do(ctx context.Context, c *cli, s *service) error {
	return c.whole(func(b *bytes.Buffer) error { return s.exports().People(ctx, b, cmd.Format) })
}

type exportProgrammeCmd struct {
	Config string          `help:"${help_config}" default:"config.toml" type:"path"`
	Year   int             `help:"${help_year}" required:"" placeholder:"2027"`
	Format exchange.Format `help:"csv, xlsx, ics, json, ikw" default:"csv" enum:"csv,xlsx,ics,json,ikw"`
}

// Run implements command.
func (cmd *exportProgrammeCmd) Run(ctx context.Context, c *cli) error {
	return c.data(ctx, cmd.Config, cmd)
}

// Do implements dataCommand.
func (cmd *exportProgrammeCmd) Do(ctx context.Context, c *cli, s *service) error {
	return c.whole(func(b *bytes.Buffer) error { return s.exports().Programme(ctx, b, cmd.Year, cmd.Format) })
}

type exportCalendarCmd struct {
	Config string          `help:"${help_config}" default:"config.toml" type:"path"`
	Group  string          `help:"${help_group}" required:"" placeholder:"SLUG"`
	Format exchange.Format `help:"ics" default:"ics" enum:"ics"`
}

// Run implements command.
func (cmd *exportCalendarCmd) Run(ctx context.Context, c *cli) error {
	return c.data(ctx, cmd.Config, cmd)
}

// Do implements dataCommand.
func (cmd *exportCalendarCmd) Do(ctx context.Context, c *cli, s *service) error {
	if _, err := s.store.Group(ctx, agenda.GroupID(cmd.Group)); err != nil {
		return s.unknownGroup(ctx, c, cmd.Group, err)
	}
	return c.whole(func(b *bytes.Buffer) error {
		return s.exports().Meetings(ctx, b, agenda.GroupID(cmd.Group), cmd.Format)
	})
}

// data runs a data command on the store of the configuration, which must exist.
func (c *cli) data(ctx context.Context, path string, cmd dataCommand) error {
	conf, err := c.readConfig(path)
	if err != nil {
		return err
	}
	return c.onStore(ctx, conf, false, cmd)
}

// whole prints a file in one piece, or nothing of it.
func (c *cli) whole(fill func(*bytes.Buffer) error) error {
	var b bytes.Buffer
	if err := fill(&b); err != nil {
		return err
	}
	_, err := c.out.Write(b.Bytes())
	return err
}
