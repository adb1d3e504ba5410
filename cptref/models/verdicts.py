"""What answers about claims, pairs and fees have in common: verdicts, what they rest on, what could not be read."""

from typing import Literal, NamedTuple

Setting = Literal["practitioner", "hospital"]  # whose MUE and pair edits hold
# `ok`: nothing speaks against it. `look`: a person has to decide. `deny likely`: an edit of the payer would deny it.
# `unknown`: what it depends on is not loaded, or the day is before every loaded release.
Verdict = Literal["deny likely", "look", "unknown", "ok"]
VERDICTS: tuple[Verdict, ...] = ("deny likely", "look", "unknown", "ok")  # worst first
# The last line of every page about claims.
ADVICE = (
    "Not legal, billing or coverage advice: coverage policies (LCD), payer rules and deductibles are not held. "
    "Check every code against the current code set."
)


class Rule(NamedTuple):
    """What a result rests on: a set and its release, or a rule that no file has.

    `as_of` is not "" where another release than that of the day had to do, and says which: `as of RVU26C`.
    """

    source: str  # "Fee schedule RVU26C", "NCCI Policy Manual, chapter 1"
    set: str = ""
    release: str = ""
    as_of: str = ""

    @property
    def older(self) -> str:
        """The release that had to do, if it is older than the day: `RVU26C`; "" for any other."""
        words, _, release = self.as_of.partition("as of ")
        return "" if words else release

    @property
    def label(self) -> str:
        """What it rests on, and that it is of another time if it is: `Fee schedule RVU26C, older than ...`."""
        if self.older:
            return f"{self.source}, which is older than the date of service"
        return f"{self.source} ({self.as_of})" if self.as_of else self.source


class Finding(NamedTuple):
    """Why a code does not stand for what the article on it describes, and which codes to look at ("" for none)."""

    code: str
    says: str
    remedy: str


class Unread(NamedTuple):
    """Something of the input that could not be read, and why; nothing is guessed."""

    input: str
    reason: str
