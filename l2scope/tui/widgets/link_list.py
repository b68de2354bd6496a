"""The links of a capture, one a line."""

from collections.abc import Sequence

from l2scope.links import Link
from l2scope.names.hci import error_name
from l2scope.text import printable
from l2scope.tui.figures import duration
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

TRANSPORTS = {"le": "LE", "br-edr": "BR/EDR", None: "?"}
ORDERLY = (0x13, 0x16)
"""Remote User Terminated Connection, Connection Terminated By Local Host (Vol 1 Part F 1.3)."""


class LinkRows:
    """The links in order of opening."""

    def __init__(self) -> None:
        self.links: tuple[Link, ...] = ()

    @property
    def count(self) -> int:
        """Links."""
        return len(self.links)

    def show(self, links: tuple[Link, ...]) -> None:
        """Lists these."""
        self.links = links

    def packet(self, row: int) -> int | None:
        """The packet that opened a link or, where that was not seen, closed it."""
        link = self.links[row]
        return link.closed if link.opened is None else link.opened

    def columns(self, width: int) -> Sequence[Column]:
        """Who, how, and how it ended."""
        return (
            Column("Link", 4, right=True),
            Column("hci", 3),
            Column("Peer", 17, elastic=True),
            Column("Kind", 6, rank=1),
            Column("Role", 10, rank=4),
            Column("Interval", 8, right=True, rank=3),
            Column("Octets", 7, right=True, rank=5),
            Column("Opened", 8, right=True, rank=2),
            Column("Ended", 24),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`?` for a link that did not end in order."""
        link = self.links[row]
        lost = link.reason_code is not None and link.reason_code not in ORDERLY
        return ("?", Tone.LOOK) if lost else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        """A link."""
        link = self.links[row]
        ended = "open" if link.closed is None else error_name(link.reason_code) if link.reason_code else "ended"
        peer = printable(link.peer_name or link.peer_address or "?")
        made = printable(link.peer_manufacturer or "")
        return (
            plain(str(link.id), Tone.MARK),
            plain(str(link.adapter), Tone.DIM),
            ((peer, Tone.PLAIN), (f"  {made}" if made else "", Tone.DIM)),
            plain(TRANSPORTS.get(link.transport, "?")),
            plain(link.role or "", Tone.DIM),
            plain("" if link.interval_ns is None else duration(link.interval_ns)),
            plain(f"{link.tx_octets}/{link.rx_octets}" if link.tx_octets else "", Tone.DIM),
            plain("before" if link.opened is None else str(link.opened), Tone.DIM),
            plain(ended, Tone.DIM),
        )
