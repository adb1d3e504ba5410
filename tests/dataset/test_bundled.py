"""Test the five entries that come with cptref."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import tomli

from cptref import open_library
from cptref.dataset.layers import bundled_layer
from cptref.dataset.schema import article_json_schema
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

    from cptref.models.entries import Entry

FOLDER = bundled_layer().folder
ARTICLES = sorted((FOLDER / "articles").glob("*.toml"))

CODES = {code["code"]: code for code in tomli.loads((FOLDER / "codes.toml").read_text(encoding="utf-8"))["codes"]}
ADD_ONS = {code: table for code, table in CODES.items() if "add_on_to" in table}
MODIFIERS = {
    modifier["code"]: modifier
    for modifier in tomli.loads((FOLDER / "modifiers.toml").read_text(encoding="utf-8"))["modifiers"]
}

# What physician claims carry.
FINGERS_AND_TOES = [f"{letter}{digit}" for letter in "FT" for digit in "A123456789"]
MODIFIER_CODES = """
22 23 24 25 26 27 32 33 47 50 51 52 53 54 55 56 57 58 59 62 63 66 73 74 76 77 78 79 80 81 82 90 91 92 93 95 96 97 99 1P
2P 3P 8P P1 P2 P3 P4 P5 P6 AA AD AS CR E1 E2 E3 E4 ET FS FT GA GC GE GJ GN GO GP GQ GT GW GX GY GZ JW JZ KX LC LD LM LT
PA PB PC Q5 Q6 QK QS QW QX QY QZ RC RI RT SA SG TC UN UP UQ UR US XE XP XS XU
"""
# NCCI policy manual, chapter 1: the modifiers that may answer a pair edit.
PAIR_EDIT_MODIFIERS = "24 25 27 57 58 59 78 79 91 E1 E2 E3 E4 LC LD LM LT RC RI RT XE XP XS XU"

# Points of each section in each source article, in the order of the catalogue from used-when to education.
POINTS = {
    "20920": [4, 4, 5, 4, 6, 4, 4, 4, 4, 4, 4, 4],
    "20962": [4, 4, 4, 4, 6, 4, 4, 4, 3, 4, 4, 4],
    "20971": [5, 5, 5, 5, 6, 5, 5, 5, 5, 5, 5, 5],
    "20975": [4, 4, 4, 4, 6, 4, 4, 4, 3, 4, 4, 4],
    "20976": [5, 5, 5, 5, 6, 5, 5, 5, 4, 5, 5, 5],
}


def read_articles() -> dict[str, dict[str, Any]]:
    """Return the parsed files of the articles by code."""
    return {path.stem: tomli.loads(path.read_text(encoding="utf-8")) for path in ARTICLES}


def read_as_json(path: Path) -> dict[str, Any]:
    """Return a parsed file as an editor checks it: JSON has no dates."""
    parsed: dict[str, Any] = json.loads(json.dumps(tomli.loads(path.read_text(encoding="utf-8")), default=str))
    return parsed


@pytest.fixture
def entries() -> dict[str, Entry]:
    """Return the entries of the bundled articles by code."""
    with open_library() as library:
        listed = (library.get(code) for code in POINTS)
        return {entry.code: entry for entry in listed if entry}


def test_entries_have_every_point_of_the_sources(entries: dict[str, Entry]) -> None:
    """Have as many points in each section as the source, and an intro."""
    keys = list(CATALOGUE)[2:14]
    for code, counts in POINTS.items():
        sections = {section.key: section for section in entries[code].sections}
        assert [len(sections[key].points) for key in keys] == counts, code
        assert all(sections[key].intro for key in keys), code


@pytest.mark.parametrize(
    ("code", "category", "low", "high", "notes"),
    [
        ("20920", "Surgical Procedures", 1000, 3000, 2),
        ("20962", "Surgical Procedures", 300, 1500, 2),
        ("20971", "Surgery", 500, 2000, 4),
        ("20975", "Surgery", 1000, 3000, 2),
        ("20976", "Surgery", 1000, 3000, 3),
    ],
)
def test_entries_have_billing_and_cost_of_the_sources(
    entries: dict[str, Entry], code: str, category: str, low: int, high: int, notes: int
) -> None:
    """Have the category, modifiers and cost of the article."""
    entry = entries[code]
    assert (entry.category, [modifier.code for modifier in entry.modifiers]) == (category, ["50", "RT", "LT"])
    assert (entry.cost.low, entry.cost.high, len(entry.cost.notes)) == (low, high, notes)


def test_only_20976_has_questions(entries: dict[str, Entry]) -> None:
    """Have five questions, and a section for them, in 20976 only."""
    assert {code: len(entry.faq) for code, entry in entries.items() if entry.faq} == {"20976": 5}
    assert [code for code, entry in entries.items() if entry.sections[-1].key == "faq"] == ["20976"]


def test_entries_keep_their_differences(entries: dict[str, Entry]) -> None:
    """Keep what differs: 20975 has no imaging, 20962 has 24 hours, only 20975 has months."""

    def join_points(code: str, key: str) -> str:
        return " ".join(next(section.points for section in entries[code].sections if section.key == key)).lower()

    assert {code for code in entries if "fluoroscopy" in join_points(code, "procedure")} == set(entries) - {"20975"}
    assert {code for code in entries if "ultrasound" in join_points(code, "procedure")} == {"20971", "20976"}
    assert {code for code in entries if "24-48 hours" in join_points(code, "recovery")} == set(entries) - {"20962"}
    assert {code for code in entries if "24 hours" in join_points(code, "recovery")} == {"20962"}
    assert {code for code in entries if "one month and three months" in join_points(code, "follow-up")} == {"20975"}


def test_entries_share_the_words_of_shared_facts(entries: dict[str, Entry]) -> None:
    """Use the same words for what several articles say, so that compare can align it."""
    points = Counter(point for entry in entries.values() for section in entry.sections for point in section.points)
    shared = {
        "Degenerative disc disease": 5,
        "The skin at the injection site is cleaned and sterilized": 5,
        "Rest for the remainder of that day": 5,
        "Put ice on the injection site to bring down swelling": 5,
        "Infection of the injection site": 5,
        "Physical therapy to strengthen the muscles of the back": 5,
        "No strenuous activities for 24-48 hours at least": 4,
        "Tingling or numbness in the extremities": 4,
        "Acupuncture, to relieve pain": 4,
        "Radicular pain set off by a herniated disc": 3,
        "Nerve damage or nerve irritation": 2,
        "Cost on average, according to the article, no source, no year: $1,000 to $3,000": 3,
    }
    assert {point: points[point] for point in shared} == shared


@pytest.mark.parametrize(
    ("code", "status", "instead"),
    [
        ("20920", "conflict", {"62320", "62327", "64490", "64495"}),
        ("20962", "conflict", {"64490", "64495", "27096", "G0260", "64451"}),
        ("20971", "not-listed", {"62320", "64479", "64484", "64495"}),
        ("20975", "conflict", {"62320", "64479", "64484", "64495"}),
        ("20976", "not-listed", {"62320", "64479", "64484", "64495"}),
    ],
)
def test_entries_have_their_verification(entries: dict[str, Entry], code: str, status: str, instead: set[str]) -> None:
    """Have the status of each code, the releases checked, and the codes to see instead."""
    verification = entries[code].verification
    assert verification.status == status
    assert instead <= set(verification.see_instead)
    assert len(verification.checked_against) == 7
    assert ("bilateral indicator 0" in verification.finding) == (status == "conflict")
    assert ("90-day global period" in verification.finding) == (code in {"20920", "20962"})
    assert "deleted in" not in verification.finding


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("strip of fascia", {"20920"}),
        ("bone stimulator", {"20975"}),
        ("90-day global", {"20920", "20962"}),
        ("bilateral indicator 0", {"20920", "20962", "20975"}),
        ("not listed", {"20971", "20976"}),
    ],
)
def test_findings_have_the_words_that_coders_look_for(words: str, codes: set[str]) -> None:
    """Say in the finding what a coder would search for."""
    assert {code for code, article in read_articles().items() if words in article["verification"]["finding"]} == codes


def test_findings_have_a_date() -> None:
    """Say when each code was checked, not after the release of the dataset."""
    released = tomli.loads((FOLDER / "dataset.toml").read_text(encoding="utf-8"))["released"]
    dates = {article["verification"]["checked_on"] for article in read_articles().values()}
    assert dates == {date(2026, 11, 21)}
    assert max(dates) <= released


def test_entries_explain_related_codes_and_references(entries: dict[str, Entry]) -> None:
    """Explain every code to see instead among the related codes; name the releases in the references."""
    for entry in entries.values():
        texts = {section.key: " ".join(section.points) for section in entry.sections}
        assert all(code in texts["related"] for code in entry.verification.see_instead)
        assert all(release in texts["references"] for release in ("RVU22A", "RVU22B", "RVU25D", "RVU26C", "MUE"))


def test_codes_hold_every_code_that_articles_name() -> None:
    """Hold each code to see instead, each related code, and the articles' own codes that are listed."""
    articles = read_articles()
    related = " ".join(
        " ".join(section["points"])
        for article in articles.values()
        for section in article["sections"]
        if section["key"] == "related"
    )
    assert set(re.findall(r"\b[G\d]\d{4}\b", related)) <= CODES.keys()
    assert {code for article in articles.values() for code in article["verification"]["see_instead"]} <= CODES.keys()
    listed = {code for code, article in articles.items() if article["verification"]["status"] == "conflict"}
    assert articles.keys() & CODES.keys() == listed
    assert {
        code: article["verification"].get("bilateral_indicator") for code, article in articles.items() if code in CODES
    } == {code: CODES[code]["bilateral"] for code in listed}


