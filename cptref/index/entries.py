"""Article -> Entry: what a file says, completed to what is shown, searched and exported.

An article is stored as its file has it, and completed each time it is asked for. A published code without an article is
stored as an article made from its figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref import indicators
from cptref.models.article import (
    COST_ORIGIN,
    UNVERIFIED,
    Article,
    Modifier,
    Section,
    Verification,
    is_complete,
    select_verification,
)
from cptref.models.entries import BUNDLED, Entry
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from cptref.models.article import Indicator, ModifierTable
    from cptref.models.codes import PublishedCode
    from cptref.models.entries import EntryKind

# Each code names its siblings, so that a family of thousands would have millions of lines. The largest bundled one has
# six codes.
MAX_FAMILY_CODES = 50

_UNKNOWN_MEANING = "not in any table of modifiers, so its meaning is not known here"


class EntrySource(NamedTuple):
    """What an entry is built from: an article, and what the library knows of its code besides.

    `library` names the dataset that the article is from. `finding` is the verification of the bundled article on the
    code, where this one replaces it. `published` is what codes.toml says of the code. `notes` are the coder's own.
    """

    kind: EntryKind
    article: Article
    library: str
    finding: Verification | None = None
    published: PublishedCode | None = None
    notes: tuple[str, ...] = ()


def build_entry(source: EntrySource, table: ModifierTable) -> Entry:
    """Return the entry of an article: modifiers with their meaning, derived sections added, empty ones left out.

    The sections are in the order of the catalogue. The finding belongs to the code: that of the bundled dataset holds
    unless the article has one of its own that says against what it was checked, and when.
    """
    article = source.article
    by_code = {modifier.code: modifier for modifier in table.modifiers}
    modifiers = tuple(
        by_code.get(code) or Modifier(code=code, set="unknown", meaning=_UNKNOWN_MEANING) for code in article.modifiers
    )
    verification = select_verification(article.verification, source.finding)
    is_own = verification is article.verification
    is_own_article = source.kind == "article" and source.library != BUNDLED
    if is_own and is_own_article and source.published and not is_complete(verification):
        verification = UNVERIFIED  # what is published of the code stands beside the article
    derived = _derive_sections(source, modifiers, verification, table)
    sections = {section.key: section for section in (*article.sections, *derived)}
    return Entry(
        kind=source.kind,
        code=article.code,
        title=article.title,
        category=article.category,
        summary=article.summary,
        library=source.library,
        replaces=BUNDLED if source.finding else "",
        verification=verification,
        verified_by=source.library if is_own else BUNDLED,
        bundled_verification=source.finding if is_own else None,
        bilateral_indicator=_find_bilateral_indicator(source),
        modifiers=modifiers,
        cost=article.cost,
        sections=tuple(
            sections[key] for key in CATALOGUE if key in sections and (sections[key].intro or sections[key].points)
        ),
        faq=article.faq,
        billing=_find_section(article, "billing"),
        payer_notes=article.payer_notes,
        notes=source.notes,
        source=article.source,
        published=source.published,
    )


def _derive_sections(
    source: EntrySource, modifiers: tuple[Modifier, ...], verification: Verification, table: ModifierTable
) -> Iterator[Section]:
    article = source.article
    billing = _find_section(article, "billing") or Section(key="billing")
    overview = _find_section(article, "overview") or Section(key="overview")
    lines = (
        f"Code: {article.code}",
        *((f"Category: {article.category}",) if article.category else ()),
        *(f"Modifier {modifier.code}: {modifier.meaning}" for modifier in modifiers),
        *billing.points,
        *(
            f"{note.payer}: {note.note}{f' (checked {note.checked_on})' if note.checked_on else ''}"
            for note in article.payer_notes
        ),
    )
    average = (f"Cost on average, {COST_ORIGIN}: {article.cost.range}",) if article.cost.range else ()
    yield Section(key="overview", intro=article.summary, points=overview.points)
    yield Section(key="verification", points=tuple(_list_findings(source, verification, table)))
    yield Section(key="billing", intro=billing.intro, points=lines if source.kind == "article" else billing.points)
    yield Section(key="cost", intro=article.cost.intro, points=average + article.cost.notes)
    yield Section(key="faq", points=tuple(f"{question.question} {question.answer}" for question in article.faq))
    yield Section(key="notes", points=source.notes)


def _find_section(article: Article, key: str) -> Section | None:
    """Return the section of an article that has this key, None if it has none."""
    return next((section for section in article.sections if section.key == key), None)


def _list_findings(source: EntrySource, verification: Verification, table: ModifierTable) -> Iterator[str]:
    """Yield what is known of the code itself: its finding, then its figures."""
    if source.finding and verification is not source.finding:
        yield f"{source.library} says: {verification.finding}"
        yield f"The bundled dataset says: {source.finding.finding}"
    else:
        yield verification.finding
    published = source.published
    if published and source.kind == "article":
        yield f"Published for: {published.description}"
        yield from indicators.explain_figures(published)
    indicator, own = _find_bilateral_indicator(source), source.article.verification.bilateral_indicator
    if indicator is not None:
        yield f"Bilateral indicator {indicator}: {explain_bilateral(table, indicator)}"
    if own not in {None, indicator}:
        yield f"{source.library} says bilateral indicator {own}, which does not count here"


def _find_bilateral_indicator(source: EntrySource) -> Indicator | None:
    """Return the bilateral indicator of a code: what is bundled holds, then what an own file has found."""
    own = source.article.verification.bilateral_indicator
    candidates = (
        source.finding.bilateral_indicator if source.finding else None,
        own if source.library == BUNDLED else None,
        source.published.bilateral if source.published else None,
        own,
    )
    return next((indicator for indicator in candidates if indicator is not None), None)


def explain_bilateral(table: ModifierTable, indicator: int) -> str:
    """Return what a bilateral indicator means."""
    meanings = (known.meaning for known in table.bilateral_indicators if known.indicator == indicator)
    return next(meanings, "of unknown meaning")


class PublishedCodes:
    """All published codes: by code, by family, and by the code that an add-on goes with."""

    def __init__(self, codes: Iterable[PublishedCode]) -> None:
        self.by_code: dict[str, PublishedCode] = {}
        self.families: dict[str, list[PublishedCode]] = {}
        self.add_ons: dict[str, list[PublishedCode]] = {}
        for published in codes:
            self.by_code[published.code] = published
            self.families.setdefault(published.family, []).append(published)
            for primary in dict.fromkeys(published.add_on_to):
                self.add_ons.setdefault(primary, []).append(published)


def build_code_article(published: PublishedCode, codes: PublishedCodes, pointing: Collection[str]) -> Article:
    """Return an article on a published code: what it is, its figures in words, and what goes with it.

    `codes` are all published codes, `pointing` the codes of the entries that point to this one.
    """
    name = published.description
    imaging = indicators.IMAGING.get(published.imaging, "") if published.imaging not in {"none", "ultrasound"} else ""
    parts = filter(None, (name, published.remark, imaging))
    summary = f"{'; '.join(parts)}."
    summary = f"{summary[:1].upper()}{summary[1:]}"
    return Article(
        code=published.code,
        title=name,
        category="",
        summary=summary,
        verification=Verification(
            status="verified",
            finding=f"Published, as of {published.release}. {indicators.LOAD_ADVICE}",
            checked_against=(published.release,),
            bilateral_indicator=published.bilateral,
        ),
        sections=(
            Section(key="overview", points=published.ask),
            Section(key="used-when", points=published.complaints),
            Section(key="billing", points=tuple(indicators.explain_figures(published))),
            Section(key="related", points=tuple(_list_related(published, codes, pointing))),
        ),
    )


def _list_related(published: PublishedCode, codes: PublishedCodes, pointing: Collection[str]) -> Iterator[str]:
    """Yield what goes with a code: its primaries and add-ons, its siblings by imaging and region, what points to it."""
    if published.add_on_to:
        yield f"Add-on to {_name_codes(published.add_on_to, codes.by_code)}: never billed alone"
    add_ons = codes.add_ons.get(published.code, [])
    guidance = [other for other in add_ons if other.imaging == "guidance"]
    for other in add_ons:
        if other.imaging != "guidance":
            region = other.place if other.region != published.region else ""
            name = ", ".join(filter(None, (other.level or "further units", region)))
            yield f"{name.capitalize()}: {other.code} (add-on)"
    if guidance:
        yield f"Imaging guidance: {', '.join(other.code for other in guidance)} (add-on)"
    yield from _list_siblings(published, codes.families[published.family])
    if pointing:
        yield f"Entries that point to it: {', '.join(pointing)}"


def _list_siblings(published: PublishedCode, family: Sequence[PublishedCode]) -> Iterator[str]:
    """Yield the codes of a family that differ from this one by imaging, by region or by level alone."""
    if len(family) > MAX_FAMILY_CODES:
        yield f"Of a family of {len(family):,} codes, which are too many to name"
        return
    for other in family:
        if other.code == published.code:
            continue
        same = (other.level == published.level, other.region == published.region, other.imaging == published.imaging)
        if same == (True, True, False):
            yield f"The same, {indicators.IMAGING.get(other.imaging, 'imaging unknown')}: {other.code}"
        elif same == (True, False, True):
            yield f"The same, {other.place or 'any region'}: {other.code}"
        elif same == (False, True, True) and not (other.add_on_to or published.add_on_to):
            yield f"The same, {other.level}: {other.code}"
        elif all(same):
            yield f"Of the same kind: {other.code}, {other.description}"


def _name_codes(codes: Iterable[str], by_code: Mapping[str, PublishedCode]) -> str:
    """Return codes, each with the level that it stands for."""
    levels = ((code, by_code[code].level if code in by_code else "") for code in codes)
    return " or ".join(f"{code} ({level})" if level else code for code, level in levels)


def build_note_article(code: str) -> Article:
    """Return an article on a code of which nothing is known but the coder's notes."""
    return Article(
        code=code,
        title="nothing but your notes",
        category="",
        verification=Verification(status="unverified", finding="Nothing is known of this code but your notes."),
    )


def iter_lines(entry: Entry) -> Iterator[tuple[str, int, str]]:
    """Yield the lines of an entry as (section, position, text); the intro of a section has position 0.

    The title is the intro of the overview, since an entry begins with it.
    """
    yield "overview", 0, entry.title
    for section in entry.sections:
        for position, text in enumerate((section.intro, *section.points), start=section.key == "overview"):
            if text:
                yield section.key, position, text
