"""A finding belongs to the code: whatever files of one's own say of a code, the bundled finding on it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import tomli_w

from cptref import open_library
from cptref.render import DocumentFormat
from tests.conftest import PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cptref.models.article import Verification
    from tests.conftest import Run

pytestmark = pytest.mark.outside  # a library is compiled for nearly every test

CONFLICT = "does not stand for the epidural or facet joint injection"  # in the bundled finding on 20920
OWN_FINDING = "Our payer lists it as a giraffe."
COMPLETE = {
    "status": "verified",
    "finding": OWN_FINDING,
    "checked_against": ["Our payer's list"],
    "checked_on": "2026-05-04",
}
UNVERIFIED = {"status": "unverified", "finding": OWN_FINDING}


def write_article(folder: str, verification: Mapping[str, Any] | None, code: str = "20920") -> Path:
    """Write an article on a code with this verification, or with none; return its folder."""
    path = Path(folder)
    path.mkdir(exist_ok=True)
    article = {"code": code, "title": f"Mine in {folder}", "category": "Surgery", "modifiers": ["50"]}
    text = tomli_w.dumps(article | ({"verification": dict(verification)} if verification else {}))
    text = text.replace('checked_on = "2026-05-04"', "checked_on = 2026-05-04")
    (path / f"{code}.toml").write_text(text, encoding="utf-8")
    return path.absolute()


def get_bundled(code: str) -> Verification:
    """Return the bundled finding on a code."""
    with open_library() as library:
        entry = library.get(code)
    assert entry
    return entry.verification


def show_json(run: Run, code: str, *folders: str) -> dict[str, Any]:
    """Return the entry of a code from a library with these folders, as `show` has it in JSON."""
    options = [option for folder in folders for option in ("-L", folder)]
    (entry,) = json.loads(run("show", code, "-f", "json", *options).out)["results"]
    assert isinstance(entry, dict)
    return entry


INCOMPLETE = {
    "none": None,
    "unverified": UNVERIFIED,
    "unverified, complete": COMPLETE | {"status": "unverified"},
    "not listed, complete": COMPLETE | {"status": "not-listed"},
    "without releases": {key: value for key, value in COMPLETE.items() if key != "checked_against"},
    "with no release": COMPLETE | {"checked_against": []},
    "without a date": {key: value for key, value in COMPLETE.items() if key != "checked_on"},
}


@pytest.mark.parametrize("verification", INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_text_without_a_complete_verification_keeps_the_bundled_finding(
    run: Run, verification: Mapping[str, Any] | None
) -> None:
    """The text is one's own and the finding is the bundled one, in the entry, in the list and in `check`."""
    folder = write_article("own", verification)
    entry = show_json(run, "20920", "own")
    assert (entry["title"], entry["library"], entry["replaces"]) == ("Mine in own", str(folder), "bundled")
    assert (entry["verified_by"], entry["bundled_verification"]) == ("bundled", None)
    assert entry["verification"]["status"] == "conflict"
    assert entry["verification"]["finding"] == get_bundled("20920").finding
    assert entry["see_instead"]
    listed = {item["code"]: item for item in json.loads(run("list", "-f", "json", "-L", "own").out)["results"]}
    assert (listed["20920"]["verification"], listed["20920"]["replaces"]) == ("conflict", "bundled")
    warnings = json.loads(run("check", "own", "-f", "json").out)["warnings"]
    claims = verification is not None and verification["status"] in {"verified", "conflict"}
    lacks = "; its own one needs checked_against and checked_on" if claims else ""
    replaces = f"replaces the text of the bundled entry on 20920, not its finding: conflict{lacks}"
    assert replaces in [warning["problem"] for warning in warnings]
    assert "is missing, so the entry is shown as unverified" not in [warning["problem"] for warning in warnings]


