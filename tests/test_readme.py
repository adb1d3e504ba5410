"""README.md is the documentation: everything in it runs, and says what the tool says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from cogapp import Cog  # type: ignore[import-untyped]  # it has no types

from cptref import __version__
from cptref.cli.loader import COMMAND_MODULES
from cptref.cli.session import EXTRAS
from cptref.codes import is_code
from cptref.render import ExportFormat, ListFormat
from tests import readme
from tests.claims.sets import practice_indices
from tests.codesets.files import icd_order
from tests.codesets.pfs_files import make_csv, make_row

if TYPE_CHECKING:
    from tests.conftest import Run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUICK_START = """\
python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/cptref show 20976
.venv/bin/pip install '.[test]' && .venv/bin/pytest
"""


def find_blocks(language: str, text: str = README) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.outside
def test_examples_and_tables_are_what_the_tool_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """`cog` runs every example, makes every table, and finds nothing to change."""
    monkeypatch.chdir(ROOT)
    assert Cog().main(["cog", "--check", "-I", str(ROOT), "README.md"]) == 0


def test_no_example_is_typed() -> None:
    """Outside of generated text there are no commands but the quick start's, which .ci/run runs in a clean clone."""
    typed = re.sub(r"<!-- \[\[\[cog .*?\[\[\[end\]\]\] -->", "", README, flags=re.DOTALL)
    assert find_blocks("console", typed) == []
    assert find_blocks("sh") == [QUICK_START]
    assert README.index(QUICK_START) > README.index("\n## Quick start\n")


def test_it_is_short() -> None:
    """A reader gets through it: 640 lines, generated ones and the keys of JSON included."""
    assert len(README.splitlines()) <= 640


def test_every_command_has_a_summary_and_an_example() -> None:
    """The table names every command with the first line of its help; an example or a section shows each."""
    table = dict(re.findall(r"^\| `([a-z]+)` \| (\S.*) \|$", README, re.MULTILINE))
    examples = " ".join(find_blocks("console"))
    for name in COMMAND_MODULES:
        assert table[name].endswith(".")
        shown = f"\n`cptref {name}` (extra `{name}`)" in README if name in EXTRAS else f"$ cptref {name}" in examples
        assert shown or readme.PICTURE_COMMAND.startswith(f"cptref {name} ")


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The example of the Python API prints an entry, hits of a search and codes that fit symptoms."""
    (code,) = find_blocks("python")
    exec(code, {})  # noqa: S102 - it is the README's own
    assert capsys.readouterr().out.splitlines() == [
        "20976 not-listed 1000 3000",
        "20920 0.98971 Tingling or numbness in the extremities",
        "20971 0.98971 Tingling or numbness in the extremities",
        "20975 0.98971 Tingling or numbness in the extremities",
        "['20971', '20975', '20976', '20920']",
    ]


# An entry that has all that the others lack.
OWN_FINDING = """\
code = "20962"
title = "Joint injection"
category = "Surgery"

[verification]
status = "conflict"
finding = "Checked by the office"
checked_against = ["Fee schedule of October 2026"]
checked_on = 2026-10-01

[[payer_notes]]
payer = "Medicare"
note = "send the report"

[[payer_notes]]
payer = "Medicaid"
note = "call first"
checked_on = 2026-10-01
"""


OWN_CODE = "[[codes]]\ncode = '20333'\nfamily = 'Own'\nservice = 'a service'\nrelease = '2026'\n"


def collect_keys(value: object, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Return the path of every key of a JSON value, with `?` after the last key of a path to null."""
    if isinstance(value, list):
        return set().union(*(collect_keys(item, path) for item in value))
    if isinstance(value, dict):
        places = {(*path, "CODE" if is_code(key) else key): item for key, item in value.items()}
        return set(places).union(*(collect_keys(item, place) for place, item in places.items()))
    return {(*path[:-1], f"{path[-1]}?")} if value is None else set()


