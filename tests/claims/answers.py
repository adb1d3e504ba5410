"""Answers about claims as tests of pages and formats build them: lines, results and amounts without any file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cptref.models.claims import (
    VERDICTS,
    CheckedDiagnosis,
    CheckedLine,
    ClaimAnswer,
    ClaimDiagnosis,
    ClaimLine,
    EditResult,
    LineAmount,
    Rule,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.models.claims import EditName, Unread, Verdict

ON = date(2026, 8, 1)
RULE = Rule("Made-up edits 2026Q3", "made-up", "2026Q3")


def make_result(
    verdict: Verdict,
    *lines: int,
    edit: EditName = "units",
    code: str = "10001",
    says: str = "A made-up sentence",
    remedy: str = "",
    claim: int = 1,
    others: tuple[str, ...] = (),
) -> EditResult:
    """Return what an edit says of lines; of a diagnosis without any."""
    return EditResult(edit, verdict, code, says, RULE, lines, remedy=remedy, claim=claim, others=others)


def make_checked_line(number: int, code: str = "10001", amount: str | None = None, **values: Any) -> CheckedLine:  # noqa: ANN401 - fields of a line
    """Return a line with the text of its code, and an amount if one is given; `none` is a line without one."""
    line = ClaimLine(number, code, code, first_day=ON, last_day=ON)._replace(**values)
    allowed = LineAmount(None, "priced by the contractor") if amount == "none" else LineAmount(Decimal(amount or 0))
    return CheckedLine(line, line.first_day, "ok", f"Made-up text of {code}", allowed if amount else None)


def make_answer(
    lines: Sequence[CheckedLine],
    results: Sequence[EditResult],
    diagnoses: Sequence[str] = (),
    unread: Sequence[Unread] = (),
) -> ClaimAnswer:
    """Return an answer in which lines and diagnoses have the worst verdict of their results."""

    def find_worst(results: Sequence[EditResult]) -> Verdict:
        return min((result.verdict for result in results), key=VERDICTS.index, default="unknown")

    checked = tuple(
        line._replace(verdict=find_worst([result for result in results if line.line.number in result.lines]))
        for line in lines
    )
    amounts = [line.amount.amount for line in checked if line.amount and line.amount.amount is not None]
    undenied = [
        line.amount.amount
        for line in checked
        if line.verdict != "deny likely" and line.amount and line.amount.amount is not None
    ]
    return ClaimAnswer(
        lines=checked,
        diagnoses=tuple(
            CheckedDiagnosis(
                ClaimDiagnosis(number, code, code),
                find_worst(
                    [result for result in results if not result.lines and code in (result.code, *result.others)]
                ),
                f"Made-up text of {code}",
            )
            for number, code in enumerate(diagnoses, 1)
        ),
        results=tuple(sorted(results, key=lambda result: VERDICTS.index(result.verdict))),
        unread=tuple(unread),
        on=ON,
        setting="practitioner",
        total=sum(amounts, Decimal()) if amounts else None,
        total_without_denied=sum(undenied, Decimal()) if amounts else None,
    )