@pytest.mark.parametrize("form", get_args(DocumentFormat))
@pytest.mark.parametrize("verification", [None, UNVERIFIED], ids=["none", "unverified"])
def test_the_bundled_finding_is_in_every_format(run: Run, verification: Mapping[str, Any] | None, form: str) -> None:
    """What nobody checked says nothing of the code."""
    write_article("own", verification)
    for args in (("show", "20920"), ("show", "20920", "-s", "verification"), ("export", "20920")):
        done = run(*args, "-f", form, "-L", "own")
        assert done.code == 0
        assert CONFLICT in done.out
        assert OWN_FINDING not in done.out


@pytest.mark.parametrize("form", get_args(DocumentFormat))
@pytest.mark.parametrize("status", ["verified", "conflict"])
def test_a_complete_verification_is_shown_with_the_bundled_finding(run: Run, status: str, form: str) -> None:
    """One that says against what it was checked, and when, holds; every format has both findings."""
    folder = write_article("own", COMPLETE | {"status": status})
    entry = show_json(run, "20920", "own")
    assert (entry["verification"]["status"], entry["verification"]["finding"]) == (status, OWN_FINDING)
    assert entry["verification"]["checked_on"] == "2026-05-04"
    assert entry["verified_by"] == str(folder)
    assert [code["code"] for code in entry["see_instead"]] == [*get_bundled("20920").see_instead]
    assert entry["bundled_verification"]["status"] == "conflict"
    assert entry["bundled_verification"]["finding"] == get_bundled("20920").finding
    for args in (("show", "20920"), ("show", "20920", "-s", "verification"), ("export", "20920")):
        done = run(*args, "-f", form, "-L", "own")
        assert done.code == 0
        assert CONFLICT in done.out
        assert OWN_FINDING in done.out


def test_check_says_that_both_findings_are_shown(run: Run) -> None:
    """Of an article with a complete verification of its own."""
    write_article("own", COMPLETE)
    (warning,) = json.loads(run("check", "own", "-f", "json").out)["warnings"]
    assert warning == {
        "file": "own/20920.toml",
        "place": "code",
        "problem": "is shown with its own verification and the finding of the bundled entry on 20920: conflict",
    }


def test_an_own_verification_needs_a_status(run: Run) -> None:
    """Without one the file is left out, and the bundled entry is shown."""
    write_article("own", {key: value for key, value in COMPLETE.items() if key != "status"})
    entry = show_json(run, "20920", "own")
    assert (entry["library"], entry["verification"]["status"]) == ("bundled", "conflict")
    assert run("list", "-L", "own").err == (
        f"cptref: {Path('own').absolute()}/20920.toml: verification.status: is missing; left out\n"
    )


def test_a_copy_of_the_bundled_finding_is_no_finding_of_ones_own(run: Run) -> None:
    """An entry that was exported and changed has one finding, the bundled one."""
    Path("own").mkdir()
    assert run("export", "20920", "-f", "toml", "-o", "own").code == 0
    path = Path("own/20920.toml")
    path.write_text(path.read_text(encoding="utf-8").replace("Epidural or facet", "My facet"), encoding="utf-8")
    entry = show_json(run, "20920", "own")
    assert entry["title"] == "My facet joint injection"
    assert (entry["verified_by"], entry["bundled_verification"]) == ("bundled", None)


def test_an_imported_page_keeps_the_bundled_finding(run: Run) -> None:
    """Importing says that it replaces a bundled entry, and that the finding stays."""
    Path("page.txt").write_text(PAGE.replace("20111", "20920"), encoding="utf-8")
    done = run("import", "page.txt")
    assert done.code == 0
    assert "cptref: 20920 replaces the text of the bundled entry; the finding stays: conflict, " in done.err
    entry = show_json(run, "20920")
    assert (entry["title"], entry["source"]["file"]) == ("Knee puncture", "page.txt")
    assert (entry["verification"]["status"], entry["verified_by"]) == ("conflict", "bundled")
    (modifier,) = json.loads(run("modifiers", "20920-50", "-f", "json").out)["entries"][0]["modifiers"][:1]
    assert (modifier["code"], modifier["verdict"]) == ("50", "conflicts")


