"""Article pages saved as text, in every layout they come in, become dataset files; what has no place is listed."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import tomli
import tomli_w
from hypothesis import example, given
from hypothesis import strategies as st

from cptref.dataset import rules, schema
from cptref.dataset.fingerprint import MAX_FILE_BYTES
from cptref.dataset.layers import bundled_layer
from cptref.errors import FileError
from cptref.importer.article import Page, read_page
from cptref.index.entries import build_entry
from cptref.models.article import Article, Dataset, ModifierTable, Notices, Section
from cptref.models.results import ShowAnswer
from cptref.render.document import build_document as show
from cptref.render.text import render
from cptref.sanitize import UNSAFE_PATTERN
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tests.conftest import Run

    Said = tuple[str, Sequence[str]]  # how a section begins, and its points
    Layout = Callable[[str, str, Mapping[str, Said]], list[str]]

DAY = date(2026, 3, 4)
KNOWN = {"50", "RT", "LT"}
CHECK = schema.type_checker(Article)
NOTHING = Dataset(version="1", released=DAY, licence="", sources=(), notices=Notices(trademark="", advice="a"))

TITLE = "Overview of CPT Code 0999T: Smoothing of a rough heel"
SUMMARY = "A rough heel is filed until no sock catches on it."
SECTIONS: dict[str, Said] = {
    "When CPT Code 0999T is Used?": ("It comes up in two cases.", ["Skin that has cracked.", "Socks that catch."]),
    "Symptoms Indicating This Procedure": ("What people tell:", ["A scratching noise.", "Holes in socks."]),
    "Causes and Risk Factors": ("Most heels get there by walking.", ["Long walks.", "No cream."]),
    "Diagnostic Tests Before Procedure": ("Little has to be tested.", ["A look at the heel.", "A touch."]),
    "Procedure Description": ("It is done sitting down.", ["The foot is soaked.", "The heel is filed."]),
    "Preparation for the Procedure": ("One thing helps.", ["Wash both feet."]),
    "Recovery and Aftercare": ("It heals by itself.", ["Put cream on it.", "Wear soft socks."]),
    "Possible Complications": ("Hardly anything can happen.", ["A heel that is too smooth."]),
    "Post-Procedure Follow-Up": ("Someone looks again.", ["After 2-3 weeks."]),
    "Alternative Treatments": ("There are other ways.", ["Pumice.", "Thicker socks."]),
    "Home Care Tips": ("Much can be done at home.", ["Cream, every evening."]),
    "Patient Education & Prevention": ("It can be kept away.", ["Wear shoes."]),
    "Related CPT Codes": ("Codes nearby.", ["0998T: the other heel."]),
    "References and Sources": ("Where this is from.", ["A book on heels."]),
}
KEYS = dict(zip(SECTIONS, rules.STORED_SECTIONS, strict=True))
BILLING = ["CPT Code: 0999T", "Category: Feet", "Common Modifiers:"]
MODIFIERS = ["50 - Both heels", "RT - The right heel", "LT - The left heel"]
COST: Said = ("What it costs varies.", ["Average cost ranges from $20 to $1,050.", "Few plans pay for it."])
QUESTIONS = {"Does it tickle?": "It does, a little.", "May I keep the file?": "You may not."}


def compact(title: str, summary: str, sections: Mapping[str, Said]) -> list[str]:
    """Lines of the layout without blank lines, in which a hyphen is the bullet."""
    lines = [title, summary]
    for heading, (intro, points) in sections.items():
        lines += [heading, *([intro] if intro else []), *(f"- {point}" for point in points)]
    return lines


def spaced(title: str, summary: str, sections: Mapping[str, Said]) -> list[str]:
    """Lines of the layout with blank lines and indented bullets, whose title stands there twice."""
    lines = ["main-logo", "", title, "", title, "", summary, ""]
    for heading, (intro, points) in sections.items():
        lines += [heading, "", *([intro, ""] if intro else []), *(f"  • {point}" for point in points), ""]
    return lines


LAYOUTS = {"compact": compact, "spaced": spaced}
both = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def read(lines: Iterable[str] | str, known: Iterable[str] = KNOWN) -> Page:
    """A page of these lines, read."""
    text = lines if isinstance(lines, str) else "\n".join(lines)
    return read_page(text.encode(), "heel.txt", DAY, {*known})


def refused(data: bytes | str, name: str = "heel.txt") -> str:
    """The whole message with which a page is refused."""
    with pytest.raises(FileError) as caught:
        read_page(data.encode() if isinstance(data, str) else data, name, DAY)
    return str(caught.value)


def left(page: Page) -> list[tuple[int, str]]:
    """The lines without a place."""
    return [(line, text) for line, text in page.unplaced]


def under(heading: str, *lines: str, known: Iterable[str] = KNOWN) -> Page:
    """A page with one heading, and these lines below it from line 4 on."""
    return read([TITLE, SUMMARY, heading, *lines], known)


def file(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a dataset file holds
    """A dataset file as it is made of a page, with these fields as far as they differ."""
    finding = "Nobody has checked this entry against the published code set. Imported from heel.txt on 2026-03-04."
    plain: dict[str, Any] = {
        "code": "0999T",
        "title": "Smoothing of a rough heel",
        "category": "Not stated",
        "summary": SUMMARY,
        "modifiers": [],
        "verification": {"status": "unverified", "finding": finding},
        "source": {"file": "heel.txt", "imported": DAY},
        "sections": [],
    }
    return plain | fields


def section(key: str, intro: str, points: Sequence[str]) -> dict[str, Any]:
    """A section of a dataset file, without what is empty."""
    return {"key": key} | ({"intro": intro} if intro else {}) | ({"points": [*points]} if points else {})


# Layouts


def test_a_compact_page() -> None:
    """Every section of a page without blank lines has its place, and the blurb with its glued link has none."""
    lines = compact(TITLE, SUMMARY, SECTIONS)
    at = lines.index("Post-Procedure Follow-Up")
    lines[at : at + 1] = [
        "",
        "",
        "Secure, compliant, and made by feet",
        "HIPAA-compliant and cosy, your heel is protected.",
        "Learn morePost-Procedure Follow-Up",
    ]
    lines += ["Billing and Coding Information", *BILLING, *(f"- {one}" for one in MODIFIERS)]
    lines += ["Average Cost and Insurance Coverage", COST[0], *(f"- {one}" for one in COST[1])]
    page = read(lines)
    assert page.plain == file(
        category="Feet",
        modifiers=["50", "RT", "LT"],
        cost={
            "low": 20,
            "high": 1050,
            "currency": "USD",
            "intro": "What it costs varies.",
            "notes": ["Few plans pay for it."],
        },
        sections=[section(KEYS[heading], *said) for heading, said in SECTIONS.items()],
    )
    assert left(page) == [
        (at + 3, "Secure, compliant, and made by feet"),
        (at + 4, "HIPAA-compliant and cosy, your heel is protected."),
        (at + 5, "Learn more"),
    ]


def test_a_spaced_page() -> None:
    """Every section of a page with blank lines has its place, the questions too, and nothing of what is around them."""
    lines = spaced(TITLE, SUMMARY, SECTIONS)
    at = lines.index("Post-Procedure Follow-Up")
    lines[at - 1 : at] = ["card-topcard-bottom", "", "Secure, compliant, and soft", "", "Learn more", "hipaa-icon", ""]
    lines += ["Billing and Coding Information", "", *BILLING, "", *(f"  • {one}" for one in MODIFIERS), ""]
    lines += ["Average Cost and Insurance Coverage", "", COST[0], "", *(f"  • {one}" for one in COST[1]), ""]
    lines += ["Frequently Asked Questions (FAQs)", ""]
    for question, answer in QUESTIONS.items():
        lines += [question, "", answer, ""]
    end = len(lines)
    lines += ["diamond-bg", "", "Get started with your 5 free socks", "Sign up for free", "heels@example.org", "Notes"]
    lines += ["© Heels 2026. All rights reserved"]
    page = read(lines)
    assert page.plain == file(
        category="Feet",
        modifiers=["50", "RT", "LT"],
        cost={
            "low": 20,
            "high": 1050,
            "currency": "USD",
            "intro": "What it costs varies.",
            "notes": ["Few plans pay for it."],
        },
        sections=[section(KEYS[heading], *said) for heading, said in SECTIONS.items()],
        faq=[{"question": question, "answer": answer} for question, answer in QUESTIONS.items()],
    )
    assert left(page) == [
        (1, "main-logo"),
        (at, "card-topcard-bottom"),
        (at + 2, "Secure, compliant, and soft"),
        (at + 4, "Learn more"),
        (at + 5, "hipaa-icon"),
        (end + 1, "diamond-bg"),
        (end + 3, "Get started with your 5 free socks"),
        (end + 4, "Sign up for free"),
        (end + 5, "heels@example.org"),
        (end + 6, "Notes"),
        (end + 7, "© Heels 2026. All rights reserved"),
    ]


@both
@given(st.lists(st.sampled_from(list(SECTIONS)), unique=True))
def test_any_sections_in_any_order(layout: Layout, headings: list[str]) -> None:
    """Whichever sections a page has, in whatever order: the file has those, in the order of the catalogue."""
    page = read(layout(TITLE, SUMMARY, {heading: SECTIONS[heading] for heading in headings}))
    assert page.plain == file(
        sections=[section(KEYS[heading], *said) for heading, said in SECTIONS.items() if heading in headings]
    )


@both
@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1), min_size=1))
@example(["Symptoms", "Related CPT Codes", "- nested", "1. first", "What?", "$5", "Sign up: no", "Learn moreSymptoms"])
def test_points_come_back(layout: Layout, texts: list[str]) -> None:
    """Whatever stands in a list, read as a heading, as furniture or as anything else, is a point of it."""
    points = [" ".join(text.split()) for text in texts if re.search(r"[^\W_]", text)]
    page = read(layout(TITLE, SUMMARY, {"Home Care Tips": ("Much can be done at home.", points)}))
    assert page.plain["sections"] == [section("home-care", "Much can be done at home.", points)]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        *((kind.heading, key) for key, kind in CATALOGUE.items() if not kind.derived),
        ("SYMPTOMS", "symptoms"),
        ("Symptoms:", "symptoms"),
        ("## Symptoms", "symptoms"),
        ("**Symptoms**", "symptoms"),
        ("3. Symptoms", "symptoms"),
        ("Signs & Symptoms", "symptoms"),
        ("When is HCPCS code 0999t used?", "used-when"),
        ("Diagnostic Tests", "tests"),
        ("Diagnostic Tests Before the Procedure", "tests"),
        ("Procedure Steps", "procedure"),
        ("Preparing for Your Procedure", "preparation"),
        ("Recovery & Aftercare", "recovery"),
        ("Risks/Complications", "complications"),
        ("Follow Up", "follow-up"),
        ("Patient Education and Prevention", "education"),
        ("Related CPT® Codes", "related"),
    ],
)
def test_what_headings_are_called(heading: str, key: str) -> None:
    """The headings of the catalogue, those of the sites, and what is near them."""
    assert under(heading, "- a heel").plain["sections"] == [section(key, "", ["a heel"])]


def test_a_heading_is_a_whole_line() -> None:
    """A sentence that begins like a heading is none."""
    page = under("Symptoms", "Symptoms come and go.", "- a heel")
    assert page.plain["sections"] == [section("symptoms", "Symptoms come and go.", ["a heel"])]


def test_a_heading_twice() -> None:
    """What stands under the same heading again goes on where the first left off."""
    page = under("Symptoms", "First.", "- one", "Causes", "- two", "Symptoms", "Then.", "- three", "Symptoms", "First.")
    assert page.plain["sections"] == [
        section("symptoms", "First. Then.", ["one", "three"]),
        section("causes", "", ["two"]),
    ]
    assert left(page) == []


@pytest.mark.parametrize("bullet", [*"•·▪◦‣●○*-–—", "1.", "2)", "  •", "   -", "\t•\t", "    12."])
def test_bullets(bullet: str) -> None:
    """A point may have any bullet or number."""
    page = under("Symptoms", f"{bullet} a heel", f"{bullet} a toe")
    assert page.plain["sections"] == [section("symptoms", "", ["a heel", "a toe"])]


def test_a_point_of_several_lines() -> None:
    """A line right below a point that is indented deeper than its bullet goes on with it, whatever it says."""
    page = under(
        "Symptoms", "  • a heel that is", "    rough and has", "   side effects", "  • toes", "", "    of a foot"
    )
    assert page.plain["sections"] == [section("symptoms", "", ["a heel that is rough and has side effects", "toes"])]
    assert left(page) == [(9, "of a foot")]


def test_numbered_points_that_are_called_like_sections() -> None:
    """In a numbered list a point may be called like a section; a numbered heading goes on with no list."""
    page = under("1. Procedure", "1. Preparation", "2. Filing", "3. Recovery", "", "2. Recovery", "", "1. Cream")
    assert page.plain["sections"] == [
        section("procedure", "", ["Preparation", "Filing", "Recovery"]),
        section("recovery", "", ["Cream"]),
    ]


# What stands around articles


@pytest.mark.parametrize(
    ("line", "heading", "link"),
    [
        ("Learn morePossible Complications", "complications", "Learn more"),
        ("Buy our socksPossible Complications", "complications", "Buy our socks"),
        ("Possible ComplicationsBuy our socks", "complications", "Buy our socks"),
        ("When CPT Code 0999T is Used?Learn more", "used-when", "Learn more"),
        ("hipaa-iconCauses", "causes", "hipaa-icon"),
    ],
)
def test_glued_headings(line: str, heading: str, link: str) -> None:
    """A heading may be glued to the text of a link, before it or behind it."""
    page = under("Symptoms", "- a heel", line, "- a toe")
    assert {one["key"]: one["points"] for one in page.plain["sections"]} == {"symptoms": ["a heel"], heading: ["a toe"]}
    assert left(page) == [(5, link)]


def test_glued_headings_on_one_line() -> None:
    """Several headings may be glued, and the title to itself and to links; other words of two capitals stay whole."""
    title = "Overview of CPT Code 0999T: The McHeel method"
    page = read([f"Buy socks{title}{title}Learn more", SUMMARY, "Related CPT CodesReferences and Sources", "- A book"])
    assert page.plain == file(title="The McHeel method", sections=[section("references", "", ["A book"])])
    assert left(page) == [(1, "Buy socks"), (1, "Learn more")]
    assert left(under("Symptoms", "- a heel", "Visit HeelMcToe today")) == [(5, "Visit HeelMcToe today")]


def test_a_list_goes_on_after_furniture() -> None:
    """What sites set into the middle of a list ends nothing: images, links and lines without a word."""
    page = under(
        "Symptoms", "- a", "Learn more", "- b", "card-topcard-bottom", "- c", "* * *", "- d", "-", "=====", "- e"
    )
    assert page.plain["sections"] == [section("symptoms", "", ["a", "b", "c", "d", "e"])]
    assert left(page) == [(5, "Learn more"), (7, "card-topcard-bottom"), (9, "* * *"), (11, "-")]


@pytest.mark.parametrize(
    "line",
    [
        "Socks and More",
        "a line that leads nowhere",
        "A second paragraph, after the points.",
        "Get started",
        "© 2026 Heels",
        "Subscribe to our newsletter",
        "Follow us on foot",
        "- Privacy Policy",
    ],
)
def test_what_ends_a_section(line: str) -> None:
    """After a line nobody knows nothing belongs to the section, so that it has nothing of the next or of the footer."""
    page = under("Symptoms", "- a heel", line, "- a sock", "Causes", "- a shoe")
    assert page.plain["sections"] == [section("symptoms", "", ["a heel"]), section("causes", "", ["a shoe"])]
    assert left(page) == [(5, line), (6, "- a sock")]


def test_a_section_nobody_knows_after_an_empty_one() -> None:
    """A line of capitals above a list is a heading that isn't known, and no intro."""
    page = under(
        "Related CPT Codes", "Socks and More", "- a sock", "References", "A book.", "More on socks", "- a shop"
    )
    assert page.plain["sections"] == [section("references", "A book.", [])]
    assert left(page) == [(4, "Socks and More"), (5, "- a sock"), (8, "More on socks"), (9, "- a shop")]


