package agenda

import (
	"testing"
	"time"
)

func TestMailboxThatIsDownAlarmsOnce(t *testing.T) {
	now := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	m := Mailbox{Validity: 7, Last: 12}
	var waits []time.Duration
	alarms := 0
	for now.Sub(m.Down) < 3*24*time.Hour || m.Down.IsZero() {
		var alarm bool
		if m, alarm = m.Fail("no", now); alarm {
			alarms++
			if off := now.Sub(m.Down); off < MailboxAlarm || off > MailboxAlarm+time.Hour {
				t.Errorf("told after %s", off)
			}
		}
		if wait := m.Next.Sub(now); len(waits) == 0 || waits[len(waits)-1] != wait {
			waits = append(waits, wait)
		}
		if !m.Rests(m.Next.Add(-time.Second)) || m.Rests(m.Next) {
			t.Errorf("rests until %s", m.Next)
		}
		now = m.Next
	}
	if alarms != 1 || len(waits) != len(mailboxWaits) {
		t.Errorf("told %d times, waits %v", alarms, waits)
	}
	if m.Rests(now.AddDate(0, 0, -2)) {
		t.Error("a clock that was set back leaves it alone for days")
	}
	if m = m.Succeed(now); m != (Mailbox{Validity: 7, Last: 12, Read: now}) {
		t.Errorf("read again: %+v", m)
	}
}

func TestMeetingOfUID(t *testing.T) {
	for uid, want := range map[string]MeetingID{
		MeetingUID("abc"): "abc", EventUID("abc"): "", "sitzung-abc@example.org": "", "abc@widunetz": "", "": "", "sitzung-@widunetz": "",
	} {
		if got := MeetingOf(uid); got != want {
			t.Errorf("%q: %q, want %q", uid, got, want)
		}
	}
}
