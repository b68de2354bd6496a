"""The terminal UI of l2scope."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from l2scope.sources.containers.limits import Unpacking
from l2scope.sources.containers.origin import STANDARD_INPUT

if TYPE_CHECKING:
    from l2scope.live import Live
    from l2scope.tui.session import Session


def run(
    paths: Sequence[Path | str],
    unpacking: Unpacking | None = None,
    follow: bool = False,
    show_keys: bool = False,
    ascii_alone: bool = False,
) -> None:
    """Shows captures, each in a tab, until the user leaves; without any the files that were opened last. With follow
    they go on while the files grow; show_keys: with the values of keys (LTK, IRK and the like); ascii_alone: without
    Unicode. "-" is standard input: the keyboard is the terminal's then. Raises CaptureError, before the screen is
    touched, where there is nothing to show."""
    from l2scope.tui.session import Asked
    from l2scope.tui.tabs import begun

    sessions: list[Session] = []
    try:
        for path in paths:
            sessions.append(begun(Asked(Path(path), unpacking or Unpacking(), follow)))
            sessions[-1].shows_keys = show_keys
        if any(Path(path) == STANDARD_INPUT for path in paths):
            from l2scope.tui.keyboard import take_keyboard

            take_keyboard()
        _show(sessions, ascii_alone)
    finally:
        for session in sessions:
            session.capture.close()


def run_live(live: "Live", ascii_alone: bool = False) -> None:
    """Shows a live capture until the user leaves, then stops it; closing it is the caller's."""
    from l2scope.tui.live_session import LiveSession

    try:
        _show([LiveSession(live)], ascii_alone)
    finally:
        live.stop()


def _show(sessions: Sequence["Session"], ascii_alone: bool) -> None:
    from l2scope.tui.app import ScopeApp
    from l2scope.tui.stand_ins import locale_lacks_unicode
    from l2scope.tui.theme import choose_theme
    from l2scope.tui.user import this_user

    user = this_user()
    app = ScopeApp(*sessions, user=user)
    app.ascii_alone = ascii_alone or (locale_lacks_unicode() if user.settings.ascii is None else user.settings.ascii)
    app.usual_theme = choose_theme(app.console.color_system)
    try:
        app.run()
    finally:
        for session in app.sessions:
            session.capture.close()
    if app.return_code:
        raise SystemExit(app.return_code)