@pytest.mark.parametrize(
    ("lines", "intro"),
    [
        (["A sentence."], "A sentence."),
        (["A sentence", "of two lines."], "A sentence of two lines."),
        (["", "A sentence.", ""], "A sentence."),
        (["what to look for", "- a heel"], "what to look for"),
        (["what to", "look for", "", "- a heel"], "what to look for"),
        (["Learn more", "What to look for:", "- a heel"], "What to look for:"),
    ],
)
def test_intros(lines: list[str], intro: str) -> None:
    """The first paragraph is the intro, if it ends like a sentence or points follow."""
    assert under("Symptoms", *lines).plain["sections"][0]["intro"] == intro


def test_what_is_no_intro() -> None:
    """A slogan is none, a line that leads nowhere is none, and no section has a second."""
    page = under("Symptoms", "Sign up for free", "Causes", "leads nowhere", "", "Tests", "One.", "", "Two.")
    assert page.plain["sections"] == [section("tests", "One.", [])]
    assert left(page) == [(4, "Sign up for free"), (6, "leads nowhere"), (11, "Two.")]


# Titles and codes


@pytest.mark.parametrize(
    ("line", "code", "title"),
    [
        ("Overview of CPT Code 20976: A heel", "20976", "A heel"),
        ("OVERVIEW OF CPT® CODE 20976: A heel", "20976", "A heel"),
        ("Overview of CPT(R) Code 0042t: A heel", "0042T", "A heel"),
        ("Overview of Code g0260: A heel", "G0260", "A heel"),
        ("Overview of HCPCS Code G0260 - A heel", "G0260", "A heel"),
        ("# Overview of CPT Code 20976: A heel", "20976", "A heel"),
        ("Overview of CPT Code 20976", "20976", "Untitled"),
        ("When CPT Code 20976 is Used?", "20976", "Untitled"),
        ("Billing and Coding Information\nCPT® Code: 0042t", "0042T", "Untitled"),
    ],
)
def test_where_the_code_is_from(line: str, code: str, title: str) -> None:
    """The title names the code in any of its shapes; without one a heading does, or the billing."""
    page = read(f"{line}\nSymptoms\n- rough")
    assert (page.plain["code"], page.plain["title"], left(page)) == (code, title, [])


