"""A compiled index -> the values that questions are answered from."""

from __future__ import annotations

import json
import os
from array import array
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from cptref.checksums import verified
from cptref.errors import Fault
from cptref.index.entries import EntrySource, build_entry, iter_lines
from cptref.index.schema import INTRO, SECTION_NUMBERS
from cptref.models.article import Article, Dataset, ModifierTable, Verification, build_value
from cptref.models.codes import PublishedCode
from cptref.models.entries import NOTES, EntryKind, ListItem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from cptref.models.entries import Entry

_SECTION_KEYS = tuple(SECTION_NUMBERS)
_LAST_LETTER = "\U0010ffff"  # sorts behind every other letter


class VocabularyTerm(NamedTuple):
    """A term of a concept, of the kind name, synonym, abbreviation or part.

    `stems` are those of its words in alphabetical order; a part, like `-ectomy`, has none.
    """

    concept: int
    kind: str
    text: str
    stems: tuple[str, ...]


class IndexReader:
    """Reads a compiled index. Only this class queries it, and it verifies the checksum of each row that has one.

    Every method raises sqlite3.DatabaseError for a damaged file. Lines are numbered in the order in which they are
    shown. The reader may be used from any thread, by one at a time.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # What is asked for one after the other is about a few entries.
        self._cached_entry = lru_cache(maxsize=64)(self._read_entry)
        self._cached_lines = lru_cache(maxsize=64)(self._read_lines)
        self.read_modifier_table = lru_cache(maxsize=1)(self._read_modifier_table)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # About the index as a whole

    @cached_property
    def provenance(self) -> str:
        """What the index was compiled by, and from."""
        provenance, *_ = self._require("SELECT * FROM meta")
        return str(provenance)

    def read_dataset(self) -> Dataset:
        """Return the description of the dataset that the index was compiled from."""
        _, body, *_ = self._require("SELECT * FROM meta")
        return build_value(Dataset, json.loads(body))

    def list_lines(self, kind: EntryKind) -> range:
        """Return the lines of all entries of a kind."""
        *_, lines, article_lines = self._require("SELECT * FROM meta")
        return range(article_lines) if kind == "article" else range(article_lines, lines)

    def read_faults(self) -> tuple[Fault, ...]:
        """Return the faults of the files that were left out, in order of file."""
        return tuple(Fault(*row[:3]) for row in self._fetch_all("SELECT * FROM fault ORDER BY rowid"))

    def list_left_out(self) -> list[str]:
        """Return the paths of the files that were left out."""
        return [os.fsdecode(path) for (path,) in self._execute("SELECT DISTINCT path FROM fault")]

    def read_fingerprints(self) -> dict[bytes, str]:
        """Return the fingerprint of every source file when the index was compiled, by path."""
        return dict(self._execute("SELECT path, fingerprint FROM source"))

    def read_fingerprint(self, path: str) -> str:
        """Return the fingerprint of one source file when the index was compiled, "" where there was no file."""
        row = self._execute("SELECT fingerprint FROM source WHERE path = ?", os.fsencode(path)).fetchone()
        return str(row[0]) if row else ""

    # Entries, by code or by their number

    def has_article(self, code: str) -> bool:
        """Return whether the library has an article on this code."""
        return self._exists("SELECT 1 FROM body WHERE code = ? AND kind = 'article'", code)

    def get_entry(self, code: str, *kinds: EntryKind) -> Entry | None:
        """Return the entry of a code of the first of these kinds that there is, None if there is none.

        Without kinds, an article comes before a published code.
        """
        entries = (self._cached_entry(code, kind) for kind in kinds or get_args(EntryKind))
        entry = next(filter(None, entries), None)
        return entry and entry._replace(see_instead=self.list_published(self.list_see_instead(code)))

    def list_see_instead(self, code: str) -> tuple[str, ...]:
        """Return the codes to see instead of a code, () if no article names any."""
        entry = self._cached_entry(code, "article")
        findings = (entry.verification, entry.bundled_verification) if entry else ()
        return tuple(dict.fromkeys(other for finding in findings if finding for other in finding.see_instead))

    def get_published(self, code: str) -> PublishedCode | None:
        """Return what codes.toml says of a code, None if it says nothing."""
        return next(iter(self.list_published((code,))), None)

    def list_published(self, codes: tuple[str, ...]) -> tuple[PublishedCode, ...]:
        """Return what codes.toml says of these codes, in their order, without those of which it says nothing."""
        rows = (self._fetch("SELECT * FROM published WHERE code = ?", code) for code in codes)
        return tuple(build_value(PublishedCode, json.loads(row[1])) for row in rows if row)

    def list_codes(self) -> list[str]:
        """Return every code of which more is known than the coder's notes."""
        return [code for (code,) in self._execute("SELECT DISTINCT code FROM entry WHERE library <> ?", NOTES)]

    def count_entries(self) -> int:
        """Return the number of entries of which more is known than the coder's notes."""
        (total,) = self._execute("SELECT count(*) FROM entry WHERE library <> ?", NOTES).fetchone()
        return int(total)

    def list_items(self, limit: int) -> tuple[ListItem, ...]:
        """Return the first `limit` entries in order of code, each as a line of a list."""
        rows = self._fetch_all("SELECT * FROM entry WHERE library <> ? ORDER BY code, kind LIMIT ?", NOTES, limit)
        return tuple(map(self._build_item, rows))

    def read_item(self, entry: int) -> ListItem:
        """Return an entry as a line of a list."""
        return self._build_item(self._require("SELECT * FROM entry WHERE number = ?", entry))

    # Lines. What ranking asks about every line is an array of one item a line.

    @cached_property
    def line_entries(self) -> array[int]:
        """The number of each line's entry."""
        return self._read_column("entries", "I")

    @cached_property
    def line_places(self) -> array[int]:
        """The section number of each line, plus INTRO for a section's first line (index/schema.py)."""
        return self._read_column("places", "B")

    @cached_property
    def line_sizes(self) -> array[int]:
        """The number of content words of each line."""
        return self._read_column("sizes", "B")

    def read_postings(self, word: str) -> array[int]:
        """Return the lines that contain exactly this word."""
        row = self._fetch("SELECT * FROM posting WHERE word = ?", word)
        return array("I", row[1] if row else b"")

    def read_entry_lines(self, entry: int) -> range:
        """Return the lines of an entry."""
        _, first, last = self._require("SELECT * FROM entry_lines WHERE entry = ?", entry)
        return range(first, last + 1)

    def read_section(self, line: int) -> str:
        """Return the key of the section that a line stands in."""
        return _SECTION_KEYS[self.line_places[line] % INTRO]

    def read_line(self, line: int) -> str:
        """Return the text of a line."""
        entry = self.line_entries[line]
        return self._cached_lines(entry)[line - self.read_entry_lines(entry).start]

    # Words and the terms of the vocabulary

    def has_posting(self, word: str) -> bool:
        """Return whether any line contains exactly this word."""
        return self._exists("SELECT 1 FROM posting WHERE word = ?", word)

    def has_any_word(self, *words: str) -> bool:
        """Return whether a line or the vocabulary has one of these words."""
        return self._exists(f"SELECT 1 FROM word WHERE word IN ({', '.join('?' * len(words))})", *words)  # noqa: S608

    def find_stem(self, word: str) -> str | None:
        """Return the stem of a word of the index, None for any other word."""
        row = self._execute("SELECT stem FROM word WHERE word = ?", word).fetchone()
        return str(row[0]) if row else None

    def find_stems_of_root(self, root: str) -> list[tuple[str, bool]]:
        """Return the stem of each word that the stemmer gives this root, and whether it is common."""
        rows = self._execute("SELECT stem, common FROM word WHERE root = ? ORDER BY rowid", root)
        return [(stem, bool(common)) for stem, common in rows]

    def list_roots(self, stem: str) -> tuple[str, ...]:
        """Return what the stemmer makes of the words that have this stem."""
        return self._list_words("SELECT DISTINCT root FROM word WHERE stem = ?", stem)

    def list_forms(self, stem: str) -> tuple[str, ...]:
        """Return the indexed words that have this stem."""
        return self._list_words("SELECT word FROM word WHERE stem = ? AND indexed ORDER BY word", stem)

    def is_common_stem(self, stem: str | None) -> bool:
        """Return whether a word of everyday language has this stem."""
        return self._exists("SELECT 1 FROM word WHERE common AND stem = ?", stem)

    def is_common_word(self, word: str) -> bool:
        """Return whether exactly this word is one of everyday language."""
        return self._exists("SELECT 1 FROM word WHERE common AND word = ?", word)

    def list_words_starting(self, letters: str) -> tuple[str, ...]:
        """Return the indexed words that begin with these letters."""
        sql = "SELECT word FROM word WHERE indexed AND word BETWEEN ? AND ?"
        return self._list_words(sql, letters, letters + _LAST_LETTER)

    def list_words_ending(self, letters: str) -> tuple[str, ...]:
        """Return the indexed words that end with these letters."""
        reverse = letters[::-1]
        sql = "SELECT word FROM word WHERE indexed AND backwards BETWEEN ? AND ?"
        return self._list_words(sql, reverse, reverse + _LAST_LETTER)

    def list_correction_candidates(
        self, first_letter: str, shortest: int, longest: int, *, everyday: bool
    ) -> tuple[str, ...]:
        """Return the words from `shortest` to `longest` letters that a misspelt word may be corrected to.

        They begin with `first_letter`, or with any letter where it is "". Everyday words that no line has are among
        them only if asked for.
        """
        sql = """
            SELECT word FROM word
            WHERE (indexed OR NOT common OR ?) AND word BETWEEN ? AND ? AND length(word) BETWEEN ? AND ?
        """
        return self._list_words(sql, everyday, first_letter, first_letter + _LAST_LETTER, shortest, longest)

    def list_indexed_words(self) -> tuple[str, ...]:
        """Return every indexed word, in order."""
        return self._list_words("SELECT word FROM word WHERE indexed ORDER BY word")

    def list_terms(self, stems: Iterable[str]) -> tuple[VocabularyTerm, ...]:
        """Return the terms that consist of exactly these stems, in whatever order."""
        key = " ".join(sorted(set(stems)))
        return tuple(map(_make_term, self._fetch_all("SELECT * FROM term WHERE stems = ?", key)))

    def list_terms_of(self, concept: int) -> tuple[VocabularyTerm, ...]:
        """Return every term that a concept may go by: its own, those of its kinds, those of what it is a kind of.

        It goes up one step only, since what is said of all disorders is not said of this one. Its own terms come first,
        and names before others.
        """
        rows = self._fetch_all(
            """
            WITH RECURSIVE
                down (id) AS (VALUES (?) UNION SELECT narrow FROM narrower JOIN down ON broad = id),
                up (id) AS (SELECT broad FROM narrower WHERE narrow = ?)
            SELECT * FROM term WHERE concept IN (SELECT id FROM down UNION SELECT id FROM up)
            ORDER BY concept <> ?, kind <> 'name', rowid
            """,
            *(concept, concept, concept),
        )
        return tuple(map(_make_term, rows))

    def list_affixes(self) -> list[tuple[str, int]]:
        """Return the combining forms of the vocabulary (`nephr-`, `-ectomy`), each with its concept."""
        return list(self._execute("SELECT text, concept FROM term WHERE kind = 'part'"))

    # The rest is how rows are read.

    def _read_modifier_table(self) -> ModifierTable:
        """Return the modifiers and the meaning of bilateral indicators."""
        (body,) = self._require("SELECT * FROM modifier_table")
        return build_value(ModifierTable, json.loads(body))

    def _read_entry(self, code: str, kind: EntryKind) -> Entry | None:
        """Return the entry of a code without the codes to see instead, None if there is none of this kind."""
        row = self._fetch("SELECT * FROM body WHERE code = ? AND kind = ?", code, kind)
        if row is None:
            return None
        _, body, library, _, finding = row
        notes = self._fetch_all("SELECT * FROM note WHERE code = ? ORDER BY rowid", code)
        source = EntrySource(
            kind=kind,
            article=build_value(Article, json.loads(body)),
            library=library,
            finding=build_value(Verification, json.loads(finding)) if finding else None,
            published=self.get_published(code),
            notes=tuple(text for _, text in notes),
        )
        return build_entry(source, self.read_modifier_table())

    def _build_item(self, row: tuple[Any, ...]) -> ListItem:
        _, code, title, category, verification, bundled_verification, library, kind, replaces = row
        return ListItem(
            kind=kind,
            code=code,
            title=title,
            category=category,
            verification=verification,
            bundled_verification=bundled_verification or None,
            library=library,
            replaces=replaces,
            published=self.get_published(code) if kind == "code" else None,
        )

    def _read_lines(self, entry: int) -> tuple[str, ...]:
        item = self.read_item(entry)
        built = self._cached_entry(item.code, item.kind)
        return tuple(text for *_, text in iter_lines(built)) if built else ()

    def _read_column(self, name: str, typecode: Literal["B", "I"]) -> array[int]:
        return array(typecode, self._require("SELECT * FROM line_column WHERE name = ?", name)[1])

    def _list_words(self, sql: str, *values: object) -> tuple[str, ...]:
        return tuple(word for (word,) in self._execute(sql, *values))

    def _execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def _exists(self, sql: str, *values: object) -> bool:
        return self._execute(sql, *values).fetchone() is not None

    def _fetch(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """Return a row verified and without its checksum, None where there is no row."""
        row = self._execute(sql, *values).fetchone()
        return None if row is None else verified(row)

    def _require(self, sql: str, *values: object) -> tuple[Any, ...]:
        """Return a row that must be there, verified and without its checksum."""
        return verified(self._execute(sql, *values).fetchone())

    def _fetch_all(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield rows verified and without their checksums."""
        return map(verified, self._execute(sql, *values))


def _make_term(row: tuple[Any, ...]) -> VocabularyTerm:
    stems, concept, kind, text = row
    return VocabularyTerm(concept, kind, text, tuple(stems.split()))
