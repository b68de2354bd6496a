"""`l2scope keys`: what the settings may name."""

import json
from pathlib import Path

from tests.cli.runner import l2scope


def test_keys_as_the_user_has_them(tmp_path: Path) -> None:
    """All actions with their keys, those of the settings among them."""
    (tmp_path / "l2scope").mkdir()
    (tmp_path / "l2scope" / "settings.toml").write_text('[keys]\n"packets.find" = ["F7"]\n"packets.mark" = []\n')
    rows = json.loads(l2scope("keys", "--json", XDG_CONFIG_HOME=str(tmp_path)).stdout)
    keys = {row["action"]: row["keys"] for row in rows}
    assert keys["packets.find"] == ["f7"]
    assert keys["packets.mark"] == []
    assert keys["packets.filter"] == ["&", "F"]
    assert {"prompt.cancel", "filter.complete", "paned.maximise"} <= set(keys)


def test_a_prefix() -> None:
    """Those whose names begin so; a name that no action begins with is an error that says what is near."""
    listed = l2scope("keys", "findings.m").stdout.splitlines()
    assert len(listed) == 2
    assert listed[1].split()[:2] == ["findings.mute", "m"]
    wrong = l2scope("keys", "finding.mute")
    assert wrong.returncode == 2
    assert "did you mean findings.mute" in wrong.stderr
