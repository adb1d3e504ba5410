"""Lines that match a query -> the codes that they lead to, in the order of how close their words are to the query.

What covers as much of a query is told apart by trigrams that it shares with the query, weighed by how rare they are
among the lines compared, by how much else it says, and by what contradicts the query: another side, another stage.
"""

from __future__ import annotations

import re
from collections import Counter
from heapq import nlargest
from math import log, sqrt
from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import STOP_WORDS, analyze, content_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from cptref.analysis import Analysis
    from cptref.codesets.store import Line
    from cptref.search.title_matcher import SetLines, TitleMatches

MAX_RANKED_LINES = 150  # whose text is read and compared with the query
# What each measure counts beside coverage, which is half that of the line, half that of all lines of its code.
COVERAGE_WEIGHT = 2.0
SHARE_WEIGHT = 0.4
TRIGRAM_WEIGHT = 1.0  # of the query as typed
MIN_HEADER_LETTERS = 5  # of a code whose terms hold for those below it: M51.1; a category has too many below it
READING_WEIGHT = 0.5  # of the query with the words that the line has for it
CONTRADICTION_PENALTY = 0.3
HOP_PENALTY = 1.0  # of what the query says by name, where a line has a kind of it, or what it is a kind of
ABSENCE_BONUS = 1.5
# Words by which a code says no more: with them it is the one to begin with. NOS stands for unspecified.
_GENERAL_WORDS = frozenset(
    ("unspecified", "specified", "site", "type", "essential", "disease", "disorder", "syndrome", "complications")
)
GENERAL_SHARE = 0.2  # of a word, that such a word counts among what else a line says
_SAME = {"nos": "unspecified"}
_CONTRARIES = tuple(
    frozenset(words.split())
    for words in (
        "left right bilateral",
        "bilateral unilateral",
        "mild moderate severe",
        "acute subacute chronic",
        "upper lower",
        "male female",
        "open closed",
        "displaced nondisplaced",
        "primary secondary",
        "anterior posterior",
        "medial lateral",
        "congenital acquired",
        "internal external",
        "benign malignant",
        "i ii iii iv v",
        "1 2 3 4 5",
    )
)
_SIDE_WORDS = {"left", "right", "bilateral"}
_ABSENT = re.compile(r"\b(?:without|no|not)\b")
_PRESENT = re.compile(r"\b(?:with|and|in|due|initial|subsequent)\b|[,;()]")


class RankedCode(NamedTuple):
    """A code, its score, its best line with the number of that, and the share of the query that the line covers."""

    score: float
    number: int
    line: Line
    coverage: float


class RankedCodes(NamedTuple):
    """The codes that fit a query: the best of them ranked, then the others by how much of it they cover.

    `others` are codes with their best lines, which are read only if so many are asked for.
    """

    best: list[RankedCode]
    others: dict[str, int]

    @property
    def codes(self) -> set[str]:
        """All codes."""
        return {*(code.line.code for code in self.best), *self.others}

    def leave_out(self, codes: Collection[str]) -> RankedCodes:
        """Return the codes without these."""
        if not codes:
            return self
        others = {code: number for code, number in self.others.items() if code not in codes}
        return RankedCodes([code for code in self.best if code.line.code not in codes], others)


def rank_codes(
    lines: SetLines, matches: TitleMatches, coverages: Mapping[int, float], denied: Iterable[str] = ()
) -> RankedCodes:
    """Return the codes of the lines that fit a query, the best first. Lines with what is denied are left out."""
    numbers = nlargest(
        MAX_RANKED_LINES, coverages, key=lambda number: (coverages[number], -lines.read_size(number), -number)
    )
    texts = {number: lines.read_line(number) for number in numbers}
    together = _cover_codes(matches, texts)
    denied_words = [words for words in map(frozenset, map(content_words, denied)) if words]
    scorer = _LineScorer(matches, texts, denied_words)
    best: dict[str, RankedCode] = {}
    for number, line in texts.items():
        closeness = scorer.score(number)
        if closeness is None:
            continue
        score = COVERAGE_WEIGHT * (coverages[number] + together[line.code]) / 2 + closeness
        if line.code not in best or score > best[line.code].score:
            best[line.code] = RankedCode(score, number, line, coverages[number])
    ranked = sorted(best.values(), key=lambda code: (-round(code.score, 3), len(code.line.code), code.line.code))
    return RankedCodes(ranked, _list_others(lines, coverages, numbers, best, denied_words))


