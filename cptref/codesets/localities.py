"""What is known of Medicare localities, to tell a file that lacks some or has made-up indices from that of CMS."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from zlib import crc32

from cptref.codesets.releases import describe_release
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cptref.codesets.catalog import Catalog
    from cptref.codesets.store import Content, Record, StoreReader

# The localities of 2024 to 2026: a state, its contractor, and the numbers of its localities. Before 2024, California
# had three more (CMS, final rule of 2023).
_KNOWN = """
AK 02102 01; AL 10112 00; AR 07102 13; AZ 03102 00; CA 01182 17 18 71 72 73 74;
CA 01112 05 09 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 75; CO 04112 01; CT 13102 00; DC 12202 01;
DE 12102 01; FL 09102 03 04 99; GA 10212 01 99; HI 01212 01; IA 05102 00; ID 02202 00; IL 06102 12 15 16 99;
IN 08102 00; KS 05202 00; KY 15102 00; LA 07202 01 99; MA 14212 01 99; MD 12302 01 99; ME 14112 03 99; MI 08202 01 99;
MN 06202 00; MO 05302 01 02 99; MS 07302 00; MT 03202 01; NC 11502 00; ND 03302 01; NE 05402 00; NH 14312 40;
NJ 12402 01 99; NM 04212 05; NV 01312 00; NY 13202 01 02 03; NY 13282 99; NY 13292 04; OH 15202 00; OK 04312 00;
OR 02302 01 99; PA 12502 01 99; PR 09202 20; RI 14412 01; SC 11202 01; SD 03402 02; TN 10312 35;
TX 04412 09 11 15 18 20 28 31 99; UT 03502 09; VA 11302 00; VI 09202 50; VT 14512 50; WA 02402 02 99; WI 06302 00;
WV 11402 16; WY 03602 21
"""
KNOWN_YEARS = range(2024, 2027)
# The files of CMS whose columns are known, each with its release and the checksums of the three columns.
KNOWN_COLUMNS = {
    "2025": ("RVU25D", (2_371_622_576, 3_721_885_171, 3_883_309_735)),
    "2026": ("RVU26C", (2_400_767_565, 253_580_521, 2_030_684_482)),
}
INDICES = ("work", "practice", "malpractice")
# By law, of every year: work in Alaska (MIPPA, section 134), practice in frontier states at least 1.0 (ACA, 10324).
ALASKA_WORK = "1.500"
FRONTIER_STATES = frozenset({"MT", "ND", "NV", "SD", "WY"})
# How far an index may move from one year to the next, as a ratio: 1.01, 1.02 and 1.27 at most from 2025 to 2026.
MAX_RATIOS = (1.1, 1.15, 1.6)
MAX_YEARS_APART = 1  # of files that are compared: what moves over several years is not known
MAX_NAMED = 3
DOUBTS = "doubts"  # the detail of a GPCI release that says what is doubtful of it, "" if nothing is
ZIP_COLUMNS = ("state", "contractor", "locality", "plus_four")  # of the set zip, whose codes are ZIP codes


def list_known() -> dict[str, str]:
    """Return the contractor of each locality of KNOWN_YEARS: `FL-04` to `09102`."""
    parts = (part.split() for part in _KNOWN.split(";"))
    return {f"{state}-{number}": contractor for state, contractor, *numbers in parts for number in numbers}


def check_localities(year: str, contractors: Mapping[str, str], records: Sequence[Record]) -> tuple[str, list[str]]:
    """Return why the localities of a year can't be those of CMS, "" if they may be; and what is doubtful of them.

    `contractors` are those of all localities of the file, `records` those of its rows without a fault.
    """
    known = list_known()
    against = year if int(year) in KNOWN_YEARS else str(KNOWN_YEARS[-1])
    difference = _compare_sets(contractors, known, against)
    if difference and against == year:
        return difference, []
    columns = tuple(_sum_column(records, place) for place in range(len(INDICES)))
    if mixed := _find_mixed(year, columns):
        return mixed, []
    moved = [f"{label} {by}" for label, by in contractors.items() if known.get(label, by) != by]
    moves = f"has other contractors than {against}: {_name_some(moved)}" if moved else ""
    return "", [*filter(None, (difference, moves, _compare_columns(year, columns), *_check_laws(records)))]


def _compare_sets(labels: Collection[str], known: Collection[str], year: str) -> str:
    """Return which localities are missing and which are not known, "" if none are."""
    missing = [label for label in known if label not in labels]
    others = [label for label in labels if label not in known]
    if not missing and not others:
        return ""
    parts = [f"has {len(labels)} localities"]
    if missing:
        parts.append(f"lacks {len(missing)} of the {len(known)} localities of {year}: {_name_some(missing)}")
    if others:
        parts.append(
            f"has {len(others)} that {'is' if len(others) == 1 else 'are'} not among them: {_name_some(others)}"
        )
    return "; ".join(parts)


def _find_mixed(year: str, columns: Sequence[int]) -> str:
    """Return which indices are those of another year, "" if none are, or those of the year are not known.

    CMS may keep indices for two years, so that a year that is not known may have those of one that is.
    """
    if year not in KNOWN_COLUMNS:
        return ""
    for other, (_, known) in KNOWN_COLUMNS.items():
        names = [name for name, *sums in zip(INDICES, columns, known, strict=True) if sums[0] == sums[1]]
        if names and other != year:
            return f"has the {_join(names)} indices of {other} under a title of {year}"
    return ""


def _compare_columns(year: str, columns: Sequence[int]) -> str:
    """Return which indices are not those of the file of CMS, "" if all are, or the file is not known."""
    release, known = KNOWN_COLUMNS.get(year, ("", columns))
    names = [name for name, *sums in zip(INDICES, columns, known, strict=True) if sums[0] != sums[1]]
    if not names:
        return ""
    return f"its {_join(names)} indices are not those of {release}: download it again, unless CMS has corrected them"


def _check_laws(records: Iterable[Record]) -> Iterator[str]:
    """Yield which indices are not as the law has them."""
    for record in records:
        state, _, work, practice, _ = record.fields
        label = label_locality(record)
        if state == "AK" and work != ALASKA_WORK:
            yield f"{label} has {work} for its work index, which is {ALASKA_WORK} by law"
        if state in FRONTIER_STATES and float(practice) < 1:
            yield f"{label} has {practice} for its practice index, which is at least 1.000 by law"


def _sum_column(records: Iterable[Record], place: int) -> int:
    """Return the checksum of one index of all localities."""
    return crc32(
        "\n".join(sorted(f"{label_locality(record)} {record.fields[place + 2]}" for record in records)).encode()
    )


def label_locality(record: Record) -> str:
    """Return state and number of a row of indices: `FL-04`."""
    return f"{record.fields[0]}-{record.code[-2:]}"


def _join(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _count(names: Sequence[str]) -> str:
    return f"{len(names)} {'locality' if len(names) == 1 else 'localities'}"


def _name_some(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMED
    return f"{', '.join(names[:MAX_NAMED])}{f' and {more:,} more' if more > 0 else ''}"


def iter_titles(store: StoreReader, letters: str) -> Iterator[tuple[str, str]]:
    """Yield the localities or ZIP codes that begin with some letters, and what each is: `09102-04`, `MIAMI (FL-04)`.

    A locality begins with its contractor or its state.
    """
    if store.name.set == "zip":
        for record in store.list_records_starting(letters):
            state, contractor, number, _ = record.fields
            yield record.code, f"{contractor}-{number} ({state})"
        return
    for record in store.iter_records():
        if record.code.startswith(letters) or label_locality(record).startswith(letters):
            yield record.code, f"{record.fields[1]} ({label_locality(record)})"


def list_conflicts(folder: Path, content: Content) -> list[str]:
    """Return in what a file that is added contradicts the loaded ones of its kind: GPCI of other years, ZIP codes.

    Raise FileError if it would replace one that is beyond doubt by one that is not.
    """
    from cptref.codesets.catalog import Catalog

    with closing(Catalog(folder)) as catalog:
        return [*filter(None, catalog.ask(lambda: [*_iter_conflicts(catalog, content)]))]


def _iter_conflicts(catalog: Catalog, content: Content) -> Iterator[str]:
    year = int(content.release[:4])
    if content.set == "gpci":
        _require_no_worse(catalog, content)
        if other := _open_nearest(catalog, "gpci", year, content.release):
            yield _compare_years(other, content)
        if zip_codes := _open_nearest(catalog, "zip", year):
            keys = {f"{record.fields[1]}-{record.fields[2]}" for record in zip_codes.iter_records()}
            yield _compare_keys(keys, {record.code for record in content.records}, zip_codes)
    elif other := _open_nearest(catalog, "gpci", year):
        keys = {f"{record.fields[1]}-{record.fields[2]}" for record in content.records}
        yield _compare_keys(keys, {record.code for record in other.iter_records()}, other)


def _require_no_worse(catalog: Catalog, content: Content) -> None:
    doubts = content.details[DOUBTS]
    for stored in catalog.open_release("gpci", content.release) if doubts else ():
        if not stored.details.get(DOUBTS):
            name = f"gpci-{content.release}"
            problem = (
                f"refused: {doubts}; {name}, which is loaded from {stored.read_meta('source')}, has nothing doubtful"
            )
            raise FileError(problem, hint=f"if it is right, run cptref remove {name} first")


def _open_nearest(catalog: Catalog, name: str, year: int, besides: str = "") -> StoreReader | None:
    """Return the loaded release nearest to a year, the newest of two; None if none is near enough to be compared."""
    releases = [release for release in catalog.list_releases(name) if release != besides]
    nearest = min(releases, key=lambda release: abs(int(release[:4]) - year), default="")
    if not nearest or abs(int(nearest[:4]) - year) > MAX_YEARS_APART:
        return None
    return catalog.open_release(name, nearest)[0]


def _compare_years(other: StoreReader, content: Content) -> str:
    """Return which indices moved more between two years than any of CMS, "" if none did."""
    before = {record.code: record.fields[2:] for record in other.iter_records()}
    moved = [
        f"{label_locality(record)} {name} {old} to {new}"
        for record in content.records
        for name, old, new, limit in zip(
            INDICES, before.get(record.code, ()), record.fields[2:], MAX_RATIOS, strict=False
        )
        if max(float(old) / float(new), float(new) / float(old)) > limit
    ]
    return (
        f"compared with GPCI {other.name.release}, indices moved more than CMS moves them: {_name_some(moved)}"
        if moved
        else ""
    )


def _compare_keys(of_zip_codes: set[str], of_indices: set[str], loaded: StoreReader) -> str:
    """Return which localities of ZIP codes have no indices, and the other way, "" if none are."""
    heading = describe_release(loaded.name.set, loaded.name.release)
    parts = []
    if without_indices := sorted(of_zip_codes - of_indices):
        parts.append(f"{_count(without_indices)} of ZIP codes without indices: {_name_some(without_indices)}")
    if without_codes := sorted(of_indices - of_zip_codes):
        parts.append(f"{_count(without_codes)} without a ZIP code: {_name_some(without_codes)}")
    return f"compared with {heading}: {'; '.join(parts)}" if parts else ""
