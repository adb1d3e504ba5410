"""What holds of anything that is typed or read: codes, queries, dataset files and notes that nobody thought of."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from contextlib import closing
from datetime import date, timezone
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Any, get_args

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import cptref
from cptref import Notes, codes, open_library
from cptref.dataset.loader import DatasetLoader
from cptref.dataset.notes import MAX_NOTE_CHARACTERS
from cptref.errors import UsageError
from cptref.index import entries
from cptref.index.entries import EntrySource
from cptref.index.reader import IndexReader
from cptref.index.writer import IndexWriter
from cptref.models.article import Article, Dataset, Indicator, Notices, Status, Verification, as_table, build_value
from cptref.models.codes import Imaging, PublishedCode
from cptref.models.entries import ShowAnswer
from cptref.render import DocumentFormat, render, terminal, toml
from cptref.render.document import build_document
from cptref.sanitize import UNSAFE_PATTERN, escape_unsafe
from cptref.search.search import search
from cptref.sections import CATALOGUE, STORED_SECTIONS, list_names, parse_section_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from cptref import Library
    from cptref.errors import Fault
    from cptref.models.entries import Entry
    from cptref.models.hits import Evidence, Match
    from cptref.models.results import Answer

pytestmark = pytest.mark.outside

DOCUMENTS: tuple[DocumentFormat, ...] = get_args(DocumentFormat)
FORMULA = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")  # OWASP, "CSV Injection", and the full-width forms
CODE = "20111"
DATASET = Dataset(
    version="1",
    released=date(2026, 1, 1),
    license="none",
    sources=("none",),
    notices=Notices(trademark="none", advice="no advice"),
)

# --- what may come along ---------------------------------------------------------------------------------------------

ANYTHING = st.text(st.characters(exclude_categories=()))  # what no encoding takes, too
HOSTILE = st.sampled_from(
    [
        "\x1b[31mred\x1b[0m",
        "\x9b2J",
        "\u202eback\u2066",
        "[bold]x[/bold] [/] [link=file:///]",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "=cmd|' /C calc'!A0",
        " +1+1",
        "\n@SUM(A1)",
        "\uff1d1",
        "# a\n> b\n- c\n1. d\n```\n| e |\n---",
        "[a](javascript:alert(1)) ![b](c) &lt; \\ `",
        "\t\x00\x7f\ufeff",
        "a" * 300,
        "\ufdfa\u33a9 \u0130\u0131\u017f\ufb06 \U0001f469\u200d\u2695\ufe0f e\u0301\u0336",
        "../../etc/passwd",
        '"""',
        "'''",
    ]
)


def clean(text: str) -> str:
    """Return the text as a file may have it."""
    return escape_unsafe(text).strip() or "x"


WORDS = st.one_of(st.text(), HOSTILE).map(clean)
LINE = WORDS.map(lambda text: " ".join(text.split()))
MODIFIER = st.from_regex(codes.MODIFIER_PATTERN, fullmatch=True)
ANY_CODE = st.from_regex(codes.CODE_PATTERN, fullmatch=True)
AMOUNT = st.integers(0, 10**12) | st.integers(0, 10**30)


