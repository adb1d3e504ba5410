"""A query as it was read: its clauses, what it denies, what it is about if it is a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref.search import scoring

if TYPE_CHECKING:
    from cptref.models.hits import Tier
    from cptref.search.questions import Route

# How much a clause decides what a query is about: a subject, one that is a word of everyday language too, a thing of
# everyday life, any other word of everyday language, what is no word at all, or what only qualifies a complaint.
Importance = Literal["subject", "topic", "thing", "word", "unknown", "qualifier"]

MEDIUM_CLAUSES = 3


class Expansion(NamedTuple):
    """One way in which a line may mention a clause: the line has one word of each group of alternatives.

    `text` is what the query was read as, "" for the query's own words. `hops` count the steps beyond what the tier
    says. `literal` must stand in the line as it is, where the query has it in quotes. Without any group, every line of
    the sections that a question is about mentions it.
    """

    tier: Tier
    text: str
    alternatives: tuple[tuple[str, ...], ...]
    hops: int = 0
    literal: str = ""

    @property
    def weight(self) -> float:
        """What a line counts that mentions the clause in this way."""
        return scoring.TIER_WEIGHTS[self.tier] - scoring.HOP_PENALTY * self.hops


class Clause(NamedTuple):
    """One thing that a query asks for: its words as typed, its expansions, and its concepts in the vocabulary.

    `senses` are all meanings of an abbreviation, whether or not the library mentions them. `in_section` marks what only
    the sections that a question is about can answer, `is_code` a code, `is_level` the level of a vertebra, by which
    published codes differ. `parts` are the words of a phrase, each by itself, and `size` is their number.
    `is_respelled` tells that it is read as spelled otherwise. Two clauses with one `key` are the same.
    """

    typed: str
    expansions: tuple[Expansion, ...]
    key: object
    concepts: frozenset[int] = frozenset()
    senses: tuple[str, ...] = ()
    importance: Importance = "subject"
    in_section: bool = False
    is_code: bool = False
    is_level: bool = False
    parts: tuple[Expansion, ...] = ()
    size: int = 1
    is_respelled: bool = False


class Query(NamedTuple):
    """The clauses of a query, the things that it denies, and the sections that it is about if it is a question.

    `is_list` tells that it asks for several things, one by one.
    """

    clauses: tuple[Clause, ...]
    denied: tuple[str, ...] = ()
    route: Route | None = None
    is_list: bool = False

    @property
    def length(self) -> scoring.Length:
        """How long it is; in a shorter one each clause counts more for what it is about."""
        count = sum(clause.importance != "qualifier" for clause in self.clauses)
        return "long" if self.is_list or count > MEDIUM_CLAUSES else "medium" if count == MEDIUM_CLAUSES else "short"

    @property
    def names_subject(self) -> bool:
        """Whether it asks for anything besides codes, everyday words and qualifiers."""
        return any(clause.importance in {"subject", "topic"} and not clause.is_code for clause in self.clauses)

    @property
    def asks_for_anything(self) -> bool:
        """Whether it asks for more than everyday words and qualifiers besides what it denies."""
        return not self.denied or any(clause.importance in {"subject", "topic", "thing"} for clause in self.clauses)
