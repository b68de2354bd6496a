"""The bytes of a capture behind all that it is wrapped in.

Layer by layer the beginning tells what the next one is: compression is unpacked as the capture is read, the member of
an archive first. What is not a plain file goes into a temporary one, where packets can be looked up.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from l2scope.sources import btsnoop, pcap, pcapng_blocks
from l2scope.sources.btsnooz import btsnooz_to_btsnoop, find_block
from l2scope.sources.containers.archive import Archive, Search
from l2scope.sources.containers.compression import PACKINGS, Packing, Unpacked, packing_of
from l2scope.sources.containers.faults import Faults
from l2scope.sources.containers.limits import DEEPEST, Unpacking
from l2scope.sources.containers.nature import ZIP, is_tar, is_zip
from l2scope.sources.containers.origin import GrowingFile, OpenFile, Origin, origin_of
from l2scope.sources.containers.spool import Spool
from l2scope.sources.containers.stream import Allowance, Beginning, Bounded, Stream, is_text
from l2scope.sources.errors import CaptureError
from l2scope.sources.formats import BEGINNING
from l2scope.text import printable

# What begins so need not be looked at any further, which matters where the next bytes come late.
SIGNATURES: Final = (
    btsnoop.MAGIC,
    *pcap.MAGICS,
    pcapng_blocks.MAGIC,
    *ZIP,
    *(signature for packing in PACKINGS for signature in packing.signatures),
)
SIGNATURE: Final = 8
# A format without a signature (PacketLogger) is not judged by less than a few records.
SHORTEST_BEGINNING: Final = 64

# Is told how much of how much is done.
Progress = Callable[[int, int], None]


class Content:
    """Read once, in order; what was read stands in the file of fileno() at its offset.

    beginning tells the format; wrapping names the layers from the outermost in; faults are theirs.
    """

    def __init__(
        self, origin: Origin, stream: Beginning, beginning: bytes, spool: Spool | None, wrapping: tuple[str, ...],
        faults: Faults,
    ) -> None:  # fmt: skip
        self.beginning = beginning
        self.wrapping = wrapping
        self.faults = faults
        self._origin = origin
        self._stream = stream
        self._spool = spool

    @property
    def size(self) -> int:
        """Bytes of what is unwrapped last, before it is unwrapped; 0 where that is not known."""
        return self._origin.size

    @property
    def consumed(self) -> int:
        """How many of those were read."""
        return self._origin.consumed

    def fileno(self) -> int:
        """The file's descriptor, for whoever makes one of their own from it."""
        file = self._origin.file if self._spool is None else self._spool.file
        assert file is not None
        return file.fileno()

    def ready(self, seconds: float) -> bool:
        """Waits that long at most until a read has something or is at the end. False: it would wait on.

        What is unpacked on its way may have something that its origin knows nothing of.
        """
        return bool(self.wrapping) or self._stream.is_ahead or self._origin.ready(seconds)

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many: as many as there are without waiting for more than the first; b"" at the
        end. Raises CaptureError or OSError."""
        piece = self._stream.read(size)
        parts = [piece]
        missing = size - len(piece)
        while piece and missing and self._origin.ready(0):
            piece = self._stream.read(missing)
            parts.append(piece)
            missing -= len(piece)
        whole = b"".join(parts)
        if self._spool is not None:
            self._spool.write(whole)
        return whole

    def stop(self) -> None:
        """Makes this the end of what is followed or piped in. Any thread may call it."""
        self._origin.stop()

    def close(self) -> None:
        self._origin.close()
        if self._spool is not None:
            self._spool.file.close()


def content_of(path: Path, unpacking: Unpacking, follow: bool, on_progress: Progress | None = None) -> Content:
    """Opens a path, or standard input for "-". To look through an archive may take a while: on_progress is told how
    many bytes of it were read, and its size or 0. Raises CaptureError or OSError."""
    unwrapping = Unwrapping(origin_of(path, follow), unpacking, on_progress)
    try:
        return unwrapping.content()
    except BaseException:
        unwrapping.close()
        raise


class Unwrapping:
    """Peels one layer after the other off an origin."""

    def __init__(self, origin: Origin, unpacking: Unpacking, on_progress: Progress | None = None) -> None:
        self._origin = origin
        self._unpacking = unpacking
        self._on_progress = on_progress
        self._stream = Beginning(origin)
        self._bare = origin.file is not None
        self._beginning = b""
        self._wrapping: list[str] = []
        self._faults = Faults()
        if not self._bare:
            self._stream = self._bounded(origin, "it has")

    def content(self) -> Content:
        """What is inside of all. Raises CaptureError or OSError."""
        while self._peeled():
            if len(self._wrapping) > DEEPEST:
                raise CaptureError(f"it is wrapped more than {DEEPEST} times ({', '.join(self._wrapping)}): unpack it")
        if not self._beginning:
            raise CaptureError(self._faults.problem or "there is nothing in it")
        spool = None if self._bare else Spool()
        return Content(self._origin, self._stream, self._beginning, spool, tuple(self._wrapping), self._faults)

    def close(self) -> None:
        self._origin.close()

    def _peeled(self) -> bool:
        """Takes one layer off. False where there is none."""
        self._beginning = beginning = self._look()
        packing = packing_of(beginning)
        wrapped = packing is not None or is_zip(beginning) or is_tar(beginning) or is_text(beginning)
        if wrapped and isinstance(self._origin, GrowingFile):
            raise CaptureError("only a bare capture can be followed: this is a text, packed, or an archive")
        if packing is not None:
            self._unpack(packing)
        elif is_zip(beginning):
            self._open_zip()
        elif is_tar(beginning):
            self._open_tar()
        else:
            return is_text(beginning) and self._open_bug_report()
        return True

    def _look(self) -> bytes:
        """As much of the beginning as tells what follows. That of a file that grows may be all there is for long."""
        beginning = self._stream.peek(SIGNATURE)
        if beginning.startswith(SIGNATURES):
            return beginning
        size = BEGINNING
        if isinstance(self._origin, GrowingFile):
            size = min(BEGINNING, max(self._origin.size, SHORTEST_BEGINNING))
        return self._stream.peek(size)

    def _unpack(self, packing: Packing) -> None:
        self._wrapping.append(packing.name)
        self._stream = self._bounded(Unpacked(self._stream, packing, self._faults), "it unpacks to")
        self._bare = False

    def _open_zip(self) -> None:
        from l2scope.sources.containers.zip_archive import ZipArchive

        self._settle()
        assert self._origin.file is not None
        self._enter(ZipArchive(self._origin.file, self._faults))

    def _open_tar(self) -> None:
        from l2scope.sources.containers.tar_archive import TarArchive

        self._enter(TarArchive(self._stream, self._faults))

    def _enter(self, archive: Archive) -> None:
        """Goes on with the member that is the capture. What the user said of a member is of use once."""
        chosen = Search(archive, self._unpacking, self._faults, self._tell).chosen()
        self._wrapping.append(f"{archive.kind}: {printable(chosen.name)}")
        if chosen.named:
            self._unpacking = replace(self._unpacking, member=None)
        self._go_on_with(OpenFile(chosen.content))

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self._origin.consumed, self._origin.size)

    def _open_bug_report(self) -> bool:
        """False where the text holds no capture."""
        block = find_block(self._stream)
        if block is None:
            return False
        capture = btsnooz_to_btsnoop(block)
        spool = Spool()
        spool.write(capture)
        self._wrapping.append("btsnooz")
        spool.file.seek(0)
        self._go_on_with(OpenFile(spool.file))
        return True

    def _settle(self) -> None:
        """Makes the stream a file, which a zip has to be: its directory stands at its end."""
        if not self._bare:
            self._go_on_with(OpenFile(Spool().fill(self._stream)))

    def _go_on_with(self, origin: OpenFile) -> None:
        self._origin.close()
        self._origin = origin
        self._stream = Beginning(origin)
        self._bare = True

    def _bounded(self, stream: Stream, what: str) -> Beginning:
        return Beginning(Bounded(stream, Allowance(self._unpacking, what)))
