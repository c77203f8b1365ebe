"""Distributions of duration: inverse functions, means and degenerate cases, against integrals and known values."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import BadInput
from sim.programme import (
    Duration,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    Pert,
    Quantity,
    Stage,
    Triangular,
    Uniform,
)
from sim.value import parse

ALL: list[Duration] = [
    Fixed(5),
    Exponential(7),
    Lognormal(45, 0.4),
    Lognormal(10, 2.0),
    Pert(28, 75, 150),
    Pert(28, 28, 150),
    Triangular(2, 3, 9),
    Triangular(2, 9, 9),
    Uniform(1, 4),
    Gamma(30, 0.3),
    Gamma(30, 1.5),
    Empirical([3, 1, 8, 8]),
]
UNIFORMS = (np.arange(200_000) + 0.5) / 200_000
named = pytest.mark.parametrize("duration", ALL, ids=[f"{i}-{d.kind}" for i, d in enumerate(ALL)])


@named
def test_the_inverse_function_never_falls(duration: Duration) -> None:
    assert (np.diff(duration.ppf(UNIFORMS)) >= 0).all()


@named
def test_the_mean_is_the_integral_of_the_inverse_function(duration: Duration) -> None:
    """The midpoint rule leaves out most of a heavy tail's last step, hence 2 in 1,000."""
    assert duration.ppf(UNIFORMS).mean() == pytest.approx(duration.average, rel=2e-3)


@named
def test_days_are_finite_and_not_negative_at_the_ends_of_the_uniforms(duration: Duration) -> None:
    days = duration.ppf(np.array([2.0**-53, 1 - 2.0**-53]))
    assert np.isfinite(days).all()
    assert (days >= 0).all()


@named
def test_the_shape_of_the_uniforms_is_kept_and_they_are_not_changed(duration: Duration) -> None:
    uniforms = UNIFORMS[:12].reshape(3, 4).copy()
    assert duration.ppf(uniforms).shape == (3, 4)
    assert np.array_equal(uniforms, UNIFORMS[:12].reshape(3, 4))


@pytest.mark.parametrize(
    "duration", [Lognormal(45, 0.4), Gamma(30, 0.3), Gamma(30, 1.5)], ids=["lognormal", "gamma", "wide"]
)
def test_the_coefficient_of_variation_is_the_one_asked_for(duration: Lognormal | Gamma) -> None:
    days = duration.ppf(UNIFORMS)
    assert days.std() / days.mean() == pytest.approx(float(duration.cv), rel=5e-3)


@pytest.mark.parametrize(
    ("duration", "quantile", "days"),
    [
        (Exponential(7), 0.5, 7 * np.log(2)),
        (Lognormal(10, 1), 0.5, 10 / np.sqrt(2)),
        (Uniform(1, 4), 0.25, 1.75),
        (Triangular(0, 1, 2), 0.5, 1.0),
        (Triangular(0, 1, 2), 0.125, 0.5),
        (Gamma(3, 1), 0.5, 3 * np.log(2)),  # a gamma of shape 1 is the exponential
        (Pert(0, 1, 2), 0.5, 1.0),
        (Pert(0, 0, 1), 0.5, 1 - 0.5**0.2),  # beta(1, 5)
        (Empirical([3, 1, 8, 9]), 0.5, 8.0),
        (Empirical([3, 1, 8, 9]), 0.49, 3.0),
    ],
)
def test_quantiles_are_the_ones_known_from_theory(duration: Duration, quantile: float, days: float) -> None:
    assert duration.ppf(np.array([quantile]))[0] == pytest.approx(days, rel=1e-12)


@pytest.mark.parametrize(
    ("duration", "days"),
    [
        (Lognormal(9, 0), 9),
        (Gamma(9, 0), 9),
        (Gamma(9, 1e-12), 9),
        (Lognormal(0, 0.5), 0),
        (Gamma(0, 0.5), 0),
        (Exponential(0), 0),
        (Pert(4, 4, 4), 4),
        (Triangular(4, 4, 4), 4),
        (Uniform(4, 4), 4),
        (Empirical([4]), 4),
    ],
)
def test_without_spread_it_always_takes_the_same_time(duration: Duration, days: float) -> None:
    assert set(duration.ppf(UNIFORMS[::1000])) == {days}


@pytest.mark.parametrize(
    ("raw", "duration"),
    [
        ({"kind": "lognormal", "mean": 45, "cv": 0.4}, Lognormal(45, 0.4)),
        ({"kind": "fixed", "days": 3}, Fixed(3)),
        ({"kind": "empirical", "values": [1, 2]}, Empirical([1, 2])),
        (
            {"kind": "pert", "low": 1, "mode": {"central": 2, "low": 1.5, "high": 2.5}, "high": 3},
            Pert(1, Quantity(2, 1.5, 2.5), 3),
        ),
    ],
)
def test_a_file_names_the_kind(raw: dict[str, object], duration: Duration) -> None:
    assert parse(Stage, {"name": "s", "duration": raw}).duration == duration


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Fixed(-1), "Fixed: days: must be between 0 and 1e+09 day; received -1.0"),
        (lambda: Fixed(float("nan")), "Fixed: days: should be a finite number; received nan"),
        (lambda: Lognormal(3, -0.1), "Lognormal: cv: must be between 0 and 100 ratio; received -0.1"),
        (
            lambda: Pert(3, 2, 4),
            "Pert: must have low ≤ mode, whatever is drawn from their ranges; received (3.0, 2.0); put them in order",
        ),
        (
            lambda: Triangular(1, Quantity(2, 1, 5), 4),
            "Triangular: must have mode ≤ high, whatever is drawn from their ranges; received (5.0, 4.0); "
            "put them in order",
        ),
        (
            lambda: Uniform(2, 1),
            "Uniform: must have low ≤ high, whatever is drawn from their ranges; received (2.0, 1.0); put",
        ),
        (
            lambda: Empirical([]),
            "Empirical: values: Tuple should have at least 1 item after validation, not 0; received []",
        ),
        (lambda: Empirical([1, -2]), "Empirical: values.1: must be between 0 and 1e+09 day; received -2.0"),
        (lambda: Lognormal(3), "Lognormal: cv: is required and missing; add it"),
        (lambda: Fixed(Quantity(2, 1, 3)).ppf(UNIFORMS), "there is a range where a plain number is needed"),
    ],
)
def test_a_distribution_that_cannot_be_is_refused_in_one_line(make: object, message: str) -> None:
    with pytest.raises(BadInput) as error:
        make()  # type: ignore[operator]
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
