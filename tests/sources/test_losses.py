"""Where lost records are missing."""

from l2scope.sources.losses import Losses


def test_a_loss_is_placed_before_the_first_record_past_the_look_that_did_not_see_it() -> None:
    """Records that had waited longer were there before anything was lost."""
    losses = Losses()
    losses.look(100, 0)
    losses.look(200, 7)
    assert [losses.before(stamp) for stamp in (50, 99, 100, 150)] == [0, 0, 7, 7]


def test_losses_add_up() -> None:
    """Each is placed by its own looks."""
    losses = Losses()
    for time, count in ((100, 0), (200, 2), (300, 2), (400, 5)):
        losses.look(time, count)
    assert [losses.before(stamp) for stamp in (90, 110, 290, 310)] == [0, 2, 2, 5]
    assert losses.count == 5


def test_a_loss_that_no_waiting_record_is_past_is_placed_before_the_next_one() -> None:
    """Also where the clock was set back meanwhile."""
    losses = Losses()
    losses.look(1000, 0)
    losses.look(2000, 3)
    assert losses.before(900) == 0
    losses.caught_up()
    assert losses.before(500) == 3
