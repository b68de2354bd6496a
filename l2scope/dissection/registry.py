"""Which dissector shows what, and how dissector files are found and loaded.

A dissector file is a Python file with a list DISSECTORS. Ours lie in `dissectors/` of a checkout, or in
`l2scope/_shipped/dissectors` of an installed package; they are loaded by their path, so nothing on the import path
and nothing in the current folder is ever run. Files of one folder may import each other: `from .hci_fields import X`.
"""

import importlib.util
import logging
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from l2scope.dissection.field import Field, bytes_field, filled
from l2scope.dissection.scapy_fields import Source, dissected, layers
from l2scope.dissection.scapy_types import Layer, ScapyPacket
from l2scope.text import printable

SHIPPED_PACKAGE = "l2scope_dissectors"
SILENT = logging.CRITICAL + 1


@dataclass(frozen=True, slots=True)
class Binding:
    """What a dissector is for: a packet kind, a CID, a PSM or a form of control fields."""

    kind: str
    value: int


def on_kind(*kinds: int) -> tuple[Binding, ...]:
    """For packets of these kinds: the H4 indicators 1 to 5, monitor records from 16 on."""
    return tuple(Binding("kind", kind) for kind in kinds)


def on_cid(*cids: int) -> tuple[Binding, ...]:
    """For the payloads of PDUs on these fixed channels; on the signalling channels, for each command."""
    return tuple(Binding("cid", cid) for cid in cids)


def on_psm(*psms: int) -> tuple[Binding, ...]:
    """For the SDUs of channels that were opened for these PSMs or SPSMs."""
    return tuple(Binding("psm", psm) for psm in psms)


def on_frame(*forms: int) -> tuple[Binding, ...]:
    """For the control fields of I-frames and S-frames: standard 0, enhanced 1, extended 2; with the SDU length, but
    without the payload."""
    return tuple(Binding("frame", form) for form in forms)


@dataclass(frozen=True, slots=True)
class Dissector:
    """How one protocol is shown.

    `layer` makes a scapy packet of bytes, usually a Packet class. `flat` shows all layers as one field: its name is
    the `title`, its value what `summary` says of the packet. `names` gives fields another name than their own.
    """

    name: str
    layer: Layer
    on: tuple[Binding, ...]
    title: str | Callable[[Any], str] = ""
    flat: bool = False
    summary: Callable[[Any], str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def fields(self, data: bytes, buffer: int, start: int, stop: int) -> tuple[Field, ...]:
        """The fields of data[start:stop]. Never raises: a fault of the layer becomes the problem of a field."""
        try:
            return self._fields(data, buffer, start, stop)
        except Exception as error:
            leaf = (bytes_field("Bytes", data, buffer, start, stop),) if stop > start else ()
            return (Field(printable(self.name), "", buffer, start, stop, leaf, _describe(error)),)

    def _fields(self, data: bytes, buffer: int, start: int, stop: int) -> tuple[Field, ...]:
        if start == stop:
            return (Field(printable(self.title if isinstance(self.title, str) and self.title else self.name)),)
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


class Registry:
    """The dissectors that are loaded, and `problems`: a line for every file that could not be."""

    def __init__(self) -> None:
        self.dissectors: list[Dissector] = []
        self.problems: list[str] = []
        self._bound: dict[Binding, Dissector] = {}

    def load(self, folder: Path, package: str) -> None:
        """Loads every dissector file of a folder, by name in order. A broken file is left out and reported.

        Of two dissectors for the same thing the one loaded first is used.
        """
        _quiet_scapy()
        _make_package(folder, package)
        for path in sorted(folder.glob("[!_]*.py")):
            try:
                self._add(_load_file(path, f"{package}.{path.stem}"))
            except Exception as error:
                self.problems.append(f"{printable(path.name)}: {_describe(error)}")

    def _add(self, module: ModuleType) -> None:
        found: Iterable[Dissector] = getattr(module, "DISSECTORS", ())
        for dissector in found:
            if not isinstance(dissector, Dissector):
                raise TypeError("DISSECTORS holds something that is no Dissector")
            self.dissectors.append(dissector)
            for binding in dissector.on:
                self._bound.setdefault(binding, dissector)

    def for_kind(self, kind: int) -> Dissector | None:
        """The dissector of a kind of packets."""
        return self._bound.get(Binding("kind", kind))

    def for_cid(self, cid: int) -> Dissector | None:
        """The dissector of a fixed channel."""
        return self._bound.get(Binding("cid", cid))

    def for_frame(self, form: int) -> Dissector | None:
        """The dissector of a form of control fields."""
        return self._bound.get(Binding("frame", form))

    def for_psm(self, psm: int) -> Dissector | None:
        """The dissector of the channels of a PSM or SPSM."""
        return self._bound.get(Binding("psm", psm))


def shipped_folder() -> Path:
    """Where our dissector files are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_shipped" / "dissectors"
    return installed if installed.is_dir() else package.parent / "dissectors"


_lock = threading.Lock()
_shipped: list[Registry] = []


def registry() -> Registry:
    """The shipped dissectors. The first call loads them and scapy, about 0.3 s; any thread may make it."""
    with _lock:
        if not _shipped:
            loaded = Registry()
            loaded.load(shipped_folder(), SHIPPED_PACKAGE)
            _shipped.append(loaded)
        return _shipped[0]


def _said(text: str | Callable[[Any], str], packet: ScapyPacket) -> str:
    """A text, or what a dissector's function says of the packet; a fault of the function is said instead."""
    try:
        return printable(text(packet) if callable(text) else text)
    except Exception as error:
        return _describe(error)


def _own(part: Field) -> tuple[Field, ...]:
    """A layer that has bytes but no fields, such as undissected data, stands for itself."""
    return (part,) if part.stop > part.start else ()


def _describe(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}")


def _make_package(folder: Path, package: str) -> None:
    """An empty package whose modules are the files of the folder, so that they can import each other."""
    module = ModuleType(package)
    module.__path__ = [str(folder)]
    sys.modules[package] = module


def _load_file(path: Path, name: str) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _quiet_scapy() -> None:
    """scapy logs warnings to the terminal, which a UI may own; its level is left alone where it is in use already."""
    if "scapy" not in sys.modules:
        logging.getLogger("scapy").setLevel(SILENT)
