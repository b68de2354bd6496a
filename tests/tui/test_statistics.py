"""The statistics: rates with a cursor, protocols, endpoints, and how long answers took; everything leads to packets."""

from dataclasses import replace
from pathlib import Path

import pytest

from l2scope.analysis.delays import delays
from l2scope.analysis.traffic import link_total
from l2scope.tui.app import ScopeApp
from l2scope.tui.screens.statistics import StatisticsScreen
from tests.corpus import CORPUS, SAMPLES, needs_corpus
from tests.tui.driving import MEDIUM, SMALL, Session, asynchronous, opened, press, sample
from tests.tui.parts import cut_after
from tests.tui.pictures import check
from tests.tui.test_hostile import TEXTS, assert_harmless
from tests.tui.test_loading import HeldLoading, complete

LARGE = (200, 60)
STALLED = CORPUS / "kernel" / "lecoc_3chan_ch0stalls_k6.12.btsnoop"
SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE], ids=["80x24", "120x34", "200x60"])


def statistics(session: Session) -> StatisticsScreen:
    """The statistics, which must be the screen that is seen."""
    assert isinstance(session.app.screen, StatisticsScreen)
    return session.app.screen


@needs_corpus
@SIZES
@asynchronous
async def test_a_stalled_capture(size: tuple[int, int]) -> None:
    """Two bursts of packets with a gap between them, what was sent above what was received, the cursor on the second
    burst and its rates read out; protocols with their shares, two links with what went each way, median and longest of
    each kind of answer with its buckets. At 80 columns one table, and the names of the others."""
    async with opened(STALLED, size) as session:
        await session.press("9", "G", "v", "v", "v", "G")
        screen = statistics(session)
        screen.chart.show_moment(session.app.session.origin + 5_760_000_000)
        await session.press()
        check(session, f"statistics-{size[0]}x{size[1]}")


@asynchronous
async def test_the_chart_leads_to_the_first_packet_of_a_moment() -> None:
    """Wherever the cursor stands, Enter goes to the first packet of its column; backspace comes back to the moment."""
    async with opened(sample("starved"), MEDIUM) as session:
        times = session.app.capture.tables.packets["time"].tolist()
        await session.press("9")
        for _ in range(5):
            await session.press(*["l"] * 11)
            chart = statistics(session).chart
            begun, ended = chart.window
            moment = chart.moment
            column = (moment - begun) * chart.columns // (ended - begun)
            start = begun + column * (ended - begun) // chart.columns
            first = next((at for at, time in enumerate(times, 1) if time >= start), len(times))
            await session.press("enter")
            assert session.packets.number == first
            await session.press("backspace")
            assert statistics(session).chart.moment == moment


@asynchronous
async def test_packets_or_bytes() -> None:
    """u changes the unit of the chart, and back."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("9")
        assert "Packets a second" in session.text
        await session.press("u")
        assert "Bytes a second" in session.text
        assert "B/s ┤" in session.text
        await session.press("u")
        assert "Packets a second" in session.text


@asynchronous
async def test_a_protocol_leads_to_its_packets() -> None:
    """Enter on a line of the hierarchy shows as many packets as it counts, and backspace comes back."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("9", "v")
        rows = statistics(session).protocols
        for row in range(1, rows.count):
            layer = rows.layers[row]
            await session.press("j", "enter")
            assert session.packets.table.count == layer.count, layer.name
            await session.press("backspace")
        assert statistics(session).table("protocols").row == rows.count - 1


@pytest.mark.parametrize("name", ["att_only", "two_channels"])
@asynchronous
async def test_every_protocol_has_its_filter(name: str) -> None:
    """The filter of each layer lets as many packets pass as the layer counts."""
    async with opened(sample(name), MEDIUM) as session:
        await session.press("9")
        rows = statistics(session).protocols
        for row, layer in enumerate(rows.layers):
            wanted = rows.filter(row)
            if layer.depth:
                assert wanted is not None
                assert len(session.app.capture.where(wanted)) == layer.count, layer.name


@asynchronous
async def test_an_endpoint_leads_to_its_packets() -> None:
    """Enter on a link shows its packets, as many as went each way."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("9", "v", "v")
        cells = ["".join(text for text, _ in cell) for cell in statistics(session).endpoints.cells(0)]
        await session.press("enter")
        assert session.packets.table.count == int(cells[3]) + int(cells[4])


@asynchronous
async def test_the_slowest_answer_and_the_buckets() -> None:
    """Enter on a kind of answer goes to the request that waited longest, Enter on a bucket to its first one."""
    async with opened(sample("att_only"), MEDIUM) as session:
        first = delays(session.app.capture)[0]
        await session.press("9", "v", "v", "v", "enter")
        assert session.packets.number == first.slowest_packet
        await session.press("backspace", "tab", "enter")
        assert session.packets.number in first.packets.tolist()


@asynchronous
async def test_the_order_of_a_table() -> None:
    """> orders by the next column, | turns it round, the cursor stays on its line."""
    async with opened(sample("att_only"), MEDIUM) as session:
        await session.press("9", "v", "j", "j")
        screen = statistics(session)
        table, chosen = screen.table("protocols"), screen.table("protocols").row
        await session.press(">", ">")
        counts = [screen.protocols.layers[table.row_at(position)].count for position in range(table.count)]
        assert counts == sorted(counts, reverse=True)
        assert table.row == chosen
        await session.press("|")
        assert [screen.protocols.layers[table.row_at(position)].count for position in range(table.count)] == counts[
            ::-1
        ]


@asynchronous
async def test_nothing_to_count(tmp_path: Path) -> None:
    """A capture without packets says so everywhere, and no key does harm."""
    path = tmp_path / "empty.btsnoop"
    path.write_bytes((SAMPLES / "starved.btsnoop").read_bytes()[:16])
    async with opened(path, MEDIUM) as session:
        await session.press(
            "9", "l", "+", "enter", "u", "v", "enter", ">", "|", "v", "enter", "v", "enter", "tab", "enter"
        )
        await session.press("9")
        assert "No packets in this capture." in session.text


@asynchronous
async def test_one_packet(tmp_path: Path) -> None:
    """One packet is a chart of a moment."""
    async with opened(cut_after("starved", 1, tmp_path), SMALL) as session:
        await session.press("9", "l", "l", "+", "-", "0", "G", "g", "L", "H", "enter")
        assert session.packets.number == 1


@pytest.mark.parametrize("name", TEXTS)
@asynchronous
async def test_hostile_names(name: str) -> None:
    """A peer's name stays in its cells."""
    text = TEXTS[name].decode("utf-8", "replace")
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("9")
        screen = statistics(session)
        assert screen.gathered is not None
        links = tuple(replace(link, peer_name=text) for link in session.app.overview.links)
        screen.endpoints.show(links, screen.gathered.traffic)
        screen.table("endpoints").repaint()
        await session.press("v", "v", ">", ">")
        assert_harmless(session, MEDIUM[0])


@asynchronous
async def test_what_comes_while_it_is_read() -> None:
    """The statistics of a capture that is being read are those of all of it once it is read."""
    loading = HeldLoading(sample("starved"))
    loading.step()
    app = ScopeApp(loading)
    async with app.run_test(size=MEDIUM) as pilot:
        await press(pilot, "9")
        loading.gate.set()
        await complete(app)
        screen = app.screen
        assert isinstance(screen, StatisticsScreen)
        while screen.gathered is None or screen.gathered.packets < 203:
            await pilot.pause(0.05)
        sent, _, received, _ = link_total(screen.gathered.traffic, 0)
        assert sent + received == len(app.capture.where("l2scope.link == 0"))
    loading.capture.close()
