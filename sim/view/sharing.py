"""What is shared of a page, and what is said when that is opened again: the same numbers, or what changed and why."""

from __future__ import annotations

import dataclasses
import io
import json
import math
from collections.abc import Mapping
from typing import Any

import segno

from sim.experiment import MODEL_VERSION
from sim.scenario import Scenario
from sim.scenario.own_cluster import name_in_paths
from sim.text import formats
from sim.text.catalogue import N_, speaker
from sim.view import campaigns, tables
from sim.view.choice import Choice, settings_between, with_campaign
from sim.view.link import Shared, Stamp, short, write
from sim.view.reading import WEEK, Reading
from sim.view.session import Shown

DIGITS = 12  # of the figures in a link
SAME = 1e-9  # relative: what another machine's arithmetic may differ by
SHORT_DIGEST = 12  # characters, as of a run in the store
MOST_QR = 2_300  # characters; a denser code is not read reliably off a screen
Figures = dict[str, float | None]

# The figures that are told one by one, and how each looks. The others only notice a change.
TOLD: Mapping[str, tuple[str, formats.Form]] = {
    "least_weeks": (N_("Least lead time"), formats.weeks),
    "least_low": (N_("Least lead time, low end"), formats.weeks),
    "least_high": (N_("Least lead time, high end"), formats.weeks),
    "chance": (N_("Chance of the target"), formats.probability),
    "share_mean": (N_("Share, mean"), formats.share),
    "share_p05": (N_("Share, low end"), formats.share),
    "share_p50": (N_("Share, median"), formats.share),
    "share_p95": (N_("Share, high end"), formats.share),
}


def figures(reading: Reading, choice: Choice) -> Figures:
    """The numbers of a page by which it is known again; None where infinite.

    The answer and the share at the lead time chosen, and two sums over all lead times, in which every change shows.
    """
    answer = reading.answer(choice.share, choice.probability)
    week = min(choice.week, reading.last_week)
    found = {
        "least_weeks": answer.least_days / WEEK,
        "least_low": answer.low_days / WEEK,
        "least_high": answer.high_days / WEEK,
        "chance": reading.chance_of(choice.share, week),
        **{f"share_{name}": x for name, x in reading.at(week)["share"].items()},
        "all_shares": float(reading.bands("mixed")["share"].to_numpy().sum()),
        "all_ready": float(reading.ready.to_numpy().sum()),
    }
    return {name: float(f"{x:.{DIGITS}g}") if math.isfinite(x) else None for name, x in found.items()}


def stamp(shown: Shown, choice: Choice) -> Stamp:
    """What a page is now."""
    return Stamp(shown.scenario.digest, MODEL_VERSION, figures(shown.reading, choice))


def shared(shown: Shown, choice: Choice, language: str, name: str = "") -> Shared:
    """A page as it can be shared. `choice` starts from a shipped scenario, see `portable`."""
    result = shown.reading.result
    choice = dataclasses.replace(choice, seed=result.seed, replications=result.replications)
    return Shared(choice, stamp(shown, choice), language, name)


def portable(choice: Choice, base: Scenario, origin: str) -> Choice:
    """The same choice told from a shipped scenario, which others have too, and not from one of the reader's own.

    Parameters
    ----------
    base : Scenario
        What the choice starts from.
    origin : str
        The shipped scenario to tell it from, see `choice.origin`.

    Raises
    ------
    BadInput
        If it cannot be told so.
    """
    start = with_campaign(Scenario.load(origin), choice.campaign)
    return dataclasses.replace(choice, base=origin, settings=settings_between(start, choice.scenario(base)))


# ── opened again ─────────────────────────────────────────────────────────────────────────────────────


@dataclasses.dataclass(frozen=True)
class Reopened:
    """What came of a shared scenario.

    Attributes
    ----------
    shared : Shared
    now : Stamp
    replications : int
        Of the result at hand.
    """

    shared: Shared
    now: Stamp
    replications: int

    @property
    def changed(self) -> list[str]:
        """Names of the figures that are not what they were."""
        then = self.shared.stamp.figures
        return [name for name in {**then, **self.now.figures} if not _same(then, self.now.figures, name)]

    @property
    def same(self) -> bool:
        """Whether all figures are what they were."""
        return not self.changed

    @property
    def same_version(self) -> bool:
        """Whether it is the same version of the model."""
        return self.shared.stamp.version == self.now.version

    @property
    def same_data(self) -> bool:
        """Whether it is the same scenario, to the last number in it."""
        return self.shared.stamp.digest == self.now.digest


