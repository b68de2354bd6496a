"""A capture: its tables, the bytes behind every packet, PDU and SDU, and its links, channels, SDUs and stalls."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self
from weakref import finalize

import numpy as np
import numpy.typing as npt

from l2scope import decoding
from l2scope.channels import Channel, Channels
from l2scope.engine.classic import ClassicData
from l2scope.engine.engine import Engine
from l2scope.engine.hints import ChannelHint
from l2scope.engine.words import ACL, SDU_ABANDONED, SDU_COMPLETE, SDU_INCOMPLETE, SDU_OVERRUN
from l2scope.frame_rows import frames_of_sdu
from l2scope.frames import information
from l2scope.links import Link, RefusedChannel, refusal_views
from l2scope.reading import Quality, channel_views_of, link_views, quality_of
from l2scope.sources.containers.limits import DEFAULT_MAX_SIZE, Unpacking
from l2scope.sources.containers.origin import shown_name
from l2scope.sources.errors import CaptureError
from l2scope.sources.file import DEFAULTS, FileSource
from l2scope.sources.source import Source
from l2scope.stalls import DIRECTIONS, ZeroInterval
from l2scope.tables import CaptureTables, Rows

if TYPE_CHECKING:
    from l2scope.analysis.findings import Finding
    from l2scope.analysis.gatt.gatt import Gatt
    from l2scope.dissection.contents import Contents
    from l2scope.dissection.conversation import Conversation
    from l2scope.filter.selection import Selection

ACL_HEADER: Final = 4
L2CAP_HEADER: Final = 4
SDU_LENGTH_FIELD: Final = 2
SDU_STATES: Final = {
    SDU_COMPLETE: "complete",
    SDU_INCOMPLETE: "incomplete",
    SDU_OVERRUN: "overrun",
    SDU_ABANDONED: "abandoned",
}


@dataclass(frozen=True, slots=True)
class Sdu:
    """One SDU: row is its row in tables.sdus, index counts those of its channel direction from 0; times in ns. An
    inferred one belongs to a channel whose opening is not in the capture.
    """

    row: int
    channel: int
    direction: str
    index: int
    first_packet: int
    last_packet: int
    start_ns: int
    end_ns: int
    length: int
    state: str
    inferred: bool

    def __repr__(self) -> str:
        return (
            f"<SDU {self.index} of #{self.channel} {self.direction}: {self.length:,} bytes, {self.state}, "
            f"packets {self.first_packet}-{self.last_packet}>"
        )

    def as_json(self) -> dict[str, object]:
        """The line of `sdus --json`, but for the hash of its bytes."""
        return {
            "channel": self.channel,
            "direction": self.direction,
            "index": self.index,
            "first_packet": self.first_packet,
            "last_packet": self.last_packet,
            "start_ns": self.start_ns,
            "end_ns": self.end_ns,
            "length": self.length,
            "state": self.state,
            "complete": self.state == "complete",
            "inferred": self.inferred,
        }


class Capture:
    """What is known of a capture so far. Made by open(), or by Loading while it is still being read.

    Packets are numbered from 1 as Wireshark numbers frames; row i of tables.packets is packet first_number + i.
    """

    first_number: Final = 1

    def __init__(self, source: Source, engine: Engine, lock: Lock) -> None:
        self.path = source.path
        self.tables = CaptureTables()
        self._source = source
        self._engine = engine
        self._lock = lock
        self._bytes = FileBytes(source)
        self._gatt: Gatt | None = None
        self._contents: Contents | None = None
        self.ended = False

    @property
    def format(self) -> str:
        return self._source.format

    @property
    def name(self) -> str:
        """What a title calls it: the file's name without its folders."""
        return shown_name(Path(self.path.name))

    @property
    def wrapping(self) -> tuple[str, ...]:
        """What the capture was unwrapped from, the outermost first: "gzip", "zip: NAME OF THE MEMBER"."""
        return self._source.wrapping

    @property
    def engine(self) -> Engine:
        """The engine behind it, for totals that need no rows."""
        return self._engine

    @property
    def count(self) -> int:
        """How many packets are in the tables."""
        return len(self.tables.packets)

    @property
    def quality(self) -> Quality:
        with self._lock:
            return quality_of(self._engine, self._source.problem, self._source.damage)

    @property
    def links(self) -> list[Link]:
        with self._lock:
            return link_views(self._engine)

    @property
    def channels(self) -> Channels:
        """The channels in order of opening, as they stand."""
        with self._lock:
            links = link_views(self._engine)
            zero_rows = self.tables.zeros.tobytes()
            return channel_views_of(self._engine, links, zero_rows, self.ended, self._source.seen_until)

    @property
    def refused(self) -> list[RefusedChannel]:
        with self._lock:
            return refusal_views(self._engine.host.registry.refusals, link_views(self._engine))

    def stalls(self, all: bool = False) -> list[ZeroInterval]:
        """The stalls of all channels in order of their starts; with all, every zero interval."""
        intervals = [
            interval
            for channel in self.channels
            for direction in (channel.tx, channel.rx)
            for interval in (direction.zeros() if all else direction.stalls())
        ]
        return sorted(intervals, key=lambda interval: (interval.start_packet, interval.channel))

    def findings(self, severity: str = "info", rule: str | None = None) -> list[Finding]:
        """What is wrong, the worst first: findings of this severity ("info", "warning", "error") or worse, of one rule
        if it is given. Raises ValueError for a severity that does not exist."""
        from l2scope.analysis.findings import Severity
        from l2scope.analysis.gatt.finding_names import with_names
        from l2scope.analysis.watch import CaptureFindings
        from l2scope.dissection.content_findings import with_contents

        least = Severity(severity)
        watch = CaptureFindings(self)
        watch.look()
        found = with_contents(with_names(watch.findings, self), self)
        return [f for f in found if f.severity.reaches(least) and rule in (None, f.rule)]

    @contextmanager
    def held(self) -> Iterator[int]:
        """Keeps the capture from growing meanwhile. Gives the time (Unix ns) up to which everything is known."""
        with self._lock:
            yield max(int(self._engine.last_time), self._source.seen_until)

    @property
    def gatt(self) -> Gatt:
        """The GATT servers of both sides: their databases, values and subscriptions, as far as the capture tells."""
        if self._gatt is None:
            from l2scope.analysis.gatt.gatt import Gatt

            self._gatt = Gatt(self)
        self._gatt.refresh()
        return self._gatt

    @property
    def contents(self) -> Contents:
        """What its channels and characteristics carry, by the dissectors; the first call loads these. Raises
        CaptureError where the user wants to decode as a dissector that does not exist."""
        if self._contents is None:
            from l2scope.dissection.contents import Contents
            from l2scope.dissection.registry import registry

            self._contents = Contents(self, registry(), decoding.current().overrides)
        return self._contents

    def conversation(self, channel: Channel | int) -> Conversation:
        """What a channel carried, both directions: its SDUs as units, and the messages that its dissector makes of
        them. Raises IndexError for a channel that does not exist."""
        return self.contents.conversation(channel.id if isinstance(channel, Channel) else channel)

    def where(self, filter: str) -> Selection:
        """The packets that pass a display filter, such as "btatt.opcode == 0x12 && l2scope.credits.balance < 2": their
        numbers, and a mask over tables.packets. Raises l2scope.FilterError, whose column says where it is wrong."""
        from l2scope.filter import Filter

        return Filter(filter).select(self)

    def sdus(self, channel: Channel | int | None = None, direction: str | None = None) -> list[Sdu]:
        """The SDUs that ended, in that order; of one channel and of the direction "tx" or "rx" if these are given."""
        number = channel.id if isinstance(channel, Channel) else channel
        return [
            sdu
            for sdu in self._every_sdu()
            if (number is None or sdu.channel == number) and (direction is None or sdu.direction == direction)
        ]

    def raw(self, number: int) -> bytes:
        """The bytes of a packet, without an H4 indicator. Raises IndexError outside the capture, CaptureError where
        the file has changed meanwhile."""
        if not self.first_number <= number < self.first_number + self.count:
            raise IndexError(f"packet {number} of {self.count}")
        row = self.tables.packets[number - self.first_number]
        return self._bytes.read(int(row["offset"]), int(row["length"]))

    def raws(self, numbers: Rows) -> Iterator[bytes]:
        """The same for many packets, in the order of an array of their numbers, all of them in the capture."""
        rows = self.tables.packets[numbers - self.first_number]
        for offset, length in zip(rows["offset"].tolist(), rows["length"].tolist(), strict=True):
            yield self._bytes.read(offset, length)
        self._bytes.release()

    def mark_width(self, adapter: int) -> int:
        """How many bytes in the file say what a packet of this adapter is: 1 of an H4 indicator, 2 of a monitor's
        opcode, 0 where nothing does."""
        return self._source.mark_of(adapter)[1]

    def mark(self, number: int) -> int:
        """The indicator or opcode with which the file says what a packet is, 0 where it has none."""
        row = self.tables.packets[number - self.first_number]
        before, width = self._source.mark_of(int(row["adapter"]))
        return int.from_bytes(self._bytes.read(int(row["offset"]) - before, width), "big")

    def bytes_at(self, offsets: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.uint8]:
        """The bytes at these offsets of the file, for whoever looks at one byte of many packets. Raises CaptureError
        where the file has changed meanwhile."""
        return self._bytes.at(offsets)

    def comments(self, number: int) -> list[str]:
        """What people wrote about a packet: the comments that a pcapng file has on it."""
        return self._source.comments.get(number, [])

    @property
    def all_comments(self) -> Mapping[int, list[str]]:
        """The comments of all packets that have some, by packet number."""
        return self._source.comments

    def indicator_of(self, adapter: int) -> int:
        """How many bytes the packets of an adapter have before those that raw() gives, 1 for an H4 indicator."""
        return self._source.indicator_of(adapter)

    def frame_length(self, number: int) -> int:
        """How long a packet was on the wire, as Wireshark counts it: with the H4 indicator where the format has one."""
        row = self.tables.packets[number - self.first_number]
        original = int(row["original"])
        return original + self._source.indicator_of(int(row["adapter"])) if original or row["kind"] else 0

    def pdu_bytes(self, row: int) -> bytes:
        """An L2CAP PDU with its 4-byte header, put together from its fragments; as many bytes as were captured."""
        pdu = self.tables.pdus[row]
        first = int(pdu["first"]) - self.first_number
        last = int(pdu["last"])
        packets = self.tables.packets[first : last if last > 0 else None]
        fragments = np.flatnonzero((packets["pdu"] == row) & (packets["kind"] == ACL)) + first + self.first_number
        whole = b"".join(_fragment(self.raw(int(number))) for number in fragments)
        return whole[: L2CAP_HEADER + int.from_bytes(whole[:2], "little")]

    def sdu_bytes(self, row: int) -> bytes:
        """An SDU without its length field; as many bytes as were captured, at most as many as its length says."""
        sdu = self.tables.sdus[row]
        classic = self._engine.host.registry.channels[int(sdu["channel"])].classic
        if classic is not None:
            return self._classic_sdu_bytes(row, classic)
        pdus = self.tables.pdus[sdu["first"] : sdu["last"] + 1]
        own = np.flatnonzero(
            (pdus["channel"] == sdu["channel"]) & (pdus["direction"] == sdu["direction"]) & (pdus["last"] >= 0)
        )
        order = own[np.argsort(pdus["last"][own], kind="stable")] + int(sdu["first"])
        payload = b"".join(self.pdu_bytes(int(pdu))[L2CAP_HEADER:] for pdu in order)
        return payload[SDU_LENGTH_FIELD : SDU_LENGTH_FIELD + int(sdu["length"])]

    def _classic_sdu_bytes(self, row: int, classic: ClassicData) -> bytes:
        """What the frames of an SDU carry, in the order of their sequence numbers: a frame may have been sent late."""
        sdu = self.tables.sdus[row]
        if classic.frames(int(sdu["direction"])) is None:
            pdus = [int(sdu["first"])]
        else:
            pdus = frames_of_sdu(self.tables, row)["pdu"].tolist()
        payloads = (
            information(classic, self.pdu_bytes(pdu)[L2CAP_HEADER:], int(self.tables.pdus[pdu]["length"]))
            for pdu in pdus
        )
        return b"".join(payloads)[: int(sdu["length"])]

    def close(self) -> None:
        """Lets go of the file. The tables stay."""
        self._source.close()
        self._bytes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _every_sdu(self) -> Iterator[Sdu]:
        times = self.tables.packets["time"]
        channels = self._engine.host.registry.channels
        indices: dict[tuple[int, int], int] = {}
        for row, sdu in enumerate(self.tables.sdus.tolist()):
            channel, _, _, first_packet, last_packet, length, direction, state = sdu
            index = indices.get((channel, direction), 0)
            indices[channel, direction] = index + 1
            yield Sdu(
                row=row,
                channel=channel,
                direction=DIRECTIONS[direction],
                index=index,
                first_packet=first_packet,
                last_packet=last_packet,
                start_ns=int(times[first_packet - self.first_number]),
                end_ns=int(times[last_packet - self.first_number]),
                length=length,
                state=SDU_STATES[state],
                inferred=channels[channel].inferred,
            )


