"""A capture read for its figures alone: rows are dropped as they come, so memory does not grow with the packets.

`stats`, `channels` and `stalls` need no more than this, and no numpy.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from l2scope.channels import Channels, channel_views
from l2scope.engine.engine import Engine
from l2scope.links import Link, RefusedChannel, link_view, refusal_views
from l2scope.sources.file import FileSource
from l2scope.stalls import waits_by_flow


@dataclass(frozen=True, slots=True)
class Quality:
    """How far a capture can be trusted. lost counts packets it says are missing; notes are lines for the user."""

    truncated: bool
    lost: int
    notes: list[str] = field(default_factory=list)

    @property
    def conclusive(self) -> bool:
        """Nothing is known to be missing."""
        return not self.truncated and self.lost == 0

    def as_json(self) -> dict[str, object]:
        return {"truncated": self.truncated, "lost": self.lost, "notes": self.notes}


@dataclass(frozen=True, slots=True)
class Figures:
    """A capture without its rows."""

    path: Path
    format: str
    engine: Engine
    quality: Quality
    links: list[Link]
    channels: Channels
    refused: list[RefusedChannel]


def read_figures(path: Path | str, on_progress: Callable[[int, int], None] | None = None) -> Figures:
    """Reads a whole capture. on_progress is told the bytes read and the size. Raises CaptureError."""
    engine = Engine()
    source = FileSource(Path(path), engine)
    try:
        while source.step():
            engine.tables.drop()
            if on_progress is not None:
                on_progress(source.read, source.size)
    finally:
        source.close()
    links = link_views(engine)
    return Figures(
        path=source.path,
        format=source.format,
        engine=engine,
        quality=quality_of(engine, source.problem),
        links=links,
        channels=channel_views_of(engine, links, engine.tables.zeros.rows.getvalue(), ended=True),
        refused=refusal_views(engine.host.registry.refusals, links),
    )


def link_views(engine: Engine) -> list[Link]:
    return [link_view(link) for link in list(engine.host.links)]


def channel_views_of(engine: Engine, links: list[Link], zero_rows: bytes, ended: bool) -> Channels:
    """The engine's channels as they stand. zero_rows are all rows of the zeros table; ended: no packet will follow."""
    return channel_views(engine.host.registry.channels, links, waits_by_flow(zero_rows), engine.last_time, ended)


def quality_of(engine: Engine, problem: str) -> Quality:
    """What is wrong with a capture as far as the engine and its source have seen it."""
    notes = [problem] if problem else []
    if engine.lost:
        notes.append(f"the capture says that {engine.lost:,} packets were lost while it was taken")
    if engine.truncated_packets:
        notes.append(f"{engine.truncated_packets:,} packets were cut short while they were captured")
    if engine.reversals:
        notes.append(f"time runs backwards at {engine.reversals:,} packets; they are kept in the order they came")
    unseen = sum(1 for link in list(engine.host.links) if link.opened < 0)
    if unseen:
        notes.append(f"{unseen:,} links were made before the capture began")
    return Quality(truncated=bool(problem), lost=engine.lost, notes=notes)
