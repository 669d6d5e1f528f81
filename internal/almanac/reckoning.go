package almanac

import (
	"time"

	"widunetz/internal/agenda"
)

// easterSunday is the Gregorian computus in the form of Meeus, Jones and Butcher.
func easterSunday(year int) agenda.Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return agenda.Date{Year: year, Month: time.Month(n / 31), Day: n%31 + 1}
}

// orthodoxEaster is the Julian computus (Meeus, Astronomical Algorithms, chapter
// 8), as a Gregorian date.
func orthodoxEaster(year int) agenda.Date {
	d := (19*(year%19) + 15) % 30
	e := (2*(year%4) + 4*(year%7) - d + 34) % 7
	n := d + e + 114
	return julian(year, time.Month(n/31), n%31+1)
}

// julian turns a date of the Julian calendar into a Gregorian one (1900 to 2099).
func julian(year int, m time.Month, day int) agenda.Date {
	return agenda.Date{Year: year, Month: m, Day: day}.AddDays(13)
}

// firstAdvent is the fourth Sunday before Christmas Day.
func firstAdvent(year int) agenda.Date {
	return onOrAfter(agenda.Date{Year: year, Month: time.November, Day: 27}, time.Sunday)
}

// nowruz is 1 Farvardin in March of a Gregorian year: the rule of 33 years, which
// gives the days observed in Iran from 1799 to 2256.
func nowruz(year int) agenda.Date {
	y := year - 621
	return dayNumber(226895 + 365*(y-1) + (8*y+21)/33)
}

// newYear is 1 Tishri of a Jewish year, with the four rules of postponement
// (Reingold and Dershowitz, Calendrical Calculations, chapter 8).
func newYear(year int) agenda.Date {
	late := 0
	switch {
	case elapsed(year+1)-elapsed(year) == 356:
		late = 2
	case elapsed(year)-elapsed(year-1) == 382:
		late = 1
	}
	return dayNumber(elapsed(year) + late - 1373427)
}

// elapsed counts days from the epoch of the Jewish calendar to the mean new moon
// of a year's Tishri, moved off Sunday, Wednesday and Friday.
func elapsed(year int) int {
	months := (235*year - 234) / 19
	days := 29*months + (12084+13753*months)/25920
	if 3*(days+1)%7 < 3 {
		days++
	}
	return days
}

// dayNumber is the n-th day of the Gregorian calendar; day 1 is 1 January 1.
func dayNumber(n int) agenda.Date {
	return agenda.Date{Year: 1, Month: time.January, Day: 1}.AddDays(n - 1)
}

// ummAlQura are the years 1445 to 1499 of the civil calendar of Saudi Arabia: bit
// m is set if month m+1 has 30 days. The table is that of R. H. van Gent after the
// King Abdulaziz City for Science and Technology, taken from @umalqura/core 0.0.7
// (MIT); moment-hijri 3.0.0 and hablullah/go-hijri 1.0.2 have the same. ICU 78
// agrees up to 10 August 2029. After that its months often begin a day later than
// the calendar's own rule (conjunction before sunset at Mecca, moonset after it).
var ummAlQura = [...]uint16{
	0x92e, 0x26e, 0x55d, 0xada, 0x6d4, 0x6a5, 0x54b, 0xa97, 0x54e, 0xaae, 0x5ac, 0xba9, 0xd92, 0xb25, 0x64b, 0xcab, 0x55a, 0xb55, 0x6d2,
	0xea5, 0xe4a, 0xa95, 0x52d, 0xaad, 0x36c, 0x759, 0x6d2, 0x695, 0x52d, 0xa5b, 0x4ba, 0x9ba, 0x3b4, 0xb69, 0xb52, 0xaa6, 0x4b6, 0x96d,
	0x2ec, 0x6d9, 0xeb2, 0xd54, 0xd2a, 0xa56, 0x4ae, 0x96d, 0xd6a, 0xb54, 0xb29, 0xa93, 0x52b, 0xa57, 0x536, 0xab5, 0x6aa,
}

// muharram1445 is the first day of the table.
var muharram1445 = agenda.Date{Year: 2023, Month: time.July, Day: 19}

// hijri returns the days of a Gregorian year that are that day of the Islamic
// month: mostly one, at times two, none outside of the table.
func hijri(year int, month, day int) []agenda.Date {
	var out []agenda.Date
	first := muharram1445
	for _, lengths := range ummAlQura {
		for m := range 12 {
			if d := first.AddDays(day - 1); m+1 == month && d.Year == year {
				out = append(out, d)
			}
			first = first.AddDays(29 + int(lengths>>m&1))
		}
		if first.Year > year {
			break
		}
	}
	return out
}

// monthLength is the number of days of the Islamic month that begins on the day.
func monthLength(begin agenda.Date) int {
	first := muharram1445
	for _, lengths := range ummAlQura {
		for m := range 12 {
			n := 29 + int(lengths>>m&1)
			if first == begin {
				return n
			}
			first = first.AddDays(n)
		}
	}
	return 30
}
