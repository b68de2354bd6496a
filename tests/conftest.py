"""What pytest leaves alone: the sample project fails on purpose, and test_ci_project.py runs it."""

import os

from hypothesis import settings

# A change lands or not by what it does, not by the luck of a draw; at home every run tries other examples.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

collect_ignore = ["ci_project"]