def _list_others(
    lines: SetLines,
    coverages: Mapping[int, float],
    numbers: Iterable[int],
    best: Collection[str],
    denied: Sequence[frozenset[str]],
) -> dict[str, int]:
    """Return the codes that only lines that are not ranked lead to, each with the best of these lines, in order."""
    unranked = coverages.keys() - {*numbers}
    if denied:
        unranked = {number for number in unranked if not _is_denied(lines.read_line(number).text, denied)}
    codes = lines.read_codes(unranked)
    others: dict[str, int] = {}
    for number in sorted(codes, key=lambda number: (-coverages[number], number)):
        if codes[number] not in best:
            others.setdefault(codes[number], number)
    return others


def _is_denied(text: str, denied: Iterable[frozenset[str]]) -> bool:
    """Return whether a line has words that are denied, and doesn't say itself that they are absent."""
    words, absent = {*_split_words(text)}, _find_absent(text)
    return any(each <= words and not each <= absent for each in denied)


def _cover_codes(matches: TitleMatches, texts: Mapping[int, Line]) -> dict[str, float]:
    """Return the share of the query that the lines of each code cover together with those of the codes above it."""
    numbers: dict[str, list[int]] = {}
    for number, line in texts.items():
        numbers.setdefault(line.code, []).append(number)
    above = {code: [*(code[:end] for end in range(MIN_HEADER_LETTERS, len(code))), code] for code in numbers}
    return {
        code: matches.cover_together([number for header in headers for number in numbers.get(header, ())])
        for code, headers in above.items()
    }


def list_asked_words(matches: TitleMatches) -> set[str]:
    """Return the words of a query, and those that its abbreviations and sides stand for."""
    typed = {word for of in matches.clauses for word in _split_words(of.clause.typed)}
    read = {expansion.text for of in matches.clauses for expansion in of.clause.expansions}
    return typed | {*_list_spelled_out(matches)} | (read & _SIDE_WORDS)


def contradicts(asked: Collection[str], text: str) -> bool:
    """Return whether a text says something else than what is asked for: left for right, stage 4 for stage 3."""
    query, folded = {*asked}, text.casefold()
    # To take a text apart costs more than all the rest, and few have such words at all.
    if not any(word in folded for words in _CONTRARIES if not words.isdisjoint(query) for word in words):
        return False
    return _count_contradictions(query, {*_split_words(text)}) > 0


