package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// Spool writes one .eml file per mail into a folder, named by its Message-ID.
type Spool struct {
	dir, from string
}

func newSpool(c Config) (*Spool, error) {
	if err := os.MkdirAll(c.SpoolDir, 0o700); err != nil {
		return nil, fmt.Errorf("mail.spool_dir: %w", err)
	}
	return &Spool{c.SpoolDir, c.From}, nil
}

// Send writes the file under another name, syncs and renames it: a reader never
// sees half of it, and sending again replaces it by the same.
func (s *Spool) Send(_ context.Context, l letter.Letter) agenda.Delivery {
	b, err := Bytes(l, s.from)
	if err != nil {
		return refused(err)
	}
	if err := s.write(string(l.ID)+".eml", b); err != nil {
		return agenda.Delivery{Outcome: agenda.TryAgain, Text: oneLine(err)}
	}
	return agenda.Delivery{Outcome: agenda.Delivered}
}

func (s *Spool) write(name string, b []byte) (err error) {
	f, err := os.CreateTemp(s.dir, ".part-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(s.dir, name))
}

// Close implements Mailer.
func (s *Spool) Close() error { return nil }
