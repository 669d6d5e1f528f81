package agenda

import (
	"regexp"
	"strconv"
	"strings"
)

// offWord stands behind a cancelled date in a list of dates.
const offWord = "(abgesagt)"

// Line returns the date as it is typed in a list: "08.09.2027 18:00–19:30".
func (d EventDate) Line() string {
	s := lineDay(d.Start.Date) + " " + d.Start.Clock() + "–"
	if d.End.Date != d.Start.Date && !(d.End.Date == d.Start.AddDays(1).Date && !d.End.After(d.Start.AddDays(1))) {
		s += lineDay(d.End.Date) + " "
	}
	s += d.End.Clock()
	if d.Off {
		s += " " + offWord
	}
	return s
}

func lineDay(d Date) string {
	return two(d.Day) + "." + two(int(d.Month)) + "." + strconv.Itoa(d.Year)
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func joinLines(lines []string) string { return strings.Join(lines, "; ") }

// DateLines returns the dates after the first as they are typed, one each. The
// first one is named only if it is cancelled by itself.
func (d EventDetails) DateLines() []string {
	var out []string
	if d.FirstOff {
		out = append(out, d.FirstDate().Line())
	}
	for _, f := range d.Further {
		out = append(out, f.Line())
	}
	return out
}

// ParseDateLines returns the details with the further dates of a list, one a
// line or with semicolons between them: "08.09.2027 18:00–19:30". Without a
// time of day it is that of the first date, without a year the next such day
// after it. Weekdays before the day do not matter. A line that cannot be read is
// a problem of its own.
func (d EventDetails) ParseDateLines(list string) (EventDetails, Problems) {
	var p Problems
	d.Further, d.FirstOff, d.FirstNo = nil, false, 0
	for line := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == '\n' || r == ';' }) {
		line = Line(line)
		if line == "" {
			continue
		}
		if len(p) == MostDates { // nobody mends more at once
			break
		}
		f, ok := d.parseDate(line)
		switch {
		case !ok:
			p.Add("further", "dates_line", short(line))
		case f.Off && f.Start == d.Start:
			d.FirstOff = true
		default:
			d.Further = append(d.Further, f)
		}
	}
	d.Further = sortedDates(d.Further)
	if len(d.Further) == 0 {
		d.Further = nil
	}
	return d, p
}

func short(line string) string {
	if r := []rune(line); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return line
}

var (
	dayPattern   = `(\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4}|\d{2})?|\d{4}-\d{2}-\d{2})`
	clockPattern = `(\d{1,2}(?:[:.]\d{2})?)(?:\s?Uhr)?`
	datePattern  = regexp.MustCompile(`^(?:\pL+\.?,?\s)?` + dayPattern + `(?:,?\s(?:von\s)?` + clockPattern + `(?:\s?(?:-|–|—|bis)\s?(?:` + dayPattern + `,?\s)?` + clockPattern + `)?)?$`)
)

func (d EventDetails) parseDate(line string) (f EventDate, ok bool) {
	if rest, off := strings.CutSuffix(line, offWord); off {
		line, f.Off = strings.TrimSpace(rest), true
	}
	m := datePattern.FindStringSubmatch(line)
	if m == nil {
		return f, false
	}
	day, ok := d.parseDay(m[1])
	if !ok {
		return f, false
	}
	length := int(d.End.utc().Sub(d.Start.utc()).Minutes())
	f.Start = day.At(d.Start.Hour, d.Start.Minute)
	if m[2] != "" {
		h, n, err := ParseClock(m[2])
		if err != nil {
			return f, false
		}
		f.Start = day.At(h, n)
	}
	f.End = f.Start.AddMinutes(length)
	if m[4] == "" {
		return f, length > 0
	}
	h, n, err := ParseClock(m[4])
	if err != nil {
		return f, false
	}
	if f.End = day.At(h, n); m[3] != "" {
		last, ok := d.parseDay(m[3])
		f.End = last.At(h, n)
		return f, ok
	}
	if !f.End.After(f.Start) {
		f.End = f.End.AddDays(1) // past midnight
	}
	return f, true
}

// parseDay reads a day; one without a year is the next after the first date.
func (d EventDetails) parseDay(s string) (Date, bool) {
	s = strings.ReplaceAll(s, " ", "")
	if !strings.HasSuffix(s, ".") {
		day, err := ParseDate(s)
		return day, err == nil
	}
	if d.Start.IsZero() {
		return Date{}, false
	}
	day, err := ParseDate(s + strconv.Itoa(d.Start.Year))
	if err != nil {
		day, err = ParseDate(s + strconv.Itoa(d.Start.Year+1)) // 29 February
		return day, err == nil
	}
	if day.Before(d.Start.Date) {
		day, err = ParseDate(s + strconv.Itoa(d.Start.Year+1))
	}
	return day, err == nil
}

// Skipped is a day that a course leaves out, and why.
type Skipped struct {
	Day Date
	Why string // message key
}

// Weekly returns the details with further dates at the hours of the first, every
// so many weeks: until the last day (no day: none given) or until there are
// times dates with the first (0: no number given). skip says why a day is left
// out, "" if it is not; a day left out does not count. Dates that stand in the
// list already stay as they are. Problems are returned when it is not said how
// long, or the first date is not known.
func (d EventDetails) Weekly(weeks, times int, until Date, skip func(Date) string) (EventDetails, []Skipped, error) {
	var p Problems
	switch {
	case d.Start.IsZero() || !d.End.After(d.Start):
		p.Add("start", "dates_first", "")
	case until.IsZero() && times == 0:
		p.Add("weekly_until", "dates_how_long", "")
	case !until.IsZero() && !until.After(d.Start.Date):
		p.Add("weekly_until", "dates_before", lineDay(until))
	case times != 0 && (times < 2 || times > MostDates):
		p.Add("weekly_times", "between", "2–"+itoa(MostDates))
	}
	if err := p.Err(); err != nil {
		return d, nil, err
	}
	old := d.Further
	d.Further = nil
	var skipped []Skipped
	days := d.Start.DaysTo(d.End.Date)
	for day := d.Start.Date.AddDays(7 * max(weeks, 1)); ; day = day.AddDays(7 * max(weeks, 1)) {
		over := !until.IsZero() && day.After(until) || times > 0 && len(d.Further)+1 >= times
		if over || len(d.Further)+1 >= MostDates || d.Start.DaysTo(day) > FurthestDate {
			return d, skipped, nil
		}
		if why := skip(day); why != "" {
			skipped = append(skipped, Skipped{day, why})
			continue
		}
		f := EventDate{Start: day.At(d.Start.Hour, d.Start.Minute), End: day.AddDays(days).At(d.End.Hour, d.End.Minute)}
		for _, o := range old {
			if o.at(f) {
				f = o
			}
		}
		d.Further = append(d.Further, f)
	}
}
