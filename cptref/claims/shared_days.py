"""Which lines of a claim share a day: a line has every day from its first to its last one."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from cptref.models.claims import NO_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cptref.models.claims import ClaimLine


class LinesByDay:
    """Lines in order of their days."""

    def __init__(self, lines: Iterable[ClaimLine]) -> None:
        # By what they say before their numbers, so that what is found does not depend on the order of a claim.
        self._lines = sorted(lines, key=lambda line: (line.first_day, line.last_day, line.label, line.number))
        self._first_days = [line.first_day for line in self._lines]
        self._latest_days = [*accumulate((line.last_day for line in self._lines), max)]  # so far

    def iter_between(self, first: date, last: date) -> Iterator[ClaimLine]:
        """Yield the lines that have a day from the first to the last one, those that begin latest first."""
        for place in range(bisect_right(self._first_days, last) - 1, -1, -1):
            if self._latest_days[place] < first:
                return
            if self._lines[place].last_day >= first:
                yield self._lines[place]

    def find_between(self, first: date, last: date) -> ClaimLine | None:
        """Return the line that begins latest of those that have a day from the first to the last one."""
        place = bisect_right(self._first_days, last) - 1
        if place >= 0 and self._lines[place].last_day >= first:  # as nearly always
            return self._lines[place]
        return next(self.iter_between(first, last), None)


def group_by_days(lines: Iterable[ClaimLine]) -> Iterator[list[ClaimLine]]:
    """Yield lines in groups, of which no line shares a day with one of another group."""
    group: list[ClaimLine] = []
    latest = NO_DAY
    for line in sorted(lines, key=lambda line: (line.first_day, line.number)):
        if group and line.first_day > latest:
            yield group
            group = []
        latest = max(latest, line.last_day)
        group.append(line)
    if group:
        yield group
