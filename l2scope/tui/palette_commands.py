"""What the command palette offers: the actions that work here, tabs, the files that were opened last, themes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from l2scope.text import printable
from l2scope.tui.keys import ACTIONS, EVERYWHERE, WITHOUT_A_CAPTURE, Action
from l2scope.tui.screens.scope_screen import FOCUS_SCOPES, ScopeScreen
from l2scope.tui.screens.start import StartScreen

if TYPE_CHECKING:
    from l2scope.tui.shell import ShellApp

ON_A_SCREEN_OF_ITS_OWN = ("app.command_palette",)


def commands(app: "ShellApp", screen: Screen[object]) -> Iterator[SystemCommand]:
    """In the order in which they are listed before anything is typed."""
    yield SystemCommand("Theme", "Change the colours", app.action_change_theme)
    yield SystemCommand("Tour", "The four lines for newcomers", app.show_tour)
    if isinstance(screen, (ScopeScreen, StartScreen)):
        yield from _actions(app, screen)
    yield from _tabs(app)
    yield from _files(app)


def _actions(app: "ShellApp", screen: ScopeScreen | StartScreen) -> Iterator[SystemCommand]:
    for action in ACTIONS:
        if not _works(action, screen):
            continue
        keys = app.keys.shown(action)
        name = action.label[:1].upper() + action.label[1:]
        title = f"{name}  ({keys})" if keys else name
        node = _node(app, screen, action)
        yield SystemCommand(title, action.help, lambda action=action, node=node: app.run_registered(action, node))


def _works(action: Action, screen: ScopeScreen | StartScreen) -> bool:
    if action.id in ON_A_SCREEN_OF_ITS_OWN or action.id.startswith("tabs.tab_"):
        return False
    if isinstance(screen, StartScreen) and action.id.startswith("app."):
        return action.id in WITHOUT_A_CAPTURE
    return action.scope in screen.scopes or action.scope in EVERYWHERE


def _node(app: "ShellApp", screen: ScopeScreen | StartScreen, action: Action) -> DOMNode:
    """Whose method the action is: the application's, the screen's, that of the pane with the focus or of
    what that stands in."""
    if action.scope in EVERYWHERE:
        return app
    panes = [scope for kind, scope in FOCUS_SCOPES if isinstance(screen.focused, kind)]
    if action.scope not in panes or screen.focused is None:
        return screen
    around = screen.focused.ancestors_with_self
    return next(node for node in around if hasattr(node, f"action_{action.method}"))


def _tabs(app: "ShellApp") -> Iterator[SystemCommand]:
    if len(app.sessions) < 2:
        return
    for number, session in enumerate(app.sessions, 1):
        title = f"Tab {number}: {session.name}"
        yield SystemCommand(title, "Show this capture", lambda session=session: app.show_session(session))


def _files(app: "ShellApp") -> Iterator[SystemCommand]:
    for recent in app.user.recent:
        name = printable(recent.path.name if recent.member is None else f"{recent.path.name} › {recent.member}")
        folder = printable(str(recent.path.parent))
        yield SystemCommand(f"Open {name}", folder, lambda asked=recent.asked: app.open_asked(asked))
