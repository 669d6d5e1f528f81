package agenda_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func photo() agenda.Picture {
	return agenda.Picture{
		Blob: "large", BlobSmall: "small", Width: 1600, Height: 1067, SmallWidth: 640, SmallHeight: 427,
		Alt: "Drei Frauen kochen", Credit: "Olga Organ", Licence: agenda.OwnPicture, Consent: changed,
	}
}

func TestPictureNeedsWordsAndRights(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field, rule string
		change      func(*agenda.Picture)
	}{
		"no description":            {"alt", "required", func(p *agenda.Picture) { p.Alt = " \t" }},
		"a description of 301":      {"alt", "too_long", func(p *agenda.Picture) { p.Alt = strings.Repeat("ä", 301) }},
		"no credit":                 {"credit", "required", func(p *agenda.Picture) { p.Credit = "" }},
		"no licence":                {"licence", "required", func(p *agenda.Picture) { p.Licence = "" }},
		"a licence that is none":    {"licence", "one_of", func(p *agenda.Picture) { p.Licence = "gefunden" }},
		"no consent":                {"consent", "consent", func(p *agenda.Picture) { p.Consent = time.Time{} }},
		"no file":                   {"file", "required", func(p *agenda.Picture) { p.Blob = "" }},
		"a file in one size of two": {"file", "required", func(p *agenda.Picture) { p.BlobSmall = "" }},
	} {
		p := photo()
		c.change(&p)
		got, _, err := event(agenda.Submitted).Illustrate(&p, true, time.Time{}, changed)
		var problems agenda.Problems
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Field != c.field || problems[0].Rule != c.rule || got.Picture != nil {
			t.Errorf("%s: %v, picture %v", name, err, got.Picture)
		}
	}
}

func TestWhoMayIllustrate(t *testing.T) {
	t.Parallel()
	for _, review := range []agenda.Review{agenda.Submitted, agenda.Returned, agenda.Published, agenda.Withdrawn} {
		for _, submitter := range []bool{true, false} {
			p := photo()
			locked := submitter && (review == agenda.Published || review == agenda.Withdrawn)
			with := event(review)
			with.Picture = &p
			other := p
			other.Blob = "other"
			for what, err := range map[string]error{
				"add": illustrate(event(review), &p, submitter), "replace": illustrate(with, &other, submitter), "remove": illustrate(with, nil, submitter),
			} {
				if errors.Is(err, agenda.ErrState) != locked || err != nil && !locked {
					t.Errorf("%s, %s, submitter %v: %v", what, review, submitter, err)
				}
			}
		}
	}
}

func illustrate(e agenda.Event, p *agenda.Picture, submitter bool) error {
	_, _, err := e.Illustrate(p, submitter, e.Changed, changed)
	return err
}

func TestIllustrateSaysWhatChanged(t *testing.T) {
	t.Parallel()
	e := event(agenda.Submitted)
	first, next, words := photo(), photo(), photo()
	next.Blob, next.BlobSmall = "other", "othersmall"
	words.Credit, words.Licence = "Stadt Bünde", agenda.CCBY
	for _, c := range []struct {
		name     string
		from, to *agenda.Picture
		want     string
	}{
		{"none to none", nil, nil, ""},
		{"the first", nil, &first, "[{picture  1600 × 1067} {alt  Drei Frauen kochen} {credit  Olga Organ} {licence  own}]"},
		{"the same once more", &first, &first, ""},
		{"another of the same size", &first, &next, "[{picture 1600 × 1067 1600 × 1067}]"},
		{"other words", &first, &words, "[{credit Olga Organ Stadt Bünde} {licence own cc-by}]"},
		{"none any more", &first, nil, "[{picture 1600 × 1067 } {alt Drei Frauen kochen } {credit Olga Organ } {licence own }]"},
	} {
		e.Picture = c.from
		after, changes, err := e.Illustrate(c.to, false, e.Changed, changed)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimPrefix(fmt.Sprint(changes), "[]"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if rises := after.Changed.After(e.Changed); rises != (c.want != "") {
			t.Errorf("%s: the last change rises: %v", c.name, rises)
		}
	}
	// Whoever decides on an event has seen its picture.
	e.Picture = nil
	if _, _, err := e.Illustrate(&first, false, e.Changed.Add(-time.Hour), changed); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("after somebody else's change: %v", err)
	}
}
