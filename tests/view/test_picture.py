"""Charts as SVG: what is drawn is where the chart that plotly gets has it."""

import dataclasses
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from sim.view import exhibits, figures
from sim.view.answer import Setting
from sim.view.picture import MARKED, picture
from tests.view.test_dial import TODAY

CAUSES = pd.Series([0.5, 0.25], index=["<script>alert(1)</script> & co", "coaching"])
EXHIBITS = (exhibits.Share(), exhibits.Readiness(), exhibits.Holding(), exhibits.Preparing(), exhibits.Cost())


def parts_of(exhibit, shown, week=104):
    return exhibit.parts(shown, Setting("en", week, 1e-9, 0.5, TODAY))


def elements(made, tag):
    return [one for one in ElementTree.fromstring(made.svg).iter() if one.tag == tag]


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.key)
def test_every_text_of_the_chart_is_on_the_picture_and_it_is_well_formed(shown, exhibit):
    parts = parts_of(exhibit, shown).at(104)
    written = {"".join(text.itertext()) for text in elements(picture([parts], 0), "text")}
    assert {MARKED.sub("", label["text"]) for label in parts.layout["annotations"]} <= written


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.key)
def test_what_moves_is_told_apart_from_what_does_not(shown, exhibit):
    parts = parts_of(exhibit, shown)
    made = picture([parts.at(week) for week in (0, 50, 156)], 1)
    assert len(re.findall(r"data-moves", made.svg)) == len(made.moves)
    assert (made.moves == []) == (exhibit.key in ("holding", "cost"))
    assert all(len(values) == 3 for move in made.moves for values in move.values())


def test_bars_are_as_long_as_what_they_say_and_their_names_stay_text():
    made = picture([figures.holding(CAUSES, "en").at(0)], 0)
    widths = [float(bar.attrib["width"].rstrip("%")) for bar in elements(made, "rect")]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.1)
    assert "<script" not in made.svg
    assert "".join(elements(made, "text")[2].itertext()) == CAUSES.index[0]


def test_a_curve_has_the_points_of_the_result_in_a_drawing_that_is_stretched(shown):
    parts = parts_of(exhibits.Readiness(), shown)
    made = picture([parts.at(104)], 0)
    (plot,) = (one for one in elements(made, "svg") if "viewBox" in one.attrib)
    assert plot.attrib["preserveAspectRatio"] == "none"
    points = re.findall(r"[ML]?([\d.]+) ([\d.]+)", plot[0].attrib["d"])
    ready = shown.reading.ready.iloc[:, 0].to_numpy()
    low, high = parts.layout["yaxis"]["range"]
    assert [float(y) for _x, y in points] == pytest.approx(1000 * (high - ready) / (high - low), abs=0.06)
    assert len(points) == len(shown.reading.weeks)


def test_a_tick_that_would_lie_under_a_label_is_not_written(shown):
    parts = parts_of(exhibits.Readiness(), shown)  # the target, 50%, is named at the left end, where a tick stands
    written = ["".join(text.itertext()) for text in elements(picture([parts.at(104)], 0), "text")]
    assert "target 50%" in written
    assert "50%" not in written
    assert "75%" in written


def test_charts_of_different_pieces_are_no_frames_of_one_picture(shown):
    parts = parts_of(exhibits.Cost(), shown).at(0)
    fewer = dataclasses.replace(parts, layout=parts.layout | {"annotations": []})
    with pytest.raises(ValueError, match="shorter"):
        picture([parts, fewer], 0)


def test_costs_can_share_one_scale():
    rows = pd.DataFrame({"p05": [1.0], "p50": [2.0], "p95": [4.0]}, index=["People"])
    assert figures.cost(rows, "en", top=10.0).layout["xaxis"]["range"] == [0, 10.5]
    assert figures.cost(rows, "en").layout["xaxis"]["range"] == [0, 4.2]
    assert np.isfinite(figures.cost(rows, "en").traces[0]["x"]).all()
