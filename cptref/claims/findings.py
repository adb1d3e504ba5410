"""Codes that do not stand for what the articles on them describe, by the findings of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.verdicts import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref.index.reader import IndexReader
    from cptref.models.entries import Entry

MAX_SHOWN = 6  # codes to look at: the remedy is one sentence


def list_findings(reader: IndexReader, codes: Iterable[str]) -> tuple[Finding, ...]:
    """Return why codes do not stand for what their articles describe, in the order given; nothing for codes that do."""
    entries = (reader.get_entry(code) for code in dict.fromkeys(codes) if reader.has_article(code))
    return tuple(
        Finding(entry.code, explain_finding(entry), list_others(entry))
        for entry in entries
        if entry and entry.verification.status in {"conflict", "not-listed"}
    )


def explain_finding(entry: Entry) -> str:
    """Return in a sentence how an article and the published code set disagree about its code."""
    code = entry.code
    if entry.verification.status == "not-listed":
        return f'{code} is not a published code; the article on it describes "{entry.title}"'
    if entry.published is None:
        return f"{code}: {entry.verification.finding}"
    published = entry.published.service.partition("; ")[0]
    return f'the article on {code} describes "{entry.title}"; the published code is "{published}"'


def list_others(entry: Entry) -> str:
    """Return the codes published for what an article describes, which a person looks at and nothing puts in."""
    codes = entry.verification.see_instead
    if not codes:
        return ""
    more = f" and {len(codes) - MAX_SHOWN} more" if len(codes) > MAX_SHOWN else ""
    return f"look at {', '.join(codes[:MAX_SHOWN])}{more}, if the documentation describes one of them"
