r"""Make cptref/cli/cptref.1, the manual page of the command, from the objects that print its help.

    python -m tests.man     regenerate it

tests/test_man.py fails where the page and the help disagree. The page is in man(7) macros. In the text of it, groff
would print some characters of ASCII as typographic ones (groff_char(7)), so that a pasted `--brief` would not run:
`escape` names each of them, and every minus sign is `\-`.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cptref import __version__, open_library
from cptref.cli.app import app
from cptref.cli.loader import COMMAND_MODULES, GLOBAL_OPTIONS, make_command

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).parents[1] / "cptref" / "cli" / "cptref.1"

# The environment variables that a user may set.
ENVIRONMENT = {
    "CPTREF_LIBRARY": "Folders of entries of your own, separated as in PATH. Those of --library come on top.",
    "CPTREF_PAGER, PAGER": "The pager for an answer taller than the terminal: the first of these that is set, else "
    "less(1). An empty one turns the pager off.",
    "LESS": "Options for less. cptref adds -R for colors, and a prompt.",
    "NO_COLOR": "No color, if this is not empty. --color wins.",
    "FORCE_COLOR": "Color in pipes and files too, if this is not empty. --color and NO_COLOR win.",
    "TERM": "No color and no pager, if this is dumb.",
    "COLUMNS, LINES": "The size of the terminal. --width wins.",
    "XDG_DATA_HOME": "On Linux, the folder with your entries, notes and code sets, as cptref/ in it. The default is "
    "~/.local/share.",
    "XDG_CACHE_HOME": "On Linux, the folder with compiled entries, as cptref/ in it. The default is ~/.cache.",
}
# The user's files on Linux, as the XDG base-directory specification has them, by their names in `cptref paths`.
FILES = {
    "library": ("~/.local/share/cptref", "Entries of your own, as CODE.toml."),
    "notes": ("~/.local/share/cptref/notes.toml", "Your notes. Only you can read the file."),
    "codesets": ("~/.local/share/cptref/codesets", "The code sets that you added."),
    "cache": ("~/.cache/cptref", "Compiled entries. You can delete the folder at any time."),
}
DESCRIPTION = (
    "Answers come from files on your computer, the verdict first. Nothing you type leaves it, and nothing is logged. "
    "Answers go to standard output, everything else to standard error. A code in place of a command is looked up by "
    "show."
)
_GROFF_NAMES = {
    "\\": r"\e",
    "-": r"\-",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
    '"': r"\(dq",
}


def make_page() -> str:
    """Return the manual page; its date is that of the dataset."""
    with open_library() as library:
        dataset = library.dataset
    root = typer.main.get_command(app)
    context: Any = root.make_context("cptref", [], resilient_parsing=True)
    summary, examples, sections, exit_codes, closing = (root.help or "").split("\n\n")
    name_of_page = f'.TH CPTREF 1 {dataset.released} "cptref {escape(__version__)}" "User Commands"'
    lines = [
        *(name_of_page, ".nr HY 0", ".nh", ".ad l"),  # names like used-when are broken nowhere
        *(".SH NAME", rf"cptref \- {escape(summary[0].lower() + summary[1:].rstrip('.'))}"),
        *(".SH SYNOPSIS", _mark(_describe_usage(root, context))),
        *(".SH DESCRIPTION", escape(summary), ".PP", escape(DESCRIPTION)),
        *(".SH OPTIONS", escape("The first four may stand after the name of a command too.")),
        *_list_options(context, root.get_params(context)),
        *(".SH COMMANDS", escape("Each has -h too.")),
        *(line for name in COMMAND_MODULES for line in _describe_command(name, context)),
        *(".SH SECTIONS", escape(sections.removeprefix("Sections: "))),
        *(".SH EXAMPLES", *_set_as_typed(line.strip() for line in examples.splitlines()[1:])),
        *(".SH EXIT STATUS", *_list_words(re.findall(r"(\d+) (.*?)(?:, (?=\d)|\.$)", " ".join(exit_codes.split())))),
        *(".SH ENVIRONMENT", *_list_words(ENVIRONMENT.items())),
        *(".SH FILES", escape("On Linux; cptref paths names yours."), *_list_words(FILES.values())),
        *(".SH NOTES", escape(dataset.notices.trademark), ".PP", escape(dataset.notices.advice)),
        *(".SH BUGS", escape(closing.splitlines()[-1])),
        *(".SH SEE ALSO", ".BR less (1),", ".BR fzf (1)"),
    ]
    return "".join(f"{line}\n" for line in lines)


def _describe_command(name: str, root: Any) -> list[str]:  # noqa: ANN401 - Typer's Click has no public types
    """Return what the help of a command says that is not the same for all commands."""
    command = make_command(name)
    context = command.make_context(name, [], parent=root, resilient_parsing=True)
    params = [param for param in command.get_params(context) if param.name not in {*GLOBAL_OPTIONS, "help"}]
    examples = import_module(f"cptref.cli.commands.{COMMAND_MODULES[name]}").EXAMPLES
    return [
        f'.SS "{escape(_describe_usage(command, context))}"',
        escape(" ".join(command.help.split())),
        *_list_options(context, params),
        ".PP",
        *_set_as_typed(examples),
    ]


def _describe_usage(command: Any, context: Any) -> str:  # noqa: ANN401 - the same
    """Return how a command is typed; what has no brackets has to be there."""
    return re.sub("[{}]", "", " ".join((context.command_path, *command.collect_usage_pieces(context))))


def _list_options(context: Any, params: Iterable[Any]) -> list[str]:  # noqa: ANN401 - the same
    records = [param.get_help_record(context) for param in params]
    return [line for term, text in records for line in (".TP", _mark(term), escape(text))]


def _list_words(records: Iterable[tuple[str, str]]) -> list[str]:
    return [line for word, text in records for line in (".TP", f".B {escape(word)}", escape(text))]


def _set_as_typed(lines: Iterable[str]) -> list[str]:
    return [".EX", *map(escape, lines), ".EE"]


def _mark(text: str) -> str:
    """Return names and options in bold, what stands for something else in italics, and punctuation as it is."""
    words = re.split(r"(-?[\w-]+)", text)
    return "".join(
        escape(word) if place % 2 == 0 else rf"\f{'I' if re.match('[A-Z]', word) else 'B'}{escape(word)}\fR"
        for place, word in enumerate(words)
    )


def escape(text: str) -> str:
    r"""Return text as groff prints it unchanged, in any place of a line: each special character by its name.

    Characters beyond ASCII are written as groff's own `\[u2717]`, so that no reader has to guess an encoding.
    """
    named = "".join(
        _GROFF_NAMES.get(character) or (character if character.isascii() else rf"\[u{ord(character):04X}]")
        for character in text
    )
    return rf"\&{named}" if named.startswith(".") else named


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="ascii")
