"""What pytest leaves alone: the sample project fails on purpose, and test_ci_project.py runs it."""

collect_ignore = ["ci_project"]