def _fragment(packet: bytes) -> bytes:
    """What an ACL packet carries, by the length in its own header."""
    return packet[ACL_HEADER : ACL_HEADER + int.from_bytes(packet[2:4], "little")]


class FileBytes:
    """The file behind a capture, mapped rather than read. A file that grows is mapped anew."""

    def __init__(self, source: Source) -> None:
        self._path = source.path
        self._file = os.fdopen(os.dup(source.fileno()), "rb")
        # A capture that is forgotten rather than closed must not end in a ResourceWarning.
        finalize(self, self._file.close)
        self._map: mmap.mmap | None = None

    def read(self, offset: int, length: int) -> bytes:
        """Raises CaptureError where the file has become shorter: touching the missing pages would end the process."""
        end = offset + length
        if os.fstat(self._file.fileno()).st_size < end:
            raise CaptureError(f"{self._path}: the file has become shorter while it was open")
        mapped = self._map
        if mapped is None or end > len(mapped):
            # Another thread may be reading from the former map: it goes when nobody holds it any more.
            self._map = mapped = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return mapped[offset:end]

    def release(self) -> None:
        """Gives back the memory of the parts that were read: the system reads them again where they are wanted."""
        if self._map is not None and sys.platform == "linux":
            self._map.madvise(mmap.MADV_DONTNEED)

    def at(self, offsets: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.uint8]:
        """One byte at each offset. Raises CaptureError as read does."""
        if not len(offsets):
            return np.empty(0, dtype=np.uint8)
        self.read(int(offsets.max()), 1)
        mapped = self._map
        assert mapped is not None
        found: npt.NDArray[np.uint8] = np.frombuffer(mapped, dtype=np.uint8)[offsets]
        return found

    def close(self) -> None:
        if self._map is not None:
            self._map.close()
        self._file.close()


