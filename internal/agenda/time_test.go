package agenda_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func berlin(t testing.TB) *time.Location { return zone(t, "Europe/Berlin") }

func local(s string) agenda.Local {
	l, err := agenda.ParseLocal(s)
	if err != nil {
		panic(err)
	}
	return l
}

func day(s string) agenda.Date {
	d, err := agenda.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// instant is a time in UTC.
func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func TestLocalIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zone, local, utc string }{
		{"winter", "Europe/Berlin", "2027-01-15T09:00", "2027-01-15T08:00:00Z"},
		{"summer", "Europe/Berlin", "2027-07-15T09:00", "2027-07-15T07:00:00Z"},
		{"minute before the gap", "Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59:00Z"},
		{"first minute of the gap moves on", "Europe/Berlin", "2027-03-28T02:00", "2027-03-28T01:00:00Z"},
		{"inside the gap moves on by its length", "Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:30:00Z"},
		{"last minute of the gap moves on", "Europe/Berlin", "2027-03-28T02:59", "2027-03-28T01:59:00Z"},
		{"after the gap", "Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00:00Z"},
		{"minute before what comes twice", "Europe/Berlin", "2027-10-31T01:59", "2027-10-30T23:59:00Z"},
		{"twice: the first begins", "Europe/Berlin", "2027-10-31T02:00", "2027-10-31T00:00:00Z"},
		{"twice: the first", "Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30:00Z"},
		{"twice: the first ends", "Europe/Berlin", "2027-10-31T02:59", "2027-10-31T00:59:00Z"},
		{"after what comes twice", "Europe/Berlin", "2027-10-31T03:00", "2027-10-31T02:00:00Z"},
		{"twice west of Greenwich: the first", "America/New_York", "2027-11-07T01:30", "2027-11-07T05:30:00Z"},
		{"gap west of Greenwich", "America/New_York", "2027-03-14T02:30", "2027-03-14T07:30:00Z"},
		{"half an hour twice: the first", "Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45:00Z"},
		{"no clock changes", "UTC", "2027-03-28T02:30", "2027-03-28T02:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := local(c.local).In(zone(t, c.zone)).UTC(); !got.Equal(instant(c.utc)) {
				t.Errorf("%s in %s = %s, want %s", c.local, c.zone, got.Format(time.RFC3339), c.utc)
			}
		})
	}
}

// A day is a day on the calendar, however many hours it has.
func TestDaysAreNotHours(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	for _, c := range []struct {
		name, from string
		days       int
		to         string
		hours      float64
	}{
		{"over the night of spring", "2027-03-27T09:00", 1, "2027-03-28T09:00", 23},
		{"over the night of autumn", "2027-10-30T09:00", 1, "2027-10-31T09:00", 25},
		{"back over the night of autumn", "2027-11-02T08:00", -2, "2027-10-31T08:00", -48},
		{"two weeks back over spring", "2027-04-08T08:00", -14, "2027-03-25T08:00", -14*24 + 1},
		{"leap day", "2028-02-28T09:00", 1, "2028-02-29T09:00", 24},
		{"end of the year", "2027-12-31T09:00", 1, "2028-01-01T09:00", 24},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := local(c.from).AddDays(c.days)
			if got != local(c.to) {
				t.Errorf("%s + %d days = %s, want %s", c.from, c.days, got, c.to)
			}
			if h := got.In(loc).Sub(local(c.from).In(loc)).Hours(); h != c.hours {
				t.Errorf("that is %v h, want %v", h, c.hours)
			}
		})
	}
}

