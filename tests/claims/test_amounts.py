"""What one service is paid, and several of a day: beside an independent implementation, CMS's figures, and rules."""

from __future__ import annotations

import csv
import random
import zipfile
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from itertools import permutations
from math import floor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref import open_library
from cptref.claims.amounts import Basis, make_service
from cptref.claims.payment import PricedLine, price_lines
from cptref.claims.places import FACILITIES, NAMES
from cptref.codesets.files import Source
from cptref.codesets.layouts import fee_schedule as layout
from cptref.codesets.localities import FRONTIER_STATES, list_known
from cptref.codesets.walk import iter_sources
from cptref.models.claims import ClaimLine
from cptref.money import explain_price, price_row, round_cents
from tests.claims.sets import fee_schedule, make_line, practice_indices
from tests.codesets.locality_files import make_zip5, zip_line
from tests.codesets.pfs_files import make_csv, make_row, make_unpaid_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.claims.conftest import AddSets, CheckClaim, CheckLines
    from tests.codesets.conftest import RealFile

Fields = dict[str, str]
COLUMNS = ("work", "nonfacility_pe", "facility_pe", "mp")
NAMES_IN_FILE = ("WORK RVU", "NON-FAC PE RVU", "FACILITY PE RVU", "MP RVU")
NATIONAL = Basis("national", "33.4009")


def make_fields(**values: str) -> Fields:
    """Return a row of the fee schedule as it is stored, with these fields in place of its own."""
    fields = dict.fromkeys(layout.COLUMNS, "") | dict.fromkeys(COLUMNS, "1.00")
    numbers = dict.fromkeys(("opps_nonfacility_pe", "opps_facility_pe", "opps_mp"), "0.00")
    indicators = {"status": "A", "multiple": "2", "bilateral": "1", "assistant": "2", "cosurgeon": "1", "team": "0"}
    fields |= {**numbers, **indicators, "global": "000", "pctc": "0"} | values
    for setting in ("nonfacility", "facility"):
        total = sum(Decimal(fields[name]) for name in ("work", f"{setting}_pe", "mp"))
        fields[f"{setting}_total"] = str(total)
    for name in ("preoperative", "intraoperative", "postoperative"):
        fields[name] = fields[name] or "0.00"
    return fields


def pay(fields: Mapping[str, str], setting: str, indices: Sequence[str], factor: str, share: Fraction) -> Decimal:
    """Return what is paid for a row, rounded once, half up: the formula once more, in fractions."""
    pe = {"office": "nonfacility_pe", "facility": "facility_pe"}[setting]
    values = map(Fraction, (fields["work"], fields[pe], fields["mp"]))
    exact = sum(map(Fraction.__mul__, values, map(Fraction, indices)), Fraction(0)) * Fraction(factor) * share
    return Decimal(floor(exact * 100 + Fraction(1, 2))) / 100


def test_thousands_of_amounts_equal_an_independent_implementation() -> None:
    """Check rows, localities, factors, settings and shares that are drawn at random, always the same ones."""
    draw = random.Random(20260701)  # noqa: S311 - no secret
    rows = [make_fields(**{name: f"{draw.randint(0, 9999) / 100:.2f}" for name in COLUMNS}) for _ in range(50)]
    localities = [tuple(f"{draw.randint(200, 3000) / 1000:.3f}" for _ in range(3)) for _ in range(30)]
    shares = {(): Fraction(1), ("50",): Fraction(3, 2), ("80",): Fraction(16, 100), ("50", "AS"): Fraction(204, 1000)}
    count = 0
    for fields in rows:
        for modifiers, share in shares.items():
            service = make_service({"": fields}, "00001", modifiers)
            for indices in localities:
                for factor in ("33.4009", "33.5675", "32.3465"):
                    for setting in ("office", "facility"):
                        cents = service.price_cents(setting, Basis("x", factor, indices=indices))
                        assert Decimal(cents) / 100 == pay(fields, setting, indices, factor, share)
                        count += 1
    assert count == 36_000


