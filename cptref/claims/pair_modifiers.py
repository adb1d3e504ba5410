"""Which modifiers may answer a pair edit, by the line that they stand on, and what they come to on two lines.

| rule | source |
|---|---|
| the modifiers that may help | NCCI Policy Manual, chapter 1, section E.1 (data/modifiers.toml) |
| on a visit 24, 25, 57, and 27 for hospitals; on others all but these | the same |
| 59, XE, XP, XS, XU on column 1 count since 2019-07-01 | CMS change request 11168 |
| 91 is for laboratory tests | the same, chapter 1, section E.1; CPM, chapter 16, section 100.5.1 |
| 58, 78, 79 are for operations in the global period of another one | CPM, chapter 12, sections 40.1 and 40.2 |
| one place on both lines tells nothing apart, two of a kind do | NCCI Policy Manual, chapter 1, section E.1 |

CPM is the Medicare Claims Processing Manual. A modifier that is on the list passes the edit, but where it does not fit
the code a person has to look.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.visits import is_visit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from cptref.models.article import ModifierTable
    from cptref.models.claims import Setting, Verdict
    from cptref.models.pairs import PairEdit

_LIMBS = "EFT"  # how the modifiers of eyelids, fingers and toes begin
_DISTINCT_ON_COLUMN_1_SINCE = date(2019, 7, 1)
_FOR_HOSPITALS = frozenset({"27"})
_TESTS = ("80047", "89398")  # the first and the last laboratory test of CPT's section; others end with U


class Judgment(NamedTuple):
    """The verdict of an edit, the modifiers that answer it, and the code that they are on, "" if they are on both."""

    verdict: Verdict
    modifier: str = ""
    where: str = ""


def is_laboratory_test(code: str) -> bool:
    """Return whether a code is that of a laboratory test."""
    first, last = _TESTS
    return first <= code <= last if code.isdecimal() else code.endswith("U") and code[:-1].isdecimal()


class PairModifiers(NamedTuple):
    """The modifiers that may answer a pair edit: on visits, and on other codes those that name a place or don't."""

    visits: frozenset[str]
    distinct: frozenset[str]  # 59 and the like
    repeats: frozenset[str]  # of tests
    operations: frozenset[str]  # in a global period
    sides: frozenset[str]
    anatomy: frozenset[str]

    @classmethod
    def of(cls, table: ModifierTable, setting: Setting) -> PairModifiers:
        """Return those of a table that count in a setting."""
        by_topic: dict[str, set[str]] = {}
        for modifier in table.modifiers:
            if modifier.answers_pair_edit:
                by_topic.setdefault(modifier.about, set()).add(modifier.code)
        topics = ("visit", "distinct", "repeat", "surgery", "side", "anatomy")
        visits, *others = (frozenset(by_topic.get(topic, ())) for topic in topics)
        return cls(visits - (frozenset() if setting == "hospital" else _FOR_HOSPITALS), *others)

    def pick(self, code: str, modifiers: Collection[str]) -> frozenset[str]:
        """Return the modifiers of a line that may answer an edit: of those that name no place one of a kind."""
        if is_visit(code):
            return _take_first(self.visits.intersection(modifiers))
        repeats = self.repeats.intersection(modifiers)
        sure = (repeats if is_laboratory_test(code) else frozenset()) or self.distinct.intersection(modifiers)
        picked = _take_first(sure) | _take_first(self.operations.intersection(modifiers) or repeats)
        return picked if sure else picked | (self.sides | self.anatomy).intersection(modifiers)

    def judge(
        self,
        edit: PairEdit,
        first: frozenset[str],
        second: frozenset[str],
        day: date,
        has_period: Callable[[str], bool],
    ) -> Judgment:
        """Return the verdict on a line of column 2 beside one of column 1, by those of their modifiers that answer.

        `has_period` tells whether a code has a global period of several days.
        """
        if day < _DISTINCT_ON_COLUMN_1_SINCE:
            first -= self.distinct
        if edit.indicator == 0 or not (first or second):
            return Judgment("deny likely")
        places = self.sides | self.anatomy
        doubtful: list[Judgment] = []
        for modifiers, where, other in (
            (second, edit.column_2, edit.column_1),
            (first, edit.column_1, edit.column_2),
        ):
            for modifier in sorted(modifiers - places):
                if self._fits(modifier, where, other, has_period):
                    return Judgment("ok", modifier, where)
                doubtful.append(Judgment("look", modifier, where))
        first, second = first & places, second & places
        answer = Judgment("ok", *((_name(second), edit.column_2) if second else (_name(first), edit.column_1)))
        if any(
            first & kind and second & kind and not first & second & kind
            for kind in (self.sides, *self._list_kinds(first | second))
        ):
            return answer
        same = first & second
        if not same and (first | second) & self.sides:
            return answer
        if doubtful:
            return doubtful[0]
        return Judgment("look", _name(same)) if same else answer._replace(verdict="look")

    def _fits(self, modifier: str, code: str, other: str, has_period: Callable[[str], bool]) -> bool:
        """Return whether a modifier that names no place fits a code beside another one."""
        if modifier in self.operations:
            return has_period(other)
        return modifier not in self.repeats or is_laboratory_test(code)

    def _list_kinds(self, modifiers: Collection[str]) -> list[frozenset[str]]:
        """Return the eyelids, fingers, toes and arteries of which modifiers name one."""
        kinds: dict[str, set[str]] = {}
        for modifier in self.anatomy.intersection(modifiers):
            kinds.setdefault(modifier[0] if modifier[0] in _LIMBS else "", set()).add(modifier)
        return [*map(frozenset, kinds.values())]


def _take_first(modifiers: frozenset[str]) -> frozenset[str]:
    return frozenset({min(modifiers)}) if modifiers else modifiers


def _name(modifiers: Collection[str]) -> str:
    return ", ".join(sorted(modifiers))
