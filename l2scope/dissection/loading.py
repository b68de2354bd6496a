"""Where dissector files are found, and how they are run: by their path, never by a name on the import path.

First come the folders that the user names, then the user's own folder, then installed packages with an entry point in
the group "l2scope.dissectors", and ours last: of two dissectors for the same thing the first is used. The current
folder is not looked at, unless the user names it. Files of one folder may import each other: `from ._shared import X`.
"""

import importlib.util
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, distributions
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Final

import platformdirs

from l2scope.dissection.time_limit import bounded

GROUP: Final = "l2scope.dissectors"
TEMPLATE: Final = "TEMPLATE.py"
LOAD_SECONDS: Final = 8.0
SILENT: Final = logging.CRITICAL + 1

_packages = count()


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of dissector files, and what it is called to the user."""

    folder: Path
    origin: str


@dataclass(frozen=True, slots=True)
class Found:
    """One file or entry point: where it is from, and the module or object that it gave, or what went wrong."""

    name: str
    origin: str
    content: object = None
    fault: BaseException | None = None


def shipped_folder() -> Path:
    """Where our dissector files are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_shipped" / "dissectors"
    return installed if installed.is_dir() else package.parent / "dissectors"


def user_folder() -> Path | None:
    """The user's own folder for dissectors; None where the environment names none that is absolute."""
    folder = platformdirs.user_config_path("l2scope", appauthor=False) / "dissectors"
    return folder if folder.is_absolute() else None


def found_in(place: Place) -> Iterator[Found]:
    """The files of a folder, in order of their names; those with an underscore in front are only for the others."""
    package = f"l2scope_dissectors_{next(_packages)}"
    _make_package(place.folder, package)
    for path in sorted(place.folder.glob("[!_]*.py")):
        if path.name != TEMPLATE:
            yield _guarded(path.name, place.origin, lambda path=path: _load_file(path, f"{package}.{path.stem}"))


def found_in_packages() -> Iterator[Found]:
    """What installed packages offer. What lies in the current folder is not installed."""
    for origin, point in sorted(_entry_points(), key=lambda one: (one[0], one[1].name)):
        yield _guarded(point.name, origin, point.load)


def _entry_points() -> Iterator[tuple[str, EntryPoint]]:
    here = Path.cwd()
    outside = [entry for entry in sys.path if entry and Path(entry).resolve() != here]
    for distribution in distributions(path=outside):
        for point in distribution.entry_points:
            if point.group == GROUP:
                yield f"package {distribution.metadata['Name']}", point


def _guarded(name: str, origin: str, load: object) -> Found:
    """Runs foreign code: whatever it raises, even SystemExit, costs it alone."""
    assert callable(load)
    try:
        return Found(name, origin, bounded(load, LOAD_SECONDS))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Found(name, origin, fault=error)


def _make_package(folder: Path, package: str) -> None:
    """An empty package whose modules are the files of the folder, so that they can import each other."""
    module = ModuleType(package)
    module.__path__ = [str(folder)]
    sys.modules[package] = module


def _load_file(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def quiet_scapy() -> None:
    """scapy logs warnings to the terminal, which a UI may own; its level is left alone where it is in use already."""
    if "scapy" not in sys.modules:
        logging.getLogger("scapy").setLevel(SILENT)
