"""Centres of a whole country: their number, sizes and provinces, and what they share with their document."""

import collections

import numpy as np
import pytest

import sim
from sim.programme.quantity import central
from sim.scenario import Scenario
from sim.scenario.centres import Centres, exponent, lorenz, mean, spread

COUNTRY = "all-centres"


@pytest.fixture(scope="module")
def country() -> Scenario:
    return Scenario.load(COUNTRY)


# ── sizes ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("count", "workshops"), [(10_514, 456_488), (1, 43), (3, 100), (500, 12_345)])
def test_sizes_add_up_to_the_workshops_and_stay_within_their_bounds(count: int, workshops: int):
    sizes = Centres(number=count, smallest=5, largest=2000).sizes(workshops)
    assert len(sizes) == count
    assert sizes.sum() == workshops
    assert (np.diff(sizes) >= 0).all()
    assert 5 <= sizes.min() <= sizes.max() <= 2000


def test_sizes_are_heavy_tailed():
    """The middle centre is a quarter of the mean or so, and the largest tenth has most of the workshops."""
    sizes = Centres(number=10_514, smallest=5, largest=2000).sizes(456_488)
    assert np.median(sizes) < 0.4 * sizes.mean()
    assert np.sort(sizes)[-1051:].sum() > 0.5 * sizes.sum()


@pytest.mark.parametrize("of_mean", [6.0, 20.0, 43.4, 500.0, 1002.5, 1900.0])
def test_the_exponent_gives_the_mean(of_mean: float):
    assert mean(exponent(of_mean, 5, 2000), 5, 2000) == pytest.approx(of_mean)


@pytest.mark.parametrize("alpha", [-2.0, 0.0, 0.83, 1.0, 1.16, 3.0])
def test_the_lorenz_curve_is_what_many_draws_have(alpha: float):
    """Against a sum over the quantile function, (1 − u c)^(−1/α) with its limit for α = 0."""
    low, high, u = 5.0, 2000.0, (np.arange(400_000) + 0.5) / 400_000
    drawn = low * (high / low) ** u if alpha == 0 else low * (1 - u * (1 - (low / high) ** alpha)) ** (-1 / alpha)
    part = np.array([0.1, 0.5, 0.9, 1.0])
    expected = np.cumsum(drawn)[(part * 400_000).astype(int) - 1] / drawn.sum()
    assert lorenz(part, alpha, low, high) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize(("low", "high"), [(1, 10_000_000), (10, 100), (5, 2000), (7, 8)])
def test_any_mean_is_spread_or_refused_in_one_line(low: int, high: int):
    for mean_of in np.linspace(low, high, 60)[1:-1]:
        centres, workshops = Centres(number=100, smallest=low, largest=high), round(100 * float(mean_of))
        try:
            sizes = centres.sizes(workshops)
        except sim.BadInput:
            continue
        assert sizes.sum() == workshops
        assert low <= sizes.min() <= sizes.max() <= high


@pytest.mark.parametrize("workshops", [10, 50, 20_000])
def test_a_mean_outside_the_bounds_is_refused(workshops: int):
    with pytest.raises(sim.BadInput, match=r"centres: .* are not between 5 and 2000 each; received"):
        Centres(number=10, smallest=5, largest=2000).sizes(workshops)


# ── pools ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_pool_has_its_share_of_any_first_few():
    shares = [0.5, 0.3, 0.2]
    pools = spread(shares, 1000)
    for first in (10, 100, 1000):
        assert np.bincount(pools[:first], minlength=3) == pytest.approx(first * np.array(shares), abs=1)


def test_shares_need_not_add_up_to_one():
    assert spread([2, 1], 6).tolist() == spread([0.2, 0.1], 6).tolist()


# ── the country ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_country_has_the_only_count_with_all_three_numbers(country: Scenario):
    """E901: 10,514 centres, 456,488 workshops, 1,323,191 workers."""
    brands = [brand for brand, _ in country.lineup]
    assert len(brands) == 10_514
    assert sum(brand.workshops for brand in brands) == 456_488
    workers = sum(brand.workshops * brand.workforce.workers_per_workshop.central for brand in brands if brand.workforce)
    assert round(workers) == 1_323_191


def test_products_have_the_shares_of_the_older_count(country: Scenario):
    """E918: 40 % food, 23 crafts, 16 clothing, 10 chemicals and building materials, 6 furniture, 5 metal."""
    found = collections.Counter(cluster.product for _, cluster in country.lineup)
    shares = {product: round(100 * n / 10_514) for product, n in found.items()}
    assert list(shares.values()) == [40, 23, 16, 10, 6, 5]


