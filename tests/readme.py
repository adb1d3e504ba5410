"""Make the generated parts of README.md: examples with their output, tables, and the picture of a terminal.

    python -m cogapp -r -I . README.md     write the examples and tables anew
    python -m tests.readme picture         write tests/readme.svg anew

tests/test_readme.py fails where README.md or the picture and the tool disagree.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
import sysconfig
import textwrap
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import tomli
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from cptref import Library, open_library
from cptref.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PICTURE = Path(__file__).with_name("readme.svg")
PICTURE_COMMAND = "cptref show 20976 -s preparation"
PICTURE_COLUMNS = 80
PROSE_COLUMNS = 120

# An entry of somebody's own: the smallest that says something.
ENTRY = """\
code = "64483"
title = "Nerve root injection, lower back"
category = "Surgery"

[[sections]]
key = "preparation"
points = ["Bring the MRI report", "Have somebody drive you home"]
"""
# What examples find in their folder.
MY_LIBRARY = {"mine/64483.toml": ENTRY}
PAGE_AND_MISTAKE = {
    "64483.toml": ENTRY.replace("key =", "kee ="),
    "page.txt": """\
Overview of CPT Code 20111: Knee puncture

CPT Code 20111 stands for a puncture of the knee.

When CPT Code 20111 is Used?

It helps in two cases.

  \u2022 A swollen knee that hurts.
  \u2022 Fluid that has to be tested.
Learn more
""",
}
# Examples of more than one command.
WRITE_AND_CHECK = (
    "cptref export 20976 -s preparation -s recovery -f html -o sheet.html",
    "cptref note 20976 'the payer asks for the MRI report'",
    "cptref import page.txt -o .",
    "cptref check 64483.toml",
)
LOOK_AROUND = (
    "cptref modifiers 50 59",
    "cptref list -f terminal --width 100",
    "cptref sections | head -n 4",
    "cptref paths",
)
FORMAT_PURPOSES = {
    "terminal": "a person at a terminal; the default there",
    "text": "`grep` and pipes, and the default there: one point a line, wrapped only with `--width`",
    "markdown": "CommonMark with tables",
    "html": "a handout for screen and paper: one file, no scripts, nothing fetched",
    "json": "programs: one object",
    "jsonl": "programs that read line by line: one result a line (`compare`: each entry, then each section)",
    "csv": (
        "spreadsheets (RFC 4180); formulas are made harmless with an apostrophe. To keep `00100` as text, choose "
        "*Format quoted field as text* in LibreOffice, *Data, From Text/CSV* in Excel"
    ),
    "toml": "an entry as a dataset file, to keep or change in a folder of your own",
}
# Questions whose answers together have every key of the JSON.
JSON_QUESTIONS = {
    "show": ("show 20920-50 20111 20976 99213-25 -f json", "export 20976 -f json"),
    "search": ("search tinglng feet xylophones -f json",),
    "symptom": ("symptom 'numb feet' 'jaw pain' -f json",),
    "compare": ("compare 20920-50 20976 20111 99213-25 -f json", "compare 20111 64483 -f json"),
    "modifiers": ("modifiers -f json", "modifiers 50 20920-59 99213-25 -f json"),
    "list": ("list -f json",),
    "sections": ("sections -f json",),
    "check": ("check -f json", "check 64483.toml -f json"),
    "note": ("note -f json",),
    "paths": ("paths -f json",),
}
# Rich's own template names a web font by its URL, and a README must not fetch anything.
SVG_TEMPLATE = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  font-size: 21px;
}}
.{unique_id}-title {{ font: bold 18px system-ui, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
# Rich sets lines 24.4 pixels apart for a font of 20 pixels. At 21 the frames of boxes have no gaps; common monospaced
# fonts are 0.6 as wide as high, which is 0.63 of the 20 pixels that Rich counts with.
SVG_FONT_ASPECT_RATIO = 0.63
SVG_THEME = TerminalTheme(
    (24, 26, 31),
    (220, 223, 228),
    [
        (40, 44, 52),
        (255, 123, 114),
        (126, 211, 133),
        (229, 192, 123),
        (97, 175, 239),
        (198, 120, 221),
        (86, 204, 214),
        (220, 223, 228),
    ],
)


def run_example(*lines: str, code: int = 0, files: Mapping[str, str] | None = None) -> str:
    """Return shell lines with their output as a code block; all but the last must exit 0, the last with `code`.

    `files` exist beforehand; their folder is the home folder too.
    """
    with TemporaryDirectory() as folder:
        write_files(folder, files or {})
        shown = [f"$ {line}\n{run_line(line, folder, code if line is lines[-1] else 0)}" for line in lines]
    return f"```console\n{''.join(shown)}```\n"


def run_own_entries_example() -> str:
    """Return the example of an entry of one's own, with `export -f toml` where the tool has it."""
    exports = ("cptref export 20976 -f toml -o mine",) if "toml" in parse_formats("export") else ()
    lines = ("cat mine/64483.toml", *exports, "cptref list -L mine -f terminal --width 100 | tail -n 2")
    return run_example(*lines, files=MY_LIBRARY)