def test_every_locality_equals_an_independent_implementation(add_sets: AddSets) -> None:
    """Check rows that are drawn at random, in files as CMS ships them, in all localities by both factors."""
    draw = random.Random(20261001)  # noqa: S311 - no secret
    rows = []
    for number in range(10):
        cents = [draw.randint(0, 9999) for _ in COLUMNS]
        work, office, facility, malpractice = (f"{value / 100:.2f}" for value in cents)
        values = {"WORK RVU": work, "NON-FAC PE RVU": office, "FACILITY PE RVU": facility, "MP RVU": malpractice}
        totals = (cents[0] + cents[3] + cents[place] for place in (1, 2))
        values |= dict(
            zip(("NON-FACILITY TOTAL", "FACILITY TOTAL"), (f"{total / 100:.2f}" for total in totals), strict=True)
        )
        rows.append(make_row(f"6000{number}") | values)
    indices = {
        label: tuple(f"{draw.randint(*limits) / 1000:.3f}" for limits in ((950, 1500), (700, 1500), (250, 3000)))
        for label in list_known()
        if label.split("-")[0] not in {"AK", *FRONTIER_STATES}
    }
    add_sets(fee_schedule(*rows), practice_indices(indices))
    with open_library() as library:
        answer = library.fee([row["HCPCS"] for row in rows], [*indices], on="2026-08-01")
    labels = {locality.key: locality.short for locality in answer.localities}
    count = 0
    for fee, row in zip(answer.fees, rows, strict=True):
        fields = dict(zip(COLUMNS, (row[name] for name in NAMES_IN_FILE), strict=True))
        for amount in fee.amounts[2:]:
            of_place = indices[labels[amount.place]]
            for setting, value in amount.list_settings():
                assert value == pay(fields, setting, of_place, amount.factor, Fraction(1))
                count += 1
    assert count == len(rows) * len(indices) * 4 > 4000


@pytest.mark.parametrize(("exact", "cents"), [("1.00", 3340), ("0.50", 1670), ("0.05", 167), ("0.00", 0)])
def test_half_a_cent_goes_up(exact: str, cents: int) -> None:
    """Check amounts near half a cent: 0.05 x 33.4 is 1.67 exactly, and 0.0835 dollars are 8 cents and a bit."""
    fields = make_fields(work=exact, nonfacility_pe="0.00", mp="0.00")
    assert round_cents(price_row(fields, "office", ("1", "1", "1"), "33.4000").allowed) == cents


def test_half_a_cent_is_no_matter_of_binary_numbers() -> None:
    """Check 1.005 dollars, which binary arithmetic takes for less than that and even rounding for 1.00."""
    fields = make_fields(work="1.00", nonfacility_pe="0.00", mp="0.00")
    assert round_cents(price_row(fields, "office", ("1", "1", "1"), "1.0050").allowed) == 101


def test_the_formula_has_its_numbers() -> None:
    """Check the sentence for a locality and for the nation (CMS: RVU files, payment formula)."""
    fields = make_fields(work="1.85", nonfacility_pe="5.91", mp="0.17")
    words = "(1.85 x 1.000 + 5.91 x 1.041 + 0.17 x 2.529) x 33.4009 = 281.644405016"
    assert explain_price(fields, "office", ("1.000", "1.041", "2.529"), "33.4009") == words
    assert explain_price(fields, "office", ("1", "1", "1"), "33.4009") == "(1.85 + 5.91 + 0.17) x 33.4009 = 264.869137"


# --- CMS's own figures -----------------------------------------------------------------------------------------------


def read_csv(archive: zipfile.ZipFile, name: str) -> list[list[str]]:
    """Return the cells of a member of a zip."""
    return [*csv.reader(StringIO(archive.read(name).decode("cp1252")))]


def read_rows(path: str) -> dict[tuple[str, str], Fields]:
    """Return the rows of the fee schedule in a zip, by code and modifier."""
    for source in iter_sources([path]):
        if isinstance(source, Source) and source.name.endswith(".csv") and "PPRRVU" in source.name:
            content = layout.read(source, None)
            return {
                (record.code, record.sub): dict(zip(content.columns, record.fields, strict=True))
                for record in content.records
            }
    raise AssertionError(path)


