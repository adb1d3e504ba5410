"""The pages and messages of `cptref search` and `cptref symptom`, and how they read what is typed and pasted."""

from __future__ import annotations

import json
import re
from csv import DictReader
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from cptref import Library, open_library
from cptref.models.hits import Silence
from tests.terminal import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Run, Spawn

    Change = Callable[..., None]

SCORE = r"(?<!\d)[01]\.\d+"
TERMINAL = ("-f", "terminal", "--color", "never", "--width", "80")


def test_a_line_of_several_entries_stands_once(run: Run) -> None:
    """With their codes below it, each behind the sign of its verdict and before its word."""
    out = run("search", "tingling", "legs", *TERMINAL).out
    assert out.startswith(
        "Search: tingling legs\n"
        "\n"
        "Articles\n"
        "  Code           The article says                      Check       Library\n"
        "  ! 20920        Epidural or facet joint injection     conflict    bundled\n"
        "  ✗ 20971 20976  Therapeutic injection into the spine  not listed  bundled\n"
        "  ! 20975        Therapeutic injection into the spine  conflict    bundled\n"
        "\n"
        "  • Symptoms: *Tingling* or numbness in the *extremities*\n"
        "    ! 20920 20975 conflict  ✗ 20971 20976 not listed\n"
        "\n"
        "Codes for it             low back, sacrum\n"
        "Interlaminar epidural    62322, imaging 62323\n"
        "Transforaminal epidural  64483\n"
        "\n"
        "Dataset "
    )


def test_a_line_of_a_symptom_stands_once(run: Run) -> None:
    """Under the symptom that it covers, with the codes that have it; and which codes do not cover the symptom."""
    out = run("symptom", "tingling legs", "low back pain", *TERMINAL).out
    assert out.startswith("Symptoms: tingling legs; low back pain\n\nCode ")
    assert (
        "\n\ntingling legs\n"
        "  • Symptoms: *Tingling* or numbness in the *extremities*\n"
        "    ✗ 20971 20976 not listed  ! 20975 20920 conflict\n"
        "  not covered: 20962\n"
        "\n"
        "low back pain\n"
    ) in out
    lines = re.findall(r"^  • .+", out, re.MULTILINE)
    assert len(lines) == len(set(lines)) == 4
    assert "\n\nCodes for it  " in out


@pytest.mark.parametrize("command", [["search", "leg pain"], ["symptom", "leg pain", "tingling legs"]])
def test_scores_are_shown_with_verbose_only(run: Run, command: list[str]) -> None:
    """Of two digits, with the tier of each line said once; JSON always has both."""
    for form in ("text", "terminal", "markdown"):
        plain, verbose = (run(*command, *extra, "-f", form).out for extra in ([], ["-v"]))
        assert re.findall(SCORE, plain) == []
        assert not re.search(r"\b(?:exact|inflected|synonym|Score)\b", plain)
        scores = re.findall(SCORE, verbose)
        assert scores
        assert all(re.fullmatch(r"[01]\.\d\d", score) for score in scores)
        assert re.search(r"\((?:exact|inflected|synonym), [01]\.\d\d\)", verbose)
    hit = json.loads(run(*command, "-f", "json").out)["results"][0]
    assert hit["score"] == round(hit["score"], 2) > 0
    for line in hit.get("matches") or hit["evidence"]:
        assert line["tier"]
        assert line["score"] == round(line["score"], 2)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("MBB", ["64490", "64493"]),
        ("medial branch block", ["64490", "64493"]),
        ("SNRB", ["64479", "64483"]),
        ("caudal epidural", ["62322", "62323"]),
        ("facet injection neck with ultrasound", ["0213T"]),
    ],
)
def test_published_codes_come_first_where_they_are_asked_for(run: Run, query: str, codes: list[str]) -> None:
    """Before any article, each with its sign and its figures, and the line that matches if its title does not."""
    out = run("search", query).out
    titles = re.findall(r"^([0-9A-Z]{5})  ✓ ", out, re.MULTILINE)
    assert sorted(titles[: len(codes)]) == codes
    assert out.index("Published codes\n\n") < out.find("\nArticles\n") % 10**9
    first = titles[0]
    assert re.search(rf"^{first}  ✓ .+\n  .+ · 1 a day\n(?:  matches: .+\n)?\n", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("query", "code", "finding"),
    [
        ("fascia graft", "20920", "strip of fascia"),
        ("bone stimulator", "20975", "bone stimulator"),
        ("90-day global", "20920", "90-day global period"),
        ("bilateral indicator 0", "20962", "Bilateral indicator 0"),
    ],
)
def test_findings_are_searched(run: Run, query: str, code: str, finding: str) -> None:
    """The codes whose findings say it are found, with the line that says it."""
    answer = json.loads(run("search", query, "-f", "json").out)
    hit = next(hit for hit in answer["results"] if hit["code"] == code)
    lines = [match["text"] for match in hit["matches"] if match["section"] == "verification"]
    assert any(finding in line for line in lines)


