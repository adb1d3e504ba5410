"""The tools of the server: each asks one question of the library and returns the compact answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BeforeValidator, Field, WithJsonSchema

from cptref.codes import parse_modifiers
from cptref.days import parse_day
from cptref.mcp.arguments import require_text
from cptref.models.verdicts import Setting
from cptref.render.compact import (
    MAX_BYTES,
    ClaimObject,
    CompareObject,
    FeeObject,
    ModifiersObject,
    SearchObject,
    SetsObject,
    SymptomObject,
    compact,
)
from cptref.render.compact.limit import measure
from cptref.render.compact.objects import build_dataset
from cptref.render.json import escape_json
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from cptref.library import Library

INSTRUCTIONS = """\
cptref answers questions on medical billing codes (CPT, HCPCS, ICD-10-CM) from files on this machine; nothing is sent \
anywhere. It has articles on procedure codes, and the files of CMS and NCHS that the user has added. What an article \
says of its code may conflict with the published code set: always tell the user the finding of an entry \
(verification) and the notice, and name the release and the day that an answer rests on.
Use lookup for codes and modifiers that are named or pasted, search for words, symptoms for complaints, compare for \
codes side by side, check_claim for whether lines, or two codes together, may be billed, fee for Medicare amounts, \
code_sets for what is loaded or out of date.
Never make up a code, a descriptor or an amount: what is not in an answer is not known here."""
READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False)
DEFAULT_LIMIT = 10
COMMON_PROPERTIES: dict[str, Any] = {  # of every result
    "dataset": {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("version", "released", "notice")},
        "required": ["version", "released", "notice"],
    },
    "on": {"type": "string", "description": "the day asked about"},
    "faults": {
        "type": "array",
        "items": {"type": "string"},
        "description": "files of the user that are left out, and why: tell the user",
    },
}
MAX_FAULTS = 5  # in a result; `cptref check` lists the rest
MAX_FAULT_CHARACTERS = 200


def _write_text(value: object) -> object:
    """Return a number as its text, since agents send 20976 and 11, and nothing as ""; another value as it is."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return "" if value is None else value


def _list_texts(value: object) -> object:
    """Return one text or several as a list. An object is JSON that the SDK has read, and becomes text again."""
    if value is None:
        return []
    if isinstance(value, list):
        return [*map(_write_text, value)]
    return [json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else _write_text(value)]


_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
# What is left out may be left out as null, too.
Text = Annotated[str, BeforeValidator(_write_text), WithJsonSchema(_TEXT)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_list_texts), WithJsonSchema(_TEXTS)]
Flag = Annotated[bool, BeforeValidator(lambda value: value or False)]

Codes = Annotated[Texts, Field(description="As typed or pasted: 20976, 64483-50, M54.16, modifier RT, a whole line")]
Sections = Annotated[Texts, Field(description="Only these sections of articles: preparation, recovery, billing, ...")]
Sets = Annotated[Texts, Field(description="Only these code sets, and no articles: icd10cm, hcpcs, pfs, cpt")]
Billable = Annotated[Flag, Field(description="Only diagnoses that are billed, and codes in force")]
Day = Annotated[Text, Field(description="The day asked about, as 2026-11-20; today if left out")]
Limit = Annotated[
    int,
    BeforeValidator(lambda value: DEFAULT_LIMIT if value is None else value),
    Field(description="The most articles, and codes of each set, to return"),
]
Locality = Annotated[Text, Field(description="For local amounts: FL-04, 09102-04, a name or a ZIP code")]
Localities = Annotated[
    Texts, Field(description="For local amounts, one or more: FL-04, 09102-04, a name or a ZIP code")
]
Qualifying = Annotated[Flag, Field(description="By the factor of qualifying APM participants")]
Lines = Annotated[
    Texts,
    Field(description="64483-50, 64494x2, diagnoses as M54.16; or a table, an 837, a CMS-1500, a FHIR Claim as text"),
]


