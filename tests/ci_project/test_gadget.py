"""What a project asserts on the captures that its test run has made."""

from pathlib import Path

import pytest

import l2scope

CAPTURES = Path(__file__).resolve().parents[2] / "captures"


@pytest.fixture
def download() -> l2scope.Channel:
    """The gadget streams to the phone."""
    return l2scope.open(CAPTURES / "healthy.btsnoop").channels.one(psm=0x85, adapter=0)


@pytest.fixture
def upload() -> l2scope.Channel:
    """The phone sends to the gadget."""
    return l2scope.open(CAPTURES / "starved.btsnoop").channels.one(psm=0x85, adapter=0)


def test_the_download_never_waits_for_credits(download: l2scope.Channel) -> None:
    assert download.rx.stalls(longer_than="50ms") == []
    assert download.rx.open_zero is None
    assert (download.rx.goodput_bps or 0) > 150_000
    assert download.rx.sdus == 80


def test_the_upload_never_waits_for_credits(upload: l2scope.Channel) -> None:
    assert upload.tx.sdus == 40
    assert upload.tx.stalls(longer_than="50ms") == []
