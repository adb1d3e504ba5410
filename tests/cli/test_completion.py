"""Completion: by the protocol of each shell, and in real shells."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terminal import terminal

if TYPE_CHECKING:
    from tests.conftest import MakeFolder, Outcome, Spawn

pytestmark = pytest.mark.outside

CODE_COMMANDS = "show search symptom export compare modifiers claim fee pair list sections"
SET_COMMANDS = "add sets remove changes"
TITLE = "Therapeutic injection into the spine"


def complete(spawn: Spawn, command: str, shell: str, line: str, **env: str) -> Outcome:
    """Return what a shell gets when Tab is pressed after this line."""
    words = line.split(" ")
    return spawn(
        command,
        env={
            "_CPTREF_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            **env,
        },
    )


def list_offers(spawn: Spawn, command: str, line: str, **env: str) -> list[str]:
    """Return the words that bash offers."""
    done = complete(spawn, command, "bash", line, **env)
    assert (done.code, done.err) == (0, "")
    return done.out.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "cptref ",
            f"{CODE_COMMANDS} {SET_COMMANDS} check import note paths browse mcp help",
        ),
        ("cptref s", "show search symptom sections sets"),
        ("cptref help s", "show search symptom sections sets"),
        ("cptref 209", "20920 20962 20971 20975 20976"),
        ("cptref --no-pager 2097", "20971 20975 20976"),
        ("cptref 20976-x", "20976-xE 20976-xS 20976-xP 20976-xU"),
        ("cptref 20976 2092", "20920"),
        ("cptref 20976 -s pre", "preparation prevention"),
        ("cptref -s cost 2092", "20920"),
        ("cptref zzz", ""),
        ("cptref show 209", "20920 20962 20971 20975 20976"),
        ("cptref show 2097", "20971 20975 20976"),
        ("cptref show 20976 2092", "20920"),
        ("cptref compare 20976 2092", "20920"),
        ("cptref show 20976-X", "20976-XE 20976-XS 20976-XP 20976-XU"),
        ("cptref modifiers X", "XE XS XP XU"),
        ("cptref modifiers 2092", "20920"),
        ("cptref show 20976 -s pre", "preparation prevention"),
        ("cptref show 20976 --section ho", "home-care homecare"),
        ("cptref search pain --in sy", "symptoms"),
        ("cptref search pain -i sy", "symptoms"),
        ("cptref show 20976 -f ", "terminal text markdown html json jsonl csv lines"),
        ("cptref compare 20976 -f ", "terminal text markdown html json jsonl csv"),
        ("cptref search pain -f l", "lines"),
        ("cptref export 20976 -f j", "json jsonl"),
        ("cptref --color n", "never"),
        ("cptref show --no", "--no-pager"),
        ("cptref show g02", "g0259 g0260"),
        ("cptref g", "g0259 g0260"),
        ("cptref modifiers r", "rT rC rI"),
        ("cptref show 20976-50-r", "20976-50-rT 20976-50-rC 20976-50-rI"),
        ("cptref show zzz", ""),
        ("cptref 20976 --section = pre", "preparation prevention"),
        ("cptref 20976 --section = rec", "recovery"),
        ("cptref search pain --in = sy", "symptoms"),
        ("cptref --color = never show 2097", "20971 20975 20976"),
        ("cptref --color = n", "never"),
        ("cptref show 20976 --section=pre", "--section=preparation --section=prevention"),
        ("cptref show 20976 -spre", "-spreparation -sprevention"),
        ("cptref export 20976 -fj", "-fjson -fjsonl"),
        ("cptref show 20976 --unknown=pre", ""),
        ("cptref show --section = cost 2092", "20920"),
    ],
)
def test_words_fit_the_place_of_the_cursor(spawn: Spawn, command: str, line: str, words: str) -> None:
    """Commands, codes, modifiers after a code, sections, their aliases after a letter, formats, options."""
    assert list_offers(spawn, command, line) == words.split()


@pytest.mark.parametrize(
    ("shell", "line", "offer"),
    [
        ("zsh", "cptref show 2", f'"20976":"{TITLE}"'),
        ("fish", "cptref 2", f"20976\t{TITLE}\n"),
        ("fish", "cptref show 2", f"20976\t{TITLE}\n"),
        ("powershell", "cptref show 2", f"20976:::{TITLE}\n"),
        ("pwsh", "cptref show 2", f"20976:::{TITLE}\n"),
        ("fish", "cptref show 20976 -s r", "recovery\tRecovery and aftercare\n"),
        ("fish", "cptref modifiers R", "RT\tright side of the body\n"),
        ("fish", "cptref pat", "paths\tShow where data, notes and code sets are.\n"),
    ],
)
def test_words_come_with_their_meaning(spawn: Spawn, command: str, shell: str, line: str, offer: str) -> None:
    """A title, a heading, a meaning or a summary, in each shell that can show it."""
    assert offer in complete(spawn, command, shell, line).out


def test_codes_of_all_libraries_are_offered(
    spawn: Spawn, command: str, make_folder: MakeFolder, tmp_path: Path
) -> None:
    """Folders named on the line, those of CPTREF_LIBRARY and the user's own."""
    folder = make_folder({"20111": {}})
    assert "20111" in list_offers(spawn, command, "cptref show 201", CPTREF_LIBRARY=str(folder))
    named = os.path.relpath(folder)  # without a blank
    for line in (f"cptref -L {named} show 201", f"cptref show -L {named} 201", f"cptref -L {named} 201"):
        assert list_offers(spawn, command, line) == ["20111"]
    (tmp_path / "share").mkdir()
    shutil.copytree(folder, tmp_path / "share" / "cptref")
    assert list_offers(spawn, command, "cptref show 201") == ["20111"]


