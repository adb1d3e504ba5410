"""A library that stays open: `refresh` shows what has changed, threads may ask, and nothing is compiled twice."""

from __future__ import annotations

import inspect
import random
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from cptref import Library, open_library
from cptref.codesets.add import add_files
from cptref.codesets.catalog import Catalog
from cptref.codesets.loaded import remove_sets
from tests.codesets.files import hcpcs_row, hcpcs_text
from tests.conftest import make_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cptref import Entry
    from tests.conftest import Spawn

CODE = "20111"
DAY = "2026-11-20"  # in the quarter of the code sets here
DRUGS: tuple[list[str], ...] = ([], ["Azurol 1", "Azurol 2"], ["Crimsonol 1", "Crimsonol 2"])
THREADS = 8
CALLS = 400
CLOSED = r"^the library is closed; open it again with open_library\(\)$"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return the user's own folder, which is not there yet."""
    return tmp_path / "share" / "cptref"


@pytest.fixture
def codesets(own: Path) -> Path:
    """Return the folder of code sets, which is not there yet."""
    return own / "codesets"


@pytest.fixture
def library(own: Path) -> Iterator[Library]:
    """Return a library over the user's own folder, as commands open it."""
    with open_library(own, notes=own / "notes.toml") as library:
        yield library


def write_article(path: Path, word: str) -> None:
    """Write an article that has this word in its title and in a section."""
    replace(path, make_article(CODE, {"recovery": [f"This is {word}"]}).replace("Untitled", f"Knee {word}"))


def write_folder(own: Path, word: str) -> None:
    """Write a file of each kind, which has this word."""
    write_article(own / f"{CODE}.toml", word)
    text = f"code = '20112'\nfamily = 'Puncture'\nservice = '{word} puncture'\nstatus = 'A'\nrelease = 'RVU26C'\n"
    replace(own / "codes.toml", f"[[codes]]\n{text}")
    text = f"code = 'ZX'\nset = 'unknown'\nmeaning = 'the {word} payer asks for it'\n"
    replace(own / "modifiers.toml", f"[[modifiers]]\n{text}")
    replace(own / "vocabulary.toml", f"[[concepts]]\nname = '{word}'\nsynonyms = ['wobblefoot']\n")
    replace(own / "notes.toml", f"[[notes]]\ncode = '20976'\ntext = 'the {word} note'\nadded = 2026-11-01\n")


def list_words(library: Library) -> list[str]:
    """Return what the library says of each file of `write_folder`."""
    own, published, noted = map(library.get, (CODE, "20112", "20976"))
    return [
        *([own.title] if own else []),
        *([published.title] if published else []),
        *(modifier.meaning for modifier in library.modifiers("ZX").modifiers),
        *(hit.title for hit in library.search("wobblefoot").hits if hit.code == CODE),
        *(noted.notes if noted else ()),
    ]