def test_add_ons_go_with_codes_of_the_table() -> None:
    """Name primaries of the same family and region, but for fluoroscopy, which goes with other services too."""
    assert len(ADD_ONS) == 13
    for code, table in ADD_ONS.items():
        primaries = [CODES[primary] for primary in table["add_on_to"] if primary in CODES]
        assert primaries, code
        if table["family"] == "Fluoroscopic guidance":
            assert {primary["imaging"] for primary in primaries} == {"separate"}
            continue
        assert len(primaries) == len(table["add_on_to"]), code
        assert {primary["family"] for primary in primaries} == {table["family"]}, code
        # The add-on edits name the primary of the neck for 64494 too.
        assert table["region"] in {primary["region"] for primary in primaries}, code
        assert any("add_on_to" not in primary for primary in primaries) or table["level"] == "third and further levels"


def test_figures_of_codes_are_consistent() -> None:
    """Have figures that fit together: an add-on has the global period of its primary and is not reduced beside it."""
    for code, table in CODES.items():
        assert (table["global_days"] == "ZZZ") == (code in ADD_ONS), code
        assert ("add-on code edits" in table["release"]) == (code in ADD_ONS), code
        assert "RVU26C" in table["release"], code
        assert "MUE" in table["release"], code
        assert table["mue"]["units"] >= 1, code
        assert code not in ADD_ONS or table["multiple"] == 0, code
        assert (table["pc_tc"] == 1) == (table.get("imaging") == "guidance"), code
    others = {code: table["status"] for code, table in CODES.items() if table["status"] != "A"}
    assert others == dict.fromkeys(("0213T", "0214T", "0215T", "0216T", "0217T", "0218T"), "C") | {
        "G0260": "E",
        "G0259": "E",
    }
    # Of the codes with a global period of days, only one is paid in full beside other procedures.
    days = {code for code, table in CODES.items() if table["global_days"].isdecimal() and table["multiple"] != 2}
    assert days == {"20975"}


