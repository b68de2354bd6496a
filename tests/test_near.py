"""What somebody may have meant."""

from l2scope.filter.fields import FIELDS
from l2scope.near import near


def test_what_begins_so_comes_first() -> None:
    """The beginning of a name brings names that begin so; a slip of the pen what is like it; anything else nothing."""
    begun = near("l2scope.cred", FIELDS)
    assert all(name.startswith("l2scope.cred") for name in begun.removeprefix("; did you mean ")[:-1].split(" or "))
    assert near("frame.lne", ["frame.len", "btatt"]) == "; did you mean frame.len?"
    assert near("zzz", ["frame.len"]) == ""
    assert near("", ["frame.len"]) == ""
