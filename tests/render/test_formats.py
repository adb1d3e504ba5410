"""The formats that programs and spreadsheets read, and what every format has in common."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from cptref.render import ENDINGS, DocumentFormat

if TYPE_CHECKING:
    from tests.conftest import MakeFolder, Run

COMMANDS = {
    "show": ["show", "20920-50", "20976", "-s", "cost"],
    "search": ["search", "numb feet", "-n", "2"],
    "symptom": ["symptom", "numb feet", "jaw pain", "-n", "2"],
    "export": ["export", "20976", "-s", "recovery"],
    "compare": ["compare", "20920", "20962", "20976", "-s", "causes", "-s", "cost"],
    "modifiers": ["modifiers"],
    "modifiers of a code": ["modifiers", "20920-59"],
    "list": ["list"],
    "sections": ["sections"],
    "paths": ["paths"],
}
# The keys of the lists that JSON Lines has the objects of, where they are not `results`.
RESULT_LISTS = {
    "compare": ["entries", "sections"],
    "modifiers": ["modifiers", "bilateral_indicators", "entries"],
}
CODES = ("20920", "20962", "20971", "20975", "20976")
FORMATS: tuple[DocumentFormat, ...] = get_args(DocumentFormat)
ADVICE = "Not billing or medical advice."

# The keys of every object in the JSON of each command, in order: those of the answer, then those of its parts.
APPENDED = "input on code set meaning listed verdict assessment"
VERIFICATION = "status finding checked_against see_instead bilateral_indicator checked_on"
PUBLISHED = (
    "code family service release region imaging level add_on_to status global_days bilateral multiple pc_tc mue ask "
    "complaints"
)
MUE = "units indicator"
DATASET = {"dataset": "version released notice"}
KEYS = {
    "show 20976-50 99213-25": {
        "": "schema_version dataset results not_found not_loaded",
        **DATASET,
        "results": "kind code title category summary library replaces verification verified_by bundled_verification "
        "bilateral_indicator modifiers cost sections faq payer_notes notes source published see_instead appended "
        "contradictions code_sets notice",
        "results.verification": VERIFICATION,
        "results.modifiers": "code set meaning bilateral about answers_pair_edit",
        "results.cost": "low high currency intro notes",
        "results.sections": "key heading intro points",
        "results.faq": "question answer",
        "results.see_instead": "code description",
        "results.appended": APPENDED,
        "not_found": "input code reason message nearest appended",
        "not_found.appended": APPENDED,
    },
    "search tinglng": {
        "": "schema_version dataset query understood unmatched denied silent total suggestions results partial codes "
        "sets",
        **DATASET,
        "understood": "from to tier",
        "results": "kind code title library verification score tier missing matches total bundled_verification "
        "published notice",
        "results.matches": "section text score tier terms marks",
        "codes": PUBLISHED,
        "codes.mue": MUE,
    },
    "symptom LBP jaw": {
        "": "schema_version dataset symptoms total results codes diagnoses",
        **DATASET,
        "symptoms": "query understood unmatched covered denied",
        "symptoms.understood": "from to tier",
        "results": "kind code title library verification covered of score evidence bundled_verification notice",
        "results.evidence": "symptom section text tier score missing marks",
        "codes": PUBLISHED,
        "codes.mue": MUE,
    },
    "compare 20920-50 20962 -s causes": {
        "": "schema_version dataset codes entries sections cost code_sets not_found not_loaded",
        **DATASET,
        "entries": "kind code title category library replaces verification verified_by bundled_verification published "
        "cost appended contradictions notice",
        "entries.verification": VERIFICATION,
        "entries.published": PUBLISHED,
        "entries.published.mue": MUE,
        "entries.cost": "low high",
        "entries.appended": APPENDED,
        "sections": "key heading shared similar only aligned notice",
        "sections.similar": "20920 20962",
        "sections.only": "20920 20962",
        "cost": "currency low high ranges",
        "cost.ranges": "20920 20962",
        "cost.ranges.20920": "low high",
        "cost.ranges.20962": "low high",
        "code_sets": "",
    },
    "modifiers 20920 50": {
        "": "schema_version dataset modifiers bilateral_indicators entries not_found not_loaded",
        **DATASET,
        "modifiers": "code set meaning bilateral about answers_pair_edit notice",
        "entries": "kind code title library replaces verification verified_by bundled_verification published modifiers "
        "contradictions notice",
        "entries.verification": VERIFICATION,
        "entries.published": PUBLISHED,
        "entries.published.mue": MUE,
        "entries.modifiers": APPENDED,
    },
    "list": {
        "": "schema_version dataset total results",
        **DATASET,
        "results": "kind code title category verification library replaces bundled_verification published notice",
        "results.published": PUBLISHED,
        "results.published.mue": MUE,
    },
    "sections": {"": "schema_version results", "results": "key heading aliases"},
    "check": {"": "schema_version checked faults warnings", "checked": "path articles other_files"},
    "paths": {"": "schema_version data library notes cache codesets libraries"},
}


def read_rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file, by the names of its head."""
    return list(csv.DictReader(StringIO(text, newline="")))


