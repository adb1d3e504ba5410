"""How verdicts on claims are shown: never by color alone, but with a sign and a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.claims import EditName
    from cptref.models.verdicts import Finding, Verdict
    from cptref.render.blocks import Callout, Tone


class VerdictLook(NamedTuple):
    """A sign, a color, and what a verdict means behind one thing and behind several."""

    sign: str
    tone: Tone
    of_one: str
    of_several: str


VERDICT_LOOKS: dict[Verdict, VerdictLook] = {
    "deny likely": VerdictLook("✗", "alarm", "would likely be denied", "would likely be denied"),
    "look": VerdictLook("!", "doubt", "needs a look", "need a look"),
    "unknown": VerdictLook("?", "doubt", "can't be judged", "can't be judged"),
    "ok": VerdictLook("✓", "good", "has nothing against it", "have nothing against them"),
}
EDIT_TITLES: dict[EditName, str] = {
    "code": "valid code",
    "status": "Medicare status",
    "diagnosis": "diagnosis",
    "excludes": "Excludes1",
    "modifier": "modifier",
    "units": "units a day",
    "pair": "pair edit",
    "add-on": "add-on",
    "global": "global period",
    "place": "place of service",
    "duplicate": "duplicate line",
    "finding": "article",
}


def build_findings(findings: Iterable[Finding]) -> Iterator[Callout]:
    """Yield why codes do not stand for what their articles describe."""
    from cptref.render.blocks import Callout

    for finding in findings:
        yield Callout(f"! {finding.says}", finding.remedy, "alarm")


def show_verdict(verdict: Verdict) -> str:
    """Return a verdict with its sign: `✗ deny likely`."""
    return f"{VERDICT_LOOKS[verdict].sign} {verdict}"
