"""The terminal UI of l2scope."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from l2scope.live import Live


def run(path: Path | str) -> None:
    """Shows a capture until the user leaves. Raises CaptureError, before the screen is touched, where there is none."""
    from l2scope.capture import Loading

    loading = Loading(path)
    loading.step()
    from l2scope.tui.app import ScopeApp

    try:
        ScopeApp(loading).run()
    finally:
        loading.capture.close()


def run_live(live: "Live") -> None:
    """Shows a live capture until the user leaves, then stops it; closing it is the caller's."""
    from l2scope.tui.live_app import LiveApp

    try:
        LiveApp(live).run()
    finally:
        live.stop()
