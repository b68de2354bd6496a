"""Fields of our own about SDUs, waits for credits and findings."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np

from l2scope.capture import SDU_STATES
from l2scope.filter.field import Cost, FilterField, Source
from l2scope.filter.kinds import DURATION, NUMBER, PROTOCOL, TEXT, Kind
from l2scope.filter.packets import Packets
from l2scope.filter.values import Data, Mask, Values, objects
from l2scope.stalls import ZeroInterval


def sdu(column: str) -> Source:
    """A column of the SDUs, at the packets in which they end."""

    def values(packets: Packets, _open: Mask) -> Values:
        return Values(packets.rows(packets.sdus["last_packet"]), packets.sdus[column])

    return values


def sdu_bytes(packets: Packets, open_: Mask) -> Values:
    rows = packets.rows(packets.sdus["last_packet"])
    wanted = np.flatnonzero((rows < packets.count) & open_[np.minimum(rows, packets.count - 1)])
    return Values(rows[wanted], objects([_sdu_bytes(packets, row) for row in wanted.tolist()]))


def _sdu_bytes(packets: Packets, row: int) -> bytes:
    packets.go_on()
    return packets.capture.sdu_bytes(row)


def with_sdus(packets: Packets) -> Mask:
    return sdu("length")(packets, packets.none()).present(packets.count)


def wait(read: Callable[[ZeroInterval], Any], *, stalls: bool, text: bool = False) -> Source:
    """What is known of a wait for credits, at the packets in which it begins and ends."""

    def values(packets: Packets, _open: Mask) -> Values:
        found = [
            (number, read(interval))
            for interval in packets.capture.stalls(all=not stalls)
            for number in (interval.start_packet, interval.end_packet)
            if number is not None
        ]
        return _values(packets, found, text)

    return values


def finding(read: Callable[[Any], str]) -> Source:
    """What is known of a finding, at the packets that prove it."""

    def values(packets: Packets, _open: Mask) -> Values:
        found = [(number, read(finding)) for finding in packets.findings for number in finding.packets]
        return _values(packets, found, text=True)

    return values


def _values(packets: Packets, found: Iterable[tuple[int, Any]], text: bool) -> Values:
    pairs = list(found)
    data: Data = objects([value for _, value in pairs])
    rows = np.array([number for number, _ in pairs], dtype=np.int64) - packets.first_number
    return Values(rows, data if text else data.astype(np.int64))


def judged(name: str, kind: Kind, help: str, values: Source) -> FilterField:
    return FilterField(name, kind, help, values, cost=Cost.JUDGED)


FIELDS: Final[tuple[FilterField, ...]] = (
    FilterField(
        "l2scope.sdu", PROTOCOL, "SDUs that end in the packet", sdu_bytes, cost=Cost.DISSECTED, presence=with_sdus
    ),
    FilterField("l2scope.sdu.length", NUMBER, "bytes of the SDU that ends in the packet", sdu("length")),
    FilterField("l2scope.sdu.state", NUMBER, "how the SDU ended", sdu("state"), SDU_STATES),
    FilterField("l2scope.sdu.first_packet", NUMBER, "packet in which the SDU began", sdu("first_packet")),
    judged("l2scope.stall", DURATION, "stall that begins or ends here", wait(lambda w: w.duration_ns, stalls=True)),
    judged("l2scope.stall.owed", NUMBER, "bytes owed in the stall", wait(lambda w: w.sdu_bytes_owed, stalls=True)),
    judged("l2scope.wait", DURATION, "time at zero credits, stall or not", wait(lambda w: w.duration_ns, stalls=False)),
    judged("l2scope.wait.class", TEXT, "certain, likely or idle", wait(lambda w: w.class_, stalls=False, text=True)),
    judged("l2scope.finding", TEXT, "rule of a finding that names the packet", finding(lambda f: f.rule)),
    judged("l2scope.finding.severity", TEXT, "its severity", finding(lambda f: str(f.severity.value))),
)
