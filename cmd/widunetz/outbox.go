package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// outboxCmds show and handle the mails.
type outboxCmds struct {
	List  outboxListCmd  `cmd:"" help:"${help_outbox_list}"`
	Show  outboxShowCmd  `cmd:"" help:"${help_outbox_show}"`
	Retry outboxRetryCmd `cmd:"" help:"${help_outbox_retry}"`
	Drop  outboxDropCmd  `cmd:"" help:"${help_outbox_drop}"`
}

// outboxLine is a message as scripts get it.
type outboxLine struct {
	ID       agenda.MessageID    `json:"id"`
	Kind     agenda.Kind         `json:"kind"`
	To       string              `json:"to"`
	Due      time.Time           `json:"due"`
	State    agenda.MessageState `json:"state"`
	Attempts int                 `json:"attempts"`
	Error    string              `json:"error"`
}

type outboxListCmd struct {
	Config string              `help:"${help_config}" default:"config.toml" type:"path"`
	State  agenda.MessageState `help:"waiting, sent, failed, unknown, expired, dropped"`
	Kind   agenda.Kind         `help:"invitation, reminder, change, cancellation, …"`
	JSON   bool                `help:"JSON" name:"json"`
	Limit  int                 `help:"${help_limit}" default:"10000"`
}

// Run implements command.
func (cmd *outboxListCmd) Run(ctx context.Context, c *cli) error { return c.data(ctx, cmd.Config, cmd) }

// Do implements dataCommand.
func (cmd *outboxListCmd) Do(ctx context.Context, c *cli, s *service) error {
	messages, _, err := s.store.Messages(ctx, store.OutboxFilter{State: cmd.State, Kind: cmd.Kind}, cmd.Limit)
	if err != nil {
		return err
	}
	lines := make([]outboxLine, len(messages))
	for i, m := range messages {
		if lines[i], err = s.outboxLine(ctx, m); err != nil {
			return err
		}
	}
	if cmd.JSON {
		return json.NewEncoder(c.out).Encode(lines)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, c.p.T("term.kind."+string(l.Kind)), l.To,
			l.Due.In(s.config.loc).Format("2006-01-02 15:04"), c.p.T("term.message."+string(l.State)), l.Error)
	}
	return w.Flush()
}

// outboxLine names the address to which a message goes or went.
func (s *service) outboxLine(ctx context.Context, m agenda.Message) (outboxLine, error) {
	l := outboxLine{m.ID, m.Kind, m.To, m.Due, m.State, m.Attempts, m.Error}
	if l.To == "" {
		f, err := s.store.Facts(ctx, m.ID)
		if err != nil {
			return l, err
		}
		l.To = f.Email
	}
	return l, nil
}

type outboxShowCmd struct {
	ID     string `arg:"" help:"${help_message}"`
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
}

// Run implements command.
func (cmd *outboxShowCmd) Run(ctx context.Context, c *cli) error { return c.data(ctx, cmd.Config, cmd) }

// Do prints the message's state and its text as it would be sent now. The text
// of a log-in mail is not shown: it would log in whoever reads it.
func (cmd *outboxShowCmd) Do(ctx context.Context, c *cli, s *service) error {
	f, err := s.store.Facts(ctx, agenda.MessageID(cmd.ID))
	if err != nil {
		return err
	}
	line, err := s.outboxLine(ctx, f.Message)
	if err != nil {
		return err
	}
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	if err := e.Encode(line); err != nil || f.Message.Kind == agenda.KindLogin {
		return err
	}
	l, err := s.letters.Compose(f)
	if err != nil {
		fmt.Fprintln(c.out, c.p.T("cli.outbox.nothing"))
		return nil
	}
	fmt.Fprintf(c.out, "\n%s\n\n%s", l.Subject, l.Text)
	return nil
}

type outboxRetryCmd struct {
	ID     string `arg:"" help:"${help_message}"`
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
}

// Run implements command.
func (cmd *outboxRetryCmd) Run(ctx context.Context, c *cli) error {
	return c.data(ctx, cmd.Config, cmd)
}

// Do implements dataCommand.
func (cmd *outboxRetryCmd) Do(ctx context.Context, c *cli, s *service) error {
	if err := s.store.Retry(ctx, agenda.Shell, agenda.MessageID(cmd.ID)); err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.p.T("office.retried"))
	return nil
}

type outboxDropCmd struct {
	ID     string `arg:"" help:"${help_message}"`
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
}

// Run implements command.
func (cmd *outboxDropCmd) Run(ctx context.Context, c *cli) error { return c.data(ctx, cmd.Config, cmd) }

// Do implements dataCommand.
func (cmd *outboxDropCmd) Do(ctx context.Context, c *cli, s *service) error {
	if err := s.store.Drop(ctx, agenda.Shell, agenda.MessageID(cmd.ID)); err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.p.T("office.dropped"))
	return nil
}
