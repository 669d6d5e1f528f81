package almanac

import (
	"time"

	"widunetz/internal/agenda"
)

// Rules by which the feasts are found.
const (
	byEaster    = "Osterrechnung"
	byOrthodox  = "Osterrechnung nach dem julianischen Kalender"
	byTradition = "fester Tag"
	byMoon      = "Umm-al-Qura-Kalender"
	byHebrew    = "jüdischer Kalender"
	byJulian    = "julianischer Kalender"
	byCustom    = "Brauch, örtlich verschieden"
)

// feast makes a day of a faith that lasts so many days.
func feast(d agenda.Date, days int, key string, w agenda.Weight, source string) agenda.Day {
	return agenda.Day{From: d, To: d.AddDays(days - 1), Key: "day." + key, Note: "day.note." + key, Layer: agenda.DayFeast, Weight: w, Source: source}
}

// fast makes days on which people neither eat nor drink until sunset.
func fast(d agenda.Date, days int, key, source string) agenda.Day {
	f := feast(d, days, key, agenda.WeightNote, source)
	for i := range days {
		f.Sunsets = append(f.Sunsets, Sunset(d.AddDays(i)))
	}
	return f
}

// fromEve makes a feast that begins at sunset of the evening before.
func fromEve(d agenda.Day) agenda.Day {
	d.Begins, d.Ends = Sunset(d.From.AddDays(-1)), nightfall(d.To)
	return d
}

func certain(c agenda.Certainty, days ...agenda.Day) []agenda.Day {
	for i := range days {
		days[i].Certainty = c
	}
	return days
}

// christian are the feasts that are no public holidays, of the western and the
// eastern churches.
func christian(year int) []agenda.Day {
	easter, east := easterSunday(year), orthodoxEaster(year)
	fixed := func(m time.Month, d int) agenda.Date { return agenda.Date{Year: year, Month: m, Day: d} }
	eve := feast(fixed(time.December, 24), 1, "heiligabend", agenda.WeightAvoid, byTradition)
	eve.Begins, eve.Ends = eve.From.At(14, 0), eve.From.AddDays(1).At(0, 0)
	return []agenda.Day{
		feast(fixed(time.January, 6), 1, "weihnachten_armenisch", agenda.WeightMind, byTradition),
		feast(fixed(time.January, 7), 1, "weihnachten_orthodox", agenda.WeightAvoid, byTradition),
		feast(easter.AddDays(-46), 1, "aschermittwoch", agenda.WeightNote, byEaster),
		feast(easter, 1, "ostern", agenda.WeightAvoid, byEaster),
		feast(east.AddDays(-2), 1, "karfreitag_orthodox", agenda.WeightMind, byOrthodox),
		feast(east, 1, "ostern_orthodox", agenda.WeightAvoid, byOrthodox),
		feast(easter.AddDays(49), 1, "pfingsten", agenda.WeightAvoid, byEaster),
		feast(east.AddDays(49), 1, "pfingsten_orthodox", agenda.WeightMind, byOrthodox),
		feast(fixed(time.October, 31), 1, "reformationstag", agenda.WeightNote, byTradition),
		feast(firstAdvent(year).AddDays(-11), 1, "buss_und_bettag", agenda.WeightNote, byTradition),
		eve,
	}
}

// muslim are the days of the Umm al-Qura calendar. Communities that look for the
// moon may begin a day earlier or later.
func muslim(year int) []agenda.Day {
	var out []agenda.Day
	for _, d := range hijri(year, 9, 1) {
		out = append(out, fast(d, monthLength(d), "ramadan", byMoon))
	}
	for _, d := range hijri(year, 10, 1) {
		out = append(out, feast(d, 1, "fastenbrechen", agenda.WeightAvoid, byMoon), feast(d.AddDays(1), 2, "fastenbrechen_folge", agenda.WeightMind, byMoon))
	}
	for _, d := range hijri(year, 12, 10) {
		out = append(out, feast(d, 1, "opferfest", agenda.WeightAvoid, byMoon), feast(d.AddDays(1), 3, "opferfest_folge", agenda.WeightMind, byMoon))
	}
	for _, d := range hijri(year, 1, 1) {
		out = append(out, feast(d, 1, "islamisches_neujahr", agenda.WeightNote, byMoon))
	}
	for _, d := range hijri(year, 1, 10) {
		out = append(out, feast(d, 1, "aschura", agenda.WeightNote, byMoon))
	}
	return certain(agenda.Calculated, out...)
}

