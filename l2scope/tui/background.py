"""Work beside the keys: a thread that computes gives the interpreter back soon."""

import asyncio
import sys
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

SWITCH_SECONDS = 0.001
"""How long a thread may hold the interpreter while a key waits."""


async def beside_keys(compute: Callable[[], Result]) -> Result:
    """What `compute` returns, computed in a thread. What it raises is raised here."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(usual, SWITCH_SECONDS))
    try:
        return await asyncio.to_thread(compute)
    finally:
        sys.setswitchinterval(usual)
