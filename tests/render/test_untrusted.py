"""Text of a dataset is never read as markup, in any medium."""

from __future__ import annotations

import json
from datetime import date
from html.parser import HTMLParser
from io import StringIO
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from cptref.columns import count_columns
from cptref.models.article import (
    Cost,
    Dataset,
    Modifier,
    Notices,
    PayerNote,
    Question,
    Section,
    Source,
    Verification,
)
from cptref.models.codes import PublishedCode
from cptref.models.entries import AppendedModifier, Contradiction, Entry, Miss, ShowAnswer
from cptref.render import html, markdown, render, terminal
from cptref.render.blocks import (
    Callout,
    Columns,
    Facts,
    Footer,
    Heading,
    Paragraph,
    Points,
    RangeBars,
    Run,
    Table,
    Title,
)
from cptref.render.document import build_document
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from tests.conftest import Run as RunCommand

HOSTILE = "[bold]x[/x] \x1b[31mred\x9b \u202eback <script>alert(1)</script> *a* _b_ `c` | # [d](e) ![f](g) &amp; \\ $1"


def build_answer(text: str) -> ShowAnswer:
    """Return an answer that has this text in every place for one."""
    published = PublishedCode(
        code="20976",
        family=text,
        service=text,
        release=text,
        region=text,
        level=text,
        add_on_to=("62320",),
        status=text,
        ask=(text,),
    )
    entry = Entry(
        kind="article",
        code="20976",
        title=text,
        category=text,
        summary=text,
        library=text,
        replaces=text,
        verification=Verification(status="conflict", finding=text, checked_against=(text,), see_instead=("62320",)),
        verified_by=text,
        bundled_verification=Verification(status="not-listed", finding=text),
        bilateral_indicator=None,
        modifiers=(Modifier(code="50", set="CPT", meaning=text),),
        cost=Cost(low=1, high=2, intro=text, notes=(text,)),
        sections=(
            Section(key="verification", points=(text,)),
            Section(key="symptoms", intro=text, points=(text, text)),
            Section(key="faq", points=(text,)),
        ),
        faq=(Question(question=text, answer=text),),
        billing=Section(key="billing", intro=text, points=(text,)),
        payer_notes=(PayerNote(payer=text, note=text),),
        notes=(text,),
        source=Source(file=text, imported=date(2026, 1, 1)),
        published=published,
        see_instead=(published,),
    )
    dataset = Dataset(
        version=text,
        released=date(2026, 1, 1),
        license=text,
        sources=(text,),
        notices=Notices(trademark=text, advice=text),
    )
    miss = Miss(input=text, code="", reason="malformed", message=text)
    appended = AppendedModifier(
        input=text, on="20976", code="50", set="CPT", meaning=text, listed=True, verdict="conflicts", assessment=text
    )
    contradiction = Contradiction(on="20976", modifiers=("50", "RT"), problem=text)
    return ShowAnswer(
        dataset=dataset,
        sections=(),
        entries=(entry,),
        misses=(miss,),
        appended=(appended,),
        contradictions=(contradiction,),
    )


