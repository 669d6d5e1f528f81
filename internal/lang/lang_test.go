package lang

import (
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func printer(l agenda.Lang) *Printer {
	return &Printer{lang: l, tongue: tongues()[l], messages: map[string]message{}}
}

func TestWhenInEveryLanguage(t *testing.T) {
	start := agenda.Date{Year: 2027, Month: time.September, Day: 15}.At(18, 30)
	end := start.AddMinutes(90)
	want := map[agenda.Lang]string{
		agenda.German:       "Mittwoch, 15. September 2027, 18:30–20:00 Uhr",
		agenda.EasyLanguage: "Mittwoch, 15. September 2027, 18.30–20.00 Uhr",
		agenda.English:      "Wednesday, 15 September 2027, 18:30–20:00",
		agenda.Turkish:      "15 Eylül 2027 Çarşamba, 18:30–20:00",
		agenda.Arabic:       "الأربعاء، 15 سبتمبر 2027، 18:30–20:00",
		agenda.Ukrainian:    "середа, 15 вересня 2027 р., 18:30–20:00",
		agenda.Russian:      "среда, 15 сентября 2027 г., 18:30–20:00",
	}
	for l, w := range want {
		if got := printer(l).When(start, end); got != w {
			t.Errorf("%s: When = %q, want %q", l, got, w)
		}
	}
	for l := range tongues() {
		t.Log(l, printer(l).When(start, end), "|", printer(l).Days(start.Date, end.Date.AddDays(20)), "|", printer(l).DateMedium(start.Date), printer(l).WeekdayShort(3), printer(l).MonthShort(9))
	}
}
