"""A capture as a file that tshark reads, with the same packets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from l2scope.capture import Capture
from l2scope.crosscheck.wireshark import WiresharkError
from l2scope.sources.containers.origin import STANDARD_INPUT
from l2scope.writing.convert import convert, is_foreign


@contextmanager
def readable(capture: Capture) -> Iterator[Path]:
    """A file in which the packets of the capture have their numbers. Raises WiresharkError where there can be none.

    tshark reads the capture's own file where that is one as it was written, and whole. All else, what is wrapped in
    archives, damaged, piped in or recorded live, is written anew for it, but for packets of other networks.
    """
    plain = capture.path != STANDARD_INPUT and capture.path.is_file() and not capture.wrapping
    foreign = bool(is_foreign(capture).any())
    if plain and (foreign or capture.quality.conclusive):
        yield capture.path
        return
    if foreign:
        raise WiresharkError("Wireshark cannot be shown packets of other networks out of an archive: unpack it first")
    with TemporaryDirectory(prefix="l2scope-") as folder:
        path = Path(folder) / "capture.pcapng"
        convert(capture, path, "pcapng")
        yield path
