"""A live capture: following the end, and telling of stalls while they last."""

from collections.abc import Iterator

from l2scope.live import Live
from l2scope.sources.monitor_records import Notice
from l2scope.stall_watch import StallReport
from l2scope.tui.figures import counted, duration
from l2scope.tui.places import PACKETS, Place
from l2scope.tui.session import Session


class LiveSession(Session):
    """Closing it ends the capture; the packets that came stay to be looked at when it ends by itself."""

    follows = True
    endless = True
    first_screen = PACKETS

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self.live = live
        self.lasting: dict[tuple[int, str], StallReport] = {}
        """The stalls that last, by channel and direction, the one that began first at the beginning."""

    @property
    def reading(self) -> str:
        """That it is live, and what the kernel has lost."""
        if self.complete:
            return ""
        return f"live, {counted(self.live.drops, 'packet')} lost" if self.live.drops else "live"

    def told(self) -> Iterator[str]:
        """What the kernel says; stalls that begin and end change the alarm."""
        while self.live.events:
            event = self.live.events.popleft()
            if isinstance(event, Notice):
                yield event.text
            else:
                self._note(event)

    def _note(self, event: StallReport) -> None:
        flow = event.interval.channel, event.interval.direction
        if event.lasts:
            self.lasting[flow] = event
        else:
            self.lasting.pop(flow, None)

    @property
    def alarm(self) -> str:
        """The stall that lasts, for how long, and what is owed; nothing while none does."""
        if not self.lasting:
            return ""
        stall = next(iter(self.lasting.values())).interval
        length = duration(max(stall.duration_ns, self.live.now_ns - stall.start_ns))
        owed = f"{counted(stall.sdu_bytes_owed, 'byte')} owed since packet {stall.start_packet}"
        more = f" · {counted(len(self.lasting) - 1, 'other channel')}" if len(self.lasting) > 1 else ""
        return f"! #{stall.channel} {stall.direction} without credits for {length} · {owed}{more}"

    def stall_place(self) -> Place | None:
        """The channel whose stall lasts, at the moment it began; the longest stall while none does."""
        if not self.lasting:
            return super().stall_place()
        stall = next(iter(self.lasting.values())).interval
        return Place("channels", channel=stall.channel, direction=stall.direction, moment=stall.start_ns)
