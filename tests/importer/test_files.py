"""Test that saved HTML is read like text, in any charset, and that files of other formats are named."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.errors import FileError
from cptref.importer.article import read_page
from tests.importer.test_pages import DAY, FAQ, KNOWN, list_unplaced, make_document, make_section, read_refusal

if TYPE_CHECKING:
    from cptref.importer.article import Page

SAVED_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Socks and heels</title>
<style>p { color: red }</style><script>var page = "<h2>Symptoms</h2><!-- ";</script></head>
<body><nav><ul><li>Home</li><li>Shop</li></ul></nav>
<h1>CPT&reg; Code 0999T: Smoothing of a&nbsp;rough heel</h1>
<!-- <h2>Causes</h2> -->
<p title="a > b">A rough heel is filed
until no <b>sock</b> catches on it.</p>
<h2>Symptoms &amp; Signs</h2>
<p>What people tell:</p>
<ul><li>A scratching noise.<li><p>Holes in</p><p>socks.</p></li><li>Cracks<ul><li>of the &quot;heel&quot;</li></ul></ul>
<h3>Rarely</h3>
<ol><li>A limp<br>on stairs</li></ol>
<h2>Why our socks</h2>
<ul><li>They are soft</li></ul>
<h2>Procedure</h2>
<p>&bull; Soak it<br>&#9642; File it</p>
<h2>Billing</h2>
<table><tr><th>CPT Code:</th><td>0999T</td></tr><tr><th>Category</th><td>Feet</td></tr></table>
<table><tr><th>Modifier</th><th>Meaning</th></tr>
<tr><td>50</td><td>Both heels</td></tr><tr><td><p>RT</p></td><td><p>Right heel</p></td></tr></table>
<h2>Average Cost</h2>
<table><tr><td>Average cost</td><td>$20 to $30</td></tr></table>
<h2>FAQ</h2>
<h3>Does it tickle?</h3><p>It does, a little.</p>
<dl><dt>May I keep the file?</dt><dd>You may not.</dd></dl>
<footer>&copy; Heels</footer>
<script>track()</script></body></html>
"""
SAVED_DOCUMENT = make_document(
    category="Feet",
    modifiers=["50", "RT"],
    cost={"low": 20, "high": 30, "currency": "USD"},
    sections=[
        make_section(
            "symptoms",
            "What people tell:",
            ["A scratching noise.", "Holes in socks.", "Cracks", 'of the "heel"', "A limp on stairs"],
        ),
        make_section("procedure", "", ["Soak it", "File it"]),
    ],
    faq=FAQ,
)
SAVED_UNPLACED = [
    (12, "Rarely"),
    (14, "Why our socks"),
    (15, "\u2022 They are soft"),
    (20, "Modifier - Meaning"),
    (27, "\u00a9 Heels"),
]


def read_html(text: str) -> Page:
    """Read a page of HTML."""
    return read_page(text.encode(), "heel.txt", DAY, KNOWN)


def test_reads_saved_html_like_text() -> None:
    """Read headings, lists, paragraphs, tables and entities; count what is dropped; number lines as in the file."""
    page = read_html(SAVED_PAGE)
    assert page.document == SAVED_DOCUMENT
    assert list_unplaced(page) == SAVED_UNPLACED
    assert page.changes == (
        "joined 2 wrapped lines",
        "dropped 2 scripts",
        "dropped 1 style sheet",
        "dropped 1 menu",
    )


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-8", "utf-16"),
        ("utf-8", "utf-16-be"),
        ("macintosh", "mac-roman"),
        ("x-unknown", "utf-8"),
        ("punycode", "utf-8"),
        ("utf-8", "cp1252"),
    ],
)
def test_reads_html_in_the_charset_that_it_declares(charset: str, encoding: str) -> None:
    """Prefer what the bytes are if they can't be what is declared."""
    text = (
        f'<html><meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        "<h1>CPT 0999T: Heel</h1><h2>Symptoms</h2><li>\u201crough\u201d caf\u00e9</html>"
    )
    page = read_page(text.encode(encoding), "heel.txt", DAY)
    assert page.document["sections"] == [make_section("symptoms", "", ["\u201crough\u201d caf\u00e9"])]


