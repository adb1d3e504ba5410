"""Dollars from relative values: exact, and rounded once, half up.

Exact dollars are whole numbers of a tiny part of a dollar: as exact as decimal, which takes a millisecond to import.

Sources: the formula and the cap stand in the documentation of CMS's Physician Fee Schedule Relative Value Files; that
CMS's own amounts have the cap in them, in that of its payment amount files (PF26PA).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SETTINGS = {"office": "nonfacility", "facility": "facility"}  # and how the file's columns call them
NATIONAL = ("1", "1", "1")  # indices of work, practice expense and malpractice
KNOWN_FACTORS = {"2026": ("33.4009", "33.5675")}  # of a year with two: not qualifying, qualifying participants in APMs
WHOLE = 10_000  # a share of 100%: shares are hundredths of a percent
_RVU_PLACES, _INDEX_PLACES, _FACTOR_PLACES = 2, 6, 4
_SHARE_PLACES = 20  # room for five shares of four decimal places each, so that none is rounded
_PLACES = _RVU_PLACES + _INDEX_PLACES + _FACTOR_PLACES + _SHARE_PLACES
_DOLLAR: int = 10**_PLACES
_CENT = _DOLLAR // 100
_SPARE: int = 10**_SHARE_PLACES


class Price(NamedTuple):
    """Exact dollars of a row in one setting: by its RVUs, its cap (None without one), and its practice expense alone.

    The technical part of imaging is paid at most what a hospital gets for it under OPPS.
    """

    uncapped: int
    cap: int | None
    practice: int

    @property
    def allowed(self) -> int:
        """The lower of both."""
        return self.uncapped if self.cap is None else min(self.uncapped, self.cap)

    def reduce_practice(self, share: int) -> int:
        """Return what is left with this share of the practice expense."""
        return self.allowed - self.practice + take_shares(self.practice, share)

    @property
    def is_capped(self) -> bool:
        """Whether the cap is the lower one."""
        return self.allowed < self.uncapped


def price_row(fields: Mapping[str, str], setting: str, indices: Sequence[str], factor: str) -> Price:
    """Return the exact dollars of a row of the fee schedule in a setting, `office` or `facility`."""
    values, capped = _list_values(fields, setting), _list_capped_values(fields, setting)
    cap = _multiply(capped, indices, factor) if capped else None
    return Price(_multiply(values, indices, factor), cap, _multiply(("0", values[1], "0"), indices, factor))


def explain_price(fields: Mapping[str, str], setting: str, indices: Sequence[str], factor: str) -> str:
    """Return the formula with its numbers: `(1.85 x 1.000 + 5.91 x 1.041 + 0.17 x 2.529) x 33.4009 = 281.644405016`."""
    price = price_row(fields, setting, indices, factor)
    formula = _explain(_list_values(fields, setting), indices, factor, price.uncapped)
    if price.cap is None:
        return formula
    capped = _explain(_list_capped_values(fields, setting), indices, factor, price.cap)
    return f"{formula}; OPPS cap, {'lower' if price.is_capped else 'not lower'}: {capped}"


def _explain(values: Sequence[str], indices: Sequence[str], factor: str, exact: int) -> str:
    national = tuple(indices) == NATIONAL
    terms = (value if national else f"{value} x {index}" for value, index in zip(values, indices, strict=True))
    whole, part = divmod(exact, _DOLLAR)
    digits = f"{part:0{_PLACES}}".rstrip("0").ljust(2, "0")
    return f"({' + '.join(terms)}) x {factor} = {whole}.{digits}"


def _list_values(fields: Mapping[str, str], setting: str) -> tuple[str, str, str]:
    return fields["work"], fields[f"{SETTINGS[setting]}_pe"], fields["mp"]


def _list_capped_values(fields: Mapping[str, str], setting: str) -> tuple[str, str, str] | tuple[()]:
    """Return the values of the cap, none for a service without one. The work of the professional part isn't capped."""
    values = (fields["work"], fields[f"opps_{SETTINGS[setting]}_pe"], fields["opps_mp"])
    return values if any(value.strip("0.") for value in values[1:]) else ()


def _multiply(values: Sequence[str], indices: Sequence[str], factor: str) -> int:
    """Return (work x index + practice expense x index + malpractice x index) x factor."""
    terms = (
        _to_units(value, _RVU_PLACES) * _to_units(index, _INDEX_PLACES)
        for value, index in zip(values, indices, strict=True)
    )
    return sum(terms) * _to_units(factor, _FACTOR_PLACES) * _SPARE


def _to_units(number: str, places: int) -> int:
    whole, _, decimals = number.partition(".")
    return int(whole + decimals.ljust(places, "0"))


def take_shares(exact: int, *shares: int) -> int:
    """Return exact dollars by shares in hundredths of a percent: 15000 for 150%."""
    for share in shares:
        exact = exact * share // WHOLE
    return exact


def round_cents(exact: int) -> int:
    """Return exact dollars as cents, half a cent up."""
    return (2 * exact + _CENT) // (2 * _CENT)


def write_cents(cents: int) -> str:
    """Return cents as `1234.50`."""
    return f"{cents // 100}.{cents % 100:02}"


def write_dollars(cents: int) -> str:
    """Return cents as `$1,234.50`."""
    return f"${cents // 100:,}.{cents % 100:02}"


def write_share(share: int) -> str:
    """Return a share as `150%` or `62.5%`."""
    return f"{share / 100:g}%"


def name_factors(factors: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Return conversion factors of one release, the lower one first, each with whether it is the qualifying one.

    From 2026 on a release has two, of which the higher one is for qualifying participants in advanced APMs.
    """
    qualifying = {known[1] for known in KNOWN_FACTORS.values()}
    ordered = sorted(factors, key=float)
    return tuple((factor, factor in qualifying or (place > 0)) for place, factor in enumerate(ordered))
