"""Identity keys and addresses that the ends of a link give each other (SMP, Vol 3 Part H 3.6.4 and 3.6.5)."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.current import Pdu
from l2scope.engine.fields import u8, u48
from l2scope.engine.names import NameBook, Peer, kind_of
from l2scope.engine.words import NONE, RX

IDENTITY_INFORMATION: Final = 0x08
IDENTITY_ADDRESS_INFORMATION: Final = 0x09


@final
class KeyDistribution:
    """Each end sends its key and then the identity address that it stands for. peer is the far end of the link."""

    def __init__(self, names: NameBook, peer: Peer) -> None:
        self.names = names
        self.peer = peer
        self.tx_key = b""
        self.rx_key = b""

    def pdu(self, pdu: Pdu) -> None:
        """Takes an SMP PDU."""
        size = pdu.stop - pdu.start
        if size >= 17 and u8(pdu.data, pdu.start) == IDENTITY_INFORMATION:
            key = pdu.data[pdu.start + 1 : pdu.start + 17]
            if pdu.direction == RX:
                self.rx_key = key
            else:
                self.tx_key = key
        elif size >= 8 and u8(pdu.data, pdu.start) == IDENTITY_ADDRESS_INFORMATION:
            self._identity(pdu.direction, u8(pdu.data, pdu.start + 1), u48(pdu.data, pdu.start + 2))

    def _identity(self, direction: i64, address_type: i64, address: i64) -> None:
        key = self.rx_key if direction == RX else self.tx_key
        kind = kind_of(address_type)
        if len(key) == 0 or kind == NONE:
            return
        identity = self.names.peer(kind, address)
        self.names.learn_key(key, identity)
        if direction == RX:
            self.peer.identity = identity
