"""The vocabulary is checked as strictly as articles: every fault at once, and no term contradicts another."""

from __future__ import annotations

from shutil import copytree
from typing import TYPE_CHECKING

import pytest

from cptref import DatasetError, open_library
from cptref.dataset.layers import Layer, bundled_layer
from cptref.dataset.loader import DatasetLoader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeFolder

BUNDLED = bundled_layer().folder / "vocabulary.toml"


def faults(folder: Path) -> list[str]:
    """The faults of a vocabulary laid over the bundled one, without the file they all begin with."""
    with open_library(folder) as library:
        return [str(fault).removeprefix(f"{folder / 'vocabulary.toml'}: ") for fault in library.faults]


def test_the_bundled_vocabulary_is_large() -> None:
    """At least 400 concepts, all but a few with other terms than their name."""
    concepts = DatasetLoader([bundled_layer()]).vocabulary.concepts
    assert len(concepts) >= 400
    told = (one.synonyms + one.abbreviations + one.variants + one.narrower + one.parts for one in concepts)
    assert all(told)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = 'glim'\nsynonyms = 'shine'", "concepts[0].synonyms: must be a list, not text"),
        ("name = 'glim'\nsynonyms = [7]", "concepts[0].synonyms[0]: must be text, not a number"),
        ("name = 'glim'\nkind = 'word'", "concepts[0].kind: unknown key"),
        ("synonyms = ['shine']", "concepts[0].name: is missing"),
        ("name = 'glim'\nsynonyms = ['']", "concepts[0].synonyms[0]: is empty"),
        ('name = "glim"\nsynonyms = ["a\\tb"]', "concepts[0].synonyms[0]: has the control character \\t"),
        ("name = 'glim'\nsynonyms = ['--']", "concepts[0].synonyms[0]: '--' has no word in it"),
        ("name = 'glim'\nsynonyms = ['Glim']", "concepts[0].synonyms[0]: 'Glim' stands at concepts[0].name too"),
        (
            "name = 'glim'\nsynonyms = ['a shine', 'A-shine']",
            "concepts[0].synonyms[1]: 'A-shine' stands at concepts[0].synonyms[0] too",
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
            "concepts[1].name: the concept 'Glim' stands here twice",
        ),
        (
            "name = 'a glim'\nvariants = ['glims']",
            "concepts[0].variants[0]: 'glims' isn't another form of 'a glim': both must be one word",
        ),
        (
            "name = 'glim'\nnarrower = ['shine']\n[[concepts]]\nname = 'shine'\nnarrower = ['glim']",
            "concepts[0].narrower[0]: 'shine' is narrower than 'glim', and broader too",
        ),
        (
            "name = 'glim'\nparts = ['-ab', 'glimo']",
            "concepts[0].parts[0]: '-ab' must be the beginning of a word, as in nephr-, or its end, as in -ectomy",
        ),
    ],
)
def test_a_fault_has_its_place(make_folder: MakeFolder, text: str, message: str) -> None:
    """Shape, blank terms, terms that stand twice or for two things, kinds that go round in a circle."""
    assert any(fault.startswith(message) for fault in faults(make_folder({}, f"[[concepts]]\n{text}\n"))), message


def test_all_faults_are_told_at_once(make_folder: MakeFolder) -> None:
    """Of the vocabulary, and of an article beside it."""
    folder = make_folder({"00001": {}}, "plain = 'one 2nd'\n[[concepts]]\nname = 'glim'\nabbreviations = ['G', 'g']\n")
    (folder / "00001.toml").write_text("code = 7\n", encoding="utf-8")
    found = faults(folder)
    assert "plain: '2nd' isn't a word" in found
    assert "concepts[0].abbreviations[1]: 'g' stands at concepts[0].abbreviations[0] too" in found
    assert any(fault.endswith("00001.toml: code: must be text, not a number") for fault in found)


def test_an_abbreviation_may_stand_for_several_things(make_folder: MakeFolder) -> None:
    """All its senses are kept."""
    vocabulary = "[[concepts]]\nname = 'glim'\nabbreviations = ['LBP']\n"
    with open_library(make_folder({"00001": {"symptoms": ["A glim"]}}, vocabulary)) as library:
        answer = library.search("LBP")
    assert {"00001", "20920"} <= {hit.code for hit in answer.hits}
    assert answer.understood[0].read_as == ("low back pain", "glim")


def test_a_dataset_without_a_vocabulary_is_broken(tmp_path: Path) -> None:
    """The bundled one must have it; a folder laid over it need not."""
    data = copytree(bundled_layer().folder, tmp_path / "data")
    (data / "vocabulary.toml").unlink()
    with pytest.raises(DatasetError) as caught:
        DatasetLoader([Layer("test", data)]).result()
    assert [str(fault) for fault in caught.value.faults] == [
        f"{data / 'vocabulary.toml'}: can't be read: No such file or directory"
    ]
