"""The screens over a capture that goes on: following the end, and telling of stalls while they last."""

from l2scope.live import Live
from l2scope.sources.monitor_records import Notice
from l2scope.stall_watch import StallReport
from l2scope.text import printable
from l2scope.tui.app import ScopeApp
from l2scope.tui.figures import counted, duration

BANNER_SECONDS = 8


class LiveApp(ScopeApp):
    """Shows a live capture. Leaving ends it; the packets that came stay to be looked at when it ends by itself."""

    follows = True

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self.live = live

    @property
    def progress(self) -> float:
        """There is nothing to wait for."""
        return 1.0

    @property
    def reading(self) -> str:
        """That it is live, and what the kernel has lost."""
        if self.complete:
            return ""
        return f"live, {counted(self.live.drops, 'packet')} lost" if self.live.drops else "live"

    def _look(self) -> None:
        super()._look()
        while self.live.events:
            self._tell(self.live.events.popleft())

    def _tell(self, event: StallReport | Notice) -> None:
        if isinstance(event, Notice):
            self.notify(printable(event.text), severity="warning", timeout=BANNER_SECONDS, markup=False)
            return
        stall = event.interval
        length = duration(stall.duration_ns)
        state = f"without credits for {length} so far" if event.lasts else f"was without credits for {length}"
        packet = stall.start_packet if stall.end_packet is None else stall.end_packet
        self.notify(
            f"{stall.sdu_bytes_owed:,} bytes owed, since packet {packet}. c: channels",
            title=f"#{stall.channel} {stall.direction} {state}",
            severity="error" if event.lasts else "warning",
            timeout=BANNER_SECONDS,
            markup=False,
        )
