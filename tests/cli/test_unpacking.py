"""What the user says on the command line about what a capture comes in."""

import json
from pathlib import Path

import pytest

from tests.cli.runner import l2scope
from tests.corpus import SAMPLES
from tests.generate.wrapped import SAMPLES as WRAPPED
from tests.generate.wrapped import SNOOP_LOG, gzipped, zipped
from tests.sources.containers.wrapping import STARVED

REPORT = WRAPPED / "bugreport.zip"


@pytest.mark.parametrize("command", ["open", "packets", "channels", "sdus", "stalls", "stats", "findings", "att"])
def test_the_captures_of_an_archive_are_listed(command: str) -> None:
    """A line for each on stderr, exit code 2, nothing on stdout."""
    result = l2scope(command, REPORT)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        f"l2scope: {REPORT}: this zip holds 2 captures; choose one with --member:",
        f"  {SNOOP_LOG}  (3.8 KiB)",
        f"  {SNOOP_LOG}.last  (4.5 KiB)",
    ]


@pytest.mark.parametrize("command", ["packets", "channels", "sdus", "stalls", "findings", "att"])
def test_a_member_is_shown_as_its_file_is(command: str) -> None:
    """Every command takes --member, and shows the same."""
    member = l2scope(command, REPORT, "--member", "btsnoop_hci.log.last")
    bare = l2scope(command, SAMPLES / "att_only.btsnoop")
    assert (member.returncode, member.stdout) == (bare.returncode, bare.stdout)


def test_both_ends_of_a_link_in_archives(tmp_path: Path) -> None:
    """--member is for each capture of a command that comes in an archive; pair has two."""
    for name in ("starved", "starved_peer"):
        capture = (SAMPLES / f"{name}.btsnoop").read_bytes()
        (tmp_path / f"{name}.zip").write_bytes(zipped({"a/hci.log": capture, "a/hci.log.last": capture}))
    paths = [tmp_path / f"{name}.zip" for name in ("starved", "starved_peer")]
    for first in (paths[0], SAMPLES / "starved.btsnoop"):
        result = l2scope("pair", first, paths[1], "--member", "hci.log", "--json")
        assert len(json.loads(result.stdout)["links"]) == 1


def test_stats_says_what_a_capture_was_in(tmp_path: Path) -> None:
    """From the outermost layer in; an escape code in a name does not reach the terminal."""
    path = tmp_path / "capture"
    path.write_bytes(zipped({"a\x1b[2Jb": gzipped(STARVED)}))
    result = l2scope("stats", path)
    assert [line.split(maxsplit=1)[1] for line in result.stdout.splitlines() if line.startswith("inside")] == [
        "zip: a\N{REPLACEMENT CHARACTER}[2Jb",
        "gzip",
    ]
    assert json.loads(l2scope("stats", path, "--json").stdout)["wrapping"] == [
        "zip: a\N{REPLACEMENT CHARACTER}[2Jb",
        "gzip",
    ]


def test_the_most_that_is_unpacked(tmp_path: Path) -> None:
    """Beyond --max-size a capture is refused with what to do, and with more it is read."""
    path = tmp_path / "capture.gz"
    path.write_bytes(gzipped(STARVED))
    refused = l2scope("stats", path, "--max-size", "30K")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        f"l2scope: {path}: it unpacks to more than 30 KiB: if that is meant, allow it with --max-size, as in "
        "--max-size 120KiB\n"
    )
    assert l2scope("stats", path, "--max-size", "120KiB").returncode == 0
    assert "'huge' is no size: write it like 500M" in l2scope("stats", path, "--max-size", "huge").stderr


def test_a_cut_archive_makes_the_verdict_not_conclusive(tmp_path: Path) -> None:
    """Exit code 3, as for a capture that is cut itself; what is missing is said."""
    path = tmp_path / "capture.gz"
    path.write_bytes(gzipped(STARVED)[:-3000])
    result = l2scope("stalls", path)
    assert result.returncode == 3
    assert "CAP019 the gzip data ends after" in result.stderr
    assert l2scope("stalls", path, "--allow-truncated").returncode == 0
    row = next(row for row in json.loads(l2scope("stats", path, "--json").stdout)["quality"] if row["rule"] == "CAP019")
    assert row["offset"] == path.stat().st_size