func TestDatesAreReadAsOfficesWriteThem(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2027-08-30": "2027-08-30", "30.08.2027": "2027-08-30", "30.8.27": "2027-08-30", "1.1.2027": "2027-01-01",
		"2027-02-29": "", "30.2.2027": "", "31.04.2027": "", "2027-13-01": "", "": "", "heute": "", "2027-8-30": "", "30.08.2027 ": "",
	} {
		if d, err := agenda.ParseDate(in); d.String() != want || (err == nil) != (want != "") {
			t.Errorf("ParseDate(%q) = %s, %v; want %q", in, d, err, want)
		}
	}
	for in, want := range map[string]string{
		"2027-08-30T09:00": "2027-08-30T09:00", "2027-08-30 09:00": "2027-08-30T09:00", "30.08.2027 09:00": "2027-08-30T09:00",
		"2027-08-30T09:00:59": "2027-08-30T09:00", "2027-08-30T24:00": "", "2027-08-30T09:60": "", "2027-08-30": "", "": "",
	} {
		if l, err := agenda.ParseLocal(in); l.String() != want || (err == nil) != (want != "") {
			t.Errorf("ParseLocal(%q) = %s, %v; want %q", in, l, err, want)
		}
	}
	for in, want := range map[string]string{
		"9:00": "9:0", "09:00": "9:0", "9.30": "9:30", "9": "9:0", "9 Uhr": "9:0", "17:30 Uhr": "17:30", "23:59": "23:59",
		"24:00": "", "9:75": "", "halb zehn": "", "": "", "-1:00": "",
	} {
		h, m, err := agenda.ParseClock(in)
		if got := clock(h, m, err); got != want {
			t.Errorf("ParseClock(%q) = %s, want %s", in, got, want)
		}
	}
}

func clock(h, m int, err error) string {
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d:%d", h, m)
}

