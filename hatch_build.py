"""Compiles the engine and the capture parsers with mypyc while a wheel is built.

Where there is no C compiler, or it fails, that is said and the wheel is built without: the same code then runs
interpreted. An editable install stays interpreted, so that no stale extension shadows an edited file.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = (
    "l2scope/engine/*.py",
    *(
        f"l2scope/sources/{name}.py"
        for name in (
            "btsnoop",
            "damage",
            "errors",
            "hci_records",
            "interfaces",
            "link_types",
            "occurrences",
            "packetlogger",
            "pcap",
            "pcapng",
            "pcapng_blocks",
            "pcapng_frames",
            "push",
        )
    ),
)
HIDE_SYMBOLS = "-fvisibility=hidden"
# The package names all of its modules to type checkers; what those import is not there while a wheel is built.
ONLY_THESE = "--follow-imports=silent"


class CompileEngine(BuildHookInterface):  # type: ignore[type-arg]  # generic only in newer versions of hatchling
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the extensions to a wheel. Raises nothing: whatever goes wrong leaves the wheel interpreted."""
        if self.target_name != "wheel" or version == "editable":
            return
        try:
            extensions = compiled_modules(Path(self.root))
        except (Exception, SystemExit) as error:
            reason = str(error)[:200]
            self.app.display_warning(f"l2scope: the engine was not compiled and will run interpreted: {reason}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"].update({str(path): name for path, name in extensions})


def compiled_modules(root: Path) -> list[tuple[Path, str]]:
    """Compiles in a fresh folder. Returns each extension's path and its place in the wheel.

    The library that they share has no package and lies at the root of the wheel.
    """
    from mypyc.build import mypycify
    from setuptools import Distribution

    sources = sorted(str(path) for pattern in COMPILED for path in root.glob(pattern) if path.name != "__init__.py")
    build = Path(tempfile.mkdtemp(prefix="l2scope-build-"))
    modules = mypycify([ONLY_THESE, *sources], debug_level="0", target_dir=str(build))
    if sys.platform != "win32":
        for module in modules:
            if HIDE_SYMBOLS not in module.extra_compile_args:  # the modules share one list
                module.extra_compile_args.append(HIDE_SYMBOLS)
    command = Distribution({"name": "l2scope", "ext_modules": modules}).get_command_obj("build_ext")
    command.build_lib = str(build / "lib")
    command.build_temp = str(build / "temp")
    command.ensure_finalized()
    command.run()
    return [(path, str(path.relative_to(build / "lib"))) for path in (build / "lib").rglob("*") if path.is_file()]
