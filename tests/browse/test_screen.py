"""`cptref browse` by Textual's Pilot: type and see."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input, OptionList, Static

from cptref import open_library
from cptref.browse.app import BrowseApp
from cptref.browse.dialogs import MAX_PASTED_CHARACTERS, Menu, Prompt, Question
from cptref.browse.lines import Lines, Page, Rows
from cptref.library import Library
from tests.codesets.files import hcpcs_row, hcpcs_text, tabular_entry, tabular_xml
from tests.codesets.pfs_files import make_csv, make_row

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.geometry import Region
    from textual.pilot import Pilot

    from cptref.models.hits import SearchAnswer
    from tests.conftest import Run

NOTES = "notes.toml"
KEYS = {"enter", "escape", "up", "down", "pageup", "pagedown", *(f"f{number}" for number in range(1, 9))}
KEYS |= {"ctrl+c", "ctrl+u", "ctrl+q", "ctrl+end", "question_mark"}


def browse(
    steps: Callable[[Pilot[str]], Awaitable[None]], width: int = 80, height: int = 24, library: Library | None = None
) -> BrowseApp:
    """Run the screen through some steps; return it as it ended."""

    async def go() -> BrowseApp:
        with library or open_library(notes=NOTES) as opened:
            app = BrowseApp(opened, notes=NOTES, on="2026-11-28")
            async with app.run_test(size=(width, height)) as pilot:
                await settle(pilot)
                await steps(pilot)
            return app

    return asyncio.run(go())


async def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so, which a thread brings about. Raise AssertionError where it does not come."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


async def settle(pilot: Pilot[str]) -> None:
    """Wait until everything is answered and drawn."""
    for _ in range(3):
        await pilot.pause()
        await wait_for(lambda: all(worker.is_finished for worker in pilot.app.workers))
    await pilot.pause()


async def press(pilot: Pilot[str], *keys: str) -> None:
    """Press keys, or type what is not the name of one, and wait for what comes of each."""
    for key in keys:
        await pilot.press(*([key] if key in KEYS else _spell(key)))
        await settle(pilot)


def _spell(text: str) -> list[str]:
    names = {" ": "space", ",": "comma", "-": "minus", ".": "full_stop", "/": "slash"}
    return [names.get(character, character) for character in text]


def read(pilot: Pilot[str], name: str) -> str:
    """Return what is said in a place of the screen."""
    return str(pilot.app.query_one(f"#{name}", Static).content)


def read_behind(pilot: Pilot[str]) -> str:
    """Return what is said behind a dialog."""
    return " ".join(str(pilot.app.screen_stack[0].query_one("#said", Static).content).split())


def read_page(pilot: Pilot[str]) -> str:
    """Return the page as text."""
    return "\n".join(strip.text for strip in pilot.app.query_one(Page).strips)


def list_results(pilot: Pilot[str]) -> list[tuple[str, str]]:
    """Return the sign and the code of each result, with its modifiers; a page of all results has its title."""
    return [(row.sign, row.label or row.title) for row in pilot.app.query_one(Rows).rows]


async def paste(pilot: Pilot[str], text: str) -> None:
    """Paste a text."""
    pilot.app.query_one(Question).post_message(events.Paste(text))
    await settle(pilot)


def has_notes() -> bool:
    """Return whether there is a file of notes."""
    return Path(NOTES).exists()


NOT_LISTED = "20976  ✗ NOT LISTED: in no release checked; do not bill it"


@pytest.mark.parametrize(("width", "height"), [(60, 20), (80, 24), (140, 40), (200, 50)])
def test_the_verdict_stays_in_sight(width: int, height: int) -> None:
    """A code shows its entry, and above the page its verdict, however far the page is scrolled, in every width."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976")
        assert list_results(pilot) == [("✗", "20976")]
        assert read(pilot, "verdict") == NOT_LISTED
        await press(pilot, "ctrl+end")
        assert pilot.app.query_one(Page).scroll_offset.y > 0
        assert read(pilot, "verdict") == NOT_LISTED
        assert "do not bill it\n" not in read_page(pilot)  # there alone
        region = pilot.app.query_one("#verdict").region
        assert pilot.app.screen.region.contains_region(region)

    browse(steps, width, height)