def list_keys(value: Any, path: str = "") -> dict[str, str]:  # noqa: ANN401 - whatever JSON holds
    """Return the keys of every object in a value, by the path to it."""
    if isinstance(value, dict):
        inner = (list_keys(item, f"{path}.{key}".lstrip(".")).items() for key, item in value.items())
        return {path: " ".join(value), **dict(pair for pairs in inner for pair in pairs)}
    if isinstance(value, list):
        return {where: keys for item in value for where, keys in list_keys(item, path).items()}
    return {}


@pytest.mark.parametrize(("name", "form"), [*product(COMMANDS, FORMATS)])
def test_every_answer_in_every_format(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, form: str) -> None:
    """Each command answers in each format, in bytes that depend on the data alone, even where colors are forced."""
    done = run(*COMMANDS[name], "-f", form)
    assert done.code == (1 if "jaw pain" in COMMANDS[name] else 0)
    assert done.out
    assert "\x1b" not in done.out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert done[:2] == run(*COMMANDS[name], "-f", form, "--color", "always")[:2]


@pytest.mark.parametrize("form", ["text", "markdown", "html", "csv", "json"])
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in {"sections", "paths"}])
def test_every_document_carries_the_notice_and_the_finding(run: Run, name: str, form: str) -> None:
    """The notice is in every document, and the conflict wherever an entry is; but a list in a pipe is codes alone."""
    out = run(*COMMANDS[name], "-f", form).out
    assert (ADVICE in out) == ((name, form) != ("list", "text"))
    if name != "modifiers" and (name, form) != ("list", "text"):
        assert "conflict" in out.casefold() or "not-listed" in out or "not listed" in out.casefold()


@pytest.mark.parametrize("command", KEYS)
def test_the_keys_of_the_json(run: Run, command: str) -> None:
    """Every key that scripts rely on, in order, and none besides; the schema is version 2."""
    answer = json.loads(run(*command.split(), "-f", "json").out)
    assert list_keys(answer) == KEYS[command]
    assert answer["schema_version"] == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_json_lines_has_one_result_per_line(run: Run, name: str) -> None:
    """Its lines are the objects of the lists in the JSON, each with the notice; of `paths`, the whole answer."""
    whole = json.loads(run(*COMMANDS[name], "-f", "json").out)
    lines = [json.loads(line) for line in run(*COMMANDS[name], "-f", "jsonl").out.splitlines()]
    del whole["schema_version"]
    lists = [whole[key] for key in RESULT_LISTS.get(name.partition(" ")[0], ["results"]) if key in whole]
    assert lines == [result for results in lists or [[whole]] for result in results]
    assert name in {"sections", "paths"} or all(line["notice"].startswith(ADVICE) for line in lines)


