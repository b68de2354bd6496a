"""The data of one BR/EDR channel: basic mode, or numbered frames as its configuration says (Vol 3 Part A 3, 8)."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.att import AttBearer
from l2scope.engine.configuration import (
    DEFAULT_MTU,
    ENHANCED_RETRANSMISSION_MODE,
    FCS_16_BIT,
    FLOW_CONTROL_MODE,
    NO_FCS,
    RETRANSMISSION_MODE,
    STREAMING_MODE,
    Negotiation,
    Options,
)
from l2scope.engine.control_field import ENHANCED, EXTENDED, SIZES, STANDARD, START, UNSEGMENTED, ControlField
from l2scope.engine.counters import B_FRAME, I_FRAME, S_FRAME
from l2scope.engine.current import Pdu
from l2scope.engine.fcs import FCS_SIZE, SHORTEST_FRAME, can_be_checked, fcs_fits
from l2scope.engine.fields import u16
from l2scope.engine.flow import Flow, Limits
from l2scope.engine.frame_flow import FrameFlow
from l2scope.engine.modes import BASIC, ERTM, FLOW_CONTROL, RETRANSMISSION, STREAMING
from l2scope.engine.sdu import LENGTH_FIELD
from l2scope.engine.tables import Tables
from l2scope.engine.words import NONE, SDU_COMPLETE, TX

# More unacknowledged I-frames than any transmit window allows: nobody acknowledges them.
LARGEST_WINDOW: Final = 63


@final
class ClassicData:
    """mode is one of modes.py. settled: it is known, from the configuration or from the first PDU; guessed: from that
    alone. form is that of the control fields; fcs: frames end in a check sequence, which is the default, but fcs_said
    tells whether anybody said so: some stacks leave it out then.
    """

    def __init__(self, tables: Tables, tx: Flow, rx: Flow) -> None:
        self.tables = tables
        self.tx = tx
        self.rx = rx
        self.tx_negotiation = Negotiation()
        self.rx_negotiation = Negotiation()
        self.mode: i64 = BASIC
        self.settled = False
        self.guessed = False
        self.form: i64 = ENHANCED
        self.fcs = False
        self.fcs_said = True
        self.field = ControlField()
        self.tx_frames: FrameFlow | None = None
        self.rx_frames: FrameFlow | None = None

    def negotiation(self, direction: i64) -> Negotiation:
        """Of the limits of this direction, which its receiver asks for."""
        return self.tx_negotiation if direction == TX else self.rx_negotiation

    def frames(self, direction: i64) -> FrameFlow | None:
        return self.tx_frames if direction == TX else self.rx_frames

    def configured(self) -> None:
        """A direction was configured. The mode is known when both were."""
        tx = self.tx_negotiation.agreed
        rx = self.rx_negotiation.agreed
        if tx is not None:
            _limit(self.tx, tx)
        if rx is not None:
            _limit(self.rx, rx)
        if tx is not None and rx is not None and (self.guessed or not self.settled):
            self.guessed = False
            mode = _mode(tx.mode if tx.mode != NONE else rx.mode)
            extended = tx.extended_window != NONE or rx.extended_window != NONE
            self.fcs = mode != BASIC and not (_does_without(tx, mode) and _does_without(rx, mode))
            self.fcs_said = not self.fcs or tx.fcs == FCS_16_BIT or rx.fcs == FCS_16_BIT
            self._settle(mode, _form(mode, extended), _window(tx, extended), _window(rx, extended))

    def declare(self, mode: i64) -> None:
        """The user says the mode of a channel whose set-up is not in the capture."""
        if mode != BASIC:
            self.fcs = True
            self.fcs_said = False
            self._settle(mode, _form(mode, False), NONE, NONE)

    def guess(self, pdu: Pdu) -> None:
        """The configuration was not seen: a check sequence that fits tells enhanced retransmission mode."""
        self.guessed = True
        self.fcs = can_be_checked(pdu) and fcs_fits(pdu)
        self.fcs_said = True
        self._settle(ERTM if self.fcs else BASIC, ENHANCED, NONE, NONE)

    def pdu(self, pdu: Pdu, att: AttBearer | None) -> i64:
        """Takes the next PDU of the channel. Returns the protocol that it counts under."""
        if not self.settled:
            self.guess(pdu)
        tx = self.tx_frames
        rx = self.rx_frames
        if tx is None or rx is None:
            self._bframe(pdu, att)
            return B_FRAME
        own = tx if pdu.direction == TX else rx
        other = rx if pdu.direction == TX else tx
        own.flow.kframes += 1
        return self._frame(pdu, own, other, att)

    def close(self, packet: i64, time: i64) -> None:
        tx = self.tx_frames
        rx = self.rx_frames
        if tx is not None and rx is not None:
            tx.close(packet, time)
            rx.close(packet, time)
        self.tx.closed = True
        self.rx.closed = True

    def finish(self) -> None:
        """The capture has ended."""
        tx = self.tx_frames
        rx = self.rx_frames
        if tx is not None and rx is not None:
            tx.flow.ledger.settle()
            tx.finish()
            rx.flow.ledger.settle()
            rx.finish()

    def _settle(self, mode: i64, form: i64, tx_window: i64, rx_window: i64) -> None:
        self.settled = True
        self.mode = mode
        self.form = form
        if mode == BASIC:
            self.tx_frames = None
            self.rx_frames = None
        else:
            self.tx_frames = FrameFlow(self.tables, self.tx, mode, form, tx_window)
            self.rx_frames = FrameFlow(self.tables, self.rx, mode, form, rx_window)

    def _bframe(self, pdu: Pdu, att: AttBearer | None) -> None:
        """In basic mode a PDU is an SDU."""
        flow = self.tx if pdu.direction == TX else self.rx
        flow.kframes += 1
        flow.busy.begin(pdu, True)
        flow.sdus.open(pdu.row, pdu.first, pdu.first_time, pdu.length)
        flow.sdus.join(pdu.row, pdu.first, pdu.packet, pdu.time, pdu.length)
        flow.sdus.end(SDU_COMPLETE)
        if att is not None:
            att.pdu(pdu, pdu.start, pdu.length)

    def _frame(self, pdu: Pdu, own: FrameFlow, other: FrameFlow, att: AttBearer | None) -> i64:
        if not self.fcs_said:
            self._find_fcs(pdu)
        control: i64 = SIZES[self.form]
        overhead: i64 = control + FCS_SIZE if self.fcs else control
        if pdu.length < overhead or pdu.stop - pdu.start < control:
            own.malformed += 1
            return I_FRAME
        field = self.field
        field.read(pdu.data, pdu.start, self.form)
        protocol: i64 = S_FRAME if field.supervisory else I_FRAME
        if self.fcs and can_be_checked(pdu):
            own.checked += 1
            if not fcs_fits(pdu):
                own.damaged(pdu, field.supervisory)
                return protocol
            pdu.stop = pdu.start + pdu.length - FCS_SIZE
        other.answered(pdu, field)
        if field.supervisory:
            own.sframe(pdu, field)
        else:
            self._iframe(pdu, own, control, pdu.length - overhead, att)
            if self.guessed and own.window.sent - own.window.acknowledged > LARGEST_WINDOW:
                self._is_streaming(own, other)
        return protocol

    def _find_fcs(self, pdu: Pdu) -> None:
        """The first frame tells."""
        self.fcs_said = True
        if can_be_checked(pdu):
            self.fcs = fcs_fits(pdu)
        elif pdu.length < SHORTEST_FRAME:
            self.fcs = False

    def _iframe(self, pdu: Pdu, own: FrameFlow, control: i64, size: i64, att: AttBearer | None) -> None:
        sar = self.field.sar
        sdu_length: i64 = 0
        if sar == START:
            if size >= LENGTH_FIELD and pdu.stop - pdu.start >= control + LENGTH_FIELD:
                sdu_length = u16(pdu.data, pdu.start + control)
            size = size - LENGTH_FIELD if size >= LENGTH_FIELD else 0
        own.iframe(pdu, self.field, size, sdu_length)
        if att is not None and sar == UNSEGMENTED:
            att.pdu(pdu, pdu.start + control, size)

    def _is_streaming(self, tx: FrameFlow, rx: FrameFlow) -> None:
        self.mode = STREAMING
        tx.mode = STREAMING
        rx.mode = STREAMING


def _limit(flow: Flow, options: Options) -> None:
    """An MPS is part of the modes with numbered frames; some stacks send one with basic mode too."""
    mtu: i64 = options.mtu if options.mtu != NONE else DEFAULT_MTU
    mps: i64 = options.mps if _mode(options.mode) != BASIC else NONE
    flow.limits = Limits(mtu, mps, NONE)
    flow.sdus.mtu = flow.limits.mtu


def _mode(option: i64) -> i64:
    """The mode of a Retransmission and Flow Control option; basic where there is none, or an unknown one."""
    if option == ENHANCED_RETRANSMISSION_MODE:
        return ERTM
    if option == STREAMING_MODE:
        return STREAMING
    if option == RETRANSMISSION_MODE:
        return RETRANSMISSION
    return FLOW_CONTROL if option == FLOW_CONTROL_MODE else BASIC


def _does_without(options: Options, mode: i64) -> bool:
    """A side asks for no check sequence; the older modes always have one (5.5)."""
    return options.fcs == NO_FCS and (mode == ERTM or mode == STREAMING)


def _form(mode: i64, extended: bool) -> i64:
    if mode == RETRANSMISSION or mode == FLOW_CONTROL:
        return STANDARD
    return EXTENDED if extended else ENHANCED


def _window(options: Options, extended: bool) -> i64:
    return options.extended_window if extended and options.extended_window != NONE else options.window
