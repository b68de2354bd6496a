"""The steps of a conversation as rungs between two lifelines: the captured host at the left, its peer at the right."""

from collections.abc import Sequence

from rich.cells import cell_len

from l2scope.analysis.summary import PacketSummaries
from l2scope.capture import Capture
from l2scope.channels import Channel
from l2scope.dissection.lines import DissectedLines
from l2scope.engine.words import TX
from l2scope.names import l2cap
from l2scope.sources.errors import CaptureError
from l2scope.tui.conversation import Conversation, Step
from l2scope.tui.conversation_events import Kind
from l2scope.tui.figures import count, counted, duration, seconds
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import clipped
from l2scope.tui.widgets.packet_list import lost
from l2scope.tui.widgets.table_row import Cell, Column, plain

NUMBERS_WIDTH, TIME_WIDTH = 17, 11
LEAST_RUNG = 30
LEAD = 2
LINES = {Kind.COMMAND: "─", Kind.DATA: "═", Kind.CREDITS: "─", Kind.STALL: "┄"}
TONES = {Kind.COMMAND: Tone.MARK, Kind.DATA: Tone.FIGURE, Kind.CREDITS: Tone.DIM, Kind.STALL: Tone.LOOK}


class LadderRows:
    """A conversation as rows of a table."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.conversation: Conversation | None = None
        self.ends = ("", "")
        self.origin = 0
        self._channels: Sequence[Channel] = ()
        self._whole_link = False
        self._summaries = PacketSummaries(capture, DissectedLines(capture, patient=False))
        self._width = LEAST_RUNG

    @property
    def count(self) -> int:
        """Steps."""
        return 0 if self.conversation is None else len(self.conversation)

    def show(
        self,
        conversation: Conversation,
        ends: tuple[str, str],
        origin: int,
        channels: Sequence[Channel],
        *,
        whole_link: bool = False,
    ) -> None:
        """Shows a conversation between these two. Times count from `origin`; channels are all of the capture's, in
        order of opening, and named where a whole link is shown."""
        self.conversation, self.ends, self.origin = conversation, ends, origin
        self._channels, self._whole_link = channels, whole_link

    def _frame(self, subject: int) -> str:
        """What the data PDUs of a channel are called (Vol 3 Part A 3)."""
        if subject < 0:
            return f"{l2cap.cid_name(-1 - subject)} PDU"
        return "K-frame" if self._channels[subject].credit_based else "PDU"

    def step(self, row: int) -> Step | None:
        """The step of a row."""
        return self.conversation.step(row) if self.conversation is not None and 0 <= row < self.count else None

    def columns(self, width: int) -> Sequence[Column]:
        """Packets, time, and the rung, over which stand the names of the two."""
        self._width = max(LEAST_RUNG, width - NUMBERS_WIDTH - TIME_WIDTH - 6)
        left, right = (clipped(end, self._width // 2 - 1) for end in self.ends)
        title = left + " " * (self._width - cell_len(left) - cell_len(right)) + right
        return (
            Column("Packets", NUMBERS_WIDTH, right=True),
            Column("Time", TIME_WIDTH, right=True),
            Column(title, LEAST_RUNG, elastic=True),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` for a stall."""
        step = self.step(row)
        return ("!", Tone.LOOK) if step is not None and step.kind is Kind.STALL else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """A rung."""
        step = self.step(row)
        if step is None:
            return ((),) * 3
        return (
            plain(_packets(step), Tone.DIM),
            plain(seconds(step.time_ns - self.origin), Tone.PLAIN if step.kind is not Kind.CREDITS else Tone.DIM),
            self._rung(step),
        )

    def _rung(self, step: Step) -> Cell:
        """`│── text ──▶│`, the text at the end of the one who speaks; a stall has none."""
        line, tone = LINES[step.kind], TONES[step.kind]
        text = clipped(self._text(step), self._width - 10)
        room = self._width - 2 - cell_len(text) - 2
        if step.kind is Kind.STALL:
            left = line * (room // 2)
            right = line * (room - room // 2)
        elif step.direction == TX:
            left, right = line * LEAD, line * (room - LEAD - 1) + "▶"
        else:
            left, right = "◀" + line * LEAD, line * (room - LEAD - 1)
        side: tuple[str, Tone] = ("│", Tone.DIM)
        return (side, (left, tone), (f" {text} ", _text_tone(step)), (right, tone), side)

    def _text(self, step: Step) -> str:
        """What is said; in a whole link with the channel over which, or about which."""
        name = f"#{step.subject}  " if self._whole_link and step.subject >= 0 else ""
        if step.kind is Kind.STALL:
            return f"{name}{duration(step.duration_ns)} without credits {'→' if step.direction == TX else '←'}"
        if step.kind is Kind.DATA and (step.subject >= 0 or step.count > 1):
            return name + self._data(step)
        if step.kind is Kind.CREDITS:
            times = f" in {counted(step.count, 'indication')}" if step.count > 1 else ""
            return f"{name}+{count(step.amount)} {'credit' if step.amount == 1 else 'credits'}{times}"
        return self._line(step)

    def _data(self, step: Step) -> str:
        """An SDU with its PDUs, or several PDUs."""
        frames, size = counted(step.count, self._frame(step.subject)), counted(step.bytes, "byte")
        if step.sdu >= 0 and self.conversation is not None and self.conversation.by_sdus:
            return f"SDU {step.sdu}: {frames}, {size}"
        sdus = f", {counted(step.sdus, 'SDU')} complete" if step.sdus else ""
        return f"{frames}{sdus}, {size}"

    def _line(self, step: Step) -> str:
        """A packet as the list of packets has it."""
        try:
            return self._summaries.of(step.first).summary
        except CaptureError as error:
            return lost(self.capture, error)


def _text_tone(step: Step) -> Tone:
    if step.kind is Kind.STALL:
        return Tone.LOOK
    return Tone.DIM if step.kind is Kind.CREDITS else Tone.PLAIN


def _packets(step: Step) -> str:
    if step.last is None:
        return f"{step.first} - …"
    return str(step.first) if step.last == step.first else f"{step.first} - {step.last}"
