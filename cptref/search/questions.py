"""What a question asks about -> the sections that answer it: `can they eat before` asks about the preparation.

Words of time and of asking tell which sections; they match nothing themselves.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cptref.analysis import content_words
from cptref.search.patterns import CuedPattern, split_pieces

_WHO = r"""
    (?:i|you|we|they|he|she|it|one|pts?|patients?|someone|people
    |(?:the|a|my)\ (?:pt|patient|person|husband|wife|mom|mother|dad|father))
"""
_SERVICE = "(?:injections?|procedures?|shots?|blocks?|treatments?)"
_SERVICES = rf"""
    (?: \ (?:it|this|that)\b
        | (?:\ (?:the|my|an?|this|that|your|their|his|her))?(?:\ \w+)?
          \ (?:{_SERVICE}|appointments?|visit|surgery|esi|epidural)\b
    )?
"""
_SPORTS = r"(?:exercis\w+|work(?:ing)?[ ]?out|gym|run|running|jog\w*|sports?|golf\w*|tennis|swim\w*|yoga|weights)"
_SPORTS_CUES = "exercis* work* gym run running jog* sport* golf* tennis swim* yoga weights"
_TESTS = r"(?:tests?|scans?|imaging|x-?rays?|mri|blood\ work|labs?)"
_MODAL = "(?:can|could|may|should|will|do|does|must)"
# Asks, rather than names a complaint.
_ASKING = CuedPattern(
    r"""
    (?: \W*\b(?:so|and|also|hi|hello|please|\d{5}|pts?|patients?)\b[,:]? )?
    \W*\b(?:can|could|may|should|shall|must|do|does|did|is|are|am|will|would|what|what['\u2019]?s|how|when|who|where|why
        |which|any)\b
    """,
    cues="""
    can could may should shall must do does did is are am will would what whats how when who where why which any
    """,
)
# Words of a question that say nothing of what it is about, and its words for what an entry describes.
_FILLERS = CuedPattern(
    rf"""
    \b(?:
        (?:the|my|this|that|your|their|his|her)\ {_SERVICE}
        # who asks, and how
        |is\ (?:it|this|that)\ normal
        |{_MODAL}|shall|did|is|are|am|would|have|has|what|how|when|who|where|why|which|any|there|{_WHO}|me|my
        |somebody|anyone|else|anything|something|happens?|usually
        # what is done, and whether it may be
        |be|been|able|allowed|ok|okay|safe|possible|supposed|still|needs?|needed|want|going|goes|go|get|gets|take|taking
        |took|resume|start|starting|stop|stopping|continue|keep|hold|skip|return|besides|options?
        # when
        |long|soon|much|many|off|back|again|right|away|during
        |the|an?|of|to|for|this|that
    )\b
    """
)


class Route(NamedTuple):
    """The sections that a question is about, the main one first, and its text: the question with blanks for what tells.

    `typed` is what tells them. `words` are what it asks for besides what the text still names, and `subject` is what
    they stand for; both are empty where the question asks for what it names, or for a whole section.
    """

    sections: tuple[str, ...]
    question: str
    text: str
    typed: str
    words: tuple[str, ...] = ()
    subject: str = ""


class _Topic(NamedTuple):
    pattern: CuedPattern
    sections: tuple[str, ...]
    words: tuple[str, ...]
    subject: str


def _topic(sections: str, pattern: str, *, cues: str, words: str = "", subject: str = "") -> _Topic:
    names = tuple(words.split(", ")) if words else ()
    return _Topic(CuedPattern(pattern, cues), tuple(sections.split()), names, subject)


# The first that fits counts. Those with words ask for one thing; those without ask for a section, or for what else the
# question names in it.
_TOPICS = (
    _topic(
        "cost",
        r"\b(?:prior|pre)[ -]?auth\w*\b | \bpre-?cert\w*\b",
        cues="prior* pre preauth* precert*",
        words="preauthorization, pre-authorization, authorization",
        subject="prior authorization",
    ),
    _topic(
        "cost",
        r"""
        \bhow\ much\b(?= .*\b(?:cost|pay|charge|price|be)\b | \s*(?:is|does|will|for|\?|$) )
        | \bwhat\ (?:does|will|would|do)\ .*\bcost\b
        | \bwhat\b.*\b(?:pay|paid|charged?)\b
        | \b(?:price|cost|charge)s?\b(?= .*\? | \s*$ )
        """,
        cues="much cost costs price prices pay paid charge*",
        words="cost average, cost, costs",
        subject="the price",
    ),
    _topic(
        "cost",
        r"""
        \b(?:is|are|will|would|does|do|was)\b.*?\b(?:covered|covers?|coverage|pays?|paid|reimbursed?)\b
        (?: \ (?:by|under|for|it|this)\b )*
        """,
        cues="cover* pay pays paid reimburse*",
        words="cover, covers, covered, coverage, insurance",
        subject="coverage",
    ),
    _topic(
        "faq procedure",
        r"\b(?:is|will|was|does|would|how)\b.*\b(?:hurts?|painful|uncomfortable|stings?)\b(?!\ (?:after|when|if))",
        cues="hurt* painful uncomfortable sting*",
        words="painful, discomfort",
        subject="pain during it",
    ),
    _topic(
        "faq procedure",
        r"""
        \bhow\ many\ (?:minutes|hours)\b
        | \bhow\ long\ (?:does|will|is|do)\b.*\b(?:take|last|procedure|injection|appointment|it)\b
          (?!.*\b(?:work|recover\w*|relief|wear\ off|pain)\b)
        """,
        cues="many long",
        words="minutes, hour, hours",
        subject="how long it takes",
    ),
    _topic(
        "procedure preparation faq",
        r"""
        \b(?:awake|asleep|put\ (?:me\ )?(?:to\ sleep|under|out)|sedat(?:ed|ion|ive)|twilight|knocked\ out
            |an[ae]+sthe\w+)\b
        """,
        cues="awake asleep put sedat* twilight knocked ana* ane*",
        words="sedation, anesthetic, anesthetics, anesthesia",
        subject="anesthesia",
    ),
    _topic(
        "recovery faq",
        r"""
        \b(?:off|back\ to|return(?:ing)?\ to|go(?:ing)?\ to|miss(?:ing)?|out\ of|missed)\ (?:work|my\ job|school)\b
        | \btime\ off\b
        """,
        cues="work job school off",
        words="normal activities, activities",
        subject="work",
    ),
    _topic(
        "recovery faq",
        rf"\b(?:when|how\ soon|how\ long|can|after)\b.*\b{_SPORTS}\b",
        cues=_SPORTS_CUES,
        words="normal activities, activities",
        subject="exercise",
    ),
    _topic(
        "follow-up",
        r"""
        \bwhen\ (?:is|are)\ (?:the\ |my\ )?(?:follow[ -]?ups?|checkups?|next\ visit)\b
        | \bwhen\b.*\b(?:come\ back|see\ (?:the\ )?doctor\ again)\b
        """,
        cues="when",
    ),
    _topic(
        "recovery faq",
        rf"""
        \bhow\ (?:long|soon|many\ days)\b.*\b(?:off|out\ of|until|till|before|back|return|resume|recover\w*)\b
        | \b(?:when|how\ soon)\ {_MODAL}\ {_WHO}\b(?: \ (?:be\ able\ to|start|resume|get|go|return)\b )*
        | \bwhen\ (?:is|are|was|will)\b(?= .*\b(?:allowed|ok|okay|safe|possible|permitted|fine)\b )
        | \bhow\ soon\b
        | \bdays?\ off\b
        | \bback\ to\ normal\b
        | \bdown-?time\b
        """,
        cues="long soon many when off normal down downtime",
    ),
    _topic(
        "preparation recovery",
        r"""
        \b(?:who|needs?|someone|somebody|anyone|have|get)\b.*\b(?:drives?|driver|ride|pick\w*\ (?:me|up))\b
        | \bwho\b.*\bhome\b
        | \b(?:takes?|brings?|gets?)\ (?:me|you|him|her|them|us)\ home\b
        | \bdrive\b.*\b(?:my|him|her|them)sel(?:f|ves)\b
        | \bride\ home\b
        """,
        cues="drive drives driver ride pick* home",
        words="drive, driver, transportation, ride",
        subject="the way home",
    ),
    _topic(
        "preparation",
        r"\b(?:what\ (?:should|do|to|can|must)\b.*\b)?(?:wear|dress|clothes|clothing)\b",
        cues="wear dress clothes clothing",
        words="clothes, clothing",
        subject="clothes",
    ),
    _topic(
        "tests",
        rf"\b(?:what|which|any|needs?)\b.*\b{_TESTS}\b",
        cues="test tests scan scans imaging x xray xrays mri blood lab labs",
    ),
    _topic(
        "complications faq",
        r"\b(?:risks?|side[ -]effects?|complications?|dangers?|dangerous|safe|go\ wrong|bad\ reactions?)\b",
        cues="risk risks side complication* danger* safe wrong bad",
    ),
    _topic(
        "education home-care",
        r"\b(?:prevent\w*|(?:keep|stop|avoid)\b.*\b(?:coming\ back|returning|again))\b",
        cues="prevent* keep stop avoid",
    ),
    _topic(
        "procedure",
        r"""
        \bwhat\ (?:happens|is\ done|do\ they\ do|will\ they\ do)\b(?!.*\b(?:after|if|before))
        | \bhow\ (?:is|do|are|does)\ (?:it|they|this|the\ \w+)\ (?:done|given|performed|do|work|perform\w*)\b
        | \bsteps\b
        """,
        cues="what how steps",
    ),
    _topic(
        "preparation",
        r"\bhow\ (?:do|should|can)\b.*\bprepare\b | \bhow\ to\ prepare\b | \b(?:get|getting)\ ready\b",
        cues="prepare ready",
    ),
    _topic(
        "alternatives",
        r"\b(?:alternatives?|other\ (?:options?|treatments?|ways?|things)|instead\ of|instead)\b",
        cues="alternative alternatives other instead",
    ),
    _topic(
        "preparation faq",
        rf"""
        \b(?:
            before(?:hand)?|prior\ to|ahead\ of|in\ advance\ of
            |(?:the\ )?(?:day|night|morning|evening|week)\ (?:before|of)|pre-?op(?:erative(?:ly)?)?|pre-?procedure
        ){_SERVICES}
        """,
        cues="before* prior ahead advance day night morning evening week pre preop* preprocedure*",
    ),
    _topic(
        "recovery home-care complications follow-up faq",
        rf"""
        \b(?:
            after(?:wards?)?|following|post-?op(?:erative(?:ly)?)?|post-?(?:procedure|injection)
            |once\ it(?:['\u2019]s|\ is)\ (?:done|over)
        ){_SERVICES}
        """,
        cues="after* following* post postop* postprocedure* postinjection* once",
    ),
    _topic(
        "used-when faq",
        r"\bwhat\ (?:is|are)\ (?:it|this|they)\ (?:used\ )?for\b | \bwho\ (?:needs|gets)\b",
        cues="what who",
    ),
    _topic(
        "preparation recovery",
        rf"\b{_MODAL}\ {_WHO}\b(?:\ (?:have|need)\ to\b)?\ (?:stop|take|hold|skip|come\ off)\b",
        cues="stop take hold skip come",
    ),
)
_SENTENCE = CuedPattern(r"[^.?!\n]+(?:[.?!](?!\s|$)[^.?!\n]*)*")
# A word of time at the end of so few words asks as well: `nothing to eat beforehand`.
_TIME_SECTIONS = {"preparation", "recovery"}
MAX_WORDS = 2


def route_question(text: str) -> Route | None:
    """Return what a question is about; None for what is no such question. Of several the last one counts."""
    for sentence in reversed([*_SENTENCE.compiled.finditer(text)]):
        if route := _route_sentence(sentence[0]):
            before, after = text[: sentence.start()], text[sentence.end() :]
            return route._replace(text=f"{before}{route.text}{after}")
    return None


def _route_sentence(text: str) -> Route | None:
    pieces = split_pieces(text)
    is_asking = _ASKING.compile_for(pieces).match(text) is not None
    for topic in _TOPICS:
        names_time = topic.sections[0] in _TIME_SECTIONS
        if (is_asking or names_time) and (match := topic.pattern.compile_for(pieces).search(text)):
            is_last = names_time and not text[match.end() :].strip(" ?.!")
            rest = f"{text[: match.start()]}{_blank(match)}{text[match.end() :]}"
            if is_asking or (is_last and len(content_words(rest)) <= MAX_WORDS):
                words = _FILLERS.compiled.sub(_blank, rest)
                return Route(topic.sections, text, words, match[0], topic.words, topic.subject)
    return None


def name_subject(route: Route, typed: str) -> str:
    """Return what a question asks about as a noun: `eating` for `can they eat`, else as typed."""
    first, *rest = typed.split()
    if not re.search(rf"\b{_MODAL}\ {_WHO}\ {re.escape(first)}\b", route.question, re.IGNORECASE | re.VERBOSE):
        return typed
    stem = re.sub(r"(?<=[^aeiou])e$", "", first)  # drive, driving
    doubled = stem[-1] if re.fullmatch("[^aeiou]{1,3}[aeiou][bgmnpt]", stem) else ""  # run, running
    return " ".join((f"{stem}{doubled}ing", *rest))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
