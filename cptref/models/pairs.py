"""Values of pair edits: which two codes are not paid together, when, and what holds on a day."""

from datetime import date
from typing import NamedTuple

from cptref.models.article import Modifier
from cptref.models.verdicts import Finding, Rule, Setting, Verdict


class PairEdit(NamedTuple):
    """One period in which NCCI has two codes as a pair: `column_2` is the one that is denied.

    `indicator` is 0 if no modifier helps, 1 if one may, 9 if the edit never was in force. `last_day` is the last day in
    force, None if it has no end so far.
    """

    column_1: str
    column_2: str
    first_day: date
    last_day: date | None
    indicator: int
    rationale: str
    setting: Setting = "practitioner"
    rule: Rule = Rule("")

    def is_in_force(self, on: date) -> bool:
        """Return whether the edit holds on a day, the first and the last one included."""
        return self.indicator != 9 and self.first_day <= on and (self.last_day is None or on <= self.last_day)  # noqa: PLR2004


class PairRuling(NamedTuple):
    """What the edits of one setting say of two codes.

    `says` is what holds on the day in one sentence, and `remedy` what would change the verdict. `periods` are all of
    them, in either order of the codes, the newest first; `changed` says how that order changed last. `looked_at` are
    the releases that were looked at.
    """

    setting: Setting
    rule: Rule
    verdict: Verdict
    says: str
    remedy: str = ""
    periods: tuple[PairEdit, ...] = ()
    changed: str = ""
    looked_at: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether one of the two is denied and no modifier changes that."""
        return self.verdict == "deny likely" and not self.remedy


class PairAnswer(NamedTuple):
    """Whether two codes may be paid together on a day, in each setting whose edits are loaded.

    `codes` are as they are billed, with the modifiers typed with them. `modifiers` may let both be paid where an edit
    has indicator 1, and are empty where none has or indicator 0 decides. `findings` say which code does not stand for
    what its article describes, whatever the edits say.
    """

    codes: tuple[str, str]
    on: date
    rulings: tuple[PairRuling, ...]
    modifiers: tuple[Modifier, ...] = ()
    not_loaded: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether every setting has an answer."""
        return bool(self.rulings) and all(ruling.verdict != "unknown" for ruling in self.rulings)