def test_the_verdict_is_that_of_the_entry_in_sight() -> None:
    """A page of several codes has the title of the one that is scrolled to."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976 20975")
        assert list_results(pilot) == [("", "all of these codes"), ("✗", "20976"), ("!", "20975")]
        assert read(pilot, "verdict") == NOT_LISTED
        await press(pilot, "ctrl+end")
        assert read(pilot, "verdict").startswith("20975  ! CONFLICT:")

    browse(steps)


def test_each_key_is_read_as_a_beginning() -> None:
    """Letters begin words, digits begin codes, and a modifier of which half is missing changes nothing."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "lumb")
        assert read(pilot, "said").startswith("reading lumb as lumbar (beginning)")
        await press(pilot, "escape", "2097")
        assert list_results(pilot) == [("✗", "20971"), ("!", "20975"), ("✗", "20976")]
        await press(pilot, "escape", "64483-5")
        assert list_results(pilot) == [("✓", "64483")]
        await press(pilot, "0")
        assert "50 ✓ fits" in read_page(pilot)
        await press(pilot, "enter")

    assert browse(steps).return_value == "64483-50"  # for `cptref fee`


def test_a_code_that_is_not_billed_says_so(run: Run) -> None:
    """A code that has ended and a category show it with a sign, in the list and above the page."""
    Path("anweb.txt").write_text(
        hcpcs_text(
            [
                hcpcs_row("C9100", "Made-up drug, 1 mg", TERM_DT="20181231", ADD_DT="20180401"),
                hcpcs_row("C9101", "Made-up drug, 2 mg"),
            ]
        ),
        encoding="iso-8859-1",
    )
    category = tabular_entry("diag", "M54.5", "Made-up ache", tabular_entry("diag", "M54.50", "Made-up ache, low"))
    chapter = tabular_entry("section", "M50-M54", "Made-up aches", tabular_entry("diag", "M54", "Made-up", category))
    Path("tabular.xml").write_text(tabular_xml("2019", tabular_entry("chapter", "13", "Made-up backs", chapter)))
    assert run("add", "anweb.txt", "tabular.xml").code == 0

    async def steps(pilot: Pilot[str]) -> None:
        def list_titles() -> list[tuple[str, str]]:
            return [(row.sign, f"{row.code} {row.title}") for row in pilot.app.query_one(Rows).rows]

        ended, header = "ended 2018-12-31: Made-up drug, 1 mg", "header: Made-up ache"
        await press(pilot, "c910")
        assert list_titles() == [("✗", f"C9100 {ended}"), ("", "C9101 Made-up drug, 2 mg")]
        assert read(pilot, "verdict") == f"C9100  ✗ {ended}"
        await press(pilot, "down")
        assert read(pilot, "verdict") == "C9101  Made-up drug, 2 mg"
        await press(pilot, "escape", "m54.5")
        assert list_titles() == [("!", f"M54.5 {header}"), ("", "M54.50 Made-up ache, low")]
        assert read(pilot, "verdict") == "M54.5  ! header, not billable: Made-up ache"
        await press(pilot, "escape", "made-up drug")
        assert ("✗", f"C9100 {ended}") in list_titles()
        await press(pilot, "escape", "made-up ache")
        assert ("!", f"M54.5 {header}") in list_titles()

    browse(steps)


def test_an_empty_line_lists_all_codes_and_shows_the_keys() -> None:
    """Nothing is chosen then, so Enter says so and does not end."""

    async def steps(pilot: Pilot[str]) -> None:
        assert ("✗", "20976") in list_results(pilot)
        assert read(pilot, "verdict") == "Type and see"
        await press(pilot, "enter")
        assert read(pilot, "said") == "choose a code first: up and down, or a click"
        await press(pilot, "down")
        assert read(pilot, "verdict").startswith(list_results(pilot)[0][1])

    browse(steps)


def test_enter_ends_with_the_code_that_is_chosen() -> None:
    """Down chooses the next result."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "2097", "down", "enter")

    app = browse(steps)
    assert (app.return_value, app.return_code) == ("20975", 0)


@pytest.mark.parametrize(("key", "code"), [("escape", 1), ("ctrl+q", 1), ("ctrl+c", 130)])
def test_the_other_ends_have_no_code(key: str, code: int) -> None:
    """Escape and Ctrl-Q end with 1, Ctrl-C with 130."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, key)

    app = browse(steps)
    assert (app.return_value, app.return_code) == (None, code)


