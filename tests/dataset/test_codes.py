"""codes.toml is checked as strictly as articles; one of one's own adds codes, and words to bundled ones."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import tomli
import tomli_w

from cptref.dataset.fingerprint import MAX_FILE_BYTES
from cptref.dataset.layers import Layer, bundled_layer
from cptref.dataset.loader import DatasetLoader
from cptref.errors import DatasetError
from cptref.render import Format
from cptref.sanitize import UNSAFE_PATTERN
from tests.conftest import copy_writable, make_article, make_pipe
from tests.render.test_untrusted import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Run

pytestmark = pytest.mark.outside  # a library is compiled for nearly every test

CODE: dict[str, Any] = {"code": "99213", "family": "Visits", "service": "giraffe visit", "release": "Our list of 2027"}
A_CODE = "a code has five characters, like 20976, 0042T or G0260"


def write_codes(*tables: dict[str, Any], folder: str = "own") -> Path:
    """Write a table of codes into a folder of one's own, each code with what CODE has besides; return the folder."""
    path = Path(folder)
    path.mkdir(exist_ok=True)
    text = tomli_w.dumps({"codes": [CODE | table for table in tables]})
    (path / "codes.toml").write_text(text, encoding="utf-8")
    return path.absolute()


def list_faults(run: Run) -> list[str]:
    """Return the faults that `check` reports of the folder of one's own, without the name of the file."""
    done = run("check", "own", "-f", "json")
    assert done.code == 3
    return [f"{fault['place']}: {fault['problem']}" for fault in json.loads(done.out)["faults"]]


def show_json(run: Run, code: str, *args: str) -> dict[str, Any]:
    """Return the entry of a code as `show` has it in JSON."""
    (entry,) = json.loads(run("show", code, "-f", "json", *args).out)["results"]
    assert isinstance(entry, dict)
    return entry


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ({"colour": "red"}, ["codes[0].colour: unknown key"]),
        ({"mue": {"units": 1, "indicator": 3, "limit": 1}}, ["codes[0].mue.limit: unknown key"]),
        ({"": 1}, ['codes[0]."": unknown key']),
        ({"level": "x" * 1001}, ["codes[0].level: has 1,001 characters; at most 1,000, since other codes repeat it"]),
        ({"service": 3}, ["codes[0].service: must be text, not a number"]),
        ({"ask": "visit"}, ["codes[0].ask: must be a list, not text"]),
        ({"ask": [1.5]}, ["codes[0].ask[0]: must be text, not a number with a fraction"]),
        ({"mue": 3}, ["codes[0].mue: must be a table, not a number"]),
        ({"mue": {"units": True, "indicator": 3}}, ["codes[0].mue.units: must be a whole number, not true or false"]),
        ({"mue": {"units": 1}}, ["codes[0].mue.indicator: is missing"]),
        ({"mue": {"units": 1, "indicator": 4}}, ["codes[0].mue.indicator: must be 1, 2 or 3"]),
        ({"mue": {"units": -1, "indicator": 3}}, ["codes[0].mue.units: -1 is below zero"]),
        ({"bilateral": 4}, ["codes[0].bilateral: must be 0, 1, 2, 3 or 9"]),
        ({"bilateral": True}, ["codes[0].bilateral: must be a whole number, not true or false"]),
        ({"bilateral": 1.0}, ["codes[0].bilateral: must be a whole number, not a number with a fraction"]),
        ({"multiple": 8}, ["codes[0].multiple: must be 0, 1, 2, 3, 4, 5, 6, 7 or 9"]),
        ({"pc_tc": 10}, ["codes[0].pc_tc: must be 0, 1, 2, 3, 4, 5, 6, 7, 8 or 9"]),
        (
            {"global_days": "90"},
            ["codes[0].global_days: must be '', '000', '010', '090', 'MMM', 'XXX', 'YYY' or 'ZZZ'"],
        ),
        (
            {"imaging": "lots"},
            ["codes[0].imaging: must be '', 'none', 'included', 'ultrasound', 'separate' or 'guidance'"],
        ),
        ({"code": "9921E"}, [f"codes[0].code: '9921E' is not a code; {A_CODE}"]),
        ({"code": "CPT 99213"}, ["codes[0].code: 'CPT 99213' must be written 99213"]),
        ({"code": "99213-25"}, ["codes[0].code: '99213-25' must be written 99213"]),
        ({"add_on_to": ["99213"]}, ["codes[0].add_on_to[0]: 99213 is not an add-on to itself"]),
        ({"add_on_to": ["99202", "9920E"]}, [f"codes[0].add_on_to[1]: '9920E' is not a code; {A_CODE}"]),
        ({"service": " "}, ["codes[0].service: is empty"]),
        ({"ask": ["visit", ""]}, ["codes[0].ask[1]: is empty"]),
        ({"service": "a\x1b[31m"}, [r"codes[0].service: has the control character \x1b"]),
        ({"ask": ["\u202e"]}, [r"codes[0].ask[0]: has the control character \u202e"]),
        ({"a\x1b": 1}, [r'codes[0]."a\u001b": unknown key', r"codes[0]: a key has the control character \x1b"]),
        ({"service": "a\nb"}, ["codes[0].service: must be one line"]),
        ({"level": "a\nb"}, ["codes[0].level: must be one line"]),
    ],
    ids=str,
)
def test_a_fault_is_reported_with_its_place(run: Run, table: dict[str, Any], faults: list[str]) -> None:
    """The file is left out and the bundled codes are answered."""
    folder = write_codes(table)
    assert list_faults(run) == faults
    done = run("show", "64483", "-L", "own")
    more = f", with {len(faults) - 1} more fault" if faults[1:] else ""
    assert (done.code, done.err) == (0, f"cptref: {folder}/codes.toml: {faults[0]}; left out{more}\n")
    assert run("show", "99213", "-L", "own").code == 1