def test_other_codes_and_titles() -> None:
    """Below a title, another code and another title have no place."""
    page = under(
        "When CPT Code 0998T is Used?",
        "- a heel",
        "Billing",
        "CPT Code: 0998T",
        "Code: 0999T, twice",
        f"{TITLE}s",
        TITLE,
    )
    assert page.plain == file(sections=[section("used-when", "", ["a heel"])])
    assert left(page) == [
        (3, "When CPT Code 0998T is Used?"),
        (6, "CPT Code: 0998T"),
        (7, "Code: 0999T, twice"),
        (8, f"{TITLE}s"),
    ]


# Billing


@pytest.mark.parametrize("bullet", ["- ", "  • ", ""])
@pytest.mark.parametrize(
    ("line", "modifiers"),
    [
        ("50 - Both heels", ["50"]),
        ("-50", ["50"]),
        ("Modifier 50: both", ["50"]),
        ("Modifier RT: right, not LT", ["RT"]),
        ("Modifier 50", ["50"]),
        ("50 (both heels)", ["50"]),
        ("RT – right", ["RT"]),
        ("RT: right", ["RT"]),
        ("RT/LT", ["RT", "LT"]),
        ("50, RT, LT", ["50", "RT", "LT"]),
        ("50 RT LT", ["50", "RT", "LT"]),
        ("RT/LT - right or left", ["RT", "LT"]),
        ("50 - both, RT - right", ["50", "RT"]),
        ("50 (both), RT (right) and LT (left)", ["50", "RT", "LT"]),
        ("Common Modifiers: 50, RT and LT", ["50", "RT", "LT"]),
        ("Modifiers include -50, -RT, and -LT.", ["50", "RT", "LT"]),
        ("Common Modifiers: 50, 50, RT", ["50", "RT"]),
    ],
)
def test_modifiers(bullet: str, line: str, modifiers: list[str]) -> None:
    """However modifiers are written down, they are read, each once; the page's own words for known ones are dropped."""
    page = under("Billing and Coding Information", f"{bullet}{line}")
    assert (page.plain["modifiers"], left(page)) == (modifiers, [])


