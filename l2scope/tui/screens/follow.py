"""What was said over a channel or a characteristic: messages as their dissector joins them, and what they carry."""

import asyncio
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult

from l2scope.decoding import DecodeAs
from l2scope.dissection.dissector import describe
from l2scope.dissection.exporting import write_files
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.figures import counted
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.decode_as import decode_as_menu, decoded_as
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.streams import Stream, streams_of
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import KeyLine, PaneHead, Piece, TitleBar
from l2scope.tui.widgets.content_view import ContentView, ViewMode
from l2scope.tui.widgets.grips import HeadGrip
from l2scope.tui.widgets.message_list import MessageRows
from l2scope.tui.widgets.prompt import Prompt
from l2scope.tui.widgets.virtual_table import VirtualTable

FIND, EXPORT = "find", "export"
DIRECTIONS = {"": "tx", "tx": "rx", "rx": ""}
NOTHING = (
    ("No channel carried an SDU in this capture.", Tone.STRONG),
    ("{app.show_att} shows the requests and responses of ATT, {app.show_gatt} the values of GATT.", Tone.DIM),
)


class FollowScreen(PanedScreen):
    """One conversation at a time."""

    scope = Scope.FOLLOW
    STACKS = (("messages", "content"),)
    BINDINGS = bindings(Scope.FOLLOW)
    DEFAULT_CSS = """
    FollowScreen { background: $ground-page; layout: vertical; }
    FollowScreen #messages { height: 1fr; }
    FollowScreen #content { height: 45%; min-height: 6; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = MessageRows()
        self.streams: list[Stream] = []
        self.stream = -1
        self.direction = ""
        self.mode = ViewMode.CONTENT
        self.wanted = ""
        self._seen = -1
        self._asked: Place | None = None

    def compose(self) -> ComposeResult:
        """Title, messages, content, prompt, keys."""
        yield TitleBar("app.show_follow")
        yield HeadGrip(id="messages-head")
        yield VirtualTable(self.rows, id="messages")
        yield HeadGrip(id="content-head")
        yield ContentView(id="content")
        yield KeyLine()
        yield Prompt()

    @property
    def table(self) -> VirtualTable:
        """The messages."""
        return self.query_one("#messages", VirtualTable)

    @property
    def place(self) -> Place:
        """The channel, and the message."""
        channel = self.streams[self.stream].channel if 0 <= self.stream < len(self.streams) else None
        return Place("follow", channel=-1 if channel is None else channel, item=self.rows.index(self.table.row))

    def restore(self, place: Place) -> None:
        """Goes to a message of a channel, or to the one at a packet."""
        self._asked = place
        self._seen = -1
        self.refresh_capture()

    def on_mount(self) -> None:
        """Reads what there is to follow."""
        self.table.focus()
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes in what was said by now, once the whole file is read; a live capture now and then."""
        self.show_title()
        count = len(self.scope_app.capture.tables.sdus) + len(self.scope_app.capture.tables.att)
        growing = not self.scope_app.complete and not self.scope_app.endless
        if count != self._seen and not (growing and self._asked is None and self._seen >= 0):
            self._seen = count
            self._read()

    @work(exclusive=True, group="follow")
    async def _read(self) -> None:
        """Puts the conversation together, beside the keys."""
        app = self.scope_app
        asked, self._asked = self._asked, None
        here = self.place
        self.query_one("#messages-head", PaneHead).show((("joining messages …", Tone.DIM),))
        try:
            self.streams = await asyncio.to_thread(streams_of, app.capture, list(app.capture.channels))
            self.stream = self._which(-1 if asked is None else asked.channel)
            stream = self.streams[self.stream] if self.streams else None
            conversation = None if stream is None else await asyncio.to_thread(stream.read)
        except CaptureError as error:
            self._say(printable(str(error)), Tone.LOOK)
            return
        self.rows.show(conversation, app.origin, self.direction)
        self.table.empty = NOTHING
        self.table.update()
        self.table.repaint()
        if asked is not None and asked.packet:
            self.table.cursor = self.rows.row_at_packet(asked.packet)
        else:
            self.table.cursor = self.rows.row_of(max(0, (asked or here).item))
        self._show_heads()
        self._show_message()

    def _which(self, channel: int) -> int:
        """The stream of a channel; the one that is shown where that is none."""
        found = [at for at, stream in enumerate(self.streams) if stream.channel == channel]
        return found[0] if found else min(max(0, self.stream), max(0, len(self.streams) - 1))

    def _show_heads(self) -> None:
        conversation = self.rows.conversation
        left: tuple[Piece, ...] = (("nothing to follow", Tone.DIM),)
        right: tuple[Piece, ...] = ()
        if conversation is not None:
            dissector = conversation.dissector
            title = "bytes" if dissector is None else dissector.shown_title
            left = ((f"{self.streams[self.stream].title} ", Tone.MARK), (f" {title}", Tone.STRONG))
            way = {"": "both directions", "tx": "tx alone", "rx": "rx alone"}[self.direction]
            place = f"{self.stream + 1} of {len(self.streams)}"
            right = ((f"{counted(self.rows.count, 'message')}, {way}, {place}", Tone.DIM),)
            if conversation.problem:
                right = ((printable(conversation.problem, 60), Tone.LOOK),)
        self.query_one("#messages-head", PaneHead).show(left, right)

    @on(VirtualTable.Moved, "#messages")
    def _moved(self) -> None:
        self._show_message()

    def _show_message(self) -> None:
        message = self.rows.message(self.table.row) if self.rows.count else None
        self.query_one(ContentView).show(message, self.mode)
        left: tuple[Piece, ...] = ()
        if message is not None:
            media = message.media or "content"
            left = ((f"{media} ", Tone.STRONG), (f" {counted(len(message.content), 'byte')}", Tone.DIM))
        self.query_one("#content-head", PaneHead).show(left, ((self.mode.value, Tone.DIM),))

    @on(VirtualTable.Opened, "#messages")
    def _opened(self, event: VirtualTable.Opened) -> None:
        message = self.rows.message(event.row)
        if message is not None:
            self.scope_app.jump_to_packet(message.last_packet)

    def action_next_stream(self) -> None:
        """The next channel or characteristic."""
        self._step_stream(1)

    def action_previous_stream(self) -> None:
        """The one before."""
        self._step_stream(-1)

    def _step_stream(self, by: int) -> None:
        if 0 <= self.stream + by < len(self.streams):
            self.stream += by
            self._say("")
            self._asked = Place("follow", item=0)
            self._read()
        else:
            self._say("nothing further to follow", Tone.LOOK)

    def action_view(self) -> None:
        """The content as what it is, its bytes, or the fields of the message's parts."""
        self._say("")
        self.mode = self.mode.next
        self._show_message()

    def action_direction(self) -> None:
        """Both directions, or one alone."""
        self._say("")
        self.direction = DIRECTIONS[self.direction]
        index = self.rows.index(self.table.row)
        self.rows.show(self.rows.conversation, self.scope_app.origin, self.direction)
        self.table.update()
        self.table.repaint()
        self.table.cursor = self.rows.row_of(index)
        self._show_heads()
        self._show_message()

    def action_channel(self) -> None:
        """The credits of this channel over time."""
        if self.place.channel >= 0:
            self.scope_app.jump_to_channel(self.place.channel)
        else:
            self._say("this is of no channel with credits", Tone.LOOK)

    def action_find(self) -> None:
        """Asks for a text."""
        self.query_one(Prompt).ask(FIND, "find (or hex:01a0)")

    def action_find_next(self) -> None:
        """The next message that holds it."""
        self._find(1)

    def action_find_previous(self) -> None:
        """The one before."""
        self._find(-1)

    def _find(self, step: int) -> None:
        if not self.wanted:
            self.action_find()
            return
        try:
            found = self.rows.find(self.wanted, self.table.row, step) if self.rows.count else None
        except ValueError:
            self._say("write bytes like hex:01a0", Tone.LOOK)
            return
        if found is None:
            self._say(f"no message has {self.wanted}", Tone.LOOK)
        else:
            self._say("")
            self.table.go_to_row(found)

    def action_export(self) -> None:
        """Asks for a folder."""
        self.query_one(Prompt).ask(EXPORT, "write to folder")

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        self.table.focus()
        if event.purpose == FIND:
            self.wanted = event.text
            self._find(1)
        elif event.text.strip():
            self._export(Path(event.text.strip()).expanduser())

    @on(Prompt.Cancelled)
    def _cancelled(self) -> None:
        self.table.focus()

    @work(exclusive=True, group="export")
    async def _export(self, folder: Path) -> None:
        conversation = self.rows.conversation
        if conversation is None:
            return
        try:
            written = await asyncio.to_thread(write_files, conversation, folder)
        except OSError as error:
            self._say(f"not written: {printable(error.strerror or str(error))}", Tone.LOOK)
        except Exception as error:  # a dissector's exporter may raise anything
            self._say(f"not written: {describe(error)}", Tone.LOOK)
        else:
            self._say(f"{counted(len(written), 'file')} in {printable(str(folder))}")

    def action_decode_as(self) -> None:
        """Asks for another dissector for what is followed."""
        if 0 <= self.stream < len(self.streams):
            dissectors = self.scope_app.capture.contents.dissectors
            wanted = self.streams[self.stream].wanted()
            menu = decode_as_menu(dissectors, wanted)
            self.app.push_screen(menu, lambda name: self._decode(decoded_as(wanted, name)))
        else:
            self._say("nothing to decode", Tone.LOOK)

    def _decode(self, chosen: DecodeAs | None) -> None:
        if chosen is not None:
            self._say("")
            self.scope_app.decode_as(chosen)
            self._seen = -1
            self.refresh_capture()

    def _say(self, text: str, tone: Tone = Tone.DIM) -> None:
        self.query_one(KeyLine).say(text, tone if text else Tone.PLAIN)
