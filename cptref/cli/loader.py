"""How a command is found and made: only when it is asked for, since importing all takes longer than an answer.

The only place with subclasses of the Click that Typer carries in `typer._click`: `Command` and `CommandGroup`, by way
of `typer.core`, with `_StreamHelp` for both. They use what Click documents (`get_params`, `get_help_option`, `invoke`,
`format_options`, `format_commands`, `parse_args`, `resolve_command`, `list_commands`, `get_command`,
`shell_complete`, `NoSuchOption`): look here first when Typer changes, and in completion.py, which wraps
`ShellComplete.get_completions`.

The modules with functions that Typer inspects (app.py, options.py, completion.py, commands/) have no `from __future__
import annotations`: Typer would compile the text of each annotation several times, on every start.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer._click.exceptions import NoSuchOption
from typer.core import TyperCommand, TyperGroup

from cptref.cli.output import page_or_write
from cptref.errors import UsageError
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# The module of each command in commands/, in the order of the help. A module has its function as COMMAND, and EXAMPLES.
COMMAND_MODULES = {
    "show": "show",
    "search": "search",
    "symptom": "symptom",
    "export": "export",
    "compare": "compare",
    "modifiers": "modifiers",
    "claim": "claim",
    "fee": "fee",
    "pair": "pair",
    "list": "list_codes",
    "sections": "sections",
    "add": "add",
    "sets": "sets",
    "remove": "remove",
    "changes": "changes",
    "check": "check",
    "import": "import_pages",
    "note": "note",
    "paths": "paths",
    "browse": "browse",
    "mcp": "mcp",
    "help": "help",
}

# These may stand before the name of a command or after it; the help of `cptref` lists them, that of a command does not.
GLOBAL_OPTIONS = ("library", "color", "no_pager", "debug")

SECTIONS_HELP = (
    f"Sections: {' '.join(CATALOGUE)}. The beginning of a name is enough; cptref sections lists other names."
)
FOOTER = """\b
Exit codes: 0 answered, 1 not found, 2 usage or file error, 3 broken dataset.
Global options (--library, --color, --no-pager, --debug): cptref --help"""


class _StreamHelp:
    """Makes a command and a group print help as answers are printed."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer's Click has no public types
        """Return the --help option, which reports a full disk and is quiet about a closed pipe."""
        option = super().get_help_option(ctx)  # type: ignore[misc]  # of the class beside this one
        option.callback = _print_help
        return option


def _print_help(ctx: Any, _: Any, given: bool) -> None:  # noqa: ANN401, FBT001 - the same
    if given and not ctx.resilient_parsing:
        for context in filter(None, (ctx.parent, ctx)):
            apply_global_options(context)
        page_or_write(ctx.obj, f"{ctx.get_help()}\n".encode())
        ctx.exit()


