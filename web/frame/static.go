package frame

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/web/static"
)

// contentTypes are the kinds of files that are served; anything else in the
// folder is not.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
	".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8",
}

// assets are the static files under names that change with their content, so
// that browsers may keep them for good.
type assets struct {
	files map[string]*Kept // by the last part of the address
	names map[string]string
}

func readAssets() (*assets, error) {
	a := &assets{files: map[string]*Kept{}, names: map[string]string{}}
	var sheets []string
	err := fs.WalkDir(static.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || contentTypes[path.Ext(name)] == "" {
			return err
		}
		if path.Ext(name) == ".css" {
			sheets = append(sheets, name) // after the files that they name
			return nil
		}
		b, err := static.Files.ReadFile(name)
		a.add(name, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, name := range sheets {
		b, err := static.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for plain, hashed := range a.names {
			b = bytes.ReplaceAll(b, []byte(plain), []byte(hashed))
		}
		a.add(name, b)
	}
	return a, nil
}

func (a *assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	head := http.Header{"Content-Type": {contentTypes[ext]}, "Cache-Control": {"public, max-age=31536000, immutable"}}
	kept := NewKept(body, "", time.Time{}, head)
	if ext == ".css" || ext == ".js" || ext == ".svg" {
		kept.pack()
	}
	a.names[name], a.files[hashed] = hashed, kept
	plain := NewKept(body, "", time.Time{}, http.Header{"Content-Type": {contentTypes[ext]}, "Cache-Control": {"public, max-age=3600"}})
	a.files[name] = plain
}

// path returns the address of a static file.
func (a *assets) path(name string) string {
	if hashed := a.names[name]; hashed != "" {
		name = hashed
	}
	return "/static/" + name
}

func (f *Frame) serveAsset(c *Ctx, name string) error {
	k := f.assets.files[name]
	if k == nil {
		return agenda.ErrNotFound
	}
	k.Serve(c.Writer, c.Request, f.Store.Now())
	return nil
}

// robots lets everything that is public be found. Feeds stay allowed: some
// calendars obey this file when they fetch them, and noindex is said in a header.
const robots = "User-agent: *\nDisallow: /koordination\nDisallow: /konto\nDisallow: /einloggen\nAllow: /\n"

// Routes are the frame's own routes.
func (f *Frame) Routes() []Route {
	get := func(path string, h Handler) Route { return Route{Method: http.MethodGet, Path: path, Handle: h} }
	routes := []Route{
		get("/static/*name", func(c *Ctx) error { return f.serveAsset(c, strings.TrimPrefix(c.Param("name"), "/")) }),
		get("/favicon.ico", func(c *Ctx) error { return f.serveAsset(c, "favicon.ico") }),
		get("/robots.txt", func(c *Ctx) error { return c.Send(http.StatusOK, contentTypes[".txt"], "", []byte(robots)) }),
		get("/healthz", func(c *Ctx) error { return c.Send(http.StatusOK, contentTypes[".txt"], "", []byte("ok\n")) }),
		get("/readyz", f.ready),
	}
	for _, name := range legalPages {
		routes = append(routes, get("/"+name, func(c *Ctx) error { return f.serveLegal(c, name) }))
	}
	return routes
}

// ready says whether the store can be read.
func (f *Frame) ready(c *Ctx) error {
	if _, err := f.Store.Revision(c); err != nil {
		f.Log.ErrorContext(c, "not ready", "error", err)
		return c.Send(http.StatusServiceUnavailable, contentTypes[".txt"], "", []byte("store cannot be read\n"))
	}
	return c.Send(http.StatusOK, contentTypes[".txt"], "", []byte("ok\n"))
}
