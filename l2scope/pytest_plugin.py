"""What pytest shows when an assertion over a capture fails: a table of the stalls, channels or SDUs, not their repr.

pytest loads this plugin into every suite of an environment that has l2scope, so it imports nothing of l2scope until
an assertion over its objects has failed.
"""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

EVERY_ROW = 2


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Explains a failed comparison of lists of l2scope's objects; with -vv every row is printed."""
    if not (_of_l2scope(left) or _of_l2scope(right)):
        return None
    from l2scope.evidence import MOST_ROWS, has_table

    if not all(has_table(side) for side in (left, right) if _of_l2scope(side)):
        return None
    most = None if config.get_verbosity() >= EVERY_ROW else MOST_ROWS
    return [f"{_brief(left)} {op} {_brief(right)}", *_tables(op, left, right, most)]


def _of_l2scope(side: object) -> bool:
    """Whether it is a list that begins with one of l2scope's objects; imports nothing."""
    return isinstance(side, list) and bool(side) and type(side[0]).__module__.partition(".")[0] == "l2scope"


def _brief(side: object) -> str:
    from l2scope.evidence import has_table, summary_of

    return summary_of(side) if has_table(side) else reprlib.repr(side)


def _tables(op: str, left: object, right: object, most: int | None) -> list[str]:
    from l2scope.evidence import Clock, has_table, table_of

    if op == "==" and isinstance(left, list) and isinstance(right, list):
        left, right = _differing(left, right)
    tables = [
        (name, table_of(side, Clock(), most)) for name, side in (("left", left), ("right", right)) if has_table(side)
    ]
    if len(tables) == 1:
        return tables[0][1]
    return [line for name, table in tables for line in (f"on the {name}:", *table)]


def _differing(left: list[object], right: list[object]) -> tuple[list[object], list[object]]:
    """Both without what they begin and end with alike."""
    shorter = min(len(left), len(right))
    begin = next((i for i in range(shorter) if left[i] != right[i]), shorter)
    end = next((i for i in range(shorter - begin) if left[-1 - i] != right[-1 - i]), shorter - begin)
    return left[begin : len(left) - end], right[begin : len(right) - end]