def test_a_code_with_an_own_article_is_offered_once(spawn: Spawn, command: str, make_folder: MakeFolder) -> None:
    """A published code that an own article is on too has two entries and one number."""
    folder = make_folder({"64483": {}})
    assert list_offers(spawn, command, "cptref show 64483", CPTREF_LIBRARY=str(folder)) == ["64483"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "unheard-of"])
def test_errors_are_silent(spawn: Spawn, command: str, make_folder: MakeFolder, shell: str) -> None:
    """A missing folder offers nothing, a broken file leaves out its entry; also in an unknown shell."""
    folder = make_folder({"20111": {}})
    done = complete(spawn, command, shell, "cptref show 2", CPTREF_LIBRARY=str(folder / "nowhere"))
    assert (done.out.strip(), done.err) == ("", "")
    (folder / "20111.toml").write_text("broken", encoding="utf-8")
    done = complete(spawn, command, shell, "cptref show 2", CPTREF_LIBRARY=str(folder))
    assert done.err == ""
    assert "20111" not in done.out


def test_nothing_of_a_title_is_run(spawn: Spawn, command: str, make_folder: MakeFolder) -> None:
    """Zsh evaluates what it gets, so no character with a meaning for a shell gets there."""
    folder = make_folder({"20111": {}})
    path = folder / "20111.toml"
    title = r"""$(touch a) `touch b` \$(touch c) ";touch d;" ';touch e;' ) touch f ( [bold]x[/] \\"; touch g #"""
    path.write_text(path.read_text(encoding="utf-8").replace("'Untitled'", f"'''{title}'''"), encoding="utf-8")
    script = complete(spawn, command, "zsh", "cptref show 201", CPTREF_LIBRARY=str(folder)).out
    assert not set(script.removeprefix("_arguments '*: :((").removesuffix("))'\n")) & set("$`\\';()[]#")
    if shutil.which("zsh"):
        done = spawn("zsh", "-fc", f"_arguments() {{ print -r -- $1 }}; eval $(cat <<'END'\n{script}END\n)")
        assert done.err == ""
        assert "20111" in done.out
    assert not list(Path().iterdir())


@pytest.mark.parametrize("redirect", ["| true", "> /dev/full", ">&-"])
def test_a_shell_that_reads_nothing_is_no_error(spawn: Spawn, command: str, redirect: str) -> None:
    """Exit 0, and nothing on standard error when Python ends."""
    env = {"_CPTREF_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "cptref show 2"}
    assert spawn("bash", "-c", f"'{command}' {redirect}; exit ${{PIPESTATUS[0]}}", env=env) == (0, "", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_completes_in_a_real_shell(command: str, shell: str, tmp_path: Path) -> None:
    """A command and a code, beside it or in its place, once installed as the README says."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    home = tmp_path / "home"
    (home / ".config" / "fish").mkdir(parents=True)
    (home / ".bashrc").write_text("PS1='ready> '\n", encoding="utf-8")
    (home / ".zshrc").touch()  # or zsh asks what should be in it
    (home / ".config" / "fish" / "config.fish").write_text("function fish_prompt; echo 'ready> '; end\n")
    env = {
        "HOME": str(home),
        "ZDOTDIR": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "PATH": f"{Path(command).parent}:/usr/bin:/bin",
        "SHELL": shutil.which(shell) or "",
        "PS1": "ready> ",  # of zsh
    }
    with terminal([shell, "-i"], env=env, columns=120) as screen:
        screen.until("ready>")
        screen.press("cptref --install-completion\n")
        screen.until("completion installed in")
    with terminal([shell, "-i"], env=env, columns=120) as screen:
        screen.until("ready>")
        if shell == "zsh":  # which reads what Typer gave it when Tab is first pressed, and completes from then on
            screen.press("cptref \t\x15")
        screen.press("cptref sho\t20976 -s prepa\t\n")
        screen.until("Follow any specific instructions")
        screen.press("cptref 2092\t -s reco\t\n")
        screen.until("Put ice on the injection site")
        screen.press("cptref 20976 --section=alter\t\n")
        screen.until("Physical therapy")
        screen.press("cptref --color=nev\t show 20976 -scompl\t\n")
        screen.until("Infection")
        screen.press("cptref show 2097\t\t")
        screen.until("20975" if shell != "fish" else TITLE)  # fish draws what it offers in pieces
