"""The fields of the packet that is looked at, also where the file no longer holds it."""

from l2scope.dissection import Buffer, Field, Tree, dissect
from l2scope.sources.errors import CaptureError
from l2scope.tui.widgets.packet_list import PacketRows, lost


def dissected(rows: PacketRows, number: int, shows_keys: bool) -> tuple[Tree, str]:
    """Tree and protocol of a packet, the values of keys in it only where they are to be shown; where the file no longer
    holds the packet, a field that says so."""
    try:
        tree = dissect(rows.capture, number, shows_keys, patient=False)
        return tree, rows.summary(rows.row(number)).protocol
    except CaptureError as error:
        field = Field("Packet", problem=lost(rows.capture, error))
        return Tree((Buffer("Packet", b""),), (field,)), "?"
