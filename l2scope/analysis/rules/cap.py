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


def _rule(number: str, what: damage.Rule) -> Rule:
    return Rule(
        id=number,
        title=what.title,
        severity=WARNING if what.loses else INFO,
        spec="",
        meaning=f"The capture itself: {what.title}.",
        harm="Packets are missing, or may be: what depends on them is not certain."
        if what.loses
        else "The figures stand; what they rest on is less complete than it could be.",
        sender="",
        receiver="",
        find=_of_damage(number),
    )


RULES: Final = tuple(_rule(number, what) for number, what in damage.RULES.items())
