package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
)

//go:embed legal/*.md
var legalDrafts embed.FS

// legal holds the pages that the law asks for, made of Markdown.
type legal map[string]legalPage

type legalPage struct {
	title string
	body  template.HTML
	draft bool // the operator has not given a text of her own
}

// loadLegal reads the pages from the operator's folder; what is not there is
// the embedded draft.
func loadLegal(dir string) (legal, error) {
	out := legal{}
	for _, name := range []string{"impressum", "datenschutz", "barrierefreiheit"} {
		b, err := os.ReadFile(filepath.Join(dir, name+".md"))
		draft := dir == "" || errors.Is(err, os.ErrNotExist)
		if draft {
			b, err = legalDrafts.ReadFile("legal/" + name + ".md")
		}
		if err != nil {
			return nil, fmt.Errorf("web.legal_dir: %w", err)
		}
		var html bytes.Buffer
		if err := goldmark.Convert(b, &html); err != nil {
			return nil, fmt.Errorf("%s.md: %w", name, err)
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(b), "# "), "\n")
		body := bluemonday.UGCPolicy().SanitizeBytes(html.Bytes())
		out[name] = legalPage{title, template.HTML(body), draft} //nolint:gosec // sanitised
	}
	return out, nil
}

func (w *Web) showLegal(c *Ctx) error {
	p := w.legal[strings.Trim(c.path, "/")]
	return c.keepPage(c.path, "", "", func() ([]byte, error) {
		return c.render("legal", p.title, map[string]any{"Body": p.body, "Draft": p.draft})
	})
}
