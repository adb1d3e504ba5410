"""What the loaded code sets say about a code on a day: one module a set, which puts fields into words."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from cptref.codes import is_code, parse_codes, parse_diagnosis
from cptref.codesets.releases import CODE_SETS, describe_release
from cptref.errors import UsageError
from cptref.indicators import LOAD_ADVICE
from cptref.lookup.listings.check import check_code
from cptref.models.codesets import SETS_OF_CODES, CodeListing, Listing
from cptref.models.entries import NOTES, Miss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from cptref.codes import ParsedArguments
    from cptref.codesets.catalog import Catalog, Selection
    from cptref.models.article import ModifierTable
    from cptref.models.entries import Entry, ShowAnswer
    from cptref.models.results import CompareAnswer, ModifiersAnswer

Answer = TypeVar("Answer", "ShowAnswer", "CompareAnswer", "ModifiersAnswer")

# The module that describes each set, in the order in which listings are shown. Each has
# `describe(catalog, selection, code, on) -> Listing | None`.
MODULES = {
    "cpt": "cpt",
    "pfs": "pfs",
    "hcpcs": "hcpcs",
    "icd10cm": "icd10cm",
    "mue-practitioner": "mue",
    "mue-hospital": "mue",
    "mue-dme": "mue",
    "aoc": "aoc",
    "ptp-practitioner": "ptp",
    "ptp-hospital": "ptp",
}
# Sets without which a code of this shape is known too little, so that their absence is said.
_EXPECTED = {"procedure": ("pfs",), "supply": ("hcpcs", "pfs"), "diagnosis": ("icd10cm",)}


def list_code(catalog: Catalog, code: str, on: date) -> CodeListing:
    """Return what the loaded sets say about a code in its canonical spelling, `64483`, `J1030` or `M54.16`.

    What has the shape of two sets, like M5416, is looked up in both.
    """
    listings: list[Listing] = []
    looked_at: list[str] = []
    absent_from: list[str] = []
    for name in _list_sets(code):
        selection = catalog.select(name, on)
        if selection is None:
            continue
        looked_at.append(f"{selection.heading} ({selection.mark})" if selection.is_unknown else selection.heading)
        spelled = parse_diagnosis(code) if name == "icd10cm" else code
        listing = _describe(catalog, selection, spelled, on)
        if listing and (spelled == code or listing.fields["releases"]):  # else a HCPCS code was meant, not a diagnosis
            listings.append(listing)
        elif spelled == code and name in SETS_OF_CODES:
            absent_from.append(f"{selection.heading}{f' ({selection.mark})' if selection.mark else ''}")
    stored = {store.set for store in catalog.stored}
    missing = [name for name in _list_expected(code) if name not in stored]
    if any(listing.set == "icd10cm" for listing in listings):  # what it was meant to be
        missing = []
    return CodeListing(
        code=code,
        on=on,
        listings=tuple(listings),
        not_loaded=tuple(explain_not_loaded(name) for name in missing),
        looked_at=tuple(looked_at),
        absent_from=tuple(absent_from),
    )


def list_codes(catalog: Catalog, parsed: ParsedArguments, on: date) -> dict[str, CodeListing]:
    """Return what the loaded sets say about each code that was typed, in order."""
    codes = (each.code or each.diagnosis for each in parsed.codes if not each.problem and not each.last)
    return {code: list_code(catalog, code, on) for code in dict.fromkeys(filter(None, codes))}


def add_listings(
    catalog: Catalog,
    answer: Answer,
    parsed: ParsedArguments,
    listings: dict[str, CodeListing],
    on: date,
) -> Answer:
    """Return an answer with what the loaded sets say of each code, and how that compares with its entries.

    `listings` are those of the codes that were typed; those of the codes of a range are added. A code that a set had or
    will have is a miss, entry or not. Without a set, what would answer is named for the codes that have no answer.
    """
    entries: dict[str, list[Entry]] = {}
    for entry in answer.entries:
        entries.setdefault(entry.code, []).append(entry)
    if catalog.names:
        listings |= {code: list_code(catalog, code, on) for code in entries if code not in listings}
    else:
        listings = {code: listing for code, listing in listings.items() if code not in entries}
    listings = {code: check_code(catalog, listing, entries.get(code, ())) for code, listing in listings.items()}
    inputs = {each.code or each.diagnosis: each.input for each in parsed.codes if not each.last}
    typed = {code: inputs.get(code, code) for code in listings}
    remarks: list[str] = [
        remark for code, listing in listings.items() for remark in _explain_reading(listing, typed[code])
    ]
    misses = [_explain_miss(miss, listings.get(miss.code)) for miss in answer.misses]
    misses += [
        Miss(
            input=typed[code],
            code=code,
            reason="not-in-force",
            message="; ".join(f"{each.heading}: {each.says}" for each in listing.deciding),
        )
        for code, listing in listings.items()
        if _is_out_of_force(listing)
    ]
    return answer._replace(
        entries=tuple(_complete_entry(entry, listings.get(entry.code)) for entry in answer.entries),
        listings=tuple(listings.values()),
        misses=tuple(misses),
        remarks=(*answer.remarks, *remarks),
    )


def add_checks(catalog: Catalog, answer: Answer, listings: dict[str, CodeListing], on: date) -> Answer:
    """Return an answer about sections of entries with what the loaded sets say against each entry, and nothing else.

    `listings` are those of the codes that were typed. A set has no section, so none that is missing is named.
    """
    entries: dict[str, list[Entry]] = {}
    for entry in answer.entries:
        entries.setdefault(entry.code, []).append(entry)
    of_entries = {code: listings.get(code) or list_code(catalog, code, on) for code in entries}
    checked = (check_code(catalog, listing, entries[code]) for code, listing in of_entries.items())
    searched = {code: listing._replace(not_loaded=()) for code, listing in listings.items()}
    return answer._replace(
        entries=tuple(
            entry if entry.library == NOTES else _complete_entry(entry, of_entries[entry.code])
            for entry in answer.entries
        ),
        listings=tuple(each._replace(listings=(), not_loaded=()) for each in checked if each.differs),
        misses=tuple(_explain_miss(miss, searched.get(miss.code)) for miss in answer.misses),
    )


def _complete_entry(entry: Entry, listing: CodeListing | None) -> Entry:
    """Return an entry without what no longer holds of it: that the fee schedule is missing, that nothing is known."""
    if listing is None or not listing.is_listed:
        return entry
    if entry.library == NOTES:
        finding = f"Not checked; what the loaded code sets say stands below: {listing.deciding[0].heading}."
        return entry._replace(
            title=listing.title or entry.title, verification=entry.verification._replace(finding=finding)
        )
    if LOAD_ADVICE not in entry.verification.finding or all(each.set != "pfs" for each in listing.listings):
        return entry
    sections = tuple(
        section._replace(points=tuple(point.replace(f" {LOAD_ADVICE}", "") for point in section.points))
        if section.key == "verification"
        else section
        for section in entry.sections
    )
    finding = entry.verification.finding.replace(f" {LOAD_ADVICE}", "")
    return entry._replace(verification=entry.verification._replace(finding=finding), sections=sections)


def assess_modifiers(
    answer: Answer, listings: Iterable[CodeListing], read_modifier_table: Callable[[], ModifierTable]
) -> Answer:
    """Return an answer with the modifiers on codes without an entry assessed by the fee schedule, if that has them."""
    codes = {modifier.on for modifier in answer.appended} - {entry.code for entry in answer.entries}
    by_code = {
        listing.code: each
        for listing in listings
        for each in listing.listings
        if listing.code in codes and each.set == "pfs" and each.state == "listed"
    }
    if not by_code:
        return answer
    from cptref.lookup.assessment import assess_by_release

    table = read_modifier_table()
    appended = (
        assess_by_release(table, modifier, by_code[modifier.on]) if modifier.on in by_code else modifier
        for modifier in answer.appended
    )
    return answer._replace(appended=tuple(appended))


def _explain_reading(listing: CodeListing, typed: str) -> Iterator[str]:
    """Yield that a code has the shape of two sets, and that a release can't tell what holds on the day."""
    diagnosis = parse_diagnosis(listing.code)
    if diagnosis != listing.code and any(each.code == diagnosis for each in listing.listings):
        yield f"{typed} is read as HCPCS {listing.code} and as ICD-10-CM {diagnosis}"
    if not listing.is_listed:
        yield from (f"{typed}: {each.heading}: {each.says}" for each in listing.listings if each.state == "unknown")


