package ics

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
	"github.com/google/go-cmp/cmp"

	"widunetz/internal/agenda"
)

// dated is a date of a golden feed with the instants that it must have.
type dated struct {
	start, end string // wall clock
	utc        [2]string
	mark       string // "cancelled" or "tentative"
}

// golden are the feeds under testdata. The instants are written by hand: clocks
// change on 28 March and 31 October 2027 in Europe, on 14 March and 7 November
// in America.
var golden = []struct {
	name, zone string
	dates      []dated
}{
	{"spring", "Europe/Berlin", []dated{
		{start: "2027-03-18T19:00", end: "2027-03-18T21:00", utc: [2]string{"2027-03-18T18:00Z", "2027-03-18T20:00Z"}},
		{start: "2027-03-24T19:00", end: "2027-03-24T21:00", utc: [2]string{"2027-03-24T18:00Z", "2027-03-24T20:00Z"}},
		{start: "2027-03-27T22:00", end: "2027-03-28T04:00", utc: [2]string{"2027-03-27T21:00Z", "2027-03-28T02:00Z"}},
		{start: "2027-03-28T01:30", end: "2027-03-28T03:00", utc: [2]string{"2027-03-28T00:30Z", "2027-03-28T01:00Z"}},
		{start: "2027-03-28T09:00", end: "2027-03-28T11:00", utc: [2]string{"2027-03-28T07:00Z", "2027-03-28T09:00Z"}},
		{start: "2027-04-01T19:00", end: "2027-04-01T21:00", utc: [2]string{"2027-04-01T17:00Z", "2027-04-01T19:00Z"}},
	}},
	{"autumn", "Europe/Berlin", []dated{
		{start: "2027-10-21T19:00", end: "2027-10-21T21:00", utc: [2]string{"2027-10-21T17:00Z", "2027-10-21T19:00Z"}},
		{start: "2027-10-27T19:00", end: "2027-10-27T21:00", utc: [2]string{"2027-10-27T17:00Z", "2027-10-27T19:00Z"}},
		{start: "2027-10-30T22:00", end: "2027-10-31T04:00", utc: [2]string{"2027-10-30T20:00Z", "2027-10-31T03:00Z"}},
		{start: "2027-10-31T01:59", end: "2027-10-31T03:00", utc: [2]string{"2027-10-30T23:59Z", "2027-10-31T02:00Z"}},
		{start: "2027-10-31T09:00", end: "2027-10-31T11:00", utc: [2]string{"2027-10-31T08:00Z", "2027-10-31T10:00Z"}},
		{start: "2027-11-04T19:00", end: "2027-11-04T21:00", utc: [2]string{"2027-11-04T18:00Z", "2027-11-04T20:00Z"}},
	}},
	{"standing", "Europe/Berlin", []dated{
		{start: "2027-06-10T09:00", end: "2027-06-10T11:00", utc: [2]string{"2027-06-10T07:00Z", "2027-06-10T09:00Z"}, mark: "cancelled"},
		{start: "2027-06-17T09:00", end: "2027-06-17T11:00", utc: [2]string{"2027-06-17T07:00Z", "2027-06-17T09:00Z"}, mark: "tentative"},
	}},
	{"empty", "Europe/Berlin", nil},
	{"london", "Europe/London", []dated{
		{start: "2027-03-27T19:00", end: "2027-03-27T21:00", utc: [2]string{"2027-03-27T19:00Z", "2027-03-27T21:00Z"}},
		{start: "2027-03-28T19:00", end: "2027-03-28T21:00", utc: [2]string{"2027-03-28T18:00Z", "2027-03-28T20:00Z"}},
	}},
	{"newyork", "America/New_York", []dated{
		{start: "2027-03-13T19:00", end: "2027-03-13T21:00", utc: [2]string{"2027-03-14T00:00Z", "2027-03-14T02:00Z"}},
		{start: "2027-03-14T19:00", end: "2027-03-14T21:00", utc: [2]string{"2027-03-14T23:00Z", "2027-03-15T01:00Z"}},
		{start: "2027-11-06T19:00", end: "2027-11-06T21:00", utc: [2]string{"2027-11-06T23:00Z", "2027-11-07T01:00Z"}},
		{start: "2027-11-07T19:00", end: "2027-11-07T21:00", utc: [2]string{"2027-11-08T00:00Z", "2027-11-08T02:00Z"}},
	}},
	{"kolkata", "Asia/Kolkata", []dated{
		{start: "2027-06-10T19:00", end: "2027-06-10T21:00", utc: [2]string{"2027-06-10T13:30Z", "2027-06-10T15:30Z"}},
	}},
	{"utc", "UTC", []dated{
		{start: "2027-06-10T19:00", end: "2027-06-10T21:00", utc: [2]string{"2027-06-10T19:00Z", "2027-06-10T21:00Z"}},
	}},
	// Ramadan 2027 is from 8 February to 9 March; clocks are an hour back
	// around it.
	{"casablanca", "Africa/Casablanca", []dated{
		{start: "2027-01-20T19:00", end: "2027-01-20T21:00", utc: [2]string{"2027-01-20T18:00Z", "2027-01-20T20:00Z"}},
		{start: "2027-02-24T19:00", end: "2027-02-24T21:00", utc: [2]string{"2027-02-24T19:00Z", "2027-02-24T21:00Z"}},
		{start: "2027-06-10T19:00", end: "2027-06-10T21:00", utc: [2]string{"2027-06-10T18:00Z", "2027-06-10T20:00Z"}},
	}},
}

