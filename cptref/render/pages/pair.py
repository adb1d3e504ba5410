"""The page of two codes as a pair of NCCI: what holds on the day first, then every period, each setting by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.verdicts import ADVICE
from cptref.render.blocks import Callout, Facts, Footer, Heading, Table, Title
from cptref.render.listings import build_notices
from cptref.render.verdicts import VERDICT_LOOKS, build_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.article import Modifier
    from cptref.models.pairs import PairAnswer, PairEdit, PairRuling
    from cptref.render.blocks import Block, Document

# What modifiers are about, in the words of the page.
_TOPICS = {
    "distinct": "Separate services",
    "side": "Sides",
    "anatomy": "Eyelids, fingers, toes, arteries",
    "visit": "On a visit",
    "surgery": "In a global period",
    "repeat": "Repeated tests",
}


def build_page(answer: PairAnswer) -> Document:
    """Return the blocks of the page."""
    if not answer.rulings:
        return ()
    blocks: list[Block] = [Title(f"{' and '.join(answer.codes)} on {answer.on}", document_only=True)]
    for ruling in answer.rulings:
        look = VERDICT_LOOKS[ruling.verdict]
        label = f"{look.sign} {ruling.setting.capitalize()}, {answer.on}: {ruling.says}"
        remedy = f"; what would change it: {ruling.remedy}" if ruling.remedy else ""
        as_of = f" ({ruling.rule.as_of})" if ruling.rule.as_of else ""
        blocks.append(Callout(label, f"{ruling.verdict}{as_of}{remedy}", look.tone))
    blocks += build_findings(answer.findings)
    for ruling in answer.rulings:
        blocks += _describe(ruling)
    if answer.modifiers:
        blocks += (Heading("Modifiers that may let both be paid"), Facts((*_group(answer.modifiers),), aligned=True))
    return (*blocks, Footer(ADVICE), *build_notices(answer.notices))


def _describe(ruling: PairRuling) -> Iterator[Block]:
    """Yield the release, what it was looked up in, and the periods."""
    yield Heading(f"{ruling.rule.source}{f' ({ruling.rule.as_of})' if ruling.rule.as_of else ''}")
    facts = (
        ("Order changed", (ruling.changed,) if ruling.changed else ()),
        ("Looked at", ruling.looked_at if len(ruling.looked_at) > 1 or not ruling.periods else ()),
    )
    if rows := tuple((name, values) for name, values in facts if values):
        yield Facts(rows, aligned=True)
    if ruling.periods:
        several = len(ruling.looked_at) > 1
        head = ("Paid/denied", "In force", "Edit", *(("In",) if several else ()), "Rationale")
        yield Table(head, tuple(_list_cells(edit, several=several) for edit in ruling.periods))


def _list_cells(edit: PairEdit, *, several: bool) -> tuple[str, ...]:
    days = f"{edit.first_day} to {edit.last_day}" if edit.last_day else f"since {edit.first_day}"
    release = (edit.rule.release,) if several else ()
    return f"{edit.column_1}/{edit.column_2}", days, f"indicator {edit.indicator}", *release, edit.rationale


def _group(modifiers: Iterable[Modifier]) -> Iterator[tuple[str, tuple[str, ...]]]:
    by_topic: dict[str, list[str]] = {}
    for modifier in modifiers:
        by_topic.setdefault(_TOPICS.get(modifier.about, "Others"), []).append(modifier.code)
    yield from ((topic, (" ".join(sorted(codes)),)) for topic, codes in by_topic.items())
