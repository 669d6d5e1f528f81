package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"widunetz/internal/kv/bolt"
	"widunetz/internal/pdf"
	"widunetz/internal/store"
)

// backupCmd writes a backup. It may run beside the service.
type backupCmd struct {
	File   string `arg:"" help:"${help_backup_file}" type:"path"`
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
}

// Run writes the file under another name and renames it when it is whole.
func (cmd *backupCmd) Run(ctx context.Context, c *cli) error {
	out := c.out
	n := int64(0)
	err := replace(cmd.File, func(w io.Writer) error {
		count := &counter{w: w}
		c.out = count
		err := c.data(ctx, cmd.Config, cmd)
		n = count.n
		return err
	})
	c.out = out
	if err == nil {
		fmt.Fprintln(c.out, c.p.T("cli.backup.done", "file", cmd.File, "bytes", n))
	}
	return err
}

// Do gives the backup out. It is made beside the store first: nothing slow may
// hold the snapshot open.
func (cmd *backupCmd) Do(ctx context.Context, c *cli, s *service) error {
	f, err := os.CreateTemp(filepath.Dir(s.config.path(s.config.Storage.Path)), ".backup-*")
	if err != nil {
		return err
	}
	defer func() { f.Close(); os.Remove(f.Name()) }()
	if _, err := s.store.Backup(ctx, f); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(c.out, f)
	return err
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// replace writes a file under another name, syncs it and renames it: at no time
// is there half of it under its own.
func replace(path string, fill func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name()) //nolint:errcheck // the first error counts
		}
	}()
	if err := errors.Join(fill(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// scheduledBackup writes a backup into the configured folder and deletes those
// that are more than are kept.
func (s *service) scheduledBackup(ctx context.Context) error {
	dir := s.config.path(s.config.Storage.BackupDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("storage.backup_dir: %w", err)
	}
	name := filepath.Join(dir, "widunetz-"+s.store.Now().In(s.config.loc).Format("2006-01-02-150405")+".backup")
	err := replace(name, func(w io.Writer) error { _, err := s.store.Backup(ctx, w); return err })
	if err != nil {
		return err
	}
	s.log.Info("backup written", "file", name)
	old, err := filepath.Glob(filepath.Join(dir, "widunetz-*.backup"))
	if err != nil {
		return err
	}
	slices.Sort(old) // by time
	for len(old) > s.config.Storage.BackupKeep {
		if err := os.Remove(old[0]); err != nil {
			return err
		}
		old = old[1:]
	}
	return nil
}

// restoreCmd makes the store anew from a backup.
type restoreCmd struct {
	File    string `arg:"" help:"${help_backup_file}" type:"path"`
	Config  string `help:"${help_config}" default:"config.toml" type:"path"`
	SendDue bool   `help:"${help_send_due}" name:"send-due"`
}

// Run writes a new store beside the old one and renames it when it is whole and
// verified. The old one is kept under another name.
func (cmd *restoreCmd) Run(ctx context.Context, c *cli) error {
	conf, err := c.readConfig(cmd.Config)
	if err != nil {
		return err
	}
	if conn, err := net.Dial("unix", deskPath(conf)); err == nil {
		return errors.Join(fmt.Errorf("%s", c.p.T("cli.restore.running")), conn.Close())
	}
	path := conf.path(conf.Storage.Path)
	fresh := path + ".restoring"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	done, err := cmd.write(ctx, fresh)
	if err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	kept, err := putAside(path)
	if err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.p.T("cli.restore.done", "records", done.Records, "notices", done.Notices, "messages", done.Messages))
	if kept != "" {
		fmt.Fprintln(c.out, c.p.T("cli.restore.kept", "file", kept))
	}
	return nil
}

func (cmd *restoreCmd) write(ctx context.Context, path string) (done store.Restored, err error) {
	in, err := os.Open(cmd.File)
	if err != nil {
		return done, err
	}
	defer in.Close()
	db, err := bolt.Open(path, bolt.Options{Create: true})
	if err != nil {
		return done, err
	}
	done, err = store.Restore(ctx, db, in, time.Now(), cmd.SendDue)
	if err == nil {
		err = db.Check(ctx)
	}
	return done, errors.Join(err, db.Close())
}

// putAside gives the store another name, so that a restore loses nothing. A
// store that another process has open stays.
func putAside(path string) (kept string, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if db, err := bolt.Open(path, bolt.Options{}); err == nil {
		if err := db.Close(); err != nil {
			return "", err
		}
	} else if isLocked(err) {
		return "", err
	}
	kept = path + ".before-" + time.Now().Format("2006-01-02-150405")
	return kept, os.Rename(path, kept)
}

// checkCmd verifies every record.
type checkCmd struct {
	Config string `help:"${help_config}" default:"config.toml" type:"path"`
}

// Run implements command.
func (cmd *checkCmd) Run(ctx context.Context, c *cli) error { return c.data(ctx, cmd.Config, cmd) }

// Do implements dataCommand.
func (cmd *checkCmd) Do(ctx context.Context, c *cli, s *service) error {
	if err := s.db.Check(ctx); err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.p.T("cli.check.ok"))
	if s.inbox != nil {
		if mails, err := s.inbox.Check(ctx); err == nil {
			fmt.Fprintln(c.out, c.p.T("cli.check.mailbox", "n", mails, "folder", s.config.Mailbox.Folder))
		} else {
			fmt.Fprintln(c.out, c.p.T("cli.check.no_mailbox", "error", err.Error()))
		}
	}
	if browser, err := pdf.Find(s.config.Web.PDFBrowser); err == nil {
		fmt.Fprintln(c.out, c.p.T("cli.check.pdf", "browser", browser.Path()))
	} else {
		fmt.Fprintln(c.out, c.p.T("cli.check.no_pdf"))
	}
	return nil
}
