"""What two sides said to each other over one channel or one characteristic: units as they were sent, messages as they
were meant. A dissector joins, judges and exports these."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from l2scope.dissection.dissector import Dissector

SECOND_NS: Final = 1_000_000_000


@dataclass(slots=True, eq=False)
class Unit:
    """One SDU of a channel, or one value of a characteristic, in order of their ends. Times are Unix ns.

    direction is "tx" for what the captured host sent, else "rx"; index counts the units of the conversation from 0. An
    SDU that is not complete holds what came of it. kind says what was done with a value: "write", "notification", ...
    """

    index: int
    direction: str
    first_packet: int
    last_packet: int
    start_ns: int
    end_ns: int
    data: bytes
    complete: bool = True
    kind: str = "SDU"
    dissector: "Dissector | None" = None
    _read: tuple[Any, str] | None = None

    @property
    def packet(self) -> Any:  # noqa: ANN401 - each layer has attributes of its own
        """What the dissector's layer makes of it: a scapy packet; None where it cannot, and of what is not complete."""
        return self._dissected()[0]

    @property
    def problem(self) -> str:
        """What is wrong with the packet, or ""."""
        return self._dissected()[1]

    def _dissected(self) -> tuple[Any, str]:
        if self._read is None:
            if self.dissector is None or not self.complete:
                self._read = (None, "" if self.complete else "not complete")
            else:
                self._read = self.dissector.read(self.data)
        return self._read


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """What was meant: joined from one unit or several, in their order.

    media is what the content is to others, such as "text/plain" or "image/jpeg". values are figures for columns and
    JSON, by their titles. problem says in words what is wrong, "" where nothing is.
    """

    units: tuple[Unit, ...]
    content: bytes = b""
    summary: str = ""
    media: str = ""
    complete: bool = True
    problem: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        return self.units[0].direction

    @property
    def first_packet(self) -> int:
        return min(unit.first_packet for unit in self.units)

    @property
    def last_packet(self) -> int:
        return max(unit.last_packet for unit in self.units)

    @property
    def start_ns(self) -> int:
        return min(unit.start_ns for unit in self.units)

    @property
    def end_ns(self) -> int:
        return max(unit.end_ns for unit in self.units)


@dataclass(frozen=True, slots=True)
class ContentRule:
    """A rule of a protocol. Ours have ids up to USR499, others from USR500 on. severity is "error", "warning", "info";
    meaning, harm, remedy and spec are what `explain` says."""

    id: str
    title: str
    severity: str
    meaning: str
    harm: str = ""
    remedy: str = ""
    spec: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a conversation breaks a rule. units prove it, or packets where there is no unit. blame is "sender" or
    "receiver" of the units, None where nobody is to blame; severity is that of the rule where it is None."""

    rule: str
    message: str
    units: Sequence[Unit] = ()
    packets: Sequence[int] = ()
    direction: str | None = None
    blame: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    severity: str | None = None
    certainty: str = "certain"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of what was said. Of its name the last part is used, without what a path may not hold."""

    name: str
    data: bytes


@dataclass(slots=True, eq=False)
class Conversation:
    """One channel, or one characteristic on one link, up to last_ns (Unix ns).

    closed: nothing can follow. lost: packets are missing from the capture, or its beginning. handle is that of the
    characteristic's value, channel the number of the channel; the other one is None. values_of gives what was written
    to and told of the characteristics of a type on the same link, for protocols that use both.
    """

    title: str
    link: int
    channel: int | None
    handle: int | None
    dissector: "Dissector | None"
    units: Sequence[Unit]
    messages: Sequence[Message]
    last_ns: int
    closed: bool
    lost: bool
    values_of: Callable[[int | str], Sequence[Unit]]
    problem: str = ""
    """What is wrong with the dissector's joining, "" where nothing is."""

    def of(self, direction: str) -> list[Unit]:
        """The units of one direction."""
        return [unit for unit in self.units if unit.direction == direction]
