"""The tools of `cptref mcp`, as the SDK's own client calls them over standard input and output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from cptref import open_library
from cptref.days import parse_day
from cptref.render.compact import MAX_BYTES
from cptref.render.compact.objects import build_dataset
from tests.claims.sets import DAY
from tests.mcp.agent import text_of
from tests.mcp.conversation import CONVERSATION, replay

if TYPE_CHECKING:
    from cptref.render.compact.objects import DatasetObject
    from tests.mcp.agent import Agent

# One call of each tool that is answered by all that could answer it.
CALLS: dict[str, dict[str, object]] = {
    "lookup": {"codes": ["20976", "64483-50"], "on": DAY},
    "search": {"query": "made-up drug", "on": DAY},
    "symptoms": {"symptoms": "numb feet", "on": DAY},
    "compare": {"codes": ["20976", "64483"], "on": DAY},
    "check_claim": {"lines": ["20976-50", "20552", "64483"], "on": DAY},
    "fee": {"codes": "64483-50", "locality": "FL-04", "on": DAY},
    "code_sets": {"on": DAY},
}
BLANKS: tuple[object, ...] = (None, "", " \n", [], [""], "[]")


@pytest.fixture(scope="module")
def dataset() -> DatasetObject:
    """Return the dataset that every result names."""
    with open_library() as library:
        return build_dataset(library.dataset)


def find_values(value: Any, key: str) -> list[Any]:  # noqa: ANN401 - whatever JSON can hold
    """Return what stands under a key anywhere in a value of JSON."""
    if isinstance(value, list):
        return [found for item in value for found in find_values(item, key)]
    if not isinstance(value, dict):
        return []
    return [*([value[key]] if key in value else []), *find_values([*value.values()], key)]


# What tools/list says


def test_seven_tools_say_when_to_use_them(agent: Agent) -> None:
    """Each has a title, a short description and described arguments, only reads, and stays on this machine."""
    tools = agent.wait(agent.client.list_tools).tools
    assert [tool.name for tool in tools] == [*CALLS]
    for tool in tools:
        assert tool.title
        assert len(tool.description) < 250
        assert tool.annotations.model_dump(exclude_none=True) == {
            "read_only_hint": True,
            "destructive_hint": False,
            "idempotent_hint": True,
            "open_world_hint": False,
        }
        assert all(argument["description"] for argument in tool.input_schema["properties"].values())
        assert set(tool.input_schema.get("required", ())) <= {"codes", "query", "symptoms", "lines"}


def test_tools_are_short(agent: Agent) -> None:
    """What a model reads of all tools has at most 7,000 bytes, and with the schemas of results 44,000."""
    listed = agent.wait(agent.client.list_tools).model_dump(mode="json", by_alias=True, exclude_none=True)["tools"]
    read = [{key: value for key, value in tool.items() if key != "outputSchema"} for tool in listed]
    assert len(json.dumps(read, separators=(",", ":"))) <= 7_000
    assert len(json.dumps(listed, separators=(",", ":"))) <= 44_000


def test_instructions_name_every_tool(agent: Agent) -> None:
    """A model is told what the tools are for, to pass the finding on, and to make nothing up."""
    instructions = agent.client.instructions or ""
    assert all(f"{tool} for" in instructions or f"{tool} " in instructions for tool in CALLS)
    for sentence in ("nothing is sent anywhere", "always tell the user the finding", "Never make up a code"):
        assert sentence in instructions
    assert len(instructions) < 1_100


# What every result says


@pytest.mark.parametrize("tool", CALLS)
def test_every_result_says_what_it_rests_on(agent: Agent, dataset: DatasetObject, tool: str) -> None:
    """It fits its schema, and has a notice, the day, and the release of each code set that it rests on."""
    result = agent.ask(tool, **CALLS[tool])
    schemas = {each.name: each.output_schema for each in agent.wait(agent.client.list_tools).tools}
    jsonschema.validate(result, schemas[tool])
    assert result["on"] == DAY
    assert result["dataset"] == dataset
    sets = find_values(result, "set")
    if tool != "symptoms":  # without ICD-10-CM, articles alone answer it
        assert sets
        assert len(find_values(result, "release")) >= len({*sets})


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("lookup", {"codes": "20976", "sections": "billing"}),
        ("lookup", {"codes": "abc"}),
        ("lookup", {"codes": "99998"}),
        ("lookup", {"codes": "RT"}),
        ("search", {"query": "pain", "sections": "symptoms"}),
        ("search", {"query": "xyzzyx"}),
        ("symptoms", {"symptoms": "xyzzyx"}),
        ("compare", {"codes": ["20976", "20975"], "sections": "billing"}),
        ("check_claim", {"lines": "99998"}),
        ("fee", {"codes": "abc"}),
    ],
)
def test_results_without_a_code_set_have_a_dataset_and_a_day(
    agent: Agent, dataset: DatasetObject, tool: str, arguments: dict[str, object]
) -> None:
    """Whatever was found, an agent can say what was asked, and of which day; today if none was named."""
    for on, day in ((DAY, DAY), ("", parse_day(None).isoformat())):
        result = agent.ask(tool, **arguments, on=on)
        assert (result["dataset"], result["on"]) == (dataset, day)


def test_the_text_is_short_and_steers_nothing(agent: Agent) -> None:
    """The text is the JSON of the object without white space; what steers a terminal in it is escaped."""
    plain, typed = agent.call("lookup", codes="20976"), agent.call("search", query="a\u202eb \x1b[31m \x9b1m \u00e9")
    assert text_of(plain) == json.dumps(plain.structured_content, ensure_ascii=False, separators=(",", ":"))
    text = text_of(typed)
    assert json.loads(text) == typed.structured_content
    assert "a\\u202eb \\u001b[31m \\u009b1m \u00e9" in text


@pytest.mark.parametrize("tool", ["lookup", "compare"])
def test_entries_come_with_their_finding(agent: Agent, tool: str) -> None:
    """Each entry has the finding on its code, in words that say whether it may be billed."""
    found = {entry["code"]: entry["verification"] for entry in agent.ask(tool, **CALLS[tool])["results"]}
    assert found["20976"]["status"] == "not-listed"
    assert found["20976"]["headline"] == "in no release checked; do not bill it"
    assert found["20976"]["finding"].startswith("20976 is not listed in the releases checked")
    assert found["64483"]["headline"] == "agrees with the published code set"


def test_the_finding_is_an_edit_of_a_claim(agent: Agent) -> None:
    """A line whose code the article describes wrongly is not clean, whatever the files say."""
    results = agent.ask("check_claim", **CALLS["check_claim"])["results"]
    (finding,) = (result for result in results if result["edit"] == "finding")
    assert finding["verdict"] == "deny likely"
    assert finding["says"].startswith("20976 is not a published code")


@pytest.mark.parametrize("tool", ["search", "symptoms"])
def test_hits_come_with_their_finding(agent: Agent, tool: str) -> None:
    """Each hit has its status, and each status is put into words once."""
    result = agent.ask(tool, **CALLS[tool])
    assert result["results"]
    assert {hit["verification"] for hit in result["results"]} == {*result["statuses"]}


# What agents send


@pytest.mark.parametrize(
    ("tool", "sent", "meant"),
    [
        ("lookup", {"codes": 20976}, {"codes": ["20976"]}),
        ("lookup", {"codes": 20976.0}, {"codes": ["20976"]}),
        ("lookup", {"codes": '["20976", 64483]'}, {"codes": ["20976", "64483"]}),
        ("lookup", {"codes": [20976, "64483"], "sections": None, "on": None}, {"codes": "20976 64483"}),
        ("lookup", {"codes": "20976", "sections": '["recovery"]'}, {"codes": "20976", "sections": "recovery"}),
        ("lookup", {"codes": "20976", "on": 20261120}, {"codes": "20976", "on": "2026-11-20"}),
        ("lookup", {"codes": "20976", "on": "11/20/2026"}, {"codes": "20976", "on": "2026-11-20"}),
        ("lookup", {"codes": "20976", "on": ""}, {"codes": "20976"}),
        (
            "search",
            {"query": "drug", "limit": "1", "billable": "true"},
            {"query": "drug", "limit": 1, "billable": True},
        ),
        ("search", {"query": "drug", "limit": None, "billable": None, "sets": None}, {"query": "drug"}),
        ("search", {"query": 20976}, {"query": "20976"}),
        ("symptoms", {"symptoms": '["numb feet", "LBP"]'}, {"symptoms": "numb feet, LBP"}),
        ("check_claim", {"lines": "64483-50", "place": 11, "locality": None}, {"lines": ["64483-50"], "place": "11"}),
        ("fee", {"codes": 64483, "qualifying": None}, {"codes": "64483"}),
        ("code_sets", {"on": None}, {}),
    ],
)
def test_arguments_may_come_in_other_types(
    agent: Agent, tool: str, sent: dict[str, object], meant: dict[str, object]
) -> None:
    """A number is its text, a list may be the JSON of it, and null leaves an argument out."""
    assert agent.ask(tool, **sent) == agent.ask(tool, **meant)


def test_a_claim_may_come_as_an_object(agent: Agent) -> None:
    """The text of a FHIR Claim, which the SDK reads as JSON, is read as one."""
    item = {"sequence": 1, "productOrService": {"coding": [{"code": "64483"}]}, "servicedDate": DAY}
    claim = {"resourceType": "Claim", "status": "active", "item": [item]}
    for lines in (claim, json.dumps(claim), [json.dumps(claim)]):
        (line,) = agent.ask("check_claim", lines=lines)["lines"]
        assert (line["code"], line["from"]) == ("64483", DAY)


@pytest.mark.parametrize("typed", ["modifier 50, RT", ["50", "RT"], '["50", "RT"]'])
def test_modifiers_alone_are_explained(agent: Agent, typed: object) -> None:
    """Text that holds modifiers and no code is answered with what they mean."""
    result = agent.ask("lookup", codes=typed)
    assert [modifier["code"] for modifier in result["modifiers"]] == ["50", "RT"]
    assert result["results"] == []


def test_modifiers_on_a_code_are_judged(agent: Agent) -> None:
    """A modifier typed with its code is judged; one beside a code is told how to be typed."""
    (entry,) = agent.ask("lookup", codes="64483-50", on=DAY)["results"]
    assert [(each["code"], each["verdict"]) for each in entry["appended"]] == [("50", "fits")]
    (miss,) = agent.ask("lookup", codes=["64483", "RT"], on=DAY)["not_found"]
    assert miss["message"] == (
        "looks like a modifier, not like a code; a modifier goes right behind its code: 64483-RT"
    )


# What gets no answer


@pytest.mark.parametrize("blank", BLANKS)
def test_blank_input_is_told_apart(agent: Agent, blank: object) -> None:
    """Nothing, in whatever form, is no unknown code: each tool says in the same words what to send."""
    codes = "codes is blank; send codes, such as 20976 or 64483-50"
    assert {agent.fail(tool, codes=blank) for tool in ("lookup", "fee", "compare")} == {codes}
    lines = "lines is blank; send claim lines, such as 64483-50 or J1010x40"
    assert agent.fail("check_claim", lines=blank) == lines
    assert agent.fail("symptoms", symptoms=blank) == "symptoms is blank; send complaints, such as numb feet"
    if not isinstance(blank, list) and blank != "[]":
        assert agent.fail("search", query=blank) == "query is blank; send words, such as medial branch block"


def test_a_line_has_its_input_only_if_that_says_more(agent: Agent) -> None:
    """Most lines are their code."""
    lines = agent.ask("check_claim", lines=["64483-50", "j0001"], on=DAY)["lines"]
    assert [line.get("input") for line in lines] == [None, "j0001"]


def test_codes_without_an_answer_say_why(agent: Agent) -> None:
    """An unknown code, one out of scope, and text that is no code get different reasons; close codes are offered."""
    typed = ["20977", "M54.16", "abc", "2O976", "20222"]
    misses = {miss["input"]: miss for miss in agent.ask("lookup", codes=typed, on=DAY)["not_found"]}
    reasons = {name: miss["reason"] for name, miss in misses.items()}
    assert reasons == {"20977": "not-held", "M54.16": "not-loaded", "abc": "malformed", "2O976": "malformed"}
    assert misses["20977"]["nearest"] == ["20971", "20975", "20976"]
    assert misses["M54.16"]["message"].startswith("is an ICD-10-CM diagnosis code")
    assert misses["2O976"]["message"] == "does not look like a code; did you mean 20976?"
    fees = {miss["input"]: miss["message"] for miss in agent.ask("fee", codes=typed, on=DAY)["not_found"]}
    assert fees["20977"] == "not in Fee schedule RVU26C"
    assert fees["M54.16"] == "a diagnosis, which has no fee"
    assert fees["abc"].startswith("does not look like a code; ")


def test_a_set_that_is_missing_is_named(agent: Agent) -> None:
    """A diagnosis without a loaded ICD-10-CM says what to load."""
    (text,) = agent.ask("lookup", codes="M54.16")["not_loaded"]
    assert text.startswith("no ICD-10-CM loaded: ")


def test_words_that_nothing_mentions_are_named(agent: Agent) -> None:
    """A search without a hit is an answer, which says so."""
    result = agent.ask("search", query="xyzzyx")
    assert (result["total"], result["results"], result["unmatched"]) == (0, [], ["xyzzyx"])
    (complaint,) = agent.ask("symptoms", symptoms="xyzzyx")["symptoms"]
    assert (complaint["covered"], complaint["unmatched"]) == (False, ["xyzzyx"])


@pytest.mark.parametrize(
    ("tool", "arguments", "problem"),
    [
        ("lookup", {"codes": "20976", "on": "soon"}, "'soon' is not a day; write it as in 2026-11-20"),
        ("search", {"query": "drug", "limit": 0}, "a limit of 0 is too small; it takes 1 or more"),
        ("check_claim", {"lines": "64483", "place": "xx"}, "'xx' is not a place of service; 11 is an office, "),
        ("fee", {"codes": "64483", "locality": "Nowhere"}, "Nowhere: no locality of GPCI 2026; "),
        ("lookup", {"codes": "20976", "sections": "zzz"}, "no section 'zzz"),
        ("search", {"query": "drug", "sets": "icd10cm"}, "no ICD-10-CM loaded; "),
        ("search", {"query": "drug", "sets": "nope"}, "no code set 'nope'; the sets are pfs, hcpcs, "),
        ("search", {"query": "pain", "foo": 1}, "search has no argument 'foo'; it takes query, sections, sets, "),
        ("search", {"query": "pain", "sets": "foo"}, "no code set 'foo'; the sets are "),
        ("search", {"query": "pain", "sets": "hcpcs", "sections": "cost"}, "sections are of articles, and code sets "),
        ("search", {"query": "word " * 201}, "201 words are too many to search for; "),
        ("check_claim", {"lines": [{"code": "64483"}]}, "lines must be text or a list, each item text"),
    ],
)
def test_errors_are_one_line(agent: Agent, tool: str, arguments: dict[str, object], problem: str) -> None:
    """What can't be asked is said in one line: what is wrong, and what to try."""
    message = agent.fail(tool, **arguments)
    assert message.startswith(problem)
    assert "\n" not in message