func TestNoDayAndNoTime(t *testing.T) {
	t.Parallel()
	var in struct {
		D agenda.Date  `json:"d,omitzero"`
		L agenda.Local `json:"l,omitzero"`
		E agenda.Local `json:"e"`
	}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"e":""}` {
		t.Errorf("nothing is written as %s, %v", b, err)
	}
	in.E = local("2027-08-30T09:00")
	if err := json.Unmarshal([]byte(`{"d":"","l":"","e":""}`), &in); err != nil || !in.D.IsZero() || !in.L.IsZero() || !in.E.IsZero() {
		t.Errorf("read back: %+v, %v", in, err)
	}
	if err := json.Unmarshal([]byte(`{"l":"morgen"}`), &in); err == nil {
		t.Error("a word was taken for a time")
	}
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	s, e := local("2027-08-30T09:00"), local("2027-08-30T11:00")
	for _, c := range []struct {
		name, s, e string
		want       bool
	}{
		{"ends when the other begins", "2027-08-30T08:00", "2027-08-30T09:00", false},
		{"begins when the other ends", "2027-08-30T11:00", "2027-08-30T12:00", false},
		{"shares one minute", "2027-08-30T10:59", "2027-08-30T12:00", true},
		{"lies within", "2027-08-30T09:30", "2027-08-30T10:00", true},
		{"lies around", "2027-08-29T09:00", "2027-09-01T09:00", true},
		{"the same", "2027-08-30T09:00", "2027-08-30T11:00", true},
		{"another day", "2027-08-31T09:00", "2027-08-31T11:00", false},
	} {
		if agenda.Overlap(s, e, local(c.s), local(c.e)) != c.want || agenda.Overlap(local(c.s), local(c.e), s, e) != c.want {
			t.Errorf("%s: want %v both ways round", c.name, c.want)
		}
	}
}

func anyDate(t *rapid.T) agenda.Date {
	return agenda.Date{Year: 2000, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 36500).Draw(t, "day"))
}

func anyLocal(t *rapid.T) agenda.Local {
	return anyDate(t).At(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate(t), rapid.IntRange(-20000, 20000).Draw(t, "n")
		e := d.AddDays(n)
		if d.DaysTo(e) != n || e.AddDays(-n) != d {
			t.Fatalf("%s + %d = %s, which is %d days off", d, n, e, d.DaysTo(e))
		}
		if d.Before(e) != (n > 0) || d.After(e) != (n < 0) || (d.Compare(e) == 0) != (n == 0) {
			t.Fatalf("%s and %s are not in order", d, e)
		}
		if got := (int(d.Weekday()) + n%7 + 7) % 7; got != int(e.Weekday()) {
			t.Fatalf("%s is a %s", e, e.Weekday())
		}
		if back, err := agenda.ParseDate(e.String()); err != nil || back != e {
			t.Fatalf("%s is read as %s, %v", e, back, err)
		}
	})
}

func TestLocalsSortAsTheirText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyLocal(t), anyLocal(t)
		if (a.String() < b.String()) != a.Before(b) {
			t.Fatalf("%s and %s", a, b)
		}
		n := rapid.IntRange(-100000, 100000).Draw(t, "minutes")
		if a.AddMinutes(n).AddMinutes(-n) != a || a.Before(a.AddMinutes(n)) != (n > 0) {
			t.Fatalf("%s + %d minutes = %s", a, n, a.AddMinutes(n))
		}
	})
}

// In and LocalOf undo each other but for the hour that spring leaves out, and
// In never goes back.
func TestInAndLocalOfAgree(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{berlin(t), zone(t, "America/New_York"), zone(t, "Asia/Tehran"), zone(t, "Asia/Kathmandu")}
	rapid.Check(t, func(t *rapid.T) {
		l, loc := anyLocal(t), rapid.SampledFrom(zones).Draw(t, "zone")
		at := l.In(loc)
		if back := agenda.LocalOf(at, loc); back != l && back != l.AddMinutes(60) {
			t.Fatalf("%s is at %s, where clocks show %s", l, at.UTC(), back)
		}
		if agenda.LocalOf(at.Add(-time.Hour), loc) == l {
			t.Fatalf("%s: clocks show it an hour before %s already", l, at.UTC())
		}
		if start := l.Start(loc); start.After(at) {
			t.Fatalf("%s is before its day begins", l)
		}
	})
}

func TestRiseIsMonotone(t *testing.T) {
	t.Parallel()
	old := instant("2027-08-30T09:00:00Z")
	if got := agenda.Rise(old, old.Add(-time.Hour)); !got.Equal(old.Add(time.Second)) {
		t.Errorf("after the clock was set back an hour: %s", got)
	}
	if got := agenda.Rise(old, old.Add(1500*time.Millisecond)); !got.Equal(old.Add(time.Second)) {
		t.Errorf("not whole seconds: %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		last := time.Time{}
		for _, off := range rapid.SliceOf(rapid.Int64Range(-1e9, 1e9)).Draw(t, "milliseconds") {
			next := agenda.Rise(last, old.Add(time.Duration(off)*time.Millisecond))
			if !next.After(last) || next.Nanosecond() != 0 || next.Location() != time.UTC {
				t.Fatalf("%s follows %s", next, last)
			}
			last = next
		}
	})
}

func TestEveryKeepsWeekdayAndHour(t *testing.T) {
	t.Parallel()
	got := agenda.Every(6, 9, local("2027-01-12T09:00"))
	if len(got) != 9 || got[8] != local("2027-12-14T09:00") {
		t.Fatalf("Every(6, 9) = %v", got)
	}
	for _, l := range got {
		if l.Weekday() != time.Tuesday || l.Hour != 9 {
			t.Errorf("%s is a %s", l, l.Weekday())
		}
	}
}

func TestInFeed(t *testing.T) {
	t.Parallel()
	last := day("2027-08-30")
	for _, c := range []struct {
		name      string
		cancelled bool
		today     string
		want      bool
	}{
		{"to come", false, "2027-01-01", true},
		{"cancelled, to come", true, "2027-01-01", true},
		{"cancelled, 30 days ago", true, "2027-09-29", true},
		{"cancelled, 31 days ago", true, "2027-09-30", false},
		{"31 days ago", false, "2027-09-30", true},
		{"400 days ago", false, "2028-10-03", true},
		{"401 days ago", false, "2028-10-04", false},
	} {
		if got := agenda.InFeed(last, c.cancelled, day(c.today)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
