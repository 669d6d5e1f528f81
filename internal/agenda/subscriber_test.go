package agenda_test

import (
	"errors"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func TestSelectionMeansWhatTheFilterMeans(t *testing.T) {
	event := agenda.EventDetails{Venue: agenda.Venue{Town: "Bünde"}, Audiences: []string{"frauen", "senioren"}, Languages: []string{"de", "ar"}, Free: true, StepFree: agenda.Unknown}
	forAll := agenda.EventDetails{Venue: agenda.Venue{Town: agenda.Online}, Audiences: []string{"alle"}, Languages: []string{"alle"}, StepFree: agenda.Yes}
	for name, c := range map[string]struct {
		s          agenda.Selection
		one, other bool
	}{
		"nothing chosen":                   {agenda.Selection{}, true, true},
		"its town":                         {agenda.Selection{Towns: []string{"Bünde"}}, true, false},
		"one of several towns":             {agenda.Selection{Towns: []string{"Enger", "Bünde"}}, true, false},
		"another town":                     {agenda.Selection{Towns: []string{"Enger"}}, false, false},
		"online":                           {agenda.Selection{Towns: []string{agenda.Online}}, false, true},
		"its audience":                     {agenda.Selection{Audiences: []string{"frauen"}}, true, true},
		"an audience that only all is for": {agenda.Selection{Audiences: []string{"kinder"}}, false, true},
		"one of several audiences":         {agenda.Selection{Audiences: []string{"kinder", "senioren"}}, true, true},
		"what is for everyone only":        {agenda.Selection{Audiences: []string{"alle"}}, false, true},
		"its language":                     {agenda.Selection{Languages: []string{"ar"}}, true, true},
		"another language":                 {agenda.Selection{Languages: []string{"tr"}}, false, true},
		"free":                             {agenda.Selection{Free: true}, true, false},
		"accessible, which is unknown":     {agenda.Selection{Accessible: true}, false, true},
		"all at once":                      {agenda.Selection{Towns: []string{"Bünde"}, Audiences: []string{"frauen"}, Languages: []string{"ar"}, Free: true}, true, false},
		"right town, wrong language":       {agenda.Selection{Towns: []string{"Bünde"}, Languages: []string{"tr"}}, false, false},
	} {
		if one, other := c.s.Shows(event), c.s.Shows(forAll); one != c.one || other != c.other {
			t.Errorf("%s: %v and %v, want %v and %v", name, one, other, c.one, c.other)
		}
	}
}

func TestUnknownPartsOfAWishAreLeftOut(t *testing.T) {
	w := agenda.Wish{Selection: agenda.Selection{Towns: []string{"Enger", "Berlin", "Bünde", "Enger"}, Audiences: []string{"<b>"}, Languages: []string{"xx", "ar"}}, Pace: "hourly"}.Clean()
	if len(w.Towns) != 2 || w.Towns[0] != "Bünde" || w.Audiences != nil || len(w.Languages) != 1 || w.Pace != agenda.PaceNews {
		t.Errorf("%+v", w)
	}
}

func TestAskedForInAnothersName(t *testing.T) {
	now := time.Date(2027, 8, 1, 12, 0, 0, 500, time.UTC)
	ask := func(s agenda.Subscriber, town string, at time.Time) (agenda.Subscriber, bool) {
		return s.Ask(agenda.Wish{Selection: agenda.Selection{Towns: []string{town}}}, "v1", at)
	}
	s, mail := ask(agenda.Subscriber{}, "Bünde", now)
	if !mail {
		t.Fatal("no mail at first")
	}
	if s, mail = ask(s, "Enger", now.Add(time.Minute)); mail || s.Towns[0] != "Enger" {
		t.Errorf("a minute later: mail %v, %v; want no mail, and that the last request counts", mail, s.Towns)
	}
	open := []agenda.Event{{Review: agenda.Published, EventDetails: agenda.EventDetails{Venue: agenda.Venue{Town: "Enger"}}, Released: now.Add(time.Hour)}}
	if s.Hears(agenda.PaceNews, open) != nil {
		t.Error("told before she confirmed")
	}
	if _, err := s.Confirm(now.Add(73 * time.Hour)); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("confirmed too late: %v", err)
	}
	s, err := s.Confirm(now.Add(time.Hour))
	if err != nil || s.Confirmed.Nanosecond() != 0 {
		t.Fatalf("confirmed: %+v, %v", s, err)
	}
	later, mail := ask(s, "Vlotho", now.Add(100*24*time.Hour))
	if !mail || later.Towns[0] != "Enger" || later.New == nil {
		t.Errorf("anybody changes what she confirmed: %+v", later)
	}
	if kept := later.Keep(now); kept.Towns[0] != "Enger" {
		t.Error("the yearly answer takes what was asked for")
	}
	if taken, err := later.Confirm(now.Add(101 * 24 * time.Hour)); err != nil || taken.Towns[0] != "Vlotho" || taken.New != nil || !taken.Confirmed.Equal(s.Confirmed) {
		t.Errorf("taken: %+v, %v", taken, err)
	}
	if late, err := later.Confirm(now.Add(110 * 24 * time.Hour)); !errors.Is(err, agenda.ErrExpired) || late.Towns[0] != "Enger" {
		t.Errorf("taken too late: %+v, %v", late, err)
	}
}

func TestNewsComeOnTheNextMorning(t *testing.T) {
	clock := rules(t)
	for name, c := range map[string][2]string{
		"in the morning at the office":      {"2027-08-16T09:30", "2027-08-17T08:00"},
		"late in the evening":               {"2027-08-16T23:50", "2027-08-17T08:00"},
		"released at the hour itself":       {"2027-08-17T08:00", "2027-08-18T08:00"},
		"shortly before the hour":           {"2027-08-17T06:01", "2027-08-18T08:00"},
		"released at midnight":              {"2027-08-17T00:00", "2027-08-17T08:00"},
		"on a Friday: not at the weekend":   {"2027-08-20T11:00", "2027-08-23T08:00"},
		"before a holiday and another hour": {"2027-10-30T12:00", "2027-11-02T08:00"},
	} {
		got := agenda.LocalOf(clock.NewsAt(local(c[0]).In(clock.Loc)), clock.Loc)
		if got != local(c[1]) {
			t.Errorf("%s (%s): %s, want %s", name, c[0], got, c[1])
		}
	}
}
