package store

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// submissionsADay is how many events one address can submit in a day.
const submissionsADay = 10

// countSubmission refuses more events than a person writes in a day.
func (t *tx) countSubmission(email string) error {
	key := kv.Key(kSubmissions, email)
	b, err := t.Get(key)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	day, count, _ := strings.Cut(string(b), " ")
	n, today := 0, t.now.Format(time.DateOnly)
	if day == today {
		n = parseCount([]byte(count))
	}
	if n >= submissionsADay {
		return agenda.ErrTooMany
	}
	t.Put(key, []byte(today+" "+strconv.Itoa(n+1)))
	return nil
}
