"""`follow`, `dissectors` and `new-dissector`, as a user calls them."""

import hashlib
import json
from pathlib import Path

import pytest

from l2scope.dissection.exporting import safe_name
from tests.cli.runner import l2scope
from tests.corpus import SAMPLES, read_json

CHAT = SAMPLES / "forum_chat.btsnoop"
HEALTHY = SAMPLES / "healthy.btsnoop"
MESSAGES = read_json(SAMPLES / "forum_chat.truth.json")["content"]["messages"]


def test_messages_as_json_are_those_that_were_sent() -> None:
    """Direction, length, hash and text of each, byte for byte."""
    lines = [json.loads(line) for line in l2scope("follow", CHAT, "--channel", "0", "--json").stdout.splitlines()]
    found = sorted((line["direction"], line["length"], line["sha256"]) for line in lines)
    assert found == sorted((one["direction"], one["length"], one["sha256"]) for one in MESSAGES)
    texts = {line["text"] for line in lines if line["media"] == "text/plain"}
    assert texts >= {one["text"] for one in MESSAGES if one["type"] == "text"}


def test_text_is_printable_and_hex_is_hexdump() -> None:
    """Escape codes and overrides of the chat do not reach the terminal."""
    shown = l2scope("follow", CHAT, "--channel", "0").stdout
    assert "Hello, is anybody there?" in shown
    assert all(character.isprintable() or character == "\n" for character in shown)
    dump = l2scope("follow", CHAT, "--channel", "0", "--as", "hex", "--find", "anybody").stdout
    assert "000000  48 65 6c 6c 6f 2c 20 69" in dump


def test_raw_is_the_bytes_of_one_direction(tmp_path: Path) -> None:
    """The SDUs of a channel that no dissector is for, one after the other."""
    import subprocess
    import sys

    raw = subprocess.run(
        [sys.executable, "-m", "l2scope", "follow", str(HEALTHY), "--channel", "0", "--as", "raw", "--direction", "tx"],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    l2scope("sdus", HEALTHY, "--channel", "0", "--extract", tmp_path)
    assert raw == b"".join(path.read_bytes() for path in sorted(tmp_path.glob("*-tx-*")))
    assert raw


def test_find_in_bytes_and_text() -> None:
    """A text whatever its case, bytes as they are; nothing is no error."""
    for wanted in ("ANYBODY", "hex:616e79626f6479", "hex:61:6e:79"):
        assert "Hello" in l2scope("follow", CHAT, "--channel", "0", "--find", wanted).stdout
    nothing = l2scope("follow", CHAT, "--channel", "0", "--find", "not in there")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert l2scope("follow", CHAT, "--channel", "0", "--find", "hex:zz").returncode == 2


def test_export_writes_what_was_sent(tmp_path: Path) -> None:
    """The picture of the chat is among the files."""
    l2scope("follow", CHAT, "--channel", "0", "--export", tmp_path)
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()}
    assert {one["sha256"] for one in MESSAGES if one["type"] == "image"} <= hashes


def test_without_a_channel_there_is_a_list() -> None:
    """Channels, and the characteristics that a dissector is for."""
    assert "--channel 0" in l2scope("follow", HEALTHY).stdout
    assert "--handle 0x" in l2scope("follow", SAMPLES / "smp_mcumgr.btsnoop").stdout
    assert "No channel carried" in l2scope("follow", SAMPLES / "att_only.btsnoop").stderr


def test_the_list_as_json() -> None:
    """A line for each, with its figures."""
    lines = [json.loads(line) for line in l2scope("follow", CHAT, "--json").stdout.splitlines()]
    assert [(line["channel"], line["dissector"], line["messages"]) for line in lines] == [
        (0, "forum_chat", len(MESSAGES))
    ]