def few(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    """Return a strategy for a few of these."""
    return st.lists(of, max_size=most)


INDICATOR = st.sampled_from(get_args(Indicator))
COST = st.fixed_dictionaries({}, optional={"intro": WORDS, "notes": few(WORDS), "currency": st.just("USD")})
RANGE = st.tuples(AMOUNT, AMOUNT).map(lambda pair: {"low": min(pair), "high": max(pair)})
ARTICLE: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"code": st.just(CODE), "title": LINE, "category": LINE},
    optional={
        "summary": WORDS,
        "modifiers": st.lists(MODIFIER, max_size=3, unique=True),
        "verification": st.fixed_dictionaries(
            {"status": st.sampled_from(get_args(Status)), "finding": WORDS},
            optional={
                "checked_against": few(WORDS),
                "see_instead": few(ANY_CODE),
                "bilateral_indicator": INDICATOR,
                "checked_on": st.dates(),
            },
        ),
        "cost": st.one_of(COST, st.tuples(COST, RANGE).map(lambda both: both[0] | both[1])),
        "sections": st.lists(
            st.fixed_dictionaries(
                {"key": st.sampled_from(STORED_SECTIONS)}, optional={"intro": WORDS, "points": few(WORDS)}
            ),
            max_size=4,
            unique_by=lambda section: str(section["key"]),
        ),
        "faq": few(st.fixed_dictionaries({"question": WORDS, "answer": WORDS})),
        "source": st.fixed_dictionaries({"file": WORDS, "imported": st.dates()}),
        "payer_notes": few(
            st.fixed_dictionaries({"payer": WORDS, "note": WORDS}, optional={"checked_on": st.dates()}), 2
        ),
    },
)
FINDINGS = st.none() | st.builds(
    Verification, status=st.sampled_from(get_args(Status)), finding=WORDS, bilateral_indicator=st.none() | INDICATOR
)
PUBLISHED: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"code": ANY_CODE, "family": LINE, "service": LINE | st.just(";"), "release": LINE},
    optional={
        "region": LINE | st.sampled_from(["any", ", ", "neck, chest"]),
        "imaging": st.sampled_from([imaging for imaging in get_args(Imaging) if imaging]),
        "level": LINE,
        "add_on_to": few(ANY_CODE),
        "status": LINE | st.sampled_from("ABCEINRTX"),
        "global_days": st.sampled_from(["000", "010", "090", "MMM", "XXX", "YYY", "ZZZ"]),
        "bilateral": INDICATOR,
        "multiple": st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 9]),
        "pc_tc": st.integers(0, 9),
        "mue": st.fixed_dictionaries({"units": AMOUNT, "indicator": st.sampled_from([1, 2, 3])}),
        "ask": few(WORDS),
        "complaints": few(WORDS),
    },
)
KEYS = st.sampled_from(["code", "title", "sections", "points", "key", "low", "imported", "a b", "\x1b", "", "finding"])
VALUE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.text(),
        HOSTILE,
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.datetimes(timezones=st.none() | st.just(timezone.utc)),
        st.times(),
    ),
    lambda some: few(some) | st.dictionaries(KEYS | st.text(), some, max_size=3),
    max_leaves=6,
)
TABLE = st.dictionaries(KEYS | st.text(), VALUE, max_size=4)


def iter_places(plain: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - whatever TOML holds
    """Yield every table or list of a file with a key or an index of it."""
    for key, value in list(plain.items() if isinstance(plain, dict) else enumerate(plain)):
        yield plain, key
        if isinstance(value, (dict, list)):
            yield from iter_places(value)


@st.composite
def spoil(draw: st.DrawFn, of: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """Draw a file in which something is missing, of another type, or too much."""
    plain = draw(of)
    for _ in range(draw(st.integers(1, 3))):
        places = [*iter_places(plain)]
        if not places:
            break
        within, key = draw(st.sampled_from(range(len(places))).map(places.__getitem__))
        kind = draw(st.sampled_from(["put", "drop", "add"]))
        if kind == "drop":
            del within[key]
        elif kind == "add" and isinstance(within, dict):
            within[draw(KEYS | st.text())] = draw(VALUE)
        else:
            within[key] = draw(VALUE)
    return plain


CODES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"codes": st.lists(PUBLISHED, min_size=1, max_size=4, unique_by=lambda table: str(table["code"]))}
).filter(lambda plain: not [table for table in plain["codes"] if table["code"] in table.get("add_on_to", ())])


# --- what is looked for ----------------------------------------------------------------------------------------------


