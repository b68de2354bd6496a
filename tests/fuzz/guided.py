"""`python -m tests.fuzz.guided TARGET [OPTIONS OF LIBFUZZER] [FOLDER]`: one target under libFuzzer, until it ends it.

The code under test is instrumented while it is imported, so it must be interpreted and not have been imported before.
"""

import sys

import atheris

with atheris.instrument_imports(include=["l2scope"]):
    from tests.fuzz.targets import TARGETS

from tests.fuzz import packets


def mutated_packets(data: bytes, max_size: int, seed: int) -> bytes:
    return packets.mutated(data, max_size, seed, atheris.Mutate)


def main() -> None:
    program, name, *options = sys.argv
    own = {"custom_mutator": mutated_packets} if name == "engine" else {}
    atheris.Setup([program, *options], TARGETS[name].run, **own)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
