"""Parts of pages: a verdict, an entry with its summary and sections, codes by family and region, hits, the footer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cptref.indicators import LOAD_ADVICE, summarize_figures
from cptref.models.article import COST_ORIGIN
from cptref.models.entries import BUNDLED, NOTES
from cptref.render.blocks import (
    Block,
    Callout,
    Facts,
    Footer,
    Heading,
    Line,
    Paragraph,
    Points,
    Run,
    Table,
    Title,
)
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cptref.models.article import Dataset, Status
    from cptref.models.codes import PublishedCode
    from cptref.models.entries import AppendedModifier, Contradiction, Entry, ListItem, Verdict
    from cptref.models.hits import Evidence, Fit, Hit, Match, Silence
    from cptref.render.blocks import Tone

Item = TypeVar("Item", bound="Hit | Fit | ListItem")
Fact = tuple[str, tuple[str, ...]]  # a name and its values

MAIN_REGIONS = ("neck, chest", "low back, sacrum")  # columns of their own where codes stand by region
MAX_SUMMARY_CHARACTERS = 150  # of a section's points in a summary: two lines of a terminal


class Look(NamedTuple):
    """How a verdict is shown, never by color alone: its sign, its word, its color, and a headline that explains it."""

    sign: str
    word: str
    tone: Tone
    headline: str


LOOKS: dict[Status, Look] = {
    "verified": Look("✓", "verified", "good", "agrees with the published code set"),
    "conflict": Look("!", "conflict", "alarm", "published for another service; do not bill it for this one"),
    "not-listed": Look("✗", "not listed", "alarm", "in no release checked; do not bill it"),
    "unverified": Look("?", "unverified", "doubt", "nobody has checked it against the published code set"),
}
_VERDICT_SIGNS: dict[Verdict, str] = {"fits": "✓", "conflicts": "✗", "not judged": "?", "unknown": "?"}


def build_entry(
    entry: Entry,
    appended: Iterable[AppendedModifier],
    contradictions: Iterable[Contradiction],
    *,
    whole: bool,
    brief: bool,
) -> Iterator[Block]:
    """Yield an entry: its verdict, what the modifiers typed with it mean, its summary if `whole`, then its sections."""
    yield build_title(entry)
    typed = (*describe_modifiers(appended), *map(describe_contradiction, contradictions))
    if facts := (*(_list_key_facts(entry) if whole else ()), *typed, *(() if whole else list_origin(entry))):
        yield Facts(facts)
    yield from build_bundled_finding(entry)
    if whole:
        yield from _build_summary(entry)
    for section in () if brief else entry.sections:
        yield Heading(CATALOGUE[section.key].heading)
        if section.intro:
            yield Paragraph((Run(section.intro),))
        points = section.points
        if section.key == "verification":
            points += tuple(_list_sources(entry))
        elif section.key == "overview" and points:  # of a published code
            points = (f"People also ask for it as: {' · '.join(points)}",)
        if points:
            yield Points(tuple((Run(point),) for point in points))


def build_title(entry: Entry) -> Title:
    """Return the title of an entry: its code, its verdict, and what it is unless the verdict speaks against that."""
    look = LOOKS[entry.verification.status]
    if entry.kind == "code":
        return Title(f"{entry.code}  {look.sign} {entry.title}", tone=look.tone)
    says = look.headline if look.tone == "alarm" else entry.title
    is_own = entry.verified_by != BUNDLED and entry.verification.status != "unverified"
    source = f" by {entry.verified_by}" if is_own else ""
    return Title(f"{entry.code}  {look.sign} {look.word.upper()}{source}: {says}", tone=look.tone)


def build_finding(entry: Entry) -> Callout:
    """Return the verdict on a code, and on a second line what it rests on."""
    title = build_title(entry)
    facts = (*_list_key_facts(entry), *list_origin(entry))
    return Callout(title.text, "; ".join(f"{name}: {', '.join(values)}" for name, values in facts), title.tone)


def build_bundled_finding(entry: Entry) -> Iterator[Callout]:
    """Yield the bundled finding on a code where an entry with a finding of its own is shown instead."""
    if finding := entry.bundled_verification:
        look = LOOKS[finding.status]
        label = f"The bundled dataset: {look.sign} {look.word.upper()}, {look.headline}"
        yield Callout(label, finding.finding, look.tone)


def _list_key_facts(entry: Entry) -> Iterator[Fact]:
    """Yield what a code is, and what the article uses it for, each with one value."""
    look = LOOKS[entry.verification.status]
    published = entry.published
    if entry.kind == "code":
        if published and (figures := summarize_figures(published)):
            yield "Figures", (figures,)
        return
    if published:
        yield "Published for", (published.description,)
    if look.tone == "alarm":
        category = f" ({entry.category})" if entry.category else ""
        yield "The article uses it for", (f"{entry.title}{category}",)
    else:
        is_own_claim = entry.verification.status == "verified" and entry.verified_by != BUNDLED
        says = f"{entry.verified_by} says: " if is_own_claim else ""
        yield "Checked", (f"{says}{look.headline}",)


def list_origin(entry: Entry) -> Iterator[Fact]:
    """Yield the library that an entry is from, what it replaces, and the page that it was imported from."""
    replaces = "; replaces the bundled entry" if entry.replaces else ""
    finding = "; the finding stays the bundled one" if entry.verified_by != entry.library else ""
    yield "Library", (f"{entry.library}{replaces}{finding}",)
    if entry.source:
        yield "Source", (entry.source.words,)


def _build_summary(entry: Entry) -> Iterator[Block]:
    """Yield what a coder needs first: the codes to look at instead, what comes before and after, money, the check."""
    if table := build_code_table(entry.see_instead, "Look at instead"):
        yield table
    facts = list[Fact]()
    known = {code.code for code in entry.see_instead}
    if others := [code for code in entry.verification.see_instead if code not in known]:
        facts.append(("Look at instead" if not known else "Also", (" ".join(others),)))
    if entry.kind == "code" and entry.published and entry.published.remark:
        facts.append(("Note", (entry.published.remark,)))
    sections = {section.key: section for section in entry.sections}
    for name, key in (("Before", "preparation"), ("After", "recovery")):
        if key in sections and sections[key].points:
            facts.append((name, (shorten_points(sections[key].points),)))
    if entry.notes:
        facts.append(("Your notes", (shorten_points(entry.notes),)))
    if entry.cost.range:
        facts.append(("Money", (f"{entry.cost.range}, {COST_ORIGIN}",)))
    if entry.kind == "code" and "related" in sections:
        facts.append(("Goes with", sections["related"].points))
    if checked := _summarize_check(entry):
        facts.append(("Checked in" if entry.kind == "article" else "As of", (checked,)))
    yield Facts((*facts, *list_origin(entry)))


def _summarize_check(entry: Entry) -> str:
    """Return against what a code was checked: `7 files, 2009 to 2026`; the release itself for a published code."""
    verification = entry.verification
    if entry.kind == "code":
        more = "; load the fee schedule for more" if LOAD_ADVICE in verification.finding else ""
        return f"{', '.join(verification.checked_against)}{more}" if verification.checked_against else ""
    count = len(verification.checked_against)
    years = sorted(year for name in verification.checked_against for year in re.findall(r"\b(?:19|20)\d\d\b", name))
    parts = (
        *((f"{count} {'file' if count == 1 else 'files'}",) if count else ()),
        *((" to ".join(dict.fromkeys((years[0], years[-1]))),) if years else ()),
        *((f"on {verification.checked_on}",) if verification.checked_on else ()),
    )
    return ", ".join(parts)


def _list_sources(entry: Entry) -> Iterator[str]:
    """Yield what a finding rests on."""
    verification = entry.verification
    if verification.see_instead:
        yield f"See instead: {', '.join(verification.see_instead)}"
    if verification.checked_against:
        on = f" on {verification.checked_on}" if verification.checked_on else ""
        yield f"Checked{on} against: {', '.join(verification.checked_against)}"
    yield f"Finding of: {entry.verified_by}"


def shorten_points(points: Sequence[str]) -> str:
    """Return the points of a section on one line, without those for which a summary has no room."""
    shown = [points[0]]
    for point in points[1:]:
        if sum(map(len, shown)) + len(point) > MAX_SUMMARY_CHARACTERS:
            break
        shown.append(point)
    more = len(points) - len(shown)
    return " · ".join((*shown, *((f"{more} more",) if more else ())))


def build_code_table(codes: Iterable[PublishedCode], label: str) -> Table | None:
    """Return published codes by family and region, None if there are none. Add-ons have a plus sign.

    In a region with imaging and without, the codes with imaging come behind that word.
    """
    families: dict[str, dict[str, list[PublishedCode]]] = {}
    for code in sorted(codes, key=lambda code: code.code):
        region = code.region if code.region in MAIN_REGIONS else "elsewhere"
        families.setdefault(code.family, {}).setdefault(region, []).append(code)
    if not families:
        return None
    used = {region for by_region in families.values() for region in by_region}
    regions = [region for region in (*MAIN_REGIONS, "elsewhere") if region in used]
    rows = tuple(
        (family, *(_format_cell(by_region.get(region, ())) for region in regions))
        for family, by_region in families.items()
    )
    return Table((label, *regions), rows, column_keys=True)


def _format_cell(codes: Sequence[PublishedCode]) -> str:
    with_imaging = [code for code in codes if code.imaging in {"included", "ultrasound"}]
    if len(with_imaging) in {0, len(codes)}:
        return _join_codes(codes)
    without = [code for code in codes if code not in with_imaging]
    return f"{_join_codes(without)}, imaging {_join_codes(with_imaging)}"


def _join_codes(codes: Iterable[PublishedCode]) -> str:
    return " ".join(f"+{code.code}" if code.add_on_to else code.code for code in codes)


def describe_modifiers(modifiers: Iterable[AppendedModifier], label: str = "") -> Iterator[Fact]:
    """Yield modifiers on a code with their verdict, why, whether the entry lists them, and what they mean.

    Modifiers of which the same is said stand together.
    """
    groups: dict[tuple[Verdict, str, bool | None], list[AppendedModifier]] = {}
    for modifier in modifiers:
        groups.setdefault((modifier.verdict, modifier.assessment, modifier.listed), []).append(modifier)
    for (verdict, assessment, listed), group in groups.items():
        codes = " ".join(modifier.code for modifier in group)
        them = "it" if len(group) == 1 else "them"
        says = {True: f"the entry lists {them}", False: f"the entry does not list {them}", None: ""}[listed]
        meanings = (f"{modifier.code}: {modifier.meaning}" for modifier in group if modifier.meaning)
        values = tuple(filter(None, (assessment, says, *meanings)))
        yield f"{label}{codes} {_VERDICT_SIGNS[verdict]} {verdict}", values


def describe_contradiction(contradiction: Contradiction) -> Fact:
    """Return modifiers that contradict each other, and why."""
    return f"! {' with '.join(contradiction.modifiers)}", (contradiction.problem,)


def group_items(
    items: Iterable[Item], describe: Callable[[Item], tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the codes of items of which the same is said, behind their sign (`✗ 20971 20976`), and what is said."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for item in items:
        groups.setdefault((get_look(item).sign, describe(item)), []).append(item.code)
    yield from ((f"{sign} {' '.join(codes)}", said) for (sign, said), codes in groups.items())


def group_rows(items: Iterable[Item], describe: Callable[[Item], tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of items as rows of a table."""
    return tuple((codes, *said) for codes, said in group_items(items, describe))


