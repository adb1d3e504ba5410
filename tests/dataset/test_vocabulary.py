"""Test that the vocabulary is checked as strictly as articles: all faults at once, and no contradictions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.dataset.layers import bundled_layer
from cptref.dataset.loader import DatasetLoader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeFolder, Run

BUNDLED = bundled_layer().folder / "vocabulary.toml"


def list_faults(folder: Path) -> list[str]:
    """Return the faults of a vocabulary laid over the bundled one, without the file name at their beginning."""
    with open_library(folder) as library:
        return [str(fault).removeprefix(f"{folder / 'vocabulary.toml'}: ") for fault in library.faults]


def test_bundled_vocabulary_is_large() -> None:
    """Have at least 2,500 concepts, each with more terms than its name."""
    concepts = DatasetLoader([bundled_layer()]).vocabulary.concepts
    assert len(concepts) >= 2500
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


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("my toes go to sleep", "Tingling or numbness in the extremities"),
        ("my foot is asleep", "Tingling or numbness in the extremities"),
        ("dead leg", "Tingling or numbness in the extremities"),
        ("my legs give out", "Muscle weakness of the legs"),
        ("foot slaps", "Muscle weakness of the legs"),
        ("household jobs", "Difficulty with daily activities because of pain"),
        ("trouble standing", "Difficulty with daily activities because of pain"),
        ("hurts to bend", "Pain that gets worse with certain movements or positions"),
        ("can't bend over", "A stiff back or less range of motion"),
        ("FROM", "A stiff back or less range of motion"),
        ("sits at a desk all day", "A sedentary lifestyle, which leads to muscle weakness"),
        ("put on a lot of weight", "Obesity, which increases the stress on the spine"),
        ("fell off a ladder", "Spinal trauma or injury"),
        ("rear-ended", "Spinal trauma or injury"),
        ("s/p lami", "Previous surgery on the spine"),
        ("w/u", "Physical examination, for pain and mobility"),
        ("drive myself home", "Arrange transportation home afterward"),
        ("allergic to shellfish", "Tell the doctor about allergies and previous reactions to injections"),
        ("Eliquis", "Discuss all medications with the doctor, blood thinners in particular"),
        ("Advil", "Discuss all medications with the doctor, blood thinners in particular"),
        ("meloxicam", "Medications: NSAIDs or muscle relaxants, for example"),
        ("pus at the site", "Infection of the injection site"),
        ("legs feel like jelly", "Muscle weakness of the legs"),
        ("can't feel my feet", "Tingling or numbness in the extremities"),
        ("bone stim", "Published for: bone stimulator that an operation puts in place"),
    ],
)
def test_other_words_find_what_the_entries_say(run: Run, query: str, line: str) -> None:
    """Everyday words, abbreviations of notes and brand names find the line that means the same."""
    hits = json.loads(run("search", query, "--limit", "100", "-f", "json").out)["results"]
    assert line in {match["text"] for hit in hits for match in hit["matches"]}


@pytest.mark.parametrize(
    "query",
    [
        *("tarsal tunnel syndrome", "gout", "knee arthritis", "wrist fracture", "meningitis", "epidural hematoma"),
        *("shoulder surgery", "tooth pulled", "chain smoker", "sugar diabetes", "thin bones", "can't hold my urine"),
        *("upper back", "labor epidural", "hot tub", "cannot sleep", "NKDA"),
    ],
)
def test_other_subjects_are_not_answered(run: Run, query: str) -> None:
    """What the entries do not mention is a concept of its own, and no kind of what they mention."""
    assert run("search", query).code == 1
