"""`l2scope monitor --headless`: stalls as lines of JSON while they happen, and a verdict at the end."""

import json
from pathlib import Path
from typing import Final

import click

from l2scope.cli.listening import ended_by_signals
from l2scope.cli.reading import NOT_CONCLUSIVE
from l2scope.feed import Feed
from l2scope.peers import peer_views
from l2scope.reading import link_views, quality_of
from l2scope.sources.adapters import listen
from l2scope.sources.errors import CaptureError
from l2scope.sources.monitor_records import Notice
from l2scope.sources.output import file_output, pipe_output
from l2scope.stall_watch import StallReport
from l2scope.stalls import DIRECTIONS
from l2scope.text import printable

FOUND: Final = 1
SEVERITIES: Final = ("warning", "error")
# A direction that was stalled for more than this share of its busy time is in error.
STARVED: Final = 0.5


def watch(adapter: int | None, path: Path | None, for_ns: int | None, fail_on: str, allow_truncated: bool) -> int:
    """Listens until the time is over or a signal comes. Returns the exit code. Raises CaptureError."""
    monitor, links = listen(adapter)
    try:
        output = pipe_output() if path is None else file_output(path)
    except CaptureError:
        monitor.close()
        raise
    feed = Feed(monitor, links, output, for_ns)
    try:
        return watch_feed(feed, fail_on, allow_truncated)
    finally:
        feed.close()


def watch_feed(feed: Feed, fail_on: str, allow_truncated: bool) -> int:
    """Prints what a feed brings until it is over. Returns the exit code."""
    with ended_by_signals() as signals:
        while feed.step():
            _echo_events(feed)
            if signals:
                feed.stop()
    _echo_events(feed)
    verdicts = _verdicts(feed)
    quality = quality_of(feed.engine, feed.source.problem, feed.source.damage)
    for line in (*verdicts, _ending(feed, len(verdicts))):
        click.echo(json.dumps(line))
    if not quality.conclusive:
        for note in quality.notes:
            click.echo(f"l2scope: warning: {printable(note)}", err=True)
    reached = [verdict for verdict in verdicts if verdict["severity"] in _severities_from(fail_on)]
    if reached:
        return FOUND
    return NOT_CONCLUSIVE if not quality.conclusive and not allow_truncated else 0


def _severities_from(fail_on: str) -> tuple[str, ...]:
    """fail_on and what is worse."""
    return SEVERITIES[SEVERITIES.index(fail_on) :] if fail_on in SEVERITIES else ()


def _echo_events(feed: Feed) -> None:
    while feed.events:
        event = feed.events.popleft()
        if isinstance(event, Notice):
            click.echo(f"l2scope: {printable(event.text)}", err=True)
        else:
            click.echo(json.dumps(_stall_line(feed, event)))


def _stall_line(feed: Feed, report: StallReport) -> dict[str, object]:
    """The object of `stalls --json`, with where the channel is and how the direction fares so far."""
    line: dict[str, object] = {"event": "stall", "state": "lasts" if report.lasts else "over", "time_ns": feed.now_ns}
    line |= report.interval.as_json()
    if report.lasts:
        line["ended_by"] = None
    line |= _whereabouts(feed, report.interval.channel, report.interval.direction)
    return line | {"floor_ns": report.floor_ns, "starved_share": round(report.starved_share, 4)}


def _whereabouts(feed: Feed, channel: int, direction: str) -> dict[str, object]:
    found = feed.engine.host.registry.channels[channel]
    link = feed.engine.host.links[found.link]
    (peer,) = peer_views([link], feed.engine.host.registry.names)
    return {
        "adapter": link.adapter,
        "handle": link.handle,
        "psm": found.psm,
        "cid": found.flow(DIRECTIONS.index(direction)).cid,
        "peer_address": peer.address,
        "peer_name": peer.name,
    }


def _verdicts(feed: Feed) -> list[dict[str, object]]:
    """A line for each direction that stalled, over the whole run."""
    lines = []
    for (channel, direction), totals in feed.watch.totals().items():
        share = feed.watch.starved_share(channel, direction, feed.now_ns)
        lines.append(
            {
                "event": "starvation",
                "severity": "error" if share > STARVED else "warning",
                "channel": channel,
                "direction": DIRECTIONS[direction],
                **_whereabouts(feed, channel, DIRECTIONS[direction]),
                "stalls": totals.stalls,
                "stall_ns": totals.stall_ns,
                "longest_stall_ns": totals.longest_ns,
                "starved_share": round(share, 4),
            }
        )
    return lines


def _ending(feed: Feed, starved: int) -> dict[str, object]:
    """The last line: what the run has seen, in the words of `stats --json`."""
    engine = feed.engine
    quality = quality_of(engine, feed.source.problem, feed.source.damage)
    return {
        "event": "end",
        "packets": engine.packets,
        "first_ns": engine.first_time if engine.packets else None,
        "last_ns": engine.last_time if engine.packets else None,
        "lost": quality.lost,
        "truncated": quality.truncated,
        "quality": quality.as_json(),
        "links": [link.as_json() for link in link_views(engine)],
        "channels": len(engine.host.registry.channels),
        "starved_directions": starved,
    }
