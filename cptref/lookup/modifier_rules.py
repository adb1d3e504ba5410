"""What Medicare's rules say of modifiers: which indicators of a code they go with, and which exclude each other.

The indicators are fields of the fee schedule's rows. Their values are those of CMS's record layout (Medicare Claims
Processing Manual, chapter 23, addendum), the verdicts those of the sections named beside each rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref import indicators

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cptref.models.verdicts import Verdict

_CLAIMS_MANUAL = "Medicare Claims Processing Manual"


class FieldRule(NamedTuple):
    """How a field of the fee schedule decides on a modifier.

    `words` and `verdicts` are by the value of the field. `because` follows a verdict other than ok, and `deny_remedy`
    and `look_remedy` say what would change it. `{code}` and `{modifier}` stand for those of the line.
    """

    field: str
    name: str
    words: Mapping[str, str]
    verdicts: Mapping[str, Verdict]
    because: str = ""
    deny_remedy: str = ""
    look_remedy: str = ""


def _key(words: Mapping[int, str]) -> dict[str, str]:
    return {str(value): text for value, text in words.items()}


def _decide(ok: str = "", look: str = "", deny: str = "") -> dict[str, Verdict]:
    """Return the verdicts on values, which are named in a row."""
    return {
        **dict.fromkeys(ok.split(), "ok"),
        **dict.fromkeys(look.split(), "look"),
        **dict.fromkeys(deny.split(), "deny likely"),
    }


_BILATERAL = (
    "bilateral",
    "bilateral indicator",
    {str(value): text for value, (text, _) in indicators.BOTH_SIDES.items()},
)
_PARTS = ("pctc", "PC/TC indicator", _key(indicators.PARTS))
_MULTIPLE = ("multiple", "multiple-procedure indicator", _key(indicators.MULTIPLE_PROCEDURES))
_ASSISTANT = ("assistant", "assistant indicator", _key(indicators.ASSISTANTS))
_COSURGEON = ("cosurgeon", "co-surgeon indicator", _key(indicators.COSURGEONS))
_TEAM = ("team", "team indicator", _key(indicators.TEAMS))
_GLOBAL = ("global", "global days", {value: text for value, (text, _) in indicators.GLOBAL_PERIODS.items()})
_WITHOUT = "{code} without {modifier}"
_ASK = "the contractor's word on {modifier} with {code}"
_RULES = {
    # Chapter 12, section 40.7, and the values of BILAT SURG
    "50": FieldRule(*_BILATERAL, _decide(ok="1 3", deny="0 2 9"), "50 needs indicator 1 or 3", deny_remedy=_WITHOUT),
    "RT LT": FieldRule(
        *_BILATERAL, _decide(ok="1 3", look="0 2 9"), "some contractors deny {modifier} then", look_remedy=_ASK
    ),
    # The values of PCTC IND
    "26": FieldRule(
        *_PARTS, _decide(ok="1 6", deny="0 2 3 4 5 7 8 9"), "26 needs indicator 1 or 6", deny_remedy=_WITHOUT
    ),
    "TC": FieldRule(*_PARTS, _decide(ok="1", deny="0 2 3 4 5 6 7 8 9"), "TC needs indicator 1", deny_remedy=_WITHOUT),
    # Chapter 12, section 40.6
    "51": FieldRule(
        *_MULTIPLE, _decide(ok="1 2 3 4 5 6 7", look="0 9"), "51 has nothing to say of it", look_remedy=_WITHOUT
    ),
    # Chapter 12, section 20.4.3, and the values of ASST SURG
    "80 81 82 AS": FieldRule(
        *_ASSISTANT,
        _decide(ok="2", look="0", deny="1 9"),
        look_remedy="documentation that shows why an assistant was needed, sent with the claim",
    ),
    # Chapter 12, section 40.8, and the values of CO-SURG and TEAM SURG
    "62": FieldRule(
        *_COSURGEON,
        _decide(ok="2", look="1", deny="0 9"),
        look_remedy="documentation that shows why two surgeons were needed, sent with the claim",
    ),
    "66": FieldRule(
        *_TEAM,
        _decide(ok="2", look="1", deny="0 9"),
        look_remedy="documentation that shows why a team was needed, sent with the claim",
    ),
    # NCCI Policy Manual, chapter 1, section E; chapter 12, sections 30.6.6 and 40.2
    "24 25 27 57 FS FT": FieldRule(
        *_GLOBAL,
        _decide(ok="XXX", look="MMM YYY ZZZ", deny="000 010 090"),
        "{modifier} goes on the code of a visit, not on that of a procedure",
        deny_remedy="{modifier} on the line of the visit that it is about",
        look_remedy="{modifier} on the line of the visit that it is about",
    ),
    # Chapter 12, section 40.2: parts of a global package
    "54 55 56": FieldRule(
        *_GLOBAL,
        _decide(ok="010 090", look="000 MMM YYY", deny="XXX ZZZ"),
        "{modifier} needs care of several days that can be shared",
        deny_remedy=_WITHOUT,
        look_remedy=_ASK,
    ),
    # Chapter 12, sections 40.2 to 40.4
    "58 78 79": FieldRule(
        *_GLOBAL,
        _decide(ok="000 010 090 MMM", look="XXX YYY ZZZ"),
        "{modifier} is for an operation within the global period of an earlier one",
        look_remedy=_ASK,
    ),
}
ONE_UNIT = "50 stands for both sides as 1 unit on one line"  # chapter 12, section 40.7
FIELD_RULES = {modifier: rule for modifiers, rule in _RULES.items() for modifier in modifiers.split()}


def judge_field(fields: Mapping[str, str], code: str, modifier: str) -> tuple[Verdict, str]:
    """Return the verdict on a modifier of FIELD_RULES by the fields of its code, and why in words."""
    rule = FIELD_RULES[modifier]
    value = fields[rule.field]
    verdict = rule.verdicts.get(value, "unknown")
    words = rule.words.get(value, indicators.UNKNOWN_VALUE)
    because = rule.because.format(code=code, modifier=modifier) if verdict in {"look", "deny likely"} else ""
    says = f"{modifier} on {code}: {rule.name} {value or '(none)'}: {words}{f'; {because}' if because else ''}"
    return verdict, says


_BOTH_SIDES = f"{_CLAIMS_MANUAL}, chapter 12, section 40.7"
_ASSISTANTS = f"{_CLAIMS_MANUAL}, chapter 12, section 20.4.3"
_SURGEONS = f"{_CLAIMS_MANUAL}, chapter 12, section 40.8"
_PARTS_OF_SERVICE = f"{_CLAIMS_MANUAL}, chapter 23, addendum: PC/TC indicator"
_WHOLE_SERVICE = "both parts together are the whole service, which has neither modifier"
_REPEATS = "CPT, appendix A: modifiers"
_DISTINCT = "MLN Matters MM8863"
_ANESTHESIA = f"{_CLAIMS_MANUAL}, chapter 12, section 50"
_THERAPY = f"{_CLAIMS_MANUAL}, chapter 5, section 10.6"
_ONE_ASSISTANT = "each says something else of the one assistant"
_ONE_ANESTHETIST = "each says something else of the one who gave the anesthesia, or directed it"
_ONE_THERAPY = "a line belongs to the plan of one kind of therapy"
_MORE_EXACT = "59 is for what no more exact modifier says, and {0} is one"
# Two modifiers that say opposite or double things of one line: why they exclude each other, and the source.
CONTRADICTIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("RT", "LT"): (
        "one line has one side; for both sides see how the payer wants them: 50, or a line for each side",
        _BOTH_SIDES,
    ),
    ("50", "RT"): ("50 already says both sides", _BOTH_SIDES),
    ("50", "LT"): ("50 already says both sides", _BOTH_SIDES),
    ("26", "TC"): (_WHOLE_SERVICE, _PARTS_OF_SERVICE),
    ("GA", "GZ"): (
        "GA says that the patient got the notice (ABN), GZ that the patient did not",
        "CMS instructions on GA, GY and GZ",
    ),
    ("JW", "JZ"): (
        "JW says that a part of the drug was thrown away, JZ that nothing was",
        f"{_CLAIMS_MANUAL}, chapter 17, section 40",
    ),
    ("62", "66"): ("62 is for two surgeons, 66 for a team", _SURGEONS),
    **{
        (surgeon, assistant): (
            f"{surgeon} is a surgeon's and {assistant} an assistant's, and no one is both",
            _SURGEONS,
        )
        for surgeon in ("62", "66")
        for assistant in ("80", "81", "82", "AS")
    },
    ("73", "74"): (
        "73 is for before anesthesia began, 74 for after that",
        f"{_CLAIMS_MANUAL}, chapter 4, section 20.6.4",
    ),
    ("76", "77"): ("76 is for the same practitioner, 77 for another one", _REPEATS),
    **dict.fromkeys((("80", "81"), ("80", "82"), ("81", "82")), (_ONE_ASSISTANT, _ASSISTANTS)),
    **{("59", name): (_MORE_EXACT.format(name), _DISTINCT) for name in ("XE", "XS", "XP", "XU")},
    **dict.fromkeys((("GN", "GO"), ("GN", "GP"), ("GO", "GP")), (_ONE_THERAPY, _THERAPY)),
    **dict.fromkeys(
        (
            *(("AA", "AD"), ("AA", "QK"), ("AA", "QX"), ("AA", "QY"), ("AA", "QZ"), ("AD", "QK"), ("AD", "QX")),
            *(("AD", "QY"), ("AD", "QZ"), ("QK", "QX"), ("QK", "QY"), ("QK", "QZ"), ("QX", "QY"), ("QX", "QZ")),
            ("QY", "QZ"),
        ),
        (_ONE_ANESTHETIST, _ANESTHESIA),
    ),
}
# Two modifiers of one line of which some payers want both: what speaks against that, and the source.
QUESTIONS: dict[tuple[str, str], tuple[str, str]] = {
    (physician, "AS"): (f"{physician} is a physician's, AS a non-physician's", _ASSISTANTS)
    for physician in ("80", "81", "82")
}
# A modifier on one line of a code and another one on another line of the day, or "" for a line without the first that
# is no assistant's: what speaks against that on one claim, what would change it, and the source.
ACROSS_LINES: dict[tuple[str, str], tuple[str, str, str]] = {
    ("26", "TC"): (
        _WHOLE_SERVICE,
        "one line of {code} without 26 and TC, if the same practitioner or group did both parts",
        _PARTS_OF_SERVICE,
    ),
    ("62", ""): (
        "62 says that two surgeons did it, and each of them bills it with 62",
        "62 on every line of {code} that the two surgeons did together, and on no other",
        _SURGEONS,
    ),
    ("66", ""): (
        "66 says that a team did it, and each surgeon of the team bills it with 66",
        "66 on every line of {code} that the team did together, and on no other",
        _SURGEONS,
    ),
}
