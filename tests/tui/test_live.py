"""The screens over a live capture."""

import asyncio
from collections.abc import Callable

from l2scope.live import Live
from l2scope.tui.app import ScopeApp
from l2scope.tui.live_session import LiveSession
from l2scope.tui.screens.channels import ChannelsScreen
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.widgets.banner import Banner
from tests.fake_kernel import EVENT, NEW_INDEX, FakeKernel, needs_linux
from tests.tui.driving import asynchronous, press
from tests.wire import acl, le_connection_complete, pdu, signal

pytestmark = needs_linux


async def until(condition: Callable[[], bool]) -> None:
    """Waits until it holds; fails after ten seconds."""
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")


def started() -> tuple[FakeKernel, Live]:
    kernel = FakeKernel()
    monitor = kernel.monitor()
    kernel.send(NEW_INDEX, b"")
    return kernel, Live(monitor, [])


@asynchronous
async def test_the_list_follows_the_end_until_the_user_leaves_it() -> None:
    """New packets move the cursor along; after a key upwards it stays; G follows again."""
    kernel, live = started()
    app = ScopeApp(LiveSession(live))
    async with app.run_test(size=(120, 34)) as pilot:
        screen = app.screen
        assert isinstance(screen, PacketsScreen)
        for number in range(50):
            kernel.send(EVENT, number.to_bytes(4, "little"))
        await until(lambda: screen.number == 51)
        await press(pilot, "k")
        kernel.send(EVENT, b"more")
        await until(lambda: screen.table.count == 52)
        assert screen.number == 50
        await press(pilot, "G")
        kernel.send(EVENT, b"most")
        await until(lambda: screen.number == 53)
    live.stop()
    live.close()


def banner(app: ScopeApp) -> str:
    """What is said at once, on the screen that is seen."""
    return " ".join(shown.text for shown in app.screen.query(Banner) if shown.display)


@asynchronous
async def test_a_stall_is_told_while_it_lasts() -> None:
    """The banner names the channel, its length so far and the bytes owed, on every screen; ! leads to the channel; when
    credits come the banner is gone."""
    kernel, live = started()
    app = ScopeApp(LiveSession(live))
    async with app.run_test(size=(120, 34)) as pilot:
        kernel.send(EVENT, le_connection_complete(interval=24))
        kernel.sent(acl(signal(0x14, 1, 0x80, 0x40, 500, 100, 1)))
        kernel.received(acl(signal(0x15, 1, 0x50, 500, 100, 1, 0)))
        await asyncio.sleep(0.3)
        assert banner(app) == ""
        kernel.sent(acl(pdu(0x50, b"\x0a\x00\x01")))
        await until(lambda: "! #0 tx without credits for" in banner(app))
        assert "9 bytes owed since packet 5" in banner(app)
        before = banner(app)
        await until(lambda: banner(app) != before)
        await until(lambda: bool(app.overview.channels))
        await press(pilot, "!")
        await until(lambda: isinstance(app.screen, ChannelsScreen))
        await until(lambda: "! #0 tx without credits for" in banner(app))
        await until(lambda: app.overview.channels[0].tx.balance == 0)
        assert app.reading == "live"
        kernel.received(acl(signal(0x16, 2, 0x50, 3)))
        await until(lambda: banner(app) == "")
        assert isinstance(app.session, LiveSession)
        assert app.session.lasting == {}
        await press(pilot, "2")
        await until(lambda: isinstance(app.screen, PacketsScreen) and banner(app) == "")
    live.stop()
    live.close()


@asynchronous
async def test_the_end_of_a_live_capture_leaves_its_packets() -> None:
    """When it ends by itself the screens stay, and say no more that it is live."""
    kernel, live = started()
    app = ScopeApp(LiveSession(live))
    async with app.run_test(size=(80, 24)):
        kernel.send(EVENT, b"some")
        await until(lambda: app.capture.count == 2)
        live.stop()
        await until(lambda: app.complete)
        assert app.reading == ""
        assert app.capture.raw(2) == b"some"
    live.close()
