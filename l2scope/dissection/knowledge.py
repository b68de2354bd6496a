"""What the engine knows of a packet beyond its bytes: channel, credits, SDU, waits, and what answers what.

These fields stand for no bytes.
"""

from bisect import bisect_left
from collections.abc import Callable

import numpy as np

from l2scope.analysis.summary import duration_text
from l2scope.capture import SDU_STATES, Capture
from l2scope.dissection.field import Field
from l2scope.engine import words
from l2scope.engine.channel import Channel
from l2scope.engine.flow import Flow
from l2scope.engine.modes import MODES
from l2scope.frame_rows import frame_of, frames_of_sdu
from l2scope.names import att, l2cap
from l2scope.stalls import CLASSES, DIRECTIONS, NO_CREDITS, NOT_READY, WINDOW_FULL, cause_of
from l2scope.tables import Rows

WITHOUT = {
    NO_CREDITS: "Without credits",
    WINDOW_FULL: "Without a transmit window",
    NOT_READY: "Without a receiver that is ready",
}
MEANS_TO_SEND = {NO_CREDITS: "these credits", WINDOW_FULL: "this acknowledgement", NOT_READY: "this S-frame"}


def sdu_row(capture: Capture, pdu: int) -> int | None:
    """The row of the SDU that a PDU row belongs to; None while that has not ended, or there is none."""
    sdus = capture.tables.sdus
    row = capture.tables.pdus[pdu]
    frame = frame_of(capture.tables, int(row["last"]))
    if frame is not None:
        sdu = int(capture.tables.frames[frame]["sdu"])
        return None if sdu == words.NONE else sdu
    inside = (sdus["first"] <= pdu) & (sdus["last"] >= pdu)
    own = (sdus["channel"] == row["channel"]) & (sdus["direction"] == row["direction"])
    found = np.flatnonzero(inside & own)
    return int(found[0]) if len(found) else None


def channel_fields(capture: Capture, number: int, pdu: int | None) -> list[Field]:
    """A field for every channel that the packet is about; `pdu` is the row of the PDU it completes."""
    channels = capture.engine.host.registry.channels
    about: dict[int, list[Field]] = {}
    if pdu is not None and int(capture.tables.pdus[pdu]["channel"]) >= 0:
        about.setdefault(int(capture.tables.pdus[pdu]["channel"]), []).extend(_sdu_field(capture, pdu))
    for row in _rows_at(capture.tables.credits, number):
        flow, change, balance = int(row["flow"]), int(row["change"]), int(row["balance"])
        about.setdefault(flow >> 1, []).append(_balance_field(channels[flow >> 1], flow & 1, change, balance))
    for channel in list(channels):
        if number in (channel.opened, channel.closed):
            word = "Opened" if number == channel.opened else "Closed"
            about.setdefault(channel.row, []).append(Field(word, "here"))
    return [_channel_field(capture, number, channels[row], fields) for row, fields in sorted(about.items())]


def answer_fields(capture: Capture, number: int) -> list[Field]:
    """Which request the packet answers, or what answers it."""
    tables = capture.tables
    found = _answers(capture, number, tables.signals, "code", l2cap.code_name)
    return found + _answers(capture, number, tables.att, "opcode", att.opcode_name)


def bearer_fields(capture: Capture, number: int) -> list[Field]:
    """The ATT bearer of an ATT PDU: the fixed channel of its link, a credit-based channel (EATT) or one of BR/EDR."""
    rows = _rows_at(capture.tables.att, number)
    if not len(rows):
        return []
    bearer = capture.engine.host.registry.bearers[int(rows["bearer"][0])]
    kind = "the fixed channel"
    if bearer.channel != words.NONE:
        channel = capture.engine.host.registry.channels[bearer.channel]
        kind = f"{'EATT on' if channel.credit_based else 'BR/EDR'} channel #{bearer.channel}"
    return [Field("ATT bearer", f"{bearer.row}, {kind}, ATT_MTU {bearer.mtu} at the end")]


def _channel_field(capture: Capture, number: int, channel: Channel, fields: list[Field]) -> Field:
    psm = "not seen"
    if channel.psm != words.NONE:
        psm = " ".join((f"0x{channel.psm:04X}", l2cap.psm_name(channel.psm))).rstrip()
    word = "SPSM" if channel.credit_based else "PSM"
    children = [
        Field(word, psm),
        Field("Mode", MODES[channel.mode]),
        Field("tx", _limits_text(channel.tx)),
        Field("rx", _limits_text(channel.rx)),
        *fields,
        *_wait_fields(capture, number, channel),
    ]
    waits = [child.value for child in children if child.name.startswith("Without")]
    return Field(
        f"Channel #{channel.row}", ", ".join((f"{word} {psm}", MODES[channel.mode], *waits)), children=tuple(children)
    )


