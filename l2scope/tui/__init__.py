"""The terminal UI of l2scope."""

from pathlib import Path


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
