"""Whether two captures hold the same."""

import l2scope


def assert_same_capture(capture: l2scope.Capture, source: l2scope.Capture) -> None:
    """All tables, but for where in the file the packets are; the bytes of each packet; the channels; the quality."""
    for table in ("pdus", "signals", "credits", "sdus", "zeros", "att"):
        assert (getattr(capture.tables, table) == getattr(source.tables, table)).all()
    for column in source.tables.packets.dtype.names or ():
        if column != "offset":
            assert (capture.tables.packets[column] == source.tables.packets[column]).all(), column
    assert [capture.raw(number) for number in range(1, source.count + 1)] == [
        source.raw(number) for number in range(1, source.count + 1)
    ]
    assert [channel.as_json() for channel in capture.channels] == [channel.as_json() for channel in source.channels]
    assert capture.quality == source.quality