@pytest.mark.parametrize("form", [*FORMATS, "terminal"])
@pytest.mark.parametrize("command", ["show", "compare", "modifiers"])
def test_typed_modifiers_are_in_every_format(run: Run, command: str, form: str) -> None:
    """Their meaning, verdict and reason, with the finding on the code: its headline on a page of modifiers."""
    out = run(command, "20920-59", "20976", "-f", form, "--width", "900").out.replace("\\", "")
    reason = "it depends on the other services of the day, and on the record"
    for part in ("a distinct service, when no other modifier fits better", "not judged", reason):
        assert part in out
    finding: tuple[str, ...]
    if command == "modifiers" and form in {"text", "markdown", "html", "terminal"}:
        finding = (
            "CONFLICT: published for another service; do not bill it for this one",
            "✗ NOT LISTED: in no release",
        )
    else:
        finding = ("20920 stands for", "taking a strip of fascia", "CMS RVU26C", "62320")
    for part in finding:
        assert part in out


def test_the_csv_of_an_entry(run: Run) -> None:
    """One line of the entry per row, the finding first, its code in quotes on each; lines end as RFC 4180 says."""
    done = run("show", "20976", "-s", "recovery", "-f", "csv")
    assert done.out.count("\r\n") == len(done.out.splitlines())
    assert done.out.splitlines()[1].startswith('"20976","Therapeutic injection into the spine","not-listed",')
    rows = read_rows(done.out)
    assert {row["code"] for row in rows} == {"20976"}
    assert rows[0]["kind"] == "finding"
    assert [row["text"] for row in rows if row["kind"] == "see instead"][:2] == ["62320", "62321"]
    recovery = [row["text"] for row in rows if (row["section"], row["kind"]) == ("recovery", "point")]
    entry = json.loads(run("show", "20976", "-s", "recovery", "-f", "json").out)["results"][0]
    assert recovery == entry["sections"][0]["points"]
    assert all(row["notice"].startswith(ADVICE) for row in rows)


def test_the_csv_of_typed_modifiers(run: Run) -> None:
    """Meaning, whether the entry lists it, and its assessment, each in a row of its own."""
    rows = read_rows(run("show", "20920-59", "-s", "cost", "-f", "csv").out)
    assert [(row["kind"], row["text"]) for row in rows if row["heading"] == "Modifier 59"] == [
        ("meaning", "a distinct service, when no other modifier fits better"),
        ("listed", "no"),
        ("verdict", "not judged"),
        ("assessment", "it depends on the other services of the day, and on the record"),
    ]
    rows = read_rows(run("show", "64483-59", "-f", "csv").out)
    assert [row["kind"] for row in rows if row["heading"] == "Modifier 59"] == ["meaning", "verdict", "assessment"]


def test_the_csv_of_a_comparison(run: Run) -> None:
    """A column for each code; lines of all entries are in all of them, a line of one entry in its own."""
    rows = read_rows(run("compare", "20920", "20962", "-f", "csv").out)
    answer = json.loads(run("compare", "20920", "20962", "-f", "json").out)
    low = "low, according to the article, no source, no year"
    assert [(row["20920"], row["20962"]) for row in rows if row["kind"] == low] == [("1000", "300")]
    for section in answer["sections"]:
        own = [row for row in rows if row["section"] == section["key"]]
        assert [row["20920"] for row in own if row["kind"] == "shared"] == section["shared"]
        assert [(row["20920"], row["20962"]) for row in own if row["kind"] == "similar"] == [
            (row["20920"], row["20962"]) for row in section["similar"]
        ]
        only = [row["20962"] for row in own if row["kind"] == "only" and row["20962"]]
        assert only == section["only"].get("20962", [])


def test_the_csv_of_a_search(run: Run) -> None:
    """One matching line per row, with numbers unquoted so that they sort as numbers."""
    out = run("search", "numb feet", "-n", "1", "-f", "csv").out
    hit = json.loads(run("search", "numb feet", "-n", "1", "-f", "json").out)["results"][0]
    assert [row["text"] for row in read_rows(out)] == [match["text"] for match in hit["matches"]]
    assert f',{hit["score"]},"{hit["tier"]}",' in out


