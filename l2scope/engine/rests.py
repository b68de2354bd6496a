"""The balance of a direction each time that it came to rest: where credits leak, each is lower than the one before."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.words import NONE

REST_NS: Final = 1_000_000_000


@final
class Rests:
    """A rest is a second without a K-frame and without credits, between two SDUs: by then the receiver has given back
    what it wants to. since is the time of the latest K-frame or grant.

    falls counts the rests in a row that were each lower than the one before, though credits came meanwhile; highest is
    the balance before the first of them, first_packet what came after it.
    """

    def __init__(self) -> None:
        self.since: i64 = NONE
        self.balance: i64 = NONE
        self.grants: i64 = 0
        self.falls: i64 = 0
        self.highest: i64 = 0
        self.first_packet: i64 = NONE

    def fell(self, balance: i64, grants: i64) -> bool:
        """Whether a rest at this balance, after so many grants, is lower than the one before."""
        return self.balance != NONE and balance < self.balance and grants > self.grants

    def end(self, packet: i64, balance: i64, grants: i64) -> None:
        """A K-frame ends a rest."""
        if not self.fell(balance, grants):
            self.falls = 0
            self.highest = balance
            self.first_packet = packet
        else:
            self.falls += 1
        self.balance = balance
        self.grants = grants

    def forget(self) -> None:
        """Credits come though nothing was sent: the receiver had kept them, they are not lost."""
        self.falls = 0
        self.balance = NONE
