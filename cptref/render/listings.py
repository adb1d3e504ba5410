"""Parts of pages: what code sets say about a code, each block headed by set and release."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.render.blocks import Callout, Facts, Heading, Paragraph, Run, Title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cptref.models.codesets import CodeListing, Fact, Listing, ListingState, SetCodesAnswer
    from cptref.models.hits import SetHits
    from cptref.render.blocks import Block, Tone

ComparedFacts = dict[str, tuple[tuple[str, ...], ...]]  # for each name of a fact the values of each code


class StateLook(NamedTuple):
    """How it is shown that a code can't be billed: a sign, what the state begins with in words, and a color."""

    sign: str
    word: str
    tone: Tone


STATE_LOOKS: dict[ListingState, StateLook] = {
    "header": StateLook("!", "header, not billable", "doubt"),
    "ended": StateLook("✗", "ended", "alarm"),
    "not-yet": StateLook("✗", "not yet in force", "alarm"),
    "not-listed": StateLook("✗", "not listed", "alarm"),
    "unknown": StateLook("?", "unknown", "doubt"),
}


def build_listing_title(listing: CodeListing) -> Title:
    """Return the title of a code of which the library has no entry: its code, and its state unless it can be billed."""
    state = next((each for each in listing.deciding if each.state != "listed"), None)
    if state is None or any(each.state == "listed" for each in listing.deciding):
        return Title("  ".join(filter(None, (listing.code, listing.title))))
    look = STATE_LOOKS[state.state]
    says = state.says if state.says.startswith(look.word) else look.word
    return Title(f"{listing.code}  {look.sign} {': '.join(filter(None, (says, listing.title)))}", tone=look.tone)


def build_listings(listing: CodeListing, *, brief: bool) -> Iterator[Block]:
    """Yield what each set says; `brief`, on a line each."""
    if brief and listing.listings:
        rows = [(each.heading, (summarize_listing(each),)) for each in listing.listings]
        yield Facts((*rows, *((heading, ("does not have it",)) for heading in listing.absent_from)), aligned=True)
        return
    for each in listing.listings:
        yield Heading(head_listing(each))
        yield Facts(tuple(list_facts(each)), aligned=True)
    if listing.listings and listing.absent_from:
        yield Facts((("Not in", listing.absent_from),))


def build_check(listing: CodeListing, code: str = "") -> Iterator[Callout]:
    """Yield how the entry of a code compares with the fee schedule, behind the code if it is given."""
    if listing.check:
        label, _, says = listing.check.partition(": ")
        sign = "!" if listing.differs else "✓"
        label = f"{sign} {code} {label}" if code else f"{sign} {label[:1].upper()}{label[1:]}"
        yield Callout(label, says, "alarm" if listing.differs else "good")


def list_notices(listings: Iterable[CodeListing]) -> Iterator[str]:
    """Yield the notice of each file that a page rests on."""
    yield from (each.notice for listing in listings for each in listing.listings)


def build_notices(notices: Iterable[str]) -> Iterator[Block]:
    """Yield the notices of files that have one, each once and word for word, without blank lines."""
    if distinct := dict.fromkeys(filter(None, notices)):
        yield Heading("Notices of the files")
        for notice in distinct:
            yield Paragraph((Run("\n".join(filter(str.strip, notice.splitlines()))),))


def head_listing(listing: Listing | SetHits | SetCodesAnswer) -> str:
    """Return set and release, and of which time they are if it is another one than was asked for."""
    return f"{listing.heading}{f' ({listing.as_of})' if listing.as_of else ''}"


def compare_listings(codes: Sequence[str], listings: Iterable[CodeListing]) -> Iterator[tuple[str, ComparedFacts]]:
    """Yield the heading of each release that has one of the codes, and its facts."""
    by_code = {listing.code: listing for listing in listings}
    columns: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    for code, listing in by_code.items():
        for each in listing.listings:
            columns.setdefault(head_listing(each), {})[code] = dict(list_facts(each))
    for heading, by_heading in columns.items():
        names = dict.fromkeys(name for facts in by_heading.values() for name in facts)
        yield heading, {name: tuple(by_heading.get(code, {}).get(name, ()) for code in codes) for name in names}


def summarize_listing(listing: Listing) -> str:
    """Return what a release says about a code on one line."""
    return _mark(listing, " · ".join(filter(None, (listing.says, listing.title, listing.summary))))


def list_facts(listing: Listing) -> Iterator[Fact]:
    """Yield the facts of a release, its state and its text first; each value says if it is as of another time."""
    text = (("Text", (listing.title,)),) if listing.title else ()
    for name, values in (("State", (listing.says,)), *text, *listing.facts):
        yield name, tuple(_mark(listing, value) for value in values)


def _mark(listing: Listing, text: str) -> str:
    return f"{text} ({listing.mark})" if listing.mark else text