class Command(_StreamHelp, TyperCommand):
    """A command that takes the global options too, so that nobody has to remember where they go."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - the same
        """Return the parameters of the command, then the global ones, then --help."""
        *own, help_option = super().get_params(ctx)
        shared = ctx.parent.command.params if ctx.parent else ()
        return [*own, *(param for param in shared if param.name in GLOBAL_OPTIONS), help_option]

    greedy_option = ""  # all arguments behind it, up to the next option, are values of it

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the same
        """Parse the arguments, and keep them for the message on one that is no option."""
        ctx.meta["args"] = [*args]
        return super().parse_args(ctx, [*_repeat_option(args, self.greedy_option)])

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the same
        """Write the parameters into the help, without the global ones."""
        params = [param for param in self.get_params(ctx) if param.name not in GLOBAL_OPTIONS]
        for heading, kind in (("Arguments", "argument"), ("Options", "option")):
            records = [param.get_help_record(ctx) for param in params if param.param_type_name == kind]
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the same
        """Apply the global options, then run the command."""
        apply_global_options(ctx)
        return super().invoke(ctx)


def _repeat_option(args: Sequence[str], option: str) -> Iterator[str]:
    """Yield arguments with an option before each of its values: `--compare FL-04 --compare CA-05`."""
    is_behind = False  # the option, with no other one between
    for place, argument in enumerate(args):
        if argument == "--":
            yield from args[place:]
            return
        if argument.startswith("-"):
            is_behind = bool(option) and argument.partition("=")[0] == option
            if argument != option or args[place + 1 :][:1] in ([], ["--"]):
                yield argument
        else:
            yield from (option, argument) if is_behind else (argument,)


class CommandGroup(_StreamHelp, TyperGroup):
    """The commands by name, each imported and made when it is first asked for; codes in their place are for `show`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the same
        """Parse the global options. Options of `show` may come before a code."""
        try:
            return super().parse_args(ctx, [*args])
        except NoSuchOption:
            if set(args) & COMMAND_MODULES.keys() or not any(map(_is_for_show, args)):
                raise
            return super().parse_args(ctx, ["show", *args])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - the same
        """Return the command that is meant; for an unknown one raise UsageError with what may have been meant."""
        name = args[0]
        if name not in COMMAND_MODULES and _is_for_show(name):
            return super().resolve_command(ctx, ["show", *args])
        if name not in COMMAND_MODULES and not name.startswith("-") and not ctx.resilient_parsing:
            apply_global_options(ctx)
            refuse_command(args)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401 - the same
        """Return commands and options that begin like this; if there are none, what `show` offers."""
        return super().shell_complete(ctx, incomplete) or make_command("show").params[0].shell_complete(ctx, incomplete)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - the same
        """Return the names of the commands, in the order of the help."""
        return list(COMMAND_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - the same
        """Return the command of this name, None if there is none."""
        return make_command(cmd_name) if cmd_name in COMMAND_MODULES else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """Write the names and summaries into the help; making all commands would take longer than everything else."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summarize_command(name)) for name in COMMAND_MODULES])


def apply_global_options(ctx: Any) -> None:  # noqa: ANN401 - the same
    """Move the global options from the parameters to the settings; one after the command's name wins."""
    for name in GLOBAL_OPTIONS:
        value = ctx.params.pop(name, None)
        if isinstance(value, (list, tuple)):  # repeatable
            setattr(ctx.obj, name, [*getattr(ctx.obj, name), *value])
        elif value:
            setattr(ctx.obj, name, value)


def _is_for_show(argument: str) -> bool:
    """Return whether an argument has only codes, or is `-`, which reads them.

    A word with three digits is a code typed wrong: `show` says how.
    """
    from cptref.codes import parse_codes

    return argument == "-" or all(
        parsed.code or parsed.diagnosis or re.search(r"\d[\w.]*\d[\w.]*\d", parsed.input)
        for parsed in parse_codes(argument)
    )


def refuse_command(args: Sequence[str]) -> NoReturn:
    """Raise UsageError for an unknown command and its arguments, with what may have been meant."""
    from shlex import join

    from cptref.codes import parse_codes
    from cptref.fuzzy import did_you_mean

    parsed_codes = [parsed for argument in args for parsed in parse_codes(argument) if parsed.code]
    codes = ["-".join((parsed.code, *parsed.modifiers)) for parsed in parsed_codes]
    hint = did_you_mean(args[0], COMMAND_MODULES, edits=min(2, len(args[0]) // 2))  # of 3 letters, 2 are another word
    if not hint:
        hint = (
            f"to look up a code: cptref {join(codes)} "
            if codes
            else f"to search for words: cptref search {join(args)} "
        )
    raise UsageError(f"no command {args[0]!r}", hint=f"{hint}(see cptref --help)")


def _import_command(name: str) -> Any:  # noqa: ANN401 - a module with COMMAND and EXAMPLES
    return import_module(f"cptref.cli.commands.{COMMAND_MODULES[name]}")


def summarize_command(name: str) -> str:
    """Return the first line of the help of a command."""
    return str(_import_command(name).COMMAND.__doc__).partition("\n")[0]


def make_command(name: str) -> Any:  # noqa: ANN401 - the same
    """Import and return the command of this name."""
    module = _import_command(name)
    examples = "\n".join(("\b", "Examples:", *(f"  {line}" for line in module.EXAMPLES)))
    takes_sections = {"section", "within"} & module.COMMAND.__annotations__.keys()
    epilog = "\n\n".join((examples, *([SECTIONS_HELP] if takes_sections else []), FOOTER))
    app = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
    app.command(name, cls=Command, epilog=epilog)(module.COMMAND)
    command = typer.main.get_command(app)
    command.greedy_option = getattr(module, "GREEDY_OPTION", "")  # type: ignore[attr-defined]  # a Command, by cls
    return command
