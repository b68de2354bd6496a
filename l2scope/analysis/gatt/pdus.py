"""The bytes of ATT PDUs, from the fixed channel and from bearers on channels of their own."""

from l2scope.analysis.sdu_index import SduIndex
from l2scope.capture import L2CAP_HEADER, SDU_LENGTH_FIELD, Capture
from l2scope.engine.words import NONE
from l2scope.frames import information


class AttPdus:
    """Reads ATT PDUs by their rows in the att table."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._sdus = SduIndex(capture)

    def read(self, row: int) -> bytes:
        """An ATT PDU, as many bytes of it as were captured. Raises CaptureError where the file has changed."""
        att = self._capture.tables.att[row]
        return self.of_pdu(int(att["pdu"]), int(att["bearer"]), int(att["direction"]))

    def of_pdu(self, pdu: int, bearer: int, direction: int) -> bytes:
        """The ATT PDU that begins in a row of the pdus table. On a credit-based channel it is an SDU (Part G 5.3)."""
        registry = self._capture.engine.host.registry
        channel = int(registry.bearers[bearer].channel)
        if channel == NONE:
            return self._capture.pdu_bytes(pdu)[L2CAP_HEADER:]
        classic = registry.channels[channel].classic
        if classic is not None:
            length = int(self._capture.tables.pdus[pdu]["length"])
            return information(classic, self._capture.pdu_bytes(pdu)[L2CAP_HEADER:], length)
        found = self._sdus.find(pdu, channel, direction)
        if found is None:
            return self._capture.pdu_bytes(pdu)[L2CAP_HEADER + SDU_LENGTH_FIELD :]
        return self._capture.sdu_bytes(found[0])