// alevi are the days of the Alevi communities: twelve days of fasting in
// Muharrem and the thirteenth, days of the sun's year, and the fast for Hızır,
// whose week differs from region to region.
func alevi(year int) []agenda.Day {
	fixed := func(m time.Month, d int) agenda.Date { return agenda.Date{Year: year, Month: m, Day: d} }
	var out []agenda.Day
	for _, d := range hijri(year, 1, 1) {
		out = append(out, certain(agenda.Calculated, fast(d, 12, "muharrem_fasten", byMoon))...)
	}
	for _, d := range hijri(year, 1, 13) {
		out = append(out, certain(agenda.Calculated, feast(d, 1, "asure", agenda.WeightAvoid, byMoon))...)
	}
	hizir := onOrAfter(fixed(time.February, 8), time.Tuesday)
	hidir := feast(fixed(time.May, 6), 1, "hidirellez", agenda.WeightNote, byTradition)
	out = append(out, certain(agenda.Unconfirmed, fast(hizir, 3, "hizir_fasten", byCustom))...)
	return append(out,
		feast(fixed(time.March, 21), 1, "nevruz_alevi", agenda.WeightMind, byTradition),
		fromEve(hidir),
		feast(fixed(time.August, 16), 3, "haci_bektas", agenda.WeightNote, byTradition),
	)
}

// jewish are the days of the Jewish calendar, with the second days that are kept
// outside of Israel. Each begins on the evening before.
func jewish(year int) []agenda.Day {
	autumn := newYear(year + 3761)
	pessach := autumn.AddDays(-163)
	// Cheshvan has 30 days in years of 355 and 385 days.
	chanukka := autumn.AddDays(30 + 29 + 24)
	if n := autumn.DaysTo(newYear(year + 3762)); n == 355 || n == 385 {
		chanukka = chanukka.AddDays(1)
	}
	out := []agenda.Day{
		feast(pessach, 2, "pessach", agenda.WeightAvoid, byHebrew),
		feast(pessach.AddDays(6), 2, "pessach_ende", agenda.WeightMind, byHebrew),
		feast(pessach.AddDays(50), 2, "schawuot", agenda.WeightMind, byHebrew),
		feast(autumn, 2, "rosch_haschana", agenda.WeightAvoid, byHebrew),
		feast(autumn.AddDays(9), 1, "jom_kippur", agenda.WeightAvoid, byHebrew),
		feast(autumn.AddDays(14), 2, "sukkot", agenda.WeightMind, byHebrew),
		feast(autumn.AddDays(21), 2, "schemini_azeret", agenda.WeightMind, byHebrew),
		feast(chanukka, 8, "chanukka", agenda.WeightNote, byHebrew),
	}
	for i := range out {
		out[i] = fromEve(out[i])
	}
	return out
}

// ezidi are the days of the Ezidi community. Of the feast of Ezi its members give
// different Fridays.
func ezidi(year int) []agenda.Day {
	fixed := func(m time.Month, d int) agenda.Date { return agenda.Date{Year: year, Month: m, Day: d} }
	ezi := onOrAfter(julian(year, time.December, 1), time.Friday)
	out := certain(agenda.Unconfirmed,
		fast(ezi.AddDays(-3), 3, "ida_ezi_fasten", byJulian),
		feast(ezi, 1, "ida_ezi", agenda.WeightAvoid, byJulian),
	)
	return append(out,
		feast(fixed(time.February, 2), 1, "ezidi_winter", agenda.WeightNote, byTradition),
		feast(onOrAfter(julian(year, time.February, 1), time.Thursday), 2, "xidir_ilyas", agenda.WeightMind, byJulian),
		feast(onOrAfter(julian(year, time.April, 1), time.Wednesday), 1, "carsema_sor", agenda.WeightAvoid, byJulian),
		feast(fixed(time.August, 2), 1, "ezidi_sommer", agenda.WeightNote, byTradition),
		feast(fixed(time.August, 19), 1, "serfedin", agenda.WeightNote, byTradition),
		feast(fixed(time.October, 6), 7, "versammlungsfest", agenda.WeightNote, byTradition),
	)
}

// springDays are the new year of the Kurds and that of Iran and Afghanistan.
func springDays(year int) []agenda.Day {
	return []agenda.Day{
		feast(agenda.Date{Year: year, Month: time.March, Day: 21}, 1, "newroz", agenda.WeightMind, byTradition),
		feast(nowruz(year), 1, "nouruz", agenda.WeightMind, "Frühlingsanfang, iranischer Kalender"),
	}
}

// remembrance are days of remembrance and action.
func remembrance(year int) []agenda.Day {
	var out []agenda.Day
	for _, r := range []struct {
		m   time.Month
		d   int
		key string
		w   agenda.Weight
	}{
		{time.January, 27, "gedenken_holocaust", agenda.WeightMind},
		{time.March, 21, "gegen_rassismus", agenda.WeightNote},
		{time.April, 8, "roma", agenda.WeightNote},
		{time.April, 24, "gedenken_armenien", agenda.WeightNote},
		{time.June, 20, "weltfluechtlingstag", agenda.WeightNote},
		{time.August, 2, "gedenken_sinti_roma", agenda.WeightNote},
		{time.August, 3, "gedenken_eziden", agenda.WeightMind},
		{time.October, 3, "offene_moschee", agenda.WeightNote},
		{time.November, 9, "gedenken_pogrom", agenda.WeightMind},
		{time.December, 18, "migrantentag", agenda.WeightNote},
	} {
		d := agenda.Date{Year: year, Month: r.m, Day: r.d}
		out = append(out, agenda.Day{From: d, To: d, Key: "day." + r.key, Layer: agenda.DayRemembrance, Weight: r.w, Source: byTradition})
	}
	return out
}
