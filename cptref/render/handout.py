"""A handout for patients: how to get ready, what to do afterward, and when to call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.errors import UsageError
from cptref.render.blocks import Block, Callout, Document, Facts, Footer, Heading, Paragraph, Points, Run, Title
from cptref.render.parts import LOOKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.article import Dataset
    from cptref.models.entries import Entry, ShowAnswer

DEFAULT_SECTIONS = ("preparation", "recovery", "home-care")
WARNING_SECTION = "complications"  # its points are what to call for
# The sections that a patient can use, under headings for patients. Left out are those for coders (overview,
# verification, billing, cost, related, references, notes), and those that could pass for a diagnosis, or for leave to
# try another treatment.
HEADINGS = {
    "tests": "Tests before the procedure",
    "procedure": "What happens",
    "preparation": "Before the procedure",
    "recovery": "After the procedure",
    WARNING_SECTION: "Call at once for:",
    "follow-up": "Follow-up visits",
    "home-care": "At home",
    "education": "How to stay well",
    "faq": "Questions and answers",
}
_FOR_CODERS = r"\b(?:CPT|HCPCS|ICD|the article|{code})\b|[$€£]\s*\d"


def require_for_patients(keys: Iterable[str]) -> None:
    """Raise UsageError for sections that are not for patients."""
    if refused := [key for key in keys if key not in HEADINGS]:
        verb = "is" if len(refused) == 1 else "are"
        allowed = ", ".join(HEADINGS)
        raise UsageError(f"{', '.join(refused)} {verb} not for patients", hint=f"a handout can have {allowed}")


def build_handout(answer: ShowAnswer, *, clinic: str = "", phone: str = "", date: str = "") -> Document:
    """Return a page for each entry of the answer, with those of its sections that are for patients.

    Raise UsageError for an entry that mentions a code, an amount of money or its article where a patient reads it.
    """
    return tuple(
        block
        for entry in answer.entries
        for block in _build_page(entry, answer.dataset, clinic=clinic, phone=phone, date=date)
    )


def _build_page(entry: Entry, dataset: Dataset, *, clinic: str, phone: str, date: str) -> Iterator[Block]:
    sections = [section for section in entry.sections if section.key in HEADINGS]
    lines = (line for section in sections for line in (section.intro, *section.points))
    for line in (entry.title, *lines):
        if re.search(_FOR_CODERS.format(code=re.escape(entry.code)), line, re.IGNORECASE):
            raise UsageError(
                f"{entry.code}: not for patients, because it mentions a code, a price or an article: {line!r}",
                hint="change the line in the entry, or leave its section out",
            )
    warnings = next((section.points for section in sections if section.key == WARNING_SECTION), ())
    facts = (("Clinic", clinic), ("Date", date), ("Phone", "" if warnings else phone))
    yield Title(entry.title)
    if rows := tuple((name, (value,)) for name, value in facts if value):
        yield Facts(rows)
    for section in sections:
        if section.key != WARNING_SECTION:
            yield Heading(HEADINGS[section.key])
            if section.intro:
                yield Paragraph((Run(section.intro),))
            if section.points:
                yield Points(tuple((Run(point),) for point in section.points))
    if warnings:
        calls = (*warnings, *((f"Phone: {phone}",) if phone else ()))
        yield Callout(HEADINGS[WARNING_SECTION], "\n".join(calls), "alarm")
    word = LOOKS[entry.verification.status].word
    yield Footer(f"For staff: {entry.code}, {word}. Dataset {dataset.version}. Not billing or medical advice.")
