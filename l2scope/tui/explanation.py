"""What there is to say about a finding: where it is, who is to blame, and the texts of `l2scope explain`."""

from collections.abc import Iterator

from l2scope.analysis.catalogue import paragraphs
from l2scope.analysis.findings import Finding, rule_of
from l2scope.channels import Channels, hexadecimal
from l2scope.text import printable
from l2scope.tui.figures import count, seconds
from l2scope.tui.theme import Tone
from l2scope.tui.verdict import Verdict
from l2scope.tui.widgets.finding_list import LONGEST_MESSAGE
from l2scope.tui.widgets.text_page import Paragraph

MOST_PACKETS = 12
SIDES = {"local": "the captured host (local)", "remote": "the peer (remote)"}


def explanation(finding: Finding, verdict: Verdict, channels: Channels, origin: int) -> Iterator[Paragraph]:
    """The paragraphs about a finding. Times count from `origin`."""
    yield "", printable(finding.message, LONGEST_MESSAGE), Tone.STRONG
    yield "Where", _where(finding, channels), Tone.PLAIN
    if finding.packets:
        at = "" if finding.time_ns is None else f", at {seconds(finding.time_ns - origin)} s"
        yield "Proved by", f"{_packets(finding)}{at}", Tone.MARK
    if finding.side_to_blame:
        yield "To blame", SIDES[finding.side_to_blame], Tone.PLAIN
    if finding.certainty != "certain":
        yield "Certainty", f"{finding.certainty}: something that is not in the capture may explain it", Tone.PLAIN
    if finding.consequence_of is not None:
        yield "Follows from", f"{finding.consequence_of} {rule_of(finding.consequence_of).title}", Tone.PLAIN
    if following := verdict.following(finding):
        rules = dict.fromkeys(found.rule for found in following)
        yield "What follows from it", ", ".join(f"{rule} {rule_of(rule).title}" for rule in rules), Tone.DIM
    for title, text in paragraphs(rule_of(finding.rule)):
        yield title, text, Tone.PLAIN


def _where(finding: Finding, channels: Channels) -> str:
    if finding.channel is not None and finding.channel < len(channels):
        channel = channels[finding.channel]
        way = {"tx": ", what the captured host sends", "rx": ", what it receives"}.get(finding.direction or "", "")
        peer = printable(channel.peer_name or channel.peer_address or "")
        name = f"channel #{channel.id}, PSM {hexadecimal(channel.psm)}, hci{channel.adapter}"
        return f"{name}{f' to {peer}' if peer else ''}{way}"
    if finding.link is not None:
        return f"link {finding.link} of hci{finding.adapter}"
    return "the capture as a whole"


def _packets(finding: Finding) -> str:
    shown = ", ".join(map(str, finding.packets[:MOST_PACKETS]))
    more = len(finding.packets) - MOST_PACKETS
    noun = "packet" if len(finding.packets) == 1 else "packets"
    return f"{noun} {shown}" + (f" and {count(more)} more" if more > 0 else "")
