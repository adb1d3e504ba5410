"""Compact objects that are too long -> the same without what is at the end of their lists, and what is missing.

Numbers of lines go first, since a verdict on thousands of them is worth more than all of their numbers. Of a list,
whole items are left out at its end. Only if its first item alone is too long, the same is done within it, and at last a
long text ends early. What is short is not left out for the sake of what is long: the long values of an object share the
room that the short ones leave. Time grows with the size of an object, since each of its few levels is measured once.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

Object = dict[str, Any]

# What decides may take this much of the room that is left before the rest shares it.
FIRST_KEYS = frozenset({"results", "verification", "bundled_verification", "not_found", "unread", "notices"})
FIRST_SHARE = 0.75
MAX_NUMBERS = 30  # of the lines that a result is about
SHORT_BYTES = 1_000  # a value of this size is not left out while there is room
# Objects of which each key is an item of a list.
MAPPINGS = frozenset({"see_instead", "codes", "titles", "only", "sections"})
MAX_WORDS_BYTES = 1_400  # of what is said about what is left out
MAX_NAME_CHARACTERS = 40
CUT = " ..."  # the end of a text that goes on


# What a list is of, in plain words, where its key does not say it; and keys that name a place and no thing.
_NOUNS = {
    "not_found": "codes without an answer",
    "inputs": "codes without an answer",
    "hits": "codes",
    "sets": "code sets",
    "ranking": "ranked fees",
    "only": "codes",
    "similar": "similar lines",
    "shared": "shared lines",
    "matches": "matching lines",
}
_PLACES = frozenset({"results", "sections", "code_sets", "symptoms", "diagnoses", "the first", "lines", *_NOUNS})
# How to ask for less or for the rest, by what was left out; else as the answer says.
_ADVICE = {
    "hits": "narrow by more words or by billable, or ask for a smaller limit",
    "sets": "name the code sets",
    "not_found": "ask about fewer codes",
    "inputs": "ask about fewer codes",
    "sections": "name sections",
    "a section": "search finds its lines",
}
MAX_NAMED = 10  # codes that are left out


class Cut(NamedTuple):
    """Where something was left out: how much is here, of how much, and the codes of what is not."""

    path: tuple[str, ...]
    kept: int
    total: int
    unit: str = ""
    missing: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The key of the list; those of the lines of sections are sections."""
        return "a section" if "sections" in self.path[:-1] else self.path[-1]


class NoRoomError(Exception):
    """There is no room for any of a value."""


def measure(value: object) -> int:
    """Return the bytes of a value as JSON in UTF-8 without white space."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def limit_bytes(value: Object, max_bytes: int, advice: str) -> Object:
    """Return an object of at most this many bytes: the same, or less of it and `left_out`, with an advice.

    Raise ValueError if that is too little for what every answer says.
    """
    if measure(value) <= max_bytes:
        return value
    cuts: list[Cut] = []
    counts = [0]
    try:
        fitted = _fit_object(_cut_numbers(value, counts), max_bytes - MAX_WORDS_BYTES, (), cuts)
    except NoRoomError:
        raise ValueError(f"{max_bytes} bytes are too few for any answer") from None
    if max(counts) > MAX_NUMBERS:
        cuts.append(Cut(("a result", "numbers"), MAX_NUMBERS, max(counts)))
    words = _describe(cuts, advice)
    if limited := value.get("left_out"):
        words = f"{words}; {limited.partition('; ')[0]}"  # a higher limit would not help
    return {**fitted, "left_out": words}


def _describe(cuts: list[Cut], advice: str) -> str:
    """Return what is here in words, the answer's own lists first: `10 of 57 results are here; ask for fewer codes`."""
    clauses: list[str] = []
    advices: list[str] = []
    room = MAX_WORDS_BYTES - 400
    for cut in sorted(cuts, key=lambda cut: len(cut.path)):
        clause = _describe_cut(cut)
        room -= measure(clause)
        if room < 0:
            clauses.append("less of other lists")
            break
        clauses.append(clause)
        how = _ADVICE.get(cut.kind, advice)
        if not any(how in other for other in advices):
            advices.append(how)
    verb = "is" if len(cuts) == 1 and cuts[0].kept == 1 else "are"
    return "; ".join((f"{', '.join(clauses)} {verb} here", *advices))


def _describe_cut(cut: Cut) -> str:
    """Return what is here of a list: `3 of 54 results (without 64410, 64412 and 49 more)`."""
    *owners, name = (name[:MAX_NAME_CHARACTERS] for name in cut.path)
    what = _NOUNS.get(name, name.replace("_", " "))
    if cut.kind == "a section":
        place = cut.path.index("sections")
        owners, what = owners[:place], f"{'line' if cut.unit else 'lines'} of {cut.path[place + 1]}"
    what = f"{cut.unit} of the {what}" if cut.unit else what
    of = "".join(f" of {owner}" for owner in reversed(owners) if owner not in _PLACES)
    named = ", ".join(cut.missing[:MAX_NAMED])
    more = f" and {len(cut.missing) - MAX_NAMED:,} more" if len(cut.missing) > MAX_NAMED else ""
    without = f" (without {named}{more})" if named else ""
    return f"{cut.kept:,} of {cut.total:,} {what}{of}{without}"


