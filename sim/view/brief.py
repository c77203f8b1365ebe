"""The brief: one page in one file, to be sent, opened anywhere without a network, and printed.

Whatever a scenario says in it is text: everything is escaped, data is JSON in which no tag can begin, and a policy in
the file lets the browser run nothing but the one script and the one style that are written here, and ask for nothing.
A file is in one language: who sends it knows who reads it, a screen reader and a printer need one, and it stays small.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import shlex
from collections.abc import Iterator
from typing import Any

from sim.errors import BadInput
from sim.experiment import Result
from sim.experiment.result import MODEL_VERSION
from sim.experiment.runner import Progress
from sim.text import formats, words
from sim.text.catalogue import speaker
from sim.text.describe import describe
from sim.view import answer, companions, compared, dial, exhibits, figures, levers, names, prose, sources, tables
from sim.view.answer import Setting
from sim.view.drawing import Parts
from sim.view.exhibits import Exhibit
from sim.view.front import front
from sim.view.picture import Steps, picture, steps
from sim.view.preparation import preparation
from sim.view.reading import Reading
from sim.view.session import HISTORIES, Shown
from sim.view.sizing import drawable

MOST_BYTES = 500_000
FILE, SCENARIO = "brief.html", "scenario.yaml"
HOLDS = "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'"


def shown_of(result: Result, progress: Progress | None = None) -> Shown:
    """A result as the page shows it, with chance alone and the days of the preparation."""
    result.simulated_chance(progress)
    reading, count = Reading(result, with_chance=True).prepare(), min(HISTORIES, result.replications)
    drawn = drawable(result.scenario)
    days = preparation(result, [result.history(k) for k in range(count)]) if drawn else None
    return Shown(reading, "full", 0, days)


def brief(shown: Shown, setting: Setting) -> str:
    """The brief of a result, as the text of an HTML file.

    Parameters
    ----------
    shown : Shown
        What is on the page, or `shown_of` a result.
    setting : Setting
        Language, lead time, target and the date that counts as today.

    Raises
    ------
    BadInput
        If it would be larger than may be sent.
    """
    made = _Brief(shown, setting)
    text = made.document()
    if (size := len(text.encode())) > MOST_BYTES:
        raise BadInput(
            shown.scenario.name, f"makes a brief of more than {MOST_BYTES:,} bytes", size, "leave clusters out"
        )
    return text


class _Brief:
    """One brief being written."""

    def __init__(self, shown: Shown, setting: Setting) -> None:
        self.shown, self.setting, self.scenario = shown, setting, shown.scenario
        self.language, self.speech = setting.language, speaker(setting.language)
        self.answer = shown.reading.answer(setting.share, setting.probability)
        self.rows = sources.rows_of(self.scenario)
        self.moves: dict[str, list[dict[str, Steps]]] = {}
        self.sentences: dict[str, Steps] = {}

    def gettext(self, message: str, /, **fields: object) -> str:
        """`message` in the language of the brief, as HTML."""
        return _text(self.speech(message, **fields))

    # ── the file ─────────────────────────────────────────────────────────────────────────────────────

    def document(self) -> str:
        """The whole file."""
        body = "\n".join(self._sections())  # first, since it gathers the data
        style = "".join(front(name) for name in ("look.css", "dial.css", "brief.css"))
        script = front("dial.js") + front("brief.js")
        policy = HOLDS.format(script=_hash(script), style=_hash(style))
        title = self.gettext("{scenario}: when to start", scenario=self._title)
        return f"""<!doctype html>
