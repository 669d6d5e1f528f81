package agenda

import "time"

// WatcherID identifies a watcher. It is made of event and address, so that
// asking twice is one watcher.
type WatcherID string

// Watcher is somebody who asked to be reminded of one event. Nothing but the
// address and the language is known of her.
type Watcher struct {
	ID        WatcherID `json:"id"`
	Event     EventID   `json:"event"`
	Email     string    `json:"email"`
	Lang      Lang      `json:"lang"`
	Asked     time.Time `json:"asked"`              // UTC; last request for the confirmation mail
	Wording   string    `json:"wording"`            // version of the text that was agreed to (§ 7 UWG, proof of consent)
	Confirmed time.Time `json:"confirmed,omitzero"` // UTC; double opt-in
	Gen       int       `json:"gen,omitempty"`
	Now       WatcherID `json:"now,omitempty"` // her record since her event was merged into another: old links lead there
}

// Limits of the double opt-in.
const (
	ConfirmWithin = 72 * time.Hour // a request that was not confirmed is forgotten after this
	AskAgainAfter = time.Hour      // at most one confirmation mail an hour and address
)

// Forget returns when a watcher's address is deleted: after the event, or when
// the request was not confirmed in time.
func (w Watcher) Forget(e Event, loc *time.Location) time.Time {
	if w.Confirmed.IsZero() {
		return w.Asked.Add(ConfirmWithin)
	}
	return e.Until().AddDays(1).In(loc)
}