def _cut_numbers(value: Any, counts: list[int]) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a value with the first numbers of each list of them, and add how many there were."""
    if isinstance(value, dict):
        return {key: _cut_numbers(item, counts) for key, item in value.items()}
    if not isinstance(value, list) or not value:
        return value
    if not isinstance(value[0], int):
        return [_cut_numbers(item, counts) for item in value]
    counts.append(len(value))
    return value[:MAX_NUMBERS]


def _fit(value: Any, room: int, path: tuple[str, ...], cuts: list[Cut]) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what of a value fits into some bytes. Raise NoRoomError if nothing does."""
    if measure(value) <= room:
        return value
    if isinstance(value, dict):
        return (_fit_mapping if path[-1] in MAPPINGS else _fit_object)(value, room, path, cuts)
    if isinstance(value, list):
        return _fit_list(value, room, path, cuts)
    if isinstance(value, str):
        return _fit_text(value, room, path, cuts)
    raise NoRoomError


def _fit_object(value: Object, room: int, path: tuple[str, ...], cuts: list[Cut]) -> Object:
    """Return an object with all of its keys: the short values first, then the long ones, which share the room."""
    sizes = {key: measure(item) for key, item in value.items()}
    room -= 2 + sum(measure(key) + 2 for key in value)
    order = sorted(value, key=lambda key: (sizes[key] > SHORT_BYTES, key not in FIRST_KEYS, sizes[key]))
    fitted: Object = {}
    others = sum(sizes.values())  # that wait for their turn
    for position, key in enumerate(order):
        others -= sizes[key]
        share = int(room * FIRST_SHARE) if key in FIRST_KEYS else room // (len(order) - position)
        share = room if sizes[key] <= SHORT_BYTES else share
        fitted[key] = _fit(value[key], max(share, room - others), (*path, key), cuts)
        room -= measure(fitted[key])
    return {key: fitted[key] for key in value}


def _fit_list(value: list[Any], room: int, path: tuple[str, ...], cuts: list[Cut]) -> list[Any]:
    """Return the first items of a list, or the beginning of the first one."""
    kept = value[: _count_fitting(map(measure, value), room)]
    if not kept:
        kept = _fit_first(value[0], room, (*path, _name_item(value[0])), cuts)
    if len(kept) < len(value):
        left = value[max(len(kept), 1) :] if path == ("results",) else []
        missing = tuple(item["code"] for item in left if isinstance(item, dict) and "code" in item)
        cuts.append(Cut(path, len(kept), len(value), missing=missing))
    return kept


def _fit_mapping(value: Object, room: int, path: tuple[str, ...], cuts: list[Cut]) -> Object:
    """Return the first keys of an object with their values, or the beginning of the first one."""
    items = [*value.items()]
    kept = dict(items[: _count_fitting((measure({key: item}) - 2 for key, item in items), room)])
    if not kept:
        key, item = items[0]
        kept = dict(zip([key], _fit_first(item, room - measure(key) - 1, (*path, key), cuts), strict=False))
    if len(kept) < len(value):
        cuts.append(Cut(path, len(kept), len(value)))
    return kept


def _count_fitting(sizes: Iterable[int], room: int) -> int:
    """Return how many items fit, each with a comma, between two brackets. Raise NoRoomError if the brackets don't."""
    room -= 2
    if room < 0:
        raise NoRoomError
    count = 0
    for size in sizes:
        room -= size + 1
        if room < 0:
            break
        count += 1
    return count


def _fit_first(value: Any, room: int, path: tuple[str, ...], cuts: list[Cut]) -> list[Any]:  # noqa: ANN401 - whatever JSON can hold
    """Return the beginning of a value that stands alone between two brackets, nothing if none of it fits."""
    earlier = len(cuts)
    try:
        return [_fit(value, room - 2, path, cuts)]
    except NoRoomError:
        del cuts[earlier:]
        return []


def _fit_text(value: str, room: int, path: tuple[str, ...], cuts: list[Cut]) -> str:
    """Return the beginning of a text."""
    room -= measure(CUT)
    if room < 0:
        raise NoRoomError
    length = 0
    for character in value:
        room -= measure(character) - 2
        if room < 0:
            break
        length += 1
    cuts.append(Cut(path, length, len(value), "characters"))
    return value[:length] + CUT


def _name_item(item: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Return by what an item of a list is known: its code or the like, else its place, which is the first."""
    names = ("code", "key", "heading", "number", "query") if isinstance(item, dict) else ()
    return next((str(item[name]) for name in names if name in item), "the first")
