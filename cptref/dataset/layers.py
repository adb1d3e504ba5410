"""List the files of a dataset.

A dataset is a folder of `articles/CODE.toml`, with `codes.toml`, `modifiers.toml`, `vocabulary.toml` and `dataset.toml`
beside them. A folder that is laid over another needs none of these, and its articles may be in any folder below it.
A file is named after its code, so that an answer about one code depends on the few files of that name. The ending may
be in capitals. Hidden files and folders are not read, and neither is a folder that was read under another name.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from cptref import paths
from cptref.errors import UNREADABLE, FileError
from cptref.models.entries import BUNDLED
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

TABLE_NAMES = ("codes.toml", "dataset.toml", "modifiers.toml", "vocabulary.toml")  # any answer may depend on these
NOTES_NAME = "notes.toml"  # the user's notes, which may be beside articles and are not one of them
CODESETS_NAME = "codesets"  # the folder of code sets in the user's folder
ENDING = ".toml"
_SMALL_NAMES = {*TABLE_NAMES, NOTES_NAME}
# What a text editor or a browser adds to the name of a file that it saves; any other addition is a backup.
ADDED_ENDINGS = (".txt", ".text", ".rtf", ".md", ".htm", ".html", ".docx")
MAX_FOLDERS = 1000  # of one layer; a home folder that is named by mistake has more


class Layer(NamedTuple):
    """A dataset folder, and the name that its entries give as their library."""

    name: str
    folder: Path


class LayerFiles(NamedTuple):
    """What is in a layer: folders and TOML files in the order in which they are read, and what is not read.

    `problems` has the paths that should have been read, with the reason; `errors` those of them that the system did not
    let us look into; `skipped` has the paths that are not read on purpose.
    """

    folders: list[str]
    files: list[os.DirEntry[str]]
    problems: dict[str, str]
    errors: dict[str, OSError]
    skipped: dict[str, str]


def bundled_layer() -> Layer:
    """Return the dataset that comes with cptref."""
    return Layer(BUNDLED, paths.data_dir())


def resolve_layers(
    folders: Iterable[str | os.PathLike[str]], notes: str | os.PathLike[str] | None = None
) -> tuple[Layer, ...]:
    """Return the bundled dataset with these folders laid over it in order; a repeated folder counts where it is last.

    Raise FileError if one of them is not a folder or can't be looked into. The folder of the notes is the user's own:
    it may be missing and come later, and one that can't be looked into is a fault like that of a file.
    """
    from pathlib import Path

    own = os.path.dirname(notes) if notes else None  # noqa: PTH120 - a name that is too long is none for Path
    layers: dict[Path, Layer] = {}
    for named_folder in folders:
        folder = os.fspath(named_folder)
        if folder != own:
            _require_folder(folder)
        path = Path(folder).absolute()
        layers.pop(path, None)
        layers[path] = Layer(single_line(str(path)), path)
    return (bundled_layer(), *layers.values())


def _require_folder(folder: str) -> None:
    hint = "name a folder of dataset files"
    try:
        is_folder = stat.S_ISDIR(os.stat(folder).st_mode)  # noqa: PTH116 - any length will do
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last for a name with a null character
        is_folder = False
    except OSError as error:
        raise FileError(f"{folder}: {explain_error(error)}", hint=hint) from error
    if not is_folder:
        raise FileError(f"{folder or repr(folder)} is not a folder", hint=hint)


def explain_error(error: OSError) -> str:
    """Return why a file or a folder can't be read, as a fault says it."""
    return f"{UNREADABLE}{error.strerror or error}"