@pytest.mark.parametrize("command", [["search", "tingling legs"], ["symptom", "tingling legs"]])
def test_a_pipe_has_what_a_terminal_has(run: Run, command: list[str]) -> None:
    """The same words, but for the heads of tables of entries."""
    text = run(*command, "-f", "text").out
    terminal = run(*command, "-f", "terminal", "--color", "never", "--width", "300").out
    heads = {"Code", "The", "article", "says", "Check", "Library", "Symptoms"}
    assert set(re.findall(r"\w+", text)) - heads == set(re.findall(r"\w+", terminal)) - heads


def test_the_verdict_has_a_color_too(run: Run) -> None:
    """Beside its sign and its word, in the title of a published code."""
    out = run("search", "SNRB", "-f", "terminal", "--color", "always", "--width", "80").out
    assert "\x1b[1;32m64483  ✓ transforaminal epidural injection, first level, low back or sacrum\x1b[0m\n" in out


# --- what is no answer -----------------------------------------------------------------------------------------------

SILENT = (
    Silence("preparation", "eating", ("20975",), 1),
    Silence("home-care", "driving", ("20920", "20962", "20971"), 1_005),
)
SILENCES = [
    "20975: preparation does not mention eating",
    "20920, 20962, 20971 and 1,002 more: home care does not mention driving",
]


@pytest.fixture
def change_search(monkeypatch: pytest.MonkeyPatch) -> Change:
    """Return what gives every answer to a search other values; nothing else depends on how they come about."""
    search = Library.search

    def go(**values: Any) -> None:  # noqa: ANN401 - of any field
        monkeypatch.setattr(Library, "search", lambda *args, **options: search(*args, **options)._replace(**values))

    return go


@pytest.fixture
def closest(change_search: Change) -> None:
    """Refuse every query, with an entry that comes closest."""
    with open_library() as library:
        hit = library.search("leg pain").hits[0]
    change_search(hits=(), total=0, codes=(), partial=hit._replace(missing=("surgery",), score=0.21))


def test_what_is_denied_is_said(run: Run) -> None:
    """Beside the answer to the rest, in one line; in the JSON as a list."""
    query = "tingling legs, no numbness, denies leg pain"
    done = run("search", query)
    assert (done.code, done.err.splitlines()[0]) == (0, "cptref: left out as denied: numbness, leg pain")
    assert done.out.startswith(f"Search: {query}\n")
    assert json.loads(run("search", query, "-f", "json").out)["denied"] == ["numbness", "leg pain"]


@pytest.mark.parametrize("form", ["text", "markdown", "html", "csv", "jsonl", "lines"])
def test_denials_alone_find_nothing(run: Run, form: str) -> None:
    """One line says so, exit 1; nothing is printed but in JSON."""
    error = "cptref: left out as denied: numbness; there is nothing else to look for\n"
    for command in ("search", "symptom"):
        for typed in (["no", "numbness"], ["no numbness"], ["numbness: none"]):
            assert run(command, *typed, "-f", form) == (1, "", error)
    done = run("search", "no", "numbness", "-f", "json")
    answer = json.loads(done.out)
    assert (done.code, done.err) == (1, error)
    assert (answer["denied"], answer["results"], answer["partial"], answer["silent"]) == (["numbness"], [], None, [])