def render_all(answer: Answer, width: int = 80) -> dict[str, str]:
    """Return the answer in every format; none has a character in it that steers a terminal."""
    pages: dict[str, str] = {form: render(answer, form) for form in DOCUMENTS}
    pages["wrapped"] = render(answer, "text", width)
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        console.print(terminal.render(build_document(answer), styled=False))
    pages["terminal"] = captured.get()
    # Excel reads UTF-8 only behind a byte order mark, and RFC 4180 has carriage returns between rows.
    sheet = pages["csv"].removeprefix("\ufeff").replace("\r\n", "\n")
    for form, text in (pages | {"csv": sheet}).items():
        assert not re.search(UNSAFE_PATTERN, text), form
    return pages


def read_rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a sheet; none has a cell that a spreadsheet would compute."""
    rows = [*csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)]
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(FORMULA)]
    assert len({*map(len, rows)}) <= 1
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def has_valid_marks(match: Match | Evidence) -> bool:
    """Return whether the marks of a line are places in it, in order and apart."""
    ends = [place for mark in match.marks for place in mark]
    return (
        ends == sorted(ends)
        and len(set(ends[::2])) == len(match.marks)
        and all(0 <= start < end <= len(match.text) for start, end in match.marks)
    )


# --- codes -----------------------------------------------------------------------------------------------------------


@st.composite
def typed_codes(draw: st.DrawFn) -> tuple[str, list[tuple[str, tuple[str, ...]]]]:
    """Draw codes as coders type them, and what they are."""
    dash = st.sampled_from(
        ["-", " - ", "- ", " -", *"\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", "\u3000\u2013 "]
    )
    expected = draw(st.lists(st.tuples(ANY_CODE, st.lists(MODIFIER, max_size=3).map(tuple)), min_size=1, max_size=4))
    typed = []
    for code, modifiers in expected:
        plain = code + "".join(draw(dash) + modifier for modifier in modifiers)
        wide = draw(st.sampled_from(["", "0123456789", code]))
        spelt = "".join(chr(ord(letter) + 0xFEE0) if letter in wide else letter for letter in plain)
        spelt = draw(st.sampled_from([spelt, spelt.lower()]))
        before = ["", "CPT ", "cpt:", "CPT\u00ae ", "Cpt\u2122\u00a0", "#", "(", "\u201c", "CPT code ", "HCPCS "]
        glued = ["CPT", "cpt", "code"] if code[0].isdigit() else []
        after = st.sampled_from(["", ".", ")", "\u201d", "*", "\u00ae", ":"])
        typed.append(draw(st.sampled_from([*before, *glued])) + spelt + draw(after))
    text = typed[0]
    for code in typed[1:]:
        text += draw(st.sampled_from([",", ", ", " ", ";", "\n", "\r\n", "\t", "\u3000", "\uff0c", " ,; "])) + code
    return text, expected


@given(typed_codes())
def test_codes_read_back_in_any_spelling(typed: tuple[str, list[tuple[str, tuple[str, ...]]]]) -> None:
    """Case, width, dashes, signs, prefixes and separators are read through; code and modifiers stay as they are."""
    text, expected = typed
    parsed = codes.parse_codes(text)
    assert [(code.code, code.modifiers, code.problem) for code in parsed] == [(*code, "") for code in expected]


@given(
    ANYTHING
    | st.text(st.sampled_from("0123456789OIlSBAVFTUM\u20ac-\u2010 ,;:#.()\u00ae\uff10\uff21\u0130\u00dfcptde\n"))
)
def test_what_is_read_is_canonical(text: str) -> None:
    """What any text is read as reads back as itself; what is no code says why."""
    assert codes.parse_codes(text)
    for parsed in codes.parse_codes(text):
        assert bool(parsed.problem) or codes.is_code(parsed.code) or parsed.diagnosis
        if parsed.diagnosis:
            again = parsed.diagnosis
            assert codes.parse_codes(again) == (codes.ParsedCode(again, diagnosis=again),)
        elif not parsed.problem:
            again = "-".join((parsed.code, *parsed.modifiers))
            assert codes.parse_codes(again) == (codes.ParsedCode(again, parsed.code, parsed.modifiers),)
    assert codes.is_code(text) or codes.explain_invalid(text)
    assert all(map(codes.MODIFIER_PATTERN.fullmatch, codes.parse_modifiers(text)))


LAYOUTS: dict[str, Callable[[list[tuple[str, list[str]]]], str]] = {
    "X12": lambda lines: "".join(
        f"LX*{number}~SV1*{':'.join(['HC', code, *modifiers])}*45202*UN*1***1~DTP*472*D8*20260304~"
        for number, (code, modifiers) in enumerate(lines)
    ),
    "HL7": lambda lines: "".join(
        f"PID|1||45202\rFT1|1|||20260304|||{code}^x^CPT4|||1|20975.00{'|' * 15}{'~'.join(modifiers)}\r"
        for code, modifiers in lines
    ),
    "JSON": lambda lines: json.dumps(
        {
            "item": [
                {
                    "modifier": [{"coding": [{"code": modifier}]} for modifier in modifiers],
                    "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": code}]},
                    "zip": "45202",
                }
                for code, modifiers in lines
            ]
        },
        indent=1,
    ),
    "CSV": lambda lines: (
        "zip,mods,cpt,pos\n" + "".join(f'45202,"{", ".join(modifiers)}",{code},11\n' for code, modifiers in lines)
    ),
}


# C4, C5, HC and PX are no modifiers but names that such systems give to sets of codes.
ANY_MODIFIER = MODIFIER.filter(lambda modifier: modifier not in {"C4", "C5", "HC", "PX"})


@given(st.lists(st.tuples(ANY_CODE, few(ANY_MODIFIER, 4)), min_size=1, max_size=4), st.sampled_from([*LAYOUTS]))
def test_codes_read_back_from_what_systems_write(lines: list[tuple[str, list[str]]], layout: str) -> None:
    """Any code with any modifiers, whatever stands beside it: a ZIP code, a date, an amount, a place of service."""
    parsed = codes.parse_codes(LAYOUTS[layout](lines))
    assert [(code.code, [*code.modifiers], code.problem) for code in parsed] == [(*line, "") for line in lines]


# --- queries ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def library() -> Iterator[Library]:
    """Open the bundled library."""
    with open_library() as library:
        yield library


KNOWN = st.sampled_from(
    [
        *("pain", "PAIN", "tingling", "tinglng", "injection", "non-union", "nonunion", "x ray", "heart attack", "not"),
        *("MRI", "N.P.O.", "LBP", "US", "us", "don't", "$1,000", "24-48", "20976", "20976-50", "2O976", "oedema"),
        *('"', "\u201c", '"local anesthesia"', ",", ".", "-", "\u2019s", "cpt", "code", "pancreatitis"),
    ]
)
ASKED = st.lists(st.one_of(KNOWN, KNOWN, st.text(max_size=4)), min_size=1, max_size=8).map(" ".join)
QUERY = st.one_of(ASKED, ASKED, ASKED, ANYTHING, HOSTILE)
SECTIONS = st.lists(st.sampled_from([*list_names(), "symptoms,tests", "SYMP"]), max_size=2)
LIMIT = st.sampled_from([1, 2, 10])


@given(QUERY, SECTIONS, LIMIT)
def test_any_query_is_answered_or_refused(library: Library, query: str, within: list[str], limit: int) -> None:
    """An answer is in order, cut, within its sections and marked in place, and harmless in every format.

    Articles and published codes are two groups, each in order of score and cut at the limit.
    """
    try:
        answer = library.search(query, within, limit)
    except UsageError:
        return
    assert answer.query == query
    groups = [[*hits] for _, hits in groupby(answer.hits, lambda hit: hit.kind)]
    assert len(groups) == len({hit.kind for hit in answer.hits})
    assert len(answer.hits) == answer.total or limit in map(len, groups)
    for group in groups:
        scores = [hit.score for hit in group]
        assert scores == sorted(scores, reverse=True)
        assert len(group) <= limit
    keys = parse_section_names(within) or tuple(CATALOGUE)
    for hit in answer.hits:
        assert 0 < hit.score <= 1
        assert 0 < len(hit.matches) <= hit.total
        entry = library.get(hit.code)
        assert entry
        for match in hit.matches:
            assert 0 < match.score <= 1
            assert match.terms
            assert match.section in keys
            assert has_valid_marks(match)
            assert match.text in {text for _, _, text in entries.iter_lines(entry)}
    read = json.loads(render_all(answer)["json"])
    assert read["query"] == query
    assert [result["code"] for result in read["results"]] == [hit.code for hit in answer.hits]


@given(st.lists(ANYTHING | st.sampled_from([*list_names(), "symptoms,,tests", "SYMP", " "]), min_size=1, max_size=2))
def test_any_section_is_read_or_refused(library: Library, within: list[str]) -> None:
    """A name that fits none or several is refused, in a search and in an entry alike."""
    try:
        keys = parse_section_names(within)
    except UsageError:
        for ask_for in (library.search, library.show, library.compare):
            with pytest.raises(UsageError):
                ask_for("20976 20920", within)
        return
    assert library.show("20976", within).sections == keys
    assert {match.section for hit in library.search("pain", within).hits for match in hit.matches} <= {*keys}


@given(st.lists(QUERY, max_size=4), LIMIT)
def test_any_symptoms_are_answered_or_refused(library: Library, reported: list[str], limit: int) -> None:
    """Entries come by how many symptoms they cover, then by how well; each line of evidence is marked in place."""
    try:
        answer = library.symptom(reported, limit)
    except UsageError:
        return
    queries = [symptom.query for symptom in answer.symptoms]
    assert len(queries) == len(set(queries)) > 0
    typed = {character for text in reported for character in text}
    assert all(set(query) <= typed | {" ", "\n"} for query in queries)  # complaints are parts of what was reported
    assert len(answer.hits) == min(answer.total, limit)
    ranks = [(hit.covered, hit.score) for hit in answer.hits]
    assert ranks == sorted(ranks, reverse=True)
    for hit in answer.hits:
        assert 0 < hit.score <= 1
        assert len(hit.evidence) == len(answer.symptoms)
        assert hit.of == sum(not symptom.only_denies for symptom in answer.symptoms)
        evidence = [line for line in hit.evidence if line]
        assert len(evidence) == hit.covered > 0
        assert all(0 < line.score <= 1 and has_valid_marks(line) for line in evidence)
    rendered = json.loads(render_all(answer)["json"])
    assert [symptom["query"] for symptom in rendered["symptoms"]] == queries


# --- dataset files ---------------------------------------------------------------------------------------------------


def are_named(faults: Iterable[Fault], path: Path) -> bool:
    """Return whether there are faults, all of this file, each on one harmless line that says what is wrong."""
    faults = [*faults]
    texts = [text for fault in faults for text in fault]
    return (
        bool(faults)
        and all(fault.file == str(path) and fault.problem for fault in faults)
        and not [text for text in texts if "\n" in text or re.search(UNSAFE_PATTERN, text)]
    )


def list_lines(section: dict[str, Any]) -> list[str]:
    """Return the lines of a section in JSON."""
    return [line for line in (section["intro"], *section["points"]) if line]


def assert_rendered(entry: Entry, width: int) -> None:
    """Assert that an entry is rendered in every format, and that JSON and CSV give back what it says."""
    text = render_all(ShowAnswer(dataset=DATASET, sections=(), entries=(entry,), misses=()), width)
    (read,) = json.loads(text["json"])["results"]
    assert json.loads(text["jsonl"]) == read
    for name in ("kind", "code", "title", "category", "summary", "library", "replaces", "verified_by"):
        assert read[name] == getattr(entry, name)
    assert read["notes"] == [*entry.notes]
    assert (read["cost"]["low"], read["cost"]["high"]) == (entry.cost.low, entry.cost.high)
    for name in ("verification", "bundled_verification", "faq", "payer_notes", "published"):
        assert read[name] == json.loads(json.dumps(as_table(getattr(entry, name)), default=str))
    assert (read["source"] or {}).get("imported") == (entry.source and entry.source.imported.isoformat())
    lines = {section["key"]: list_lines(section) for section in read["sections"]}
    assert lines == {section.key: list_lines(section._asdict()) for section in entry.sections}
    cells: dict[str, list[str]] = {}
    for row in read_rows(text["csv"]):
        if row["kind"] in {"intro", "point"}:
            cells.setdefault(row["section"], []).append(row["text"])
    for key, own in lines.items():
        assert [cell.removeprefix("'") for cell in cells[key]] == [
            escape_unsafe(line).removeprefix("'") for line in own
        ]


def test_any_article_is_refused_or_shown(tmp_path: Path, report_figure: Callable[[str], None]) -> None:
    """Each file is left out with its faults, or read as the very value it is, and shown in every format.

    In the end all of them are one library, of which check, list, compare and modifiers say the same.
    """
    sound: dict[str, Article] = {}
    broken: set[str] = set()

    @given(
        ARTICLE | spoil(ARTICLE) | TABLE,
        ANYTHING,
        st.lists(ANYTHING.filter(str.strip), max_size=2),
        FINDINGS,
        st.none() | PUBLISHED.map(lambda table: build_value(PublishedCode, table)),
        st.integers(20, 120),
    )
    def check_article(
        plain: dict[str, Any],
        library: str,
        notes: list[str],
        finding: Verification | None,
        published: PublishedCode | None,
        width: int,
    ) -> None:
        code = f"{30_000 + len(sound) + len(broken)}"
        path = tmp_path / f"{code}.toml"
        if plain.get("code") == CODE:
            plain["code"] = code
        path.write_text(tomli_w.dumps(plain), encoding="utf-8")
        reading = DatasetLoader(())
        read = reading.load_article(str(path), 1)
        faults = [fault for *_, fault in reading.faults]
        if read is None:
            broken.add(code)
            assert are_named(faults, path)
            return
        assert not faults
        sound[code] = read.article
        assert build_value(Article, json.loads(read.json)) == read.article
        source = EntrySource("article", read.article, library, finding, published, tuple(notes))
        assert_rendered(entries.build_entry(source, reading.modifiers), width)

    check_article()
    report_figure(f"articles nobody thought of: {len(sound):,} shown in every format, {len(broken):,} refused")
    with open_library(tmp_path) as library:
        titles = {entry.code: entry.title for entry in library.list().entries if entry.library != "bundled"}
        assert titles == {code: article.title for code, article in sound.items()}
        assert {fault.file for fault in library.faults} == {str(tmp_path / f"{code}.toml") for code in broken}
        render_all(library.list())
        for three in zip(*[iter([*sound][:90])] * 3, strict=False):
            render_all(library.modifiers(three))
            read_rows(render_all(library.compare(three))["csv"])
        answer = cptref.check([tmp_path])
        assert sorted(answer.faults) == sorted(library.faults)
        assert answer.checked[0].articles == len(sound) + len(broken)
        render_all(answer)


def test_any_table_of_codes_is_refused_or_shown(tmp_path: Path, report_figure: Callable[[str], None]) -> None:
    """Each table is left out with its faults, or every code of it is shown, and it reads back from TOML.

    In the end all of them are one library, of which list, search, compare and modifiers say the same.
    """
    sound: dict[str, PublishedCode] = {}
    broken = 0

    @given(
        CODES | CODES | spoil(CODES) | TABLE,
        st.lists(ANYTHING.filter(str.strip), max_size=2),
        FINDINGS,
        st.integers(20, 120),
    )
    def check_table(plain: dict[str, Any], notes: list[str], finding: Verification | None, width: int) -> None:
        nonlocal broken
        path = tmp_path / "codes.toml"
        path.write_text(tomli_w.dumps(plain), encoding="utf-8")
        reading = DatasetLoader(())
        if not reading.load_file(str(path), 1):
            broken += 1
            assert are_named((fault for *_, fault in reading.faults), path)
            return
        published = {code: loaded.published for code, loaded in reading.published_codes.items()}
        assert len(published) == len(plain["codes"])
        all_published = entries.PublishedCodes(published.values())
        for code, of_code in published.items():
            if len(sound) < 300:
                sound.setdefault(code, of_code)
            article = entries.build_code_article(of_code, all_published, ["20976"])
            source = EntrySource("code", article, "own", finding, of_code, tuple(notes))
            entry = entries.build_entry(source, reading.modifiers)
            assert_rendered(entry, width)
            answer = ShowAnswer(dataset=DATASET, sections=(), entries=(entry,), misses=())
            path.write_text(toml.render(answer), encoding="utf-8")
            again = DatasetLoader(())
            assert again.load_file(str(path), 1)
            assert again.published_codes[code].published == of_code

    check_table()
    report_figure(f"codes nobody thought of: {len(sound):,} kept and shown in every format, {broken:,} tables refused")
    folder = tmp_path / "all"
    folder.mkdir()
    tables = [{key: value for key, value in as_table(code).items() if value or value == 0} for code in sound.values()]
    (folder / "codes.toml").write_text(tomli_w.dumps({"codes": tables}), encoding="utf-8")
    with open_library(folder) as library:
        assert not library.faults
        listed = {item.code: item.published for item in library.list().entries if item.library == str(folder)}
        assert listed == sound
        render_all(library.list())
        for three in zip(*[iter([*sound][:60])] * 3, strict=False):
            render_all(library.show([f"{code}-50-59" for code in three]))
            render_all(library.modifiers(three))
            read_rows(render_all(library.compare(three))["csv"])
        for code in [*sound][:30]:
            answers = library.search(code, limit=100)
            assert code in {hit.code for hit in answers.hits}
            render_all(answers)


FILES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "dataset.toml": st.fixed_dictionaries(
        {"version": LINE, "released": st.dates(), "license": LINE, "sources": few(LINE)},
        optional={"notices": st.fixed_dictionaries({"trademark": LINE, "advice": LINE})},
    ),
    "modifiers.toml": st.fixed_dictionaries(
        {
            "modifiers": st.lists(
                st.fixed_dictionaries(
                    {"code": MODIFIER, "set": st.sampled_from(["CPT", "unknown"]), "meaning": LINE},
                    optional={"bilateral": st.booleans()},
                ),
                max_size=3,
            )
        },
        optional={
            "bilateral_indicators": few(
                st.fixed_dictionaries({"indicator": st.sampled_from([0, 1, 2, 3, 9]), "meaning": LINE})
            )
        },
    ),
    "notes.toml": st.fixed_dictionaries(
        {"notes": few(st.fixed_dictionaries({"code": ANY_CODE, "text": WORDS, "added": st.dates()}))}
    ),
}
WORD = st.text(st.sampled_from("abcde"), min_size=2, max_size=4)
# Signs that Unicode calls no letters and takes for letters or several words where it folds them, and the like.
ODD = st.text(st.sampled_from("ab-\u339c\u00bd\ufdfa\u0130\u00df\u2122' "), min_size=1, max_size=3)
TERM = st.one_of(WORD, WORD, st.tuples(WORD, WORD).map(" ".join), ODD, LINE)
VOCABULARY: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "concepts": st.lists(
            st.fixed_dictionaries(
                {"name": TERM},
                optional={
                    **dict.fromkeys(("synonyms", "abbreviations", "narrower"), few(TERM, 2)),
                    "variants": few(WORD | ODD, 2),
                    "parts": few(st.from_regex(r"-[a-z]{3,5}|[a-z]{3,5}-", fullmatch=True), 2),
                },
            ),
            min_size=1,
            max_size=3,
        ),
        "plain": st.text(st.sampled_from("abc\u00df\ufb00 ")).map(clean),
    },
)


@given(st.data())
@pytest.mark.parametrize("name", [*FILES, "vocabulary.toml"])
def test_any_table_is_refused_or_read(tmp_path: Path, name: str, data: st.DataObject) -> None:
    """A file of any name is read, or left out with its faults."""
    whole = FILES.get(name, VOCABULARY)
    plain = data.draw(whole | spoil(whole) | TABLE)
    path = tmp_path / name
    path.write_text(tomli_w.dumps(plain), encoding="utf-8")
    reading = DatasetLoader(())
    faults = [fault for *_, fault in reading.faults]
    assert reading.load_file(str(path), 1) or are_named((fault for *_, fault in reading.faults), path)
    assert not faults


@given(VOCABULARY, st.lists(LINE, min_size=1, max_size=3), st.data())
def test_any_vocabulary_is_searched(
    tmp_path: Path, plain: dict[str, Any], points: list[str], data: st.DataObject
) -> None:
    """What has no fault is compiled, whatever its terms are made of, and every term can be asked for."""
    reading = DatasetLoader(())
    path = tmp_path / "vocabulary.toml"
    path.write_text(tomli_w.dumps(plain), encoding="utf-8")
    if not reading.load_file(str(path), 1):
        return
    terms = [concept["name"] for concept in plain.get("concepts", ())]
    terms += [term for concept in plain.get("concepts", ()) for term in concept.get("synonyms", ())]
    body = {"code": CODE, "title": "Untitled", "category": "None", "sections": [{"key": "symptoms", "points": points}]}
    entry = entries.build_entry(EntrySource("article", build_value(Article, body), "own"), reading.modifiers)
    with closing(sqlite3.connect(":memory:")) as connection:
        with IndexWriter(connection) as compiler:
            compiler.add(entry, json.dumps(body))
            compiler.finish("", {}, DATASET, reading.modifiers, (), reading.vocabulary, (), {})
        assert IndexReader(connection).get_entry(CODE) == entry
        query = data.draw(st.lists(st.sampled_from([*terms, *points, "pain"]), min_size=1, max_size=3).map(" ".join))
        try:
            answer = search(IndexReader(connection), query, (), 10)
        except UsageError:
            return
        assert all(0 < hit.score <= 1 for hit in answer.hits)


# --- notes -----------------------------------------------------------------------------------------------------------


def normalize_note(text: str) -> str | None:
    """Return a note as it is kept; None where it is refused."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    return plain if plain and len(plain) <= MAX_NOTE_CHARACTERS and not re.search(UNSAFE_PATTERN, plain) else None