def test_escape_clears_first() -> None:
    """What is typed goes before the screen does."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "2097", "escape")
        assert pilot.app.query_one(Question).value == ""
        assert pilot.app.is_running

    browse(steps)


def test_enter_on_no_result_does_nothing() -> None:
    """A code that is not there says why, and nothing is printed."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "99999")
        assert read(pilot, "said").startswith("99999: looks like a code, but is not in the library")
        assert read(pilot, "verdict") == "Nothing found"
        await press(pilot, "enter")
        assert pilot.app.is_running

    browse(steps)


def test_symptoms_are_told_by_commas_or_by_a_key() -> None:
    """F2 reads words as symptoms, and again as words."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "numb feet, weak legs")
        assert list_results(pilot)[0] == ("", "how they fit")
        await press(pilot, "escape", "numb feet")
        assert list_results(pilot)[0] == ("", "how they match")
        await press(pilot, "f2")
        assert list_results(pilot)[0] == ("", "how they fit")
        await press(pilot, "f2")
        assert list_results(pilot)[0] == ("", "how they match")

    browse(steps)


@pytest.mark.parametrize("emptied", ["ctrl+u", "escape"])
def test_reading_symptoms_is_shown_and_ends_with_what_is_typed(emptied: str) -> None:
    """Nobody sees in a code that is not found that it was looked for as a symptom."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "numb feet", "f2")
        assert read(pilot, "said").startswith("read as symptoms until F2 or an empty line · reading feet as extremity")
        await press(pilot, emptied, "20976")
        assert read(pilot, "said") == ""
        assert read(pilot, "verdict") == NOT_LISTED

    browse(steps)


def test_what_is_not_loaded_is_said() -> None:
    """A code that only a set could know says which set to load, below the line and in full on the page."""

    async def steps(pilot: Pilot[str]) -> None:
        for code, name in (("J1100", "HCPCS Level II"), ("99213", "fee schedule"), ("M54.16", "ICD-10-CM")):
            await press(pilot, "ctrl+u", code)
            assert list_results(pilot) == []
            assert read(pilot, "verdict") == "Nothing found"
            assert f"no {name} loaded: " in read(pilot, "said").replace("\n", " ")
            assert f"• no {name} loaded: " in read_page(pilot)
        await press(pilot, "ctrl+u", "20976")
        assert "not loaded" not in read(pilot, "said")

    browse(steps)


def test_the_status_names_the_releases_that_a_page_rests_on(run: Run) -> None:
    """One that does not have the code is one of them."""
    Path("pfs.csv").write_text(make_csv("2026D", make_row("20205")), encoding="utf-8")
    assert run("add", "pfs.csv").code == 0

    async def steps(pilot: Pilot[str]) -> None:
        assert "RVU26D" not in read(pilot, "status")
        await press(pilot, "20976")
        assert "not in RVU26D" in read_page(pilot)
        assert read(pilot, "status").endswith(" · Fee schedule RVU26D")

    browse(steps)


def test_what_is_said_takes_the_lines_that_it_needs() -> None:
    """Nothing of it is cut in a narrow window, unless it takes more than three lines."""

    async def steps(pilot: Pilot[str]) -> None:
        said = pilot.app.query_one("#said")
        await press(pilot, "J1100")
        assert said.region.height == 3
        assert read(pilot, "said").startswith("J1100: looks like a code, but is not in the library · ")
        is_cut = read(pilot, "said").endswith("…")
        assert is_cut == (pilot.app.size.width == 60)
        await press(pilot, "ctrl+u", "20976")
        assert (said.region.height, read(pilot, "said")) == (1, "")

    browse(steps)
    browse(steps, 60, 20)


def test_a_key_that_needs_a_code_says_so() -> None:
    """On the first page nothing is chosen, and what one types goes on to be the question."""

    async def steps(pilot: Pilot[str]) -> None:
        for key in ("f4", "f6", "f7", "f8", "f3"):
            await press(pilot, "f5", key)
            assert isinstance(pilot.app.focused, Question)
            says = "this page has no sections; a page of a code has some"
            assert read(pilot, "said") == (says if key == "f3" else "choose a code first: up and down, or a click")

    browse(steps)