def test_folders_on_top_of_each_other(run: Run) -> None:
    """The last text is shown; a verification of one folder says nothing of the text of another."""
    write_article("first", COMPLETE)
    second = write_article("second", None)
    entry = show_json(run, "20920", "first", "second")
    assert (entry["title"], entry["library"], entry["replaces"]) == ("Mine in second", str(second), "bundled")
    assert (entry["verification"]["status"], entry["verified_by"]) == ("conflict", "bundled")
    first = show_json(run, "20920", "second", "first")
    assert (first["verification"]["finding"], first["bundled_verification"]["status"]) == (OWN_FINDING, "conflict")


def test_a_folder_on_top_of_the_users_own_one(run: Run, tmp_path: Path) -> None:
    """The user's folder counts as one more folder below those that are named."""
    (tmp_path / "share").mkdir()
    write_article("own", COMPLETE).rename(tmp_path / "share" / "cptref")
    assert show_json(run, "20920")["verification"]["finding"] == OWN_FINDING
    write_article("named", UNVERIFIED)
    entry = show_json(run, "20920", "named")
    assert (entry["title"], entry["verification"]["status"]) == ("Mine in named", "conflict")


@pytest.mark.parametrize("verification", [*INCOMPLETE.values(), COMPLETE], ids=[*INCOMPLETE, "complete"])
def test_a_modifier_keeps_its_verdict_under_any_text(run: Run, verification: Mapping[str, Any] | None) -> None:
    """50 conflicts with 20920, and an indicator of one's own changes nothing."""
    indicator = {"bilateral_indicator": 1} if verification else {}
    write_article("own", {**verification, **indicator} if verification else None)
    for args in (("modifiers", "20920-50"), ("show", "20920-50"), ("compare", "20920-50", "20976")):
        answer = json.loads(run(*args, "-f", "json", "-L", "own").out)
        (entry, *_) = answer.get("entries") or answer["results"]
        (modifier,) = [each for each in entry.get("appended", entry.get("modifiers")) if each["code"] == "50"]
        assert (modifier["verdict"], modifier["assessment"][:23]) == ("conflicts", "bilateral indicator 0: ")


def test_a_code_that_is_not_listed_stays_unlisted(run: Run) -> None:
    """No text of one's own makes 20976 a code whose modifiers can be judged."""
    write_article("own", COMPLETE | {"bilateral_indicator": 1}, "20976")
    entry = show_json(run, "20976-50", "own")
    assert entry["bundled_verification"]["status"] == "not-listed"
    assert [modifier["verdict"] for modifier in entry["appended"]] == ["not judged"]


def test_a_code_without_an_article_has_its_figures_under_any_text(run: Run) -> None:
    """An article of one's own on 64483 is unverified, with what the code is published for and its figures."""
    folder = write_article("own", None, "64483")
    published, entry = json.loads(run("show", "64483-50", "-f", "json", "-L", "own").out)["results"]
    assert published | {"appended": []} == json.loads(run("show", "64483", "-f", "json").out)["results"][0]
    assert (entry["kind"], entry["title"], entry["library"]) == ("article", "Mine in own", str(folder))
    assert (entry["replaces"], entry["verification"]["status"]) == ("", "unverified")
    assert entry["published"] == published["published"]
    assert [modifier["verdict"] for modifier in entry["appended"]] == ["fits"]
    assert any(point.startswith("Published for: transforaminal epidural") for point in entry["sections"][0]["points"])
    warnings = [warning["problem"] for warning in json.loads(run("check", "own", "-f", "json").out)["warnings"]]
    assert warnings == [
        "is missing, so the entry is shown as unverified",
        "is shown beside the bundled entry on the published code 64483",
    ]


