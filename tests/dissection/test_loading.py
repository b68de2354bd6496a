"""Where dissectors come from, and where they never come from."""

import json
from pathlib import Path

from tests.cli.runner import l2scope
from tests.corpus import SAMPLES

CHAT = str(SAMPLES / "forum_chat.btsnoop")
MINE = """
from scapy.fields import LEIntField, StrField
from scapy.packet import Packet
from l2scope.dissection import Dissector, on_psm
class Mine(Packet):
    name = "Mine"
    fields_desc = [LEIntField("number", 0), StrField("rest", b"")]
DISSECTORS = [Dissector("{name}", Mine, on_psm(0x00C1), title="{title}", flat=True,
                        summary=lambda mine: f"number {{mine.number}}")]
"""


def write(folder: Path, name: str, title: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(MINE.format(name=name, title=title))


def protocols(*arguments: str, cwd: Path, **environment: str) -> set[str]:
    """What the packets of the chat are called."""
    printed = l2scope("packets", CHAT, "--json", *arguments, cwd=cwd, **environment).stdout
    return {json.loads(line)["protocol"] for line in printed.splitlines()}


def test_a_named_folder_comes_before_the_users_own_and_ours(tmp_path: Path) -> None:
    """Of three dissectors for one PSM the nearest to the user is used."""
    write(tmp_path / "config" / "l2scope" / "dissectors", "own", "Own")
    write(tmp_path / "named", "named", "Named")
    home = str(tmp_path / "config")
    assert "Chat" in protocols(cwd=tmp_path)
    assert "Own" in protocols(cwd=tmp_path, XDG_CONFIG_HOME=home)
    found = protocols("--dissectors", str(tmp_path / "named"), cwd=tmp_path, XDG_CONFIG_HOME=home)
    assert "Named" in found
    assert "Own" not in found


def test_an_installed_package_offers_dissectors(tmp_path: Path) -> None:
    """By its entry points in the group l2scope.dissectors."""
    site = tmp_path / "site"
    write(site, "of_a_package", "Packaged")
    metadata = site / "of_a_package-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: of-a-package\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[l2scope.dissectors]\nmine = of_a_package\n")
    path = f"{Path(__file__).resolve().parents[2]}:{site}"
    listed = json.loads(l2scope("dissectors", "--json", cwd=tmp_path, PYTHONPATH=path).stdout)
    (own,) = [one for one in listed if one["name"] == "of_a_package"]
    assert own["origin"] == "package of-a-package"
    assert own["for"] == ["PSM 0x00C1"]
    assert "Packaged" in protocols(cwd=tmp_path, PYTHONPATH=path)


def test_the_current_folder_runs_nothing(tmp_path: Path) -> None:
    """Neither dissector files nor a package that lies there, whatever it calls itself."""
    trap = tmp_path / "l2scope" / "dissectors"
    for folder in (tmp_path, tmp_path / "dissectors", trap):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trap.py").write_text("from pathlib import Path\nPath('sprung').write_text('')\nDISSECTORS = []")
    metadata = tmp_path / "trap-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: trap\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[l2scope.dissectors]\ntrap = trap\n")
    for environment in ({}, {"XDG_CONFIG_HOME": "."}, {"XDG_CONFIG_HOME": ""}):
        l2scope("packets", CHAT, cwd=tmp_path / "dissectors", **environment)
        l2scope("dissectors", cwd=tmp_path, **environment)
    assert not list(tmp_path.rglob("sprung"))


def test_a_broken_dissector_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    """On stderr; the packets are all there."""
    (tmp_path / "broken.py").write_text("import nothing_of_that_name")
    whole = l2scope("packets", CHAT)
    found = l2scope("packets", CHAT, "--dissectors", tmp_path)
    assert found.stdout == whole.stdout
    assert "broken.py" in found.stderr
    assert "nothing_of_that_name" in found.stderr
    assert found.returncode == 0


def test_of_two_with_one_name_the_first_is_used(tmp_path: Path) -> None:
    """A user's own takes the place of ours, which is said."""
    write(tmp_path, "forum_chat", "My chat")
    listed = l2scope("dissectors", "--json", "--dissectors", tmp_path)
    own = [one for one in json.loads(listed.stdout) if one["name"] == "forum_chat"]
    assert [one["protocol"] for one in own] == ["My chat"]
    assert "forum_chat is left out" in listed.stderr
