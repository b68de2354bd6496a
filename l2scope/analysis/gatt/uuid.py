"""UUIDs: those of 16 and 32 bits stand for 128 bits on the Bluetooth Base UUID (Vol 3 Part B 2.5.1)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from l2scope.names import uuids
from l2scope.names.vendor_uuids import VENDOR_UUIDS

BASE: Final = 0x0000000000001000800000805F9B34FB
SHIFT: Final = 96
LONGEST_SHORT: Final = 0xFFFF
SIZES: Final = (2, 4, 16)


@dataclass(frozen=True, slots=True, order=True)
class Uuid:
    """value is the whole number of 128 bits, so that the short and the long form of one UUID are equal."""

    value: int

    @classmethod
    def short(cls, number: int) -> "Uuid":
        """Of 16 or 32 bits."""
        return cls(BASE | number << SHIFT)

    @classmethod
    def of(cls, data: bytes) -> "Uuid | None":
        """As ATT carries it, least significant byte first; None unless there are 2, 4 or 16 bytes."""
        if len(data) not in SIZES:
            return None
        number = int.from_bytes(data, "little")
        return cls(number) if len(data) == 16 else cls.short(number)

    @property
    def number(self) -> int | None:
        """The number of 16 bits that stands for it, None without one."""
        number = self.value >> SHIFT
        return number if self.value == BASE | number << SHIFT and number <= LONGEST_SHORT else None

    @property
    def name(self) -> str:
        """What the assigned numbers or its company call it, else its number."""
        number = self.number
        known = str(self) if number is None else uuids.uuid16(number)
        return VENDOR_UUIDS.get(self.value if number is None else number, known) if known == str(self) else known

    @property
    def brief(self) -> str:
        """Its name, or as much of the 32 digits as tells it from others: 02f00000-…-ff02."""
        digits = str(self)
        if self.number is not None or self.name != digits:
            return self.name
        return f"{digits[:8]}-…-{digits[-4:]}"

    def __str__(self) -> str:
        """0x180F, or the usual form of 32 digits."""
        number = self.number
        return str(UUID(int=self.value)) if number is None else f"0x{number:04X}"


PRIMARY_SERVICE: Final = Uuid.short(0x2800)
SECONDARY_SERVICE: Final = Uuid.short(0x2801)
INCLUDE: Final = Uuid.short(0x2802)
CHARACTERISTIC: Final = Uuid.short(0x2803)
USER_DESCRIPTION: Final = Uuid.short(0x2901)
CLIENT_CONFIGURATION: Final = Uuid.short(0x2902)
SERVICE_CHANGED: Final = Uuid.short(0x2A05)
DATABASE_HASH: Final = Uuid.short(0x2B2A)
