package agenda_test

import (
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

func TestReasonOfTicksAndWords(t *testing.T) {
	t.Parallel()
	a, b := agenda.TextBlock{ID: "a", Text: "Bitte ein Bild."}, agenda.TextBlock{ID: "b", Text: "Bitte die Uhrzeit."}
	for _, c := range []struct {
		name   string
		blocks []agenda.TextBlock
		typed  string
		want   string
	}{
		{"nothing", nil, " \n", ""},
		{"words", nil, " Danke!\r\n", "Danke!"},
		{"ticks", []agenda.TextBlock{a, b}, "", "Bitte ein Bild.\n\nBitte die Uhrzeit."},
		{"ticks, then words", []agenda.TextBlock{a}, "Danke!", "Bitte ein Bild.\n\nDanke!"},
		{"a tick that the script has put in", []agenda.TextBlock{a, b}, "Bitte ein Bild.\n\nDanke!", "Bitte die Uhrzeit.\n\nBitte ein Bild.\n\nDanke!"},
	} {
		if got, err := agenda.Reason(c.blocks, c.typed); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	_, err := agenda.Reason([]agenda.TextBlock{a}, strings.Repeat("x", 5000))
	wantProblem(t, err, "reason", "too_long")
}

func TestTextBlocksThatCannotBe(t *testing.T) {
	t.Parallel()
	defaults := agenda.DefaultTextBlocks()
	for _, b := range defaults {
		if err := b.Check(defaults); err != nil || b.Clean() != b {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
	full := make([]agenda.TextBlock, agenda.MostTextBlocks)
	for i := range full {
		full[i] = agenda.TextBlock{ID: agenda.TextBlockID(strings.Repeat("x", i+1)), Name: strings.Repeat("n", i+1)}
	}
	for _, c := range []struct {
		name        string
		block       agenda.TextBlock
		others      []agenda.TextBlock
		field, rule string
	}{
		{"no name", agenda.TextBlock{Text: "x"}, nil, "name", "required"},
		{"no text", agenda.TextBlock{Name: "x"}, nil, "text", "required"},
		{"long name", agenda.TextBlock{Name: strings.Repeat("ä", 61), Text: "x"}, nil, "name", "too_long"},
		{"long text", agenda.TextBlock{Name: "x", Text: strings.Repeat("ä", 1001)}, nil, "text", "too_long"},
		{"name of another", agenda.TextBlock{ID: "new", Name: "BILD fehlt", Text: "x"}, defaults, "name", "name_taken"},
		{"one too many", agenda.TextBlock{ID: "new", Name: "neu", Text: "x"}, full, "text", "too_many"},
	} {
		t.Run(c.name, func(t *testing.T) { wantProblem(t, c.block.Check(c.others), c.field, c.rule) })
	}
	if err := (agenda.TextBlock{ID: "x", Name: "anders", Text: "x"}).Check(full); err != nil {
		t.Errorf("changing one of many: %v", err)
	}
}
