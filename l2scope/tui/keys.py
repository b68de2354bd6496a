"""Every key of the terminal UI: one registry from which bindings, the key line, the help and the palette are made.

An action `list.half_page_down` is the method `action_half_page_down` of the widget, screen or application whose scope
is `list`. Keys follow Wireshark and vim.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from textual.binding import Binding, BindingType


class Scope(Enum):
    """Where an action's method lives; the value is the heading in the help."""

    APP = "Everywhere"
    TABS = "Files and tabs"
    START = "Start"
    OVERVIEW = "Overview"
    PACKETS = "Packets"
    CHANNELS = "Channels"
    FINDINGS = "Findings"
    LADDER = "Ladder"
    BOTH_ENDS = "Both ends of a channel"
    SECOND_OPINION = "A second opinion"
    ATT = "ATT"
    GATT = "GATT"
    FOLLOW = "What channels carry"
    STATISTICS = "Statistics"
    PANED = "Panes"
    LIST = "Lists"
    ORDER = "Order of a table"
    TEXT = "Text"
    TREE = "Fields"
    HEX = "Bytes"
    GRAPH = "Credits over time"
    HELP = "Keys"
    COLUMNS = "Columns"
    MENU = "Menus"
    OPENING = "Opening a file"
    PROMPT = "Typing an answer"
    FILTER = "Typing a filter"


EVERYWHERE = (Scope.APP, Scope.TABS)
DIALOGS = (Scope.HELP, Scope.OPENING, Scope.COLUMNS, Scope.MENU)
"""While one is open no other key works."""
TYPING = (Scope.PROMPT, Scope.FILTER)
"""The lines that one types into: they have a key before all others."""
WITHOUT_A_CAPTURE = frozenset(
    ("app.show_help", "app.leave", "app.quit", "app.focus_next", "app.focus_previous", "app.command_palette")
)
"""The actions of the application that work on the start screen too."""
PANES: dict[Scope, tuple[Scope, ...]] = {
    Scope.START: (Scope.LIST,),
    Scope.OVERVIEW: (Scope.LIST, Scope.ORDER, Scope.PANED),
    Scope.PACKETS: (Scope.LIST, Scope.TREE, Scope.HEX, Scope.PANED),
    Scope.CHANNELS: (Scope.LIST, Scope.ORDER, Scope.GRAPH, Scope.PANED),
    Scope.FINDINGS: (Scope.LIST, Scope.TEXT, Scope.PANED),
    Scope.LADDER: (Scope.LIST,),
    Scope.BOTH_ENDS: (Scope.LIST, Scope.GRAPH, Scope.PANED),
    Scope.ATT: (Scope.LIST, Scope.PANED),
    Scope.GATT: (Scope.LIST, Scope.PANED),
    Scope.FOLLOW: (Scope.LIST, Scope.TEXT, Scope.PANED),
    Scope.SECOND_OPINION: (Scope.TREE, Scope.TEXT, Scope.PANED),
    Scope.STATISTICS: (Scope.LIST, Scope.ORDER, Scope.GRAPH, Scope.PANED),
}
"""The panes of the screens, whose keys work together."""
ALT_DIGITS = "¡™£¢∞§¶•ª"
"""What Textual makes of Alt with 1 to 9 where a terminal sends an escape and the digit: what Option types on a Mac."""
MOST_TABS = len(ALT_DIGITS)
"""How many tabs have a key of their own."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a key does. `label` stands in the key line when `rank` is not 0 (1 comes first), `help` in the help."""

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    rank: int = 0

    @property
    def scope(self) -> Scope:
        return Scope[self.id.partition(".")[0].upper()]

    @property
    def method(self) -> str:
        """The name Textual runs it by."""
        return self.id.partition(".")[2]