NOTE = (
    ANYTHING
    | HOSTILE
    | st.text()
    | st.sampled_from(["a\tb\r\nc\rd", " \n ", "x" * MAX_NOTE_CHARACTERS, "x" * MAX_NOTE_CHARACTERS + "y"])
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["20976", "20920", "0042T"]), NOTE | st.integers(-1, 4)), min_size=1, max_size=8
)


@given(STEPS)
def test_notes_read_back(tmp_path: Path, steps: list[tuple[str, str | int]]) -> None:
    """A note is refused or kept as it is but for tabs, line ends and outer blanks; numbers close up behind removals."""
    notes = Notes(tmp_path / "notes.toml")
    notes.file.unlink(missing_ok=True)
    expected: list[tuple[str, str]] = []
    for code, step in steps:
        own = [index for index, (noted, _) in enumerate(expected) if noted == code]
        if isinstance(step, int):
            removed = notes.remove(code, step)
            due = expected.pop(own[step - 1]) if 0 < step <= len(own) else None
            assert (removed and (removed.code, removed.text)) == due
        elif (plain := normalize_note(step)) is None:
            with pytest.raises(UsageError):
                notes.add(code, step)
        else:
            assert notes.add(code, step) == len(own) + 1
            expected.append((code, plain))
        assert [(note.code, note.text) for note in notes.all()] == expected


@given(ANYTHING)
def test_no_other_code_is_noted_on(tmp_path: Path, code: str) -> None:
    """A note is on a code in its canonical spelling, and on nothing else."""
    notes = Notes(tmp_path / "notes.toml")
    if not codes.is_code(code):
        with pytest.raises(UsageError):
            notes.add(code, "mine")
        assert not notes.file.exists()
