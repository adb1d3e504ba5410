"""Pair edits (NCCI PTP) as they are stored, packed by column 1 code, and read.

A row of an edit is its column 2 code and three letters: its first and its last day, each as the number of days since
the last day of 1979 (0 for an edit without an end), and the place of its reason (indicator and rationale) in the list
of the store, which stands under the key "". The records of a store count the edits in force that a code is in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple
from zlib import compress, decompress
from zlib import error as ZlibError  # noqa: N812 - it is a class

from cptref.codesets.releases import PAIR_EDIT_PARTS
from cptref.codesets.store import ROW_SEPARATOR, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cptref.codesets.store import Content, StoreReader
    from cptref.models.codesets import Release

COLUMNS = ("column_1", "column_1_allowed", "column_2", "column_2_allowed")  # edits in force, those with indicator 1
CODE_LETTERS = 5
NO_END = "\0"
REASONS = ""  # the key of the list of reasons
MAX_REASONS = 1000  # of a store, each a letter; CMS has 12 rationales with 3 indicators
MAX_CACHED_STORES = 8  # of which the reasons are kept: the parts of two releases
PARTS = PAIR_EDIT_PARTS
_DAY_ZERO = date(1979, 12, 31).toordinal()  # the NCCI begins in 1996
_LAST_DAY = date(2099, 12, 31)  # its letter is below those that text can't have
_ENCODING = "utf-16-le"
_AFTER_ALL_CODES = "~"
# Rows of the files of a release together, with those that are left out
KNOWN_ROWS = {("ptp-practitioner", "2024Q3"): 2_546_017, ("ptp-hospital", "2024Q3"): 1_775_818}


class Period(NamedTuple):
    """The first and the last day of an edit (None if it has no end so far), its indicator and its rationale."""

    first_day: date
    last_day: date | None
    indicator: int
    rationale: str


def encode_day(day: date) -> str:
    """Return the letter of a day. Raise ValueError for one that no edit has."""
    if not _DAY_ZERO < day.toordinal() <= _LAST_DAY.toordinal():
        raise ValueError(f"no edit has the day {day}")
    return chr(day.toordinal() - _DAY_ZERO)


def pack_rows(rows: Sequence[tuple[str, str]]) -> bytes:
    """Return the edits of a column 1 code, which are a column 2 code and three letters each, packed."""
    codes = "".join([code for code, _ in rows])
    return compress(codes.encode("ascii") + "".join([letters for _, letters in rows]).encode(_ENCODING))


def pack_reasons(reasons: Sequence[str]) -> bytes:
    """Return the reasons of a store in order of letter, each an indicator and a rationale: `1Sequential procedure`."""
    return ROW_SEPARATOR.join(reasons).encode()


def count_file_rows(release: Release | Content) -> int:
    """Return how many rows a file has, with those that are left out."""
    return int(release.details.get("file_rows", release.rows))


def is_overlapping(details: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Return whether two parts of a release have the same pairs, but for a pair that goes on from one to the next."""
    return details["first"] < others["last"] and others["first"] < details["last"]


def compare_total(name: str, release: str, rows: Mapping[str, int]) -> Iterator[str]:
    """Yield that the files of a release, of which the rows are given by part, have other rows together than CMS's."""
    total = sum(rows.values())
    known = KNOWN_ROWS.get((name, release), total)
    if total != known and {*PARTS} <= {*rows}:
        yield f"{', '.join(sorted(rows))} have {total:,} rows, but the files of CMS have {known:,}: download them again"


class _Rows(NamedTuple):
    """The edits of a column 1 code in one store."""

    codes: str
    letters: str
    reasons: Sequence[str]


