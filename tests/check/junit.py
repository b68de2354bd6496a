"""Reads JUnit reports as a CI server does, after holding them against their schema."""

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import xmlschema


@cache
def _schema() -> xmlschema.XMLSchema10:
    return xmlschema.XMLSchema10(str(Path(__file__).with_name("junit-10.xsd")))


def cases(report: str) -> dict[tuple[str, str], list[str]]:
    """The elements in each case, by its class and name. Raises where the report is invalid or its counts are wrong."""
    root = ElementTree.fromstring(report.encode())
    _schema().validate(root)
    for suite in root:
        for count, element in (("tests", ""), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            found = suite.findall(f"testcase/{element}" if element else "testcase")
            assert int(suite.get(count, "")) == len(found), count
    found_cases = list(root.iter("testcase"))
    by_name = {(case.get("classname", ""), case.get("name", "")): [inner.tag for inner in case] for case in found_cases}
    assert len(by_name) == len(found_cases), "two cases are called alike"
    return by_name