def get_look(item: Hit | Fit | ListItem | Entry) -> Look:
    """Return how the verdict on a code is shown."""
    status = item.verification
    return LOOKS[status if isinstance(status, str) else status.status]


def name_verdict(item: Hit | Fit | ListItem) -> str:
    """Return the word for the verdict on a code, and that of the bundled finding beside an own one."""
    bundled = f", bundled: {LOOKS[item.bundled_verification].word}" if item.bundled_verification else ""
    return f"{get_look(item).word}{bundled}"


def build_lines(pairs: Iterable[tuple[Hit | Fit, Match | Evidence]], *, verbose: bool) -> Points:
    """Return the matching lines of entries, each once, with the codes of the entries that have it below it."""
    lines: dict[tuple[str, str], tuple[Match | Evidence, list[Hit | Fit]]] = {}
    for item, line in pairs:
        lines.setdefault((line.section, line.text), (line, []))[1].append(item)
    return Points(tuple(_format_line(line, owners, verbose=verbose) for line, owners in lines.values()))


def _format_line(match: Match | Evidence, owners: Sequence[Hit | Fit], *, verbose: bool) -> Line:
    how = f" ({match.tier}, {match.score:.2f})" if verbose else ""
    missing = getattr(match, "missing", ())  # an entry says what it lacks, a symptom's evidence what the line lacks
    lacks = f" (does not mention: {', '.join(missing)})" if missing else ""
    runs = [Run(CATALOGUE[match.section].heading, marked=not match.marks), Run(f"{how}: ")]
    end = 0
    for start, stop in _join_adjacent_marks(match):
        runs += (Run(match.text[end:start]), Run(match.text[start:stop], marked=True))
        end = stop
    codes = "  ".join(f"{codes} {said[0]}" for codes, said in group_items(owners, lambda item: (name_verdict(item),)))
    return tuple(run for run in (*runs, Run(f"{match.text[end:]}{lacks}\n{codes}")) if run.text)


