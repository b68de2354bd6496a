"""One line for a record of the Linux HCI monitor that carries no HCI packet (BlueZ doc/btsnoop.rst)."""

from l2scope.analysis.reader import CutShortError, Reader
from l2scope.engine import words
from l2scope.names import hci, management
from l2scope.text import printable

LONGEST_NOTE = 160


def monitor_line(kind: int, adapter: int, data: bytes) -> str:
    """What a monitor record tells. Never raises."""
    describe = LINES.get(kind)
    name = hci.kind_name(kind)
    if describe is None:
        return f"{name}, {len(data):,} bytes"
    try:
        text = describe(adapter, Reader(data))
    except CutShortError:
        text = "cut short"
    return f"{name}: {text}" if text else name


def _new_index(adapter: int, reader: Reader) -> str:
    kind, bus, address, name = reader.u8(), reader.u8(), reader.address(), reader.text(8)
    return f'hci{adapter} "{name}" {address}, {_word(hci.CONTROLLER_TYPES, kind)}, {_word(hci.BUSES, bus)}'


def _index(adapter: int, reader: Reader) -> str:
    return f"hci{adapter}"


def _index_info(adapter: int, reader: Reader) -> str:
    return f"hci{adapter} {reader.address()}, {hci.company_name(reader.u16())}"


def _note(adapter: int, reader: Reader) -> str:
    return printable(reader.rest().rstrip(b"\0\n"), LONGEST_NOTE)


def _user_logging(adapter: int, reader: Reader) -> str:
    priority, length = reader.u8(), reader.u8()
    program = reader.text(length)
    return f"{_word(hci.SYSLOG_PRIORITIES, priority)}, {program}: {_note(adapter, reader)}"


def _control_open(adapter: int, reader: Reader) -> str:
    reader.take(13)
    return f'"{reader.text(reader.u8())}"'


def _control_command(adapter: int, reader: Reader) -> str:
    reader.u32()
    return management.command_name(reader.u16())


def _control_event(adapter: int, reader: Reader) -> str:
    reader.u32()
    return management.event_name(reader.u16())


def _word(names: dict[int, str], value: int) -> str:
    return names.get(value) or f"0x{value:02X}"


LINES = {
    words.NEW_INDEX: _new_index,
    words.DELETE_INDEX: _index,
    words.OPEN_INDEX: _index,
    words.CLOSE_INDEX: _index,
    words.INDEX_INFO: _index_info,
    words.SYSTEM_NOTE: _note,
    words.USER_LOGGING: _user_logging,
    words.CONTROL_OPEN: _control_open,
    words.CONTROL_COMMAND: _control_command,
    words.CONTROL_EVENT: _control_event,
}
