"""Make data/words: `python -m tests.words WORDNET_FOLDER TABULAR.xml HCPCS.txt`.

WORDNET_FOLDER holds WordNet's index files, as Debian's package wordnet-base installs them in /usr/share/wordnet. The
tabular list of ICD-10-CM is that of NCHS, and the HCPCS Level II file that of CMS, from which only the names of drugs
are taken. Both are in the public domain.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

WORDS = Path(__file__).parents[1] / "data" / "words"
MIN_LETTERS = 3  # a shorter word is never looked up
MAX_SHORT_LETTERS = 5
NOUN, OTHER = "noun", "other"
_PART_OF_TYPE = {"1": NOUN, "2": "verb", "3": "adj", "4": "adv", "5": "adj"}  # as senseidx(5WN) numbers them


def read_wordnet(folder: Path, clinical: Container[str]) -> dict[str, str]:
    """Return each word of WordNet with its part of speech: a noun only if it is one in half of its uses in texts.

    A word that is in none of its texts counts as a noun: `subdural` says what something is. Irregular forms are words
    of their own. A short word that occurs in none of its texts is rare, like the weka, a bird: it is more likely a
    misspelling, unless it is one of medicine.
    """
    irregular: set[str] = set()
    senses: dict[str, Counter[str]] = {}
    for part in dict.fromkeys(_PART_OF_TYPE.values()):
        for line in (folder / f"index.{part}").read_text(encoding="ascii").splitlines():
            if entry := re.match(rf"([a-z]{{{MIN_LETTERS},}}) \w (\d+) ", line):
                senses.setdefault(entry[1], Counter())[part] += int(entry[2])
        for line in (folder / f"{part}.exc").read_text(encoding="ascii").splitlines():
            if re.fullmatch(rf"[a-z]{{{MIN_LETTERS},}}", form := line.split()[0]):
                senses.setdefault(form, Counter())[part] += 1
                irregular.add(form)
    tagged: dict[str, Counter[str]] = {}
    for line in (folder / "cntlist.rev").read_text(encoding="ascii").splitlines():
        sense, _, times = line.split()
        word, _, rest = sense.partition("%")
        tagged.setdefault(word, Counter())[_PART_OF_TYPE[rest[0]]] += int(times)
    return {
        word: _select_part(tagged[word]) if word in tagged else OTHER if word in irregular else NOUN
        for word in senses
        if len(word) > MAX_SHORT_LETTERS or word in tagged or word in clinical or word in irregular
    }


def _select_part(uses: Counter[str]) -> str:
    return NOUN if 2 * uses[NOUN] >= uses.total() else OTHER


def iter_title_words(tabular: Path) -> Iterator[str]:
    """Yield the words of every title and inclusion term of the tabular list."""
    for element in ET.parse(tabular).iter():  # noqa: S314 - a file of NCHS, read by whoever makes the list
        if element.tag in {"desc", "note"} and element.text:
            yield from _list_words(element.text)


def iter_drug_words(file: Path) -> Iterator[str]:
    """Yield the words of the drugs in an HCPCS Level II file, whose descriptions are in columns 12 to 91."""
    for line in file.read_text(encoding="latin-1").splitlines():
        if line.startswith("J"):
            yield from _list_words(line[11:91])


def _list_words(text: str) -> list[str]:
    return re.findall(rf"(?<![\w'])[a-z]{{{MIN_LETTERS},}}(?![\w'])", text.casefold())


def write_words(name: str, words: Iterable[str]) -> None:
    """Write one word a line, in order, with an empty line before the first: a reader looks for a word between two."""
    (WORDS / name).write_text("".join(f"\n{word}" for word in sorted(words)) + "\n", encoding="ascii")


def main() -> None:
    """Write the three lists."""
    parser = argparse.ArgumentParser(prog="python -m tests.words", description="Make data/words.")
    parser.add_argument("wordnet", type=Path, help="the folder with WordNet's index files")
    parser.add_argument("tabular", type=Path, help="the ICD-10-CM tabular list in XML")
    parser.add_argument("hcpcs", type=Path, help="the HCPCS Level II file, with columns of fixed width")
    options = parser.parse_args()
    clinical = {*iter_title_words(options.tabular), *iter_drug_words(options.hcpcs)}
    parts = read_wordnet(options.wordnet, clinical)
    write_words("nouns.txt", (word for word, part in parts.items() if part == NOUN))
    write_words("other.txt", (word for word, part in parts.items() if part != NOUN))
    write_words("clinical.txt", clinical - set(parts))


if __name__ == "__main__":
    main()
