# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The PDUs of the Audio/Video Remote Control Profile 1.6 (section 6), in AV/C frames and on the browsing channel. A
name with an underscore in front is no dissector."""

from collections.abc import Callable

from scapy.fields import (
    BitEnumField,
    BitField,
    ByteField,
    Field,
    IntField,
    MultipleTypeField,
    ShortEnumField,
    ShortField,
    XLongField,
    XShortField,
)
from scapy.packet import Packet

from l2scope.names import avrcp

from ._avrcp_items import (
    ITEMS,
    AttributeValue,
    CharacterSet,
    Company,
    Event,
    FolderName,
    Item,
    MediaAttribute,
    Other,
    Setting,
    SettingId,
    SettingText,
    SettingValue,
    text,
)
from ._fields import Rest, layer, named
from ._lists import Parts, when


def status() -> ByteField:
    return named("status", avrcp.STATUSES)


def listed(name: str, kind: type[Packet], size: int, count: str) -> Parts:
    """As many elements of a fixed size as a field says."""
    return Parts(name, kind, lambda packet: size * getattr(packet, count))


def event_is(*events: int) -> Callable[[Packet], bool]:
    return lambda packet: packet.event_ID in events


def attributes() -> tuple[Field, ...]:
    return ByteField("attribute_count", 0), listed("attributes", MediaAttribute, 4, "attribute_count")


def values() -> tuple[Field, ...]:
    return ByteField("attribute_count", 0), Parts("attributes", AttributeValue)


def settings(kind: type[Packet], size: int) -> tuple[Field, ...]:
    return ByteField("setting_count", 0), listed("settings", kind, size, "setting_count")


def item() -> tuple[Field, ...]:
    return named("scope", avrcp.SCOPES), XLongField("UID", 0), XShortField("UID_counter", 0)


NOTHING = layer("Nothing", Rest("parameters"))
STATUS = layer("Status", status())
REJECT = layer("Reject", status())
CHANGE = layer(
    "Event",
    named("event_ID", avrcp.EVENTS),
    *when(event_is(0x01), named("play_status", avrcp.PLAY_STATUSES)),
    *when(event_is(0x02), XLongField("UID", 0)),
    *when(event_is(0x05), IntField("playback_position_ms", 0)),
    *when(event_is(0x06), named("battery_status", avrcp.BATTERY_STATUSES)),
    *when(event_is(0x07), named("system_status", avrcp.SYSTEM_STATUSES)),
    *when(event_is(0x08), *settings(Setting, 2)),
    *when(event_is(0x0B), ShortField("player_ID", 0)),
    *when(event_is(0x0B, 0x0C), XShortField("UID_counter", 0)),
    *when(event_is(0x0D), BitField("volume_RFA", 0, 1), BitField("volume", 0, 7)),
)
CAPABILITIES = layer(
    "Capabilities",
    named("capability_ID", avrcp.CAPABILITIES),
    ByteField("capability_count", 0),
    MultipleTypeField(
        [
            (Parts("capabilities", Event), lambda packet: packet.capability_ID == avrcp.EVENTS_SUPPORTED),
            (Parts("capabilities", Company), lambda packet: packet.capability_ID == avrcp.COMPANY_ID),
        ],
        Rest("capabilities"),
    ),
)
VOLUME = layer("Volume", BitField("volume_RFA", 0, 1), BitField("volume", 0, 7))

# By PDU, what a command and a response carry (6.4 to 6.15).
VENDOR_PDUS = {
    0x10: (layer("Capability", named("capability_ID", avrcp.CAPABILITIES)), CAPABILITIES),
    0x11: (NOTHING, layer("Settings", *settings(SettingId, 1))),
    0x12: (layer("Setting", named("setting_ID", avrcp.SETTINGS)), layer("Values", *settings(SettingValue, 1))),
    0x13: (layer("Settings", *settings(SettingId, 1)), layer("Settings", *settings(Setting, 2))),
    0x14: (layer("Settings", *settings(Setting, 2)), NOTHING),
    0x15: (
        layer("Settings", *settings(SettingId, 1)),
        layer("Texts", ByteField("setting_count", 0), Parts("settings", SettingText)),
    ),
    0x16: (
        layer("Values", named("setting_ID", avrcp.SETTINGS), *settings(SettingValue, 1)),
        layer("Texts", ByteField("setting_count", 0), Parts("settings", SettingText)),
    ),
    0x17: (
        layer(
            "Character sets",
            ByteField("character_set_count", 0),
            listed("character_sets", CharacterSet, 2, "character_set_count"),
        ),
        NOTHING,
    ),
    0x18: (layer("Battery", named("battery_status", avrcp.BATTERY_STATUSES)), NOTHING),
    0x20: (layer("Attributes", XLongField("identifier", 0), *attributes()), layer("Attributes", *values())),
    0x30: (
        NOTHING,
        layer(
            "Play status",
            IntField("song_length_ms", 0),
            IntField("song_position_ms", 0),
            named("play_status", avrcp.PLAY_STATUSES),
        ),
    ),
    0x31: (layer("Event", named("event_ID", avrcp.EVENTS), IntField("playback_interval_s", 0)), CHANGE),
    0x40: (layer("Continue", named("continued_PDU_ID", avrcp.PDUS)), NOTHING),
    0x41: (layer("Abort", named("continued_PDU_ID", avrcp.PDUS)), NOTHING),
    0x50: (VOLUME, VOLUME),
    0x60: (layer("Player", ShortField("player_ID", 0)), STATUS),
    0x74: (layer("Item", *item()), STATUS),
    0x90: (layer("Item", *item()), STATUS),
}
BROWSING_PDUS = {
    0x70: (
        layer("Player", ShortField("player_ID", 0)),
        layer(
            "Player",
            status(),
            XShortField("UID_counter", 0),
            IntField("number_of_items", 0),
            ShortEnumField("character_set", 0, avrcp.CHARACTER_SETS),
            ByteField("folder_depth", 0),
            Parts("folders", FolderName),
        ),
    ),
    0x71: (
        layer("Items", named("scope", avrcp.SCOPES), IntField("start_item", 0), IntField("end_item", 0), *attributes()),
        layer("Items", status(), XShortField("UID_counter", 0), ShortField("number_of_items", 0), Parts("items", Item)),
    ),
    0x72: (
        layer("Path", XShortField("UID_counter", 0), named("path_direction", avrcp.PATHS), XLongField("folder_UID", 0)),
        layer("Path", status(), IntField("number_of_items", 0)),
    ),
    0x73: (layer("Item", *item(), *attributes()), layer("Attributes", status(), *values())),
    0x75: (
        layer("Scope", named("scope", avrcp.SCOPES)),
        layer("Items", status(), XShortField("UID_counter", 0), IntField("number_of_items", 0)),
    ),
    0x80: (
        layer(
            "Search",
            ShortEnumField("character_set", 0, avrcp.CHARACTER_SETS),
            *text("search_string", ShortField("search_length", 0)),
        ),
        layer("Items", status(), XShortField("UID_counter", 0), IntField("number_of_items", 0)),
    ),
    0xA0: (STATUS, STATUS),
}
SINGLE = 0


class VendorPdu(Packet):
    """A PDU of AVRCP in the vendor dependent data of an AV/C frame (6.3.1)."""

    name = "AVRCP"
    fields_desc = [
        named("PDU_ID", avrcp.PDUS),
        BitField("PDU_reserved", 0, 6),
        BitEnumField("PDU_packet_type", 0, 2, avrcp.PACKET_TYPES),
        ShortField("parameter_length", 0),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        ctype = self.underlayer.ctype if self.underlayer is not None else 0
        if self.PDU_packet_type != SINGLE:
            return Part
        if ctype == avrcp.REJECTED:
            return REJECT
        return VENDOR_PDUS.get(self.PDU_ID, UNKNOWN)[ctype >= avrcp.FIRST_RESPONSE]


class BrowsingPdu(Packet):
    """A PDU of the browsing channel, which has no AV/C frame (6.3.2)."""

    name = "AVRCP"
    fields_desc = [
        named("PDU_ID", avrcp.PDUS),
        ShortField("parameter_length", 0),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        is_response = self.underlayer is not None and self.underlayer.C_R
        if is_response and len(payload) == 1:
            return STATUS
        return BROWSING_PDUS.get(self.PDU_ID, UNKNOWN)[bool(is_response)]


Part = layer("Part of an AVRCP PDU", Rest("part_of_parameters"))
UNKNOWN = (Other, Other)


def detail(packet: Packet) -> str:
    """What the parameters of a PDU are about, as far as one word tells it."""
    found = packet.payload.fields
    texts = []
    if "event_ID" in found:
        texts.append(avrcp.EVENTS.get(found["event_ID"], f"event 0x{found['event_ID']:02X}"))
    if "play_status" in found:
        texts.append(avrcp.PLAY_STATUSES.get(found["play_status"], "unknown status"))
    if "volume" in found:
        texts.append(f"volume {found['volume'] / 127:.0%}")
    if "status" in found:
        texts.append(avrcp.STATUSES.get(found["status"], f"status 0x{found['status']:02X}"))
    if "continued_PDU_ID" in found:
        texts.append(avrcp.pdu_name(found["continued_PDU_ID"]))
    if packet.fields.get("PDU_packet_type"):
        texts.append(f"{avrcp.PACKET_TYPES[packet.PDU_packet_type]} packet")
    return ", ".join(texts)


VENDOR_LAYERS = (*(layer for layers in VENDOR_PDUS.values() for layer in layers), Part, Other)
BROWSING_LAYERS = (*(layer for layers in BROWSING_PDUS.values() for layer in layers), *ITEMS.values(), Part, Other)
