# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""What lists in AVRCP PDUs consist of (Audio/Video Remote Control Profile 1.6, 6.10.2 and appendix E). A name with an
underscore in front is no dissector."""

from scapy.fields import (
    ByteField,
    Field,
    FlagsField,
    IntEnumField,
    ShortEnumField,
    ShortField,
    X3BytesField,
    XIntField,
    XLongField,
)
from scapy.packet import Packet

from l2scope.names import avrcp

from ._fields import Bytes, Value, element, layer, named
from ._lists import CountedText, Parts, described


def text(name: str, length: Field) -> tuple[Field, CountedText]:
    """A length and UTF-8 of that length."""
    return length, CountedText(name, lambda packet: getattr(packet, length.name))


def one_of(title: str, field: Field) -> type[Packet]:
    """An element of a single field."""
    return described(title, lambda self: str(field.i2repr(self, getattr(self, field.name))), field)


def attribute_text(packet: Packet) -> str:
    name = avrcp.MEDIA_ATTRIBUTES.get(packet.attribute_ID, f"attribute 0x{packet.attribute_ID:X}")
    return f"{name}: " + bytes(packet.attribute_value).decode("utf-8", "replace")


def named_item() -> tuple[Field, ...]:
    """How items are called."""
    return (
        ShortEnumField("character_set", 0, avrcp.CHARACTER_SETS),
        *text("displayable_name", ShortField("displayable_name_length", 0)),
    )


MediaAttribute = one_of("Attribute", IntEnumField("attribute_ID", 0, avrcp.MEDIA_ATTRIBUTES))
AttributeValue = described(
    "Attribute",
    attribute_text,
    IntEnumField("attribute_ID", 0, avrcp.MEDIA_ATTRIBUTES),
    ShortEnumField("character_set", 0, avrcp.CHARACTER_SETS),
    *text("attribute_value", ShortField("attribute_value_length", 0)),
)
Event = one_of("Event", named("event_ID", avrcp.EVENTS))
Company = described("Company", lambda self: f"0x{self.company_ID:06X}", X3BytesField("company_ID", 0))
Setting = element("Setting", named("setting_ID", avrcp.SETTINGS), ByteField("setting_value", 0))
SettingId = one_of("Setting", named("setting_ID", avrcp.SETTINGS))
SettingValue = one_of("Value", ByteField("setting_value", 0))
SettingText = element(
    "Text",
    ByteField("setting_ID", 0),
    ShortEnumField("character_set", 0, avrcp.CHARACTER_SETS),
    *text("setting_text", ByteField("setting_text_length", 0)),
)
CharacterSet = one_of("Character set", ShortEnumField("character_set", 0, avrcp.CHARACTER_SETS))
FolderName = element("Folder", *text("folder_name", ShortField("folder_name_length", 0)))
# 6.10.2
ITEMS = {
    1: layer(
        "Media player",
        ShortField("player_ID", 0),
        FlagsField("major_player_type", 0, 8, avrcp.PLAYER_TYPES),
        XIntField("player_subtype", 0),
        named("play_status", avrcp.PLAY_STATUSES),
        Bytes("features", 16),
        *named_item(),
    ),
    2: layer(
        "Folder", XLongField("UID", 0), named("folder_type", avrcp.FOLDERS), ByteField("is_playable", 0), *named_item()
    ),
    3: layer(
        "Media element",
        XLongField("UID", 0),
        named("media_type", avrcp.MEDIA_TYPES),
        *named_item(),
        ByteField("attribute_count", 0),
        Parts("attributes", AttributeValue),
    ),
}


class Item(Packet):
    """A media player, a folder or a media element."""

    name = "Item"
    fields_desc = [
        named("item_type", avrcp.ITEMS),
        ShortField("item_length", 0),
    ]

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return s[: self.item_length], s[self.item_length :]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return ITEMS.get(self.item_type, Other)

    def mysummary(self) -> str:
        name = bytes(self.payload.fields.get("displayable_name", b"")).decode("utf-8", "replace")
        return f'{avrcp.ITEMS.get(self.item_type, "item")} "{name}"'


Other = layer("Parameters", Value("parameters", b""))
