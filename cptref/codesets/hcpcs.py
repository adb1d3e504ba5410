"""HCPCS Level II as it is stored: records of codes and of modifiers, each with the days on which it is in force."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cptref.models.codesets import ListingState

MODIFIER = "modifier"  # tells the records of modifiers, whose code begins with a hyphen, from those of codes


class Period(NamedTuple):
    """The days on which a code is in force by its own dates, both included; None where there is no end."""

    first: date
    last: date | None

    def describe_state(self, on: date) -> tuple[ListingState, str]:
        """Return whether the code is in force on a day, and that in words."""
        if on < self.first:
            return "not-yet", f"not yet in force: begins {self.first}"
        if self.last is None:
            return "listed", f"in force since {self.first}"
        if on > self.last:
            return "ended", f"ended {self.last}"
        return "listed", f"in force from {self.first} to {self.last}, its last day"


def parse_day(text: str) -> date | None:
    """Return the day that 20240331 is, None if it is no day."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if re.fullmatch(r"[0-9]{8}", text) else None
    except ValueError:
        return None


def read_period(fields: Mapping[str, str]) -> Period:
    """Return the days on which a code or modifier is in force. Its last day is one on which it can still be used."""
    return Period(parse_day(fields["added"]) or date.min, parse_day(fields["terminated"]))
