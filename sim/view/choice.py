"""What a reader has chosen, whole, as a value: a shipped scenario, what was moved in it, in that order, and the target.

From it everything else on the page follows, so it is what is undone, kept, compared and shared.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from sim.errors import BadInput
from sim.scenario import Campaign, Scenario, scenario_names
from sim.scenario.scenario import MOST_REPLICATIONS
from sim.value import value
from sim.view import campaigns

MOST_STEPS = 100  # that can be undone
TOGETHER_SECONDS = 1.5  # moves of one control that follow each other within it are one step
MOST_WEEKS = 1040
ROUNDS = 3  # of differences, since a place that is set may bring another with it
Settings = tuple[tuple[Annotated[str, Field(min_length=1, max_length=200)], Any], ...]


@value
class Choice:
    """One setting of the page.

    Attributes
    ----------
    base : str
        Name of a shipped scenario, or the digest of one of the reader's own.
    week : int
        Lead time.
    settings : tuple of (str, plain value)
        Places of the scenario that were set, the first first.
    campaign : str
        Name of the campaign, where it is the one after the scenario's own; else empty.
    share : float, optional
        The share aimed at; None: being ready at all.
    probability : float
        The chance aimed at.
    seed, replications : int, optional
        None: the scenario's own seed, as many replications as the page takes.
    """

    base: Annotated[str, Field(max_length=100)]
    week: Annotated[int, Field(ge=0, le=MOST_WEEKS)]
    settings: Settings = ()
    campaign: Annotated[str, Field(max_length=100)] = ""
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    probability: Annotated[float, Field(gt=0, lt=1)] = 0.8
    seed: Annotated[int, Field(ge=0, lt=2**64)] | None = None
    replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] | None = None

    def __post_init__(self) -> None:
        paths = [path for path, _setting in self.settings]
        if twice := [path for path in paths if paths.count(path) > 1]:
            raise BadInput("settings", "a place can be set once", twice[0])

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario that was chosen, from the one that it starts from.

        Raises
        ------
        BadInput
            If there is no such campaign or place (any more), or a value breaks a rule.
        """
        found = with_settings(with_campaign(base, self.campaign), self.settings)
        return found if self.seed in (None, found.seed) else found.set("seed", self.seed)


def with_campaign(base: Scenario, name: str) -> Scenario:
    """A scenario with the campaign after its own, if that is named."""
    if not name:
        return base
    later = campaigns.following(base.campaign)
    if later is None or later.name != name:
        raise BadInput("campaign", f"is not the one that follows {base.campaign.name}", name)
    return dataclasses.replace(base, campaign=later)


def with_settings(scenario: Scenario, settings: Settings) -> Scenario:
    """A scenario in which places are set."""
    return scenario.set_all(dict(settings))


def campaigns_of(scenario: Scenario) -> list[Campaign]:
    """The scenario's campaign, and the next one if there is any."""
    later = campaigns.following(scenario.campaign)
    return [scenario.campaign] if later is None else [scenario.campaign, later]


# ── what a scenario of one's own is, said from a shipped one ─────────────────────────────────────────


def origin(scenario: Scenario) -> str:
    """Name of the shipped scenario from which another is told: of its own name, else the nearest. May take seconds."""
    names = scenario_names()
    if scenario.name in names:
        return scenario.name
    return min(names, key=lambda name: len(repr(list(differences(Scenario.load(name).plain, scenario.plain)))))


def settings_between(one: Scenario, other: Scenario) -> Settings:
    """What to set in one scenario to get another, in an order that does so."""
    found: list[tuple[str, Any]] = []
    for _round in range(ROUNDS):
        try:
            made = with_settings(one, tuple(found))
        except BadInput:
            break
        left = list(differences(made.plain, other.plain))
        if not left:
            return tuple(found)
        again = {path for path, _setting in left}
        found = [pair for pair in found if pair[0] not in again] + left
    raise BadInput(other.name, f"cannot be told as settings of {one.name}", remedy="save it with Scenario.dump")


def differences(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Places at which two pieces of plain data differ, as narrow as they can be set, with what the other has there."""
    if isinstance(one, dict) and isinstance(other, dict) and (not path or one.keys() <= other.keys()):
        for key in [*other, *(key for key in one if key not in other)]:
            yield from differences(one.get(key), other.get(key), f"{path}.{key}".lstrip("."))
    elif (names := _names(one)) is not None and names == _names(other):
        for name, first, second in zip(names, one, other, strict=True):
            yield from differences(first, second, f"{path}.{name}")
    elif one != other:
        yield path, _jsonable(other)


def _names(thing: Any) -> list[str] | None:
    """Names of the members of a list by which a path can lead to each; None where it cannot."""
    if not (isinstance(thing, list) and thing and all(isinstance(member, dict) for member in thing)):
        return None
    names = [str(member.get("name", "")) for member in thing]
    return names if all(names) and len(set(names)) == len(names) and not any("." in name for name in names) else None


def _jsonable(thing: Any) -> Any:
    """Plain data with dates as text, which is read as the same dates."""
    if isinstance(thing, dict):
        return {key: _jsonable(part) for key, part in thing.items()}
    if isinstance(thing, list):
        return [_jsonable(part) for part in thing]
    return thing.isoformat() if isinstance(thing, datetime.date) else thing


# ── undo and redo ────────────────────────────────────────────────────────────────────────────────────


@dataclasses.dataclass(frozen=True)
class History:
    """The choices of a reader, one after the other.

    Attributes
    ----------
    now : Choice
    past, future : tuple of Choice
        What can be undone, the latest last; what can be done again, the next last.
    touched : str
        What the latest step moved; empty after an undo.
    seconds : float
        When that was.
    """

    now: Choice
    past: tuple[Choice, ...] = ()
    future: tuple[Choice, ...] = ()
    touched: str = ""
    seconds: float = 0.0

    def record(self, choice: Choice, touched: str, seconds: float) -> History:
        """A new choice. What one hand moved in one go is one step."""
        if choice == self.now:
            return self
        same = touched == self.touched != "" and seconds - self.seconds <= TOGETHER_SECONDS and self.past
        past = self.past if same else (*self.past, self.now)[-MOST_STEPS:]
        return History(choice, past, (), touched, seconds)

    def undone(self) -> History:
        """One step back; the same where there is none."""
        return History(self.past[-1], self.past[:-1], (*self.future, self.now)) if self.past else self

    def redone(self) -> History:
        """One undone step again; the same where there is none."""
        return History(self.future[-1], (*self.past, self.now), self.future[:-1]) if self.future else self
