"""An answer -> what is said beside its page: how a text was read, what was not found, and which releases answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.hits import Term


def list_remarks(answer: Any) -> list[str]:  # noqa: ANN401 - any answer, each of which has some of the values
    """Return what to say of any answer beside its page, each remark without a full stop; none where all is clear."""
    return [*_iter_remarks(answer)]


def iter_readings(understood: Iterable[Term]) -> Iterator[str]:
    """Yield how words were read, where that differs from what was typed; word endings are not worth a line."""
    for term in understood:
        if term.tier != "inflected":
            yield f"reading {term.typed} as {' or '.join(term.read_as)} ({term.tier})"


def _iter_remarks(answer: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    yield from (f"{miss.input}: {miss.message}" for miss in getattr(answer, "misses", ()))
    yield from getattr(answer, "remarks", ())
    for read in getattr(answer, "symptoms", (answer,)):
        yield from iter_readings(getattr(read, "understood", ()))
        if denied := getattr(read, "denied", ()):
            yield f"left out because it is denied: {', '.join(denied)}"
        if unmatched := getattr(read, "unmatched", ()):
            yield f"no entry mentions {', '.join(unmatched)}"
    hits, total = len(getattr(answer, "hits", ())), getattr(answer, "total", None)
    if hits and isinstance(total, int) and total > hits:
        yield f"the best {hits} of {total:,} entries"
    if suggestions := getattr(answer, "suggestions", ()):
        yield f"similar words: {', '.join(suggestions)}"
    yield from (f"{unread.input}: {unread.reason}" for unread in getattr(answer, "unread", ()))
    yield from getattr(answer, "not_loaded", ())
    missed = {miss.code for miss in getattr(answer, "misses", ())}
    listings = (listing for listing in getattr(answer, "listings", ()) if listing.code in missed)
    yield from dict.fromkeys(text for listing in listings for text in listing.not_loaded)


def list_releases(answer: Any) -> tuple[str, ...]:  # noqa: ANN401 - the same
    """Return the releases of code sets that an answer rests on, each once, older ones with what they are as of."""
    listings = [each for listing in getattr(answer, "listings", ()) for each in listing.listings]
    groups = filter(None, (*getattr(answer, "sets", ()), *getattr(answer, "diagnoses", ())))
    named = [each for each in (*listings, *groups) if hasattr(each, "heading")]
    releases = (f"{each.heading} ({each.as_of})" if each.as_of else each.heading for each in named)
    absent = (heading for listing in getattr(answer, "listings", ()) for heading in listing.absent_from)
    return tuple(dict.fromkeys((*releases, *absent, *getattr(answer, "sources", ()))))
