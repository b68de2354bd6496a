"""What a direction's busy time went into as a bar, and how its receiver gives credits, in pieces of a line."""

from collections.abc import Iterable
from typing import Final

from l2scope.busy import SHARES, Busy
from l2scope.channels import CREDITED, Direction
from l2scope.policies import BURST, WHOLE_SDU
from l2scope.tui.blocks import shares
from l2scope.tui.figures import count, duration, share
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import Piece

PARTS: Final = {
    "credits": ("▒", "waiting for credits"),
    "controller": ("▓", "waiting for the controller"),
    "host": ("╱", "waiting for its own host"),
    "sending": ("█", "sending"),
    "unknown": ("░", "unknown"),
}
TONES: Final = {
    "credits": Tone.FIGURE,
    "controller": Tone.MARK,
    "host": Tone.PLAIN,
    "sending": Tone.AREA,
    "unknown": Tone.FAINT,
}
ALSO: Final = {BURST: "only when all are spent", WHOLE_SDU: "after each whole SDU"}
assert tuple(PARTS) == SHARES


def busy_pieces(way: Direction, width: int) -> Iterable[Piece]:
    """The bar of at most `width` cells, then each part with its share, the largest first."""
    busy = way.busy
    parts = {name: _part(busy, name) for name in SHARES}
    total = sum(parts.values())
    if not total:
        return
    tones = {**TONES, "credits": Tone.SOFT_LOOK if way.stall_count else Tone.FIGURE}
    yield f"busy {duration(total)}  ", Tone.DIM
    for name, cells in zip(SHARES, shares(tuple(parts.values()), max(10, width)), strict=True):
        yield PARTS[name][0] * cells, tones[name]
    for name in sorted((name for name in SHARES if parts[name]), key=lambda name: -parts[name]):
        sign, label = PARTS[name]
        if name == "credits" and way.mode not in CREDITED:
            label = "waiting for the window"
        tone = Tone.LOOK if name == "credits" and way.stall_count else Tone.DIM
        yield f"  {sign} {label} {share(parts[name], total)}", tone
    if parts["unknown"] and busy.unknown_explained:
        yield f": {busy.unknown_explained}", Tone.DIM


def _part(busy: Busy, name: str) -> int:
    nanoseconds: int = getattr(busy, f"{name}_ns")
    return max(0, nanoseconds)


def policy_pieces(way: Direction) -> Iterable[Piece]:
    """How the receiver gives credits back, how sure that is, and the sender's buffers where they are known."""
    policy = way.policy
    if policy is not None:
        yield "the receiver ", Tone.DIM
        yield policy.in_words, Tone.PLAIN
        if policy.also is not None:
            yield f", or {ALSO[policy.also]}", Tone.PLAIN
        if policy.certainty != "certain":
            yield f" ({policy.certainty})", Tone.DIM
    elif way.credit_packets and way.mode in CREDITED:
        yield "the receiver gave credits too seldom to tell its policy", Tone.DIM
    if way.busy.buffers is not None:
        size = f" of {count(way.busy.buffer_size)} bytes" if way.busy.buffer_size else ""
        yield f"  · the sender's controller has {count(way.busy.buffers)} buffers{size}", Tone.DIM