def parse_keys(text: str) -> set[tuple[str, ...]]:
    """Return the same for keys as the README writes them."""
    keys: set[tuple[str, ...]] = set()
    path: list[str] = []
    key = ""
    for part in re.findall(r"[{}?]|\w+", text):
        if part == "{":
            path.append(key)
        elif part == "}":
            key = path.pop()
        elif part == "?":
            keys.add((*path, f"{key}?"))
        else:
            key = part
            keys.add((*path, key))
    return keys


def test_the_keys_of_the_json_are_documented(run: Run) -> None:
    """The README has exactly the keys of these answers for each command, and marks the keys that can be null."""
    questions = {
        "show": ("show 20920-50-RT 20111 20962 20976 64483 99213-25 99214", "show 20976 -s cost", "export 20976 20333"),
        "search": (
            "search tinglng feet xylophones",
            "search MBB",
            "search can they eat before",
            "search leg of a table",
            "search numb feet",
            "search made-up text",
        ),
        "symptom": ("symptom 'numb feet' 'jaw pain'",),
        "compare": ("compare 20920-50-RT 20962 20111 99213-25 62322", "compare 20111 64483"),
        "modifiers": ("modifiers", "modifiers 50 20920-59-RT-LT 20962 64493 99213-25"),
        "claim": (
            "claim 20920-50 99214 64494x2 M54.16 xyz --locality FL-04 --on 2026-08-03",
            "claim 20920 --on 2018-01-01",
        ),
        "fee": ("fee 20920-50 99214 99213 --locality FL-04 --on 2026-08-03", "fee 99213"),
        "pair": ("pair 20552 64483 --on 2026-08-03", "pair 20552 64483 --setting hospital", "pair 20920 64483"),
        "list": ("list",),
        "sections": ("sections",),
        "add": ("add icd10cm_order_2031.txt pfs.csv mine",),
        "sets": ("sets",),
        "remove": ("remove icd10cm-2032",),
        "changes": ("changes icd10cm", "changes pfs"),
        "check": ("check", "check 64483.toml"),
        "note": ("note",),
        "paths": ("paths",),
    }
    about, block = README.split("### JSON")[1].split("```text\n")[:2]
    version, undated, dataset = re.findall(
        r"`schema_version` \((\d)\)\. All but (.*?) have\s+`(.*?)`", about, re.DOTALL
    )[0]
    shapes = dict(re.findall(r"^(\w+) +(\S.*(?:\n +.*)*)", block.split("```")[0], re.MULTILINE))
    names = sorted(filter(str.isupper, shapes), reverse=True)  # NOT_FOUND comes before APPENDED, which it names
    assert [name for name in shapes if name not in names] == list(questions)

    readme.write_files(Path())
    Path("mine/20962.toml").write_text(OWN_FINDING, encoding="utf-8")
    Path("mine/codes.toml").write_text(OWN_CODE, encoding="utf-8")
    run("import", "page.txt")
    run("note", "20976", "ask for the MRI")
    answered, documented = set(), set()
    fees = (make_row("20920", **{"NON-FAC NA INDICATOR": "NA"}), make_row("99214", FACILITY_NA_INDICATOR="NA"))
    Path("pfs.csv").write_text(make_csv("2026C", *fees), encoding="utf-8")
    Path("later.csv").write_text(make_csv("2026D", make_row("20920", BILAT_SURG="0")), encoding="utf-8")
    for year, flag in ((2030, "1"), (2031, "0"), (2032, "0")):
        rows = [("R20", flag, "Numb feet"), ("R200", "1", "Numb toes")][: 1 + (flag == "0")]
        Path(f"icd10cm_order_{year}.txt").write_text(icd_order(rows), encoding="utf-8")
    Path("downloads/pfs-2026C.csv").unlink()
    Path("downloads/GPCI2026.csv").write_text(practice_indices()["GPCI2026.csv"], encoding="utf-8")
    years = (f"icd10cm_order_{year}.txt" for year in (2030, 2031, 2032))
    assert run("add", "pfs.csv", "later.csv", "downloads", *years).code == 0
    for command, lines in questions.items():
        text = f"schema_version, {shapes[command]}{f', {dataset}' * (f'`{command}`' not in undated)}"
        for name in names:
            text = re.sub(rf"\b{name}\b", shapes[name], text)
        for line in lines:
            answer = json.loads(run("-L", "mine", *shlex.split(line), "-f", "json").out)
            assert answer["schema_version"] == int(version)
            keys = collect_keys(answer)
            keys -= {path for path in keys if path[1:] == ("notice",) and path[0] != "dataset"}
            # As the file of a release has them.
            varying = {"counts", "field_counts", "details", *(() if command == "changes" else ("fields",))}
            keys -= {path for path in keys if varying & {*path[:-1]}}
            answered |= {(command, *path) for path in keys}
        documented |= {(command, *path) for path in parse_keys(text)}
    # An object described once may have null at one of its places only.
    wrong = {path for path in answered ^ documented if path in answered or not path[-1].endswith("?")}
    assert wrong == set()
    assert {path[-1] for path in documented} == {path[-1] for path in answered}


