"""What the two devices do in each sample. A scenario is a coroutine that gives the samples of one run."""

from collections.abc import Callable, Coroutine
from typing import Any

from tests.generate.scenarios.attributes import att_only
from tests.generate.scenarios.audio import audio_stream
from tests.generate.scenarios.camera import image_stream
from tests.generate.scenarios.chat import forum_chat, forum_chat_faults
from tests.generate.scenarios.classic_audio import classic_audio
from tests.generate.scenarios.classic_input import classic_input
from tests.generate.scenarios.classic_network import classic_network
from tests.generate.scenarios.classic_serial import classic_serial
from tests.generate.scenarios.closing import link_lost, refused
from tests.generate.scenarios.firmware import smp_mcumgr, smp_mcumgr_faults
from tests.generate.scenarios.objects import ots, ots_faults
from tests.generate.scenarios.parallel import two_channels
from tests.generate.scenarios.stream import healthy, small_fragments, starved
from tests.generate.truth import Sample

Scenario = Callable[[], Coroutine[Any, Any, list[Sample]]]

CLASSIC: tuple[Scenario, ...] = (classic_serial, classic_audio, classic_input, classic_network)
"""Those over BR/EDR."""

SCENARIOS: tuple[Scenario, ...] = (
    healthy,
    starved,
    two_channels,
    refused,
    link_lost,
    small_fragments,
    att_only,
    forum_chat,
    forum_chat_faults,
    image_stream,
    audio_stream,
    ots,
    ots_faults,
    smp_mcumgr,
    smp_mcumgr_faults,
    *CLASSIC,
)
"""In the order of the table in captures/README.md. `starved` gives two samples, one from each side."""
