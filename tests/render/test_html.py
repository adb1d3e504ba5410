"""HTML in a real browser, on screens and on paper: headings, columns, bars, styles, and hostile text."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref.render import render
from tests.browser import PAPERS, Browser, browser, find
from tests.render.test_formats import COMMANDS
from tests.render.test_untrusted import HOSTILE, build_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import MakeFolder, Run

pytestmark = pytest.mark.outside

CODES = ("20920", "20962", "20971", "20975", "20976")
ADVICE = "Not billing or medical advice. Check every code against the current code set."
HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => each.tagName + ' ' + each.innerText)"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

needs_chromium = pytest.mark.skipif(find() is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start one Chromium for all tests here."""
    with browser() as started:
        yield started


def write_page(name: str, text: str) -> str:
    """Write a file with this text, and return its address."""
    Path(name).write_text(text, encoding="utf-8")
    return Path(name).absolute().as_uri()


@needs_chromium
def test_an_export_in_a_browser(run: Run, chromium: Browser) -> None:
    """Headings in order, language and title set, the finding first; no console message, no request."""
    args = ("-s", "preparation", "-s", "recovery", "-s", "home-care", "-f", "html", "-o", "sheet.html")
    assert run("export", "20976", *args).err == "cptref: wrote sheet.html\n"
    seen = chromium.look(
        Path("sheet.html").absolute().as_uri(),
        HEADINGS,
        "document.documentElement.lang",
        "document.title",
        "document.querySelector('h1').className",
        "document.querySelectorAll('script, link[rel=stylesheet], img, iframe').length",
        OVERFLOW,
    )
    title = "20976 ✗ NOT LISTED: in no release checked; do not bill it"
    assert (seen.console, seen.requests) == ((), ())
    assert seen.values == (
        [f"H1 {title}", "H2 Preparation", "H2 Recovery and aftercare", "H2 Home care"],
        "en",
        title,
        "alarm",
        0,
        False,
    )


@needs_chromium
@pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
def test_every_answer_in_a_browser(run: Run, chromium: Browser, args: list[str]) -> None:
    """A heading first, no level skipped, a title, no console message or request, nothing wider than a phone."""
    url = write_page("page.html", run(*args, "-f", "html").out)
    seen = chromium.look(url, HEADINGS, "document.title", OVERFLOW, width=360)
    assert (seen.console, seen.requests) == ((), ())
    headings, title, overflow = seen.values
    levels = [int(heading[1]) for heading in headings]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert title
    assert not overflow


@needs_chromium
def test_hostile_text_stays_text(chromium: Browser) -> None:
    """A script in a dataset is shown as it is written, wherever it is; nothing runs, nothing is loaded."""
    script = (
        "<script>document.title = 'owned'</script><img src=http://example.invalid/x onerror=document.title='owned'>"
    )
    for text in (script, HOSTILE, f"</title></style>{script}", '"><svg onload=alert(1)>', "javascript:alert(1)"):
        url = write_page("page.html", render(build_answer(text), "html"))
        seen = chromium.look(
            url,
            "document.title",
            "document.body.textContent",
            "document.querySelectorAll('script, img, svg, a').length",
        )
        assert (seen.console, seen.requests) == ((), ())
        title, body, elements = seen.values
        assert title != "owned"
        assert text.split("\x1b")[0] in body
        assert elements == 0


@needs_chromium
def test_the_page_is_light_or_dark_and_white_on_paper(run: Run, chromium: Browser) -> None:
    """The page follows the reader's choice of colors; paper is white, whatever the choice."""
    url = write_page("page.html", run("show", "20976", "-f", "html").out)
    light, dark = (
        chromium.look(url, BACKGROUND, media={"prefers-color-scheme": scheme}).values[0] for scheme in ("light", "dark")
    )
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(22, 22, 22)")
    paper = chromium.look(
        url,
        BACKGROUND,
        "getComputedStyle(document.body).color",
        media={"media": "print", "prefers-color-scheme": "dark"},
    )
    assert paper.values == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")


