"""NCCI pair edits: which of two codes is denied, whether a modifier helps, and every period of a pair.

| rule | source |
|---|---|
| column 2 is denied; indicator 0 no modifier helps, 1 one may, 9 no edit | NCCI Policy Manual, chapter 1 (A, E) |
| the modifiers that may help | claims/pair_modifiers.py |
| which of 25 and 57: by the global days of column 1 | CMS IOM 100-04, chapter 12, section 30.6.6 |
| where periods overlap, indicator 0 decides | NCCI Policy Manual, chapter 1, section E |
| the first and the last day are in force | the layout: every last day ends a quarter |
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from cptref.claims.context import cite
from cptref.claims.pair_modifiers import PairModifiers, is_laboratory_test
from cptref.claims.visits import is_visit
from cptref.claims.wording import join_or, name_codes
from cptref.codes import parse_codes
from cptref.codesets.pair_edits import PARTS, is_covered, read_partners
from cptref.errors import UsageError
from cptref.models.pairs import PairAnswer, PairEdit, PairRuling
from cptref.models.verdicts import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cptref.claims.pair_modifiers import Judgment
    from cptref.codes import ParsedCode
    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import StoreReader
    from cptref.models.article import ModifierTable
    from cptref.models.verdicts import Setting, Verdict

NOT_AN_EDIT = 9  # the indicator of a pair that never was in force
# Sets that list codes, by whether a code begins with a digit; the first one has nearly all.
_LISTS = {True: ("pfs", "cpt"), False: ("hcpcs", "pfs")}
SETS: dict[Setting, str] = {"practitioner": "ptp-practitioner", "hospital": "ptp-hospital"}
_IF_SEPARATE = "if the documentation shows that they were separate"
# What may help, by what the denied code is; `cptref pair` lists every modifier.
_FOR_VISITS = "25 on {code}, if the documentation shows a visit of its own"
_FOR_DECISIONS = "57 on {code}, if the documentation shows that the operation was decided at the visit"
_FOR_LABS = "59 or 91 (or XE, XP, XS, XU) on {code}, if the documentation shows that it was another test"
_FOR_PROCEDURES = (
    "59, XE, XP, XS or XU on {code}, or one for another side, eyelid, finger, toe or artery, "
    "if the documentation shows that the two were separate"
)
_MAJOR = "090"  # global days of an operation that is decided at a visit
PERIODS = frozenset({"010", "090"})  # global days after an operation
_CHECKS = {
    "91": "it is for a laboratory test that was done again",
    **dict.fromkeys(("58", "78", "79"), "it is for an operation in the global period of another one"),
}


def explain_ruling(edit: PairEdit, judgment: Judgment) -> str:
    """Return in a sentence what an edit in force means."""
    verdict, modifier, where = judgment
    paid, denied = edit.column_1, edit.column_2
    if edit.indicator == 0:
        says = f"{denied} is not paid on the same day as {paid}, and no modifier changes that"
    elif verdict == "deny likely":
        says = f"{denied} is not paid on the same day as {paid}, unless a modifier says that they were separate"
    elif verdict == "look" and where:
        check = f"fits: {_CHECKS[modifier]}" if modifier in _CHECKS else "names where the service was done"
        says = f"{modifier} on {where} would pass the edit; check that it {check}"
    elif verdict == "look":
        says = f"{paid} and {denied} both have {modifier}, which does not tell them apart"
    else:
        says = f"{modifier} on {where} lets {denied} be paid beside {paid}, {_IF_SEPARATE}"
    return says


def describe_edit(edit: PairEdit) -> str:
    """Return an edit in few words: `pair 20552/64483, indicator 1, since 2017-01-01: "Misuse of column two ..."`."""
    until = f" until {edit.last_day}" if edit.last_day else ""
    reason = f': "{edit.rationale}"' if edit.rationale else ""
    return f"pair {edit.column_1}/{edit.column_2}, indicator {edit.indicator}, since {edit.first_day}{until}{reason}"


def suggest_modifiers(edit: PairEdit, verdict: Verdict, global_days: str = "") -> str:
    """Return what would change the verdict, "" where nothing would; the global days are those of column 1."""
    if verdict == "ok" or edit.indicator == 0:
        return ""
    return _suggest(edit.column_2, global_days)


@lru_cache(maxsize=256)  # results share their texts
def _suggest(code: str, global_days: str) -> str:
    if is_visit(code):
        text = _FOR_DECISIONS if global_days == _MAJOR else _FOR_VISITS
        return f"a modifier such as {text.format(code=code)}"
    text = _FOR_LABS if is_laboratory_test(code) else _FOR_PROCEDURES
    return f"a modifier such as {text.format(code=code)}"


def explain_gap(codes: Collection[str], files: Sequence[str]) -> str:
    """Return that the pairs of column 1 codes are not loaded, and in which files they may be."""
    rest = f": it is in file {join_or(files)}" if files else ""
    return f"what is not paid beside {name_codes(codes)} is not loaded{rest}"


def find_missing_files(stores: Sequence[StoreReader], code: str) -> tuple[str, ...]:
    """Return the files that may have the pairs of a column 1 code and are not loaded; they are in order of code."""
    loaded = {store.name.part: store for store in stores if store.name.part in PARTS}
    before = max((PARTS.index(part) for part, store in loaded.items() if store.details["last"][:5] < code), default=-1)
    after = min(
        (PARTS.index(part) for part, store in loaded.items() if store.details["first"][:5] > code), default=len(PARTS)
    )
    return tuple(part for part in PARTS[before + 1 : after] if part not in loaded)


def parse_pair(first: str, second: str) -> tuple[ParsedCode, ParsedCode]:
    """Return two codes with their modifiers. Raise UsageError for what is not exactly one procedure code each."""
    parsed = (_parse(first), _parse(second))
    if parsed[0].code == parsed[1].code:
        hint = f"what is known of {parsed[0].code} says how many units a day are expected"
        raise UsageError(f"{parsed[0].code} twice: a pair has two codes", hint=hint)
    return parsed


def _parse(typed: str) -> ParsedCode:
    parsed, *others = parse_codes(typed)
    if parsed.problem:
        raise UsageError(f"{typed}: {parsed.problem}")
    if parsed.diagnosis:
        raise UsageError(f"{typed}: is a diagnosis", hint="pair edits are about two procedure codes")
    if others or parsed.last:
        raise UsageError(f"{typed}: is more than one code", hint="write it as in 20552 and 64483")
    return parsed


def list_periods(
    catalog: Catalog,
    modifiers: ModifierTable,
    codes: tuple[ParsedCode, ParsedCode],
    setting: Setting | None,
    on: date,
) -> PairAnswer:
    """Return every period of a pair and what holds on a day, in the edits of one setting or of all that are loaded."""
    loaded = catalog.list_sets()
    wanted = [setting] if setting else [each for each in SETS if SETS[each] in loaded]
    rulings = []
    notices: dict[str, None] = {}
    for each in wanted:
        selection = catalog.select(SETS[each], on)
        if selection:
            rulings.append(_rule(catalog, selection.by_dates, PairModifiers.of(modifiers, each), codes, on))
            notices |= dict.fromkeys(store.notice for store in selection.stores if store.notice)
    helps = any(edit.indicator == 1 for ruling in rulings if not ruling.is_final for edit in ruling.periods)
    not_loaded: tuple[str, ...] = ()
    if not rulings:
        from cptref.lookup.listings import explain_not_loaded

        not_loaded = tuple(explain_not_loaded(SETS[each]) for each in ([setting] if setting else SETS))
    return PairAnswer(
        codes=(_label(codes[0]), _label(codes[1])),
        on=on,
        rulings=tuple(rulings),
        modifiers=tuple(modifier for modifier in modifiers.modifiers if helps and modifier.answers_pair_edit),
        not_loaded=not_loaded,
        notices=tuple(notices),
    )


def _label(parsed: ParsedCode) -> str:
    return "-".join((parsed.code, *parsed.modifiers))


def _rule(
    catalog: Catalog,
    selection: Selection,
    modifiers: PairModifiers,
    codes: tuple[ParsedCode, ParsedCode],
    on: date,
) -> PairRuling:
    """Return what the edits of a setting say: on the day by the release that answers, and in all that are loaded."""
    names = (codes[0].code, codes[1].code)
    setting = next(setting for setting, name in SETS.items() if name == selection.set)
    periods: list[PairEdit] = []
    begun: set[tuple[str, date]] = set()  # column 1 and the first day of what a newer release has
    looked_at = []
    for release in catalog.list_releases(selection.set):
        stores = catalog.open_release(selection.set, release)
        rule = cite(selection) if release == selection.release else cite(selection._replace(release=release, as_of=""))
        looked_at.append(rule.source)
        edits = [edit for edit in _iter_edits(stores, names) if (edit.column_1, edit.first_day) not in begun]
        begun.update((edit.column_1, edit.first_day) for edit in edits)
        periods += [edit._replace(setting=setting, rule=rule) for edit in edits]
    newest_first = sorted(periods, key=_get_age)
    verdict, says, remedy = _judge_day(catalog, selection, modifiers, codes, on)
    return PairRuling(
        setting=setting,
        rule=cite(selection),
        verdict=verdict,
        says=says,
        remedy=remedy,
        periods=tuple(newest_first),
        changed=_explain_change(newest_first),
        looked_at=tuple(looked_at),
    )


def _iter_edits(stores: Sequence[StoreReader], codes: tuple[str, str]) -> Iterator[PairEdit]:
    for column_1, column_2 in (codes, codes[::-1]):
        for period in read_partners(stores, column_1).get(column_2, ()):
            yield PairEdit(column_1, column_2, *period)


def _judge_day(
    catalog: Catalog, selection: Selection, modifiers: PairModifiers, codes: tuple[ParsedCode, ParsedCode], on: date
) -> tuple[Verdict, str, str]:
    """Return the verdict of a day, in words, and what would change it."""
    names = (codes[0].code, codes[1].code)
    edits = sorted(_iter_edits(selection.stores, names), key=_get_age)
    by_code = {parsed.code: modifiers.pick(parsed.code, parsed.modifiers) for parsed in codes}
    in_force = [edit for edit in edits if edit.is_in_force(on)]

    def has_period(code: str) -> bool:
        return _read_global_days(catalog, code, on) in PERIODS

    if in_force:  # several, of both orders too, where the dates of a file overlap
        deciding = [edit for edit in in_force if edit.indicator == 0] or in_force
        others = [describe_edit(edit) for edit in in_force if edit not in deciding]
        judgments = [
            (edit, modifiers.judge(edit, by_code[edit.column_1], by_code[edit.column_2], on, has_period))
            for edit in deciding
        ]
        verdict = min((judgment.verdict for _, judgment in judgments), key=VERDICTS.index)
        says = dict.fromkeys(explain_ruling(edit, judgment) for edit, judgment in judgments)
        says |= {f"indicator 0 decides over {'; '.join(others)}": None} if others else {}
        remedies = dict.fromkeys(
            suggest_modifiers(edit, judgment.verdict, _read_global_days(catalog, edit.column_1, on))
            for edit, judgment in judgments
        )
        return verdict, "; ".join(says), "; ".join(filter(None, remedies))
    known_from = find_first_day(selection.stores)
    if known_from and on < known_from:
        return "unknown", f"edits that ended before {known_from} are not loaded", ""
    if gaps := [pair[0] for pair in (names, names[::-1]) if not is_covered(selection.stores, *pair)]:
        files = (find_missing_files(selection.stores, code) for code in gaps)
        return "unknown", "; ".join(explain_gap([code], each) for code, each in zip(gaps, files, strict=True)), ""
    if not edits and (unlisted := [code for code in names if not _is_listed(catalog, selection.stores, code)]):
        return "unknown", "; ".join(f"{code} is in no loaded release of codes" for code in unlisted), ""
    both = " and ".join(names)
    if not edits:
        return "ok", f"{both} are no pair in {selection.release}, so no pair edit denies either", ""
    days = "; ".join(f"one {_explain_absence(edit, on)}" for edit in edits)
    return "ok", f"no pair edit of {both} is in force: {days}", ""


def _explain_absence(edit: PairEdit, on: date) -> str:
    """Return why an edit is not in force on a day."""
    if edit.indicator == NOT_AN_EDIT:
        return "never was"
    return f"begins on {edit.first_day}" if on < edit.first_day else f"ended on {edit.last_day}"


def _read_global_days(catalog: Catalog, code: str, on: date) -> str:
    """Return the global days of a code, "" where no fee schedule says."""
    selection = catalog.select("pfs", on)
    store = selection.stores[0] if selection else None
    return next((store.name_fields(record)["global"] for record in store.list_records(code)), "") if store else ""


def _is_listed(catalog: Catalog, stores: Sequence[StoreReader], code: str) -> bool:
    """Return whether a release has a code, or edits do; True if none is loaded that has nearly all such codes."""
    loaded = catalog.list_sets()
    first, *others = _LISTS[code[0].isdigit()]
    names = [first, *(name for name in others if name in loaded)] if first in loaded else []
    listing = [
        store
        for name in names
        for release in catalog.list_releases(name)
        for store in catalog.open_release(name, release)
    ]
    return not listing or any(store.list_records(code) for store in (*listing, *stores))


def _get_age(edit: PairEdit) -> tuple[int, int, str]:
    """Return what sorts edits: those without an end first, then those that ended last."""
    return -(edit.last_day or date.max).toordinal(), -edit.first_day.toordinal(), edit.column_1


def find_first_day(stores: Sequence[StoreReader]) -> date | None:
    """Return the day before which edits that have ended were left out when the file was added, None if none were."""
    years = [int(store.details.get("since", 0)) for store in stores]
    return date(max(years), 1, 1) if any(years) else None


def _explain_change(newest_first: Sequence[PairEdit]) -> str:
    """Return that a pair was in the other order before, "" if it never was."""
    for edit, before in pairwise(newest_first):
        if edit.column_1 != before.column_1:
            until = f" until {before.last_day}" if before.last_day else ""
            return f"{before.column_1}/{before.column_2}{until}, {edit.column_1}/{edit.column_2} since {edit.first_day}"
    return ""
