"""Compact objects: every fact of the JSON, in less, of the types that schemas are made of, and never too long."""

from __future__ import annotations

import json
import typing
from fnmatch import fnmatch
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from cptref import compact, open_library
from cptref.models.results import SectionsAnswer
from cptref.models.verdicts import ADVICE
from cptref.render import compact as compact_objects
from cptref.render.compact import MAX_BYTES
from cptref.render.json import iter_json
from tests.claims.sets import (
    DAY,
    DAY_OF_2028,
    add_ons,
    fee_schedule,
    hcpcs,
    icd10cm,
    pair_edits,
    practice_indices,
    unit_limits,
)
from tests.codesets.files import hcpcs_row, icd_diag, ptp_row
from tests.codesets.locality_files import make_zip5, zip_line
from tests.codesets.pfs_files import make_row, make_unpaid_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cptref import Library
    from tests.codesets.conftest import WriteAndAdd
    from tests.conftest import MakeFolder

NOTICE = "Not billing or medical advice. Check every code against the current code set."
OWN = """\
code = "20976"
title = "Made-up injection"
category = "Surgery"
summary = "What we say about it."
modifiers = ["50", "RT", "Q9"]
payer_notes = [{ payer = "Made-up Health", note = "asks for a form", checked_on = 2026-03-04 }]
faq = [{ question = "Does it hurt?", answer = "A little." }]
source = { file = "page.txt", imported = 2026-02-03 }
sections = [{ key = "symptoms", intro = "What they say.", points = ["A cold elbow", "A warm knee"] }]

[verification]
status = "verified"
finding = "We looked it up."
checked_against = ["Our list (2026)"]
checked_on = 2026-05-06
bilateral_indicator = 1
see_instead = ["62323", "99999"]

[cost]
low = 1234
high = 5678
intro = "It depends."
notes = ["Ask first"]
"""
SETS: dict[str, bytes | str] = {
    **fee_schedule(*map(make_row, ("62323", "64483", "64494", "64999")), make_unpaid_row("64998", "N")),
    **hcpcs(hcpcs_row("J0001", "Made-up drug"), hcpcs_row("J0002", "Made-up drug, old", TERM_DT="20260630")),
    **unit_limits([("64483", "1", "2"), ("64494", "1", "3")]),
    **add_ons(("1", "64494", "64493")),
    **pair_edits(ptp_row("20552", "64483"), ptp_row("64483", "62323", "20160101")),
    **pair_edits(ptp_row("20552", "64483"), setting="hospital"),
    **practice_indices({"FL-04": ("1.010", "1.020", "1.500")}),
    **icd10cm(icd_diag("A01", "Made-up ache", icd_diag("A01.1", "Made-up ache of a leg"))),
    "zip5.txt": make_zip5(zip_line("33101", "09102-04", quarter="20263")),
}
X12 = (
    "CLM*1*450~HI*ABK:A011~LX*1~SV1*HC:64483:59*450*UN*1***1~DTP*472*RD8*20260801-20260802~"
    "LX*2~SV1*HC:20552*100*UN*1***1~DTP*472*D8*20260801~"
    "CLM*2*90~HI*ABK:A011~LX*1~SV1*HC:00640:AA*90*MJ*45***1~DTP*472*D8*20270105~"
)
QUESTIONS: dict[str, Callable[[Library], Any]] = {
    "an article": lambda library: library.show("20976", on=DAY),
    "codes of each kind": lambda library: library.show(
        ["64483-50-RT-LT", "20920", "64998", "J0002", "20111-59"], on=DAY
    ),
    "misses": lambda library: library.show(["2O976", "20977-50", "64999x"], on=DAY),
    "a range": lambda library: library.show("64479-64495", on=DAY),
    "sections": lambda library: library.show(["20976", "64483"], ["symptoms", "faq"]),
    "a later day": lambda library: library.show(["64483", "J0001", "A01.1"], on="2029-02-01"),
    "a diagnosis": lambda library: library.show(["A01", "A01.1"], on=DAY_OF_2028),
    "side by side": lambda library: library.compare(["20920", "20962-50", "64483", "J0001"], on=DAY),
    "side by side, much alike": lambda library: library.compare(["20920", "20975", "99999"], on=DAY),
    "all modifiers": lambda library: library.modifiers(),
    "modifiers of codes": lambda library: library.modifiers(["RT", "20976", "64483-50", "Q9"], on=DAY),
    "words": lambda library: library.search("tingling in the legs, no fever", on=DAY),
    "words of a set": lambda library: library.search("made-up ache", on=DAY_OF_2028),
    "words that are misspelled": lambda library: library.search("tinglng zzyzx", on=DAY),
    "words that only deny": lambda library: library.search("no fever"),
    "words of which some match": lambda library: library.search("tingling spleen transplant xyzzy"),
    "words of published codes": lambda library: library.search("TFESI"),
    "words of a question": lambda library: library.search("is 20975 painful for a diabetic", on=DAY),
    "symptoms": lambda library: library.symptom(["numb feet", "no fever", "made-up ache"], on=DAY_OF_2028),
    "the list": lambda library: library.list(),
    "a claim": lambda library: library.claim(
        ["64483-50", "64494x2", "20552", "64998", "A01.1", "nonsense"], on=DAY, locality="33101"
    ),
    "two claims": lambda library: library.claim(
        ["claim,code,units,charge,date", "1,64483,1,450.00,2026-08-01", "2,64494,2,99.50,2026-08-02"]
    ),
    "claims of a system": lambda library: library.claim([X12], place="22"),
    "a claim of a later day": lambda library: library.claim(["64483", "20552"], on="2028-03-01", qualifying=True),
    "fees": lambda library: library.fee(["64483-50", "62323", "64998", "99999"], ["FL-04", "33101"], DAY),
    "fees of a later day": lambda library: library.fee("64483", "FL-04", "2028-03-01", qualifying=True),
    "a pair": lambda library: library.pair("20552", "64483-59", on=DAY),
    "a pair, denied": lambda library: library.pair("20552", "64483", on=DAY),
    "loaded sets": lambda library: library.sets("2027-12-01"),
}


