package web

import (
	"net/http"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

func TestDirectoryOfMembers(t *testing.T) {
	t.Parallel()
	n := open(t)
	birgits, dilans := n.as(birgit), n.as("dilan.doerksen@bildungscentrum-herford.example")
	page := dilans.get("/verzeichnis").want(t, http.StatusOK, "Sie stehen noch nicht im Verzeichnis")
	if strings.Contains(page.body, "Böker") {
		t.Fatal("somebody is listed who did not agree")
	}

	// She shows her name and telephone, not her address.
	account := birgits.get("/konto").want(t, http.StatusOK)
	birgits.submit(account, "/konto/verzeichnis", map[string][]string{"listed_name": {"1"}, "listed_phone": {"1"}}).want(t, http.StatusSeeOther)
	page = dilans.get("/verzeichnis").want(t, http.StatusOK, "Birgit Böker", "05221 13-1001")
	if strings.Contains(page.body, birgit) {
		t.Error("her address is shown")
	}
	her := n.person(birgit)
	card := dilans.get("/verzeichnis/"+string(her.ID)+".vcf").want(t, http.StatusOK, "FN:Birgit Böker\r\n", "TEL;TYPE=WORK,VOICE:05221 13-1001\r\n")
	if strings.Contains(card.body, "EMAIL") || !strings.HasPrefix(card.Header.Get("Content-Type"), "text/vcard") {
		t.Errorf("card: %v\n%s", card.Header, card.body)
	}

	// The office sorts institutions; the selection is that of the cards, too.
	desk := n.as(vera)
	path := "/koordination/institutionen/" + string(her.Institution)
	desk.submit(desk.get(path), path, map[string][]string{"website": {"awo"}}).want(t, http.StatusUnprocessableEntity, "https://")
	desk.submit(desk.get(path), path, map[string][]string{"town": {"Herford"}, "website": {"https://awo.example"}, "workfields": {"advice"}}).want(t, http.StatusSeeOther)
	dilans.get("/verzeichnis?ort=Herford&feld=advice").want(t, http.StatusOK, "Birgit Böker", "https://awo.example", "1 Institution, 1 Person", "/verzeichnis.vcf?feld=advice&amp;ort=Herford")
	if got := dilans.get("/verzeichnis.vcf?feld=sport").want(t, http.StatusOK); got.body != "" {
		t.Errorf("cards of another field: %s", got.body)
	}

	// She takes it back.
	birgits.submit(birgits.get("/konto"), "/konto/verzeichnis", map[string][]string{"listed_name": nil}).want(t, http.StatusSeeOther)
	dilans.get("/verzeichnis/"+string(her.ID)+".vcf").want(t, http.StatusNotFound)
	if got := n.person(birgit).Listing; got != (agenda.Listing{}) {
		t.Errorf("left of it: %+v", got)
	}
}

// Two who sort the same institution at once do not undo each other's work.
func TestInstitutionChangedByTwo(t *testing.T) {
	t.Parallel()
	n := open(t)
	vera, kim := n.as(vera), n.as(kim)
	path := "/koordination/institutionen/" + string(n.person(birgit).Institution)
	first, second := vera.get(path), kim.get(path)
	vera.submit(first, path, map[string][]string{"town": {"Enger"}}).want(t, http.StatusSeeOther)
	kim.submit(second, path, map[string][]string{"website": {"https://awo.example"}}).want(t, http.StatusConflict)
	if i := must(n.Institution(ctx, n.person(birgit).Institution)); i.Town != "Enger" || i.Website != "" {
		t.Errorf("institution: %+v", i)
	}
}
