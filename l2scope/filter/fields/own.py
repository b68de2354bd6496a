"""Fields of our own about packets, links and channels: what the engine makes of them."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from l2scope import flags
from l2scope.analysis.summary import PacketSummaries, PacketSummary
from l2scope.dissection.lines import DissectedLines
from l2scope.engine import words
from l2scope.filter.field import Cost, FilterField, Source
from l2scope.filter.kinds import ADDRESS, DURATION, NUMBER, TEXT
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Values, joined, objects
from l2scope.names import l2cap
from l2scope.stalls import DIRECTIONS

DIRECTION_NAMES: Final = dict(enumerate(DIRECTIONS))


def adapter(packets: Packets, _open: Mask) -> Values:
    rows = np.flatnonzero(packets.table["adapter"] != words.NO_ADAPTER)
    return Values(rows, packets.table["adapter"][rows])


def direction(packets: Packets, _open: Mask) -> Values:
    return Values(None, packets.table["direction"] & 1)


def remarks(packets: Packets, _open: Mask) -> Values:
    """A text for every bit of the flags that is set."""
    bits = packets.table["flags"]
    odd = np.flatnonzero(bits)
    found = [(row, text) for row in odd.tolist() for text in flags.meanings(int(bits[row]))]
    return Values(np.array([row for row, _ in found], dtype=np.int64), objects([text for _, text in found]))


def link(packets: Packets, _open: Mask) -> Values:
    rows = np.flatnonzero(packets.table["link"] >= 0)
    return Values(rows, packets.table["link"][rows])


def of_link(attribute: str, read: Callable[[Any], Any]) -> Source:
    """What is known of the link of a packet; nothing where that is None."""

    def values(packets: Packets, open_: Mask) -> Values:
        of_links = [getattr(view, attribute) for view in packets.links]
        found = link(packets, open_)
        known = np.array([value is not None for value in of_links], dtype=np.bool_)
        shown = found.of(known[found.data]) if len(known) else found.of(np.zeros(len(found.data), dtype=np.bool_))
        table = objects([None if value is None else read(value) for value in of_links])
        return shown.with_data(table[shown.data])

    return values


def channel(packets: Packets, _open: Mask) -> Values:
    """The channels of the PDUs in packets, those whose balance packets change, and those that they open or close."""
    pdus = packets.table["pdu"]
    rows = np.flatnonzero((pdus >= 0) & (pdus < len(packets.pdus)))
    of_pdus = packets.pdus["channel"][pdus[rows]]
    carried = Values(rows[of_pdus >= 0], of_pdus[of_pdus >= 0])
    credited = Values(packets.rows(packets.credits["packet"]), packets.credits["flow"] >> 1)
    ends = [
        (number, view.id) for view in packets.channels for number in (view.opened, view.closed) if number is not None
    ]
    ended = Values(
        np.array([number for number, _ in ends], dtype=np.int64) - packets.first_number,
        np.array([id for _, id in ends], dtype=np.int64),
    )
    return joined(carried, credited, ended)


def of_channel(attribute: str) -> Source:
    """What is known of the channels of a packet."""

    def values(packets: Packets, open_: Mask) -> Values:
        table = objects([getattr(view, attribute) for view in packets.channels])
        known = np.array([value is not None for value in table], dtype=np.bool_)
        found = channel(packets, open_)
        shown = found.of(known[found.data]) if len(known) else found
        data = table[shown.data] if len(known) else shown.data
        return shown.with_data(data.astype(np.int64) if attribute == "psm" else data)

    return values


def credit(column: str) -> Source:
    def values(packets: Packets, _open: Mask) -> Values:
        return Values(packets.rows(packets.credits["packet"]), packets.credits[column])

    return values


def latency(packets: Packets, _open: Mask) -> Values:
    """At an ATT response, the time since its request."""
    answers = packets.att[packets.att["request"] >= 0]
    rows = packets.rows(answers["packet"])
    requests = packets.rows(packets.att["packet"][answers["request"]])
    known = rows < packets.count
    times = packets.table["time"]
    return Values(rows[known], times[rows[known]] - times[requests[known]])


def summarised(of: Callable[[PacketSummary], str]) -> Source:
    """A text of the packet list."""

    def values(packets: Packets, open_: Mask) -> Values:
        summaries = PacketSummaries(packets.capture, DissectedLines(packets.capture))
        rows = np.flatnonzero(open_)
        return Values(rows, objects([_summary(packets, summaries, row, of) for row in rows.tolist()]))

    return values


def _summary(packets: Packets, summaries: PacketSummaries, row: int, of: Callable[[PacketSummary], str]) -> str:
    packets.go_on()
    return of(summaries.of(row + packets.first_number))


def address(written: str) -> bytes:
    return bytes.fromhex(written.replace(":", ""))


FIELDS: Final[tuple[FilterField, ...]] = (
    FilterField("l2scope.adapter", NUMBER, "index of the adapter, 0 for hci0", adapter),
    FilterField("l2scope.direction", NUMBER, "tx from host to controller, rx back", direction, DIRECTION_NAMES),
    FilterField("l2scope.remark", TEXT, "what is odd about the packet", remarks),
    FilterField(
        "l2scope.protocol",
        TEXT,
        "protocol in the packet list",
        summarised(lambda line: line.protocol),
        cost=Cost.DISSECTED,
    ),
    FilterField(
        "l2scope.info", TEXT, "what the packet list says", summarised(lambda line: line.summary), cost=Cost.DISSECTED
    ),
    FilterField("l2scope.link", NUMBER, "number of the link (l2scope stats)", link),
    FilterField("l2scope.peer.address", ADDRESS, "address of the link's peer", of_link("peer_address", address)),
    FilterField("l2scope.peer.name", TEXT, "name of the link's peer", of_link("peer_name", str)),
    FilterField("l2scope.channel", NUMBER, "number of the channel (l2scope channels)", channel),
    FilterField("l2scope.channel.psm", NUMBER, "PSM or SPSM of the channel", of_channel("psm"), l2cap.PSMS),
    FilterField("l2scope.channel.mode", TEXT, "mode of the channel, such as le-credit", of_channel("mode")),
    FilterField("l2scope.credits.balance", NUMBER, "balance of the sender after the packet", credit("balance")),
    FilterField("l2scope.credits.change", NUMBER, "credits that came, or -1 for a K-frame", credit("change")),
    FilterField("l2scope.att.latency", DURATION, "time from an ATT request to this response", latency),
)