def _limits_text(flow: Flow) -> str:
    mtu, mps = ("not seen" if limit == words.NONE else f"{limit:,}" for limit in (flow.limits.mtu, flow.limits.mps))
    cid = "not seen" if flow.cid == words.NONE else f"0x{flow.cid:04X}"
    return f"CID {cid}, MTU {mtu}, MPS {mps}"


def _balance_field(channel: Channel, direction: int, change: int, balance: int) -> Field:
    """The balance before and after; of a channel with a relative ledger what there was at least."""
    name = f"{'Credits' if channel.credit_based else 'Transmit window'} ({DIRECTIONS[direction]})"
    if channel.inferred or not channel.exact:
        return Field(name, f"{change:+}, then at least {balance}")
    overdrawn = "a K-frame without credit" if channel.credit_based else "more I-frames than the window allows"
    problem = overdrawn if balance < 0 and change < 0 else ""
    return Field(name, f"{balance - change} -> {balance}", problem=problem)


def _sdu_field(capture: Capture, pdu: int) -> list[Field]:
    """How far the SDU is that this PDU belongs to."""
    tables = capture.tables
    row = sdu_row(capture, pdu)
    if row is None:
        return []
    _, first, last, first_packet, last_packet, length, direction, state = tables.sdus[row].item()
    channel = int(tables.pdus[pdu]["channel"])
    index = int(
        np.count_nonzero((tables.sdus["channel"][:row] == channel) & (tables.sdus["direction"][:row] == direction))
    )
    children = [
        Field("Packets", f"{first_packet} to {last_packet}"),
        Field("Length", f"{length:,} bytes"),
        Field("State", SDU_STATES[state]),
    ]
    if capture.engine.host.registry.channels[channel].credit_based:
        lengths = _frame_lengths(tables.pdus[first : last + 1], channel, direction)
        place = len(_frame_lengths(tables.pdus[first : pdu + 1], channel, direction))
        children.append(Field("Still missing after this K-frame", f"{length + 2 - sum(lengths[:place]):,} bytes"))
        part = f"K-frame {place} of {len(lengths)}, "
    else:
        pdus = frames_of_sdu(tables, row)["pdu"].tolist()
        part = f"I-frame {pdus.index(pdu) + 1} of {len(pdus)}, " if pdus else ""
    return [Field(f"SDU {index}", f"{part}{length:,} bytes", children=tuple(children))]


def _frame_lengths(pdus: Rows, channel: int, direction: int) -> list[int]:
    own = pdus[(pdus["channel"] == channel) & (pdus["direction"] == direction)]
    lengths: list[int] = own["length"].tolist()
    return lengths


def _wait_fields(capture: Capture, number: int, channel: Channel) -> list[Field]:
    """The zero intervals of the channel that begin or end at the packet, also one that is still open."""
    zeros = capture.tables.zeros
    touching = (zeros["channel"] == channel.row) & ((zeros["first"] == number) | (zeros["last"] == number))
    found = []
    for row in np.flatnonzero(touching):
        start, end, _, first, last, owed, _, direction, kind, ended_by, flag_bits = zeros[row].item()
        length = duration_text(end - start)
        if last == number:
            how = "closing" if ended_by == words.BY_CLOSING else MEANS_TO_SEND[cause_of(flag_bits)]
            text = f"{length} before this packet, from packet {first}, ended by {how}"
        else:
            text = f"{length} from this packet to packet {last}"
        children = (Field("Class", CLASSES[kind]), Field("SDU bytes owed", f"{owed:,}"))
        found.append(Field(f"{WITHOUT[cause_of(flag_bits)]} ({DIRECTIONS[direction]})", text, children=children))
    found += [
        Field(f"{WITHOUT[cause_of(ledger.zero_flags)]} ({DIRECTIONS[direction]})", "from this packet on")
        for direction, ledger in ((words.TX, channel.tx.ledger), (words.RX, channel.rx.ledger))
        if ledger.zero_packet == number
    ]
    return found


def _rows_at(rows: Rows, number: int) -> Rows:
    """The rows of a packet, in a table that is in order of packets."""
    packets = rows["packet"]
    return rows[bisect_left(packets, number) : bisect_left(packets, number + 1)]


def _answers(capture: Capture, number: int, rows: Rows, column: str, name: Callable[[int], str]) -> list[Field]:
    found = []
    packets = rows["packet"]
    for row in range(bisect_left(packets, number), bisect_left(packets, number + 1)):
        request = int(rows["request"][row])
        if request >= 0:
            other = int(packets[request])
            text = f"{name(int(rows[column][request]))} in packet {other}, {_since(capture, other, number)} before"
            found.append(Field("Answers", text))
        answer = np.flatnonzero(rows["request"][row:] == row)
        if len(answer):
            other = int(packets[row + int(answer[0])])
            text = f"packet {other}, {_since(capture, number, other)} later"
            found.append(Field("Answered in", text))
    return found


def _since(capture: Capture, first: int, second: int) -> str:
    times = capture.tables.packets["time"]
    base = capture.first_number
    return duration_text(int(times[second - base]) - int(times[first - base]))
