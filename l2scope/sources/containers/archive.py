"""Which member of an archive is the capture: told by what is in them, never by their names, unless the user gives one.

Members are read as streams; nothing is ever written under a name from an archive.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

from l2scope.sources.btsnooz import find_block
from l2scope.sources.containers.compression import packing_of
from l2scope.sources.containers.faults import Faults
from l2scope.sources.containers.limits import Unpacking, size_text
from l2scope.sources.containers.nature import PACKED_BEGINNING, Nature, nature_of
from l2scope.sources.containers.spool import Spool
from l2scope.sources.containers.stream import Allowance, Beginning, Bounded, Stream, is_text
from l2scope.sources.errors import CaptureError
from l2scope.sources.formats import BEGINNING
from l2scope.text import printable

# A bug report has a few thousand members, a sysdiagnose archive some ten thousand.
MOST_MEMBERS: Final = 200_000
MOST_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class Member:
    """size is what the archive says. open gives the content, and notes in faults what is wrong with it; with a tar it
    must be read before the next member is asked for."""

    name: str
    size: int
    open: Callable[[Faults], Stream]


class Archive(Protocol):
    """A zip or tar."""

    kind: str

    def members(self) -> Iterator[Member]:
        """The files in it, in order. Raises CaptureError or OSError."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The member that is to be read, unpacked into a file that is at its beginning. named: it is what the user asked
    for, and not an archive in which that may be."""

    name: str
    content: BinaryIO
    named: bool


class SeveralCapturesError(CaptureError):
    """An archive holds more captures than one. members: their names, and their sizes in bytes."""

    def __init__(self, kind: str, members: list[tuple[str, int]], name: str = "") -> None:
        self.members = members
        self._kind = kind
        place = f"{name}: " if name else ""
        self._headline = f"{place}this {kind} holds {len(members)} captures; choose one with --member:"
        super().__init__(f"{self._headline} {', '.join(printable(name) for name, _ in members[:MOST_LISTED])}")

    @property
    def lines(self) -> list[str]:
        """A line for each capture behind what is to do."""
        listed = [f"  {printable(name)}  ({size_text(size)})" for name, size in self.members[:MOST_LISTED]]
        left = len(self.members) - len(listed)
        return [self._headline, *listed, *([f"  and {left} more"] if left else [])]

    def of(self, name: str) -> "SeveralCapturesError":
        return SeveralCapturesError(self._kind, self.members, name)


class Search:
    """Looks through an archive once. Of the members that come into question only the best so far is kept.

    Where the user names a member, an archive in the archive comes into question too: the member may be in there.
    """

    def __init__(self, archive: Archive, unpacking: Unpacking, faults: Faults, tell: Callable[[], None]) -> None:
        """tell is called at each member: to look at all of them may take a while."""
        self._archive = archive
        self._unpacking = unpacking
        self._faults = faults
        self._tell = tell
        self._found: dict[Nature, list[tuple[str, int]]] = {}
        self._best: tuple[Nature, Chosen, Faults] | None = None
        self._refused: CaptureError | None = None
        self._count = 0
        self._texts = Allowance(unpacking, "the texts in it unpack to")

    def chosen(self) -> Chosen:
        """Raises CaptureError where no member, or more than one, is a capture; also where it unpacks to too much."""
        try:
            for member in self._archive.members():
                self._count += 1
                if self._count > MOST_MEMBERS:
                    raise CaptureError(f"this {self._archive.kind} has more than {MOST_MEMBERS:,} members")
                self._tell()
                self._look_at(member)
            return self._decide()
        except BaseException:
            self._forget()
            raise

    def _is_named(self, name: str) -> bool:
        """The user named this member: by its whole name or the last parts of it."""
        wish = self._unpacking.member
        if wish is None or wish in (name, printable(name)):
            return wish is not None
        parts = wish.strip("/").split("/")
        return name.split("/")[-len(parts) :] == parts

    def _look_at(self, member: Member) -> None:
        faults = Faults()
        named = self._is_named(member.name)
        try:
            nature, content = self._judged(Beginning(member.open(faults)))
        except CaptureError as error:
            if named or self._unpacking.member is None:
                self._refused = self._refused or error
            return
        if not named:
            if nature is Nature.OTHER or (self._unpacking.member is not None and nature is not Nature.ARCHIVE):
                return
            nature = Nature.WRAPPED if nature is Nature.ARCHIVE else nature
        self._found.setdefault(nature, []).append((member.name, member.size))
        if self._best is None or nature < self._best[0]:
            self._forget()
            self._best = nature, Chosen(member.name, self._kept(member, content), named), faults

    def _judged(self, content: Beginning) -> tuple[Nature, Stream]:
        """What a member is, and what of it is to be kept."""
        beginning = content.peek(BEGINNING)
        if packing_of(beginning) is not None:
            beginning = content.peek(PACKED_BEGINNING)
        nature = nature_of(beginning)
        if nature is Nature.OTHER and self._unpacking.member is None and is_text(beginning):
            return self._btsnooz(content)
        return nature, content

    def _btsnooz(self, text: Stream) -> tuple[Nature, Stream]:
        """The block in a text, where it has one and nothing better was found."""
        if self._best is not None and self._best[0] < Nature.BUG_REPORT:
            return Nature.OTHER, text
        block = find_block(Bounded(text, self._texts))
        return (Nature.OTHER, text) if block is None else (Nature.BUG_REPORT, io.BytesIO(block))

    def _kept(self, member: Member, content: Stream) -> BinaryIO:
        what = f"{printable(member.name)} unpacks to"
        if member.size > self._unpacking.max_size:
            raise self._unpacking.too_large(what)
        return Spool().fill(Bounded(content, Allowance(self._unpacking, what)))

    def _decide(self) -> Chosen:
        if self._best is None:
            raise self._refused or CaptureError(self._nothing())
        nature, chosen, faults = self._best
        if len(self._found[nature]) > 1:
            if nature is Nature.WRAPPED:
                raise CaptureError(self._nothing())
            raise SeveralCapturesError(self._archive.kind, self._found[nature])
        self._faults.met += faults.met
        return chosen

    def _nothing(self) -> str:
        if self._unpacking.member is not None:
            return f"none of the {self._count:,} members of this {self._archive.kind} is named {self._unpacking.member}"
        return f"this {self._archive.kind} holds no capture that l2scope reads: looked at {self._count:,} members"

    def _forget(self) -> None:
        if self._best is not None:
            self._best[1].content.close()
            self._best = None