def test_denied_symptoms_are_no_misses(run: Run) -> None:
    """Beside one that is covered: exit 0. The page says that they are left out, and they are not counted."""
    command = ("symptom", "no numbness", "tingling legs", "denies leg pain", "-n", "1")
    done = run(*command)
    assert (done.code, done.err.splitlines()[0]) == (0, "cptref: left out as denied: numbness, leg pain")
    assert "\n\nno numbness\n  denied, so left out\n\ntingling legs\n  - Symptoms: " in done.out
    assert "\n\ndenies leg pain\n  denied, so left out\n\n" in done.out
    assert "  covers 1 of 1  " in done.out
    answer = json.loads(run(*command, "-f", "json").out)
    assert [symptom["denied"] for symptom in answer["symptoms"]] == [["numbness"], [], ["leg pain"]]
    assert [symptom["covered"] for symptom in answer["symptoms"]] == [False, True, False]
    assert [line and line["symptom"] for line in answer["results"][0]["evidence"]] == [None, "tingling legs", None]
    assert answer["results"][0]["of"] == 1
    missed = run("symptom", "no numbness", "xyzzyx")
    assert (missed.code, missed.err.count("no entry covers")) == (1, 1)


@pytest.mark.parametrize("form", ["text", "terminal", "markdown", "html"])
def test_a_silent_section_is_named_below_the_hits(run: Run, change_search: Change, form: str) -> None:
    """One line for each, with as many codes as are named and the number of the others."""
    change_search(silent=SILENT)
    done = run("search", "tingling", "-f", form, "--width", "100")
    text = re.sub(r"<.*?>", "", done.out)
    assert done.code == 0
    places = [text.rindex(line) for line in ("Symptoms: ", "Not mentioned\n", *SILENCES, "Dataset 2026")]
    assert places == sorted(places)
    assert all(re.search(rf"^(?:\s*[-•] )?{re.escape(line)}$", text, re.MULTILINE) for line in SILENCES)


def test_silent_sections_in_json_and_csv(run: Run, change_search: Change) -> None:
    """Their keys, what is asked about, and codes: in CSV a row for each."""
    change_search(silent=SILENT)
    assert json.loads(run("search", "tingling", "-f", "json").out)["silent"] == [
        {"section": "preparation", "subject": "eating", "codes": ["20975"], "total": 1},
        {"section": "home-care", "subject": "driving", "codes": ["20920", "20962", "20971"], "total": 1_005},
    ]
    rows = DictReader(StringIO(run("search", "tingling", "-f", "csv").out, newline=""))
    assert [(row["code"], row["section"], row["text"]) for row in rows if row["kind"] == "not mentioned"] == [
        ("20975", "preparation", "eating"),
        ("20920", "home-care", "driving"),
        ("20962", "home-care", "driving"),
        ("20971", "home-care", "driving"),
    ]


def test_a_question_without_an_answer_is_not_worth_other_words(run: Run) -> None:
    """It was understood: the page says what is not mentioned, the error that there is no answer, exit 1."""
    done = run("search", "20975", "can they eat before")
    assert done.code == 1
    assert "\n\nNot mentioned\n  - 20975: preparation does not mention eating\n\n" in done.out
    assert done.err == "cptref: no entry answers '20975 can they eat before'\n"


def test_a_published_code_says_what_it_does_not_mention(run: Run) -> None:
    """Behind the line that matches, as an article does behind its title."""
    page = run("search", "spinal headache botox", "-f", "text").out
    assert "\n  matches: spinal headache; does not mention: botox\n" in page


@pytest.mark.usefixtures("closest")
@pytest.mark.parametrize("form", ["text", "terminal", "markdown", "html"])
def test_what_comes_closest_is_labeled(run: Run, form: str) -> None:
    """Its best line below a heading that it is no match, and what it lacks; the error stays, exit 1."""
    done = run("search", "tingling", "-f", form, "--width", "100")
    text = re.sub(r"<.*?>|[*#\\]", "", done.out)
    assert done.code == 1
    assert done.err == "cptref: no entry matches 'tingling'; try fewer or other words, or cptref list\n"
    places = (
        "Search: tingling",
        "Closest, not a match: Facet or sacroiliac joint injection; does not mention: surgery\n",
        "Symptoms: Pain radiating down into the legs\n",
        "! 20962 conflict\n",
    )
    assert [text.index(place) for place in places] == sorted(text.index(place) for place in places)
    assert "Articles" not in text


@pytest.mark.usefixtures("closest")
def test_what_comes_closest_is_no_result(run: Run) -> None:
    """In JSON an object of its own, in CSV a row that says so; a picker and JSON Lines get nothing."""
    answer = json.loads(run("search", "tingling", "-f", "json").out)
    assert (answer["results"], answer["total"]) == ([], 0)
    assert (answer["partial"]["code"], answer["partial"]["score"]) == ("20962", 0.21)
    assert answer["partial"]["notice"] == answer["dataset"]["notice"]
    (row,) = DictReader(StringIO(run("search", "tingling", "-f", "csv").out, newline=""))
    assert (row["code"], row["kind"], row["missing"]) == ("20962", "closest, not a match", "surgery")
    for form in ("lines", "jsonl"):
        assert run("search", "tingling", "-f", form)[:2] == (1, "")


