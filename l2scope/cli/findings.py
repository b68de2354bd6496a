"""`l2scope findings`."""

import json
from itertools import groupby
from pathlib import Path

import click

from l2scope.analysis.findings import CONTENT_RULES, RULES, Finding, Severity, rule_of, summary
from l2scope.analysis.watch import findings_of
from l2scope.channels import Channels, describe
from l2scope.cli.decoding import decoding_options, warn_of_dissectors
from l2scope.cli.hints import hint_option
from l2scope.cli.reading import NOT_CONCLUSIVE, capture_again, capture_argument, figures_of, json_option
from l2scope.evidence import Clock
from l2scope.export.findings import findings_sarif, findings_tap
from l2scope.reading import Figures
from l2scope.text import printable

FOUND = 1
CONTENT = "USR"
LARGEST_READ_AGAIN = 16 << 20
LONGEST_MESSAGE = 1000
MOST_PACKETS = 6
NOT_JUDGED = (
    "l2scope: note: what channels carry was not judged: the capture is larger than "
    f"{LARGEST_READ_AGAIN >> 20} MiB or came from standard input; --rule USR001 and the like judge it in a file"
)
COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
SEVERITIES = click.Choice([severity.value for severity in Severity])

EPILOG = """\b
Examples:
  l2scope findings capture.btsnoop
  l2scope findings capture.btsnoop --severity warning --json
  l2scope findings capture.btsnoop --rule COC001 --fail-on warning
  l2scope findings capture.btsnoop --output sarif > l2scope.sarif

\b
Exit codes: 1 a finding at or above --fail-on, 3 none but the capture was cut or lost packets, 0 none, 2 the file is no
capture.
"""


def check_rules(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Rules by their ids, in any case."""
    wanted = tuple(name.upper() for name in value)
    if any(name.startswith(CONTENT) for name in wanted):
        _load_content_rules()
    for name in wanted:
        if name not in RULES and name not in CONTENT_RULES:
            raise click.BadParameter(f"there is no rule {printable(name)}; `l2scope explain` lists them")
    return wanted


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@hint_option
@json_option
@click.option("--output", type=click.Choice(["text", "json", "sarif", "tap"]), help="Another format; --json is json.")
@click.option("--severity", type=SEVERITIES, default="info", show_default=True, help="Show only these and worse.")
@click.option("--rule", "rules", multiple=True, metavar="ID", callback=check_rules, help="Show only this rule.")
@click.option("--fail-on", type=SEVERITIES, default="error", show_default=True, help="Exit with 1 from here on.")
@click.option("--allow-truncated", is_flag=True, help="Exit with 0 also where the capture is cut or lost packets.")
@click.pass_context
def command(
    ctx: click.Context,
    file: Path,
    as_json: bool,
    output: str | None,
    severity: str,
    rules: tuple[str, ...],
    fail_on: str,
    allow_truncated: bool,
) -> None:
    """Say what is wrong: which side is to blame, how much it cost, and which packets prove it.

    Findings that only follow from an error are named with it; `l2scope explain ID` says what to change.
    """
    figures = figures_of(file)
    findings = [
        finding
        for finding in _with_capture(findings_of(figures), figures, file, rules)
        if finding.severity.reaches(Severity(severity)) and (not rules or finding.rule in rules)
    ]
    least = Severity(fail_on)
    output = output or ("json" if as_json else "text")
    if output == "json":
        click.echo(json.dumps([finding.as_json() for finding in findings], indent=2))
    elif output == "sarif":
        click.echo(findings_sarif(findings, file), nl=False)
    elif output == "tap":
        _load_content_rules()
        click.echo(findings_tap(findings, rules, least), nl=False)
    elif findings:
        _echo(findings, figures.channels, Clock(figures.engine.first_time))
    else:
        click.echo("Nothing was found.", err=True)
    if any(finding.counts(least) for finding in findings):
        ctx.exit(FOUND)
    if not figures.quality.conclusive and not allow_truncated:
        ctx.exit(NOT_CONCLUSIVE)


def _with_capture(findings: list[Finding], figures: Figures, file: Path, rules: tuple[str, ...]) -> list[Finding]:
    """The names of attributes, and what channels carry, are in the bytes of the capture: it is read again for them,
    unless it is large, which would take several times as long as the findings, or came from standard input."""
    carries = _carries(figures)
    if not carries and not any(finding.rule.startswith("ATT") for finding in findings):
        return findings
    asked = any(rule.startswith(CONTENT) for rule in rules)
    if not file.is_file() or (file.stat().st_size > LARGEST_READ_AGAIN and not asked):
        if carries:
            click.echo(NOT_JUDGED, err=True)
        return findings
    from l2scope.analysis.gatt.finding_names import with_names
    from l2scope.dissection.content_findings import with_contents

    with capture_again(file) as capture:
        found = with_contents(with_names(findings, capture), capture)
        for problem in capture.contents.problems:
            click.echo(f"l2scope: warning: dissector {problem}", err=True)
    warn_of_dissectors()
    return found


def _load_content_rules() -> None:
    """So that they are among all rules."""
    from l2scope.dissection.registry import registry

    registry()


def _carries(figures: Figures) -> bool:
    """Whether there is anything that a dissector may be for."""
    return bool(figures.engine.host.registry.bearers) or any(
        channel.tx.sdus or channel.rx.sdus for channel in figures.channels
    )


def _echo(findings: list[Finding], channels: Channels, clock: Clock) -> None:
    alone = [finding for finding in findings if finding.consequence_of is None]
    click.echo(summary(findings))
    for (severity, rule), group in groupby(alone, key=lambda finding: (finding.severity, finding.rule)):
        click.echo()
        click.echo(f"{click.style(severity.value, fg=COLORS[severity], bold=True)} {rule} {rule_of(rule).title}")
        for finding in group:
            _echo_one(finding, findings, channels, clock)


def _echo_one(finding: Finding, findings: list[Finding], channels: Channels, clock: Clock) -> None:
    doubt = "" if finding.certainty == "certain" else f" ({finding.certainty})"
    click.echo(f"  {_place(finding, channels)}{printable(finding.message, LONGEST_MESSAGE)}{doubt}")
    facts = []
    if finding.packets:
        shown = ", ".join(map(str, finding.packets[:MOST_PACKETS]))
        more = len(finding.packets) - MOST_PACKETS
        facts.append(f"packets {shown}" + (f" and {more} more" if more > 0 else ""))
    if finding.time_ns is not None:
        facts.append(f"{clock.show(finding.time_ns)} s")
    if finding.side_to_blame:
        facts.append(f"to blame: {finding.side_to_blame}")
    followed = sorted(
        {
            other.rule
            for other in findings
            if other.consequence_of == finding.rule and (other.link, other.channel) == (finding.link, finding.channel)
        }
    )
    if followed:
        facts.append(f"what follows from it: {', '.join(followed)}")
    if facts:
        click.echo(click.style(f"    {'; '.join(facts)}", dim=True))


def _place(finding: Finding, channels: Channels) -> str:
    if finding.channel is not None:
        return f"{describe(channels[finding.channel])} {finding.direction or ''}".rstrip() + ": "
    return "" if finding.link is None else f"adapter {finding.adapter}, link {finding.link}: "
