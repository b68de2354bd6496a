"""Makes a capture of any size: a phone with several LE links, each with several channels that send both ways.

`python -m tests.benchmark.big_capture OUT.btsnoop [--packets N]` writes it and OUT.truth.json, with every direction's
totals and zero intervals. The same arguments give the same bytes.
"""

import argparse
import json
import struct
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.benchmark.flow import PAYLOAD_POOL_BYTES, Flow
from tests.benchmark.phone_link import Channel, PhoneLink
from tests.benchmark.trace_writer import COMMAND, EVENT, START_UNIX_US, TraceWriter

FIRST_HANDLE = 0x0040
FIRST_SPSM = 0x0080
FIRST_PHONE_CID = 0x0040
FIRST_PEER_CID = 0x0060


@dataclass(frozen=True)
class Plan:
    """What the capture is to hold. Tuples are dealt out in turn: mps to channels, fragments to links, and so on."""

    packets: int = 1_000_000
    links: int = 3
    channels: int = 3
    mtu: int = 1024
    mps: tuple[int, ...] = (247, 100, 1000)
    credits: int = 10
    policies: tuple[str, ...] = ("half", "each", "sdu", "late", "stall")
    fragments: tuple[int, ...] = (251, 27)
    interval_us: int = 15_000
    fragments_an_event: int = 14
    load: float = 0.35
    seed: int = 1


def write_big_capture(path: Path, plan: Plan) -> dict[str, Any]:
    """Write the capture and return its truth. A few packets more than planned close what is open."""
    random = Random(plan.seed)
    pool = random.randbytes(PAYLOAD_POOL_BYTES)
    with TraceWriter(path) as writer:
        links = [
            PhoneLink(writer, random, pool, FIRST_HANDLE + index, plan.fragments[index % len(plan.fragments)])
            for index in range(plan.links)
        ]
        open_all(writer, links, plan, random)
        run_events(writer, links, plan)
        close_all(writer, links)
    return truth(path.name, writer, links, plan)


def open_all(writer: TraceWriter, links: list[PhoneLink], plan: Plan, random: Random) -> None:
    """Set the controller up, connect every link, open every channel."""
    us = set_up(writer, max(plan.fragments))
    for link in links:
        us = link.connect(us)
    for index in range(plan.links * plan.channels):
        links[index // plan.channels].open_channel(us, planned_channel(index, plan, random))
        us += 20_000
    writer.flush()


def set_up(writer: TraceWriter, fragment: int) -> int:
    """Reset, masks and LE Read Buffer Size; the time after them."""
    us = 1_000
    buffers = b"\0" + struct.pack("<HB", fragment, 12)
    for opcode, parameters, returned in (
        (0x0C03, b"", b"\0"),
        (0x0C01, b"\xff" * 8, b"\0"),
        (0x2001, b"\xff" * 8, b"\0"),
        (0x2002, b"", buffers),
    ):
        writer.add(us, COMMAND, struct.pack("<BHB", 1, opcode, len(parameters)) + parameters)
        complete = struct.pack("<BBH", 3 + len(returned), 1, opcode) + returned
        writer.add(us + 500, EVENT, b"\x04\x0e" + complete)
        us += 1_000
    return us


def planned_channel(index: int, plan: Plan, random: Random) -> Channel:
    """The channel with this number, counted over all links. The two ends' CIDs differ."""
    link, place = divmod(index, plan.channels)
    mps = plan.mps[place % len(plan.mps)]
    tx_policy, rx_policy = (plan.policies[(2 * index + way) % len(plan.policies)] for way in (0, 1))
    peer_cid = FIRST_PEER_CID + (5 * link + place) % 32
    tx = Flow(True, peer_cid, plan.mtu, mps, plan.credits, tx_policy, random)
    rx = Flow(False, FIRST_PHONE_CID + place, plan.mtu, mps, plan.credits, rx_policy, random)
    return Channel(FIRST_SPSM + place, tx, rx)


def run_events(writer: TraceWriter, links: list[PhoneLink], plan: Plan) -> None:
    """Let the links have their connection events in turn until there are enough packets."""
    us = writer.last_us
    while writer.packets < plan.packets:
        us = max(us + plan.interval_us, writer.last_us + 100)
        for index, link in enumerate(links):
            link.run_event(us + index * plan.interval_us // (len(links) + 1), plan.fragments_an_event, plan.load)
        writer.flush()


def close_all(writer: TraceWriter, links: list[PhoneLink]) -> None:
    """Close every channel and link."""
    us = writer.last_us + 50_000
    for link in links:
        for channel in link.channels:
            link.close_channel(us, channel)
            us += 20_000
        link.disconnect(us)
        us += 30_000


def truth(name: str, writer: TraceWriter, links: list[PhoneLink], plan: Plan) -> dict[str, Any]:
    """What the capture holds; times are microseconds since start_unix_us."""
    return {
        "capture": name,
        "plan": asdict(plan),
        "packets": writer.packets,
        "duration_us": writer.last_us,
        "start_unix_us": START_UNIX_US,
        "links": [
            {"handle": link.handle, "acl_fragment": link.fragment, "att_notifications": link.notifications}
            for link in links
        ],
        "channels": [
            {
                "handle": link.handle,
                "psm": channel.psm,
                "local_cid": channel.rx.cid,
                "remote_cid": channel.tx.cid,
                "tx": channel.tx.summary(),
                "rx": channel.rx.summary(),
            }
            for link in links
            for channel in link.channels
        ],
    }


def main() -> None:
    """Write a capture and its truth as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--packets", type=int, default=Plan.packets)
    parser.add_argument("--links", type=int, default=Plan.links)
    parser.add_argument("--channels", type=int, default=Plan.channels, help="channels a link")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    options = vars(parser.parse_args())
    path: Path = options.pop("out")
    content = write_big_capture(path, Plan(**options))
    path.with_suffix(".truth.json").write_text(json.dumps(content) + "\n")
    print(f"{path}: {content['packets']} packets, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
