"""How this installation runs its engine."""

from pathlib import Path

from l2scope.engine import engine


def engine_build() -> str:
    """ "compiled" where the engine is a C extension made by mypyc, else "interpreted"."""
    return "interpreted" if Path(engine.__file__).suffix == ".py" else "compiled"
