"""Localities: what a coder types for one, and what is said where none or several are meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.errors import UsageError
from tests.codesets.locality_files import GPCI_DAY, make_gpci, make_zip5, zip_line

if TYPE_CHECKING:
    from cptref.models.claims import Locality
    from tests.claims.conftest import AddSets
    from tests.codesets.conftest import RealFile
    from tests.conftest import Run, Spawn

GPCI = {"gpci.csv": make_gpci()}
ZIP5 = {
    "zip5.txt": make_zip5(
        zip_line("33101", "09102-04"),
        zip_line("10112", "13202-01", "NY"),
        zip_line("35958", "10112-00", "AL", plus_four=True),
        zip_line("99999", "09102-77"),
    )
}
HINT = "name it as in 09102-04, FL-04 or Miami"
FLORIDA = "Fort Lauderdale (FL-03), Miami (FL-04) {} Rest of Florida (FL-99)"


def find(typed: str, on: str = GPCI_DAY) -> Locality:
    """Return the locality that is typed for a claim."""
    with open_library() as library:
        locality = library.claim("64483", on=on, locality=typed).locality
    assert locality
    return locality


def explain(typed: str, on: str = GPCI_DAY) -> str:
    """Return why there is no locality."""
    with pytest.raises(UsageError) as caught:
        find(typed, on)
    return str(caught.value)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        *((typed, "09102-04") for typed in ("09102-04", "0910204", "09102 04", "FL-04", "FL 04", "fl04", "fl 4")),
        *((typed, "09102-04") for typed in ("Miami", "miami fl", " Miami,  FL ", "Miami (FL-04)", "mia")),
        ("Rest of Florida", "09102-99"),
        ("ft lauderdale", "09102-03"),
        ("alabama", "10112-00"),
        ("AL", "10112-00"),
        ("Los Angeles", "01182-18"),
        ("orange county", "01182-18"),
        ("marin", "01112-52"),
        ("chicago", "06102-16"),
        ("kansas", "05202-00"),
        ("kansas city", "05302-02"),
        ("virginia", "11302-00"),
        ("guam", "01212-01"),
        ("DC", "12202-01"),
    ],
)
def test_a_number_or_a_name_means_a_locality(add_sets: AddSets, typed: str, key: str) -> None:
    """A whole name comes before a part of one, and a whole word before the beginning of one."""
    add_sets(GPCI)
    locality = find(typed)
    assert (locality.key, locality.remark, locality.rule.source) == (key, "", "GPCI 2027")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("FL", f"FL may be {FLORIDA.format('or')}; name one of them"),
        ("florida", f"florida may be {FLORIDA.format('or')}; name one of them"),
        ("St. Louis", "St. Louis may be East St. Louis (IL-12) or Metropolitan St. Louis (MO-01); name one of them"),
        ("VA", "VA may be DC + MD/VA Suburbs (DC-01) or Virginia (VA-00); name one of them"),
        ("FL-05", f"FL-05: no locality of GPCI 2027; did you mean {FLORIDA.format('or')}?"),
        ("09102-05", f"09102-05: no locality of GPCI 2027; did you mean {FLORIDA.format('or')}?"),
        ("9102-04", "9102-04: no locality of GPCI 2027; did you mean Miami (FL-04)?"),
        ("miamy", "miamy: no locality of GPCI 2027; did you mean Miami (FL-04)?"),
        (
            "Tampa, FL",
            (f"Tampa, FL: no locality of GPCI 2027; its state has {FLORIDA.format('and')}; a ZIP code tells which"),
        ),
        ("xx", f"xx: no locality of GPCI 2027; {HINT}"),
        ("[b]", f"[b]: no locality of GPCI 2027; {HINT}"),
        ("  ", f"the locality is empty; {HINT}"),
        ("09102", f"09102 is the contractor of {FLORIDA.format('and')}; name one of them"),
        (
            "00501",
            ("ZIP code 00501 is not in ZIP code localities 2027Q1; check it, or name the locality, as in FL-04"),
        ),
        (
            "99999",
            f"ZIP code 99999 is in 09102-77 by ZIP code localities 2027Q1, which GPCI 2027 does not have; {HINT}",
        ),
    ],
)
def test_none_and_several_are_errors_with_a_hint(add_sets: AddSets, typed: str, problem: str) -> None:
    """The amounts of localities differ, so nothing is guessed."""
    add_sets(GPCI, ZIP5)
    assert explain(typed) == problem


def test_many_localities_are_named_in_part(add_sets: AddSets) -> None:
    """One line is enough."""
    add_sets(GPCI)
    assert explain("rest").endswith("; name one of them")
    assert " or 24 more; " in explain("CA")


@pytest.mark.parametrize("typed", ["Birmingham, AL", "birmingham al"])
def test_a_place_in_a_state_with_one_locality_is_in_it(add_sets: AddSets, typed: str) -> None:
    """It is said. Virginia is none of those states, since suburbs of Washington are in another locality."""
    add_sets(GPCI)
    locality = find(typed)
    assert (locality.key, locality.remark) == ("10112-00", "AL has one locality, 10112-00")
    assert explain("Alexandria VA").startswith("Alexandria VA: no locality of GPCI 2027; its state has DC + MD/VA")


@pytest.mark.parametrize(
    ("typed", "key", "remark"),
    [
        ("33101", "09102-04", "ZIP code 33101 is in 09102-04 by ZIP code localities 2027Q1"),
        ("33101-1234", "09102-04", "ZIP code 33101 is in 09102-04 by ZIP code localities 2027Q1"),
        ("10112", "13202-01", "ZIP code 10112 is in 13202-01 by ZIP code localities 2027Q1"),  # a contractor too
        (
            "35958",
            "10112-00",
            (
                "ZIP code 35958 is in 10112-00 by ZIP code localities 2027Q1; it may be in another one by its last "
                "four digits"
            ),
        ),
    ],
)
def test_a_zip_code_means_its_locality(add_sets: AddSets, typed: str, key: str, remark: str) -> None:
    """The answer says by which file, and where the file can't tell."""
    add_sets(GPCI, ZIP5)
    locality = find(typed)
    assert (locality.key, locality.remark) == (key, remark)