# What is long


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("lookup", {"codes": [*map(str, range(20000, 24000)), "20976"]}),
        ("lookup", {"codes": "20976 20975 20971 20962 20920 " * 400}),
        ("search", {"query": "x" * 100_000}),
        ("search", {"query": "injection", "limit": 1_000_000}),
        ("compare", {"codes": [*map(str, range(20000, 24000))]}),
        ("check_claim", {"lines": ["64483-50", "20552"] * 1_000}),
        ("fee", {"codes": [f"64483x{units}" for units in range(1, 1_000)]}),
        ("symptoms", {"symptoms": ["numb feet", "weak legs", "LBP"] * 60}),
    ],
)
def test_long_answers_end_with_what_is_left_out(agent: Agent, tool: str, arguments: dict[str, object]) -> None:
    """No result has more than MAX_BYTES bytes of JSON, and one that is cut says how much of what is there."""
    result = agent.ask(tool, **arguments)
    assert len(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode()) <= MAX_BYTES
    if "left_out" in result:
        assert " of " in result["left_out"]
        assert "; " in result["left_out"]


def test_what_is_left_out_is_counted(agent: Agent) -> None:
    """Of 2,001 codes, those without an answer are all named, and what does not fit is counted and named in words."""
    codes = [*map(str, range(20000, 22000)), "64483"]
    result = agent.ask("lookup", codes=codes)
    (miss,) = (each for each in result["not_found"] if "inputs" in each)
    kept, total = len(result["results"]), len(codes) - len(miss["inputs"])
    assert result["left_out"].startswith(f"{kept} of {total} results (without ")
    assert result["left_out"].endswith(" are here; ask for fewer codes, or name sections")