def describe_dataset() -> str:
    """Return the sentence that says what the dataset has."""
    with open_library() as library:
        codes = [item.code for item in library.list().entries]
        modifiers = len(library.modifiers().modifiers)
        dataset = library.dataset
    concepts = len(tomli.loads((data_dir() / "vocabulary.toml").read_text(encoding="utf-8"))["concepts"])
    return (
        f"The dataset has **{len(codes)} entries** so far: {', '.join(codes[:-1])} and {codes[-1]} (version "
        f"{dataset.version}).\nIt explains {modifiers} modifiers, and its vocabulary for searching has "
        f"{concepts:,} concepts.\n"
    )


def tabulate_commands() -> str:
    """Return the table of the commands, with the first sentence of their help."""
    names = [name for name, _ in parse_rows(read_help(""), "Commands")]
    return tabulate(("command", "what it does"), ((f"`{name}`", parse_summary(name)) for name in names))


def tabulate_global_options() -> str:
    """Return the table of the options that every command takes."""
    shared = dict(parse_rows(read_help("list"), "Options"))
    rows = [(name, text) for name, text in parse_rows(read_help(""), "Options") if name in shared]
    return tabulate(("option", "what it does"), ((f"`{name}`", text) for name, text in rows))


def tabulate_formats() -> str:
    """Return the table of the formats of answers and documents. Raise KeyError for one without a purpose here."""
    names = dict.fromkeys((*parse_formats("show"), *parse_formats("export")))
    return tabulate(("`-f`", "for"), ((f"`{name}`", FORMAT_PURPOSES[name]) for name in names))


def tabulate_exit_codes() -> str:
    """Return the table of the exit codes that the help promises. Raise SystemExit where it promises none."""
    (paragraph,) = re.findall(r"Exit codes:(.*?)\n\n", read_help(""), re.DOTALL) or [""]
    rows = re.findall(r"\b(\d+):? (.+?)(?=[,;.] \d|\.$)", " ".join(paragraph.split()))
    if [code for code, _ in rows][:4] != ["0", "1", "2", "3"]:
        raise SystemExit(f"no exit codes in the help: {paragraph!r}")
    return tabulate(("exit code", "meaning"), rows)


def list_calls() -> str:
    """Return the public calls of `Library` with their parameters, as the end of a sentence."""
    calls = []
    for name, member in vars(Library).items():
        if not name.startswith("_") and name != "close":
            call = name if isinstance(member, property) else f"{name}({', '.join(iter_parameters(member))})"
            calls.append(f"`library.{call}`")
    text = f"{', '.join(calls[:-1])} and {calls[-1]}."
    return textwrap.fill(text, PROSE_COLUMNS, break_long_words=False, break_on_hyphens=False) + "\n"