@pytest.mark.parametrize(
    "line",
    ["10 days at least", "20 - 30 minutes", "No modifiers apply.", "IV Sedation is billed too", "Global: 10 days"],
)
def test_billing_lines_without_modifiers(line: str) -> None:
    """Other lines of billing have no place, and a list with words begins behind its label alone."""
    page = under("Billing", f"- {line}", "Common Modifiers:", "50 Both heels", "RT Right heel", "Category: Feet")
    assert (page.plain["modifiers"], page.plain["category"], left(page)) == (["50", "RT"], "Feet", [(4, f"- {line}")])


def test_modifiers_nobody_knows() -> None:
    """A modifier whose meaning isn't known is read, and what the page says of it is listed."""
    page = under("Billing", "- 50 - Both heels", "- XS and 59", known=["50"])
    assert (page.plain["modifiers"], left(page)) == (["50", "XS", "59"], [(5, "- XS and 59")])


@pytest.mark.parametrize(
    ("line", "modifiers"), [("50 - seen by CT and MR", ["50"]), ("50 - both, RT", ["50"]), ("50 - RT", [])]
)
def test_modifiers_that_may_be_words(line: str, modifiers: list[str]) -> None:
    """Two capitals in the meaning of a modifier may be another, so that the line is listed."""
    page = under("Billing", f"- {line}")
    assert (page.plain["modifiers"], [text.removeprefix("- ") for _, text in left(page)]) == (modifiers, [line])