# What coders ask


def test_two_codes_together_are_a_claim(agent: Agent) -> None:
    """Whether two codes may be billed together is the pair edit of a claim of both, in either order."""
    for lines in (["20552", "64483"], ["64483", "20552"]):
        results = agent.ask("check_claim", lines=lines, on=DAY)["results"]
        (denied,) = (result for result in results if result["verdict"] == "deny likely")
        assert (denied["edit"], denied["code"]) == ("pair", "64483")
        assert denied["says"].startswith("64483 is not paid on the same day as 20552, unless a modifier says")
        assert denied["remedy"].startswith("a modifier such as 59, XE, XP, XS or XU on 64483")
    results = agent.ask("check_claim", lines=["64483", "64493"], on=DAY)["results"]
    (said,) = (result["says"] for result in results if result["edit"] == "pair")
    assert said == "no pair edit among the 2 codes of the day"


def test_sections_alone_can_be_asked_for(agent: Agent) -> None:
    """A section is named by its key or another name of it; the finding comes with it."""
    (entry,) = agent.ask("lookup", codes="20222", sections="before")["results"]
    assert entry["sections"] == {"preparation": ["Bring the made-up form"]}
    assert entry["verification"]["headline"] == "nobody has checked it against the published code set"


def test_code_sets_are_listed_with_what_is_due_and_missing(agent: Agent) -> None:
    """Each loaded release has its days and what is due by the day; sets that are not loaded say how to get them."""
    result = agent.ask("code_sets", on="2026-10-02")
    (fees,) = (each for each in result["sets"] if each["set"] == "pfs")
    assert (fees["release"], fees["effective_from"], fees["effective_to"]) == ("2026C", "2026-07-01", "2026-09-30")
    assert fees["due"].startswith("a newer edition is due since 2026-10-01: download the RVU zip")
    assert [text.partition(" loaded: ")[0] for text in result["not_loaded"]] == [
        *("no ICD-10-CM", "no ICD-10-CM index", "no hospital MUE", "no DME MUE", "no hospital pair edits"),
        *("no ZIP code localities", "no CPT descriptors"),
    ]


