"""What qualifies a complaint without being one: side, time, degree, amount, who reports it, lists, levels.

A qualifier is a clause of its own that weighs little. The level of a vertebra also tells the region, by which published
codes differ.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptref.search.patterns import CuedPattern, join_patterns, select_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = r"""
    (?: \d{1,3}(?:\.\d)?(?:\s?(?:-|to)\s?\d{1,3})?
        |an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|many|few|a\ few|couple\ of|a\ couple\ of
    )
"""
_UNIT = r"(?:min|minute|hr|hour|day|d|night|wk|week|w|mo|mos|mth|month|m|yr|year|y|decade)s?\b\.?"
_LONG_UNITS = "(?:years|months|weeks|days)"  # without a number
_COUNTED = "(?:muscles?|levels?|nerves?|joints?|sites?|injections?)"  # `x 4 muscles` is no time
_MONTH = r"""
    (?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?
    |nov(?:ember)?|dec(?:ember)?)
"""
_WEEKDAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
# What a patient does in a note: `pt reports`.
_REPORTS = r"""
    (?:reports?|reported|states?|stated|complains?\ of|complained\ of|complaining\ of|c/o|presents?|presented
    |denies|denied|has|had|is|was|with|w/|notes|noted|says|describes|endorses|admits|admitted|seen|here|came|comes)
