"""Free text -> the entries and lines that speak of it, and how it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref import codes
from cptref.analysis import hyphenated, tokenize
from cptref.fuzzy import closest
from cptref.index.reader import LineReader
from cptref.index.schema import verified
from cptref.lookup.lookup import read_dataset
from cptref.models.results import Hit, Match, SearchAnswer, Term
from cptref.search import scoring
from cptref.search.lexicon import Lexicon
from cptref.search.matcher import match_query

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cptref.analysis import Token
    from cptref.models.article import Status
    from cptref.models.results import Tier
    from cptref.search.matcher import QueryMatches

MAX_LINES_SHOWN = 5  # lines of one entry
MAX_ENTRIES_RANKED = (
    100  # entries whose lines are weighed one by one; of more that cover alike, the first in order of code
)


def search(connection: sqlite3.Connection, query: str, sections: Collection[str], limit: int) -> SearchAnswer:
    """The best `limit` entries for the query, within these sections where any are named.

    Raises UsageError where the query has no word in it, or more than a question has.
    """
    sought = match_query(connection, query, LineReader(connection, sections))
    ranked = _rank_entries(sought)
    weighed = (_score_entry(sought, share, entry) for share, entry in ranked[: max(MAX_ENTRIES_RANKED, limit)])
    best = sorted(weighed, key=lambda one: (-one[0], one[1]))[:limit]
    hits = tuple(_make_hit(connection, sought, *one) for one in best)
    return SearchAnswer(
        dataset=read_dataset(connection),
        query=query,
        understood=explain_query(sought),
        unmatched=sought.unmatched,
        total=len(ranked),
        hits=hits,
        suggestions=() if hits else _suggest(connection, sought),
    )


def _rank_entries(sought: QueryMatches) -> list[tuple[float, int]]:
    """The entries whose lines together cover enough of the query, with the share: the most first, then by code.

    Of those that cover alike, the ones with a line that speaks of everything come first.
    """
    shares = [(round(share, 3), entry) for entry, share in sought.shares(sought.entries).items()]
    enough = max(scoring.MIN_COVERAGE, scoring.MIN_RELATIVE_COVERAGE * max(shares, default=(0.0, 0))[0])
    whole = sought.whole()
    covering = sorted((-share, entry not in whole, entry) for share, entry in shares if share >= enough)
    return [(-share, entry) for share, _, entry in covering]


def _score_entry(sought: QueryMatches, together: float, entry: int) -> tuple[float, int, list[int]]:
    """The number an entry is sorted by, the entry, and its lines that speak of the query, the best first.

    Half the number is for what its lines cover together, half for what its best line covers alone.
    """
    shares = sought.shares(sought.within(sought.lines.of_entry(entry)))
    own = sorted(shares, key=lambda line: (-round(shares[line], 3), -sought.fit(line), line))
    alone = round(shares[own[0]], 3)
    return scoring.score((together + alone) / 2, sought.fit(own[0])), entry, own


def _make_hit(connection: sqlite3.Connection, sought: QueryMatches, score: float, entry: int, own: list[int]) -> Hit:
    code, title, library, verification = read_heading(connection, entry)
    telling = _select_lines(sought, own)
    matches = tuple(highlight(line, sought) for line in telling[:MAX_LINES_SHOWN])
    return Hit(
        code=code,
        title=title,
        library=library,
        verification=verification,
        score=score,
        tier=matches[0].tier,
        missing=tuple(
            thing.typed for thing, found in zip(sought.things, sought.entries, strict=True) if entry not in found
        ),
        matches=matches,
        total=len(telling),
    )


def _select_lines(sought: QueryMatches, own: list[int]) -> list[int]:
    """The lines worth showing: those that each cover more of the query; then others half as good as the best."""
    shares = sought.shares(sought.within(own))
    covered: set[int] = set()
    more: dict[int, None] = {}
    for line in own:
        places = {place for place, found in enumerate(sought.found) if line in found}
        if not places <= covered:
            more[line] = None
            covered |= places
    return [*more, *(line for line in own if line not in more and shares[line] >= shares[own[0]] / 2)]


def read_heading(connection: sqlite3.Connection, entry: int) -> tuple[str, str, str, Status]:
    """The code of an entry, its title, the library it is from, and how it stands to the published code set."""
    row = connection.execute("SELECT * FROM entry WHERE number = ?", (entry,)).fetchone()
    _, code, title, _, verification, library = verified(row)
    return code, title, library, verification


def highlight(line: int, sought: QueryMatches) -> Match:
    """A line, and by what it was found; the ways in which it speaks are noted."""
    text = sought.lines.text(line)
    own = tokenize(text)
    places: dict[str, list[tuple[int, int]]] = {}
    for one in (*own, *hyphenated(text)):
        places.setdefault(one.word, []).append((one.start, one.end))
    worths = [found.get(line, 0.0) for found in sought.found]
    marked: set[tuple[int, int]] = set()
    for worth, used, spoken in zip(worths, sought.used, sought.spoken, strict=True):
        for way in used:
            held = [[word for word in group if word in places] for group in way.groups]
            if way.worth == worth and all(held):
                spoken[way] = None
                if way.literal:
                    marked |= set(_find_literal(own, way.literal))
                else:
                    marked |= {place for group in held for word in group for place in places[word]}
    return Match(
        section=sought.lines.section(line),
        text=text,
        score=round(sought.shares(sought.within([line]))[line], 3),
        tier=scoring.tier_of(min(filter(None, worths))),
        terms=tuple(thing.typed for thing, worth in zip(sought.things, worths, strict=True) if worth),
        marks=_merge_marks(marked),
    )


def _find_literal(own: Sequence[Token], literal: str) -> Iterator[tuple[int, int]]:
    """Where these words stand side by side."""
    sought = [one.word for one in tokenize(literal)]
    for start in range(len(own) - len(sought) + 1):
        run = own[start : start + len(sought)]
        if [one.word for one in run] == sought:
            yield run[0].start, run[-1].end


def _merge_marks(marked: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The marks in order; a word with a hyphen and a part of it are one."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(marked):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart)


def explain_query(sought: QueryMatches) -> tuple[Term, ...]:
    """How each thing was read where that is not what was typed: as the lines shown speak of it, by tier.

    An abbreviation was read in all its senses, whatever is shown.
    """
    terms: dict[tuple[str, Tier], dict[str, None]] = {}
    for thing, spoken in zip(sought.things, sought.spoken, strict=True):
        if thing.senses:
            terms[thing.typed, "abbreviation"] = dict.fromkeys(thing.senses)
        once = {way.groups: way for way in reversed(thing.ways) if way in spoken}  # of equal ways the first
        for way in sorted(once.values(), key=lambda way: (-way.worth, thing.ways.index(way))):
            if way.text and way.tier not in {"exact", "abbreviation"}:
                terms.setdefault((thing.typed, way.tier), {})[way.text] = None
    return tuple(Term(typed=typed, read_as=tuple(read_as), tier=tier) for (typed, tier), read_as in terms.items())


def _suggest(connection: sqlite3.Connection, sought: QueryMatches) -> tuple[str, ...]:
    """Words of the library that look like those that nobody knows; codes held that are near one that isn't."""
    lexicon = Lexicon(connection)
    held = [code for (code,) in connection.execute("SELECT code FROM entry")]
    missed = [
        thing.typed
        for thing, found in zip(sought.things, sought.found, strict=True)
        if not found and (thing.senses or not thing.concepts)
    ]
    near = [closest(one.code, held, edits=2) for text in missed for one in codes.parse_codes(text) if one.code]
    near += [lexicon.alike(one.word) for text in missed for one in tokenize(text) if not lexicon.real(one.word)]
    return tuple(dict.fromkeys(other for found in near for other in found))
