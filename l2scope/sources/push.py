"""What every push parser shares: pieces of any size, the record that is not whole yet, and the way out of garbage.

A parser is fed the bytes of a file in pieces. Whole records are taken where they lie; what is left of a piece is kept
until the next one completes it. A header that cannot be one loses the track: the bytes behind it are searched for the
next header that is believable and is followed by another, or by the end of the file. What was skipped is a row of
damage. Each byte is looked at a bounded number of times, and no more is kept than one record with the header behind it,
so work stays linear and memory bounded whatever the file holds. No decision depends on where a piece ends.
"""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64

from l2scope.engine.engine import Engine
from l2scope.sources.damage import CUT_OFF, GARBAGE, UNREADABLE, DamageLog
from l2scope.sources.errors import CaptureError

NONE: Final = -1

# What Wireshark takes for the longest packet there can be. A longer record is garbage.
LONGEST_RECORD: Final = 262_144
# An ACL packet has at most 4 + 65,535 bytes and an indicator (Vol 4 Part E 5.4.2); nothing else in a capture is longer.
# Some room for pseudo headers and texts. A longer record is not believed where the track was lost.
LONGEST_PACKET: Final = 65_536 + 64
# What packets are longer than that hosts exchange in practice: a longer record is looked at twice.
LONGEST_USUAL: Final = 4096
# While garbage is searched, or a record is very long, what is kept grows by this part of itself before it is looked at
# again.
GROWTH: Final = 4
SMALLEST_GROWTH: Final = 64


