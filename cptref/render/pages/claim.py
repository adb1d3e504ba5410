"""The page of what the edits say of claims: their lines in a table, worst first, then the reasons, line by line."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from cptref.models.claims import ADVICE, VERDICTS
from cptref.render.blocks import Callout, Footer, Heading, Paragraph, Points, Run, Table, Title
from cptref.render.claim_words import (
    count,
    label_diagnoses,
    label_lines,
    name_letter,
    name_line,
    name_numbers,
    write_days,
)
from cptref.render.listings import build_notices
from cptref.render.verdicts import EDIT_TITLES, VERDICT_LOOKS, show_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from cptref.models.claims import CheckedDiagnosis, CheckedLine, ClaimAnswer, EditResult, Unread, Verdict
    from cptref.render.blocks import Block, Document

MAX_EDITS = 3  # named in a cell
MAX_UNREAD = 20  # of what could not be read; JSON has all
_EACH = "each code"  # stands for the codes of results that are alike otherwise
_ORDER = {verdict: place for place, verdict in enumerate(VERDICTS)}


class _ClaimPart(NamedTuple):
    """One claim: its lines, diagnoses and results, each in order."""

    number: int
    lines: Sequence[CheckedLine]
    diagnoses: Sequence[CheckedDiagnosis]
    results: Sequence[EditResult]


def build_page(answer: ClaimAnswer) -> Document:
    """Return the blocks of the page; with several claims, each under a title of its own."""
    parts = [*_split(answer)]
    blocks: list[Block] = []
    if len(parts) == 1:
        blocks += _build_part(answer, parts[0], _build_title(answer.lines, answer.diagnoses, answer.unread))
    else:
        blocks += (
            _build_title(answer.lines, answer.diagnoses, answer.unread, claims=len(parts)),
            _build_basis(answer, answer.lines),
        )
        for part in parts:
            blocks += _build_part(answer, part, _build_title(part.lines, part.diagnoses, (), f"Claim {part.number}: "))
        if parts:
            blocks.append(Title("All claims"))
    return (*blocks, *_build_amounts(answer), *_build_lists(answer), Footer(ADVICE), *build_notices(answer.notices))


def _split(answer: ClaimAnswer) -> Iterator[_ClaimPart]:
    lines: dict[int, list[CheckedLine]] = defaultdict(list)
    diagnoses: dict[int, list[CheckedDiagnosis]] = defaultdict(list)
    results: dict[int, list[EditResult]] = defaultdict(list)
    for line in answer.lines:
        lines[line.line.claim].append(line)
    for diagnosis in answer.diagnoses:
        diagnoses[diagnosis.diagnosis.claim].append(diagnosis)
    for result in answer.results:
        results[result.claim].append(result)
    for number in sorted({*lines, *diagnoses}):
        yield _ClaimPart(number, lines[number], diagnoses[number], results[number])


def _build_title(
    lines: Sequence[CheckedLine],
    diagnoses: Sequence[CheckedDiagnosis],
    unread: Sequence[Unread],
    start: str = "",
    claims: int = 1,
) -> Title:
    """Return how much has each verdict, the worst first: `✗ 2 of 5 lines would likely be denied; 1 line needs a look`.

    What could not be read counts too, so that a title never looks better than what follows.
    """
    groups = [(group, noun) for group, noun in ((lines, "line"), (diagnoses, "diagnosis")) if group]
    many = f" on {claims} claims" if claims > 1 else ""
    if not groups:
        return Title("? Nothing could be read", tone="doubt")
    clauses: list[str] = []
    present = [
        verdict for verdict in VERDICTS[:-1] if any(each.verdict == verdict for group, _ in groups for each in group)
    ]
    for verdict in present:
        numbers = [sum(each.verdict == verdict for each in group) for group, _ in groups]
        counts = (
            count(number, noun) if clauses else f"{number:,} of {count(len(group), noun)}"
            for number, (group, noun) in zip(numbers, groups, strict=True)
            if number
        )
        look = VERDICT_LOOKS[verdict]
        says = look.of_one if sum(numbers) == 1 else look.of_several
        clauses.append(f"{' and '.join(counts)}{'' if clauses else many} {says}")
    if unread:
        clauses.append(f"{count(len(unread), 'part')} of the input could not be read")
    if not present:
        counts = (count(len(group), noun) for group, noun in groups)
        clauses.append(f"no problems found on {' and '.join(counts)}{many}")
    look = VERDICT_LOOKS[present[0] if present else "unknown" if unread else "ok"]
    says = "; ".join(clauses)
    return Title(f"{start}{look.sign} {says[:1].upper()}{says[1:]}", tone=look.tone)


def _build_basis(answer: ClaimAnswer, lines: Sequence[CheckedLine]) -> Paragraph:
    """Return the days, the setting, the place if it is the same for all lines, and where the amounts are from."""
    days = sorted(day for line in lines for day in (line.line.first_day, line.line.last_day)) or [answer.on]
    places = {line.line.place for line in lines}
    words = [
        str(days[0]) if days[0] == days[-1] else f"{days[0]} to {days[-1]}",
        f"{answer.setting} edits",
        *(f"place of service {place}" for place in places if place and len(places) == 1),
    ]
    if answer.locality:
        words.append(f"amounts of {answer.locality.title}")
    elif answer.total is not None:
        words.append("national amounts")
    words.append("factor of qualifying APM participants" if answer.qualifying else "")
    return Paragraph((Run(" · ".join(filter(None, words))),))


def _build_part(answer: ClaimAnswer, part: _ClaimPart, title: Title) -> Iterator[Block]:
    """Yield what is said of one claim: title, tables, reasons, and how much has nothing against it."""
    yield title
    yield _build_basis(answer, part.lines)
    if part.lines:
        yield Heading("Lines")
        yield _build_lines(answer, part)
    if part.diagnoses:
        yield Heading("Diagnoses")
        yield _build_diagnoses(part.diagnoses)
    shown = [
        result for result in part.results if answer.verbose or result.verdict != "ok" or result.needs_documentation
    ]
    yield from _build_reasons(part, shown)
    if answer.verbose:
        return
    failed = {result.edit for result in shown}
    if passed := dict.fromkeys(result.edit for result in part.results if result.edit not in failed):
        names = ", ".join(EDIT_TITLES[edit] for edit in passed)
        look = VERDICT_LOOKS["ok"]
        label = f"{look.sign} {count(len(passed), 'edit')} found no problem"
        yield Callout(label, f"{names} (-v shows what they say)", look.tone)


def _build_lines(answer: ClaimAnswer, part: _ClaimPart) -> Table:
    """Return the lines, worst first; releases, days, places and amounts only if they differ or are there."""
    has_older = any(line.as_of for line in part.lines)
    has_days = len({(line.line.first_day, line.line.last_day) for line in part.lines}) > 1
    has_places = len({line.line.place for line in part.lines}) > 1
    has_amounts = any(line.amount for line in answer.lines)
    topics = _list_topics(part.results)
    amounts = {line.line.number: _write_amount(line) for line in part.lines}
    width = max(map(len, amounts.values()))
    rows = []
    for line in sorted(part.lines, key=lambda line: _ORDER[line.verdict]):
        number = line.line.number
        edits = topics.get((number, line.verdict), ())
        rows.append(
            (
                show_verdict(line.verdict),
                *((", ".join(line.as_of),) if has_older else ()),
                str(number),
                name_line(line.line),
                *((write_days(line.line),) if has_days else ()),
                *((line.line.place,) if has_places else ()),
                *((amounts[number].rjust(width),) if has_amounts else ()),
                line.title if line.verdict == "ok" else ", ".join(edits) or line.title,
            )
        )
    head = (
        "Verdict",
        *(("As of",) if has_older else ()),
        *("Line", "Code"),
        *(("Day",) if has_days else ()),
        *(("Place",) if has_places else ()),
        *(("Amount",) if has_amounts else ()),
        "About",
    )
    return Table(head, tuple(rows), headed=True)


def _list_topics(results: Iterable[EditResult]) -> dict[tuple[int, Verdict], list[str]]:
    """Return the edits by line and verdict, the first few of them."""
    topics: dict[tuple[int, Verdict], list[str]] = defaultdict(list)
    for result in results:
        for number in result.lines if result.verdict != "ok" else ():
            names = topics[number, result.verdict]
            if EDIT_TITLES[result.edit] not in names and len(names) < MAX_EDITS:
                names.append(EDIT_TITLES[result.edit])
    return topics


def _build_diagnoses(diagnoses: Sequence[CheckedDiagnosis]) -> Table:
    """Return the diagnoses, worst first; releases only if an older one had to do."""
    has_older = any(each.as_of for each in diagnoses)
    rows = (
        (
            show_verdict(each.verdict),
            *((", ".join(each.as_of),) if has_older else ()),
            name_letter(each.diagnosis.number),
            each.diagnosis.code,
            each.title,
        )
        for each in sorted(diagnoses, key=lambda each: _ORDER[each.verdict])
    )
    head = ("Verdict", *(("As of",) if has_older else ()), "Pointer", "Code", "Text")
    return Table(head, tuple(rows), headed=True)


def _build_reasons(part: _ClaimPart, results: Sequence[EditResult]) -> Iterator[Block]:
    """Yield what the edits say: the results of the same lines or diagnoses together, the worst first."""
    if not results:
        return
    yield Heading("Reasons")
    by_number = {line.line.number: line for line in part.lines}
    groups: dict[tuple[tuple[int, ...], tuple[str, ...]], list[EditResult]] = defaultdict(list)
    for result in _merge(results):
        groups[result.lines, () if result.lines else (result.code, *result.others)].append(result)
    letters = {each.diagnosis.code: name_letter(each.diagnosis.number) for each in reversed(part.diagnoses)}
    titles = {each.diagnosis.code: each.title for each in part.diagnoses}
    for (lines, codes), reasons in groups.items():
        verdict = reasons[0].verdict
        if lines:
            label = label_lines([by_number[number] for number in lines])
            title = by_number[lines[0]].title if len(lines) == 1 else ""
        else:
            label = label_diagnoses(codes, letters)
            title = "; ".join(filter(None, (titles.get(code, "") for code in codes)))
        look = VERDICT_LOOKS[verdict]
        yield Callout(f"{look.sign} {label}", " · ".join(filter(None, (verdict, title))), look.tone)
        yield Points(tuple((Run("\n".join(_explain(reason))),) for reason in reasons))


def _merge(results: Iterable[EditResult]) -> Iterator[EditResult]:
    """Yield what is said, each once, with all lines that it is said of.

    What can't be judged is often said of every line, in sentences that differ by the code alone: that is one, too.
    """
    alike: dict[tuple[object, ...], list[EditResult]] = defaultdict(list)
    for result in results:
        is_unknown = result.verdict == "unknown"
        general = _generalize(result) if is_unknown else result
        about = () if result.lines or is_unknown else (result.code, *result.others)
        alike[general.edit, general.verdict, general.says, general.remedy, general.rule, about].append(result)
    for group in alike.values():
        code, *others = dict.fromkeys(code for result in group for code in (result.code, *result.others))
        first = _generalize(group[0]) if any(result.code != code for result in group) else group[0]
        lines = dict.fromkeys(number for result in group for number in result.lines)
        beside = dict.fromkeys(number for result in group for number in result.beside if number not in lines)
        yield first._replace(code=code, others=tuple(others), lines=tuple(sorted(lines)), beside=tuple(beside))


def _generalize(result: EditResult) -> EditResult:
    """Return a result whose sentences name no code."""
    if not result.code:
        return result
    says, remedy = (text.replace(result.code, _EACH) for text in (result.says, result.remedy))
    return result._replace(says=says, remedy=remedy)


def _explain(result: EditResult) -> Iterator[str]:
    """Yield what an edit says, what would change it, and what it rests on, each on a line."""
    edit = EDIT_TITLES[result.edit]
    beside = f" (beside {name_numbers(result.beside)})" if result.beside else ""
    yield f"{VERDICT_LOOKS[result.verdict].sign} {edit[:1].upper()}{edit[1:]}: {result.says}{beside}"
    if result.remedy:
        yield f"What would change it: {result.remedy}"
    yield f"Rule: {result.rule.label}"


def _build_amounts(answer: ClaimAnswer) -> Iterator[Block]:
    """Yield the total, what it leaves out, and, if asked for, how each amount comes about."""
    if not any(line.amount for line in answer.lines):
        return
    yield Heading("What Medicare allows")
    points = []
    number = len(answer.lines) - sum(not line.amount or line.amount.amount is None for line in answer.lines)
    if answer.total is not None:
        lines = (
            count(number, "line")
            if number == len(answer.lines)
            else f"{number:,} of {count(len(answer.lines), 'line')}"
        )
        points.append(f"{_write(answer.total)} for {lines}, before deductible and coinsurance")
        if answer.total_without_denied != answer.total:
            rest = _write(answer.total_without_denied) if answer.total_without_denied else "nothing"
            points.append(f"{rest} without the lines that would likely be denied")
    without: dict[str, list[int]] = defaultdict(list)
    for line in answer.lines:
        if line.amount is None or line.amount.amount is None:
            without[line.amount.says if line.amount else "not priced"].append(line.line.number)
    points += (f"No amount for {name_numbers(numbers)}: {says}" for says, numbers in without.items())
    if answer.verbose:
        points += (
            f"Line {line.line.number}: {'; '.join(line.amount.steps)}"
            for line in answer.lines
            if line.amount and line.amount.steps
        )
    yield Points(tuple((Run(point),) for point in points))


def _build_lists(answer: ClaimAnswer) -> Iterator[Block]:
    """Yield what could not be read, what is not loaded, remarks, and what was looked at."""
    unread = [f"{each.input}: {each.reason}" for each in answer.unread[:MAX_UNREAD]]
    if len(answer.unread) > MAX_UNREAD:
        unread.append(f"{len(answer.unread) - MAX_UNREAD:,} more; -f json has all")
    for heading, texts in (
        ("Could not be read", unread),
        ("Not loaded", answer.not_loaded),
        ("Remarks", answer.remarks),
        ("Checked against", answer.sources),
    ):
        if texts:
            yield Heading(heading)
            yield Points(tuple((Run(text),) for text in texts))


def _write_amount(line: CheckedLine) -> str:
    if line.amount is None or line.amount.amount is None:
        return "none"
    return _write(line.amount.amount)


def _write(amount: Decimal) -> str:
    return f"${amount:,.2f}"
