"""Prints the dates of calendars as python3-icalendar reads them.

One line for each VEVENT: file, UID, start and end in UTC, status. Both times are
computed twice, from the VTIMEZONE of the file and from the zone of that name;
where the two differ the line says so.
"""

import os.path
import sys

import icalendar
import pytz

FORM = "%Y-%m-%dT%H:%MZ"


def instant(prop, zones):
    """The instant of DTSTART or DTEND in UTC."""
    tzid = prop.params.get("TZID")
    if tzid is None:
        return prop.dt.astimezone(pytz.utc).strftime(FORM)
    wall = prop.dt.replace(tzinfo=None)
    by_file = zones[tzid].localize(wall).astimezone(pytz.utc).strftime(FORM)
    by_name = pytz.timezone(tzid).localize(wall).astimezone(pytz.utc).strftime(FORM)
    if by_file != by_name:
        return "VTIMEZONE:%s/%s:%s" % (by_file, tzid, by_name)
    return by_file


for path in sys.argv[1:]:
    with open(path, "rb") as f:
        calendar = icalendar.Calendar.from_ical(f.read())
    zones = {str(z["TZID"]): z.to_tz() for z in calendar.walk("VTIMEZONE")}
    for event in calendar.walk("VEVENT"):
        if event.errors:
            sys.exit("%s: %s" % (path, event.errors))
        print(
            os.path.basename(path),
            event["UID"],
            instant(event["DTSTART"], zones),
            instant(event["DTEND"], zones),
            event["STATUS"],
        )
    print(os.path.basename(path), len(zones), "zone" if len(zones) == 1 else "zones")
