package agenda

import "time"

// Translation is the title and the summary of an event in another language than
// German. It is a record of its own: who translates changes nothing of the event.
type Translation struct {
	Event EventID `json:"event"`
	Lang  Lang    `json:"lang"`
	Words
	By      Ref       `json:"by"`                // who wrote or last looked at what is shown
	Of      string    `json:"of,omitempty"`      // stands for the German words that it says
	Waiting *Words    `json:"waiting,omitempty"` // of the event's submitter, until a coordinator has looked at it
	Changed time.Time `json:"changed"`           // UTC, only rises
}

// Words are what is translated of an event.
type Words struct {
	Title   string `json:"title,omitempty"`
	Summary string `json:"summary,omitempty"`
	Machine bool   `json:"machine,omitempty"` // made by a program and not gone through by anybody who speaks the language
}

// Most letters of translated words: most languages need more of them than German.
const (
	MaxTranslatedTitle   = 120
	MaxTranslatedSummary = 1000
)

// Empty reports whether there are no words.
func (w Words) Empty() bool { return w.Title == "" && w.Summary == "" }

// Clean returns the words fit to be kept.
func (w Words) Clean() Words {
	w.Title, w.Summary = Line(w.Title), Text(w.Summary)
	if w.Empty() {
		w.Machine = false
	}
	return w
}

// Check returns what is wrong with the words. None at all take a translation
// away; a summary without a title would stand under a German one.
func (w Words) Check() error {
	var p Problems
	if w.Title == "" && w.Summary != "" {
		p.Add("title", "required", "")
	}
	atMost(&p, "title", w.Title, MaxTranslatedTitle)
	atMost(&p, "summary", w.Summary, MaxTranslatedSummary)
	return p.Err()
}

// germanWords stands for what a translation is made of.
func (d EventDetails) germanWords() string { return digest("translation", d.Title, d.Summary) }

// Shown reports whether readers see the translation.
func (t Translation) Shown() bool { return !t.Empty() }

// Gone reports whether nothing is left of the translation.
func (t Translation) Gone() bool { return t.Empty() && t.Waiting == nil }

// Outdated reports whether the German words have changed since the translation
// was made or last gone through.
func (t Translation) Outdated(d EventDetails) bool { return t.Shown() && t.Of != d.germanWords() }

// Translate returns the translation of an event with other words. A coordinator's
// are shown at once. So are those of the submitter as long as the event is hers
// to edit; of what the coordinators have decided they wait. ErrConflict is returned
// when it changed after seen (zero: not checked), ErrState for what the submitter
// cannot edit any more, Problems for words that cannot be.
func (t Translation) Translate(e Event, w Words, by Ref, submitter bool, seen, now time.Time, loc *time.Location) (Translation, error) {
	w = w.Clean()
	if err := w.Check(); err != nil {
		return t, err
	}
	waits := submitter && !e.Editable()
	if waits && !e.Proposes(now, loc) {
		return t, ErrState
	}
	if t.says(w, e, waits) {
		return t, nil // also the second click on the same form
	}
	if !seen.IsZero() && !seen.Equal(t.Changed) {
		return t, ErrConflict
	}
	t.Changed = Rise(t.Changed, now)
	if waits {
		t.Waiting = &w
		if w == t.Words {
			t.Waiting = nil // taken back
		}
		return t, nil
	}
	t.Words, t.By, t.Of, t.Waiting = w, by, e.germanWords(), nil
	return t, nil
}

// says reports whether the words would change nothing.
func (t Translation) says(w Words, e Event, waits bool) bool {
	if waits {
		return t.Waiting == nil && t.Words == w || t.Waiting != nil && *t.Waiting == w
	}
	return t.Words == w && t.Waiting == nil && !t.Outdated(e.EventDetails)
}
