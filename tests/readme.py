"""What README.md has generated into it: examples with their output, and the help of every command.

    python -m cogapp -r -I . README.md

writes it anew; tests/test_readme.py fails where the README and the tool disagree.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cptref.cli.loader import COMMAND_MODULES

if TYPE_CHECKING:
    from collections.abc import Mapping


def example(*lines: str, code: int = 0, files: Mapping[str, str] | None = None) -> str:
    """Shell lines with their output, as a code block; all but the last must exit 0, the last with `code`.

    `files` are there before; the folder they are in is the home folder too.
    """
    with TemporaryDirectory() as folder:
        for name, text in (files or {}).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        shown = [f"$ {line}\n{_run(line, folder, code if line is lines[-1] else 0)}" for line in lines]
    return f"```console\n{''.join(shown)}```\n"


def helps() -> str:
    """The help of the tool and of every command."""
    with TemporaryDirectory() as folder:
        pages = [
            (f"cptref {name}".strip(), _run(f"cptref {name} --help", folder, 0)) for name in ("", *COMMAND_MODULES)
        ]
    return "\n".join(f"### `{name}`\n\n```text\n{page}```\n" for name, page in pages)


def _run(line: str, folder: str, code: int) -> str:
    """What a shell line prints on both streams, in a clean environment."""
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
    if done.returncode != code:
        raise SystemExit(f"{shlex.join([line])} exited {done.returncode}, not {code}:\n{done.stdout}")
    return done.stdout.replace(folder, "~")
