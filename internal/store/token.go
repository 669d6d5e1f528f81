package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
)

// The purposes of links. A token made for one is worthless for another.
const (
	forLogin      = "login"
	forFeed       = "feed"
	forGroupFeed  = "groupfeed"
	forMute       = "mute"
	forWatch      = "watch"
	forSubmission = "submission"
	forCall       = "call"
	forFeedback   = "feedback"
	forSignUp     = "signup"
	forList       = "list"
	forSubscriber = "subscriber"
	forReply      = "reply"
	forPoll       = "poll"
	forDeadline   = "deadline"
	forTopic      = "topic"
	forPapers     = "papers"
	forAnswer     = "answer"
	forSubstitute = "substitute"
	forMinutes    = "minutes"
	forAssigned   = "assigned"
)

// token makes the secret part of a link: the subject and the first 128 bits of
// HMAC-SHA256 over purpose, subject and generation. It can be made again at any
// time; raising the generation makes it worthless.
func (s *Store) token(purpose, subject string, gen int) string {
	return subject + "." + s.mac(purpose, subject, gen)
}

func (s *Store) mac(purpose, subject string, gen int) string {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte(purpose + "\x00" + subject + "\x00" + strconv.Itoa(gen)))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:16]))
}

// subjectOf splits a token. Whether it is genuine is known only with the
// generation that its subject has: genuine tells.
func subjectOf(token string) string {
	subject, _, _ := cutLast(token)
	return subject
}

func (s *Store) genuine(token, purpose string, gen int) bool {
	subject, mac, ok := cutLast(token)
	return ok && equal(mac, s.mac(purpose, subject, gen))
}

func cutLast(token string) (before, after string, ok bool) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 || len(token) > 200 || strings.ContainsRune(token, 0) {
		return "", "", false
	}
	return token[:i], token[i+1:], true
}

// equal compares secrets in the same time wherever they differ.
func equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
