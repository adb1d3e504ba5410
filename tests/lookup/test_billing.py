"""A billing section and notes on payers of an article of one's own: shown, searched, exported, checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import tomli

from cptref.render import DocumentFormat

if TYPE_CHECKING:
    from tests.conftest import Run

pytestmark = pytest.mark.outside  # a library is compiled for nearly every test

HEAD = "code = '20111'\ntitle = 'Knee puncture'\ncategory = 'Surgery'\nmodifiers = ['50']\n"
BILLING = "[[sections]]\nkey = 'billing'\nintro = 'How we bill it here.'\npoints = ['Send the zebra form first']\n"
PAYERS = (
    "[[payer_notes]]\npayer = 'Acme Health'\nnote = 'wants a giraffe letter'\nchecked_on = 2026-05-04\n"
    "[[payer_notes]]\npayer = 'Beta'\nnote = 'pays for one a year'\n"
)
LINES = [
    "Code: 20111",
    "Category: Surgery",
    "Modifier 50: both sides in one session; not for add-on codes since CPT 2020",
    "Send the zebra form first",
    "Acme Health: wants a giraffe letter (checked 2026-05-04)",
    "Beta: pays for one a year",
]


@pytest.fixture
def own() -> Path:
    """Return a folder with an article that has a billing section and two notes on payers."""
    Path("own").mkdir()
    Path("own/20111.toml").write_text(HEAD + BILLING + PAYERS, encoding="utf-8")
    return Path("own")


def show_json(run: Run, folder: str, *args: str) -> dict[str, Any]:
    """Return the entry of a folder as `show` has it in JSON."""
    (entry,) = json.loads(run("show", "20111", "-f", "json", "-L", folder, *args).out)["results"]
    assert isinstance(entry, dict)
    return entry


@pytest.mark.usefixtures("own")
def test_the_section_has_fields_points_and_payers(run: Run) -> None:
    """Code, category and modifiers come first, then the points of the file, then what payers say, with its day."""
    entry = show_json(run, "own", "-s", "billing")
    (section,) = entry["sections"]
    assert (section["key"], section["intro"], section["points"]) == ("billing", "How we bill it here.", LINES)
    assert entry["payer_notes"] == [
        {"payer": "Acme Health", "note": "wants a giraffe letter", "checked_on": "2026-05-04"},
        {"payer": "Beta", "note": "pays for one a year", "checked_on": None},
    ]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("form", get_args(DocumentFormat))
def test_every_format_has_it(run: Run, form: str) -> None:
    """In the entry, in an export, and where it is compared."""
    for args in (("show", "20111"), ("export", "20111"), ("compare", "20111", "20976")):
        done = run(*args, "-f", form, "-L", "own")
        assert done.code == 0
        for text in ("How we bill it here.", "Send the zebra form first", "wants a giraffe letter", "2026-05-04"):
            assert text in done.out


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("query", ["zebra form", "giraffe letter", "Acme Health", "how we bill it here"])
def test_it_is_searched(run: Run, query: str) -> None:
    """Points, payers and the intro are lines of the billing section."""
    (hit, *_) = json.loads(run("search", query, "-i", "billing", "-f", "json", "-L", "own").out)["results"]
    assert (hit["code"], hit["matches"][0]["section"], hit["matches"][0]["score"]) == ("20111", "billing", 1.0)


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("args", [(), ("-s", "billing")])
def test_it_reads_back_from_an_export(run: Run, args: tuple[str, ...]) -> None:
    """The file that `export -f toml` writes has the section and the notes, and gives the same entry."""
    done = run("export", "20111", "-f", "toml", "-L", "own", *args)
    table = tomli.loads(done.out)
    original = tomli.loads(HEAD + BILLING + PAYERS)
    assert (table["sections"], table["payer_notes"]) == (original["sections"], original["payer_notes"])
    Path("again").mkdir()
    Path("again/20111.toml").write_text(done.out, encoding="utf-8")
    entry, again = show_json(run, "own"), show_json(run, "again")
    assert (again["sections"], again["payer_notes"]) == (entry["sections"], entry["payer_notes"])
    assert run("check", "again").code == 0
    other = tomli.loads(run("export", "20111", "-f", "toml", "-L", "own", "-s", "verification").out)
    assert not {"sections", "payer_notes"} & {*other}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (BILLING + BILLING, "sections[1].key: the section billing appears twice"),
        ("[[sections]]\nkey = 'billing'\nprice = 1", "sections[0].price: unknown key"),
        ("[[sections]]\nkey = 'billing'\npoints = ['']", "sections[0].points[0]: is empty"),
        ("[[payer_notes]]\npayer = 'Acme'", "payer_notes[0].note: is missing"),
        ("[[payer_notes]]\nnote = 'Acme'", "payer_notes[0].payer: is missing"),
        ("[[payer_notes]]\npayer = 'A'\nnote = 'b'\nprice = 1", "payer_notes[0].price: unknown key"),
        ("[[payer_notes]]\npayer = 'A'\nnote = ' '", "payer_notes[0].note: is empty"),
        ("[[payer_notes]]\npayer = 'A'\nnote = '''b\x7f'''", None),
        ('[[payer_notes]]\npayer = "A\\u001b"\nnote = "b"', r"payer_notes[0].payer: has the control character \x1b"),
        (
            "[[payer_notes]]\npayer = 'A'\nnote = 'b'\nchecked_on = '2026-05-04'",
            "payer_notes[0].checked_on: must be a date, not text",
        ),
        (
            "[[payer_notes]]\npayer = 'A'\nnote = 2026-05-04",
            "payer_notes[0].note: a date or a time is not allowed here",
        ),
        ("payer_notes = 'none'", "payer_notes: must be a list, not text"),
    ],
)
def test_a_fault_is_reported_with_its_place(run: Run, text: str, fault: str | None) -> None:
    """As anywhere else in an article; what is no TOML at all is a fault without a place."""
    Path("own").mkdir()
    Path("own/20111.toml").write_text(HEAD + text, encoding="utf-8")
    done = run("check", "own", "-f", "json")
    faults = [f"{item['place']}: {item['problem']}" for item in json.loads(done.out)["faults"]]
    assert done.code == 3
    assert fault in faults if fault else faults[0].startswith(": is not valid TOML")
    assert run("show", "20111", "-L", "own").code == 1


def test_two_notes_on_one_payer_and_a_section_without_content(run: Run) -> None:
    """Payers may say several things; an empty section is warned of and adds nothing."""
    Path("own").mkdir()
    text = (
        f"{HEAD}[[sections]]\nkey = 'billing'\n{PAYERS}[[payer_notes]]\npayer = 'Beta'\nnote = 'asks for it in May'\n"
    )
    Path("own/20111.toml").write_text(text, encoding="utf-8")
    (section,) = show_json(run, "own", "-s", "billing")["sections"]
    assert section["points"][-2:] == ["Beta: pays for one a year", "Beta: asks for it in May"]
    warnings = json.loads(run("check", "own", "-f", "json").out)["warnings"]
    assert {"file": "own/20111.toml", "place": "sections[0]", "problem": "the section billing is empty"} in warnings
