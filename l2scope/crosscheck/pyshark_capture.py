"""pyshark as it is needed here.

Its own reading of `-T ek` wants whole layers, that of `-T pdml` loses the depth of fields; it looks for tshark by a
config.ini in the current folder, and lets it read the user's preferences. So the process is started here, and its
output is read by parsers of our own; pyshark runs both together.
"""

import asyncio
import contextlib
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, Final

from pyshark.capture.file_capture import FileCapture
from pyshark.tshark.output_parser.base_parser import BaseTsharkOutputParser

LONGEST_ANSWER: Final = 1 << 26
"""Bytes of one packet, more than the tree of any holds."""
LOOK_SECONDS: Final = 0.1
LAST_WORDS: Final = 4096
END_SECONDS: Final = 5.0


class Patience:
    """How long tshark may take to say something, in seconds; `stopped` is asked meanwhile."""

    def __init__(self, seconds: float, stopped: Callable[[], bool] = lambda: False) -> None:
        self.seconds = seconds
        self._stopped = stopped
        self._until = monotonic() + seconds

    def begin(self) -> None:
        """It has said something: the time runs anew."""
        self._until = monotonic() + self.seconds

    def check(self) -> None:
        """Raises TimeoutError, InterruptedError where nobody waits any more."""
        if self._stopped():
            raise InterruptedError
        if monotonic() > self._until:
            raise TimeoutError


class Parser(BaseTsharkOutputParser):  # type: ignore[misc]
    """Takes what tshark prints piece by piece, a piece for each line of `-T ek` or each packet of `-T pdml`."""

    def __init__(self, patience: Patience, anew: bool) -> None:
        super().__init__()
        self._patience = patience
        self._anew = anew

    async def get_packets_from_stream(
        self, stream: asyncio.StreamReader, existing_data: bytes, got_first_packet: bool = True
    ) -> tuple[Any, bytes]:
        if len(existing_data) > LONGEST_ANSWER:
            raise TimeoutError
        if self._anew:
            self._patience.begin()
        reading = asyncio.ensure_future(
            super().get_packets_from_stream(stream, existing_data, got_first_packet=got_first_packet)
        )
        try:
            while not (await asyncio.wait((reading,), timeout=LOOK_SECONDS))[0]:
                self._patience.check()
        finally:
            reading.cancel()
        self._patience.check()
        found: tuple[Any, bytes] = reading.result()
        return found


class Lines(Parser):
    """Batches of the packets of `-T ek`, numbers and fields; every other line is an index for Elasticsearch."""

    def _extract_packet_from_data(self, data: bytes, got_first_packet: bool = True) -> tuple[bytes | None, bytes]:
        lines, newline, rest = data.rpartition(b"\n")
        return (lines if newline else None), rest

    def _parse_single_packet(self, packet: bytes) -> list[tuple[int, dict[str, list[str]]]]:
        lines = packet.decode("utf-8", "replace").split("\n")
        packets = [json.loads(line)["layers"] for line in lines if line.startswith('{"timestamp"')]
        return [(int(layers["frame_number"][0]), layers) for layers in packets]


class Trees(Parser):
    """The packets of `-T pdml`, as they are written."""

    def _extract_packet_from_data(self, data: bytes, got_first_packet: bool = True) -> tuple[bytes | None, bytes]:
        tree, end, rest = data.partition(b"</packet>")
        return (tree[tree.find(b"<packet>") :] + end, rest) if end else (None, data)

    def _parse_single_packet(self, packet: bytes) -> bytes:
        return packet


class TsharkCapture(FileCapture):  # type: ignore[misc]
    """What tshark says of a file. exit_code and last_words are there once it has ended."""

    def __init__(
        self, path: Path, command: Sequence[str], environment: Mapping[str, str], parser: Callable[[], Parser]
    ) -> None:
        self._command, self._environment, self._parser = command, environment, parser
        self.exit_code: int | None = None
        self.last_words = b""
        super().__init__(path, keep_packets=False, eventloop=asyncio.new_event_loop())

    def __exit__(self, *error: object) -> None:
        try:
            self.close()
            self.eventloop.run_until_complete(asyncio.sleep(0))
        finally:
            self.eventloop.close()

    async def _get_tshark_process(self, packet_count: int | None = None, stdin: int | None = None) -> Process:
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE, env=self._environment
        )
        self._running_processes.add(process)
        self._create_stderr_handling_task(process.stderr)
        return process

    def _setup_tshark_output_parser(self) -> Parser:
        return self._parser()

    async def _handle_process_stderr_forever(self, stderr: asyncio.StreamReader) -> None:
        while piece := await stderr.read(LAST_WORDS):
            self.last_words = (self.last_words + piece)[-LAST_WORDS:]

    async def _cleanup_subprocess(self, process: Process) -> None:
        """Waits for a process that has told all, and kills any other. Its pipes are read to their ends: asyncio would
        close them when its loop is closed already."""
        if not self._eof_reached:
            _kill(process)
        try:
            await asyncio.wait_for(_end(process), END_SECONDS)
        except TimeoutError:
            _kill(process)
            await _end(process)
        self.exit_code = process.returncode


async def _end(process: Process) -> None:
    """What it still says is for nobody."""
    while process.stdout is not None and await process.stdout.read(LAST_WORDS):
        pass
    await process.wait()


def _kill(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