@pytest.mark.parametrize("key", ["code", "family", "service", "release"])
def test_what_a_code_needs(run: Run, key: str) -> None:
    """Four fields; the others may be left out."""
    Path("own").mkdir()
    table = {name: value for name, value in CODE.items() if name != key}
    Path("own/codes.toml").write_text(tomli_w.dumps({"codes": [table]}), encoding="utf-8")
    assert list_faults(run) == [f"codes[0].{key}: is missing"]


def test_a_table_without_codes_and_a_code_that_appears_twice(run: Run) -> None:
    """All faults come at once."""
    Path("own").mkdir()
    for text, faults in (
        ("", ["codes: is missing"]),
        ("codes = 1", ["codes: must be a list, not a number"]),
        ("codes = [1]", ["codes[0]: must be a table, not a number"]),
    ):
        Path("own/codes.toml").write_text(text, encoding="utf-8")
        assert list_faults(run) == faults
    write_codes({}, {"code": "99214"}, {"release": "Another"}, {"service": "x\ty"})
    assert list_faults(run) == [
        r"codes[3].service: has the control character \t",
        "codes[2].code: 99213 appears twice",
        "codes[3].code: 99213 appears twice",
    ]


FIGURES = ("status", "global_days", "bilateral", "multiple", "pc_tc", "mue", "ask")


