"""The tables of a capture as files and in SQL, read back by DuckDB."""

import csv
import json
import subprocess
from pathlib import Path
from shutil import which

import duckdb
import pytest
from click.testing import CliRunner

import l2scope as api
from l2scope.cli.export import command
from l2scope.export.relations import TABLES
from l2scope.export.sql import query
from l2scope.sources.errors import CaptureError
from tests.cli.runner import l2scope
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json

STARVED = SAMPLES / "starved.btsnoop"
TRUTH = read_json(STARVED.with_suffix(".truth.json"))
LENGTHS = [sdu["length"] for sdu in TRUTH["channels"][0]["tx"]["sdus"]]


def asked(statement: str) -> duckdb.DuckDBPyRelation:
    found = duckdb.sql(statement)
    assert found is not None
    return found


def exported(tmp_path: Path, capture: Path, table: str, to: str) -> str:
    """The file that `export` wrote, as DuckDB names it."""
    out = tmp_path / f"{table}.{to}"
    result = l2scope("export", capture, "--table", table, "--to", to, "-o", out)
    assert result.returncode == 0, result.stderr
    return str(out)


def written(tmp_path: Path, capture: Path, table: str, to: str) -> str:
    """The same without a process of its own, for where there are many."""
    out = tmp_path / f"{table}.{to}"
    result = CliRunner().invoke(command, [str(capture), "--table", table, "--to", to, "-o", str(out)])
    assert result.exit_code == 0, result.output
    return str(out)


@pytest.mark.parametrize("to", ["parquet", "csv", "jsonl"])
def test_what_was_sent_is_in_the_files(tmp_path: Path, to: str) -> None:
    """Packets, SDUs and credits of the truth, by DuckDB from each format."""
    read = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}[to]
    sdus, packets, credits = (exported(tmp_path, STARVED, table, to) for table in ("sdus", "packets", "credits"))
    sent = asked(f"select length from {read}('{sdus}') where direction = 'tx' order by index").fetchall()
    assert [length for (length,) in sent] == LENGTHS
    assert asked(f"select count(*), min(number), max(number) from {read}('{packets}')").fetchall() == [
        (TRUTH["packets"], 1, TRUTH["packets"])
    ]
    way = TRUTH["channels"][0]["tx"]
    changes = asked(
        f"select sum(change) filter (change > 0), count(*) filter (change < 0) from {read}('{credits}') "
        "where direction = 'tx'"
    )
    assert changes.fetchall() == [(way["credits_granted"], way["kframes"])]


@needs_corpus
@pytest.mark.parametrize("name", ["ecred", "eatt", "classic", "err_violations"])
def test_every_table_is_the_same_in_every_format(tmp_path: Path, name: str) -> None:
    """Whatever a capture holds or lacks, DuckDB reads the same rows from Parquet, and as many from CSV and JSON."""
    capture = CORPUS / "bumble" / f"{name}.btsnoop"
    whole = api.open(capture)
    for table, relation_of in TABLES.items():
        relation = relation_of(whole)
        count = len(next(iter(relation.values())))
        parquet = asked(f"select * from read_parquet('{written(tmp_path, capture, table, 'parquet')}')")
        assert parquet.columns == list(relation)
        rows = [tuple(column[at] for column in (c.tolist() for c in relation.values())) for at in range(min(count, 50))]
        assert parquet.limit(50).fetchall() == rows
        for to in ("csv", "jsonl"):
            path = Path(written(tmp_path, capture, table, to))
            lines = list(csv.reader(path.open(newline="")))[1:] if to == "csv" else path.read_text().splitlines()
            assert len(lines) == count


def test_columns_do_not_depend_on_the_capture() -> None:
    """A capture without channels has the columns of one with channels, of the same types."""
    full, empty = api.open(STARVED), api.open(SAMPLES / "att_only.btsnoop")
    for relation_of in TABLES.values():
        described = [{name: column.dtype for name, column in relation_of(capture).items()} for capture in (full, empty)]
        assert described[0] == described[1]


def test_channels_have_all_figures_of_the_json() -> None:
    """What `channels --json` tells is a column, those of a direction with its name before them."""
    (channel,) = api.open(STARVED).channels
    shown = channel.as_json()
    expected = {name for name in shown if name not in ("tx", "rx")}
    expected |= {f"{way}_{name}" for way, figures in (("tx", shown["tx"]), ("rx", shown["rx"])) for name in figures}  # type: ignore[attr-defined]
    assert set(TABLES["channels"](api.open(STARVED))) == expected


def test_a_query() -> None:
    """As a table for people and as objects: 40 SDUs of 700 bytes."""
    statement = "select channel, direction, count(*) as n, sum(length) as bytes from sdus group by all"
    (line,) = l2scope("query", STARVED, statement, "--json").stdout.splitlines()
    assert json.loads(line) == {"channel": 0, "direction": "tx", "n": len(LENGTHS), "bytes": sum(LENGTHS)}
    shown = l2scope("query", STARVED, statement).stdout.split()
    assert shown == ["channel", "direction", "n", "bytes", "0", "tx", str(len(LENGTHS)), str(sum(LENGTHS))]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "copy packets to '{secret}'",
        "attach '{secret}'",
        "set enable_external_access = true",
        "install httpfs",
        "select * from capture",
        "selec",
    ],
)
def test_a_query_reaches_nothing_but_the_capture(tmp_path: Path, statement: str) -> None:
    """Files, the network and this program's variables are out of its reach, in one clear line."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    with pytest.raises(CaptureError, match="the query failed"):
        query(api.open(STARVED), statement.format(secret=secret))
    assert secret.read_text() == "a,b\n1,2\n"


def test_parquet_needs_a_name() -> None:
    """Bytes do not go to a terminal."""
    result = l2scope("export", STARVED, "--table", "sdus", "--to", "parquet")
    assert (result.returncode, "name a file with -o" in result.stderr) == (2, True)


@pytest.mark.skipif(which("tshark") is None, reason="tshark is not on this machine")
def test_wireshark_shows_findings_as_comments(tmp_path: Path) -> None:
    """tshark finds the comment of the starvation on the packets that prove it, and the same packets otherwise."""
    out = tmp_path / "annotated.pcapng"
    result = l2scope("annotate", STARVED, out, "--severity", "error")
    assert result.returncode == 0, result.stderr
    fields = ["-T", "fields", "-e", "frame.number", "-e", "frame.comment"]
    shown = subprocess.run(
        ["tshark", "-r", out, "-Y", "frame.comment", *fields], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    proved = [finding.packets for finding in api.open(STARVED).findings("error") if finding.consequence_of is None]
    assert [int(line.split("\t")[0]) for line in shown] == sorted({packet for packets in proved for packet in packets})
    assert all("error COC001 #0 tx: the sender (local) stood still 17 times" in line for line in shown)
    count = subprocess.run(["tshark", "-r", out], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(count) == TRUTH["packets"]


@needs_corpus
def test_numbered_frames(tmp_path: Path) -> None:
    """840 I-frames at each end, 40 of them sent again, and the S-frames that asked for them."""
    frames = exported(tmp_path, CORPUS / "kernel" / "ertm_200x600_k6.12.btsnoop", "frames", "parquet")
    counts = asked(
        f"select kind, count(*), count(*) filter (retransmitted) from '{frames}' group by kind order by kind"
    )
    assert counts.fetchall() == [("I", 1680, 80), ("RNR", 2, 0), ("RR", 36, 0), ("SREJ", 80, 0)]
