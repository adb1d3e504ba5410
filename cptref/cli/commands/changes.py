"""`cptref changes`."""

from contextlib import suppress
from typing import Annotated

import typer

from cptref.cli.completion import complete_sets
from cptref.cli.messages import print_error, print_notice
from cptref.cli.options import Form, Width, in_range
from cptref.cli.output import print_result
from cptref.cli.session import open_catalog
from cptref.cli.stdin import expand_stdin
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref changes hcpcs",
    "cptref changes hcpcs 2026Q3 2026Q4",
    "cptref changes hcpcs J0001 J0002",
    "cptref changes hcpcs --codes my-codes.txt -f csv",
    "echo J0001 | cptref changes hcpcs -",
)
Limit = Annotated[
    int,
    typer.Option(
        "--limit", "-n", metavar="N", help="Show at most N codes of each kind.", callback=in_range(1, 1_000_000)
    ),
]


def changes(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="SET", help="A code set.", show_default=False, autocompletion=complete_sets),
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[OLD NEW] [CODE...]",
            help="Two releases, the newest two if left out; then codes, all if left out; - reads them from a pipe.",
            show_default=False,
        ),
    ] = None,
    codes: Annotated[
        str | None,
        typer.Option("--codes", metavar="FILE", help="A file of codes; - is standard input.", show_default=False),
    ] = None,
    limit: Limit = 20,
    form: Form = None,
    width: Width = None,
) -> None:
    """Show what changed between two releases of a code set."""
    from cptref.codesets.changes import compare_releases
    from cptref.codesets.releases import parse_set_name

    code_set = parse_set_name(name)
    releases, typed = _split(code_set, arguments or [])
    texts = expand_stdin(typed)
    if codes == "-":
        texts += expand_stdin(["-"])
    elif codes:
        texts.append(_read(codes))
    wanted = _parse(code_set, texts)
    if (typed or codes) and not wanted:
        raise typer.Exit(ExitCode.NOT_FOUND)
    with open_catalog(ctx.obj) as catalog:
        answer = catalog.ask(lambda: compare_releases(catalog, code_set, releases, wanted))
    print_result(ctx.obj, answer._replace(limit=limit), form, width)
    if answer.unchanged:
        print_notice(f"no change: {', '.join(answer.unchanged)}")
    for code in answer.unknown:
        print_error(f"{code}: not in {answer.headings[0]}, not in {answer.headings[1]}")
    raise typer.Exit(ExitCode.NOT_FOUND if answer.unknown else ExitCode.OK)


def _split(name: str, arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return the releases at the beginning, at most two, and what is behind them."""
    from cptref.codesets.releases import parse_release

    releases = [release for argument in arguments[:2] if (release := _parse_release(name, argument))]
    if len(releases) == 1 and not _parse_release(name, arguments[0]):
        parse_release(name, arguments[0])  # raises what is wrong with it
    return releases, arguments[len(releases) :]


def _parse_release(name: str, argument: str) -> str:
    """Return the release that an argument is, "" if it is none."""
    from cptref.codesets.releases import parse_release
    from cptref.errors import UsageError

    with suppress(UsageError):
        return parse_release(name, argument)
    return ""


def _parse(name: str, texts: list[str]) -> list[str]:
    """Return the codes of a set in texts, and report what is none."""
    from cptref.codes import parse_arguments, parse_diagnosis

    if name in {"gpci", "zip"}:  # 09102-04 is no code with a modifier
        return [*dict.fromkeys(" ".join(texts).replace(",", " ").upper().split())]
    wanted: dict[str, None] = {}
    for parsed in parse_arguments(texts).codes if texts else ():
        if parsed.problem:
            print_error(f"{parsed.input}: {parsed.problem}")
        else:
            spelled = parse_diagnosis(parsed.code) if name == "icd10cm" else ""  # M5416 is a code of HCPCS elsewhere
            wanted[spelled or parsed.code or parsed.diagnosis] = None
    return [*wanted]


def _read(file: str) -> str:
    from cptref.cli.stdin import MAX_STDIN_BYTES
    from cptref.codesets.files import decode
    from cptref.errors import FileError

    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - as typed
            return decode(stream.read(MAX_STDIN_BYTES))
    except OSError as error:
        raise FileError(f"{file}: can't be read: {error.strerror}", hint="check its name") from error


COMMAND = changes
