"""Values of the code sets that a coder brings: releases, and what they say about a code."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

Fact = tuple[str, tuple[str, ...]]  # a name and its values
# What a release says of a code: it has it; has it as a category that is not billed; had it until a day or will have it
# from one; does not have it; or it can't say, since the day asked for is before it.
ListingState = Literal["listed", "header", "ended", "not-yet", "not-listed", "unknown"]
SETS_OF_CODES = frozenset({"cpt", "pfs", "hcpcs", "icd10cm"})  # the other sets say something about codes of these
LineKind = Literal["title", "inclusion", "index"]  # where a line to search comes from: text of which kind of note


class Release(NamedTuple):
    """A release of a code set as it is stored: from which file, for which days, with how many rows.

    `part` tells apart two files of one release that are stored side by side, and is "" where there is one. `refused`
    says which rows were left out, and why. `notice` is the file's own, word for word. `details` hold for all of it.
    """

    set: str
    release: str
    part: str
    effective_from: date
    effective_to: date
    rows: int
    source: str
    size: int
    sha256: str
    added: date
    notice: str = ""
    refused: tuple[str, ...] = ()
    details: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        """What `cptref remove` takes: `hcpcs-2026Q4`."""
        return f"{self.set}-{self.release}"

    @property
    def counts(self) -> str:
        """How much the release holds, in words."""
        return _count_contents(self.rows, self.details)


def _count_contents(rows: int, details: Mapping[str, str]) -> str:
    """Return how many rows there are: `15,097 rows`, or `109 localities` where details have the word for rows.

    Of ICD-10-CM, it is `98,186 codes, 74,719 billable` and the like.

    What is stored of ICD-10-CM has other rows than there are codes: it has sections, and no code with a 7th character.
    """
    if "billable" in details:
        billable = f"{int(details['billable']):,} billable"
        return f"{int(details['codes']):,} codes, {billable}" if "codes" in details else f"{billable} codes"
    if "file_rows" in details:
        return _count_edits(rows, details)
    return f"{int(details['terms']):,} terms" if "terms" in details else f"{rows:,} {details.get('rows', 'rows')}"


def _count_edits(rows: int, details: Mapping[str, str]) -> str:
    """Return how many pair edits there are, which are left out, and how many of them never were in force."""
    said = f"{rows:,} rows"
    if "since" in details:
        said = f"{rows:,} of {int(details['file_rows']):,} rows, without those deleted before {details['since']}"
    return f"{said} ({int(details['never']):,} with indicator 9: never in force)" if details["never"] != "0" else said


# What became of a file: it is stored, or would be; it was stored before; it is another form of a table that was read;
# it is none of the files that are read; or it is one, but is not as its publisher ships it, or can't be read.
AddState = Literal["added", "would add", "already there", "same table", "not needed", "refused"]


class AddedFile(NamedTuple):
    """One file and what became of it.

    `heading` names set and release in words, `part_title` the part. `said` tells from what the release was derived
    where that is not the content, `reason` why the file is refused.
    """

    file: str
    state: AddState
    set: str = ""
    release: str = ""
    part: str = ""
    heading: str = ""
    part_title: str = ""
    rows: int = 0
    effective_from: date | None = None
    effective_to: date | None = None
    said: str = ""
    warnings: tuple[str, ...] = ()
    reason: str = ""
    details: Mapping[str, str] = {}

    @property
    def counts(self) -> str:
        """How much the file holds, in words."""
        return _count_contents(self.rows, self.details)


class AddAnswer(NamedTuple):
    """What became of each file, in the order in which they were read."""

    files: tuple[AddedFile, ...]
    dry_run: bool = False

    @property
    def refused(self) -> tuple[AddedFile, ...]:
        """The files that are refused."""
        return tuple(file for file in self.files if file.state == "refused")

    @property
    def recognized(self) -> tuple[AddedFile, ...]:
        """The files that are stored, or would be."""
        return tuple(file for file in self.files if file.state in {"added", "would add", "already there"})

    @property
    def not_needed(self) -> tuple[AddedFile, ...]:
        """The files that are not read."""
        return tuple(file for file in self.files if file.state in {"same table", "not needed"})


class LoadedSet(NamedTuple):
    """A release that is loaded.

    `part` is in words, "" if there is one part. `due` says that a newer release is, and how to get it.
    """

    release: Release
    heading: str
    part: str = ""
    due: str = ""


class SetsAnswer(NamedTuple):
    """The releases that are loaded, in order of set and release.

    `damaged` says which stores can't be read, `not_loaded` which sets have no release, and how to get them.
    """

    on: date
    folder: str
    sets: tuple[LoadedSet, ...]
    damaged: tuple[str, ...] = ()
    verbose: bool = False
    not_loaded: tuple[str, ...] = ()


class RemoveAnswer(NamedTuple):
    """The releases that were removed, and how many stores; `unknown` says of each other name what it may have meant."""

    removed: tuple[tuple[str, int], ...]
    unknown: tuple[str, ...] = ()


# A code is added or removed; a row of a code that both releases have is; or it is in both and differs.
ChangeKind = Literal[
    "added", "removed", "row added", "row removed", "became header", "became billable", "reworded", "changed"
]
FieldChange = tuple[str, str, str]  # a name, what it was, what it is


class Change(NamedTuple):
    """What changed in a row between two releases. `sub` is the modifier or the like, `text` the newer text."""

    kind: ChangeKind
    code: str
    sub: str = ""
    text: str = ""
    fields: tuple[FieldChange, ...] = ()


class ChangesAnswer(NamedTuple):
    """What changed between two releases of a set, by kind and code.

    `counts` are of all changes, `field_counts` say for each field how many rows it changed in, and `summary` puts the
    rows and codes of both releases into words. `codes` are those asked for, all if there are none; `unchanged` and
    `unknown` are those of them without a change, and in neither release.
    """

    set: str
    old: str
    new: str
    headings: tuple[str, str]
    counts: tuple[tuple[ChangeKind, int], ...]
    field_counts: tuple[tuple[str, int], ...]
    changes: tuple[Change, ...]
    summary: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    limit: int | None = None


class SetCode(NamedTuple):
    """A code of a release; `state` as in a Listing, `says` is the state in words where the set has days for each code.

    It is "" otherwise.
    """

    code: str
    title: str
    state: ListingState
    says: str = ""


class SetCodesAnswer(NamedTuple):
    """The codes of a set that begin with some letters, the first of `total`, on a day."""

    set: str
    release: str
    heading: str
    as_of: str
    on: date
    codes: tuple[SetCode, ...]
    total: int
    notice: str = ""


def shorten_as_of(as_of: str) -> str:
    """Return the first words of what says which release answers: `as of RVU26C`."""
    return as_of.partition(", ")[0].partition(": ")[0]


class Listing(NamedTuple):
    """What one release of a code set says about a code.

    `heading` names set and release, `title` is the text as in the file ("" if it has none). `says` is the state in one
    sentence; `as_of` is not "" where no loaded release covers the day, and then says which one answers. `facts` are the
    fields in words, `fields` the same as in the file. `notice` is the file's. `summary` are the facts that come first,
    on one line.
    """

    set: str
    release: str
    heading: str
    code: str
    state: ListingState
    says: str
    title: str = ""
    as_of: str = ""
    facts: tuple[Fact, ...] = ()
    fields: Mapping[str, str] = {}
    notice: str = ""
    summary: str = ""

    @property
    def mark(self) -> str:
        """What stands behind every line that rests on a release of another time: `as of RVU26C`; "" for the right one.

        For a day before all loaded releases it is `unknown on 2018-01-01`.
        """
        return shorten_as_of(self.as_of)


class CodeListing(NamedTuple):
    """What the loaded code sets say about a code on a day.

    `code` is in its canonical spelling. `listings` are in a fixed order of sets. `not_loaded` names, for each set that
    could know the code and is not loaded, how to get it. `looked_at` are the releases that were looked at,
    `absent_from` those of them that list codes and not this one, and of which time they are if it is another. `check`
    is what they say beside the bundled verification of the code, and `differs` tells that it is something else.
    """

    code: str
    on: date
    listings: tuple[Listing, ...] = ()
    not_loaded: tuple[str, ...] = ()
    looked_at: tuple[str, ...] = ()
    absent_from: tuple[str, ...] = ()
    check: str = ""
    differs: bool = False

    @property
    def deciding(self) -> tuple[Listing, ...]:
        """The listings that say whether the code is in force: those of sets that list codes, all if there are none.

        HCPCS decides on its own codes, by their dates. A limit of units or an add-on edit may outlive its code until
        the next quarter.
        """
        of_codes = [listing for listing in self.listings if listing.set in SETS_OF_CODES]
        if any(listing.set == "hcpcs" for listing in of_codes):
            of_codes = [listing for listing in of_codes if listing.set in {"hcpcs", "icd10cm"}]
        return tuple(of_codes) or self.listings

    @property
    def is_listed(self) -> bool:
        """Whether any release has the code on that day."""
        return any(listing.state in {"listed", "header"} for listing in self.deciding)

    @property
    def title(self) -> str:
        """The first text that a release has for the code, "" if none has one."""
        return next((listing.title for listing in self.listings if listing.title), "")
