"""What pytest leaves alone: the sample project fails on purpose, and test_ci_project.py runs it; and the folders of
whoever runs the tests."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A change lands or not by what it does, not by the luck of a draw; at home every run tries other examples.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(autouse=True, scope="session")
def folders_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no process that one starts, reads or writes the settings of a user."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp(name.lower())))
        yield


collect_ignore = ["ci_project"]