def scan_layer(layer: Layer) -> LayerFiles:
    """List everything in a layer: the folder itself, then each folder below it, in order of name."""
    top = str(layer.folder)
    listing = LayerFiles([], [], {}, {}, {})
    seen: dict[tuple[int, int], str] = {}  # the path of each folder by its device and inode: links may lead in circles
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            status = os.stat(folder)  # noqa: PTH116 - quicker
            first = seen.setdefault((status.st_dev, status.st_ino), folder)
            if first != folder:
                listing.skipped[folder] = f"is the same folder as {first}, so it is not read again"
                continue
            with os.scandir(folder) as entries:
                contents = sorted(entries, key=attrgetter("name"))
        except OSError as error:
            _add_error(listing, folder, error)
            if folder == top and os.path.isdir(articles := os.path.join(top, "articles")):  # noqa: PTH112, PTH118
                waiting.append(articles)  # a folder that can't be listed can be walked through
            continue
        if len(listing.folders) == MAX_FOLDERS:
            listing.problems[top] = f"has more than {MAX_FOLDERS:,} folders, and the rest are not read"
            break
        listing.folders.append(folder)
        waiting += reversed([entry.path for entry in contents if _sort_out(listing, entry, is_top=folder == top)])
    return listing


def _sort_out(listing: LayerFiles, entry: os.DirEntry[str], *, is_top: bool) -> bool:
    """Put an entry of a folder where it belongs; return whether it is a folder to be read."""
    name = entry.name.lower()
    if name.startswith("."):
        if name.endswith(ENDING) or entry.is_dir(follow_symlinks=False):
            listing.skipped[entry.path] = "is hidden, so it is not read"
    elif name.endswith(ENDING):
        if name != NOTES_NAME:
            listing.files.append(entry)
    elif is_top and name == CODESETS_NAME:
        pass  # stores, which have no dataset files
    elif is_top and entry.name == "articles":
        return True  # whatever it is: what is no folder can't be listed
    else:
        try:
            if entry.is_dir():
                return True
            if entry.is_symlink():
                entry.stat()
        except OSError as error:  # a link that leads nowhere, to itself, or to where nobody may look
            _add_error(listing, entry.path, error)
        else:
            _judge_name(listing, entry)
    return False


def _judge_name(listing: LayerFiles, entry: os.DirEntry[str]) -> None:
    """Report a file that would be a TOML file but for what follows in its name."""
    addition = entry.name.lower().partition(ENDING)[2]
    if addition in ADDED_ENDINGS:
        right = entry.name[: -len(addition)]
        listing.problems[entry.path] = f"is not read, because its name ends in {addition}; rename it to {right}"
    elif addition and not addition[0].isalnum():
        listing.skipped[entry.path] = f"does not end in {ENDING}, so it is not read"


def _add_error(listing: LayerFiles, path: str, error: OSError) -> None:
    if not paths.is_absent(path):
        listing.problems[path] = explain_error(error)
        listing.errors[path] = error


def canonical_name(name: str) -> str:
    """Return the name of a TOML file with its ending, and the whole name of a table or of notes, in small letters."""
    small = name.lower()
    return small if small in _SMALL_NAMES else f"{name[: -len(ENDING)]}{ENDING}"


def candidate_paths(files: LayerFiles, names: Iterable[str]) -> Iterator[str]:
    """Yield every path in these folders at which a file of one of these names may be, whether it exists or not."""
    wanted = {*names}
    for folder in files.folders:
        yield from (os.path.join(folder, name) for name in wanted)  # noqa: PTH118 - quicker, and thousands of them
    yield from (file.path for file in list_unusual(files) if canonical_name(file.name) in wanted)


def list_unusual(files: LayerFiles) -> list[os.DirEntry[str]]:
    """Return the files whose names are not spelled as usual, so that they can't be told in advance."""
    return [file for file in files.files if file.name != canonical_name(file.name)]


def iter_skipped(listing: LayerFiles) -> Iterator[tuple[str, str]]:
    """Yield what looks like a dataset file, or has one, and is not read on purpose, with the reason."""
    for path, reason in listing.skipped.items():
        if not os.path.basename(path).startswith(".") or path.lower().endswith(ENDING):  # noqa: PTH119
            yield path, reason
            continue
        with suppress(OSError), os.scandir(path) as entries:  # a hidden folder
            if any(entry.name.lower().endswith(ENDING) for entry in entries):
                yield path, reason
