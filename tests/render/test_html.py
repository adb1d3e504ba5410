"""HTML in a real browser: headings, styles, and hostile text."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref.render import render
from tests.browser import Browser, browser, find
from tests.render.test_formats import COMMANDS
from tests.render.test_untrusted import HOSTILE, build_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Run

pytestmark = pytest.mark.outside

HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => each.tagName + ' ' + each.textContent)"
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
def test_a_handout_in_a_browser(run: Run, chromium: Browser) -> None:
    """Headings in order, language and title set, the finding first; no console message, no request."""
    args = ("-s", "preparation", "-s", "recovery", "-s", "home-care", "-f", "html", "-o", "sheet.html")
    assert run("export", "20976", *args).err == "cptref: wrote sheet.html\n"
    seen = chromium.look(
        Path("sheet.html").absolute().as_uri(),
        HEADINGS,
        "document.documentElement.lang",
        "document.title",
        "document.querySelector('h1 + blockquote strong').textContent",
        "document.querySelectorAll('script, link[rel=stylesheet], img, iframe').length",
        OVERFLOW,
    )
    title = "20976 Therapeutic injection into the spine (Surgery, not listed)"
    assert (seen.console, seen.requests) == ((), ())
    assert seen.values == (
        [f"H1 {title}", "H2 Preparation", "H2 Recovery and aftercare", "H2 Home care"],
        "en",
        title,
        "NOT LISTED: the published code set, as far as checked, has no such code",
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
    url = write_page("page.html", run("show", "20976", "-f", "html").out)
    colors = [
        f"getComputedStyle(document.querySelector('{selector}')).{name}"
        for selector, name in (
            ("p", "color"),
            ("body", "backgroundColor"),
            ("blockquote p", "color"),
            ("blockquote", "backgroundColor"),
        )
    ]
    for scheme in ("light", "dark"):
        text, back, headline, tint = chromium.look(url, *colors, media={"prefers-color-scheme": scheme}).values
        assert measure_contrast(text, back) >= 7
        assert measure_contrast(headline, tint) >= 7


def measure_contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors as a browser names them, as WCAG 2.2 defines it."""
    lighter, darker = sorted((compute_luminance(first), compute_luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def compute_luminance(color: str) -> float:
    """Return the relative luminance of a color, 0 to 1."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_page_fetches_nothing(run: Run) -> None:
    """No attribute has an address but the empty icon's, no style has one, and the content policy lets nothing in."""
    document = run("compare", "20920", "20976", "-f", "html").out
    assert re.findall(r'<[^>]*\b(?:src|href|action|data)="([^"]*)"', document) == ["data:,"]
    assert not re.search(r"<(script|img|iframe|object|form|a)\b|@import|url\(", document)
    assert "default-src 'none'" in document
