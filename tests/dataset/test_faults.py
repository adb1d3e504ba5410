"""Reading is strict: every fault of every file at once, each with its file and place."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from cptref.dataset.layers import Layer, bundled_layer
from cptref.dataset.loader import DatasetLoader
from cptref.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the bundled data, to be broken."""
    folder = tmp_path / "data"
    shutil.copytree(bundled_layer().folder, folder)
    return folder


def faults(data: Path) -> list[str]:
    """The faults of a dataset, without the folder they all begin with."""
    reading = DatasetLoader([Layer("test", data)])
    assert all(one.article.code in one.path for one in reading.articles(reading.codes))
    with pytest.raises(DatasetError) as caught:
        reading.result()
    return [str(fault).replace(f"{data}/", "") for fault in caught.value.faults]


def edit(path: Path, pattern: str, replacement: str) -> None:
    """Replace the one place in a file where the pattern fits."""
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("pattern", "replacement", "message"),
    [
        (r"^category = .*", "", "category: is missing"),
        (r"^category = .*", "category = 7", "category: must be text, not a number"),
        (r"^category = .*", "category = true", "category: must be text, not true or false"),
        (r"^category = .*", 'category = " "', "category: is empty"),
        (r"^category = .*", r'category = "a\\nb"', "category: must be one line"),
        (r"^category = .*", 'category = "a"\ncolour = "red"', "colour: unknown key"),
        (r"^category = .*", "category = 2026-01-01", "category: a date or a time has no place here"),
        (r"^category = .*", r'category = "a\\u001b[31m"', r"category: has the control character \x1b"),
        (r"^category = .*", r'category = "a\\u202eb"', r"category: has the control character \u202e"),
        (r"^low = .*", "low = 5000", "cost: low 5000 is above high 3000"),
        (r"^low = .*", "low = -1", "cost.low: -1 is below nothing"),
        (r"^low = .*", 'low = "1000"', "cost.low: must be a whole number, not text"),
        (r"^low = .*", "low = 10.5", "cost.low: must be a whole number, not a number with a fraction"),
        (r'^currency = "USD"', 'currency = "EUR"', "cost.currency: must be 'USD'"),
        (r'^modifiers = \["50"', 'modifiers = ["5O"', "modifiers[0]: no modifier '5O' in modifiers.toml"),
        (r"^modifiers = .*", "modifiers = []\nnotes = [[]]", "notes: unknown key"),
        (r"^modifiers = .*", 'modifiers = ["50", "50"]', "modifiers[1]: 50 stands here twice"),
        (
            r'^status = "not-listed"',
            'status = "fine"',
            "verification.status: must be 'verified', 'conflict', 'not-listed' or 'unverified'",
        ),
        (r'"62320"', '"6232O"', "verification.see_instead[0]: '6232O' is not shaped like a code; did you mean 62320?"),
        (r'^key = "tests"', 'key = "symptoms"', "sections: the section tests is missing"),
        (r'^key = "tests"', 'key = "symptoms"', "sections[3].key: the section symptoms stands here twice"),
        (
            r'^key = "tests"',
            'key = "overview"',
            (
                "sections[3].key: no section 'overview'; the sections are used-when, symptoms, causes, tests, "
                "procedure, preparation, recovery, complications, follow-up, alternatives, home-care, education, "
                "related, references"
            ),
        ),
        (r"^points = \[", "points = [\n  3,", "sections[0].points[0]: must be text, not a number"),
        (r"^answer = .*", "", "faq[0].answer: is missing"),
    ],
)  # fmt: skip
def test_a_fault_has_its_place(data: Path, pattern: str, replacement: str, message: str) -> None:
    """What is wrong, and where in the file."""
    edit(data / "articles/20976.toml", pattern, replacement)
    assert f"articles/20976.toml: {message}" in faults(data)


def test_a_file_is_named_after_its_code(data: Path) -> None:
    """A code stands in the file of its name and in no other."""
    edit(data / "articles/20975.toml", '^code = "20975"', 'code = "20976"')
    assert faults(data) == [
        "articles/20975.toml: code: 20976 stands in a file named 20975.toml; a file is named after its code",
    ]


def test_what_is_no_code_is_refused(data: Path) -> None:
    """An article is about something code-shaped."""
    (data / "articles/20975.toml").rename(data / "articles/home.toml")
    edit(data / "articles/home.toml", '^code = "20975"', 'code = "home"')
    assert faults(data) == [
        (
            "articles/home.toml: code: 'home' is not shaped like a code; "
            "a code has five characters, like 20976, 0042T or G0260"
        )
    ]


def test_files_that_are_no_toml(data: Path) -> None:
    """A file that isn't UTF-8, isn't TOML or can't be read is a fault like any other."""
    (data / "articles/20920.toml").write_bytes(b'code = "\xff"')
    (data / "articles/20962.toml").write_text("code = ", encoding="utf-8")
    (data / "articles/20971.toml").unlink()
    (data / "articles/20971.toml").mkdir()
    assert faults(data) == [
        "articles/20920.toml: isn't UTF-8 at byte 8",
        "articles/20962.toml: isn't TOML: Invalid value (at end of document)",
        "articles/20971.toml: isn't a file",
    ]


def test_a_pipe_in_the_folder(data: Path) -> None:
    """What never ends isn't waited for."""
    (data / "articles/20920.toml").unlink()
    os.mkfifo(data / "articles/20920.toml")
    assert faults(data) == ["articles/20920.toml: isn't a file"]


