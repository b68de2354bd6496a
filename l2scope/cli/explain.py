"""`l2scope explain`."""

import textwrap

import click

from l2scope.analysis.catalogue import paragraphs
from l2scope.analysis.findings import CONTENT_RULES, RULES
from l2scope.cli.columns import echo_table
from l2scope.cli.decoding import dissectors_option
from l2scope.text import printable

WIDTH = 100

EPILOG = """\b
Examples:
  l2scope explain COC001
  l2scope explain
"""


@click.command(epilog=EPILOG)
@click.argument("rule", required=False, metavar="[ID]")
@dissectors_option
def command(rule: str | None) -> None:
    """Say what a finding means, why it hurts, and what to change; without ID, list the rules."""
    known = dict(RULES)
    if rule is None or rule.upper() not in RULES:
        from l2scope.dissection.registry import registry

        registry()
        known |= dict(sorted(CONTENT_RULES.items()))
    if rule is None:
        rows = [(rule.id, rule.severity.value, rule.title) for rule in known.values()]
        echo_table(("rule", "severity", "finds"), rows, frozenset((0, 1, 2)))
        return
    found = known.get(rule.upper())
    if found is None:
        raise click.BadParameter(f"there is no rule {printable(rule)}; `l2scope explain` lists them")
    click.echo(click.style(f"{found.id} {found.title} ({found.severity.value})", bold=True))
    for title, text in paragraphs(found):
        click.echo()
        click.echo(textwrap.fill(f"{title}: {text}", WIDTH))
