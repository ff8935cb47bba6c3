"""The only place that reads the clock. Views, commands and tasks ask here and pass `now` on.

`demo` and `simulate` move time by writing whole seconds into the file that `MEDLEM_CLOCK_FILE`
names, so that every process of one installation has the same calendar.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC) + offset()


def today(zone: str) -> date:
    """Today's date where the programme is at home."""
    return date_in(zone, now())


def date_in(zone: str, moment: datetime) -> date:
    """The calendar date that `moment` has in `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def offset() -> timedelta:
    """How far the calendar was moved; nothing outside of demo."""
    name = os.environ.get("MEDLEM_CLOCK_FILE")
    if not name:
        return timedelta(0)
    try:
        return timedelta(seconds=int(Path(name).read_text()))
    except FileNotFoundError:
        return timedelta(0)


def move_to(moment: datetime) -> None:
    """Moves the calendar of the whole installation forward to `moment`; never back.

    Raises RuntimeError outside of demo, ValueError for a moment that has passed.
    """
    name = os.environ.get("MEDLEM_CLOCK_FILE")
    if not name:
        raise RuntimeError("the clock can be moved in demo only (MEDLEM_CLOCK_FILE is not set)")
    if moment < now():
        raise ValueError("the calendar only moves forward")
    seconds = round((moment - datetime.now(UTC)).total_seconds())
    written = Path(name).with_suffix(".new")
    written.write_text(str(seconds))
    written.replace(name)
