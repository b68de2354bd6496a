"""Attribute values as they flow over ATT (Vol 3 Part F, Part G): cut for want of MTU, in bulk, or unasked for."""

from collections.abc import Iterator
from typing import Final

from l2scope.analysis.rules.facts import LOCAL, REMOTE, Facts, Fault
from l2scope.analysis.rules.rule import CERTAIN, INFO, WARNING, WEAK, Hit, Rule
from l2scope.channels import hexadecimal
from l2scope.columns import counted, rate, seconds
from l2scope.engine import faults
from l2scope.engine.att import DEFAULT_LE_MTU, NOTIFICATION, WRITE_COMMAND, AttBearer
from l2scope.engine.value_streams import VALUE_HEADER, ValueStream
from l2scope.engine.words import NONE, TX
from l2scope.names.att import OPCODES

FEWEST_CUT: Final = 3
BULK_VALUES: Final = 100
BULK_BYTES: Final = 10_000
BULK_RATE: Final = 1_000  # bytes a second
NANOSECONDS: Final = 1_000_000_000
L2CAP_HEADER: Final = 4
SDU_LENGTH_FIELD: Final = 2
# The MPS that fills one link-layer packet of 251 bytes.
FITTING_MPS: Final = 247
LARGEST_SDU: Final = 65535


def _streams(facts: Facts) -> Iterator[tuple[AttBearer, ValueStream, str, str]]:
    """The streams of values, each with the side that sends it and its name."""
    for bearer in facts.bearers:
        for stream in bearer.values.streams.values():
            sender = LOCAL if stream.direction == TX else REMOTE
            name = OPCODES.get(int(stream.opcode), f"opcode 0x{int(stream.opcode):02x}")
            yield bearer, stream, sender, f"{name} of handle {hexadecimal(int(stream.handle))}"


def _hit(bearer: AttBearer, stream: ValueStream, message: str, packets: list[int], **values: object) -> Hit:
    return Hit(
        message=message,
        packets=packets,
        time_ns=int(stream.burst_start),
        link=int(bearer.link),
        channel=None if bearer.channel == NONE else int(bearer.channel),
        direction="tx" if stream.direction == TX else "rx",
        values={"handle": int(stream.handle), "opcode": int(stream.opcode), **values},
    )


def _cut(facts: Facts) -> Iterator[Hit]:
    for bearer, stream, sender, name in _streams(facts):
        if bearer.exchanged or not bearer.sure or bearer.mtu != DEFAULT_LE_MTU or stream.cut < FEWEST_CUT:
            continue
        yield _hit(
            bearer,
            stream,
            f"the {sender} side cuts {counted(int(stream.cut), 'value')} at {DEFAULT_LE_MTU - VALUE_HEADER} bytes "
            f"({name}): nobody asked for a larger ATT_MTU than {DEFAULT_LE_MTU}",
            [int(stream.cut_packet)],
            cut_values=int(stream.cut),
            mtu=DEFAULT_LE_MTU,
        )


def _bulk(facts: Facts) -> Iterator[Hit]:
    for bearer, stream, sender, name in _streams(facts):
        count, size, lasted = int(stream.burst_count), int(stream.burst_bytes), int(stream.burst_ns)
        unanswered = stream.opcode in (NOTIFICATION, WRITE_COMMAND)
        if not unanswered or count < BULK_VALUES or size < BULK_BYTES or size * NANOSECONDS < BULK_RATE * lasted:
            continue
        kframes, overhead = over_a_channel(size)
        spent = count * (VALUE_HEADER + L2CAP_HEADER)
        pace = rate(size * 8 * NANOSECONDS / max(1, lasted))
        yield _hit(
            bearer,
            stream,
            f"the {sender} side sends {size:,} bytes in {count:,} values ({name}) within {seconds(lasted)}, {pace}, "
            f"with {spent:,} bytes of headers: a credit-based channel would take {kframes:,} K-frames and {overhead:,} "
            "bytes, and its receiver could slow the sender down",
            [int(stream.burst_packet), int(stream.burst_last)],
            count=count,
            bytes=size,
            duration_ns=lasted,
            overhead=spent,
            channel_kframes=kframes,
            channel_overhead=overhead,
        )


def over_a_channel(size: int) -> tuple[int, int]:
    """How many K-frames of the fitting MPS so many bytes take in SDUs as large as can be, and their overhead."""
    sdus = -(-size // LARGEST_SDU)
    kframes = -(-(size + sdus * SDU_LENGTH_FIELD) // FITTING_MPS)
    return kframes, kframes * L2CAP_HEADER + sdus * SDU_LENGTH_FIELD


def _unasked(facts: Facts) -> Iterator[Hit]:
    for fault in facts.faults.get(faults.ATT_UNASKED, ()):
        bonded = bool(facts.engine.host.links[fault.link].encrypted)
        sure = fault.sure and not bonded
        yield Hit(
            message=f"the {fault.sender} side notifies of handle {hexadecimal(fault.a)}, and no subscription was seen"
            + _excuse(fault, bonded),
            packets=[fault.packet],
            time_ns=fault.time_ns,
            link=fault.link,
            channel=fault.channel,
            direction=fault.direction,
            blame=fault.sender if sure else None,
            values={"handle": fault.a, "encrypted": bonded},
            severity=WARNING if sure else INFO,
            certainty=CERTAIN if sure else WEAK,
        )


def _excuse(fault: Fault, bonded: bool) -> str:
    if not fault.sure:
        return ": it may be older than the capture, or lost"
    return ": a bond may have kept one from a former connection" if bonded else " on this link"


RULES: Final = (
    Rule(
        id="ATT007",
        title="the MTU was never raised",
        severity=INFO,
        spec="Vol 3 Part F 3.4.2, Part G 4.3.1",
        meaning="Values come in runs of 20 bytes with a shorter one behind: they are longer than the default ATT_MTU "
        "carries, and the client never exchanged the MTU.",
        harm="Each value costs several PDUs, and the receiver has to guess where it ends.",
        sender="If it is the client: exchange the MTU right after connecting. A server can only cut.",
        receiver="If it is the client: exchange the MTU right after connecting; 247 fills one link-layer packet.",
        find=_cut,
    ),
    Rule(
        id="ATT008",
        title="bulk data over GATT",
        severity=INFO,
        spec="Vol 3 Part A 10.1",
        meaning="Many notifications or writes without response flow on one handle, one behind the other.",
        harm="Each costs three bytes more than a K-frame and carries less; nothing tells the sender to slow down.",
        sender="Use an LE credit-based channel, and tell its SPSM over GATT.",
        receiver="Offer an LE credit-based channel: its credits keep the sender from overrunning you.",
        find=_bulk,
    ),
    Rule(
        id="ATT009",
        title="a notification that nobody subscribed to",
        severity=WARNING,
        spec="Vol 3 Part G 3.3.3.3, 4.10",
        meaning="A server sends notifications, and its client has not written the characteristic's configuration.",
        harm="The client may drop them; a server that ignores subscriptions spends air time on every connection.",
        sender="Notify only while the Client Characteristic Configuration descriptor of this client says so.",
        receiver="Write 0x0001 to the descriptor, on each connection where no bond keeps it.",
        find=_unasked,
    ),
)
