"""What questions in words return: entries and lines that match, and how a query was read."""

from datetime import date
from typing import Literal, NamedTuple

from cptref.models.article import Dataset, Status
from cptref.models.codes import PublishedCode
from cptref.models.entries import EntryKind

Tier = Literal["exact", "inflected", "synonym", "abbreviation", "part", "spelling", "beginning"]


MIN_SET_LEAD = 0.1  # a code set comes before the entries if its best line covers this much more of the query


class Term(NamedTuple):
    """A word of a query that was read as something else: the word typed, its readings, and how loose they are."""

    typed: str
    read_as: tuple[str, ...]
    tier: Tier


class Match(NamedTuple):
    """A line that matches the query.

    `score` is the share of the query that it covers, 0 to 1; `tier` its loosest match; `terms` the words of the query
    that it covers; `marks` the [start, end) positions of the matched words in `text`.
    """

    section: str
    text: str
    score: float
    tier: Tier
    terms: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]


class Hit(NamedTuple):
    """An entry that matches the query: its best lines, and how many of its lines matched in `total`.

    `missing` are the words of the query that the entry does not mention. `bundled_verification` and `published` are
    those of a ListItem.
    """

    kind: EntryKind
    code: str
    title: str
    library: str
    verification: Status
    score: float
    tier: Tier
    missing: tuple[str, ...]
    matches: tuple[Match, ...]
    total: int
    bundled_verification: Status | None = None
    published: PublishedCode | None = None


class SetHit(NamedTuple):
    """A code of a code set that matches a query by one of its lines: its title, an inclusion term or an index term.

    `score` is the share of the query that the line covers, `marks` are [start, end) positions in `text`. `billable` is
    None where the set does not say.
    """

    code: str
    title: str
    text: str
    kind: Literal["title", "inclusion", "index"]
    score: float
    tier: Tier
    marks: tuple[tuple[int, int], ...]
    missing: tuple[str, ...] = ()
    billable: bool | None = None
    note: str = ""


class SetHits(NamedTuple):
    """The best hits of `total` in one code set: of the codes that match, or of those of them that are billed.

    Billed diagnoses are counted up to the number of codes that match: one header has thousands.
    """

    set: str
    release: str
    heading: str
    total: int
    hits: tuple[SetHit, ...]
    as_of: str = ""
    notice: str = ""

    @property
    def best(self) -> float:
        """The share of the query that the best line covers."""
        return max(hit.score for hit in self.hits)


class Silence(NamedTuple):
    """What a question asks about, as typed, and a section that should answer it but does not mention it.

    `codes` are the first of the `total` articles of which this is true.
    """

    section: str
    subject: str
    codes: tuple[str, ...]
    total: int


class SearchAnswer(NamedTuple):
    """The result of a search: how the query was read, the words that no entry mentions, the best hits of `total`.

    Articles and published codes are two groups, each with its best hits; the group with the better one comes first. If
    only articles match, `codes` are those to see instead of theirs. `denied` are the things that the query denies: they
    match nothing, and if it `only_denies`, there was nothing to search for. If there are no hits, `partial` is the
    entry that comes closest, and `suggestions` are words of the library close to those typed: offered, never chosen. A
    `verbose` answer is shown with scores and tiers. `sets` are the hits in the code sets that are loaded, `on` the day
    on which they were asked, None if none was.
    """

    dataset: Dataset
    query: str
    understood: tuple[Term, ...]
    unmatched: tuple[str, ...]
    total: int
    hits: tuple[Hit, ...]
    suggestions: tuple[str, ...] = ()
    codes: tuple[PublishedCode, ...] = ()
    denied: tuple[str, ...] = ()
    silent: tuple[Silence, ...] = ()
    partial: Hit | None = None
    only_denies: bool = False
    verbose: bool = False
    sets: tuple[SetHits, ...] = ()
    on: date | None = None

    @property
    def sets_lead(self) -> bool:
        """Whether a code set covers more of the query than an entry does, and comes first."""
        return bool(self.sets) and self.sets[0].best > max((hit.score for hit in self.hits), default=0.0) + MIN_SET_LEAD


class Complaint(NamedTuple):
    """One symptom as it was reported and read; `covered` if any entry covers it.

    `denied` are the things in it that the patient does not have: they match nothing. One that `only_denies` is not
    among those to cover.
    """

    query: str
    understood: tuple[Term, ...]
    unmatched: tuple[str, ...]
    covered: bool
    denied: tuple[str, ...] = ()
    only_denies: bool = False


class Evidence(NamedTuple):
    """The line of an entry that covers a symptom best: its section, its tier and its score.

    `missing` are the words of the symptom that the line does not mention.
    """

    symptom: str
    section: str
    text: str
    tier: Tier
    score: float
    missing: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]


class Fit(NamedTuple):
    """An entry that fits what a patient reports: how many of the symptoms it covers, and the line for each.

    `of` counts the symptoms that ask for anything; `evidence` has a place for each symptom, None without a line.
    `bundled_verification` is that of a ListItem.
    """

    kind: EntryKind
    code: str
    title: str
    library: str
    verification: Status
    covered: int
    of: int
    score: float
    evidence: tuple[Evidence | None, ...]
    bundled_verification: Status | None = None


class SymptomAnswer(NamedTuple):
    """Entries that fit symptoms: how each symptom was read, and the best entries of `total`, most covered first.

    `codes` are those to see instead of theirs. A `verbose` answer is shown with scores and tiers. If ICD-10-CM is
    loaded, `diagnoses` are its best codes for each symptom, None for one without any. `on` is that of a SearchAnswer.
    """

    dataset: Dataset
    symptoms: tuple[Complaint, ...]
    total: int
    hits: tuple[Fit, ...]
    codes: tuple[PublishedCode, ...] = ()
    verbose: bool = False
    diagnoses: tuple[SetHits | None, ...] = ()
    on: date | None = None

    @property
    def only_denies(self) -> bool:
        """Whether every symptom is one that the patient does not have."""
        return all(symptom.only_denies for symptom in self.symptoms)

    @property
    def missed(self) -> tuple[str, ...]:
        """The symptoms that no entry and no code covers, as they were reported."""
        diagnosed = self.diagnoses or [None] * len(self.symptoms)
        return tuple(
            symptom.query
            for symptom, codes in zip(self.symptoms, diagnosed, strict=True)
            if not (symptom.covered or symptom.only_denies or codes is not None)
        )
