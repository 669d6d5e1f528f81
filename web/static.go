package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"

	"widunetz/internal/agenda"
)

//go:embed static/*.css static/*.js static/*.svg static/fonts/*.woff2 static/LICENSES/*
var staticFiles embed.FS

// assets are the files of the pages' looks, by the name under which they are
// asked for: with the hash of their content, so that browsers may keep them for
// ever.
type assets struct {
	byName map[string]*asset // "app.1a2b3c4d.css"
	names  map[string]string // "app.css" to its full name
}

type asset struct {
	kind     string
	body, gz []byte
}

func loadAssets() (assets, error) {
	a := assets{map[string]*asset{}, map[string]string{}}
	for _, dir := range []string{"static/fonts", "static"} {
		entries, err := staticFiles.ReadDir(dir)
		if err != nil {
			return a, err
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			name := strings.TrimPrefix(path.Join(dir, e.Name()), "static/")
			b, err := staticFiles.ReadFile("static/" + name)
			if err != nil {
				return a, err
			}
			if strings.HasSuffix(name, ".css") {
				b = a.hashedFonts(b) // fonts come first
			}
			if err := a.add(name, b); err != nil {
				return a, err
			}
		}
	}
	return a, nil
}

// hashedFonts puts the full names of the fonts into a style sheet.
func (a assets) hashedFonts(css []byte) []byte {
	for name, full := range a.names {
		css = bytes.ReplaceAll(css, []byte("url("+name+")"), []byte("url(/static/"+full+")"))
	}
	return css
}

func (a assets) add(name string, b []byte) error {
	sum := sha256.Sum256(b)
	ext := path.Ext(name)
	full := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
	f := &asset{kind: mime.TypeByExtension(ext), body: b}
	switch ext {
	case ".woff2":
		f.kind = "font/woff2"
	case ".css", ".js", ".svg":
		gz, err := compress(b)
		if err != nil {
			return fmt.Errorf("asset %s: %w", name, err)
		}
		f.gz = gz
	}
	a.byName[full], a.names[name] = f, full
	return nil
}

func compress(b []byte) ([]byte, error) {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// url returns the address of a file for templates.
func (a assets) url(name string) (string, error) {
	full, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("no file %q", name)
	}
	return "/static/" + full, nil
}

func (w *Web) showAsset(c *Ctx) error {
	name, cache := strings.TrimPrefix(c.Param("file"), "/"), "public, max-age=31536000, immutable"
	f := w.assets.byName[name]
	if name == componentFile {
		f, cache = w.component, componentCache
	}
	if f == nil {
		return agenda.ErrNotFound
	}
	c.Header("Cache-Control", cache)
	body := f.body
	if f.gz != nil {
		c.Header("Vary", "Accept-Encoding")
		if acceptsGzip(c.Request) {
			c.Header("Content-Encoding", "gzip")
			body = f.gz
		}
	}
	c.Data(http.StatusOK, f.kind, body)
	return nil
}

// showRobots keeps searchers out of personal pages. Feeds stay allowed: Google
// Calendar asks here before it subscribes.
func (w *Web) showRobots(c *Ctx) error {
	c.String(http.StatusOK, "User-agent: *\nDisallow: /koordination\nDisallow: /konto\nDisallow: /einloggen\n")
	return nil
}
