"""Runs what a dissector does with a whole conversation, within bounds: its code may be wrong, its data hostile."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, TypeVar

from l2scope.dissection.conversation import Breach, Conversation, ExportedFile, Message, Unit
from l2scope.dissection.dissector import Dissector, describe
from l2scope.dissection.time_limit import bounded

SECONDS: Final = 10.0
SECONDS_A_UNIT: Final = 0.002
MOST_BREACHES: Final = 1000
MOST_FILES: Final = 100_000

Found = TypeVar("Found")


def joined(dissector: Dissector | None, units: Sequence[Unit]) -> tuple[list[Message], str]:
    """The messages of some units, and what went wrong with the dissector's joining, or "": then every unit is a message
    by itself, as it is without a dissector."""
    if dissector is None or dissector.join is None:
        return [_alone(unit) for unit in units], ""
    join = dissector.join
    most = sum(len(unit.data) + 1 for unit in units)
    try:
        messages = _all(lambda: join(units), Message, most, len(units))
        if any(not message.units for message in messages):
            raise ValueError("a message without units")
        return messages, ""
    except Exception as error:
        return [_alone(unit) for unit in units], f"{dissector.shown_title}: join: {describe(error)}"


def breaches(conversation: Conversation) -> tuple[list[Breach], str]:
    """Where the conversation breaks the rules of its dissector, and what went wrong with judging, or ""."""
    dissector = conversation.dissector
    if dissector is None or dissector.judge is None:
        return [], ""
    judge = dissector.judge
    try:
        return _all(lambda: judge(conversation), Breach, MOST_BREACHES, len(conversation.units)), ""
    except Exception as error:
        return [], f"{dissector.shown_title}: judge: {describe(error)}"


def exported(conversation: Conversation) -> list[ExportedFile]:
    """The files that a dissector makes of a conversation; without an exporter one for each message. Raises whatever the
    dissector raises."""
    dissector = conversation.dissector
    if dissector is None or dissector.export is None:
        return [
            ExportedFile(f"{index:06d}-{message.direction}.bin", message.content)
            for index, message in enumerate(conversation.messages)
        ]
    export = dissector.export
    return _all(lambda: export(conversation), ExportedFile, MOST_FILES, len(conversation.units))


def _all(made: Callable[[], Iterable[Found]], kind: type[Found], most: int, units: int) -> list[Found]:
    """What the code gives, no more than `most`. Raises TypeError for what is of another kind."""
    found = bounded(lambda: list(islice(made(), most)), SECONDS + SECONDS_A_UNIT * units)
    if any(not isinstance(one, kind) for one in found):
        raise TypeError(f"gave something that is no {kind.__name__}")
    return found


def _alone(unit: Unit) -> Message:
    """A unit as a message of its own, with what its dissector says of it."""
    dissector = unit.dissector
    if dissector is None or not unit.complete:
        return Message((unit,), unit.data, complete=unit.complete, problem="" if unit.complete else "not complete")
    packet = unit.packet
    values = {} if packet is None else _columns(dissector, packet)
    said = "" if unit.problem else dissector.line(unit.data)[1]
    return Message((unit,), unit.data, said, problem=unit.problem, values=values)


def _columns(dissector: Dissector, packet: object) -> dict[str, object]:
    found: dict[str, object] = {}
    for title, value in dissector.columns.items():
        try:
            found[title] = value(packet)
        except Exception as error:
            found[title] = describe(error)
    return found
