"""Pairing and encryption (Vol 3 Part H, Vol 3 Part C 10)."""

from collections.abc import Iterator
from typing import Final

from l2scope.analysis.rules.facts import Facts
from l2scope.analysis.rules.rule import ERROR, INFO, WARNING, Hit, Rule
from l2scope.columns import seconds
from l2scope.engine.link import Link
from l2scope.engine.words import NONE
from l2scope.names.hci import error_name
from l2scope.pairings import MITM, Encryption, Features, Pairing, encryption_of, pairings_of

# Without a command for longer, a pairing has failed (Part H 3.4).
TIMEOUT_NS: Final = 30_000_000_000
LONGEST_KEY: Final = 16
SHORTEST_KEY: Final = 7


def _pairings(facts: Facts) -> Iterator[tuple[Link, Pairing]]:
    for link in facts.own_link():
        for pairing in pairings_of([link]):
            yield link, pairing


def _changes(facts: Facts) -> Iterator[tuple[Link, Encryption]]:
    for link in facts.own_link():
        for change in encryption_of(link):
            yield link, change


def _failed(facts: Facts) -> Iterator[Hit]:
    for _, pairing in _pairings(facts):
        if pairing.state == "failed" and pairing.failed_in is not None:
            how = "" if pairing.method is None else f" ({pairing.method})"
            yield Hit(
                message=f"pairing{how} failed: {pairing.reason_name or 'no reason given'}, says the "
                f"{pairing.failed_by} side",
                packets=[pairing.first_packet, pairing.failed_in],
                time_ns=pairing.end_ns,
                link=pairing.link,
                values={"reason": pairing.reason, "reason_name": pairing.reason_name, "method": pairing.method},
            )


def _short_key(facts: Facts) -> Iterator[Hit]:
    for _, pairing in _pairings(facts):
        features = (pairing.request, pairing.response)
        short = [one for one in features if one is not None and one.key_size < LONGEST_KEY]
        if pairing.key_size is None or not short or pairing.state == "failed":
            continue
        blamed = {_side(pairing, one) for one in short}
        yield _short(pairing.key_size, short[0].packet, None, pairing.link, blamed.pop() if len(blamed) == 1 else None)
    for link, change in _changes(facts):
        if change.key_size is not None and 0 < change.key_size < LONGEST_KEY:
            yield _short(change.key_size, change.packet, change.time_ns, int(link.row), None)


def _side(pairing: Pairing, features: Features) -> str:
    other = "remote" if pairing.initiator == "local" else "local"
    return pairing.initiator or "" if features is pairing.request else other


def _short(size: int, packet: int, time_ns: int | None, link: int, blame: str | None) -> Hit:
    return Hit(
        message=f"the key has {size} bytes, 16 are possible",
        packets=[packet],
        time_ns=time_ns,
        link=link,
        blame=blame,
        values={"key_size": size},
        severity=ERROR if size < SHORTEST_KEY else None,
    )


def _unfinished(facts: Facts) -> Iterator[Hit]:
    for link, pairing in _pairings(facts):
        refused = any(change.failed and change.packet > pairing.first_packet for change in encryption_of(link))
        if pairing.state != "unfinished" or pairing.request is None or refused:
            continue
        ended = link.closed != NONE
        waited = (int(link.closed_time) if ended else facts.last_ns) - pairing.end_ns
        if not ended and waited <= TIMEOUT_NS:
            continue
        then = "the link ended" if ended else "nothing followed"
        yield Hit(
            message=f"pairing stopped half-way: {then} {seconds(max(0, waited))} after the last command",
            packets=[pairing.first_packet, pairing.last_packet],
            time_ns=pairing.end_ns,
            link=pairing.link,
            values={"waited_ns": waited, "link_ended": ended},
        )


def _encryption_failed(facts: Facts) -> Iterator[Hit]:
    for link, change in _changes(facts):
        if change.failed:
            yield Hit(
                message=f"the link could not be encrypted: {error_name(change.status)}",
                packets=[change.packet],
                time_ns=change.time_ns,
                link=int(link.row),
                values={"status": change.status},
            )


