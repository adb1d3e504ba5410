"""Make the generated parts of README.md: examples with their output, tables, and the picture of a terminal.

    python -m cogapp -r -I . README.md     regenerate the examples and tables
    python -m tests.readme picture         regenerate tests/readme.svg

tests/test_readme.py fails where README.md or the picture and the tool disagree.
"""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import sysconfig
import textwrap
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import tomli
import typer
from rich._export_format import CONSOLE_SVG_FORMAT  # as Console.export_svg() documents
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from cptref import Library, open_library
from cptref.cli.app import app
from cptref.cli.loader import COMMAND_MODULES, GLOBAL_OPTIONS, summarize_command
from cptref.paths import data_dir
from tests.claims.sets import add_ons, fee_schedule, pair_edits, unit_limits
from tests.codesets.files import ptp_row
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PICTURE = Path(__file__).with_name("readme.svg")
PICTURE_COMMAND = "cptref 20976 --brief"
PICTURE_COLUMNS = 80


def make_downloads() -> dict[str, str]:
    """Return a fee schedule, add-on code edits, unit limits and pair edits of four codes, by the names of files."""
    fees = (
        make_row("20552", **_name_rvus("0.64", "0.84", "0.36", "0.07"), BILAT_SURG="0"),
        make_row("64483", **_name_rvus("1.85", "5.91", "0.96", "0.17")),
        make_row("64493", **_name_rvus("1.48", "4.08", "0.82", "0.14")),
        make_row("64494", **_name_rvus("0.98", "1.81", "0.25", "0.08"), GLOB_DAYS="ZZZ", MULT_PROC="0"),
    )
    return (
        fee_schedule(*fees)
        | add_ons(("1", "64494", "64490"), ("1", "64494", "64493"))
        | unit_limits([(code, "1", "2 Date of Service Edit: Policy") for code in ("20552", "64483", "64493", "64494")])
        | pair_edits(ptp_row("20552", "64483", "20170101"))
    )


def _name_rvus(work: str, office: str, facility: str, malpractice: str) -> dict[str, str]:
    totals = (Decimal(work) + Decimal(practice) + Decimal(malpractice) for practice in (office, facility))
    names = ("WORK_RVU", "NON-FAC_PE_RVU", "FACILITY_PE_RVU", "MP_RVU", "NON-FACILITY_TOTAL", "FACILITY_TOTAL")
    return dict(zip(names, (work, office, facility, malpractice, *map(str, totals)), strict=True))


# The smallest useful entry.
ENTRY = """\
code = "64483"
title = "Nerve root injection, lower back"
category = "Surgery"

[[sections]]
key = "preparation"
points = ["Bring the MRI report", "Have somebody drive you home"]
"""
PAGE = """\
Overview of CPT Code 20111: Knee puncture

CPT Code 20111 stands for a puncture of the knee.

When CPT Code 20111 is Used?

It helps in two cases.

  \u2022 A swollen knee that hurts.
  \u2022 Fluid that has to be tested.
Learn more
"""
# The files in the folder of every example: downloads are small files in the layouts of CMS, with its figures.
FILES = {
    "mine/64483.toml": ENTRY,
    "64483.toml": ENTRY.replace("key =", "kee ="),
    "page.txt": PAGE,
    **{f"downloads/{name}": text for name, text in make_downloads().items()},
}
# Examples of several commands.
SEARCH = (
    "cptref search LBP x 6 wks, numb feet, denies leg weakness -n 1",
    "cptref search can they eat before | tail -n 4 | head -n 2",
)
WRITE_AND_CHECK = (
    "cptref export 20976 --for patient --phone 555-0100 -o sheet.html",
    "cptref note 20976 'the payer asks for the MRI report'",
    "cptref import page.txt -o .",
    "cptref check 64483.toml",
)
LOOK_AROUND = (
    "cptref modifiers 64484-50 | head -n 5",
    "cptref list | head -n 2",
    "cptref sections | head -n 1",
    "cptref paths",
    "cptref help sections | head -n 1",
)
CODE_SETS = (
    "cptref add icd10cm",
    "cptref M54.16 --brief --on 2026-09-30 | sed -n 4p",
    "cptref search dm2 with neuropathy --set icd10cm --on 2026-09-30 -n 1 | sed -n 4,5p",
    "cptref list --set icd10cm M54.1 --on 2026-09-30 | head -n 2",
    "cptref changes icd10cm || true",
    "cptref sets | cut -c 1-47",
    "cptref remove icd10cm-2026",
)
CLAIMS = (
    "cptref add downloads > added.txt",
    "cptref claim 64483-50 64494 20552 --pos 11 --on 2026-08-03 --width 100 | sed -n '1p;5,10p;/^✗ Line 1/,/^$/p'",
    "cptref fee 64483-50 64493 --on 2026-08-03 | sed -n '/^Together/,/Together  /p'",
    "cptref pair 20552 64483 --on 2026-08-03 | head -n 1",
)
OWN_ENTRIES = (
    "cat mine/64483.toml",
    "cptref export 20976 -f toml -o mine",
)