ACTIONS: tuple[Action, ...] = (
    Action("app.show_overview", ("1",), "overview", "what is in this capture, and what is wrong", 9),
    Action("app.show_packets", ("2",), "packets", "the packets", 7),
    Action("app.show_channels", ("c", "3"), "channels", "the channels, worst first, with their credits", 7),
    Action("app.show_findings", ("f", "4"), "findings", "what is wrong, the worst first, and what to change", 7),
    Action("app.show_ladder", ("5",), "ladder", "the conversation of a channel as a ladder", 8),
    Action("app.show_att", ("6",), "ATT", "the ATT bearers and their transactions", 9),
    Action("app.show_gatt", ("7",), "GATT", "the GATT databases: values and subscriptions"),
    Action("app.show_follow", ("8",), "follow", "what a channel or characteristic carried, as messages", 9),
    Action("app.show_statistics", ("9",), "statistics", "rates, protocols, endpoints, latencies"),
    Action("app.go_to_stall", ("!",), "worst", "the longest stall; live: the one that lasts", 6),
    Action("app.go_back", ("backspace", "escape", "alt+left"), "back", "back to where you were", 8),
    Action("app.go_forward", ("alt+right",), "forward", "undo going back"),
    Action("app.about", ("i",), "about", "what this capture is, and what to know about it"),
    Action("app.focus_next", ("tab",), "next pane", "the next pane"),
    Action("app.focus_previous", ("shift+tab",), "previous pane", "the previous pane"),
    Action("app.show_help", ("?", "f1"), "keys", "all keys of this screen", 20),
    Action("app.command_palette", ("ctrl+p",), "palette", "find an action by its name"),
    Action("app.leave", ("q",), "quit", "leave this screen; on packets and overview: quit", 21),
    Action("app.quit", ("ctrl+q", "ctrl+c"), "quit", "quit from anywhere"),
    Action("tabs.open_file", ("ctrl+o",), "open", "another file, by its path or among the last ones", 22),
    Action("tabs.next_tab", ("ctrl+pagedown",), "next tab", "the next tab"),
    Action("tabs.previous_tab", ("ctrl+pageup",), "previous tab", "the previous tab"),
    *(
        Action(f"tabs.tab_{n}", (f"alt+{n}", sign), f"tab {n}", "a tab by its number")
        for n, sign in enumerate(ALT_DIGITS, 1)
    ),
    Action("tabs.close_tab", ("ctrl+w",), "close tab", "close this tab"),
    Action("tabs.reopen_tab", ("ctrl+t",), "reopen tab", "open the tab that was closed last, where it was"),
    Action("start.forget", ("delete",), "forget", "take this file off the list", 3),
    Action("overview.explain", ("e",), "explain", "the chosen finding, explained", 2),
    Action("packets.find", ("/",), "find", "find text in protocol and info; n and N repeat", 2),
    Action("packets.filter", ("&", "F"), "filter", "show only packets that pass a display filter", 2),
    Action("packets.find_next", ("n",), "next match", "the next match, or the next proof of the finding"),
    Action("packets.find_previous", ("N",), "previous match", "the previous match or proof"),
    Action("packets.next_finding", ("}",), "finding", "the next packet that proves an error or a warning", 4),
    Action("packets.previous_finding", ("{",), "previous finding", "the previous packet that proves one"),
    Action("packets.next_stall", ("s",), "stall", "the next packet that ends a stall", 3),
    Action("packets.previous_stall", ("S",), "previous stall", "the previous packet that ends a stall"),
    Action("packets.other_end", ("o",), "other end", "from the end of a stall to its start, and back"),
    Action("packets.next_of_channel", ("]",), "same channel", "the next packet of the same channel", 5),
    Action("packets.previous_of_channel", ("[",), "same channel, back", "the previous packet of the same channel"),
    Action("packets.go_to_packet", (":", "ctrl+g"), "go to", "go to a packet by its number", 6),
    Action("packets.decode_as", ("D",), "decode as", "another dissector for its channel or characteristic"),
    Action("packets.show_keys", ("ctrl+k",), "show keys", "show the values of keys, or hide them again"),
    Action("packets.counterpart", ("r",), "answer", "from a request to its answer, and back", 5),
    Action("packets.mark", ("m",), "mark", "mark this packet with a letter, or take the mark away", 6),
    Action("packets.go_to_mark", ("'",), "marks", "the marks; a letter leads to its packet, ' back", 9),
    Action("packets.time_reference", ("T",), "time from here", "count times from this packet, or no longer"),
    Action("packets.columns", ("C",), "columns", "choose, order and size the columns", 6),
    Action("packets.previous_column", (",",), "previous column", "choose the column before"),
    Action("packets.next_column", (".",), "next column", "choose a column: its cell is what = and Y take"),
    Action("packets.filter_cell", ("=",), "filter by value", "a filter for the chosen cell, field or bytes"),
    Action("packets.copy_as", ("Y",), "copy as", "copy as text, hex, JSON, filter", 9),
    Action("packets.menu", ("M",), "menu", "a menu for this packet; also by the right button"),
    Action("packets.larger", ("+",), "larger", "more lines for this pane"),
    Action("packets.smaller", ("-",), "smaller", "fewer lines for this pane"),
    Action("packets.edge_left", ("<",), "more bytes", "more room for the bytes"),
    Action("packets.edge_right", (">",), "more fields", "more room for the fields"),
    Action("packets.make_column", ("a",), "as column", "make the field under the cursor a column"),
    Action("packets.second_opinion", ("W",), "Wireshark", "the packet beside what Wireshark makes of it"),
    Action("second_opinion.close", ("W",), "the list", "back to the list of packets", 2),
    Action("second_opinion.next", ("n",), "next packet", "the next packet", 2),
    Action("second_opinion.previous", ("N",), "previous packet", "the previous packet", 3),
    Action("channels.other_direction", ("d",), "direction", "the other direction of this channel", 3),
    Action("channels.next_stall", ("s",), "stall", "the next stall of this channel", 4),
    Action("channels.previous_stall", ("S",), "previous stall", "the previous stall of this channel"),
    Action("channels.all_waits", ("a",), "all waits", "all times at zero, or the stalls alone", 6),
    Action("channels.stall_start", ("o",), "stall's start", "go to the packet at which the chosen stall began", 5),
    Action("channels.what_if", ("w",), "what if", "how many credits would have removed the stalls", 6),
    Action("channels.both_ends", ("t",), "both ends", "both ends of this channel side by side, with delays", 7),
    Action("both_ends.close", ("t",), "one end", "back to the channels", 3),
    Action("both_ends.other_direction", ("d",), "direction", "the other direction of this channel", 2),
    Action("both_ends.all_waits", ("a",), "all waits", "all times at zero, or the stalls alone", 4),
    Action("both_ends.wait_start", ("o",), "start", "go to the packet at which the chosen wait began", 5),
    Action("both_ends.granted", ("p",), "grant", "go to the packet in which the receiver gave the credits", 5),
    Action("findings.channel", ("x",), "channel", "go to the channel of the finding", 3),
    Action("findings.severity", ("v",), "severity", "all findings, errors and warnings, errors alone", 4),
    Action("findings.this_rule", ("r",), "this rule", "findings of this rule alone, or of all rules", 5),
    Action("findings.this_channel", ("w",), "this channel", "findings of this channel alone, or of all", 5),
    Action("findings.mute", ("m",), "mute", "mute the rule of this finding, for this file from now on", 6),
    Action("findings.unmute", ("M",), "unmute", "mute no rule of this file any longer"),
    Action("findings.all", ("a",), "all", "all findings again but those of muted rules", 6),
    Action("ladder.unfold", ("+", "="), "unfold", "show more single steps", 2),
    Action("ladder.fold", ("-",), "fold", "fold more into one step", 2),
    Action("ladder.whole_link", ("w",), "whole link", "all that was said over the link, or a channel alone", 3),
    Action("ladder.next_channel", ("]",), "channel", "the next channel, the worst first; of links the next link", 3),
    Action("ladder.previous_channel", ("[",), "previous channel", "the previous channel or link"),
    Action("ladder.next_stall", ("s",), "stall", "the next stall of this channel", 4),
    Action("ladder.previous_stall", ("S",), "previous stall", "the previous stall of this channel"),
    Action("ladder.last_packet", ("o",), "its last packet", "go to the last packet of the chosen step", 5),
    Action("ladder.channel", ("x",), "credits", "the credits of this channel over time", 6),
    Action("att.answer", ("o",), "answer", "go to the packet that answers the chosen request", 3),
    Action("att.next_odd", ("n",), "next failed", "the next request that failed or was not answered", 4),
    Action("att.previous_odd", ("N",), "previous failed", "the previous request that failed or was not answered"),
    Action("att.channel", ("x",), "channel", "go to the channel that carries this bearer", 5),
    Action("gatt.answer", ("o",), "answer", "go to the packet that answers the chosen operation", 4),
    Action("gatt.told", ("p",), "told in", "go to the packet in which discovery told of this attribute", 3),
    Action("follow.next_stream", ("]",), "next", "the next channel or characteristic", 2),
    Action("follow.previous_stream", ("[",), "previous", "the previous channel or characteristic"),
    Action("follow.view", ("v",), "view", "the content as text or picture, its bytes, or the fields of its parts", 3),
    Action("follow.direction", ("d",), "direction", "both directions, tx alone, rx alone", 4),
    Action("follow.find", ("/",), "find", "find a text, or bytes as hex:01a0, in the messages", 4),
    Action("follow.find_next", ("n",), "next match", "the next message that holds it"),
    Action("follow.find_previous", ("N",), "previous match", "the previous message that holds it"),
    Action("follow.export", ("e",), "export", "write what was carried to files in a folder", 5),
    Action("follow.decode_as", ("D",), "decode as", "another dissector for what is shown", 5),
    Action("follow.channel", ("x",), "credits", "the credits of this channel over time", 6),
    Action("statistics.next_view", ("v",), "next table", "protocols, endpoints, how long answers took", 2),
    Action("statistics.unit", ("u",), "packets/bytes", "packets or bytes a second", 3),
    Action("paned.maximise", ("z",), "zoom", "this pane alone, or all panes again", 9),
    Action("paned.larger", ("ctrl+up", "alt+up"), "larger", "more room for this pane; heads can be dragged"),
    Action("paned.smaller", ("ctrl+down", "alt+down"), "smaller", "less room for this pane"),
    Action("paned.edge_left", ("ctrl+left", "alt+h"), "edge left", "the edge of panes side by side to the left"),
    Action("paned.edge_right", ("ctrl+right", "alt+l"), "edge right", "the edge of panes side by side to the right"),
    Action("paned.usual_sizes", ("Z",), "usual sizes", "the panes as they were at first"),
    Action("list.down", ("j", "down"), "down", "down"),
    Action("list.up", ("k", "up"), "up", "up"),
    Action("list.half_page_down", ("ctrl+d",), "half a page down", "half a page down"),
    Action("list.half_page_up", ("ctrl+u",), "half a page up", "half a page up"),
    Action("list.page_down", ("pagedown", "ctrl+f", "space"), "page down", "a page down"),
    Action("list.page_up", ("pageup", "ctrl+b"), "page up", "a page up"),
    Action("list.first", ("g", "home"), "first", "the first"),
    Action("list.last", ("G", "end"), "last", "the last"),
    Action("list.pan_right", ("l", "right"), "right", "show more of a long line"),
    Action("list.pan_left", ("h", "left"), "left", "show its beginning again"),
    Action("list.extend_down", ("J", "shift+down"), "select down", "select, downwards"),
    Action("list.extend_up", ("K", "shift+up"), "select up", "select, upwards"),
    Action("list.copy", ("y",), "copy", "copy the selected lines"),
    Action("list.open", ("enter",), "open", "open: fields of a packet, stalls of a channel", 1),
    Action("order.next_column", (">",), "sort", "order by the next column; a click on its head does it too", 7),
    Action("order.previous_column", ("<",), "sort, back", "order by the previous column"),
    Action("order.reverse", ("|",), "reverse", "the other way round"),
    Action("text.down", ("j", "down"), "down", "a line down"),
    Action("text.up", ("k", "up"), "up", "a line up"),
    Action("text.page_down", ("pagedown", "ctrl+d", "space"), "page down", "a page down"),
    Action("text.page_up", ("pageup", "ctrl+u"), "page up", "a page up"),
    Action("tree.down", ("j", "down"), "down", "down"),
    Action("tree.up", ("k", "up"), "up", "up"),
    Action("tree.page_down", ("pagedown", "ctrl+d", "space"), "page down", "a page down"),
    Action("tree.page_up", ("pageup", "ctrl+u"), "page up", "a page up"),
    Action("tree.first", ("g", "home"), "first", "the first field"),
    Action("tree.last", ("G", "end"), "last", "the last field"),
    Action("tree.open_or_close", ("enter",), "open/close", "open or close a field; go to the packet it names", 1),
    Action("tree.expand", ("l", "right"), "open", "open a field, or go to its first part"),
    Action("tree.collapse", ("h", "left"), "close", "close a field, or go to what it is a part of"),
    Action("tree.expand_all", ("e",), "open all", "open all fields", 2),
    Action("tree.collapse_all", ("E",), "close all", "close all fields"),
    Action("tree.copy", ("y",), "copy", "copy the field"),
    Action("hex.right", ("l", "right"), "right", "the next byte; its field is chosen in the tree"),
    Action("hex.left", ("h", "left"), "left", "the previous byte"),
    Action("hex.down", ("j", "down"), "down", "a line down"),
    Action("hex.up", ("k", "up"), "up", "a line up"),
    Action("hex.page_down", ("pagedown", "ctrl+d", "space"), "page down", "a page down"),
    Action("hex.page_up", ("pageup", "ctrl+u"), "page up", "a page up"),
    Action("hex.first", ("g", "home"), "first", "the first byte"),
    Action("hex.last", ("G", "end"), "last", "the last byte"),
    Action("hex.next_buffer", ("b", "enter"), "packet/PDU/SDU", "packet, whole PDU, whole SDU", 1),
    Action("hex.copy", ("y",), "copy", "copy the bytes of the field, or all of them"),
    Action("graph.right", ("l", "right"), "later", "move the cursor to later"),
    Action("graph.left", ("h", "left"), "earlier", "move the cursor to earlier"),
    Action("graph.pan_right", ("L", "shift+right", "pagedown"), "pan later", "pan to later; dragging pans too"),
    Action("graph.pan_left", ("H", "shift+left", "pageup"), "pan earlier", "pan to earlier"),
    Action("graph.zoom_in", ("+", "="), "zoom in", "zoom in at the cursor; the wheel: at the pointer", 2),
    Action("graph.zoom_out", ("-",), "zoom out", "zoom out", 2),
    Action("graph.fit", ("0",), "whole life", "show all the time there is", 3),
    Action("graph.first", ("g", "home"), "first", "to the beginning"),
    Action("graph.last", ("G", "end"), "last", "to the end"),
    Action("graph.open", ("enter",), "packet", "go to the packet under the cursor; so does a second click", 1),
    Action("help.down", ("j", "down"), "down", "a line down"),
    Action("help.up", ("k", "up"), "up", "a line up"),
    Action("help.page_down", ("pagedown", "ctrl+d", "space"), "page down", "a page down"),
    Action("help.page_up", ("pageup", "ctrl+u"), "page up", "a page up"),
    Action("columns.down", ("j", "down"), "down", "the next column"),
    Action("columns.up", ("k", "up"), "up", "the column before"),
    Action("columns.add", ("a",), "add", "add any field as a column", 1),
    Action("columns.remove", ("x", "delete"), "remove", "remove the column", 2),
    Action("columns.move_down", ("J", "shift+down"), "right", "move the column to the right", 3),
    Action("columns.move_up", ("K", "shift+up"), "left", "move the column to the left", 4),
    Action("columns.wider", ("+", "l", "right"), "wider", "a wider column", 5),
    Action("columns.narrower", ("-", "h", "left"), "narrower", "a narrower column", 6),
    Action("columns.own_width", ("0",), "own width", "as wide as it needs", 7),
    Action("columns.usual", ("R",), "usual ones", "the columns as they were at first", 8),
    Action("columns.close", ("escape", "enter", "q", "C"), "close", "back to the packets", 9),
    Action("menu.down", ("down",), "down", "the line below"),
    Action("menu.up", ("up",), "up", "the line above"),
    Action("menu.page_down", ("pagedown",), "page down", "a page down"),
    Action("menu.page_up", ("pageup",), "page up", "a page up"),
    Action("menu.first", ("home",), "first", "the first line"),
    Action("menu.last", ("end",), "last", "the last line"),
    Action("menu.choose", ("enter",), "choose", "choose this line"),
    Action("menu.close", ("escape",), "close", "choose nothing"),
    Action("help.close", ("?", "q", "escape", "enter", "f1"), "close", "close this page"),
    Action("opening.complete", ("tab",), "complete", "write as much of the path as is certain", 2),
    Action("opening.down", ("down",), "down", "the next one of the list", 3),
    Action("opening.up", ("up",), "up", "the previous one of the list", 3),
    Action("opening.cancel", ("escape",), "cancel", "open nothing", 4),
    Action("prompt.answer", ("enter",), "answer", "this is the answer", 1),
    Action(
        "prompt.next_question",
        ("tab",),
        "ask otherwise",
        "find it otherwise, where one can: by text, by filter, by bytes",
    ),
    Action("prompt.previous_question", ("shift+tab",), "ask as before", "the way to find it before this one"),
    Action("prompt.cancel", ("escape",), "cancel", "no answer: back to where you were", 2),
    Action("filter.answer", ("enter",), "filter", "show only what passes; all where the line is empty", 1),
    Action("filter.complete", ("tab",), "complete", "write as much as is certain, or the first word below", 2),
    Action("filter.earlier", ("up",), "earlier", "the filter that was asked before", 3),
    Action("filter.later", ("down",), "later", "the filter that was asked after", 4),
    Action("filter.cancel", ("escape",), "cancel", "back to the filter that was in force", 5),
)

