// Command widunetz is the calendar office of a regional network: one program
// that serves the pages and feeds, sends the mails and does the office's work
// from the shell.
//
//	widunetz demo       a full network to try, without any configuration
//	widunetz init       writes config.toml and makes the first coordinator
//	widunetz serve      runs the service
//	widunetz login      prints a one-time log-in link
//	widunetz import     takes people, events or calendar dates from files
//	widunetz export     writes people or a programme as a file
//	widunetz tick       does everything that is due, once
//	widunetz outbox     lists, shows, retries or drops mails
//	widunetz backup, restore, check, version
//
// Data commands work beside a running service: they are handed to it over a
// socket that lies next to the store.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the zone data comes with the program
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit status: 0 done, 1 failed,
// 2 misused.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd, c, status := parse(args, stdout, stderr)
	if cmd == nil {
		return status
	}
	c.in, c.out, c.err = stdin, stdout, stderr
	if err := cmd.Run(ctx, c); err != nil {
		fmt.Fprintln(stderr, "widunetz: "+c.say(err))
		return 1
	}
	return 0
}
