"""A page as one HTML file that needs no other, styled for screens and for paper.

The file fetches nothing and runs nothing: it has no script, and its content policy forbids both. Text of a dataset
passes through `_escape`, whatever element it goes into.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cptref.render.blocks import (
    Block,
    Callout,
    Columns,
    Document,
    Facts,
    Footer,
    Heading,
    Line,
    Paragraph,
    Points,
    RangeBars,
    Table,
    Title,
)
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.render.blocks import Tone

# The empty icon keeps a browser from asking a server for one. Colors: 7:1 or better on their background (WCAG AAA).
# On paper an article is a table whose head repeats on every page: browsers repeat nothing else without covering text.
# Nothing scrolls there, because a box that scrolls is never split between pages.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
:root {{ --text: #1b1b1b; --back: #fff; --line: #767676; --tint: #f6f6f6; --scale: #ddd;
  --alarm: #8f0d0d; --doubt: #5c4300; --good: #0b4f1c; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --text: #ededed; --back: #161616; --line: #9a9a9a; --tint: #262626; --scale: #444;
    --alarm: #ffb4ab; --doubt: #f5cf7a; --good: #a3dca8; }}
}}
body {{ font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }}
body:has(.columns) {{ max-width: 75rem; }}
article > :not(div) {{ max-width: 46rem; }}
h1 {{ font-size: 1.5rem; line-height: 1.25; margin: 2rem 0 1rem; }}
h2 {{ font-size: 1.15rem; margin: 1.5rem 0 .5rem; }}
p, ul {{ margin: .5rem 0; }}
ul {{ padding-left: 1.5rem; }}
.alarm {{ --tone: var(--alarm); }}
.doubt {{ --tone: var(--doubt); }}
.good {{ --tone: var(--good); }}
h1, aside > p:first-child {{ color: var(--tone, var(--text)); }}
aside {{ margin: 1rem 0; padding: .25rem 1rem; border: 2px solid var(--tone, var(--line)); background: var(--tint); }}
dl {{ display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .25rem 1rem; }}
dt {{ font-weight: bold; grid-column: 1; }}
dd {{ margin: 0; grid-column: 2; }}
div {{ overflow-x: auto; overflow-wrap: normal; margin: .5rem 0; }}
table {{ border-collapse: collapse; }}
caption {{ text-align: left; padding: .25rem 0; }}
th, td {{ border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }}
.columns {{ table-layout: fixed; width: 100%; overflow-wrap: anywhere; }}
.columns ul {{ margin: 0; padding-left: 1rem; }}
.bars {{ width: 100%; max-width: 46rem; }}
.bars th, .bars td {{ border: 0; white-space: nowrap; }}
.bars td:nth-child(2) {{ width: 100%; vertical-align: middle; }}
svg {{ display: block; fill: var(--text); }}
svg :first-child {{ fill: var(--scale); }}
footer {{ border-top: 1px solid var(--line); margin-top: 2rem; }}
.running {{ display: none; }}
@media screen and (max-width: 40rem) {{
  .columns, .columns caption, .columns tbody, .columns tr, .columns td {{ display: block; }}
  .columns thead, .columns td:empty {{ display: none; }}
  .columns td {{ border-width: 1px 0 0; }}
  .columns tr {{ border: 1px solid var(--line); margin-bottom: .5rem; }}
  .columns td::before {{ content: attr(data-head) ": "; font-weight: bold; }}
}}
@media print {{
  :root {{ --text: #000; --back: #fff; --line: #000; --tint: #fff; --scale: #ddd;
    --alarm: #000; --doubt: #000; --good: #000; }}
  @page {{ margin: 1.5cm 2cm; }}
  body {{ font-size: 11pt; line-height: 1.4; margin: 0; padding: 0; }}
  body, body:has(.columns), article > :not(div) {{ max-width: none; }}
  article {{ display: table; table-layout: fixed; width: 100%; }}
  article + article {{ break-before: page; }}
  .running {{ display: table-header-group; font-size: 8pt; break-inside: avoid; }}
  .running p {{ border-bottom: 1px solid; margin: 0 0 1rem; }}
  div {{ overflow: visible; }}
  h1 {{ margin: 0 0 .5em; }}
  h2 {{ margin: 1em 0 .25em; }}
  p, ul {{ margin: .25em 0; }}
  h1, h2, p:has(+ ul), caption, thead {{ break-after: avoid; }}
  li, tr, aside, dd {{ break-inside: avoid; }}
  .columns {{ font-size: 9pt; hyphens: auto; }}
  .handout {{ font-size: 12pt; }}
  .handout footer {{ font-size: 8pt; margin-top: 1em; }}
}}
</style>
</head>
<body{attributes}>
<main>
{body}</main>
</body>
</html>
"""


def render(page: Document, *, handout: bool = False) -> str:
    """Return the page as a whole document, or "" if there is nothing on it.

    Each title begins a new printed page, and every printed page repeats it, with the notice of the footer; but a
    `handout` is larger, and repeats nothing.
    """
    if not page:
        return ""
    titles = dict.fromkeys(_escape(" ".join(block.text.split())) for block in page if isinstance(block, Title))
    notice = "" if handout else next((block.text for block in reversed(page) if isinstance(block, Footer)), "")
    body = "".join(_format_article(article, notice) for article in _split_articles(page))
    return _PAGE.format(title="; ".join(titles), attributes=' class="handout"' if handout else "", body=body)


