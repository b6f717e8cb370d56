"""The time of day at which positions must be flat."""

from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo


class Refused(Exception):
    """A trade that must not be replayed."""


def flat_time(filled_at, flat_at, late):
    """When a position that fills at `filled_at` must be flat: at the next such time; on its own date none may be past."""
    zone = ZoneInfo(flat_at["zone"])
    today = datetime.fromtimestamp(int(filled_at), timezone.utc).astimezone(zone).date()
    flat = time_of_day(today, flat_at, zone)
    if filled_at < flat:
        return flat
    if late != "next-day":
        raise Refused("the entry fills after the time at which positions must be flat")
    return time_of_day(today + timedelta(days=1), flat_at, zone)


def time_of_day(day, flat_at, zone):
    hour, minute = map(int, flat_at["time"].split(":")[:2])
    return Fraction(int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).timestamp()))
