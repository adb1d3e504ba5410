"""Text -> tokens. Lines and queries are analyzed alike: folding, stop words, numbers, compounds, spelling, stems."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Words that say how things relate, not what they are. They cannot make a line match a query. The last row is what is
# left of n't and the like.
_STOP_WORD_LIST = """
a able about after again all also am an and any anyone anything are as at be because been before both but by can could
did do does done during each else ever for from get gets getting give given go got had has have having he her him his
how i if in into is it its just like may me might more most much must my need needed needs no not of on one only onto
or other our please shall she should so some somebody someone something such than that the their them then there these
they this those to too up upon us use used uses using very want was we were what when where whether which while who
why will with without would you your
aren couldn didn doesn don hadn hasn haven isn wasn weren won wouldn
"""
STOP_WORDS = frozenset(_STOP_WORD_LIST.split())

# Stop words that may be abbreviations when they are in capitals: US, AS, IT, WHO, OR. Others are emphasis.
_ABBREVIATIONS = frozenset(
    word.upper()
    for word in STOP_WORDS - {"and", "any", "but", "no", "not", "the", "you"}
    if len(word) in {2, 3} or word == "from"
)

# What a folded text is split into. A number and the letters behind it are two tokens (0.5mg), but 0213T, 1st and 5HT3
# are one, as is what begins with letters: L4, B12, COVID19, J1885, M54.16. An apostrophe within a name is passed over
# (O'Brien), and what one sets off ('s, n't, 'll) is left out.
# No repeated part can end in two ways, so that matching takes linear time.
_LETTER = r"[^\W\d_]"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|(?<![\w.])\.\d+|\d+(?:\.\d+)*)"
_LEVEL = r"(?:1[0-2]|[1-9])(?!\d)"
_CONTRACTED = r"'(?:[DMSTdmst]|ll|re|ve|LL|RE|VE)(?![^\W_])"
_TOKEN_PATTERN = re.compile(
    rf"""
    (?: (?P<levels> (?<![^\W_]) [CLSTclst]{_LEVEL}(?:(?:[-\u2013/]?[CLSTclst]|[-\u2013/]){_LEVEL})+)
      | (?P<mixed> (?<![^\W_])
          (?: (?P<category>{_LETTER}+\d[^\W_]*)(?:\.[\dXx][^\W_]*)? | \d+{_LETTER}+\d[^\W_]*
            | (?:\d{{4}}[A-Za-z]|\d+(?:st|nd|rd|th|ST|ND|RD|TH))(?![^\W_])))
      | (?P<number> (?P<range> {_NUMBER}(?:(?:[-\u2013/:]|[ ](?:to|TO)[ ]){_NUMBER})*)
          (?P<percent> [ ]?(?:%|(?:percent|PERCENT)(?![^\W_])))?)
      | (?P<word> (?:{_LETTER}(?!{_CONTRACTED})'(?={_LETTER}{{2}}))? {_LETTER}+)
    )(?:{_CONTRACTED})?
    """,
    re.VERBOSE,
)
_SEAM_PATTERN = re.compile(rf"({_LETTER}{{2,}})(\d+)")  # of a mixed token: COVID19
_NUMBER_PATTERN = re.compile(_NUMBER)
_LEVEL_PATTERN = re.compile(r"([A-Za-z]?)(\d+)")
_TO_PATTERN = re.compile(" (?:to|TO) |\u2013")
_SPANNING_PATTERN = re.compile(r"\d\s(?:(?:to|TO)\s\d|%|percent|PERCENT)")  # a number of several pieces

# What Unicode does not take apart, and marks that are typed in several ways.
_FOLDS = {
    **dict(zip("\u00e6\u00c6\u0153\u0152\u00df\u1e9e", ("ae", "AE", "oe", "OE", "ss", "SS"), strict=True)),
    **dict(zip("\u00f8\u00d8\u0142\u0141\u0111\u0110\u0131", "oOlLdDi", strict=True)),
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4", "'"),
    **dict.fromkeys("\u2010\u2011", "-"),
    **dict.fromkeys("\u2012\u2212", "\u2013"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),  # soft hyphens and the like, often pasted
}
_ACCENTS = dict.fromkeys(range(0x300, 0x370))
_MICRO = "\u00b5\u03bc"

# British spelling -> American, by rule: oedema, tumour, fibre, programme, catalogue, sterilise. Lines and queries get
# the same treatment, so a rule that spoils a word spoils it in both.
_SPELLING_RULES = (
    ("ae|oe(?!s?$)", "e"),
    ("(?<=[a-z]{2})our", "or"),
    ("(?<=[a-z]{3})([iy])s(?=e[drs]?$|ing$|ation)", r"\1z"),
    ("(?<=[bt])re(?=s?$)", "er"),
    ("(?<=[a-z]{2}m)me(?=s?$)", ""),
    ("(?<=og)ue(?=s?$)", ""),
    ("sulph", "sulf"),
)
_SPELLING_HINT = "ae|oe|our|[iy]s|re|me|ue|sulph"  # how each rule's match begins; most words contain none of these


# Words that begin like others and are not about the same thing: a word and its forms in each line. Snowball's stemmer
# takes most of them for forms of the others: position and positive, extremity and extreme.
_UNLIKE_LIST = """
accession accessions
accountant accountants accountancy
admiral admirals
adversity adversities
affection affections affectionate affectionately
affective
ambulance ambulances
animate animated animates animating animation animations
apartment apartments
appendicitis
appropriation appropriations
army armies
aspire aspires aspired aspiring
audition auditions auditioned
authority authorities
authorize authorizes authorized authorizing authorization authorizations
backing
bedding
business businesses
candid candidly
capitation
caste castes
colonize colonizes colonized colonizing colonization
compassion compassionate compassionately
competent competently competence competency competencies
conference conferences
consistent consistently consistency
continental
contraction contractions
coroner coroners
corporal
critic critics criticism criticisms criticize criticized
cultural culturally
customer customers
decadent decadence
decimate decimated decimating
definite definitely
designate designates designated designating designation
director directors
diversion diversions
elementary
emergency emergencies
empiric empirical empirically
executive executives
experiment experiments experimented experimenting experimental experimentally experimentation
extensive extensively
extremity extremities
fabricate fabricates fabricated fabricating fabrication
footing
formation formations
fortunate fortunately
generation generations
generic generics generically
hardly
heading headings
hepatitis
hospitality hospitable
humane humanely
humoral
identical identically
ignorant ignorance
important importance importantly
impressive impressively
incurable
informal informally
initiative initiatives
integrity
intensive intensively
internal internally
irony ironic ironically
laboratory laboratories
lately
lateral laterally
liter liters
literate literacy
lunge lunges lunged lunging
majority majorities
maxim maxims
medication medications medicate medicates medicated medicating
mineral minerals
minority minorities
multiplication
negate negates negated negating negation negations
negligible negligibly
nominal nominally
numerous
objective objectives objectively objectivity
officer officers
orderly
ordination
organism organisms
oriental
palatable
periodical periodicals
personality personalities
physics physicist physicists
plantar
policy policies
polite politely politeness
position positions positioned positioning positional
practical practically practicality
providence
proximity
publication publications
quite
rational rationally rationality
relative relatives relatively
residency residencies
respective respectively
responsible responsibly responsibility responsibilities
secrete secretes secreted secreting secretion secretions secretory
several
severe severely severity severities
sinusitis
specialize specializes specialized specializing specialization
specification specifications
subjective subjectively
succession successive successively
tablet tablets
temperate temperance
terminate terminates terminated terminating termination terminations
university universities
vegetation vegetations vegetative
vertebrate vertebrates
"""
# Forms that the stemmer does not know.
_ALIKE_LIST = """
diagnosis diagnoses diagnose diagnosed diagnosing
metastasis metastases
stenosis stenoses
swell swells swelled swelling swellings swollen
testis testes testicle testicles testicular
weak weakly weaker weakest weakness weaknesses weaken weakens weakened weakening
"""
_UNLIKE_WORDS = frozenset(_UNLIKE_LIST.split())
_FAMILIES = {
    word: f"{family.split()[0]}."  # no other word's stem
    for family in f"{_UNLIKE_LIST}{_ALIKE_LIST}".splitlines()
    for word in family.split()
}


class Token(NamedTuple):
    """A word as it is compared, and its [start, end) offsets in the text."""

    text: str
    start: int
    end: int


class Analysis(NamedTuple):
    """The words of a text, and what else a line is found by.

    `compounds` are words and numbers joined by hyphens or touching, each as one: `non-union` as `nonunion`, `COVID-19`
    as `covid19`. `parts` are the numbers of a range like `24-48`, the letters and the digits of `COVID19`, and the
    category of a diagnosis code like `M54.16`.
    """

    words: tuple[Token, ...]
    compounds: tuple[Token, ...]
    parts: tuple[Token, ...]


def analyze(text: str) -> Analysis:
    """Return the words of a text, the compounds that they make, and the parts of its numbers."""
    folded = _FoldedText(text)
    matches = tuple(_TOKEN_PATTERN.finditer(folded.text))
    words: list[Token] = []
    compounds: list[Token] = []
    parts: list[Token] = []
    run: list[re.Match[str]] = []
    for position, match in enumerate(matches):
        words += _iter_words(folded, matches, position)
        parts += _iter_parts(folded, match)
        if run and not _is_joined(run[-1], match):
            compounds += _iter_compounds(folded, run)
            run = []
        run.append(match)
    compounds += _iter_compounds(folded, run)
    return Analysis(tuple(words), tuple(compounds), tuple(parts))


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the words of a text: without regard to case, width and accents, split at what is no letter and no number.

    A number with its commas and decimals is one word, and so is a range, a ratio, a fraction, a percentage: `1,000` is
    `1000`, `4 to 6` is `4-6`. Where a stop word in capitals may be an abbreviation, it stays in capitals: `US` is not
    `us`. `L4-5` is `l4` and `l5`.
    """
    return analyze(text).words


class _FoldedText:
    """A text without regard to width, accents, ligatures and typographic marks, and where each character comes from."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: Sequence[int] = range(len(text) + 1)
        if not text.isascii():
            pairs = zip(text, f"{text[1:]} ", strict=True)
            folds = ["mc" if _is_micro(letter, following) else _fold_character[letter] for letter, following in pairs]
            self.text = "".join(folds)
            self._starts = [start for start, fold in enumerate(folds) for _ in fold] + [len(text)]

    def make_token(self, word: str, start: int, end: int) -> Token:
        """Return a token for [start, end) of the folded text, with its offsets in the text."""
        return Token(word, self._starts[start], max(self._starts[end], self._starts[end - 1] + 1))


def _iter_words(folded: _FoldedText, matches: Sequence[re.Match[str]], position: int) -> Iterator[Token]:
    """Yield the words of one match: one, or each level of a range of levels."""
    match = matches[position]
    kind = str(match.lastgroup)
    start, end = match.span(kind)
    if kind == "levels":
        letter = ""
        for level in _LEVEL_PATTERN.finditer(folded.text, start, end):
            letter = (level[1] or letter).casefold()
            yield folded.make_token(letter + level[2], *level.span())
    elif kind == "number":
        number = _normalize_number(match["range"])
        yield folded.make_token(f"{number}%" if match["percent"] else number, start, end)
    elif match[kind] in _ABBREVIATIONS and _is_abbreviation(folded.text, matches, position):
        yield folded.make_token(match[kind], start, end)
    else:
        yield folded.make_token(match[kind].replace("'", "").casefold(), start, end)


def _normalize_number(number: str) -> str:
    """Return a number without commas, with the 0 before a decimal point, and a range with a hyphen."""
    return re.sub(r"(?<!\d)\.(?=\d)", "0.", _TO_PATTERN.sub("-", number).replace(",", ""))


def _iter_parts(folded: _FoldedText, match: re.Match[str]) -> Iterator[Token]:
    """Yield the numbers of a range, the letters and the digits of COVID19, or the category of a diagnosis code."""
    spans: list[tuple[int, int]] = []
    if match["mixed"] and (seam := _SEAM_PATTERN.fullmatch(folded.text, *match.span("mixed"))):
        spans = [seam.span(1), seam.span(2)]
    elif match["mixed"] and match["category"] and match["category"] != match["mixed"]:
        spans = [match.span("category")]
    elif match["number"] and not match["number"].isdecimal():
        spans = [number.span() for number in _NUMBER_PATTERN.finditer(folded.text, *match.span("range"))]
        if "/" in match["range"] and min(end - start for start, end in spans) == 1:  # half a pill is not two
            spans = []
    for start, end in spans:
        yield folded.make_token(_normalize_number(folded.text[start:end].casefold()), start, end)
    if match["percent"]:
        yield folded.make_token("percent", *match.span("percent"))


def _is_joined(match: re.Match[str], following: re.Match[str]) -> bool:
    """Return whether a match goes on in the following one: with a hyphen, or where letters and digits touch."""
    if not (_is_joinable(match) and _is_joinable(following)):
        return False
    text = match.string
    gap = text[match.end(str(match.lastgroup)) : following.start()]
    return not gap or (gap == "-" and not (text[match.end() - 1].isdecimal() and following[0][0].isdecimal()))


def _is_joinable(match: re.Match[str]) -> bool:
    return match.lastgroup in {"word", "mixed"} or (match["number"] or "").isdecimal()


def _iter_compounds(folded: _FoldedText, run: Sequence[re.Match[str]]) -> Iterator[Token]:
    """Yield the compound of several matches; none for one."""
    if len(run) > 1:
        text = "".join(match[str(match.lastgroup)] for match in run).replace("'", "").casefold()
        yield folded.make_token(text, run[0].start(), run[-1].end(str(run[-1].lastgroup)))


def _is_abbreviation(text: str, matches: Sequence[re.Match[str]], position: int) -> bool:
    """Return whether a stop word in capitals is an abbreviation: no word beside it is in capitals too.

    OR between two words says how they relate, but `the OR` is a room.
    """
    match = matches[position]
    before = matches[position - 1] if position else None
    after = matches[position + 1] if position + 1 < len(matches) else None
    beside = [
        *([before] if before and text[before.end() : match.start()] in {" ", "-"} else ()),
        *([after] if after and text[match.end() : after.start()] in {" ", "-"} else ()),
    ]
    if any(len(other[0]) > 1 and other[0].isalpha() and other[0].isupper() for other in beside):
        return False
    return match[0] != "OR" or beside != [before, after] or beside[0][0].casefold() in STOP_WORDS


class _CharacterFolds(dict[str, str]):
    """What each character is compared as, still in upper or lower case. Greek letters go by their names."""

    def __missing__(self, character: str) -> str:
        self[character] = fold = self._fold(character)
        return fold

    @staticmethod
    def _fold(character: str) -> str:
        if character.isspace():
            return " "
        if not character.isalnum() and not "\uff01" <= character <= "\uff5e":  # full width
            return "" if ord(character) in _ACCENTS else character
        plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", character).translate(_ACCENTS))
        if "\u2044" in plain:
            return f" {plain.replace(chr(0x2044), '/')} "
        name = unicodedata.name(plain, "") if len(plain) == 1 else ""
        if name.startswith("GREEK") and "LETTER" in name:
            return f" {name.split()[-1].lower().replace('lamda', 'lambda')} "
        return plain


_fold_character = _CharacterFolds(_FOLDS)


def _is_micro(letter: str, following: str) -> bool:
    """Return whether a Greek letter stands before a unit, as that of a microgram."""
    return letter in _MICRO and following.isascii() and following.isalpha()


def fold(word: str) -> str:
    """Return a word as it is compared: without regard to case, width and accents."""
    return _FoldedText(word).text.casefold().strip()


_NO_WORDS: frozenset[str] = frozenset()


class TokenCache(dict[str, tuple[str, ...]]):
    """The content words of each blank-separated piece of text. Most pieces occur a thousand times."""

    def __init__(self) -> None:
        super().__init__()
        self._others: dict[str, tuple[str, ...]] = {}  # the compounds and parts of pieces
        self._special = {"to", "TO", "%", "percent", "PERCENT"}  # pieces with others, or read by those beside them

    def __missing__(self, piece: str) -> tuple[str, ...]:
        if piece.isascii() and piece.isalpha() and not piece.isupper():  # a single word, which is quick to judge
            word = piece.lower()
            self[piece] = () if word in STOP_WORDS else (word,)
            return self[piece]
        words, compounds, parts = analyze(piece)
        content = self[piece] = tuple(token.text for token in words if token.text not in STOP_WORDS)
        if compounds or parts or not _ABBREVIATIONS.isdisjoint(content):
            self._others[piece] = tuple(token.text for token in (*compounds, *parts))
            self._special.add(piece)
        return content

    def list_index_words(self, text: str) -> tuple[int, frozenset[str]]:
        """Return the number of content words of a line, and the words that it is indexed by.

        Those are its content words, or all words where it has no others, with compounds and the parts of numbers.
        """
        pieces = text.split()
        words = _NO_WORDS.union(*map(self.__getitem__, pieces))
        if words and self._special.isdisjoint(pieces):
            return len(words), words
        if words and words.isdisjoint(_ABBREVIATIONS) and not _SPANNING_PATTERN.search(text):
            return len(words), words.union(*(self._others.get(piece, ()) for piece in pieces))
        tokens, compounds, parts = analyze(text)
        words = frozenset(token.text for token in tokens)
        words = words - STOP_WORDS or words
        return len(words), words.union(token.text for token in (*compounds, *parts))


def split_seam(word: str) -> tuple[str, str] | None:
    """Return the letters and the digits of a word like `covid19`, None for any other, like `l4`."""
    match = _SEAM_PATTERN.fullmatch(word)
    return (match[1], match[2]) if match else None


def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are not stop words, each once, in order."""
    return tuple(dict.fromkeys(token.text for token in tokenize(text) if token.text not in STOP_WORDS))


def term_words(text: str) -> tuple[str, ...]:
    """Return the words that identify a term: its content words, or all words where it has no others."""
    return content_words(text) or tuple(token.text for token in tokenize(text))


def is_number(word: str) -> bool:
    """Return whether a word is a number, a range, a ratio, or a percentage."""
    return word[:1].isdecimal() and not any(map(str.isalpha, word))


def acronyms(text: str) -> set[str]:
    """Return possible acronyms of a text: the first letters of two to six content words in a row, in capitals."""
    letters = [token.text[0] for token in tokenize(text) if token.text not in STOP_WORDS]
    runs = (
        letters[start:end]
        for start in range(len(letters))
        for end in range(start + 2, min(start + 6, len(letters)) + 1)
    )
    return {acronym for run in runs if (acronym := "".join(run).upper()).isalpha()} - _ABBREVIATIONS


def normalize_spelling(word: str) -> str:
    """Return a folded word in American spelling, as far as rules can tell."""
    if not re.search(_SPELLING_HINT, word):
        return word
    for pattern, replacement in _SPELLING_RULES:
        word = re.sub(pattern, replacement, word)
    return word


def stem_words(words: Iterable[str]) -> list[str]:
    """Return the stem of each folded word, which its forms share, as Snowball's English stemmer has it.

    Abbreviations in capitals, numbers, and what has a digit in it are their own stems.
    """
    import Stemmer

    normalized = [normalize_spelling(word) for word in words]
    stems = Stemmer.Stemmer("english").stemWords(normalized)
    return [
        _FAMILIES.get(word) or (stem if word.isalpha() and not word.isupper() else word)
        for word, stem in zip(normalized, stems, strict=True)
    ]


def is_unlike_others(word: str) -> bool:
    """Return whether other words begin as this one does by chance: lateral is not about what is late."""
    return word in _UNLIKE_WORDS
