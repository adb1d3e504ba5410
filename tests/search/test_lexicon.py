"""The lexicon over a small index, one question at a time."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cptref.models.vocabulary import Concept
from cptref.search.lexicon import Lexicon
from tests.search.index import build_symptom_index

if TYPE_CHECKING:
    from collections.abc import Iterator

CONCEPTS = (
    Concept(name="kidney", parts=("nephr-",)),
    Concept(name="removal", synonyms=("excision",), parts=("-ectomy",)),
    Concept(name="foot", variants=("feet",)),
    Concept(name="magnetic resonance imaging", abbreviations=("MRI",)),
    Concept(name="extremity", narrower=("foot",)),
)
LINES = (
    *("Removal of the kidney", "Sore feet", "Abdominal strain", "Non-union of polyneuropathy", "Neuropathy"),
    *("Ultrasound sonography", "Anesthesia", "Persistent pain"),
)


@pytest.fixture(scope="module")
def lexicon() -> Iterator[Lexicon]:
    """Make the lexicon of an index of LINES, CONCEPTS and three common words."""
    with closing(build_symptom_index({"20111": LINES}, CONCEPTS, common_words="yellow carpet use")) as reader:
        yield Lexicon(reader)


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("removals", "removal"),
        ("kidneys", "kidney"),
        ("feet", "foot"),  # a variant
        ("anaesthesia", "anesthesia"),  # British
        ("carpets", "carpet"),  # a common word
        ("mri", "mri"),  # a term that no line has
    ],
)
def test_forms_of_a_word_share_its_stem(lexicon: Lexicon, word: str, base: str) -> None:
    """Plurals, variants and British spellings share a stem, for indexed words, terms and common words."""
    assert lexicon.find_stem(word) is not None
    assert lexicon.find_stem(word) == lexicon.find_stem(base)


def test_an_unknown_word_has_no_stem(lexicon: Lexicon) -> None:
    """A word that is not indexed, a term or common has no stem, whatever the stemmer says."""
    assert lexicon.find_stem("zonk") is None


def test_only_indexed_words_are_forms(lexicon: Lexicon) -> None:
    """A term that no line has is known but has no forms."""
    foot, kidney, excision = (lexicon.find_stem(word) or "" for word in ("foot", "kidney", "excision"))
    assert lexicon.list_forms(foot) == ("feet",)
    assert lexicon.list_forms(excision) == ()
    assert lexicon.has_forms([foot, kidney])
    assert not lexicon.has_forms([foot, excision])


@pytest.mark.parametrize(
    ("word", "common", "common_itself"),
    [("carpet", True, True), ("carpets", True, False), ("using", True, False), ("kidney", False, False)],
)
def test_forms_of_common_words_are_common(
    lexicon: Lexicon,
    word: str,
    common: bool,  # noqa: FBT001 - a table
    common_itself: bool,  # noqa: FBT001 - a table
) -> None:
    """A form of a common word is common, but only the word of the list is common itself."""
    assert (lexicon.is_common(word), lexicon.is_common_itself(word)) == (common, common_itself)


@pytest.mark.parametrize(
    ("word", "known"),
    [("kidney", True), ("carpets", True), ("the", True), ("20976", True), ("mri", False), ("zonk", False)],
)
def test_terms_common_words_stop_words_and_codes_are_known(
    lexicon: Lexicon,
    word: str,
    known: bool,  # noqa: FBT001 - a table
) -> None:
    """A word that is only an abbreviation of something is not known as a word."""
    assert lexicon.is_known(word) is known


def test_a_word_made_of_two_indexed_words_is_split(lexicon: Lexicon) -> None:
    """Both halves have to be indexed, and neither may be a stop word."""
    assert lexicon.split_compound("kidneyremoval") == ("kidney", "removal")
    assert lexicon.split_compound("zonkfeet") is None
    assert lexicon.split_compound("thefeet") is None


@pytest.mark.parametrize(("word", "known"), [("nonunion", True), ("nonunions", True), ("zonkunion", False)])
def test_a_hyphenated_word_is_known_as_one_word(
    lexicon: Lexicon,
    word: str,
    known: bool,  # noqa: FBT001 - a table
) -> None:
    """A line with non-union makes nonunion known, in the singular and the plural."""
    assert lexicon.is_known_compound(word) is known


def test_longer_words_and_words_with_the_same_root_are_listed(lexicon: Lexicon) -> None:
    """A word is found in longer ones, and by the root that it shares; an ending alone is not a root."""
    assert lexicon.compounds_of("neuropathy") == ("polyneuropathy",)
    assert lexicon.same_root("abdomen") == ("abdominal",)
    assert lexicon.same_root("testing") == ()


def test_words_with_a_combining_form_are_listed(lexicon: Lexicon) -> None:
    """A hyphen at the end marks a beginning of words, one at the beginning marks an ending."""
    assert lexicon.with_affix("-pathy") == ("neuropathy", "polyneuropathy")
    assert lexicon.with_affix("poly-") == ("polyneuropathy",)


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("nephrectomy", (("kidney",), ("removal",))),
        ("nephrotomy", ()),  # -tomy is not in the vocabulary
        ("zonkectomy", ()),
        ("kidney", ()),
    ],
)
def test_compounds_are_decomposed(lexicon: Lexicon, word: str, pieces: tuple[tuple[str, ...], ...]) -> None:
    """A compound of combining forms gives the indexed words for both of its pieces, or nothing."""
    assert lexicon.decompose(word) == pieces


@pytest.mark.parametrize(
    ("word", "corrections"),
    [
        ("kidny", ("kidney",)),
        ("removla", ("removal",)),  # a swap is one edit
        ("strein", ("strain",)),
        ("sonografy", ("sonography",)),  # two edits in a long word
        ("train", ()),  # a short word keeps its first letter
        ("feat", ()),  # four letters
        ("1234567", ()),
    ],
)
def test_corrections_are_few_edits_away(lexicon: Lexicon, word: str, corrections: tuple[str, ...]) -> None:
    """One edit is corrected from five letters on, two edits from seven letters on, and digits never."""
    assert lexicon.corrections(word) == corrections


def test_suggestions_are_similar_indexed_words(lexicon: Lexicon) -> None:
    """Suggestions are looser than corrections, and the most similar come first."""
    assert lexicon.suggestions("strane") == ("strain", "sore")


def test_terms_of_a_concept_include_narrower_and_broader_ones(lexicon: Lexicon) -> None:
    """The concept's own terms come first, then those one step away."""
    (extremity,) = lexicon.list_terms([lexicon.find_stem("extremity") or ""])
    assert [term.text for term in lexicon.list_terms_of(extremity.concept)] == ["extremity", "foot"]
    (foot,) = lexicon.list_terms([lexicon.find_stem("foot") or ""])
    assert [term.text for term in lexicon.list_terms_of(foot.concept)] == ["foot", "extremity"]
