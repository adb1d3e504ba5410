"""Lines on the screen that scroll. They are drawn elsewhere: what they cost here is what is seen of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.filter import NoColor
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cptref.render.blocks import Heading, Title
from cptref.render.lines import Row
from cptref.render.terminal import render_row

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.events import Click, Resize


class Lines(ScrollView, can_focus=False):
    """Some lines, of which those are drawn that are seen."""

    # Without a new layout of the screen, which takes longer than a search.
    virtual_size = Reactive(Size(0, 0), repaint=False)

    _seen: object = None

    def set_count(self, count: int, top: int = 0) -> None:
        """Show so many lines, from one on."""
        self.virtual_size = Size(self.scrollable_content_region.width, count)
        self._scroll_update(self.virtual_size)
        self.scroll_to(0, top, animate=False)
        self.draw_changes()

    def draw_changes(self) -> None:
        """Draw what is seen, unless it looks the same: a slow terminal takes long for a page."""
        lines = self.scroll_offset, self.render_lines(Region(0, 0, *self.scrollable_content_region.size))
        if lines != self._seen:
            self._seen = lines
            self.refresh()

    def draw_line(self, number: int, width: int) -> Strip:
        """Return a line."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a part of the widget."""
        width, strips = self.scrollable_content_region.width, []
        for number in range(self.scroll_offset.y + crop.y, self.scroll_offset.y + crop.bottom):
            strip = self.draw_line(number, width) if number < self.virtual_size.height else Strip([])
            strip = strip.apply_filter(NoColor(), self.background_colors[1]) if self.app.no_color else strip
            strips.append(strip.crop_extend(crop.x, crop.right, None))
        return strips


class Page(Lines):
    """A page, with the numbers of the lines that its titles and headings are on."""

    strips: Sequence[Strip] = ()
    _drawn_width = 0
    marks: Sequence[tuple[int, Title | Heading]] = ()

    def show(self, strips: Sequence[Strip], marks: Sequence[tuple[int, Title | Heading]], *, keep_place: bool) -> None:
        """Show lines from the top, or from where the page is unless it is another one by its first title."""
        keep_place = keep_place and [mark for _, mark in marks[:1]] == [mark for _, mark in self.marks[:1]]
        self.strips, self.marks = strips, marks
        self.set_count(len(strips), self.scroll_offset.y if keep_place else 0)

    class Resized(Message):
        """There is another width to draw for."""

    def on_resize(self, event: Resize) -> None:
        """Say so."""
        if event.size.width != self._drawn_width:
            self._drawn_width = event.size.width
            self.post_message(self.Resized())

    @property
    def title(self) -> Title:
        """The last title above what is seen, else the first one."""
        titles = [(number, mark) for number, mark in self.marks if isinstance(mark, Title)]
        above = [title for number, title in titles if number <= self.scroll_offset.y]
        return [*above, *(title for _, title in titles), Title("")][max(len(above) - 1, 0)]

    def draw_line(self, number: int, width: int) -> Strip:  # noqa: ARG002 - it is drawn for the width
        """Return a line."""
        return self.strips[number]


class Rows(Lines):
    """Results, one a line, of which one is chosen."""

    rows: Sequence[Row] = ()
    chosen: int | None = None
    marked: Collection[str] = ()

    class Chosen(Message):
        """Another result is chosen."""

    @property
    def row(self) -> Row:
        """The result that is chosen, one without a code if none is."""
        return Row("", "") if self.chosen is None else self.rows[self.chosen]

    def show(self, rows: Sequence[Row], chosen: int | None) -> None:
        """Show results."""
        self.rows, self.chosen = rows, chosen
        self.set_count(len(rows), max((chosen or 0) - self.scrollable_content_region.height + 1, 0))

    def choose(self, number: int) -> None:
        """Choose a result and show it, if there is such a one."""
        if 0 <= number < len(self.rows) and number != self.chosen:
            self.chosen = number
            self.scroll_to_region(Region(0, number, 1, 1), animate=False, force=True)
            self.draw_changes()
            self.post_message(self.Chosen())

    def on_click(self, event: Click) -> None:
        """Choose what is clicked."""
        self.choose(self.scroll_offset.y + event.y)

    def draw_line(self, number: int, width: int) -> Strip:
        """Return a line."""
        row = self.rows[number]
        text = render_row(row, width, marked=row.code in self.marked, chosen=number == self.chosen)
        return Strip(text.render(self.app.console))