class PushParser:
    """Feeds an Engine. The base of all formats.

    A format has `records`, which takes whole records, and `believable` and `possible`, which judge a header. It sets
    `begun` when it has seen that the file is of its format, and `zero_at` if every believable header has a zero byte
    there, which makes the search faster. problem says why the capture is not whole, "" while it is. offset counts the
    bytes that were fed; shift is where in the file data[0] of the current piece stands.
    """

    def __init__(self, engine: Engine, name: str, header_length: i64) -> None:
        self.engine = engine
        self.name = name
        self.damage = DamageLog()
        self.comments: dict[int, list[str]] = {}
        self.problem = ""
        self.begun = False
        self.ending = False
        self.header_length: i64 = header_length
        self.zero_at: i64 = NONE
        self.partial = BytesWriter()
        self.wanted: i64 = 1
        self.offset: i64 = 0
        self.shift: i64 = 0
        self.garbage: i64 = NONE
        self.place = ""
        self.fault = ""

    @property
    def format(self) -> str:
        """The format's name, for people."""
        return self.name

    @property
    def indicator_length(self) -> int:
        """Bytes that stand before every HCI packet and count as its own: the H4 indicator, or none."""
        return 0

    def indicator_of(self, adapter: int) -> int:
        """indicator_length for the packets of one adapter, in formats that mix several kinds."""
        return self.indicator_length

    def mark_of(self, adapter: int) -> tuple[int, int]:
        """Where the number stands that says what a packet of this adapter is: how many bytes before the packet, and of
        how many bytes. (0, 0) where there is none."""
        indicator = self.indicator_of(adapter)
        return indicator, indicator

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the file. Raises CaptureError where they are no capture of this format."""
        at: i64 = 0
        size: i64 = len(data)
        while at < size and len(self.partial) > 0:
            at = self._complete(data, at, size)
        if at < size:
            self.shift = self.offset
            at = self._read(data, at, size)
            self._keep(data, at, size)
        self.offset += size

    def end(self) -> None:
        """The file is over. Raises CaptureError where it held nothing of this format."""
        self.ending = True
        if len(self.partial) > 0:
            self._reread(self.offset)
        if not self.begun:
            raise CaptureError(f"the file ends within the {self.name} header")
        if self.garbage != NONE:
            self._give_up()
        elif len(self.partial) > 0:
            self._cut_off()
        self.finish()

    def records(self, data: bytes, at: i64, size: i64) -> i64:
        """Takes the whole records from data[at] on and returns where it stopped. If that is before size, either the
        track was lost there, or `wanted` bytes from there are needed to go on. Overridden by every format."""
        return size

    def believable(self, data: bytes, at: i64) -> i64:
        """The length of the record whose header stands at data[at], 0 unless every field of it makes sense."""
        return 0

    def sound(self, data: bytes, at: i64, stop: i64) -> bool:
        """What a believable header begins is whole in data, and nothing in it speaks against it."""
        return True

    def followed(self, data: bytes, at: i64, follower: i64, size: i64) -> bool:
        """Behind the record at data[at] stands another header, or it is of usual length and the file is over."""
        if follower == size:
            return follower - at <= LONGEST_USUAL
        return self.believable(data, follower) > 0

    def possible(self, data: bytes, at: i64) -> bool:
        """A header at data[at] could be one, if an odd one."""
        return self.believable(data, at) > 0

    def finish(self) -> None:
        """Everything was read: the format's last chance to refuse it with a CaptureError."""

    def lose_track(self, at: i64, fault: str) -> None:
        """There is no record at data[at]: fault says what the header does that none can."""
        self.garbage = self.shift + at
        self.place = f"packet {self.engine.packets + 1} at byte {self.garbage}"
        self.fault = fault

    def doubtful(self, data: bytes, at: i64, size: i64, length: i64, fault: str) -> bool:
        """An odd record of this length is taken only if what follows it could be a header, or is the end.

        True: it is not to be taken (the track is lost by that fault) or not yet.
        """
        follower = at + length
        if follower + self.header_length <= size:
            if self.possible(data, follower):
                return False
            self.lose_track(at, fault)
            return True
        if self.ending:
            return False
        self.wanted = length + self.header_length
        return True

    def _complete(self, data: bytes, at: i64, size: i64) -> i64:
        """Adds to the partial record what it lacks, and reads on once it is long enough. Returns how far data was
        used."""
        stop = at + self.wanted - len(self.partial)
        if stop > size:
            stop = size
        self.partial.write(data[at:stop])
        if len(self.partial) >= self.wanted:
            self._reread(self.offset + stop)
        return stop

    def _reread(self, end: i64) -> None:
        """Reads on in the partial record, which ends at this byte of the file, and keeps what is left."""
        record = self.partial.getvalue()
        length: i64 = len(record)
        self.shift = end - length
        at = self._read(record, 0, length)
        if at > 0:
            self.partial.truncate(0)
            self._keep(record, at, length)

    def _keep(self, data: bytes, at: i64, size: i64) -> None:
        """Keeps what is left of data for the next bytes. Much of it is not looked at again for a few more."""
        if at < size:
            self.partial.write(data[at:size])
            if size - at > LONGEST_PACKET:
                self._gather(size - at, self.wanted)

    def _read(self, data: bytes, at: i64, size: i64) -> i64:
        """Takes records, and finds them again behind garbage. Returns where it stopped."""
        while True:
            if self.garbage == NONE:
                at = self.records(data, at, size)
                if self.garbage == NONE and not self._swallowed(data, at, size):
                    return at
                at += 1
            at = self._search(data, at, size)
            if self.garbage != NONE:
                return at

    def _search(self, data: bytes, at: i64, size: i64) -> i64:
        """Looks for the next believable record from data[at] on. Returns where it is, or where to go on looking."""
        zero_at = self.zero_at
        while size - at >= self.header_length:
            if zero_at != NONE and data[at + zero_at] != 0:
                zero: i64 = data.find(b"\0", at + zero_at)
                at = (zero if zero >= 0 else size) - zero_at
                continue
            length = self.believable(data, at)
            if length > 0:
                follower = at + length
                if follower + self.header_length <= size or (self.ending and follower == size):
                    if self.sound(data, at, follower) and self.followed(data, at, follower, size):
                        self._found(at)
                        return at
                elif not self.ending:
                    self._gather(size - at, length + self.header_length)
                    return at
            at += 1
        if self.ending:
            return size
        self._gather(size - at, self.header_length)
        return at

    def _gather(self, present: i64, needed: i64) -> None:
        """Waits for more bytes, and not for one at a time: each time what is present is copied once more."""
        enough = present + present // GROWTH + SMALLEST_GROWTH
        self.wanted = needed if needed > enough else enough

    def _swallowed(self, data: bytes, at: i64, size: i64) -> bool:
        """The file ends within the record at data[at], and yet records lie there: the length of that record is wrong,
        and the track is lost."""
        if not self.ending or not self.begun:
            return False
        inside = at + 1
        while size - inside >= self.header_length:
            length = self.believable(data, inside)
            follower = inside + length
            if (
                length > 0
                and follower + self.header_length <= size
                and self.sound(data, inside, follower)
                and self.believable(data, follower) > 0
            ):
                self.lose_track(at, "claims to go on behind the end of the file")
                return True
            inside += 1
        return False

    def _found(self, at: i64) -> None:
        count = self.shift + at - self.garbage
        message = f"{self.place} {self.fault}: {count} bytes are no records and were skipped"
        self.damage.place(GARBAGE, message, self.engine.packets + 1, self.garbage, count)
        self.engine.gap()
        self.garbage = NONE

    def _give_up(self) -> None:
        """The track was lost and never found again."""
        if self.engine.packets == 0:
            raise CaptureError(f"not a {self.name} capture: the first record {self.fault}")
        self.problem = f"{self.place} {self.fault}: nothing from there on was read"
        count = self.offset - self.garbage
        self.damage.place(UNREADABLE, self.problem, self.engine.packets + 1, self.garbage, count)
        self.engine.gap()

    def _cut_off(self) -> None:
        present: i64 = len(self.partial)
        start = self.offset - present
        number = self.engine.packets + 1
        self.problem = f"the file ends within packet {number}, which begins at byte {start}"
        self.damage.place(CUT_OFF, self.problem, number, start, present)
