"""The verdict on a modifier with a code, what it rests on, and modifiers that contradict each other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from cptref.index.entries import explain_bilateral
from cptref.indicators import STATUSES, UNPAID_STATUSES
from cptref.lookup.modifier_rules import CONTRADICTIONS, FIELD_RULES
from cptref.models.codes import PublishedCode
from cptref.models.entries import AppendedModifier, Contradiction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.codes import ParsedCode
    from cptref.models.article import Modifier, ModifierTable
    from cptref.models.codesets import Listing
    from cptref.models.entries import Entry, Verdict

BILATERAL = "50"
_PROCEDURE_GLOBAL_DAYS = {"000", "010", "090", "ZZZ"}
_VISIT_ONLY = "it goes on the code of a visit, not on that of a procedure"


class _Judgment(NamedTuple):
    """A verdict, and what it rests on."""

    verdict: Verdict
    reason: str


def assess_appended(
    table: ModifierTable, looked_up: Iterable[tuple[ParsedCode, Entry | None]]
) -> tuple[AppendedModifier, ...]:
    """Return the assessment of the modifiers typed with codes, in order, each once on a code however it was spelled."""
    assessed: dict[tuple[str, str], AppendedModifier] = {}
    for parsed, entry in looked_up:
        rivals: dict[str, set[str]] = {}
        for _, names, _ in _iter_contradictions(parsed):
            for name in names:
                rivals.setdefault(name, set()).update({*names} - {name})
        for modifier in parsed.modifiers:
            if (parsed.code, modifier) not in assessed:
                item = assess_modifier(table, entry, modifier, code=parsed.code, typed=parsed.input)
                if modifier in rivals and item.verdict != "unknown":
                    others = " or ".join(sorted(rivals[modifier]))
                    problem = f"does not go with {others}" if others else "is typed twice"
                    item = item._replace(verdict="conflicts", assessment=f"{problem}; {item.assessment}")
                assessed[parsed.code, modifier] = item
    return tuple(assessed.values())


def assess_modifier(
    table: ModifierTable, entry: Entry | None, modifier: str, *, code: str, typed: str = ""
) -> AppendedModifier:
    """Return what is known of a modifier on a code, whose entry is None if the library does not have it."""
    known = next((known for known in table.modifiers if known.code == modifier), None)
    if known is None:
        judgment = _Judgment("unknown", "the modifier is not in the library, so its meaning is not known here")
    elif entry is None:
        judgment = _Judgment("not judged", "the code is not in the library")
    else:
        judgment = _judge(table, entry, known)
    return AppendedModifier(
        input=typed,
        on=code,
        code=modifier,
        set=known.set if known else "",
        meaning=known.meaning if known else "",
        listed=any(listed.code == modifier for listed in entry.modifiers)
        if entry and entry.kind == "article"
        else None,
        verdict=judgment.verdict,
        assessment=judgment.reason,
    )


def assess_by_release(table: ModifierTable, item: AppendedModifier, listing: Listing) -> AppendedModifier:
    """Return the assessment of a modifier on a code that only the fee schedule has, by the figures of its release."""
    modifier = next((known for known in table.modifiers if known.code == item.code), None)
    if modifier is None or item.verdict != "not judged":
        return item
    figures = {
        name: int(value) if (value := listing.fields[field]).isdecimal() else None
        for name, field in (("bilateral", "bilateral"), ("multiple", "multiple"), ("pc_tc", "pctc"))
    }
    published = PublishedCode(
        code=item.on,
        family="",
        service="",
        release=listing.release,
        status=listing.fields["status"],
        global_days=listing.fields["global"],  # type: ignore[arg-type]  # the reader has checked it
        **figures,  # type: ignore[arg-type]  # the same
    )
    judgment = _judge_published(table, modifier, published.bilateral, published)
    mark = f" ({listing.mark})" if listing.mark else ""
    return item._replace(verdict=judgment.verdict, assessment=f"{listing.heading}: {judgment.reason}{mark}")


def _judge(table: ModifierTable, entry: Entry, modifier: Modifier) -> _Judgment:
    """Return the verdict on a modifier by what is published of an entry's code; the bundled finding comes first."""
    finding = entry.bundled_verification or entry.verification
    if finding.status == "not-listed":
        return _Judgment("not judged", "no release checked lists the code")
    return _judge_published(table, modifier, entry.bilateral_indicator, entry.published)


