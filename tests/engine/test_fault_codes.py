"""The codes of the faults table."""

from l2scope.engine import faults


def test_every_fault_has_a_code_of_its_own() -> None:
    """A code that two faults share makes one rule tell of the other's packets; the table counts codes below CODES."""
    codes = {name: value for name, value in vars(faults).items() if name.isupper() and isinstance(value, int)}
    highest = codes.pop("CODES")
    assert len(set(codes.values())) == len(codes)
    assert max(codes.values()) < highest
