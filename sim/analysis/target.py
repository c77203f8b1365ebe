"""What every analysis that has a target asks of it, and how it writes an estimate with its interval into a table."""

from __future__ import annotations

from sim.errors import BadInput


def checked_target(probability: float, share: float | None) -> None:
    """Refuse a chance and a share that cannot be aimed at.

    Parameters
    ----------
    probability : float
        In (0, 1).
    share : float, optional
        Of the event's sales, a fraction in (0, 1]; None: a brand is ready.

    Raises
    ------
    BadInput
    """
    if not 0 < probability < 1:
        raise BadInput("probability", "must be between 0 and 1", probability, "for example 0.8")
    if share is not None and not 0 < share <= 1:
        rule = "must be a fraction of the event's sales above 0 and at most 1, or none for a brand that is ready"
        raise BadInput("target", rule, share)


def with_ends(name: str, estimate: float, low: float, high: float) -> dict[str, float]:
    """The three columns of an estimate: its name, and with ``_low`` and ``_high`` the ends of its interval."""
    return {name: estimate, f"{name}_low": low, f"{name}_high": high}
