"""The command line: a module per command, loaded when it is called. Data goes to stdout, diagnostics to stderr."""

import os
import sys
from importlib import import_module

import click

# The module and the line of help of each command: what `l2scope --help` needs without loading any of them.
COMMANDS = {
    "open": "Look at a capture in the terminal UI.",
    "serve": "Look at captures in a browser.",
    "monitor": "Look at what an adapter of this machine sends and receives, live.",
    "record": "Record what an adapter sends and receives while a command runs.",
    "packets": "Print a line a packet.",
    "fields": "List the fields that filters know.",
    "keys": "List the keys of the terminal UI by the names that settings have for them.",
    "dissectors": "List the dissectors: where they are from, what they are for.",
    "new-dissector": "Begin a dissector of your own from the template.",
    "channels": "Show the credit-based channels: limits, credits, SDUs, stalls.",
    "follow": "Show the conversation of a channel, or write what it carried to files.",
    "sdus": "List the SDUs of the channels, or write them to files.",
    "stalls": "List the times a channel stood still for want of credits.",
    "findings": "Say what is wrong, who is to blame, and which packets prove it.",
    "whatif": "Predict what other credits would have done for a channel.",
    "efficiency": "Show goodput, overhead, latencies, and what GATT would have cost.",
    "explain": "Say what a finding means and what to change.",
    "att": "List ATT requests with their answers, and the bearers.",
    "gatt": "Show the GATT databases: services, values, who subscribed to what.",
    "pairings": "Show how devices paired, and the encryption of links.",
    "pair": "Line up captures of both ends of a link: delays, late credits.",
    "stats": "Show totals, the protocol hierarchy, links and channels.",
    "convert": "Write a capture as btsnoop or pcapng, all of it or a piece.",
    "report": "Write what a capture holds and what is wrong as a page of HTML.",
    "compare": "Say what changed between two captures.",
    "export": "Write a table of a capture as Parquet, CSV or lines of JSON.",
    "query": "Ask a capture in SQL.",
    "annotate": "Write the findings as packet comments for Wireshark.",
    "anonymise": "Write a capture without addresses, names, keys and payloads.",
    "crosscheck": "Say where Wireshark sees other fields in a capture.",
    "check": "Hold captures against the expectations in a rules file, for CI.",
}

EPILOG = """\b
Examples:
  l2scope open capture.btsnoop
  l2scope channels capture.btsnoop
  l2scope stalls capture.btsnoop --json
  l2scope sdus capture.btsnoop --channel 0 --extract sdus/
"""

INTERRUPTED = 130
BROKEN_PIPE = 141


class LazyGroup(click.Group):
    """Knows its commands by name and imports a command's module only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"l2scope.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from l2scope._version import __version__
        from l2scope.build import engine_build

        click.echo(f"l2scope {__version__}, engine: {engine_build()}")
        ctx.exit()


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=print_version, help="Show it.")
def commands() -> None:
    """Why is my L2CAP channel slow, stuck or broken?

    l2scope reads a Bluetooth capture, rebuilds every L2CAP channel, keeps the credit ledger of each direction, and
    points at the packet to blame.
    """
    from l2scope.decoding import decode

    decode()


def main() -> None:
    """Runs the command line and exits: 0 done, 2 for a wrong call or a file that is no capture, 3 not conclusive."""
    from l2scope.sources.errors import CaptureError

    color = False if os.environ.get("NO_COLOR") else None
    try:
        # Without standalone mode click returns the code that a command gave to ctx.exit().
        code = commands(prog_name="l2scope", standalone_mode=False, color=color)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except CaptureError as error:
        from l2scope.text import printable

        first, *others = (printable(line, longest=2000) for line in error.lines)
        click.echo("\n".join((f"l2scope: {first}", *others)), err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read stdout has had enough. Python would complain once more while it flushes on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)
    sys.exit(code if isinstance(code, int) else 0)