@needs_chromium
def test_colors_have_enough_contrast(run: Run, chromium: Browser) -> None:
    """Text and the headline of a finding have a contrast of 7:1 or more with their background (WCAG 2.2, AAA)."""
    url = write_page("page.html", run("compare", "20920", "64483", "-f", "html").out)
    colors = [
        f"(([text, back]) => [getComputedStyle(text).color, getComputedStyle(back).backgroundColor])({elements})"
        for elements in (
            "[document.querySelector('h2'), document.body]",
            *(f"(box => [box.children[0], box])(document.querySelector('aside.{tone}'))" for tone in ("alarm", "good")),
        )
    ]
    for scheme in ("light", "dark"):
        for text, back in chromium.look(url, *colors, media={"prefers-color-scheme": scheme}).values:
            assert measure_contrast(text, back) >= 7


def measure_contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors as a browser names them, as WCAG 2.2 defines it."""
    lighter, darker = sorted((compute_luminance(first), compute_luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def compute_luminance(color: str) -> float:
    """Return the relative luminance of a color, 0 to 1."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@needs_chromium
def test_codes_stand_side_by_side(run: Run, chromium: Browser) -> None:
    """Similar lines are next to each other, each under its code; on a phone below each other, each after its code."""
    url = write_page("page.html", run("compare", "20920", "20962", "-s", "causes", "-f", "html").out)
    cells = "[...[...document.querySelectorAll('.columns')].pop().querySelectorAll('th, td')].map(cell => ({"
    cells += "text: cell.textContent, left: cell.getBoundingClientRect().left, top: cell.getBoundingClientRect().top, "
    cells += "label: getComputedStyle(cell, '::before').content}))"
    lines = ["Changes in the spine that come with age", "Changes in the structure of the spine that come with age"]
    first_head, second_head, first, second = chromium.look(url, cells).values[0]
    assert [cell["text"] for cell in (first_head, second_head, first, second)] == ["20920", "20962", *lines]
    assert first_head["left"] == first["left"] < second_head["left"] == second["left"]
    assert first_head["top"] == second_head["top"] < first["top"] == second["top"]
    (_, _, first, second), overflow = chromium.look(url, cells, OVERFLOW, width=390).values
    assert first["left"] == second["left"]
    assert first["top"] < second["top"]
    assert [cell["label"] for cell in (first, second)] == ['"20920: "', '"20962: "']
    assert not overflow


@needs_chromium
@pytest.mark.parametrize("media", [{}, {"prefers-color-scheme": "dark"}, {"media": "print"}], ids=str)
def test_bars_share_a_scale_and_a_start(run: Run, chromium: Browser, media: dict[str, str]) -> None:
    """Each bar is where its amounts are on the scale, can be told from the scale, and has the amounts beside it."""
    url = write_page("page.html", run("compare", "20920", "20962", "20971", "-s", "cost", "-f", "html").out)
    rows = "[...document.querySelectorAll('.bars tr')].map(row => ({text: row.innerText.split(/\\s*\\t\\s*/), "
    rows += "boxes: [...row.querySelectorAll('rect')].map(rect => rect.getBoundingClientRect().toJSON()), "
    rows += "colors: [...row.querySelectorAll('rect')].map(rect => getComputedStyle(rect).fill)}))"
    seen = chromium.look(url, rows, media=media)
    assert (seen.console, seen.requests) == ((), ())
    bars = seen.values[0]
    assert [(bar["text"][0], bar["text"][-1]) for bar in bars] == [
        ("20920", "$1,000 to $3,000"),
        ("20962", "$300 to $1,500"),
        ("20971", "$500 to $2,000"),
    ]
    assert len({(bar["boxes"][0]["left"], bar["boxes"][0]["width"]) for bar in bars}) == 1
    for bar, low, high in zip(bars, (1000, 300, 500), (3000, 1500, 2000), strict=True):
        scale, amount = bar["boxes"]
        assert (amount["left"] - scale["left"]) / scale["width"] == pytest.approx(low / 3000, abs=0.001)
        assert (amount["right"] - scale["left"]) / scale["width"] == pytest.approx(high / 3000, abs=0.001)
        assert measure_contrast(*bar["colors"]) >= 4.5


