"""The screens over a capture that goes on: following the end, and telling of stalls while they last."""

from l2scope.live import Live
from l2scope.sources.monitor_records import Notice
from l2scope.stall_watch import StallReport
from l2scope.text import printable
from l2scope.tui.app import ScopeApp
from l2scope.tui.figures import counted, duration
from l2scope.tui.places import PACKETS, Place
from l2scope.tui.screens.scope_screen import ScopeScreen

NOTICE_SECONDS = 8


class LiveApp(ScopeApp):
    """Shows a live capture. Leaving ends it; the packets that came stay to be looked at when it ends by itself."""

    follows = True
    endless = True
    first_screen = PACKETS

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self.live = live
        self.lasting: dict[tuple[int, str], StallReport] = {}
        """The stalls that last, by channel and direction, the one that began first at the beginning."""

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
        if isinstance(self.screen, ScopeScreen):
            self.screen.show_alarm(self._alarm())

    def _tell(self, event: StallReport | Notice) -> None:
        if isinstance(event, Notice):
            self.notify(printable(event.text), severity="warning", timeout=NOTICE_SECONDS, markup=False)
            return
        flow = event.interval.channel, event.interval.direction
        if event.lasts:
            self.lasting[flow] = event
        else:
            self.lasting.pop(flow, None)

    def _alarm(self) -> str:
        """What the banner says; nothing while no stall lasts."""
        if not self.lasting:
            return ""
        stall = next(iter(self.lasting.values())).interval
        length = duration(max(stall.duration_ns, self.live.now_ns - stall.start_ns))
        owed = f"{counted(stall.sdu_bytes_owed, 'byte')} owed since packet {stall.start_packet}"
        more = f" · {counted(len(self.lasting) - 1, 'other channel')}" if len(self.lasting) > 1 else ""
        return f"! #{stall.channel} {stall.direction} without credits for {length} · {owed}{more}"

    def action_go_to_stall(self) -> None:
        """The channel whose stall lasts, at the moment it began; the longest stall while none does."""
        if not self.lasting:
            super().action_go_to_stall()
            return
        stall = next(iter(self.lasting.values())).interval
        self.jump(Place("channels", channel=stall.channel, direction=stall.direction, moment=stall.start_ns))
