"""What code sets say about codes as compact objects."""

from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from cptref.models.codesets import CodeListing, Listing, ListingState
from cptref.models.entries import ShowAnswer
from cptref.models.results import CompareAnswer, ModifiersAnswer
from cptref.render.compact.objects import AsOf, Says, differing, list_distinct, optional

CodeAnswer = ShowAnswer | CompareAnswer | ModifiersAnswer


class ListingObject(TypedDict):
    """What one release of a code set says about the code."""

    set: str
    release: str
    heading: str
    as_of: NotRequired[AsOf]
    state: Annotated[ListingState, Says("header: a category that is not billed; unknown: the day is before it")]
    says: str
    title: NotRequired[str]
    facts: NotRequired[dict[str, list[str]]]


class CodeSetsObject(TypedDict):
    """What the loaded code sets say about the code."""

    listings: NotRequired[list[ListingObject]]
    looked_at: NotRequired[Annotated[list[str], Says("further releases that were looked at: they do not have it")]]
    absent_from: NotRequired[Annotated[list[str], Says("releases that list codes, and not this one")]]
    check: NotRequired[Annotated[str, Says("what they say beside the bundled finding")]]
    differs: NotRequired[Annotated[bool, Says("true: they say something else than the bundled finding")]]


def build_code_sets(listing: CodeListing, title: str) -> CodeSetsObject:
    """Return what the code sets say about a code that stands under a title."""
    said = (*listing.absent_from, *(each.heading for each in listing.listings))
    others = (heading for heading in listing.looked_at if not any(_are_same(heading, text) for text in said))
    return {
        "listings": [_build_listing(each, title) for each in listing.listings],
        "looked_at": [*others],
        "absent_from": [*listing.absent_from],
        "check": listing.check,
        "differs": optional(listing.differs or None),
    }


def _are_same(heading: str, other: str) -> bool:
    """Return whether two texts name one release, of which either may say of which time it is."""
    return heading.startswith(other) or other.startswith(heading)


def _build_listing(listing: Listing, title: str) -> ListingObject:
    facts: dict[str, list[str]] = {}
    for name, values in listing.facts:
        facts.setdefault(name, []).extend(values)
    return {
        "set": listing.set,
        "release": listing.release,
        "heading": listing.heading,
        "as_of": listing.as_of,
        "state": listing.state,
        "says": listing.says,
        "title": differing(listing.title, title),
        "facts": facts,
    }


def name_day(answer: CodeAnswer) -> str:
    """Return the day on which code sets were asked, "" if none was."""
    return next((listing.on.isoformat() for listing in answer.listings), "")


def list_not_loaded(answer: CodeAnswer) -> list[str]:
    """Return how to get each code set that could have answered."""
    return list_distinct(text for listing in answer.listings for text in listing.not_loaded)


def list_notices(answer: CodeAnswer) -> list[str]:
    """Return the notices of the files that an answer rests on."""
    return list_distinct(each.notice for listing in answer.listings for each in listing.listings)