def test_the_page_stays_in_sight_behind_a_dialog() -> None:
    """What a note is on, and what is written, can be read while one types it; all keys fit below."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976")
        assert all(pilot.app.screen.region.contains_region(key.region) for key in pilot.app.query("FooterKey"))
        assert len(pilot.app.query("FooterKey")) == 9
        texts = []
        for key in ("f3", "f6", "f7"):
            await press(pilot, key)
            texts.append(pilot.app.export_screenshot(simplify=True).replace("&#160;", " "))
            await press(pilot, "escape")
        assert ["NOT LISTED" in text for text in texts] == [True] * 3

    browse(steps)
    browse(steps, 60, 20)


def test_a_claim_line_is_checked() -> None:
    """Units beside a code make a claim."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "64483-50 x1")
        assert list_results(pilot) == [("", "the whole claim"), ("?", "64483-50")]

    browse(steps)


def test_each_line_of_a_claim_is_a_result() -> None:
    """The same code on two lines is two results, each with its modifiers, which Enter prints."""

    async def steps(pilot: Pilot[str]) -> None:
        await paste(pilot, "64483-RT\n64483-LT")
        assert [label for _, label in list_results(pilot)] == ["the whole claim", "64483-RT", "64483-LT"]
        await press(pilot, "down", "down")
        assert "LT ✓ fits" in read_page(pilot)
        await press(pilot, "enter")

    assert browse(steps).return_value == "64483-LT"


def test_all_lines_of_a_paste_are_taken() -> None:
    """Line ends and tabs stay, as signs on the one line; control characters are shown, not sent to the terminal."""

    async def steps(pilot: Pilot[str]) -> None:
        await paste(pilot, "code\tmods\tunits\r\n64483\t50\t1\r\n20976\t\t2\r\n")
        assert pilot.app.query_one(Question).value == "code⇥mods⇥units⏎64483⇥50⇥1⏎20976⇥⇥2"
        assert [code for _, code in list_results(pilot)] == ["the whole claim", "64483-50", "20976"]
        await press(pilot, "escape")
        await paste(pilot, "\x1b[2Jfoot [bold]drop[/bold]")
        assert pilot.app.query_one(Question).value == "\\x1b[2Jfoot [bold]drop[/bold]"
        await press(pilot, "escape")
        await paste(pilot, "x" * (MAX_PASTED_CHARACTERS + 1))
        assert pilot.app.query_one(Question).value == ""
        await paste(pilot, "")

    browse(steps)


def test_sections_can_be_chosen() -> None:
    """F3 lists the headings of the page, and goes to the one that is chosen."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976", "f3")
        menu = pilot.app.screen
        assert isinstance(menu, Menu)
        headings = [str(option.prompt) for option in menu.query_one(OptionList).options]
        assert headings[:2] == ["Overview", "What the published code set says"]
        await press(pilot, "down", "down", "enter")
        page = pilot.app.query_one(Page)
        assert page.strips[page.scroll_offset.y].text.strip() == headings[2]
        await press(pilot, "f3", "escape")
        assert not isinstance(pilot.app.screen, Menu)
        assert pilot.app.query_one(Question).value == "20976"

    browse(steps)


def test_marked_codes_are_compared() -> None:
    """Marks stay while one types on; Escape goes back to what was typed."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976", "f4", "escape", "20975", "f4", "f5")
        assert list_results(pilot) == [("", "side by side"), ("✗", "20976"), ("!", "20975")]
        await press(pilot, "escape")
        assert list_results(pilot) == [("!", "20975")]
        await press(pilot, "f4", "escape", "escape")

    browse(steps)


def test_the_chosen_code_stays_chosen_after_a_comparison() -> None:
    """Escape goes back to it, so that a note goes to it; but to another one that was chosen beside the others."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "2097", "f4", "down", "f4", "f5", "escape")
        assert read(pilot, "verdict").startswith("20975")
        await press(pilot, "f6", "mine", "enter")
        assert read(pilot, "said") == f"saved note 1 on 20975 in {NOTES}"
        await press(pilot, "f5", "down", "escape")
        assert read(pilot, "verdict").startswith("20971")

    browse(steps)


def test_comparing_one_code_says_what_is_missing() -> None:
    """One code can't be compared; the screen goes on."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976", "f5")
        assert "two codes" in read(pilot, "said")
        assert read(pilot, "verdict") == NOT_LISTED

    browse(steps)