def _join_adjacent_marks(match: Match | Evidence) -> list[tuple[int, int]]:
    """Return the marks of a line, with those of words next to each other joined."""
    joined: list[tuple[int, int]] = []
    for start, stop in match.marks:
        if joined and match.text[joined[-1][1] : start].isspace():
            joined.append((joined.pop()[0], stop))
        else:
            joined.append((start, stop))
    return joined


def build_code_hit(hit: Hit, *, verbose: bool) -> Callout:
    """Return a published code that a search found: what it is, its figures, and the line that matches best."""
    look, match = get_look(hit), hit.matches[0]
    score = f" ({match.tier}, {hit.score:.2f})" if verbose else ""
    figures = summarize_figures(hit.published) if hit.published else ""
    named = "" if hit.title.casefold() in match.text.casefold() else f"matches: {match.text}"
    library = "" if hit.library in {BUNDLED, NOTES} else f"library: {hit.library}"
    fit = "; ".join(filter(None, (named, describe_missing(hit))))
    lines = (figures, fit, library)
    return Callout(f"{hit.code}  {look.sign} {hit.title}{score}", "\n".join(filter(None, lines)), look.tone)


def describe_missing(hit: Hit) -> str:
    """Return what an entry does not mention of a query; "" if it mentions everything."""
    return f"does not mention: {', '.join(hit.missing)}" if hit.missing else ""


def describe_silence(silence: Silence) -> str:
    """Return what a section does not mention: `20975: preparation does not mention eating`."""
    more = silence.total - len(silence.codes)
    codes = f"{', '.join(silence.codes)}{f' and {more:,} more' if more else ''}"
    return f"{codes}: {silence.section.replace('-', ' ')} does not mention {silence.subject}"


def build_footer(dataset: Dataset) -> Footer:
    """Return the footer of every page about codes: the dataset's version, and that it is no advice."""
    return Footer(f"Dataset {dataset.version}, released {dataset.released}. {dataset.notices.advice}")
