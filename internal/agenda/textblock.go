package agenda

import (
	"slices"
	"strings"
	"time"
)

// TextBlockID identifies a text block.
type TextBlockID string

// TextBlock is a short text that coordinators put into the reason with which
// they send an event back.
type TextBlock struct {
	ID      TextBlockID `json:"id"`
	Name    string      `json:"name"`
	Text    string      `json:"text"`
	Changed time.Time   `json:"changed"` // UTC
}

// Limits of text blocks and of the reason that is made of them.
const (
	MostTextBlocks = 50
	maxReason      = 5000
)

// Clean returns the block with its words fit to be kept.
func (b TextBlock) Clean() TextBlock {
	b.Name, b.Text = Line(b.Name), Text(b.Text)
	return b
}

// Check returns what is wrong with the block. Two blocks of one name cannot be
// told apart.
func (b TextBlock) Check(others []TextBlock) error {
	var p Problems
	required(&p, "name", b.Name, 60)
	required(&p, "text", b.Text, 1000)
	same := func(o TextBlock) bool { return o.ID != b.ID && strings.EqualFold(o.Name, b.Name) }
	known := func(o TextBlock) bool { return o.ID == b.ID }
	if b.Name != "" && slices.ContainsFunc(others, same) {
		p.Add("name", "name_taken", "")
	}
	if !slices.ContainsFunc(others, known) && len(others) >= MostTextBlocks {
		p.Add("text", "too_many", itoa(MostTextBlocks))
	}
	return p.Err()
}

// DefaultTextBlocks are the blocks with which the coordinators begin.
func DefaultTextBlocks() []TextBlock {
	list := []TextBlock{
		{ID: "bild", Name: "Bild fehlt", Text: "Bitte laden Sie ein Bild hoch und beschreiben Sie es in einem Satz. Nennen Sie auch, wer es gemacht hat."},
		{ID: "uhrzeit", Name: "Uhrzeit unklar", Text: "Bitte nennen Sie Beginn und Ende der Veranstaltung."},
		{ID: "sprache", Name: "Sprache der Veranstaltung fehlt", Text: "Bitte geben Sie an, in welchen Sprachen die Veranstaltung stattfindet und ob gedolmetscht wird."},
		{ID: "ort", Name: "Ort ungenau", Text: "Bitte nennen Sie den Ort mit Straße, Hausnummer und Postleitzahl."},
		{ID: "barrierefrei", Name: "Barrierefreiheit unklar", Text: "Bitte geben Sie an, ob der Ort rollstuhlgerecht ist und ob es Kinderbetreuung gibt."},
		{ID: "anmeldung", Name: "Anmeldung unklar", Text: "Bitte schreiben Sie, wie und bis wann man sich anmeldet."},
		{ID: "text", Name: "Text zu lang", Text: "Bitte kürzen Sie den Text. Kurze Sätze helfen allen, auch Menschen, die gerade Deutsch lernen."},
	}
	for i := range list {
		list[i].Changed = time.Unix(0, 0).UTC() // so that the first two who change one at once are noticed
	}
	return list
}

// SortTextBlocks puts blocks in the order in which they are shown.
func SortTextBlocks(list []TextBlock) {
	slices.SortFunc(list, func(a, b TextBlock) int {
		if c := strings.Compare(Fold(a.Name), Fold(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
}

// Reason joins the blocks that were ticked with what was typed. A block that
// stands in what was typed already is not said twice.
func Reason(blocks []TextBlock, typed string) (string, error) {
	typed = Text(typed)
	var parts []string
	for _, b := range blocks {
		if !strings.Contains(typed, b.Text) {
			parts = append(parts, b.Text)
		}
	}
	if typed != "" {
		parts = append(parts, typed)
	}
	reason := strings.Join(parts, "\n\n")
	if Length(reason) > maxReason {
		return reason, Problems{{Field: "reason", Rule: "too_long", Want: itoa(maxReason)}}
	}
	return reason, nil
}

// Changes lists the fields in which the block o differs from b.
func (b TextBlock) Changes(o TextBlock) []Change {
	var c []Change
	diff(&c, "name", b.Name, o.Name)
	diff(&c, "text", b.Text, o.Text)
	return c
}