def reopened(shared: Shared, shown: Shown) -> Reopened:
    """A shared scenario beside its full result."""
    return Reopened(shared, stamp(shown, shared.choice), shown.reading.result.replications)


def _same(then: Figures, now: Figures, name: str) -> bool:
    if name not in then or name not in now:
        return False
    one, other = then[name], now[name]
    return one is other or (one is not None and other is not None and math.isclose(one, other, rel_tol=SAME))


def verdict(found: Reopened, language: str) -> str:
    """Whether the numbers are the same, and if not, why; in sentences."""
    _ = speaker(language)
    if found.same:
        said = [_("Same numbers as when it was shared.")]
    else:
        said = [_("These are not the numbers that were shared.")]
    return " ".join([*said, *reasons(found, language)])


def reasons(found: Reopened, language: str) -> list[str]:
    """Everything that is not as it was, and may be why numbers are not."""
    _, then, said = speaker(language), found.shared.stamp, []
    if not found.same_version:
        said.append(
            _("It was shared with model version {then}, and this is {now}.", then=then.version, now=found.now.version)
        )
    if not found.same_data:
        was, now = (digest[:SHORT_DIGEST] for digest in (then.digest, found.now.digest))
        said.append(_("The numbers in the scenario have changed since (digest {then}, now {now}).", then=was, now=now))
    wanted = found.shared.choice.replications or found.replications
    if found.replications != wanted:
        counts = [formats.number(n, language, 6) for n in (found.replications, wanted)]
        said.append(_("This page computed {now} replications instead of {then}.", now=counts[0], then=counts[1]))
    if not (said or found.same):
        said.append(_("Scenario and model version are the same: a library or the machine must differ."))
    return said


def changes(found: Reopened, language: str) -> str:
    """What the figures that changed were and are, as a table; empty where no one can be told."""
    _ = speaker(language)
    rows = [name for name in TOLD if name in found.changed]
    if not rows:
        return ""
    then, now = (
        [_told(figures_of.get(name), name, language) for name in rows]
        for figures_of in (found.shared.stamp.figures, found.now.figures)
    )
    return tables.html({"": [_(TOLD[name][0]) for name in rows], _("When shared"): then, _("Now"): now})


def _told(x: float | None, name: str, language: str) -> str:
    return TOLD[name][1](math.inf if x is None else x, language)


# ── to take along ────────────────────────────────────────────────────────────────────────────────────


def file_name(shared: Shared) -> str:
    """What the file is called: only letters and digits of the name, so that it is no path anywhere."""
    return f"siap-{name_in_paths(shared.name or shared.choice.base)}.json"


def document(shared: Shared) -> str:
    """What is written into the file."""
    return write(shared) + "\n"


def qr(address: str) -> str:
    """An address as a QR code, in SVG; empty where it is too long for one that can be read."""
    if len(address) > MOST_QR:
        return ""
    made = io.BytesIO()
    segno.make(address, error="l", micro=False).save(
        made, kind="svg", xmldecl=False, omitsize=True, border=4, dark="#000", light="#fff"
    )
    return made.getvalue().decode()


def python(shared: Shared) -> str:
    """The lines that give the same numbers in Python."""
    choice = shared.choice
    lines = ["import sim", "", f"scenario = sim.Scenario.load({_literal(choice.base)})"]
    if choice.campaign:
        later = campaigns.following_scenario(Scenario.load(choice.base).campaign)
        lines.append(f'scenario = scenario.set("campaign", sim.Scenario.load({_literal(later)}).campaign)')
    settings = [f"    {_literal(path)}: {_literal(to)}," for path, to in choice.settings]
    lines += ["scenario = scenario.set_all({", *settings, "})"] if settings else []
    lines += [
        f"result = sim.simulate(scenario, seed={choice.seed}, replications={choice.replications})",
        f"print(result.share([{choice.week}]))",
        f"print(sim.when(result, {choice.share!r}, {choice.probability!r}))",
    ]
    return "\n".join(lines)


def _literal(thing: Any) -> str:
    """Plain data as Python writes it; text in double quotes."""
    return json.dumps(thing, ensure_ascii=False) if isinstance(thing, str) else repr(short(thing))
