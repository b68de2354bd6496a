"""The live commands of l2scope as a process of their own, on a socket that it inherits: what signals do to it."""

import socket
import sys
from pathlib import Path

from l2scope.cli.headless import watch_feed
from l2scope.cli.record import record_while
from l2scope.feed import Feed
from l2scope.sources.monitor import MonitorSocket
from l2scope.sources.output import file_output
from l2scope.sources.recording import Recording


def main() -> int:
    """record|headless DESCRIPTOR FILE [COMMAND...]."""
    command, descriptor, path, *program = sys.argv[1:]
    monitor = MonitorSocket(socket.socket(fileno=int(descriptor)))
    output = file_output(Path(path))
    if command == "record":
        return record_while(Recording(monitor, output.write), tuple(program))
    feed = Feed(monitor, [], output)
    try:
        return watch_feed(feed, "error", allow_truncated=False)
    finally:
        feed.close()


if __name__ == "__main__":
    sys.exit(main())
