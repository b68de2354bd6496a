"""All tables of an engine as bytes, to compare."""

from collections.abc import Iterable

from l2scope.engine.engine import Engine
from l2scope.engine.tables import Tables
from l2scope.sources.btsnoop import BtsnoopParser


def rows_of(tables: Tables) -> dict[str, bytes]:
    """Every table's rows; nothing may have been taken before."""
    return {
        name: getattr(tables, name).rows.getvalue()
        for name in ("packets", "pdus", "signals", "credits", "sdus", "zeros", "att")
    }


def tables_of(pieces: Iterable[bytes]) -> dict[str, bytes]:
    """The tables of a btsnoop file that comes in pieces."""
    engine = Engine()
    parser = BtsnoopParser(engine)
    for piece in pieces:
        parser.feed(piece)
    parser.end()
    engine.finish()
    return rows_of(engine.tables)
