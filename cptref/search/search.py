"""Free text -> the entries and lines that mention it, and how it was read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, get_args

from cptref.analysis import tokenize
from cptref.codes import parse_codes
from cptref.fuzzy import closest
from cptref.models.entries import EntryKind
from cptref.models.hits import Hit, SearchAnswer, Silence
from cptref.search import scoring
from cptref.search.highlight import explain_query, highlight
from cptref.search.lexicon import Lexicon
from cptref.search.matcher import match_query, read_query
from cptref.search.questions import name_subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from cptref.index.reader import IndexReader
    from cptref.models.codes import PublishedCode
    from cptref.search.clauses import Query
    from cptref.search.highlight import HighlightedLine
    from cptref.search.matcher import QueryMatches, Scores

# Sections that are not about what the entry itself stands for, but about other codes; a published code stands neither
# for what a patient complains of nor for its figures.
OFF_SUBJECT_SECTIONS: dict[EntryKind, frozenset[str]] = {
    "article": frozenset({"related"}),
    "code": frozenset({"related", "used-when", "billing", "verification"}),
}
OTHER_SECTIONS = {"related", "verification", "references"}  # whose lines come after others that cover as much
# Where an article says what it uses its code for, and for whom.
SERVICE_SECTIONS = {"overview", "used-when", "symptoms", "causes", "procedure"}
# Published codes come before articles if they cover this much more of the query. A synonym costs .04.
MIN_LEAD = 0.012
MIN_RELATIVE_MENTION = 0.9  # of the best code's: beside `leg pain`, `pain` does not mention a part of the body
# So many subjects of a longer query are what an article is for, at least one of so many clauses; else it is about
# something else.
MIN_SUBJECTS_ON_SERVICE = 2
CLAUSES_PER_SUBJECT = 4
MAX_LINES_SHOWN = 5  # of one entry
MAX_SILENT_CODES = 5  # named of the articles that do not answer a question
MAX_ENTRIES_SCORED = 100  # line by line; more entries are cut off in the order of _rank_entries


class FoundGroup(NamedTuple):
    """What matches among the entries of one kind: the best hits of `total`, and all their lines.

    `coverage` is the share of the query that a hit covers with the lines on its own subject, at most.
    """

    matches: QueryMatches
    total: int
    hits: tuple[Hit, ...]
    lines: list[HighlightedLine]
    coverage: float


class ScoredEntry(NamedTuple):
    """An entry, what it is sorted by, its matching lines, the best first, and the share of the query each covers."""

    score: float
    entry: int
    lines: list[int]
    coverages: Scores


def search(reader: IndexReader, query: str, sections: Collection[str], limit: int) -> SearchAnswer:
    """Return the best `limit` articles and the best `limit` published codes, within these sections if any are named.

    Raise UsageError for a query without a word, or with too many.
    """
    parsed = read_query(reader, query)
    groups = [_search_kind(reader, parsed, sections, limit, kind) for kind in get_args(EntryKind)]
    articles, codes = groups
    if codes.coverage > articles.coverage + MIN_LEAD:
        groups.reverse()
    hits = tuple(hit for group in groups for hit in group.hits)
    return SearchAnswer(
        dataset=reader.read_dataset(),
        query=query,
        understood=explain_query(articles.matches, (line for group in groups for line in group.lines)),
        unmatched=tuple(typed for typed in articles.matches.unmatched if typed in codes.matches.unmatched),
        total=sum(group.total for group in groups),
        hits=hits,
        suggestions=() if hits else _suggest(reader, articles.matches),
        codes=() if codes.hits else find_codes_to_see(reader, _list_on_service(articles.hits), [codes.matches]),
        denied=parsed.denied,
        only_denies=not parsed.asks_for_anything,
        silent=() if sections else _list_silent(reader, parsed, articles.matches),
        partial=None if hits or not parsed.asks_for_anything else _find_closest(reader, groups),
    )


def _find_closest(reader: IndexReader, groups: Iterable[FoundGroup]) -> Hit | None:
    """Return the entry that comes closest to a query that nothing fits, with its best line."""
    coverages = (
        (coverage, -entry, group.matches)
        for group in groups
        for entry, coverage in group.matches.entry_coverages().items()
    )
    coverage, entry, matches = max(coverages, default=(0.0, 0, None), key=lambda item: item[:2])
    if matches is None:
        return None
    scored = _score_entry(reader, matches, coverage, -entry)
    best = [highlight(reader, matches, scored.lines[0])]
    return _make_hit(reader, matches, scored.entry, scored.score, best, total=1)


def _search_kind(
    reader: IndexReader, query: Query, sections: Collection[str], limit: int, kind: EntryKind
) -> FoundGroup:
    """Return the best `limit` entries of one kind. Where something is denied, everyday words alone ask for nothing."""
    matches = match_query(reader, query, sections, kind=kind)
    ranked = _rank_entries(matches) if query.asks_for_anything else []
    scored = [_score_entry(reader, matches, *item) for item in ranked[: max(MAX_ENTRIES_SCORED, limit)]]
    if matches.length == "long" and not any(_fits_longer_query(reader, matches, item, kind) for item in scored):
        ranked, scored = [], []
    best = sorted(scored, key=lambda item: (-item.score, item.entry))[:limit]
    selected = [_select_lines(matches, item) for item in best]
    shown = [[highlight(reader, matches, line) for line in lines[:MAX_LINES_SHOWN]] for lines in selected]
    hits = tuple(
        _make_hit(reader, matches, item.entry, item.score, highlighted, total=len(lines))
        for item, lines, highlighted in zip(best, selected, shown, strict=True)
    )
    coverage = max((matches.coverage_of(_select_own_lines(reader, item, kind)) for item in best), default=0.0)
    lines = [line for of_entry in shown for line in of_entry]
    return FoundGroup(matches, len(ranked), hits, lines, coverage)


def _fits_longer_query(reader: IndexReader, matches: QueryMatches, item: ScoredEntry, kind: EntryKind) -> bool:
    """Return whether an entry is about what a longer query is about: by its best line, and by where it mentions it."""
    lacking = matches.lacking(item.entry)
    if not lacking:
        return True
    subjects = [of for of in matches.clauses if of.clause.importance == "subject"]
    sections = {line: reader.read_section(line) for line in item.lines}
    on_service = [
        of
        for of in subjects
        if any(section in SERVICE_SECTIONS and line in of.lines for line, section in sections.items())
    ]
    if kind == "code":
        enough = scoring.MIN_LINE_FIT_OF_CODE
    elif any(of.names_service for of in subjects) or any(
        section == "overview" and line in of.lines for of in subjects for line, section in sections.items()
    ):
        enough = scoring.MIN_LINE_FIT_OF_SERVICE
    elif len(on_service) >= min(MIN_SUBJECTS_ON_SERVICE, len(matches.clauses) // CLAUSES_PER_SUBJECT):
        enough = scoring.MIN_LINE_FIT
    else:
        enough = scoring.MIN_LINE_FIT_ANYWHERE
    return scoring.line_fits(max(item.coverages.values()), lacking, enough)


def _list_silent(reader: IndexReader, query: Query, matches: QueryMatches) -> tuple[Silence, ...]:
    """Return what a question asks about, and the articles that do not mention it in the section that it is about."""
    if query.route is None:
        return ()
    asked = [of for of in matches.clauses if of.clause.importance in {"subject", "topic"} and not of.clause.is_code]
    answered = [of for of in asked if of.answers or of.clause.in_section]
    asked = answered or (asked if matches.length != "long" else [])
    asked = [of for of in asked if not of.names_service] or asked
    named = set().union(*(of.entries for of in matches.clauses if of.clause.is_code))
    lines = reader.list_lines("article")
    articles = dict.fromkeys(reader.line_entries[lines.start : lines.stop])
    silent = []
    for of in asked:
        mentioning = {reader.line_entries[line] for line in of.answers}
        entries = [entry for entry in articles if entry not in mentioning and (entry in named or not named)]
        if entries:
            codes = tuple(reader.read_item(entry).code for entry in entries[:MAX_SILENT_CODES])
            subject = query.route.subject if of.clause.in_section else name_subject(query.route, of.clause.typed)
            section = next(section for section in query.route.sections if section != "faq")
            silent.append(Silence(section, subject, codes, len(entries)))
    return tuple(silent)


def _select_own_lines(reader: IndexReader, item: ScoredEntry, kind: EntryKind) -> list[int]:
    """Return the matching lines of an entry that are about what it stands for itself."""
    return [line for line in item.lines if reader.read_section(line) not in OFF_SUBJECT_SECTIONS[kind]]


def _list_on_service(hits: Iterable[Hit]) -> list[str]:
    """Return the codes of hits that match best by what an article uses its code for, or for whom."""
    return [hit.code for hit in hits if hit.matches[0].section in SERVICE_SECTIONS]


def find_codes_to_see(
    reader: IndexReader, codes: Iterable[str], of_queries: Sequence[QueryMatches]
) -> tuple[PublishedCode, ...]:
    """Return the published codes to see instead of these codes, what most of them point to first.

    If queries mention some of the codes to see in any way, as by a part of the body, only those are left that they
    mention most.
    """
    named = Counter(other for code in codes for other in reader.list_see_instead(code))
    to_see = tuple(code for code, _ in named.most_common())
    coverages: Counter[str] = Counter()
    for matches in of_queries if to_see else ():
        coverages.update({reader.read_item(entry).code: share for entry, share in matches.entry_coverages().items()})
    enough = MIN_RELATIVE_MENTION * max((coverages[code] for code in to_see), default=0)
    return reader.list_published(tuple(code for code in to_see if coverages[code] >= enough))


def _rank_entries(matches: QueryMatches) -> list[tuple[float, int]]:
    """Return the entries that cover enough of the query, as (coverage, entry): the most first, then by code.

    Of entries with the same coverage, those with a line that matches everything come first.
    """
    matching_all = matches.entries_matching_all()
    is_answered = matches.is_answered  # what answers a question lacks nothing
    kept = scoring.keep_entries(matches.entry_coverages(), lambda entry: 0 if is_answered else matches.lacking(entry))
    ranked = sorted((-coverage, entry not in matching_all, entry) for entry, coverage in kept.items())
    return [(-coverage, entry) for coverage, _, entry in ranked]


def _score_entry(reader: IndexReader, matches: QueryMatches, coverage: float, entry: int) -> ScoredEntry:
    """Return an entry with its score and its matching lines.

    Half of the score is for what its lines cover together, half for what its best line covers. However short a line on
    other codes is, it comes after those that cover as much.
    """
    coverages = matches.line_coverages(reader.read_entry_lines(entry))
    shares = {
        line: 0 if reader.read_section(line) in OTHER_SECTIONS else matches.query_share(line) for line in coverages
    }
    lines = sorted(
        coverages, key=lambda line: (not matches.is_answer(line), -round(coverages[line], 3), -shares[line], line)
    )
    best = round(coverages[lines[0]], 3)
    score = scoring.score((coverage + best) / 2, shares[lines[0]])
    return ScoredEntry(score, entry, lines, coverages)


def _select_lines(matches: QueryMatches, item: ScoredEntry) -> list[int]:
    """Return the lines worth showing: each that covers more of the query, then others half as good as the best."""
    covered: frozenset[int] = frozenset()
    selected: dict[int, None] = {}
    for line in item.lines:
        clauses = matches.matched_clauses(line)
        if not clauses <= covered:
            selected[line] = None
            covered |= clauses
    enough = item.coverages[item.lines[0]] / 2
    return [*selected, *(line for line in item.lines if line not in selected and item.coverages[line] >= enough)]


def _make_hit(  # noqa: PLR0913, PLR0917 - what a hit is made of
    reader: IndexReader, matches: QueryMatches, entry: int, score: float, lines: Sequence[HighlightedLine], total: int
) -> Hit:
    item = reader.read_item(entry)
    return Hit(
        kind=item.kind,
        code=item.code,
        title=item.title,
        library=item.library,
        verification=item.verification,
        score=score,
        tier=lines[0].match.tier,
        missing=matches.missing_in_entry(entry),
        matches=tuple(line.match for line in lines),
        total=total,
        bundled_verification=item.bundled_verification,
        published=item.published,
    )


def _suggest(reader: IndexReader, matches: QueryMatches) -> tuple[str, ...]:
    """Return indexed words similar to those that nothing matches, and codes close to one that is not in the library."""
    lexicon = Lexicon(reader)
    codes = reader.list_codes()
    missed = [
        of.clause.typed
        for of in matches.clauses
        if not of.lines and (of.clause.senses or not of.clause.concepts or of.clause.is_respelled)
    ]
    near = [closest(parsed.code, codes, edits=2) for text in missed for parsed in parse_codes(text) if parsed.code]
    near += [
        lexicon.suggestions(token.text)
        for text in missed
        for token in tokenize(text)
        if not lexicon.is_known(token.text)
    ]
    return tuple(dict.fromkeys(suggestion for suggestions in near for suggestion in suggestions))
