// Package almanac knows the days to mind: public holidays of North
// Rhine-Westphalia, its school holidays, silent days, feasts and days of
// remembrance of several faiths, and the national Intercultural Week. It is
// pure; days are computed or stand in tables with their source.
package almanac

import (
	"slices"
	"sync"
	"time"

	"widunetz/internal/agenda"
)

const (
	holidayLaw = "Feiertagsgesetz NW § 2"
	serviceLaw = "Feiertagsgesetz NW § 5"
	silentLaw  = "Feiertagsgesetz NW § 6"
	danceLaw   = "Feiertagsgesetz NW § 7"
	schoolLaw  = "RdErl. 19.05.2022, ABl. NRW 06/22 (BASS 12-65)"
	ikwRule    = "interkulturellewoche.de"
)

// Days returns every day of all layers that touches the span from…to, by date.
// Prayers of every week are not among them; see Weekly. Nothing is known before
// 2000 and after 2100.
func Days(from, to agenda.Date) []agenda.Day {
	var out []agenda.Day
	add := func(days []agenda.Day) {
		for _, d := range days {
			if !d.To.Before(from) && !d.From.After(to) {
				out = append(out, d)
			}
		}
	}
	for year := max(from.Year-1, 1999); year <= min(to.Year+1, 2101); year++ {
		add(yearOf(year))
	}
	add(school)
	slices.SortStableFunc(out, func(a, b agenda.Day) int { return a.From.Compare(b.From) })
	return out
}

// At returns what a date from start to end meets: days of all layers whose hours
// matter then, the evening before among them. A date of less than a day is told
// of the prayers of every week, too.
func At(start, end agenda.Local) []agenda.Day {
	from, to := start.Date.AddDays(-1), end.Date.AddDays(1)
	days := Days(from, to)
	if end.Before(start.AddDays(1)) {
		days = append(days, Weekly(from, to)...)
	}
	return slices.DeleteFunc(days, func(d agenda.Day) bool { return !d.Touches(start, end) })
}

// Weekly returns the hours of every week of the span that are kept free for
// prayer: Sunday morning, Friday noon, Sabbath. None weighs more than another.
func Weekly(from, to agenda.Date) []agenda.Day {
	var out []agenda.Day
	for d := from; !d.After(to); d = d.AddDays(1) {
		w := agenda.Day{From: d, To: d, Weight: agenda.WeightMind}
		switch d.Weekday() {
		case time.Friday:
			w.Key, w.Layer, w.Source = "day.freitagsgebet", agenda.DayFeast, "Freitagsgebet zur Mittagszeit"
			w.Begins, w.Ends = d.At(12, 30), d.At(14, 30)
		case time.Saturday:
			w.Key, w.Layer, w.Source = "day.schabbat", agenda.DayFeast, "Freitag bis Samstag, je ab Sonnenuntergang"
			w.Begins, w.Ends = Sunset(d.AddDays(-1)), nightfall(d)
		case time.Sunday:
			w.Key, w.Layer, w.Source = "day.gottesdienst", agenda.DaySilent, serviceLaw
			w.Begins, w.Ends = d.At(6, 0), d.At(11, 0)
		default:
			continue
		}
		w.Note = noteOf(w.Key)
		out = append(out, w)
	}
	return out
}

// Holiday returns the public holiday on the day, false if there is none.
func Holiday(d agenda.Date) (agenda.Day, bool) {
	for _, h := range yearOf(d.Year) {
		if h.Layer == agenda.DayPublic && h.From == d {
			return h, true
		}
	}
	return agenda.Day{}, false
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
	d := onOrAfter(agenda.Date{Year: year, Month: time.September, Day: 21}, time.Sunday)
	return d, d.AddDays(7)
}

// years keeps what was computed: it never changes, and sunsets take a while.
var years sync.Map // of int to []agenda.Day

// yearOf returns the days of a year that follow a rule. The slice is shared.
func yearOf(year int) []agenda.Day {
	if known, ok := years.Load(year); ok {
		return known.([]agenda.Day) //nolint:errcheck // nothing else is kept
	}
	days := slices.Concat(lawful(year), christian(year), muslim(year), alevi(year), jewish(year), ezidi(year), springDays(year), remembrance(year))
	if year >= 1999 && year <= 2101 { // an address may name any year
		years.Store(year, days)
	}
	return days
}

// lawful are public holidays, silent days and the national week.
func lawful(year int) []agenda.Day {
	easter, advent := easterSunday(year), firstAdvent(year)
	fixed := func(m time.Month, d int) agenda.Date { return agenda.Date{Year: year, Month: m, Day: d} }
	public := func(d agenda.Date, key string) agenda.Day {
		return agenda.Day{From: d, To: d, Key: "day." + key, Note: "day.note.holiday", Layer: agenda.DayPublic, Weight: agenda.WeightAvoid, Source: holidayLaw}
	}
	silent := func(key, law string, begins, ends agenda.Local) agenda.Day {
		return agenda.Day{
			From: begins.Date, To: begins.Date, Key: "day." + key, Note: "day.note." + key, Layer: agenda.DaySilent,
			Weight: agenda.WeightMind, Source: law, Begins: begins, Ends: ends,
		}
	}
	from, to := InterculturalWeek(year)
	friday, saints, mourning, dead := easter.AddDays(-2), fixed(time.November, 1), advent.AddDays(-14), advent.AddDays(-7)
	return []agenda.Day{
		public(fixed(time.January, 1), "neujahr"),
		silent("gruendonnerstag", danceLaw, friday.AddDays(-1).At(18, 0), friday.At(0, 0)),
		public(friday, "karfreitag"),
		silent("karfreitag_still", silentLaw, friday.At(0, 0), friday.AddDays(1).At(6, 0)),
		public(easter.AddDays(1), "ostermontag"),
		public(fixed(time.May, 1), "tag_der_arbeit"),
		public(easter.AddDays(39), "himmelfahrt"),
		public(easter.AddDays(50), "pfingstmontag"),
		public(easter.AddDays(60), "fronleichnam"),
		{From: from, To: to, Key: "day.ikw", Layer: agenda.DayMark, Weight: agenda.WeightNote, Source: ikwRule},
		{From: from.AddDays(5), To: from.AddDays(5), Key: "day.tag_des_fluechtlings", Layer: agenda.DayMark, Weight: agenda.WeightNote, Source: ikwRule},
		public(fixed(time.October, 3), "einheit"),
		public(saints, "allerheiligen"),
		silent("allerheiligen_still", silentLaw, saints.At(5, 0), saints.At(18, 0)),
		silent("volkstrauertag", silentLaw, mourning.At(5, 0), mourning.At(18, 0)),
		silent("totensonntag", silentLaw, dead.At(5, 0), dead.At(18, 0)),
		public(fixed(time.December, 25), "weihnachten1"),
		public(fixed(time.December, 26), "weihnachten2"),
	}
}

func noteOf(key string) string { return "day.note." + key[len("day."):] }

// onOrAfter is the first such day of the week from d on.
func onOrAfter(d agenda.Date, w time.Weekday) agenda.Date {
	return d.AddDays((int(w) - int(d.Weekday()) + 7) % 7)
}
