"""What the packet list says of SDUs and attribute values, by their dissectors."""

from l2scope.capture import Capture
from l2scope.dissection.dissector import Dissector
from l2scope.dissection.exporting import plain
from l2scope.dissection.field_values import values_of
from l2scope.dissection.knowledge import sdu_row
from l2scope.dissection.registry import loaded_already
from l2scope.dissection.scapy_types import ScapyPacket
from l2scope.engine.words import SDU_COMPLETE


class DissectedLines:
    """Lines for a capture, which may still grow. Unless patient it says nothing until the dissectors are loaded."""

    def __init__(self, capture: Capture, patient: bool = True) -> None:
        self._capture = capture
        self._patient = patient

    @property
    def _silent(self) -> bool:
        return not self._patient and loaded_already() is None

    def of_sdu(self, row: int) -> tuple[str, str] | None:
        """What the protocol of a complete SDU is called, and a line; None without a dissector."""
        if self._silent:
            return None
        dissector = self._capture.contents.of_channel(int(self._capture.tables.sdus[row]["channel"]))
        return None if dissector is None else _line(dissector, self._capture.sdu_bytes(row))

    def of_value(self, row: int, payload: bytes) -> tuple[str, str] | None:
        """The same of the attribute value in an ATT PDU."""
        if self._silent:
            return None
        found = self._capture.contents.of_value(row, payload)
        return None if found is None else _line(found[0], payload[found[1] :])

    def content_of(self, number: int) -> dict[str, object] | None:
        """What the SDU that a packet completes carries, for JSON: the dissector and its values; None without one."""
        packet = self._capture.tables.packets[number - self._capture.first_number]
        pdu, pdus = int(packet["pdu"]), self._capture.tables.pdus
        if not 0 <= pdu < len(pdus) or int(pdus[pdu]["last"]) != number or int(pdus[pdu]["channel"]) < 0:
            return None
        row = sdu_row(self._capture, pdu)
        if row is None or int(self._capture.tables.sdus[row]["state"]) != SDU_COMPLETE:
            return None
        dissector = self._capture.contents.of_channel(int(pdus[pdu]["channel"]))
        if dissector is None or int(self._capture.tables.sdus[row]["last_packet"]) != number:
            return None
        found, problem = dissector.read(self._capture.sdu_bytes(row))
        return {"dissector": dissector.name, "fields": fields_json(found), "problem": problem}


def fields_json(packet: ScapyPacket | None) -> dict[str, object]:
    """The values of a scapy packet by the names of its fields; a list where a name comes several times."""
    found: dict[str, object] = {}
    for name, value in values_of(packet) if packet is not None else ():
        shown = plain(value)
        if name not in found:
            found[name] = shown
        elif isinstance(former := found[name], list):
            former.append(shown)
        else:
            found[name] = [former, shown]
    return found


def _line(dissector: Dissector, data: bytes) -> tuple[str, str]:
    return dissector.line(data) if data else (dissector.shown_title, "nothing")
