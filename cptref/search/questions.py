"""What a question asks about -> the sections that answer it: `can they eat before` asks about the preparation.

Words of time and of asking tell which sections; they match nothing themselves.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cptref.analysis import content_words

_WHO = (
    r"(?:i|you|we|they|he|she|it|one|pts?|patients?|someone|people|"
    r"(?:the|a|my)\ (?:pt|patient|person|husband|wife|mom|mother|dad|father))"
)
_SERVICE = r"(?:injections?|procedures?|shots?|blocks?|treatments?)"
_SERVICES = rf"(?:\ (?:it|this|that)\b|(?:\ (?:the|my|an?|this|that|your|their|his|her))?(?:\ \w+)?\ (?:{_SERVICE}|appointments?|visit|surgery|esi|epidural)\b)?"
_BEFORE = (
    r"(?:before(?:hand)?|prior\ to|ahead\ of|in\ advance\ of|(?:the\ )?(?:day|night|morning|evening|week)\ (?:before|of)"
    rf"|pre-?op(?:erative(?:ly)?)?|pre-?procedure){_SERVICES}"
)
_AFTER = (
    r"(?:after(?:wards?)?|following|post-?op(?:erative(?:ly)?)?|post-?(?:procedure|injection)"
    rf"|once\ it(?:['\u2019]s|\ is)\ (?:done|over)){_SERVICES}"
)
_SPORTS = r"(?:exercis\w+|work(?:ing)?[ ]?out|gym|run|running|jog\w*|sports?|golf\w*|tennis|swim\w*|yoga|weights)"
_TESTS = r"(?:tests?|scans?|imaging|x-?rays?|mri|blood\ work|labs?)"
_MODAL = r"(?:can|could|may|should|will|do|does|must)"
# Asks, rather than names a complaint.
_ASKING = re.compile(
    r"(?:\W*\b(?:so|and|also|hi|hello|please|\d{5}|pts?|patients?)\b[,:]?)?\W*\b(?:can|could|may|should|shall|must|do|does"
    r"|did|is|are|am|will|would|what|what['\u2019]?s|how|when|who|where|why|which|any)\b",
    re.IGNORECASE,
)
# Words of a question that say nothing of what it is about, and its words for what an entry describes.
_FILLERS = re.compile(
    rf"""\b(?:
        (?:the|my|this|that|your|their|his|her)\ {_SERVICE}
        |is\ (?:it|this|that)\ normal|{_MODAL}|shall|did|is|are|am|would|have|has|what|how|when|who|where|why|which|any|there|{_WHO}|me|my|be|been|able
        |allowed|ok|okay|safe|possible|supposed|still|needs?|needed|want|going|goes|go|get|gets|take|taking|took|long|soon
        |much|many|off|back|resume|start|starting|stop|stopping|continue|keep|hold|skip|return|again|somebody|anyone|else|besides|options?
        |anything|something|happens?|usually|right|away|the|an?|of|to|for|this|that|during
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


class Route(NamedTuple):
    """The sections that a question is about, the main one first, and its text: the question with blanks for what tells.

    `typed` is what tells them. `words` are what it asks for besides what the text still names, and `subject` is what they
    stand for; both are empty where the question asks for what it names, or for a whole section.
    """

    sections: tuple[str, ...]
    question: str
    text: str
    typed: str
    words: tuple[str, ...] = ()
    subject: str = ""


class _Topic(NamedTuple):
    pattern: re.Pattern[str]
    sections: tuple[str, ...]
    words: tuple[str, ...]
    subject: str


def _topic(pattern: str, sections: str, words: str = "", subject: str = "") -> _Topic:
    compiled = re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    return _Topic(compiled, tuple(sections.split()), tuple(words.split(", ")) if words else (), subject)


# The first that fits counts. Those with words ask for one thing; those without ask for a section, or for what else the
# question names in it.
_TOPICS = (
    _topic(
        r"\b(?:prior|pre)[ -]?auth\w*\b | \bpre-?cert\w*\b",
        "cost",
        words="preauthorization, pre-authorization, authorization",
        subject="prior authorization",
    ),
    _topic(
        r"""\bhow\ much\b(?=.*\b(?:cost|pay|charge|price|be)\b|\s*(?:is|does|will|for|\?|$))
            | \bwhat\ (?:does|will|would|do)\ .*\bcost\b | \bwhat\b.*\b(?:pay|paid|charged?)\b | \b(?:price|cost|charge)s?\b(?=.*\?|\s*$)""",
        "cost",
        words="cost average, cost, costs",
        subject="the price",
    ),
    _topic(
        r"""\b(?:is|are|will|would|does|do|was)\b.*?\b(?:covered|covers?|coverage|pays?|paid|reimbursed?)\b
            (?:\ (?:by|under|for|it|this)\b)*""",
        "cost",
        words="cover, covers, covered, coverage, insurance",
        subject="coverage",
    ),
    _topic(
        r"\b(?:is|will|was|does|would|how)\b.*\b(?:hurts?|painful|uncomfortable|stings?)\b(?!\ (?:after|when|if))",
        "faq procedure",
        words="painful, discomfort",
        subject="pain during it",
    ),
    _topic(
        r"""\bhow\ many\ (?:minutes|hours)\b
            | \bhow\ long\ (?:does|will|is|do)\b.*\b(?:take|last|procedure|injection|appointment|it)\b
              (?!.*\b(?:work|recover\w*|relief|wear\ off|pain)\b)""",
        "faq procedure",
        words="minutes, hour, hours",
        subject="how long it takes",
    ),
    _topic(
        r"""\b(?:awake|asleep|put\ (?:me\ )?(?:to\ sleep|under|out)|sedat(?:ed|ion|ive)|twilight|knocked\ out
            |an[ae]+sthe\w+)\b""",
        "procedure preparation faq",
        words="sedation, anesthetic, anesthetics, anesthesia",
        subject="anesthesia",
    ),
    _topic(
        r"""\b(?:off|back\ to|return(?:ing)?\ to|go(?:ing)?\ to|miss(?:ing)?|out\ of|missed)\ (?:work|my\ job|school)\b
            | \btime\ off\b""",
        "recovery faq",
        words="normal activities, activities",
        subject="work",
    ),
    _topic(
        rf"\b(?:when|how\ soon|how\ long|can|after)\b.*\b{_SPORTS}\b",
        "recovery faq",
        words="normal activities, activities",
        subject="exercise",
    ),
    _topic(
        r"""\bwhen\ (?:is|are)\ (?:the\ |my\ )?(?:follow[ -]?ups?|checkups?|next\ visit)\b
            | \bwhen\b.*\b(?:come\ back|see\ (?:the\ )?doctor\ again)\b""",
        "follow-up",
    ),
    _topic(
        rf"""\bhow\ (?:long|soon|many\ days)\b.*\b(?:off|out\ of|until|till|before|back|return|resume|recover\w*)\b
            | \b(?:when|how\ soon)\ {_MODAL}\ {_WHO}\b(?:\ (?:be\ able\ to|start|resume|get|go|return)\b)*
            | \bwhen\ (?:is|are|was|will)\b(?=.*\b(?:allowed|ok|okay|safe|possible|permitted|fine)\b)
            | \bhow\ soon\b | \bdays?\ off\b | \bback\ to\ normal\b | \bdown-?time\b""",
        "recovery faq",
    ),
    _topic(
        r"""\b(?:who|needs?|someone|somebody|anyone|have|get)\b.*\b(?:drives?|driver|ride|pick\w*\ (?:me|up))\b
            | \bwho\b.*\bhome\b | \b(?:takes?|brings?|gets?)\ (?:me|you|him|her|them|us)\ home\b
            | \bdrive\b.*\b(?:my|him|her|them)sel(?:f|ves)\b | \bride\ home\b""",
        "preparation recovery",
        words="drive, driver, transportation, ride",
        subject="the way home",
    ),
    _topic(
        r"\b(?:what\ (?:should|do|to|can|must)\b.*\b)?(?:wear|dress|clothes|clothing)\b",
        "preparation",
        words="clothes, clothing",
        subject="clothes",
    ),
    _topic(rf"\b(?:what|which|any|needs?)\b.*\b{_TESTS}\b", "tests"),
    _topic(
        r"\b(?:risks?|side[ -]effects?|complications?|dangers?|dangerous|safe|go\ wrong|bad\ reactions?)\b",
        "complications faq",
    ),
    _topic(
        r"""\bwhat\ (?:happens|is\ done|do\ they\ do|will\ they\ do)\b(?!.*\b(?:after|if|before))
            | \bhow\ (?:is|do|are|does)\ (?:it|they|this|the\ \w+)\ (?:done|given|performed|do|work|perform\w*)\b
            | \bsteps\b""",
        "procedure",
    ),
    _topic(
        r"\bhow\ (?:do|should|can)\b.*\bprepare\b | \bhow\ to\ prepare\b | \b(?:get|getting)\ ready\b", "preparation"
    ),
    _topic(
        r"\b(?:alternatives?|other\ (?:options?|treatments?|ways?|things)|instead\ of|instead)\b",
        "alternatives",
    ),
    _topic(rf"\b{_BEFORE}", "preparation faq"),
    _topic(rf"\b{_AFTER}", "recovery home-care complications follow-up faq"),
    _topic(r"\bwhat\ (?:is|are)\ (?:it|this|they)\ (?:used\ )?for\b | \bwho\ (?:needs|gets)\b", "used-when faq"),
    _topic(
        rf"\b{_MODAL}\ {_WHO}\b(?:\ (?:have|need)\ to\b)?\ (?:stop|take|hold|skip|come\ off)\b",
        "preparation recovery",
    ),
)
# A word of time at the end of so few words asks as well: `nothing to eat beforehand`.
_SENTENCE = re.compile(r"[^.?!\n]+(?:[.?!](?!\s|$)[^.?!\n]*)*")
_TIME_SECTIONS = {"preparation", "recovery"}
MAX_WORDS = 2


def route_question(text: str) -> Route | None:
    """Return what a question is about; None for what is no such question. Of several sentences the last question counts."""
    for sentence in reversed([*_SENTENCE.finditer(text)]):
        if route := _route_sentence(sentence[0]):
            before, after = text[: sentence.start()], text[sentence.end() :]
            return route._replace(text=f"{before}{route.text}{after}")
    return None


def _route_sentence(text: str) -> Route | None:
    is_asking = _ASKING.match(text) is not None
    for topic in _TOPICS:
        if match := topic.pattern.search(text):
            is_last = not text[match.end() :].strip(" ?.!")
            rest = f"{text[: match.start()]}{_blank(match)}{text[match.end() :]}"
            if is_asking or (is_last and topic.sections[0] in _TIME_SECTIONS and len(content_words(rest)) <= MAX_WORDS):
                return Route(topic.sections, text, _FILLERS.sub(_blank, rest), match[0], topic.words, topic.subject)
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
