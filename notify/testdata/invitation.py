"""Reads a mail as Python's own parsers do and prints what mail programs act on."""
import email
import email.policy
import sys

import icalendar

mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)


def tree(part, depth=0):
    print("  " * depth + part.get_content_type(), part.get_filename() or "")
    if part.is_multipart():
        for child in part.iter_parts():
            tree(child, depth + 1)


tree(mail)
for part in mail.walk():
    if part.get_content_type() != "text/calendar":
        continue
    print("type", part.get_param("method"), part.get_content_charset(), part["Content-Transfer-Encoding"])
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    print("body", calendar["METHOD"])
    for event in calendar.walk("VEVENT"):
        organizer, attendee = event["ORGANIZER"], event["ATTENDEE"]
        print("organizer", organizer, organizer.params.get("SENT-BY"), organizer.params.get("CN"))
        print("attendee", attendee, attendee.params.get("CN"), attendee.params.get("PARTSTAT"), attendee.params.get("RSVP"))
        print("event", event["UID"], event["SEQUENCE"], event["STATUS"], event["DTSTART"].dt.isoformat())
