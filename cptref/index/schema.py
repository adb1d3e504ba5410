"""The tables of a compiled index.

The index is an inverted index in SQLite. `posting` holds, for each word, the numbers of the lines that contain it, as
one packed array; `line_column` holds what ranking needs to know about every line, one packed array a column. Python
reads such an array in one step: a common word of 400,000 lines takes 0.4 ms, and the same question put to SQLite's own
full-text index (FTS5) takes 100 ms.
"""

from __future__ import annotations

from cptref.sections import CATALOGUE

# Part of an index's provenance. Raise it with every change of the tables below or of what goes into them: every older
# file is then compiled anew.
SCHEMA_VERSION = 9

# Where a line stands: the number of its section, plus INTRO for the line that its section begins with.
SECTION_NUMBERS = {key: number for number, key in enumerate(CATALOGUE)}
INTRO = 128
MAX_LINE_WORDS = 255  # content words: a longer line counts as one of this many, since a column has a byte a line

# The last column of most tables is the row's checksum (checksums.py).
#
# source   the fingerprint of every source file, by which a change is noticed
# fault    why files were left out, with the path as it is and the file as it is shown
# body     an article as its file has it, in JSON, and the finding of the bundled one that it replaces; a published code
#          without an article has one made from its figures
# published   what codes.toml says of a code, in JSON
# note     the coder's own notes on a code
# entry_lines   the first and the last line number of an entry
# line_column   what is known of all lines, as arrays
# word     every word of lines and vocabulary. Forms of a word have one `root` by the stemmer, and one `stem` by the
#          vocabulary too; `indexed` where a line has the word, `common` where it is a word of everyday language
# posting  the lines of a word
# term     the vocabulary: the stems of a term in alphabetical order, and its concept
# narrower   which concept is a kind of which
#
# word and narrower have no checksum: damage there can hide a reading but alters no line.
TABLES = """
CREATE TABLE meta (
    provenance TEXT NOT NULL, dataset TEXT NOT NULL, lines INTEGER NOT NULL, article_lines INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE source (path BLOB PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE fault (
    file TEXT NOT NULL, place TEXT NOT NULL, problem TEXT NOT NULL, path BLOB NOT NULL, checksum INTEGER NOT NULL
);
CREATE TABLE modifier_table (body TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE entry (
    number INTEGER PRIMARY KEY, code TEXT NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL,
    verification TEXT NOT NULL, bundled_verification TEXT NOT NULL, library TEXT NOT NULL, kind TEXT NOT NULL,
    replaces TEXT NOT NULL, checksum INTEGER NOT NULL
);
CREATE TABLE body (
    code TEXT NOT NULL, body TEXT NOT NULL, library TEXT NOT NULL, kind TEXT NOT NULL, finding TEXT NOT NULL,
    checksum INTEGER NOT NULL, PRIMARY KEY (code, kind)
) WITHOUT ROWID;
CREATE TABLE published (code TEXT PRIMARY KEY, body TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE note (code TEXT NOT NULL, text TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE line_column (name TEXT PRIMARY KEY, lines BLOB NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE entry_lines (
    entry INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, checksum INTEGER NOT NULL
);
CREATE TABLE word (
    word TEXT PRIMARY KEY, backwards TEXT NOT NULL, root TEXT NOT NULL, stem TEXT NOT NULL, indexed INTEGER NOT NULL,
    common INTEGER NOT NULL
);
CREATE TABLE posting (word TEXT PRIMARY KEY, lines BLOB NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE term (
    stems TEXT NOT NULL, concept INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, checksum INTEGER NOT NULL
);
CREATE TABLE narrower (broad INTEGER NOT NULL, narrow INTEGER NOT NULL);
"""

# Created when the tables are full, which takes half the time.
INDEXES = (
    "CREATE INDEX note_by_code ON note (code)",
    "CREATE INDEX word_by_end ON word (backwards)",
    "CREATE INDEX word_by_root ON word (root)",
    "CREATE INDEX word_by_stem ON word (stem, word)",
    "CREATE INDEX term_by_stems ON term (stems)",
    "CREATE INDEX term_by_concept ON term (concept)",
    "CREATE INDEX narrower_by_broad ON narrower (broad)",
    "CREATE INDEX narrower_by_narrow ON narrower (narrow)",
)