def test_billing_ends() -> None:
    """Modifiers of a section nobody knows are none of this code; the second of two categories has no place."""
    page = under("Billing", "Mind what follows.", "Category: Feet", "Category: Hands", "Other Codes", "- RT - right")
    assert page.plain == file(category="Feet")
    assert left(page) == [
        (4, "Mind what follows."),
        (6, "Category: Hands"),
        (7, "Other Codes"),
        (8, "- RT - right"),
    ]


# Cost


@pytest.mark.parametrize(
    ("line", "low", "high", "kept"),
    [
        ("$1,000 to $3,000", 1000, 3000, False),
        ("Average cost ranges from $2,000 to $3,500.", 2000, 3500, False),
        ("The procedure typically costs between $300 and $1,500", 300, 1500, False),
        ("$300-$1,500", 300, 1500, False),
        ("$300 – $1,500", 300, 1500, False),
        ("$300 - 1,500", 300, 1500, False),
        ("USD 300 to USD 1,500", 300, 1500, False),
        ("300 to 1,500 USD", 300, 1500, False),
        ("US$300–US$400", 300, 400, False),
        ("$300.50 to $1,499.01", 300, 1500, False),
        ("$3,000 to $1,000", 1000, 3000, False),
        ("About $500", 500, 500, False),
        ("Average cost: $500.00", 500, 500, False),
        ("$99.50", 99, 100, False),
        ("From $300 to $1,500 for two heels", 300, 1500, True),
        ("A file is $20, the filing $1,000 to $3,000", 1000, 3000, True),
        ("$300 - 2 visits", 300, 300, True),
        ("$20, $50 or $30", 20, 50, True),
        ("$123,456,789,012", 123456789012, 123456789012, False),
        ("$1,234,567,890,123", None, None, True),
        ("$1.5k", None, None, True),
        ("$2 million", None, None, True),
        ("24-48 hours", None, None, True),
    ],
)
def test_costs(line: str, low: int | None, high: int | None, kept: bool) -> None:  # noqa: FBT001 - a column
    """The amounts of a line in whole dollars; a line that says nothing else is no note."""
    ends = {} if low is None else {"low": low, "high": high}
    notes = [line] if kept else []
    page = under("Average Cost", f"- {line}", "- Socks are extra, at $7.")
    if low is None:
        ends = {"low": 7, "high": 7}
    assert page.plain["cost"] == {**ends, "currency": "USD", "notes": [*notes, "Socks are extra, at $7."]}


@pytest.mark.parametrize(
    ("lines", "intro", "notes"),
    [
        (["It varies.", "Average cost: $20 to $30", "- Few pay."], "It varies.", ["Few pay."]),
        (["Average cost: $20 to $30", "It varies.", "- Few pay."], "It varies.", ["Few pay."]),
        (["It is from $20 to", "$30 for a heel.", "- Few pay."], "It is from $20 to $30 for a heel.", ["Few pay."]),
        (["It costs about $20 to $30."], "", []),
        (["$20 to $30 for a heel", "- Few pay."], "", ["$20 to $30 for a heel", "Few pay."]),
    ],
)
def test_costs_without_a_bullet(lines: list[str], intro: str, notes: list[str]) -> None:
    """The line of the amounts need not be a point, and takes nobody's place."""
    page = under("Average Cost and Insurance Coverage", *lines)
    said = ({"intro": intro} if intro else {}) | ({"notes": notes} if notes else {})
    assert page.plain["cost"] == {"low": 20, "high": 30, "currency": "USD", **said}
    assert left(page) == []


