// Package deps says who may import whom. It has no code but this test.
package deps

import (
	"go/build"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rows are the packages from the bottom up. A package imports rows below its
// own only, so nothing imports its neighbours.
var rows = [][]string{
	{"internal/agenda", "internal/kv"},
	{"internal/almanac", "internal/lang", "internal/sheet", "internal/picture", "internal/kv/bolt", "internal/kv/kvtest"},
	{"internal/store", "internal/ics"},
	{"internal/letter", "internal/pdf"},
	{"internal/exchange"},
	{"web", "scheduler", "notify", "internal/inbox", "web/static"},
	{"cmd/widunetz"},
}

// owner is the one package that imports a library.
var owner = map[string]string{
	"github.com/gin-gonic/gin":           "web",
	"github.com/alexedwards/scs/v2":      "web",
	"github.com/yuin/goldmark":           "web",
	"github.com/microcosm-cc/bluemonday": "web",
	"rsc.io/qr":                          "web",
	"golang.org/x/time":                  "web",
	"github.com/robfig/cron/v3":          "scheduler",
	"github.com/wneessen/go-mail":        "notify",
	"github.com/emersion/go-imap/v2":     "internal/inbox",
	"github.com/emersion/go-ical":        "internal/ics",
	"github.com/teambition/rrule-go":     "internal/ics",
	"go.etcd.io/bbolt":                   "internal/kv/bolt",
	"github.com/go-playground/locales":   "internal/lang",
	"github.com/xuri/excelize/v2":        "internal/sheet",
	"golang.org/x/text":                  "internal/sheet",
	"github.com/alecthomas/kong":         "cmd/widunetz",
	"github.com/pelletier/go-toml/v2":    "cmd/widunetz",
	"pgregory.net/rapid":                 "internal/kv/kvtest",
}

// pure packages import the standard library only.
var pure = []string{"internal/agenda", "internal/kv", "internal/picture"}

const module = "widunetz/"

// packages returns the imports of every package of the module, tests aside.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); name == "testdata" || name == "node_modules" || len(name) > 2 && name[0] == '.' {
			return filepath.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(path, "*.go"))
		if err != nil || !slices.ContainsFunc(files, func(f string) bool { return !strings.HasSuffix(f, "_test.go") }) {
			return err
		}
		p, err := build.ImportDir(path, 0)
		if err != nil {
			return err
		}
		name, err := filepath.Rel("../..", path)
		out[filepath.ToSlash(name)] = p.Imports
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func row(pkg string) int {
	return slices.IndexFunc(rows, func(r []string) bool { return slices.Contains(r, pkg) })
}

// library is the entry of owner to which an import belongs.
func library(path string) string {
	for name := range owner {
		if path == name || strings.HasPrefix(path, name+"/") {
			return name
		}
	}
	return ""
}

func TestImportsPointDown(t *testing.T) {
	for pkg, imports := range packages(t) {
		if row(pkg) < 0 {
			t.Errorf("%s stands in no row", pkg)
			continue
		}
		for _, i := range imports {
			if other, ok := strings.CutPrefix(i, module); ok && row(other) >= row(pkg) {
				t.Errorf("%s imports %s, which is not below it", pkg, other)
			}
		}
	}
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	used := map[string]bool{}
	for pkg, imports := range packages(t) {
		for _, i := range imports {
			first, _, _ := strings.Cut(i, "/")
			if strings.HasPrefix(i, module) || !strings.Contains(first, ".") {
				continue
			}
			lib := library(i)
			used[lib] = true
			switch {
			case lib == "":
				t.Errorf("%s imports %s, which has no rule", pkg, i)
			case owner[lib] != pkg:
				t.Errorf("%s imports %s, which belongs to %s", pkg, i, owner[lib])
			case slices.Contains(pure, pkg):
				t.Errorf("%s imports %s, but is to know the standard library only", pkg, i)
			}
		}
	}
	for lib := range maps.Keys(owner) {
		if !used[lib] {
			t.Errorf("nothing imports %s: the rule can go", lib)
		}
	}
}

func TestRowsNamePackagesThatExist(t *testing.T) {
	for _, r := range rows {
		for _, pkg := range r {
			if _, err := os.Stat("../../" + pkg); err != nil {
				t.Error(err)
			}
		}
	}
}
