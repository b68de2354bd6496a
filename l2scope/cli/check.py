"""`l2scope check`."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from l2scope.check.output_github import github
from l2scope.check.output_json import json_text
from l2scope.check.output_junit import junit
from l2scope.check.output_sarif import sarif
from l2scope.check.output_tap import tap
from l2scope.check.output_text import text
from l2scope.check.reference import entries
from l2scope.check.rules import Rules, RulesError, read_rules
from l2scope.check.schema import rules_schema
from l2scope.check.verdict import CaptureReport, Report, Severity
from l2scope.cli.decoding import decoding_options
from l2scope.cli.reading import capture_of
from l2scope.cli.unpacking import unpacking_options
from l2scope.text import printable

OUTPUTS: dict[str, Callable[[Report], str]] = {
    "text": text, "json": json_text, "junit": junit, "github": github, "sarif": sarif, "tap": tap
}  # fmt: skip
WRONG_CALL = 2
LONGEST_LINE = 2000


class CheckCommand(click.Command):
    """Has the reference of the rules file below its options."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        for title, keys in entries():
            with formatter.section(f"Rules file, {title}"):
                formatter.write_dl([(key, f"{meaning} ({written})") for key, written, meaning in keys])


EPILOG = """\b
Examples:
  l2scope check capture.btsnoop
  l2scope check captures/*.btsnoop --rules upload.toml --output junit > report.xml
  l2scope check capture.btsnoop --output github --fail-on warning

\b
Exit codes: 0 all is as expected, 1 an expectation failed, 3 none failed but a capture was cut or lost packets,
2 a wrong call, bad rules, or a file that is no capture.
"""


def print_schema(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(json.dumps(rules_schema(), indent=2))
        ctx.exit()


@click.command(cls=CheckCommand, epilog=EPILOG)
@click.argument("captures", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CAPTURE...")
@click.option("--rules", "path", type=click.Path(path_type=Path), default=Path("l2scope.toml"), show_default=True)
@click.option("--output", type=click.Choice(list(OUTPUTS)), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.ERROR.value,
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--allow-truncated", is_flag=True, help="Take a capture that is cut or lost packets for a whole one.")
@click.option("--schema", is_flag=True, expose_value=False, is_eager=True, callback=print_schema,
              help="Print the JSON schema of the rules file.")  # fmt: skip
@unpacking_options
@decoding_options
@click.pass_context
def command(
    ctx: click.Context, captures: tuple[Path, ...], path: Path, output: str, fail_on: str, allow_truncated: bool
) -> None:
    """Hold captures against the expectations in a rules file, for CI."""
    try:
        rules = read_rules(path)
    except RulesError as error:
        for line in error.lines:
            click.echo(f"l2scope: {printable(line, LONGEST_LINE)}", err=True)
        ctx.exit(WRONG_CALL)
    report = Report(path, [_judged(rules, capture) for capture in captures], Severity(fail_on), allow_truncated)
    click.echo(OUTPUTS[output](report), nl=False)
    ctx.exit(report.exit_code)


def _judged(rules: Rules, path: Path) -> CaptureReport:
    with capture_of(path) as capture:
        return rules.judge(capture)