def test_a_claim_says_how_a_zip_code_led_to_its_locality(add_sets: AddSets, run: Run) -> None:
    """So does the command, as a notice."""
    add_sets(GPCI, ZIP5)
    remark = "ZIP code 33101 is in 09102-04 by ZIP code localities 2027Q1"
    assert remark in run("claim", "64483", "--zip", "33101", "--on", GPCI_DAY).err
    with open_library() as library:
        assert remark in library.claim("64483", on=GPCI_DAY, locality="33101").remarks


def test_a_missing_set_is_named_with_how_to_get_it(add_sets: AddSets) -> None:
    """A ZIP code needs both, and is not taken for a contractor without the one that knows it."""
    get_gpci = "no GPCI loaded; download the RVU zip of the quarter from CMS and add it"
    assert explain("Miami") == f"Miami: {get_gpci}"
    add_sets(ZIP5)
    assert explain("33101") == f"33101: {get_gpci}"


def test_a_zip_code_needs_its_set(add_sets: AddSets) -> None:
    """10112 is a contractor and a ZIP code."""
    add_sets(GPCI)
    assert explain("10112") == (
        "ZIP code 10112: no ZIP code localities loaded; download the ZIP code to carrier locality zip from CMS and "
        "add it"
    )


@pytest.mark.parametrize(
    ("on", "mark", "zip_mark"),
    [
        ("2027-03-01", "", ""),
        ("2027-08-01", "", " (the newest loaded before 2027-08-01)"),
        ("2028-01-01", "as of 2027", " (the newest loaded before 2028-01-01)"),
        (
            "2019-01-01",
            "unknown on 2019-01-01",
            " (unknown on 2019-01-01: the oldest loaded release is 2027Q1)",
        ),
    ],
)
def test_a_release_of_another_day_is_marked(add_sets: AddSets, on: str, mark: str, zip_mark: str) -> None:
    """The locality says which indices it has, its remark which ZIP codes."""
    add_sets(GPCI, ZIP5)
    locality = find("33101", on)
    assert locality.rule.as_of == mark
    assert locality.remark == f"ZIP code 33101 is in 09102-04 by ZIP code localities 2027Q1{zip_mark}"


def test_the_release_of_the_day_answers(add_sets: AddSets, run: Run) -> None:
    """Each year has its own indices, and both are compared as localities."""
    add_sets({"a.csv": make_gpci(), "b.csv": make_gpci(year=2028)})
    assert [find("FL-04", day).rule.source for day in ("2027-12-31", "2028-01-01")] == ["GPCI 2027", "GPCI 2028"]
    assert "\n2027 has 109 localities, 2028 has 109\n" in run("changes", "gpci", "09102-04").out
    listed = json.loads(run("list", "--set", "gpci", "FL", "--on", GPCI_DAY, "-f", "json").out)["results"]
    assert [code["title"] for code in listed] == ["FORT LAUDERDALE (FL-03)", "MIAMI (FL-04)", "REST OF FLORIDA (FL-99)"]


@pytest.mark.outside
@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("fl", ["fl-03", "fl-04", "fl-99"]),
        ("09102-9", ["09102-99"]),
        ("--locality=FL-0", ["FL-03", "FL-04"]),
        ("--compare fl-0", ["fl-03", "fl-04"]),
    ],
)
def test_a_shell_completes_localities(
    add_sets: AddSets, spawn: Spawn, command: str, typed: str, offers: list[str]
) -> None:
    """Numbers are offered once a digit is typed, else state and number."""
    add_sets(GPCI)
    line = "cptref fee 64483 " + (typed if typed.startswith("-") else f"--locality {typed}")
    words = line.split(" ")
    env = {"_CPTREF_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = spawn(command, env=env)
    assert (done.out.split(), done.err) == ([f"{'--locality=' if '=' in typed else ''}{offer}" for offer in offers], "")


def test_every_locality_of_the_real_files_is_found(real_file: RealFile, run: Run) -> None:
    """By number, by state and number, by its title; every ZIP code of the file is in one of them."""
    paths = (real_file("rvu26c.zip"), real_file("zip-code-carrier-locality.zip"))
    done = run("add", *map(str, paths))
    assert (done.code, done.out.count("compared with")) == (0, 0)
    keys = run("list", "--set", "gpci", "--on", "2026-08-01").out.split()
    assert len(keys) == 109
    with open_library() as library:
        for key in keys:
            locality = library.claim("64483", on="2026-08-01", locality=key).locality
            assert locality
            for typed in (locality.short, locality.title):
                again = library.claim("64483", on="2026-08-01", locality=typed).locality
                assert again
                assert again.key == key