def render_for_terminal(text: str, width: int = 300) -> str:
    """Return the answer as a terminal in full color gets it, less the styles that are ours."""
    console = Console(file=StringIO(), width=width, force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(terminal.render(build_document(build_answer(text)), styled=True))
    page = captured.get()
    for style in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[31m", "\x1b[1;36m"):
        page = page.replace(style, "")
    return page


def test_hostile_text_is_shown_on_a_terminal() -> None:
    """Rich's markup stays as it is; escape sequences and overrides are visible; nothing of it colours the screen."""
    page = render_for_terminal(HOSTILE)
    assert page.count(escape_unsafe(HOSTILE)) >= 14
    assert "\x1b" not in page


def test_hostile_arguments_are_shown_in_errors(run: RunCommand) -> None:
    """What was typed is repeated on one line, with visible escapes."""
    done = run("show", "\x1b[31m[bold]\u202e")
    assert done.code == 1
    assert done.err.startswith("cptref: \\x1b[31m[bold]\\u202e: does not look like a code; ")
    for args in (["show", "20976", "--\x1b[31m"], ["\x1b[31m"], ["show", "20976", "-s", "\x1b[31m"]):
        done = run(*args)
        assert (done.code, done.out) == (2, "")
        assert "\x1b" not in done.err
        assert "x1b[31m" in done.err
        assert done.err.count("\n") == 1
    done = run("search", "[/xyzzyx]", "\x1b[31m")
    assert (done.code, done.out) == (1, "")
    assert r"'[/xyzzyx] \x1b[31m'" in done.err


@given(st.text().filter(lambda text: text and text == text.strip()))
@example(HOSTILE)
def test_any_text_reads_back_from_markdown(text: str) -> None:
    """CommonMark gives back the words of any title, finding and point, and finds no tag, link, image or emphasis."""
    tokens = MarkdownIt().enable("table").parse(render(build_answer(text), "markdown"))
    inline = [token for token in tokens if token.type == "inline"]
    lines = [
        "".join(" " if part.type in {"hardbreak", "softbreak"} else part.content for part in token.children or ())
        for token in inline
    ]
    flat = " ".join(escape_unsafe(text).split())
    flat_lines = [" ".join(line.split()) for line in lines]
    assert [line for line in flat_lines if line.endswith(" ".join(f"{flat} ({flat})".split()))]  # title and category
    assert flat_lines.count(flat) >= 6  # a finding, an introduction and four points
    tables = {"table", "thead", "tbody", "tr", "th", "td"}
    assert {token.tag for token in tokens if token.tag} <= {"h1", "h2", "p", "ul", "li", "blockquote", "hr", *tables}
    tags = {part.tag or part.type for token in inline for part in token.children or ()}
    assert tags <= {"strong", "br", "text", "softbreak"}


class Reader(HTMLParser):
    """Collects the elements of a page with their attributes, and its text outside the head."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[tuple[str, tuple[str, ...]]] = set()
        self.heads: list[str | None] = []
        self.text = ""
        self.feed(page[page.index("<body") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and the head of its column if it has one."""
        self.elements.add((tag, tuple(name for name, _ in attrs)))
        self.heads += [value for name, value in attrs if name == "data-head"]

    def handle_data(self, data: str) -> None:
        """Note some text."""
        self.text += f" {data}"


@given(st.text().filter(lambda text: text and text == text.strip()))
@example(HOSTILE)
@example("</td></main></style><script>alert(1)</script>\" onload='x'")
def test_any_text_reads_back_from_every_block_of_html(text: str) -> None:
    """Every place of every kind of block gives back the text, and no element or attribute comes of it."""
    line = (Run(text), Run(text, marked=True))
    cells = ((text,), (text, text))
    page = (
        Title(text, running=text),
        Heading(text),
        Callout(text, text, "alarm"),
        Facts(((text, (text, text)),)),
        Paragraph(line),
        Points((line, line)),
        Table((text, text), ((text, text),)),
        Columns(text, (text, text), (cells, cells), aligned=True),
        Columns(text, (text, text), (cells,), aligned=False),
        RangeBars(text, ((text, 0, 1, text), (text, 1, 2, text)), 2),
        Footer(text),
    )
    read = Reader(html.render(page))
    flat = " ".join(escape_unsafe(text).split())
    assert " ".join(read.text.split()).count(flat) >= 39
    assert {*read.heads} == {escape_unsafe(text)}
    assert {tag for tag, names in read.elements if not names} == {
        *("body", "main", "article", "p", "h1", "h2", "strong", "dl", "dt", "dd", "ul", "li", "div", "table"),
        *("thead", "tbody", "tr", "td", "caption", "footer"),
    } | ({"br"} if "\n" in escape_unsafe(text) else set())
    assert {(tag, names) for tag, names in read.elements if names} == {
        ("aside", ("class",)),
        ("div", ("class",)),
        ("table", ("class",)),
        ("td", ("data-head",)),
        ("th", ("scope",)),
        ("svg", ("width", "height", "aria-hidden")),
        ("rect", ("width", "height")),
        ("rect", ("x", "width", "height")),
    }
    cells_read = [
        "".join(part.content for part in token.children or ())
        for token in MarkdownIt().enable("table").parse(markdown.render((page[-2],)))
        if token.type == "inline"
    ]
    assert cells_read[1:] == [
        *("Code", "Bar", "Range"),
        *(flat, "██████████░░░░░░░░░░", flat),
        *(flat, "░░░░░░░░░░██████████", flat),
    ]


@given(st.text(st.characters(exclude_categories=())), st.integers(20, 120))
@example(HOSTILE, 80)
@example("a\x7fb\x9b\u202e\ud800\U000e0041", 80)
def test_any_text_is_harmless_in_any_place(text: str, width: int) -> None:
    """JSON gives back every character; plain text keeps to its width; no format steers a terminal."""
    told = render(build_answer(text), "json")
    assert json.loads(told)["results"][0]["summary"] == text
    lines = render(build_answer(text), "text", width).splitlines()
    assert max(map(count_columns, lines)) <= width
    assert "\x1b" not in render_for_terminal(text, width)
    for page in (told, *lines, render(build_answer(text), "markdown")):
        assert escape_unsafe(page) == page
