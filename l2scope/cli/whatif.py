"""`l2scope whatif`."""

import json
from pathlib import Path

import click

from l2scope.analysis.receivers import NAMES
from l2scope.analysis.replay import Outcome
from l2scope.analysis.whatif import Proposal, WhatIf, whatif
from l2scope.channels import describe
from l2scope.cli.columns import echo_table, rate, seconds
from l2scope.cli.reading import capture_argument, capture_of, json_option

EPILOG = """\b
Examples:
  l2scope whatif capture.btsnoop --channel 0
  l2scope whatif capture.btsnoop --channel 0 --credits 20 --policy half-window
  l2scope whatif capture.btsnoop --channel 0 --mps 247 --json

\b
Exit codes: 0 done, 2 a wrong call, no capture, or a channel whose credits the capture does not tell.
"""
TITLES = ("", "policy", "credits", "grant", "MPS", "time", "goodput", "stalls", "stalled", "worst")


@click.command(epilog=EPILOG)
@capture_argument
@click.option("--channel", "number", type=int, required=True, metavar="ID", help="Its # in `l2scope channels`.")
@click.option("--direction", type=click.Choice(("tx", "rx")), help="The one that carried more, unless given.")
@click.option("--credits", type=int, metavar="N", help="Initial credits, the window of the receiver.")
@click.option("--mps", type=int, metavar="M", help="The receiver's MPS in bytes.")
@click.option("--policy", type=click.Choice(NAMES), help="When the receiver gives credits back.")
@json_option
def command(
    file: Path,
    number: int,
    direction: str | None,
    credits: int | None,
    mps: int | None,
    policy: str | None,
    as_json: bool,
) -> None:
    """Predict what other credits would have done for a channel.

    Replays the SDUs that the sender had to send against another receiver, and predicts time, goodput and stalls.
    Without --credits, --mps and --policy it says the smallest initial credits and grants that would have removed the
    stalls.
    """
    capture = capture_of(file)
    channels = capture.channels
    if not 0 <= number < len(channels):
        raise click.BadParameter(f"the capture has {len(channels)} channels, from 0 on", param_hint="--channel")
    channel = channels[number]
    try:
        question = whatif(capture, channel, None if direction is None else channel.direction(direction))
        given = (credits, mps, policy) != (None, None, None)
        asked = question.predict(credits, mps, policy) if given else None
    except ValueError as error:
        raise click.UsageError(f"channel {number}: {error}") from None
    proposals = question.advice() if asked is None else [asked]
    if as_json:
        click.echo(json.dumps(_as_json(question, asked, proposals), indent=2))
    else:
        _echo(question, asked, proposals)


def _as_json(question: WhatIf, asked: Proposal | None, proposals: list[Proposal]) -> dict[str, object]:
    direction, policy = question.direction, question.direction.policy
    return {
        "channel": question.channel.id,
        "direction": direction.name,
        "initial_credits": direction.initial_credits,
        "mps": direction.mps,
        "policy": None if policy is None else policy.as_json(),
        "recorded": question.recorded.as_json(),
        "predicted": None if asked is None else asked.as_json(),
        "advice": [proposal.as_json() for proposal in proposals] if asked is None else None,
        "assumptions": question.assumptions(),
    }


def _echo(question: WhatIf, asked: Proposal | None, proposals: list[Proposal]) -> None:
    direction, policy = question.direction, question.direction.policy
    click.echo(f"{describe(question.channel)}, {direction.name}")
    if policy is not None:
        click.echo(f"The receiver {policy.in_words} ({policy.certainty}).")
    click.echo()
    own = (policy.name if policy else "-", f"{direction.initial_credits:,}", f"{policy.credits:,}" if policy else "-")
    rows = [("as captured", *own, f"{direction.mps:,}", *_figures(question.recorded))]
    title = "predicted" if asked is not None else "without stalls"
    rows += [
        (title, p.policy, f"{p.initial_credits:,}", f"{p.grant:,}", f"{p.mps:,}", *_figures(p.outcome))
        for p in proposals
    ]
    echo_table(TITLES, rows, frozenset((0, 1)))
    click.echo()
    for sentence in _verdict(question, asked, proposals):
        click.echo(sentence)
    click.echo("Assumptions:")
    for assumption in question.assumptions():
        click.echo(f"  * {assumption}")


def _figures(outcome: Outcome) -> tuple[str, ...]:
    stalled = sum(stall.duration_ns for stall in outcome.stalls)
    worst = max((stall.duration_ns for stall in outcome.stalls), default=0)
    return (
        seconds(outcome.time_ns),
        rate(outcome.goodput_bps),
        f"{len(outcome.stalls):,}",
        seconds(stalled) if outcome.stalls else "-",
        seconds(worst) if outcome.stalls else "-",
    )


def _verdict(question: WhatIf, asked: Proposal | None, proposals: list[Proposal]) -> list[str]:
    if asked is not None:
        stuck = asked.outcome.stuck_after
        return [] if stuck is None else [f"The channel would stop for good after K-frame {stuck:,}: no credits come."]
    if not question.recorded.stalls:
        return ["Nothing stalled: more credits would gain nothing but shorter waits. Try --credits to see."]
    if not proposals:
        return ["No number of credits removes the stalls: they are not the credits' doing alone."]
    best = proposals[0]
    return [
        f"Smallest: {best.initial_credits:,} initial credits, given back {best.grant:,} at a time at most "
        f"({best.policy})."
    ]
