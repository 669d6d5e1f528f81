package almanac

import (
	"testing"

	"widunetz/internal/agenda"
)

func date(t *testing.T, s string) agenda.Date {
	t.Helper()
	d, err := agenda.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The dates are those published by the state for 2024 to 2030.
func TestPublicHolidays(t *testing.T) {
	want := map[string]string{
		"day.karfreitag":     "2024-03-29 2025-04-18 2026-04-03 2027-03-26 2028-04-14 2029-03-30 2030-04-19",
		"day.ostermontag":    "2024-04-01 2025-04-21 2026-04-06 2027-03-29 2028-04-17 2029-04-02 2030-04-22",
		"day.himmelfahrt":    "2024-05-09 2025-05-29 2026-05-14 2027-05-06 2028-05-25 2029-05-10 2030-05-30",
		"day.pfingstmontag":  "2024-05-20 2025-06-09 2026-05-25 2027-05-17 2028-06-05 2029-05-21 2030-06-10",
		"day.fronleichnam":   "2024-05-30 2025-06-19 2026-06-04 2027-05-27 2028-06-15 2029-05-31 2030-06-20",
		"day.volkstrauertag": "2024-11-17 2025-11-16 2026-11-15 2027-11-14 2028-11-19 2029-11-18 2030-11-17",
		"day.totensonntag":   "2024-11-24 2025-11-23 2026-11-22 2027-11-21 2028-11-26 2029-11-25 2030-11-24",
		"day.einheit":        "2024-10-03 2025-10-03 2026-10-03 2027-10-03 2028-10-03 2029-10-03 2030-10-03",
	}
	got := map[string]string{}
	count := map[int]int{}
	for _, d := range Days(date(t, "2024-01-01"), date(t, "2030-12-31")) {
		if d.Layer == agenda.DayPublic {
			count[d.From.Year]++
		}
		if got[d.Key] != "" {
			got[d.Key] += " "
		}
		got[d.Key] += d.From.String()
	}
	for key, w := range want {
		if got[key] != w {
			t.Errorf("%s = %s, want %s", key, got[key], w)
		}
	}
	for year, n := range count {
		if n != 11 {
			t.Errorf("%d has %d public holidays, want 11", year, n)
		}
	}
}

func TestWorkingDayBefore(t *testing.T) {
	for day, want := range map[string]string{
		"2027-08-29": "2027-08-27", // Sunday
		"2027-03-29": "2027-03-25", // Easter Monday: back over the weekend and Good Friday
		"2027-08-31": "2027-08-31",
		"2027-12-26": "2027-12-24",
	} {
		if got := WorkingDayBefore(date(t, day)).String(); got != want {
			t.Errorf("WorkingDayBefore(%s) = %s, want %s", day, got, want)
		}
	}
}

func TestInterculturalWeek(t *testing.T) {
	for year, want := range map[int]string{2022: "2022-09-25", 2024: "2024-09-22", 2025: "2025-09-21", 2027: "2027-09-26", 2028: "2028-09-24"} {
		if from, to := InterculturalWeek(year); from.String() != want || from.DaysTo(to) != 7 {
			t.Errorf("InterculturalWeek(%d) = %s to %s, want from %s for eight days", year, from, to, want)
		}
	}
}

func TestSchoolHolidaysAreInOrderAndReachFar(t *testing.T) {
	for i, d := range school {
		if d.To.Before(d.From) || i > 0 && !d.From.After(school[i-1].To) {
			t.Errorf("row %d: %s to %s is out of order", i, d.From, d.To)
		}
	}
	if SchoolHolidaysUntil().Before(date(t, "2030-08-01")) {
		t.Errorf("the table ends on %s", SchoolHolidaysUntil())
	}
}
