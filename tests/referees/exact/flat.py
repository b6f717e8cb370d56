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


def day_start(moment, begins):
    """The last time at or before `moment` at which a day begins."""
    zone = ZoneInfo(begins["zone"])
    day = datetime.fromtimestamp(int(moment), timezone.utc).astimezone(zone).date()
    while moment < (start := time_of_day(day, begins, zone)):
        day -= timedelta(days=1)
    return start


def before_event(said, symbol, filled_at, bars):
    """After how many of `bars`, the first that of the fill, a position is sold at the close; None if no event comes.

    It is the last close far enough before the next event, or else the first close. An entry too shortly before an event,
    or with the event in its own bar, is refused."""
    if not said:
        return None
    concerned = [event for event in said["events"] if event.get("symbol") in (None, symbol)]
    times = [Fraction(int(datetime.fromisoformat(event["ts"]).timestamp())) for event in concerned]
    later = [time for time in times if filled_at < time]
    if not later:
        return None
    event = min(later)
    flat = event - said.get("minutes", Fraction(0)) * 60
    if flat <= filled_at:
        raise Refused("the entry fills too shortly before an event")
    closed = sum(bar.closes_at <= flat for bar in bars)
    if closed == len(bars):
        return None
    if closed == 0 and event < bars[0].closes_at:
        raise Refused("the event comes in the bar of the fill")
    return max(1, closed)


def time_of_day(day, flat_at, zone):
    hour, minute = map(int, flat_at["time"].split(":")[:2])
    return Fraction(int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).timestamp()))
