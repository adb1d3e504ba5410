"""Test that article pages in any layout become dataset files, with the lines that have no place listed."""

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
from cptref.errors import FileError
from cptref.importer.article import Page, read_page
from cptref.models.article import Article
from cptref.sanitize import UNSAFE_PATTERN
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tests.conftest import Run

    Content = tuple[str, Sequence[str]]  # the intro of a section, and its points
    Layout = Callable[[str, str, Mapping[str, Content]], list[str]]

DAY = date(2026, 3, 4)
KNOWN = {"50", "RT", "LT"}
CHECK = schema.type_checker(Article)

TITLE = "Overview of CPT Code 0999T: Smoothing of a rough heel"
SUMMARY = "A rough heel is filed until no sock catches on it."
SECTIONS: dict[str, Content] = {
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
KEYS = dict(zip(SECTIONS, rules.REQUIRED_SECTIONS, strict=True))
BILLING = ["CPT Code: 0999T", "Category: Feet", "Common Modifiers:"]
MODIFIERS = ["50 - Both heels", "RT - The right heel", "LT - The left heel"]
COST: Content = ("What it costs varies.", ["Average cost ranges from $20 to $1,050.", "Few plans pay for it."])
FAQ = [
    {"question": "Does it tickle?", "answer": "It does, a little."},
    {"question": "May I keep the file?", "answer": "You may not."},
]


def lay_out_compact(title: str, summary: str, sections: Mapping[str, Content]) -> list[str]:
    """Return the lines of a page without blank lines, with hyphens as bullets."""
    lines = [title, summary]
    for heading, (intro, points) in sections.items():
        lines += [heading, *([intro] if intro else []), *(f"- {point}" for point in points)]
    return lines


def lay_out_spaced(title: str, summary: str, sections: Mapping[str, Content]) -> list[str]:
    """Return the lines of a page with blank lines, indented bullets and the title twice."""
    lines = ["main-logo", "", title, "", title, "", summary, ""]
    for heading, (intro, points) in sections.items():
        lines += [heading, "", *([intro, ""] if intro else []), *(f"  • {point}" for point in points), ""]
    return lines


LAYOUTS = {"compact": lay_out_compact, "spaced": lay_out_spaced}
each_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def read_lines(lines: Iterable[str] | str, known: Iterable[str] = KNOWN) -> Page:
    """Read a page of these lines."""
    text = lines if isinstance(lines, str) else "\n".join(lines)
    return read_page(text.encode(), "heel.txt", DAY, {*known})


def read_refusal(data: bytes | str, name: str = "heel.txt") -> str:
    """Return the whole message with which a page is refused."""
    with pytest.raises(FileError) as caught:
        read_page(data.encode() if isinstance(data, str) else data, name, DAY)
    return str(caught.value)


def list_unplaced(page: Page) -> list[tuple[int, str]]:
    """Return the lines that have no place."""
    return [(line, text) for line, text in page.unplaced]


def read_below(heading: str, *lines: str, known: Iterable[str] = KNOWN) -> Page:
    """Read a page with one heading, and these lines below it from line 4 on."""
    return read_lines([TITLE, SUMMARY, heading, *lines], known)


def make_document(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a dataset file holds
    """Return a dataset file as a page becomes it, with these fields replaced."""
    finding = "Nobody has checked this entry against the published code set. Imported from heel.txt on 2026-03-04."
    document: dict[str, Any] = {
        "code": "0999T",
        "title": "Smoothing of a rough heel",
        "category": "Not stated",
        "summary": SUMMARY,
        "modifiers": [],
        "verification": {"status": "unverified", "finding": finding},
        "source": {"file": "heel.txt", "imported": DAY},
        "sections": [],
    }
    return document | fields


def make_section(key: str, intro: str, points: Sequence[str]) -> dict[str, Any]:
    """Return a section of a dataset file, without what is empty."""
    return {"key": key} | ({"intro": intro} if intro else {}) | ({"points": [*points]} if points else {})


# Layouts


def test_reads_every_part_of_a_page() -> None:
    """Place every section, modifier, amount and question of a page, but nothing around them."""
    lines = lay_out_spaced(TITLE, SUMMARY, SECTIONS)
    index = lines.index("Post-Procedure Follow-Up")
    lines[index - 1 : index] = [
        "card-topcard-bottom",
        "",
        "Secure, compliant, and soft",
        "",
        "Learn more",
        "hipaa-icon",
        "",
    ]
    lines += ["Billing and Coding Information", "", *BILLING, "", *(f"  • {modifier}" for modifier in MODIFIERS), ""]
    lines += ["Average Cost and Insurance Coverage", "", COST[0], "", *(f"  • {note}" for note in COST[1]), ""]
    lines += ["Frequently Asked Questions (FAQs)", ""]
    for question in FAQ:
        lines += [question["question"], "", question["answer"], ""]
    end = len(lines)
    lines += ["diamond-bg", "", "Get started with your 5 free socks", "Sign up for free", "heels@example.org", "Notes"]
    lines += ["© Heels 2026. All rights reserved"]
    page = read_lines(lines)
    assert page.document == make_document(
        category="Feet",
        modifiers=["50", "RT", "LT"],
        cost={"low": 20, "high": 1050, "currency": "USD", "intro": COST[0], "notes": COST[1][1:]},
        sections=[make_section(KEYS[heading], *content) for heading, content in SECTIONS.items()],
        faq=FAQ,
    )
    around = [1, index, index + 2, index + 4, index + 5, end + 1, *range(end + 3, end + 8)]
    assert list_unplaced(page) == [(number, lines[number - 1]) for number in around]


@each_layout
@given(st.lists(st.sampled_from(list(SECTIONS)), unique=True))
def test_sorts_any_sections_into_catalogue_order(layout: Layout, headings: list[str]) -> None:
    """Keep exactly the sections of the page, in the order of the catalogue."""
    page = read_lines(layout(TITLE, SUMMARY, {heading: SECTIONS[heading] for heading in headings}))
    assert page.document == make_document(
        sections=[make_section(KEYS[heading], *content) for heading, content in SECTIONS.items() if heading in headings]
    )


@each_layout
@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1), min_size=1))
@example(["Symptoms", "Related CPT Codes", "- nested", "1. first", "What?", "$5", "Sign up: no", "Learn moreSymptoms"])
def test_keeps_any_text_in_a_list_as_a_point(layout: Layout, texts: list[str]) -> None:
    """Read any text in a list as a point, even if it looks like a heading or a link."""
    points = [" ".join(text.split()) for text in texts if re.search(r"[^\W_]", text)]
    page = read_lines(layout(TITLE, SUMMARY, {"Home Care Tips": ("Much can be done at home.", points)}))
    assert page.document["sections"] == [make_section("home-care", "Much can be done at home.", points)]


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
def test_recognizes_headings(heading: str, key: str) -> None:
    """Recognize the headings of the catalogue, those of websites, and variants of both."""
    assert read_below(heading, "- a heel").document["sections"] == [make_section(key, "", ["a heel"])]


