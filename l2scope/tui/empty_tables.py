"""What empty tables of channels and of stalls mean, and what to do next."""

from l2scope.channels import Channel, Direction
from l2scope.tui.figures import counted, duration
from l2scope.tui.overview import Overview
from l2scope.tui.theme import Tone

MOST_REFUSALS = 8


def no_channels(overview: Overview, progress: float) -> tuple[tuple[str, Tone], ...]:
    """What an empty table of channels means, and what to do next."""
    if progress < 1.0:
        return (("No channel so far; the capture is still being read.", Tone.DIM),)
    lines = [("No channel was opened in this capture.", Tone.STRONG), ("", Tone.PLAIN)]
    if overview.refused:
        lines.append((f"{counted(len(overview.refused), 'attempt')} to open one failed:", Tone.LOOK))
        for attempt in overview.refused[:MOST_REFUSALS]:
            packets = f"requested in packet {attempt.request}, refused in packet {attempt.response}"
            lines.append((f"  PSM 0x{attempt.psm:04x}, {packets}", Tone.PLAIN))
        there = "there {packets.go_to_packet} goes to a packet by its number"
        lines.append((f"{{app.show_packets}} shows the packets, and {there}.", Tone.DIM))
    else:
        lines.append(("Press {app.show_packets} for the packets: ATT, SMP and signalling are there.", Tone.DIM))
        lines.append(("To see channels, begin the capture before they are opened.", Tone.DIM))
    return tuple(lines)


def no_stalls(way: Direction, channel: Channel) -> tuple[tuple[str, Tone], ...]:
    """What an empty list of stalls means here."""
    if not channel.waits:
        return ((f"A channel in {channel.mode} mode has no credits.", Tone.DIM),)
    if not way.kframes:
        return (("This direction carried nothing.  {channels.other_direction} shows the other one.", Tone.DIM),)
    if channel.ledger != "exact":
        return (("No stall was seen; as the balances are not known exactly, there may have been some.", Tone.DIM),)
    waits = way.certain_intervals + way.likely_intervals
    if not waits:
        what = "credits" if channel.credit_based else "its transmit window"
        return ((f"Never stalled: the sender never waited for {what}.", Tone.DIM),)
    lost = duration(way.certain_ns + way.likely_ns)
    more = "more credits" if channel.credit_based else "a larger window"
    return (
        (f"Never stalled. The sender waited {counted(waits, 'time')}, {lost} in all, never longer than", Tone.DIM),
        (f"the link's timing explains: {more} would hide these waits.  {{channels.all_waits}} lists them.", Tone.DIM),
    )
