"""Fields of records of the Linux HCI monitor that hold no HCI packet: hci_mon.* as Wireshark has them."""

from typing import Final

from l2scope.engine import words
from l2scope.filter.dissected import Layer, leaf
from l2scope.filter.field import FilterField
from l2scope.filter.kinds import ADDRESS, NUMBER, TEXT
from l2scope.names import hci, management

MONITOR: Final = Layer(lambda packets: packets.table["kind"] >= words.NEW_INDEX, lambda title: True)

NOTES: Final = Layer(lambda packets: packets.of_kind(words.SYSTEM_NOTE) & packets.is_monitor, MONITOR.owns)

FIELDS: Final[tuple[FilterField, ...]] = (
    leaf(MONITOR, "hci_mon.adapter_name", TEXT, "Adapter Name", "Controller name"),
    leaf(MONITOR, "hci_mon.bd_addr", ADDRESS, "BD_ADDR", "BD_ADDR"),
    leaf(MONITOR, "hci_mon.bus", NUMBER, "Bus", "Controller type", names=hci.BUSES),
    leaf(MONITOR, "hci_mon.cookie", NUMBER, "Cookie", "Cookie"),
    leaf(MONITOR, "hci_mon.event", NUMBER, "Event", "Event code", names=management.EVENTS),
    leaf(MONITOR, "hci_mon.flags", NUMBER, "Flags", "Flags"),
    leaf(MONITOR, "hci_mon.format", NUMBER, "Format", "Format"),
    leaf(MONITOR, "hci_mon.manufacturer", NUMBER, "Manufacturer", "Company identifier"),
    leaf(
        NOTES,
        "hci_mon.system_note",
        TEXT,
        "System Note",
        "Text",
    ),
    leaf(MONITOR, "hci_mon.type", NUMBER, "Type", "Bus", names=hci.CONTROLLER_TYPES),
    leaf(MONITOR, "hci_mon.version", NUMBER, "Version", "Version"),
    leaf(MONITOR, "hci_mon.version_minor", NUMBER, "Revision", "Revision"),
)
