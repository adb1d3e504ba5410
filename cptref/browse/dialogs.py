"""What is typed on: the line of the question, and those for a note and for the name of a file; and a menu."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text
    from textual.app import ComposeResult
    from textual.events import Key, Paste

MAX_PASTED_CHARACTERS = 100_000  # of one paste; a claim has some thousands
LINE_END, TAB = "\u23ce", "\u21e5"  # what stands for them on one line


class Question(Input):
    """The line that is typed on. It takes all lines of a paste, with a sign for each line end and tab."""

    virtual_size = Reactive(Size(0, 0))  # without a new layout of the screen at each key
    BINDINGS: ClassVar = [Binding("enter", "app.pick", "Pick", key_display="⏎")]

    @property
    def text(self) -> str:
        """What is typed, with the line ends and tabs of a paste."""
        return self.value.replace(LINE_END, "\n").replace(TAB, "\t")

    def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        lines = re.sub(r"\r\n?|\n", LINE_END, event.text.strip("\r\n")[: MAX_PASTED_CHARACTERS + 1])
        if len(lines) > MAX_PASTED_CHARACTERS:
            self.notify(f"Not pasted: it has more than {MAX_PASTED_CHARACTERS:,} characters.", severity="error")
            return
        self.replace(escape_unsafe(lines.replace("\t", TAB)), *sorted(self.selection))

    async def _on_key(self, event: Key) -> None:
        if event.character == "?" and not self.value:
            event.prevent_default()
            event.stop()
            await self.app.run_action("help")


class Prompt(ModalScreen[str]):
    """Asks for one line; Escape gives ""."""

    BINDINGS: ClassVar = [Binding("escape", "dismiss('')", "Cancel")]

    def __init__(self, label: Text, value: str = "") -> None:
        super().__init__()
        self._label = label
        self._value = value

    def compose(self) -> ComposeResult:
        """Yield the label and the line."""
        yield Static(self._label)
        yield Input(self._value, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give what is typed."""
        self.dismiss(event.value)


class Menu(ModalScreen[int]):
    """Lets one of several be chosen; Escape gives -1."""

    BINDINGS: ClassVar = [Binding("escape", "dismiss(-1)", "Cancel")]

    def __init__(self, items: Sequence[Text]) -> None:
        super().__init__()
        self._items = items

    def compose(self) -> ComposeResult:
        """Yield the list."""
        yield OptionList(*self._items, compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the number of the one that is chosen."""
        self.dismiss(event.option_index)
