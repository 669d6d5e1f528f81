package frame

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"

	"github.com/alexedwards/scs/v2"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
	"widunetz/internal/store"
)

// Config is what the edge needs to know of the service.
type Config struct {
	Name           string   // of the service, in the head of every page
	BaseURL        string   // public address, such as "https://termine.example.org"; no final slash
	Office         string   // mail address of the coordinators, shown where people may need help
	TrustedProxies []string // addresses or networks of which X-Forwarded-For is believed; none by default
	LegalDir       string   // folder with impressum.md, datenschutz.md, barrierefreiheit.md; "": the embedded drafts
	Demo           bool     // every page says that this is a demonstration
}

// Frame is what all pages share. It is made once and safe for concurrent use.
type Frame struct {
	Config
	Store   *store.Store
	Catalog *lang.Catalog
	Log     *slog.Logger

	layout   *Set
	assets   *assets
	legal    map[string]legalPage
	sessions *scs.SessionManager
	posts    *limiter // of all forms
	mails    *limiter // of forms that send mail to an address somebody typed
}

// New checks the configuration and reads templates, static files and legal
// pages.
func New(c Config, s *store.Store, catalog *lang.Catalog, log *slog.Logger) (*Frame, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("base address %q: want http(s)://host", c.BaseURL)
	}
	for _, p := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				return nil, fmt.Errorf("trusted proxy %q: want an address or a network such as 10.0.0.0/8", p)
			}
		}
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	f := &Frame{Config: c, Store: s, Catalog: catalog, Log: log, posts: newLimiter(1, 60), mails: newLimiter(1.0/30, 10)}
	f.sessions = newSessions(s, f.https())
	if f.assets, err = readAssets(); err != nil {
		return nil, fmt.Errorf("static files: %w", err)
	}
	if f.layout, err = f.Parse(templates); err != nil {
		return nil, err
	}
	if f.legal, err = readLegal(c.LegalDir); err != nil {
		return nil, fmt.Errorf("legal pages: %w", err)
	}
	return f, nil
}

func (f *Frame) https() bool { return strings.HasPrefix(f.BaseURL, "https://") }

// CutLang splits the language off a path: "/en/programm" is English and
// "/programm". A first part that is no language enabled here is part of the
// path.
func (f *Frame) CutLang(path string) (agenda.Lang, string) {
	first, rest, deeper := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if l := agenda.Lang(first); l != agenda.German && f.Catalog.Enabled(l) {
		if !deeper {
			return l, "/"
		}
		return l, "/" + rest
	}
	return agenda.German, path
}

// Path returns the path of a page in a language: German has no prefix.
func Path(l agenda.Lang, path string) string {
	if l == agenda.German {
		return path
	}
	return "/" + string(l) + strings.TrimSuffix(path, "/")
}
