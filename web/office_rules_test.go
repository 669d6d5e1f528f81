package web

import (
	"net/http"
	"testing"

	"widunetz/internal/agenda"
)

func TestRulesOfAGroup(t *testing.T) {
	t.Parallel()
	n := open(t)
	chair := n.as(birgit)
	path := "/koordination/gremien/" + string(migration) + "/regeln"
	page := chair.get(path).want(t, http.StatusOK, "Was die Sitzungen begleitet")
	if g := must(n.Group(ctx, migration)); g.Rules != (agenda.Rules{}) {
		t.Fatalf("something is switched on by itself: %+v", g.Rules)
	}

	// A reminder after the last day to answer is of no use; what was typed stays.
	late := map[string][]string{"rule_answers": {"1"}, "rule_answers_by": {"10"}, "rule_answers_nudge": {"4"}}
	chair.submit(page, path, late).want(t, http.StatusUnprocessableEntity, "mindestens 10 Tage vorher", `value="4"`)

	good := map[string][]string{"rule_answers": {"1"}, "rule_answers_by": {"5"}, "rule_answers_nudge": {"8"}, "rule_answers_heads": {"0"}, "rule_answers_names": {"1"}}
	chair.submit(page, path, good).want(t, http.StatusSeeOther)
	want := agenda.Rules{Answers: agenda.AnswerRules{On: true, By: 5, Nudge: 8, Names: true}}
	if g := must(n.Group(ctx, migration)); g.Rules != want {
		t.Fatalf("rules %+v, want %+v", g.Rules, want)
	}

	// Whoever had the page open before does not undo it unseen; saving the group's
	// other details leaves the rules as they are.
	chair.submit(page, path, map[string][]string{"rule_answers": nil}).want(t, http.StatusConflict)
	office := n.as(vera)
	edit := "/koordination/gremien/" + string(migration)
	office.submit(office.get(edit), edit, map[string][]string{"place": {"Kreishaus"}}).want(t, http.StatusSeeOther)
	if g := must(n.Group(ctx, migration)); g.Rules != want || g.Place != "Kreishaus" {
		t.Errorf("group after an edit: %+v", g)
	}
}
