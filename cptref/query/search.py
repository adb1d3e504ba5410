"""Free text -> the entries and lines that speak of it, and how it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.errors import UsageError
from cptref.model import Hit, Match, SearchAnswer, Term
from cptref.query import rank, vocabulary
from cptref.query.ask import dataset
from cptref.query.tables import unsealed
from cptref.query.words import PASSING, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from cptref.model import Tier

LINES = 5  # lines shown of one entry

Covers = dict[int, rank.Cover]  # what each line of an entry covers of a query


class Asked(NamedTuple):
    """A query as it was read: its telling words, and how much each tells."""

    readings: tuple[vocabulary.Reading, ...]
    weights: tuple[float, ...]


def search(connection: sqlite3.Connection, query: str, sections: Collection[str], limit: int) -> SearchAnswer:
    """The best `limit` entries for the query, within these sections where any are named.

    Raises UsageError where the query has no word in it.
    """
    typed = tuple(dict.fromkeys(word.word for word in words(query)))
    if not typed:
        raise UsageError("nothing to search for", hint="give a word, as in: cptref search tingling legs")
    readings = tuple(vocabulary.read(connection, word) for word in typed if word not in PASSING)
    found = [_lines(connection, reading, sections) for reading in readings]
    *_, lines = unsealed(connection.execute("SELECT * FROM meta").fetchone())
    asked = Asked(readings, tuple(rank.weight(lines, len(one)) for one in found))

    entries: dict[str, Covers] = {}
    for place, one in enumerate(found):
        for line, (code, tier) in one.items():
            entries.setdefault(code, {}).setdefault(line, {})[place] = tier
    ranked = sorted(
        (-_score(covers, asked), code)
        for code, covers in entries.items()
        if rank.score(rank.together(covers.values()), asked.weights) >= rank.ENOUGH
    )
    return SearchAnswer(
        dataset=dataset(connection),
        query=query,
        understood=tuple(
            Term(typed=reading.word, read_as=read_as, tier=tier)
            for reading in readings
            for tier, read_as in reading.read_as.items()
            if tier != "exact"
        ),
        unmatched=tuple(reading.word for reading, one in zip(readings, found, strict=True) if not one),
        total=len(ranked),
        hits=tuple(_hit(connection, code, entries[code], asked) for _, code in ranked[:limit]),
    )


def _lines(
    connection: sqlite3.Connection, reading: vocabulary.Reading, sections: Collection[str]
) -> dict[int, tuple[str, Tier]]:
    """The lines that have a word it was read as: the line's code, and the tightest tier."""
    within = f"AND section IN ({', '.join('?' * len(sections))})" if sections else ""
    found: dict[int, tuple[str, Tier]] = {}
    for tier, read_as in reading.read_as.items():
        rows = connection.execute(
            f"SELECT id, code FROM line JOIN line_word ON line_word.rowid = line.id WHERE line_word MATCH ? {within}",  # noqa: S608 - question marks
            (" OR ".join(f'"{word}"' for word in read_as), *sections),
        )
        for line, code in rows:
            found.setdefault(line, (code, tier))
    return found


def _score(covers: Covers, asked: Asked) -> float:
    """Half for what the lines of an entry cover together, half for what its best line covers alone."""
    alone = max(rank.score(cover, asked.weights) for cover in covers.values())
    return round((rank.score(rank.together(covers.values()), asked.weights) + alone) / 2, 3)


def _hit(connection: sqlite3.Connection, code: str, covers: Covers, asked: Asked) -> Hit:
    _, title, _, verification, _ = unsealed(
        connection.execute("SELECT * FROM entry WHERE code = ?", (code,)).fetchone()
    )
    telling = _telling(covers, asked)
    matches = tuple(_match(connection, line, covers[line], asked) for line in telling[:LINES])
    return Hit(
        code=code,
        title=title,
        verification=verification,
        score=_score(covers, asked),
        tier=matches[0].tier,
        matches=matches,
        total=len(telling),
    )


def _telling(covers: Covers, asked: Asked) -> list[int]:
    """The lines worth showing: best first, those that each cover more of the query; then others half as good."""
    scores = {line: rank.score(cover, asked.weights) for line, cover in covers.items()}
    best = sorted(covers, key=lambda line: (-scores[line], line))
    covered: set[int] = set()
    more: dict[int, None] = {}
    for line in best:
        if not covers[line].keys() <= covered:
            more[line] = None
            covered |= covers[line].keys()
    return [*more, *(line for line in best if line not in more and scores[line] >= scores[best[0]] / 2)]


def _match(connection: sqlite3.Connection, line: int, cover: rank.Cover, asked: Asked) -> Match:
    _, _, section, text = unsealed(connection.execute("SELECT * FROM line WHERE id = ?", (line,)).fetchone())
    sought = {word for reading in asked.readings for read_as in reading.read_as.values() for word in read_as}
    return Match(
        section=section,
        text=text,
        score=rank.score(cover, asked.weights),
        tier=rank.loosest(cover.values()),
        terms=tuple(asked.readings[place].word for place in sorted(cover)),
        marks=tuple((word.start, word.end) for word in words(text) if word.word in sought),
    )