def test_the_formats_and_exit_codes_are_documented(run: Run) -> None:
    """The tables have every format, and the exit codes as the help describes them."""
    tables = README.split("## Reference")[1].split("### JSON")[0]
    formats = tables.split("| `-f` | for |")[1]
    assert set(re.findall(r"^\| `(\w+)` \|", formats, re.MULTILINE)) == {*get_args(ListFormat), *get_args(ExportFormat)}
    promised = " ".join(run("--help").out.split("Exit codes: ")[1].split(".\n")[0].split())
    assert ", ".join(map(" ".join, re.findall(r"^\| (\d+) \| (.+) \|$", tables, re.MULTILINE))) == promised


@pytest.mark.skipif(not shutil.which("fzf"), reason="fzf is not installed")
def test_the_recipe_for_a_picker_runs() -> None:
    """With a filter in place of keys, fzf picks a line of the answer; its preview is the summary of a code in color."""
    ((recipe, preview),) = re.findall(r"^`(cptref .*? \| fzf .*? --preview '(.*)')`$", README, re.MULTILINE)
    (line,) = readme.run_lines(f"2> notices {recipe.replace('fzf', 'FZF_DEFAULT_OPTS=--filter=20976 fzf')}")
    assert line.split("\t")[:2] == ["20976", "not listed"]
    (summary,) = readme.run_lines(preview.replace("{1}", "20976"))
    assert re.match("\x1b.*20976  \u2717 NOT LISTED", summary)


def test_the_picture_is_what_the_command_draws() -> None:
    """`python -m tests.readme picture` would change nothing, and the README shows the picture."""
    assert readme.PICTURE.read_text(encoding="utf-8") == readme.draw_picture()
    assert f'<img src="{readme.PICTURE.relative_to(ROOT).as_posix()}"' in README


def test_the_picture_fetches_nothing() -> None:
    """It has no script, no link and no font, and every URL in it is a fragment of its own."""
    picture = readme.PICTURE.read_text(encoding="utf-8")
    assert not re.search(r"<script|<image|<foreignObject|<!|href|@import|@font-face", picture)
    assert set(re.findall(r"\w+://[^\"]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert all(target.startswith("#cptref-") for target in re.findall(r"url\((.*?)\)", picture))


def test_what_has_to_be_said_is_said() -> None:
    """The conflict with the code set comes first, then no billing advice and no AMA, all before the first command."""
    before = " ".join(README.split("## Quick start")[0].split())
    places = [
        before.index(needed)
        for needed in (
            "The published code set gives 20920, 20962 and 20975 to other services and does not list 20971 and 20976",
            "Not billing or medical advice.",
            "CPT is a registered trademark of the American Medical Association. This project is not connected with it",
        )
    ]
    assert places == sorted(places)


def test_the_changelog_begins_with_this_version() -> None:
    """The newest version comes first and is the one that the package has; each says what a user can do with it."""
    *_, changes = README.partition("\n## Changelog\n")
    sections = re.split(r"^### ", changes.partition("\n## ")[0], flags=re.MULTILINE)[1:]
    versions = [re.split(r"[,\s]", section)[0] for section in sections]
    assert versions[:1] == [__version__]
    assert versions == sorted(versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True)
    assert all("\n- " in section for section in sections)
