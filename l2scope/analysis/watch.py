"""The findings of a capture, kept while it grows: what is decided is there at once, and at the end it is all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from l2scope.analysis.findings import Finding, findings_in_part, in_order
from l2scope.analysis.parts import Key, Parts
from l2scope.engine.engine import Engine
from l2scope.engine.tables import Tables
from l2scope.engine.words import PENDING
from l2scope.quality import Quality
from l2scope.reading import Figures
from l2scope.stalls import changes_of

if TYPE_CHECKING:
    from l2scope.capture import Capture


class FindingsWatch:
    """findings are those of the last look, the worst first: a list of its own each time that they changed.

    A look costs what changed since the last one, not what the capture holds: it may be had several times a second. Who
    looks says before what rows have come, with note().
    """

    def __init__(self, engine: Engine) -> None:
        self.findings: list[Finding] = []
        self._parts = Parts(engine)
        self._found: dict[Key, list[Finding]] = {}

    @property
    def waits(self) -> int:
        """How many rows of the table of zero intervals were noted."""
        return self._parts.waits.count

    @property
    def undecided(self) -> list[int]:
        """Those of them whose class was still open."""
        return self._parts.waits.pending

    def note(self, zero_rows: bytes, decided: Iterable[tuple[int, int]] = ()) -> None:
        """Takes the new rows of the table of zero intervals, and (row, class) of those that were decided since."""
        for number, kind in decided:
            self._parts.waits.settle(number, kind)
        self._parts.waits.add(zero_rows)

    def note_tables(self, tables: Tables) -> None:
        """The same from an engine's tables, before their rows are taken."""
        zeros = tables.zeros
        self.note(zeros.rows.getvalue(), changes_of(zeros.late.getvalue()))

    def look(self, quality: Quality, now_ns: int, ended: bool) -> bool:
        """Judges what changed up to now_ns (Unix ns). ended: no packet will follow. Returns whether findings changed.

        The engine must not work meanwhile.
        """
        news = False
        for key, facts in self._parts.changed(quality, now_ns, ended):
            found = findings_in_part(facts)
            if found != self._found.get(key, []):
                self._found[key] = found
                news = True
        if news:
            self.findings = in_order(finding for found in self._found.values() for finding in found)
        return news


class CaptureFindings:
    """The findings of a capture that is being read, or that is live: for the screens.

    look() may be called from any thread, several times a second, but not from two at once.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._watch = FindingsWatch(capture.engine)

    @property
    def findings(self) -> list[Finding]:
        """Those of the last look, the worst first; a list of its own each time that they changed."""
        return self._watch.findings

    def look(self) -> bool:
        """Brings the findings up to date. Returns whether they changed."""
        capture, watch = self._capture, self._watch
        quality = capture.quality
        with capture.held() as now_ns:
            zeros = capture.tables.zeros
            kinds = zeros["class"]
            decided = [(row, int(kinds[row])) for row in watch.undecided if kinds[row] != PENDING]
            watch.note(zeros[watch.waits :].tobytes(), decided)
            return watch.look(quality, now_ns, capture.ended)


def findings_of(figures: Figures) -> list[Finding]:
    """All findings of a capture that was read for its figures, the worst first."""
    watch = FindingsWatch(figures.engine)
    watch.note_tables(figures.engine.tables)
    watch.look(figures.quality, int(figures.engine.last_time), ended=True)
    return watch.findings
