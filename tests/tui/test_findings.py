"""The screen of findings: the worst first, explained, and the way along the packets that prove them."""

from dataclasses import replace
from pathlib import Path

import pytest

from l2scope.analysis.findings import Finding, Severity
from l2scope.tui.screens.findings import FindingsScreen
from l2scope.tui.user import User
from l2scope.tui.verdict import Sieve, Verdict
from l2scope.tui.walk import Walk
from l2scope.tui.widgets.text_page import TextPage
from tests.corpus import CORPUS, needs_corpus, read_json
from tests.tui.driving import MEDIUM, SMALL, WIDE, Session, asynchronous, opened, sample
from tests.tui.pictures import check
from tests.tui.test_hostile import TEXTS, assert_harmless

VIOLATIONS = CORPUS / "bumble" / "err_violations.btsnoop"
STALLED = CORPUS / "kernel" / "lecoc_3chan_ch0stalls_k6.12.btsnoop"
SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE], ids=["80x24", "120x34", "160x50"])


def findings(session: Session) -> FindingsScreen:
    """The screen of findings, which must be the one that is seen."""
    assert isinstance(session.app.screen, FindingsScreen)
    return session.app.screen


def finding(
    rule: str, severity: Severity, *packets: int, channel: int | None = None, cause: str | None = None
) -> Finding:
    """A finding with little in it."""
    return Finding(
        rule=rule, title="a title", severity=severity, certainty="certain", adapter=0, link=0, channel=channel,
        direction=None, packets=list(packets), time_ns=None, message="a message", values={}, side_to_blame=None,
        consequence_of=cause, spec="",
    )  # fmt: skip


def test_signs_of_packets() -> None:
    """A packet has the sign of the worst that it proves; information has none; next and previous are in order."""
    verdict = Verdict(
        [
            finding("A", Severity.ERROR, 7, 3),
            finding("B", Severity.WARNING, 3, 9),
            finding("C", Severity.INFO, 5),
            finding("D", Severity.WARNING, 11, cause="A"),
        ]
    )
    assert [verdict.sign(packet) for packet in (3, 5, 7, 9, 10)] == ["!", "", "!", "?", ""]
    assert [verdict.packet_after(packet, 1) for packet in (0, 3, 8, 11)] == [3, 7, 9, None]
    assert [verdict.packet_after(packet, -1) for packet in (12, 9, 3)] == [11, 7, None]
    assert verdict.grave == 2
    rest = verdict.muting(frozenset({"A"}))
    assert [rest.sign(packet) for packet in (3, 7, 9, 11)] == ["?", "", "?", "?"]
    assert (rest.packet_after(3, 1), rest.grave, rest.mutes) == (9, 1, "A muted")
    assert rest.muting(frozenset()).grave == 2


def test_the_sieve() -> None:
    """Severity, rule and channel are asked for all at once, and said in words."""
    shown = finding("COC001", Severity.WARNING, 1, channel=2)
    assert Sieve(Severity.WARNING, "COC001", 2).passes(shown)
    for sieve in (Sieve(Severity.ERROR), Sieve(rule="COC002"), Sieve(channel=1)):
        assert not sieve.passes(shown)
        assert str(sieve)
    assert str(Sieve()) == ""


def test_a_walk_goes_round() -> None:
    """From the last packet it goes to the first, and back."""
    walk = Walk("COC001", (5, 9))
    assert [walk.packet, walk.step(1).packet, walk.step(1).step(1).packet, walk.step(-1).packet] == [5, 9, 5, 9]


@needs_corpus
@SIZES
@asynchronous
async def test_all_violations(size: tuple[int, int]) -> None:
    """Ten errors before the warning, consequences last and dim; beside them, or below where it is narrow, what the
    chosen one means, who is to blame and what to change; the number of findings is in the title."""
    async with opened(VIOLATIONS, size) as session:
        await session.press("f", "j")
        check(session, f"findings-{size[0]}x{size[1]}")
        await session.press("2")
        expected = read_json(CORPUS / "bumble" / "err_violations.expected.json")
        required = [found["packet"] for found in expected["required"]]
        assert all(session.packets.rows.gutter(packet - 1)[0] in "!?" for packet in required)


@needs_corpus
@asynchronous
async def test_enter_walks_the_packets_that_prove_it() -> None:
    """Enter goes to the first, n to the next and round again, backspace back to the same finding."""
    async with opened(STALLED) as session:
        await session.press("4", "j", "enter")
        assert session.packets.number == 121
        assert "COC001 credit starvation: 1 of 2" in session.text
        assert session.packets.rows.gutter(120) == ("!", session.packets.rows.gutter(120)[1])
        await session.press("n")
        assert session.packets.number == 1157
        await session.press("n")
        assert session.packets.number == 121
        await session.press("backspace")
        assert findings(session).table.cursor == 1


@needs_corpus
@pytest.mark.parametrize("keys", [["!"], ["f", "enter", "n"], ["c", "enter", "enter"]])
@asynchronous
async def test_to_the_end_of_the_longest_stall(keys: list[str]) -> None:
    """At most four keys lead from opening a capture to the packet that ends its longest stall."""
    async with opened(STALLED) as session:
        await session.press(*keys)
        assert session.packets.number in (1157, 1159)


