"""`python -m tests.table_digests FILE...`: a line for each capture with the digests of its tables.

Two builds of the engine that agree print the same.
"""

import hashlib
import sys
from functools import partial
from pathlib import Path

from l2scope.sources.errors import CaptureError
from l2scope.sources.formats import BEGINNING, parser_for
from tests.tables_of import tables_of


def main(paths: list[str]) -> None:
    for name in paths:
        try:
            capture = Path(name).read_bytes()
            tables = tables_of([capture], partial(parser_for, capture[:BEGINNING]))
        except CaptureError as error:
            print(Path(name).name, error)
            continue
        digests = (hashlib.sha256(rows).hexdigest()[:16] for rows in tables.values())
        print(Path(name).name, *digests)


if __name__ == "__main__":
    main(sys.argv[1:])
