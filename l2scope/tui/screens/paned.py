"""A screen of several panes, which the user makes larger and smaller, or shows alone; the sizes are kept."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.css.query import QueryType
from textual.css.scalar import Scalar
from textual.events import Resize
from textual.geometry import clamp
from textual.widget import Widget

from l2scope.tui.keys import Scope, bindings
from l2scope.tui.screens.scope_screen import ScopeScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.banner import Banner
from l2scope.tui.widgets.bars import KeyLine, TitleBar
from l2scope.tui.widgets.filter_bar import FilterBar
from l2scope.tui.widgets.grips import CELLS, LINES, Dragged, Dropped, HeadPressed
from l2scope.tui.widgets.prompt import Prompt
from l2scope.tui.widgets.tab_strip import TabStrip

KEPT: Final = "panes"
"""What the sizes are called in the file of the layouts."""
LEAST: Final = {LINES: 4, CELLS: 18}
"""A pane is made no smaller."""
STEP: Final = {LINES: 2, CELLS: 4}
MOST: Final = 10_000
BARS: Final = (TitleBar, TabStrip, Banner, FilterBar, KeyLine, Prompt)
"""What is seen beside a pane that is shown alone."""
RULES: Final = {LINES: ("height", "min_height", "max_height"), CELLS: ("width", "min_width", "max_width")}
"""The rules of style that size a pane."""


class PanedScreen(ScopeScreen):
    """`STACKS` names the panes that share the room of one container, the outer ones first. Whether they stand above
    each other or side by side is the container's layout; sizes of both are kept, as shares of the room there is."""

    STACKS: ClassVar[tuple[tuple[str, ...], ...]]
    BINDINGS = bindings(Scope.PANED)
    DEFAULT_CSS = """
    PanedScreen .-aside { display: none !important; }
    PanedScreen .-alone {
        width: 1fr !important; height: 1fr !important; min-height: 1 !important; max-height: 100% !important;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._alone: Widget | None = None
        self._sizes = self._kept_sizes()

    @property
    def own_scopes(self) -> tuple[Scope, ...]:
        """The panes' too."""
        return (self.scope, Scope.PANED)

    def on_mount(self) -> None:
        """The sizes of the last session."""
        self.lay_out_panes()

    @on(Resize)
    def _room_changed(self) -> None:
        self.call_after_refresh(self.lay_out_panes)

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """Shows all panes again where what gets the focus is in one that is not seen."""
        if widget is not None and any(node.has_class("-aside") for node in widget.ancestors_with_self):
            self.show_alone(None)
            self.call_after_refresh(super().set_focus, widget, scroll_visible, from_app_focus)
        else:
            super().set_focus(widget, scroll_visible, from_app_focus)

    def action_maximise(self) -> None:
        """The pane with the focus alone, or all panes again."""
        self.show_alone(None if self._alone is not None else self._pane_of(self.focused))

    def show_alone(self, pane: Widget | None) -> None:
        """Shows a pane alone, all of them for None."""
        self.query(".-aside, .-alone").remove_class("-aside", "-alone")
        if (pane is None) != (self._alone is None):
            self.query_one(KeyLine).say("" if pane is None else "{paned.maximise}: all panes again", Tone.DIM)
        self._alone = pane
        if pane is None:
            return
        for node in pane.ancestors_with_self:
            if node is self or node.parent is None:
                break
            node.add_class("-alone")
            for other in node.parent.children:
                if other is not node and not isinstance(other, BARS) and other.id != f"{pane.id}-head":
                    other.set_class(not _is_of_textual(other), "-aside")

    @on(HeadPressed)
    def _head_pressed(self, event: HeadPressed) -> None:
        """A double click on a head."""
        widget = self.query_one(f"#{event.pane}")
        pane = None if self._alone is not None else self._pane_of(widget)
        self.show_alone(pane)
        if pane is not None:
            widget.focus()

    def focus_next(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """The next pane, alone too where one is."""
        return self._turn(partial(super().focus_next, selector))

    def focus_previous(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """The previous one."""
        return self._turn(partial(super().focus_previous, selector))

    def _turn(self, turn: Callable[[], Widget | None]) -> Widget | None:
        if self._alone is None:
            return turn()
        self.show_alone(None)
        self.call_after_refresh(lambda: self.show_alone(self._pane_of(turn())))
        return self.focused

    def _pane_of(self, widget: Widget | None) -> Widget | None:
        """The innermost pane that a widget is in."""
        names = {name for stack in self.STACKS for name in stack}
        around = () if widget is None else widget.ancestors_with_self
        return next((node for node in around if isinstance(node, Widget) and node.id in names), None)

    def action_larger(self) -> None:
        """More room for the pane with the focus."""
        self._stretch(1)

    def action_smaller(self) -> None:
        """Less room for it."""
        self._stretch(-1)

    def _stretch(self, sign: int) -> None:
        """Gives the pane with the focus lines, or cells where no other one stands above or below it."""
        for axis, panes in (*self._stacks(LINES), *self._stacks(CELLS)):
            at = _place_of(self.focused, panes)
            if at is not None:
                by, least = sign * STEP[axis], LEAST[axis]
                others = (*range(at + 1, len(panes)), *range(at - 1, -1, -1))
                giving = next((place for place in others if by < 0 or _extent(panes[place], axis) > least), others[0])
                self._give(axis, panes, at, giving, by)
                self._keep_sizes()
                return

    def action_edge_left(self) -> None:
        """Moves the edge between two panes side by side."""
        self._push_edge(-STEP[CELLS])

    def action_edge_right(self) -> None:
        """The other way."""
        self._push_edge(STEP[CELLS])

    def _push_edge(self, by: int) -> None:
        """The edge of the pane with the focus, or of the first two that stand side by side."""
        stacks = [panes for _, panes in self._stacks(CELLS)]
        for panes in sorted(stacks, key=lambda panes: _place_of(self.focused, panes) is None)[:1]:
            before = min(_place_of(self.focused, panes) or 0, len(panes) - 2)
            self._give(CELLS, panes, before, before + 1, by)
            self._keep_sizes()

    def action_usual_sizes(self) -> None:
        """The panes as they were at first."""
        self.show_alone(None)
        for sizes in self._sizes.values():
            sizes.clear()
        self.lay_out_panes()
        self._keep_sizes()

    @on(Dragged)
    def _dragged(self, event: Dragged) -> None:
        """The edge before a pane follows the mouse."""
        for axis, panes in reversed(list(self._stacks(event.grip.axis))):
            at = _place_of(event.grip, panes)
            if at:
                self._give(axis, panes, at - 1, at, event.by)
                return

    @on(Dropped)
    def _dropped(self) -> None:
        self._keep_sizes()

    def _stacks(self, axis: str) -> Iterator[tuple[str, list[Widget]]]:
        """The panes that share the lines or cells of a container now, the outer ones first."""
        for names in self.STACKS:
            panes = [pane for name in names if (pane := self.query_one(f"#{name}")).display]
            if len(panes) > 1 and _axis_of(panes[0]) == axis:
                yield axis, panes

    def _give(self, axis: str, panes: list[Widget], taking: int, giving: int, by: int) -> None:
        """One pane gets so many lines or cells of another; none gets too small."""
        extents = [_extent(pane, axis) for pane in panes]
        least = LEAST[axis]
        by = clamp(by, min(0, least - extents[taking]), max(0, extents[giving] - least))
        extents[taking] += by
        extents[giving] -= by
        self._sizes[axis].update({pane.id or "": max(1, extent) for pane, extent in zip(panes, extents, strict=True)})
        self.lay_out_panes()

    def lay_out_panes(self) -> None:
        """Gives the panes their shares of the room; without any, what the style sheet says."""
        for name in (name for names in self.STACKS for name in names):
            pane = self.query_one(f"#{name}")
            own = _axis_of(pane)
            for axis in (LINES, CELLS):
                _size(pane, axis, self._sizes[axis].get(name, 0) if axis == own else 0)

    def _keep_sizes(self) -> None:
        """For the next session."""
        kept = self.user.layout.get(KEPT, {})
        others = kept if isinstance(kept, dict) else {}
        self.user.layout.change(lambda values: values.update({KEPT: {**others, self.name_of_place: self._sizes}}))

    def _kept_sizes(self) -> dict[str, dict[str, int]]:
        """What was kept, as far as it can be read."""
        kept = self.user.layout.get(KEPT, {})
        own = kept.get(self.name_of_place, {}) if isinstance(kept, dict) else {}
        names = {name for stack in self.STACKS for name in stack}
        return {axis: _sizes_in(own.get(axis) if isinstance(own, dict) else None, names) for axis in (LINES, CELLS)}


def _sizes_in(data: object, names: set[str]) -> dict[str, int]:
    entries = data.items() if isinstance(data, dict) else ()
    return {name: size for name, size in entries if name in names and isinstance(size, int) and 0 < size <= MOST}


def _axis_of(pane: Widget) -> str:
    """What a pane shares with those beside it: the lines or the cells of their container."""
    container = pane.parent
    assert isinstance(container, Widget)
    return CELLS if container.layout.name == "horizontal" else LINES


def _place_of(widget: Widget | None, panes: list[Widget]) -> int | None:
    """Which of the panes a widget is in, or is the head of."""
    if widget is None:
        return None
    around = widget.ancestors_with_self
    return next((at for at, pane in enumerate(panes) if pane in around or widget.id == f"{pane.id}-head"), None)


def _extent(pane: Widget, axis: str) -> int:
    return pane.outer_size.height if axis == LINES else pane.outer_size.width


def _size(pane: Widget, axis: str, share: int) -> None:
    """Gives a pane a share; 0 is what the style sheet says."""
    size, least, most = RULES[axis]
    if share:
        setattr(pane.styles, size, Scalar.parse(f"{share}fr"))
        setattr(pane.styles, least, min(share, LEAST[axis]))
        setattr(pane.styles, most, Scalar.parse("100%"))
    else:
        for rule in RULES[axis]:
            pane.styles.clear_rule(rule)
        pane.refresh(layout=True)


def _is_of_textual(widget: Widget) -> bool:
    """What Textual itself puts on a screen: messages and tips."""
    return (widget.id or "").startswith("textual-")
