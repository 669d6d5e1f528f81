package ics

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"

	"widunetz/internal/agenda"
)

// programme is a feed of n events.
func programme(n int) agenda.Feed {
	f := agenda.Feed{Name: "Programm", Text: "Alle Veranstaltungen."}
	for i := range n {
		it := item()
		it.UID = fmt.Sprintf("veranstaltung-%d@widunetz", i)
		it.Start, it.End = it.Start.AddDays(i%200), it.End.AddDays(i%200)
		it.Title = fmt.Sprintf("Interkulturelle Wochen: Lesung für Familien in zwei Sprachen, Nr. %d", i)
		it.Text = "Bünde liest: Geschichten auf Deutsch und Arabisch, مرحبا.\n\nSprachen: Deutsch, Arabisch\nEintritt frei; ohne Anmeldung\n\n" + it.URL
		f.Items = append(f.Items, it)
	}
	return f
}

// bare writes the same events with the library alone: without folding,
// cleaning and time zone.
func bare(f agenda.Feed, loc *time.Location) ([]byte, error) {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//widunetz//Termine//DE")
	for _, it := range f.Items {
		e := ical.NewEvent()
		e.Props.SetText(ical.PropUID, it.UID)
		e.Props.SetDateTime(ical.PropDateTimeStamp, it.Changed)
		e.Props.SetDateTime(ical.PropLastModified, it.Changed)
		e.Props.SetDateTime(ical.PropCreated, it.Created)
		e.Props.SetDateTime(ical.PropDateTimeStart, it.Start.In(loc))
		e.Props.SetDateTime(ical.PropDateTimeEnd, it.End.In(loc))
		e.Props.SetText(ical.PropSummary, it.Title)
		e.Props.SetText(ical.PropLocation, it.Place)
		e.Props.SetText(ical.PropDescription, it.Text)
		e.Props.SetText(ical.PropURL, it.URL)
		e.Props.SetText(ical.PropCategories, it.Categories[0])
		e.Props.SetText(ical.PropStatus, "CONFIRMED")
		cal.Children = append(cal.Children, e.Component)
	}
	var b bytes.Buffer
	err := ical.NewEncoder(&b).Encode(cal)
	return b.Bytes(), err
}

// BenchmarkFeed500 writes a feed of 500 events, in turns with the bare library
// on the same events, and reports the median of each and their ratio.
func BenchmarkFeed500(b *testing.B) {
	f, loc := programme(500), berlin(b)
	var ours, theirs []time.Duration
	for b.Loop() {
		t0 := time.Now()
		out, errs := Feed(f, loc, Options{Refresh: time.Hour})
		t1 := time.Now()
		_, err := bare(f, loc)
		t2 := time.Now()
		if len(errs) > 0 || err != nil || len(out) < 100_000 {
			b.Fatal(errs, err, len(out))
		}
		ours, theirs = append(ours, t1.Sub(t0)), append(theirs, t2.Sub(t1))
	}
	o, t := median(ours), median(theirs)
	b.ReportMetric(0, "ns/op") // of both together it says nothing
	b.ReportMetric(float64(o.Microseconds()), "feed-µs")
	b.ReportMetric(float64(t.Microseconds()), "bare-µs")
	b.ReportMetric(float64(o)/float64(t), "ratio")
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// BenchmarkDecode500 reads what BenchmarkFeed500 writes.
func BenchmarkDecode500(b *testing.B) {
	loc := berlin(b)
	out, errs := Feed(programme(500), loc, Options{})
	if len(errs) > 0 {
		b.Fatal(errs)
	}
	b.SetBytes(int64(len(out)))
	for b.Loop() {
		items, problems, err := Decode(out, loc, day("2027-01-01"), day("2027-12-31"))
		if err != nil || len(problems) > 0 || len(items) != 500 {
			b.Fatal(len(items), problems, err)
		}
	}
}
