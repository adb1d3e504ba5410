"""Test that the first lines of pages give their code and title, however they are written."""

from __future__ import annotations

import pytest

from tests.importer.test_pages import list_unplaced, read_lines, read_refusal

REST = "Symptoms\n- rough"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("CPT Code 64483: A heel", "A heel"),
        ("CPT 64483 \u2013 A heel", "A heel"),
        ("CPT\u00ae 64483 A heel", "A heel"),
        ("CPT64483: A heel", "A heel"),
        ("CPT Code - 64483 - A heel", "A heel"),
        ("CPT (64483): A heel", "A heel"),
        ("64483 - A heel", "A heel"),
        ("64483: A heel", "A heel"),
        ("64483 | A heel", "A heel"),
        ("64483. A heel", "A heel"),
        ("64483 A heel", "A heel"),
        ("# 64483 A heel", "A heel"),
        ("**64483 \u2014 A heel**", "A heel"),
        ("A heel (64483)", "A heel"),
        ("A heel, CPT 64483", "A heel"),
        ("A heel | CPT Code 64483 | Socks", "A heel - Socks"),
        ("Procedure: A heel (CPT 64483)", "A heel"),
        ("Title: A heel\nCPT Code: 64483", "A heel"),
        ("# A heel\nCPT Code: 64483", "A heel"),
        ("What is CPT code 64483?", "Untitled"),
        ("What does 64483 mean?", "Untitled"),
        ("What is CPT code 64483? A heel", "A heel"),
        ("A Guide to CPT Code 64483", "Untitled"),
        ("CPT Code 64483 Explained", "Untitled"),
        ("Code: 64483", "Untitled"),
        ("64483", "Untitled"),
        ("CPT 64483: A heel\n\nCPT 64483: A heel\n\nWhat is CPT code 64483?", "A heel"),
        ("CPT Codes 64483: A heel", "A heel"),
        ("CPT Code(s): 64483 (A heel)", "A heel"),
        ("64483 - CPT Code - A heel", "A heel"),
        ("CPT: 64483\nDescription: A heel", "A heel"),
        ("CPT Code 64483: Smoothing of the\nrough heel", "Smoothing of the rough heel"),
    ],
)
def test_takes_the_code_from_the_first_line(line: str, title: str) -> None:
    """Take the code and the title from it, and nothing is left of it."""
    page = read_lines(f"{line}\nIt is rough.\n{REST}")
    assert (page.document["code"], page.document["title"], page.document["summary"], list_unplaced(page)) == (
        "64483",
        title,
        "It is rough.",
        [],
    )


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        ("Socks and Heels\nSee also CPT 64484\nCPT Code 64483: A heel", [1, 2]),
        ("90210 - Beverly Hills\nCPT Code: 64483", [1]),
        ("12345 Main Street\nCPT 64483: A heel", [1]),
        ("64483 - A heel\nRelated: CPT 64484", []),
    ],
)
def test_other_numbers_of_the_first_lines_are_no_code(lines: str, left_out: list[int]) -> None:
    """Read neither a ZIP code nor another code as that of the page."""
    page = read_lines(f"{lines}\n\n{REST}")
    assert page.document["code"] == "64483"
    assert [number for number, _ in list_unplaced(page)][: len(left_out)] == left_out


@pytest.mark.parametrize("line", ["CPT Codes 64483 and 64484: Heels", "64483, 64484 - Heels", "64483/64484: Heels"])
def test_a_title_with_two_codes_is_refused(line: str) -> None:
    """Name both, as for two articles in a page."""
    assert read_refusal(f"{line}\n{REST}") == "heel.txt is about 64483 and 64484; import one article at a time"


def test_a_question_below_a_heading_is_no_title() -> None:
    """Read what a code is as a question where questions are."""
    page = read_lines("64483 - A heel\nFAQ\nWhat is CPT code 64483?\nA heel.")
    assert page.document["faq"] == [{"question": "What is CPT code 64483?", "answer": "A heel."}]


def test_a_sentence_about_a_code_is_no_title() -> None:
    """Leave a sentence that begins with the code in the summary."""
    page = read_lines(f"CPT Code 64483: A heel\nCPT Code 64483 is for rough heels.\n{REST}")
    assert page.document["summary"] == "CPT Code 64483 is for rough heels."