def test_an_override_without_effect_is_told() -> None:
    """Most often the number is meant to be another one."""
    found = l2scope("packets", CHAT, "--decode-as", "psm=85:ots")
    assert "psm=0x55" in found.stderr
    assert found.returncode == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("--channel", "7"),
        ("--handle", "0x7777"),
        ("--handle", "seven"),
        ("--channel", "0", "--decode-as", "channel=0:nothing"),
        ("--channel", "0", "--dissectors", "no/such/folder"),
        ("--decode-as", "nonsense"),
        ("--export", "somewhere"),
        ("--find", "anything"),
        ("--channel", "0", "--handle", "0x12"),
        ("--channel", "0", "--export", "somewhere", "--find", "anything"),
        ("--channel", "0", "--find", ""),
        ("--channel", "0", "--find", "hex:"),
    ],
)
def test_wrong_calls(wrong: tuple[str, ...]) -> None:
    """One clear message, exit code 2."""
    found = l2scope("follow", CHAT, *wrong)
    assert found.returncode == 2
    assert "Error" in found.stderr
    assert "Traceback" not in found.stderr


def test_dissectors_are_listed() -> None:
    """With what they are for and where they are from."""
    listed = {one["name"]: one for one in json.loads(l2scope("dissectors", "--json").stdout)}
    assert listed["att"]["for"] == ["CID 0x0004 ATT", "PSM 0x001F ATT", "PSM 0x0027 EATT"]
    assert listed["ots"]["rules"]
    assert {one["origin"] for one in listed.values()} == {"l2scope"}
    assert "telemetry" not in listed


def test_a_new_dissector_from_the_template(tmp_path: Path) -> None:
    """As a new user begins one: it is there, short, loads, and shows in list, tree, filter and JSON."""
    made = l2scope("new-dissector", "heart_camera", XDG_CONFIG_HOME=str(tmp_path))
    path = Path(made.stdout.strip())
    assert path == tmp_path / "l2scope" / "dissectors" / "heart_camera.py"
    assert len(path.read_text().splitlines()) < 40
    path.write_text(path.read_text().replace("on_psm(0x00FF)", "on_psm(0x0085)"))
    home = str(tmp_path)
    assert "heart_camera" in l2scope("dissectors", XDG_CONFIG_HOME=home).stdout
    listed = l2scope("packets", HEALTHY, "-Y", "heart_camera.sensor > 0", "--json", XDG_CONFIG_HOME=home)
    shown = listed.stdout.splitlines()
    with_content = [line for line in map(json.loads, shown) if "content" in line]
    assert with_content
    data = bytes.fromhex(sdu_hex(0))
    first = with_content[0]["content"]
    assert first["dissector"] == "heart_camera"
    assert first["fields"]["sensor"] == int.from_bytes(data[1:3], "little")
    assert first["fields"]["uptime_ms"] == int.from_bytes(data[3:7], "little")
    again = l2scope("new-dissector", "heart_camera", XDG_CONFIG_HOME=str(tmp_path))
    assert again.returncode == 2
    assert "is a dissector already" in again.stderr
    elsewhere = l2scope("new-dissector", "heart_camera", "--to", path.parent)
    assert elsewhere.returncode == 1
    assert "is there already" in elsewhere.stderr


def sdu_hex(index: int) -> str:
    """The bytes of an SDU that the gadget sent."""
    import l2scope as api

    with api.open(HEALTHY) as capture:
        return capture.sdu_bytes(capture.sdus(0, "rx")[index].row).hex()


@pytest.mark.parametrize("name", ["Heart", "../heart", "heart camera", "9heart", "", "forum_chat", "class"])
def test_names_that_are_none(name: str, tmp_path: Path) -> None:
    """Nothing is written."""
    assert l2scope("new-dissector", name, "--to", tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("frame-1.jpg", "frame-1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("..", "_"),
        ("", "_"),
        ("a\x1b[31m\n:b*.bin", "a_[31m__b_.bin"),
        ("con.txt", "_con.txt"),
        (".hidden", "hidden"),
        ("x" * 500 + ".wav", "x" * 80 + ".wav"),
    ],
)
def test_names_of_files_are_safe(name: str, safe: str) -> None:
    """A peer may have chosen them."""
    assert safe_name(name) == safe
