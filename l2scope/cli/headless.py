"""`l2scope monitor --headless`: stalls and findings as lines of JSON while they happen, and all findings at the end."""

import json
import time
from pathlib import Path
from typing import Final

import click

from l2scope.analysis.findings import Finding, Severity, by_identity
from l2scope.analysis.watch import FindingsWatch
from l2scope.cli.listening import ended_by_signals
from l2scope.cli.reading import NOT_CONCLUSIVE
from l2scope.engine.tables import Tables
from l2scope.feed import Feed, drop_rows
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
NEVER: Final = "never"
PAUSE_SECONDS: Final = 0.1


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
    findings = FindingLines(feed)
    with ended_by_signals() as signals:
        while feed.step(findings.take):
            _echo_events(feed)
            findings.echo_news()
            if signals:
                feed.stop()
    _echo_events(feed)
    findings.echo_all()
    quality = quality_of(feed.engine, feed.source.problem, feed.source.damage)
    click.echo(json.dumps(_ending(feed, findings.known)))
    if not quality.conclusive:
        for note in quality.notes:
            click.echo(f"l2scope: warning: {printable(note)}", err=True)
    if fail_on != NEVER and any(finding.counts(Severity(fail_on)) for finding in findings.known):
        return FOUND
    return NOT_CONCLUSIVE if not quality.conclusive and not allow_truncated else 0


class FindingLines:
    """Prints a finding when it is decided, when it turns out to be better or worse, and when it is taken back."""

    def __init__(self, feed: Feed) -> None:
        self.known: list[Finding] = []
        self._feed = feed
        self._watch = FindingsWatch(feed.engine)
        self._due = 0.0

    def take(self, tables: Tables) -> None:
        """Takes note of the rows of the feed's tables, and lets them go."""
        self._watch.note_tables(tables)
        drop_rows(tables)

    def echo_news(self) -> None:
        """What changed since the last time; now and then, as a feed that is behind comes in many small steps."""
        if time.monotonic() >= self._due:
            self._look(ended=False)
            self._due = time.monotonic() + PAUSE_SECONDS

    def echo_all(self) -> None:
        """What changed at last, and all findings as they are at the end."""
        self._look(ended=True)
        for finding in self.known:
            self._echo("final", finding)

    def _look(self, ended: bool) -> None:
        feed = self._feed
        quality = quality_of(feed.engine, feed.source.problem, feed.source.damage)
        if not self._watch.look(quality, feed.now_ns, ended):
            return
        before, after = by_identity(self.known), by_identity(self._watch.findings)
        for identity, finding in after.items():
            if identity not in before:
                self._echo("found", finding)
            elif _judgement(finding) != _judgement(before[identity]):
                self._echo("changed", finding)
        for identity, finding in before.items():
            if identity not in after:
                self._echo("withdrawn", finding)
        self.known = self._watch.findings

    def _echo(self, state: str, finding: Finding) -> None:
        """The object of `findings --json`, with where its channel is."""
        line: dict[str, object] = {"event": "finding", "state": state, **finding.as_json()}
        if finding.channel is not None and finding.direction is not None:
            line |= _whereabouts(self._feed, finding.channel, finding.direction)
        click.echo(json.dumps(line))


def _judgement(finding: Finding) -> tuple[str, str | None]:
    return finding.severity, finding.consequence_of


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


def _ending(feed: Feed, findings: list[Finding]) -> dict[str, object]:
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
        "findings": {
            severity.value: sum(finding.severity is severity for finding in findings) for severity in reversed(Severity)
        },
    }
