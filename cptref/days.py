"""Days as people type them."""

from __future__ import annotations

import re
from datetime import date

from cptref.errors import UsageError

_FORMS = (  # compiled where a day is typed
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4})",
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
)


def parse_day(on: str | date | None) -> date:
    """Return a day given as a date or as text, `2026-11-20` or `11/20/2026`; today for None.

    Raise UsageError for text that is no day.
    """
    if on is None:
        return date.today()  # noqa: DTZ011 - the coder's own day
    if isinstance(on, date):
        return on
    match = next(filter(None, (re.fullmatch(form, on.strip(), re.ASCII) for form in _FORMS)), None)
    try:
        if match:
            return date(*(int(match[part]) for part in ("year", "month", "day")))
    except ValueError:
        pass
    raise UsageError(f"{on!r} is not a day", hint="write it as in 2026-11-20")
