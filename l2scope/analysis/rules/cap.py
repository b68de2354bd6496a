"""Capture quality: what is missing or damaged in the capture itself, by the rules of l2scope/sources/damage.py."""

from collections.abc import Callable, Iterator
from typing import Final

from l2scope.analysis.rules.facts import Facts
from l2scope.analysis.rules.rule import INFO, WARNING, Hit, Rule
from l2scope.sources import damage


def _of_damage(rule: str) -> Callable[[Facts], Iterator[Hit]]:
    def find(facts: Facts) -> Iterator[Hit]:
        for row in facts.damage:
            if row.rule == rule:
                packets = [row.packet] if row.packet else []
                yield Hit(message=row.message, packets=packets, time_ns=None, values={"count": row.count})

    return find


# What to do about it, where something can be done.
REMEDIES: Final = {
    damage.CUT_OFF: "Stop the recording in good order, or copy the file only when it is complete.",
    damage.CUT_SHORT: "Record whole packets: no snap length; on Android the full snoop log, not the filtered one.",
    damage.LOST: "Record on a faster disk or with a larger buffer, and with fewer other programs.",
    damage.TIME_REVERSED: "Nothing is to be done: the order of the packets counts, not their times.",
    damage.GARBAGE: "Copy the file in binary mode, and do not let two programs write to it.",
    damage.UNREADABLE: "Copy the file in binary mode; if it is still written, wait for its end.",
    damage.LINK_TYPE: "Record the host's own HCI log.",
    damage.UNSEEN_LINK: "Begin to record before the devices connect, or say what you know of a channel with --channel.",
    damage.NO_DIRECTION: "Record with a link type that tells the direction: 201 rather than 187.",
    damage.UNRESOLVED: "Install the Python package cryptography.",
}


def _rule(number: str, what: damage.Rule) -> Rule:
    return Rule(
        id=number,
        title=what.title,
        severity=WARNING if what.loses else INFO,
        spec="",
        meaning=f"This is about the capture, not about what was captured: {what.title}.",
        harm="Packets are missing, or may be: what depends on them is not certain."
        if what.loses
        else "The figures stand; what they rest on is less complete than it could be.",
        sender="",
        receiver="",
        remedy=REMEDIES.get(number, ""),
        find=_of_damage(number),
    )


RULES: Final = tuple(_rule(number, what) for number, what in damage.RULES.items())
