"""Test that pages are read as Word, PDF converters and people lay them out, and that each change is counted."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.importer.article import read_page
from tests.importer.test_pages import (
    DAY,
    SUMMARY,
    TITLE,
    list_unplaced,
    make_section,
    read_below,
    read_lines,
    read_refusal,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.importer.article import Page

BULLETS = [
    *("\uf0b7", "\uf0a7", "\uf0d8", "\uf0fc", "o", "\u00a7", "\u00d8", "\u00fc", "q", "v"),
    *("\u2713", "\u2714", "\u2705", "\u2611", "\u27a2", "\u2192", "\u2794", "\u25b8", "->", "=>", "\u00bb"),
    *("\u25a0", "\u25a1", "\u25c6", "\u2756", "\u2605", "\u2610", "\U0001f539", "\u2460", "+"),
    *("a)", "(a)", "(1)", "[1]", "1)", "1.", "iv)", "(iv)"),
]
POINTS = ["a rough heel", "2 holes in a sock", "a toe"]


def list_points(page: Page) -> list[str]:
    """Return the points of the only section."""
    (section,) = page.document["sections"]
    return list(section["points"])


# Bullets


@pytest.mark.parametrize("bullet", BULLETS)
@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"], ids=["blank", "tab", "no-break"])
def test_accepts_the_bullets_of_word_and_pdf(bullet: str, blank: str) -> None:
    """Accept glyphs, the letters that Wingdings becomes, and letters and numbers with brackets."""
    points = [point.lstrip("2 ") for point in POINTS]  # `q 2` may be part of a formula
    assert list_points(read_below("Symptoms", *(f"{bullet}{blank}{point}" for point in points))) == points


@pytest.mark.parametrize("bullet", BULLETS)
def test_a_bullet_may_stand_alone(bullet: str) -> None:
    """Read the next line as its text, and count that."""
    points = [point.lstrip("2 ") for point in POINTS]
    page = read_below("Symptoms", *(line for point in points for line in (bullet, point)))
    assert list_points(page) == points
    assert page.changes == ("joined 3 bullets to the next line",)


def test_a_lone_hyphen_before_a_heading_is_a_separator() -> None:
    """Read the heading as one."""
    page = read_below("Symptoms", "- a heel", "-", "", "Causes", "- a shoe")
    assert [section["key"] for section in page.document["sections"]] == ["symptoms", "causes"]


@pytest.mark.parametrize(
    "labels", [["a.", "b.", "c."], ["A.", "B.", "C."], ["i.", "ii.", "iii."], ["I.", "II.", "III."], ["h.", "i.", "j."]]
)
def test_letters_and_periods_are_bullets_in_a_sequence(labels: Sequence[str]) -> None:
    """Accept them if their neighbors are there too, and read an initial as a word."""
    lines = [f"{label} {point}" for label, point in zip(labels, POINTS, strict=True)]
    assert list_points(read_below("Symptoms", *lines)) == POINTS
    assert read_below("References", "E. Heel wrote a book.").document["sections"] == [
        make_section("references", "E. Heel wrote a book.", [])
    ]


@pytest.mark.parametrize(
    "line",
    [
        *(f"{bullet} a heel {bullet} a sock {bullet} a toe" for bullet in BULLETS[:30]),
        "\u2022a heel\u2022a sock\u2022a toe",
        "1. a heel 2. a sock 3. a toe",
        "1) a heel 2) a sock 3) a toe",
        "(1) a heel (2) a sock (3) a toe",
        "a) a heel b) a sock c) a toe",
    ],
)
def test_splits_several_bullets_in_a_line(line: str) -> None:
    """Read each as a point."""
    page = read_below("Symptoms", line)
    assert list_points(page) == ["a heel", "a sock", "a toe"]
    assert page.changes == ("split 1 line with several bullets",)


def test_splits_a_heading_and_an_intro_from_bullets() -> None:
    """Read what stands before the first bullet as what it is."""
    page = read_lines(
        [TITLE, SUMMARY, "Symptoms \u2022 a heel \u2022 a toe", "Causes", "Mostly: \u25a0 shoes \u25a0 socks"]
    )
    assert page.document["sections"] == [
        make_section("symptoms", "", ["a heel", "a toe"]),
        make_section("causes", "Mostly:", ["shoes", "socks"]),
    ]


@pytest.mark.parametrize(
    "point", ["50 - both heels - and toes", "heel \u2192 toe", "size 2. 5 or so", "Home \u2022 About"]
)
def test_does_not_split_signs_between_words(point: str) -> None:
    """Leave hyphens, arrows and lone numbers in a point."""
    assert list_points(read_below("Symptoms", f"- {point}")) == [point]


# Wrapped lines

LONG_POINTS = [
    "Skin that cracks along the edge of the heel, mostly in winter, and catches on every sock",
    "Short",
    "Burning at night. It wakes people up. Walking around for some minutes helps most of them a little.",
    "Scars of 24-48 hours of dancing on the L4-L5 level of a well-known stage",
]
LONG_INTRO = "People who come for it mostly tell of one or more of these, on one foot or on both."
LONG_SUMMARY = (
    "This calms a rough heel where it meets the sock. A fine file does the work, and some cream shows the way."
)
LONG_ANSWER = (
    "Most people feel a tickle at first. The file itself is soft, and whoever is ticklish may ask for a break."
)
LONG_QUESTION = "Does the smoothing of a heel hurt a lot, or is it about as bad as a haircut?"


@pytest.mark.parametrize("bullet", ["- ", "\u2022 ", "\uf0b7 ", "o ", "1) "])
@given(width=st.integers(45, 110), page_rows=st.sampled_from([0, 5, 7, 9]))
def test_joins_lines_that_are_wrapped_at_the_margin(bullet: str, width: int, page_rows: int) -> None:
    """Read points, intros, questions and answers of several lines as what they were, also across page breaks."""
    points = [row for point in LONG_POINTS for row in wrap(f"{bullet}{point}", width)]
    rows = [
        *(TITLE, *wrap(LONG_SUMMARY, width), "Symptoms", *wrap(LONG_INTRO, width), *points),
        *("FAQ", *wrap(LONG_QUESTION, width), *wrap(LONG_ANSWER, width)),
    ]
    if page_rows:
        rows = [
            row
            for number, page_row in enumerate(rows, start=1)
            for row in (page_row, *([] if number % page_rows else [f"Sock Handbook  Page {number // page_rows}", ""]))
        ]
    page = read_lines(rows)
    assert page.document["summary"] == LONG_SUMMARY
    assert page.document["sections"] == [make_section("symptoms", LONG_INTRO, LONG_POINTS)]
    assert page.document["faq"] == [{"question": LONG_QUESTION, "answer": LONG_ANSWER}]
    assert list_unplaced(page) == []


def test_counts_wrapped_lines() -> None:
    """Say how many were joined."""
    page = read_below("Symptoms", "- a heel that is rough", "and has cracks of", "L4 size, and", "- a toe")
    assert list_points(page) == ["a heel that is rough and has cracks of L4 size, and", "a toe"]
    assert page.changes == ("joined 2 wrapped lines",)


@pytest.mark.parametrize(
    ("lines", "point", "word"),
    [
        (["- soft inflam-", "mation"], "soft inflammation", "inflammation"),
        (["- soft inflam\u00ad", "mation"], "soft inflammation", "inflammation"),
        (["- soft inflam\u2010", "mation"], "soft inflammation", "inflammation"),
        (["- soft post-", "operative heels"], "soft post-operative heels", "post-operative"),
        (["- an X-", "ray"], "an X-ray", "X-ray"),
        (["- the low-", "er heel"], "the lower heel", "lower"),
        (["- anti-", "inflammatory cream"], "anti-inflammatory cream", "anti-inflammatory"),
        (["- a sock-", "like heel or a sock-like toe"], "a sock-like heel or a sock-like toe", "sock-like"),
        (["- a for-", "ever heel is forever"], "a forever heel is forever", "forever"),
    ],
)
def test_joins_words_that_are_broken_at_the_end_of_a_line(lines: Sequence[str], point: str, word: str) -> None:
    """Drop the hyphen, unless the page has the word with one or its first part mostly has one; name the words."""
    page = read_below("Symptoms", *lines)
    assert list_points(page) == [point]
    assert page.changes == ("joined 1 wrapped line", f"joined 1 broken word ({word})")


def test_joins_ranges_and_alternatives_without_a_blank() -> None:
    """Put no blank behind a hyphen or a slash."""
    assert list_points(read_below("Symptoms", "- for 24-", "48 hours and/", "or longer")) == [
        "for 24-48 hours and/or longer"
    ]


@pytest.mark.parametrize("line", ["Socks and More", "www.heels.example", "Get started", "\u00a9 2026 Heels", "Causes"])
def test_other_lines_do_not_continue_a_point(line: str) -> None:
    """Join neither headings nor addresses nor what websites put around articles."""
    assert list_points(read_below("Symptoms", "- a heel that is rough all over it", line)) == [
        "a heel that is rough all over it"
    ]


def test_a_centered_heading_is_no_continuation() -> None:
    """Read a heading that is deeper than the bullet above it as a heading."""
    page = read_below("Symptoms", "- a heel", "          Causes", "- a shoe")
    assert [section["key"] for section in page.document["sections"]] == ["symptoms", "causes"]


# Page breaks


@pytest.mark.parametrize(
    "number",
    [
        "3",
        "- 3 -",
        "\u2013 3 \u2013",
        "Page 3",
        "Page 3 of 7",
        "page 3/7",
        "3 of 7",
        "3/7",
        "p. 3",
        "3 | Page",
        "| 3",
        "[3]",
    ],
)
@pytest.mark.parametrize("blank", [[], [""]], ids=["tight", "loose"])
def test_a_list_goes_on_after_a_page_number(number: str, blank: list[str]) -> None:
    """Drop the number, and count it."""
    page = read_below("Symptoms", "- a heel", *blank, number, *blank, "- a toe")
    assert list_points(page) == ["a heel", "a toe"]
    assert page.changes == ("dropped 1 page number",)


@pytest.mark.parametrize(
    ("breaks", "head"),
    [
        ([["Sock Handbook", "1"], ["Sock Handbook", "2"]], "Sock Handbook"),
        ([["1", "", "Sock Handbook"], ["2", "", "Sock Handbook"]], "Sock Handbook"),
        ([["\fSock Handbook"], ["\fSock Handbook"]], "Sock Handbook"),
        ([["Sock Handbook 1"], ["Sock Handbook 2"]], "Sock Handbook"),
        ([["1 | Sock Handbook"], ["2 | Sock Handbook"]], "Sock Handbook"),
        ([["Sock Handbook - Page 1 of 2"], ["Sock Handbook - Page 2 of 2"]], "Sock Handbook"),
        ([[TITLE, "1"], [TITLE, "2"]], TITLE),
    ],
)
def test_a_list_goes_on_after_a_running_head(breaks: Sequence[Sequence[str]], head: str) -> None:
    """Drop what is repeated at page breaks, count it and name it."""
    page = read_below("Symptoms", "- a heel", *breaks[0], "- a toe", *breaks[1], "- a sock")
    assert list_points(page) == ["a heel", "a toe", "a sock"]
    assert page.changes[-1] == f'dropped 2 running heads ("{head}")'
    assert page.document["title"] == "Smoothing of a rough heel"


def test_drops_what_browsers_print_around_pages() -> None:
    """Drop the date with the title above, and the address with the number below."""
    page = read_below("Symptoms", "- a heel", "https://heels.example/0999T 1/2", "11/27/26, 9:15 PM A heel", "- a toe")
    assert list_points(page) == ["a heel", "a toe"]
    assert page.changes == ("dropped 1 page number", 'dropped 1 running head ("11/27/26, 9:15 PM A heel")')


def test_a_sentence_goes_on_after_a_page_break() -> None:
    """Join what a page number and its blank lines interrupt."""
    page = read_below("Symptoms", "- a heel that is rough", "", "3", "", "and has cracks", "- a toe")
    assert list_points(page) == ["a heel that is rough and has cracks", "a toe"]


def test_numbers_and_repeated_answers_stay() -> None:
    """Drop neither modifiers nor the last word of a sentence nor equal answers."""
    page = read_below("Billing", "Common Modifiers:", "50", "RT", "FAQ", "Soft?", "No", "Wet?", "No", "Cold?", "No")
    assert (page.document["modifiers"], [answer["answer"] for answer in page.document["faq"]]) == (
        ["50", "RT"],
        ["No", "No", "No"],
    )
    assert page.changes == ()


def test_a_heading_goes_on_after_a_page_break() -> None:
    """Read a heading that is continued as the same section."""
    page = read_below("Symptoms", "- a heel", "Symptoms (continued)", "- a toe", "SYMPTOMS, cont'd.", "- a sock")
    assert list_points(page) == ["a heel", "a toe", "a sock"]


# Columns

COLUMNS = [
    "Symptoms                      Causes",
    "- a heel that is rough        - a shoe",
    "- a sock                      - no sock",
    "- a toe",
]


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        (COLUMNS, ["Symptoms   Causes", "- a heel that is rough   - a shoe", "- a sock   - no sock", "- a toe"]),
        (["Symptoms\tCauses", "- a heel\t- a shoe"], ["Symptoms   Causes", "- a heel   - a shoe"]),
        (
            [
                "The heel is rough and      Shoes are",
                "catches on every sock    too narrow for",
                "that one wears.      most people.",
            ],
            [
                "The heel is rough and   Shoes are",
                "catches on every sock   too narrow for",
                "that one wears.   most people.",
            ],
        ),
    ],
    ids=["aligned", "tabs", "ragged"],
)
def test_leaves_two_columns_out(lines: Sequence[str], texts: Sequence[str]) -> None:
    """List their lines, say why they are left out, and read the rest."""
    page = read_below("Tests", "- a look", "", *lines, "", "Recovery", "- cream")
    assert page.document["sections"] == [make_section("tests", "", ["a look"]), make_section("recovery", "", ["cream"])]
    assert list_unplaced(page) == [*enumerate(texts, start=6)]
    assert page.changes == (f"left out {len(lines)} lines in two columns, which would be mixed up",)


def test_blank_lines_within_columns_are_not_counted() -> None:
    """Count the lines with text only."""
    page = read_below("Symptoms", *(line for text in COLUMNS[:3] for line in (text, "")), "Tests", "- a look")
    assert page.changes == ("left out 3 lines in two columns, which would be mixed up",)
    assert page.document["sections"] == [make_section("tests", "", ["a look"])]


def test_refuses_a_page_in_two_columns() -> None:
    """Name the reason if there is nothing else."""
    assert read_refusal("\n".join([TITLE, "", *COLUMNS])) == (
        "heel.txt has no section with content outside of its two columns; save the page in one column"
    )


def test_a_table_of_labels_or_modifiers_is_not_two_columns() -> None:
    """Read a gap behind a bullet, a label, a code or a modifier as a blank."""
    page = read_below(
        *("Billing", "CPT Code:       0999T", "Category:       Feet", "Common Modifiers:"),
        *("50              Both heels", "RT              Right heel", "LT              Left heel"),
        *("Symptoms", "1.     a heel", "2.     a toe", "3.     a sock"),
    )
    assert (page.document["modifiers"], page.document["category"]) == (["50", "RT", "LT"], "Feet")
    assert list_points(page) == ["a heel", "a toe", "a sock"]


# Line ends


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e", "\r", "\r\n"], ids=ascii)
def test_any_line_end_ends_a_line(end: str) -> None:
    """Read the line ends that Unicode knows, those of Word and of PDF converters among them."""
    page = read_page(end.join([TITLE, SUMMARY, "Symptoms", "- a heel", "- a toe"]).encode(), "heel.txt", DAY)
    assert (page.document["summary"], list_points(page)) == (SUMMARY, ["a heel", "a toe"])


def test_line_numbers_are_those_of_editors() -> None:
    """Count no line break of Word and no page break, but the line and paragraph separators of Unicode."""
    page = read_lines(f"{TITLE}\x0bSymptoms\x0c- a heel\u2028lost\nlost too")
    assert list_unplaced(page) == [(2, "lost"), (3, "lost too")]


# Markdown


def test_an_unknown_heading_of_markdown_ends_a_section_unless_it_is_deeper() -> None:
    """Continue below a subheading, and read a question without its number signs."""
    page = read_below(
        *("## Symptoms", "* a heel", "### Rare", "* a toe", "## Shop", "* a sock", "## FAQ", "### Soft?", "Very.")
    )
    assert list_points(page) == ["a heel", "a toe"]
    assert page.document["faq"] == [{"question": "Soft?", "answer": "Very."}]
    assert list_unplaced(page) == [(5, "### Rare"), (7, "## Shop"), (8, "* a sock")]


@pytest.mark.parametrize(
    "text", ["- a-\n", "o\n", "a\tb\n", "a    b\n", "\x0c", "A 3\n", "a and\n", "i.\n", "1) a 2) b "]
)
def test_reads_any_layout_in_linear_time(text: str) -> None:
    """Read 128 KiB of it; this would hang if the time grew with the square of the size."""
    read_lines(f"{TITLE}\n{SUMMARY}\nSymptoms\n{text * (2**17 // len(text))}")
