"""The fields of a PDU of a BR/EDR channel: a B-frame, an I-frame or an S-frame (Vol 3 Part A 3)."""

from dataclasses import dataclass
from typing import Final

from l2scope.analysis.summary_frames import remarks
from l2scope.capture import Capture
from l2scope.dissection.field import Field, bytes_field
from l2scope.dissection.registry import Registry
from l2scope.engine import words
from l2scope.engine.classic import ClassicData
from l2scope.engine.control_field import SIZES, START
from l2scope.engine.fcs import FCS_SIZE
from l2scope.frame_rows import frame_of
from l2scope.frames import SDU_LENGTH_FIELD, control_field

GOOD: Final = "good"


@dataclass(frozen=True, slots=True)
class Place:
    """The payload of a PDU: data[start:stop] of a buffer. length is what the PDU says; stop is nearer where the capture
    does not hold all of it."""

    data: bytes
    buffer: int
    start: int
    stop: int
    length: int


@dataclass(frozen=True, slots=True)
class Frame:
    """field stands for all of a frame; from first to last are the bytes of its SDU."""

    field: Field
    first: int
    last: int


def frame_fields(capture: Capture, number: int, classic: ClassicData, dissectors: Registry, place: Place) -> Frame:
    """Of the PDU that a packet completes."""
    if classic.frames(words.TX) is None:
        return _bframe(place)
    control = control_field(classic, place.data[place.start : place.stop])
    if control is None:
        problem = "too short for a control field"
        return Frame(bytes_field("Frame", place.data, place.buffer, place.start, place.stop, problem), 0, 0)
    first = place.start + SIZES[classic.form]
    if not control.supervisory and control.sar == START:
        first = min(first + SDU_LENGTH_FIELD, place.stop)
    last = max(first, min(place.stop, place.start + place.length - FCS_SIZE)) if classic.fcs else place.stop
    return Frame(_numbered(capture, number, classic, dissectors, place, first, last), first, last)


def _bframe(place: Place) -> Frame:
    leaf: tuple[Field, ...] = ()
    if place.stop > place.start:
        leaf = (bytes_field("Information payload", place.data, place.buffer, place.start, place.stop),)
    text = f"{place.length:,} bytes, an SDU"
    return Frame(Field("B-frame", text, place.buffer, place.start, place.stop, leaf), place.start, place.stop)


def _numbered(
    capture: Capture, number: int, classic: ClassicData, dissectors: Registry, place: Place, first: int, last: int
) -> Field:
    """The control field by its dissector, payload and check sequence behind it."""
    dissector = dissectors.for_frame(classic.form)
    row = frame_of(capture.tables, number)
    flags = 0 if row is None else int(capture.tables.frames[row]["flags"])
    name, value, children = "Frame", "", list[Field]()
    if dissector is not None:
        (control,) = dissector.fields(place.data, place.buffer, place.start, first)
        name, value, children = control.name, control.value, list(control.children)
    if last > first:
        children.append(bytes_field("Information payload", place.data, place.buffer, first, last))
    if place.stop > last:
        children.append(_check(place, last, flags))
    said = remarks(flags)
    problem = ", ".join(said)
    return Field(name, value, place.buffer, place.start, place.stop, tuple(children), problem)


def _check(place: Place, start: int, flags: int) -> Field:
    """The frame check sequence; what the engine made of it."""
    value = int.from_bytes(place.data[start : place.stop], "little")
    wrong = bool(flags & words.FRAME_BAD_FCS)
    whole = place.stop - place.start == place.length
    verdict = "wrong" if wrong else GOOD if whole else "cut short"
    text = f"0x{value:04X} ({verdict})"
    return Field("FCS", text, place.buffer, start, place.stop, problem="does not fit the frame" if wrong else "")
