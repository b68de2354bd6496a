"""Findings of a capture that grows: at the end those of the finished file, and each as soon as it is decided."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from l2scope.analysis.findings import Finding
from l2scope.analysis.watch import CaptureFindings, FindingsWatch, findings_of
from l2scope.capture import Loading
from l2scope.engine.engine import Engine
from l2scope.feed import drop_rows
from l2scope.quality import Quality, quality_of
from l2scope.reading import read_figures
from l2scope.sources import file
from l2scope.sources.errors import CaptureError
from l2scope.sources.file import FileSource
from tests.analysis.rules.conversations import begin_sdu, frames, grant, linked, opened, request
from tests.corpus import SAMPLES, corpus_files, name_of
from tests.wire import Conversation, disconnection_complete, kframes

FILES = [*sorted(SAMPLES.glob("*.btsnoop")), *(path for path in corpus_files("*/*") if path.suffix != ".json")]
PIECE = 7_001


def in_the_file(path: Path) -> list[Finding]:
    """What the finished file shows; skips what is no capture that is read."""
    try:
        return findings_of(read_figures(path))
    except CaptureError:
        pytest.skip("not a capture that is read")


@pytest.fixture
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "PIECE", PIECE)


@pytest.mark.usefixtures("_small_pieces")
@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_looks_while_it_is_read_end_in_what_the_file_shows(path: Path) -> None:
    """For the screens: the rows stay."""
    expected = in_the_file(path)
    loading = Loading(path)
    findings = CaptureFindings(loading.capture)
    while loading.step():
        findings.look()
    findings.look()
    assert findings.findings == expected
    loading.capture.close()


@pytest.mark.usefixtures("_small_pieces")
@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_looks_at_a_feed_end_in_what_the_file_shows(path: Path) -> None:
    """For `monitor --headless`: the rows are dropped as they come."""
    expected = in_the_file(path)
    engine = Engine()
    source = FileSource(path, engine)
    watch = FindingsWatch(engine)
    more = True
    while more:
        more = source.step()
        watch.note_tables(engine.tables)
        drop_rows(engine.tables)
        watch.look(quality_of(engine, source.problem, source.damage), int(engine.last_time), ended=not more)
    source.close()
    assert watch.findings == expected


class Watched:
    """Looks at a conversation after each packet, and when it is told to."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.watch = FindingsWatch(conversation.engine)

    def look(self, after_ms: int = 0) -> bool:
        engine = self.conversation.engine
        self.watch.note_tables(engine.tables)
        drop_rows(engine.tables)
        now_ns = int(engine.last_time) + after_ms * 1_000_000
        return self.watch.look(quality_of(engine, ""), now_ns, ended=False)

    def rules(self) -> dict[str, str]:
        return {finding.rule: finding.severity.value for finding in self.watch.findings}


def test_a_finding_is_there_as_soon_as_it_is_decided() -> None:
    """Starvation when the wait passes its floor, the deadlock after 5 s, though no packet comes."""
    conversation = opened(credits=2)
    begin_sdu(conversation, 250, 2)
    watched = Watched(conversation)
    watched.look()
    assert watched.rules() == {}
    assert watched.look(61)
    assert watched.rules() == {"COC001": "warning"}
    assert watched.look(5_000)
    assert watched.rules() == {"COC001": "error", "COC003": "error"}


def test_nothing_is_judged_again_where_nothing_came() -> None:
    """A look at an idle capture brings no news and leaves the list as it is."""
    conversation = opened(credits=2)
    begin_sdu(conversation, 250, 2)
    grant(conversation.wait(300), 9)
    frames(conversation, kframes(bytes(250), 100)[2])
    watched = Watched(conversation)
    assert watched.look()
    before = watched.watch.findings
    assert not watched.look(60_000)
    assert watched.watch.findings is before


def test_a_loss_takes_certainty_from_all_that_stands() -> None:
    """A request that was never answered on a link that is long gone: after a loss its answer may have been there."""
    conversation = linked()
    request(conversation)
    conversation.wait(31_000).event(disconnection_complete())
    watched = Watched(conversation)
    watched.look()
    assert watched.rules() == {"ATT002": "error"}
    conversation.engine.lose(1)
    conversation.sent(b"", handle=0x50)
    watched.look()
    assert watched.rules()["ATT002"] == "warning"


def test_what_turns_out_to_be_none_is_taken_back() -> None:
    """On a link of 30 ms a wait of 51 ms is a stall beside one of 13 ms, and the habit beside ten of its kind."""
    conversation = opened(credits=2)
    watched = Watched(conversation)
    seen = []
    for wait in (12, *[50] * 11):
        begin_sdu(conversation, 250, 2)
        grant(conversation.wait(wait), 3)
        frames(conversation, kframes(bytes(250), 100)[2])
        watched.look()
        seen.append("COC001" in watched.rules())
    assert seen == [False, *[True] * 9, False, False]


def looked_at(watch: FindingsWatch) -> Iterator[tuple[str, int]]:
    """The parts of a capture that one more look judges."""
    for key, _ in watch._parts.changed(Quality(False, 0), 0, ended=False):  # what it costs cannot be seen from outside
        yield key


def test_a_closed_link_costs_nothing_more() -> None:
    """Only what is open, or has changed, is judged again."""
    conversation = Conversation()
    for handle in range(0x40, 0x60):
        conversation.connect(handle)
        conversation.event(bytes((0x05, 4, 0, handle, 0, 0x13)))
    conversation.connect(0x60)
    watched = Watched(conversation)
    watched.look()
    assert list(looked_at(watched.watch)) == [("link", 32)]
