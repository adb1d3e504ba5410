"""A library -> a full-screen application."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.text import Text
from textual.app import App
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.strip import Strip
from textual.widgets import Footer, Static
from textual.worker import WorkerFailed, get_current_worker

from cptref.browse.dialogs import Menu, Prompt, Question
from cptref.browse.lines import Page, Rows
from cptref.clipboard import copy_text
from cptref.days import parse_day
from cptref.errors import CptrefError, ExitCode
from cptref.render.blocks import Title
from cptref.render.files import write_new_file
from cptref.render.lines import choose_row, list_rows
from cptref.render.pages import keys
from cptref.render.screen import build_screen, describe_sources, has_own_page, join_remarks
from cptref.render.terminal import fit_text, iter_lines
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.driver import Driver
    from textual.worker import Worker

    from cptref.library import Library
    from cptref.render.blocks import Heading
    from cptref.render.lines import Row

REFRESH_S = 3  # between two looks at the files of the library
IDLE_S = 0.1  # without a key, before what is not seen of a page is drawn
MAX_ROWS = 100  # of the list; typing on narrows it
MAX_SAID_LINES = 3  # of what is said below the question
MAX_LINES = 10_000  # of a page; nobody reads more on a screen
SIGNALS = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}  # and the exit code after each, as shells have it


class Shown(NamedTuple):
    """An answer with its results, of which one is chosen, the answer on the page, and what is said beside it."""

    answer: Any
    rows: Sequence[Row]
    chosen: int | None
    of_page: Any
    said: str
    status: str


class BrowseApp(App[str]):
    """Shows what is typed. Ends with the code that is picked."""

    CSS_PATH = "browse.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (72, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual has it
    BINDINGS: ClassVar = [
        *(Binding(key.name, key.action, key.label, key_display=key.name.upper()) for key in keys.KEYS),
        Binding("escape", "clear", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False),
        Binding("down,ctrl+n", "move(1)", show=False),
        *(Binding(key, f"turn('{way}')", show=False) for key, way in keys.SCROLL_KEYS.items()),
        Binding("ctrl+c", "leave(130)", show=False, priority=True),
        Binding("ctrl+q", "leave(1)", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
    ]

    def __init__(self, library: Library, *, notes: str | None = None, on: str | None = None) -> None:
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"  # the colors of the terminal, be it light or dark
        self.console.no_color = self.no_color
        self._library, self._notes, self._on = library, notes, on
        self._turn = Lock()  # one question at a time, so that an outdated one is never asked
        self._shown = Shown(None, (), None, None, "", "")
        self._marked: dict[str, None] = {}
        self._as_symptoms = False
        self._before = ""  # what was chosen before codes were compared
        self._pending: Callable[[], Any] | None = None  # the question that is being asked
        self._notice = ""  # what was done, to be said once
        self._question = Question(id="question", compact=True, placeholder=keys.PLACEHOLDER)
        self._rows, self._page = Rows(), Page()
        self._places = {name: Static(id=name) for name in ("said", "verdict", "status")}

    def get_driver_class(self) -> type[Driver]:
        """Return the driver of this system, with the size of what is drawn on: standard output may be a pipe."""

        class ScreenDriver(super().get_driver_class()):  # type: ignore[misc]  # a class that is known at run time
            def _get_terminal_size(self) -> tuple[int, int]:
                with suppress(OSError, AttributeError, ValueError):
                    columns, rows = os.get_terminal_size(sys.__stderr__.fileno())  # type: ignore[union-attr]
                    return columns or 80, rows or 24
                return super()._get_terminal_size()  # type: ignore[no-any-return]

        return ScreenDriver

    def _handle_exception(self, error: Exception) -> None:
        """Keep an exception for `browse` to raise once the terminal is as it was; Textual would print a page of it."""
        if self._exception is None:
            self._exception = error.error if isinstance(error, WorkerFailed) else error  # type: ignore[assignment]
            self._exception_event.set()
        self._close_messages_no_wait()

    def compose(self) -> ComposeResult:
        """Yield the widgets from top to bottom."""
        yield self._question
        yield self._places["said"]
        with Container(id="body"):
            yield self._rows
            with Vertical():
                yield self._places["verdict"]
                yield self._page
        yield self._places["status"]
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Show all codes, and what the keys do."""
        for name, code in SIGNALS.items():
            with suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):  # Windows; a test's thread
                asyncio.get_running_loop().add_signal_handler(getattr(signal, name), self._action_leave, code)
        self.watch(self._page, "scroll_y", self._show_verdict)
        self.set_interval(REFRESH_S, self._refresh_library)
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        self._look()

    # --- asking and drawing, in a thread ---

    def _look(self, *, again: bool = False) -> None:
        """Ask what is typed; `again` chooses the same code."""
        ask = partial(self._library.ask, self._question.text, as_symptoms=self._as_symptoms, on=self._on)
        chosen = (self._rows.row.label or self._before) if again else ""
        self._before = ""
        self._start(lambda: self._list(ask(limit=MAX_ROWS), chosen), keep_place=again)

    def _list(self, answer: Any, label: str = "") -> Shown:  # noqa: ANN401 - any answer with codes
        """Return an answer with its results, and with the page of the one that is chosen."""
        rows = list_rows(answer, MAX_ROWS)
        chosen = choose_row(answer, rows, label)
        shown = Shown(answer, rows, chosen, answer, join_remarks(answer, as_symptoms=self._as_symptoms), "")
        return shown._replace(of_page=self._find_page(shown))

    def _find_page(self, shown: Shown) -> Any:  # noqa: ANN401 - any answer
        """Return the answer that the chosen row stands for: that of all rows, or what is known of its code."""
        label = "" if shown.chosen is None else shown.rows[shown.chosen].label
        return self._library.show(label, on=self._on) if label else shown.answer

    def _start(self, question: Callable[[], Shown], *, keep_place: bool = False) -> None:
        """Ask a question in a thread, in place of the one that is being asked."""
        self._pending = question
        width = self._page.scrollable_content_region.width
        work = partial(self._work, question, width, self.size.height, keep_place=keep_place)
        self.run_worker(work, thread=True, exclusive=True)

    def _work(self, question: Callable[[], Shown], width: int, height: int, *, keep_place: bool) -> None:
        """Ask a question unless it is outdated, and draw its page: what is seen, then the rest if nobody types on."""
        worker = get_current_worker()
        with self._turn:
            if worker.is_cancelled:
                return
            try:
                shown, dataset = question(), self._library.dataset
            except CptrefError as error:
                self.call_later(self._give_up, worker, str(error))
                return
        shown = shown._replace(status=describe_sources(shown.of_page, dataset, parse_day(self._on)))
        page = build_screen(shown.of_page)
        strips: list[Strip] = []
        marks: list[tuple[int, Title | Heading]] = []
        if isinstance(page[0], Title):  # it is above the page, where it stays
            marks, page = [(0, page[0])], page[1:]
        for mark, line in iter_lines(page, self.console, width, MAX_LINES):
            marks += [(len(strips), mark)] if mark else []
            strips.append(Strip(line))
            if len(strips) == height + 1:
                self.call_later(self._show, worker, shown, strips.copy(), marks.copy(), keep_place=keep_place)
                keep_place = True
                if worker.cancelled_event.wait(IDLE_S):
                    return
            if worker.cancelled_event.is_set():
                break
        self.call_later(self._show, worker, shown, strips, marks, keep_place=keep_place)

    def _show(self, worker: Worker[None], shown: Shown, *page: Any, keep_place: bool) -> None:  # noqa: ANN401
        """Show what a worker has drawn, unless it is outdated."""
        if worker.is_cancelled:
            return
        self._pending = None
        self._page.show(*page, keep_place=keep_place)
        if shown is not self._shown:
            self._shown = shown
            self._rows.set_class(len(shown.rows) <= 1, "-single")
            self._rows.show(shown.rows, shown.chosen)
            notice, self._notice = self._notice, ""
            self._say(notice or shown.said)
            self._set("status", Text(escape_unsafe(shown.status)))
            self._show_verdict()

    def _show_verdict(self) -> None:
        title = self._page.title
        self._places["verdict"].set_classes(title.tone)
        self._set("verdict", Text(escape_unsafe(title.text)))

    def _set(self, name: str, text: Text) -> None:
        if text != self._places[name].content:
            self._places[name].update(text, layout=False)

    def _give_up(self, worker: Worker[None], problem: str) -> None:
        """Say why a question has no answer, unless it is outdated."""
        if not worker.is_cancelled:
            self._pending = None
            self._say(problem)

    def _say(self, text: str) -> str:
        """Say something below the question, on as many lines as it takes; return ""."""
        said = fit_text(text, self.console, self.size.width - 2, max(min(MAX_SAID_LINES, self.size.height // 6), 1))
        self._places["said"].styles.height = said.plain.count("\n") + 1
        self._set("said", said)
        return ""

    def _refresh_library(self) -> None:
        self.run_worker(self._library.refresh, thread=True, exclusive=True, group="refresh")

    # --- what happens on the screen ---

    def on_input_changed(self, event: Question.Changed) -> None:
        """Ask what is typed, at each key. What reads it as symptoms ends with it."""
        if isinstance(event.input, Question):
            self._as_symptoms &= bool(event.value.strip())
            self._look()

    def on_rows_chosen(self) -> None:
        """Show the page of a result."""
        shown = self._shown._replace(chosen=self._rows.chosen)
        self._start(lambda: shown._replace(of_page=self._find_page(shown)))

    def on_app_focus(self) -> None:
        """Look at the files anew when somebody comes back."""
        self._refresh_library()
        self._look(again=True)

    def on_page_resized(self) -> None:
        """Draw the page anew for its new width."""
        shown = self._shown
        self._start(self._pending or (lambda: shown), keep_place=True)

    def _action_help(self) -> None:
        shown = self._shown
        self._start(lambda: shown._replace(of_page=None))

    def _action_pick(self) -> None:
        if label := self._rows.row.label or self._say(keys.CHOOSE_FIRST):
            self.exit(label)

    def _action_clear(self) -> None:
        if self._shown.of_page is None or type(self._shown.answer).__name__ == "CompareAnswer":
            self._look(again=True)
        elif self._question.value:
            self._question.clear()
        else:
            self._action_leave(ExitCode.NOT_FOUND)

    def _action_leave(self, code: int) -> None:
        self.exit(return_code=code)

    def _action_move(self, step: int) -> None:
        self._rows.choose(0 if self._rows.chosen is None else self._rows.chosen + step)

    def _action_turn(self, way: str) -> None:
        getattr(self._page, f"scroll_{way}")(animate=False)

    def _action_symptoms(self) -> None:
        self._as_symptoms = not self._as_symptoms
        self._look()

    def _action_sections(self) -> None:
        marks = self._page.marks[1:]

        def go(number: int | None) -> None:
            if number is not None and number >= 0:
                self._page.scroll_to(y=marks[number][0], animate=False)

        if marks or self._say("this page has no sections; a page of a code has some"):
            self.push_screen(Menu([Text(escape_unsafe(mark.text)) for _, mark in marks]), go)

    def _action_mark(self) -> None:
        if code := self._rows.row.code or self._say(keys.CHOOSE_FIRST):
            self._marked.pop(code) if code in self._marked else self._marked.setdefault(code)
            self._rows.marked = self._marked
            self._rows.draw_changes()

    def _action_compare(self) -> None:
        self._before = self._rows.row.label or self._before
        codes = [*dict.fromkeys(filter(None, (*self._marked, self._rows.row.code)))]
        self._start(lambda: self._list(self._library.compare(codes, on=self._on)))

    def _do(self, act: Callable[[], str], ask_again: Callable[[], None] = lambda: None) -> None:
        """Do something once, in a thread, whatever is typed meanwhile; say what it returns, and draw the page anew."""

        def go() -> None:
            with self._turn:
                try:
                    notice = act()
                except CptrefError as error:
                    notice = str(error)
                    self.call_later(ask_again)
            self.call_later(self._show_act, notice)

        self.run_worker(go, thread=True, group="acts")

    def _show_act(self, notice: str) -> None:
        shown, self._notice = self._shown, notice
        again = self._pending or (lambda: shown._replace(of_page=self._find_page(shown)))
        self._start(again, keep_place=True)

    def _prompt(self, label: str, value: str, act: Callable[[str], str]) -> None:
        def go(text: str | None) -> None:
            if text:
                self._do(partial(act, text), lambda: self._prompt(label, text, act))

        self.push_screen(Prompt(Text(label), value), go)

    def _action_note(self) -> None:
        code = self._rows.row.code

        def add(text: str) -> str:
            from cptref import Notes

            number = Notes(self._notes or "").add(code, text)
            self._library.refresh()
            return f"saved note {number} on {code} in {self._notes}"

        if (code and self._notes) or self._say(keys.CHOOSE_FIRST):
            self._prompt(f"Your note on {code}", "", add)

    def _action_export(self) -> None:
        answer = self._shown.of_page

        if has_own_page(answer) or self._say(keys.CHOOSE_FIRST):
            self._prompt(
                "Write this page into", f"{self._rows.row.label or 'cptref'}.txt", partial(write_new_file, answer)
            )

    def _action_copy(self) -> None:
        codes = [*self._marked] or [self._rows.row.label]
        if codes != [""] or self._say(keys.CHOOSE_FIRST):
            text = "\n".join(codes)
            self._do(lambda: f"copied {copy_text(text)}: {', '.join(codes)}")


def browse(library: Library, *, notes: str | None = None, on: str | None = None) -> tuple[str, int]:
    """Show the library on a full screen until the user ends; return the code that is picked, and the exit code."""
    app = BrowseApp(library, notes=notes, on=on)
    code = app.run()
    if app._exception:  # noqa: SLF001 - Textual has no other way to it
        raise app._exception  # noqa: SLF001
    return code or "", app.return_code or 0
