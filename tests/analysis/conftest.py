"""What tests of analyses share: a store of their own, and the small scenario with numbers that nobody knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.scenario import Scenario
from sim.store import flush
from tests.store.scenarios import uncertain


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder of its own in which sweeps are kept."""
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "store"))
    yield tmp_path / "store"
    flush()


@pytest.fixture
def unsure() -> Scenario:
    """Of the small scenario nobody knows how long coaching takes, the discount, and a fee that no sale depends on."""
    scenario = uncertain().set("demand.discount", {"central": 0.2, "low": 0.1, "high": 0.3})
    return scenario.set("campaign.fees.annual_rmb", {"central": 5.0, "low": 4.0, "high": 6.0})