def test_a_sentence_that_begins_like_a_heading_is_no_heading() -> None:
    """Require a heading to be the whole line."""
    page = read_below("Symptoms", "Symptoms come and go.", "- a heel")
    assert page.document["sections"] == [make_section("symptoms", "Symptoms come and go.", ["a heel"])]


def test_joins_sections_with_the_same_heading() -> None:
    """Add what is below a repeated heading to the section."""
    page = read_below(
        "Symptoms", "First.", "- one", "Causes", "- two", "Symptoms", "Then.", "- three", "Symptoms", "First."
    )
    assert page.document["sections"] == [
        make_section("symptoms", "First. Then.", ["one", "three"]),
        make_section("causes", "", ["two"]),
    ]
    assert list_unplaced(page) == []


@pytest.mark.parametrize("bullet", [*"•·▪◦‣●○*-–—", "1.", "2)", "  •", "   -", "\t•\t", "    12."])
def test_accepts_any_bullet(bullet: str) -> None:
    """Accept any bullet or number before a point."""
    page = read_below("Symptoms", f"{bullet} a heel", f"{bullet} a toe")
    assert page.document["sections"] == [make_section("symptoms", "", ["a heel", "a toe"])]


def test_joins_the_lines_of_a_point() -> None:
    """Add a line right below a point to it if it is indented deeper than the bullet."""
    page = read_below(
        "Symptoms", "  • a heel that is", "    rough and has", "   side effects", "  • toes", "", "    of a foot"
    )
    assert page.document["sections"] == [
        make_section("symptoms", "", ["a heel that is rough and has side effects", "toes"])
    ]
    assert list_unplaced(page) == [(9, "of a foot")]