def describe_dataset() -> str:
    """Return two sentences about what the dataset has."""
    with open_library() as library:
        entries = library.list().entries
        modifiers = len(library.modifiers().modifiers)
        version = library.dataset.version
    codes = [item.code for item in entries if item.kind == "article"]
    concepts = len(tomli.loads((data_dir() / "vocabulary.toml").read_text(encoding="utf-8"))["concepts"])
    return (
        f"The dataset has **{len(codes)} articles** so far, on {', '.join(codes[:-1])} and {codes[-1]}, and "
        f"**{len(entries) - len(codes)} published codes** that cover\n"
        f"what they describe (version {version}). It explains {modifiers} modifiers, and its vocabulary for searching "
        f"has {concepts:,} concepts.\n"
    )


def tabulate_commands() -> str:
    """Return the table of the commands, with the summaries of the help."""
    return tabulate(("command", "what it does"), ((name, summarize_command(name)) for name in COMMAND_MODULES))


def tabulate_global_options() -> str:
    """Return the table of the options that every command takes, with the texts of the help."""
    command = typer.main.get_command(app)
    context = command.make_context("cptref", [], resilient_parsing=True)
    records = [param.get_help_record(context) for param in command.params if param.name in GLOBAL_OPTIONS]
    return tabulate(("option", "what it does"), [record for record in records if record])


def tabulate(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table with the first column as code."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(f"`{name}` | {text}" for name, text in rows)]
    return "".join(f"| {line} |\n" for line in lines)


def list_calls() -> str:
    """Return the public calls of `Library` with their parameters, as the end of a sentence."""
    calls = []
    for name, member in vars(Library).items():
        if name.startswith("_") or name == "close":
            continue
        if isinstance(member, property):
            calls.append(f"`library.{name}`")
        else:
            _self, *parameters = inspect.signature(member).parameters.values()
            bare = ", ".join(str(parameter.replace(annotation=parameter.empty)) for parameter in parameters)
            calls.append(f"`library.{name}({bare})`")
    text = f"{', '.join(calls[:-1])} and {calls[-1]}."
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def run_example(*lines: str, code: int = 0) -> str:
    """Return shell lines with their output as a code block; all but the last must exit 0, the last with `code`."""
    shown = (f"$ {line}\n{output}" for line, output in zip(lines, run_lines(*lines, code=code), strict=True))
    return f"```console\n{''.join(shown)}```\n"


def run_lines(*lines: str, code: int = 0) -> list[str]:
    """Return what shell lines print on both streams in a clean environment, in a home folder with FILES.

    Raise SystemExit where one does not exit with 0, or the last one with `code`.
    """
    outputs = []
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.defpath))
    with TemporaryDirectory() as folder:
        write_files(Path(folder))
        for line in lines:
            process = subprocess.run(
                ["/bin/sh", "-c", line],
                cwd=folder,
                env={"PATH": path, "HOME": folder, "LANG": "C.UTF-8"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
            )
            if process.returncode != (code if line is lines[-1] else 0):
                raise SystemExit(f"{line!r} exited {process.returncode}:\n{process.stdout}")
            outputs.append(process.stdout.replace(folder, "~").replace(str(data_dir()), "/.../cptref/data"))
    return outputs


def write_files(folder: Path) -> None:
    """Write FILES into a folder."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def draw_picture() -> str:
    """Return the page of PICTURE_COMMAND in a terminal as SVG, drawn by Rich from what the command prints in color."""
    (page,) = run_lines(f"{PICTURE_COMMAND} --color always --width {PICTURE_COLUMNS}")
    console = Console(
        record=True, width=PICTURE_COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(Text.assemble(("$ ", "bold green"), PICTURE_COMMAND))
    console.print(Text.from_ansi(page.rstrip("\n")), end="\n\n", soft_wrap=True)
    # Rich's template fetches a web font. Its lines are 24.4 pixels apart: with a font of 21 pixels instead of 20, the
    # frames of boxes have no gaps. Common monospaced fonts are 0.6 as wide as high, 0.63 of the 20 Rich counts with.
    template = re.sub(r"\s*(<!--.*?-->|@font-face \{\{.*?\}\})", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    for rich_style, our_style in (("{char_height}px", "21px"), ("Fira Code", "ui-monospace, Menlo, Consolas")):
        template = template.replace(rich_style, our_style)
    return console.export_svg(
        title="cptref",
        theme=MONOKAI,
        code_format=template,
        font_aspect_ratio=0.63,
        unique_id="cptref",  # else it would depend on the release of Rich
    )


if __name__ == "__main__":
    if sys.argv[1:] != ["picture"]:
        raise SystemExit("usage: python -m tests.readme picture")
    PICTURE.write_text(draw_picture(), encoding="utf-8")
