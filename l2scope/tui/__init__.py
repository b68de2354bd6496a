"""The terminal UI of l2scope."""

from pathlib import Path
from typing import TYPE_CHECKING

from l2scope.sources.containers.limits import Unpacking
from l2scope.sources.containers.origin import STANDARD_INPUT

if TYPE_CHECKING:
    from l2scope.live import Live


def run(path: Path | str, unpacking: Unpacking | None = None, follow: bool = False, show_keys: bool = False) -> None:
    """Shows a capture until the user leaves; with follow it goes on while the file grows; show_keys: with the values of
    keys (LTK, IRK and the like). "-" is standard input: the keyboard is the terminal's then. Raises CaptureError,
    before the screen is touched, where there is nothing to show."""
    from l2scope.capture import Loading

    loading = Loading(path, unpacking=unpacking or Unpacking(), follow=follow)
    piped = Path(path) == STANDARD_INPUT
    if piped:
        from l2scope.tui.keyboard import take_keyboard

        take_keyboard()
    loading.step()
    from l2scope.tui.app import ScopeApp
    from l2scope.tui.following_app import FollowingApp

    try:
        app = FollowingApp(loading, follow) if follow or piped else ScopeApp(loading)
        app.shows_keys = show_keys
        app.run()
    finally:
        loading.capture.close()


def run_live(live: "Live") -> None:
    """Shows a live capture until the user leaves, then stops it; closing it is the caller's."""
    from l2scope.tui.live_app import LiveApp

    try:
        LiveApp(live).run()
    finally:
        live.stop()