def describe_json() -> str:
    """Return what every command says in JSON, with the keys of real answers."""
    shapes = {name: Shape() for name in JSON_QUESTIONS}
    with TemporaryDirectory() as folder:
        write_files(folder, {**PAGE_AND_MISTAKE, **MY_LIBRARY})
        for line in ("cptref import page.txt", "cptref note 20976 'ask for the MRI'"):
            run_line(line, folder, 0)
        for name, questions in JSON_QUESTIONS.items():
            for question in questions:
                answer = run_line(f"cptref -L mine {question} 2>/dev/null", folder, None)
                shapes[name].add(json.loads(answer))
    version = json.loads(answer)["schema_version"]
    undated = [f"`{name}`" for name, shape in shapes.items() if "dataset" not in shape.keys]
    (about,) = {shape.keys.pop("dataset").format({}) for shape in shapes.values() if "dataset" in shape.keys}
    named = name_shapes(shapes.values())
    lines = [
        *((name, shape.format(named, own=True)[1:-1]) for name, shape in shapes.items()),
        *((name, shape.format(named, own=True)) for name, shape in named.values()),
    ]
    text = (
        f"Every answer has `schema_version` ({version}). All but {', '.join(undated[:-1])} and {undated[-1]} have "
        f"`dataset {about}` too, and each of their results repeats the `notice`, since a line of `jsonl` stands alone. "
        "`export` answers like `show`. `[]` is a list, `?` marks a value that can be null, and a name in capitals is "
        "an object that appears in several places."
    )
    block = "".join(wrap_shape(*line) for line in lines)
    return f"{textwrap.fill(text, PROSE_COLUMNS)}\n\n```text\n{block}```\n"


class Shape:
    """What values at one place in JSON look like: their keys or their elements, and whether they can be null."""

    def __init__(self) -> None:
        self.keys: dict[str, Shape] = {}
        self.element: Shape | None = None
        self.nullable = False

    def add(self, value: object) -> None:
        """Take in one more value."""
        if value is None:
            self.nullable = True
        elif isinstance(value, dict):
            for key, item in value.items():
                # What every answer or result has is said once, above the block: but for the dataset's own notice.
                if key != "schema_version" and (key != "notice" or "version" in value):
                    name = "CODE" if re.fullmatch(r"[0-9A-Z]{5}", key) else key
                    self.keys.setdefault(name, Shape()).add(item)
        elif isinstance(value, list):
            self.element = self.element or Shape()
            for item in value:
                self.element.add(item)

    def skeleton(self) -> str:
        """Return the keys, whether or not their values can be null."""
        return self.format({}).replace("?", "")

    def format(self, named: Mapping[str, tuple[str, Shape]], *, own: bool = False) -> str:
        """Return the shape as text, with names for the objects that have one; `own` spells out the object itself."""
        if self.element:
            return f"[{self.element.format(named)}{'?' * self.element.nullable}]"
        if not self.keys:
            return ""
        if not own and named and (skeleton := self.skeleton()) in named:
            return named[skeleton][0]
        items = (f"{key}{'?' * shape.nullable} {shape.format(named)}".rstrip() for key, shape in self.keys.items())
        return f"{{{', '.join(items)}}}"

    def iter_objects(self, key: str) -> Iterator[tuple[str, Shape]]:
        """Yield every object in it, with the key that it stands under."""
        if self.element:
            yield from self.element.iter_objects(key)
        if self.keys:
            yield key, self
        for name, shape in self.keys.items():
            yield from shape.iter_objects(name)


def name_shapes(shapes: Iterable[Shape]) -> dict[str, tuple[str, Shape]]:
    """Return names in capitals, and what they name, for objects of three keys or more in several places, by skeleton.

    What can be null at one of these places is marked at all of them.
    """
    groups: dict[str, list[tuple[str, Shape]]] = {}
    for whole in shapes:
        for key, shape in whole.iter_objects(""):
            if key and len(shape.keys) > 2:
                groups.setdefault(shape.skeleton(), []).append((key, shape))
    named: dict[str, tuple[str, Shape]] = {}
    for skeleton, places in groups.items():
        name = places[0][0].upper().removesuffix("S")
        if len(places) < 2 or name in dict(named.values()):
            continue
        for key in places[0][1].keys:
            nullable = any(shape.keys[key].nullable for _, shape in places)
            for _, shape in places:
                shape.keys[key].nullable = nullable
        named[skeleton] = name, places[0][1]
    return named


