"""By what amounts are made on a day: the conversion factors of a release, and the indices of a locality."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.amounts import Basis
from cptref.claims.context import cite
from cptref.money import KNOWN_FACTORS, NATIONAL, name_factors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.codesets.catalog import Selection
    from cptref.models.fees import Locality

NATIONAL_PLACE = "national"


class Factor(NamedTuple):
    """A conversion factor; `remark` says so if its file is not loaded."""

    value: str
    is_qualifying: bool
    remark: str = ""


def list_factors(selection: Selection) -> tuple[Factor, ...]:
    """Return the conversion factors of a release, that of qualifying participants last.

    The files of a release differ in the factor alone. So the other one of a year can do without its file where CMS
    published it.
    """
    loaded = {store.name.part for store in selection.stores if store.name.part}
    year = selection.release[:4]
    known = KNOWN_FACTORS.get(year, ())
    factors = {*loaded, *known} if loaded & {*known} else loaded
    return tuple(
        Factor(
            value, is_qualifying, "" if value in loaded else _explain_known(year, value, is_qualifying=is_qualifying)
        )
        for value, is_qualifying in name_factors([*factors])
    )


def _explain_known(year: str, value: str, *, is_qualifying: bool) -> str:
    whose = "qualifying APM" if is_qualifying else "not qualifying APM"
    return f"factor {value} ({whose}) is the one CMS published for {year}; its file, with the same RVUs, is not loaded"


def choose_factors(factors: Sequence[Factor], *, qualifying: bool) -> tuple[Factor, ...]:
    """Return the factors for qualifying participants in advanced APMs, all where a release has no such one."""
    wanted = tuple(factor for factor in factors if factor.is_qualifying) if qualifying else ()
    return wanted or tuple(factors)


def make_bases(
    selection: Selection, factors: Sequence[Factor], localities: Sequence[Locality | None]
) -> tuple[Basis, ...]:
    """Return by what amounts are made in each locality, None for the whole nation, by each factor."""
    return tuple(
        Basis(
            locality.key if locality else NATIONAL_PLACE,
            factor.value,
            factor.is_qualifying,
            _list_indices(locality) if locality else NATIONAL,
            _join_marks(selection, locality),
            factor.remark,
        )
        for locality in localities
        for factor in factors
    )


def _list_indices(locality: Locality) -> tuple[str, ...]:
    return tuple(f"{index:f}" for index in (locality.work, locality.practice, locality.malpractice))


def _join_marks(selection: Selection, locality: Locality | None) -> str:
    marks = (cite(selection).as_of, locality.rule.as_of if locality else "")
    return ", ".join(dict.fromkeys(filter(None, marks)))
