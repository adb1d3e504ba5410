"""Whether NCCI lets two services of a day be paid together: claims/pair_edits.py has the rules and their sources."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from datetime import date
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.context import cite
from cptref.claims.pair_edits import (
    NOT_AN_EDIT,
    PERIODS,
    SETS,
    describe_edit,
    explain_gap,
    explain_ruling,
    find_first_day,
    find_missing_files,
    suggest_modifiers,
)
from cptref.claims.pair_modifiers import Judgment, PairModifiers
from cptref.claims.shared_days import LinesByDay, group_by_days
from cptref.claims.visits import is_visit
from cptref.claims.wording import MAX_NAMED, count, name_codes
from cptref.codesets.pair_edits import is_covered, read_partners
from cptref.lookup.listings import explain_not_loaded
from cptref.models.claims import VERDICTS, EditResult, Rule
from cptref.models.pairs import PairEdit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cptref.claims.context import ClaimContext
    from cptref.codesets.catalog import Selection
    from cptref.models.claims import Claim, ClaimLine, Verdict

MAX_PAIRS_NAMED = 10  # of a code in column 2, which one result each is about; one more sums up the others
MAX_BESIDE = 10  # lines of column 1 that a result names
# Of which lines of column 1 may have different ones: all that stand alone and count, and some of several places.
MAX_MODIFIERS = 64


class _Finding(NamedTuple):
    """What an edit says of lines of column 2."""

    edit: PairEdit
    judgment: Judgment


class _Findings:
    """What edits say of a code in column 2, each with its lines: the first few by verdict, and of the others numbers.

    Codes of one day may be in many thousands of pairs, which would not fit into memory.
    """

    def __init__(self) -> None:
        self.named: dict[Verdict, dict[_Finding, list[ClaimLine]]] = defaultdict(dict)
        self.rest: dict[Verdict, _Rest] = defaultdict(_Rest)

    def add(self, finding: _Finding, lines: Sequence[ClaimLine]) -> None:
        """Take a finding on lines; those of codes in column 1 come in order of code."""
        verdict = finding.judgment.verdict
        named = self.named[verdict]
        is_open = len(named) < MAX_PAIRS_NAMED
        if is_open or (finding.edit == next(reversed(named)).edit and finding in named):  # most are neither
            named.setdefault(finding, []).extend(lines)
        else:
            self.rest[verdict].add(finding, lines)

    def list_named(self) -> list[tuple[_Finding, list[ClaimLine]]]:
        """Return the first few findings, the worst first; what was taken beyond them goes to the others."""
        ordered = [(finding, lines) for named in self.named.values() for finding, lines in named.items()]
        ordered.sort(key=lambda each: _get_order(each[0]))
        self.named.clear()
        for finding, lines in ordered[MAX_PAIRS_NAMED:]:
            self.rest[finding.judgment.verdict].add(finding, lines)
        return ordered[:MAX_PAIRS_NAMED]

    def list_numbers(self) -> set[int]:
        """Return the numbers of all lines."""
        numbers = {line.number for named in self.named.values() for lines in named.values() for line in lines}
        return numbers.union(*(rest.numbers for rest in self.rest.values()))


class _Rest:
    """How many codes in column 1 further findings are about, the first few by name, and the numbers of the lines."""

    def __init__(self) -> None:
        self.count = 0
        self.names: list[str] = []
        self.numbers: set[int] = set()
        self._last = ""

    def add(self, finding: _Finding, lines: Iterable[ClaimLine]) -> None:
        """Count a finding on lines."""
        code = finding.edit.column_1
        if code != self._last and code not in self.names:
            self.count += 1
            insort(self.names, code)
            del self.names[MAX_NAMED:]
        self._last = code
        self.numbers.update(line.number for line in lines)


class _CodeLines:
    """The lines of one code, by those of their modifiers that may answer an edit, and by days."""

    def __init__(self, lines: Iterable[ClaimLine], modifiers: PairModifiers) -> None:
        self.lines = [*lines]
        self.alike: dict[tuple[frozenset[str], date, date], list[ClaimLine]] = defaultdict(list)
        by_modifiers: dict[frozenset[str], list[ClaimLine]] = defaultdict(list)
        for line in sorted(self.lines, key=lambda line: (line.modifiers, line.first_day, line.last_day)):
            answering = modifiers.pick(line.code, line.modifiers)
            self.alike[answering, line.first_day, line.last_day].append(line)
            by_modifiers[answering].append(line)
        in_order = sorted(by_modifiers, key=lambda answering: (len(answering), sorted(answering)))
        self._indexes = {answering: LinesByDay(by_modifiers[answering]) for answering in in_order}

    @cached_property
    def by_day(self) -> LinesByDay:
        """All lines."""
        return LinesByDay(self.lines)

    def iter_modifiers(self, first: date, last: date) -> Iterator[frozenset[str]]:
        """Yield the modifiers of lines between two days, none and one alone first."""
        return (modifiers for modifiers, lines in self._indexes.items() if lines.find_between(first, last))


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield what the edit says of a claim.

    Every code of a day is looked up once, with all its partners, so that the time does not grow with pairs of lines.
    """
    groups = [group for group in group_by_days(claim.lines) if len({line.code for line in group}) > 1]
    if not groups:
        return
    name = SETS[context.settings.setting]
    modifiers = PairModifiers.of(context.modifier_table, context.settings.setting)
    for group in groups:
        by_selection: dict[Selection | None, list[ClaimLine]] = defaultdict(list)
        for line in group:
            by_selection[context.select(name, line.last_day)].append(line)
        if None in by_selection:
            numbers = _number(line for group in groups for line in group)
            says = f"codes of one day may exclude each other: {explain_not_loaded(name).partition(':')[0]}"
            yield EditResult("pair", "unknown", "", says, Rule("NCCI pair edits"), numbers, claim=claim.number)
            return
        codes = _split_by_code(group, modifiers)
        for selection, lines in by_selection.items():
            if selection:
                columns_2 = codes if len(by_selection) == 1 else _split_by_code(lines, modifiers)
                for result in _check_group(selection.by_dates, codes, columns_2, modifiers, context):
                    yield result._replace(claim=claim.number)


