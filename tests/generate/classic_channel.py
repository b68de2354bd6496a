"""A Bumble BR/EDR channel that remembers what it did."""

from typing import Any

from bumble.l2cap import ClassicChannel

from tests.generate.truth import ClassicChannelTruth, ClassicDirectionTruth, sdu_truths


class TracedClassicChannel(ClassicChannel):  # type: ignore[misc]  # bumble is not read by the type checker
    """One end of a channel in basic mode."""

    connection: Any
    mtu: int
    peer_mtu: int
    psm: int
    source_cid: int
    destination_cid: int

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.sent: list[bytes] = []
        self.received: list[bytes] = []
        self.initiator = False
        self.was_opened = False
        self.closed_by: str | None = None
        self.on(self.EVENT_OPEN, self.note_opening)
        self.connection.device.classic_channels.append(self)

    def note_opening(self) -> None:
        """Both ends have agreed on the configuration."""
        self.was_opened = True

    async def connect(self) -> None:
        """Open the channel from this end."""
        self.initiator = True
        await super().connect()

    def write(self, sdu: bytes) -> None:
        """Send one SDU."""
        self.sent.append(bytes(sdu))
        super().write(sdu)

    def on_sdu(self, sdu: bytes) -> None:
        """An SDU came."""
        self.received.append(bytes(sdu))
        super().on_sdu(sdu)

    async def disconnect(self) -> None:
        """Close the channel from this end."""
        self.closed_by = "disconnect-local"
        await super().disconnect()

    def on_disconnection_request(self, request: Any) -> None:
        """The peer closes the channel."""
        self.closed_by = "disconnect-peer"
        super().on_disconnection_request(request)

    def abort(self) -> None:
        """The link is gone."""
        if self.state == self.State.OPEN:
            self.closed_by = "link-lost"
        super().abort()

    def truth(self) -> ClassicChannelTruth:
        """What this end saw."""
        return ClassicChannelTruth(
            psm=self.psm,
            local_cid=self.source_cid,
            remote_cid=self.destination_cid,
            handle=self.connection.handle,
            initiator="local" if self.initiator else "remote",
            opened=True,
            close=self.closed_by,
            tx=direction(self.peer_mtu, self.sent),
            rx=direction(self.mtu, self.received),
        )


def direction(mtu: int, sdus: list[bytes]) -> ClassicDirectionTruth:
    """One direction, with the MTU that its receiver gave."""
    return ClassicDirectionTruth(mtu=mtu, sdus=sdu_truths(sdus), incomplete_sdus=0)
