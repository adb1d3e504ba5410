"""The resources of the server: pages of the library as Markdown, with completions of codes and sections."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

import anyio.to_thread
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp_types import Completion, Resource, ResourceTemplateReference

from cptref.errors import CptrefError, UsageError
from cptref.mcp.arguments import shorten
from cptref.models.results import SectionsAnswer
from cptref.render import render_page
from cptref.render.blocks import Footer, Paragraph, Points, Run
from cptref.render.compact import MAX_BYTES
from cptref.render.document import build_document
from cptref.render.remarks import list_remarks
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from mcp.server import MCPServer
    from mcp_types import CompletionArgument, CompletionContext, PromptReference

    from cptref.library import Library
    from cptref.models.entries import ListItem, ShowAnswer
    from cptref.models.results import Answer

MARKDOWN = "text/markdown"
MAX_LISTED = 100  # entries in a list: a model reads all of it
MAX_COMPLETIONS = 100  # as the specification has it
MAX_COUNTED = 10_000  # codes of the loaded sets: two letters begin 6,000 at most
FINDING = "verification"  # the section that comes with every other one
ENTRIES = "cptref://entries"


class LibraryResources:
    """The resources over a library, whose files are looked at anew before each is read."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def add_to(self, server: MCPServer[None]) -> None:
        """Add every page, template and completion to a server; the entries are those of `list_entries`."""
        entry, section = f"{ENTRIES}/{{code}}", f"{ENTRIES}/{{code}}/{{section}}"
        for uri, read, name, description in (
            (ENTRIES, self.read_entries, "Entries", f"The first {MAX_LISTED} codes of the library; any can be read"),
            ("cptref://sections", self.read_sections, "Sections", "The sections of articles, with their other names"),
            ("cptref://code-sets", self.read_code_sets, "Code sets", "The code sets that are loaded, due and missing"),
            (entry, self.read_entry, "Entry", "What the library and the loaded code sets have on a code"),
            (section, self.read_section, "Section", "The finding on a code, and one section of its entry"),
        ):
            server.resource(uri, name=name, description=description, mime_type=MARKDOWN)(_explain_errors(read))
        server.completion()(self.complete)  # type: ignore[no-untyped-call]  # of the SDK

    def list_entries(self) -> list[Resource]:
        """Return the entries of the library as it is now, the first MAX_LISTED in order of code."""
        answer = self._refresh().list(MAX_LISTED)
        entries = {entry.code: entry for entry in answer.entries}  # the last is the published code
        return [_describe_entry(entry) for entry in entries.values()]

    def read_entries(self) -> str:
        """Return the list of entries, which says how many are left out."""
        answer = self._refresh().list(MAX_LISTED)
        if answer.total == len(answer.entries):
            return _render(answer)
        return _render(
            answer, f"the first {len(answer.entries)} of {answer.total:,} codes; {ENTRIES}/{{code}} reads any"
        )

    def read_sections(self) -> str:
        """Return the sections of articles."""
        return _render(SectionsAnswer(tuple(CATALOGUE.values())))

    def read_code_sets(self) -> str:
        """Return the code sets that are loaded, which are out of date, and which are missing."""
        answer = self._refresh().sets()
        return _render(answer, *(f"{loaded.heading}: {loaded.due}" for loaded in answer.sets if loaded.due))

    def read_entry(self, code: str) -> str:
        """Return all that is known of a code. Raise ResourceNotFoundError if nothing is."""
        _require_code(code)
        return _render_found(self._refresh().show(code), f"{ENTRIES}/{code}/SECTION reads one section")

    def read_section(self, code: str, section: str) -> str:
        """Return the finding on a code and a section of its entry. Raise ResourceNotFoundError if there is none."""
        _require_code(code)
        answer = self._refresh().show(code, [section])
        if not answer.misses:
            answer = self._library.show(code, [FINDING, section])
        return _render_found(answer)

    async def complete(
        self,
        reference: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        """Return the codes or the sections that begin with what is typed, none for another argument."""
        if not isinstance(reference, ResourceTemplateReference):
            return None
        of_code = ((context and context.arguments) or {}).get("code", "")
        names = await anyio.to_thread.run_sync(self._list_names, argument.name, argument.value, of_code)
        has_more = len(names) > MAX_COMPLETIONS
        return Completion(values=names[:MAX_COMPLETIONS], total=len(names), has_more=has_more)

    def _list_names(self, argument: str, letters: str, code: str) -> list[str]:
        library = self._refresh()
        if argument == "code":
            return [*library.list_starting(letters, MAX_COUNTED).titles]
        if argument != "section":
            return []
        entry = library.get(code.strip().upper())
        keys = [section.key for section in entry.sections] if entry else [*CATALOGUE]
        return [key for key in keys if key.startswith(letters.casefold())]

    def _refresh(self) -> Library:
        self._library.refresh()
        return self._library


def _explain_errors(read: Callable[..., str]) -> Callable[..., str]:
    """Return a function that says in one line why a page can't be read: the SDK passes on its own errors alone."""

    @wraps(read)
    def explain(*args: str, **kwargs: str) -> str:
        try:
            return read(*args, **kwargs)
        except CptrefError as error:
            kind = ResourceNotFoundError if isinstance(error, UsageError) else ResourceError
            raise kind(shorten(error.problem, error.hint)) from error

    return explain


def _describe_entry(entry: ListItem) -> Resource:
    return Resource(
        uri=f"{ENTRIES}/{entry.code}", name=entry.code, title=f"{entry.code} {entry.title}", mime_type=MARKDOWN
    )


def _require_code(code: str) -> None:
    if not code.strip():
        raise ResourceNotFoundError(f"the code is blank; send one, such as {ENTRIES}/20976")


def _render_found(answer: ShowAnswer, advice: str = "search finds single lines of it") -> str:
    """Return a page of MAX_BYTES at most; one that is cut says so at its end, and how to read on."""
    if not answer.codes:
        raise ResourceNotFoundError("; ".join(f"{shorten(miss.input)}: {miss.message}" for miss in answer.misses))
    page = _render(answer)
    size = len(page.encode())
    if size <= MAX_BYTES:
        return page
    end = f"\n\n(The first {MAX_BYTES:,} of {size:,} bytes are here; {advice}.)\n"
    kept = page.encode()[: MAX_BYTES - len(end.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0].rstrip() + end


def _render(answer: Answer, *remarks: str) -> str:
    """Return the page of an answer, with the notice, these remarks and its own ones right below the title."""
    page = build_document(answer)
    title, body = page[:1], page[1:]
    if page and isinstance(footer := page[-1], Footer):
        title, body = (*title, Paragraph((Run(footer.text),))), body[:-1]
    points = tuple((Run(remark),) for remark in dict.fromkeys((*remarks, *list_remarks(answer))))
    return render_page((*title, *((Points(points),) if points else ()), *body), "markdown")
