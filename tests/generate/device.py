"""A Bumble device whose channels, ATT PDUs and disconnections are remembered."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from bumble import att, hci
from bumble.device import Device
from bumble.host import Host
from bumble.l2cap import L2capError, LeCreditBasedChannelSpec

from tests.generate.controller import SampleController
from tests.generate.credit_policies import CreditPolicy, ReturnAtHalf
from tests.generate.radio import SerialLine
from tests.generate.snooper import VirtualSnooper
from tests.generate.traced_channel import TracedChannel

LAST_LE_CID = 0x007F


class TracedDevice(Device):  # type: ignore[misc]  # bumble is not read by the type checker
    """A host with its snooper. `cids` are the CIDs it hands out, in this order."""

    host: Any
    l2cap_channel_manager: Any

    def __init__(self, name: str, controller: SampleController, cids: Iterable[int]) -> None:
        host = Host(controller, SerialLine(controller.on_packet))
        super().__init__(name=name, address=controller.public_address.to_string(), host=host)
        self.snooper = VirtualSnooper()
        self.host.snooper = self.snooper
        self.cids = tuple(cids)
        self.l2cap_channel_manager.find_free_le_cid = self.next_free_cid
        self.new_credit_policy: Callable[[int], CreditPolicy] = ReturnAtHalf
        self.traced_channels: list[TracedChannel] = []
        self.refused: list[tuple[int, int]] = []
        self.att_sent: Counter[str] = Counter()
        self.att_received: Counter[str] = Counter()
        self.disconnected: int | None = None
        """The reason of the link's Disconnection Complete."""

    def next_free_cid(self, channels: Iterable[int]) -> int:
        """The CID of the next channel on this side, given those in use."""
        return next(cid for cid in self.cids if cid not in channels)

    # What happens is noted on its way through

    def send_l2cap_pdu(self, connection_handle: int, cid: int, pdu: bytes) -> None:
        """Send a PDU on a fixed channel."""
        if cid == att.ATT_CID:
            self.att_sent[opcode_name(bytes(pdu))] += 1
        super().send_l2cap_pdu(connection_handle, cid, pdu)

    def on_gatt_pdu(self, connection_handle: int, pdu: bytes) -> None:
        """An ATT PDU came."""
        self.att_received[opcode_name(pdu)] += 1
        super().on_gatt_pdu(connection_handle, pdu)

    def on_disconnection(self, connection_handle: int, reason: int) -> None:
        """The link is gone."""
        self.disconnected = reason
        super().on_disconnection(connection_handle, reason)

    # What a scenario asks for

    async def open_channel(self, connection: Any, spec: LeCreditBasedChannelSpec) -> TracedChannel:
        """Open a channel to the peer; raises L2capError, and notes it, when the peer refuses."""
        try:
            channel = await connection.create_l2cap_channel(spec=spec)
        except L2capError as refusal:
            self.refused.append((spec.psm, int(refusal.error_code)))
            raise
        assert isinstance(channel, TracedChannel)
        return channel


def opcode_name(pdu: bytes) -> str:
    """Name of an ATT PDU's opcode as the specification writes it, `ATT_READ_REQUEST`."""
    name: str = att.Opcode(pdu[0]).name
    return name


def closed_because(reason: int | None) -> str | None:
    """Who closed a link, from the reason of its Disconnection Complete (Vol 1 Part F 2)."""
    if reason is None:
        return None
    if reason == hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR:
        return "disconnect-local"
    if reason == hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR:
        return "disconnect-peer"
    return "link-lost"
