"""`cptref symptom`."""

import re
from shlex import quote
from typing import Annotated

import typer

from cptref.analysis import STOP_WORDS
from cptref.cli.clipboard import copy_codes
from cptref.cli.messages import (
    print_error,
    print_notice,
    report_cut,
    report_denied,
    report_reading,
    report_unmatched,
)
from cptref.cli.options import Billable, Copy, EntryLimit, ListForm, On, Sets, Verbose, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.cli.stdin import PLACEHOLDER, expand_stdin
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref symptom 'numb feet' 'weak legs' 'LBP'",
    "cptref symptom 'LBP, numb feet; weak legs'",
    "cptref symptom 'pins and needles' -f json",
    "printf 'LBP x 6 wks\\nnumb feet' | cptref symptom -",
)

# Words that are no symptom by themselves: who types one as an argument forgot the quotes.
_PHRASE_WORD_LIST = """
head face jaw neck throat shoulder arm elbow wrist hand finger chest rib back spine belly abdomen hip groin buttock leg
thigh knee calf ankle foot feet toe left right bilateral upper lower low mild moderate severe chronic acute sharp dull
"""
_PHRASE_WORDS = STOP_WORDS.union(*((word, f"{word}s") for word in _PHRASE_WORD_LIST.split()))


def match_symptoms(
    ctx: typer.Context,
    symptoms: Annotated[
        list[str],
        typer.Argument(
            metavar="SYMPTOM...",
            help="What the patient reports, also several between commas; - reads it from standard input.",
            show_default=False,
        ),
    ],
    sets: Sets = None,
    billable: Billable = False,
    on: On = None,
    limit: EntryLimit = 5,
    verbose: Verbose = False,
    form: ListForm = None,
    copy: Copy = False,
    width: Width = None,
) -> None:
    """Find codes that fit what a patient reports."""
    texts = expand_stdin(symptoms, "symptoms")
    with open_configured(ctx.obj) as library:
        answer = library.symptom(texts, limit, sets=sets or (), billable=billable, on=on)
    print_result(ctx.obj, answer._replace(verbose=verbose), form, width)
    denied = dict.fromkeys(thing for symptom in answer.symptoms for thing in symptom.denied)
    report_denied(denied, all_of_it=answer.only_denies)
    for symptom in answer.symptoms:
        report_reading(symptom.understood)
        report_unmatched(symptom.unmatched, where="symptoms, uses and causes do not mention")
    report_cut(len(answer.hits), answer.total)
    for query in answer.missed:
        print_error(f"no entry covers {query!r}; try fewer or other words, or cptref search")
    if len(answer.symptoms) > 1 and PLACEHOLDER not in symptoms and _lack_quotes(symptoms):
        phrase = " ".join(symptoms)
        print_notice(
            f"{phrase} was read as {len(answer.symptoms)} symptoms; quote what belongs together: {quote(phrase)}"
        )
    if copy:
        copy_codes(answer)
    if answer.missed or answer.only_denies:
        raise typer.Exit(ExitCode.NOT_FOUND)


def _lack_quotes(arguments: list[str]) -> bool:
    """Return whether arguments look like one phrase: single words, of which one can't be a symptom by itself."""
    words = {re.split("['\u2019]", argument.strip(",;.").casefold())[0] for argument in arguments}  # can't
    return not any(len(word.split()) > 1 for word in words) and not words.isdisjoint(_PHRASE_WORDS)


COMMAND = match_symptoms
