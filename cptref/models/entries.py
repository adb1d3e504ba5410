"""What is known of a code, as it is shown: the values of which the answers about entries are made.

Each value is a named tuple, built by keyword, and not a dataclass: Python makes such a class in a seventh of the time,
and every start of the command pays for it. The answers to other questions are in results.py, for the same reason.
"""

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref.models.article import (
    Cost,
    Dataset,
    Indicator,
    Modifier,
    PayerNote,
    Question,
    Section,
    Source,
    Status,
    Verification,
)
from cptref.models.codes import PublishedCode

if TYPE_CHECKING:
    from cptref.models.codesets import CodeListing

EntryKind = Literal["article", "code"]  # what an article says about a code, or a published code without an article
MissReason = Literal["blank", "malformed", "out-of-scope", "not-loaded", "not-held", "no-section", "not-in-force"]
Verdict = Literal["fits", "conflicts", "not judged", "unknown"]  # on a modifier with a code

BUNDLED = "bundled"  # the library of what comes with cptref
NOTES = "notes"  # the library of a code of which nothing is known but the coder's notes


class Entry(NamedTuple):
    """What is known of a code, as it is shown: modifiers with their meaning, and every section with content, in order.

    `library` names the dataset that it is from, `replaces` the one whose entry on the code it replaces ("" if none).
    `verification` is the finding that holds for the code, `verified_by` the library that it is from; an own one leaves
    the bundled one in `bundled_verification`. `bilateral_indicator` is the one that counts. `sections` has overview,
    billing, cost, faq and notes too, as lines; `billing` is the part of that section that the article has itself.
    `notes` are the coder's own. `source` is the page that it was imported from. `published` is what codes.toml says of
    the code, `see_instead` the same of the codes to see instead.
    """

    kind: EntryKind
    code: str
    title: str
    category: str
    summary: str
    library: str
    replaces: str
    verification: Verification
    verified_by: str
    bundled_verification: Verification | None
    bilateral_indicator: Indicator | None
    modifiers: tuple[Modifier, ...]
    cost: Cost
    sections: tuple[Section, ...]
    faq: tuple[Question, ...]
    billing: Section | None = None
    payer_notes: tuple[PayerNote, ...] = ()
    notes: tuple[str, ...] = ()
    source: Source | None = None
    published: PublishedCode | None = None
    see_instead: tuple[PublishedCode, ...] = ()


class Miss(NamedTuple):
    """A code that gets no answer, and why.

    `input` is the text as typed, `code` what it was read as ("" if it does not look like a code). `nearest` are up to
    three close codes of the library: other procedures, offered and never chosen. The reasons are

    - blank: there is no text
    - malformed: the text is no code
    - out-of-scope: it is a code of a set that is not read here: dental (CDT), ICD-10-PCS, NDC
    - not-loaded: neither the library nor a loaded set has the code, and a set that may have it is not loaded
    - not-held: neither the library nor a loaded set has the code; or the library does not have the modifier
    - no-section: the library has the code, but not the sections asked for
    - not-in-force: a loaded set has the code, but not on the day
    """

    input: str
    code: str
    reason: MissReason
    message: str
    nearest: tuple[str, ...] = ()


class AppendedModifier(NamedTuple):
    """A modifier on a code: its meaning, whether the code's entry lists it, the verdict on it, and why.

    `assessment` says what the verdict rests on. `input` is the text as typed ("" if only the entry names the
    modifier), `on` the code. `set` and `meaning` are "" if the library does not have the modifier, whose verdict is
    `unknown`; `listed` is None if it has no article on the code.
    """

    input: str
    on: str
    code: str
    set: str
    meaning: str
    listed: bool | None
    verdict: Verdict
    assessment: str


class Contradiction(NamedTuple):
    """Modifiers typed on one code that do not go together, and why."""

    on: str
    modifiers: tuple[str, ...]
    problem: str


def group_by_code(appended: Iterable[AppendedModifier]) -> dict[str, list[AppendedModifier]]:
    """Return the modifiers on each code."""
    by_code: dict[str, list[AppendedModifier]] = {}
    for modifier in appended:
        by_code.setdefault(modifier.on, []).append(modifier)
    return by_code


def list_codes(entries: Iterable[Entry], listings: Iterable["CodeListing"]) -> tuple[str, ...]:
    """Return the codes of entries, and those that only code sets have."""
    listed = (listing.code for listing in listings if listing.listings)
    return tuple(dict.fromkeys((*(entry.code for entry in entries), *listed)))


class ShowAnswer(NamedTuple):
    """Entries in the order asked for, the codes that were not found, and the modifiers typed with codes.

    `sections` are the keys asked for; there are none if whole entries were asked for, or a `brief` answer, which is
    their summaries alone. `remarks` say what a range of codes was answered with, and what was skipped.
    `listings` are what the loaded code sets say of each code, in the order asked for.
    """

    dataset: Dataset
    sections: tuple[str, ...]
    entries: tuple[Entry, ...]
    misses: tuple[Miss, ...]
    appended: tuple[AppendedModifier, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    brief: bool = False
    remarks: tuple[str, ...] = ()
    listings: tuple["CodeListing", ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are answered: those of the entries, and those that only code sets have."""
        return list_codes(self.entries, self.listings)

    def select(self, codes: Container[str]) -> "ShowAnswer":
        """Return what the answer says of these codes, and nothing else."""
        return self._replace(
            entries=tuple(entry for entry in self.entries if entry.code in codes),
            misses=(),
            appended=tuple(item for item in self.appended if item.on in codes),
            listings=tuple(listing for listing in self.listings if listing.code in codes),
        )

    def place_notes(self, *, wanted: bool) -> "ShowAnswer":
        """Return the answer with the user's notes, whatever the sections are, or without them: documents get around."""
        entries = []
        for entry in self.entries:
            sections = tuple(section for section in entry.sections if section.key != "notes")
            if wanted and entry.notes:
                sections += (Section(key="notes", points=entry.notes),)
            entries.append(entry._replace(sections=sections, notes=entry.notes if wanted else ()))
        return self._replace(entries=tuple(entries))


class ListItem(NamedTuple):
    """One line of the list of codes.

    An entry with a finding of its own has that of the bundled entry as `bundled_verification`. `published` is what
    codes.toml says of a code without an article.
    """

    kind: EntryKind
    code: str
    title: str
    category: str
    verification: Status
    library: str
    replaces: str
    bundled_verification: Status | None = None
    published: PublishedCode | None = None


class ListAnswer(NamedTuple):
    """The first codes of the library in order, of `total`."""

    dataset: Dataset
    entries: tuple[ListItem, ...]
    total: int
