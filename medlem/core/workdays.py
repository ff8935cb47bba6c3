"""Working days of a country: Monday to Friday, less its public holidays (A6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

BANKS_ALSO_CLOSE = {(12, 24), (12, 31)}


@lru_cache(maxsize=512)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    import holidays  # a fifth of a second that most processes never need

    # Sundays are no working days anyway; some countries' calendars list them.
    return frozenset(holidays.country_holidays(country, years=year))


def is_working_day(day: date, country: str) -> bool:
    """Whether offices of `country` (ISO 3166 alpha-2) work on that day."""
    return day.weekday() < 5 and day not in _public_holidays(country, day.year)


def is_bank_day(day: date, country: str) -> bool:
    """Whether banks settle on that day; they also close on 24 and 31 December."""
    return is_working_day(day, country) and (day.month, day.day) not in BANKS_ALSO_CLOSE


def add_working_days(day: date, days: int, country: str) -> date:
    """The date that lies `days` working days after `day`, which itself does not count."""
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day, country):
            days -= 1
    return day


def answer_by(sent_at: datetime, *, working_days: int, cutoff_hour: int, country: str, zone: str) -> datetime:
    """The moment by which an application is answered (A6), in UTC.

    The day on which it was sent does not count, and what is sent after `cutoff_hour` counts as sent
    on the next day: Friday 17:00 and Saturday are both answered by Tuesday. The answer is due at
    `cutoff_hour` of its day.
    """
    local = sent_at.astimezone(ZoneInfo(zone))
    sent_on = local.date()
    if local.time() > time(cutoff_hour):
        sent_on += timedelta(days=1)
    due_on = add_working_days(sent_on, working_days, country)
    return datetime.combine(due_on, time(cutoff_hour), ZoneInfo(zone)).astimezone(UTC)