def test_results_can_be_narrowed(agent: Agent) -> None:
    """Sets, sections and a limit narrow a search."""
    only = agent.ask("search", query="made-up drug", sets="hcpcs", limit=1, on=DAY)
    assert only["results"] == []
    assert [(group["set"], len(group["hits"])) for group in only["sets"]] == [("hcpcs", 1)]
    within = agent.ask("search", query="made-up form", sections="preparation", on=DAY)
    assert [hit["code"] for hit in within["results"]] == ["20222"]
    assert within.get("sets", []) == []


def test_fees_are_by_locality_and_factor(agent: Agent) -> None:
    """National amounts come with those of each locality, by both factors or by that of qualifying participants."""
    both = agent.ask("fee", codes="64483-50", locality=["FL-04"], on=DAY)
    (fee,) = both["results"]
    assert [amount["place"] for amount in fee["amounts"]] == ["national", "national", "09102-04", "09102-04"]
    (fee,) = agent.ask("fee", codes="64483-50", locality="FL-04", on=DAY, qualifying=True)["results"]
    assert [(amount["place"], amount["factor"]) for amount in fee["amounts"]] == [
        ("national", "33.5675"),
        ("09102-04", "33.5675"),
    ]


def test_the_conversation_of_the_readme_is_what_tools_say(agent: Agent) -> None:
    """Each call of it is made, each part of a result is as it stands there, and it is short."""
    lines = CONVERSATION.splitlines()
    assert replay(CONVERSATION, agent) == lines
    assert len(lines) <= 15
    assert sum(line.startswith("cptref ") for line in lines) == 6
