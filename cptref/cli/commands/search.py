"""`cptref search`."""

import re
from typing import Annotated

import typer

from cptref.cli import completion
from cptref.cli.clipboard import copy_codes
from cptref.cli.hints import add_commands
from cptref.cli.messages import print_error, report_cut, report_denied, report_misses, report_reading, report_unmatched
from cptref.cli.options import Billable, Copy, EntryLimit, ListForm, On, Sets, Verbose, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.cli.stdin import PLACEHOLDER, expand_stdin
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref search tingling in the legs",
    "cptref search medial branch block",
    "cptref search blood thinners --in preparation",
    "cptref search ultrasound -f json",
    "cptref search lumbar radiculopathy --billable",
    "echo 'LBP, denies numbness' | cptref search -",
)


Within = Annotated[
    list[str] | None,
    typer.Option(
        "--in",
        "-i",
        metavar="SECTION",
        help="Search only this section; repeatable.",
        show_default=False,
        autocompletion=completion.complete_sections,
    ),
]


def search(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS...", help="What to look for; - reads it from standard input.", show_default=False
        ),
    ],
    within: Within = None,
    sets: Sets = None,
    billable: Billable = False,
    on: On = None,
    limit: EntryLimit = 10,
    verbose: Verbose = False,
    form: ListForm = None,
    copy: Copy = False,
    width: Width = None,
) -> None:
    """Find articles and codes that mention these words."""
    query = expand_stdin(words, "words")[0] if words == [PLACEHOLDER] else " ".join(words)
    with open_configured(ctx.obj) as library:
        answer = library.search(query, within or (), limit, sets=sets or (), billable=billable, on=on)
        has_found = answer.hits or answer.sets or not _look_like_codes(words)
        looked_up = None if has_found else add_commands(library.show(words, on=on))
    misses = looked_up.misses if looked_up else ()
    if looked_up and looked_up.codes:  # a code set has it, whose words are others
        print_result(ctx.obj, looked_up._replace(brief=True), form, width)
        raise typer.Exit(report_misses(looked_up))
    if misses:
        answer = answer._replace(partial=None)  # no code is close to another
    print_result(ctx.obj, answer._replace(verbose=verbose), form, width)
    if misses:  # somebody looks up a code here
        for miss in misses:
            print_error(f"{miss.input}: {miss.message}")
        raise typer.Exit(ExitCode.NOT_FOUND)
    report_denied(answer.denied, all_of_it=answer.only_denies)
    report_reading(answer.understood)
    report_unmatched(answer.unmatched, where="these sections do not mention" if within else "no entry mentions")
    report_cut(len(answer.hits), answer.total)
    if answer.only_denies:
        raise typer.Exit(ExitCode.NOT_FOUND)
    if not answer.hits and not answer.sets and answer.silent:
        print_error(f"no entry answers {answer.query!r}")
        raise typer.Exit(ExitCode.NOT_FOUND)
    if not answer.hits and not answer.sets:
        similar = f"; similar words: {', '.join(answer.suggestions)}" if answer.suggestions else ""
        print_error(f"no entry matches {answer.query!r}; try fewer or other words, or cptref list{similar}")
        raise typer.Exit(ExitCode.NOT_FOUND)
    if copy:
        copy_codes(answer)


def _look_like_codes(words: list[str]) -> bool:
    """Return whether each piece has a digit and at least as many characters as a code."""
    from cptref.codes.shapes import CODE_CHARACTERS

    pieces = re.split(r"[\s,;]+", " ".join(words))
    return all(re.search(r"\d", piece) and len(piece) >= CODE_CHARACTERS for piece in pieces if piece)


COMMAND = search