def _refused_key(facts: Facts) -> Iterator[Hit]:
    for link, change in _changes(facts):
        if change.what == "key refused":
            yield Hit(
                message="the captured host has no key for this peer: it refuses the controller's request",
                packets=[change.packet],
                time_ns=change.time_ns,
                link=int(link.row),
                blame="local",
            )


def _unauthenticated(facts: Facts) -> Iterator[Hit]:
    for _, pairing in _pairings(facts):
        asking = [
            one
            for one in (pairing.request, pairing.response)
            if one is not None and pairing.authenticated is False and one.authentication & MITM
        ]
        if asking and pairing.method == "just works":
            yield Hit(
                message=f"protection against somebody in the middle was asked for, and {pairing.method} gives none: "
                "the two sides' input and output allow no other method",
                packets=[asking[0].packet],
                time_ns=pairing.start_ns,
                link=pairing.link,
            )


def _legacy(facts: Facts) -> Iterator[Hit]:
    for _, pairing in _pairings(facts):
        if pairing.secure_connections is False and pairing.method != "out of band" and pairing.state == "complete":
            yield Hit(
                message="legacy pairing: who records it can find the key",
                packets=[pairing.first_packet],
                time_ns=pairing.start_ns,
                link=pairing.link,
            )


RULES: Final = (
    Rule(
        id="SMP001",
        title="pairing failed",
        severity=WARNING,
        spec="Vol 3 Part H 3.5.5",
        meaning="One side ended a pairing with Pairing Failed.",
        harm="The devices share no key: what needs an encrypted link does not work.",
        sender="Look at the reason: wrong passkeys and confirm values speak of the user or of an attack, requirements "
        "of features that do not fit.",
        receiver="The same on the other side.",
        find=_failed,
    ),
    Rule(
        id="SMP002",
        title="an encryption key of less than 16 bytes",
        severity=WARNING,
        spec="Vol 3 Part H 2.3.4",
        meaning="The two sides agreed on a key that is shorter than what AES takes. Below 7 bytes it is forbidden.",
        harm="The key can be guessed; attacks are known that shorten it (KNOB).",
        sender="Ask for 16 bytes, and refuse less (Encryption Key Size).",
        receiver="The same.",
        find=_short_key,
    ),
    Rule(
        id="SMP003",
        title="pairing stopped half-way",
        severity=WARNING,
        spec="Vol 3 Part H 3.4",
        meaning="The link ended, or 30 seconds passed without a command, before the pairing was complete.",
        harm="The devices share no key; after the timeout they may not pair again on this link.",
        sender="See who was to send the next command, and what it waited for: a user, or an event that never came.",
        receiver="",
        find=_unfinished,
    ),
    Rule(
        id="SMP004",
        title="encryption failed",
        severity=WARNING,
        spec="Vol 4 Part E 7.7.8",
        meaning="The controller could not encrypt the link. PIN or Key Missing: one side has forgotten the other.",
        harm="The link ends, or what needs encryption does not work, until they pair anew.",
        sender="Remove the bond on both sides and pair again; find out why one side lost its key.",
        receiver="",
        find=_encryption_failed,
    ),
    Rule(
        id="SMP005",
        title="the host has no key for its peer",
        severity=WARNING,
        spec="Vol 4 Part E 7.8.26",
        meaning="A central starts encryption, and the peripheral's host answers that it has no key.",
        harm="The link cannot be encrypted until they pair anew.",
        sender="Keep bonds over restarts; on the central remove the bond and pair again.",
        receiver="",
        find=_refused_key,
    ),
    Rule(
        id="SMP006",
        title="somebody in the middle is not kept out",
        severity=INFO,
        spec="Vol 3 Part H 2.3.5.1",
        meaning="One side asked for protection (MITM), and the input and output of both allow Just Works alone.",
        harm="Whoever needs an authenticated key will refuse this one.",
        sender="Give the device a display or a keyboard, an out of band channel, or ask for no protection.",
        receiver="",
        find=_unauthenticated,
    ),
    Rule(
        id="SMP007",
        title="legacy pairing",
        severity=INFO,
        spec="Vol 3 Part H 2.3.5.5",
        meaning="One side has no LE Secure Connections, so the key comes from a short secret.",
        harm="Who records the pairing can find the key and read what follows.",
        sender="Support LE Secure Connections on both sides.",
        receiver="",
        find=_legacy,
    ),
)
