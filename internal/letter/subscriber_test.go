package letter

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// subscriberFacts returns what a letter to a subscriber is made of.
func subscriberFacts(kind agenda.Kind, l agenda.Lang) agenda.Facts {
	wish := agenda.Wish{Selection: agenda.Selection{Towns: []string{"Bünde", "Enger"}, Languages: []string{"ar"}, Free: true}, Pace: agenda.PaceNews, Lang: l}
	first, second := event(), event()
	second.ID, second.Title, second.Slug, second.Languages, second.FullyBooked = "e2", "Nähkurs", "naehkurs", []string{"alle"}, true
	second.Start, second.End = at("2027-09-20T18:00"), at("2027-09-20T20:00")
	about := agenda.Ref{Kind: agenda.AboutSubscriber, ID: "sub1"}
	f := agenda.Facts{
		Message:    agenda.Message{ID: "msg3", Kind: kind, Subject: about, Reader: about, Made: made, Mark: "2027-09"},
		Subscriber: agenda.Subscriber{ID: "sub1", Wish: wish, Asked: made, Confirmed: made, Kept: made.AddDate(-1, 0, 0), Question: made},
		Now:        made, Email: "leserin@example.org", Lang: l, Tokens: agenda.Tokens{Act: "sub1.secret", Mute: "sub1.secret"}, Until: made.Add(agenda.ConfirmWithin),
	}
	if kind == agenda.KindSubscribe {
		f.Subscriber = agenda.Subscriber{ID: "sub1", Wish: wish, Asked: made}
	} else {
		f.Events = []agenda.Event{first, second}
	}
	return f
}

func TestSubscribersLettersInAllLanguages(t *testing.T) {
	c, err := lang.Load(lang.All()...)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(c, Site{Name: "widunetz", BaseURL: "https://termine.example"}, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lang.All() {
		for _, kind := range []agenda.Kind{agenda.KindSubscribe, agenda.KindNews, agenda.KindMonth, agenda.KindStill} {
			f := subscriberFacts(kind, l)
			f.Translations = map[agenda.EventID]agenda.Translation{"e1": {Event: "e1", Lang: l, Words: agenda.Words{Title: "Titel in " + string(l)}}}
			got, err := w.Compose(f)
			if err != nil {
				t.Fatalf("%s, %s: %v", kind, l, err)
			}
			if !lang.Whole(l) {
				golden(t, "participants/"+string(kind)+"."+string(l)+".txt", "Subject: "+got.Subject+"\n\n"+got.Text)
			}
			if !lang.Whole(l) && kind == agenda.KindNews {
				golden(t, "participants/"+string(kind)+"."+string(l)+".html", got.HTML)
			}
			own, german, two := strings.Cut(got.Text, strings.Repeat("=", 40))
			if two == (l == agenda.German) || two && !strings.Contains(german, "Guten Tag") {
				t.Errorf("%s, %s: in two languages: %v", kind, l, two)
			}
			if strings.Contains(got.Text+got.HTML+got.Subject, "⟦") || strings.Contains(got.Text+got.Subject, "{") {
				t.Errorf("%s, %s: a message or value is missing:\n%s", kind, l, got.Text)
			}
			if got.Lang != l || !strings.HasSuffix(got.Unsubscribe, "/benachrichtigung/sub1.secret") {
				t.Errorf("%s, %s: language %s, ends at %s", kind, l, got.Lang, got.Unsubscribe)
			}
			if listed := kind == agenda.KindNews || kind == agenda.KindMonth; two && listed != strings.Contains(own, "Titel in "+string(l)) || two && strings.Contains(german, "Titel in ") {
				t.Errorf("%s, %s: the event's title:\n%s", kind, l, own)
			}
			if p := c.Printer(l); p.Dir() == "rtl" && !strings.Contains(own, "\u2067") {
				t.Errorf("%s, %s: nothing keeps the lines in their direction", kind, l)
			}
		}
	}
}

func TestNewsLinkEveryEvent(t *testing.T) {
	f := subscriberFacts(agenda.KindNews, agenda.German)
	l, err := writer(t).Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"https://termine.example/programm/2027/lesung", "https://termine.example/programm/2027/naehkurs", "Deutsch und Arabisch", "alle Sprachen", "ausgebucht"} {
		if !strings.Contains(l.HTML, part) || !strings.Contains(l.Text, part) {
			t.Errorf("%q is missing:\n%s", part, l.Text)
		}
	}
	for len(f.Events) < listMost+7 {
		e := event()
		e.Title = fmt.Sprint("Lesung ", len(f.Events))
		f.Events = append(f.Events, e)
	}
	if l, err = writer(t).Compose(f); err != nil || !strings.Contains(l.Text, "Dazu kommen 7 weitere") || strings.Contains(l.Text, fmt.Sprint("Lesung ", listMost)) || l.Subject != "Neu im Programm: 57 Veranstaltungen" {
		t.Errorf("a long list: %v\n%s", err, l.Text)
	}
	f.Events = f.Events[:1]
	if l, err = writer(t).Compose(f); err != nil || l.Subject != "Neu im Programm: Geschichten aus zwei Welten" {
		t.Errorf("one event: %q, %v", l.Subject, err)
	}
}

func TestSubscribersAreToldNothingThatIsOver(t *testing.T) {
	for name, change := range map[string]func(*agenda.Facts){
		"no event left":     func(f *agenda.Facts) { f.Events = nil },
		"the month is over": func(f *agenda.Facts) { f.Message.Kind, f.Events = agenda.KindMonth, nil },
		"she answered meanwhile": func(f *agenda.Facts) {
			*f = subscriberFacts(agenda.KindStill, "de")
			f.Subscriber = f.Subscriber.Keep(f.Now)
		},
		"the link has ended": func(f *agenda.Facts) { *f = subscriberFacts(agenda.KindSubscribe, "de"); f.Now = f.Until.Add(1) },
		"confirmed, nothing waits": func(f *agenda.Facts) {
			*f = subscriberFacts(agenda.KindSubscribe, "de")
			f.Subscriber.Confirmed = f.Now
		},
		"she ended it, or is gone":  func(f *agenda.Facts) { f.Email = "" },
		"new selection not in time": func(f *agenda.Facts) { *f = again(subscriberFacts(agenda.KindSubscribe, "de")); f.Now = f.Until.Add(1) },
	} {
		f := subscriberFacts(agenda.KindNews, agenda.German)
		change(&f)
		if l, err := writer(t).Compose(f); !errors.Is(err, ErrNothing) {
			t.Errorf("%s: %q, %v; want nothing", name, l.Subject, err)
		}
	}
	f := again(subscriberFacts(agenda.KindSubscribe, agenda.English))
	l, err := writer(t).Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "resubscribe.en.txt", "Subject: "+l.Subject+"\n\n"+l.Text)
}

// again makes the reader somebody who has confirmed and asks for something else.
func again(f agenda.Facts) agenda.Facts {
	f.Subscriber.Confirmed, f.Subscriber.New = made.AddDate(0, -1, 0), &agenda.Wish{Pace: agenda.PaceMonth, Lang: f.Lang}
	return f
}
