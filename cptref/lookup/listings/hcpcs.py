"""What HCPCS Level II says about a code: from when to when it is in force, its coverage and pricing, what replaced it.

The words for the values are our own; the values are those of CMS's record layout of the file.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import nlargest
from math import log
from typing import TYPE_CHECKING

from cptref.codesets.hcpcs import MODIFIER, parse_day, read_period
from cptref.indicators import UNKNOWN_VALUE
from cptref.lookup.listings import make_listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import StoreReader
    from cptref.models.codesets import Fact, Listing, ListingState

COVERAGE = {
    "C": "Medicare's contractor decides",
    "D": "special coverage instructions apply",
    "I": "not payable by Medicare",
    "M": "not covered by Medicare",
    "S": "not covered by Medicare, by statute",
}
PRICING = {
    "00": "not priced separately",
    "11": "by RVUs of the fee schedule",
    "12": "by anesthesia base units",
    "13": "by the contractor",
    "21": "laboratory fee schedule, with a national limit",
    "22": "laboratory, by the contractor",
    "31": "equipment that is serviced often",
    "32": "equipment that is inexpensive or bought as a rule",
    "33": "oxygen and its equipment",
    "34": "supplies for equipment",
    "35": "surgical dressings",
    "36": "equipment rented up to a cap",
    "37": "ostomy, tracheostomy and urological supplies",
    "38": "orthotics, prosthetics and vision items",
    "39": "parenteral and enteral nutrition",
    "40": "DME fee schedule",
    "45": "equipment made to measure",
    "46": "equipment and supplies, by the contractor",
    "51": "as a drug",
    "52": "reasonable charge",
    "53": "by statute",
    "54": "as a vaccine",
    "55": "clinical psychologists, by the contractor",
    "56": "clinical social workers, by the contractor",
    "57": "others, by the contractor",
    "99": "no value established",
}
ACTIONS = {
    "A": "added",
    "B": "long text and administrative data changed",
    "C": "long text changed",
    "D": "discontinued",
    "F": "administrative data changed",
    "N": "unchanged",
    "P": "payment changed",
    "R": "in force again",
    "S": "short text changed",
    "T": "type of service changed",
}
TYPES_OF_SERVICE = {
    "0": "whole blood",
    "1": "medical care",
    "2": "surgery",
    "3": "consultation",
    "4": "diagnostic radiology",
    "5": "diagnostic laboratory",
    "6": "therapeutic radiology",
    "7": "anesthesia",
    "8": "assistant at surgery",
    "9": "other medical items or services",
    "A": "used equipment",
    "D": "ambulance",
    "E": "enteral and parenteral nutrition",
    "F": "ambulatory surgical center",
    "G": "immunosuppressive drugs",
    "J": "diabetic shoes",
    "K": "hearing items and services",
    "L": "dialysis supplies",
    "M": "monthly payment for dialysis",
    "N": "kidney donor",
    "P": "purchase in one sum of equipment, orthotics or prosthetics",
    "Q": "vision items",
    "R": "rental of equipment",
    "S": "surgical dressings",
    "T": "outpatient mental health",
    "U": "occupational therapy",
    "V": "vaccines",
    "W": "physical therapy",
}
BETOS = {  # by the whole value, else by the first letter
    "D1A": "medical and surgical supplies",
    "D1B": "hospital beds",
    "D1C": "oxygen and its supplies",
    "D1D": "wheelchairs",
    "D1E": "other equipment",
    "D1F": "orthotics and prosthetics",
    "D1G": "drugs given by equipment",
    "O1A": "ambulance",
    "O1B": "chiropractic",
    "O1C": "enteral and parenteral nutrition",
    "O1D": "chemotherapy",
    "O1E": "other drugs",
    "O1F": "hearing and speech",
    "O1G": "immunizations",
    "Z2": "not classified",
    "I": "imaging",
    "M": "visits",
    "P": "procedures",
    "T": "tests",
    "Y": "exceptions",
}
UNCHANGED = "N"
NO_COVERAGE = {"I", "M", "S"}
RETENTION = "the file keeps ended codes for about four years only"
FOUND_BY_WORDS = "found by words, not named by the file; check the dose"
MAX_SIMILAR = 3
MAX_CANDIDATES = 60  # of which the text is compared
NUMBER_FACTOR = 0.25  # of what a number counts: doses differ where one drug has several codes
MIN_SIMILARITY = 0.5  # of two texts: the share of their words that both have, each by its rarity


def describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing | None:
    """Return what the release says about a code, or another one that has it; None if no loaded release has it.

    The code's own dates tell whether it is in force, also for a day before every loaded release.
    """
    release = selection.release
    fields = read_fields(selection.stores[0], code)
    if fields is None:
        other = next(_iter_others(catalog, selection, code), None)
        if other is None:
            if not selection.is_unknown:
                return None
            return make_listing(selection, code, state="unknown", says=f"not in {release}; {RETENTION}")
        fields = read_fields(other.stores[0], code) or {}
        state, says = read_period(fields).describe_state(on)
        if state == "listed" and other.release < release:
            state = "not-listed"
        answering = other._replace(as_of=f"in {other.release}, not in {release}", is_unknown=False)
        says = f"in {other.release}, not in {release}; there {says}"
    else:
        state, says = read_period(fields).describe_state(on)
        answering = selection.by_dates
    similar: tuple[str, ...] = ()
    if state in {"ended", "not-listed"} and not fields["xref"]:
        similar = tuple(_iter_similar(selection.stores[0], fields["long"], on))
    return make_listing(
        answering,
        code,
        state=state,
        says=says,
        title=fields["long"],
        facts=tuple(_list_facts(answering.stores[0], fields, state, similar)),
        fields=fields,
        summary=COVERAGE.get(fields["coverage"], ""),
    )


def read_fields(store: StoreReader, code: str) -> dict[str, str] | None:
    """Return the fields of a code or of a modifier, written with a hyphen before it; None if a release lacks it."""
    record = next(iter(store.list_records(code)), None)
    if record is None or (record.sub == MODIFIER) != code.startswith("-"):
        return None
    return store.name_fields(record)


def _iter_others(catalog: Catalog, selection: Selection, code: str) -> Iterator[Selection]:
    """Yield the other releases that have a code: those before the one selected, the newest first, then those after."""
    releases = catalog.list_releases(selection.set)
    before = [release for release in releases if release < selection.release]
    after = [release for release in reversed(releases) if release > selection.release]
    for release in (*before, *after):
        stores = catalog.open_release(selection.set, release)
        if read_fields(stores[0], code):
            yield selection._replace(release=release, stores=stores)


def _list_facts(
    store: StoreReader, fields: Mapping[str, str], state: ListingState, similar: tuple[str, ...]
) -> Iterator[Fact]:
    if fields["short"] != fields["long"]:
        yield "Short text", (fields["short"],)
    if fields["xref"]:
        named = (_quote_title(store, code) for code in fields["xref"].split())
        is_replaced = state == "ended" or fields["coverage"] in NO_COVERAGE
        yield "Instead" if is_replaced else "See also", tuple(f"the file names {code}" for code in named)
    if similar:
        yield "Like words", (*similar, FOUND_BY_WORDS)
    if fields["coverage"]:
        yield "Coverage", (_explain(COVERAGE, fields["coverage"]),)
    if fields["statute"]:
        yield "Statute", (fields["statute"],)
    if fields["pricing"]:
        yield "Pricing", tuple(_explain(PRICING, value) for value in fields["pricing"].split())
    if fields["tos"]:
        yield "Type of service", ("; ".join(_explain(TYPES_OF_SERVICE, value) for value in fields["tos"].split()),)
    if betos := fields["betos"]:
        yield "BETOS", (f"{betos}: {BETOS.get(betos) or BETOS.get(betos[0], UNKNOWN_VALUE)}",)
    if fields["anesthesia_base"].strip("0"):
        yield "Anesthesia base units", (fields["anesthesia_base"],)
    changed = parse_day(fields["action_effective"])
    action = "" if fields["action"] == UNCHANGED else f"in this release {_explain(ACTIONS, fields['action'])}"
    if last_change := "; ".join(filter(None, (str(changed or ""), action))):
        yield "Last change", (last_change,)


def _quote_title(store: StoreReader, code: str) -> str:
    """Return a code with its text if the release has it."""
    fields = read_fields(store, code)
    return f"{code} {fields['long']}" if fields else code


def _explain(words: Mapping[str, str], value: str) -> str:
    return f"{value}: {words.get(value, UNKNOWN_VALUE)}"


def _iter_similar(store: StoreReader, text: str, on: date) -> Iterator[str]:
    """Yield the codes in force on a day whose text shares the most words with a text, each with its own.

    A word counts by its rarity among all texts, so that a drug's name counts more than "injection".
    """
    from cptref.analysis import TokenCache, is_number

    tokens = TokenCache()
    lines = len(store.line_sizes)
    weights: dict[str, float] = {}

    def weigh(word: str) -> float:
        if word not in weights:
            count = len(store.read_postings(word))
            weights[word] = log(1 + lines / count) * (NUMBER_FACTOR if is_number(word) else 1) if count else 0.0
        return weights[word]

    words = sorted(tokens.list_index_words(text)[1])  # in order, so that sums are the same each time
    scores: dict[int, float] = defaultdict(float)
    for word in words:
        for number in store.read_postings(word):
            scores[number] += weigh(word)
    whole = sum(map(weigh, words))
    candidates = [(score, -number) for number, score in scores.items() if score >= MIN_SIMILARITY * whole]
    ranked = []
    for shared, number in nlargest(MAX_CANDIDATES, candidates):
        line = store.read_line(-number)
        all_words = whole + sum(map(weigh, sorted(tokens.list_index_words(line.text)[1].difference(words))))
        if shared >= MIN_SIMILARITY * all_words:
            ranked.append((-shared / all_words, line.code, line.text))
    count = 0
    for _, code, title in sorted(ranked):
        fields = read_fields(store, code)
        if fields and read_period(fields).describe_state(on)[0] == "listed":
            yield f"{code} {title}"
            count += 1
            if count == MAX_SIMILAR:
                return
