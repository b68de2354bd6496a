"""`l2scope pair`."""

import json
from pathlib import Path
from typing import Final

import click

from l2scope.analysis.clocks import Clock
from l2scope.analysis.pairing import DelayRow, NotOneLinkError, Pairing, pair
from l2scope.analysis.twins import twins
from l2scope.analysis.waits import Wait
from l2scope.capture import Capture
from l2scope.cli.columns import echo_table, seconds
from l2scope.cli.reading import NOT_CONCLUSIVE, capture_of, json_option
from l2scope.cli.unpacking import unpacking_options
from l2scope.links import Link
from l2scope.text import printable

LONGEST_PATH: Final = 200
KINDS: Final = {"pdus": "all PDUs", "kframes": "K-frames", "credits": "credits"}
CAUSES: Final = {
    "granted-late": "granted late",
    "delivered-late": "delivered late",
    "not-granted": "not granted",
    "not-delivered": "not delivered",
    None: "not in both captures",
}

EPILOG = """\b
Examples:
  l2scope pair phone.btsnoop gadget.btsnoop
  l2scope pair phone.btsnoop gadget.btsnoop --shift --json | jq '.waits[] | {start_ns, cause, held_ns}'
  l2scope pair both-adapters.btsnoop --all

\b
Exit codes: 0 the list of stalls is complete, 3 a capture was cut or lost packets, 2 there are no two ends of a link.
"""


@click.command(epilog=EPILOG)
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path), required=False)
@json_option
@click.option("--all", "every", is_flag=True, help="Show every time at zero credits, the healthy ones too.")
@click.option("--shift", is_flag=True, help="Give the times of B in A's clock.")
@click.option("--allow-truncated", is_flag=True, help="Exit with 0 also where a capture is cut or lost packets.")
@unpacking_options
@click.pass_context
def command(
    ctx: click.Context, a: Path, b: Path | None, as_json: bool, every: bool, shift: bool, allow_truncated: bool
) -> None:
    """Line up two captures of one link, taken at its two ends, by what they have in common.

    Shows how the clocks stand, how long PDUs were on their way, and for each stall whether the credits were granted
    late by the receiver's host or delivered late by link and controllers. One capture is enough where it holds both
    ends, as that of a Linux host with two adapters may.
    """
    pairing = _pairing(a, b)
    waits = pairing.waits(every)
    shown = waits if shift else [pairing.in_own_clocks(wait) for wait in waits]
    if as_json:
        click.echo(json.dumps(_report(pairing, b is not None, shown), indent=2))
    else:
        _echo(pairing, b is not None, shown, shift)
    if not (pairing.a.quality.conclusive and pairing.b.quality.conclusive) and not allow_truncated:
        ctx.exit(NOT_CONCLUSIVE)


def _pairing(a: Path, b: Path | None) -> Pairing:
    first = capture_of(a)
    if b is not None:
        return pair(first, capture_of(b))
    pairing = twins(first)
    if not pairing.links:
        raise NotOneLinkError(f"{a}: no link has both its ends in this capture; name the capture of the other end too")
    return pairing


def _report(pairing: Pairing, two: bool, waits: list[Wait]) -> dict[str, object]:
    return {
        "a": _file(pairing.a),
        "b": _file(pairing.b),
        "clock": pairing.clock.as_json() if two else None,
        "links": [
            {
                "a": _end(link.a),
                "b": _end(link.b),
                "shared": link.shared,
                "channels": [{"a": a, "b": b} for a, b in pairing.channels(link)],
            }
            for link in pairing.links
        ],
        "delays": [row.as_json() for row in pairing.delays()],
        "waits": [wait.as_json() for wait in waits],
    }


def _file(capture: Capture) -> dict[str, object]:
    return {"file": str(capture.path), "packets": capture.count}


def _end(link: Link) -> dict[str, object]:
    return {"link": link.id, "adapter": link.adapter, "handle": link.handle}


def _echo(pairing: Pairing, two: bool, waits: list[Wait], shift: bool) -> None:
    captures = {"A": pairing.a, "B": pairing.b} if two else {"A and B": pairing.a}
    for name, capture in captures.items():
        click.echo(f"{name}  {printable(str(capture.path), LONGEST_PATH)}, {capture.count:,} packets")
    if two:
        click.echo(_clock(pairing.clock))
    for number, link in enumerate(pairing.links):
        a, b = (f"hci{end.adapter} handle {end.handle}" for end in (link.a, link.b))
        click.echo(f"link {number}: A {a}, B {b}, {link.shared:,} PDUs in both")
    click.echo()
    _echo_delays(pairing.delays())
    if waits:
        click.echo()
        _echo_waits(pairing, waits, shift)
    else:
        click.echo("No channel stalled for want of credits.", err=True)


def _clock(clock: Clock) -> str:
    side = "ahead of" if clock.offset_ns >= 0 else "behind"
    drift = (
        f"drift {clock.drift_ppm:+.1f} ppm"
        if clock.drift_ppm
        else f"no drift to be seen ({clock.drift_low_ppm:+.0f} to {clock.drift_high_ppm:+.0f} ppm would fit)"
    )
    offset = f"{seconds(abs(clock.offset_ns))} {side} A's, give or take {seconds(clock.uncertainty_ns)}"
    return f"B's clock is {offset}; {drift}"


def _echo_delays(rows: list[DelayRow]) -> None:
    lines = [
        (
            str(row.link),
            "A -> B" if row.sender == "a" else "B -> A",
            KINDS[row.kind],
            "" if row.channel_a is None else f"#{row.channel_a}",
            "" if row.channel_b is None else f"#{row.channel_b}",
            f"{row.delays.sent:,}",
            f"{row.delays.received:,}",
            f"{row.delays.count:,}",
            *(
                _duration(value)
                for value in (row.delays.min_ns, row.delays.median_ns, row.delays.p99_ns, row.delays.max_ns)
            ),
        )
        for row in rows
    ]
    titles = ("link", "from", "delay of", "in A", "in B", "sent", "received", "matched", "min", "median", "p99", "max")
    echo_table(titles, lines, frozenset((1, 2)))


def _echo_waits(pairing: Pairing, waits: list[Wait], shift: bool) -> None:
    firsts = {sender: _first_ns(pairing.a if sender == "a" or shift else pairing.b) for sender in "ab"}
    lines = [
        (
            wait.sender.upper(),
            f"#{wait.channel}",
            f"{(wait.start_ns - firsts[wait.sender]) / 1e9:.6f}",
            _duration(wait.duration_ns),
            wait.class_ if wait.stall else f"{wait.class_} (no stall)",
            str(wait.start_packet),
            _duration(wait.frames_ns),
            _number(wait.arrived_packet),
            _duration(wait.held_ns),
            _number(wait.granted_packet),
            _duration(wait.credits_ns),
            _number(wait.end_packet),
            CAUSES[wait.cause],
        )
        for wait in waits
    ]
    titles = (
        "waits", "channel", "start", "lasted", "class", "packet", "K-frame's way", "peer's packet", "held back",
        "peer's packet", "credits' way", "packet", "credits were",
    )  # fmt: skip
    echo_table(titles, lines, frozenset((0, 4, 12)))


def _first_ns(capture: Capture) -> int:
    return int(capture.tables.packets["time"][0])


def _duration(nanoseconds: int | None) -> str:
    if nanoseconds is None:
        return "-"
    return f"-{seconds(-nanoseconds)}" if nanoseconds < 0 else seconds(nanoseconds)


def _number(packet: int | None) -> str:
    return "-" if packet is None else str(packet)
