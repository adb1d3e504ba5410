"""The indicators of the Medicare files in plain words (CMS: Physician Fee Schedule record layout; NCCI: MUE files)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from cptref.models.codes import PublishedCode

LOAD_ADVICE = "Load the fee schedule for more."  # where a finding is all that is known of a code
MAX_PRIMARIES = 3  # of an add-on on a line of figures, which only counts more of them

# Field STATUS CODE of the Relative Value Files.
STATUSES = {
    "A": "Medicare pays it separately, where it is covered",
    "B": "always bundled into another service",
    "C": "the Medicare contractor sets the price",
    "D": "marked as discontinued",
    "E": "not paid under the physician fee schedule; other Medicare rules apply",
    "F": "marked as discontinued, without a grace period",
    "G": "not valid for Medicare, which has another code for it; it had a grace period",
    "H": "a modifier that no longer goes with the code",
    "I": "not valid for Medicare, which has another code for it",
    "J": "anesthesia, paid by base units and time and not by RVUs",
    "L": "a local code, priced by the Medicare contractor",
    "M": "for quality reporting only; nothing is paid for it",
    "N": "not covered by Medicare",
    "P": "bundled where it comes with a physician's service, else not paid under the fee schedule",
    "Q": "for reporting how a therapy patient functions; nothing is paid for it",
    "R": "restricted coverage",
    "T": "paid only if nothing else is paid on that day",
    "X": "outside the physician fee schedule by law",
}
PAID_STATUSES = frozenset("ART")  # those that Medicare pays by RVUs
UNPAID_STATUSES = frozenset("EINX")  # those for which the rules of the fee schedule don't hold
ROW_MODIFIERS = ("26", "TC", "53")  # whose rows stand beside that of the whole service
ADD_ON_DAYS = "ZZZ"  # the global days of add-ons
# Field GLOB DAYS: as a sentence has it, and as a line of figures has it.
GLOBAL_PERIODS = {
    "000": ("same-day global period: only the day itself", "same day"),
    "010": ("10-day global period: care in the 10 days after it is included", "10 days"),
    "090": ("90-day global period: care on the day before and in the 90 days after it is included", "90 days"),
    "MMM": ("maternity: the usual global period does not apply", "maternity"),
    "XXX": ("the global concept does not apply", "no global period"),
    "YYY": ("the Medicare contractor sets the global period", "set by contractor"),
    "ZZZ": ("add-on: the global period of its primary code applies", "as its primary"),
}
_NOT_APPLICABLE = "the concept does not apply"
# Field MULT PROC.
MULTIPLE_PROCEDURES = {
    0: "no reduction beside other procedures, so modifier 51 does not apply",
    1: "reduced beside other procedures by the rules of before 1995",
    2: "beside other procedures, the highest is paid in full and each further one at half",
    3: "endoscopy: beside others of its family, its base endoscopy is paid only once",
    4: "imaging: for further images of the day, the technical part is paid at half and the professional part at 95%",
    5: "therapy: for each further unit or service of the day, the practice expense is paid at half",
    6: "heart and vessel tests: for further ones of the day, the technical part is paid at 75%",
    7: "eye tests: for further ones of the day, the technical part is paid at 80%",
    9: _NOT_APPLICABLE,
}
# Field PCTC IND.
PARTS = {
    0: "a physician's service: it has no professional and technical part, so 26 and TC do not apply",
    1: "it has a professional part (26) and a technical part (TC)",
    2: "the professional part alone; other codes stand for the technical part and for both",
    3: "the technical part alone; other codes stand for the professional part and for both",
    4: "both parts together; other codes stand for each part",
    5: "incident to a physician's service: not paid to the physician in a hospital, and 26 and TC do not apply",
    6: "a laboratory test that a physician may interpret: 26 for that, and no TC",
    7: "therapy: not paid to a therapist in private practice for a hospital patient",
    8: "a physician's reading of an abnormal blood smear of a hospital inpatient; no TC",
    9: _NOT_APPLICABLE,
}
# Field BILAT SURG: as a sentence has it, and as a line of figures has it; modifiers.toml says more.
BOTH_SIDES = {
    0: ("no 150% for both sides: at most 100% of one code is paid for them", "both sides: no 150%"),
    1: ("150% is paid for both sides, with modifier 50, with RT and LT, or with 2 units", "both sides 150%"),
    2: ("the RVUs are for both sides already, and 100% is paid for them", "both sides included"),
    3: ("each side is paid in full", "each side in full"),
    9: (_NOT_APPLICABLE, "both sides: does not apply"),
}
# Fields ASST SURG, CO-SURG and TEAM SURG.
ASSISTANTS = {
    0: "paid only if the record shows the need",
    1: "not paid, by law",
    2: "paid",
    9: _NOT_APPLICABLE,
}
COSURGEONS = {
    0: "not paid",
    1: "paid if the record shows the need for two surgeons",
    2: "paid if the two surgeons are of different specialties",
    9: _NOT_APPLICABLE,
}
TEAMS = {
    0: "not paid",
    1: "paid by report if the record shows the need for a team",
    2: "paid by report",
    9: _NOT_APPLICABLE,
}
# Field PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES; other values are mixtures of these for some professions.
SUPERVISION = {
    "01": "general: the physician directs it and need not be there",
    "02": "direct: the physician is close by, to help at once",
    "03": "personal: the physician is in the room",
}
# MUE adjudication indicator.
UNIT_LIMITS = {
    1: "each claim line is compared with the limit",
    2: "an absolute limit by policy for all lines of the day",
    3: "a clinical limit for all lines of the day; more needs an appeal",
}
UNKNOWN_VALUE = "not among the values that CMS describes"
IMAGING = {
    "none": "without imaging",
    "included": "imaging included",
    "ultrasound": "ultrasound included",
    "separate": "imaging is reported with a code of its own",
    "guidance": "it is the imaging guidance itself",
}


def find_row_modifier(modifiers: Collection[str]) -> str:
    """Return the modifier of a line that may have a row of its own in the fee schedule, "" for the whole service."""
    return next((modifier for modifier in ROW_MODIFIERS if modifier in modifiers), "")


def explain(words: Mapping[int, str], value: str) -> str:
    """Return the words for the value of an indicator as a file has it."""
    return words.get(int(value), UNKNOWN_VALUE) if value.isdecimal() else UNKNOWN_VALUE


def summarize_figures(published: PublishedCode) -> str:
    """Return the figures of a code on one line: `imaging included · same day (000) · both sides 150% (1) · 1 a day`."""
    figures = [IMAGING.get(published.imaging, "")]
    if len(published.add_on_to) > MAX_PRIMARIES:
        figures.append(f"add-on to {len(published.add_on_to)} codes")
    elif published.add_on_to:
        figures.append(f"add-on to {' or '.join(published.add_on_to)}")
    if published.global_days:
        figures.append(f"{GLOBAL_PERIODS[published.global_days][1]} ({published.global_days})")
    if published.bilateral is not None:
        figures.append(f"{BOTH_SIDES[published.bilateral][1]} ({published.bilateral})")
    if published.mue:
        figures.append(f"{published.mue.units} a day")
    return " · ".join(filter(None, figures))


def explain_figures(published: PublishedCode) -> Iterator[str]:
    """Yield a sentence for each figure of a code but the bilateral indicator, which modifiers.toml explains."""
    if published.status:
        yield f"Status {published.status}: {STATUSES.get(published.status, 'see the fee schedule')}"
    if published.global_days:
        yield f"Global days {published.global_days}: {GLOBAL_PERIODS[published.global_days][0]}"
    if published.multiple is not None:
        meaning = MULTIPLE_PROCEDURES[published.multiple]
        yield f"Multiple procedures, indicator {published.multiple}: {meaning}"
    if published.pc_tc is not None:
        meaning = PARTS[published.pc_tc]
        yield f"PC/TC indicator {published.pc_tc}: {meaning}"
    if published.mue:
        units = "1 unit" if published.mue.units == 1 else f"{published.mue.units} units"
        yield f"MUE: at most {units} a day, {UNIT_LIMITS[published.mue.indicator]} ({published.mue.indicator})"


def list_figures(published: PublishedCode) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of all that is known of a code, in few words, to be set beside another code's."""
    yield "Service", published.service
    if published.region:
        yield "Region", published.region
    if published.imaging:
        yield "Imaging", IMAGING[published.imaging]
    if published.level:
        yield "Level", published.level
    if published.add_on_to:
        yield "Add-on to", " or ".join(published.add_on_to)
    if published.status:
        yield "Status", published.status
    if published.global_days:
        yield "Global days", f"{published.global_days} ({GLOBAL_PERIODS[published.global_days][1]})"
    if published.bilateral is not None:
        yield (
            "Bilateral indicator",
            f"{published.bilateral} ({BOTH_SIDES[published.bilateral][1].removeprefix('both sides: ')})",
        )
    if published.multiple is not None:
        yield "Multiple procedures", str(published.multiple)
    if published.pc_tc is not None:
        yield "PC/TC", str(published.pc_tc)
    if published.mue:
        yield "Units a day (MUE)", f"{published.mue.units} (indicator {published.mue.indicator})"
    yield "As of", published.release
