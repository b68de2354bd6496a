"""Link types of pcap and pcapng (https://www.tcpdump.org/linktypes.html): which are read, what to do about others."""

from typing import Final

from l2scope.sources.hci_records import LINK_H4, LINK_H4_DIRECTION, LINK_MONITOR

READ: Final = {
    LINK_H4: "HCI H4",
    LINK_H4_DIRECTION: "HCI H4 with direction",
    LINK_MONITOR: "Linux monitor",
}

HOST_LOG: Final = (
    "record the host's own HCI log instead (Android: btsnoop, Linux: `btmon -w`, macOS and iOS: PacketLogger)"
)
AIR: Final = f"is what a sniffer saw over the air, which l2scope does not read yet: {HOST_LOG}"
USB: Final = f"is raw USB, which l2scope does not read yet: {HOST_LOG}"
UNREAD: Final = {
    161: ("Bluetooth BR/EDR baseband", AIR),
    189: ("USB of Linux", USB),
    220: ("USB of Linux, padded", USB),
    249: ("USBPcap", USB),
    251: ("Bluetooth LE link layer", AIR),
    255: ("Bluetooth BR/EDR baseband", AIR),
    256: ("Bluetooth LE link layer with a radio header", AIR),
    266: ("USB of macOS", USB),
    272: ("Nordic nRF Sniffer for Bluetooth LE", AIR),
    288: ("USB 2.0 packets", USB),
}


def link_name(link: int) -> str:
    """What packets of this link type are."""
    known = UNREAD.get(link)
    return READ.get(link) or (known[0] if known else "unknown to l2scope")


def refusal(container: str, link: int) -> str:
    """One line that says why a capture of this link type is not read, and what to do. container is pcap or pcapng."""
    name, hint = UNREAD.get(link, ("unknown to l2scope", f"is not Bluetooth HCI: {HOST_LOG}"))
    return f"{container} link type {link} ({name}) {hint}"
