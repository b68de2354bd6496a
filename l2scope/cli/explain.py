"""`l2scope explain`."""

import textwrap

import click

from l2scope.analysis.catalogue import paragraphs
from l2scope.analysis.findings import RULES
from l2scope.cli.columns import echo_table
from l2scope.text import printable

WIDTH = 100

EPILOG = """\b
Examples:
  l2scope explain COC001
  l2scope explain
"""


@click.command(epilog=EPILOG)
@click.argument("rule", required=False, metavar="[ID]")
def command(rule: str | None) -> None:
    """Say what a finding means, why it hurts, and what to change; without ID, list the rules."""
    if rule is None:
        rows = [(rule.id, rule.severity.value, rule.title) for rule in RULES.values()]
        echo_table(("rule", "severity", "finds"), rows, frozenset((0, 1, 2)))
        return
    found = RULES.get(rule.upper())
    if found is None:
        raise click.BadParameter(f"there is no rule {printable(rule)}; `l2scope explain` lists them")
    click.echo(click.style(f"{found.id} {found.title} ({found.severity.value})", bold=True))
    for title, text in paragraphs(found):
        click.echo()
        click.echo(textwrap.fill(f"{title}: {text}", WIDTH))
