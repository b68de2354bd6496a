"""Runs every scenario and writes its samples."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

from tests.generate.classic_stack import traced_classic_channels
from tests.generate.scenarios import SCENARIOS
from tests.generate.stack import traced_channels
from tests.generate.truth import Sample
from tests.generate.virtual_clock import run


def samples() -> Iterator[Sample]:
    """All samples, made anew; the same bytes every time with the same version of Bumble."""
    logging.getLogger("bumble").setLevel(logging.CRITICAL)  # refusals and lost links are meant
    for scenario in SCENARIOS:
        with traced_channels(), traced_classic_channels():
            yield from run(scenario())


def write_samples(directory: Path) -> list[Sample]:
    """Write NAME.btsnoop and NAME.truth.json of every sample into `directory`, which is made if need be."""
    directory.mkdir(parents=True, exist_ok=True)
    written = list(samples())
    for sample in written:
        (directory / sample.truth["capture"]).write_bytes(sample.capture)
        (directory / f"{sample.name}.truth.json").write_text(json.dumps(sample.truth, indent=1) + "\n")
    return written