def test_a_note_is_shown_at_once() -> None:
    """F6 asks for it, saves it and draws the page anew; Escape saves nothing."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976", "f6", "escape")
        assert not has_notes()
        await press(pilot, "f6")
        assert isinstance(pilot.app.screen, Prompt)
        await press(pilot, "ask [b]them[/b]", "enter")
        assert read(pilot, "said") == f"saved note 1 on 20976 in {NOTES}"
        assert "ask [b]them[/b]" in read_page(pilot)

    browse(steps)


def test_a_page_is_written_once() -> None:
    """The ending says the format, own notes stay out, and a file that is there is left alone."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976", "f6", "mine alone", "enter", "f7")
        assert pilot.app.screen.query_one(Input).value == "20976.txt"
        await press(pilot, "enter")
        assert read(pilot, "said") == "wrote 20976.txt"
        await press(pilot, "escape", "20975", "f7", "20976.txt", "enter")  # in place of the name that is offered
        assert read_behind(pilot) == "20976.txt exists already; choose another name"
        assert pilot.app.screen.query_one(Input).value == "20976.txt"
        await press(pilot, "20975.pdf", "enter")
        assert read_behind(pilot).startswith("20975.pdf: no format has the ending .pdf; ")
        await press(pilot, "escape")

    browse(steps)
    written = Path("20976.txt").read_text(encoding="utf-8")
    assert "20976  ✗ NOT LISTED" in written
    assert "mine alone" not in written
    assert {path.name for path in Path().iterdir()} == {"20976.txt", NOTES, "notes.lock"}


def test_codes_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """F8 copies what is marked, else what is chosen."""
    copied: list[str] = []

    def copy(text: str) -> str:
        copied.append(text)
        return "with a test"

    monkeypatch.setattr("cptref.browse.app.copy_text", copy)

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "2097", "f8")
        assert read(pilot, "said") == "copied with a test: 20971"
        await press(pilot, "f4", "down", "f4", "f8")

    browse(steps)
    assert copied == ["20971", "20971\n20975"]


def test_copying_without_a_clipboard_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen goes on."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("PATH", "")

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "2097", "f8")
        assert read(pilot, "said").startswith("nothing was copied: there is no clipboard here; ")
        assert read(pilot, "verdict").startswith("20971")

    browse(steps)


def test_what_looks_the_same_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow terminal takes long for a page; a letter that changes no result sends nothing but itself."""
    drawn: list[Lines] = []
    refresh = Lines.refresh

    def record(lines: Lines, *regions: Region, **options: bool) -> Lines:
        drawn.append(lines)
        return refresh(lines, *regions, **options)

    monkeypatch.setattr(Lines, "refresh", record)

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "lumb")
        drawn.clear()
        await press(pilot, "a")
        assert drawn == []
        await press(pilot, "down")
        assert {*drawn} == {*pilot.app.query(Lines)}

    browse(steps)


def test_help_is_a_page() -> None:
    """F1, and ? on an empty line, show the keys; Escape goes back."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976", "f1")
        assert read(pilot, "verdict") == "Type and see"
        assert "print the code that is chosen" in read_page(pilot)
        await press(pilot, "ctrl+end", "escape")
        assert read(pilot, "verdict") == NOT_LISTED
        assert pilot.app.query_one(Page).scroll_offset.y == 0
        await press(pilot, "escape", "down", "question_mark")
        assert pilot.app.query_one(Question).value == ""
        assert read(pilot, "verdict") == "Type and see"

    browse(steps)


