"""The indicators of the Medicare files in plain words (CMS: Physician Fee Schedule record layout; NCCI: MUE files)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.codes import PublishedCode

MAX_PRIMARIES = 3  # of an add-on on a line of figures, which only counts more of them

# Field STATUS CODE of the Relative Value Files.
STATUSES = {
    "A": "Medicare pays it separately, where it is covered",
    "B": "always bundled into another service",
    "C": "the Medicare contractor sets the price",
    "E": "not paid under the physician fee schedule; other Medicare rules apply",
    "I": "not valid for Medicare, which has another code for it",
    "N": "not covered by Medicare",
    "R": "restricted coverage",
    "T": "paid only if nothing else is paid on that day",
    "X": "outside the physician fee schedule by law",
}
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
# Field MULT PROC.
MULTIPLE_PROCEDURES = {
    0: "no reduction beside other procedures, so modifier 51 does not apply",
    2: "beside other procedures, the highest is paid in full and each further one at half",
    9: "the concept does not apply",
}
# Field PCTC IND.
PARTS = {
    0: "a physician's service: it has no professional and technical part, so 26 and TC do not apply",
    1: "it has a professional part (26) and a technical part (TC)",
    9: "the concept does not apply",
}
# Field BILAT SURG, as a line of figures has it; modifiers.toml explains each.
BOTH_SIDES = {
    0: "both sides: no 150%",
    1: "both sides 150%",
    2: "both sides included",
    3: "each side in full",
    9: "both sides: does not apply",
}
# MUE adjudication indicator.
UNIT_LIMITS = {
    1: "each claim line is compared with the limit",
    2: "an absolute limit by policy for all lines of the day",
    3: "a clinical limit for all lines of the day; more needs an appeal",
}
IMAGING = {
    "none": "without imaging",
    "included": "imaging included",
    "ultrasound": "ultrasound included",
    "separate": "imaging is reported with a code of its own",
    "guidance": "it is the imaging guidance itself",
}


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
        figures.append(f"{BOTH_SIDES[published.bilateral]} ({published.bilateral})")
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
        meaning = MULTIPLE_PROCEDURES.get(published.multiple, "a rule of its own; see the fee schedule")
        yield f"Multiple procedures, indicator {published.multiple}: {meaning}"
    if published.pc_tc is not None:
        meaning = PARTS.get(published.pc_tc, "a rule of its own; see the fee schedule")
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
            f"{published.bilateral} ({BOTH_SIDES[published.bilateral].removeprefix('both sides: ')})",
        )
    if published.multiple is not None:
        yield "Multiple procedures", str(published.multiple)
    if published.pc_tc is not None:
        yield "PC/TC", str(published.pc_tc)
    if published.mue:
        yield "Units a day (MUE)", f"{published.mue.units} (indicator {published.mue.indicator})"
    yield "As of", published.release
