"""`l2scope follow`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from l2scope.capture import Capture
from l2scope.channels import Channels, describe
from l2scope.cli.columns import echo_table
from l2scope.cli.decoding import decoding_options, warn_of_dissectors
from l2scope.cli.hints import chosen_channel
from l2scope.cli.reading import capture_argument, capture_of
from l2scope.columns import counted
from l2scope.dissection.conversation import Conversation, Message
from l2scope.dissection.dissector import describe as fault_of
from l2scope.dissection.exporting import message_json, plain, write_files
from l2scope.dissection.transcript import content_lines, finds
from l2scope.text import printable

EPILOG = """\b
Examples:
  l2scope follow capture.btsnoop                          (what there is to follow)
  l2scope follow capture.btsnoop --channel 0
  l2scope follow capture.btsnoop --channel 0 --direction rx --as hex --find "hello"
  l2scope follow capture.btsnoop --channel 2 --export frames/
  l2scope follow capture.btsnoop --channel 1 --direction rx --as raw > image.bin
  l2scope follow capture.btsnoop --handle 0x0012 --json
  l2scope follow capture.btsnoop --channel 0 --decode-as channel=0:forum_chat
"""

ARROWS = {"tx": "->", "rx": "<-"}
TITLES = ("follow with", "what", "protocol", "tx", "rx", "messages")


@click.command(epilog=EPILOG)
@capture_argument
@decoding_options
@click.option(
    "--channel",
    "wanted",
    multiple=True,
    metavar="ID or HINT",
    help="The channel (its # in `l2scope channels`); or what is known of one from before the capture.",
)
@click.option("--handle", metavar="HANDLE", help="The characteristic whose value has this handle, such as 0x0012.")
@click.option("--link", type=int, metavar="ID", help="The link of --handle, where several have it.")
@click.option("--direction", type=click.Choice(["tx", "rx"]), help="Only what went this way.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["text", "hex", "raw"]),
    default="text",
    show_default=True,
    help="How the content is shown; raw: its bytes and nothing else.",
)
@click.option("--find", metavar="TEXT", help="Only messages that hold this text, or these bytes: hex:01a0.")
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write what was carried to files in DIR: frames, sound, objects, as the dissector knows them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each message.")
@click.pass_context
def command(
    ctx: click.Context, file: Path, wanted: tuple[str, ...], handle: str | None, link: int | None,
    direction: str | None, form: str, find: str | None, folder: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show what was said over a channel, or over a characteristic: both directions, as messages.

    A dissector joins messages over several SDUs; without one every SDU is a message.
    """
    channel = chosen_channel(ctx, wanted)
    _check_call(channel, handle, find, direction, form, folder)
    with capture_of(file) as capture:
        conversation = _chosen(capture, channel, handle, link)
        warn_of_dissectors()
        if conversation is None:
            _list(capture, as_json)
            return
        if conversation.problem:
            click.echo(f"l2scope: warning: dissector {conversation.problem}; units are shown as they are", err=True)
        if folder is not None:
            _export(conversation, folder)
            return
        messages = list(_wanted(conversation, direction, find))
        _show(capture, messages, form, as_json)
        if not messages:
            click.echo(f"Nothing in {conversation.title} fits.", err=True)


def _check_call(
    channel: int | None, handle: str | None, find: str | None, direction: str | None, form: str, folder: Path | None
) -> None:
    """Raises UsageError for options that would be of no use."""
    if channel is not None and handle is not None:
        raise click.UsageError("--channel and --handle are two conversations: say one")
    if channel is None and handle is None and (find, direction, form, folder) != (None, None, "text", None):
        raise click.UsageError("say which with --channel or --handle; without other options they are listed")
    if folder is not None and (find, direction, form) != (None, None, "text"):
        raise click.UsageError("--export writes all that was carried: leave --find, --direction and --as out")
    if find is not None:
        _check_find(find)


def _check_find(find: str) -> None:
    try:
        wanted = bytes.fromhex(find[4:].replace(":", "")) if find.startswith("hex:") else find
    except ValueError:
        raise click.BadParameter("write bytes like hex:01a0", param_hint="--find") from None
    if not wanted:
        raise click.BadParameter("there is nothing to find", param_hint="--find")


def _chosen(capture: Capture, channel: int | None, handle: str | None, link: int | None) -> Conversation | None:
    """The conversation that is meant; None where the user did not say. Raises BadParameter for what is not there."""
    if handle is not None:
        return _of_handle(capture, handle, link)
    if channel is None:
        return None
    count = len(capture.channels)
    if not 0 <= channel < count:
        there = f"{counted(count, 'channel')}, from 0 on" if count else "no channels"
        raise click.BadParameter(f"the capture has {there}", param_hint="--channel")
    return capture.conversation(channel)


