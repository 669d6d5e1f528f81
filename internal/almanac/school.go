package almanac

import (
	"time"

	"widunetz/internal/agenda"
)

// school holds the school holidays of North Rhine-Westphalia, as decreed up to
// the school year 2029/30 (RdErl. of 19 May 2022, ABl. NRW 06/22). Days that
// single schools choose are not in it.
var school = []agenda.Day{
	span("weihnachten", 2025, 12, 22, 2026, 1, 6),
	span("ostern", 2026, 3, 30, 2026, 4, 11), span("pfingsten", 2026, 5, 26, 2026, 5, 26), span("sommer", 2026, 7, 20, 2026, 9, 1),
	span("herbst", 2026, 10, 17, 2026, 10, 31), span("weihnachten", 2026, 12, 23, 2027, 1, 6),
	span("ostern", 2027, 3, 22, 2027, 4, 3), span("pfingsten", 2027, 5, 18, 2027, 5, 18), span("sommer", 2027, 7, 19, 2027, 8, 31),
	span("herbst", 2027, 10, 23, 2027, 11, 6), span("weihnachten", 2027, 12, 24, 2028, 1, 8),
	span("ostern", 2028, 4, 10, 2028, 4, 22), span("sommer", 2028, 7, 10, 2028, 8, 22),
	span("herbst", 2028, 10, 23, 2028, 11, 4), span("weihnachten", 2028, 12, 21, 2029, 1, 5),
	span("ostern", 2029, 3, 26, 2029, 4, 7), span("pfingsten", 2029, 5, 22, 2029, 5, 22), span("sommer", 2029, 7, 2, 2029, 8, 14),
	span("herbst", 2029, 10, 15, 2029, 10, 27), span("weihnachten", 2029, 12, 20, 2030, 1, 4),
	span("ostern", 2030, 4, 15, 2030, 4, 27), span("sommer", 2030, 6, 24, 2030, 8, 6),
}

// SchoolHolidaysUntil returns the last day that the table knows of.
func SchoolHolidaysUntil() agenda.Date { return school[len(school)-1].To }

// SchoolHolidaysReach says how far the table of school holidays reaches, and
// whether that is far enough: 18 months from today. When it is not, the next
// decree of the state belongs into the table.
func SchoolHolidaysReach(today agenda.Date) (until agenda.Date, enough bool) {
	until = SchoolHolidaysUntil()
	return until, !agenda.DateOf(today.Start(time.UTC).AddDate(0, 18, 0)).After(until)
}

func span(key string, y1 int, m1 time.Month, d1, y2 int, m2 time.Month, d2 int) agenda.Day {
	return agenda.Day{
		From: agenda.Date{Year: y1, Month: m1, Day: d1}, To: agenda.Date{Year: y2, Month: m2, Day: d2}, Key: "day.ferien_" + key,
		Note: "day.note.ferien", Layer: agenda.DaySchool, Weight: agenda.WeightMind, Source: schoolLaw,
	}
}
