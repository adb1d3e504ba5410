"""A page as one HTML file that needs no other: made from its Markdown, styled for screens and for paper.

The file fetches nothing and runs nothing: it has no script, and its content policy forbids both. Text of a dataset is
escaped in the Markdown, and markdown-it is set to know no HTML.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cptref.render import markdown
from cptref.render.blocks import Document, Title
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# The empty icon keeps a browser from asking a server for one. Colors: 7:1 or better on their background (WCAG AAA).
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
:root {{ --text: #1b1b1b; --back: #fff; --line: #767676; --alarm: #8f0d0d; --tint: #fdf1f0; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --text: #ededed; --back: #161616; --line: #9a9a9a; --alarm: #ffb4ab; --tint: #2b1817; }}
}}
body {{ font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.5rem; line-height: 1.25; margin: 2rem 0 1rem; }}
h2 {{ font-size: 1.15rem; margin: 1.5rem 0 .5rem; }}
blockquote {{ margin: 1rem 0; padding: .5rem 1rem; border: 2px solid var(--alarm); background: var(--tint); }}
blockquote > p:first-child {{ color: var(--alarm); }}
div {{ overflow-x: auto; overflow-wrap: normal; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }}
code {{ font-family: ui-monospace, monospace; white-space: nowrap; }}
hr {{ border: 0; border-top: 1px solid var(--line); margin: 2rem 0 1rem; }}
@media print {{
  :root {{ --text: #000; --back: #fff; --line: #000; --alarm: #000; --tint: #fff; }}
  @page {{ margin: 2cm; }}
  body {{ font-size: 11pt; max-width: none; margin: 0; padding: 0; }}
  h1, h2 {{ break-after: avoid; }}
  h1:not(:first-child) {{ break-before: page; }}
  li, tr, blockquote {{ break-inside: avoid; }}
}}
</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def render(page: Document) -> str:
    """Return the page as a whole document, or "" if there is nothing on it."""
    if not page:
        return ""
    titles = (" ".join(escape_unsafe(block.text).split()) for block in page if isinstance(block, Title))
    return _PAGE.format(title=escape("; ".join(titles)), body=_build_parser().render(markdown.render(page)))


def _build_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("th_open", lambda *_: '<th scope="col">')
    # A wide table scrolls in a box of its own: a table that scrolls itself is no table to a screen reader.
    parser.add_render_rule("table_open", lambda *_: "<div><table>\n")
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser
