"""What a text denies: `no numbness`, `weakness: none`. What is denied is left out of a query, since it matches nothing.

The scope of a denial is that of NegEx (Chapman et al., 2001): a cue denies what comes behind it, or before it, up to
`but` and its like or to punctuation. Some phrases only look like denials: `no better`, `not able to walk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import STOP_WORDS, tokenize
from cptref.search.patterns import CuedPattern, join_patterns, select_patterns, split_pieces

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

# Behind `no` or `not`: what is gone or can't be done is what the patient complains of, and what must not be done is an
# instruction. Neither is a finding that is denied.
_NOT_DENIED = r"""
    (?: (?:really|getting|get|gotten|been|being|even|fully|completely|very|any|much|yet|always|a|an|in|the)[ ] )*
    (?:
        # what is no better
        able|better|improv\w*|relie\w+|help\w*|chang\w*|respon\w+|success|successful\w*|benefi\w+|effect\w*|worse|normal
        |resolv\w*|subsid\w*|go(?:es|ing)?\ away|going|gone|go|went|stop\w*|heal\w*|recover\w*|control\w*|tolerat\w+
        |enough|right|well|good|fine|comfortable|steady|stable|straight
        # what the patient can't do, or does not feel
        |sleep\w*|walk\w*|stand\w*|sit|sits|sitting|bend\w*|lift\w*|mov(?:e|es|ing|ement)|driv\w+|eat|eats|eating|drink\w*
        |work|works|working|function\w*|hold|holding|strength|power|energy|balance|appetite|feelings?|sensation
        |feel(?:ing)?\ (?:my|his|her|their|anything|the|right|well|good|like|them|it)\b.*
        # instructions
        |food|solids?|fluids|caffeine|heavy|strenuous|twist\w*|activit\w+|exercis\w+|wear|take|use|hours
        # how a service is done and billed
        |imaging|image|guidance|fluoro\w*|ultrasound|contrast|sedation|an[ae]sthe\w+|catheter|modifiers?|codes?|referrals?
        |copay\w*|charges?|prior\ auth\w*|auth\b
        # payment and rules
        |cover\w*|paid|pays?|bill\w*|reimburs\w+|requir\w*|necessary|need\w*|allow\w*|authoriz\w*
        # manners of speaking
        |only|just|sure|certain|clear|matter|position|idea|doubt|reason|way|know|understand|like|to|as|yet|until|all|every
        # a second denial
        |without|negative|absent|deny|denies|denied|denying|free\ of|free\ from|ruled\ out|evidence\ that
    )\b
"""
_FINDING_OF = r"""
    (?:evidence|signs?|symptoms?|history|hx|h/o|indications?|trace|reports?|episodes?|complaints?|findings?|c/o)