def test_the_csv_of_symptoms(run: Run) -> None:
    """A code and a symptom per row, with no line if the code does not cover it."""
    rows = read_rows(run("symptom", "numb feet", "jaw pain", "-n", "1", "-f", "csv").out)
    assert [(row["symptom"], bool(row["text"])) for row in rows] == [("numb feet", True), ("jaw pain", False)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", " =", "\n@"])
def test_no_cell_is_a_formula(make_folder: MakeFolder, run: Run, start: str) -> None:
    """A cell that a spreadsheet would evaluate has an apostrophe in front; others are the text."""
    formula = f"{start}HYPERLINK(1)"
    folder = make_folder({"20111": {"symptoms": [formula, "fine"]}})
    out = run("show", "20111", "-s", "symptoms", "-f", "csv", "-L", str(folder)).out.lstrip("\ufeff")
    assert [row["text"] for row in read_rows(out) if row["kind"] == "point"] == [f"'{formula}", "fine"]


def test_a_byte_order_mark_only_where_excel_needs_it(make_folder: MakeFolder, run: Run) -> None:
    """Excel takes UTF-8 for another encoding unless it is marked; plain ASCII needs no mark."""
    folder = make_folder({"20111": {"symptoms": ["Ménière"]}})
    assert run("show", "20111", "-f", "csv", "-L", str(folder)).out.startswith('\ufeff"code"')
    assert run("show", "20976", "-f", "csv").out.startswith('"code"')


MONEY = {
    "show": ["show", *CODES],
    "show brief": ["show", *CODES, "--brief"],
    "show cost": ["show", *CODES, "-s", "cost"],
    "export": ["export", *CODES],
    "compare": ["compare", *CODES],
    "compare two": ["compare", "20920", "20962", "-s", "cost"],
    "search": ["search", "cost on average"],
}


@pytest.mark.parametrize(("name", "form"), [*product(MONEY, ["text", "terminal", "markdown", "html", "csv", "json"])])
def test_money_has_its_origin(run: Run, name: str, form: str) -> None:
    """Every amount in words has its origin beside it, in every format, and no heading has an amount."""
    if (name, form) == ("export", "terminal"):
        return
    width = ["--width", "40"] if form == "terminal" else []  # narrow, so that nothing stands side by side
    out = run(*MONEY[name], "-f", form, "--color", "never", *width).out
    out = re.sub(r"<style>.*?</style>", "", out, flags=re.DOTALL)
    # What a reader takes in at once: a line, an element of HTML, or bars and a table with what leads to them.
    parts = re.split(r"<(?:/p|/li|/h\d|/dd|/table)\b", out) if form == "html" else [out]
    if form in {"csv", "json"}:
        parts = out.splitlines()
    elif form != "html":
        parts = re.split(r"\n(?=[^|\n ]|\s*[-•] |\n(?!\s*\|))", out)
    amounts = [" ".join(part.split()) for part in parts if re.search(r"\$\d", part)]
    assert [part for part in amounts if "according to the article, no source, no year" not in part] == []
    assert amounts or (name == "show brief" and form in {"csv", "json"})
    headings = re.findall(r"^#+ .*|<h\d.*?</h\d>|^[^\s:|]+\n[=-]+$", out, re.MULTILINE)
    assert [heading for heading in headings if "$" in heading] == []


@pytest.mark.parametrize("name", ["show", "export", "modifiers", "compare", "search", "symptom"])
def test_nothing_found_is_nothing(run: Run, name: str) -> None:
    """In a format without misses, nothing found writes nothing, not even a head; JSON has the misses; exit 1."""
    codes = [] if name in {"search", "symptom"} else ["99213", "99214"]
    for form in FORMATS:
        code, out, err = run(name, *(codes or ["xyzzyx"]), "-f", form)
        assert code == 1
        if form == "json":
            assert [miss["input"] for miss in json.loads(out).get("not_found", ())] == codes
        else:
            assert out == ""
            assert err.startswith("cptref: ")


@pytest.mark.parametrize("form", ENDINGS)
def test_an_export_to_a_folder_in_every_format(run: Run, form: str) -> None:
    """One file per entry, named after its code with the ending of the format, and equal to standard output."""
    ending = {"text": "txt", "markdown": "md"}.get(form, form)
    assert run("export", "20976", "20920", "-f", form, "-o", ".").code == 0
    assert sorted(path.name for path in Path().iterdir()) == [f"20920.{ending}", f"20976.{ending}"]
    with Path(f"20976.{ending}").open(encoding="utf-8", newline="") as file:
        assert file.read() == run("export", "20976", "-f", form).out
