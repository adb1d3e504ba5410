"""What a shell offers when Tab is pressed. Typer knows the shells; the words are ours.

The text beside a word comes from datasets, and a shell evaluates what it gets (zsh does so literally): only letters,
digits and harmless punctuation get there.
"""

import os
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from cptref.codesets.catalog import Catalog
    from cptref.library import Library

Offer = tuple[str, str]  # a word, and what it means

CATEGORY_LETTERS = 3  # of ICD-10-CM, before the dot

_ATTACHED_VALUE = re.compile(r"(--[\w-]+=|-[A-Za-z](?=\w))(.*)", re.DOTALL)  # --section=re, -sre


def complete_attached_values() -> None:
    """Let Typer complete the value of an option in the same word, as in `--section=re` and `-sre`.

    Bash hands `=` over as a word of its own, and replaces only what follows it. Other shells replace the whole word.
    """
    from typer._click.shell_completion import ShellComplete

    _drop_equals_signs()
    complete = ShellComplete.get_completions

    def get_completions(shell: Any, args: list[str], incomplete: str) -> list[Any]:  # noqa: ANN401 - no public types
        attached = None if "--" in args else _ATTACHED_VALUE.fullmatch(incomplete)
        items = [] if attached and "=" in attached[1] else complete(shell, args, incomplete)
        if items or not attached:
            return items
        option, value = attached.groups()
        items = complete(shell, [*args, option.rstrip("=")], value)
        for item in items:
            item.value = f"{option}{item.value}"
        return items

    ShellComplete.get_completions = get_completions  # type: ignore[assignment,method-assign]


def _drop_equals_signs() -> None:
    """Take the words `=` out of the line that bash hands over, but for one that the cursor is at."""
    line, position = os.environ.get("COMP_WORDS", ""), os.environ.get("COMP_CWORD", "")
    if not position.isdecimal():
        return
    separator = "\n" if "\n" in line else " "
    words, cursor = line.split(separator), int(position)
    dropped = [
        index for index, word in enumerate(words) if word == "=" and index != cursor and words[index - 1][:2] == "--"
    ]
    os.environ["COMP_WORDS"] = separator.join(word for index, word in enumerate(words) if index not in dropped)
    os.environ["COMP_CWORD"] = str(cursor - sum(index < cursor for index in dropped))


def complete_codes(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """List the codes of the library with their titles; after a code and a hyphen, the modifiers."""
    with _open_library(ctx) as library:
        return _list_codes(library, incomplete)


def complete_modifiers(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """List the modifiers with their meanings, then the codes."""
    with _open_library(ctx) as library:
        return [*_list_modifiers(library, incomplete), *_list_codes(library, incomplete)]


def complete_sections(incomplete: str) -> list[Offer]:
    """List the names of the sections, and their aliases once a letter is typed."""
    from cptref.sections import CATALOGUE

    def iter_names() -> "Iterator[Offer]":
        for kind in CATALOGUE.values():
            yield kind.key, kind.heading
            yield from ((alias, kind.heading) for alias in kind.aliases if incomplete)

    return list(iter_names())


def complete_places() -> list[Offer]:
    """List the places of service with their names."""
    from cptref.claims.places import NAMES

    return list(NAMES.items())


def complete_releases() -> list[Offer]:
    """List the releases of code sets that are loaded."""
    with _open_catalog() as catalog:
        from cptref.codesets.releases import describe_release

        names = dict.fromkeys((name.set, name.release) for name in catalog.names)
        return [(f"{name}-{release}", describe_release(name, release)) for name, release in names]


def complete_sets() -> list[Offer]:
    """List the code sets, those that are loaded if any is."""
    with _open_catalog() as catalog:
        from cptref.codesets.releases import CODE_SETS

        return [(name, CODE_SETS[name].title) for name in catalog.list_sets() or CODE_SETS]


def complete_localities(incomplete: str) -> list[Offer]:
    """List the localities of the loaded indices as `FL-04`, or as `09102-04` once a digit is typed."""
    from cptref.paths import find_codesets_dir

    folder = find_codesets_dir()
    if not folder or not os.path.isdir(folder):  # noqa: PTH112 - no set loaded: nothing that reads them is imported
        return []
    with _open_catalog() as catalog:
        from datetime import date

        from cptref.codesets.localities import label_locality

        def list_localities() -> list[Offer]:
            selection = catalog.select("gpci", date.today())  # noqa: DTZ011 - the coder's own day
            records = selection.stores[0].iter_records() if selection else ()
            by_number = incomplete[:1].isdecimal()
            return sorted(
                (record.code if by_number else label_locality(record), _sanitize(record.fields[1]))
                for record in records
            )

        return [(_keep_case(incomplete, code), name) for code, name in catalog.ask(list_localities)]


def _open_catalog() -> "AbstractContextManager[Catalog]":
    from pathlib import Path

    from cptref.codesets.catalog import Catalog
    from cptref.paths import find_codesets_dir

    folder = find_codesets_dir()
    return closing(Catalog(Path(folder) if folder else None))


def _list_codes(library: "Library", incomplete: str) -> list[Offer]:
    head, hyphen, last = incomplete.rpartition("-")
    if hyphen:
        return [(f"{head}-{code}", meaning) for code, meaning in _list_modifiers(library, last)]
    titles = library.list_starting(incomplete).titles
    if len(incomplete) > CATEGORY_LETTERS and "." not in incomplete:  # a diagnosis as it is typed
        titles = {code.replace(".", ""): title for code, title in titles.items()}
    return [(_keep_case(incomplete, code), _sanitize(title)) for code, title in titles.items()]


def _list_modifiers(library: "Library", incomplete: str) -> list[Offer]:
    modifiers = library.modifiers().modifiers
    return [(_keep_case(incomplete, modifier.code), _sanitize(modifier.meaning)) for modifier in modifiers]


def _keep_case(incomplete: str, code: str) -> str:
    """Return the code with the letters typed so far as they are: a shell drops words that don't begin with them."""
    return incomplete + code[len(incomplete) :] if code.startswith(incomplete.upper()) else code


def _open_library(ctx: typer.Context) -> "AbstractContextManager[Library]":
    """Open the library with the folders named so far; no command has run that would have applied global options."""
    from cptref.cli.session import Settings, open_configured

    settings = Settings()
    for context in (ctx.parent, ctx):
        settings.library += (context.params.get("library") if context else None) or ()
    return open_configured(settings)


def _sanitize(text: str) -> str:
    return re.sub(r"[^\w .,/+%-]+", " ", text).strip()
