"""I-frames and S-frames for people: the figures of a direction whose frames are numbered, and where the bytes of an SDU
stand in a frame. No numpy."""

from dataclasses import asdict, dataclass
from typing import Final

from l2scope.engine.classic import ClassicData
from l2scope.engine.configuration import Options
from l2scope.engine.control_field import ENHANCED, EXTENDED, REJ, RNR, RR, SIZES, SREJ, STANDARD, START, ControlField
from l2scope.engine.fcs import FCS_SIZE
from l2scope.engine.words import NONE

CONTROL_FIELDS: Final = {STANDARD: "standard", ENHANCED: "enhanced", EXTENDED: "extended"}
SDU_LENGTH_FIELD: Final = 2


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """One direction of a channel in enhanced retransmission, retransmission, flow control or streaming mode.

    tx_window, max_transmit and the timeouts (ms) are what was agreed for it, None where that was not seen; the
    control field is standard, enhanced or extended. rr, rej, rnr, srej and polls are S-frames sent in this direction:
    they are about the data of the other. retransmitted, lost and fcs_errors are about the frames of this one; lost were
    missing when a later one came. not_ready_times counts how often the receiver of this direction said that it was not
    ready, not_ready_ns for how long together.
    """

    tx_window: int | None
    max_transmit: int | None
    retransmission_timeout_ms: int | None
    monitor_timeout_ms: int | None
    control_field: str
    fcs: bool
    iframes: int
    rr: int
    rej: int
    rnr: int
    srej: int
    polls: int
    retransmitted: int
    lost: int
    fcs_checked: int
    fcs_errors: int
    malformed: int
    not_ready_times: int
    not_ready_ns: int

    def as_json(self) -> dict[str, object]:
        """The object under "frames" of a direction in `channels --json`."""
        return asdict(self)


def frame_figures(classic: ClassicData, direction: int) -> FrameFigures | None:
    """None for a channel in basic mode."""
    flow = classic.frames(direction)
    if flow is None:
        return None
    agreed = classic.negotiation(direction).agreed or Options()
    return FrameFigures(
        tx_window=_known(flow.window.size),
        max_transmit=_known(agreed.max_transmit),
        retransmission_timeout_ms=_known(agreed.retransmission_timeout),
        monitor_timeout_ms=_known(agreed.monitor_timeout),
        control_field=CONTROL_FIELDS[classic.form],
        fcs=classic.fcs,
        iframes=flow.iframes,
        rr=flow.sframes[RR],
        rej=flow.sframes[REJ],
        rnr=flow.sframes[RNR],
        srej=flow.sframes[SREJ],
        polls=flow.polls,
        retransmitted=flow.retransmitted,
        lost=flow.lost,
        fcs_checked=flow.checked,
        fcs_errors=flow.fcs_errors,
        malformed=flow.malformed,
        not_ready_times=flow.window.not_ready_times,
        not_ready_ns=flow.window.not_ready_ns,
    )


def _known(value: int) -> int | None:
    return None if value == NONE else value


def control_field(classic: ClassicData, payload: bytes) -> ControlField | None:
    """The control field that a PDU's payload begins with, None where the payload is too short for one."""
    if len(payload) < SIZES[classic.form]:
        return None
    field = ControlField()
    field.read(payload, 0, classic.form)
    return field


def information(classic: ClassicData, payload: bytes, length: int) -> bytes:
    """The bytes of its SDU that a PDU carries: a B-frame all of its payload, an I-frame what stands between control
    field and check sequence, without the SDU length of a start frame. length is the PDU's, of which less may be there.
    """
    if classic.frames(0) is None:
        return payload[:length]
    field = control_field(classic, payload)
    if field is None or field.supervisory:
        return b""
    start = SIZES[classic.form] + (SDU_LENGTH_FIELD if field.sar == START else 0)
    return payload[start : max(start, length - FCS_SIZE if classic.fcs else length)]