def test_costs_nobody_knows() -> None:
    """A page may say something of the cost without an amount, or nothing."""
    assert under("Cost", "It varies.", "- Few pay.").plain == file(
        cost={"currency": "USD", "intro": "It varies.", "notes": ["Few pay."]}
    )
    assert under("Cost", "Plans and Prices", "- Socks for $5").plain == file()


# Questions


@pytest.mark.parametrize(
    "lines",
    [
        ["Does it tickle?", "It does, a little.", "May I keep the file?", "You may not."],
        ["Does it tickle?", "", "It does,", "a little.", "", "May I keep the file?", "", "You may not."],
        ["Q: Does it tickle?", "A: It does, a little.", "Q2: May I keep the file?", "Answer: You may not."],
        ["1. Does it tickle?", "It does, a little.", "2. May I keep the file?", "You may not."],
        ["- Does it tickle? It does, a little.", "- May I keep the file? You may not."],
        ["  • Does it tickle?", "    It does, a little.", "", "  • May I keep the file?", "    You may not."],
        ["- Does it tickle? A: It does, a little.", "- May I keep the file? Answer: You may not."],
        ["Q: Does it tickle? A: It does, a little.", "Q: May I keep the file? A: You may not."],
        [
            "what people ask",
            "Does it tickle?",
            "It does, a little.",
            "Learn more",
            "May I keep the file?",
            "You may not.",
        ],
    ],
)
def test_questions(lines: list[str]) -> None:
    """However questions and their answers are set, they are read."""
    page = under("FAQ", *lines)
    assert page.plain == file(faq=[{"question": question, "answer": answer} for question, answer in QUESTIONS.items()])
    assert [text for _, text in left(page)] == [line for line in lines if line in {"what people ask", "Learn more"}]


def test_questions_and_what_is_around_them() -> None:
    """An answer takes nothing that follows it, and a question without an answer has no place."""
    lines = ["Does it tickle?", "", "It does, a little.", "our socks", "", "May I keep the file?", "You may not."]
    page = under("Questions and answers", *lines)
    assert page.plain == file(faq=[{"question": "Does it tickle?", "answer": "It does, a little."}])
    assert left(page) == [(7, "our socks"), (9, "May I keep the file?"), (10, "You may not.")]
    page = under(
        "FAQs:", "Why?", "Does it tickle?", "It does, a little.", "diamond-bg", "Who?", "Get started", "Us?", "We."
    )
    assert page.plain == file(faq=[{"question": "Does it tickle?", "answer": "It does, a little."}])
    assert left(page) == [(4, "Why?"), (7, "diamond-bg"), (8, "Who?"), (9, "Get started"), (10, "Us?"), (11, "We.")]


def test_an_answer_keeps_its_words() -> None:
    """The mark of an answer stands before it, and nothing like it is cut out of it."""
    page = under("Q&A", "Why?", "A file is extra: it wears off, as does a. The rest stays.")
    assert page.plain["faq"] == [
        {"question": "Why?", "answer": "A file is extra: it wears off, as does a. The rest stays."}
    ]


def test_more_than_an_answer() -> None:
    """A second paragraph of an answer has no place, and questions go on after it; after other lines none does."""
    lines = ["Why?", "", "So.", "", "And so on.", "", "When?", "", "Now", "", "socks", "", "Who?", "", "We."]
    page = under("FAQ", *lines)
    assert page.plain["faq"] == [{"question": "Why?", "answer": "So."}, {"question": "When?", "answer": "Now"}]
    assert left(page) == [(8, "And so on."), (14, "socks"), (16, "Who?"), (18, "We.")]


# Files


