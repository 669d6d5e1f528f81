package almanac

import "widunetz/internal/agenda"

// Inform adds to the facts of a plan what to mind on the days from…to and a week
// around them, and how far the table of school holidays reaches.
func Inform(f *agenda.PlanFacts, from, to agenda.Date) {
	from, to = from.AddDays(-7), to.AddDays(7)
	f.Days = append(f.Days, append(Days(from, to), Weekly(from, to)...)...)
	f.SchoolUntil = SchoolHolidaysUntil()
}