class Partners(Mapping[str, "tuple[Period, ...]"]):
    """The periods of each column 2 code of a column 1 code, the newest first; each is read when it is asked for."""

    def __init__(self, stores: Sequence[StoreReader], column_1: str) -> None:
        self._rows = [*filter(None, (_read_rows(store, column_1) for store in stores))]

    def __getitem__(self, column_2: str) -> tuple[Period, ...]:
        periods = [
            _decode_period(rows.letters[3 * place : 3 * place + 3], rows.reasons)
            for rows in self._rows
            for place in _iter_places(rows.codes, column_2)
        ]
        if not periods:
            raise KeyError(column_2)
        return tuple(sorted(periods, key=lambda period: (period.first_day, period.last_day or date.max), reverse=True))

    def __contains__(self, column_2: object) -> bool:
        code = str(column_2)
        return any(next(_iter_places(rows.codes, code), None) is not None for rows in self._rows)

    def __iter__(self) -> Iterator[str]:
        pieces = (zip(*[iter(rows.codes)] * CODE_LETTERS, strict=True) for rows in self._rows)
        return iter(dict.fromkeys(map("".join, chain.from_iterable(pieces))))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def read_partners(stores: Sequence[StoreReader], column_1: str) -> Mapping[str, tuple[Period, ...]]:
    """Return the periods of each column 2 code of a column 1 code, the newest first.

    Asking for one code is faster than going through all of them. Raise StoreError if a store is damaged.
    """
    return Partners(stores, column_1)


def iter_counts(stores: Sequence[StoreReader], letters: str = "") -> Iterator[Record]:
    """Yield for each code that begins with these letters how many edits in force it is in, in all parts of a release.

    A code may be column 2 in every part, and column 1 in two.
    """
    records = sorted(chain.from_iterable(store.list_records_starting(letters) for store in stores))
    for code, parts in groupby(records, key=attrgetter("code")):
        counts = zip(*(record.fields for record in parts), strict=True)
        yield Record(code, "", tuple(str(sum(map(int, numbers))) for numbers in counts))


def is_covered(stores: Sequence[StoreReader], column_1: str, column_2: str = "", on: date | None = None) -> bool:
    """Return whether the loaded parts of a release have all edits of a pair, or of a column 1 code, on a day or ever.

    CMS ships the edits in parts in order of code, and a part may begin in the middle of a code. Between the parts, and
    before the first and behind the last one, are no edits. Edits deleted before a year may have been left out.
    """
    if on and any(on.year < int(store.details.get("since", 0)) for store in stores):
        return False
    low = f"{column_1}/{column_2}"
    high = low if column_2 else f"{column_1}/{_AFTER_ALL_CODES}"
    return any(first <= low and high <= last for first, last in _list_ranges(stores))


def _list_ranges(stores: Sequence[StoreReader]) -> list[tuple[str, str]]:
    """Return the first and the last pair of each row of parts without a gap."""
    ranges: list[tuple[str, str]] = []
    by_part = {store.name.part: store for store in stores}
    before = ""
    for part, store in sorted(by_part.items()):
        first, last = store.details["first"], store.details["last"]
        if part == PARTS[0]:
            first = ""
        if part in PARTS[-1:]:
            last = _AFTER_ALL_CODES
        if part in PARTS[1:] and before == PARTS[PARTS.index(part) - 1]:
            first = ranges.pop()[0]
        ranges.append((first, last))
        before = part
    return ranges


def _read_rows(store: StoreReader, column_1: str) -> _Rows | None:
    details = store.details
    if not details["first"][:CODE_LETTERS] <= column_1 <= details["last"][:CODE_LETTERS]:
        return None  # parts are in order of code, and most have nothing of a code
    packed = store.read_blob(column_1)
    if not packed:
        return None
    try:
        data = decompress(packed)
    except ZlibError as error:
        raise store.explain(error) from error
    size = len(data) * CODE_LETTERS // (CODE_LETTERS + 3 * 2)
    return _Rows(data[:size].decode("ascii"), data[size:].decode(_ENCODING), _read_reasons(store))


@lru_cache(maxsize=MAX_CACHED_STORES)
def _read_reasons(store: StoreReader) -> Sequence[str]:
    """Return the rationales of a store, which all of its codes share."""
    return store.read_blob(REASONS).decode().split(ROW_SEPARATOR)


def _iter_places(codes: str, code: str) -> Iterator[int]:
    """Yield at which places a code stands among codes without anything between them."""
    start = codes.find(code)
    while start >= 0 and len(code) == CODE_LETTERS:
        place, rest = divmod(start, CODE_LETTERS)
        if not rest:
            yield place
        start = codes.find(code, start + 1)


def _decode_period(letters: str, reasons: Sequence[str]) -> Period:
    first, last, reason = tuple(letters)
    text = reasons[ord(reason)]
    return Period(
        date.fromordinal(_DAY_ZERO + ord(first)),
        None if last == NO_END else date.fromordinal(_DAY_ZERO + ord(last)),
        int(text[0]),
        text[1:],
    )