def _split_articles(page: Document) -> Iterator[list[Block]]:
    """Yield the blocks of each title, from it up to the next one."""
    article: list[Block] = []
    for block in page:
        if isinstance(block, Title) and article:
            yield article
            article = []
        article.append(block)
    yield article


def _format_article(blocks: list[Block], notice: str) -> str:
    parts = [f"{_format_block(block)}\n" for block in blocks]
    if notice:
        title = next((block.running or block.text for block in blocks if isinstance(block, Title)), "")
        parts.insert(0, f'<div class="running"><p>{_escape(title)}. {_escape(notice)}</p></div>\n')
    return f"<article>\n{''.join(parts)}</article>\n"


def _format_block(block: Block) -> str:  # noqa: PLR0911 - one return for each kind of block
    match block:
        case Title(text, tone=tone):
            return f"<h1{_format_tone(tone)}>{_escape_lines(text)}</h1>"
        case Heading(text):
            return f"<h2>{_escape_lines(text)}</h2>"
        case Callout(label, text, tone):
            parts = (f"<strong>{_escape_lines(label)}</strong>", *((_escape_lines(text),) if text else ()))
            return f"<aside{_format_tone(tone)}>{_wrap_each(parts, 'p')}</aside>"
        case Facts(rows):
            pairs = (
                f"<dt>{_escape_lines(name)}</dt>{_wrap_each(map(_escape_lines, values), 'dd')}" for name, values in rows
            )
            return f"<dl>{''.join(pairs)}</dl>"
        case Paragraph(line):
            return f"<p>{_format_line(line)}</p>"
        case Points(items):
            return f"<ul>{_wrap_each(map(_format_line, items), 'li')}</ul>"
        case Table(head, rows):
            body = (_wrap_each(map(_escape_lines, row), "td") for row in rows)
            return f"<div><table>{_format_head(head)}<tbody>{_wrap_each(body, 'tr')}</tbody></table></div>"
        case Columns():
            return _format_columns(block)
        case RangeBars():
            return _format_bars(block)
        case Footer(text):
            return f"<footer><p>{_escape_lines(text)}</p></footer>"


def _format_tone(tone: Tone) -> str:
    return f' class="{tone}"' if tone else ""


def _format_head(heads: Iterable[str]) -> str:
    cells = "".join(f'<th scope="col">{_escape_lines(head)}</th>' for head in heads)
    return f"<thead><tr>{cells}</tr></thead>"


def _format_columns(columns: Columns) -> str:
    """Return a table with a column for each head that has lines. On a phone, cells are stacked after their heads."""
    used = [index for index in range(len(columns.heads)) if any(row[index] for row in columns.rows)]
    rows = ("".join(_format_cell(columns.heads[index], row[index]) for index in used) for row in columns.rows)
    caption = f"<caption>{_escape_lines(columns.label)}:</caption>"
    body = f"<tbody>{_wrap_each(rows, 'tr')}</tbody>"
    head = _format_head(columns.heads[index] for index in used)
    return f'<div><table class="columns">{caption}{head}{body}</table></div>'


def _format_cell(head: str, lines: tuple[str, ...]) -> str:
    texts = map(_escape_lines, lines)
    cell = f"<ul>{_wrap_each(texts, 'li')}</ul>" if lines[1:] else "".join(texts)
    return f'<td data-head="{_escape(head)}">{cell}</td>'


def _format_bars(bars: RangeBars) -> str:
    """Return a table with a name, a bar and the range in words in each row. All bars have one scale and one start."""
    rows = []
    for name, low, high, words in bars.rows:
        start = low * 100 / (bars.maximum or 1)  # percent
        width = max(high * 100 / (bars.maximum or 1) - start, 1)
        start = min(start, 100 - width)
        bar = f'<rect x="{start:.2f}%" width="{width:.2f}%" height="100%"/>'
        svg = f'<svg width="100%" height="12" aria-hidden="true"><rect width="100%" height="100%"/>{bar}</svg>'
        rows.append(f'<th scope="row">{_escape_lines(name)}</th><td>{svg}</td><td>{_escape_lines(words)}</td>')
    caption = f"<caption>{_escape_lines(bars.label)}</caption>"
    return f'<div><table class="bars">{caption}<tbody>{_wrap_each(rows, "tr")}</tbody></table></div>'


def _format_line(line: Line) -> str:
    """Return a line with its marked runs in bold."""
    return "".join(
        f"<strong>{_escape_lines(run.text)}</strong>" if run.marked else _escape_lines(run.text) for run in line
    )


def _wrap_each(parts: Iterable[str], tag: str) -> str:
    """Return each part as an element, on a line of its own."""
    return "".join(f"\n<{tag}>{part}</{tag}>" for part in parts) + "\n"


def _escape(text: str) -> str:
    """Return text for an element or an attribute."""
    return escape(escape_unsafe(text))


def _escape_lines(text: str) -> str:
    """Return text for an element, with its own line breaks."""
    return _escape(text).replace("\n", "<br>\n")