def read_indices(archive: zipfile.ZipFile, name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the indices of a GPCI file by contractor and locality."""
    rows = [row for row in read_csv(archive, name) if len(row) >= 7 and row[0].strip().isdigit()]
    return {(row[0].strip(), row[2].strip().zfill(2)): tuple(cell.strip() for cell in row[4:7]) for row in rows}


@pytest.mark.slow("reads a whole fee schedule")
def test_known_amounts_of_2026(real_file: RealFile) -> None:
    """Check figures that CMS and others published: PFREV26B, 64483 and 99214."""
    path = real_file("rvu26c.zip")
    rows = read_rows(str(path))
    with zipfile.ZipFile(path) as archive:
        indices = read_indices(archive, "GPCI2026.csv")
    miami = Basis("09102-04", "33.4009", indices=indices["09102", "04"])
    qualifying = Basis("national", "33.5675", is_qualifying=True)
    known = {
        ("64483", NATIONAL): (26487, 9953),
        ("64483", qualifying): (26619, 10003),
        ("64483", miami): (28164, 10953),
        ("99214", miami): (14550, None),
    }
    for (code, basis), (office, facility) in known.items():
        service = make_service({"": rows[code, ""]}, code, ())
        assert service.price_cents("office", basis) == office
        assert facility is None or service.price_cents("facility", basis) == facility
    both = make_service({"": rows["64483", ""]}, "64483", ("50",))
    assert both.price_cents("office", miami) == 42247  # rounded once: 150% of 281.64 would be 422.46


@pytest.mark.slow("reads a whole fee schedule")
def test_the_cap_equals_that_of_cms(real_file: RealFile) -> None:
    """Check every amount of OPPSCAP of October 2025 that the fee schedule pays, and that no other one is capped."""
    path = real_file("rvu25d.zip")
    rows = read_rows(str(path))
    with zipfile.ZipFile(path) as archive:
        indices = read_indices(archive, "GPCI2025.csv")
        listed = {
            (code, modifier, contractor.zfill(5), locality.zfill(2)): (facility, office)
            for code, modifier, status, contractor, locality, facility, office, *_ in read_csv(
                archive, "OPPSCAP_Oct.csv"
            )[1:]
            if status == "A"
        }
    count = 0
    for (code, modifier), fields in rows.items():
        if fields["status"] not in "ART" or not any(fields[name].strip("0.") for name in fields if "opps" in name):
            continue
        for place, of_place in indices.items():
            price = price_row(fields, "office", of_place, "32.3465")
            expected = listed.get((code, modifier, *place))
            assert price.is_capped == (expected is not None)
            if expected:
                amounts = [price_row(fields, setting, of_place, "32.3465") for setting in ("facility", "office")]
                assert [round_cents(amount.allowed) for amount in amounts] == [
                    int(cents.replace(".", "")) for cents in expected
                ]
                count += 1
    assert count == 6322


# --- Modifiers -------------------------------------------------------------------------------------------------------

WHOLE = make_fields(work="10.00", nonfacility_pe="10.00", facility_pe="5.00", mp="1.00", **{"global": "090"})
WHOLE |= {"preoperative": "0.10", "intraoperative": "0.69", "postoperative": "0.21"}
IMAGING = {
    "": make_fields(work="2.00", nonfacility_pe="6.00", mp="0.20", pctc="1", multiple="4", bilateral="0"),
    "26": make_fields(work="2.00", nonfacility_pe="1.00", facility_pe="1.00", mp="0.10", pctc="1", multiple="4"),
    "TC": make_fields(work="0.00", nonfacility_pe="5.00", mp="0.10", pctc="1", multiple="4"),
}
MANUAL = "Medicare Claims Processing Manual, chapter 12, section"
# Modifiers, fields that differ, the office amount of a row of 21 RVUs (701.42) or why there is none, the source.
MODIFIER_CASES = [
    ("", {}, "701.42", "payment formula"),
    ("51", {}, "701.42", f"{MANUAL} 40.6: the ranking reduces it, not the modifier"),
    ("RT", {}, "701.42", f"{MANUAL} 40.7: one side is one code"),
    ("50", {"bilateral": "1"}, "1052.13", f"{MANUAL} 40.7: 150%"),
    ("50", {"bilateral": "0"}, "701.42", f"{MANUAL} 40.7: 100% for both sides"),
    ("50", {"bilateral": "2"}, "701.42", f"{MANUAL} 40.7: the RVUs are for both sides"),
    ("50", {"bilateral": "3"}, "1402.84", f"{MANUAL} 40.7: each side in full"),
    ("50", {"bilateral": "9"}, "50: bilateral indicator 9: the concept does not apply", "field BILAT SURG"),
    ("80", {"assistant": "2"}, "112.23", f"{MANUAL} 20.4.3: 16%"),
    ("82", {"assistant": "0"}, "112.23", f"{MANUAL} 20.4.3: with documentation"),
    ("81", {"assistant": "1"}, "assistant indicator 1: not paid, by law", "field ASST SURG"),
    ("AS", {"assistant": "2"}, "95.39", f"{MANUAL} 110.2: 85% of 16%"),
    ("80", {"assistant": "9"}, "assistant indicator 9: the concept does not apply", "field ASST SURG"),
    ("62", {"cosurgeon": "1"}, "438.39", f"{MANUAL} 40.8: 62.5% each"),
    ("62", {"cosurgeon": "2"}, "438.39", f"{MANUAL} 40.8"),
    ("62", {"cosurgeon": "0"}, "co-surgeon indicator 0: not paid", "field CO-SURG"),
    ("66", {"team": "2"}, "team indicator 2: paid by report", f"{MANUAL} 40.8"),
    ("54", {}, "554.12", f"{MANUAL} 40.4: before and during the operation, 79%"),
    ("55", {}, "147.30", f"{MANUAL} 40.4: after it, 21%"),
    ("56", {}, "70.14", "field PRE OP"),
    ("78", {}, "483.98", f"{MANUAL} 40.4: during it, 69%"),
    ("78", {"global": "000", "intraoperative": "0.00"}, "701.42", f"{MANUAL} 40.4: in full"),
    (
        "55",
        {"global": "000", "postoperative": "0.00"},
        "55: the file has no share for it; global days 000",
        "field POST OP",
    ),
    ("54-55", {}, "54 with 55: each stands for another part of the global period", f"{MANUAL} 40.4"),
    ("52", {}, "52: no fixed share: the Medicare contractor decides by the documentation", f"{MANUAL} 20.4.6"),
    ("53", {}, "53: no fixed share: the Medicare contractor decides by the documentation", f"{MANUAL} 30.1"),
    (
        "26",
        {},
        "no row with 26: a physician's service: it has no professional and technical part, so 26 and TC do not apply",
        "field PCTC IND",
    ),
    ("26-TC", {}, "26 with TC: each stands for another part; a line without both is for the whole service", "the same"),
    ("", {"status": "C"}, "C: the Medicare contractor sets the price", "Attachment A, status C"),
    ("", {"status": "B"}, "B: always bundled into another service", "Attachment A, status B"),
    ("", {"status": "R"}, "701.42", "Attachment A, status R"),
    ("", {"status": "T"}, "701.42", "Attachment A, status T"),
    (
        "",
        {"status": "J"},
        "J: anesthesia, paid by base units and time; the fee schedule file has no base units",
        "Attachment A, status J",
    ),
    (
        "",
        {"status": "R", "nonfacility_total": "0.00", "facility_total": "0.00"},
        "R: the file has no RVUs for it, so the Medicare contractor sets the price",
        "PF26PA, attachment B, status R",
    ),
    ("", {"nonfacility_na": "NA"}, "NA: rarely or never done outside a facility", "field NON-FAC NA INDICATOR"),
]


@pytest.mark.parametrize(("modifiers", "fields", "expected", "source"), MODIFIER_CASES)
def test_modifiers(modifiers: str, fields: Fields, expected: str, source: str) -> None:
    """Check what a row is paid with modifiers, or why it is not, with the source of each rule."""
    service = make_service({"": WHOLE | fields}, "00001", tuple(filter(None, modifiers.split("-"))))
    missing = service.explain_missing("office")
    got = missing or f"{service.price_cents('office', NATIONAL) / 100:.2f}"
    assert got == expected, source


def test_rows_of_their_own_price_26_tc_and_53() -> None:
    """Check that a modifier with a row is paid by it, and NA of that row alone (CMS: RVU files, field MOD)."""
    rows = {**IMAGING, "53": make_fields(work="1.00", nonfacility_pe="1.00", mp="0.00")}
    rows["TC"] = rows["TC"] | {"facility_na": "NA"}
    for modifier, cents in (("26", 10354), ("TC", 17034), ("53", 6680)):
        assert make_service(rows, "70001", (modifier,)).price_cents("office", NATIONAL) == cents
    assert make_service(rows, "70001", ("26",)).explain_missing("facility") == ""
    assert make_service(rows, "70001", ("TC",)).explain_missing("facility").startswith("NA: ")


def test_conditions_stand_beside_an_amount() -> None:
    """Check that an amount which depends on the documentation says so."""
    service = make_service({"": WHOLE | {"assistant": "0"}}, "00001", ("80",))
    assert service.conditions == ("assistant indicator 0: paid only if the record shows the need",)


# --- Several on one day ----------------------------------------------------------------------------------------------


def price(
    rows: Mapping[str, Mapping[str, Fields]], *labels: str, setting: str = "office", basis: Basis = NATIONAL
) -> list[str]:
    """Return the amounts of lines of one day, `64483-50x2`, or why there is none, in their order."""
    lines = []
    for number, label in enumerate(labels):
        code, _, units = label.partition("x")
        code, *modifiers = code.split("-")
        line = ClaimLine(number, label, code, tuple(modifiers), Decimal(units or 1), place="11")
        service = make_service(rows[code], code, tuple(modifiers), lambda base: rows.get(base, {}))
        lines.append(PricedLine(line, service, setting, basis))
    amounts = price_lines(lines)
    return [amounts[number].says or str(amounts[number].amount) for number in range(len(lines))]


def rvus(total: str, **values: str) -> dict[str, Fields]:
    """Return a row of so many RVUs, a factor of 10 makes them dollars, in both settings."""
    return {"": make_fields(work=total, nonfacility_pe="0.00", facility_pe="0.00", mp="0.00", **values)}


TEN = Basis("national", "10.0000")
SURGERY = {f"1000{number}": rvus(f"{number * 10}.00") for number in range(1, 8)}
SCOPES = {
    "45378": rvus("30.00"),  # the base
    "45380": rvus("40.00", multiple="3", endoscopic_base="45378"),
    "45385": rvus("50.00", multiple="3", endoscopic_base="45378"),
    "43235": rvus("20.00"),
    "43239": rvus("25.00", multiple="3", endoscopic_base="43235"),
}
OTHERS = {"20000": rvus("45.00"), "20001": rvus("5.00", multiple="0"), "20002": rvus("8.00", multiple="9")}
PACKAGE = {"27447": rvus("100.00", preoperative="0.10", intraoperative="0.69", postoperative="0.21")}
ROWS = {**SURGERY, **SCOPES, **OTHERS, **PACKAGE}
RANKING_CASES = [
    (["10002", "10001"], ["200.00", "50.00"], "40.6: 100%, 50%"),
    (["10001", "10002", "10003", "10004", "10005"], ["50.00", "100.00", "150.00", "200.00", "500.00"], "40.6: to five"),
    (
        ["10001", "10002", "10003", "10004", "10005", "10006"],
        ["by report: the sixth or a later procedure of the day", "100.00", "150.00", "200.00", "250.00", "600.00"],
        "40.6: then by report",
    ),
    (["10002", "20001"], ["200.00", "50.00"], "field MULT PROC 0: unreduced, and does not rank"),
    (["10002", "20002"], ["200.00", "80.00"], "field MULT PROC 9"),
    (["10002-50", "10003"], ["300.00", "150.00"], "40.7: 150% of 200 is 300, a tie with 300 that the code decides"),
    (["10002-50", "10001"], ["300.00", "50.00"], "40.7: both sides before the ranking"),
    (["10002-78", "10003"], ["200.00", "300.00"], "40.4: a return to the operating room is not ranked"),
    (["10002-RT", "10002-LT"], ["150.00", "150.00"], "40.7: 150% for both lines together"),
    (["10002-RT", "10002-LT", "10004"], ["75.00", "75.00", "400.00"], "40.7: 300 for both sides, ranked as one"),
    (["10002x2"], ["300.00"], "40.7: reported with 2 units"),
    (["10002x3"], ["600.00"], "units"),
    (["10002-RTx2"], ["400.00"], "units: both on the right side"),
    (["20001x4"], ["200.00"], "units"),
    (["45385", "45380"], ["500.00", "100.00"], "40.6: the highest in full, the other less its base"),
    (["45385", "45378"], ["500.00", "0.00"], "40.6: the base is included in its family"),
    (["45380", "45378"], ["400.00", "0.00"], "40.6"),
    (["45378", "10001"], ["300.00", "50.00"], "40.6: a base by itself ranks as any procedure"),
    (["45385", "45380", "43239"], ["500.00", "100.00", "125.00"], "40.6: two families rank as two procedures"),
    (["45385", "45380", "10007"], ["250.00", "50.00", "700.00"], "40.6: a family ranks by its sum"),
    (["27447-54", "27447-55"], ["790.00", "210.00"], "40.4: parts of one package, each its share"),
    (["27447-56", "27447-54", "27447-55"], ["100.00", "790.00", "210.00"], "40.4"),
    (["27447-54-RT", "27447-55-RT", "10007"], ["790.00", "210.00", "350.00"], "40.4: a package ranks by its sum"),
    (["27447-54", "27447-55", "43239"], ["790.00", "210.00", "125.00"], "40.4: 1,000 of the package before 250"),
    (["27447-55", "27447-56", "10007"], ["105.00", "50.00", "700.00"], "40.4, 40.6: the package is the second"),
    (
        ["27447-54-RT", "27447-55-RT", "27447-54-LT", "27447-55-LT"],
        ["592.50", "157.50", "592.50", "157.50"],
        "40.4, 40.7: 150% of both parts",
    ),
    (["27447-54", "27447"], ["395.00", "1000.00"], "40.6: another operation of the same code"),
    (["27447-54", "27447-55-80"], ["790.00", "33.60"], "20.4.3: an assistant is another practitioner"),
    (["45385", "45380", "20000"], ["500.00", "100.00", "225.00"], "40.6: 600 of the family before 450"),
]


@pytest.mark.parametrize(("labels", "expected", "source"), RANKING_CASES)
def test_ranking_of_surgery(labels: list[str], expected: list[str], source: str) -> None:
    """Check several procedures of one day in every order (sections of the manual's chapter 12)."""
    wanted = dict(zip(labels, expected, strict=True))
    for order in permutations(labels) if len(labels) < 5 else (labels, labels[::-1]):
        assert dict(zip(order, price(ROWS, *order, basis=TEN), strict=True)) == wanted, source


PARTS = {
    "70001": IMAGING,
    "70002": {name: row | {"work": f"{Decimal(row['work']) * 2:.2f}"} for name, row in IMAGING.items()},
    "93001": {name: row | {"multiple": "6"} for name, row in IMAGING.items()},
    "93002": {"": make_fields(work="0.00", nonfacility_pe="3.00", mp="0.00", pctc="3", multiple="6")},
    "93003": {"": make_fields(work="1.00", nonfacility_pe="3.00", mp="0.00", pctc="4", multiple="6")},
    "92001": {name: row | {"multiple": "7"} for name, row in IMAGING.items()},
    "92002": {"": make_fields(work="0.00", nonfacility_pe="3.00", mp="0.00", pctc="3", multiple="7")},
}
# Amounts by a factor of 10: 70001 has 31.00 of the professional and 51.00 of the technical part, 70002 51.00 and 51.00.
PART_CASES = [
    (
        ["70001", "70002"],
        ["80.45", "76.50"],
        "4: of equal technical parts the first code in full, the lower professional part 95%",
    ),
    (["70001-26", "70002"], ["29.45", "102.00"], "4: a professional part alone"),
    (["70001-TC", "70002-26"], ["51.00", "51.00"], "4: one part of each kind is in full"),
    (["93001", "93002"], ["82.00", "22.50"], "6: the lower technical part 75%"),
    (["93003", "93002"], ["40.00", "30.00"], "6: what the file doesn't part is not reduced"),
    (["92001", "92002"], ["82.00", "24.00"], "7: the lower technical part 80%"),
    (["92001", "93002"], ["82.00", "30.00"], "6 and 7 do not rank with each other"),
]


@pytest.mark.parametrize(("labels", "expected", "source"), PART_CASES)
def test_ranking_of_parts(labels: list[str], expected: list[str], source: str) -> None:
    """Check imaging, tests of heart and eyes in both orders (CMS: RVU files, field MULT PROC)."""
    assert price(PARTS, *labels, basis=TEN) == expected, source
    assert price(PARTS, *labels[::-1], basis=TEN) == expected[::-1], source


def test_the_cap_comes_after_the_reduction() -> None:
    """Check that a technical part at half is compared with the cap, not half of the cap (CMS: CY 2007 final rule)."""
    capped = {name: row | {"opps_nonfacility_pe": "4.00", "opps_mp": "0.10"} for name, row in IMAGING.items()}
    capped["26"] = IMAGING["26"]
    capped[""] |= {"opps_nonfacility_pe": "5.00", "opps_mp": "0.20"}
    rows = {"70001": capped, "70002": PARTS["70002"] | {"TC": PARTS["70002"]["TC"] | {"nonfacility_pe": "6.00"}}}
    assert price(rows, "70001", basis=TEN) == ["72.00"]
    assert price(rows, "70001-TC", "70002-TC", basis=TEN) == ["25.50", "61.00"]


THERAPY = {
    "97001": {"": make_fields(work="1.00", nonfacility_pe="2.00", mp="0.00", pctc="7", multiple="5", bilateral="0")},
    "97002": {"": make_fields(work="1.00", nonfacility_pe="1.00", mp="0.00", pctc="7", multiple="5", bilateral="0")},
}
THERAPY_CASES = [
    (["97001", "97002"], ["30.00", "15.00"], "the highest practice expense in full"),
    (["97001x3"], ["70.00"], "each further unit"),
    (["97001x2", "97002x2"], ["50.00", "30.00"], "units of several"),
]


@pytest.mark.parametrize(("labels", "expected", "source"), THERAPY_CASES)
def test_ranking_of_therapy(labels: list[str], expected: list[str], source: str) -> None:
    """Check that the practice expense of all units but one is halved (CMS: RVU files, field MULT PROC 5)."""
    assert price(THERAPY, *labels, basis=TEN) == expected, source
    assert price(THERAPY, *labels[::-1], basis=TEN) == expected[::-1], source


LABELS = [
    *ROWS,
    *PARTS,
    *THERAPY,
    "10001-50",
    "10003-RT",
    "10003-LT",
    "10004-80",
    "10005-62",
    "27447-54",
    "27447-55",
    "27447-56-RT",
    "97001x3",
    "10002x2",
]


@given(st.data())
def test_no_order_of_lines_changes_an_amount(data: st.DataObject) -> None:
    """Check that lines have the same amounts in any order; lines that are the same line may swap theirs."""
    rows = ROWS | PARTS | THERAPY
    labels = data.draw(st.lists(st.sampled_from(LABELS), max_size=12))
    shuffled = data.draw(st.permutations(labels))
    setting = data.draw(st.sampled_from(["office", "facility"]))
    amounts = sorted(zip(labels, price(rows, *labels, setting=setting), strict=True))
    assert amounts == sorted(zip(shuffled, price(rows, *shuffled, setting=setting), strict=True))


# --- Claims ----------------------------------------------------------------------------------------------------------


def list_amounts(check_lines: CheckLines, *lines: ClaimLine, **options: object) -> list[str]:
    """Return the amount of each line of a claim, or why there is none."""
    answer = check_lines(*lines, **options)  # type: ignore[arg-type]
    return [str(line.amount and (line.amount.says or line.amount.amount)) for line in answer.lines]


def test_claims_are_priced_by_day_and_place(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Check the setting of places, days that do not rank with each other, and lines without a place."""
    add_sets(fee_schedule(make_row("64483"), make_unpaid_row("J1010", "E")))
    lines = (
        make_line("64483", place="11"),
        make_line("64483", place="24"),
        make_line("64483", place="11", day="2026-08-03"),
        make_line("64483", day="2026-08-05"),
        make_line("J1010"),
        make_line("64999"),
    )
    assert list_amounts(check_lines, *lines) == [
        *("264.87", "49.77", "264.87", "264.87"),
        "E: not paid under the physician fee schedule; other Medicare rules apply",
        "not in Fee schedule RVU26C",
    ]
    answer = check_lines(*lines)
    amounts = [line.amount for line in answer.lines if line.amount]
    assert amounts[1].steps == ("64483: $99.53 facility", "second procedure 50%")
    assert amounts[3].steps == ("64483: $264.87 office",)
    rest = "so amounts are those of an office; give the place if it is another"
    assert f"no place of service is given for line 4, {rest}" in answer.remarks
    assert (answer.total, answer.without_amount) == (Decimal("844.38"), 2)


def test_a_line_of_several_days_is_priced_on_each_of_them(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Its units are divided by the days, and rank with the lines of each day (MUE: NCCI manual, chapter 1, V)."""
    therapy = make_row("97001", MULT_PROC="5", BILAT_SURG="0")
    smaller = {"WORK RVU": "0.85", "NON-FACILITY TOTAL": "6.93", "FACILITY TOTAL": "1.98"}
    add_sets(fee_schedule(make_row("64483"), make_row("64493") | smaller, therapy))

    def make_span(code: str, units: str) -> ClaimLine:
        return make_line(code, units, day="2026-08-01", last_day="2026-08-03", place="11")

    lines = (make_span("64483", "3"), make_line("64493", place="11", day="2026-08-02"))
    for order in (lines, lines[::-1]):
        amounts = {line.line.code: line.amount for line in check_lines(*order).lines if line.amount}
        assert {code: str(amount.amount) for code, amount in amounts.items()} == {"64483": "794.61", "64493": "115.73"}
        assert amounts["64483"].share == "100%"
        assert amounts["64483"].steps == (
            *("64483: $264.87 office", "on each of 2 days from 2026-08-01 to 2026-08-03"),
            *("64483: $264.87 office", "first procedure 100%", "on 2026-08-02"),
        )
        assert amounts["64493"].steps == ("64493: $231.47 office", "second procedure 50%")
    assert list_amounts(check_lines, make_span("97001", "3")) == ["794.61"]
    assert list_amounts(check_lines, make_span("97001", "6")) == ["1293.12"]  # 3 x (264.87 + 166.17)
    low = make_span("64483", "3")._replace(charge=Decimal(700))
    amount = check_lines(low).lines[0].amount
    assert amount is not None
    assert amount.steps[-1] == "billed $700.00, which is less"


def test_units_that_do_not_divide_are_priced_as_one_day(add_sets: AddSets, check_lines: CheckLines) -> None:
    """It is said of the first few lines; a line of years is one of them, so that time stays that of the lines."""
    add_sets(fee_schedule(make_row("64483"), make_row("64002", BILAT_SURG="0", MULT_PROC="0")))
    one = make_line("64483", "1", day="2026-07-14", last_day="2026-07-16", place="11")
    four = make_line("64002", "4", day="2026-07-14", last_day="2026-07-16", place="11")
    years = make_line("64002", "999", day="2023-10-21", last_day="2026-07-15", place="11")
    answer = check_lines(one, four, years, make_line("64002", "32", day="2026-07-01", last_day="2026-08-01"))
    says = [
        "1 unit does not divide evenly by 3 days, so it is priced as one day, 2026-07-14",
        "4 units do not divide evenly by 3 days, so it is priced as one day, 2026-07-14",
        "it has more than 31 days, so it is priced as one day, 2026-07-01",
    ]
    amounts = [line.amount for line in answer.lines if line.amount]
    assert [str(amount.amount) for amount in amounts] == ["264.87", "1059.48", "None", "8475.84"]
    assert [amounts[place].steps[-1] for place in (0, 1, 3)] == says
    assert [remark for remark in answer.remarks if remark.startswith("line ")] == [
        f"line {number}: {remark}" for number, remark in zip((1, 2, 4), says, strict=True)
    ]
    many = check_lines(*[four] * 8).remarks
    assert len([remark for remark in many if remark.endswith(says[1])]) == 5
    assert "3 more lines of several days: each is priced as its first day" in many


def test_a_day_without_an_amount_leaves_none(add_sets: AddSets, check_lines: CheckLines) -> None:
    """The rest of a line would look like all of it."""
    add_sets(fee_schedule(make_row("64483")))
    line = make_line("64483", "2", day="2026-06-30", last_day="2026-07-01", place="11")
    says = "unknown on 2026-06-30: the oldest loaded release is RVU26C"
    assert list_amounts(check_lines, line) == [says]


def test_a_qualifying_practitioner_has_another_factor(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Check the amount by the factor of qualifying APM participants, and that its file is not loaded."""
    add_sets(fee_schedule(make_row("64483")))
    amount = check_lines(make_line("64483", place="11"), qualifying=True).lines[0].amount
    assert amount is not None
    assert amount.amount == Decimal("266.19")
    known = (
        "factor 33.5675 (qualifying APM) is the one CMS published for 2026; its file, with the same RVUs, is not loaded"
    )
    assert amount.steps == ("64483: $266.19 office", known)


def test_an_older_release_is_named_and_an_earlier_day_has_no_amount(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Check both sides of the one loaded release."""
    add_sets(fee_schedule(make_row("64483")))
    answer = check_lines(make_line("64483", place="11"), on="2027-02-01")
    amount = answer.lines[0].amount
    assert amount is not None
    assert (amount.amount, amount.as_of) == (Decimal("264.87"), "as of RVU26C")
    says = "unknown on 2020-01-01: the oldest loaded release is RVU26C"
    assert list_amounts(check_lines, make_line("64483"), on="2020-01-01") == [says]


def test_a_locality_has_the_indices_of_the_day(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Check lines of two years, and of a year without indices."""
    releases = {f"{release}.csv": make_csv(release, make_row("64483")) for release in ("2025D", "2026A")}
    earlier = {"2024.csv": releases["2025D.csv"].replace("2025 National", "2024 National").replace("/2025", "/2024")}
    now, before = ("1.010", "1.020", "1.500"), ("1.000", "1.010", "1.300")
    add_sets(releases, earlier, practice_indices({"FL-04": now}), practice_indices({"FL-04": before}, 2025))
    lines = [make_line("64483", place="11", day=day) for day in ("2026-02-01", "2025-11-01", "2024-11-01")]
    assert list_amounts(check_lines, *lines, locality="FL-04", on="2026-02-01") == [
        "272.27",
        "268.55",
        "indices of Miami (FL-04) are unknown on 2024-11-01: the oldest loaded release is 2025",
    ]


def test_a_line_has_the_locality_of_its_own_day(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Check a ZIP code that was in another locality a year before, whatever day lines without one have."""
    add_sets(
        {f"{release}.csv": make_csv(release, make_row("64483")) for release in ("2025D", "2026A")},
        practice_indices({"FL-04": ("1.010", "1.020", "1.500")}),
        practice_indices({"FL-03": ("1.000", "1.010", "1.300")}, 2025),
        {"now.txt": make_zip5(zip_line("33101", "09102-04", quarter="20261")).decode()},
        {"before.txt": make_zip5(zip_line("33101", "09102-03", quarter="20254")).decode()},
    )
    lines = [make_line("64483", place="11", day=day) for day in ("2025-11-01", "2025-12-01", "2026-02-01")]
    answer = check_lines(*lines, locality="33101", on="2027-11-28")
    assert [line.amount and (str(line.amount.amount), line.amount.as_of) for line in answer.lines] == [
        *[("268.55", "")] * 2,
        ("272.27", ""),
    ]
    assert answer.locality
    assert (answer.locality.key, answer.locality.rule.as_of) == ("09102-04", "")
    assert [remark.partition("; ")[0] for remark in answer.remarks] == [
        "ZIP code 33101 is in 09102-03 by ZIP code localities 2025Q4",
        "ZIP code 33101 is in 09102-04 by ZIP code localities 2026Q1",
    ]


def test_hospitals_and_missing_fee_schedules_have_no_amounts(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Check that no line has an amount where the fee schedule does not pay, or is not there."""
    assert list_amounts(check_lines, make_line("64483")) == ["None"]
    add_sets(fee_schedule(make_row("64483")))
    assert list_amounts(check_lines, make_line("64483"), setting="hospital") == ["None"]


def test_a_lower_charge_is_named(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Check that what is allowed stands, and that less was billed (the lower of both is paid)."""
    add_sets(fee_schedule(make_row("64483")))
    line = make_line("64483", place="11")._replace(charge=Decimal("200.00"))
    amount = check_lines(line).lines[0].amount
    assert amount is not None
    assert amount.steps == ("64483: $264.87 office", "billed $200.00, which is less")


def test_places_of_service() -> None:
    """Check how many codes are assigned (CMS: Place of Service Code Set), and which are paid as a facility."""
    assert (len(NAMES), len(FACILITIES)) == (52, 18)
    assert set(NAMES) >= FACILITIES
    assert all(len(code) == 2 and code.isdecimal() for code in NAMES)


def test_python_takes_the_lines_of_the_readme(add_sets: AddSets) -> None:
    """Check the call as it is documented."""
    add_sets(fee_schedule(make_row("64483")))
    with open_library() as library:
        answer = library.fee("64483", on=date(2026, 7, 1))
    assert [(amount.office, amount.facility) for amount in answer.fees[0].amounts] == [
        (Decimal("264.87"), Decimal("99.53")),
        (Decimal("266.19"), Decimal("100.03")),
    ]


def test_names_each_older_release_of_an_amount(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Name the release of the fee schedule and that of the indices apart where both are older than the day."""
    add_sets(fee_schedule(make_row("64483")), practice_indices())
    answer = check_claim("64483", on="2027-02-01", locality="FL-04")
    assert answer.lines[0].as_of == ("RVU26C", "2026")
