"""Signalling requests that wait for an answer, and those that opened no channel."""

from typing import Final, final

from mypy_extensions import i64

# What stands for the result of a request that was answered by Command Reject.
RESULT_REJECTED: Final = -1


@final
class Request:
    """A request that waits for its response: parameters as they were sent."""

    def __init__(self, row: i64, packet: i64, direction: i64, code: i64, parameters: bytes) -> None:
        self.row = row
        self.packet = packet
        self.direction = direction
        self.code = code
        self.parameters = parameters


@final
class Refusal:
    """An attempt to open a channel that failed. direction is the request's; time and result the response's."""

    def __init__(
        self, link: i64, mode: i64, psm: i64, scid: i64, direction: i64, request: i64, response: i64, time: i64,
        result: i64,
    ) -> None:  # fmt: skip
        self.link = link
        self.mode = mode
        self.psm = psm
        self.scid = scid
        self.direction = direction
        self.request = request
        self.response = response
        self.time = time
        self.result = result
