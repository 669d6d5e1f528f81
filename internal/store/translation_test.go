package store_test

import (
	"errors"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

var arabic = agenda.Words{Title: "قراءة أدبية", Summary: "كاتبة تقرأ."}

func TestTranslationsOfAnEvent(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true))
	token := n.SubmissionToken(e)
	words := func() agenda.Translation {
		t.Helper()
		list := must(n.Translations(ctx, e.ID))
		if len(list) != 1 {
			t.Fatalf("%d translations, want 1: %+v", len(list), list)
		}
		return list[0]
	}
	must(0, n.TranslateSubmission(ctx, token, agenda.Arabic, agenda.Words{Title: " قراءة\nأدبية ", Summary: arabic.Summary}, time.Time{}))
	wantSame(t, "her own words as long as the event is hers to edit", words().Words, arabic)
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", time.Time{}))
	rev := must(n.Revision(ctx, store.Programme))
	other := agenda.Words{Title: "قراءة في بونده", Machine: true}
	must(0, n.TranslateSubmission(ctx, token, agenda.Arabic, other, time.Time{}))
	got := words()
	if got.Words != arabic || got.Waiting == nil || *got.Waiting != other {
		t.Errorf("of what is public: %+v, want the old words and hers waiting", got)
	}
	wantSame(t, "what waits changes nothing for the public", must(n.Revision(ctx, store.Programme)), rev)
	seen := got.Changed
	n.wait(time.Minute)
	must(0, n.TranslateSubmission(ctx, token, agenda.Arabic, agenda.Words{Title: "أخرى"}, time.Time{}))
	if err := n.Translate(ctx, agenda.Shell, e.ID, agenda.Arabic, other, seen); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("a form made before she wrote again: %v, want ErrConflict", err)
	}
	must(0, n.Translate(ctx, agenda.Shell, e.ID, agenda.Arabic, other, words().Changed))
	if got := words(); got.Words != other || got.Waiting != nil {
		t.Errorf("taken over: %+v", got)
	}
	if must(n.Revision(ctx, store.Programme)) == rev {
		t.Error("the public sees no difference")
	}
	d := e.EventDetails
	d.Summary = "Ein Autor liest."
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	if !words().Outdated(d) || words().Outdated(e.EventDetails) {
		t.Error("other German words: not outdated")
	}
	must(0, n.Translate(ctx, agenda.Shell, e.ID, agenda.Arabic, other, time.Time{}))
	wantSame(t, "gone through again", words().Outdated(d), false)
	must(0, n.Translate(ctx, agenda.Shell, e.ID, agenda.Arabic, agenda.Words{}, time.Time{}))
	wantSame(t, "taken away", len(must(n.Translations(ctx, e.ID))), 0)
}

func TestTranslationsThatCannotBe(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	var p agenda.Problems
	if err := n.Translate(ctx, agenda.Shell, e.ID, agenda.Turkish, agenda.Words{Summary: "Bir yazar okuyor."}, time.Time{}); !errors.As(err, &p) || p.For("title") == nil {
		t.Errorf("a summary without a title: %v", err)
	}
	if err := n.Translate(ctx, agenda.Shell, "nix", agenda.Turkish, arabic, time.Time{}); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("no event: %v", err)
	}
	if err := n.TranslateSubmission(ctx, n.SubmissionToken(e)+"x", agenda.Turkish, arabic, time.Time{}); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a guessed link: %v", err)
	}
	n.at("2027-09-16T08:00")
	if err := n.TranslateSubmission(ctx, n.SubmissionToken(e), agenda.Turkish, arabic, time.Time{}); !errors.Is(err, agenda.ErrState) {
		t.Errorf("the event is over: %v", err)
	}
}

func TestTranslationsAreDeletedWithTheirEvent(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	for range 12 { // more than one transaction's worth
		e := must(n.SubmitEvent(ctx, 0, reading("2027-09-15T18:30"), agenda.German, "", true))
		for _, l := range []agenda.Lang{agenda.Arabic, agenda.Turkish, agenda.Farsi, agenda.Russian, agenda.Ukrainian, agenda.English, agenda.Kurmanji, agenda.EasyLanguage} {
			must(0, n.Translate(ctx, agenda.Shell, e.ID, l, arabic, time.Time{}))
		}
		n.wait(25 * time.Hour) // so many may be submitted from one address in a day
	}
	wantSame(t, "translated events", len(must(n.AllTranslations(ctx))), 12)
	n.at("2028-12-01T08:00")
	must(n.Forget(ctx, store.Retention{Submissions: 365 * 24 * time.Hour}))
	wantSame(t, "events", len(must(n.Events(ctx, 0))), 0)
	wantSame(t, "translated events", len(must(n.AllTranslations(ctx))), 0)
}
