package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this test binary as the program.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"widunetz": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}})
}

// TestScript runs the program as an operator does. The scripts in
// testdata/script say what she types and what she sees.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			for name, data := range map[string][]byte{"mitglieder.csv": demoPeople, "programm-2027.csv": demoEvents} {
				if err := os.WriteFile(env.Cd+"/"+name, data, 0o600); err != nil {
					return err
				}
			}
			port, err := freePort()
			env.Setenv("PORT", port)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("LANG", "C.UTF-8")
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"mailserver": mailserver, "mailbox": mailbox, "incoming": incoming, "bounce": bounce, "replies": calendarReply,
			"mails":     mails,
			"mailed":    mailed,
			"get":       get,
			"post":      post,
			"capture":   capture,
			"edit":      edit,
			"truncated": truncated,
			"sequence":  sequence,
		},
	})
}
