"""What a query denies matches nothing, covers nothing and is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cptref import Library
    from tests.conftest import Run


@pytest.mark.parametrize(
    ("query", "denied"),
    [
        *((query, ["numbness"]) for query in (
            "no numbness", "numbness: none", "(-) numbness", "[-] numbness", "negative for numbness",
            "denies any numbness", "numbness (-)", "w/o numbness", "numbness absent", "numbness has resolved",
            "numbness? No", "never had numbness", "numbness has gone away", "no longer has numbness",
            "numbness is not present", "no complaints of numbness", "I haven't had any numbness",
            "doesn't have numbness", "numbness 0/10", "no evidence of numbness", "The pt denies numbness",
            'no "numbness"', "numbness - none", "numbness -", "free of numbness", "absence of numbness",
            "there ain't any numbness",
        )),
        ("I don't have leg pain", ["leg pain"]),
        ("leg pain resolved", ["leg pain"]),
        ("legs aren't weak", ["legs", "weak"]),
        ("my back doesn't hurt", ["back", "hurt"]),
        ("no numbness, tingling, or weakness", ["numbness", "tingling", "weakness"]),
        ("pt denies back pain, numbness, weak legs", ["back pain", "numbness", "weak legs"]),
        ("neither numbness nor weakness today", ["numbness", "weakness today"]),
        ("stenosis was ruled out", ["stenosis"]),
        ("no h/o spine surgery since 2019", ["spine surgery since 2019"]),
        ("pain-free", ["pain-free"]),
    ],
)  # fmt: skip
def test_denials_alone_find_nothing(library: Library, query: str, denied: list[str]) -> None:
    """Neither a search nor a symptom is answered with what the patient does not have."""
    answer = library.search(query)
    assert (answer.hits, answer.partial, list(answer.denied), answer.only_denies) == ((), None, denied, True)
    fits = library.symptom([query])
    assert (fits.hits, fits.codes, fits.symptoms[0].only_denies) == ((), (), True)


@pytest.mark.parametrize(
    ("query", "denied", "line"),
    [
        ("back pain without radiation", ["radiation"], "Persistent pain in the lower back"),
        ("low back pain, denies numbness or tingling", ["numbness", "tingling"], "Persistent pain in the lower back"),
        ("no leg weakness but tingling in the feet", ["leg weakness"], "Tingling or numbness in the extremities"),
        ("back pain (+), weakness (-)", ["weakness"], "Persistent pain in the lower back"),
        ("no numbness, weak legs", ["numbness"], "Muscle weakness of the legs"),
        ("numbness resolved. Now has weak legs", ["numbness"], "Muscle weakness of the legs"),
        ("neg numbness, pos leg weakness", ["numbness"], "Muscle weakness of the legs"),
        ("denies numbness however reports weak legs", ["numbness"], "Muscle weakness of the legs"),
        ("non-radiating low back pain", ["non-radiating"], "Persistent pain in the lower back"),
        ("lower back pain does not radiate", ["radiate"], "Persistent pain in the lower back"),
    ],
)
def test_the_scope_of_a_denial_ends(library: Library, query: str, denied: list[str], line: str) -> None:
    """At `but` and its like, at punctuation, and at what is reported; the rest is answered."""
    answer = library.search(query)
    assert list(answer.denied) == denied
    assert line in {match.text for match in answer.hits[0].matches}


@pytest.mark.parametrize(
    "query",
    [
        "no better", "not able to walk", "can't feel my feet", "no relief with NSAIDs", "not without pain",
        "no feeling in my feet", "pain has not resolved", "pain won't go away", "pain hasn't gone away",
        "cannot stand", "no change in my back pain", "not only numbness but weakness", "does not deny numbness",
        "no strength in my legs", "pain resolved but came back", "numbness comes and goes", "no heavy lifting",
        "do not eat before the injection", "why is it not covered", "r/o stenosis",
        "blood tests to rule out infection", "unable to bend without back pain", "can't walk without pain",
        "cannot rule out stenosis",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_denial_is_none(library: Library, query: str) -> None:
    """What is gone or can't be done is a complaint; what must not be done is an instruction; two denials are none."""
    assert library.search(query).denied == ()


@pytest.mark.parametrize(
    "query",
    [
        "20975 denied", "why was 20975-50 denied", "insurance denied epidural injection", "claim denied as bilateral",
        "no modifier 50", "interlaminar epidural without imaging", "MRI without contrast", "is parking free before",
    ],
)  # fmt: skip
def test_what_a_payer_denies_is_no_denial(library: Library, query: str) -> None:
    """Nor is the way in which a service is done or billed."""
    assert library.search(query).denied == ()


def test_denials_are_said(run: Run) -> None:
    """On standard error, and in the JSON; nothing else to look for is exit 1."""
    done = run("search", "low back pain without numbness", "-f", "json")
    assert (done.code, json.loads(done.out)["denied"]) == (0, ["numbness"])
    assert "cptref: left out as denied: numbness\n" in done.err
    done = run("search", "no numbness")
    assert (done.code, done.err) == (1, "cptref: left out as denied: numbness; there is nothing else to look for\n")
    done = run("symptom", "LBP, no numbness", "-f", "json")
    answer = json.loads(done.out)
    assert (done.code, [symptom["denied"] for symptom in answer["symptoms"]]) == (0, [[], ["numbness"]])
    assert {(hit["covered"], hit["of"]) for hit in answer["results"]} == {(1, 1)}
