"""The page of what the fee schedule pays for codes: by place and setting, what follows, what several come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.fees import compare_amounts
from cptref.models.verdicts import ADVICE
from cptref.render.blocks import Facts, Footer, Heading, Paragraph, Points, RangeBars, Run, Table, Title
from cptref.render.listings import build_notices
from cptref.render.verdicts import build_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from cptref.models.fees import Amount, CodeFee, FeeAnswer, RankedAmount, RankedFee
    from cptref.render.blocks import Block, Document

SETTINGS = ("office", "facility")
NOT_AVAILABLE = "NA"


def build_page(answer: FeeAnswer) -> Document:
    """Return the blocks of the page."""
    if not answer.fees:
        return ()
    places = _name_places(answer)
    return (
        *build_findings(answer.findings),
        *(block for fee in answer.fees for block in _build_fee(fee, answer, places)),
        *(_build_ranking(answer.ranking, places) if answer.ranking else ()),
        *build_notices(answer.notices),
        Footer(ADVICE),
    )


def _name_places(answer: FeeAnswer) -> dict[str, str]:
    """Return the places of amounts, in order, each with a short name."""
    return {"national": "National", **{locality.key: locality.short for locality in answer.localities}}


def _build_fee(fee: CodeFee, answer: FeeAnswer, places: dict[str, str]) -> Iterator[Block]:
    yield Title("  ".join(filter(None, (fee.label, fee.title))))
    yield Heading(f"{fee.rule.source}{f' ({fee.rule.as_of})' if fee.rule.as_of else ''}")
    if fee.says:
        yield Facts((("No amount", (fee.says,)),))
        return
    if answer.localities:
        yield Facts((("Places", tuple(locality.title for locality in answer.localities)),), aligned=True)
    if answer.compare and answer.localities:
        yield from _build_bars(fee, places)
    head = ("", *(f"{name} {setting}" for name in places.values() for setting in SETTINGS))
    yield Table(head, tuple(_list_rows(fee)), column_keys=True)
    unpaid = tuple((row.name, (row.says,)) for row in fee.rows if not row.amounts)
    remarks = tuple((row.name, (row.says,)) for row in fee.rows if row.amounts and row.says)
    yield Facts((*remarks, *unpaid, *fee.facts), aligned=True)
    if answer.show_formula:
        yield Heading("Formula")
        yield Points(tuple((Run(line),) for line in _explain(fee, places)))


def _list_rows(fee: CodeFee) -> Iterator[tuple[str, ...]]:
    """Yield the fee by each factor, then what follows from it by the first one."""
    factors = dict.fromkeys((amount.factor, amount.apm) for amount in fee.amounts)
    for factor, apm in factors:
        amounts = [amount for amount in fee.amounts if amount.factor == factor]
        yield _make_row(f"Fee, {'qualifying APM, ' if apm else ''}factor {factor}", amounts)
    first = fee.amounts[0].factor
    for row in fee.rows:
        if row.amounts:
            yield _make_row(row.name, [amount for amount in row.amounts if amount.factor == first])


def _make_row(name: str, amounts: Sequence[Amount]) -> tuple[str, ...]:
    cells = (_write(value) for amount in amounts for _, value in amount.list_settings())
    return (_mark(name, amounts), *cells)


def _mark(name: str, amounts: Iterable[Amount | RankedAmount]) -> str:
    """Return the name of amounts, and of which time they are if it is another one than was asked for."""
    marks = dict.fromkeys(amount.as_of for amount in amounts if amount.as_of)
    return f"{name} ({'; '.join(marks)})" if marks else name


def _write(amount: Decimal | None) -> str:
    return NOT_AVAILABLE if amount is None else f"${amount:,.2f}"


def _build_bars(fee: CodeFee, places: dict[str, str]) -> Iterator[Block]:
    """Yield a bar for each place, in each setting that has amounts, and how far it is from the national amount."""
    amounts = [amount for amount in fee.amounts if amount.factor == fee.amounts[0].factor]
    for setting, national in amounts[0].list_settings():
        values = [(_mark(places[amount.place], [amount]), dict(amount.list_settings())[setting]) for amount in amounts]
        rows = tuple(
            (name, 0, int(value * 100), f"{_write(value)}{_add_difference(value, national) if place else ''}")
            for place, (name, value) in enumerate(values)
            if value is not None
        )
        if rows:
            highest = max(cents for *_, cents, _ in rows)
            yield Heading(f"{setting.capitalize()}, by place")
            label = f"Factor {amounts[0].factor}, and percent above national; scale from $0 to ${highest / 100:,.2f}:"
            yield RangeBars(label, rows, highest)


def _add_difference(amount: Decimal, national: Decimal | None) -> str:
    percent = compare_amounts(amount, national)
    return "" if percent is None else f"  {percent:+}%"


def _explain(fee: CodeFee, places: dict[str, str]) -> Iterator[str]:
    for amount in fee.amounts:
        yield from (f"{places[amount.place]}, {formula}" for formula in amount.formulas)


def _build_ranking(ranking: Sequence[RankedFee], places: dict[str, str]) -> Iterator[Block]:
    """Yield what several procedures come to on one day, by the first factor: a column for each place and setting."""
    first = ranking[0].amounts[0].factor
    columns = [[amount for amount in ranked.amounts if amount.factor == first] for ranked in ranking]
    rows = [
        (_mark(ranked.label, amounts), *map(_write_ranked, amounts))
        for ranked, amounts in zip(ranking, columns, strict=True)
    ]
    totals = (_add_up(column) for column in zip(*columns, strict=True))
    head = tuple(f"{places[amount.place]} {amount.setting}" for amount in columns[0])
    yield Heading("Together on one day")
    yield Table(("", *head), (*rows, (_mark("Together", columns[0]), *totals)), column_keys=True)
    for place in [*places][1:] or places:  # the local ones
        if steps := [*dict.fromkeys(_list_steps(ranking, place, first))]:
            yield Paragraph((Run(f"How each comes about, {places[place]}:"),))
            yield Points(tuple((Run(line),) for line in steps))


def _write_ranked(ranked: RankedAmount) -> str:
    if ranked.amount is None:
        return NOT_AVAILABLE if ranked.says.startswith(NOT_AVAILABLE) else "none"
    return f"{_write(ranked.amount)}{f' ({ranked.share})' if ranked.share else ''}"


def _add_up(column: Iterable[RankedAmount]) -> str:
    amounts = [ranked.amount for ranked in column if ranked.amount is not None]
    return _write(sum(amounts[1:], amounts[0])) if amounts else "none"


def _list_steps(ranking: Sequence[RankedFee], place: str, factor: str) -> Iterator[str]:
    """Yield how each amount comes about that is not the fee alone, or why there is none."""
    for ranked in ranking:
        for amount in ranked.amounts:
            if (amount.place, amount.factor) == (place, factor):
                if amount.amount is None:
                    yield f"{ranked.label}: {amount.says}"
                elif len(amount.steps) > 1 or amount.share:
                    yield ", ".join(amount.steps)