def _is_out_of_force(listing: CodeListing) -> bool:
    """Return whether the loaded releases have the code, but not on the day."""
    return bool(listing.listings) and all(each.state in {"ended", "not-yet", "not-listed"} for each in listing.deciding)


def _explain_miss(miss: Miss, listing: CodeListing | None) -> Miss:
    """Return a miss with the releases that don't have the code either; another reason if a set that may is missing."""
    if listing is None or miss.reason not in {"not-held", "out-of-scope"}:
        return miss
    if listing.not_loaded and miss.reason == "not-held":
        miss = miss._replace(reason="not-loaded")
    if not listing.looked_at:
        return miss
    nor_in = f"not in the library, nor in {', '.join(listing.looked_at)}"
    return miss._replace(message=miss.message.replace("not in the library", nor_in, 1))


def require_code(typed: str) -> str:
    """Return the code that a text is, in its canonical spelling. Raise UsageError if it is not exactly one."""
    first, *others = parse_codes(typed)
    if first.problem:
        raise UsageError(f"{typed}: {first.problem}")
    if others or first.modifiers or first.last:
        raise UsageError(f"{typed}: is more than one code")
    return first.code or first.diagnosis


def explain_not_loaded(name: str) -> str:
    """Return that a set is not loaded, and how to get it."""
    return CODE_SETS[name].absence


def _list_sets(code: str) -> Iterator[str]:
    """Yield the sets that a code may be in, in order."""
    is_procedure, is_diagnosis = is_code(code), bool(parse_diagnosis(code))
    for name in MODULES:
        if name == "icd10cm":
            if is_diagnosis:
                yield name
        elif is_procedure and (name != "hcpcs" or code[0].isalpha()) and (name != "cpt" or code[0].isdigit()):
            yield name


def _list_expected(code: str) -> tuple[str, ...]:
    if not is_code(code):
        return _EXPECTED["diagnosis"]
    return _EXPECTED["supply" if code[0].isalpha() else "procedure"]


def _describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing | None:
    module = import_module(f"cptref.lookup.listings.{MODULES[selection.set]}")
    listing: Listing | None = module.describe(catalog, selection, code, on)
    return listing


def make_listing(selection: Selection, code: str, **values: object) -> Listing:
    """Return what a release says about a code, headed by set and release."""
    return Listing(
        set=selection.set,
        release=selection.release,
        heading=describe_release(selection.set, selection.release),
        code=code,
        as_of=selection.as_of,
        notice=selection.stores[0].notice,
        **values,  # type: ignore[arg-type]
    )
