"""What the loaded HCPCS files say of modifiers, beside our own words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.codesets.hcpcs import read_period
from cptref.lookup.listings.hcpcs import read_fields
from cptref.models.article import Modifier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cptref.codesets.catalog import Catalog
    from cptref.models.entries import AppendedModifier
    from cptref.models.results import ModifiersAnswer


def quote_modifier(catalog: Catalog, modifier: str, on: date) -> str:
    """Return the text of a modifier as in the HCPCS file that answers for a day, with its release; "" without one."""
    selection = catalog.select("hcpcs", on)
    fields = read_fields(selection.stores[0], f"-{modifier}") if selection else None
    if selection is None or fields is None:
        return ""
    state, says = read_period(fields).describe_state(on)
    as_of = "as of " if selection.as_of else ""
    rest = "" if state == "listed" else f": {says}"
    return f'"{fields["long"]}" ({as_of}{selection.heading}{rest})'


def quote_appended(catalog: Catalog, appended: Iterable[AppendedModifier], on: date) -> tuple[AppendedModifier, ...]:
    """Return the modifiers on codes; those that were typed with them have the text of the file too."""
    return tuple(_quote_appended(catalog, item, on) if item.input else item for item in appended)


def quote_modifiers(catalog: Catalog, answer: ModifiersAnswer, on: date) -> ModifiersAnswer:
    """Return an answer in which the modifiers asked for by name have the text of the file too.

    One that only the file has is no miss. The whole table stays as it is.
    """
    if answer.whole:
        return answer
    modifiers = [
        modifier._replace(meaning=_join(modifier.meaning, quote_modifier(catalog, modifier.code, on)))
        for modifier in answer.modifiers
    ]
    misses = []
    for miss in answer.misses:
        if text := quote_modifier(catalog, miss.code, on) if miss.reason == "not-held" else "":
            modifiers.append(Modifier(miss.code, "HCPCS Level II", text))
        else:
            misses.append(miss)
    return answer._replace(modifiers=tuple(modifiers), misses=tuple(misses))


def _quote_appended(catalog: Catalog, item: AppendedModifier, on: date) -> AppendedModifier:
    text = quote_modifier(catalog, item.code, on)
    if not text:
        return item
    if item.verdict == "unknown":
        assessment = "nothing is known here that it depends on"
        return item._replace(set="HCPCS Level II", meaning=text, verdict="not judged", assessment=assessment)
    return item._replace(meaning=_join(item.meaning, text))


def _join(meaning: str, text: str) -> str:
    return "; ".join(filter(None, (meaning, text)))