def test_what_stands_beside_an_article_is_no_column_and_has_no_notes(run: Run) -> None:
    """A comparison has one column a code, with its figures, and notes are shown once."""
    write_article("own", None, "64483")
    assert run("note", "64483", "ask first").code == 0
    answer = json.loads(run("compare", "64483", "64493", "-f", "json", "-L", "own").out)
    assert answer["codes"] == ["64483", "64493"]
    assert answer["entries"][0]["published"]["global_days"] == "000"
    published, entry = json.loads(run("show", "64483", "-f", "json", "-L", "own").out)["results"]
    assert (published["notes"], entry["notes"]) == ([], ["ask first"])
    assert "notes" not in [section["key"] for section in published["sections"]]


OWN_CODES = "".join(
    f"[[codes]]\ncode = '{code}'\nfamily = 'Mine'\nservice = 'giraffe'\nrelease = 'Our list'\nbilateral = 1\n"
    f"global_days = '000'\n\n"
    for code in ("20920", "20976", "64483")
)


def test_an_own_table_of_codes_silences_no_finding(run: Run) -> None:
    """What it says of a code with a bundled finding or with bundled figures is left out, which `check` says."""
    Path("own").mkdir()
    Path("own/codes.toml").write_text(OWN_CODES, encoding="utf-8")
    bundled = {code: show_json(run, f"{code}-50") for code in ("20920", "20976", "64483")}
    assert {code: show_json(run, f"{code}-50", "own") for code in bundled} == bundled
    warnings = [
        (item["place"], item["problem"]) for item in json.loads(run("check", "own", "-f", "json").out)["warnings"]
    ]
    assert warnings == [
        ("codes[0].code", "20920 has a bundled finding, which stays, so this is left out"),
        ("codes[1].code", "20976 has a bundled finding, which stays, so this is left out"),
        ("codes[2].code", "64483 is a bundled code: its ask and complaints are added, the rest is left out"),
    ]


def test_an_own_table_of_modifiers_changes_no_verdict(run: Run) -> None:
    """It replaces no bundled modifier, and no meaning of a bilateral indicator; `check` says so."""
    Path("own").mkdir()
    Path("own/modifiers.toml").write_text(
        "[[modifiers]]\ncode = '50'\nset = 'CPT'\nmeaning = 'two giraffes'\nbilateral = false\n"
        "[[bilateral_indicators]]\nindicator = 0\nmeaning = 'all is paid'\n",
        encoding="utf-8",
    )
    (modifier,) = show_json(run, "20920-50", "own")["appended"]
    (bundled,) = show_json(run, "20920-50")["appended"]
    assert modifier == bundled
    warnings = json.loads(run("check", "own", "-f", "json").out)["warnings"]
    assert [(warning["place"], warning["problem"]) for warning in warnings] == [
        ("modifiers[0].code", "50 is a bundled modifier, which stays, so this is left out"),
        ("bilateral_indicators[0].meaning", "the bundled meaning of 0 stays, so this is left out"),
    ]


def test_the_json_of_an_entry_says_whose_finding_it_has(run: Run) -> None:
    """The keys of `show`, `compare`, `modifiers` and `list` that a script relies on."""
    write_article("own", COMPLETE)
    keys = {"kind", "library", "replaces", "verification", "verified_by", "bundled_verification", "published"}
    for args in (("show", "20920"), ("compare", "20920", "20976"), ("modifiers", "20920")):
        answer = json.loads(run(*args, "-f", "json", "-L", "own").out)
        for entry in answer.get("entries") or answer["results"]:
            assert entry.keys() >= keys
    (item, *_) = json.loads(run("list", "-f", "json", "-L", "own").out)["results"]
    assert item.keys() >= {"kind", "code", "title", "category", "verification", "library", "replaces", "published"}
    finding = {"status", "finding", "checked_against", "see_instead", "bilateral_indicator", "checked_on"}
    entry = show_json(run, "20920", "own")
    assert entry["verification"].keys() == entry["bundled_verification"].keys() == finding