def _of_handle(capture: Capture, written: str, link: int | None) -> Conversation:
    try:
        handle = int(written, 0)
    except ValueError:
        raise click.BadParameter(f"{printable(written)} is no number", param_hint="--handle") from None
    servers = capture.gatt.servers if len(capture.tables.att) else []
    found = [
        (server, each)
        for server in servers
        for each in server.links
        if link in (None, each) and handle in server.handles_on(each)
    ]
    if not found:
        raise click.BadParameter(f"no value of handle 0x{handle:04X} was told or written", param_hint="--handle")
    if len(found) > 1:
        links = ", ".join(str(each) for _, each in found)
        raise click.BadParameter(f"links {links} have it, or both sides of one do: say which with --link")
    server, each = found[0]
    return capture.contents.values(server, each, handle)


def _list(capture: Capture, as_json: bool) -> None:
    """What there is to follow."""
    found = [capture.conversation(channel) for channel in capture.channels if capture.sdus(channel)]
    found += [capture.contents.values(*place[:3]) for place in capture.contents.characteristics()]
    channels = capture.channels
    rows = [(_asked_by(one), _what(one, channels), *_figures(one)) for one in found]
    if as_json:
        for one in found:
            click.echo(json.dumps(_listed_json(one)))
    elif rows:
        echo_table(TITLES, rows, frozenset((0, 1, 2)))
    else:
        click.echo("No channel carried an SDU in this capture; `l2scope att` and `gatt` show what ATT did.", err=True)


def _asked_by(conversation: Conversation) -> str:
    if conversation.channel is not None:
        return f"--channel {conversation.channel}"
    return f"--handle 0x{conversation.handle or 0:04X} --link {conversation.link}"


def _what(conversation: Conversation, channels: Channels) -> str:
    return conversation.title if conversation.channel is None else describe(channels[conversation.channel])


def _listed_json(conversation: Conversation) -> dict[str, object]:
    dissector = conversation.dissector
    return {
        "channel": conversation.channel,
        "link": conversation.link,
        "handle": conversation.handle,
        "title": conversation.title,
        "dissector": None if dissector is None else dissector.name,
        "tx_bytes": sum(len(unit.data) for unit in conversation.of("tx")),
        "rx_bytes": sum(len(unit.data) for unit in conversation.of("rx")),
        "messages": len(conversation.messages),
    }


def _figures(conversation: Conversation) -> tuple[str, ...]:
    title = "" if conversation.dissector is None else conversation.dissector.shown_title
    sizes = (f"{sum(len(unit.data) for unit in conversation.of(way)):,} bytes" for way in ("tx", "rx"))
    return (title, *sizes, f"{len(conversation.messages):,}")


def _wanted(conversation: Conversation, direction: str | None, find: str | None) -> Iterator[tuple[int, Message]]:
    for index, message in enumerate(conversation.messages):
        if direction in (None, message.direction) and (find is None or finds(message, find)):
            yield index, message


def _show(capture: Capture, messages: list[tuple[int, Message]], form: str, as_json: bool) -> None:
    first_ns = int(capture.tables.packets["time"][0]) if capture.count else 0
    for index, message in messages:
        if as_json:
            click.echo(json.dumps(message_json(index, message)))
        elif form == "raw":
            sys.stdout.buffer.write(message.content)
        else:
            click.echo(click.style(_head(index, message, first_ns), bold=True))
            values = " · ".join(f"{title} {plain(value)}" for title, value in message.values.items())
            if values:
                click.echo(click.style(f"    {printable(values)}", dim=True))
            lines = list(content_lines(message, form == "hex"))
            for line in lines if lines != [printable(message.summary)] else []:
                click.echo(f"    {line}")


def _head(index: int, message: Message, first_ns: int) -> str:
    packets = f"{message.first_packet}"
    if message.last_packet != message.first_packet:
        packets += f"-{message.last_packet}"
    problem = f" [{message.problem}]" if message.problem else "" if message.complete else " [not complete]"
    return printable(
        f"{index:>5} {(message.start_ns - first_ns) / 1e9:>12.6f} {ARROWS[message.direction]} "
        f"packets {packets}, {len(message.content):,} bytes  {message.summary}{problem}"
    )


def _export(conversation: Conversation, folder: Path) -> None:
    try:
        written = write_files(conversation, folder)
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error
    except Exception as error:  # a dissector's exporter may raise anything
        raise click.ClickException(f"the dissector failed: {fault_of(error)}") from error
    where = f"{counted(len(written), 'file')} written to {printable(str(folder))}"
    click.echo(where if written else "nothing to write: the dissector makes no file of this conversation", err=True)
