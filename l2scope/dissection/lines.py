"""What the packet list says of SDUs and attribute values, by their dissectors."""

from l2scope.capture import Capture
from l2scope.dissection.dissector import Dissector
from l2scope.dissection.registry import loaded_already


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


def _line(dissector: Dissector, data: bytes) -> tuple[str, str]:
    return dissector.line(data) if data else (dissector.shown_title, "nothing")