class Loading:
    """A capture that is being read. One thread calls step() until it is False; others may use `capture` meanwhile."""

    def __init__(
        self,
        path: Path | str,
        hints: Iterable[ChannelHint] = (),
        unpacking: Unpacking = DEFAULTS,
        follow: bool = False,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """path "-" is standard input. hints are what the user knows of channels from before the capture; unpacking says
        which member of an archive is meant, and how much may be unpacked; with follow the file's end is not that of the
        capture: step() waits for more until stop(); on_progress is told how far an archive was looked through. Raises
        CaptureError where there is nothing that can be read as a capture."""
        self._lock = Lock()
        self._engine = Engine()
        self._engine.host.registry.hints.extend(hints)
        self._source = FileSource(Path(path), self._engine, unpacking, follow, on_progress)
        self.capture = Capture(self._source, self._engine, self._lock)

    @property
    def progress(self) -> float:
        """The share of the file that was read, 0 to 1; 0 where its size is not known."""
        return min(1.0, self._source.read / self._source.size) if self._source.size else 0.0

    def step(self) -> bool:
        """Reads the next piece into the capture. False when it is complete. Raises CaptureError."""
        self._source.fetch()
        with self._lock:
            more = self._source.step()
            self.capture.tables.take(self._engine.tables, self.progress)
            self.capture.ended = not more
        if not more:
            self._source.close()
        return more

    def stop(self) -> None:
        """Ends a capture that is followed or piped in: step() is False once the rest was taken. Any thread may call
        it."""
        self._source.stop()


def open_capture(path: Path | str, member: str | None = None, max_size: int = DEFAULT_MAX_SIZE) -> Capture:
    """Reads a whole capture, also out of gzip, xz, zstd, zip, tar or a bug report; "-" is standard input.

    member chooses among several captures in an archive, by its name or the last parts of it; max_size is how many bytes
    may be unpacked. Raises CaptureError, whose message is one line for the user.
    """
    loading = Loading(path, unpacking=Unpacking(member, max_size))
    try:
        while loading.step():
            pass
    except CaptureError:
        loading.capture.close()
        raise
    return loading.capture