def test_takes_the_title_of_the_page_without_a_main_heading() -> None:
    """Read the title element then, and ignore it otherwise."""
    page = read_html("<html><title>CPT 0999T: Heel</title><h2>Symptoms</h2><ul><li>a heel</ul>")
    assert (page.document["title"], page.document["sections"]) == ("Heel", [make_section("symptoms", "", ["a heel"])])


@pytest.mark.parametrize(
    "text",
    [
        "<table><tr><td>{title}</td><td><h2>Symptoms</h2><ul><li>a heel</li></ul></td></tr></table>",
        "{title}\n<h2>Symptoms</h2><ul><li>a heel</ul>",
        "{title}<br>\n<br>\nSymptoms<br>\n- a <a href='x'>heel</a>\n",
        "<p>{title}<p><b>Symptoms</b><p><span>\u00b7<span>&nbsp; </span></span>a\nheel<o:p></o:p></p>",
        "<pre>{title}\nSymptoms\n- a heel</pre>",
        "<DIV>{title}</DIV><DIV>Symptoms</DIV><UL><LI>a heel</UL>",
    ],
    ids=["layout-table", "fragment", "text-with-tags", "word", "pre", "old"],
)
def test_reads_html_of_any_kind(text: str) -> None:
    """Read layout tables, fragments, text with a few tags, and what Word writes."""
    page = read_html(text.format(title="CPT 0999T: Smoothing of a rough heel"))
    assert page.document["title"] == "Smoothing of a rough heel"
    assert page.document["sections"] == [make_section("symptoms", "", ["a heel"])]


def test_html_is_never_markup_of_the_entry() -> None:
    """Drop control characters that entities stand for, and keep brackets and entities of entities as text."""
    page = read_html(
        "<h1>CPT 0999T: He&#27;[31mel</h1><h2>Symptoms</h2><ul><li>[bold]a[/bold] &amp;lt;b&gt; &#x202e;b</ul>"
    )
    assert page.document["title"] == "He[31mel"
    assert page.document["sections"] == [make_section("symptoms", "", ["[bold]a[/bold] &lt;b> b"])]


def test_says_what_an_element_without_an_end_swallows() -> None:
    """Name the tag."""
    page = read_html("<h1>CPT 0999T: Heel</h1><h2>Symptoms</h2><ul><li>a</ul><nav><h2>Causes</h2><ul><li>b</ul>")
    assert page.document["sections"] == [make_section("symptoms", "", ["a"])]
    assert page.changes == ("dropped 1 menu", "left out what is behind 1 tag without an end (<nav>)")


def test_text_about_tags_stays_text() -> None:
    """Interpret no tag of a page that is not HTML."""
    page = read_html("CPT 0999T: Heel\nSymptoms\n- a <b>heel</b> < 2 & more &amp; more")
    assert page.document["sections"] == [make_section("symptoms", "", ["a <b>heel</b> < 2 & more &amp; more"])]


TAGS = st.sampled_from(
    [
        *(
            "<h1>CPT 0999T: Heel</h1>",
            "<h2>Symptoms</h2>",
            "<ul>",
            "<li>",
            "</li>",
            "</ul>",
            "<p>",
            "</p>",
            "<br>",
            "<td>",
        ),
        *(
            "<table>",
            "<tr>",
            "</tr>",
            "</table>",
            "<th>",
            "<dl>",
            "<dt>",
            "<dd>",
            "<nav>",
            "</nav>",
            "<script>",
            "a",
            " ",
        ),
        *("</script>", "<!--", "-->", "<!", "<", ">", '"', "'", "<a ", "&", "&#", "&amp;", "<title>", "</title>", "\n"),
        *("<pre>", "</pre>", "<style>", "</style>", "<?", "]]>", "<![CDATA[", "\x1b", "</"),
    ]
)