"""
_AUXILIARIES = "do does did is are was were has have had am ai"  # ain't
_AUXILIARY = f"(?:{_AUXILIARIES.replace(' ', '|')})"
_NOT = rf"(?: \b{_AUXILIARY}n['\u2019]?t\b | \b(?:{_AUXILIARY}[ ])?not\b )"
_NOT_CUES = "not " + " ".join(f"{auxiliary}n*" for auxiliary in _AUXILIARIES.split())
_MINUS = r"[-\u2212\u2013]"
_CUES = {
    # May look like a denial, and is none.
    "affirmed": CuedPattern(
        rf"""
        \b(?:unable|never|not|can['\u2019]?t|cannot|could\ not|couldn['\u2019]?t)\b[^,.;]{{1,60}}\bwithout\b
        | \b(?:can|could|will|would|should|must|may|might|shall) (?: \ ?not | n?['\u2019]?t )\b
        | \bcannot\b | \b(?:can|could)(?:\ not|n['\u2019]?t)\ rule\ out\b
        | (?: \bno(?:\ longer)? | \bwithout | \bw/o | \bnever | \black\ of | \blacks | \bnor | {_NOT} )\ {_NOT_DENIED}
        """,
        cues=f"{_NOT_CUES} no without w never lack lacks nor unable can* could* will* would* should* must* may* might* "
        "shall*",
    ),
    # Denies a list, over commas.
    "list": CuedPattern(
        rf"""
        \b(?:no|without|w/o)\ (?:\w+\ )?{_FINDING_OF}\ (?:of|for)\b
        | \bno\ (?:h/o|c/o|hx)\b
        | \b(?:den(?:y|ies|ied|ying)|neg(?:ative)?\ for|{_MINUS}ve\ for|absence\ of|free\ (?:of|from))\b
        | \bnever\ (?:had|experienced|noticed|felt)
        | \bneither\b
        | \brule[ds]\ out\ (?=\w)(?!by\b|with\b)
        | \bfails?\ to\ (?:show|reveal|demonstrate)
        """,
        cues="no without w deny denies denied denying neg negative ve absence free never neither ruled rules fail*",
    ),
    # Denies what comes behind it, up to a comma.
    "before": CuedPattern(
        rf"""
        {_NOT}
        | \bno\ longer(?:\ ha(?:s|ve|ving))?
        | (?:^|(?<=[,.;:]\ ))resolved(?=\ \w)
        | \b(?:no|without|w/o|never|nor|lacks|lack\ of|zero|neg|negative)\b(?=[ ]['"\w])
        | (?: \b0\ ?/\ ?10 | \b0\ out\ of\ 10 )(?=\ \w)
        """,
        cues=f"{_NOT_CUES} no resolved without w never nor lack lacks zero neg negative 0",
    ),
    # Denies what comes before it.
    "behind": CuedPattern(
        rf"""
        (?: \ (?:is|are|was|were|has|have|had) | ['\u2019]s )?
        (?: \ (?:now|been|completely|fully|all|since|also) )*
        (?: \ ?[:=?]\ ? | \ {_MINUS}\  | \  )
        (?: resolved|absent|denied|denies|negative|neg|gone(?:\ away)?|went\ away|ruled\ out|subsided|disappeared
            |cleared(?:\ up)?|none|nil|no|zero|0\ ?/\ ?10|0\ out\ of\ 10|{_MINUS}ve
            |not\ (?:present|noted|seen|reported|observed|found|identified|appreciated|there)
        )
        (?= $ | [ ]?[,.;:!?)\n] | \ (?:and|with|after|by|since|now|today|in|on|at|as)\b )
        | \ {_MINUS}(?= $ | [ ]?[,.;)\n] )
        """,
        cues="""
        resolved absent denied denies negative neg gone went ruled subsided disappeared cleared none nil no not zero 0
        ve - \u2212 \u2013
        """,
    ),
    "sign": CuedPattern(rf"\({_MINUS}\) | \[{_MINUS}\]", cues="( ["),
    # Ends the scope of a denial.
    "end": CuedPattern(
        r"""
        \b(?:
            but|however|although|though|except|besides|yet|still|nevertheless|aside\ from|apart\ from|other\ than
            |reports?|reported|c/o|complains?|complaining|presents?|admits?|endorses?|positive|pos|now|has|is\ having
        )\b
        | (?<!\d)[.](?!\d) | (?<=\d)[.](?=\s|$) | [;:!?\n]
        | \([+]\) | (?:^|(?<=\s))[+](?=\w)
        """
    ),
}
_DENYING_KINDS = {"list", "before", "behind", "sign"}
_FREE_OF = "(?:pain|ache|symptom|numbness|tingling|fever|infection|spasm|swelling|seizure|cancer|disease)s?"
_COMPOUNDS = CuedPattern(
    rf"\bnon-?(?:tender|radiating|radicular|painful|numb|focal)\b | \b{_FREE_OF}[ -]free\b(?!\ (?:of|from))",
    cues="non* free",
)
_SEPARATOR = CuedPattern(r", | \b(?:and|or|nor)\b | (?<=\w)/(?=\w{3})")
# In `free of tingling, back pain remains` a list does not go on.
_AFFIRMED = CuedPattern(
    r",[^,.;]{1,80}\b(?:remains?|persists?|continues?|ongoing|worse|worsening|hurts?|is|are|has|have)\b"
)
_SINGLE_WORD = CuedPattern(r",\ ?[a-z]+\ ?(?=[,.;)\n]|\Z)")  # in `no numbness, tingling, weakness`
_LIST_GOES_ON = CuedPattern(r"[^.;:!?\n]*?,?\ ?\b(?:or|nor)\b")
_SPEAKER = CuedPattern(r"\b(?:(?:the|this|my)\ )?(?:pts?|patients?)(?:\ (?:also|still|currently))?\ ?\Z")
_CLAIM = CuedPattern(
    r"""\b(?:claims?|insurance|insurers?|payers?|payors?|medicare|medicaid|plan|carrier|appeal\w*|modifiers?|coverage
    |payments?|authorization|auth|denials?|\d{5}|[A-V]\d{4})\b"""
)
_PATIENT = {"pt", "pts", "patient", "patients"}
MAX_SPEAKER_CHARACTERS = 30  # before a denial
_IS_NOT = CuedPattern(r"\b(?:is|are|was|were|ai)\ ?n")
_DOES_NOT = CuedPattern(r"\b(?:do|does|did)\ ?n\S*\ (?:hurt|ache|bother|tingle|burn|swell|cramp|give|feel)")
_BACK_AGAIN = CuedPattern(
    r"\b(?:came|come|comes|coming)\ back\b | \breturn(?:ed|s|ing)?\b | \brecur\w*\b | \bis\ back\b"
)
_QUESTION = CuedPattern(r"(?:can|could|may|should|do|does|is|are|will|would|what|how|when|who|why|which)\b")
# A subject with one of these is a complaint itself, which stays where it is not this that is denied.
_COMPLAINT = CuedPattern(r"\b(?:\w*pain|ach\w+|\w*ache|numb\w*|tingl\w+|weak\w*|stiff\w*|swell\w+|spasms?|cramps?)\b")


class Denials(NamedTuple):
    """A text without what it denies, and the things that it denies, as typed."""

    text: str
    denied: tuple[str, ...]


def split_denials(text: str) -> Denials:
    """Return a text without what it denies, and what that is. A comma stands where something was left out.

    White space is made one blank, and line ends stay.
    """
    text = join_blanks(text)
    if not (spans := find_denials(text)):
        return Denials(text, ())
    cue_pattern = _compile_cues(text)
    kept, end = [], 0
    denied: dict[str, None] = {}
    for start, stop in spans:
        kept.append(text[end:start])
        end = stop
        denied.update(dict.fromkeys(_list_things(cue_pattern, text[start:stop])))
    kept.append(text[end:])
    return Denials(" , ".join(part.strip() for part in kept if part.strip()), tuple(denied))


def join_blanks(text: str) -> str:
    """Return a text with one blank between its words, and line ends of one kind."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def find_denials(text: str) -> list[tuple[int, int]]:
    """Return the [start, end) of each denial in a text with single blanks: its cue and what it denies, in order."""
    return _merge(_iter_spans(text))


def _compile_cues(text: str) -> re.Pattern[str]:
    """Return a pattern of the kinds of cues that a text may have; of none where none of them denies anything."""
    patterns = select_patterns(_CUES, text)
    return join_patterns(patterns if _DENYING_KINDS.intersection(patterns) else {})


def _iter_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the [start, end) of every cue with what it denies."""
    cues = list(_compile_cues(text).finditer(text))
    last_return = max((match.start() for match in _BACK_AGAIN.compiled.finditer(text)), default=-1) if cues else -1
    is_question = bool(cues) and _QUESTION.compiled.match(text.lstrip()) is not None
    signs = [cue for cue in cues if cue.lastgroup == "sign"]
    signs_come_first = bool(signs) and not text[: signs[0].start()].strip()
    boundary = 0  # where the scope of a cue that comes behind may begin
    for position, cue in enumerate(cues):
        kind = cue.lastgroup
        if kind in _DENYING_KINDS and _is_of_claim(cue, text):
            continue
        if kind == "behind" or (kind == "sign" and not signs_come_first):
            start = max(boundary, text.rfind(",", 0, cue.start()) + 1)
            if _has_words(text[start : cue.start()]) and last_return < cue.end():
                yield start, cue.end()
        elif kind in _DENYING_KINDS and not (is_question and cue[0].casefold() in {"without", "w/o"}):
            end = _find_end(text, cues, position, over_commas=kind == "list")
            if _has_words(text[cue.end() : end]):
                yield _find_start(text, boundary, cue), end
        boundary = cue.end()
    compounds = _COMPOUNDS.compile_for(split_pieces(text))
    yield from (match.span() for match in compounds.finditer(text))


def _is_of_claim(cue: re.Match[str], text: str) -> bool:
    """Return whether it is a payer that denies, and no patient: a claim is denied."""
    return "den" in cue[0].casefold() and not _find_speaker(text, 0, cue) and _CLAIM.compiled.search(text) is not None


def _find_end(text: str, cues: Sequence[re.Match[str]], position: int, *, over_commas: bool) -> int:
    """Return where the scope of a cue ends: at the next cue of any kind, or at a comma, unless a list goes on."""
    cue = cues[position]
    end, start, has_words = len(text), cue.end(), False
    for number in range(position + 1, len(cues)):
        other = cues[number]
        if other.lastgroup != "behind":
            has_words = has_words or _has_words(text[start : other.start()])
            if has_words or other.lastgroup != "end":
                end = other.start()
                break
            start = other.start()
    if affirmed := _AFFIRMED.compiled.search(text, cue.end(), end):
        end = affirmed.start()
    comma = text.find(",", cue.end(), end)
    if comma < 0 or over_commas or _LIST_GOES_ON.compiled.match(text, comma, end):
        return end
    while comma >= 0:
        if not (single_word := _SINGLE_WORD.compiled.match(text, comma)):
            return comma
        comma = text.find(",", single_word.end(), end)
    return end


def _find_start(text: str, boundary: int, cue: re.Match[str]) -> int:
    """Return where a denial begins: with its subject, as in `legs aren't weak`, if that is no complaint itself."""
    if not _IS_NOT.compiled.match(cue[0]) and not _DOES_NOT.compiled.match(text, cue.start()):
        speaker = _find_speaker(text, boundary, cue)
        return speaker.start() if speaker else cue.start()
    start = max(boundary, text.rfind(",", 0, cue.start()) + 1)
    return cue.start() if _COMPLAINT.compiled.search(text, start, cue.start()) else start


def _find_speaker(text: str, boundary: int, cue: re.Match[str]) -> re.Match[str] | None:
    """Return the patient who denies, right before a cue."""
    return _SPEAKER.compiled.search(text, max(boundary, cue.start() - MAX_SPEAKER_CHARACTERS), cue.start())


def _list_things(cue_pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield each thing that a span denies, without its cue and without stop words around it."""
    text = cue_pattern.sub(lambda cue: " " if cue.lastgroup == "end" else ",", text)
    for part in _SEPARATOR.compiled.split(text):
        content = [token for token in tokenize(part) if token.text not in STOP_WORDS | _PATIENT]
        if content:
            yield part[content[0].start : content[-1].end]


def _has_words(text: str) -> bool:
    return any(token.text not in STOP_WORDS for token in tokenize(text))


def _merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