"""
# The first kind that matches at a place counts.
_PATTERNS = {
    # C5/6, L4-L5, L5-S1, T8; not S13.4, which is a diagnosis, nor C1234.
    "level": CuedPattern(
        r"""
        (?<![\w.]) (?:C[1-8]|T(?:1[0-2]|[1-9])|L[1-6]|S[1-5])
        (?: \s?[-/\u2013]\s? (?:[CTLS])?(?:1[0-2]|[1-9]) )*
        (?!\.\d|\w)(?!-?weighted)
        """,
        cues="c t l s",
    ),
    # A dose, a weight, a length: its number and its unit belong together.
    "amount": CuedPattern(
        r"""
        (?<![\w.,]) (?:\d{1,6}(?:[.,]\d{1,4})?|\.\d{1,4})
        \s?(?:mg|mcg|[\u00b5\u03bc]g|g|kg|lbs?|ml|cc|cm|mm|units?|T|tesla)(?!\w)
        """,
        cues="mg mcg \u03bcg g kg lb lbs ml cc cm mm unit units t tesla",
    ),
    "list": CuedPattern(
        r"(?:^|(?<=[\s,;])) (?: \(?\d{1,2}\) | [a-h]\) | \d{1,2}\.(?=\s) | \#\d{1,2}(?=[\s.:)]|$) )", cues=") . #"
    ),
    "person": CuedPattern(
        rf"""
        \b\d{{1,3}}[ -]?(?:y/?o|yrs?[ -]?old|years?[ -]old|yr|y\.o\.)(?!\w)
            (?: \ ?(?:[mf]\b|male|female|man|woman|lady|gentleman|patient|pt\b) )?
        | \b\d{{2}}\ ?(?:[MF]|male|female)\b
        | \b(?:the\ |this\ |my\ )?(?:pt|patient)(?:['\u2019]s)?(?=\ {_REPORTS})
        | \b(?:pt|patient)['\u2019]s\b
        """,
        cues="y yo yr yrold yrs yrsold year years m f male female pt patient",
    ),
    "reporter": CuedPattern(
        r"""
        \b(?:
            c/o|c/b|h/o|hx\ of|history\ of|p/w|s/p|status\ post
            |presents?\ (?:with|for|today)|presenting\ with|presented\ with
            |reports?|reported|reporting|states|stated
            |complains?\ of|complained\ of|complaining\ of|complaints?\ of|chief\ complaint|cc
            |endorses|admits(?:\ to)?|diagnosed\ with|dx(?:['\u2019]?d)?(?:\ with)?|suffers?\ from|suffering\ from
            |(?:(?:cannot|can['\u2019]?t|could\ not)\ )?rule\ out|r/o|suspect(?:ed)?
            |concern\ for|eval(?:uate)?\ for
            |hpi|pmh|yes|pos(?=\ [a-z])|positive\ for|w/|c/w|consistent\ with
        )(?![\w/])
        """,
        cues="""
        c h hx history p s status present* report* states stated complain* chief cc endorses admits diagnosed dx*
        suffer* cannot can* could* rule r suspect* concern eval* hpi pmh yes pos positive w consistent
        """,
    ),
    "time": CuedPattern(
        rf"""
        (?<!\w)(?:x|\u00d7)\s?\d{{1,3}}\+?\s?{_UNIT}
        | \bfor\ (?: the\ (?:past|last)\  | (?:over|about|almost|nearly|more\ than|at\ least)\  )?
            {_NUMBER}\+?\s?{_UNIT}
        | \b(?:{_NUMBER}\s?{_UNIT}|{_LONG_UNITS})\ (?:ago|duration|history\ of|hx\ of|hx)\b
        | (?: [<>~\u2265\u2264]\s? | \bover\ | \bgreater\ than\  )\d{{1,3}}\s?{_UNIT}
        | \bfor\ (?:{_LONG_UNITS}|decades|a\ while|a\ long\ time|ages)\b
        | \bsince\ (?:last\ )?(?:
            {_MONTH}(?:\ \d{{4}})?|(?:19|20)\d\d|childhood|birth|yesterday|{_WEEKDAY}|spring|summer|fall|autumn|winter
            |year|month|week
        )\b
        | \bx\ ?(?:{_LONG_UNITS}|\d{{1,2}}\b(?!\ {_COUNTED}))\b(?!-) | \bx(?=\ ?\d{{1,2}}\ {_COUNTED})
        | \b(?:
            today|yesterday|currently|lately|recently|last\ (?:night|week|month|year)|this\ (?:morning|week|month|year)
            |at\ night(?:time)?|in\ the\ (?:morning|evening|afternoon)s?
        )\b
        """,
        cues="""
        x* \u00d7 for ago duration history hx < > ~ \u2265 \u2264 over greater since today yesterday currently lately
        recently last this night* morning* evening* afternoon*
        """,
    ),
    "degree": CuedPattern(
        r"""
        \b\d{1,2}(?:\.\d)?(?:\s?-\s?\d{1,2})?\s?/\s?10\b
        | \b\d{1,2}\ (?:out\ )?of\ (?:10|ten)\b
        | \b(?:mild|moderate|severe)(?:ly)?(?:\s?(?:to|-)\s?(?:mild|moderate|severe)(?:ly)?)?\b
        | \b(?:
            slight(?:ly)?|intermittent(?:ly)?|occasional(?:ly)?|frequent(?:ly)?|constant(?:ly)?
            |daily(?!\ (?:activit|li[fv]|routine|task|chore))|nightly|sometimes|usually|often|really|very|extremely
            |terribl[ey]|awful|horribl[ey]|excruciating|unbearable|bad|acute\ on\ chronic
        )\b
        | \b(?:no|not)\ (?:any\ )?(?:better|improved|improving)\b
        | \b(?:vas|nrs|pain\ scale|pain\ score)\b(?:\s?(?:of|:|=)?\s?\d{1,2}\b)?
        """,
        cues="""
        no not 10 ten mild* moderate* severe* slight* intermittent* occasional* frequent* constant* daily nightly
        sometimes usually often really very extremely terribl* awful horribl* excruciating unbearable bad acute vas nrs
        scale
        score
        """,
    ),
    "side": CuedPattern(
        r"""
        \b(?:
            b/l|bilat\.?|both\ sides|(?:right|left|rt|lt|r|l)[ -]sided|(?:right|left)(?:\ side)?|rt\.?|lt\.?
            |(?:bi|uni)lateral(?:ly)?(?!\ (?:indicator|procedure|surger|modifier|code|payment|adjust|rule))
        )(?!\w)
        | (?<![\w/.'-]) \(?[RL](?:\ ?[<>=+&/]\ ?[RL])?\)? (?![\w/.'-])
        """,
        cues="b bilat* unilateral* both right left rt lt r l",
    ),
}
REGIONS = {
    "C": ("neck", "cervical"),
    "T": ("chest", "thoracic"),
    "L": ("low back", "lower back", "lumbar"),
    "S": ("sacrum", "sacral", "low back", "lower back"),
}


class Qualifier(NamedTuple):
    """A qualifier at [start, end) of a text, what kind it is, and the names of the regions that a level is in."""

    start: int
    end: int
    kind: str
    regions: tuple[str, ...] = ()


def find_qualifiers(text: str) -> Iterator[Qualifier]:
    """Yield the qualifiers of a text, in order."""
    for match in join_patterns(select_patterns(_PATTERNS, text)).finditer(text):
        kind = match.lastgroup or ""
        letters = re.findall("[CTLS]", match[0].upper()) if kind == "level" else ()
        regions = dict.fromkeys(name for letter in letters for name in REGIONS[letter])
        yield Qualifier(*match.span(), kind, tuple(regions))
