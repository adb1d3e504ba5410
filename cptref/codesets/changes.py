"""What changed between two releases of a code set: codes, their texts, and their fields."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, get_args

from cptref.codesets.releases import CODE_SETS, PAIR_EDITS, describe_release, short_release
from cptref.codesets.store import TEXT_COLUMNS
from cptref.errors import UsageError
from cptref.folding import fold
from cptref.models.codesets import Change, ChangeKind, ChangesAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cptref.codesets.catalog import Catalog
    from cptref.codesets.store import StoreReader
    from cptref.models.codesets import FieldChange

_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)


class Row(NamedTuple):
    """A row of a release: its text, its other texts and fields by name, and whether it is a category not billed."""

    text: str
    texts: Mapping[str, str]
    fields: Mapping[str, str]
    is_header: bool = False


Rows = dict[tuple[str, str], Row]  # by code, and what tells the rows of one code apart


def compare_releases(
    catalog: Catalog, name: str, releases: Sequence[str] = (), codes: Sequence[str] = ()
) -> ChangesAnswer:
    """Return what changed between two releases of a set, the two newest if none are named; for all codes, or these.

    Raise UsageError if a release is not loaded.
    """
    old, new = _choose(catalog, name, releases)
    before, after = (read_rows(catalog.open_release(name, release)) for release in (old, new))
    wanted = {*codes}
    changes = sorted(_iter_changes(before, after, wanted), key=lambda change: (_KINDS.index(change.kind), change))
    known = {code for code, _ in (*before, *after)}
    changed = {change.code for change in changes}
    return ChangesAnswer(
        set=name,
        old=old,
        new=new,
        headings=(describe_release(name, old), describe_release(name, new)),
        counts=tuple((kind, count) for kind in _KINDS if (count := sum(change.kind == kind for change in changes))),
        field_counts=tuple(Counter(field for change in changes for field, *_ in change.fields).most_common()),
        changes=tuple(changes),
        summary=tuple(
            _summarize(
                *(before, after, [short_release(CODE_SETS[name].kind, each) for each in (old, new)]),
                catalog.open_release(name, new)[0].details.get("rows", ""),
            )
        ),
        codes=tuple(codes),
        unchanged=tuple(code for code in codes if code in known - changed),
        unknown=tuple(code for code in codes if code not in known),
        notices=tuple(filter(None, dict.fromkeys(store.notice for store in catalog.open_release(name, new)))),
    )


def read_rows(stores: Sequence[StoreReader]) -> Rows:
    """Return the rows of a release. Where its parts are alike but for what holds for all of it, one part is read."""
    store = stores[0]
    if store.name.set == "icd10cm":
        from cptref.codesets.icd10cm import iter_codes

        return {
            (code.code, ""): Row(code.title, {"title": code.title}, {}, is_header=not code.billable)
            for code in iter_codes(stores)
        }
    if store.name.set in PAIR_EDITS:
        from cptref.codesets.pair_edits import iter_counts

        return {(record.code, ""): Row("", {}, store.name_fields(record)) for record in iter_counts(stores)}
    texts = [column for column in TEXT_COLUMNS if column in store.columns]
    rows = {}
    for record in store.iter_records():
        fields = store.name_fields(record)
        own = {column: fields.pop(column) for column in texts}
        rows[record.code, record.sub] = Row(next(filter(None, own.values()), ""), own, fields)
    return rows


def _choose(catalog: Catalog, name: str, named: Sequence[str]) -> tuple[str, str]:
    """Return the two releases to compare: those named, or the one named and the newest, or the two newest."""
    releases = catalog.list_releases(name)
    title = CODE_SETS[name].title
    if not releases:
        raise UsageError(f"no {title} loaded", hint=CODE_SETS[name].get)
    loaded = f"loaded are {', '.join(releases)}"
    if len(releases) == 1:
        raise UsageError(f"one release of {title} is loaded, {releases[0]}", hint="add another to compare it with")
    chosen = (*named, releases[0])[:2] if named else (releases[1], releases[0])
    for release in chosen:
        if release not in releases:
            raise UsageError(f"{title} {release} is not loaded", hint=loaded)
    if chosen[0] == chosen[1]:
        raise UsageError(f"{chosen[0]} is the same release twice", hint=loaded)
    parts = [
        ", ".join(sorted(each.part for each in catalog.names if each[:2] == (name, release))) for release in chosen
    ]
    if name in PAIR_EDITS and parts[0] != parts[1]:
        loaded = f"{chosen[0]} is loaded with {parts[0]}, {chosen[1]} with {parts[1]}"
        raise UsageError(f"releases of {title} are compared by equal parts", hint=loaded)
    return chosen[0], chosen[1]


def _iter_changes(before: Rows, after: Rows, wanted: set[str]) -> Iterator[Change]:
    codes_before, codes_after = ({code for code, _ in rows} for rows in (before, after))
    came_or_went = codes_before ^ codes_after
    told: set[str] = set()  # codes that came or went, which are told once and not for each row
    for code, sub in {**before, **after}:
        if wanted and code not in wanted:
            continue
        old, new = before.get((code, sub)), after.get((code, sub))
        if code in came_or_went:
            if code not in told:
                told.add(code)
                yield Change("added" if new else "removed", code, "", (new or old or _NO_ROW).text)
        elif new is None:
            yield Change("row removed", code, sub, (old or _NO_ROW).text)
        elif old is None:
            yield Change("row added", code, sub, new.text)
        else:
            yield from _compare_rows(code, sub, old, new)


_NO_ROW = Row("", {}, {})


def _compare_rows(code: str, sub: str, old: Row, new: Row) -> Iterator[Change]:
    if old.is_header != new.is_header:
        yield Change("became header" if new.is_header else "became billable", code, sub, new.text)
    if reworded := tuple(_iter_fields(old.texts, new.texts, is_text=True)):
        yield Change("reworded", code, sub, new.text, reworded)
    if changed := tuple(_iter_fields(old.fields, new.fields)):
        yield Change("changed", code, sub, new.text, changed)


def _iter_fields(old: Mapping[str, str], new: Mapping[str, str], *, is_text: bool = False) -> Iterator[FieldChange]:
    """Yield the fields that differ, but for accents and blanks in texts; a field that one release lacks is left out."""
    for name, value in new.items():
        was = old.get(name, value)
        if was != value and not (is_text and _fold(was) == _fold(value)):
            yield name.replace("_", " "), was, value


def _fold(text: str) -> str:
    return fold(" ".join(text.split()))


def _summarize(before: Rows, after: Rows, releases: Sequence[str], word: str) -> Iterator[str]:
    """Yield how much both releases hold; `word` is what rows are called where each is one thing: localities."""
    if word:
        yield f"{releases[0]} has {len(before):,} {word}, {releases[1]} has {len(after):,}"
        return
    counts = [f"{len({code for code, _ in rows}):,} codes" for rows in (before, after)]
    rows = [f"{len(rows):,} rows" for rows in (before, after)]
    yield f"{releases[0]} has {counts[0]} and {rows[0]}, {releases[1]} has {counts[1]} and {rows[1]}"
    if any(row.is_header for row in before.values()):
        old, new = ({code for (code, _), row in rows.items() if not row.is_header} for rows in (before, after))
        gone = _count(old - new, after)
        came = _count(new - old, before)
        yield (
            f"billable: {len(old):,} in {releases[0]}, {len(new):,} in {releases[1]}: "
            f"{sum(came):,} more ({came[1]:,} new codes, {came[0]:,} that were headers), "
            f"{sum(gone):,} fewer ({gone[1]:,} not in {releases[1]}, {gone[0]:,} that are headers now)"
        )


def _count(codes: Iterable[str], other: Rows) -> tuple[int, int]:
    """Return how many codes the other release has, as headers, and how many it does not have."""
    headers = [(code, "") in other for code in codes]
    return sum(headers), len(headers) - sum(headers)