def test_regions_have_the_same_figures() -> None:
    """Give the codes of a family the same figures, level by level; 62320 to 62327 differ by imaging too."""
    figures: dict[tuple[str, str], set[str]] = {}
    for code, table in CODES.items():
        if "joint" not in table["family"] or code.startswith("6"):
            key = table["family"], table.get("level", "")
            of_code = [table[name] for name in ("status", "global_days", "bilateral", "multiple", "pc_tc", "mue")]
            figures.setdefault(key, set()).add(json.dumps(of_code))
    assert {key for key, different in figures.items() if len(different) > 1} == set()


@pytest.mark.parametrize("code", CODES)
def test_codes_say_in_short_what_they_are(code: str) -> None:
    """Have a short heading, a service that reads well in a sentence, and different words to ask for them."""
    table = CODES[code]
    assert len(table["family"]) <= 28
    assert table["family"][0].isupper()
    assert not {table["family"][-1], table["service"][-1]} & set(".;,:")
    assert table["service"][0].islower() or table["service"].startswith("CT ")
    phrases = [phrase.casefold() for phrase in table["ask"]]
    assert len(set(phrases)) == len(phrases) >= 4
    assert all(phrase.strip() == phrase and len(phrase) <= 70 for phrase in phrases)
    if code in ADD_ONS and table["imaging"] != "guidance":
        assert all(re.match("(additional|second|third) (level|joint) ", phrase) for phrase in phrases)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("MBB", ["64490", "64493", "64491", "64492", "64494", "64495"]),
        ("medial branch block", ["64490", "64493", "64491", "64492", "64494", "64495"]),
        ("lumbar medial branch block", ["64493"]),
        ("facet block", ["64490", "64493", "64491", "64492", "64494", "64495"]),
        ("cervical facet injection", ["64490"]),
        ("facet injection neck with ultrasound", ["0213T", "0214T", "0215T"]),
        ("SNRB", ["64479", "64483", "64480", "64484"]),
        ("selective nerve root block", ["64479", "64483", "64480", "64484"]),
        ("TFESI", ["64479", "64483", "64480", "64484"]),
        ("L4-5 TFESI", ["64483"]),
        ("ESI", ["62320", "62321", "62322", "62323", "64479", "64483"]),
        ("ILESI", ["62320", "62321", "62322", "62323"]),
        ("CESI", ["62320", "62321", "62322", "62323"]),
        ("cervical epidural", ["62320", "62321", "64479"]),
        ("LESI", ["62322", "62323", "64483"]),
        ("lumbar epidural steroid injection", ["62322", "62323", "64483"]),
        ("lumbar epidural with fluoro", ["62323"]),
        ("caudal", ["62322", "62323"]),
        ("caudal epidural", ["62322", "62323"]),
        ("epidural catheter", ["62324", "62325", "62326", "62327"]),
        ("SI joint injection", ["27096", "G0260"]),
        ("SI joint injection in a surgery center", ["G0260"]),
        ("lateral branch block", ["64451"]),
        ("SI joint RFA", ["64625"]),
        ("RFA", ["64633", "64635", "64625"]),
        ("rhizotomy", ["64633", "64635"]),
        ("lumbar RFA", ["64635", "64636"]),
        ("TPI", ["20552", "20553"]),
        ("trigger point injection", ["20552", "20553"]),
        ("tennis elbow", ["20551"]),
        ("trigger finger", ["20550"]),
        ("knee injection", ["20610", "20611"]),
        ("shoulder injection", ["20610", "20611"]),
        ("ultrasound-guided knee injection", ["20611"]),
        ("epidural blood patch", ["62273"]),
        ("spinal headache", ["62273"]),
        ("phenol", ["62280", "62281", "62282"]),
        ("fluoro guidance", ["77003"]),
        ("ultrasound guidance", ["76942"]),
        ("CT guidance", ["77012"]),
    ],
)
def test_codes_are_found_by_what_people_call_them(words: str, codes: list[str]) -> None:
    """Find the codes first that coders mean, those of first levels before add-ons."""
    with open_library() as library:
        hits = library.search(words).hits
    assert [hit.code for hit in hits[: len(codes)]] == codes


