"""Libraries of any size for the benchmark: articles made of the bundled lines, the vocabulary's terms and filler words.

How often a word stands in the lines falls off as it does in real text (Zipf's law), so that a question meets words that
a fifth of the lines have as well as words that one line has.
"""

from __future__ import annotations

import random
from itertools import accumulate
from typing import TYPE_CHECKING

import tomli

from cptref.dataset.layers import bundled_layer
from cptref.dataset.loader import DatasetLoader
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cptref.models.vocabulary import Vocabulary

FILLERS = 12_000  # made-up words, most of them rare
POINTS = 2  # in a section, with an intro: 48 lines an article, with the sections that are derived

# What is asked of every library: lay words and clinical ones, one word and many, slips, abbreviations, a code.
QUESTIONS = (
    "pain",
    "back pain",
    "injection",
    "tingling legs",
    "tinglng legs",
    "numbness in the feet",
    "pins and needles",
    "LBP radiating to the legs",
    "slipped disc",
    "blood thinner before the injection",
    "coumadin",
    "ibuprofen",
    "facet joint injection",
    "sacroilliac joint",
    "how much does the injection cost",
    "can I eat or drink before the procedure",
    "pain in the neck and the arm",
    "MRI of the spine",
    "physical therapy to strengthen the muscles of the back",
    "infection of the injection site",
    "heart attack",
    "quantum chromodynamics",
    "polyneuropathy",
    "20976",
)


def make_folder(path: Path, count: int) -> Path:
    """Make a folder of `count` articles, to be laid over the bundled ones."""
    path.mkdir(parents=True)
    for code, text in make_articles(count):
        (path / f"{code}.toml").write_text(text, encoding="utf-8")
    return path


def make_articles(count: int) -> Iterator[tuple[str, str]]:
    """Yield `count` articles, the same every time: code and TOML text."""
    chance = random.Random(20976)  # noqa: S311 - the same library every time
    vocabulary = DatasetLoader((bundled_layer(),)).vocabulary
    lines = _read_lines()
    words = _make_words(vocabulary, chance)
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def make_line() -> str:
        if chance.random() < 0.5:
            return chance.choice(lines)
        return " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(4, 9)))

    keys = [kind.key for kind in CATALOGUE.values() if not kind.derived]
    for number in range(count):
        code = f"{20976 + number:05}"
        sections = "".join(
            f"\n[[sections]]\nkey = '{key}'\nintro = '''{make_line()}'''\n"
            f"points = {[make_line() for _ in range(POINTS)]!r}\n"
            for key in keys
        )
        yield (
            code,
            (
                f"code = '{code}'\ntitle = '''{make_line()}'''\ncategory = 'Surgery'\n"
                f"summary = '''{make_line()}'''\nmodifiers = []\n"
                "[verification]\nstatus = 'unverified'\nfinding = 'made up for the benchmark'\n"
                f"[cost]\nlow = 100\nhigh = 200\n{sections}"
            ),
        )


def _read_lines() -> Sequence[str]:
    """Return the lines of the bundled articles."""
    lines = []
    for file in sorted((bundled_layer().folder / "articles").glob("*.toml")):
        for section in tomli.loads(file.read_text(encoding="utf-8"))["sections"]:
            lines += [section["intro"], *section["points"]]
    return [line for line in lines if "'" not in line]


def _make_words(vocabulary: Vocabulary, chance: random.Random) -> Sequence[str]:
    """Return the words and terms that lines are made of, the most frequent first."""
    terms = [concept.name for concept in vocabulary.concepts if "'" not in concept.name]
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    fillers = {"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(FILLERS)}
    words = [*terms, *sorted(fillers)]
    chance.shuffle(words)
    return words
