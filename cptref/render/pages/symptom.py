"""The page of symptoms: the entries that fit, then the lines that cover each symptom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Heading, Paragraph, Run, Table, Title
from cptref.render.parts import build_code_table, build_footer, build_lines, group_rows, name_verdict
from cptref.render.set_hits import build_diagnoses

if TYPE_CHECKING:
    from cptref.models.hits import Fit, SymptomAnswer
    from cptref.render.blocks import Block, Document


def build_page(answer: SymptomAnswer) -> Document:
    """Return the blocks of the page."""
    if not answer.hits and not answer.codes and not any(answer.diagnoses):
        return ()

    def describe(fit: Fit) -> tuple[str, ...]:
        score = (f"{fit.score:.2f}",) if answer.verbose else ()
        return (fit.title, name_verdict(fit), f"covers {fit.covered} of {fit.of}", *score, fit.library)

    scores = ("Score",) if answer.verbose else ()
    head = ("Code", "The article says", "Check", "Symptoms", *scores, "Library")
    blocks: list[Block] = [Table(head, group_rows(answer.hits, describe))] if answer.hits else []
    for index, symptom in enumerate(answer.symptoms):
        pairs = [(fit, evidence) for fit in answer.hits if (evidence := fit.evidence[index])]
        lacking = [fit.code for fit in answer.hits if not fit.evidence[index]]
        blocks.append(Heading(symptom.query))
        if not pairs:
            blocks.append(Paragraph((Run("denied, so left out" if symptom.only_denies else "no article covers it"),)))
            continue
        blocks.append(build_lines(pairs, verbose=answer.verbose))
        if lacking:
            blocks.append(Paragraph((Run(f"not covered: {' '.join(lacking)}"),)))
    if table := build_code_table(answer.codes, "Codes for it"):
        blocks.append(table)
    diagnoses = dict(zip((symptom.query for symptom in answer.symptoms), answer.diagnoses, strict=False))
    blocks += build_diagnoses(diagnoses, verbose=answer.verbose)
    title = Title(f"Symptoms: {'; '.join(symptom.query for symptom in answer.symptoms)}")
    return (title, *blocks, build_footer(answer.dataset))
