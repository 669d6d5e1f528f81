// Package almanac knows the days to mind: public holidays of North
// Rhine-Westphalia, its school holidays, silent days and the national
// Intercultural Week. It is pure; days are computed or stand in tables with
// their source.
package almanac

import (
	"slices"
	"time"

	"widunetz/internal/agenda"
)

// Layer says what kind of day it is.
type Layer string

// The layers.
const (
	Public Layer = "public" // public holiday
	Silent Layer = "silent" // silent day: entertainment is restricted
	School Layer = "school" // school holidays
	Mark   Layer = "mark"   // worth knowing, nothing more
)

// Day is a day or a span of days to mind. Key is a message key of the area
// "day".
type Day struct {
	From, To agenda.Date
	Key      string
	Layer    Layer
	Source   string
}

const (
	holidayLaw = "Feiertagsgesetz NW § 2"
	silentLaw  = "Feiertagsgesetz NW §§ 2, 6"
	schoolLaw  = "RdErl. 19.05.2022, ABl. NRW 06/22 (BASS 12-65)"
	ikwRule    = "interkulturellewoche.de"
)

// Days returns every day of all layers that touches the span from…to, by date.
func Days(from, to agenda.Date) []Day {
	var out []Day
	add := func(d Day) {
		if !d.To.Before(from) && !d.From.After(to) {
			out = append(out, d)
		}
	}
	for year := from.Year - 1; year <= to.Year+1; year++ {
		for _, d := range yearOf(year) {
			add(d)
		}
	}
	for _, d := range school {
		add(d)
	}
	slices.SortStableFunc(out, func(a, b Day) int { return a.From.Compare(b.From) })
	return out
}

// Holiday returns the public holiday on the day, false if there is none.
func Holiday(d agenda.Date) (Day, bool) {
	for _, h := range yearOf(d.Year) {
		if h.Layer == Public && h.From == d {
			return h, true
		}
	}
	return Day{}, false
}

// Working reports whether offices work: Monday to Friday, no public holiday.
func Working(d agenda.Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, holiday := Holiday(d)
	return !holiday
}

// WorkingDayBefore returns the day itself if offices work on it, otherwise the
// last working day before it.
func WorkingDayBefore(d agenda.Date) agenda.Date {
	for !Working(d) {
		d = d.AddDays(-1)
	}
	return d
}

// InterculturalWeek returns the national week of a year: eight days from the
// first Sunday on or after 21 September, as in all documented years since 2019.
func InterculturalWeek(year int) (from, to agenda.Date) {
	d := agenda.Date{Year: year, Month: time.September, Day: 21}
	for d.Weekday() != time.Sunday {
		d = d.AddDays(1)
	}
	return d, d.AddDays(7)
}

// yearOf computes the days of a year that follow a rule.
func yearOf(year int) []Day {
	easter := easterSunday(year)
	advent := firstAdvent(year)
	fixed := func(m time.Month, d int) agenda.Date { return agenda.Date{Year: year, Month: m, Day: d} }
	one := func(d agenda.Date, key string, l Layer, source string) Day { return Day{d, d, "day." + key, l, source} }
	from, to := InterculturalWeek(year)
	return []Day{
		one(fixed(time.January, 1), "neujahr", Public, holidayLaw),
		one(easter.AddDays(-2), "karfreitag", Public, holidayLaw),
		one(easter.AddDays(-2), "karfreitag_still", Silent, silentLaw),
		one(easter.AddDays(1), "ostermontag", Public, holidayLaw),
		one(fixed(time.May, 1), "tag_der_arbeit", Public, holidayLaw),
		one(easter.AddDays(39), "himmelfahrt", Public, holidayLaw),
		one(easter.AddDays(50), "pfingstmontag", Public, holidayLaw),
		one(easter.AddDays(60), "fronleichnam", Public, holidayLaw),
		{from, to, "day.ikw", Mark, ikwRule},
		one(from.AddDays(5), "tag_des_fluechtlings", Mark, ikwRule),
		one(fixed(time.October, 3), "einheit", Public, holidayLaw),
		one(fixed(time.November, 1), "allerheiligen", Public, holidayLaw),
		one(fixed(time.November, 1), "allerheiligen_still", Silent, silentLaw),
		one(advent.AddDays(-14), "volkstrauertag", Silent, silentLaw),
		one(advent.AddDays(-7), "totensonntag", Silent, silentLaw),
		one(fixed(time.December, 25), "weihnachten1", Public, holidayLaw),
		one(fixed(time.December, 26), "weihnachten2", Public, holidayLaw),
	}
}

// easterSunday is the Gregorian computus in the form of Meeus, Jones and Butcher.
func easterSunday(year int) agenda.Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return agenda.Date{Year: year, Month: time.Month(n / 31), Day: n%31 + 1}
}

// firstAdvent is the fourth Sunday before Christmas Day.
func firstAdvent(year int) agenda.Date {
	d := agenda.Date{Year: year, Month: time.December, Day: 24}
	for d.Weekday() != time.Sunday {
		d = d.AddDays(-1)
	}
	return d.AddDays(-21)
}
