"""`python -m tests.fuzz [--seconds N] [--seed N] [TARGET...]`: looks for inputs that break a source or the engine.

Each target has its share of the time. An input that breaks something is kept in tests/fuzz/finds/ under the name of
its target, from where test_finds.py tries it ever after. Exits with 1 if there is one. Needs atheris: pip install
'.[fuzz]'.
"""

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from l2scope.build import engine_build
from tests.fuzz.targets import TARGETS

FINDS = Path(__file__).parent / "finds"
# An input that takes longer hangs; they take milliseconds.
LONGEST_SECONDS = 10
LARGEST_INPUT = 16_384
MOST_MEMORY_MB = 1024


def main() -> None:
    """Fuzz one target after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", choices=[[], *TARGETS], help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0, help="of the mutations; 0: another one each time")
    options = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.exit("atheris is not installed: pip install '.[fuzz]'")
    if engine_build() == "compiled":
        sys.exit("the engine is compiled: only interpreted code can be watched")
    names = options.targets or list(TARGETS)
    failed = [name for name in names if not fuzz(name, max(1, options.seconds // len(names)), options.seed)]
    if failed:
        sys.exit(f"broken: {', '.join(failed)}; see {FINDS}")


def fuzz(name: str, seconds: int, seed: int) -> bool:
    """Runs one target for so long and prints a line about it. False where an input broke it."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, content in enumerate(TARGETS[name].seeds()):
            (Path(corpus) / str(number)).write_bytes(content)
        command = [
            sys.executable, "-m", "tests.fuzz.guided", name, f"-max_total_time={seconds}", f"-seed={seed}",
            f"-timeout={LONGEST_SECONDS}", f"-rss_limit_mb={MOST_MEMORY_MB}", f"-max_len={LARGEST_INPUT}",
            f"-artifact_prefix={FINDS / name}-", "-print_final_stats=1", corpus,
        ]  # fmt: skip
        log = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    printed = log.stdout + log.stderr
    if log.returncode:
        print(printed[-6000:])
    found = re.search(r"number_of_executed_units: *(\d+)", printed)
    print(f"{name:<14}{found[1] if found else 'no':>9} inputs in {seconds} s", flush=True)
    return log.returncode == 0


if __name__ == "__main__":
    main()