class LibraryTools:
    """The tools over a library, whose files are looked at anew before each question."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def list_tools(self) -> list[Tool]:
        """Return every tool, described by its docstring."""
        titles = (
            (self.lookup, "Look up codes"),
            (self.search, "Search by words"),
            (self.symptoms, "Find codes for symptoms"),
            (self.compare, "Compare codes"),
            (self.check_claim, "Check and price claim lines"),
            (self.fee, "Medicare fees"),
            (self.code_sets, "Loaded code sets"),
        )
        return [_make_tool(ask, title) for ask, title in titles]

    def lookup(self, codes: Codes, sections: Sections = (), on: Day = "") -> Annotated[CallToolResult, ModifiersObject]:
        """Look up codes and modifiers: the article, its finding, and what the loaded code sets have on a day.

        Use it first for every code that the user names or pastes. `not_found` says why a code has no answer.
        """
        require_text(codes=codes)
        library = self._refresh()
        if all(map(parse_modifiers, codes)):
            return self._send(library.modifiers(codes, on or None), on)
        return self._send(library.show(codes, sections, on or None), on)

    def search(
        self,
        query: Annotated[Text, Field(description="Words in any order: medial branch block")],
        sections: Sections = (),
        sets: Sets = (),
        billable: Billable = False,
        on: Day = "",
        limit: Limit = DEFAULT_LIMIT,
    ) -> Annotated[CallToolResult, SearchObject]:
        """Search articles and loaded code sets by words: a procedure, condition, drug or device.

        Use it where the user names no code; then lookup for what is found.
        """
        require_text(query=query)
        answer = self._refresh().search(query, sections, limit, sets=sets, billable=billable, on=on or None)
        return self._send(answer, on)

    def symptoms(
        self,
        symptoms: Annotated[Texts, Field(description="What the patient reports: numb feet, LBP x 6 wks, denies fever")],
        sets: Sets = (),
        billable: Billable = False,
        on: Day = "",
        limit: Limit = DEFAULT_LIMIT,
    ) -> Annotated[CallToolResult, SymptomObject]:
        """Find articles and diagnosis codes that fit what a patient reports, best first.

        Use it for complaints. What is found are codes to look at, not a diagnosis.
        """
        require_text(symptoms=symptoms)
        answer = self._refresh().symptom(symptoms, limit, sets=sets, billable=billable, on=on or None)
        return self._send(answer, on)

    def compare(self, codes: Codes, sections: Sections = (), on: Day = "") -> Annotated[CallToolResult, CompareObject]:
        """Compare two or more codes: what their articles share, where they differ.

        Whether they may be billed together is a question for check_claim.
        """
        require_text(codes=codes)
        return self._send(self._refresh().compare(codes, sections, on or None), on)

    def check_claim(
        self,
        lines: Lines,
        on: Day = "",
        place: Annotated[Text, Field(description="Place of service: 11 office, 22 hospital, 24 surgery center")] = "",
        locality: Locality = "",
        setting: Annotated[Setting, Field(description="Whose edits")] = "practitioner",
        qualifying: Qualifying = False,
    ) -> Annotated[CallToolResult, ClaimObject]:
        """Check claim lines against the loaded edits (status, modifiers, units, pairs, add-ons, diagnoses); price them.

        Use it before lines are billed, and for whether two codes may be billed together on one day.
        """
        require_text(lines=lines)
        answer = self._refresh().claim(
            lines, on=on or None, place=place, locality=locality or None, setting=setting, qualifying=qualifying
        )
        return self._send(answer, on)

    def fee(
        self, codes: Codes, locality: Localities = (), on: Day = "", qualifying: Qualifying = False
    ) -> Annotated[CallToolResult, FeeObject]:
        """Return what the Medicare fee schedule pays for codes with modifiers and units, nationally and by locality.

        Use it for Medicare amounts. The cost in an article is a range without a source.
        """
        require_text(codes=codes)
        answer = self._refresh().fee(codes, locality, on or None, qualifying=qualifying)
        return self._send(answer, on)

    def code_sets(self, on: Day = "") -> Annotated[CallToolResult, SetsObject]:
        """List the loaded code sets and their releases: which are out of date, which are missing, how to get them."""
        return self._send(self._refresh().sets(on or None), on)

    def _refresh(self) -> Library:
        self._library.refresh()
        return self._library

    def _send(self, answer: Any, on: str) -> CallToolResult:  # noqa: ANN401 - one that has a compact object
        """Return a compact answer in both forms: some clients hand a model the text, some the object.

        With the dataset and the day, and with what is wrong in the user's files: what is in them is not in the answer.
        """
        said = getattr(answer, "damaged", ())
        faults = [text for text in map(str, self._library.seen_faults) if text not in said]
        more = [f"and {len(faults) - MAX_FAULTS:,} more"] if len(faults) > MAX_FAULTS else []
        shown = [single_line(fault)[:MAX_FAULT_CHARACTERS] for fault in faults[:MAX_FAULTS]]
        common = {
            "dataset": build_dataset(self._library.dataset),
            "on": parse_day(on or None).isoformat(),
            **({"faults": shown + more} if faults else {}),
        }
        structured = {**common, **compact(answer, MAX_BYTES - measure(common))}
        text = escape_json(json.dumps(structured, ensure_ascii=False, separators=(",", ":")))
        return CallToolResult(content=[TextContent(text=text)], structured_content=structured)


def _make_tool(ask: Callable[..., CallToolResult], title: str) -> Tool:
    """Return a tool that takes no other arguments than its own."""
    description = " ".join((ask.__doc__ or "").split())
    tool = Tool.from_function(ask, title=title, description=description, annotations=READ_ONLY)
    tool.parameters = {**_strip_titles(tool.parameters), "additionalProperties": False}
    schema = _strip_titles(tool.fn_metadata.output_schema)
    schema["properties"] |= COMMON_PROPERTIES
    schema["required"] = [*dict.fromkeys(("dataset", "on", *schema.get("required", ())))]
    schema["$defs"] = {
        name: {key: value for key, value in definition.items() if key != "description"}  # its name says as much
        for name, definition in schema["$defs"].items()
        if name != "DatasetObject"
    }
    tool.fn_metadata.output_schema = schema
    return tool


def _strip_titles(schema: Any) -> Any:  # noqa: ANN401 - a schema and what is in it
    """Return a schema without the titles that pydantic makes of names, which are a fifth of it and say nothing."""
    if isinstance(schema, list):
        return [*map(_strip_titles, schema)]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _strip_titles(item) for name, item in value.items()}
        if key in {"properties", "$defs"}
        else _strip_titles(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }
