"""One line for the commands of a signalling channel and for Security Manager commands (Vol 3 Part A 4, Part H 3)."""

from collections.abc import Callable

from l2scope.analysis.reader import CutShortError, Reader
from l2scope.names import l2cap, smp

COMMAND_HEADER = 4
MOST_COMMANDS = 8


def _cid(word: str) -> Callable[[Reader], str]:
    return lambda reader: f"{word} 0x{reader.u16():04X}"


def _number(word: str) -> Callable[[Reader], str]:
    return lambda reader: f"{word} {reader.u16():,}"


def _psm(word: str) -> Callable[[Reader], str]:
    def read(reader: Reader) -> str:
        psm = reader.u16()
        return " ".join((word, f"0x{psm:04X}", l2cap.psm_name(psm))).rstrip()

    return read


def _result(code: int) -> Callable[[Reader], str]:
    return lambda reader: l2cap.result_name(code, reader.u16())


def _pairs(word: str) -> Callable[[Reader], str]:
    """CIDs up to the end."""

    def read(reader: Reader) -> str:
        cids = [f"0x{reader.u16():04X}" for _ in range(reader.left // 2)]
        return f"{word} {' '.join(cids)}"

    return read


def _reject(reader: Reader) -> str:
    reason = reader.u16()
    name = l2cap.REJECT_REASONS.get(reason) or f"reason 0x{reason:04X}"
    if reason == 1 and reader.left:
        return f"{name}, MTU {reader.u16():,}"
    if reason == 2 and reader.left:
        return f"{name}, local CID 0x{reader.u16():04X}, remote CID 0x{reader.u16():04X}"
    return name


def _options(reader: Reader) -> str:
    """The options of a configuration that matter most (5)."""
    parts = []
    while reader.left >= 2:
        kind, length = reader.u8() & 0x7F, reader.u8()
        value = Reader(reader.take(length))
        if kind == 0x01 and length == 2:
            parts.append(f"MTU {value.u16():,}")
        elif kind == 0x02 and length == 2:
            parts.append(f"flush timeout {value.u16():,}")
        elif kind == 0x04 and length == 9:
            parts.append(f"{l2cap.MODES.get(value.u8(), 'unknown')} mode")
        elif kind == 0x05 and length == 1:
            parts.append("16-bit FCS" if value.u8() else "no FCS")
        elif kind == 0x07 and length == 2:
            parts.append(f"window {value.u16():,}")
        else:
            parts.append(l2cap.CONFIGURATION_OPTIONS.get(kind) or f"option 0x{kind:02X}")
    return ", ".join(parts)


def _status(reader: Reader) -> str:
    status = reader.u16()
    return "" if status == 0 else l2cap.CONNECTION_STATUSES.get(status) or f"status 0x{status:04X}"


def _information_type(reader: Reader) -> str:
    kind = reader.u16()
    return l2cap.INFORMATION_TYPES.get(kind) or f"type 0x{kind:04X}"


VALUES: dict[str, Callable[[Reader], str]] = {
    "reject": _reject,
    "psm": _psm("PSM"),
    "spsm": _psm("SPSM"),
    "scid": _cid("SCID"),
    "dcid": _cid("DCID"),
    "cid": _cid("CID"),
    "icid": _cid("ICID"),
    "scids": _pairs("SCIDs"),
    "dcids": _pairs("DCIDs"),
    "mtu": _number("MTU"),
    "mps": _number("MPS"),
    "credits": _number("credits"),
    "flags": lambda reader: "continued" if reader.u16() & 1 else "",
    "options": _options,
    "status": _status,
    "data": lambda reader: f"{len(reader.rest()):,} bytes",
    "type": _information_type,
    "controller": lambda reader: f"controller {reader.u8()}",
    "min": lambda reader: f"interval from {reader.u16() * 1.25:g} ms",
    "max": lambda reader: f"to {reader.u16() * 1.25:g} ms",
    "latency": _number("latency"),
    "timeout": lambda reader: f"timeout {reader.u16() * 10:,} ms",
    **{f"result{code:02x}": _result(code) for code in l2cap.RESULTS},
}

PARAMETERS = {
    0x01: "reject",
    0x02: "psm scid",
    0x03: "result03 dcid scid status",
    0x04: "dcid flags options",
    0x05: "result05 scid flags options",
    0x06: "dcid scid",
    0x07: "dcid scid",
    0x08: "data",
    0x09: "data",
    0x0A: "type",
    0x0B: "type result0b",
    0x0C: "psm scid controller",
    0x0D: "result0d dcid scid status",
    0x0E: "icid controller",
    0x0F: "icid result0f",
    0x10: "icid result10",
    0x11: "icid",
    0x12: "min max latency timeout",
    0x13: "result13",
    0x14: "spsm scid mtu mps credits",
    0x15: "result15 dcid mtu mps credits",
    0x16: "cid credits",
    0x17: "spsm mtu mps credits scids",
    0x18: "result18 mtu mps credits dcids",
    0x19: "mtu mps scids",
    0x1A: "result1a",
}
# Where on the wire a result stands that is said first.
RESULT_OFFSETS = {0x03: 4, 0x05: 4, 0x0D: 4, 0x15: 8, 0x18: 6}


def signalling_line(data: bytes) -> str:
    """What the commands in the payload of a signalling PDU say. Never raises."""
    lines: list[str] = []
    position = 0
    while position < len(data) and len(lines) < MOST_COMMANDS:
        lines.append(command_line(data[position:]))
        if len(data) - position < COMMAND_HEADER:
            break
        position += COMMAND_HEADER + int.from_bytes(data[position + 2 : position + 4], "little")
    if position < len(data) and len(lines) == MOST_COMMANDS:
        lines.append("more commands")
    return "; ".join(lines) or "no command"


def command_line(data: bytes) -> str:
    """What one command says, header included; bytes behind it are not looked at. Never raises."""
    if len(data) < COMMAND_HEADER:
        return f"signalling command cut short, {len(data)} bytes"
    code, length = data[0], int.from_bytes(data[2:4], "little")
    body = data[COMMAND_HEADER : COMMAND_HEADER + length]
    parts = [l2cap.code_name(code)]
    try:
        parts += _parameters(code, body)
    except CutShortError:
        parts.append("cut short")
    if len(body) < length:
        parts.append(f"{len(body)} of {length} bytes")
    return ", ".join(parts)


def _parameters(code: int, body: bytes) -> list[str]:
    names = PARAMETERS.get(code, "data").split()
    reader = Reader(body)
    said = []
    if code in RESULT_OFFSETS:
        said.append(VALUES[names.pop(0)](Reader(body, min(RESULT_OFFSETS[code], len(body)))))
        reader = Reader(body[: RESULT_OFFSETS[code]] + body[RESULT_OFFSETS[code] + 2 :])
    said += [VALUES[name](reader) for name in names]
    return [text for text in said if text]


def smp_line(data: bytes) -> str:
    """What a Security Manager command says. Never raises."""
    if not data:
        return "SMP cut short, no bytes"
    name = smp.code_name(data[0])
    if data[0] == 0x05 and len(data) > 1:
        return f"{name}, {smp.reason_name(data[1])}"
    if data[0] in (0x01, 0x02) and len(data) >= 7:
        capability = smp.IO_CAPABILITIES.get(data[1]) or f"IO capability 0x{data[1]:02X}"
        bonding = "bonding" if data[3] & 3 else "no bonding"
        extras = [word for bit, word in ((4, "MITM"), (8, "Secure Connections")) if data[3] & bit]
        return ", ".join([name, capability, bonding, *extras, f"key size {data[4]}"])
    return name
