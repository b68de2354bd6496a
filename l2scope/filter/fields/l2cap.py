"""L2CAP PDUs and signalling commands as far as the tables have them: btl2cap."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from l2scope.engine import words
from l2scope.filter.field import Cost, FilterField
from l2scope.filter.kinds import BYTES, NUMBER, PROTOCOL
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Rows, Values, joined, objects
from l2scope.frames import SDU_LENGTH_FIELD, information
from l2scope.names import l2cap

FLOW_CONTROL_CREDIT: Final = 0x16
CONNECTION_REQUEST: Final = 0x02
PDU_HEADER: Final = 4
# Where the credits of a Flow Control Credit Ind end, in its parameters.
CREDITS_END: Final = 4
# Where the parameters of a signalling command begin, in a PDU that fills one packet.
PARAMETERS: Final = 4 + PDU_HEADER + 4


def whole_pdus(packets: Packets) -> Rows:
    """The rows of the PDUs that are complete; each belongs to the packet that completes it."""
    return np.flatnonzero(packets.pdus["last"] > 0)


def with_pdus(packets: Packets) -> Mask:
    return of_pdus(packets, whole_pdus(packets), "cid").present(packets.count)


def of_pdus(packets: Packets, pdus: Rows, column: str) -> Values:
    return Values(packets.rows(packets.pdus["last"][pdus]), packets.pdus[column][pdus])


def parameter(packets: Packets, code: int) -> Values:
    """The first two bytes of the parameters of the commands with this code."""
    signals = packets.signals[packets.signals["code"] == code]
    rows = packets.rows(signals["packet"])
    at = PARAMETERS + signals["offset"].astype(np.int64)
    alone = packets.table["length"][rows] >= at + 2
    alone &= packets.pdus["first"][signals["pdu"]] == signals["packet"]
    offsets = packets.table["offset"][rows[alone]] + at[alone]
    data = (
        packets.capture.bytes_at(offsets).astype(np.int64) | packets.capture.bytes_at(offsets + 1).astype(np.int64) << 8
    )
    return Values(rows[alone], data)


def cid(packets: Packets, _open: Mask) -> Values:
    """That of the header, and the one that a Flow Control Credit Ind names."""
    return joined(of_pdus(packets, whole_pdus(packets), "cid"), parameter(packets, FLOW_CONTROL_CREDIT))


def psm(packets: Packets, _open: Mask) -> Values:
    """That of a Connection Request, and in every PDU of a channel the one that the channel was opened for."""
    pdus = whole_pdus(packets)
    pdus = pdus[packets.pdus["channel"][pdus] >= 0]
    of_channels = np.array([channel.psm or 0 for channel in packets.channels], dtype=np.int64)
    found = of_channels[packets.pdus["channel"][pdus]] if len(pdus) else pdus
    own = Values(packets.rows(packets.pdus["last"][pdus][found > 0]), found[found > 0])
    return joined(own, parameter(packets, CONNECTION_REQUEST))


def length(packets: Packets, _open: Mask) -> Values:
    return of_pdus(packets, whole_pdus(packets), "length")


def whole(packets: Packets, open_: Mask) -> Values:
    """The PDUs with their headers, put together."""
    rows, pdus = _wanted(packets, open_, whole_pdus(packets))
    return Values(rows, objects(list(_pdus(packets, pdus))))


def payload(packets: Packets, open_: Mask) -> Values:
    """The information payloads of the PDUs on dynamic channels, without control fields, SDU lengths and check sequences
    (Vol 3 Part A 3.3, 3.4)."""
    pdus = whole_pdus(packets)
    rows, pdus = _wanted(packets, open_, pdus[packets.pdus["cid"][pdus] >= words.FIRST_DYNAMIC_CID])
    channels = list(packets.capture.engine.host.registry.channels)
    begun = [int(flow.sdus.first) for channel in channels for flow in (channel.tx, channel.rx)]
    starts = np.isin(pdus, np.concatenate((packets.sdus["first"], np.array(begun, dtype=np.int32))))
    of_channels, lengths = packets.pdus["channel"][pdus].tolist(), packets.pdus["length"][pdus].tolist()
    found: list[bytes] = []
    for data, number, starting, length in zip(
        _pdus(packets, pdus), of_channels, starts.tolist(), lengths, strict=True
    ):  # fmt: skip
        carried = data[PDU_HEADER:]
        classic = channels[number].classic if number >= 0 else None
        if classic is not None:
            carried = information(classic, carried, length)
        elif number >= 0 and starting:
            carried = carried[SDU_LENGTH_FIELD:]
        found.append(carried)
    return Values(rows, objects(found))


def _wanted(packets: Packets, open_: Mask, pdus: Rows) -> tuple[Rows, Rows]:
    """Of these PDUs those in open packets, with the rows of the packets before them."""
    rows = packets.rows(packets.pdus["last"][pdus])
    wanted = (rows < packets.count) & open_[np.minimum(rows, packets.count - 1)]
    return rows[wanted], pdus[wanted]


def _pdus(packets: Packets, pdus: Rows) -> Iterator[bytes]:
    for pdu in pdus.tolist():
        packets.go_on()
        yield packets.capture.pdu_bytes(pdu)


def signals(packets: Packets, column: str) -> Values:
    return Values(packets.rows(packets.signals["packet"]), packets.signals[column])


def code(packets: Packets, _open: Mask) -> Values:
    return signals(packets, "code")


def identifier(packets: Packets, _open: Mask) -> Values:
    return signals(packets, "identifier")


def granted(packets: Packets, _open: Mask) -> Values:
    """The table has the credits of an indication where responses have their result, 0 where the packet was cut short
    before them."""
    signals = packets.signals[packets.signals["code"] == FLOW_CONTROL_CREDIT]
    rows = packets.rows(signals["packet"])
    cut = packets.table["length"][rows] < packets.table["original"][rows]
    kept = ~cut | (packets.table["length"][rows] >= PARAMETERS + signals["offset"].astype(np.int64) + CREDITS_END)
    return Values(rows[kept], signals["result"][kept])


FIELDS: Final[tuple[FilterField, ...]] = (
    FilterField(
        "btl2cap",
        PROTOCOL,
        "L2CAP PDUs, in the packets that complete them",
        whole,
        cost=Cost.DISSECTED,
        presence=with_pdus,
    ),
    FilterField("btl2cap.cid", NUMBER, "CID of the PDU; of credits also the one they name", cid, l2cap.CIDS),
    FilterField("btl2cap.length", NUMBER, "bytes of information payload", length),
    FilterField("btl2cap.payload", BYTES, "payload of a PDU on a dynamic channel", payload, cost=Cost.DISSECTED),
    FilterField("btl2cap.psm", NUMBER, "PSM or SPSM, of a request and of every PDU of its channel", psm, l2cap.PSMS),
    FilterField("btl2cap.cmd_code", NUMBER, "code of a signalling command", code, l2cap.CODES),
    FilterField("btl2cap.cmd_ident", NUMBER, "identifier of a signalling command", identifier),
    FilterField("btl2cap.credits", NUMBER, "credits of a Flow Control Credit Ind", granted),
)