@pytest.mark.parametrize("key", FIGURES)
def test_a_bundled_code_has_every_figure(tmp_path: Path, key: str) -> None:
    """A figure that is missing from the bundled table is a fault, and it stops every answer."""
    data = tmp_path / "data"
    copy_writable(bundled_layer().folder, data)
    tables = tomli.loads((data / "codes.toml").read_text(encoding="utf-8"))
    index = next(index for index, table in enumerate(tables["codes"]) if table["code"] == "64483")
    del tables["codes"][index][key]
    (data / "codes.toml").write_text(tomli_w.dumps(tables), encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        DatasetLoader([Layer("test", data)]).result()
    assert list(map(str, caught.value.faults)) == [f"{data}/codes.toml: codes[{index}].{key}: is missing"]


def test_a_missing_bundled_table_is_a_fault(run_in_checkout: Run, checkout: Path) -> None:
    """Exit 3, as for any bundled file."""
    (checkout / "data/codes.toml").unlink()
    done = run_in_checkout("show", "20976")
    assert (done.code, done.out) == (3, "")
    assert "data/codes.toml: can't be read: No such file or directory\n" in done.err


def test_an_own_table_adds_a_code(run: Run) -> None:
    """It is shown, listed, found, compared and judged like a bundled one, and goes with codes of other tables."""
    folder = write_codes(
        {"ask": ["zebra talk"], "bilateral": 0, "multiple": 0, "pc_tc": 0, "mue": {"units": 1, "indicator": 2}},
        {"code": "99417", "service": "more time", "add_on_to": ["99213", "64483"]},
    )
    own = ("-L", "own")
    entry = show_json(run, "99213-50", *own)
    assert (entry["kind"], entry["library"], entry["replaces"]) == ("code", str(folder), "")
    assert entry["title"] == "giraffe visit"
    assert entry["verification"]["finding"].startswith("Published, as of Our list of 2027.")
    assert entry["published"]["mue"] == {"units": 1, "indicator": 2}
    assert [modifier["verdict"] for modifier in entry["appended"]] == ["conflicts"]
    related = [point for section in entry["sections"] if section["key"] == "related" for point in section["points"]]
    assert any("99417" in point for point in related)
    assert any("99417" in point for section in show_json(run, "64483", *own)["sections"] for point in section["points"])
    assert "99213" in run("list", *own).out.split()
    (hit,) = json.loads(run("search", "zebra talk", "-f", "json", *own).out)["results"]
    assert (hit["code"], hit["kind"], hit["library"]) == ("99213", "code", str(folder))
    assert run("compare", "99213", "64483", *own).code == 0
    assert [modifier["verdict"] for modifier in show_json(run, "99417-50", *own)["appended"]] == ["not judged"]
    assert run("check", "own").code == 0


def test_an_own_table_adds_words_to_a_bundled_code(run: Run) -> None:
    """The code is found by them, and everything else of it stays, which `check` says."""
    write_codes({"code": "64483", "bilateral": 0, "ask": ["zebra block"], "complaints": ["wubbel of the leg"]})
    bundled, entry = show_json(run, "64483-50"), show_json(run, "64483-50", "-L", "own")
    assert entry["published"] == bundled["published"] | {
        "ask": [*bundled["published"]["ask"], "zebra block"],
        "complaints": [*bundled["published"]["complaints"], "wubbel of the leg"],
    }
    same = ("kind", "library", "replaces", "title", "verification", "verified_by", "bilateral_indicator", "appended")
    assert {key: entry[key] for key in same} == {key: bundled[key] for key in same}
    assert [modifier["verdict"] for modifier in entry["appended"]] == ["fits"]
    assert json.loads(run("search", "zebra block", "-f", "json", "-L", "own").out)["results"][0]["code"] == "64483"
    codes = json.loads(run("symptom", "wubbel of the leg", "-f", "json", "-L", "own").out)["codes"]
    assert [code["code"] for code in codes] == ["64483"]
    warnings = json.loads(run("check", "own", "-f", "json").out)["warnings"]
    assert [(warning["place"], warning["problem"]) for warning in warnings] == [
        ("codes[0].code", "64483 is a bundled code: its ask and complaints are added, the rest is left out")
    ]


def test_the_last_table_of_a_code_holds(run: Run) -> None:
    """Folders are laid over each other; a code of an earlier one that a later one lacks stays."""
    write_codes({}, {"code": "99214"}, folder="first")
    write_codes({"service": "zebra visit"}, folder="second")
    options = ("-L", "first", "-L", "second")
    assert show_json(run, "99213", *options)["title"] == "zebra visit"
    assert show_json(run, "99214", *options)["title"] == "giraffe visit"


def test_a_table_may_lie_beside_articles(run: Run) -> None:
    """Checked by itself it is the one file; in `articles/` it is not read, which is a fault."""
    write_codes({})
    done = run("check", "own/codes.toml")
    assert (done.code, done.out) == (
        0,
        "Checked\n  - own/codes.toml: 0 articles, codes.toml\n\nNo faults\n\nNo warnings\n",
    )
    Path("own/articles").mkdir()
    Path("own/codes.toml").rename("own/articles/codes.toml")
    problem = "own/articles/codes.toml: is not read here; codes.toml belongs in own"
    page = f"Checked\n  - own: 0 articles\n\n1 fault\n  - {problem}\n\nNo warnings\n"
    assert run("check", "own") == (3, page, "")


def test_an_own_code_reads_back_from_an_export(run: Run) -> None:
    """What `export -f toml` writes of published codes is a table of them, which loses nothing."""
    write_codes(
        {"ask": ["zebra talk"], "bilateral": 0, "pc_tc": 0, "region": "any", "imaging": "none"}, {"code": "99214"}
    )
    entries = [show_json(run, code, "-L", "own") for code in ("99213", "99214")]
    Path("exported").mkdir()
    assert run("export", "99213", "99214", "-f", "toml", "-o", "exported/codes.toml", "-L", "own").code == 0
    assert run("check", "exported").code == 0
    again = [show_json(run, code, "-L", "exported") for code in ("99213", "99214")]
    assert [entry["published"] for entry in again] == [entry["published"] for entry in entries]


def test_hostile_text_of_a_code_is_harmless(run: Run) -> None:
    """Markup, tags and formulas are shown as they are, in every format and every command."""
    text = re.sub(UNSAFE_PATTERN, "", HOSTILE)
    fields = {"family": text, "service": text, "release": text, "region": text, "level": text, "status": text}
    write_codes({**fields, "ask": [text, f"={text}"]}, {"code": "99214", "service": "=1+1", "release": "@x"})
    for args in (
        ("show", "99213"),
        ("compare", "99213", "99214"),
        ("modifiers", "99213-50"),
        ("list",),
        ("search", "alert"),
    ):
        for form in get_args(Format):
            done = run(*args, "-f", form, "-L", "own")
            assert done.code == 0
            assert not re.search(UNSAFE_PATTERN, (done.out + done.err).removeprefix("\ufeff").replace("\r\n", "\n"))
            assert "<script>" not in done.out or form not in {"html", "markdown"}
            assert '"=' not in done.out or form != "csv"
            assert '"@' not in done.out or form != "csv"
    assert show_json(run, "99213", "-L", "own")["published"]["service"] == text


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (Path.mkdir, "is not a file"),
        (make_pipe, "is not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a file"),
        (lambda path: path.write_bytes(b"\xff"), "is not valid UTF-8 at byte 0"),
        (lambda path: path.write_bytes(b"codes = ["), "is not valid TOML: "),
        (lambda path: path.write_bytes(b"codes = " + b"[" * 5000 + b"]" * 5000), "is nested too deeply"),
        (lambda path: path.write_bytes(b"#" * (MAX_FILE_BYTES + 1)), "has more than 1,048,576 bytes"),
    ],
    ids=["folder", "pipe", "zero", "encoding", "syntax", "depth", "size"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="pipes and devices are Linux's")
def test_a_table_that_can_not_be_read_is_left_out(run: Run, make: Callable[[Path], object], problem: str) -> None:
    """Whatever lies there, the bundled codes are answered, and the fault is one harmless line."""
    folder = Path("own").absolute()
    folder.mkdir()
    (folder / "20222.toml").write_text(make_article("20222", {}), encoding="utf-8")
    make(folder / "codes.toml")
    for args in (["list"], ["show", "64483"], ["search", "MBB"], ["modifiers", "64483-50"]):
        done = run("-L", "own", *args)
        assert done.code == 0
        assert done.err.startswith(f"cptref: {folder}/codes.toml: {problem}")
        assert done.err.splitlines()[0].endswith("; left out")
    assert run("check", "own").code == 3
