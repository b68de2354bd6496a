"""`python -m tests.generate [DIRECTORY]` writes the sample captures and their truths, by default into captures/."""

import sys
from pathlib import Path

from tests.generate.samples import write_samples

CAPTURES = Path(__file__).resolve().parents[2] / "captures"


def main(arguments: list[str]) -> None:
    """Write the samples and say how large they are."""
    directory = Path(arguments[0]) if arguments else CAPTURES
    for sample in write_samples(directory):
        print(f"{sample.name}: {sample.truth['packets']} packets, {len(sample.capture)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
