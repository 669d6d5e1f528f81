package frame

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	"widunetz/internal/agenda"
)

//go:embed legal/*.md
var drafts embed.FS

var legalPages = []string{"impressum", "datenschutz", "barrierefreiheit"}

// legalPage is one of the texts that the operator answers for.
type legalPage struct {
	Text  template.HTML
	Draft bool // the embedded text: it must be completed before the service is public
}

// readLegal reads the texts from dir; one that is not there is the embedded
// draft. They are Markdown of the operator's, cleaned nevertheless: a text that
// somebody pasted must not bring scripts along.
func readLegal(dir string) (map[string]legalPage, error) {
	out := map[string]legalPage{}
	for _, name := range legalPages {
		source, draft, err := legalSource(dir, name+".md")
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := goldmark.Convert(source, &b); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		clean := bluemonday.UGCPolicy().SanitizeBytes(b.Bytes())
		out[name] = legalPage{template.HTML(clean), draft} //nolint:gosec // sanitised one line above
	}
	return out, nil
}

func legalSource(dir, name string) (text []byte, draft bool, err error) {
	if dir != "" {
		text, err = fs.ReadFile(os.DirFS(dir), name)
		if !errors.Is(err, fs.ErrNotExist) {
			return text, false, err
		}
	}
	text, err = drafts.ReadFile("legal/" + name)
	return text, true, err
}

func (f *Frame) serveLegal(c *Ctx, name string) error {
	page, ok := f.legal[name]
	if !ok {
		return agenda.ErrNotFound
	}
	page.Text = template.HTML(strings.ReplaceAll(string(page.Text), "{name}", template.HTMLEscapeString(f.Name)))     //nolint:gosec // escaped
	page.Text = template.HTML(strings.ReplaceAll(string(page.Text), "{office}", template.HTMLEscapeString(f.Office))) //nolint:gosec // escaped
	return c.Render(f.layout, "legal", View{Title: c.T("frame.footer." + name), Here: "/" + name, Data: page})
}
