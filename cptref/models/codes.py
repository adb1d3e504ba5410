"""The values of codes.toml: what published codes stand for in plain words, and how Medicare treats them."""

from functools import partial
from typing import Literal, NamedTuple

from cptref.models.article import FIELD_TYPES, Indicator, build_value

# How a service and its imaging go together: no imaging, included in the code, ultrasound included, reported with a code
# of its own, or the code is the imaging; "" if nobody said.
Imaging = Literal["", "none", "included", "ultrasound", "separate", "guidance"]


class Mue(NamedTuple):
    """A medically unlikely edit of CMS: the most units of a day, and how they are judged.

    Adjudication indicator 1: each claim line against the limit; 2: all lines of a day, an absolute limit by policy; 3:
    all lines of a day, a clinical limit that more can pass on appeal.
    """

    units: int
    indicator: Literal[1, 2, 3]


class PublishedCode(NamedTuple):
    """A published code: its service in plain words, and its figures as of a `release`.

    Codes of one `family` differ by region, imaging or level alone. `add_on_to` are the codes that an add-on goes with.
    `status`, `global_days`, `bilateral`, `multiple` and `pc_tc` are the fields of the CMS Relative Value Files, None or
    "" if nobody said. `ask` are the words by which people ask for the code, `complaints` what points to its region.
    """

    code: str
    family: str
    service: str
    release: str
    region: str = ""
    imaging: Imaging = ""
    level: str = ""
    add_on_to: tuple[str, ...] = ()
    status: str = ""
    global_days: Literal["", "000", "010", "090", "MMM", "XXX", "YYY", "ZZZ"] = ""
    bilateral: Indicator | None = None
    multiple: Literal[0, 1, 2, 3, 4, 5, 6, 7, 9] | None = None
    pc_tc: Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9] | None = None
    mue: Mue | None = None
    ask: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """The service with its level, region and imaging: `facet joint injection, first level, low back or sacrum`.

        Imaging is named where it tells the code from the usual one.
        """
        service, *_ = self.service.partition("; ")
        imaging = {"none": "without imaging", "ultrasound": "with ultrasound"}.get(self.imaging, "")
        return ", ".join(filter(None, (service, self.level, self.place, imaging)))

    @property
    def remark(self) -> str:
        """What the service says behind a semicolon, which is no part of the description."""
        return self.service.partition("; ")[2]

    @property
    def place(self) -> str:
        """The region as a sentence has it: `low back or sacrum`; "" for any region."""
        return "" if self.region == "any" else self.region.replace(", ", " or ")


class CodeTable(NamedTuple):
    """data/codes.toml: the published codes that articles point to."""

    codes: tuple[PublishedCode, ...]


FIELD_TYPES |= {
    PublishedCode: {"mue": partial(build_value, Mue)},
    CodeTable: {"codes": partial(build_value, PublishedCode)},
}
