"""All tables of an engine as bytes, to compare."""

from collections.abc import Callable, Iterable

from l2scope.engine.engine import Engine
from l2scope.engine.tables import Tables
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.sources.push import PushParser


def rows_of(tables: Tables) -> dict[str, bytes]:
    """Every table's rows; nothing may have been taken before."""
    return {
        name: getattr(tables, name).rows.getvalue()
        for name in ("packets", "pdus", "signals", "credits", "sdus", "frames", "zeros", "att", "faults", "losses")
    }


def tables_of(pieces: Iterable[bytes], parser_of: Callable[[Engine], PushParser] = BtsnoopParser) -> dict[str, bytes]:
    """The tables of a file that comes in pieces, of btsnoop unless another parser is made. Raises CaptureError."""
    engine = Engine()
    parser = parser_of(engine)
    for piece in pieces:
        parser.feed(piece)
    parser.end()
    engine.finish()
    return rows_of(engine.tables)
