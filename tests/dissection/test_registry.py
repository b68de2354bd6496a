"""How dissector files are found, loaded, and left out."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

from scapy.packet import Raw

from l2scope.dissection import Dissector, on_cid, on_kind, on_psm
from l2scope.dissection.dissector import Binding
from l2scope.dissection.loading import shipped_folder
from l2scope.dissection.registry import Registry, registry
from tests.corpus import ROOT

SIMPLE = """
from scapy.fields import ByteField
from scapy.packet import Packet
from scapy.packet import Raw

from l2scope.dissection import Dissector, on_psm
class {name}(Packet):
    name = "{name}"
    fields_desc = [ByteField("number", 0)]
DISSECTORS = [Dissector(name="{name}", layer={name}, on=on_psm({psm}))]
"""


def loaded(folder: Path, package: str, **files: str) -> Registry:
    """A registry with a folder of these files."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    result = Registry()
    result.load(folder, package)
    return result


def test_shipped_dissectors_load_without_a_problem() -> None:
    """Our own files bind what every capture holds."""
    ours = registry()
    assert ours.problems == []
    assert all(ours.for_kind(kind) for kind in (1, 2, 3, 4, 5, *range(16, 28)))
    assert all(ours.for_cid(cid) for cid in (1, 4, 5, 6, 7))
    assert ours.for_psm(0x27) is ours.for_cid(4)
    assert ours.for_psm(0x99) is None
    assert (shipped_folder() / "hci.py").is_file()


def test_a_broken_file_is_named_and_left_out(tmp_path: Path) -> None:
    """A syntax error, a raise, and a list of something else each cost that file alone."""
    found = loaded(
        tmp_path,
        "test_broken",
        a_syntax="def",
        b_raises="raise RuntimeError('no \\x1b[31m luck')",
        c_wrong="DISSECTORS = ['chat']",
        d_good=SIMPLE.format(name="chat", psm=0x80),
        _helper="raise RuntimeError('not a dissector')",
    )
    assert [problem.split(" ")[0] for problem in found.problems] == ["a_syntax.py", "b_raises.py", "c_wrong.py"]
    assert all(problem.isprintable() for problem in found.problems)
    chat = found.for_psm(0x80)
    assert chat is not None
    assert chat.fields(b"\7", 0, 0, 1)[0].children[0].value == "7"


def test_files_of_a_folder_import_each_other(tmp_path: Path) -> None:
    """What several dissectors share lies in a file with an underscore in front."""
    found = loaded(
        tmp_path,
        "test_sharing",
        _shared="PSM = 0x85",
        chat=SIMPLE.format(name="chat", psm="PSM").replace("\nfrom scapy", "\nfrom ._shared import PSM\nfrom scapy", 1),
    )
    assert found.problems == []
    assert found.for_psm(0x85) is not None


def test_the_first_of_two_is_used(tmp_path: Path) -> None:
    """Two dissectors for one PSM do not fight: the file that comes first by name is used."""
    found = loaded(tmp_path, "test_twice", b=SIMPLE.format(name="second", psm=1), a=SIMPLE.format(name="first", psm=1))
    chosen = found.for_psm(1)
    assert chosen is not None
    assert chosen.name == "first"


def test_bindings() -> None:
    """A dissector may be for several kinds, CIDs and PSMs."""
    dissector = Dissector(name="any", layer=Raw, on=on_kind(1, 2) + on_cid(4) + on_psm(0x80))
    assert dissector.on == (Binding("kind", 1), Binding("kind", 2), Binding("cid", 4), Binding("psm", 0x80))


def test_loading_in_threads_gives_one_registry() -> None:
    """The UI loads the dissectors in a worker while the first packet is asked for."""
    found: list[Registry] = []
    threads = [threading.Thread(target=lambda: found.append(registry())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == 4
    assert all(one is found[0] for one in found)


def test_scapy_says_nothing_on_the_terminal() -> None:
    """Neither loading nor a warning of scapy reaches stdout or stderr."""
    code = (
        "from l2scope.dissection.registry import registry; registry(); "
        "import logging; logging.getLogger('scapy.runtime').warning('hello')"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert printed.stdout == ""
    assert printed.stderr == ""
    assert logging.getLogger().level != logging.CRITICAL + 1


def test_scapy_all_is_not_loaded() -> None:
    """Loading everything scapy has takes longer than the rest of the program."""
    code = "import sys; from l2scope.dissection.registry import registry; registry(); print('scapy.all' in sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert printed.stdout == "False\n"


def test_importing_the_dissection_does_not_load_scapy() -> None:
    """scapy is loaded by the first packet that is looked at."""
    code = "import sys; import l2scope.dissection; print('scapy' in sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert printed.stdout == "False\n"
