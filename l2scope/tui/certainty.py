"""How sure a channel is, and what is said where it is not."""

from l2scope.channels import Channel

CERTAINTIES = {"likely": "likely a channel: ", "weak": "perhaps a channel: "}


def inferred(channel: Channel) -> bool:
    """Its opening is not in the capture: that it is a channel was concluded from its traffic."""
    return channel.opened is None


def at_least(channel: Channel) -> bool:
    """Its balances are what there is at least: its opening was not seen, or packets were lost."""
    return channel.waits and (channel.ledger != "exact" or inferred(channel))


def doubt(channel: Channel) -> str:
    """What lacks, in a few words; nothing where all is known."""
    if inferred(channel):
        return f"{CERTAINTIES.get(channel.certainty, '')}set-up not seen"
    return "packets were lost" if at_least(channel) else ""
