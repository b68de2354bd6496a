"""`python -m tests.fuzz.guided TARGET [OPTIONS OF LIBFUZZER] [FOLDER]`: one target under libFuzzer, until it ends it.

The code under test is instrumented while it is imported, so it must be interpreted and not have been imported before.
"""

import sys

import atheris

with atheris.instrument_imports(include=["l2scope"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    program, name, *options = sys.argv
    atheris.Setup([program, *options], TARGETS[name].run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
