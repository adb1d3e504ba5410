"""The answers to the other questions: comparisons, modifiers, and what is about files; and the type of any answer."""

from typing import TYPE_CHECKING, NamedTuple

from cptref.errors import Fault
from cptref.models.article import BilateralIndicator, Dataset, Modifier
from cptref.models.entries import AppendedModifier, Contradiction, Entry, Miss, list_codes
from cptref.models.notes import Note
from cptref.sections import SectionKind

if TYPE_CHECKING:
    from cptref.models.claims import ClaimAnswer
    from cptref.models.codesets import (
        AddAnswer,
        ChangesAnswer,
        CodeListing,
        RemoveAnswer,
        SetCode,
        SetCodesAnswer,
        SetsAnswer,
    )
    from cptref.models.entries import ListAnswer, ListItem, ShowAnswer
    from cptref.models.fees import FeeAnswer
    from cptref.models.hits import SearchAnswer, SymptomAnswer
    from cptref.models.pairs import PairAnswer


class ModifiersAnswer(NamedTuple):
    """Modifiers asked for by name, the entries of codes asked for with their modifiers, and what was not found.

    If nothing was named, the answer is `whole`: `modifiers` is the whole table, and `indicators` come with it.
    `appended` has the modifiers that the `entries` list, and those typed with their codes. `remarks` and `listings` are
    those of ShowAnswer.
    """

    dataset: Dataset
    whole: bool
    modifiers: tuple[Modifier, ...]
    indicators: tuple[BilateralIndicator, ...]
    entries: tuple[Entry, ...]
    appended: tuple[AppendedModifier, ...]
    misses: tuple[Miss, ...]
    contradictions: tuple[Contradiction, ...] = ()
    remarks: tuple[str, ...] = ()
    listings: tuple["CodeListing", ...] = ()


class SectionComparison(NamedTuple):
    """One section of several entries, with each line of each entry once: in `shared`, in `similar` or in `only`.

    `shared` are the lines that all entries have word for word. A row of `similar` has lines that say nearly the same,
    one for each entry, "" for an entry without such a line. `only` has, for each entry, the lines that no other entry
    has. If there are too many lines to compare all of them, they are not `aligned`, and `similar` has the lines that
    some entries have word for word.
    """

    key: str
    shared: tuple[str, ...]
    similar: tuple[tuple[str, ...], ...]
    only: tuple[tuple[str, ...], ...]
    aligned: bool


class CompareAnswer(NamedTuple):
    """Entries side by side, section by section; each row and each `only` is in the order of `entries`.

    `listings` are what the loaded code sets say of each code, with an entry or without.
    """

    dataset: Dataset
    entries: tuple[Entry, ...]
    sections: tuple[SectionComparison, ...]
    misses: tuple[Miss, ...]
    appended: tuple[AppendedModifier, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    remarks: tuple[str, ...] = ()
    listings: tuple["CodeListing", ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are compared: those of the entries, and those that only code sets have."""
        return list_codes(self.entries, self.listings)


class CodesStarting(NamedTuple):
    """The first codes that begin with some letters: those of the library, then those that only the loaded sets have."""

    letters: str
    entries: tuple["ListItem", ...]
    codes: tuple["SetCode", ...] = ()

    @property
    def titles(self) -> dict[str, str]:
        """The title of each code; of one with an article, that of the article's published code."""
        titles = {entry.code: entry.title for entry in self.entries}
        return titles | {code.code: code.title for code in self.codes}


class SectionsAnswer(NamedTuple):
    """The catalogue of sections, in order."""

    kinds: tuple[SectionKind, ...]


class PathsAnswer(NamedTuple):
    """Where the bundled data, the user's own library, notes and code sets, and the cache are.

    `libraries` are the other folders, in order. A folder that depends on an unknown home folder is "".
    """

    data: str
    library: str
    notes: str
    cache: str
    codesets: str = ""
    libraries: tuple[str, ...] = ()


class CodeNotes(NamedTuple):
    """The notes on one code, in the order added; `title` is "" if nothing else is known of the code."""

    code: str
    title: str
    notes: tuple[Note, ...]


class NotesAnswer(NamedTuple):
    """The coder's own notes, by code."""

    dataset: Dataset
    codes: tuple[CodeNotes, ...]


class CheckedPath(NamedTuple):
    """A folder or a file that was checked: how many articles it has, and which other files."""

    path: str
    articles: int
    other_files: tuple[str, ...]


class CheckAnswer(NamedTuple):
    """What was checked, with every fault in it and what else needs review, in order of file."""

    checked: tuple[CheckedPath, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


# Every type of answer. A new one needs a page in render/pages/, and a rendering as JSON and as CSV.
if TYPE_CHECKING:
    Answer = (
        ShowAnswer
        | SearchAnswer
        | SymptomAnswer
        | CompareAnswer
        | ModifiersAnswer
        | ListAnswer
        | SectionsAnswer
        | PathsAnswer
        | NotesAnswer
        | CheckAnswer
        | AddAnswer
        | SetsAnswer
        | RemoveAnswer
        | ChangesAnswer
        | SetCodesAnswer
        | ClaimAnswer
        | FeeAnswer
        | PairAnswer
    )
