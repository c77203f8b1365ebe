"""Where the numbers of a scenario come from: its evidence rows, and what is assumed and why, as HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from sim.outcomes import measures
from sim.programme.quantity import Lever, Quantity, members, quantities
from sim.scenario import Scenario, evidence, feasts
from sim.text import formats, words
from sim.text.catalogue import N_, speaker
from sim.view import levers
from sim.view.prose import ROW

Row = Mapping[str, str]
WEB = ("https://", "http://")
CONFIDENCE = {
    "high": N_("high confidence"),
    "medium": N_("medium confidence"),
    "low": N_("low confidence"),
    "assumption": N_("nobody published it"),
}
AUDIT = {
    "confirmed": N_("found again"),
    "corrected": N_("corrected"),
    "widened": N_("range widened"),
    "new": N_("added in the check"),
    "not-found": N_("not found again"),
    "not-audited": N_("not read twice"),
}


def _numbers(scenario: Scenario) -> dict[str, Quantity | Lever]:
    """Every number that has a source, by path; those of the known case on which it is fitted are its own matter."""
    found: dict[str, Quantity | Lever] = {}

    def walk(thing: Any, path: str) -> None:
        if isinstance(thing, Quantity | Lever):
            found[path] = thing
        elif path != "case":
            for part, inner in members(thing):
                walk(inner, f"{path}.{part}" if path else part)

    walk(scenario, "")
    return found


def counts(scenario: Scenario) -> tuple[int, int, int]:
    """How many numbers are taken from a row, how many adapted from one, and how many assumed without."""
    used = [n for path, n in _numbers(scenario).items() if ".counts." not in path]  # rival counts, not in force
    states = [(bool(n.row), bool(n.assumption)) for n in used]
    return states.count((True, False)), states.count((True, True)), states.count((False, True))


def rows_of(scenario: Scenario) -> dict[str, Row]:
    """The evidence rows that a scenario's numbers, choices and calendar name, by id; those that the seeds hold."""
    known = evidence()
    said = (f"{number.row} {number.assumption}" for number in _numbers(scenario).values())
    named = {row for text in said for row in ROW.findall(text)}  # a reason, too, may lean on one
    for group in levers.groups(scenario).values():
        for place in group:
            named |= set(levers.choice_rows(scenario, place.path)) if place.choice else set()
    named |= {feast.row for feast in feasts()}
    return {row: known[row] for row in sorted(named & known.keys())}


def listed(rows: Mapping[str, Row], language: str, named: bool = True) -> str:
    """Rows of evidence as a list; what they say is quoted, and stands in English.

    Parameters
    ----------
    rows : mapping
        By id.
    named : bool
        Whether a link can lead to a row: once on a page.
    """
    return f'<ol class="siap-sources">{"".join(_row(row, language, named) for row in rows.values())}</ol>'


def _row(row: Row, language: str, named: bool) -> str:
    _ = speaker(language)
    judged = [CONFIDENCE.get(row["confidence"], ""), AUDIT.get(row["audit"], "")]
    said = "; ".join(_(text) for text in judged if text)
    amount = _amount(row, language)
    year = f" ({html.escape(row['year'])})" if row["year"] else ""
    place = f' id="{html.escape(row["id"])}"' if named else ""
    return (
        f'<li{place}><b>{html.escape(row["id"])}</b> <span lang="en">'
        f"{html.escape(row['parameter'])}{f': {amount}' if amount else ''}{year}. {_source(row)}.</span> "
        f'{html.escape(said)}.<small lang="en">{html.escape(row["note"])}</small></li>'
    )


def _amount(row: Row, language: str) -> str:
    """Its numbers with their unit."""
    numbers = [formats.number(float(row[end]), language, 4) for end in ("low", "central", "high") if row[end]]
    if not numbers:
        return ""
    middle = formats.number(float(row["central"]), language, 4) if row["central"] else numbers[0]
    span = f" ({numbers[0]}–{numbers[-1]})" if len(set(numbers)) > 1 else ""
    return f"{middle}{span} {html.escape(row['unit'])}"


def _source(row: Row) -> str:
    """Who says it; a link where there is an address on the web."""
    name, url = html.escape(row["source"]), row["url"]
    if not url.startswith(WEB):
        return name
    return f'<a href="{html.escape(url)}" rel="noopener noreferrer">{name}</a>'


def at_lever(scenario: Scenario, path: str, language: str) -> str:
    """What a lever's value rests on: value and range, the rows with their publishers, and what is assumed and why.

    Parameters
    ----------
    scenario : Scenario
        In which the value stands.
    path : str
    """
    _, place = speaker(language), levers.place(scenario, path)
    stands = _("In the scenario: {value}.", value=place.shown(place.value, language))
    lines = [f"<p>{html.escape(formats.unbroken(stands))}</p>"]
    if place.number is not None and (span := words.span(place.number, place.unit, language)):
        lines.append(f"<p>{html.escape(formats.unbroken(formats.capital(span)))}.</p>")
    ids = levers.choice_rows(scenario, path) if place.choice else []
    numbers = _behind(scenario, place)
    ids += [row for number in numbers for row in (number.row or "").split() if row not in ids]
    reasons = list(dict.fromkeys(number.assumption for number in numbers if number.assumption))
    known = evidence()
    if rows := {row: known[row] for row in ids if row in known}:
        lines.append(listed(rows, language, named=False))
    kind = _("Adapted, not taken as it stands:") if rows else _("An assumption; nobody published it:")
    lines += [f'<p>{html.escape(kind)} <q lang="en">{html.escape(reason)}</q></p>' for reason in reasons]
    if not rows and not reasons:
        lines.append(f"<p>{html.escape(_('An assumption; nobody published it.'))}</p>")
    return "".join(lines)


def _behind(scenario: Scenario, place: levers.Place) -> list[Quantity | Lever]:
    """The numbers that a lever is, or that its alternative in force brings into play."""
    if isinstance(place.number, Quantity | Lever):
        return [place.number]
    if place.path == "demand.brand_class":
        return list(quantities(scenario.demand.classes[scenario.demand.brand_class]).values())
    if place.path == "demand.denominator":
        return list(quantities(scenario.campaign.turnover[scenario.demand.denominator]).values())
    return []


def assumptions(scenario: Scenario, language: str) -> str:
    """What is assumed, at its place in the scenario file, with the reason, which is quoted."""
    items = [
        f"<li><code>{html.escape(path)}</code> {html.escape(_value(scenario, path, number, language))}"
        f'<small lang="en">{html.escape(number.assumption)}</small></li>'
        for path, number in _numbers(scenario).items()
        if number.assumption
    ]
    return f'<ul class="siap-sources">{"".join(items)}</ul>'


def given(scenario: Scenario) -> dict[str, Quantity | Lever]:
    """The numbers that neither stand in a row nor are assumed here: somebody who knows the cluster gave them."""
    return {path: number for path, number in _numbers(scenario).items() if number.given}


def given_list(scenario: Scenario, language: str) -> str:
    """What was given, at its place in the scenario file; who gave it stands behind the number."""
    items = [
        f"<li><code>{html.escape(path)}</code> {html.escape(_value(scenario, path, number, language))}</li>"
        for path, number in given(scenario).items()
    ]
    return f'<ul class="siap-sources">{"".join(items)}</ul>' if items else ""


def _value(scenario: Scenario, path: str, number: Quantity | Lever, language: str) -> str:
    return words.quantity(number, measures.measure_of(scenario, path).unit, language)