def _split_by_code(lines: Iterable[ClaimLine], modifiers: PairModifiers) -> dict[str, _CodeLines]:
    by_code: dict[str, list[ClaimLine]] = defaultdict(list)
    for line in lines:
        by_code[line.code].append(line)
    return {code: _CodeLines(of_code, modifiers) for code, of_code in sorted(by_code.items())}


def _check_group(
    selection: Selection,
    columns_1: Mapping[str, _CodeLines],
    columns_2: Mapping[str, _CodeLines],
    modifiers: PairModifiers,
    context: ClaimContext,
) -> Iterator[EditResult]:
    """Yield what a release says of lines that may share days, as far as they are in column 2."""
    rule = cite(selection)
    findings: dict[str, _Findings] = defaultdict(_Findings)
    first_day = min(first for lines in columns_2.values() for _, first, _ in lines.alike)
    last_day = max(last for lines in columns_2.values() for _, _, last in lines.alike)
    for column_1, first_lines in columns_1.items():
        partners = read_partners(selection.stores, column_1)
        for column_2 in columns_2.keys() & {*partners} - {column_1}:
            for period in sorted(partners[column_2], key=lambda period: (period.indicator, period.first_day)):
                if period.first_day > last_day or (period.last_day and period.last_day < first_day):
                    continue
                edit = PairEdit(column_1, column_2, *period)
                for finding, lines in _judge(edit, first_lines, columns_2[column_2], modifiers, context):
                    findings[column_2].add(finding, lines)
    judged = {number for of_code in findings.values() for number in of_code.list_numbers()}
    for column_2 in sorted(findings):
        yield from _report(column_2, findings.pop(column_2), columns_1, rule, context)
    gaps = [*_report_gaps(selection, columns_1, columns_2, rule, context)]
    yield from gaps
    is_clean = not judged
    judged.update(number for gap in gaps for number in gap.lines)
    rest = [line for lines in columns_2.values() for line in lines.lines if line.number not in judged]
    yield from _report_rest(rest, len(columns_1), selection, rule, is_clean=is_clean)


def _report_gaps(
    selection: Selection,
    columns_1: Mapping[str, _CodeLines],
    columns_2: Mapping[str, _CodeLines],
    rule: Rule,
    context: ClaimContext,
) -> Iterator[EditResult]:
    """Yield which lines codes in column 1 may exclude whose pairs are in a file that is not loaded."""
    is_whole = context.memoize(is_covered)
    by_files: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for code in columns_1:
        if not is_whole(selection.stores, code) and not all(
            is_whole(selection.stores, code, other) for other in columns_2 if other != code
        ):
            by_files[context.memoize(find_missing_files)(selection.stores, code)].append(code)
    for files, codes in by_files.items():
        own = codes[0] if len(codes) == 1 else ""  # no code excludes itself
        numbers = _number(line for code, lines in columns_2.items() if code != own for line in lines.lines)
        beside = _number(line for code in codes[:MAX_BESIDE] for line in columns_1[code].lines[:1])
        yield EditResult("pair", "unknown", own, explain_gap(codes, files), rule, numbers, beside)


def _judge(
    edit: PairEdit, first: _CodeLines, second: _CodeLines, modifiers: PairModifiers, context: ClaimContext
) -> Iterator[tuple[_Finding, list[ClaimLine]]]:
    """Yield what an edit says of the lines of column 2 that share a day of its period with one of column 1."""
    if edit.indicator == NOT_AN_EDIT:
        return
    for (own, first_day, last_day), lines in second.alike.items():
        begin, end = max(first_day, edit.first_day), min(last_day, edit.last_day or last_day)
        if begin > end:
            continue
        beside = [*islice(first.iter_modifiers(begin, end), MAX_MODIFIERS)]
        if beside:
            has_period = partial(_has_period, begin, context)
            judgments = [modifiers.judge(edit, others, own, begin, has_period) for others in beside]
            worst = min(judgments, key=lambda judgment: VERDICTS.index(judgment.verdict))
            if worst.verdict == "ok" and len(beside) == MAX_MODIFIERS:
                worst = worst._replace(verdict="look")
            yield _Finding(edit, worst), lines