@needs_chromium
@pytest.mark.parametrize("paper", PAPERS)
def test_every_printed_page_says_what_it_is_about(run: Run, chromium: Browser, paper: str) -> None:
    """The code with its verdict, and the notice, are on top of every page; no page ends in a heading."""
    url = write_page("page.html", run("export", *CODES, "-f", "html").out)
    headings = {heading[3:] for heading in chromium.look(url, HEADINGS).values[0]}
    pages = chromium.print_pages(url, paper)
    assert len(pages) > len(CODES)
    assert [*dict.fromkeys(page[0][:5] for page in pages)] == [*CODES]
    for page in pages:
        top = " ".join(page[:3])
        assert re.match(r"\d{5} (! CONFLICT|✗ NOT LISTED): .*\. Dataset ", top)
        assert ADVICE in top
        assert page[-1] not in headings
    compared = chromium.print_pages(write_page("page.html", run("compare", *CODES, "-f", "html").out), paper)
    for page in compared:
        top = " ".join(page[:3])
        assert top.startswith("Compared: 20920 ! conflict, 20962 ! conflict, 20971 ✗ not listed, 20975 ! conflict, ")
        assert ADVICE in top
        assert page[-1] not in {*headings, *CODES}
        assert not page[-1].endswith(":")  # a label of what follows


@needs_chromium
def test_the_head_of_a_table_is_on_each_of_its_pages(make_folder: MakeFolder, run: Run, chromium: Browser) -> None:
    """A list of a hundred titles takes several pages."""
    folder = make_folder({f"201{number:02}": {} for number in range(100)})
    for path in folder.iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("Untitled", f"Title {path.stem}"), encoding="utf-8")
    url = write_page("page.html", run("list", "-f", "html", "-L", str(folder)).out)
    pages = [page for page in chromium.print_pages(url, "A4") if any(line.startswith("Title ") for line in page)]
    assert len(pages) > 2
    heads = ["Code", "The article says", "Check", "Library"]
    assert all(heads == [line for line in page if line in heads] for page in pages)


@needs_chromium
@pytest.mark.parametrize("paper", PAPERS)
def test_a_handout_is_one_page(run: Run, chromium: Browser, paper: str) -> None:
    """Each of the five, with everything that goes on top, on both papers; type of 12 points, and no heading more."""
    args = ("--clinic", "Riverside Spine Clinic", "--phone", "555-0100", "--date", "December 1, 2026")
    sections = ("-s", "preparation", "-s", "recovery", "-s", "home-care")
    out = run("export", *CODES, "--for", "patient", *sections, *args, "-f", "html").out
    url = write_page("page.html", out)
    pages = chromium.print_pages(url, paper)
    assert [re.findall(r"\d{5}", " ".join(page)) for page in pages] == [[code] for code in CODES]
    for page in pages:
        assert page[1:5] == ["Clinic", "Riverside Spine Clinic", "Date", "December 1, 2026"]
        assert page[-1].startswith("For staff: ")
    seen = chromium.look(url, "getComputedStyle(document.querySelector('li')).fontSize", media={"media": "print"})
    assert (seen.console, seen.requests, seen.values) == ((), (), ("16px",))


def test_the_page_fetches_nothing(run: Run) -> None:
    """No attribute has an address but the empty icon's, no style has one, and the content policy lets nothing in."""
    document = run("compare", "20920", "20976", "-f", "html").out
    assert re.findall(r'<[^>]*\b(?:src|href|action|data)="([^"]*)"', document) == ["data:,"]
    assert not re.search(r"<(script|img|iframe|object|form|a)\b|@import|url\(", document)
    assert "default-src 'none'" in document
