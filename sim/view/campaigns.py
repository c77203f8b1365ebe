"""Which scenarios are shipped, by title, and which campaign comes after the one of a scenario."""

from __future__ import annotations

import datetime
import functools
from typing import Any

from sim.scenario import Campaign, Scenario, scenario_names, shipped_root
from sim.scenario.seeds import document
from sim.text import words

SOON_DAYS = 800  # a campaign later than this after another is not its next one


def titles(language: str) -> dict[str, str]:
    """Shipped scenarios: name to title."""
    return {name: words.text_of(_scenario(name).get("title", {}), language, name) for name in scenario_names()}


def following(campaign: Campaign) -> Campaign | None:
    """The next shipped campaign of the same channel, if one follows soon."""
    name = following_scenario(campaign)
    return None if name is None else _loaded(name)


def following_scenario(campaign: Campaign) -> str | None:
    """Name of a shipped scenario of that next campaign."""
    later: dict[datetime.date, str] = {}
    for name in scenario_names():
        event = _event(name)
        if event.get("channel") == campaign.channel:
            days = (event["event_date"] - campaign.event_date).days
            if 0 < days <= SOON_DAYS:
                later.setdefault(event["event_date"], name)
    return later[min(later)] if later else None


def same_start(week: int, campaign: Campaign, other: Campaign, today: datetime.date) -> int:
    """Weeks before another campaign with the start that a lead time has before this one, or with today's if it passed.

    A programme starts when it starts: a later event gives it more time. Scenarios of the same programme for either
    event, which say so with their own lead times, then agree with each other.
    """
    start = campaign.event_date - datetime.timedelta(weeks=week)
    weeks = max(0, round((other.event_date - start).days / 7))
    return weeks if other.event_date < today else min(weeks, (other.event_date - today).days // 7)


@functools.cache
def _loaded(name: str) -> Campaign:
    return Scenario.load(name).campaign


def _event(name: str) -> dict[str, Any]:
    """The campaign document that a shipped scenario names itself; empty if it takes its base's."""
    named = _scenario(name).get("campaign")
    used = named.get("use") if isinstance(named, dict) else named
    return _document("campaign", "campaigns", used) if isinstance(used, str) else {}


def _scenario(name: str) -> dict[str, Any]:
    return _document("scenario", "scenarios", name)


@functools.cache
def _document(kind: str, folder: str, name: str) -> dict[str, Any]:
    return document(shipped_root() / folder / f"{name}.yaml", kind)
