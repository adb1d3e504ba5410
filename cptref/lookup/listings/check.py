"""The bundled verification of a code, computed anew from the loaded releases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cptref.codesets.releases import short_release
from cptref.models.entries import NOTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cptref.codesets.catalog import Catalog
    from cptref.models.article import Verification
    from cptref.models.codes import PublishedCode
    from cptref.models.codesets import CodeListing, Listing
    from cptref.models.entries import Entry

_LISTED = {"verified": True, "conflict": True, "not-listed": False}  # a status -> whether it says that the code exists


def check_code(catalog: Catalog, listing: CodeListing, entries: Sequence[Entry]) -> CodeListing:
    """Return a listing with what the fee schedule of the day says of the code beside its entries, and if it differs.

    Without a fee schedule for the day, and for a code without an entry, nothing is compared.
    """
    selection = catalog.select("pfs", listing.on)
    if selection is None or selection.is_unknown or all(entry.library == NOTES for entry in entries):
        return listing
    release = short_release("rvu", selection.release)
    newest = f",{rest}" if (rest := selection.as_of.partition(",")[2]) else ""
    of_day = "today" if listing.on == date.today() else f"for {listing.on}"  # noqa: DTZ011 - the coder's own day
    by_set = {each.set: each for each in listing.listings if each.state in {"listed", "header"}}
    finding = next((entry.bundled_verification or entry.verification for entry in entries), None)
    published = next((entry.published for entry in entries if entry.published), None)
    others = [*_compare_listing(finding, is_listed=bool(by_set)), *_compare_figures(published, by_set)]
    says = _summarize(by_set["pfs"]) if "pfs" in by_set else f"not in {release}"
    differing = f"; the library says {', '.join(others)}" if others else ""
    check = f"checked {of_day} against {release}{newest}: {says}{differing}"
    return listing._replace(check=check, differs=bool(others))


def _summarize(listing: Listing) -> str:
    fields = listing.fields
    return f"listed, {fields['status']}, {fields['global']}, bilateral {fields['bilateral']}"


def _compare_listing(finding: Verification | None, *, is_listed: bool) -> Iterator[str]:
    said = _LISTED.get(finding.status) if finding and finding.checked_against else None
    if said not in {None, is_listed}:
        yield "listed" if said else "not listed"


def _compare_figures(published: PublishedCode | None, by_set: dict[str, Listing]) -> Iterator[str]:
    """Yield each figure of a published code that is another one in a release, with that of the release."""
    for code_set, names in (
        ("pfs", ("status", "global", "bilateral", "multiple", "pctc")),
        ("mue-practitioner", ("units", "indicator")),
        ("aoc", ("primaries",)),
    ):
        if published and code_set in by_set:
            listing = by_set[code_set]
            for name in names:
                label, bundled = _get_figure(published, name)
                loaded = listing.fields.get(name, "")
                if name == "indicator":
                    loaded = loaded[:1]  # words follow it
                elif name == "primaries":
                    loaded = " ".join(sorted(loaded.split()))
                if bundled and loaded and bundled != loaded:
                    yield f"{label} {bundled}, and {listing.heading} {loaded}"


def _get_figure(published: PublishedCode, name: str) -> tuple[str, str]:
    """Return what a figure is called, and its value as a file has it; "" if nobody said."""
    mue = published.mue
    label, value = {
        "status": ("status", published.status),
        "global": ("global days", published.global_days),
        "bilateral": ("bilateral", published.bilateral),
        "multiple": ("multiple procedures", published.multiple),
        "pctc": ("PC/TC", published.pc_tc),
        "units": ("MUE", mue and mue.units),
        "indicator": ("MUE adjudication indicator", mue and mue.indicator),
        "primaries": ("add-on to", " ".join(sorted(published.add_on_to))),
    }[name]
    return label, "" if value is None else str(value)
