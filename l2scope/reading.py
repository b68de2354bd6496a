"""A capture read for its figures alone: rows are dropped as they come, so memory does not grow with the packets.

`stats`, `channels` and `stalls` need no more than this, and no numpy.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from l2scope.channels import Channels, channel_views
from l2scope.engine.engine import Engine
from l2scope.engine.hints import ChannelHint
from l2scope.links import Link, RefusedChannel, link_view, refusal_views
from l2scope.peers import peer_views
from l2scope.quality import Quality, quality_of
from l2scope.sources.containers.limits import Unpacking
from l2scope.sources.file import DEFAULTS, FileSource
from l2scope.wait_book import waits_by_flow

__all__ = ["Figures", "Quality", "channel_views_of", "link_views", "quality_of", "read_figures"]


@dataclass(frozen=True, slots=True)
class Figures:
    """A capture without its rows."""

    path: Path
    format: str
    wrapping: tuple[str, ...]
    engine: Engine
    quality: Quality
    links: list[Link]
    channels: Channels
    refused: list[RefusedChannel]


def read_figures(
    path: Path | str,
    on_progress: Callable[[int, int], None] | None = None,
    hints: Iterable[ChannelHint] = (),
    unpacking: Unpacking = DEFAULTS,
) -> Figures:
    """Reads a whole capture. on_progress is told the bytes read and the size, 0 where that is not known, first of an
    archive and then of the capture in it; hints are what the user knows of channels from before the capture; unpacking
    says which member of an archive is meant, and how much may be unpacked. Raises CaptureError."""
    engine = Engine()
    engine.host.registry.hints.extend(hints)
    source = FileSource(Path(path), engine, unpacking, on_progress=on_progress)
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
        wrapping=source.wrapping,
        engine=engine,
        quality=quality_of(engine, source.problem, source.damage),
        links=links,
        channels=channel_views_of(engine, links, engine.tables.zeros.rows.getvalue(), ended=True),
        refused=refusal_views(engine.host.registry.refusals, links),
    )


def link_views(engine: Engine) -> list[Link]:
    links = list(engine.host.links)
    return [link_view(*both) for both in zip(links, peer_views(links, engine.host.registry.names), strict=True)]


def channel_views_of(engine: Engine, links: list[Link], zero_rows: bytes, ended: bool, seen_until: int = 0) -> Channels:
    """The engine's channels as they stand. zero_rows are all rows of the zeros table; ended: no packet will follow;
    seen_until: a time (Unix ns) up to which all is known, where that is later than the last packet."""
    now = max(int(engine.last_time), seen_until)
    return channel_views(engine.host.registry.channels, links, waits_by_flow(zero_rows), now, ended)