func (d dated) item(i int) agenda.FeedItem {
	it := item()
	it.UID = fmt.Sprintf("sitzung-%d@widunetz", i)
	it.Start, it.End = clock(d.start), clock(d.end)
	switch d.mark {
	case "cancelled":
		it.Cancelled, it.Title = true, "ABGESAGT: "+it.Title
	case "tentative":
		it.Tentative = true
	}
	return it
}

func (d dated) status() string {
	if d.mark == "" {
		return "CONFIRMED"
	}
	return strings.ToUpper(d.mark)
}

func TestGoldenFeeds(t *testing.T) {
	t.Parallel()
	for _, g := range golden {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			var items []agenda.FeedItem
			for i, d := range g.dates {
				items = append(items, d.item(i))
			}
			got := feed(t, place(t, g.zone), items...)
			path := filepath.Join("testdata", g.name+".ics")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s -, now +\n%s", path, diff)
			}
		})
	}
}

// TestF17GoldenFeedsInAnIndependentParser asks python3-icalendar which instants
// the golden feeds mean.
func TestF17GoldenFeedsInAnIndependentParser(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import icalendar, pytz").Run(); err != nil {
		t.Fatal("python3-icalendar is missing: apt-get install python3-icalendar")
	}
	args := []string{"-I", filepath.Join("testdata", "instants.py")}
	var want strings.Builder
	for _, g := range golden {
		args = append(args, filepath.Join("testdata", g.name+".ics"))
		for i, d := range g.dates {
			fmt.Fprintf(&want, "%s.ics sitzung-%d@widunetz %s %s %s\n", g.name, i, d.utc[0], d.utc[1], d.status())
		}
		if zones := "1 zone"; g.zone != "UTC" && g.name != "casablanca" {
			fmt.Fprintf(&want, "%s.ics %s\n", g.name, zones)
		} else {
			fmt.Fprintf(&want, "%s.ics 0 zones\n", g.name)
		}
	}
	cmd := exec.Command(python, args...)
	cmd.Env = append(os.Environ(), "TZ=America/New_York", "PYTHONUTF8=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	got, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("wanted -, read +\n%s", diff)
	}
}

func TestF17GoldenFeedsInGoIcal(t *testing.T) {
	t.Parallel()
	for _, g := range golden {
		b, err := os.ReadFile(filepath.Join("testdata", g.name+".ics"))
		if err != nil {
			t.Fatal(err)
		}
		cal, err := ical.NewDecoder(bytes.NewReader(b)).Decode()
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		var got, want [][2]string
		for _, e := range cal.Events() {
			start, err1 := e.DateTimeStart(nil)
			end, err2 := e.DateTimeEnd(nil)
			if err1 != nil || err2 != nil {
				t.Fatalf("%s: %v, %v", g.name, err1, err2)
			}
			const form = "2006-01-02T15:04Z"
			got = append(got, [2]string{start.UTC().Format(form), end.UTC().Format(form)})
		}
		for _, d := range g.dates {
			want = append(want, d.utc)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: wanted -, read +\n%s", g.name, diff)
		}
	}
}

// TestGoldenFeedsComeBack reads the service's own feeds as foreign ones.
func TestGoldenFeedsComeBack(t *testing.T) {
	t.Parallel()
	for _, g := range golden {
		loc := place(t, g.zone)
		b, err := os.ReadFile(filepath.Join("testdata", g.name+".ics"))
		if err != nil {
			t.Fatal(err)
		}
		items, problems, err := Decode(b, loc, day("2027-01-01"), day("2027-12-31"))
		if err != nil || len(problems) > 0 {
			t.Fatalf("%s: %v, %v", g.name, problems, err)
		}
		var want []agenda.FeedItem
		for i, d := range g.dates {
			it := d.item(i)
			it.Categories, it.Sequence, it.Created, it.Changed = nil, 0, time.Time{}, time.Time{}
			want = append(want, it)
		}
		if diff := cmp.Diff(want, items); diff != "" {
			t.Errorf("%s: wanted -, read +\n%s", g.name, diff)
		}
	}
}