def _judge_published(
    table: ModifierTable, modifier: Modifier, indicator: int | None, published: PublishedCode | None
) -> _Judgment:
    """Return the verdict on a modifier by the figures of a code, of which the bilateral indicator may be another's."""
    if published and published.status in UNPAID_STATUSES:
        meaning = STATUSES[published.status]
        return _Judgment("not judged", f"status {published.status}: {meaning}")
    if modifier.bilateral:
        return _judge_bilateral(table, modifier, indicator, published)
    if published is None:
        return _Judgment("not judged", "nothing is known here that it depends on")
    return _judge_by_figures(modifier, published)


def _judge_bilateral(
    table: ModifierTable, modifier: Modifier, indicator: int | None, published: PublishedCode | None
) -> _Judgment:
    """Return the verdict by the bilateral indicator (CMS: field BILAT SURG), and for 50 by CPT's rule on add-ons."""
    if indicator is None:
        return _Judgment("not judged", "no bilateral indicator is recorded for the code")
    rule = f"bilateral indicator {indicator}: {explain_bilateral(table, indicator)}"
    if modifier.code == BILATERAL and published and published.add_on_to:
        primaries = " or ".join(published.add_on_to)
        rest = f"the code is an add-on to {primaries}, and since CPT 2020 add-on codes do not take 50"
        return _Judgment("conflicts", f"{rest}; Medicare's {rule}")
    if indicator == 0 or (indicator in {2, 9} and modifier.code == BILATERAL):
        return _Judgment("conflicts", rule)
    return _Judgment("fits" if indicator in {1, 3} else "not judged", rule)


def _judge_by_figures(modifier: Modifier, published: PublishedCode) -> _Judgment:
    """Return the verdict by the figures of a published code (CMS: fields PCTC IND, MULT PROC and GLOB DAYS)."""
    if modifier.code in {"26", "TC"} and published.pc_tc is not None:
        rule = FIELD_RULES[modifier.code]
        verdict: Verdict = "fits" if rule.verdicts[str(published.pc_tc)] == "ok" else "conflicts"
        return _Judgment(verdict, f"PC/TC indicator {published.pc_tc}; {rule.because}")
    if modifier.code == "51" and published.multiple is not None:
        if FIELD_RULES["51"].verdicts[str(published.multiple)] != "ok":
            return _Judgment("conflicts", f"multiple-procedure indicator {published.multiple}: no reduction, so no 51")
        return _Judgment("fits", f"multiple-procedure indicator {published.multiple}; many payers add it themselves")
    if modifier.about == "visit" and published.global_days in _PROCEDURE_GLOBAL_DAYS:
        return _Judgment("conflicts", _VISIT_ONLY)
    if modifier.answers_pair_edit:
        return _Judgment("not judged", "it depends on the other services of the day, and on the record")
    return _Judgment("not judged", "nothing is known here that it depends on")


def find_contradictions(codes: Iterable[ParsedCode]) -> tuple[Contradiction, ...]:
    """Return the modifiers typed on one code that contradict each other, or that were typed twice."""
    return tuple(contradiction for parsed in codes for contradiction in _iter_contradictions(parsed))


def _iter_contradictions(parsed: ParsedCode) -> Iterator[Contradiction]:
    typed = parsed.modifiers
    for modifier in (modifier for modifier, count in Counter(typed).items() if count > 1):
        yield Contradiction(parsed.code, (modifier,), "the same modifier twice on one line")
    for pair, (problem, _) in CONTRADICTIONS.items():
        if set(pair) <= set(typed):
            yield Contradiction(parsed.code, pair, problem)
