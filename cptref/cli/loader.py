"""How commands are found and made: each when it is asked for, since the others would take longer than the answer."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from cptref.cli.output import write
from cptref.errors import UsageError
from cptref.sections import CATALOGUE

# Which module of this folder has a command, in the order of the help.
COMMAND_MODULES = {
    "show": "show",
    "search": "search",
    "symptom": "search",
    "export": "export",
    "compare": "compare",
    "modifiers": "modifiers",
    "list": "browse",
    "sections": "browse",
    "check": "check",
    "import": "import_pages",
    "note": "note",
    "paths": "browse",
}

# Global options: they may stand before a command's name or after it.
GLOBAL_OPTIONS = ("library", "color", "no_pager", "debug")

EXIT_CODES = (
    "Exit codes: 0 answered, 1 some or all of it not found, 2 wrong usage or a file that can't be read or written, "
    "3 a broken dataset file."
)
SECTIONS = f"Sections: {' '.join(CATALOGUE)}. Any beginning of a name will do, and other common names."


class _Helpful:
    """What commands and their group have in common: help is written as answers are."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer's own Click is private to it
        """The --help option, printing by our own hand: a full disk is an error, a reader that left is none."""
        option = super().get_help_option(ctx)  # type: ignore[misc]  # of the class beside this one
        option.callback = _print_help
        return option


def _print_help(ctx: Any, _: Any, given: bool) -> None:  # noqa: ANN401, FBT001 - the same
    if given and not ctx.resilient_parsing:
        write(f"{ctx.get_help()}\n".encode())
        ctx.exit()


class Command(_Helpful, TyperCommand):
    """A command that takes the global options too, so that nobody has to remember which side they go on."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - the same
        """The command's own parameters, then the global ones, then --help."""
        *own, help_option = super().get_params(ctx)
        shared = ctx.parent.command.params if ctx.parent else ()
        return [*own, *(param for param in shared if param.name in GLOBAL_OPTIONS), help_option]

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the same
        """Settle the global options, then run the command."""
        apply_global_options(ctx)
        return super().invoke(ctx)


class Commands(_Helpful, TyperGroup):
    """The commands by name, each imported and made when it is first asked for."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - Typer's own
        """The command that is meant. For what is none, the nearest, or what to do with a code or a word."""
        name = args[0]
        if name in COMMAND_MODULES or (name.startswith("-") and name != "-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        from shlex import join

        from cptref import codes
        from cptref.fuzzy import did_you_mean

        if name == "-" or any(one.code for one in codes.parse_codes(name)):
            hint = f"to look up a code: cptref show {join(args)} "
        else:
            hint = did_you_mean(name, COMMAND_MODULES, edits=2) or f"to search for words: cptref search {join(args)} "
        raise UsageError(f"no command {name!r}", hint=f"{hint}(see cptref --help)")

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own
        """The names, in the order of the help."""
        return list(COMMAND_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - Typer's own
        """The command of a name, None where there is none."""
        if cmd_name not in COMMAND_MODULES:
            return None
        function, *examples = import_module(f"cptref.cli.commands.{COMMAND_MODULES[cmd_name]}").COMMANDS[cmd_name]
        only = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
        shown = "\n".join(("\b", "Examples:", *(f"  {one}" for one in examples)))
        named = [SECTIONS] if {"section", "within"} & function.__annotations__.keys() else []
        only.command(cmd_name, cls=Command, epilog="\n\n".join((shown, *named, EXIT_CODES)))(function)
        return typer.main.get_command(only)


def apply_global_options(ctx: Any) -> None:  # noqa: ANN401 - Typer's own
    """Move the global options from the parameters to the settings; one after the name wins over one before it."""
    for name in GLOBAL_OPTIONS:
        value = ctx.params.pop(name, None)
        if isinstance(value, (list, tuple)):  # what may be repeated
            setattr(ctx.obj, name, [*getattr(ctx.obj, name), *value])
        elif value:
            setattr(ctx.obj, name, value)
