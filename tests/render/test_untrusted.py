"""Nothing of a dataset is ever read as markup, in any medium."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from cptref.models.article import Cost, Dataset, Modifier, Notices, Question, Section, Verification
from cptref.models.results import AppendedModifier, Entry, Miss, ShowAnswer
from cptref.render import DocumentFormat, render, terminal
from cptref.render.document import build_document
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from tests.conftest import Run

HOSTILE = "[bold]x[/x] \x1b[31mred\x9b \u202eback <script>alert(1)</script> *a* _b_ `c` | # [d](e) ![f](g) &amp; \\ $1"


def answer(text: str) -> ShowAnswer:
    """An answer that says this text in every place that has any."""
    entry = Entry(
        code="20976",
        title=text,
        category=text,
        summary=text,
        library=text,
        verification=Verification(status="conflict", finding=text, checked_against=(text,), see_instead=("62320",)),
        modifiers=(Modifier(code="50", set="CPT", meaning=text),),
        cost=Cost(low=1, high=2, intro=text, notes=(text,)),
        sections=(Section(key="symptoms", intro=text, points=(text, text)), Section(key="faq", points=(text,))),
        faq=(Question(question=text, answer=text),),
    )
    dataset = Dataset(
        version=text,
        released=date(2026, 1, 1),
        licence=text,
        sources=(text,),
        notices=Notices(trademark=text, advice=text),
    )
    miss = Miss(input=text, code="", reason="malformed", message=text)
    typed = AppendedModifier(input=text, on="20976", code="50", set="CPT", meaning=text, listed=True, check=text)
    return ShowAnswer(dataset=dataset, sections=(), entries=(entry,), misses=(miss,), appended=(typed,))


def on_terminal(text: str, width: int = 300) -> str:
    """The answer as a terminal in full colour gets it, less the styles that are ours."""
    console = Console(file=StringIO(), width=width, force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(terminal.render(build_document(answer(text)), styled=True))
    said = captured.get()
    for style in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[31m", "\x1b[1;36m"):
        said = said.replace(style, "")
    return said


def test_hostile_text_is_shown_on_a_terminal() -> None:
    """Rich's markup stays as it is; escape sequences and overrides are visible; nothing of it colours the screen."""
    said = on_terminal(HOSTILE)
    assert said.count(escape_unsafe(HOSTILE)) == 14
    assert "\x1b" not in said


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_hostile_text_is_harmless_in_a_file(form: DocumentFormat) -> None:
    """No control character reaches a file in any format; JSON reads back as it was."""
    said = render(answer(HOSTILE), form)
    assert not {"\x1b", "\x9b", "\u202e"} & set(said)
    if form == "json":
        assert json.loads(said)["results"][0]["title"] == HOSTILE


def test_hostile_text_stays_text_in_markdown() -> None:
    """A parser finds no tag, link, image, code or emphasis that the page didn't put there."""
    html = MarkdownIt().render(render(answer(HOSTILE), "markdown"))
    assert not [tag for tag in ("<script", "<a ", "<img", "<code", "<em", "<table") if tag in html]
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 14


def test_hostile_arguments_are_shown_in_errors(run: Run) -> None:
    """What was typed is repeated harmlessly, on one line."""
    done = run("show", "\x1b[31m[bold]\u202e")
    assert done.code == 1
    assert done.err.startswith("cptref: \\x1b[31m[bold]\\u202e: does not look like a code; ")
    for args in (["show", "20976", "--\x1b[31m"], ["\x1b[31m"], ["show", "20976", "-s", "\x1b[31m"]):
        done = run(*args)
        assert (done.code, done.out) == (2, "")
        assert "\x1b" not in done.err
        assert "x1b[31m" in done.err
        assert done.err.count("\n") == 1


@given(st.text().filter(lambda text: text and text == text.strip()))
def test_any_text_reads_back_from_markdown(text: str) -> None:
    """CommonMark gives back the words of any title, finding and point, whatever they are made of."""
    tokens = MarkdownIt().parse(render(answer(text), "markdown"))
    inline = [token for token in tokens if token.type == "inline"]
    said = [
        "".join(" " if one.type in {"hardbreak", "softbreak"} else one.content for one in token.children or ())
        for token in inline
    ]
    flat = " ".join(escape_unsafe(text).split())
    assert " ".join(said[0].split()) == " ".join(f"20976 {flat} ({flat}, conflict)".split())
    assert [" ".join(one.split()) for one in said].count(flat) >= 5  # the finding, an introduction and three points
    assert {token.tag for token in tokens if token.tag} <= {"h1", "h2", "p", "ul", "li", "blockquote", "hr"}


@given(st.text(st.characters()))
def test_any_text_reads_back_from_json(text: str) -> None:
    """JSON gives back every character, and has none in it that a terminal would obey."""
    said = render(answer(text), "json")
    assert json.loads(said)["results"][0]["summary"] == text
    assert escape_unsafe(said) == said


@pytest.mark.parametrize("character", ["\x7f", "\x9b", "\u202e", "\ud800", "\U000e0041"])
def test_unsafe_characters_read_back_from_json(character: str) -> None:
    """In the basic plane and beyond it."""
    said = render(answer(f"a{character}b"), "json")
    assert json.loads(said)["results"][0]["summary"] == f"a{character}b"
    assert character not in said


@given(st.text(), st.integers(20, 120))
def test_any_text_is_set_on_any_terminal(text: str, width: int) -> None:
    """No text breaks the page, and none of it steers the terminal."""
    said = on_terminal(text, width)
    assert "\x1b" not in said


def test_a_table_keeps_to_its_width(run: Run) -> None:
    """The last column is folded."""
    lines = run("sections", "--width", "60").out.splitlines()
    assert max(map(len, lines)) <= 60
    assert len(lines) > 18


@given(st.text(), st.integers(20, 120))
def test_any_text_is_wrapped(text: str, width: int) -> None:
    """Plain text keeps to the width it was given."""
    lines = render(answer(text), "text", width).splitlines()
    assert max(map(len, lines)) <= width
