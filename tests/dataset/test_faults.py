"""Test that loading is strict: it reports every fault of every file at once, each with its file and place."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from cptref.dataset.layers import Layer, bundled_layer
from cptref.dataset.loader import DatasetLoader
from cptref.errors import DatasetError
from tests.conftest import copy_writable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of the bundled data, to be broken."""
    folder = tmp_path / "data"
    copy_writable(bundled_layer().folder, folder)
    return folder


def list_faults(data: Path) -> list[str]:
    """Return the faults of a dataset, without the folder name at their beginning."""
    loader = DatasetLoader([Layer("test", data)])
    assert all(loaded.article.code in loaded.path for loaded in loader.iter_articles(loader.codes))
    with pytest.raises(DatasetError) as caught:
        loader.result()
    return [str(fault).replace(f"{data}/", "") for fault in caught.value.faults]


def replace_once(path: Path, pattern: str, replacement: str) -> None:
    """Replace the first match of a pattern in a file."""
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("pattern", "replacement", "message"),
    [
        (r"^category = .*", "category = true", "category: must be text, not true or false"),
        (r"^category = .*", 'category = " "', "category: is empty"),
        (r"^category = .*", 'category = "a"\ncolour = "red"', "colour: unknown key"),
        (r"^category = .*", "category = 2026-01-01", "category: a date or a time is not allowed here"),
        (r"^low = .*", "low = 5000", "cost: low 5000 is above high 3000"),
        (r"^low = .*", "low = -1", "cost.low: -1 is below zero"),
        (r"^low = .*", 'low = "1000"', "cost.low: must be a whole number, not text"),
        (r"^low = .*", "low = 10.5", "cost.low: must be a whole number, not a number with a fraction"),
        (r'^currency = "USD"', 'currency = "EUR"', "cost.currency: must be 'USD'"),
        (r'^modifiers = \["50"', 'modifiers = ["5O"', "modifiers[0]: modifier '5O' is not in modifiers.toml"),
        (r"^modifiers = .*", 'modifiers = ["50", "50"]', "modifiers[1]: 50 appears twice"),
        (
            r'^status = "not-listed"',
            'status = "fine"',
            "verification.status: must be 'verified', 'conflict', 'not-listed' or 'unverified'",
        ),
        (r'"62320"', '"6232O"', "verification.see_instead[0]: '6232O' is not a code; did you mean 62320?"),
        (r'^key = "tests"', 'key = "symptoms"', "sections: the section tests is missing"),
        (r'^key = "tests"', 'key = "symptoms"', "sections[3].key: the section symptoms appears twice"),
        (
            r'^key = "tests"',
            'key = "overview"',
            (
                "sections[3].key: no section 'overview'; the sections are used-when, symptoms, causes, tests, "
                "procedure, preparation, recovery, complications, follow-up, alternatives, home-care, education, "
                "billing, related, references"
            ),
        ),
        (r"^points = \[", "points = [\n  3,", "sections[0].points[0]: must be text, not a number"),
        (r"^answer = .*", "", "faq[0].answer: is missing"),
    ],
)  # fmt: skip
def test_reports_a_fault_with_its_place(data: Path, pattern: str, replacement: str, message: str) -> None:
    """Report the place in the file and what is wrong there."""
    replace_once(data / "articles/20976.toml", pattern, replacement)
    assert f"articles/20976.toml: {message}" in list_faults(data)


def test_an_empty_section_is_not_shown(run_in_checkout: Run, checkout: Path) -> None:
    """Accept an empty section, and do not show it."""
    replace_once(checkout / "data/articles/20976.toml", r"^intro = .*\npoints = \[[^]]*\]", "")
    done = run_in_checkout("show", "20976", "-s", "used-when", "-s", "cost")
    assert done.code == 1
    assert (
        "cptref: 20976: its entry has no section 'When it is used'; it has overview, verification, symptoms" in done.err
    )


def test_reports_missing_and_wrong_tables(data: Path) -> None:
    """Report missing tables and faults of modifiers.toml; they hide none of an article."""
    (data / "dataset.toml").unlink()
    (data / "vocabulary.toml").unlink()
    replace_once(data / "modifiers.toml", '^code = "XE"', 'code = "50"')
    replace_once(data / "modifiers.toml", '^code = "59"', 'code = "5-9"')
    replace_once(data / "modifiers.toml", "^set = .*", 'set = "AMA"')
    replace_once(data / "articles/20976.toml", '"LT"]', '"ZZ"]')
    assert list_faults(data) == [
        "articles/20976.toml: modifiers[2]: modifier 'ZZ' is not in modifiers.toml",
        "dataset.toml: can't be read: No such file or directory",
        "modifiers.toml: modifiers[0].set: must be 'CPT', 'HCPCS Level II' or 'unknown'",
        "modifiers.toml: modifiers[3].code: '5-9' must be two digits or capital letters",
        "modifiers.toml: modifiers[4].code: 50 appears twice",
        "vocabulary.toml: can't be read: No such file or directory",
    ]


def test_reports_folders_without_articles(data: Path) -> None:
    """Report a folder that is not one, and one without an article."""
    shutil.rmtree(data / "articles")
    assert list_faults(data) == ["articles: contains no article"]
    (data / "articles").write_text("", encoding="utf-8")
    assert list_faults(data) == ["articles: can't be read: Not a directory", "articles: contains no article"]


def test_reports_a_number_that_is_too_long(data: Path) -> None:
    """Report a number of five thousand digits, which Python refuses to read, as a fault of the file."""
    replace_once(data / "articles/20976.toml", "^high = .*", f"high = {'9' * 5000}")
    replace_once(data / "articles/20975.toml", "^high = .*", f"high = 0x{'f' * 5000}")
    big, long = list_faults(data)
    assert big.startswith("articles/20975.toml: has a number that is too large: Exceeds the limit (4300")
    assert long.startswith("articles/20976.toml: is not valid TOML: Exceeds the limit (4300")


def test_commands_print_all_faults_at_once(run_in_checkout: Run, checkout: Path) -> None:
    """Print one line per fault, in order of file and place, on standard error only; exit 3."""
    articles = checkout / "data/articles"
    replace_once(articles / "20920.toml", "^low = 1000", 'low = 9000\nmid = "x"')
    replace_once(articles / "20920.toml", r'^modifiers = \["50"', 'modifiers = ["ZZ"')
    (articles / "20976.toml").write_text("code = ", encoding="utf-8")
    done = run_in_checkout("show", "20975")
    assert (done.code, done.out) == (3, "")
    assert done.err.replace(f"{articles}/", "") == (
        "cptref: 20920.toml: cost.mid: unknown key\n"
        "cptref: 20920.toml: cost: low 9000 is above high 3000\n"
        "cptref: 20920.toml: modifiers[0]: modifier 'ZZ' is not in modifiers.toml\n"
        "cptref: 20976.toml: is not valid TOML: Invalid value (at end of document)\n"
        "cptref: the dataset can't be read: 4 faults; fix each place listed\n"
    )
    assert run_in_checkout("list").code == 3
    assert run_in_checkout("search", "tingling").code == 3
