"""What stands for an address, a name or a key: the same for the same throughout a capture, and another in each run."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from secrets import token_bytes
from typing import Final

ADDRESS_SIZE: Final = 6
# The two most significant bits of a random address tell its kind (Vol 6 Part B 1.3.2).
KIND_BITS: Final = 0xC0
# A shorter name may be part of anything.
SHORTEST_NAME: Final = 4
PRAND_SIZE: Final = 3
# What was learnt may end in zero bytes. Payloads are zero, and long: there is nothing to look for.
MOST_ZEROS: Final = 16


class Pseudonyms:
    """Addresses and keys are in the order of HCI and SMP, least significant byte first."""

    def __init__(self, secret: bytes | None = None) -> None:
        """secret makes pseudonyms that can be told beforehand."""
        self._secret = token_bytes(32) if secret is None else secret
        self._known: dict[bytes, bytes] = {}
        self._pattern: re.Pattern[bytes] | None = None

    def address(self, address: bytes) -> bytes:
        """Of the same kind."""
        if not _says_something(address):
            return address
        made = bytearray(self._made(b"address", address, len(address)))
        made[-1] = made[-1] & ~KIND_BITS & 0xFF | address[-1] & KIND_BITS
        return self._learn(address, bytes(made), both_orders=True)

    def resolvable(self, address: bytes, key: bytes) -> bytes:
        """An address that the pseudonym of its key resolves. Needs the package `cryptography`."""
        from l2scope.identity import hashes

        prand = bytearray(self._made(b"prand", address, PRAND_SIZE))
        prand[-1] = prand[-1] & ~KIND_BITS & 0xFF | address[-1] & KIND_BITS
        (hashed,) = hashes(self.key(key), [int.from_bytes(prand, "little")])
        return self._learn(address, hashed.to_bytes(PRAND_SIZE, "little") + prand, both_orders=True)

    def name(self, field: bytes) -> bytes:
        """Of the same length; what stands behind a zero byte is zero."""
        text = field.split(b"\0", 1)[0]
        if not text:
            return bytes(len(field))
        made = self._known.get(text) or self._made(b"name", text, len(text), b"abcdefghijklmnopqrstuvwxyz")
        if len(text) >= SHORTEST_NAME:
            self._learn(text, made, both_orders=False)
        return made + bytes(len(field) - len(text))

    def key(self, key: bytes) -> bytes:
        if not _says_something(key):
            return key
        return self._learn(key, self._made(b"key", key, len(key)), both_orders=True)

    def swept(self, data: bytes) -> bytes:
        """The same bytes, with pseudonyms wherever something that was learnt is in them."""
        if self._pattern is None:
            self._pattern = re.compile(b"|".join(map(re.escape, sorted(self._known, key=len, reverse=True))) or b"(?!)")
        telling = data[: len(data.rstrip(b"\0")) + MOST_ZEROS]
        swept = self._pattern.sub(lambda found: self._known[found[0]], telling)
        return swept + bytes(len(data) - len(swept))

    def originals(self) -> Iterable[bytes]:
        """All that was learnt, in every order of its bytes."""
        return self._known.keys()

    def _learn(self, original: bytes, made: bytes, both_orders: bool) -> bytes:
        if original not in self._known:
            self._known[original] = made
            self._pattern = None
            if both_orders:
                self._known.setdefault(original[::-1], made[::-1])
        return self._known[original]

    def _made(self, use: bytes, original: bytes, size: int, alphabet: bytes | None = None) -> bytes:
        made = b""
        while len(made) < size:
            made += hmac.digest(self._secret, use + len(made).to_bytes(4) + original, "sha256")
        return made[:size] if alphabet is None else bytes(alphabet[byte % len(alphabet)] for byte in made[:size])


def _says_something(value: bytes) -> bool:
    """Not the address or key that stands for none."""
    return len(value) > 1 and value.count(value[0]) != len(value)
