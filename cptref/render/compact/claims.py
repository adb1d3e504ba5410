"""Answers about claims as compact objects."""

from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from cptref.models.claims import CheckedDiagnosis, CheckedLine, ClaimAnswer, EditName, EditResult
from cptref.models.verdicts import ADVICE, VERDICTS, Setting, Verdict
from cptref.render.compact.fees import LocalityObject, build_locality, write_money
from cptref.render.compact.objects import (
    AsOf,
    LeftOut,
    Notices,
    NotLoaded,
    RuleObject,
    Says,
    UnreadObject,
    build_rule,
    differing,
    list_unread,
    optional,
)

WorstVerdict = Annotated[
    Verdict,
    Says("deny likely: an edit of the payer would deny it; look: a person has to decide; unknown: a set is missing"),
]
Money = Annotated[str, Says("in US dollars, with two decimals")]
# A key that is a word of Python.
_Days = TypedDict("_Days", {"from": str, "through": NotRequired[str]})


class LineObject(_Days):
    """A line of a claim with its worst verdict, and what is allowed for it."""

    number: int
    claim: NotRequired[Annotated[int, Says("which of several claims")]]
    input: NotRequired[Annotated[str, Says("as it was read, if it does not begin with the code and its modifiers")]]
    code: str
    modifiers: NotRequired[list[str]]
    units: str
    unit: NotRequired[Annotated[Literal["MJ"], Says("MJ: minutes of anesthesia")]]
    charge: NotRequired[Money]
    place: NotRequired[Annotated[str, Says("place of service")]]
    pointers: NotRequired[Annotated[list[int], Says("numbers of diagnoses")]]
    verdict: WorstVerdict
    amount: NotRequired[Money]
    amount_says: NotRequired[Annotated[str, Says("why there is no amount, or what is special about it")]]
    amount_as_of: NotRequired[AsOf]
    steps: NotRequired[Annotated[list[str], Says("the way to the amount")]]


class DiagnosisObject(TypedDict):
    """A diagnosis of a claim with its worst verdict."""

    number: int
    claim: NotRequired[int]
    input: NotRequired[str]
    code: str
    verdict: WorstVerdict


class ResultObject(TypedDict):
    """What an edit says. What it says of several lines in the same words stands once."""

    edit: EditName
    verdict: Verdict
    code: NotRequired[str]
    says: str
    rule: Annotated[str, Says("the source of one of the `rules`")]
    as_of: NotRequired[AsOf]
    lines: NotRequired[Annotated[list[int], Says("numbers of the lines that it is about; none: a diagnosis")]]
    beside: NotRequired[Annotated[list[int], Says("numbers of other lines that it depends on")]]
    remedy: NotRequired[Annotated[str, Says("what would change the verdict")]]
    days: NotRequired[Annotated[list[str], Says("the days that it is about, if they are not the first of its lines")]]
    claim: NotRequired[int]
    others: NotRequired[Annotated[list[str], Says("further diagnoses that it is about")]]
    needs_documentation: NotRequired[Annotated[bool, Says("true: ok only if the documentation shows it")]]


class ClaimObject(TypedDict):
    """What the edits say of claim lines, worst first, and what is allowed. Keys that would be empty are left out."""

    on: Annotated[str, Says("the day of lines without one")]
    setting: Setting
    locality: NotRequired[LocalityObject]
    qualifying: NotRequired[Annotated[bool, Says("true: amounts of qualifying APM participants")]]
    verdicts: Annotated[dict[Verdict, int], Says("how many lines and diagnoses have which worst verdict")]
    total: NotRequired[Money]
    total_without_denied: NotRequired[Money]
    without_amount: Annotated[int, Says("how many lines have no amount")]
    results: list[ResultObject]
    lines: list[LineObject]
    diagnoses: NotRequired[list[DiagnosisObject]]
    titles: NotRequired[Annotated[dict[str, str], Says("the text of a loaded file for codes")]]
    unread: NotRequired[list[UnreadObject]]
    remarks: NotRequired[list[str]]
    not_loaded: NotRequired[NotLoaded]
    rules: NotRequired[list[RuleObject]]
    sources: NotRequired[Annotated[list[str], Says("releases that were looked at")]]
    notices: NotRequired[Notices]
    advice: str
    left_out: NotRequired[LeftOut]


