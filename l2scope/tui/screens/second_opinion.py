"""A second opinion: the packet as we take it apart, and beside it as Wireshark does."""

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.worker import get_current_worker

from l2scope.crosscheck.outline import outline
from l2scope.crosscheck.tree import Line, wireshark_tree
from l2scope.dissection import Tree, dissect
from l2scope.sources.errors import CaptureError
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import KeyLine, PaneHead, TitleBar
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.grips import HeadGrip, SidePane
from l2scope.tui.widgets.text_page import TextPage

ASKED = "Wireshark is being asked …"


class SecondOpinionScreen(PanedScreen):
    """Two trees side by side; Wireshark's comes when it comes."""

    scope = Scope.SECOND_OPINION
    STACKS = (("left", "right"),)
    BINDINGS = bindings(Scope.SECOND_OPINION)
    DEFAULT_CSS = """
    SecondOpinionScreen { background: $ground-page; layout: vertical; }
    SecondOpinionScreen #trees { height: 1fr; }
    SecondOpinionScreen Vertical { width: 1fr; }
    SecondOpinionScreen #right { border-left: vkey $tone-faint; }
    SecondOpinionScreen.-narrow #trees { layout: vertical; }
    SecondOpinionScreen.-narrow Vertical { height: 1fr; width: 100%; }
    SecondOpinionScreen.-narrow #right { border-left: none; }
    SecondOpinionScreen DetailTree, SecondOpinionScreen TextPage { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def compose(self) -> ComposeResult:
        """Title, our tree, Wireshark's tree or what there is to say instead, keys."""
        yield TitleBar("app.show_packets")
        with Horizontal(id="trees"):
            with Vertical(id="left"):
                yield HeadGrip(id="ours-head")
                yield DetailTree(id="ours")
            with SidePane(id="right"):
                yield HeadGrip(id="theirs-head")
                yield DetailTree(id="theirs")
                yield TextPage(id="said")
        yield KeyLine()

    @property
    def ours(self) -> DetailTree:
        """Our tree."""
        return self.query_one("#ours", DetailTree)

    @property
    def theirs(self) -> DetailTree:
        """Wireshark's."""
        return self.query_one("#theirs", DetailTree)

    @property
    def place(self) -> Place:
        """The packet."""
        return Place("second_opinion", packet=self.number)

    def restore(self, place: Place) -> None:
        """Shows the packet of a place."""
        self._show(place.packet)

    def on_mount(self) -> None:
        """The trees have the keys."""
        self.ours.focus()

    def refresh_capture(self) -> None:
        """A packet stays as it is."""
        self.show_title()

    def _show(self, number: int) -> None:
        if number not in range(1, self.scope_app.capture.count + 1):
            return
        self.number = number
        self.query_one("#ours-head", PaneHead).show(((f"Packet {number}", Tone.STRONG), ("  l2scope", Tone.DIM)))
        self.query_one("#theirs-head", PaneHead).show((("Wireshark", Tone.STRONG),))
        try:
            self.ours.show(dissect(self.scope_app.capture, number, self.scope_app.shows_keys))
        except CaptureError as error:
            self.ours.show(Tree((), ()))
            self._say(str(error), Tone.LOOK)
            return
        self._say(ASKED, Tone.DIM)
        self._ask(number)

    @work(thread=True, exclusive=True, group="second opinion")
    def _ask(self, number: int) -> None:
        """Asks Wireshark beside the keys. Who goes on to another packet, or leaves, waits for nothing."""
        worker = get_current_worker()
        try:
            lines = wireshark_tree(self.scope_app.capture, number, lambda: worker.is_cancelled)
        except InterruptedError:
            return
        except CaptureError as error:
            self._tell(number, (), str(error))
        else:
            self._tell(number, lines, "")

    def _tell(self, number: int, lines: tuple[Line, ...], problem: str) -> None:
        """From the thread to the screen, which may be gone by now."""
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._told, number, lines, problem)

    def _told(self, number: int, lines: tuple[Line, ...], problem: str) -> None:
        if number != self.number:
            return
        if problem:
            self._say(problem, Tone.LOOK)
            return
        self.query_one("#said", TextPage).display = False
        self.theirs.display = True
        self.theirs.show(Tree((), outline(lines)))

    def _say(self, text: str, tone: Tone) -> None:
        """Text where Wireshark's tree would be."""
        page = self.query_one("#said", TextPage)
        if self.theirs.has_focus:
            self.ours.focus()
        self.theirs.display = False
        page.display = True
        page.show((("", text, tone),))

    @on(DetailTree.PacketWanted)
    def _packet_wanted(self, event: DetailTree.PacketWanted) -> None:
        self._show(event.packet)

    def action_next(self) -> None:
        """The next packet."""
        self._show(self.number + 1)

    def action_previous(self) -> None:
        """The previous packet."""
        self._show(self.number - 1)

    def action_close(self) -> None:
        """Back to the list, at this packet."""
        self.scope_app.jump_to_packet(self.number)
