package store_test

import (
	"testing"

	"widunetz/internal/agenda"
)

func TestOfficeIsToldOncePerMonthOfTooFewDates(t *testing.T) {
	n := open(t, "2027-11-01T07:30")
	g := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe", PerYear: 1}))
	n.fixed(g.ID, "2027-12-02T09:00")
	next := n.fixed(g.ID, "2028-02-03T09:00")
	must(0, n.CheckPlanning(ctx))
	n.expect("all is planned: no mail", map[agenda.Kind]int{})
	n.turn(next.ID, agenda.MeetingCancelled, agenda.Telling{})
	for range 2 {
		must(0, n.CheckPlanning(ctx))
	}
	n.expect("the next year is not planned", map[agenda.Kind]int{agenda.KindPlanning: 1})
	n.at("2027-11-20T07:30")
	must(0, n.CheckPlanning(ctx))
	n.expect("told already in this month", map[agenda.Kind]int{})
	n.at("2027-12-01T07:30")
	must(0, n.CheckPlanning(ctx))
	n.expect("the next month", map[agenda.Kind]int{agenda.KindPlanning: 1})
	if short := must(n.Shortfalls(ctx)); len(short) != 1 || short[0].Rule != "unplanned" || short[0].Year != 2028 {
		t.Errorf("short: %+v", short)
	}
}

func TestLayerOfManyDaysIsWholeAndReplaced(t *testing.T) {
	n := open(t, "2026-11-24T09:00")
	l := agenda.DayLayer{Title: "Kalender", Kind: agenda.LayerFaith, Year: 2027}
	for i := range 150 {
		d := date("2027-01-01").AddDays(2 * i)
		l.Days = append(l.Days, agenda.LayerDay{From: d, To: d, Name: "Fest"})
	}
	must(n.TakeLayer(ctx, agenda.Shell, l))
	if got := must(n.LayerDays(ctx, date("2027-01-01"), date("2027-12-31"))); len(got) != 150 {
		t.Errorf("%d days, want 150", len(got))
	}
	l.Days = l.Days[:3]
	must(n.TakeLayer(ctx, agenda.Shell, l))
	other := l
	other.Title = "Kalender 2" // its slug begins like the other's
	must(n.TakeLayer(ctx, agenda.Shell, other))
	must(0, n.DropLayer(ctx, agenda.Shell, 2027, "kalender"))
	if got := must(n.LayerDays(ctx, date("2027-01-01"), date("2027-12-31"))); len(got) != 3 {
		t.Errorf("%d days after replacing and removing, want those of the other layer", len(got))
	}
	l.Days = nil
	if _, err := n.TakeLayer(ctx, agenda.Shell, l); err == nil {
		t.Error("a layer without days was taken")
	}
}
