"""What a user sees of pairings and of the encryption of a link: plain objects. No numpy.

How two devices authenticate each other follows from what they say of themselves (Vol 3 Part H 2.3.5.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from l2scope.engine import pairing as engine
from l2scope.engine.key_distribution import IDENTITY_ADDRESS_INFORMATION, IDENTITY_INFORMATION
from l2scope.engine.link import Link
from l2scope.engine.words import BREDR_SMP_CID, NONE, TX
from l2scope.names import smp
from l2scope.names.hci import error_name

LOCAL: Final = "local"
REMOTE: Final = "remote"

JUST_WORKS: Final = "just works"
PASSKEY: Final = "passkey entry"
COMPARISON: Final = "numeric comparison"
OUT_OF_BAND: Final = "out of band"
CROSS_TRANSPORT: Final = "cross-transport key derivation"

# AuthReq (3.5.1).
BONDING: Final = 0x03
MITM: Final = 0x04
SECURE_CONNECTIONS: Final = 0x08
CROSS_TRANSPORT_2: Final = 0x20

DISPLAY_YES_NO: Final = 1
KEYBOARD_ONLY: Final = 2
NO_INPUT_NO_OUTPUT: Final = 3
KEYBOARD_DISPLAY: Final = 4

# Key distribution (3.6.1).
ENCRYPTION_KEY: Final = 1
IDENTITY_KEY: Final = 2
SIGNING_KEY: Final = 4
LINK_KEY: Final = 8
KEY_NAMES: Final = {
    engine.ENCRYPTION_INFORMATION: "long term key",
    0x07: "EDIV and Rand",
    IDENTITY_INFORMATION: "identity resolving key",
    IDENTITY_ADDRESS_INFORMATION: "identity address",
    engine.SIGNING_INFORMATION: "signature key",
}
SECRET: Final = (engine.ENCRYPTION_INFORMATION, IDENTITY_INFORMATION, engine.SIGNING_INFORMATION)
LAST_KEYS: Final = ((ENCRYPTION_KEY, 0x07), (IDENTITY_KEY, IDENTITY_ADDRESS_INFORMATION), (SIGNING_KEY, 0x0A))

# The type of an address and the address.
ADDRESS_SIZE: Final = 7

CHANGES: Final = {
    engine.ENCRYPTION_CHANGED: "encryption changed",
    engine.KEY_REFRESHED: "key refreshed",
    engine.ENCRYPTION_STARTED: "encryption started",
    engine.KEY_ASKED_FOR: "key asked for",
    engine.KEY_GIVEN: "key given",
    engine.KEY_REFUSED: "key refused",
}


@dataclass(frozen=True, slots=True)
class Features:
    """What a Pairing Request or Response says (3.5.1, 3.5.2)."""

    packet: int
    io_capability: int
    oob: bool
    authentication: int
    key_size: int
    initiator_keys: int
    responder_keys: int

    @property
    def io_name(self) -> str:
        return smp.IO_CAPABILITIES.get(self.io_capability) or f"IO capability 0x{self.io_capability:02X}"

    def as_json(self) -> dict[str, object]:
        return {
            "packet": self.packet,
            "io_capability": self.io_name,
            "oob": self.oob,
            "bonding": bool(self.authentication & BONDING),
            "mitm": bool(self.authentication & MITM),
            "secure_connections": bool(self.authentication & SECURE_CONNECTIONS),
            "key_size": self.key_size,
            "initiator_keys": self.initiator_keys,
            "responder_keys": self.responder_keys,
        }


@dataclass(frozen=True, slots=True)
class Key:
    """A key that one side gave the other. value is as SMP sends it, without the code."""

    name: str
    sender: str
    packet: int
    value: bytes
    secret: bool

    def text(self, show: bool) -> str:
        """For people; hidden where it is secret and not to be shown."""
        if self.secret and not show:
            return "hidden"
        if self.name == KEY_NAMES[IDENTITY_ADDRESS_INFORMATION] and len(self.value) >= ADDRESS_SIZE:
            return self.value[ADDRESS_SIZE - 1 : 0 : -1].hex(":").upper()
        return self.value.hex()

    def as_json(self, show: bool) -> dict[str, object]:
        """The value is null where it is secret and not to be shown."""
        value = self.value.hex() if show or not self.secret else None
        return {"name": self.name, "from": self.sender, "packet": self.packet, "value": value}


@dataclass(frozen=True, slots=True)
class Encryption:
    """One change of a link's encryption. status is that of the event, 0 for none; enabled and key_size (bytes) are None
    where they are not told."""

    packet: int
    time_ns: int
    what: str
    status: int
    enabled: bool | None
    key_size: int | None

    @property
    def failed(self) -> bool:
        return self.status != 0

    def as_json(self) -> dict[str, object]:
        figures = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**figures, "status_name": error_name(self.status) if self.status else None}


@dataclass(frozen=True, slots=True)
class Pairing:
    """One attempt on a link. initiator is "local" or "remote", None where the request is not in the capture, as is
    request then. asked_for is the packet of a Security Request. method, secure_connections and key_size (bytes) follow
    from both sides' features, None without them. state is "complete", "failed" or "unfinished". failed_by said so in
    the packet failed_in, with this reason.
    """

    link: int
    adapter: int
    handle: int
    transport: str
    initiator: str | None
    asked_for: int | None
    first_packet: int
    last_packet: int
    start_ns: int
    end_ns: int
    request: Features | None
    response: Features | None
    method: str | None
    secure_connections: bool | None
    bonding: bool | None
    key_size: int | None
    keys: tuple[Key, ...]
    state: str
    reason: int | None
    failed_by: str | None
    failed_in: int | None

    @property
    def authenticated(self) -> bool | None:
        """Whether the method keeps out somebody in the middle."""
        return None if self.method is None else self.method not in (JUST_WORKS, CROSS_TRANSPORT)

    @property
    def reason_name(self) -> str | None:
        return None if self.reason is None else smp.reason_name(self.reason)

    def __repr__(self) -> str:
        return f"<Pairing link={self.link} {self.method or 'method unknown'}: {self.state}>"

    def as_json(self, show_keys: bool = False) -> dict[str, object]:
        """The values of keys are null unless show_keys."""
        figures = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            **figures,
            "request": None if self.request is None else self.request.as_json(),
            "response": None if self.response is None else self.response.as_json(),
            "authenticated": self.authenticated,
            "keys": [key.as_json(show_keys) for key in self.keys],
            "reason_name": self.reason_name,
        }


def pairings_of(links: Sequence[Link]) -> list[Pairing]:
    """The pairings of these links, link by link in order."""
    return [pairing_view(link, pairing) for link in links for pairing in link.security.pairings]


def encryption_of(link: Link) -> list[Encryption]:
    """What happened to the encryption of a link."""
    return [
        Encryption(
            packet=int(change.packet),
            time_ns=int(change.time),
            what=CHANGES[int(change.kind)],
            status=int(change.status),
            enabled=None if change.enabled == NONE else bool(change.enabled),
            key_size=None if change.key_size == NONE else int(change.key_size),
        )
        for change in link.security.changes
    ]


def key_size_of(link: Link) -> int | None:
    """The size in bytes of the key that encrypts a link, as far as the capture tells: HCI's word, else what the last
    pairing on it agreed on. None for a link that is not encrypted."""
    if not link.encrypted:
        return None
    told = [int(change.key_size) for change in link.security.changes if change.key_size != NONE]
    agreed = [pairing.key_size for pairing in pairings_of([link]) if pairing.state != "failed"]
    return told[-1] if told else agreed[-1] if agreed else None


def pairing_view(link: Link, pairing: engine.Pairing) -> Pairing:
    commands = pairing.commands
    request, response = _features(commands, engine.PAIRING_REQUEST), _features(commands, engine.PAIRING_RESPONSE)
    both = None if request is None or response is None else (request, response)
    failure = next((one for one in commands if one.code == engine.PAIRING_FAILED), None)
    asked = next((one for one in commands if one.code == engine.PAIRING_REQUEST), None)
    security = next((one for one in commands if one.code == engine.SECURITY_REQUEST), None)
    reason = None if failure is None or len(failure.data) < 2 else failure.data[1]
    secure = both is not None and bool(request_bits(*both) & SECURE_CONNECTIONS)
    over_bredr = pairing.cid == BREDR_SMP_CID
    return Pairing(
        link=int(link.row),
        adapter=int(link.adapter),
        handle=int(link.handle),
        transport="br-edr" if over_bredr else "le",
        initiator=None if asked is None else _side(asked),
        asked_for=None if security is None else int(security.packet),
        first_packet=int(commands[0].packet),
        last_packet=int(commands[-1].packet),
        start_ns=int(commands[0].time),
        end_ns=int(commands[-1].time),
        request=request,
        response=response,
        method=None if both is None else CROSS_TRANSPORT if over_bredr else method(*both),
        secure_connections=None if both is None or over_bredr else secure,
        bonding=None if both is None else bool(request_bits(*both) & BONDING),
        key_size=None if both is None else min(both[0].key_size, both[1].key_size),
        keys=tuple(_key(command) for command in commands if command.code in KEY_NAMES),
        state="failed" if failure is not None else _state(link, pairing, both, secure),
        reason=reason,
        failed_by=None if failure is None else _side(failure),
        failed_in=None if failure is None else int(failure.packet),
    )


def request_bits(request: Features, response: Features) -> int:
    """What both sides ask for."""
    return request.authentication & response.authentication


def method(request: Features, response: Features) -> str:
    """How the two authenticate each other over LE: tables 2.6 to 2.8 of 2.3.5.1."""
    secure = bool(request_bits(request, response) & SECURE_CONNECTIONS)
    if (request.oob or response.oob) if secure else (request.oob and response.oob):
        return OUT_OF_BAND
    if not (request.authentication | response.authentication) & MITM:
        return JUST_WORKS
    able = (request.io_capability, response.io_capability)
    if NO_INPUT_NO_OUTPUT in able:
        return JUST_WORKS
    if secure and all(one in (DISPLAY_YES_NO, KEYBOARD_DISPLAY) for one in able):
        return COMPARISON
    return PASSKEY if KEYBOARD_ONLY in able or KEYBOARD_DISPLAY in able else JUST_WORKS


def _state(link: Link, pairing: engine.Pairing, both: tuple[Features, Features] | None, secure: bool) -> str:
    """Complete where the link was encrypted since and all keys that were agreed on were given; over BR/EDR, where it is
    encrypted before, the keys alone count."""
    if both is None:
        return "unfinished"
    first = int(pairing.commands[0].packet)
    encrypted = any(
        change.packet > first and change.status == 0 and (change.enabled > 0 or change.kind == engine.KEY_REFRESHED)
        for change in link.security.changes
    )
    over_bredr = pairing.cid == BREDR_SMP_CID
    sent = {(int(command.direction), int(command.code)) for command in pairing.commands}
    wanted = _wanted(pairing, both, secure or over_bredr)
    return "complete" if (encrypted or over_bredr) and wanted <= sent else "unfinished"


def _wanted(pairing: engine.Pairing, both: tuple[Features, Features], generated: bool) -> set[tuple[int, int]]:
    """Directions and codes of the last commands of all keys that are to be given. The long term key is generated, not
    given, with Secure Connections and over BR/EDR (2.4.3, 3.6.1)."""
    asked = next(one for one in pairing.commands if one.code == engine.PAIRING_REQUEST)
    initiator = int(asked.direction)
    response = both[1]
    wanted = set()
    for direction, keys in ((initiator, response.initiator_keys), (1 - initiator, response.responder_keys)):
        for bit, code in LAST_KEYS:
            if keys & bit and not (generated and bit == ENCRYPTION_KEY):
                wanted.add((direction, code))
    return wanted


def _features(commands: Sequence[engine.Command], code: int) -> Features | None:
    command = next((one for one in commands if one.code == code and len(one.data) >= engine.FEATURES), None)
    if command is None:
        return None
    _, io_capability, oob, authentication, key_size, initiator_keys, responder_keys = command.data[: engine.FEATURES]
    return Features(
        int(command.packet), io_capability, oob == 1, authentication, key_size, initiator_keys, responder_keys
    )


def _key(command: engine.Command) -> Key:
    code = int(command.code)
    return Key(KEY_NAMES[code], _side(command), int(command.packet), command.data[1:], code in SECRET)


def _side(command: engine.Command) -> str:
    return LOCAL if command.direction == TX else REMOTE