def test_the_mouse_chooses() -> None:
    """A click on a result shows its page and leaves the cursor where one types; a click on a key presses it."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "2097")
        await pilot.click(Rows, offset=(8, 2))
        await settle(pilot)
        assert read(pilot, "verdict") == NOT_LISTED
        assert isinstance(pilot.app.focused, Question)
        await pilot.click("FooterKey")
        await settle(pilot)

    app = browse(steps)
    assert app.return_value == "20976"


def test_an_outdated_question_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one question is asked, of those that wait only the last is asked, and its answer alone is shown."""
    asked: list[str] = []
    go_on = threading.Event()
    search = Library.search

    def slow_search(library: Library, query: str, *args: object, **options: object) -> SearchAnswer:
        asked.append(query)
        go_on.wait(10)
        return search(library, query, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Library, "search", slow_search)

    async def steps(pilot: Pilot[str]) -> None:
        for letter in "tingl":
            await pilot.press(letter)
        await wait_for(lambda: bool(asked))
        for letter in "ing":
            await pilot.press(letter)
        go_on.set()
        await settle(pilot)
        assert len(asked) == 2
        assert asked[-1] == "tingling"
        assert ("", "how they match") in list_results(pilot)

    browse(steps)


def test_a_crash_is_raised_when_the_screen_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody expects ends the screen; who started it reports it."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Library, "search", fail)

    async def steps(pilot: Pilot[str]) -> None:
        await pilot.press("t")

    with pytest.raises(ZeroDivisionError):
        browse(steps)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (20, 5), (40, 8)])
def test_tiny_sizes_and_resizing(width: int, height: int) -> None:
    """Nothing breaks where there is no room, and the page is drawn anew for its width."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976")
        await pilot.resize_terminal(width, height)
        await settle(pilot)
        await press(pilot, "pagedown", "f3", "escape")
        await pilot.resize_terminal(140, 40)
        await wait_for(lambda: max(strip.cell_length for strip in pilot.app.query_one(Page).strips) > 80)
        assert read(pilot, "verdict") == NOT_LISTED

    browse(steps)


def test_a_file_that_changes_shows_when_one_comes_back(tmp_path: Path) -> None:
    """The library is refreshed when the screen gets the focus back, and the same result stays chosen."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "2097", "down")
        (tmp_path / "work" / NOTES).write_text(
            "[[notes]]\ncode = '20975'\ntext = 'from elsewhere'\nadded = 2026-01-02\n", encoding="utf-8"
        )
        pilot.app.post_message(events.AppFocus())
        await settle(pilot)
        assert read(pilot, "verdict").startswith("20975")
        assert "from elsewhere" in read_page(pilot)

    browse(steps)


def test_no_color_leaves_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR every segment of the screen has the colors of the terminal."""
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "2097")
        for strip in pilot.app.screen._compositor.render_strips():  # noqa: SLF001 - what goes to the terminal
            for _, style, _ in strip:
                colors = (style.color, style.bgcolor) if style else ()
                assert all(color is None or color.is_default for color in colors), strip.text

    browse(steps)


def test_a_page_that_is_cut_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody scrolls through ten thousand lines, and nobody may take the last of them for the end."""
    monkeypatch.setattr("cptref.browse.app.MAX_LINES", 50)

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976")
        lines = read_page(pilot).splitlines()
        assert (len(lines), lines[-1]) == (51, "The page ends here, after 50 lines. An export has all of it.")

    browse(steps)


def test_what_is_saved_is_saved_once_whatever_is_typed_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note waits for the question before it. Typing on does not drop it, and a new width does not save it again."""
    go_on = threading.Event()
    begun = threading.Event()
    search = Library.search

    def slow_search(library: Library, query: str, *args: object, **options: object) -> SearchAnswer:
        begun.set()
        go_on.wait(10)
        return search(library, query, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Library, "search", slow_search)

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976")
        await pilot.press("f6", *_spell("once"))
        pilot.app.query_one(Question).value = "tingling"
        await wait_for(begun.is_set)
        await pilot.press("enter")
        await pilot.press("s")
        await pilot.resize_terminal(100, 30)
        go_on.set()
        await settle(pilot)
        assert read(pilot, "said") == f"saved note 1 on 20976 in {NOTES}"

    browse(steps)
    assert Path(NOTES).read_text(encoding="utf-8").count("once") == 1


def test_a_question_without_an_answer_is_not_asked_again_for_another_width() -> None:
    """The page that is still there is drawn anew for it."""

    async def steps(pilot: Pilot[str]) -> None:
        await press(pilot, "20976", "f5")
        await pilot.resize_terminal(140, 40)
        await settle(pilot)
        assert max(strip.cell_length for strip in pilot.app.query_one(Page).strips) > 80
        assert read(pilot, "verdict") == NOT_LISTED

    browse(steps)
