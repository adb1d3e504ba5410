"""An entry as a dataset file (TOML): a folder of entries can hold it, and `cptref check` accepts it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cptref.models.article import UNVERIFIED, Cost, as_table
from cptref.render.parts import build_footer
from cptref.sanitize import UNSAFE_PATTERN, single_line
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from cptref.models.entries import Entry, ShowAnswer


def render(answer: ShowAnswer) -> str:
    """Return the entry of an answer as a dataset file, or "" if nothing was found; published codes as a codes.toml.

    If the answer is about some sections, the file has only those. The coder's own notes and the modifiers typed with
    the code are not part of it. Raise ValueError for several articles: a file holds one.
    """
    if not answer.entries:
        return ""
    import tomli_w

    if all(map(is_published_code, answer.entries)):
        table = {"codes": [_drop_unset(as_table(entry.published)) for entry in answer.entries]}
    else:
        (entry,) = answer.entries
        table = _build_table(entry, answer.sections or tuple(CATALOGUE))
    # Every string is a basic one, on one line, so escapes are read in all of them. tomli_w escapes only C0 and DEL.
    text = re.sub(UNSAFE_PATTERN, _escape_character, tomli_w.dumps(table, multiline_strings=False))
    return f"# {single_line(build_footer(answer.dataset).text)}\n\n{text}"


def is_published_code(entry: Entry) -> bool:
    """Return whether an entry is one of codes.toml, which holds several."""
    return entry.kind == "code" and entry.published is not None


def _build_table(entry: Entry, keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the table of a dataset file, with these sections. Derived sections have fields of their own in it."""
    sections = (section for section in entry.sections if not CATALOGUE[section.key].derived and section.key in keys)
    own_billing = (entry.billing,) if entry.billing and "billing" in keys else ()
    return _drop_unset(
        {
            "code": entry.code,
            "title": entry.title,
            "category": entry.category,
            "summary": entry.summary if "overview" in keys else "",
            "modifiers": [modifier.code for modifier in entry.modifiers] if "billing" in keys else (),
            # Left out, an entry is unverified, and `cptref check` says that it is missing and nothing else.
            "verification": None if entry.verification == UNVERIFIED else _drop_unset(as_table(entry.verification)),
            "source": as_table(entry.source) if entry.source else None,
            "cost": _drop_unset(as_table(entry.cost)) if "cost" in keys and entry.cost != Cost() else None,
            "sections": [_drop_unset(as_table(section)) for section in (*sections, *own_billing)],
            "faq": as_table(entry.faq) if "faq" in keys else (),
            "payer_notes": [_drop_unset(as_table(note)) for note in entry.payer_notes] if "billing" in keys else (),
        }
    )


def _drop_unset(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table without empty values, which a dataset file leaves out. An amount of 0 is not empty."""
    return {key: value for key, value in table.items() if value or value == 0}


def _escape_character(match: re.Match[str]) -> str:
    r"""Return a character as TOML escapes it: `\u202e`, `\U000e0041`."""
    point = ord(match[0])
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004 - the last of four digits
