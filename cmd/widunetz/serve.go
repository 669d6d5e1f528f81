package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"widunetz/web"
)

// serveCmd runs the service.
type serveCmd struct {
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
	Now    moment `help:"${help_now}" placeholder:"TIME"`
}

// Run implements command.
func (cmd *serveCmd) Run(ctx context.Context, c *cli) error {
	conf, err := c.readConfig(cmd.Config)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.err, nil))
	s, err := open(ctx, conf, cmd.Now.clock(conf.loc), false, log)
	if err != nil {
		return err
	}
	ended := s.serve(ctx, c)
	return errors.Join(ended, s.Close())
}

// serve runs pages, scheduler and the socket for data commands until the
// context ends.
func (s *service) serve(ctx context.Context, c *cli) error {
	handler, err := web.New(s.pages(nil))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.config.Web.Addr)
	if err != nil {
		return fmt.Errorf("web.addr: %w", err)
	}
	desk, err := listenDesk(s)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	tasks := make(chan error, 2)
	go func() { tasks <- s.scheduler(s.store).Run(ctx, s.config.Schedule) }()
	go func() { tasks <- serveHTTP(ctx, listener, handler) }()
	fmt.Fprintln(c.out, c.p.T("cli.serving", "addr", "http://"+listener.Addr().String(), "url", s.config.Site.BaseURL))
	s.log.Info("started", "version", version, "addr", listener.Addr().String(), "store", s.config.path(s.config.Storage.Path))
	err = <-tasks
	stop(err)
	return errors.Join(err, <-tasks, desk.Close())
}

// shutdown is how long requests under way may take when the service ends.
const shutdown = 10 * time.Second

// serveHTTP answers requests until the context ends, then lets those under way
// finish.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	server := web.Server(h)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdown)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return errors.Join(server.Close(), ignoreDeadline(err))
	}
	return nil
}

// ignoreDeadline forgives a client that would not let go.
func ignoreDeadline(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}