@needs_corpus
@asynchronous
async def test_filters() -> None:
    """v asks for errors, r for one rule, w for one channel, m mutes a rule, and a shows all again."""
    async with opened(STALLED) as session:
        everything = len(session.app.overview.verdict.findings)
        await session.press("f")
        screen = findings(session)
        assert screen.rows.count == everything
        await session.press("v", "v")
        assert [found.rule for found in screen.rows.findings] == ["COC001", "COC001"]
        await session.press("w")
        assert screen.rows.count == 1
        assert f"only errors, channel #{screen.rows.findings[0].channel}" in session.text
        await session.press("m")
        assert "No finding is shown." in session.text
        await session.press("M", "a")
        assert screen.rows.count == everything
        await session.press("r")
        assert {found.rule for found in screen.rows.findings} == {"COC001"}
        await session.press("x")
        assert session.channels.channel is not None
        assert session.channels.channel.id == screen.rows.findings[0].channel


@asynchronous
async def test_nothing_wrong() -> None:
    """A healthy capture says that nothing is wrong, and what to look at next."""
    async with opened(sample("healthy"), SMALL) as session:
        session.app.overview = replace(session.app.overview, verdict=Verdict())
        await session.press("f")
        assert "Nothing is wrong in this capture" in session.text
        assert "3 shows the channels" in session.text
        await session.press("enter", "v", "r", "w", "m", "x", "a", "tab", "q")
        assert session.packets


@asynchronous
async def test_the_next_packet_that_proves_a_finding() -> None:
    """} and { go through the packets that prove errors and warnings."""
    async with opened(sample("starved")) as session:
        verdict = session.app.overview.verdict
        first = verdict.packet_after(0, 1)
        assert first is not None
        await session.press("}")
        assert session.packets.number == first
        await session.press("}", "{")
        assert session.packets.number == first
        await session.press("{")
        assert "no finding before this packet" in session.text


@asynchronous
async def test_the_explanation_scrolls() -> None:
    """The pane of the explanation has a focus and motions of its own."""
    async with opened(sample("starved"), SMALL) as session:
        await session.press("f", "tab")
        page = session.app.screen.query_one(TextPage)
        assert page.has_focus
        await session.press("j", "j")
        assert page.scroll_offset.y == 2
        await session.press("k", "pageup")
        assert page.scroll_offset.y == 0


@pytest.mark.parametrize("name", TEXTS)
@asynchronous
async def test_hostile_texts(name: str) -> None:
    """Whatever a message or a peer's name holds stays in its place."""
    text = TEXTS[name].decode("utf-8", "replace")
    async with opened(sample("starved"), MEDIUM) as session:
        overview = session.app.overview
        hostile = [replace(found, message=text) for found in overview.verdict.findings]
        channels = type(overview.channels)(replace(channel, peer_name=text) for channel in overview.channels)
        session.app.overview = replace(overview, verdict=Verdict(hostile), channels=channels)
        await session.press("f", "j", "enter", "backspace")
        assert_harmless(session, MEDIUM[0])


@asynchronous
async def test_a_muted_rule_is_muted_everywhere() -> None:
    """What is muted leaves the overview and the number in the title too, which say so; M brings it back. From the
    overview e explains the finding that is chosen there, whatever the findings were sifted by."""
    async with opened(sample("two_channels"), MEDIUM, "overview") as session:
        rules = [finding.rule for finding in session.app.overview.verdict.findings]
        assert set(rules) == {"COC025", "COC031"}
        assert "4 Findings 4 " in session.lines[0]
        await session.press("f", "m", "1")
        assert "COC025 muted" in session.text
        assert not any(line.startswith("? COC025") for line in session.lines)
        assert "4 Findings  " in session.lines[0]
        await session.press("f", "j", "w", "1", "j", "e")
        screen = session.app.screen
        assert isinstance(screen, FindingsScreen)
        assert screen.finding == [one for one in session.app.overview.verdict.findings if one.rule == "COC031"][1]
        await session.press("m", "1")
        assert "All there is was muted: COC025, COC031." in session.text
        await session.press("f", "a", "1")
        assert "All there is was muted: COC025, COC031." in session.text
        await session.press("f", "M", "1")
        assert sum("COC025" in line for line in session.lines) == rules.count("COC025")


@asynchronous
async def test_a_muted_rule_signs_no_packet_and_stays_muted(tmp_path: Path) -> None:
    """Muted, its packets have no sign and } goes past them, whatever screen is seen next; so it is when the file is
    opened again, and for no other file; M brings it back for good."""
    user = User(tmp_path / "config", tmp_path / "state")
    proof: dict[str, list[int]] = {}
    async with opened(sample("two_channels"), MEDIUM, user=user) as session:
        for found in session.app.overview.verdict.findings:
            proof.setdefault(found.rule, []).extend(found.packets)
        assert set(proof) == {"COC025", "COC031"}
        only = min(set(proof["COC025"]) - set(proof["COC031"]))
        await session.press(":", *str(only), "enter")
        assert session.packets.rows.gutter(only - 1)[0].strip()
        await session.press("g", "}")
        assert session.packets.number in proof["COC025"]
        await session.press("f")
        chosen = session.app.screen
        assert isinstance(chosen, FindingsScreen)
        while chosen.finding is not None and chosen.finding.rule != "COC025":
            await session.press("j")
        await session.press("m", "2", "g")
        assert not session.packets.rows.gutter(only - 1)[0].strip()
        await session.press("}")
        assert "no finding after this packet" in session.text  # what is left is information
    async with opened(sample("starved"), MEDIUM, user=User(tmp_path / "config", tmp_path / "state")) as session:
        assert not session.app.overview.verdict.muted
    async with opened(sample("two_channels"), MEDIUM, user=User(tmp_path / "config", tmp_path / "state")) as session:
        assert session.app.overview.verdict.muted == {"COC025"}
        await session.press("f", "M")
    async with opened(sample("two_channels"), MEDIUM, user=User(tmp_path / "config", tmp_path / "state")) as session:
        assert not session.app.overview.verdict.muted