def test_a_numbered_point_may_have_the_name_of_a_section() -> None:
    """Read a section's name as a point within a numbered list, and as a heading elsewhere."""
    page = read_below("1. Procedure", "1. Preparation", "2. Filing", "3. Recovery", "", "2. Recovery", "", "1. Cream")
    assert page.document["sections"] == [
        make_section("procedure", "", ["Preparation", "Filing", "Recovery"]),
        make_section("recovery", "", ["Cream"]),
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
def test_splits_a_heading_from_a_link(line: str, heading: str, link: str) -> None:
    """Recognize a heading with the text of a link glued before or behind it."""
    page = read_below("Symptoms", "- a heel", line, "- a toe")
    assert {section["key"]: section["points"] for section in page.document["sections"]} == {
        "symptoms": ["a heel"],
        heading: ["a toe"],
    }
    assert list_unplaced(page) == [(5, link)]


def test_splits_several_headings_in_one_line() -> None:
    """Split titles, headings and links in one line, but not other words with inner capitals."""
    title = "Overview of CPT Code 0999T: The McHeel method"
    page = read_lines(
        [f"Buy socks{title}{title}Learn more", SUMMARY, "Related CPT CodesReferences and Sources", "- A book"]
    )
    assert page.document == make_document(
        title="The McHeel method", sections=[make_section("references", "", ["A book"])]
    )
    assert list_unplaced(page) == [(1, "Buy socks"), (1, "Learn more")]
    assert list_unplaced(read_below("Symptoms", "- a heel", "Visit HeelMcToe today")) == [(5, "Visit HeelMcToe today")]


def test_a_list_goes_on_after_asides() -> None:
    """Continue a list after images, links and lines without a word."""
    page = read_below(
        "Symptoms", "- a", "Learn more", "- b", "card-topcard-bottom", "- c", "* * *", "- d", "-", "=====", "- e"
    )
    assert page.document["sections"] == [make_section("symptoms", "", ["a", "b", "c", "d", "e"])]
    assert list_unplaced(page) == [(5, "Learn more"), (7, "card-topcard-bottom"), (9, "* * *"), (11, "-")]


@pytest.mark.parametrize(
    "line",
    [
        "Socks and More",
        "a line that leads nowhere",
        "A second paragraph, after the points.",
        "Get started",
        "© 2026 Heels",
        "- Privacy Policy",
    ],
)
def test_an_unknown_line_ends_a_section(line: str) -> None:
    """Place nothing behind an unknown line, so that no section takes lines of the next one or of the footer."""
    page = read_below("Symptoms", "- a heel", line, "- a sock", "Causes", "- a shoe")
    assert page.document["sections"] == [
        make_section("symptoms", "", ["a heel"]),
        make_section("causes", "", ["a shoe"]),
    ]
    assert list_unplaced(page) == [(5, line), (6, "- a sock")]


def test_an_unknown_heading_is_no_intro() -> None:
    """Read a line of capitalized words above a list as an unknown heading, not as an intro."""
    page = read_below(
        "Related CPT Codes", "Socks and More", "- a sock", "References", "A book.", "More on socks", "- a shop"
    )
    assert page.document["sections"] == [make_section("references", "A book.", [])]
    assert list_unplaced(page) == [(4, "Socks and More"), (5, "- a sock"), (8, "More on socks"), (9, "- a shop")]


@pytest.mark.parametrize(
    ("lines", "intro"),
    [
        (["A sentence", "of two lines."], "A sentence of two lines."),
        (["", "A sentence.", ""], "A sentence."),
        (["what to", "look for", "", "- a heel"], "what to look for"),
        (["Learn more", "What to look for:", "- a heel"], "What to look for:"),
    ],
)
def test_reads_the_first_paragraph_as_intro(lines: list[str], intro: str) -> None:
    """Read the first paragraph as the intro if it ends like a sentence or if points follow."""
    assert read_below("Symptoms", *lines).document["sections"][0]["intro"] == intro


def test_slogans_and_second_paragraphs_are_no_intro() -> None:
    """Place no slogan, no line that leads nowhere and no second paragraph as an intro."""
    slogans = ["Sign up for free", "HIPAA-compliant and cozy, your heel is protected."]
    page = read_below("Symptoms", *slogans, "Causes", "leads nowhere", "", "Tests", "One.", "", "Two.")
    assert page.document["sections"] == [make_section("tests", "One.", [])]
    assert list_unplaced(page) == [(4, slogans[0]), (5, slogans[1]), (7, "leads nowhere"), (12, "Two.")]


# Titles and codes


@pytest.mark.parametrize(
    ("line", "code", "title"),
    [
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
def test_takes_the_code_from_title_heading_or_billing(line: str, code: str, title: str) -> None:
    """Take the code from the title in any shape, or else from a heading or from billing."""
    page = read_lines(f"{line}\nSymptoms\n- rough")
    assert (page.document["code"], page.document["title"], list_unplaced(page)) == (code, title, [])


def test_leaves_other_codes_and_titles_out() -> None:
    """Leave other codes and titles below the title without a place."""
    page = read_below(
        "When CPT Code 0998T is Used?",
        "- a heel",
        "Billing",
        "CPT Code: 0998T",
        "Code: 0999T, twice",
        f"{TITLE}s",
        TITLE,
    )
    assert page.document == make_document(sections=[make_section("used-when", "", ["a heel"])])
    assert list_unplaced(page) == [
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
        ("-50", ["50"]),
        ("Modifier 50: both", ["50"]),
        ("Modifier RT: right, not LT", ["RT"]),
        ("50 (both heels)", ["50"]),
        ("RT – right", ["RT"]),
        ("RT: right", ["RT"]),
        ("50 RT LT", ["50", "RT", "LT"]),
        ("RT/LT - right or left", ["RT", "LT"]),
        ("50 - both, RT - right", ["50", "RT"]),
        ("50 (both), RT (right) and LT (left)", ["50", "RT", "LT"]),
        ("Common Modifiers: 50, RT and LT", ["50", "RT", "LT"]),
        ("Modifiers include -50, -RT, and -LT.", ["50", "RT", "LT"]),
        ("Common Modifiers: 50, 50, RT", ["50", "RT"]),
    ],
)
def test_reads_modifiers_however_written(bullet: str, line: str, modifiers: list[str]) -> None:
    """Read modifiers in any notation, each once, and drop the page's own words for known ones."""
    page = read_below("Billing and Coding Information", f"{bullet}{line}")
    assert (page.document["modifiers"], list_unplaced(page)) == (modifiers, [])


@pytest.mark.parametrize(
    "line",
    ["10 days at least", "20 - 30 minutes", "No modifiers apply.", "IV Sedation is billed too", "Global: 10 days"],
)
def test_leaves_other_billing_lines_out(line: str) -> None:
    """Leave other lines of billing out; accept modifiers with mere words only behind their label."""
    page = read_below("Billing", f"- {line}", "Common Modifiers:", "50 Both heels", "RT Right heel", "Category: Feet")
    assert (page.document["modifiers"], page.document["category"], list_unplaced(page)) == (
        ["50", "RT"],
        "Feet",
        [(4, f"- {line}")],
    )


def test_lists_the_line_of_an_unknown_modifier() -> None:
    """Read a modifier of unknown meaning, and list what the page says about it."""
    page = read_below("Billing", "- 50 - Both heels", "- XS and 59", known=["50"])
    assert (page.document["modifiers"], list_unplaced(page)) == (["50", "XS", "59"], [(5, "- XS and 59")])


@pytest.mark.parametrize(
    ("line", "modifiers"), [("50 - seen by CT and MR", ["50"]), ("50 - both, RT", ["50"]), ("50 - RT", [])]
)
def test_lists_a_line_that_may_have_more_modifiers(line: str, modifiers: list[str]) -> None:
    """List a line if two capitals in the meaning of a modifier may be another modifier."""
    page = read_below("Billing", f"- {line}")
    assert (page.document["modifiers"], [text.removeprefix("- ") for _, text in list_unplaced(page)]) == (
        modifiers,
        [line],
    )


def test_billing_ends_at_an_unknown_heading() -> None:
    """Read no modifiers below an unknown heading, and no second category."""
    page = read_below(
        "Billing", "Mind what follows.", "Category: Feet", "Category: Hands", "Other Codes", "- RT - right"
    )
    assert page.document == make_document(category="Feet")
    assert list_unplaced(page) == [
        (4, "Mind what follows."),
        (6, "Category: Hands"),
        (7, "Other Codes"),
        (8, "- RT - right"),
    ]


# Cost


@pytest.mark.parametrize(
    ("line", "low", "high", "kept"),
    [
        ("The procedure typically costs between $300 and $1,500", 300, 1500, False),
        ("$300 – $1,500", 300, 1500, False),
        ("$300 - 1,500", 300, 1500, False),
        ("USD 300 to USD 1,500", 300, 1500, False),
        ("300 to 1,500 USD", 300, 1500, False),
        ("US$300–US$400", 300, 400, False),
        ("$300.50 to $1,499.01", 300, 1500, False),
        ("$3,000 to $1,000", 1000, 3000, False),
        ("Average cost: $500.00", 500, 500, False),
        ("$99.50", 99, 100, False),
        ("From $300 to $1,500 for two heels", 300, 1500, True),
        ("A file is $20, the filing $1,000 to $3,000", 1000, 3000, True),
        ("$300 - 2 visits", 300, 300, True),
        ("$20, $50 or $30", 20, 50, True),
        ("$123,456,789,012", 123456789012, 123456789012, False),
        ("$1,234,567,890,123", None, None, True),
        ("$2 million", None, None, True),
        ("24-48 hours", None, None, True),
    ],
)
def test_reads_amounts_of_cost(line: str, low: int | None, high: int | None, kept: bool) -> None:  # noqa: FBT001 - a column
    """Read the amounts of a line in whole dollars; keep the line as a note only if it says more."""
    ends = {} if low is None else {"low": low, "high": high}
    notes = [line] if kept else []
    page = read_below("Average Cost", f"- {line}", "- Socks are extra, at $7.")
    if low is None:
        ends = {"low": 7, "high": 7}
    assert page.document["cost"] == {**ends, "currency": "USD", "notes": [*notes, "Socks are extra, at $7."]}


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
def test_reads_amounts_without_a_bullet(lines: list[str], intro: str, notes: list[str]) -> None:
    """Read the line with the amounts even if it is not a point, and let intro and notes follow."""
    page = read_below("Average Cost and Insurance Coverage", *lines)
    remarks = ({"intro": intro} if intro else {}) | ({"notes": notes} if notes else {})
    assert page.document["cost"] == {"low": 20, "high": 30, "currency": "USD", **remarks}
    assert list_unplaced(page) == []


def test_reads_cost_without_an_amount() -> None:
    """Keep remarks on the cost without an amount, and no cost if nothing is said."""
    assert read_below("Cost", "It varies.", "- Few pay.").document == make_document(
        cost={"currency": "USD", "intro": "It varies.", "notes": ["Few pay."]}
    )
    assert read_below("Cost", "Plans and Prices", "- Socks for $5").document == make_document()


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
def test_reads_questions_in_any_layout(lines: list[str]) -> None:
    """Read questions and answers in any layout."""
    page = read_below("FAQ", *lines)
    assert page.document == make_document(faq=FAQ)
    assert [text for _, text in list_unplaced(page)] == [
        line for line in lines if line in {"what people ask", "Learn more"}
    ]


def test_leaves_lines_around_questions_out() -> None:
    """Leave out a question without an answer, and every question behind another line."""
    lines = ["Why?", "Does it tickle?", "It does, a little.", "diamond-bg", "Who?", "Get started", "Us?", "We."]
    page = read_below("FAQs:", *lines)
    assert page.document == make_document(faq=FAQ[:1])
    unplaced = [(4, "Why?"), (7, "diamond-bg"), (8, "Who?"), (9, "Get started"), (10, "Us?"), (11, "We.")]
    assert list_unplaced(page) == unplaced


def test_an_answer_keeps_its_words() -> None:
    """Remove the label of an answer at its beginning only."""
    page = read_below("Q&A", "Why?", "A file is extra: it wears off, as does a. The rest stays.")
    assert page.document["faq"] == [
        {"question": "Why?", "answer": "A file is extra: it wears off, as does a. The rest stays."}
    ]


def test_leaves_second_paragraphs_of_answers_out() -> None:
    """Leave a second paragraph out and read further questions, but none behind other lines."""
    lines = ["Why?", "", "So.", "", "And so on.", "", "When?", "", "Now", "", "socks", "", "Who?", "", "We."]
    page = read_below("FAQ", *lines)
    assert page.document["faq"] == [{"question": "Why?", "answer": "So."}, {"question": "When?", "answer": "Now"}]
    assert list_unplaced(page) == [(8, "And so on."), (14, "socks"), (16, "Who?"), (18, "We.")]


# Files


@pytest.mark.parametrize(
    ("encoding", "before"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16", b""), ("utf-16-be", b"\xfe\xff"), ("cp1252", b"")],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_reads_any_encoding(encoding: str, before: bytes, end: str) -> None:
    """Read a page in the encoding in which it was saved, with any line ends."""
    text = f"{TITLE} – daily\n{SUMMARY}\nSymptoms\n• “rough”\n• naïve".replace("\n", end)
    page = read_page(before + text.encode(encoding), "heel.txt", DAY)
    assert page.document == make_document(
        title="Smoothing of a rough heel – daily", sections=[make_section("symptoms", "", ["“rough”", "naïve"])]
    )


def test_replaces_undecodable_bytes() -> None:
    """Show a byte that Windows does not know as a replacement character."""
    page = read_page(f"{TITLE}\nSymptoms\n- ".encode() + b"a\x81\xe9", "heel.txt", DAY)
    assert page.document["sections"] == [make_section("symptoms", "", ["a�é"])]


def test_normalizes_white_space_and_drops_unsafe_characters() -> None:
    """Read any white space as one blank, drop and count invisible characters, and escape them in the name."""
    text = f"{TITLE}\nSymptoms\u00a0\n\u00a0\u2022\ta\u2003rough\x1fheel\u200b\u202e\x1b[31m\n\x07\nend\tit"
    page = read_page(text.encode(), "a\n\x1b.txt", DAY)
    assert page.document["sections"] == [make_section("symptoms", "", ["a rough heel[31m"])]
    assert page.document["source"] == {"file": "a\\n\\x1b.txt", "imported": DAY}
    assert list_unplaced(page) == [(5, "end it")]
    assert page.changes == ("dropped 4 invisible characters",)


NO_CODE = 'heel.txt has no code in it; an article begins like "Overview of CPT Code 20976: Title"'
NO_SECTION = "heel.txt has no section with content; cptref sections lists the section names"
SEVERAL = "heel.txt is about 20976 and 20920; import one article at a time"
PRINTED = "heel.txt is an entry that cptref printed; use cptref export CODE -f toml, which writes it as a dataset file"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Symptoms\n- CPT Code 20976", NO_CODE),
        (f"{TITLE}\nmain-logo\n- a\nBilling\nCPT Code: 0999T", NO_SECTION),
        ("Overview of CPT Code 20976: A\nA.\nOverview of CPT Code 20920: B\nB.", SEVERAL),
        ("When CPT Code 20976 is Used?\n- a\nWhen CPT Code 20920 is Used?\n- b", SEVERAL),
        (f"<!DOCTYPE html><h1>{TITLE}</h1>", NO_SECTION),
        (
            "x" * (MAX_FILE_BYTES + 1),
            "heel.txt is larger than 1 MiB; an article takes a few KiB, so save only its text",
        ),
    ],
)
def test_refuses_what_is_not_one_article(text: str, message: str) -> None:
    """Refuse what is not an article, and more than one article."""
    assert read_refusal(text) == message


def test_a_refusal_escapes_the_name_of_the_file() -> None:
    """Escape control characters in the name, and name a page without a name."""
    assert read_refusal("", "a\x1b[2J\n.txt").startswith("a\\x1b[2J\\n.txt has no code in it; ")
    assert read_refusal("", " ").startswith("the page has no code in it; ")


# Entries that cptref printed


@pytest.mark.parametrize(
    "args",
    [
        ["show", "20920"],
        ["show", "20976", "--width", "20"],
        ["show", "20975", "-s", "recovery"],
        ["show", "20962", "20971", "-f", "markdown"],
        ["show", "20976", "-f", "terminal", "--width", "40"],
        ["compare", "20920", "20962"],
        ["show", "64483"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
def test_refuses_an_entry_that_cptref_printed(run: Run, args: list[str], end: str) -> None:
    """Refuse printed entries in any format, wrapped or not, and name the command that writes a dataset file."""
    assert read_refusal(run(*args).out.replace("\n", end)) == PRINTED


def test_accepts_the_words_of_a_verdict_elsewhere() -> None:
    """Refuse only the verdict itself."""
    points = ["a heel (verified)", "Conflict: the payer denies it", "not listed: a sole"]
    page = read_below("Symptoms", *(f"- {point}" for point in points))
    assert page.document["sections"] == [make_section("symptoms", "", points)]


# Any input

PIECES = st.sampled_from(
    [
        *("Symptoms", "FAQ", "Billing", "Cost", "Overview", "Your notes", TITLE, "Overview of CPT Code 0999T"),
        *("\n", "\n\n", "\r\n", "- ", "• ", "  - ", "  ", "1. ", "? ", "$300", " to $2", "Learn more", "Category: "),
        *("CPT Code: 0999T", "50 - ", "Q: ", "A: ", "====", "\t", "\x0c", "\u00a0", "\u200b", "\u202e", "a", "."),
        "20976  ✓ VERIFIED: an injection\n",
    ]
)
TEXTS = st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=30).map("".join)


@given((TEXTS | TEXTS.map(lambda text: f"{TITLE}\n{SUMMARY}\n{text}")).map(str.encode) | st.binary(), st.text())
def test_any_bytes_are_refused_or_imported(data: bytes, name: str) -> None:
    """Refuse any bytes, or turn them into a dataset file without a fault."""
    try:
        page = read_page(data, name, DAY, KNOWN)
    except FileError as error:
        assert str(error).isprintable() or not name.isprintable()  # noqa: PT017 - any of several messages
        return
    written = schema.serialize(page.document)
    assert [
        *CHECK(page.document, written)[1],
        *rules.check_article(page.document, written, page.document["code"]),
    ] == []
    assert tomli.loads(tomli_w.dumps(page.document)) == page.document
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
def test_reads_a_large_page(text: str, point: str | None) -> None:
    """Read a page of 1 MiB; this would hang if the time grew with the square of the size."""
    times = (MAX_FILE_BYTES - 200) // len(text)
    page = read_lines(f"{TITLE}\n{SUMMARY}\nSymptoms\n{text * times}")
    assert page.document["sections"] == ([make_section("symptoms", "", [point] * times)] if point else [])


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
@example([("Category: ", ""), ("Billing\nCategory: ", ""), ("Category: ", ""), ("CPT Code: 0999T ", ""), ("50 - ", "")])
@example([("Symptoms\n", "."), ("\n\n", "."), ("Symptoms\n", "\n"), ("Cost\n$5 ", ""), ("FAQ\nWhy?\nSo.\n", "?")])
def test_loses_no_word(around: list[tuple[str, str]]) -> None:
    """Put each word of a page into the file or into a line without a place."""
    words = {f"w{number}": f"{before}w{number}{after}" for number, (before, after) in enumerate(around)}
    try:
        page = read_lines([TITLE, "", SUMMARY, "Symptoms", *words.values()], known=())
    except FileError:
        return
    kept_words = re.findall(r"w\d", f"{page.document} {page.unplaced}")
    assert words.keys() <= {*kept_words}
