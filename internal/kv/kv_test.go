package kv_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"widunetz/internal/kv"
)

// parts draws one or more key parts, many of which begin with another.
func parts() *rapid.Generator[[]string] {
	part := rapid.StringOfN(rapid.SampledFrom([]rune{1, 2, 'a', 'b', 'ü'}), 0, 3, -1)
	return rapid.SliceOfN(part, 1, 4)
}

func TestKeySortsPartByPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := parts().Draw(t, "a"), parts().Draw(t, "b")
		if got, want := strings.Compare(kv.Key(a...), kv.Key(b...)), slices.Compare(a, b); got != want {
			t.Fatalf("keys of %q and %q compare as %d, the parts as %d", a, b, got, want)
		}
	})
}

func TestKeyRefusesZeroByte(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"\x00", "a\x00", "\x00a", "a\x00b"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Key made a key of the part %q", bad)
				}
			}()
			kv.Key("meeting", bad)
		}()
	}
}

func TestPrefixHoldsAllWithMoreParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prefix, key := parts().Draw(t, "prefix"), parts().Draw(t, "key")
		if rapid.Bool().Draw(t, "below") {
			key = append(slices.Clone(prefix), key...)
		}
		lo, hi := kv.Prefix(prefix...)
		k := kv.Key(key...)
		want := len(key) > len(prefix) && slices.Equal(key[:len(prefix)], prefix)
		if got := lo <= k && k < hi; got != want {
			t.Fatalf("%q in the range of %q: %v, want %v", key, prefix, got, want)
		}
	})
}

// instants are ordered and a millisecond or more apart.
func instants() []time.Time {
	day := time.Date(2027, 8, 30, 8, 0, 0, 0, time.UTC)
	return []time.Time{
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(1, 1, 1, 0, 0, 0, 1e6, time.UTC),
		time.Date(1583, 10, 15, 0, 0, 0, 0, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999e6, time.UTC),
		time.Unix(0, 0),
		time.Unix(0, 1e6),
		day.Add(-time.Millisecond),
		day,
		day.In(time.FixedZone("CEST", 2*3600)).Add(time.Millisecond),
		time.Date(6429, 10, 17, 2, 45, 55, 327e6, time.UTC), // 2^47 ms after 1970
		time.Date(6429, 10, 17, 2, 45, 55, 328e6, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 998e6, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC),
	}
}

func TestTimeSortsFromYear1To9999(t *testing.T) {
	t.Parallel()
	all := instants()
	for i, a := range all {
		for j, b := range all {
			want := cmp.Compare(i, j)
			if got := strings.Compare(kv.Time(a), kv.Time(b)); got != want {
				t.Errorf("Time of %v and %v compare as %d (%s, %s), want %d", a, b, got, kv.Time(a), kv.Time(b), want)
			}
			if got := strings.Compare(kv.TimeDesc(a), kv.TimeDesc(b)); got != -want {
				t.Errorf("TimeDesc of %v and %v compare as %d (%s, %s), want %d", a, b, got, kv.TimeDesc(a), kv.TimeDesc(b), -want)
			}
		}
	}
}

func TestTimeIsOneWidthAndZoneless(t *testing.T) {
	t.Parallel()
	width := len(kv.Time(time.Unix(0, 0)))
	for _, a := range instants() {
		if len(kv.Time(a)) != width || len(kv.TimeDesc(a)) != width {
			t.Errorf("%v: %q and %q are not %d long", a, kv.Time(a), kv.TimeDesc(a), width)
		}
		zoned := a.In(time.FixedZone("", -11*3600))
		if kv.Time(zoned) != kv.Time(a) || kv.TimeDesc(zoned) != kv.TimeDesc(a) {
			t.Errorf("%v: another zone makes another key", a)
		}
		if finer := a.Add(999 * time.Microsecond); kv.Time(finer) != kv.Time(a) {
			t.Errorf("%v: less than a millisecond makes another key", a)
		}
	}
}