def test_java_has_its_share_of_the_centres_and_of_every_resource(country: Scenario):
    """E918: 4,443 of 7,437."""
    java = {"Jawa Timur", "Jawa Tengah", "Jawa Barat", "DI Yogyakarta", "Banten", "DKI Jakarta"}
    places = dict(zip(country.pools, country.programme.places(central), strict=True))
    part = sum(brand.pool in java for brand, _ in country.lineup) / 10_514
    assert part == pytest.approx(4443 / 7437, abs=0.002)
    coaches = [row[0] for row in places.values()]
    assert sum(places[name][0] for name in java) / sum(coaches) == pytest.approx(part, abs=0.005)
    assert min(min(row) for row in places.values()) >= 1


def test_centres_share_the_numbers_of_their_document_and_no_luck(country: Scenario):
    (first, document), (second, _) = country.lineup[0], country.lineup[1]
    assert first.goods is document.goods
    assert (first.name, second.name) == ("centres-food-0001", "centres-food-0002")
    assert first.home != second.home
    assert first.workshops > second.workshops > country.lineup[4_000][0].workshops


def test_a_change_of_the_document_is_one_of_every_centre(country: Scenario):
    dearer = country.set("clusters.centres-metal.goods.price_rmb", 200)
    assert dearer.lineup[-1][0].goods.price_rmb == 200
    assert dearer.lineup[0][0] == country.lineup[0][0]


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("grouping", "workshop", "stands for many centres, whose workshops cannot be taken one by one"),
        ("clusters.centres-food.made_items", 5, "stands for many centres, which cannot share goods at hand"),
        (
            "clusters.centres-food.makers",
            10,
            "clusters.centres-food.*10 workshops in 4206 centres are not",
        ),
        ("clusters.centres-food.centres.number", {"central": 9, "low": 8, "high": 10}, "number: decides who there is"),
        ("pools.Aceh", {"central": 0.01, "low": 0.005, "high": 0.02}, "pools.Aceh: decides who there is, which no"),
        ("pools", {"Aceh": 0}, "pools: at least one share must be above 0"),
        ("pools", {"Jawa Timur": 0.9, "Jawa Barat": 0.2}, "pools: shares must add up to at most 1; received 1.1"),
    ],
)
def test_a_country_that_cannot_be_is_refused_in_one_line(country: Scenario, path: str, value: object, complaint: str):
    with pytest.raises(sim.BadInput, match=complaint) as caught:
        country.set(path, value)
    assert "\n" not in str(caught.value)


def test_the_order_of_the_pools_is_part_of_the_scenario(country: Scenario):
    turned = dict(reversed(country.plain["pools"].items()))
    assert country.set("pools", turned).digest != country.digest


def test_makers_beyond_the_wave_are_other_centres(country: Scenario):
    """The sizes follow the makers, of which a wave takes the first; found by a reviewer."""
    one = country.set("clusters.centres-food.wave", 100)
    assert sum(cluster.workshops for cluster in one.programme.clusters) < 456_488
    more = one.set("clusters.centres-food.makers", 237_373)
    assert [c.workshops for c in more.programme.clusters] == [brand.workshops for brand, _ in more.lineup]
    assert more.programme != one.programme


def test_clusters_of_their_own_may_stand_beside_centres(country: Scenario):
    one = Scenario.load("cibaduyut-2027").plain["clusters"][0]
    with pytest.raises(sim.BadInput, match="cluster 'cibaduyut': pool: is required where the programme has pools"):
        country.set("clusters", [*country.plain["clusters"], one])
    both = country.set("clusters", [*country.plain["clusters"], one | {"pool": "Jawa Barat"}])
    assert [brand.name for brand, _ in both.lineup][-1] == "cibaduyut"


def test_what_is_shared_between_scenarios_is_not_shared_where_centres_differ():
    country = Scenario.load(COUNTRY)  # the latest: only of few are programmes kept
    assert country.set("demand.discount", 0.3).programme is country.programme
    assert country.set("clusters.centres-food.goods.price_rmb", 20).programme is country.programme
    for path, value in (
        ("clusters.centres-food.centres.largest", 1500),
        ("pools.Aceh", 0.01),
        ("clusters.centres-food.centres.number", 4000),
    ):
        assert country.set(path, value).programme != country.programme
