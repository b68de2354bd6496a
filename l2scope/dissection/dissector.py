"""What a dissector file declares: how one protocol is shown, what it is for, and what it makes of a conversation."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from l2scope.analysis.gatt.uuid import Uuid
from l2scope.decoding import uuid_number
from l2scope.dissection.field import Field, bytes_field, filled
from l2scope.dissection.scapy_fields import Source, dissected, layers
from l2scope.dissection.scapy_types import Layer, ScapyPacket
from l2scope.dissection.time_limit import TookTooLong, bounded
from l2scope.text import printable

if TYPE_CHECKING:
    from l2scope.dissection.conversation import Breach, ContentRule, Conversation, ExportedFile, Message, Unit

Result = TypeVar("Result")

NOT_FOREIGN: Final = ("l2scope", "scapy", "importlib", "runpy")
CARRYING: Final = ("psm", "uuid", "cid")
PACKET_SECONDS: Final = 2.0
"""How long a dissector may take for one packet."""
MOST_OVERRUNS: Final = 3
"""So many packets may take longer; then the dissector is switched off."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a dissector is for: kind is "kind", "cid", "psm", "uuid" or "frame"; value is that of the packet kind, the
    CID, the PSM, the UUID (as 128 bits) or the form of control fields."""

    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class ContentBinding:
    """For channels whose first SDUs look as looks_like says; that of the highest priority is asked first."""

    looks_like: Callable[[Sequence[bytes]], bool]
    priority: int


def on_kind(*kinds: int) -> tuple[Binding, ...]:
    """For packets of these kinds: the H4 indicators 1 to 5, monitor records from 16 on."""
    return tuple(Binding("kind", kind) for kind in kinds)


def on_cid(*cids: int) -> tuple[Binding, ...]:
    """For the payloads of PDUs on these fixed channels; on the signalling channels, for each command."""
    return tuple(Binding("cid", cid) for cid in cids)


def on_psm(*psms: int) -> tuple[Binding, ...]:
    """For the SDUs of channels that were opened for these PSMs or SPSMs."""
    return tuple(Binding("psm", psm) for psm in psms)


def on_uuid(*uuids: int | str) -> tuple[Binding, ...]:
    """For the values of characteristics of these types: 0x2A37, or "da2e7828-fbce-4e01-ae9e-261174997c48"."""
    return tuple(Binding("uuid", uuid_value(uuid)) for uuid in uuids)


def on_frame(*forms: int) -> tuple[Binding, ...]:
    """For the control fields of I-frames and S-frames: standard 0, enhanced 1, extended 2; with the SDU length, but
    without the payload."""
    return tuple(Binding("frame", form) for form in forms)


def by_content(looks_like: Callable[[Sequence[bytes]], bool], priority: int = 0) -> tuple[ContentBinding, ...]:
    """For channels that nobody claims by their PSM. The function gets the first complete SDUs of the direction that
    spoke first, four at most and one at least, and says whether they are of its protocol."""
    return (ContentBinding(looks_like, priority),)


def uuid_value(uuid: int | str) -> int:
    """A UUID as the number of its 128 bits. Raises ValueError for a text that is none."""
    return Uuid.short(uuid).value if isinstance(uuid, int) else uuid_number(uuid)


@dataclass(frozen=True, slots=True)
class Dissector:
    """How one protocol is shown.

    `layer` makes a scapy packet of bytes, usually a Packet class: one SDU, one attribute value, or what it is bound to
    else. `flat` shows all layers as one field: its name is the `title`, its value what `summary` says of the packet.
    `names` gives fields another name than their own; `parts` are layers behind `layer` whose fields filters know too.
    `columns` are values of a packet to stand in columns, by their titles.

    `join` makes messages of the SDUs or values of a conversation, where one is not a message by itself. `judge` says
    where a conversation breaks the `rules`. `export` makes files of it. All three may be left out.
    """

    name: str
    layer: Layer
    on: tuple[Binding | ContentBinding, ...] = ()
    title: str | Callable[[Any], str] = ""
    flat: bool = False
    summary: Callable[[Any], str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[type, ...] = ()
    columns: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    join: "Callable[[Sequence[Unit]], Iterable[Message]] | None" = None
    rules: "tuple[ContentRule, ...]" = ()
    judge: "Callable[[Conversation], Iterable[Breach]] | None" = None
    export: "Callable[[Conversation], Iterable[ExportedFile]] | None" = None

    @property
    def shown_title(self) -> str:
        """What the protocol is called where no packet is at hand."""
        return printable(self.title) if isinstance(self.title, str) and self.title else printable(self.name)

    def bound(self, kind: str) -> list[int]:
        """The values of its bindings of a kind."""
        return [binding.value for binding in self.on if isinstance(binding, Binding) and binding.kind == kind]

    @property
    def of_contents(self) -> bool:
        """Whether it is for what channels, fixed channels or characteristics carry."""
        return any(isinstance(one, ContentBinding) or one.kind in CARRYING for one in self.on) or not self.on

    def fields(self, data: bytes, buffer: int, start: int, stop: int) -> tuple[Field, ...]:
        """The fields of data[start:stop]. Never raises: a fault of the layer becomes the problem of a field."""
        try:
            return self._bounded(lambda: self._fields(data, buffer, start, stop))
        except Exception as error:
            leaf = (bytes_field("Bytes", data, buffer, start, stop),) if stop > start else ()
            return (Field(printable(self.name), "", buffer, start, stop, leaf, describe(error)),)

    def read(self, data: bytes) -> tuple[ScapyPacket | None, str]:
        """The scapy packet of some bytes, None where the layer fails, and what went wrong, or ""."""
        try:
            return self._bounded(lambda: dissected(self.layer, data))
        except Exception as error:
            return None, describe(error)

    def line(self, data: bytes) -> tuple[str, str]:
        """What the protocol is called, and what is said of some bytes of it, for a list."""
        try:
            return self._bounded(lambda: self._line(data))
        except Exception as error:
            return self.shown_title, f"[{describe(error)}]"

    def _bounded(self, function: Callable[[], Result]) -> Result:
        if overruns[self.name] >= MOST_OVERRUNS:
            raise TookTooLong(f"switched off: {MOST_OVERRUNS} packets took longer than {PACKET_SECONDS:g} s")
        try:
            return bounded(function, PACKET_SECONDS)
        except TookTooLong:
            overruns[self.name] += 1
            raise

    def _line(self, data: bytes) -> tuple[str, str]:
        packet, problem = dissected(self.layer, data)
        if packet is None:
            raise ValueError(problem)
        said = "" if self.summary is None else _said(self.summary, packet)
        title = _said(self.title, packet) or printable(self.name)
        return title, f"{said} [{problem}]".lstrip() if problem else said

    def _fields(self, data: bytes, buffer: int, start: int, stop: int) -> tuple[Field, ...]:
        if start == stop:
            return (Field(self.shown_title),)
        packet, problem = dissected(self.layer, data[start:stop])
        if packet is None:
            raise ValueError(problem)
        parts = layers(packet, Source(data, buffer, stop, self.names), start)
        if not self.flat:
            return tuple(parts)
        children = tuple(child for part in parts for child in part.children or _own(part))
        problem = problem or next((part.problem for part in parts if part.problem), "")
        children = filled(children, data, buffer, start, stop)
        title = _said(self.title, packet) or printable(self.name)
        line = "" if problem or self.summary is None else _said(self.summary, packet)
        return (Field(title, line, buffer, start, stop, children, problem),)


overruns: "Counter[str]" = Counter()
"""How often each dissector took too long, by its name."""


def describe(error: BaseException) -> str:
    """A fault of a dissector in one line, and where in its file it was."""
    if isinstance(error, TookTooLong):
        return printable(str(error))
    return printable(f"{type(error).__name__}: {error}{_place(error)}")


def _place(error: BaseException) -> str:
    """The last line of foreign code that the error went through, "" where it was none."""
    found, traceback = "", error.__traceback__
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in NOT_FOREIGN:
            code = traceback.tb_frame.f_code
            found = f" (line {traceback.tb_lineno} of {Path(code.co_filename).name}, in {code.co_name})"
        traceback = traceback.tb_next
    return found


def _said(text: str | Callable[[Any], str], packet: ScapyPacket) -> str:
    """A text, or what a dissector's function says of the packet; a fault of the function is said instead."""
    try:
        said = text(packet) if callable(text) else text
        return printable("" if said is None else str(said))
    except Exception as error:
        return describe(error)


def _own(part: Field) -> tuple[Field, ...]:
    """A layer that has bytes but no fields, such as undissected data, stands for itself."""
    return (part,) if part.stop > part.start else ()
