"""One line for an HCI command or event: its name and the values that matter (Vol 4 Part E 7)."""

from collections.abc import Callable

from l2scope.analysis.reader import CutShortError, Reader
from l2scope.names import hci
from l2scope.text import printable

COMMAND_HEADER = 3
EVENT_HEADER = 2
MOST_LISTED = 4


def _status(reader: Reader) -> str:
    code = reader.u8()
    return "" if code == 0 else hci.error_name(code)


def _named(word: str, names: dict[int, str]) -> Callable[[Reader], str]:
    return lambda reader: f"{word}{_lookup(names, reader.u8())}"


def _lookup(names: dict[int, str], value: int) -> str:
    return names.get(value) or f"0x{value:02X}"


def _steps(word: str, step: float) -> Callable[[Reader], str]:
    return lambda reader: f"{word} {reader.u16() * step:g} ms"


def _skip(length: int) -> Callable[[Reader], str]:
    def read(reader: Reader) -> str:
        reader.take(length)
        return ""

    return read


def _data_length(reader: Reader) -> str:
    tx_octets, tx_time, rx_octets, rx_time = reader.u16(), reader.u16(), reader.u16(), reader.u16()
    return f"tx {tx_octets} bytes {tx_time} µs, rx {rx_octets} bytes {rx_time} µs"


def _completed_packets(reader: Reader) -> str:
    count = reader.u8()
    parts = []
    for _ in range(min(count, MOST_LISTED)):
        handle, packets = reader.u16(), reader.u16()
        parts.append(f"handle {handle & 0x0FFF}: {packets}")
    return ", ".join(parts) + (f" and {count - MOST_LISTED} more" if count > MOST_LISTED else "")


def _private_address(reader: Reader) -> str:
    """A resolvable private address; zero where none was used."""
    address = reader.address()
    return "" if address == "00:00:00:00:00:00" else f"private {address}"


def _advertising_report(reader: Reader) -> str:
    count = reader.u8()
    kind, _, address, length = reader.u8(), reader.u8(), reader.address(), reader.u8()
    name = _advertised_name(reader.take(length))
    kinds = {0: "ADV_IND", 1: "ADV_DIRECT_IND", 2: "ADV_SCAN_IND", 3: "ADV_NONCONN_IND", 4: "SCAN_RSP"}
    return f"{_lookup(kinds, kind)} {address}{name}{_rssi(reader.i8())}{_more(count)}"


def _extended_report(reader: Reader) -> str:
    count = reader.u8()
    reader.take(3)
    address = reader.address()
    reader.take(4)
    rssi = reader.i8()
    reader.take(9)
    return f"{address}{_advertised_name(reader.take(reader.u8()))}{_rssi(rssi)}{_more(count)}"


def _inquiry_result(reader: Reader) -> str:
    reader.take(1)
    address = reader.address()
    reader.take(7)
    rssi = reader.i8()
    return f"{address}{_advertised_name(reader.rest())}{_rssi(rssi)}"


def _rssi(value: int) -> str:
    """127 stands for "not available"."""
    return "" if value == 127 else f", RSSI {value} dBm"


def _more(count: int) -> str:
    return f" and {count - 1} more" if count > 1 else ""


def _advertised_name(data: bytes) -> str:
    position = 0
    while position + 1 < len(data) and data[position]:
        if data[position + 1] in (0x08, 0x09):
            return f' "{printable(data[position + 2 : position + 1 + data[position]], 64)}"'
        position += 1 + data[position]
    return ""


# How each value is read and said. A value that says nothing is left out.
VALUES: dict[str, Callable[[Reader], str]] = {
    "status": _status,
    "handle": lambda reader: f"handle {reader.u16() & 0x0FFF}",
    "address": lambda reader: reader.address(),
    "private": _private_address,
    "address_type": _named("", hci.ADDRESS_TYPES),
    "role": _named("", hci.ROLES),
    "new_role": _named("role ", hci.ROLES),
    "link_type": _named("", hci.LINK_TYPES),
    "reason": lambda reader: f"{hci.error_name(reader.u8())}",
    "encryption": _named("encryption ", {0: "off", 1: "on", 2: "on (AES-CCM)"}),
    "key_size": lambda reader: f"key size {reader.u8()}",
    "switch": _named("", {0: "off", 1: "on"}),
    "interval": _steps("interval", 1.25),
    "interval_min": _steps("interval from", 1.25),
    "interval_max": _steps("to", 1.25),
    "sniff": _steps("interval", 0.625),
    "timeout": _steps("timeout", 10),
    "supervision": _steps("timeout", 0.625),
    "latency": lambda reader: f"latency {reader.u16()}",
    "data_length": _data_length,
    "octets": lambda reader: f"{reader.u16()} bytes",
    "time": lambda reader: f"{reader.u16()} µs",
    "tx_phy": _named("tx ", hci.PHYS),
    "rx_phy": _named("rx ", hci.PHYS),
    "version": _named("version ", hci.VERSIONS),
    "company": lambda reader: hci.company_name(reader.u16()),
    "completed": _completed_packets,
    "name": lambda reader: f'"{reader.text(248)}"',
    "mode": _named("", {0: "active", 1: "hold", 2: "sniff", 3: "park"}),
    "algorithm": _named("algorithm ", {0: "#1", 1: "#2"}),
    "acl_length": lambda reader: f"ACL {reader.u16()} bytes",
    "acl_count": lambda reader: f"{reader.u8()} packets",
    "acl_count16": lambda reader: f"{reader.u16()} packets",
    "number": lambda reader: f"{reader.u32():06d}",
    "rssi": lambda reader: f"{reader.i8()} dBm",
    "code": lambda reader: f"code 0x{reader.u8():02X}",
    "report": _advertising_report,
    "extended_report": _extended_report,
    "inquiry_result": _inquiry_result,
    "skip1": _skip(1),
    "skip2": _skip(2),
    "skip3": _skip(3),
    "skip4": _skip(4),
}