class _LineScorer:
    """Scores how close the words of lines are to a query."""

    def __init__(self, matches: TitleMatches, texts: Mapping[int, Line], denied: Sequence[frozenset[str]]) -> None:
        self._matches = matches
        self._denied = denied
        analyses = {number: analyze(line.text) for number, line in texts.items()}
        self._words = {number: _list_words(analysis) for number, analysis in analyses.items()}
        self._indexed = {  # the words that a line is found by
            number: frozenset(token.text for tokens in analysis for token in tokens)
            for number, analysis in analyses.items()
        }
        self._texts = texts
        self._query = [word for of in matches.clauses for word in _split_words(of.clause.typed)]
        self._asked = list_asked_words(matches)
        general = _GENERAL_WORDS.difference(self._query)
        self._trigrams = {
            number: _count_trigrams(word for word in words if word not in general)
            for number, words in self._words.items()
        }
        counts = Counter(trigram for trigrams in self._trigrams.values() for trigram in trigrams)
        self._rarities = {trigram: 1 + log((1 + len(texts)) / (1 + count)) for trigram, count in counts.items()}
        self._rarest = 1 + log(1 + len(texts))
        self._typed = self._weigh(_count_trigrams(self._query))

    def score(self, number: int) -> float | None:
        """Return how close a line is, None if it has what is denied."""
        words = self._words[number]
        absent = _find_absent(self._texts[number].text)
        bonus = 0.0
        for denied in self._denied:
            if denied <= absent:
                bonus += ABSENCE_BONUS
            elif denied <= set(words):
                return None
        indexed = self._indexed[number]
        readings: list[str] = []
        read: set[str] = set()
        lost = 0.0
        for of in self._matches.clauses:
            expansion = of.find_expansion(number, indexed)
            readings.append((expansion and expansion.text) or of.clause.typed)
            if expansion is None:
                continue
            words_read = indexed.intersection(word for group in expansion.alternatives for word in group)
            lost += of.weight * HOP_PENALTY if expansion.hops else 0
            lost += of.weight if words_read <= absent else 0
            read |= words_read
        line = self._weigh(self._trigrams[number])
        return (
            bonus
            - lost / self._matches.total_weight
            + SHARE_WEIGHT * _share_words(words, read)
            + TRIGRAM_WEIGHT * _multiply(self._typed, line)
            + READING_WEIGHT * _multiply(self._weigh(_count_trigrams(_split_words(" ".join(readings)))), line)
            - CONTRADICTION_PENALTY * _count_contradictions(self._asked | read, set(words))
        )

    def _weigh(self, trigrams: Counter[str]) -> dict[str, float]:
        """Return a vector of length 1."""
        weighed = {trigram: count * self._rarities.get(trigram, self._rarest) for trigram, count in trigrams.items()}
        length = sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {trigram: weight / length for trigram, weight in weighed.items()}


def _split_words(text: str) -> list[str]:
    return _list_words(analyze(text))


def _list_words(analysis: Analysis) -> list[str]:
    """Return the words of a text in lower case; NOS stands for unspecified."""
    words = (token.text.casefold() for token in analysis.words)
    return [_SAME.get(word, word) for word in words]


def _count_trigrams(words: Iterable[str]) -> Counter[str]:
    padded = (f" {word} " for word in words)
    return Counter(word[start : start + 3] for word in padded for start in range(len(word) - 2))


def _multiply(vector: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other[trigram] for trigram, weight in vector.items() if trigram in other)


def _list_spelled_out(matches: TitleMatches) -> Iterator[str]:
    """Yield the words that abbreviations with one sense stand for: DM2 asks for type 2."""
    for of in matches.clauses:
        if len(of.clause.senses) == 1:
            yield from content_words(of.clause.senses[0])


def _share_words(words: Iterable[str], read: set[str]) -> float:
    """Return the share of the words of a line that the query mentions. General words count little."""
    content = {word for word in words if word not in STOP_WORDS}
    matched = len(content & read)
    others = sum(GENERAL_SHARE if word in _GENERAL_WORDS else 1.0 for word in content - read)
    return matched / (matched + others) if matched else 0.0


def _count_contradictions(query: set[str], words: set[str]) -> int:
    """Return in how many ways a line says something else than the query: left for right, stage 4 for stage 3."""
    return sum(
        not contraries.isdisjoint(query) and not contraries.isdisjoint(words) and not (contraries & query & words)
        for contraries in _CONTRARIES
    )


def _find_absent(text: str) -> set[str]:
    """Return the words of a title that it says are absent: those behind `without` or `no`, up to a comma or `with`."""
    absent: set[str] = set()
    folded = text.casefold()
    for match in _ABSENT.finditer(folded):
        end = _PRESENT.search(folded, match.end())
        absent.update(content_words(folded[match.end() : end.start() if end else len(folded)]))
    return absent
