package agenda

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns s fit for one line of a page, a mail header or a calendar:
// valid UTF-8, no control characters, no line breaks, no characters that turn
// the writing direction of what follows, spaces folded.
func Line(s string) string {
	return strings.Join(strings.Fields(strings.Map(plain, strings.ToValidUTF8(s, ""))), " ")
}

// Text returns s fit for a text of several lines: as Line, but line breaks
// ("\n" only) and blank lines stay, three or more breaks become two.
func Text(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n").Replace(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return plain(r)
	}, s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	s = strings.Join(lines, "\n")
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return strings.TrimSpace(s)
}

// plain drops what no name or title needs and what hurts readers: controls and
// overrides of the writing direction.
func plain(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085' || r == '\u00a0':
		return ' '
	case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff, r == 0xfffe:
		return -1
	}
	return r
}

// Length counts characters as a reader would, in runes.
func Length(s string) int { return utf8.RuneCountInString(s) }

// Slug returns s as the last part of an address: lower-case ASCII letters,
// digits and single hyphens, with ü as ue, ß as ss and foreign letters
// without their marks. It is empty if nothing of s can be kept.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			if t, ok := latin[r]; ok {
				b.WriteString(t)
			} else if n := b.Len(); n > 0 && b.String()[n-1] != '-' && !unicode.IsMark(r) {
				b.WriteByte('-')
			}
		}
	}
	out := b.String()
	if len(out) > 80 {
		out = out[:80]
	}
	return strings.Trim(out, "-")
}

// latin holds the letters of the languages spoken here that have an accepted
// spelling in ASCII.
var latin = map[rune]string{
	'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'à': "a", 'á': "a", 'â': "a", 'ã': "a", 'å': "a", 'ă': "a", 'ą': "a",
	'æ': "ae", 'ç': "c", 'ć': "c", 'č': "c", 'ď': "d", 'đ': "d", 'è': "e", 'é': "e", 'ê': "e", 'ë': "e", 'ę': "e", 'ě': "e",
	'ğ': "g", 'ì': "i", 'í': "i", 'î': "i", 'ï': "i", 'ı': "i", 'ł': "l", 'ñ': "n", 'ń': "n", 'ň': "n", 'ò': "o", 'ó': "o",
	'ô': "o", 'õ': "o", 'ø': "o", 'œ': "oe", 'ř': "r", 'ś': "s", 'š': "s", 'ş': "s", 'ș': "s", 'ť': "t", 'ț': "t", 'ù': "u",
	'ú': "u", 'û': "u", 'ů': "u", 'ý': "y", 'ÿ': "y", 'ź': "z", 'ż': "z", 'ž': "z",
}

// Email returns the address in the one spelling under which it is kept:
// trimmed, lower case. It reports false for what is not exactly one plain
// address: display names, quoted local parts, address literals, non-ASCII
// local parts and anything with a control character are refused
// (RFC 5321, section 4.1.2, less what no office uses).
func Email(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) > 254 || s != Line(s) || strings.ContainsAny(s, " \t\r\n\"<>()[]\\,;:") {
		return "", false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return "", false
	}
	local, domain, _ := strings.Cut(s, "@")
	for _, r := range local {
		if r > unicode.MaxASCII {
			return "", false
		}
	}
	return s, len(local) <= 64 && strings.Contains(domain, ".") && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".")
}

// Fold returns s as names are compared: lower case, without punctuation,
// spaces and the difference between the several dashes and spellings.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if t, ok := latin[r]; ok {
			b.WriteString(t)
		} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