@given(st.lists(TAGS, max_size=40).map("".join))
def test_any_html_is_refused_or_imported(text: str) -> None:
    """Refuse any sequence of tags, or turn it into a document."""
    try:
        page = read_html(f"<html>{text}")
    except FileError as error:
        assert str(error).isprintable()  # noqa: PT017 - any of several messages
        return
    assert page.document["code"] == "0999T"


@pytest.mark.parametrize(
    "text", ["<", "<a ", "<!--", "</a", '<a href="', "<a '\"", "<script>", "<nav>", "<ul><li>", "<td>a"]
)
def test_reads_any_html_in_linear_time(text: str) -> None:
    """Read 128 KiB of it; HTMLParser alone takes minutes for some."""
    page = read_html(f"<h1>CPT 0999T: Heel</h1><h2>Symptoms</h2><ul><li>a heel</ul>{text * (2**17 // len(text))}")
    assert page.document["sections"][0]["points"][0] == "a heel"


# Encodings of text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["", "\n"], ids=["cut", "whole"])
def test_reads_utf_16_with_or_without_a_mark(encoding: str, end: str) -> None:
    """Tell by the zeros in every other byte."""
    data = f"CPT 0999T: Heel\r\nSymptoms\r\n\u2022 \u201crough\u201d{end}".encode(encoding)
    assert read_page(data, "heel.txt", DAY).document["sections"] == [
        make_section("symptoms", "", ["\u201crough\u201d"])
    ]


def test_counts_unreadable_characters() -> None:
    """Say how many are replaced."""
    assert read_page(b"CPT 0999T: Heel\nSymptoms\n- a\x81\xe9", "heel.txt", DAY).changes == (
        "replaced 1 unreadable character",
    )


# Other formats


def make_zip(*names: str) -> bytes:
    """Return an archive of files with these names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "heel")
    return stream.getvalue()


SAVE = "open it, and save it as plain text or as a web page (HTML)"
UNPACK = "unpack it first, and import the page in it"
PICTURE = "import needs the text of the page, not a picture of it"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{\\rtf1\\ansi heel}", f"an RTF document; {SAVE}"),
        (b"\n%PDF-1.7\n\x00", "a PDF; turn it into text first: pdftotext page.pdf page.txt"),
        (make_zip("[Content_Types].xml", "word/document.xml"), f"a Word document (DOCX); {SAVE}"),
        (make_zip("[Content_Types].xml", "xl/workbook.xml"), f"an Excel workbook (XLSX); {SAVE}"),
        (make_zip("mimetype", "content.xml"), f"an OpenDocument text (ODT); {SAVE}"),
        (make_zip("heel.txt"), f"a ZIP archive; {UNPACK}"),
        (make_zip(), f"a ZIP archive; {UNPACK}"),
        (gzip.compress(b"heel"), "compressed with gzip; unpack it first: gunzip page.gz"),
        (b"BZh91AY&SY", f"a compressed file; {UNPACK}"),
        (b"\x89PNG\r\n\x1a\n\x00", f"a PNG image; {PICTURE}"),
        (b"\xff\xd8\xff\xe0", f"a JPEG image; {PICTURE}"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"an old Office document (DOC, XLS or PPT); {SAVE}"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;", f"a web archive (MHTML); {SAVE}"),
        (bytes(range(256)), "not text; name a page saved as text or HTML"),
    ],
    ids=lambda value: value if isinstance(value, str) else "page",  # archives have the time in them
)
@pytest.mark.parametrize("size", [0, 2**21], ids=["small", "large"])
def test_names_files_that_are_not_text(data: bytes, message: str, size: int) -> None:
    """Name the format in one line, with what to try, whatever the size."""
    if size and "not text" in message:
        message = "larger than 1 MiB; an article takes a few KiB, so save only its text"
    assert read_refusal(data + b"\n" * size) == f"heel.txt is {message}"