@pytest.mark.parametrize(
    ("encoding", "before"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16", b""), ("utf-16-be", b"\xfe\xff"), ("cp1252", b"")],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings(encoding: str, before: bytes, end: str) -> None:
    """A page is read in the encoding it was saved in, whatever its lines end in."""
    text = f"{TITLE} – daily\n{SUMMARY}\nSymptoms\n• “rough”\n• naïve".replace("\n", end)
    page = read_page(before + text.encode(encoding), "heel.txt", DAY)
    assert page.plain == file(
        title="Smoothing of a rough heel – daily", sections=[section("symptoms", "", ["“rough”", "naïve"])]
    )


def test_bytes_of_no_encoding() -> None:
    """A byte that Windows doesn't know is shown as such."""
    page = read_page(f"{TITLE}\nSymptoms\n- ".encode() + b"a\x81\xe9", "heel.txt", DAY)
    assert page.plain["sections"] == [section("symptoms", "", ["a�é"])]


def test_white_space_and_unsafe_characters() -> None:
    """White space of any kind is one blank, what is not seen is left out, and a name is made visible."""
    text = f"{TITLE}\x0c\nSymptoms\u00a0\n\u00a0\u2022\ta\u2003rough\x0bheel\u200b\u202e\x1b[31m\n\x07\nend\x85\u2028it"
    page = read_page(text.encode(), "a\n\x1b.txt", DAY)
    assert page.plain["sections"] == [section("symptoms", "", ["a rough heel[31m"])]
    assert page.plain["source"] == {"file": "a\\n\\x1b.txt", "imported": DAY}
    assert left(page) == [(5, "end it")]


NO_CODE = 'heel.txt has no code in it; an article begins like "Overview of CPT Code 20976: Title"'
NO_SECTION = "heel.txt has no section with content in it; cptref sections lists what they are called"
SEVERAL = "heel.txt speaks of 20976 and 20920; import one article at a time"
HTML = "heel.txt looks like HTML source; save the page as text"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", NO_CODE),
        ("Symptoms\n- CPT Code 20976", NO_CODE),
        (f"{TITLE}\nSymptoms\nCauses\n\n", NO_SECTION),
        (f"{TITLE}\nmain-logo\n- a\nBilling\nCPT Code: 0999T", NO_SECTION),
        ("Overview of CPT Code 20976: A\nA.\nOverview of CPT Code 20920: B\nB.", SEVERAL),
        ("When CPT Code 20976 is Used?\n- a\nWhen CPT Code 20920 is Used?\n- b", SEVERAL),
        (f"<!DOCTYPE html><h1>{TITLE}</h1>", HTML),
        (f"{TITLE}\n<p>{SUMMARY}</p>", HTML),
        ("x" * (MAX_FILE_BYTES + 1), "heel.txt is larger than 1 MiB; an article takes a few KiB; save its text alone"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    """What is no article is refused, and so is more than one."""
    assert refused(text) == message


def test_a_refusal_names_the_file_visibly() -> None:
    """A name with control characters, or none, can't spoil the message."""
    assert refused("", "a\x1b[2J\n.txt").startswith("a\\x1b[2J\\n.txt has no code in it; ")
    assert refused("", " ").startswith("the page has no code in it; ")


# What cptref itself prints


@pytest.mark.parametrize("width", [None, "30", "80"])
@pytest.mark.parametrize("code", ["20920", "20962", "20971", "20975", "20976"])
def test_entries_come_back(run: Run, code: str, width: str | None) -> None:
    """An entry that was printed, wrapped or not, is read as what it was, but for what was checked."""
    shown = run("show", code, "-f", "text", *(["--width", width] if width else []))
    page = read_page(shown.out.encode(), "heel.txt", DAY, KNOWN)
    was = tomli.loads((bundled_layer().folder / f"articles/{code}.toml").read_text(encoding="utf-8"))
    fields = ("title", "category", "summary", "modifiers", "cost", "faq")
    held = [one for one in was["sections"] if one.get("intro") or one.get("points")]
    assert page.plain == file(code=code, sections=held, **{name: was[name] for name in fields if name in was})
    number = shown.out.split("\n").index("Overview")
    headings = {kind.heading for kind in CATALOGUE.values()}
    assert all(line <= number or text.startswith("Dataset") for line, text in left(page) if width is None)
    assert not headings & {text for _, text in left(page)}


SHOWN = """\
0999T  Smoothing (a heel) (Feet (both), not listed)
===================================================

NOT LISTED: no such code
  Nobody lists it.

Symptoms
- not a point
    Overview of CPT Code 20976: what it is like
  Symptoms
  - Learn more
  - <p>holes</p>, which
    - are in

    socks
  a stray line
  - Recovery

Recovery and aftercare
  soft socks

Billing
  - Code: 0999T
  - Category: Feet (both)
  - Modifier RT: right, LT being left
  - Modifier ZZ: asleep

Cost and coverage
  - Cost on average: $5

Your notes
  - ask

Dataset 1
Symptoms
  - none
"""


def test_an_entry_is_read_strictly() -> None:
    """In an entry nothing but place says what a line is: headings stand at the left, points behind two blanks."""
    page = read(SHOWN)
    assert page.plain == {
        key: value
        for key, value in file(
            title="Smoothing (a heel)",
            category="Feet (both)",
            modifiers=["RT", "ZZ"],
            cost={"low": 5, "high": 5, "currency": "USD"},
            sections=[section("recovery", "soft socks", [])],
        ).items()
        if key != "summary"
    }
    assert left(page)[:3] == [(4, "NOT LISTED: no such code"), (5, "Nobody lists it."), (7, "Symptoms")]
    page = read(SHOWN.replace("- not a point\n", ""))
    assert page.plain["sections"][0] == section(
        "symptoms",
        "Overview of CPT Code 20976: what it is like Symptoms",
        ["Learn more", "<p>holes</p>, which - are in socks", "Recovery"],
    )
    assert left(page) == [
        (4, "NOT LISTED: no such code"),
        (5, "Nobody lists it."),
        (15, "a stray line"),
        (25, "- Modifier ZZ: asleep"),
        (31, "- ask"),
        (33, "Dataset 1"),
        (34, "Symptoms"),
        (35, "- none"),
    ]


def test_some_sections_of_an_entry(run: Run) -> None:
    """Where no billing is shown, title and category are those of the title."""
    page = read(run("show", "20976", "-s", "recovery", "-f", "text").out)
    assert (page.plain["title"], page.plain["category"]) == ("Therapeutic injection into the spine", "Surgery")
    assert [one["key"] for one in page.plain["sections"]] == ["recovery"]


def test_several_entries(run: Run) -> None:
    """Of several entries none is imported."""
    shown = run("show", "20976", "20975", "-s", "recovery").out
    assert refused(shown) == "heel.txt speaks of 20976 and 20975; import one article at a time"
    again = run("show", "20976", "-s", "recovery").out
    assert refused(f"{again}\n{again}") == "heel.txt speaks of 20976 twice; import one article at a time"


PARTS = st.sampled_from(["Symptoms", "\n\nSymptoms\n", "- ", "    ", "</p>", "What?", TITLE, SHOWN[:100], "\n", "x"])
LINES = (
    st.lists(PARTS | st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=9)
    .map("".join)
    .filter(str.strip)
)
INTROS = LINES.filter(lambda text: not re.search("^- ", text, re.MULTILINE))
HELD = st.builds(
    Section,
    key=st.sampled_from(rules.STORED_SECTIONS),
    intro=st.just("") | INTROS,
    points=st.lists(LINES, max_size=3).map(tuple),
)


@given(st.lists(HELD, unique_by=lambda one: one.key), st.just("") | INTROS)
def test_any_entry_comes_back(sections: list[Section], summary: str) -> None:
    """Whatever the sections of an entry say, they are read as what they were, but for white space."""
    article = Article(code="0999T", title="A (", category="B), (", summary=summary, sections=tuple(sections))
    entry = build_entry(article, "test", ModifierTable(modifiers=()), notes=("a note",))
    shown = render(show(ShowAnswer(dataset=NOTHING, sections=(), entries=(entry,), misses=())))
    page = read(shown)
    said = (page.plain["title"], page.plain["category"], page.plain.get("summary", ""))
    assert said == ("A (", "B), (", " ".join(summary.split()))
    assert page.plain["sections"] == [
        section(one.key, " ".join(one.intro.split()), [" ".join(point.split()) for point in one.points])
        for one in sorted(sections, key=lambda one: rules.STORED_SECTIONS.index(one.key))
        if one.intro or one.points
    ]


# Any input

PIECES = st.sampled_from(
    [
        *("Symptoms", "FAQ", "Billing", "Cost", "Overview", "Your notes", TITLE, "Overview of CPT Code 0999T"),
        *("\n", "\n\n", "\r\n", "- ", "• ", "  - ", "  ", "1. ", "? ", "$300", " to $2", "Learn more", "Category: "),
        *("CPT Code: 0999T", "50 - ", "Q: ", "A: ", "====", "\t", "\x0c", "\u00a0", "\u200b", "\u202e", "a", "."),
        "0999T  T (C, verified)\n====\n\nSymptoms\n",
    ]
)
TEXTS = st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=30).map("".join)


@given((TEXTS | TEXTS.map(lambda text: f"{TITLE}\n{SUMMARY}\n{text}")).map(str.encode) | st.binary(), st.text())
def test_any_file(data: bytes, name: str) -> None:
    """Whatever a file holds, it is refused or becomes a dataset file without a fault."""
    try:
        page = read_page(data, name, DAY, KNOWN)
    except FileError as error:
        assert str(error).isprintable() or not name.isprintable()  # noqa: PT017 - any of several messages
        return
    written = schema.serialize(page.plain)
    assert [*CHECK(page.plain, written)[1], *rules.check_article(page.plain, written, page.plain["code"])] == []
    assert tomli.loads(tomli_w.dumps(page.plain)) == page.plain
    assert [line for line, _ in page.unplaced] == sorted(line for line, _ in page.unplaced)
    assert not any(re.search(UNSAFE_PATTERN, text) for _, text in page.unplaced)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("- a heel\n", "a heel"),
        ("- a heel\n  of a foot\n", "a heel of a foot"),
        ("a heel ", None),
        ("camelCaseText", None),
        ("some camelCase Text ", None),
        ("Learn moreX", None),
        ("Learn moreSymptoms ", None),
        ("1,", None),
    ],
)
def test_large_pages(text: str, point: str | None) -> None:
    """A page may fill 1 MiB, whatever with; were the time to read it to grow with its square, this would hang."""
    times = (MAX_FILE_BYTES - 200) // len(text)
    page = read(f"{TITLE}\n{SUMMARY}\nSymptoms\n{text * times}")
    assert page.plain["sections"] == ([section("symptoms", "", [point] * times)] if point else [])


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
@example([("Category: ", ""), ("Billing\nCategory: ", ""), ("Category: ", ""), ("CPT Code: 0999T ", ""), ("50 - ", "")])
@example([("Symptoms\n", "."), ("\n\n", "."), ("Symptoms\n", "\n"), ("Cost\n$5 ", ""), ("FAQ\nWhy?\nSo.\n", "?")])
def test_nothing_is_lost(around: list[tuple[str, str]]) -> None:
    """Each word of a page stands in the file, or in a line without a place."""
    words = {f"w{number}": f"{before}w{number}{after}" for number, (before, after) in enumerate(around)}
    try:
        page = read([TITLE, "", SUMMARY, "Symptoms", *words.values()], known=())
    except FileError:
        return
    said = re.findall(r"w\d", f"{page.plain} {page.unplaced}")
    assert words.keys() <= {*said}
