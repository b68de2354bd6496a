"""One boot for all tests here."""

from pathlib import Path

import pytest

from tests.vm.machine import Unavailable, run_guest


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the guest has written."""
    folder = tmp_path_factory.mktemp("guest")
    try:
        run_guest(folder)
    except Unavailable as reason:
        pytest.skip(str(reason))
    return folder