def build_claim(answer: ClaimAnswer) -> ClaimObject:
    """Return the object of claims."""
    judged: list[CheckedLine | CheckedDiagnosis] = [*answer.lines, *answer.diagnoses]
    several = len({line.line.claim for line in answer.lines} | {each.diagnosis.claim for each in answer.diagnoses}) > 1
    verdicts = [each.verdict for each in judged]
    titles = {line.line.code: line.title for line in answer.lines}
    titles |= {each.diagnosis.code: each.title for each in answer.diagnoses}
    rules = {(rule.source, rule.set, rule.release): rule for rule in (result.rule for result in answer.results)}
    return {
        "on": answer.on.isoformat(),
        "setting": answer.setting,
        "locality": optional(answer.locality and build_locality(answer.locality)),
        "qualifying": optional(answer.qualifying or None),
        "verdicts": {verdict: count for verdict in VERDICTS if (count := verdicts.count(verdict))},
        "total": write_money(answer.total),
        "total_without_denied": write_money(answer.total_without_denied),
        "without_amount": answer.without_amount,
        "results": _list_results(answer, several=several),
        "lines": [_build_line(line, several=several) for line in answer.lines],
        "diagnoses": [_build_diagnosis(each, several=several) for each in answer.diagnoses],
        "titles": titles,
        "unread": list_unread(answer.unread),
        "remarks": [*answer.remarks],
        "not_loaded": [*answer.not_loaded],
        "rules": [build_rule(rule._replace(as_of="")) for rule in rules.values()],
        "sources": [*answer.sources],
        "notices": [*answer.notices],
        "advice": ADVICE,
    }


def _build_line(checked: CheckedLine, *, several: bool) -> LineObject:
    line, amount = checked.line, checked.amount
    first, last = line.first_day.isoformat(), line.last_day.isoformat()
    return {
        "number": line.number,
        "claim": optional(line.claim if several else None),
        "input": optional(None if line.input.startswith(line.label) else line.input),
        "code": line.code,
        "modifiers": [*line.modifiers],
        "units": line.quantity,
        "unit": optional("MJ" if line.unit == "MJ" else None),
        "charge": write_money(line.charge),
        "from": first,
        "through": differing(last, first),
        "place": line.place,
        "pointers": [*line.pointers],
        "verdict": checked.verdict,
        "amount": write_money(amount and amount.amount),
        "amount_says": amount.says if amount else "",
        "amount_as_of": amount.as_of if amount else "",
        "steps": [*amount.steps] if amount else [],
    }


def _build_diagnosis(checked: CheckedDiagnosis, *, several: bool) -> DiagnosisObject:
    diagnosis = checked.diagnosis
    return {
        "number": diagnosis.number,
        "claim": optional(diagnosis.claim if several else None),
        "input": optional(differing(diagnosis.input, diagnosis.code) or None),
        "code": diagnosis.code,
        "verdict": checked.verdict,
    }


def _list_results(answer: ClaimAnswer, *, several: bool) -> list[ResultObject]:
    """Return what edits say, that of several lines in the same words once, in the order of the first of them."""
    first_days = {checked.line.number: checked.line.first_day for checked in answer.lines}
    groups: dict[EditResult, list[EditResult]] = {}
    for result in answer.results:
        groups.setdefault(result._replace(lines=(), beside=(), day=None), []).append(result)
    objects: list[ResultObject] = []
    for said, group in groups.items():
        lines = {number for result in group for number in result.lines}
        days = {result.day for result in group if result.day}
        objects.append(
            {
                "edit": said.edit,
                "verdict": said.verdict,
                "code": said.code,
                "says": said.says,
                "rule": said.rule.source,
                "as_of": said.rule.as_of,
                "lines": sorted(lines),
                "beside": sorted({number for result in group for number in result.beside}),
                "remedy": said.remedy,
                "days": [day.isoformat() for day in sorted(days)] if days != {*map(first_days.get, lines)} else [],
                "claim": optional(said.claim if several else None),
                "others": [*said.others],
                "needs_documentation": optional(said.needs_documentation or None),
            }
        )
    return objects
