"""What the lexicon knows about words, one question at a time, over a small index."""

from __future__ import annotations

import pytest

from cptref.models.vocabulary import Concept
from cptref.search.lexicon import Lexicon
from tests.search.index import build_reader

CONCEPTS = (
    Concept(name="kidney", parts=("nephr-",)),
    Concept(name="removal", synonyms=("excision",), parts=("-ectomy",)),
    Concept(name="foot", variants=("feet",)),
    Concept(name="pancreas"),
    Concept(name="pancreatitis"),
    Concept(name="magnetic resonance imaging", abbreviations=("MRI",)),
    Concept(name="extremity", narrower=("foot",)),
)
LINES = (
    *("Removal of the kidney", "Sore feet", "Abdominal strain", "Non-union of polyneuropathy", "Neuropathy"),
    *("Ultrasound sonography", "Pancreatitis", "Anesthesia", "Persistent pain"),
)


@pytest.fixture
def lexicon() -> Lexicon:
    """The lexicon of an index of LINES, CONCEPTS and three common words."""
    return Lexicon(build_reader({"20111": LINES}, CONCEPTS, common_words="yellow carpet use"))


@pytest.mark.parametrize(
    ("word", "same_as"),
    [
        ("removals", "removal"),
        ("kidneys", "kidney"),
        ("feet", "foot"),  # a variant
        ("anaesthesia", "anesthesia"),  # British
        ("carpets", "carpet"),  # a common word
        ("mri", "mri"),  # a term that no line has
    ],
)
def test_forms_of_a_word_share_its_stem(lexicon: Lexicon, word: str, same_as: str) -> None:
    """Plurals, variants and British spellings do, of indexed words, terms and common words."""
    assert lexicon.find_stem(word) is not None
    assert lexicon.find_stem(word) == lexicon.find_stem(same_as)


def test_words_without_a_stem_and_with_one_of_their_own(lexicon: Lexicon) -> None:
    """An unknown word has no stem; words that name two concepts have two stems, whatever the stemmer says."""
    assert lexicon.find_stem("zonk") is None
    assert lexicon.find_stem("pancreas") != lexicon.find_stem("pancreatitis")


def test_forms_are_indexed_words_only(lexicon: Lexicon) -> None:
    """A term that no line has is known, and has no forms."""
    assert lexicon.list_forms(lexicon.find_stem("foot") or "") == ("feet",)
    assert lexicon.list_forms(lexicon.find_stem("excision") or "") == ()
    assert lexicon.has_forms([lexicon.find_stem("foot") or "", lexicon.find_stem("kidney") or ""])
    assert not lexicon.has_forms([lexicon.find_stem("foot") or "", lexicon.find_stem("excision") or ""])


@pytest.mark.parametrize(
    ("word", "common", "itself"),
    [("carpet", True, True), ("carpets", True, False), ("using", True, False), ("kidney", False, False)],
)
def test_common_words(lexicon: Lexicon, word: str, common: bool, itself: bool) -> None:  # noqa: FBT001 - a table
    """A form of a common word is common; whether it is the very word is another question."""
    assert (lexicon.is_common(word), lexicon.is_common_itself(word)) == (common, itself)


@pytest.mark.parametrize(
    ("word", "known"),
    [("kidney", True), ("carpets", True), ("the", True), ("20976", True), ("mri", False), ("zonk", False)],
)
def test_known_words(lexicon: Lexicon, word: str, known: bool) -> None:  # noqa: FBT001 - a table
    """Terms, common words, stop words and codes are known as such; an abbreviation alone is not."""
    assert lexicon.is_known(word) is known


def test_compounds(lexicon: Lexicon) -> None:
    """Two words written as one are split where both are indexed; a word is found in longer ones, and by its root."""
    assert lexicon.is_known_compound("nonunion")
    assert lexicon.is_known_compound("nonunions")
    assert not lexicon.is_known_compound("zonkunion")
    assert lexicon.split_compound("kidneyremoval") == ("kidney", "removal")
    assert lexicon.split_compound("zonkfeet") is None
    assert lexicon.split_compound("thefeet") is None  # a stop word
    assert lexicon.compounds_of("neuropathy") == ("polyneuropathy",)
    assert lexicon.same_root("abdomen") == ("abdominal",)
    assert lexicon.same_root("testing") == ()
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
    """A compound of combining forms is read as the indexed words for both of its pieces, or not at all."""
    assert lexicon.decompose(word) == pieces


@pytest.mark.parametrize(
    ("word", "corrections"),
    [
        ("kidny", ("kidney",)),
        ("removla", ("removal",)),  # a swap is one edit
        ("strein", ("strain",)),
        ("sonografy", ("sonography",)),  # two edits in a long word
        ("train", ()),  # a short word does not lose its first letter
        ("feat", ()),  # four letters
        ("1234567", ()),
    ],
)
def test_corrections(lexicon: Lexicon, word: str, corrections: tuple[str, ...]) -> None:
    """One edit from five letters on, two from seven on, never digits."""
    assert lexicon.corrections(word) == corrections


def test_suggestions_are_similar_indexed_words(lexicon: Lexicon) -> None:
    """They are looser than corrections, and in order of likeness."""
    assert lexicon.suggestions("strane") == ("strain", "sore")


def test_terms_of_a_concept(lexicon: Lexicon) -> None:
    """Its own terms first, then those of its kinds; upward one step."""
    (extremity,) = lexicon.list_terms([lexicon.find_stem("extremity") or ""])
    assert [term.text for term in lexicon.list_terms_of(extremity.concept)] == ["extremity", "foot"]
    (foot,) = lexicon.list_terms([lexicon.find_stem("foot") or ""])
    assert [term.text for term in lexicon.list_terms_of(foot.concept)] == ["foot", "extremity"]
