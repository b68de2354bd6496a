"""What a user does with single packets: marks, time references, answers, copies, and filters made of a cell."""

import re
from collections.abc import Callable
from functools import partial

from textual import on, work

from l2scope.filter.field import FilterField
from l2scope.filter.packets import Packets
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.answers import counterpart
from l2scope.tui.background import beside_keys
from l2scope.tui.copying import FORMS, MOST_PACKETS, Copied
from l2scope.tui.field_names import filter_field
from l2scope.tui.field_texts import Value, expression_of, values_of
from l2scope.tui.figures import counted, seconds
from l2scope.tui.marks import LETTERS
from l2scope.tui.packet_columns import source_of
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
            self.table.repaint()
            self.say(f"packet {number} is {letter}; ' {letter} leads here" if put else f"{letter} is gone", Tone.MARK)

    def _marks(self) -> list[Choice]:
        """The marks in order of their packets, each with what its packet says."""
        return [Choice(letter, f"{number:>7,}", self._told(number)) for letter, number in self.rows.marks.in_order]

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
            self.scope_app.action_go_back()
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

    def action_make_column(self) -> None:
        """Makes the field under the cursor a column."""
        found = self._named_field()
        if found is None:
            self.say("no filter field is known for this line", Tone.LOOK)
        else:
            self.add_column(found[0].name)

    def action_filter_cell(self) -> None:
        """Writes a filter for the chosen cell, field or bytes into the filter line, behind what is there."""
        expression = self._expression()
        if not expression:
            self.say("no filter for this; choose a column with , and .", Tone.LOOK)
            return
        bar = self.bar
        before = bar.line.value.strip()
        bar.ask()
        whole = f"({before})" if BINDS_LESS.search(before) else before
        bar.line.value = f"{whole} && {expression}" if before else expression
        bar.line.cursor_position = len(bar.line.value)

    def action_copy_as(self) -> None:
        """Asks as what to copy."""
        copied = self._copied()
        choices = [
            Choice(letter, name, self._previewed(letter, copied))
            for letter, (name, _) in FORMS.items()
            if letter not in "vf" or (copied.value if letter == "v" else copied.expression)
        ]
        what = counted(len(copied.numbers), "packet") if copied.field is None else copied.field.name
        menu = MenuScreen(f"Copy {what} as", choices)
        self.app.push_screen(menu, partial(self._copy_chosen, copied))

    def _copy_chosen(self, copied: Copied, letter: str | None) -> None:
        if letter:
            self._copy(letter, copied)

    def _previewed(self, letter: str, copied: Copied) -> str:
        """What is short enough to be shown before it is copied."""
        return printable({"v": copied.value, "f": copied.expression}.get(letter, ""), 80)

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
        capture, expression = self.scope_app.capture, self._expression()
        keys = self.scope_app.shows_keys
        tree, view = self.query_one(DetailTree), self.query_one(HexView)
        if self.focused is tree and tree.field is not None:
            field = tree.field
            span = range(field.start, field.stop)
            return Copied(capture, [self.number], str, keys, expression, field.value, field, field.buffer, span)
        if self.focused is view and view.marked:
            return Copied(capture, [self.number], str, keys, expression, "", None, view.buffer, view.marked)
        table = self.table
        rows = [table.row_at(position) for position in table.selection[:MOST_PACKETS]]
        numbers = [self.rows.number(row) for row in rows]
        return Copied(capture, numbers, self._line(), keys, expression, self._cell_text())

    def _line(self) -> Callable[[int], str]:
        """How a packet reads in the list, with the values of its columns computed; for any thread."""
        rows, names = self.rows, [column.name for column in self.rows.chosen]
        shown = self.packet_table.shown_columns

        def line(number: int) -> str:
            row = rows.row(number)
            texts = rows.texts(row, [names[place] for place in shown])
            return "  ".join(text for text in texts if text)

        return line

    def _cell_text(self) -> str:
        """What the chosen cell says."""
        place = self.packet_table.column
        if not 0 <= place < len(self.rows.chosen) or not self.number:
            return ""
        return self.rows.texts(self.table.row, [self.rows.chosen[place].name])[0]

    def _expression(self) -> str:
        """The filter for what the cursor is on, nothing where there is none."""
        view = self.query_one(HexView)
        if not self.number:
            return ""
        if self.focused is view:
            return self._of_bytes((view.buffer, view.marked.start, view.marked.stop))
        in_list = self.focused is self.table and self.packet_table.column >= 0
        return self._of_cell() if in_list else self._of_field()

    def _named_field(self) -> tuple[FilterField, list[Value]] | None:
        """The filter field under the cursor of the tree, with its value."""
        tree = self.query_one(DetailTree)
        if not self.number or tree.field is None:
            return None
        return filter_field(self.scope_app.capture, self.number, tree.packet, tree.fields_above)

    def _of_field(self) -> str:
        """That packets pass in which the field under the cursor of the tree is the same."""
        found = self._named_field()
        return expression_of(*found) if found is not None else self._of_bytes(self.query_one(DetailTree).field_span)

    def _of_cell(self) -> str:
        """That packets with the same value in the chosen column pass."""
        place = self.packet_table.column
        source = source_of(self.rows.chosen[place].name) if 0 <= place < len(self.rows.chosen) else None
        if source is None or source.field is None:
            return ""
        row = self.table.row
        values = values_of(source.field, Packets(self.scope_app.capture), [row]).get(row, [])
        hidden = self.rows.values.hides(source.field, row, values)
        return "" if hidden else expression_of(source.field, values)

    def _of_bytes(self, place: tuple[int, int, int]) -> str:
        """That packets with the same bytes at the same place pass; of the packet itself alone."""
        buffer, start, stop = place
        tree = self.query_one(DetailTree).packet
        if buffer or start >= stop or any(span[0] == 0 and span[1] < stop and start < span[2] for span in tree.hidden):
            return ""
        packets, row = Packets(self.scope_app.capture), self.table.row
        shift = int(packets.has_indicator[row])
        return f"frame[{start + shift}:{stop - start}] == {tree.buffers[0].data[start:stop].hex(':')}"

    @on(PacketTable.MenuWanted)
    def _menu_wanted(self, event: PacketTable.MenuWanted) -> None:
        self._open_menu((event.x, event.y))

    def action_menu(self) -> None:
        """What can be done with this packet."""
        self._open_menu(None)

    def _open_menu(self, at: tuple[int, int] | None) -> None:
        if not self.number:
            return
        expression = printable(self._expression(), 60)
        cell = [Choice("=", "filter by this value", expression)] if expression else []
        choices = [
            *cell,
            Choice("Y", "copy as …"),
            Choice("m", "mark …"),
            Choice("T", "time reference", "times count from here"),
            Choice("r", "request or answer", "the packet that this one answers, or that answers it"),
            Choice("]", "next of the channel"),
            Choice("C", "columns …"),
        ]
        actions = {"=": self.action_filter_cell, "Y": self.action_copy_as, "m": self.action_mark,
                   "T": self.action_time_reference, "r": self.action_counterpart,
                   "]": self.action_next_of_channel, "C": self.action_columns}  # fmt: skip
        menu = MenuScreen(f"Packet {self.number:,}", choices, at)
        self.app.push_screen(menu, lambda key: actions[key]() if key else None)

    def action_next_of_channel(self) -> None:
        """The next packet of the channel."""
        raise NotImplementedError