KEY_NAMES = {
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "delete": "Del",
    "home": "Home",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    "backspace": "Backspace",
    "space": "Space",
    "tab": "Tab",
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}


def key_name(key: str) -> str:
    """A key as people write it: `Ctrl+D`, `Shift+↓`, `PgDn`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    name = KEY_NAMES.get(last, last.upper() if modifiers else last)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def bindable(keys: Iterable[str]) -> str:
    """Keys as Textual reads them: a comma separates them."""
    return ",".join(key.replace(",", "comma") for key in keys)


def bindings(scope: Scope) -> list[BindingType]:
    """What Textual binds for a widget, a screen or the application."""
    return [
        Binding(bindable(action.keys), action.method, action.help, show=False, id=action.id)
        for action in ACTIONS
        if action.scope is scope
    ]


def actions(scopes: Iterable[Scope]) -> list[Action]:
    """The actions of these scopes in the order of the registry."""
    wanted = set(scopes)
    return [action for action in ACTIONS if action.scope in wanted]


def key_line(scopes: Iterable[Scope]) -> list[Action]:
    """The actions that the key line names, most useful first. The way to where one is already is not among them."""
    scopes = tuple(scopes)
    idle = {action.id for action in actions([Scope.APP]) if action.id not in WITHOUT_A_CAPTURE}
    idle = idle if Scope.START in scopes else set()
    here = {f"app.show_{scope.name.lower()}" for scope in scopes}
    named = (action for action in actions(scopes) if action.rank and action.id not in here | idle)
    return sorted(named, key=lambda action: action.rank)