@pytest.fixture
def library(write_and_add: WriteAndAdd, tmp_path: Path) -> Iterator[Library]:
    """Return a library with an own entry and a file of every kind of code set."""
    assert write_and_add(SETS).code == 0
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "20976.toml").write_text(OWN, encoding="utf-8")
    with open_library([folder]) as opened:
        yield opened


def schema_of(answer: object) -> TypeAdapter[Any]:
    """Return what checks the compact object of an answer."""
    build, _ = compact_objects._BUILDERS[type(answer)]  # noqa: SLF001 - which types there are
    return TypeAdapter(typing.get_type_hints(build)["return"])


def write(value: object) -> str:
    """Return a value as an agent gets it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def test_every_object_is_what_its_schema_says(library: Library) -> None:
    """Pydantic drops keys that a type does not have, and would do so for an agent."""
    for name, ask in QUESTIONS.items():
        answer = ask(library)
        whole = json.loads(write(compact(answer, None)))
        assert schema_of(answer).validate_python(whole, strict=True) == whole, name


# --- what is in them --------------------------------------------------------------------------------------------------

# Keys of the JSON, some with their value, that are in no compact object, and why.
LEFT_OUT = {
    "*sections.heading": "it follows from the key",
    "*.marks": "the text of the line shows them",
    "*.fields.*": "the facts of a release are the same in words",
    "*listings.summary": "it is made of facts",
    "*.amounts.formulas": "they follow from the RVUs and the factor",
    "*published.family": "the description says what it is",
    "*published.service": "the description and the remark are made of it",
    "*published.region": "the description has it",
    "*published.ask": "words to find the code by",
    "*published.complaints": "the same",
    "results.published.*": "of the list: the code can be looked up",
    "results.matches.*": "behind the best three lines of an entry, of which it has the total",
    "codes.*": "of codes to see instead: they can be looked up",
    "results.modifiers.*": "the section billing has what they mean",
    "results.cost.*": "the section cost has it in words",
    "results.payer_notes.*": "the section billing has them",
    "results.sections.key = overview": "overview: its only line is the summary",
    "results.sections.points = Code: *": "it is a key",
    "results.sections.points = Category: *": "the same",
    "*.library = bundled": "the usual one",
    "*.verified_by = bundled": "the same",
    "sections.aligned = True": "only where it is false",
    "lines.input": "code, modifiers, units and day are what was read",
    "lines.unit = UN": "the usual one",
    "folder": "it is about this machine",
    "results.source": "the same",
    "results.size": "the same",
    "results.sha256": "the same",
    "results.added": "the same",
    "results.name": "it is made of set and release",
    "results.notice": "of loaded sets: it comes with what they say",
    "results.details.*": "what the file says of itself; content and doubts are made of it",
}


def list_leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield each text, number and truth of an object with the keys that lead to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from list_leaves(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from list_leaves(item, path)
    elif value not in {"", None, False}:
        yield path, value


def list_missing(answer: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - any answer that has a compact object
    """Yield what the JSON of an answer has and its compact object does not."""
    leaves = [*list_leaves(json.loads(write(compact(answer, None))))]
    text = "\n".join([*(str(value) for _, value in leaves), *(key for path, _ in leaves for key in path)])
    truths = {path[-1] for path, value in leaves if value is True}
    for path, value in list_leaves(json.loads("".join(iter_json(answer)))):
        if not (path[-1] in truths if value is True else str(value) in text):
            yield ".".join(path), value


def test_every_fact_of_the_json_is_there(library: Library) -> None:
    """Each text, number and truth, but for those that are said to be left out, each of which occurs."""
    used = set()
    missing = []
    for name, ask in QUESTIONS.items():
        for path, value in list_missing(ask(library)):
            fact = f"{path} = {value}"
            patterns = {each for each in LEFT_OUT if fnmatch(fact, each if " = " in each else f"{each} = *")}
            used |= patterns
            missing += [] if patterns else [(name, fact)]
    assert (missing, LEFT_OUT.keys() - used) == ([], set())


# --- what they look like ----------------------------------------------------------------------------------------------


def test_an_entry(tmp_path: Path) -> None:
    """The finding with its status in words, the lines of each section, and nothing twice."""
    (tmp_path / "20976.toml").write_text(OWN, encoding="utf-8")
    with open_library([tmp_path], codesets=None) as library:
        shown = compact(library.show("20976-50", ["symptoms"]))
        bundled = library.dataset
    assert shown["dataset"] == {
        "version": bundled.version,
        "released": bundled.released.isoformat(),
        "notice": NOTICE,
    }
    (entry,) = shown["results"]
    assert entry.pop("bundled_verification")["status"] == "not-listed"
    assert entry.pop("see_instead")["62323"] == "interlaminar or caudal epidural injection, low back or sacrum"
    assert entry.pop("appended")[0]["verdict"] == "not judged"
    assert (entry, [*shown]) == (
        {
            "kind": "article",
            "code": "20976",
            "title": "Made-up injection",
            "verification": {
                "status": "verified",
                "headline": "agrees with the published code set",
                "finding": "We looked it up.",
                "checked_against": ["Our list (2026)"],
                "checked_on": "2026-05-06",
                "see_instead": ["99999"],
                "by": str(tmp_path),
            },
            "category": "Surgery",
            "library": str(tmp_path),
            "replaces": "bundled",
            "bilateral_indicator": 1,
            "summary": "What we say about it.",
            "modifiers": ["50", "RT", "Q9"],
            "cost": {"low": 1234, "high": 5678, "currency": "USD"},
            "sections": {"symptoms": ["What they say.", "A cold elbow", "A warm knee"]},
            "source": "page.txt, imported 2026-02-03",
        },
        ["dataset", "results"],
    )


def test_a_search(make_folder: MakeFolder) -> None:
    """Each hit with its verdict and best lines, and once what the verdicts mean."""
    folder = make_folder({"20111": {"symptoms": ["A cold elbow"]}, "20222": {"causes": ["Cold weather"]}})
    with open_library([folder], codesets=None) as library:
        answer = compact(library.search("cold elbow, no fever"))
    assert answer == {
        "dataset": answer["dataset"],
        "query": "cold elbow, no fever",
        "denied": ["fever"],
        "total": 1,
        "results": [
            {
                "kind": "article",
                "code": "20111",
                "title": "Untitled",
                "library": str(folder),
                "verification": "unverified",
                "score": 1.0,
                "tier": "exact",
                "matches": [{"section": "symptoms", "text": "A cold elbow", "score": 1.0}],
            }
        ],
        "statuses": {"unverified": "nobody has checked it against the published code set"},
    }


def test_what_edits_say_in_the_same_words_stands_once(library: Library) -> None:
    """With the numbers of its lines; the day is that of the lines."""
    answer = compact(library.claim([f"64494x2 2026-08-0{day}" for day in range(1, 6)]))
    (limit,) = (result for result in answer["results"] if result["edit"] == "units")
    assert limit == {
        "edit": "units",
        "verdict": "deny likely",
        "code": "64494",
        "says": (
            "2 units of 64494 on the day; at most 1 "
            '(MUE 3: a clinical limit for all lines of the day; more needs an appeal; rationale "Made-up reason")'
        ),
        "rule": "Practitioner MUE 2026Q3",
        "lines": [1, 2, 3, 4, 5],
        "remedy": "an appeal with documentation that shows why more was needed",
    }
    assert {"source": "Practitioner MUE 2026Q3", "set": "mue-practitioner", "release": "2026Q3"} in answer["rules"]
    assert (answer["verdicts"], answer["advice"]) == ({"deny likely": 5}, ADVICE)


# --- how long they are ------------------------------------------------------------------------------------------------


def check_limit(answer: Any, max_bytes: int = MAX_BYTES) -> Any:  # noqa: ANN401 - any answer and its object
    """Return a compact object of limited length, which is less than the whole one, of its type, and says so."""
    limited = compact(answer, max_bytes)
    assert len(write(limited).encode()) <= max_bytes < len(write(compact(answer, None)).encode())
    assert schema_of(answer).validate_python(limited, strict=True) == limited
    assert " of " in limited["left_out"]
    return limited


@pytest.fixture
def many(make_folder: MakeFolder) -> Iterator[Library]:
    """Return a library with 300 own articles on similar things."""
    points = {"symptoms": ["A cold elbow", "A warm knee"], "procedure": ["What is done at length"] * 10}
    with open_library([make_folder({f"{code}": points for code in range(30000, 30300)})], codesets=None) as opened:
        yield opened


def test_whole_results_are_left_out_at_the_end(many: Library) -> None:
    """And the answer says how many of them are here, and how to ask for less."""
    for answer, advice in (
        (many.show("30000-30299"), "ask for fewer codes, or name sections"),
        (many.list(), "look codes up, or search for them"),
        (many.search("cold elbow", limit=1000), "ask for fewer results, or name sections"),
        (many.symptom(["cold elbow", "warm knee"], limit=1000), "ask for fewer results, or about fewer symptoms"),
    ):
        whole: Any = compact(answer, None)
        limited = check_limit(answer)
        kept = len(limited["results"])
        codes = [entry["code"] for entry in whole["results"]][kept:]
        without = f"without {', '.join(codes[:10])} and {len(codes) - 10} more"
        count = f"{kept} of {len(whole['results'])} results ({without}) are here"
        assert limited.pop("left_out") == f"{count}; {advice}"
        assert limited == whole | {"results": whole["results"][:kept]}
        assert len(write(limited).encode()) > MAX_BYTES - 3_500  # and no more is left out than has to be


def test_misses_are_told_before_results(many: Library) -> None:
    """Whatever is asked for besides; of thousands of them, the answer says how many."""
    limited = check_limit(many.show(["30000-30299", "99998"]))
    assert [miss["input"] for miss in limited["not_found"]] == ["99998"]
    limited = check_limit(many.show(["30000", *(f"9{number:04}" for number in range(5000))]))
    (miss,) = limited["not_found"]
    kept = len(miss["inputs"])
    assert kept > 2_000
    assert miss == {
        "inputs": [f"9{number:04}" for number in range(kept)],
        "reason": "not-loaded",
        "message": "looks like a code, but is not in the library",
    }
    assert limited["left_out"] == f"{kept:,} of 5,000 codes without an answer are here; ask about fewer codes"
    assert [entry["code"] for entry in limited["results"]] == ["30000"]


def test_entries_come_before_what_is_said_side_by_side(many: Library) -> None:
    """A comparison has the findings of as many codes as there is room for."""
    limited = check_limit(many.compare("30000-30299"))
    assert len(limited["results"]) > 50
    assert limited["left_out"].startswith(f"{len(limited['results'])} of 300 results (without ")
    assert limited["left_out"].endswith("sections are here; compare fewer codes, or name sections")


def test_many_misses_of_one_kind_leave_room_for_results(many: Library, library: Library) -> None:
    """Their codes stand together; a few are told one by one, with their close codes. So are those of a fee."""
    codes = [f"3{number:04}" for number in range(200, 400)]
    answer = compact(many.show(codes))
    (miss,) = answer["not_found"]
    assert miss["inputs"] == codes[100:]
    assert answer["results"][30]["code"] == "30230"
    few = compact(many.show(codes[98:103]))["not_found"]
    assert [(miss["input"], bool(miss["nearest"])) for miss in few] == [(code, True) for code in codes[100:103]]
    (unpaid,) = compact(library.fee(codes[:6], on=DAY))["not_found"]
    assert unpaid["inputs"] == codes[:6]


def test_what_a_limit_leaves_is_said_in_words(many: Library, library: Library) -> None:
    """With how to get at the rest; what is not limited has no such words, and no match is said, too."""
    advice = "narrow by more words, sets or billable, or raise the limit"
    some = [compact(many.search("cold elbow", limit=7)), compact(many.symptom("cold elbow", limit=7))]
    for answer in some:
        assert answer["left_out"] == f"7 of {answer['total']} entries within the limit; {advice}"
    total = compact(many.list(3))["total"]
    words = f"3 of {total} codes within the limit; raise the limit, or search for them"
    assert compact(many.list(3))["left_out"] == words
    assert compact(many.search("xyzzyx"))["says"] == "no match"
    assert compact(many.search("elbow xyzzyx wxyxyz zzyzzx"))["says"] == "no match; partial comes closest"
    assert not {"left_out", "says"} & {*compact(many.search("cold elbow", limit=1000), None)}
    drugs = compact(library.search("drug", sets="hcpcs", limit=1, on=DAY))
    assert drugs["left_out"] == f"1 of 2 codes of {drugs['sets'][0]['heading']} within the limit; {advice}"


@pytest.mark.parametrize("points", [["A point of many"] * 10_000, ["word " * 40_000]], ids=["points", "a point"])
def test_a_long_entry_keeps_its_finding(make_folder: MakeFolder, points: list[str]) -> None:
    """And what comes before; its own long section ends early if it is asked for alone."""
    folder = make_folder({"30000": {"symptoms": points, "used-when": ["Rarely"], "procedure": ["Something"]}})
    with open_library([folder], codesets=None) as library:
        limited = check_limit(library.show("30000"))
        alone = check_limit(library.show("30000", ["symptoms"]))
    (entry,) = limited["results"]
    assert entry["verification"]["finding"] == "none"
    assert entry["sections"]["used-when"] == ["Rarely"]
    kept = alone["results"][0]["sections"]["symptoms"]
    assert 20_000 < len(write(kept)) < MAX_BYTES
    assert [line.removesuffix(" ...") for line in kept] == [
        point[: len(line) - 4] if line.endswith(" ...") else point for line, point in zip(kept, points, strict=False)
    ]
    if len(points) == 1:
        assert kept[0].endswith(" ...")
        text = "characters of the line of symptoms of 30000"
        assert alone["left_out"].startswith(f"{len(kept[0]) - 4:,} of 200,000 {text} are here; search finds its lines")
    else:
        count = f"{len(kept):,} of 10,000 lines of symptoms of 30000 are here"
        assert alone["left_out"] == f"{count}; search finds its lines"


def test_a_long_claim_keeps_every_verdict(library: Library) -> None:
    """With the first of the lines that each is about; totals and counts are those of all lines."""
    answer = library.claim([*["64483"] * 2000, "64494x2"], on=DAY)
    whole: Any = compact(answer, None)
    limited = check_limit(answer)
    shortened = [
        result | {name: numbers[:30] for name in ("lines", "beside") if (numbers := result.get(name))}
        for result in whole["results"]
    ]
    assert limited["results"] == shortened
    assert limited["lines"] == whole["lines"][: len(limited["lines"])]
    assert (limited["verdicts"], limited["total"]) == (whole["verdicts"], whole["total"])
    lines = f"{len(limited['lines'])} of 2,001 lines, 30 of 2,001 numbers of a result are here"
    assert limited["left_out"] == f"{lines}; check fewer lines at once"


def test_a_claim_of_many_verdicts_keeps_the_worst(library: Library) -> None:
    """They come before the lines."""
    days = [f"2026-{month:02}-{day:02}" for month in range(7, 10) for day in range(1, 29)]
    answer = library.claim([f"64494x2 {day}" for day in days])
    limited = check_limit(answer)
    whole = [result["says"] for result in compact(answer, None)["results"]]
    assert [result["says"] for result in limited["results"]] == whole[: len(limited["results"])]
    assert len(whole) > len(limited["results"]) > len(limited["lines"]) > 0


def test_no_answer_is_longer_than_it_may_be(library: Library) -> None:
    """Whatever the answer and the limit: it is of its type, and says what is left out if anything is."""
    answers = {name: ask(library) for name, ask in QUESTIONS.items()}
    for (name, answer), max_bytes in product(answers.items(), (4_000, 6_000, 12_000)):
        if len(write(compact(answer, None)).encode()) > max_bytes:
            check_limit(answer, max_bytes)
        else:
            assert compact(answer, max_bytes) == compact(answer, None), name


def test_a_limit_that_is_no_use() -> None:
    """Every answer has a dataset and a notice."""
    with (
        open_library(codesets=None) as library,
        pytest.raises(ValueError, match=r"^1000 bytes are too few for any answer$"),
    ):
        compact(library.list(), 1000)


def test_other_answers_have_no_compact_object() -> None:
    """They are no questions that agents ask."""
    with pytest.raises(TypeError, match=r"^SectionsAnswer has no compact object$"):
        compact(SectionsAnswer(()))  # type: ignore[call-overload]