@pytest.mark.parametrize(
    ("complaint", "codes"),
    [
        ("sciatica", ["62322", "62323", "64483"]),
        ("lumbar radiculopathy", ["62322", "62323", "64483"]),
        ("cervical radiculopathy", ["62320", "62321", "64479"]),
    ],
)
def test_codes_are_found_by_complaints_after_articles(complaint: str, codes: list[str]) -> None:
    """Find articles first for what patients report, then the codes for that part of the body."""
    with open_library() as library:
        hits = library.search(complaint).hits
    assert hits[0].kind == "article"
    assert [hit.code for hit in hits if hit.kind == "code"][: len(codes)] == codes


def test_modifiers_are_those_of_physician_claims() -> None:
    """Have every modifier once, with its set and what it is about."""
    assert MODIFIERS.keys() == {*MODIFIER_CODES.split(), *FINGERS_AND_TOES}
    for code, modifier in MODIFIERS.items():
        is_cpt = re.fullmatch(r"\d\d|\dP|P\d", code)
        assert modifier["set"] == ("CPT" if is_cpt else "HCPCS Level II"), code
        assert len(modifier["meaning"]) <= 110, code
    meanings = Counter(modifier["meaning"] for modifier in MODIFIERS.values())
    assert meanings.most_common(1)[0][1] == 1
    assert [code for code, modifier in MODIFIERS.items() if modifier.get("bilateral")] == ["50", "RT", "LT"]
    assert [code for code, modifier in MODIFIERS.items() if modifier["about"] == "side"] == ["50", "RT", "LT"]


def test_modifiers_that_answer_a_pair_edit() -> None:
    """Mark those of the NCCI policy manual and no other."""
    marked = {code for code, modifier in MODIFIERS.items() if modifier.get("answers_pair_edit")}
    assert marked == {*PAIR_EDIT_MODIFIERS.split(), *FINGERS_AND_TOES}


def test_modifiers_of_fingers_and_toes_name_each_one() -> None:
    """Count from the left thumb or great toe to the little one, then the same on the right."""
    fingers = ("thumb", "index finger", "middle finger", "ring finger", "little finger")
    toes = ("great toe", "second toe", "third toe", "fourth toe", "little toe")
    names = [f"{side} {name}" for part in (fingers, toes) for side in ("left", "right") for name in part]
    assert [MODIFIERS[code]["meaning"] for code in FINGERS_AND_TOES] == names


def test_schema_file_is_current() -> None:
    """Compare the file with the output of `python -m cptref.dataset.schema`."""
    assert (FOLDER / "article.schema.json").read_text(encoding="utf-8") == article_json_schema()


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_articles_name_and_fit_their_schema(path: Path) -> None:
    """Name the schema in the first line of each article, and fit it."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#:schema ../article.schema.json\n")
    assert (path.parent / "../article.schema.json").is_file()
    jsonschema.validate(read_as_json(path), json.loads(article_json_schema()))


def test_schema_refuses_what_loading_refuses() -> None:
    """Refuse an unknown key, an unknown section and an invalid code in an editor too."""
    article = read_as_json(ARTICLES[0])
    for broken in (article | {"colour": "red"}, article | {"code": "2O920"}, article | {"sections": [{"key": "x"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, json.loads(article_json_schema()))