def wrap_shape(name: str, text: str) -> str:
    """Return a line of a command or a named object and its keys, wrapped behind a hanging indent."""
    return textwrap.fill(f"{name:13} {text}", PROSE_COLUMNS, subsequent_indent=" " * 14, break_on_hyphens=False) + "\n"


def tabulate(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


def parse_rows(page: str, heading: str) -> list[tuple[str, str]]:
    """Return names and texts of one list of a help page."""
    lines = page.split(f"{heading}:\n")[1].split("\n\n", maxsplit=1)[0].splitlines()
    rows: list[tuple[str, str]] = []
    for line in lines:
        name, text = re.fullmatch(r"  (?: {4,}|(\S.*?)  +)(\S.*)", line).groups()  # type: ignore[union-attr]
        rows.append((name, text) if name else (rows[-1][0], f"{rows.pop()[1]} {text}"))
    return rows


def parse_summary(command: str) -> str:
    """Return the first paragraph of a command's help."""
    return " ".join(read_help(command).split("\n\n")[1].split())


def parse_formats(command: str) -> list[str]:
    """Return the formats that the help of a command names."""
    options = dict(parse_rows(read_help(command), "Options"))
    text = next(text for name, text in options.items() if "--format" in name)
    return re.findall(r"\w+", text.split(".")[0])


def iter_parameters(function: object) -> Iterator[str]:
    """Yield the parameters of a method as somebody would type them."""
    for parameter in list(inspect.signature(function).parameters.values())[1:]:  # type: ignore[arg-type]
        yield parameter.name if parameter.default is parameter.empty else f"{parameter.name}={parameter.default!r}"


@cache
def read_help(command: str) -> str:
    """Return the help of a command, or of the tool."""
    with TemporaryDirectory() as folder:
        return run_line(f"cptref {command} --help", folder, 0)


def write_files(folder: str, files: Mapping[str, str]) -> None:
    """Write files into a folder, and make the folders they need."""
    for name, text in files.items():
        path = Path(folder) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run_line(line: str, folder: str, code: int | None) -> str:
    """Return what a shell line prints on both streams in a clean environment.

    Raise SystemExit where it doesn't exit with `code`; None allows any.
    """
    scripts = sysconfig.get_path("scripts")
    env = {"PATH": f"{scripts}{os.pathsep}{os.defpath}", "HOME": folder, "LANG": "C.UTF-8"}
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != code is not None:
        raise SystemExit(f"{line!r} exited {done.returncode}, not {code}:\n{done.stdout}")
    return done.stdout.replace(folder, "~").replace(str(data_dir()), "/.../cptref/data")


def draw_picture() -> str:
    """Return the page of PICTURE_COMMAND in a terminal as SVG, drawn by Rich from what the command prints in color."""
    with TemporaryDirectory() as folder:
        page = run_line(f"{PICTURE_COMMAND} --color always --width {PICTURE_COLUMNS}", folder, 0)
    console = Console(
        record=True, width=PICTURE_COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(Text.assemble(("$ ", "bold green"), PICTURE_COMMAND))
    console.print(Text.from_ansi(page.rstrip("\n")), end="\n\n", soft_wrap=True)
    return console.export_svg(
        title="cptref",
        theme=SVG_THEME,
        code_format=SVG_TEMPLATE,
        font_aspect_ratio=SVG_FONT_ASPECT_RATIO,
        unique_id="cptref",  # else it would depend on the release of Rich
    )


if __name__ == "__main__":
    if sys.argv[1:] != ["picture"]:
        raise SystemExit("usage: python -m tests.readme picture")
    PICTURE.write_text(draw_picture(), encoding="utf-8")
