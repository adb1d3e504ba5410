"""What qualifies a complaint does not drown it, and a level tells the region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cptref import Library

LEG_PAIN = "Pain radiating down into the legs"
BACK_PAIN = "Persistent pain in the lower back"
NUMBNESS = "Tingling or numbness in the extremities"
WEAKNESS = "Muscle weakness of the legs"


@pytest.mark.parametrize(
    ("query", "line", "missing"),
    [
        ("R leg pain", LEG_PAIN, "R"),
        ("rt. leg pain", LEG_PAIN, "rt."),
        ("leg pain R>L", LEG_PAIN, "R>L"),
        ("b/l leg weakness", WEAKNESS, "b/l"),
        ("right-sided leg pain", LEG_PAIN, "right-sided"),
        ("LBP x 6 wks", BACK_PAIN, "x 6 wks"),
        ("LBP for 2 years", BACK_PAIN, "for 2 years"),
        ("LBP since March", BACK_PAIN, "since March"),
        ("LBP > 3 months", BACK_PAIN, "> 3 months"),
        ("LBP 8/10", BACK_PAIN, "8/10"),
        ("moderate LBP", BACK_PAIN, "moderate"),
        ("LBP, 7 out of 10", BACK_PAIN, "7 out of 10"),
        ("c/o leg pain", LEG_PAIN, "c/o"),
        ("pt reports numb feet", NUMBNESS, "reports"),
        ("presents with weak legs", WEAKNESS, "presents with"),
        ("65 yo F with numb feet", NUMBNESS, "65 yo F"),
        ("72M numb feet", NUMBNESS, "72M"),
        ("1) numb feet", NUMBNESS, "1)"),
    ],
)
def test_a_qualifier_weighs_little_and_is_named(library: Library, query: str, line: str, missing: str) -> None:
    """The first hit is that of the complaint, covers nearly all of the query, and says what it does not mention."""
    hit = library.search(query).hits[0]
    assert line in {match.text for match in hit.matches}
    assert hit.score > 0.8
    assert missing in hit.missing


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("TFESI L5-S1 left", {"64483"}),
        ("L4-5 transforaminal epidural", {"64483"}),
        ("C5/6 facet injection", {"64490"}),
        ("T8 facet block", {"64490"}),
        ("facet block L4-L5", {"64493"}),
        ("C6-7 interlaminar epidural", {"62320", "62321"}),
        ("L3/4 interlaminar epidural", {"62322", "62323"}),
    ],
)
def test_a_level_tells_the_region(library: Library, query: str, codes: set[str]) -> None:
    """C and T are neck and chest, L and S the low back, which is what published codes differ by."""
    assert library.search(query).hits[0].code in codes


@pytest.mark.parametrize("query", ["bilateral procedure", "left", "8/10", "S13.4", "T2-weighted MRI"])
def test_what_is_no_qualifier_or_stands_alone_is_read_as_ever(library: Library, query: str) -> None:
    """Nothing is thrown away: a query of qualifiers alone is searched by them."""
    assert not library.search(query).only_denies