@pytest.mark.parametrize(
    "deep",
    [
        "a = " + "[" * 5000 + "]" * 5000,
        "a = " + "[" * 300 + "]" * 300,
        *(".".join("a" * n) + " = 1" for n in (950, 3000)),
    ],
)
def test_a_file_that_is_nested_too_deep(data: Path, deep: str) -> None:
    """It is a fault of that file like any other."""
    (data / "articles/20920.toml").write_text(deep, encoding="utf-8")
    assert faults(data) == ["articles/20920.toml: is nested too deep"]


def test_a_section_that_says_nothing(run_in_checkout: Run, checkout: Path) -> None:
    """An article that has nothing to say on a section says so with an empty one; it isn't shown."""
    edit(checkout / "data/articles/20976.toml", r"^intro = .*\npoints = \[[^]]*\]", "")
    done = run_in_checkout("show", "20976", "-s", "used-when", "-s", "cost")
    assert done.code == 1
    assert "cptref: 20976: its entry has no section 'When it is used'; it has overview, symptoms" in done.err


def test_tables_that_are_missing_or_wrong(data: Path) -> None:
    """dataset.toml and modifiers.toml are held to the same; a table with faults hides none of an article."""
    (data / "dataset.toml").unlink()
    edit(data / "modifiers.toml", '^code = "XE"', 'code = "50"')
    edit(data / "modifiers.toml", '^code = "59"', 'code = "5-9"')
    edit(data / "modifiers.toml", "^set = .*", 'set = "AMA"')
    edit(data / "articles/20976.toml", '"LT"]', '"ZZ"]')
    assert faults(data) == [
        "articles/20976.toml: modifiers[2]: no modifier 'ZZ' in modifiers.toml",
        "dataset.toml: can't be read: No such file or directory",
        "modifiers.toml: modifiers[0].set: must be 'CPT', 'HCPCS Level II' or 'unknown'",
        "modifiers.toml: modifiers[3].code: '5-9' must be two digits or capital letters",
        "modifiers.toml: modifiers[4].code: 50 stands here twice",
    ]


def test_a_table_that_can_not_be_read(data: Path) -> None:
    """Where nothing is known of the modifiers, articles aren't blamed for theirs."""
    (data / "modifiers.toml").write_text("modifiers = ", encoding="utf-8")
    assert faults(data) == ["modifiers.toml: isn't TOML: Invalid value (at end of document)"]


def test_folders_that_can_not_be_read(data: Path) -> None:
    """A folder that isn't one is named; so is one without an article."""
    shutil.rmtree(data / "articles")
    assert faults(data) == ["articles: holds no article"]
    (data / "articles").write_text("", encoding="utf-8")
    assert faults(data) == ["articles: can't be read: Not a directory", "articles: holds no article"]


def test_a_number_without_end(data: Path) -> None:
    """Python refuses to read a number of five thousand digits; that is a fault of the file."""
    edit(data / "articles/20976.toml", "^high = .*", f"high = {'9' * 5000}")
    edit(data / "articles/20975.toml", "^high = .*", f"high = 0x{'f' * 5000}")
    big, long = faults(data)
    assert big.startswith("articles/20975.toml: has a number that is too large: Exceeds the limit (4300")
    assert long.startswith("articles/20976.toml: isn't TOML: Exceeds the limit (4300")


def test_a_date_that_is_none(data: Path) -> None:
    """The release date is a date."""
    edit(data / "dataset.toml", "^released = .*", 'released = "2026-11-21"')
    assert faults(data) == ["dataset.toml: released: must be a date, not text"]


def test_all_faults_of_all_files_are_told_at_once(run_in_checkout: Run, checkout: Path) -> None:
    """The command prints one line a fault, in order of file and place, and exits 3; nothing goes to standard output."""
    articles = checkout / "data/articles"
    edit(articles / "20920.toml", "^low = 1000", 'low = 9000\nmid = "x"')
    edit(articles / "20920.toml", r'^modifiers = \["50"', 'modifiers = ["ZZ"')
    (articles / "20976.toml").write_text("code = ", encoding="utf-8")
    done = run_in_checkout("show", "20975")
    assert (done.code, done.out) == (3, "")
    assert done.err.replace(f"{articles}/", "") == (
        "cptref: 20920.toml: cost.mid: unknown key\n"
        "cptref: 20920.toml: cost: low 9000 is above high 3000\n"
        "cptref: 20920.toml: modifiers[0]: no modifier 'ZZ' in modifiers.toml\n"
        "cptref: 20976.toml: isn't TOML: Invalid value (at end of document)\n"
        "cptref: the dataset can't be read: 4 faults; mend each place named here\n"
    )
    assert run_in_checkout("list").code == 3
    assert run_in_checkout("search", "tingling").code == 3


def test_a_mended_file_is_read_again(run_in_checkout: Run, checkout: Path) -> None:
    """After a fault nothing is left behind: the next command reads the file as it is then."""
    path = checkout / "data/articles/20976.toml"
    whole = path.read_text(encoding="utf-8")
    path.write_text("", encoding="utf-8")
    assert run_in_checkout("list").code == 3
    path.write_text(whole, encoding="utf-8")
    assert run_in_checkout("list").code == 0
