"""Figures as people read them: aligned, grouped in threes, with a unit. All arithmetic is on integers."""

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
FEW = 9.95


def seconds(nanoseconds: int) -> str:
    """Seconds with six decimals in two groups, `1.003 102`, for columns that align at the decimal point."""
    sign, microseconds = ("-", -nanoseconds // 1000) if nanoseconds < 0 else ("", nanoseconds // 1000)
    whole, rest = divmod(microseconds, 1_000_000)
    return f"{sign}{whole}.{rest // 1000:03d} {rest % 1000:03d}"


def duration(nanoseconds: int) -> str:
    """A length of time in three digits: `3.99 s`, `51.2 ms`, `840 µs`; a long one as `2:04 min` or `1:02 h`."""
    if nanoseconds < 0:
        return "-" + duration(-nanoseconds)
    if nanoseconds >= MINUTE:
        return _long_duration(nanoseconds // SECOND)
    for unit, size in (("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1000)):
        if nanoseconds >= size:
            return f"{_significant(nanoseconds, size)} {unit}"
    return f"{nanoseconds} ns"


def _long_duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02d} h"
    return f"{minutes}:{rest:02d} min" if minutes < 10 else f"{minutes}.{rest // 6} min"


def _significant(value: int, size: int) -> str:
    """`value / size` rounded to three digits, two after the point at most."""
    decimals = 2 if value < 10 * size else 1 if value < 100 * size else 0
    scale = 10**decimals
    rounded = (value * scale * 2 + size) // (size * 2)
    whole, rest = divmod(rounded, scale)
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)


def count(value: int) -> str:
    """A number with thousands separators."""
    return f"{value:,}"


def balance(value: int, *, at_least: bool) -> str:
    """A balance of credits, `≥5` where it is only known what there is at least."""
    return f"≥{value:,}" if at_least else f"{value:,}"


def counted(value: int, noun: str) -> str:
    """`1 packet`, `1,681 packets`."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def rate(bytes_per_second: int | float) -> str:
    """A goodput: `7.1 kB/s`."""
    value = round(bytes_per_second)
    for unit, size in (("GB/s", 10**9), ("MB/s", 10**6), ("kB/s", 10**3)):
        if value >= size:
            return f"{_significant(value, size)} {unit}"
    return f"{value} B/s"


def a_second(packets: float) -> str:
    """A rate of packets: `5,809/s`, with two digits where there are few, `0.17/s`."""
    return f"{packets:.2g}/s" if 0 < packets < FEW else f"{round(packets):,}/s"


def share(part: int, whole: int) -> str:
    """A part in percent, at most all: `89 %`; what is not nothing is at least `<1 %`."""
    if whole <= 0 or part <= 0:
        return "0 %"
    percent = min(100, round(100 * part / whole))
    return f"{percent} %" if percent else "<1 %"