CONNECTION = "status handle role address_type address"
EVENTS = {
    0x01: "status",
    0x03: "status handle address link_type encryption",
    0x04: "address skip3 link_type",
    0x05: "status handle reason",
    0x06: "status handle",
    0x07: "status address name",
    0x08: "status handle encryption",
    0x0B: "status handle",
    0x0C: "status handle version company",
    0x10: "code",
    0x12: "status address new_role",
    0x13: "completed",
    0x14: "status handle mode sniff",
    0x16: "address",
    0x17: "address",
    0x18: "address",
    0x1B: "handle",
    0x1C: "status handle",
    0x1D: "status handle",
    0x20: "address",
    0x23: "status handle",
    0x2C: "status handle address link_type",
    0x2F: "inquiry_result",
    0x30: "status handle",
    0x31: "address",
    0x32: "address",
    0x33: "address number",
    0x34: "address",
    0x36: "status address",
    0x38: "handle supervision",
    0x3B: "address number",
    0x57: "handle",
    0x59: "status handle encryption key_size",
}
SUBEVENTS = {
    0x01: f"{CONNECTION} interval latency timeout",
    0x02: "report",
    0x03: "status handle interval latency timeout",
    0x04: "status handle",
    0x05: "handle",
    0x06: "handle interval_min interval_max latency timeout",
    0x07: "handle data_length",
    0x08: "status",
    0x09: "status",
    0x0A: f"{CONNECTION} private private interval latency timeout",
    0x0C: "status handle tx_phy rx_phy",
    0x0D: "extended_report",
    0x12: "status skip1 handle",
    0x14: "handle algorithm",
    0x23: "status handle",
    0x29: f"{CONNECTION} private private interval latency timeout",
}
RETURNS = {
    0x0C14: "name",
    0x1001: "version",
    0x1005: "acl_length skip1 acl_count16",
    0x1009: "address",
    0x1405: "handle rssi",
    0x2002: "acl_length acl_count",
    0x2022: "handle",
    0x2023: "octets time",
    0x202F: "data_length",
    0x2030: "handle tx_phy rx_phy",
    0x2060: "acl_length acl_count",
}
COMMANDS = {
    0x0405: "address",
    0x0406: "handle reason",
    0x0409: "address role",
    0x040A: "address reason",
    0x040B: "address",
    0x040C: "address",
    0x0411: "handle",
    0x0413: "handle switch",
    0x0419: "address",
    0x041B: "handle",
    0x041C: "handle",
    0x041D: "handle",
    0x0803: "handle",
    0x0804: "handle",
    0x080B: "address new_role",
    0x0C13: "name",
    0x0C33: "acl_length skip1 acl_count16",
    0x0C35: "completed",
    0x0C37: "handle supervision",
    0x1405: "handle",
    0x2005: "address",
    0x200A: "switch",
    0x200C: "switch",
    0x200D: "skip4 skip1 address_type address skip1 interval_min interval_max latency timeout",
    0x2011: "address_type address",
    0x2012: "address_type address",
    0x2013: "handle interval_min interval_max latency timeout",
    0x2015: "handle",
    0x2016: "handle",
    0x2019: "handle",
    0x201A: "handle",
    0x201B: "handle",
    0x2020: "handle interval_min interval_max latency timeout",
    0x2021: "handle reason",
    0x2022: "handle octets time",
    0x2024: "octets time",
    0x202D: "switch",
    0x2030: "handle",
    0x2032: "handle",
    0x2043: "skip2 address_type address",
}


def command_line(data: bytes) -> str:
    """What an HCI command (opcode, length, parameters) asks for. Never raises."""
    if len(data) < COMMAND_HEADER:
        return f"HCI Command cut short, {len(data)} bytes"
    opcode = int.from_bytes(data[:2], "little")
    return _line(hci.command_name(opcode), COMMANDS.get(opcode, ""), Reader(data, COMMAND_HEADER))


def event_line(data: bytes) -> str:
    """What an HCI event (code, length, parameters) tells. Never raises."""
    if len(data) < EVENT_HEADER:
        return f"HCI Event cut short, {len(data)} bytes"
    code, reader = data[0], Reader(data, EVENT_HEADER)
    if code == 0x3E and reader.left:
        subevent = reader.u8()
        return _line(hci.subevent_name(subevent), SUBEVENTS.get(subevent, ""), reader)
    if code == 0x0E and reader.left >= 3:
        return _command_complete(reader)
    if code == 0x0F and reader.left >= 4:
        status, _, opcode = reader.u8(), reader.u8(), reader.u16()
        return f"Command Status: {hci.command_name(opcode)}, {'pending' if status == 0 else hci.error_name(status)}"
    if code in (0x0E, 0x0F, 0x3E):
        return f"{hci.event_name(code)}, cut short"
    return _line(hci.event_name(code), EVENTS.get(code, ""), reader)


def _command_complete(reader: Reader) -> str:
    reader.u8()
    opcode = reader.u16()
    name = f"Command Complete: {hci.command_name(opcode)}"
    if not reader.left:
        return name
    status = reader.u8()
    if status:
        return f"{name}, {hci.error_name(status)}"
    return _line(name, RETURNS.get(opcode, ""), reader)


def _line(name: str, values: str, reader: Reader) -> str:
    """The name and the values that say something; nothing more behind a failed status."""
    parts = [name]
    try:
        for value in values.split():
            text = VALUES[value](reader)
            if text:
                parts.append(text)
            if value == "status" and text:
                break
    except CutShortError:
        parts.append("cut short")
    return ", ".join(parts)
