"""What is wrong, the worst first; beside it what that means and what to change."""

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from l2scope.analysis.findings import RULES, Finding, Severity, rule_of, summary
from l2scope.text import printable
from l2scope.tui.explanation import explanation
from l2scope.tui.figures import counted
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.places import Place
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.theme import Tone
from l2scope.tui.verdict import Sieve
from l2scope.tui.walk import Walk
from l2scope.tui.widgets.bars import KeyLine, PaneHead, TitleBar
from l2scope.tui.widgets.finding_list import FindingRows
from l2scope.tui.widgets.grips import HeadGrip, SidePane
from l2scope.tui.widgets.text_page import TextPage
from l2scope.tui.widgets.virtual_table import VirtualTable

NEXT_SEVERITY = {
    Severity.INFO: Severity.WARNING,
    Severity.WARNING: Severity.ERROR,
    Severity.ERROR: Severity.INFO,
}

UNSIFTED = "unsifted"
Lines = tuple[tuple[str, Tone], ...]


class FindingsScreen(PanedScreen):
    """The list chooses what is explained."""

    scope = Scope.FINDINGS
    STACKS = (("left", "right"),)
    BINDINGS = bindings(Scope.FINDINGS)
    DEFAULT_CSS = """
    FindingsScreen { background: $ground-page; layout: vertical; }
    FindingsScreen #panes { height: 1fr; layout: horizontal; }
    FindingsScreen #left { width: 3fr; }
    FindingsScreen #right { width: 2fr; border-left: vkey $tone-faint; }
    FindingsScreen.-narrow #panes { layout: vertical; }
    FindingsScreen.-narrow #left { width: 100%; height: 2fr; }
    FindingsScreen.-narrow #right { width: 100%; height: 3fr; border-left: none; }
    FindingsScreen VirtualTable, FindingsScreen TextPage { height: 1fr; }
    FindingsScreen.-empty #right { display: none; }
    FindingsScreen.-empty #left { width: 100%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = FindingRows()
        self.sieve = Sieve()

    def compose(self) -> ComposeResult:
        """Title, list, explanation, keys."""
        yield TitleBar("app.show_findings")
        with Container(id="panes"):
            with Vertical(id="left"):
                yield PaneHead(id="findings-head")
                yield VirtualTable(self.rows, id="findings")
            with SidePane(id="right"):
                yield HeadGrip(id="explanation-head")
                yield TextPage(id="explanation")
        yield KeyLine()

    @property
    def table(self) -> VirtualTable:
        """The findings."""
        return self.query_one("#findings", VirtualTable)

    @property
    def finding(self) -> Finding | None:
        """The chosen one."""
        return self.rows.finding(self.table.row)

    @property
    def place(self) -> Place:
        """The finding."""
        return Place("findings", item=self.table.row)

    def restore(self, place: Place) -> None:
        """Goes back to a finding; one that is counted among all but the muted ones is looked for among those."""
        if place.direction == UNSIFTED:
            self._sift(Sieve())
        self.table.go_to_row(place.item)

    def on_mount(self) -> None:
        """The worst one is chosen."""
        self.table.focus()
        self.refresh_capture()

    def refresh_capture(self) -> None:
        """Takes the findings as they stand."""
        self.show_title()
        if self.scope_app.overview.verdict is not self.rows.verdict or not self.rows.count:
            self._list()

    def _list(self) -> None:
        """Lists what passes the sieve; the chosen finding stays chosen if it does."""
        app, chosen = self.scope_app, self.finding
        self.rows.show(app.overview.verdict, self.sieve)
        self.table.empty = self._nothing()
        self.set_class(not self.rows.count, "-empty")
        self.table.update()
        row = next((row for row, found in enumerate(self.rows.findings) if _same(found, chosen)), 0)
        self.table.go_to_row(row)
        head = summary(self.rows.findings) or "Findings"
        self.query_one("#findings-head", PaneHead).show(((head, Tone.STRONG),), ((self._sifted, Tone.LOOK),))
        self._explain()

    @property
    def _sifted(self) -> str:
        """What is left out, in words."""
        return "; ".join(filter(None, (str(self.sieve), self.scope_app.overview.verdict.mutes)))

    def _nothing(self) -> Lines:
        """What an empty list means, and what to do next."""
        app = self.scope_app
        if app.overview.verdict.findings:
            left_out = counted(len(app.overview.verdict.findings), "finding")
            return (
                ("No finding is shown.", Tone.STRONG),
                (f"{left_out} left out: {self._sifted}.  {{findings.all}}, {{findings.unmute}}: all.", Tone.DIM),
            )
        if app.progress < 1.0:
            return (("Nothing was found so far; the capture is still being read.", Tone.DIM),)
        notes = tuple((f"? {printable(note)}", Tone.LOOK) for note in app.notes)
        return (
            (f"Nothing is wrong in this capture, as far as {len(RULES)} rules can tell.", Tone.STRONG),
            *notes,
            ("{app.show_channels} shows the channels: goodput, and waits that are too short to be stalls.", Tone.DIM),
            ("{app.show_packets} shows the packets.  `l2scope explain` lists the rules.", Tone.DIM),
        )

    @on(VirtualTable.Moved, "#findings")
    def _explain(self) -> None:
        """Explains the chosen finding."""
        finding, app = self.finding, self.scope_app
        page, head = self.query_one(TextPage), self.query_one("#explanation-head", PaneHead)
        if finding is None:
            page.show(())
            head.show(())
            return
        rule = rule_of(finding.rule)
        head.show(((f"{rule.id} ", Tone.MARK), (rule.title, Tone.STRONG)), ((finding.severity.value, Tone.DIM),))
        page.show(explanation(finding, app.overview.verdict, app.overview.channels, app.origin))

    @on(VirtualTable.Opened, "#findings")
    def action_walk(self) -> None:
        """Goes to the first packet that proves the finding; n goes on from there."""
        finding = self.finding
        if finding is None:
            return
        if finding.packets:
            walk = Walk(f"{finding.rule} {finding.title}", tuple(finding.packets))
            self.scope_app.walk_along(walk)
        elif finding.channel is not None:
            self.scope_app.jump_to_channel(finding.channel)
        else:
            self.query_one(KeyLine).say("no single packet proves this", Tone.LOOK)

    def action_channel(self) -> None:
        """The channel of the finding."""
        if self.finding is not None and self.finding.channel is not None:
            self.scope_app.jump_to_channel(self.finding.channel)
        else:
            self.query_one(KeyLine).say("this finding is not about a channel", Tone.LOOK)

    def action_severity(self) -> None:
        """All, errors and warnings, errors alone."""
        self._sift(replace(self.sieve, least=NEXT_SEVERITY[self.sieve.least]))

    def action_this_rule(self) -> None:
        """Findings of this rule alone, or of all rules again."""
        if self.sieve.rule is not None:
            self._sift(replace(self.sieve, rule=None))
        elif self.finding is not None:
            self._sift(replace(self.sieve, rule=self.finding.rule))

    def action_this_channel(self) -> None:
        """Findings of this channel alone, or of all again."""
        if self.sieve.channel is not None:
            self._sift(replace(self.sieve, channel=None))
        elif self.finding is not None and self.finding.channel is not None:
            self._sift(replace(self.sieve, channel=self.finding.channel))
        else:
            self.query_one(KeyLine).say("this finding is not about a channel", Tone.LOOK)

    def action_mute(self) -> None:
        """Leaves out the rule of this finding, on the overview and in the title too."""
        if self.finding is not None:
            self.scope_app.mute_otherwise(self.scope_app.muted | {self.finding.rule})
            self._sift(self.sieve)

    def action_all(self) -> None:
        """All findings but those of rules that are muted."""
        self._sift(Sieve())

    def action_unmute(self) -> None:
        """The findings of all rules are seen again."""
        self.scope_app.mute_otherwise(frozenset())
        self._sift(self.sieve)

    def _sift(self, sieve: Sieve) -> None:
        self.sieve = sieve
        self.query_one(KeyLine).say("")
        self._list()
        self.show_title()


def _same(one: Finding, other: Finding | None) -> bool:
    """Whether it is the same finding, of an earlier look perhaps."""
    if other is None:
        return False
    return (one.rule, one.link, one.channel, one.direction, one.packets[:1]) == (
        other.rule, other.link, other.channel, other.direction, other.packets[:1],
    )  # fmt: skip
