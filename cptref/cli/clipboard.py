"""What `--copy` does: the codes of an answer go on the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.cli.messages import print_notice

if TYPE_CHECKING:
    from cptref.models.results import Answer

MAX_CODES_NAMED = 5


def copy_codes(answer: Answer) -> None:
    """Put the codes of an answer on the clipboard, one a line, and print a notice of it; no code changes nothing.

    Raise FileError where there is no clipboard, or none that takes as much.
    """
    from cptref.clipboard import copy_text
    from cptref.render.lines import build_cells

    verdicts = {code: verdict for code, verdict, *_ in build_cells(answer)}
    if not verdicts:
        return
    way = copy_text("\n".join(verdicts))
    named = [f"{code} ({verdict})" for code, verdict in verdicts.items()][:MAX_CODES_NAMED]
    more = len(verdicts) - len(named)
    print_notice(f"copied {way}: {', '.join(named)}{f' and {more:,} more' if more else ''}")
