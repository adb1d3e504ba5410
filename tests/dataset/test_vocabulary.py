"""Test that the vocabulary is checked as strictly as articles: all faults at once, and no contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.dataset.layers import bundled_layer
from cptref.dataset.loader import DatasetLoader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeFolder

BUNDLED = bundled_layer().folder / "vocabulary.toml"


def list_faults(folder: Path) -> list[str]:
    """Return the faults of a vocabulary laid over the bundled one, without the file name at their beginning."""
    with open_library(folder) as library:
        return [str(fault).removeprefix(f"{folder / 'vocabulary.toml'}: ") for fault in library.faults]


def test_bundled_vocabulary_is_large() -> None:
    """Have at least 400 concepts, each with more terms than its name."""
    concepts = DatasetLoader([bundled_layer()]).vocabulary.concepts
    assert len(concepts) >= 400
    assert all(
        concept.synonyms + concept.abbreviations + concept.variants + concept.narrower + concept.parts
        for concept in concepts
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = 'glim'\nsynonyms = 'shine'", "concepts[0].synonyms: must be a list, not text"),
        ("synonyms = ['shine']", "concepts[0].name: is missing"),
        ("name = 'glim'\nsynonyms = ['']", "concepts[0].synonyms[0]: is empty"),
        ("name = 'glim'\nsynonyms = ['Glim']", "concepts[0].synonyms[0]: 'Glim' is already at concepts[0].name"),
        (
            "name = 'glim'\nabbreviations = ['G', 'g']",
            "concepts[0].abbreviations[1]: 'g' is already at concepts[0].abbreviations[0]",
        ),
        (
            "name = 'glim'\nsynonyms = ['a shine', 'A-shine']",
            "concepts[0].synonyms[1]: 'A-shine' is already at concepts[0].synonyms[0]",
        ),
        (
            "name = 'glim'\nsynonyms = ['tingling']",
            "concepts[0].synonyms[0]: 'tingling' means 'paresthesia' at ",
        ),
        (
            "name = 'glim'\n[[concepts]]\nname = 'shine'\nsynonyms = ['glim']",
            "concepts[1].synonyms[0]: 'glim' means 'glim' at concepts[0].name; a term means one thing",
        ),
        (
            "name = 'glim'\n[[concepts]]\nname = 'Glim'",
            "concepts[1].name: the concept 'Glim' appears twice",
        ),
        (
            "name = 'a glim'\nvariants = ['glims']",
            "concepts[0].variants[0]: 'glims' is not another form of 'a glim': both must be one word",
        ),
        (
            "name = 'glim'\nnarrower = ['shine']\n[[concepts]]\nname = 'shine'\nnarrower = ['glim']",
            "concepts[0].narrower[0]: 'shine' is both narrower and broader than 'glim'",
        ),
        (
            "name = 'glim'\nparts = ['-ab', 'glimo']",
            "concepts[0].parts[0]: '-ab' must be the beginning of a word, like nephr-, or the end of one, like -ectomy",
        ),
    ],
)
def test_reports_a_fault_with_its_place(make_folder: MakeFolder, text: str, message: str) -> None:
    """Report wrong types, empty terms, terms with two places or meanings, and circles of narrower concepts."""
    assert any(fault.startswith(message) for fault in list_faults(make_folder({}, f"[[concepts]]\n{text}\n"))), message


def test_plain_words_are_single_words(make_folder: MakeFolder) -> None:
    """Report each of the words without a concept that is not a word."""
    assert list_faults(make_folder({}, "plain = 'one 2nd'\n")) == ["plain: '2nd' is not a word"]


def test_an_abbreviation_may_have_several_meanings(make_folder: MakeFolder) -> None:
    """Keep all meanings of an abbreviation."""
    vocabulary = "[[concepts]]\nname = 'glim'\nabbreviations = ['LBP']\n"
    with open_library(make_folder({"00001": {"symptoms": ["A glim"]}}, vocabulary)) as library:
        answer = library.search("LBP")
    assert {"00001", "20920"} <= {hit.code for hit in answer.hits}
    assert answer.understood[0].read_as == ("low back pain", "glim")
