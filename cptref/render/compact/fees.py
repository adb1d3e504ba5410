"""Answers about fees and pairs of codes as compact objects."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from cptref.models.fees import Amount, CodeFee, FeeAnswer, FeeRow, Locality, RankedAmount, compare_amounts
from cptref.models.pairs import PairAnswer, PairEdit, PairRuling
from cptref.models.verdicts import ADVICE, Setting, Verdict
from cptref.render.compact.objects import (
    AsOf,
    FindingObject,
    LeftOut,
    Notices,
    NotLoaded,
    RuleObject,
    Says,
    UnreadObject,
    build_rule,
    differing,
    list_findings,
    list_unread,
    optional,
)

Apm = Annotated[bool, Says("true: the conversion factor of qualifying APM participants")]
Place = Annotated[str, Says("national, or the key of a locality")]
OfSetting = Annotated[str, Says("in US dollars; absent where the service is rarely done in this setting")]


class LocalityObject(TypedDict):
    """A Medicare locality with its geographic practice cost indices."""

    key: Annotated[str, Says("contractor and number")]
    title: Annotated[str, Says("name, state and number")]
    work: str
    practice: str
    malpractice: str
    rule: RuleObject
    remark: NotRequired[str]
    zip_code: NotRequired[str]


class AmountObject(TypedDict):
    """What is paid at a place by a conversion factor."""

    place: Place
    factor: str
    apm: NotRequired[Apm]
    office: NotRequired[OfSetting]
    facility: NotRequired[OfSetting]
    office_percent_above_national: NotRequired[str]
    facility_percent_above_national: NotRequired[str]
    capped: NotRequired[Annotated[list[str], Says("settings where the cap of OPPS is lower")]]
    as_of: NotRequired[AsOf]


class FeeRowObject(TypedDict):
    """An amount that follows from the fee: both sides, assistant, limiting charge."""

    name: str
    says: NotRequired[str]
    amounts: NotRequired[list[AmountObject]]


class FeeOfCodeObject(TypedDict):
    """What the fee schedule pays for a code with its modifiers."""

    input: str
    code: str
    modifiers: NotRequired[list[str]]
    title: NotRequired[str]
    says: NotRequired[Annotated[str, Says("why there is no amount")]]
    rule: RuleObject
    amounts: NotRequired[list[AmountObject]]
    rows: NotRequired[list[FeeRowObject]]
    facts: NotRequired[dict[str, list[str]]]


class RankedAmountObject(TypedDict):
    """What is left of a fee beside others of the day."""

    place: Place
    factor: str
    apm: NotRequired[Apm]
    setting: str
    share: NotRequired[str]
    amount: NotRequired[OfSetting]
    says: NotRequired[str]
    steps: NotRequired[list[str]]
    as_of: NotRequired[AsOf]


class RankedFeeObject(TypedDict):
    """One of several procedures of a day."""

    code: str
    amounts: list[RankedAmountObject]


class FeeObject(TypedDict):
    """What the fee schedule pays for codes on a day. Keys that would be empty are left out."""

    on: str
    qualifying: NotRequired[Annotated[bool, Says("true: amounts of qualifying APM participants alone")]]
    localities: NotRequired[list[LocalityObject]]
    results: list[FeeOfCodeObject]
    ranking: NotRequired[Annotated[list[RankedFeeObject], Says("what is paid if all are done on one day")]]
    not_found: NotRequired[list[UnreadObject]]
    remarks: NotRequired[list[str]]
    not_loaded: NotRequired[NotLoaded]
    notices: NotRequired[Notices]
    findings: NotRequired[list[FindingObject]]
    advice: str
    left_out: NotRequired[LeftOut]


class PeriodObject(TypedDict):
    """A period in which NCCI has two codes as a pair: the second is denied."""

    column_1: str
    column_2: str
    first_day: str
    last_day: NotRequired[Annotated[str, Says("absent: it has no end so far")]]
    indicator: Annotated[int, Says("0: no modifier helps; 1: one may; 9: never in force")]
    rationale: NotRequired[str]
    release: NotRequired[Annotated[str, Says("if it is not that of the rule")]]


class RulingObject(TypedDict):
    """What the edits of one setting say of the two codes."""

    setting: Setting
    verdict: Verdict
    says: str
    remedy: NotRequired[Annotated[str, Says("what would change the verdict")]]
    rule: RuleObject
    periods: NotRequired[list[PeriodObject]]
    changed: NotRequired[str]
    looked_at: NotRequired[list[str]]


class PairObject(TypedDict):
    """Whether two codes are paid together on a day. Keys that would be empty are left out."""

    codes: list[str]
    on: str
    is_known: Annotated[bool, Says("whether every setting has an answer")]
    results: list[RulingObject]
    ptp_modifiers: NotRequired[Annotated[list[str], Says("modifiers that may let both be paid")]]
    not_loaded: NotRequired[NotLoaded]
    notices: NotRequired[Notices]
    findings: NotRequired[list[FindingObject]]
    advice: str
    left_out: NotRequired[LeftOut]


def build_fee(answer: FeeAnswer) -> FeeObject:
    """Return the object of fees."""
    return {
        "on": answer.on.isoformat(),
        "qualifying": optional(answer.qualifying or None),
        "localities": [*map(build_locality, answer.localities)],
        "results": [*map(_build_code_fee, answer.fees)],
        "ranking": [
            {"code": ranked.label, "amounts": [*map(_build_ranked, ranked.amounts)]} for ranked in answer.ranking
        ],
        "not_found": list_unread(answer.misses),
        "remarks": [*answer.remarks],
        "not_loaded": [*answer.not_loaded],
        "notices": [*answer.notices],
        "findings": list_findings(answer.findings),
        "advice": ADVICE,
    }


def build_locality(locality: Locality) -> LocalityObject:
    """Return a locality with its indices."""
    return {
        "key": locality.key,
        "title": locality.title,
        "work": f"{locality.work:f}",
        "practice": f"{locality.practice:f}",
        "malpractice": f"{locality.malpractice:f}",
        "rule": build_rule(locality.rule),
        "remark": locality.remark,
        "zip_code": locality.zip_code,
    }


def write_money(amount: Decimal | None) -> str:
    """Return money as text of two decimals, since a program could round a number; "" if there is none."""
    return "" if amount is None else f"{amount:.2f}"


def _build_code_fee(fee: CodeFee) -> FeeOfCodeObject:
    as_of = fee.rule.as_of
    facts: dict[str, list[str]] = {}
    for name, values in fee.facts:
        facts.setdefault(name, []).extend(values)
    return {
        "input": fee.input,
        "code": fee.code,
        "modifiers": [*fee.modifiers],
        "title": fee.title,
        "says": fee.says,
        "rule": build_rule(fee.rule),
        "amounts": _list_compared(fee.amounts, as_of),
        "rows": [_build_row(row, as_of) for row in fee.rows],
        "facts": facts,
    }


def _build_row(row: FeeRow, as_of: str) -> FeeRowObject:
    return {"name": row.name, "says": row.says, "amounts": [_build_amount(amount, as_of) for amount in row.amounts]}


def _list_compared(amounts: Iterable[Amount], as_of: str) -> list[AmountObject]:
    """Return amounts, each with its difference from the national one by the same factor."""
    amounts = [*amounts]
    national = {amount.factor: amount for amount in amounts if amount.place == "national"}
    objects = []
    for amount in amounts:
        base = national.get(amount.factor)
        compared = _build_amount(amount, as_of)
        if amount.place != "national" and base is not None:
            compared["office_percent_above_national"] = _write_percent(amount.office, base.office)
            compared["facility_percent_above_national"] = _write_percent(amount.facility, base.facility)
        objects.append(compared)
    return objects


def _build_amount(amount: Amount, as_of: str) -> AmountObject:
    """Return an amount below a rule of a release."""
    return {
        "place": amount.place,
        "factor": amount.factor,
        "apm": optional(amount.apm or None),
        "office": write_money(amount.office),
        "facility": write_money(amount.facility),
        "capped": [*amount.capped],
        "as_of": differing(amount.as_of, as_of),
    }


def _write_percent(amount: Decimal | None, base: Decimal | None) -> str:
    percent = compare_amounts(amount, base)
    return "" if percent is None else f"{percent}"


def _build_ranked(amount: RankedAmount) -> RankedAmountObject:
    return {
        "place": amount.place,
        "factor": amount.factor,
        "apm": optional(amount.apm or None),
        "setting": amount.setting,
        "share": amount.share,
        "amount": write_money(amount.amount),
        "says": amount.says,
        "steps": [*amount.steps],
        "as_of": amount.as_of,
    }


def build_pair(answer: PairAnswer) -> PairObject:
    """Return the object of a pair of codes."""
    return {
        "codes": [*answer.codes],
        "on": answer.on.isoformat(),
        "is_known": answer.is_known,
        "results": [*map(_build_ruling, answer.rulings)],
        "ptp_modifiers": [modifier.code for modifier in answer.modifiers],
        "not_loaded": [*answer.not_loaded],
        "notices": [*answer.notices],
        "findings": list_findings(answer.findings),
        "advice": ADVICE,
    }


def _build_ruling(ruling: PairRuling) -> RulingObject:
    return {
        "setting": ruling.setting,
        "verdict": ruling.verdict,
        "says": ruling.says,
        "remedy": ruling.remedy,
        "rule": build_rule(ruling.rule),
        "periods": [_build_period(period, ruling.rule.release) for period in ruling.periods],
        "changed": ruling.changed,
        "looked_at": [*ruling.looked_at],
    }


def _build_period(period: PairEdit, release: str) -> PeriodObject:
    return {
        "column_1": period.column_1,
        "column_2": period.column_2,
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat() if period.last_day else "",
        "indicator": period.indicator,
        "rationale": period.rationale,
        "release": differing(period.rule.release, release),
    }
