"""What a user does with single packets: marks, time references, answers, copies, and filters made of a cell."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from textual import on, work

from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.answers import counterpart
from l2scope.tui.background import beside_keys
from l2scope.tui.cell_filters import of_bytes, of_cell, of_field
from l2scope.tui.copying import FORMS, MOST_PACKETS, Copied
from l2scope.tui.field_names import filter_field
from l2scope.tui.figures import count, counted, seconds
from l2scope.tui.marks import LETTERS
from l2scope.tui.places import PACKETS
from l2scope.tui.screens.arranged import ArrangedScreen
from l2scope.tui.screens.menu import Choice, MenuScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.hex_view import HexView
from l2scope.tui.widgets.packet_table import PacketTable

BACK = "'"
BINDS_LESS = re.compile(r"\|\||\^\^|\bx?or\b")
"""Connectives that bind less than &&."""


class MarkedScreen(ArrangedScreen):
    """m and a letter mark a packet, ' and the letter lead there; T counts times from it, r goes to its answer."""

    def action_mark(self) -> None:
        """Asks for a letter."""
        if number := self.number:
            title = f"Mark packet {number} with a letter"
            menu = MenuScreen(title, self._marks(), hint="the same again: no mark", letters=LETTERS)
            self.app.push_screen(menu, lambda letter: self._marked(number, letter or ""))

    def _marked(self, number: int, letter: str) -> None:
        if letter:
            put = self.rows.marks.toggle(letter, number)
            self.scope_app.say_of_file()
            self.table.repaint()
            there = f"packet {number} is {letter}; {{packets.go_to_mark}} {letter} leads here"
            self.say(there if put else f"{letter} is gone", Tone.MARK)

    def _marks(self) -> list[Choice]:
        """The marks in order of their packets, as far as they are read, each with what its packet says."""
        marks = self.rows.marks.in_order
        return [Choice(letter, f"{at:>7,}", self._told(at)) for letter, at in marks if at <= self.rows.count]

    def _told(self, number: int) -> str:
        row = self.rows.row(number)
        time = seconds(self.rows.time_of(row) - self.rows.time_of(0))
        try:
            summary = self.rows.summary(row)
        except CaptureError:
            return time
        return f"{time}  {summary.protocol}  {summary.summary}"

    def action_go_to_mark(self) -> None:
        """Lists the marks; a letter leads to its packet, ' back to where one was."""
        choices = [*self._marks(), Choice(BACK, "back", "where you were before the last jump")]
        self.app.push_screen(MenuScreen("Go to a mark", choices), self._go_to_mark)

    def _go_to_mark(self, letter: str | None) -> None:
        if letter == BACK:
            last = self.scope_app.places.last_on(PACKETS, self.place)
            self.scope_app.jump(last) if last else self.say("nothing was left by a jump yet")
        elif letter:
            self.scope_app.jump_to_packet(self.rows.marks.packets[letter])

    def action_time_reference(self) -> None:
        """Counts the times of this packet and those behind it from here, or no longer."""
        if number := self.number:
            put = self.rows.references.toggle(number)
            self.table.repaint()
            self.say(f"times count from packet {number}" if put else f"packet {number} is no time reference", Tone.MARK)

    def action_counterpart(self) -> None:
        """From a request to its answer, and back."""
        found = counterpart(self.scope_app.capture, self.number)
        if found is None:
            self.say("no request or answer that belongs to this packet", Tone.LOOK)
            return
        self.say("")
        self.scope_app.jump_to_packet(found)

    @work(group="cell", exclusive=True)
    async def action_make_column(self) -> None:
        """Makes the field under the cursor a column."""
        tree = self.query_one(DetailTree)
        if not self.number or tree.field is None:
            return
        ask = partial(filter_field, self.scope_app.capture, self.number, tree.packet, tree.fields_above)
        found = await beside_keys(ask)
        if found is None:
            self.say("no filter field is known for this line", Tone.LOOK)
        else:
            self.add_column(found[0].name)

    @work(group="cell", exclusive=True)
    async def action_filter_cell(self) -> None:
        """Writes a filter for the chosen cell, field or bytes into the filter line, behind what is there."""
        expression = await beside_keys(self._expression())
        if not expression:
            self.say("no filter for this; choose a column with , and .", Tone.LOOK)
            return
        bar = self.bar
        before = bar.line.value.strip()
        bar.ask()
        whole = f"({before})" if BINDS_LESS.search(before) else before
        bar.line.value = f"{whole} && {expression}" if before else expression
        bar.line.cursor_position = len(bar.line.value)

    @work(group="cell", exclusive=True)
    async def action_copy_as(self) -> None:
        """Asks as what to copy."""
        copied, expression, value = self._copied(), self._expression(), self._cell_text()
        written, told = await beside_keys(lambda: (expression(), value()))
        copied = replace(copied, expression=written, value=copied.value or told)
        notes = {"v": copied.value, "f": copied.expression}
        choices = [
            Choice(letter, name, printable(notes.get(letter, ""), 80))
            for letter, (name, _) in FORMS.items()
            if notes.get(letter) != ""
        ]
        what = counted(len(copied.numbers), "packet") if copied.field is None else copied.field.name
        selected = len(self.table.selection)
        of_all = f" of {count(selected)}" if len(copied.numbers) < selected and copied.field is None else ""
        menu = MenuScreen(f"Copy {what}{of_all} as", choices)
        self.app.push_screen(menu, partial(self._copy_chosen, copied))

    def _copy_chosen(self, copied: Copied, letter: str | None) -> None:
        if letter:
            self._copy(letter, copied)

    @work(group="copy", exclusive=True)
    async def _copy(self, letter: str, copied: Copied) -> None:
        try:
            text = await beside_keys(lambda: FORMS[letter][1](copied))
        except CaptureError as error:
            self.say(printable(str(error)), Tone.LOOK)
            return
        self.app.copy_to_clipboard(text)

    @on(PacketTable.CopyWanted)
    def _copy_lines(self) -> None:
        self._copy("t", self._copied())

    def _copied(self) -> Copied:
        """What the cursor is on: selected packets, a field, or marked bytes."""
        capture, keys, lines = self.scope_app.capture, self.scope_app.shows_keys, self._lines()
        tree, view = self.query_one(DetailTree), self.query_one(HexView)
        if self.focused is tree and tree.field is not None:
            field = tree.field
            span = range(field.start, field.stop)
            return Copied(capture, [self.number], lines, keys, "", field.value, field, field.buffer, span)
        if self.focused is view and view.marked:
            return Copied(capture, [self.number], lines, keys, buffer=view.buffer, span=view.marked)
        table = self.table
        rows = [table.row_at(position) for position in table.selection[:MOST_PACKETS]]
        return Copied(capture, [self.rows.number(row) for row in rows], lines, keys)

    def _lines(self) -> Callable[[Sequence[int]], list[str]]:
        """How packets read in the list, with the values of its columns computed; for any thread."""
        rows = self.rows
        names = [rows.chosen[place].name for place in self.packet_table.shown_columns]

        def lines(numbers: Sequence[int]) -> list[str]:
            texts = rows.texts([rows.row(number) for number in numbers], names)
            return ["  ".join(text for text in line if text) for line in texts]

        return lines

    @property
    def _chosen_column(self) -> str:
        """The name of the column that is chosen in the list, where that has the focus."""
        place = self.packet_table.column
        chosen = self.rows.chosen
        return chosen[place].name if 0 <= place < len(chosen) and self.focused is self.table else ""

    def _cell_text(self) -> Callable[[], str]:
        """Says what the chosen cell says; for any thread."""
        name, row, rows = self._chosen_column, self.table.row, self.rows
        return lambda: rows.texts([row], [name])[0][0] if name and row >= 0 else ""

    def _expression(self) -> Callable[[], str]:
        """Makes the filter for what the cursor is on, nothing where there is none; for any thread."""
        if not self.number:
            return str
        view, tree, capture = self.query_one(HexView), self.query_one(DetailTree), self.scope_app.capture
        if self.focused is view:
            span = (view.buffer, view.marked.start, view.marked.stop)
            return partial(of_bytes, capture, self.number, tree.packet, span)
        if self._chosen_column:
            return partial(of_cell, self.rows.values, self._chosen_column, self.table.row)
        return partial(of_field, capture, self.number, tree.packet, tree.fields_above)

    @on(DetailTree.MenuWanted)
    @on(PacketTable.MenuWanted)
    def _menu_wanted(self, event: PacketTable.MenuWanted | DetailTree.MenuWanted) -> None:
        self._open_menu((event.x, event.y))

    def action_menu(self) -> None:
        """What can be done with this packet."""
        self._open_menu(None)

    @work(group="cell", exclusive=True)
    async def _open_menu(self, at: tuple[int, int] | None) -> None:
        if not self.number:
            return
        expression = printable(await beside_keys(self._expression()), 60)
        of_tree = [Choice("a", "as a column")] if isinstance(self.focused, DetailTree) else []
        cell = [Choice("=", "filter by this value", expression)] if expression else []
        choices = [
            *cell,
            *of_tree,
            Choice("Y", "copy as …"),
            Choice("m", "mark …"),
            Choice("T", "time reference", "times count from here"),
            Choice("r", "request or answer", "the packet that this one answers, or that answers it"),
            Choice("]", "next of the channel"),
            Choice("C", "columns …"),
        ]
        menu = MenuScreen(f"Packet {self.number:,}", choices, at)
        self.app.push_screen(menu, self._act)

    def _act(self, key: str | None) -> None:
        """Does what a line of the menu says."""
        actions: dict[str, Callable[[], object]] = {
            "=": self.action_filter_cell,
            "a": self.action_make_column,
            "Y": self.action_copy_as,
            "m": self.action_mark,
            "T": self.action_time_reference,
            "r": self.action_counterpart,
            "]": self.action_next_of_channel,
            "C": self.action_columns,
        }
        if key:
            actions[key]()

    def action_next_of_channel(self) -> None:
        """The next packet of the channel."""
        raise NotImplementedError
