package inbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// session is one open connection with its folder selected.
type session struct {
	config   Config
	client   *imapclient.Client
	validity uint32
	mails    uint32 // in the folder
	stop     func() bool
}

// dialWithin is how long a server may take until it is connected and greets.
const dialWithin = 30 * time.Second

// open connects, logs in and selects the folder. The end of the context closes
// the connection: the library knows none.
func open(ctx context.Context, c Config, secure *tls.Config) (s *session, err error) {
	conn, err := dial(ctx, c, secure)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	s = &session{config: c, stop: stop}
	defer func() {
		if err != nil {
			stop()
			conn.Close() //nolint:errcheck // it was of no use
			if ctx.Err() != nil {
				err = fmt.Errorf("%w (%w)", err, context.Cause(ctx))
			}
		}
	}()
	if c.TLS == "starttls" {
		s.client, err = imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: secure})
	} else {
		s.client = imapclient.New(conn, nil)
		err = s.client.WaitGreeting()
	}
	if err != nil {
		return nil, err
	}
	if err := s.client.Login(c.User, c.Password).Wait(); err != nil {
		return nil, fmt.Errorf("log-in as %s: %w", c.User, err)
	}
	folder, err := s.client.Select(c.Folder, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("folder %q: %w", c.Folder, err)
	}
	s.validity, s.mails = folder.UIDValidity, folder.NumMessages
	return s, nil
}

func dial(ctx context.Context, c Config, secure *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	at := net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	if c.TLS == "tls" {
		return (&tls.Dialer{Config: secure}).DialContext(ctx, "tcp", at)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", at)
}

// close says goodbye, whether or not the server answers.
func (s *session) close() {
	quit := time.AfterFunc(2*time.Second, func() { s.client.Close() })
	s.client.Logout().Wait() //nolint:errcheck // a courtesy
	quit.Stop()
	s.stop()
	s.client.Close() //nolint:errcheck // it is over
}

// numbers returns the numbers of the mails above after, in order, that do not
// have the flag of what was dealt with; and which of known are there still.
func (s *session) numbers(after uint32, known []uint32) (fresh, there []uint32, err error) {
	if s.mails == 0 {
		return nil, nil, nil
	}
	var above imap.UIDSet
	above.AddRange(imap.UID(after+1), 0) // 0: to the end
	criteria := &imap.SearchCriteria{UID: []imap.UIDSet{above}}
	if s.config.flagged() {
		criteria.NotFlag = []imap.Flag{imap.Flag(s.config.Done)}
	}
	if fresh, err = s.search(criteria); err != nil {
		return nil, nil, err
	}
	// "5:*" is the last mail too where there is none from 5 on (RFC 9051, section 9).
	fresh = slices.DeleteFunc(fresh, func(n uint32) bool { return n <= after })
	if len(known) > 0 {
		var set imap.UIDSet
		for _, n := range known {
			set.AddNum(imap.UID(n))
		}
		there, err = s.search(&imap.SearchCriteria{UID: []imap.UIDSet{set}})
	}
	return fresh, there, err
}

func (s *session) search(criteria *imap.SearchCriteria) ([]uint32, error) {
	found, err := s.client.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	var out []uint32
	for _, n := range found.AllUIDs() {
		out = append(out, uint32(n))
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// size returns how large a mail is; gone reports that it is not there any more.
func (s *session) size(n uint32) (size int64, gone bool, err error) {
	got, err := s.client.Fetch(imap.UIDSetNum(imap.UID(n)), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil || len(got) == 0 {
		return 0, true, err
	}
	return got[0].RFC822Size, false, nil
}

// read returns the first bytes of a mail, or of its head. It stays unseen.
func (s *session) read(n uint32, part imap.PartSpecifier, most int64) ([]byte, error) {
	section := &imap.FetchItemBodySection{Specifier: part, Peek: true, Partial: &imap.SectionPartial{Size: most}}
	cmd := s.client.Fetch(imap.UIDSetNum(imap.UID(n)), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	var out bytes.Buffer
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok && body.Literal != nil && out.Len() == 0 {
				if _, err := io.CopyN(&out, body.Literal, min(body.Literal.Size(), most)); err != nil {
					// The connection is broken and the command must not be touched
					// again: the library reads on in its own goroutine.
					return nil, fmt.Errorf("read: %w", err)
				}
			}
		}
	}
	return out.Bytes(), cmd.Close()
}

// prepare makes the folder for what was dealt with.
func (s *session) prepare() error {
	if s.config.flagged() {
		return nil
	}
	found, err := s.client.List("", s.config.Done, nil).Collect()
	if err != nil || len(found) > 0 {
		return err
	}
	if err := s.client.Create(s.config.Done, nil).Wait(); err != nil {
		return fmt.Errorf("make folder %q: %w", s.config.Done, err)
	}
	return nil
}

// done gets a mail out of the way that was dealt with. The library's own way for
// servers without MOVE deletes the mail also where it could not copy it.
func (s *session) done(n uint32) error {
	set := imap.UIDSetNum(imap.UID(n))
	flag := func(f imap.Flag) error {
		return s.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{f}}, nil).Close()
	}
	if s.config.flagged() {
		return flag(imap.Flag(s.config.Done))
	}
	caps := s.client.Caps()
	if caps.Has(imap.CapMove) {
		_, err := s.client.Move(set, s.config.Done).Wait()
		return err
	}
	if _, err := s.client.Copy(set, s.config.Done).Wait(); err != nil {
		return err
	}
	if err := flag(imap.FlagDeleted); err != nil {
		return err
	}
	if caps.Has(imap.CapUIDPlus) {
		return s.client.UIDExpunge(set).Close()
	}
	return nil // EXPUNGE would delete what others have marked
}
