"""The findings, the worst first, one a line."""

from collections.abc import Sequence

from l2scope.analysis.findings import Finding, Severity
from l2scope.text import printable
from l2scope.tui.theme import Tone
from l2scope.tui.verdict import SIGNS, Sieve, Verdict
from l2scope.tui.widgets.table_row import Cell, Column, plain

LONGEST_MESSAGE = 1000
ARROWS = {"tx": "→", "rx": "←", None: ""}


class FindingRows:
    """The findings that a sieve lets pass, as rows of a table."""

    def __init__(self) -> None:
        self.verdict = Verdict()
        self.sieve = Sieve()
        self.findings: list[Finding] = []

    @property
    def count(self) -> int:
        """Findings listed."""
        return len(self.findings)

    def show(self, verdict: Verdict, sieve: Sieve) -> None:
        """Lists what passes."""
        self.verdict, self.sieve = verdict, sieve
        self.findings = [finding for finding in verdict.seen if sieve.passes(finding)]

    def finding(self, row: int) -> Finding | None:
        """The finding of a row, None where there is none."""
        return self.findings[row] if 0 <= row < len(self.findings) else None

    def columns(self, width: int) -> Sequence[Column]:
        """What, where, and which packet is the first to prove it."""
        return (
            Column("Rule", 6),
            Column("Ch", 6),
            Column("Finding", 24, elastic=True),
            Column("Packet", 8, right=True),
            Column("To blame", 8, rank=1),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        """`!` for an error, `?` for a warning."""
        severity = self.findings[row].severity
        return SIGNS[severity], Tone.DIM if severity is Severity.INFO else Tone.LOOK

    def cells(self, row: int) -> Sequence[Cell]:
        """A finding; an error stands out, what only follows from one is dim."""
        finding = self.findings[row]
        tone = _tone(finding)
        follows = "" if finding.consequence_of is None else f" after {finding.consequence_of}"
        return (
            plain(finding.rule, Tone.DIM if tone is Tone.DIM else Tone.MARK),
            plain(_where(finding), Tone.DIM),
            ((finding.title, tone), (f"{follows}{_further(finding)}", Tone.DIM)),
            plain(str(finding.packets[0]) if finding.packets else "-", Tone.DIM),
            plain(finding.side_to_blame or "", Tone.DIM),
        )


def _tone(finding: Finding) -> Tone:
    if finding.consequence_of is not None or finding.severity is Severity.INFO:
        return Tone.DIM
    return Tone.STRONG if finding.severity is Severity.ERROR else Tone.PLAIN


def _further(finding: Finding) -> str:
    """What the message says beyond the title."""
    message = printable(finding.message, LONGEST_MESSAGE)
    repeats = message.casefold().startswith(finding.title.casefold())
    return message[len(finding.title) :] if repeats else f": {message}"


def _where(finding: Finding) -> str:
    if finding.channel is not None:
        return f"#{finding.channel} {ARROWS.get(finding.direction, '')}"
    return "" if finding.link is None else f"link {finding.link}"