def _report(
    column_2: str,
    findings: _Findings,
    columns_1: Mapping[str, _CodeLines],
    rule: Rule,
    context: ClaimContext,
) -> Iterator[EditResult]:
    """Yield the findings on a code in column 2, the worst first: the first few one by one, the others together."""
    named = findings.list_named()
    decided = {
        (finding.edit.column_1, line.number)
        for finding, lines in named
        if finding.edit.indicator == 0
        for line in lines
    }
    for (edit, judgment), lines in named:
        is_open = any((edit.column_1, line.number) not in decided for line in lines)
        beside = _list_beside(edit, lines, columns_1[edit.column_1].by_day)
        yield EditResult(
            edit="pair",
            verdict=judgment.verdict,
            code=edit.column_2,
            says=f"{explain_ruling(edit, judgment)} ({describe_edit(edit)})",
            rule=rule,
            lines=_number(lines),
            beside=_number(beside),
            remedy=_suggest(edit, judgment.verdict, lines[0], context) if is_open else "",
            day=max(edit.first_day, min(line.first_day for line in lines), min(line.first_day for line in beside)),
            needs_documentation=judgment.verdict == "ok",
        )
    for verdict, rest in findings.rest.items():
        names = name_codes(rest.names, rest.count)
        says = f"{count(rest.count, 'more code')} of the day with which {column_2} is a pair: {names}"
        yield EditResult(
            "pair", verdict, column_2, says, rule, tuple(sorted(rest.numbers)), needs_documentation=verdict == "ok"
        )


def _get_order(finding: _Finding) -> tuple[int, str, int, date, date, Judgment]:
    """Return the place of a finding on a code in column 2, the worst first."""
    edit, judgment = finding
    worst = VERDICTS.index(judgment.verdict)
    return worst, edit.column_1, edit.indicator, edit.first_day, edit.last_day or date.max, judgment


def _suggest(edit: PairEdit, verdict: Verdict, line: ClaimLine, context: ClaimContext) -> str:
    """Return what would change a verdict; what helps a visit depends on the global days of column 1."""
    days = _read_global_days(edit.column_1, line.first_day, context) if is_visit(edit.column_2) else ""
    return suggest_modifiers(edit, verdict, days)


def _has_period(day: date, context: ClaimContext, code: str) -> bool:
    return _read_global_days(code, day, context) in PERIODS


def _read_global_days(code: str, day: date, context: ClaimContext) -> str:
    """Return the global days of a code, "" where no fee schedule says; a pair needs none."""
    selection = context.select("pfs", day) if context.catalog.list_releases("pfs") else None
    rows = context.read_rows(selection, code) if selection else {}
    return next((fields["global"] for fields in rows.values()), "")


def _list_beside(edit: PairEdit, lines: Sequence[ClaimLine], first: LinesByDay) -> list[ClaimLine]:
    """Return the lines of column 1 that share a day with lines of column 2, the first few of many."""
    beside: dict[int, ClaimLine] = {}
    for first_day, last_day in dict.fromkeys((line.first_day, line.last_day) for line in lines):
        begin, end = max(first_day, edit.first_day), min(last_day, edit.last_day or last_day)
        beside |= {line.number: line for line in islice(first.iter_between(begin, end), MAX_BESIDE)}
        if len(beside) >= MAX_BESIDE:
            break
    return [beside[number] for number in sorted(beside)][:MAX_BESIDE]


def _report_rest(
    lines: Sequence[ClaimLine], codes: int, selection: Selection, rule: Rule, *, is_clean: bool
) -> Iterator[EditResult]:
    """Yield one result for all lines without an edit, and one for those of days of which not all edits are loaded."""
    known_from = find_first_day(selection.stores)
    early = [line for line in lines if known_from and line.first_day < known_from]
    if early:
        says = f"edits that ended before {known_from} are not loaded"
        yield EditResult("pair", "unknown", "", says, rule, _number(early), day=min(line.first_day for line in early))
    if len(early) < len(lines):
        others = [line for line in lines if not known_from or line.first_day >= known_from]
        what = f"no pair edit among the {codes} codes of the day"
        says = what if is_clean else "no pair edit denies these lines beside the other codes of the day"
        yield EditResult("pair", "ok", "", says, rule, _number(others), day=min(line.first_day for line in others))


def _number(lines: Iterable[ClaimLine]) -> tuple[int, ...]:
    return tuple(sorted({line.number for line in lines}))
