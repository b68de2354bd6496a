"""Capture quality: what is wrong with a capture, as rows whose rules l2scope/sources/damage.py lists."""

from collections.abc import Iterator
from dataclasses import dataclass

from l2scope.engine.engine import Engine
from l2scope.identity import unresolved
from l2scope.sources.damage import (
    CUT_SHORT,
    LOST,
    TIME_REVERSED,
    UNREADABLE,
    UNRESOLVED,
    UNSEEN_LINK,
    VENDOR_FRAMES,
    Damage,
    DamageLog,
    counted,
)


@dataclass(frozen=True, slots=True)
class Quality:
    """How far a capture can be trusted. lost counts packets it says are missing; rows say what is wrong, and where."""

    truncated: bool
    lost: int
    rows: tuple[Damage, ...] = ()

    @property
    def conclusive(self) -> bool:
        """Nothing is known to be missing."""
        return not self.truncated and self.lost == 0 and not any(row.loses for row in self.rows)

    @property
    def notes(self) -> list[str]:
        """Each row as a line for the user."""
        return [row.message for row in self.rows]

    def as_json(self) -> list[dict[str, object]]:
        """The rows."""
        return [row.as_json() for row in self.rows]


def quality_of(engine: Engine, problem: str, damage: DamageLog | None = None) -> Quality:
    """What is wrong with a capture as far as the engine and its source have seen it. problem says why it is not whole,
    "" where it is; damage is what its parser met."""
    rows = damage.rows() if damage is not None else []
    if problem and all(row.message != problem for row in rows):
        rows.append(Damage(UNREADABLE, problem, None, None, 1))
    rows += _rows_of(engine)
    rows.sort(key=lambda row: (row.rule, row.packet or 0))
    return Quality(truncated=bool(problem), lost=engine.lost, rows=tuple(rows))


def _rows_of(engine: Engine) -> Iterator[Damage]:
    """What the engine counted."""
    if engine.lost:
        yield counted(LOST, engine.lost, engine.first_loss)
    if engine.truncated_packets:
        yield counted(CUT_SHORT, engine.truncated_packets, engine.first_truncated)
    if engine.reversals:
        yield counted(TIME_REVERSED, engine.reversals, engine.first_reversal)
    if engine.host.vendor_packets:
        yield counted(VENDOR_FRAMES, engine.host.vendor_packets, engine.host.first_vendor_packet)
    links = list(engine.host.links)
    unseen = sum(1 for link in links if link.opened < 0)
    if unseen:
        yield counted(UNSEEN_LINK, unseen)
    untried = unresolved([link.peer for link in links], engine.host.registry.names.keys)
    if untried:
        yield counted(UNRESOLVED, untried)
