"""A capture as a file that tshark reads, with the same packets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.writing.convert import convert, is_foreign

Numbers = npt.NDArray[np.int64]


@contextmanager
def readable(capture: Capture) -> Iterator[tuple[Path, Numbers | None]]:
    """A file, and which packet of the capture each of its packets is, None where the numbers are the same.

    tshark reads the capture's own file where that is one as it was written, and whole. All else, what is wrapped in
    archives, damaged, piped in or recorded live, is written anew for it.
    """
    if capture.path.is_file() and not capture.wrapping and capture.quality.conclusive:
        yield capture.path, None
        return
    with TemporaryDirectory(prefix="l2scope-") as folder:
        path = Path(folder) / "capture.pcapng"
        convert(capture, path, "pcapng")
        foreign = is_foreign(capture)
        yield path, np.flatnonzero(~foreign) + capture.first_number if foreign.any() else None
