package main

import (
	"context"
	"time"

	"widunetz/internal/agenda"
)

// demoWords are events of the demo in other languages, by title.
var demoWords = map[string]map[agenda.Lang]agenda.Words{
	"Geschichten aus zwei Welten – zweisprachige Lesung": {
		agenda.Arabic:       {Title: "قصص من عالمين – قراءة بلغتين", Summary: "كاتبة تقرأ بالألمانية والعربية. بعد ذلك حديث مع الشاي."},
		agenda.Turkish:      {Title: "İki dünyadan hikâyeler – iki dilde okuma", Summary: "Bir yazar Almanca ve Arapça okuyor. Ardından çay eşliğinde sohbet.", Machine: true},
		agenda.EasyLanguage: {Title: "Eine Autorin liest vor", Summary: "Eine Autorin liest Geschichten vor. Sie liest auf Deutsch und auf Arabisch. Danach trinken alle Tee und reden."},
	},
	"Kochen ohne Grenzen": {
		agenda.Arabic:    {Title: "طبخ بلا حدود", Summary: "نطبخ معاً خمسة أطباق من خمسة بلدان."},
		agenda.Ukrainian: {Title: "Готуємо без кордонів", Summary: "Разом готуємо п’ять страв із п’яти країн."},
	},
}

// fillWords translates an event.
func (d *demo) fillWords(ctx context.Context, e agenda.Event) error {
	for l, words := range demoWords[e.Title] {
		if err := d.store.Translate(ctx, office, e.ID, l, words, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}
