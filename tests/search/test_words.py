"""What a word is: the same in a line and in a query, however either is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.analysis import analyze
from tests.conftest import make_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref import Library

SAME = [
    # numbers
    ("2.5 mg", "Take 2.5 mg"),
    ("0.5mg", "Give 0.5 mg"),
    ("0.5 mg", "Inject .5mg"),
    ("24-48", "Rest for 24\u201348 hours"),
    ("24 to 48 hours", "Rest for 24\u201348 hours"),
    ("4-6 weeks", "Brace for 4 to 6 weeks"),
    ("4 \u2013 6", "Brace for 4 to 6 weeks"),
    ("1/2", "Half: \u00bd tablet"),
    ("\u00bd", "Half: \u00bd tablet"),
    ("10%", "Coinsurance of 10 percent"),
    ("10 percent", "Copay of 10%"),
    ("1000", "Up to 1,000 dollars"),
    ("\uff11\uff0c\uff10\uff10\uff10", "Up to 1,000 dollars"),
    ("8:30", "Come at 8:30"),
    ("120/80", "Pressure of 120/80"),
    # letters beside digits
    ("COVID19", "A COVID-19 test"),
    ("COVID-19", "Mild covid19"),
    ("covid 19", "Mild covid19"),
    ("covid", "Mild covid19"),
    ("1.5T", "A magnet of 1.5 T"),
    ("30lbs", "Lift no more than 30 lbs"),
    ("30 lbs", "Carry 30lbs"),
    ("3D", "A 3-D picture"),
    ("3-D", "Printed in 3D"),
    ("18 gauge", "An 18-gauge needle"),
    ("day3", "Call on day 3"),
    ("B-12", "Vitamin B12"),
    ("HER2", "A her2 receptor"),
    ("hba1c", "An HbA1c of 7"),
    ("J1885", "Ketorolac is J1885"),
    ("0213t", "Ultrasound is 0213T"),
    ("M54.16", "Diagnosis m54.16"),
    ("M54", "Diagnosis m54.16"),
    # levels
    ("L4-L5", "Narrow at L4-5"),
    ("L4-5", "Narrow at L4-L5"),
    ("L4/5", "Narrow at L4-L5"),
    ("L5S1", "Slipped at L5-S1"),
    ("T12", "From T11-12"),
    # stop words in capitals
    ("US", "Guided by US"),
    ("US guided", "Guided by US"),
    ("AS of the spine", "Bamboo in AS"),
    ("IT band", "A tight IT band"),
    ("WHO", "The ladder of the WHO"),
    ("the OR", "Wheeled to the OR"),
    ("ALL", "Chemotherapy for ALL"),
    ("FROM", "Knee with FROM"),
    # accents, ligatures, letters of other alphabets
    ("Sjogren", "Sj\u00f6gren's eyes"),
    ("Sjo\u0308gren", "Sj\u00f6gren's eyes"),
    ("edema", "An \u0153dema"),
    ("\u0153dema", "An edema of the ankle"),
    ("anemia", "An\u00e6mia"),
    ("strasse", "Stra\u00dfe"),
    ("beta blocker", "A \u03b2-blocker"),
    ("\u03b2-blocker", "A beta-blocker"),
    ("TNF-alpha", "Blocks TNF\u03b1"),
    ("5 mcg", "A dose of 5 \u00b5g"),
    ("mu", "A \u03bc-receptor"),
    ("\uff34\uff49\uff4e\uff4e\uff49\uff54\uff55\uff53", "Tinnitus"),
    # apostrophes
    ("obrien", "The O'Brien test"),
    ("O\u2019Brien's", "The O'Brien test"),
    ("lhermitte", "An L'hermitte sign"),
    ("Crohn", "Crohn\u2019s bowel"),
]

# A line that the query is not about.
OTHER = [
    ("5.2 mg", "Take 2.5 mg"),
    ("48-24", "Rest for 24\u201348 hours"),
    ("6-4", "Brace for 4 to 6 weeks"),
    ("2/1", "Half: \u00bd tablet"),
    ("80/120", "Pressure of 120/80"),
    ("2", "Half: \u00bd tablet"),
    ("us", "Guided by US"),
    ("KNOWS US", "Guided by US"),
    ("US", "Tell us"),
    ("who", "The ladder of the WHO"),
    ("WHO KNOWS", "The ladder of the WHO"),
    ("tinnitus OR vertigo", "Wheeled to the OR"),
    ("L5", "Cracked at L45"),
    ("doing", "Billed on the DOS"),
]

UNLIKE = """
lateral later
positive position
generic generation
generic general
important import
emergency emerge
organism organ
university universe
policy police
numerous numerical
execute executive
past paste
animal animate
extremity extreme
several sever
severe sever
relative relation
response responsible
medical medication
objective object
authority author
army arm
news new
probe probable
terminal terminate
appendicitis append
ambulance ambulate
experience experiment
minor minority
mineral miner
secret secretion
ration rational
intense intensive
extension extensive
literal liter
lung lunge
busy business
public publication
consistent consist
competent compete
capital capitation
contract contraction
subjective subject
patient patience
pill pillow
table tablet
labor laboratory
internal intern
continent continental
hand handle
head heading
station state
community communicate
number numb
spin spine
ulcer ulnar
plane plan
legal leg
quiet quit
planter plantar
discuss disc
wander wand
definite define
special specialize
ignorant ignore
negligible neglect
customer custom
humane human
audition audit
conference confer
"""

ALIKE = """
injection injected injects injecting injectable
weak weakness weakened weakening
numb numbness numbing
compress compressed compression compressing
inflame inflamed
pain painful pains
ache aching aches
swell swelling swollen
radiate radiating radiation
infect infection infected infections
irritate irritated irritation
stimulate stimulation stimulator
position positions positioned positioning
extremity extremities
authorize authorization authorized
medication medications
diagnosis diagnoses diagnosed
stenosis stenoses
biopsy biopsies
vertebra vertebrae
emergency emergencies
require requires required requirement
operate operation operated
evaluate evaluation evaluated
bill billing billed bills
"""


def list_groups(text: str) -> list[list[str]]:
    """Return the words of each line."""
    return [line.split() for line in text.split("\n") if line]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, shared_cache: object) -> Iterator[Library]:
    """Open a folder with one article, whose lines are those of the tables and one for each word of the lists."""
    assert shared_cache
    folder = tmp_path_factory.mktemp("words")
    words = [word for group in list_groups(UNLIKE + ALIKE) for word in group]
    lines = dict.fromkeys((*(line for _, line in SAME + OTHER), *(f"Zonk {word} zonk" for word in words)))
    for number, line in enumerate(lines):
        code = f"{10_000 + number}"
        (folder / f"{code}.toml").write_text(make_article(code, {"causes": [line]}), encoding="utf-8")
    with open_library(folder) as opened:
        yield opened


def list_lines(library: Library, query: str) -> set[str]:
    """Return the lines that a query finds as it is written or in another form, not by vocabulary or parts."""
    hits = library.search(query, sections=["causes"], limit=1000).hits
    return {match.text for hit in hits for match in hit.matches}


@pytest.mark.parametrize(("query", "line"), SAME)
def test_a_word_is_found_however_it_is_written(library: Library, query: str, line: str) -> None:
    """Numbers, seams of digits and letters, levels, abbreviations, accents and apostrophes are read alike."""
    assert line in list_lines(library, query)


@pytest.mark.parametrize(("query", "line"), OTHER)
def test_another_word_is_not_found(library: Library, query: str, line: str) -> None:
    """A number is one word in order, a stop word is no abbreviation, and capitals throughout are shouting."""
    assert line not in list_lines(library, query)


@pytest.mark.parametrize("words", list_groups(UNLIKE), ids=" ".join)
def test_words_that_only_begin_alike_do_not_match(library: Library, words: list[str]) -> None:
    """Neither of two words finds a line with the other one, as a form or as a part."""
    for word, other in (words, words[::-1]):
        lines = list_lines(library, word)
        assert f"Zonk {word} zonk" in lines
        assert f"Zonk {other} zonk" not in lines


@pytest.mark.parametrize("words", list_groups(ALIKE), ids=" ".join)
def test_forms_of_a_word_match(library: Library, words: list[str]) -> None:
    """Each form of a word finds the lines with all others."""
    for word in words:
        assert {f"Zonk {other} zonk" for other in words} <= list_lines(library, word)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don\u2019t, can't, won't", ["I", "don", "can", "won"]),
        ("5 \u00b5g of Sj\u00f6gren\u2019s", ["5", "\u00b5g", "of", "Sj\u00f6gren"]),
        ("Sjo\u0308gren e\u0301 x", ["Sjo\u0308gren", "e\u0301", "x"]),
        ("\u00bd\u2013\ufb01brosis 24 to 48 L4-5", ["\u00bd", "\ufb01brosis", "24 to 48", "L4", "5"]),
        ("TNF\u03b1 O\u2019Brien\u2019s", ["TNF", "\u03b1", "O\u2019Brien"]),
    ],
)
def test_a_word_is_marked_where_it_stands(text: str, words: list[str]) -> None:
    """Offsets are those of the text as it is written, before it is folded."""
    assert [text[token.start : token.end] for token in analyze(text).words] == words


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        " ",
        ".",
        "-",
        "'",
        "\u0301",
        "\u03b2",
        "L4-",
        "L4",
        "a-",
        "1,",
        "1,000",
        "1 to ",
        "US ",
        "OR ",
        "1%",
        "A1.B",
    ],
)
def test_any_text_is_read_in_linear_time(piece: str) -> None:
    """128 KiB of one piece are read in seconds, where quadratic time would be an hour."""
    text = piece * (128 * 1024 // len(piece))
    assert sum(token.end - token.start for token in analyze(text).words) <= len(text)
