"""One line for a PDU of a BR/EDR channel: B-frames, I-frames and S-frames (Vol 3 Part A 3)."""

from typing import Final

from l2scope.analysis.sdu_index import SduIndex
from l2scope.capture import SDU_STATES, Capture
from l2scope.engine import words
from l2scope.engine.channel import Channel
from l2scope.engine.classic import ClassicData
from l2scope.engine.control_field import CONTINUATION, END, START, UNSEGMENTED, ControlField
from l2scope.frame_rows import frame_of, frames_of_sdu
from l2scope.frames import control_field
from l2scope.names import l2cap

B_FRAME: Final = "B-frame"
I_FRAME: Final = "I-frame"
S_FRAME: Final = "S-frame"
SEGMENTS: Final = {UNSEGMENTED: "", START: "start", END: "end", CONTINUATION: "continuation"}
REMARKS: Final = {
    words.FRAME_BAD_FCS: "FCS error",
    words.FRAME_RETRANSMITTED: "retransmission",
    words.FRAME_DUPLICATE: "seen before",
    words.FRAME_AFTER_GAP: "frames missing before",
}


class FrameLines:
    """Lines for the PDUs of BR/EDR channels of a capture, which may still grow."""

    def __init__(self, capture: Capture, sdus: SduIndex) -> None:
        self._capture = capture
        self._sdus = sdus

    def line(self, number: int, channel: Channel, classic: ClassicData, direction: int, payload: bytes) -> str:
        """What the PDU that a packet completes says; its protocol is that of protocol_of()."""
        if classic.frames(direction) is None:
            return self._bframe(number, channel, direction, payload)
        field = control_field(classic, payload)
        row = frame_of(self._capture.tables, number)
        if field is None or row is None:
            return f"{psm_text(channel)} · frame cut short, {len(payload):,} bytes"
        parts = [psm_text(channel), _control(field), self._sdu(row, channel, direction), *remarks(self._flags(row))]
        return " · ".join(part for part in parts if part)

    def _bframe(self, number: int, channel: Channel, direction: int, payload: bytes) -> str:
        pdu = int(self._capture.tables.packets[number - self._capture.first_number]["pdu"])
        found = self._sdus.find(pdu, channel.row, direction)
        sdu = "" if found is None else f" · SDU {found[1]}"
        return f"{psm_text(channel)}{sdu} · {len(payload):,} bytes"

    def _flags(self, row: int) -> int:
        return int(self._capture.tables.frames[row]["flags"])

    def _sdu(self, row: int, channel: Channel, direction: int) -> str:
        """Which SDU an I-frame is part of, and where in it."""
        tables = self._capture.tables
        sdu = int(tables.frames[row]["sdu"])
        if sdu == words.NONE:
            return ""
        own = frames_of_sdu(tables, sdu)
        place = 1 + int((own["sequence"] < tables.frames[row]["sequence"]).sum())
        parts = [f"SDU {self._sdus.index_of(sdu, channel.row, direction)}"]
        if len(own) > 1:
            parts.append(f"{place}/{len(own)}")
        if place == 1:
            parts.append(f"{int(tables.sdus[sdu]['length']):,} bytes")
        ended = f" {SDU_STATES[int(tables.sdus[sdu]['state'])]}" if place == len(own) else ""
        return " · ".join(parts) + ended


def protocol_of(classic: ClassicData, direction: int, payload: bytes) -> str:
    """What the protocol column says of a PDU."""
    if classic.frames(direction) is None:
        return B_FRAME
    return S_FRAME if payload and payload[0] & 1 else I_FRAME


def psm_text(channel: Channel) -> str:
    """The protocol of a channel: its name, or its PSM, as far as they are known."""
    if channel.psm == words.NONE:
        return "PSM ?"
    return l2cap.psm_name(channel.psm) or f"PSM 0x{channel.psm:04X}"


def remarks(flags: int) -> list[str]:
    """What the flags of a frame mean, in words."""
    return [text for flag, text in REMARKS.items() if flags & flag]


def _control(field: ControlField) -> str:
    bits = "".join(
        f", {name}" for name, is_set in (("P", field.poll), ("F", field.final), ("R", field.disable)) if is_set
    )
    if field.supervisory:
        return f"{l2cap.SUPERVISORY[field.function]}, ReqSeq {field.reqseq}{bits}"
    segment = SEGMENTS[field.sar]
    return f"TxSeq {field.txseq}, ReqSeq {field.reqseq}{bits}" + (f", {segment}" if segment else "")


def connectionless_line(payload: bytes) -> str:
    """A G-frame: connectionless data, which begin with their PSM (3.2)."""
    if len(payload) < 2:
        return f"connectionless data cut short, {len(payload)} bytes"
    psm = int.from_bytes(payload[:2], "little")
    name = " ".join((f"PSM 0x{psm:04X}", l2cap.psm_name(psm))).rstrip()
    return f"{name}, {len(payload) - 2:,} bytes"