@pytest.mark.usefixtures("closest")
def test_a_code_has_no_closest_line(run: Run) -> None:
    """A code that is not in the library is looked up, not searched; other codes are other procedures."""
    done = run("search", "20977")
    assert done[:2] == (1, "")
    assert done.err.startswith("cptref: 20977: looks like a code, but is not in the library; ")


# --- what is typed without quotes, and what comes from standard input ------------------------------------------------


@pytest.mark.parametrize(
    ("words", "count"),
    [("numb feet", 2), ("leg pain", 2), ("low back pain", 3), ("LBP, numb feet", 3), ("tingling in my legs", 4)],
)
def test_a_phrase_without_quotes_gets_a_hint(run: Run, words: str, count: int) -> None:
    """It was read as several symptoms; the hint can be pasted."""
    err = run("symptom", *words.split()).err
    hint = f"cptref: {words} was read as {count} symptoms; quote what belongs together: '{words}'\n"
    assert err.count("quote what") == err.count(hint) == 1


@pytest.mark.parametrize(
    "arguments",
    [["numb feet", "legs"], ["LBP", "numbness"], ["tingling", "weakness", "sciatica"], ["numb feet, legs"], ["legs"]],
)
def test_symptoms_get_no_hint(run: Run, arguments: list[str]) -> None:
    """Where each may be one, and where there are quotes."""
    assert "quote what" not in run("symptom", *arguments).err


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("LBP x 6 wks\n\n  numb feet; weak legs\r\n", ["LBP x 6 wks", "numb feet", "weak legs"]),
        ("#1 back pain\n#2 numb feet\n", ["back pain", "numb feet"]),
        ("# leg pain\n", ["# leg pain"]),
    ],
)
def test_symptoms_come_from_standard_input(command: str, spawn: Spawn, text: str, queries: list[str]) -> None:
    """One a line, or several on one; `#` begins no comment in prose."""
    done = spawn(command, "symptom", "-", "-f", "json", stdin=text.encode())
    assert [symptom["query"] for symptom in json.loads(done.out)["symptoms"]] == queries
    assert "quote what" not in done.err


def test_symptoms_stand_beside_those_of_standard_input(command: str, spawn: Spawn) -> None:
    """In the place of the `-`."""
    done = spawn(command, "symptom", "LBP", "-", "weak legs", "-f", "json", stdin=b"numb feet\n")
    queries = [symptom["query"] for symptom in json.loads(done.out)["symptoms"]]
    assert queries == ["LBP", "numb feet", "weak legs"]


def test_a_query_comes_from_standard_input(command: str, spawn: Spawn, run: Run) -> None:
    """All lines are one query; a hyphen among words is no file."""
    done = spawn(command, "search", "-", stdin="\ufeff#1 tingling\n\n  legs  \n".encode())
    assert done.out.startswith("Search: #1 tingling legs\n=")
    assert done.out.split("\n", 2)[2] == run("search", "#1 tingling legs").out.split("\n", 2)[2]
    assert json.loads(spawn(command, "search", "-", "-f", "json", stdin=b"a\nleg\n").out)["query"] == "a\nleg"
    dash = spawn(command, "search", "tingling", "-", "legs", stdin=b"knee")
    assert dash == run("search", "tingling - legs")


@pytest.mark.parametrize(("name", "content"), [("search", "words"), ("symptom", "symptoms")])
def test_standard_input_without_words_is_wrong_usage(command: str, spawn: Spawn, name: str, content: str) -> None:
    """As is a terminal, which nobody waits for."""
    assert spawn(command, name, "-", stdin=b" \n\n") == (
        2,
        "",
        f"cptref: no {content} on standard input; write or paste some\n",
    )
    done = shown([command, name, "-", "--color", "never"], columns=150, streams=("stdin", "stdout", "stderr"))
    assert done.code == 2
    assert done.out == (
        f"cptref: error: - reads {content} from standard input, which is a terminal; name the {content}, or pipe them "
        "in with | or <\n"
    )
