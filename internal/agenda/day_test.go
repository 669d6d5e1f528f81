package agenda_test

import (
	"testing"

	"widunetz/internal/agenda"
)

func TestHoursOfADay(t *testing.T) {
	whole := agenda.Day{From: day("2027-03-29"), To: day("2027-03-30")}
	eve := agenda.Day{From: day("2027-10-02"), To: day("2027-10-03"), Begins: local("2027-10-01T19:00"), Ends: local("2027-10-03T20:00")}
	fasting := agenda.Day{From: day("2027-02-08"), To: day("2027-02-09"), Sunsets: []agenda.Local{local("2027-02-08T17:20"), local("2027-02-09T17:22")}}
	for _, tt := range []struct {
		name, start string
		d           agenda.Day
		want        bool
	}{
		{"whole day, last minute of the day before", "2027-03-28T22:00", whole, false},
		{"whole day, over midnight", "2027-03-28T23:30", whole, true},
		{"whole day, its second", "2027-03-30T23:00", whole, true},
		{"evening before", "2027-10-01T18:30", eve, true},
		{"afternoon before", "2027-10-01T17:00", eve, false},
		{"nightfall", "2027-10-03T20:00", eve, false},
		{"before sunset of the second day", "2027-02-09T17:00", fasting, true},
		{"at sunset of the second day", "2027-02-09T17:22", fasting, false},
		{"after the fast", "2027-02-10T12:00", fasting, false},
	} {
		start := local(tt.start)
		if got := tt.d.Touches(start, start.AddMinutes(60)); got != tt.want {
			t.Errorf("%s: touches %v, want %v", tt.name, got, tt.want)
		}
		c := agenda.NewCalendar([]agenda.Day{tt.d}, start.Date.AddDays(-3), start.Date.AddDays(3))
		if got := len(c.At(start, start.AddMinutes(60))) == 1; got != tt.want {
			t.Errorf("%s: the calendar finds %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWorkingDaysBefore(t *testing.T) {
	holidays := []agenda.Day{
		{From: day("2027-03-26"), To: day("2027-03-26"), Layer: agenda.DayPublic}, {From: day("2027-03-29"), To: day("2027-03-29"), Layer: agenda.DayPublic},
	}
	c := agenda.NewCalendar(holidays, day("2027-01-01"), day("2027-12-31"))
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{{"2027-04-01", 1, "2027-03-31"}, {"2027-04-01", 3, "2027-03-25"}, {"2027-03-30", 1, "2027-03-25"}, {"2027-03-30", 0, "2027-03-30"}, {"2028-03-01", 2, "2028-02-28"}} {
		if got := c.WorkingDaysBefore(day(tt.from), tt.n); got != day(tt.want) {
			t.Errorf("%d working days before %s: %s, want %s", tt.n, tt.from, got, tt.want)
		}
	}
	if c.Working(day("2027-03-27")) || c.Working(day("2027-03-29")) || !c.Working(day("2027-03-30")) {
		t.Error("working days: want no Saturday, no Easter Monday, the Tuesday after it")
	}
}