<html lang="{self.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
<script type="application/json" id="siap-data">{in_script(self._data())}</script>
<script type="module">{script}</script>
</body>
</html>
"""

    def _data(self) -> dict[str, Any]:
        state = dial.state(self.shown, self.answer, self.setting) | {"value": self.setting.week}
        return {"dial": state, "moves": self.moves, "sentences": self.sentences}

    @property
    def _title(self) -> str:
        return words.text_of(self.scenario.title, self.language, self.scenario.name)

    def _sections(self) -> Iterator[str]:
        _ = self.gettext
        yield '<main class="siap siap-brief-page">'
        yield self._head()
        yield self._answered()
        yield self._shown(exhibits.Share())
        yield f'<div class="siap-pair">{self._shown(exhibits.Holding())}{self._shown(exhibits.Readiness())}</div>'
        if self.shown.preparation is not None:
            yield self._shown(exhibits.Preparing())
        yield self._shown(exhibits.Cost())
        yield self._rests_on()
        yield self._again()
        says = _("Siap is a simulation: projections under the assumptions named here, with their ranges, no promise.")
        yield f'<footer class="siap-about">{says}</footer></main>'

    def _head(self) -> str:
        about = words.text_of(self.scenario.about, self.language)
        event = self.scenario.campaign
        when = self.gettext(
            "{event}, {date}; as of {today}",
            event=names.event(self.scenario, self.language),
            date=formats.date(event.event_date, self.language),
            today=formats.date(self.setting.today, self.language),
        )
        return (
            f'<header class="siap-title"><b class="siap-brand">Siap</b><h1>{_text(self._title)}</h1>'
            f'<p class="siap-hint">{when}</p>{f"<p>{_text(about)}</p>" if about else ""}</header>'
        )

    def _answered(self) -> str:
        """The answer, and the place of the dial with what it says where no script runs."""
        state = dial.state(self.shown, self.answer, self.setting)
        week, said = self.setting.week, state["answers"]
        legend = "".join(f"<li>{_text(zone['label'])}</li>" for zone in state["look"]["zones"])
        still = f"{state['texts'][week]}. {said['texts'][said['of'][week]]}"
        card = answer.card(self.shown, self.answer, self.setting, None)
        changes = compared.moved(self.scenario, self.language)
        card += f'<p class="siap-sentence">{_text(changes)}</p>' if changes else ""
        heading = f'<h2 class="siap-unseen">{self.gettext("The answer")}</h2>'
        plain = f'<p class="siap-dial-answer">{_text(still)}</p><ul class="siap-dial-legend">{legend}</ul>'
        return f'<section class="siap-card siap-card-answer">{heading}{card}<div id="siap-dial">{plain}</div></section>'

    # ── exhibits ─────────────────────────────────────────────────────────────────────────────────────

    def _at(self, week: int) -> Setting:
        return dataclasses.replace(self.setting, week=week)

    def _shown(self, exhibit: Exhibit) -> str:
        """A card: heading, chart, sentence, table at the lead time chosen."""
        weeks = [self._at(week) for week in range(self.shown.reading.last_week + 1)]
        said = [formats.unbroken(exhibit.sentence(self.shown, setting)) for setting in weeks]
        drawn = picture(self._frames(exhibit, weeks), self.setting.week)
        self.moves[exhibit.key], self.sentences[exhibit.key] = drawn.moves, steps(said)
        key, hint = f"siap-{exhibit.key}", exhibit.hint(self.language)
        small = f'<p class="siap-hint">{_text(hint)}</p>' if hint else ""
        return (
            f'<section class="siap-card siap-card-{exhibit.key}">'
            f'<h2 id="{key}">{_text(exhibit.title(self.language))}</h2>{small}{self._key(exhibit)}'
            f'<div id="{key}-drawn" role="img" aria-labelledby="{key}" aria-describedby="{key}-said">{drawn.svg}</div>'
            f'<p class="siap-sentence" id="{key}-said">{html.escape(said[self.setting.week])}</p>'
            f"{self._table(exhibit)}</section>"
        )

    def _frames(self, exhibit: Exhibit, weeks: list[Setting]) -> list[Parts]:
        """The chart at every lead time; but for the cost only marks move on it."""
        if isinstance(exhibit, exhibits.Cost):
            return self._costs()
        parts = exhibit.parts(self.shown, self.setting)
        return [parts.at(setting.week) for setting in weeks]

    def _costs(self) -> list[Parts]:
        """Cost at every lead time: the same kinds on the same scale, so that they can be seen to grow."""
        each = [self.shown.reading.cost(week) for week in range(self.shown.reading.last_week + 1)]
        ever = [kind for kind in each[0].index if any(cost.loc[kind, "p95"] > 0 for cost in each)]
        rows = [companions.cost_rows(cost, self.language, ever) for cost in each]
        top = max(float(table["p95"].max()) for table in rows)
        return [figures.cost(table, self.language, top).at(0) for table in rows]

    def _key(self, exhibit: Exhibit) -> str:
        """What the colours stand for, where a chart has several."""
        colours = exhibit.colours(self.shown, self.language)
        if not colours:
            return ""
        swatch = '<svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="3" fill="{}"/></svg>'
        items = [f"<li>{swatch.format(colour)}{_text(name)}</li>" for name, colour in colours.items()]
        return f'<ul class="siap-key">{"".join(items)}</ul>'

    def _table(self, exhibit: Exhibit) -> str:
        """The exhibit as a table; it stays at the lead time with which the brief was made, and says so."""
        table = exhibit.table(self.shown, self.setting)
        title = exhibit.title(self.language)
        note = ""
        if isinstance(exhibit, exhibits.Readiness | exhibits.Cost):
            weeks = formats.weeks(self.setting.week, self.language)
            note = f'<p class="siap-hint">{self.gettext("At the lead time of this brief: {weeks}.", weeks=weeks)}</p>'
        return _fold(self.gettext("As a table"), note + _scrolled(table, title))

    # ── what it rests on ─────────────────────────────────────────────────────────────────────────────

    def _rests_on(self) -> str:
        _ = self.gettext
        listed = frozenset(self.rows)
        taken, adapted, assumed = sources.counts(self.scenario)
        number = {"a": taken, "b": adapted, "c": assumed, "n": taken + adapted + assumed}
        counted = _(
            "Of the {n} numbers of this scenario {a} are taken from a published row of evidence, {b} are adapted from "
            "one, {c} are assumed. Nothing was measured for it.",
            **{name: formats.number(n, self.language) for name, n in number.items()},
        )
        carries = "".join(
            f"<p>{prose.linked(_text(said), listed)}</p>"
            for said in answer.assumption(self.shown.reading, self.setting.share, self.language)
        )
        told = prose.linked(prose.from_markdown(describe(self.scenario, self.language), 3), listed)
        reasons = sources.assumptions(self.scenario, self.language)
        own = sources.given_list(self.scenario, self.language)
        own_title = _("Numbers of those who know the cluster, which nobody has checked")
        parts = [
            f"<h2>{_('What this rests on')}</h2>{carries}<p>{counted}</p>",
            _fold(
                _("The levers as they are set"), _scrolled(self._levers(), self.speech("The levers as they are set"))
            ),
            _fold(_("The whole scenario in words"), f'<div class="siap-told">{told}</div>', printed=False),
            *([_fold(own_title, own)] if own else []),
            _fold(_("Assumptions, each with its reason"), reasons, printed=False),
            _fold(_("Sources: the rows of evidence used"), sources.listed(self.rows, self.language)),
        ]
        return f'<section class="siap-card siap-card-sources">{"".join(parts)}</section>'

    def _levers(self) -> str:
        """Every lever: what it is set to, and its range and source."""
        places = [place for group in levers.groups(self.scenario).values() for place in group]
        columns = {
            self.speech("Lever"): [place.name(self.scenario, self.language) for place in places],
            self.speech("Value"): [place.shown(place.value, self.language) for place in places],
            self.speech("Range and source"): [place.note(self.scenario, self.language) for place in places],
        }
        return tables.html(columns)

    # ── to have it again ─────────────────────────────────────────────────────────────────────────────

    def _again(self) -> str:
        _, result = self.gettext, self.shown.reading.result
        facts = {
            _("Scenario"): html.escape(self.scenario.name),
            _("Digest (SHA-256)"): f"<code>{self.scenario.digest}</code>",
            _("Model version"): html.escape(MODEL_VERSION),
            _("Seed"): str(result.seed),
            _("Replications"): formats.number(result.replications, self.language, 6),
        }
        listed = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
        file = f"<code>{SCENARIO}</code>"
        how = _("Save the scenario below as {file}; with the same model version these commands give the same numbers:")
        save = f'<button type="button" id="siap-save" hidden>{_("Save the scenario")}</button>'
        text = f'<pre class="siap-code" tabindex="0" id="siap-scenario">{html.escape(self.scenario.text)}</pre>'
        return (
            f'<section class="siap-card siap-card-again"><h2>{_("To have these numbers again")}</h2>'
            f'<dl class="siap-facts">{listed}</dl><p>{how.replace("{file}", file)}</p>'
            f'<pre class="siap-code siap-commands">{html.escape(self._commands())}</pre>'
            f"{save}{_fold(_('The scenario as a file'), text, printed=False)}</section>"
        )

    def _commands(self) -> str:
        result, setting = self.shown.reading.result, self.setting
        run = ["--replications", result.replications, "--seed", result.seed, "--language", setting.language]
        target = ["--probability", setting.probability]
        target += [] if setting.share is None else ["--share", setting.share]
        lines = [
            ["siap", "when", SCENARIO, *target, *run, "--today", setting.today],
            ["siap", "brief", SCENARIO, "--to", FILE, *target, *run, "--today", setting.today],
        ]
        return "\n".join(shlex.join(map(str, line)) for line in lines)


def _text(said: str) -> str:
    """A text as HTML, with no line ending between a number and its unit."""
    return html.escape(formats.unbroken(said))


def _fold(summary: str, inside: str, printed: bool = True) -> str:
    """Something that is opened by who wants it; on paper it is open, or left out."""
    hidden = "" if printed else ' class="siap-on-screen"'
    return f"<details{hidden}><summary>{summary}</summary>{inside}</details>"


def _scrolled(table: str, name: str) -> str:
    return f'<div class="siap-scroll" tabindex="0" role="region" aria-label="{html.escape(name)}">{table}</div>'


def _hash(code: str) -> str:
    """The name under which the policy lets a script or a style pass."""
    if "</script" in code or "</style" in code or "\r" in code:
        raise ValueError("a browser would not read this as it was written")
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"


def in_script(data: Any) -> str:
    """JSON that can stand in a script element, whatever its texts say."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