def replace(path: Path, text: str) -> None:
    """Write a file whole, as editors do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    other = path.with_suffix(".new")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


def add_drugs(codesets: Path, word: str) -> None:
    """Add a HCPCS file with drugs of this name, in the place of one that was added before."""
    rows = [hcpcs_row(f"J000{number}", f"{word} {number}", ADD_DT="20261001") for number in (1, 2)]
    file = codesets.parent.parent / f"{word}.txt"
    replace(file, hcpcs_text(rows))
    assert [added.state for added in add_files([str(file)], codesets)] == ["added"]


def remove_drugs(codesets: Path) -> None:
    """Remove what `add_drugs` added."""
    with closing(Catalog(codesets)) as catalog:
        assert not remove_sets(catalog, codesets, ["hcpcs-2026Q4"]).unknown


def list_drugs(library: Library) -> list[str]:
    """Return the texts of both drugs, none without their set."""
    answer = library.show("J0001 J0002", on=DAY)
    return [listing.title for listing in answer.listings if listing.title]


def name_words(word: str) -> list[str]:
    """Return what `list_words` returns after `write_folder`."""
    return [
        f"Knee {word}",
        f"{word} puncture",
        f"the {word} payer asks for it",
        f"Knee {word}",
        f"the {word} note",
    ]


def test_a_folder_that_comes_and_changes(library: Library, own: Path, compilations: list[int]) -> None:
    """Every file shows after a refresh and not before: new with its folder, edited, removed, broken."""
    assert list_words(library) == []
    write_folder(own, "crimsony")
    assert list_words(library) == []
    library.refresh()
    assert list_words(library) == name_words("crimsony")
    write_folder(own, "azurish")
    assert list_words(library) == name_words("crimsony")
    library.refresh()
    assert list_words(library) == name_words("azurish")
    for name in ("codes", "modifiers", "vocabulary", "notes"):
        (own / f"{name}.toml").unlink()
    write_article(own / "below" / "again" / f"{CODE}.toml", "greenish")
    replace(own / f"{CODE}.toml", "code =")
    library.refresh()
    assert [fault.file for fault in library.faults] == [str(own / f"{CODE}.toml")]
    assert list_words(library) == ["Knee greenish"]
    shutil.rmtree(own)
    library.refresh()
    assert list_words(library) == []
    assert not library.faults
    assert len(compilations) <= 5  # once when opened, and once for each of four states


def test_faults_that_answers_met(library: Library, own: Path) -> None:
    """`faults` looks at every file; `seen_faults` looks at no file that no answer has rested on."""
    library.refresh()  # what compiles the files has looked at all of them
    assert library.get("20976")
    replace(own / f"{CODE}.toml", "code =")
    assert library.seen_faults == ()
    assert [fault.file for fault in library.faults] == [str(own / f"{CODE}.toml")]
    assert library.seen_faults == library.faults


def test_nothing_is_compiled_without_a_change(
    library: Library, own: Path, compilations: list[int], spawn: Spawn
) -> None:
    """A refresh alone compiles nothing, and neither does a change that another process has compiled meanwhile."""
    write_folder(own, "crimsony")
    library.refresh()
    assert list_words(library) == name_words("crimsony")
    compilations.clear()
    for _ in range(20):
        library.refresh()
        assert list_words(library) == name_words("crimsony")
    write_folder(own, "azurish")
    assert spawn(sys.executable, "-m", "cptref", "show", CODE).out.startswith(f"{CODE}  ? UNVERIFIED: Knee azurish")
    library.refresh()
    assert list_words(library) == name_words("azurish")
    assert not compilations


def test_code_sets_that_come_and_change(library: Library, codesets: Path) -> None:
    """A code set shows after a refresh: added, replaced under the same name, damaged, mended, removed."""
    assert [*library.releases] == []
    assert list_drugs(library) == []
    add_drugs(codesets, "Crimsonol")
    library.refresh()
    assert list_drugs(library) == ["Crimsonol 1", "Crimsonol 2"]
    add_drugs(codesets, "Azurol")
    assert list_drugs(library) == ["Crimsonol 1", "Crimsonol 2"]
    library.refresh()
    assert list_drugs(library) == ["Azurol 1", "Azurol 2"]
    assert [Path(release.source).name for release in library.releases] == ["Azurol.txt"]
    (store,) = codesets.glob("*.sqlite")
    whole = store.read_bytes()
    store.write_bytes(whole[:9000])
    library.refresh()
    assert list_drugs(library) == []
    assert [fault.file for fault in library.faults] == [str(store)]
    store.write_bytes(whole)
    library.refresh()
    assert not library.faults
    assert list_drugs(library) == ["Azurol 1", "Azurol 2"]
    remove_drugs(codesets)
    library.refresh()
    assert list_drugs(library) == []
    assert not library.has_code_sets
    assert library.faults == ()


def test_today_is_the_day_of_the_question(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """After midnight, an answer is about the new day."""
    before = library.code("20976").on
    tomorrow = type("Tomorrow", (date,), {"today": lambda: before + timedelta(days=1)})
    monkeypatch.setattr("cptref.days.date", tomorrow)
    assert library.code("20976").on == before + timedelta(days=1)


def test_a_closed_library(own: Path) -> None:
    """Every call and property raises ValueError, as a closed file does; closing again is fine."""
    with open_library(own, notes=own / "notes.toml") as library:
        library.close()
    names = {name for name in vars(Library) if not name.startswith("_")} - {"close"}
    assert {"refresh", "faults", "show", "search", "claim"} < names
    for name in names:
        with pytest.raises(ValueError, match=CLOSED):  # noqa: PT012 - a property raises when it is read
            method = getattr(library, name)
            parameters = inspect.signature(method).parameters.values()
            method(*("20976" for parameter in parameters if parameter.default is parameter.empty))


def test_closing_waits_for_questions(library: Library) -> None:
    """Threads that ask while the library is closed get their answer or are told that it is closed."""
    asked = Event()

    def ask(_: int) -> str:
        try:
            asked.set()
            return str(library.search("numb feet").total)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = pool.map(ask, range(CALLS))
        asked.wait()
        library.close()
        assert len({*answers} - {"the library is closed; open it again with open_library()"}) <= 1


def test_threads_and_changes(library: Library, own: Path, codesets: Path) -> None:
    """Threads ask everything while files and sets change and refreshes come: no call fails, no answer is a mixture."""
    write_folder(own, "crimsony")
    add_drugs(codesets, "Crimsonol")

    def is_whole(entry: Entry) -> bool:
        (recovery,) = (section for section in entry.sections if section.key == "recovery")
        word = entry.title.removeprefix("Knee ")
        return word in {"crimsony", "azurish"} and recovery.points == (f"This is {word}",)

    questions: list[Callable[[], object]] = [
        lambda: all(map(is_whole, library.show(CODE).entries)),
        lambda: list_drugs(library) in DRUGS,
        lambda: len({release.source for release in library.releases}) <= 1,
        lambda: library.search("wobblefoot").query == "wobblefoot",
        lambda: library.search("azurol").sets is not None,
        lambda: library.symptom("numb feet").hits,
        lambda: library.claim(["20976-RT", "J0001"], on=DAY).lines,
        lambda: library.fee("20976", on=DAY).misses,
        lambda: library.pair("20975", "20976", on=DAY).not_loaded,
        lambda: library.compare("20975 20976").entries,
        lambda: library.modifiers(["50", "20976-RT"]).modifiers,
        lambda: library.code("J0001", on=DAY).code,
        lambda: library.list().entries,
        lambda: library.sets(DAY).on,
        lambda: library.list_starting("209", on=DAY).entries,
        lambda: library.get("20976"),
        lambda: library.dataset.version,
        lambda: library.has_code_sets in {True, False},
        lambda: library.faults is not None,
        lambda: library.refresh() is None,
    ]

    def ask(number: int) -> bool:
        return bool(questions[number % len(questions)]())

    def change() -> bool:
        for word, drug in [("azurish", "Azurol"), ("crimsony", "Crimsonol")]:
            write_folder(own, word)
            add_drugs(codesets, drug)
            library.refresh()
            (own / f"{CODE}.toml").unlink()
            remove_drugs(codesets)
            library.refresh()
        return True

    numbers = random.Random(1).sample(range(CALLS), CALLS)  # noqa: S311 - an order, no secret
    with ThreadPoolExecutor(THREADS + 1) as pool:
        changed = pool.submit(change)
        answers = {number: pool.submit(ask, number) for number in numbers}
        wrong = [number % len(questions) for number, answer in answers.items() if not answer.result()]
        assert not wrong
        assert changed.result()
