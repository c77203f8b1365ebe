"""Charts as plain mappings: what is drawn is what the numbers say."""

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st

from sim.text import formats
from sim.view import drawing, figures
from sim.view.reading import MOST_BRANDS
from sim.view.scale import Scale
from sim.view.widgets import Chart

LANGUAGES = ("id", "en")
FAR = float("inf")


def bands(reading):
    return {layer: reading.bands(layer)["share"] for layer in reading.layers}


def share(reading, target=1e-6, gone=FAR, language="id"):
    return figures.share(bands(reading), reading.turnover_idr, target, gone, language)


def texts(parts):
    return [label["text"] for label in parts.layout["annotations"]]


# ── the axis of shares ───────────────────────────────────────────────────────────────────────────────


@hypothesis.given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_a_scale_keeps_the_order_of_shares_and_has_nought_at_the_bottom(levels):
    scale = Scale.of(levels)
    places = scale.place(np.sort(levels))
    assert (np.diff(places) >= 0).all()
    assert scale.place(0.0) == 0
    assert places[-1] <= scale.height or max(levels) == 0


@pytest.mark.parametrize(
    ("levels", "logarithmic"),
    [
        ([0.0], False),
        ([2e-4, 3e-4, 6e-4], False),
        ([0.0, 2e-4], False),
        ([0.0, 2e-7, 2e-5], True),
        ([1e-9, 1e-3], True),
    ],
    ids=str,
)
def test_the_axis_is_logarithmic_where_shares_span_orders_of_magnitude(levels, logarithmic):
    assert Scale.of(levels).logarithmic == logarithmic


def test_on_a_logarithmic_axis_equal_factors_are_equal_steps_and_every_level_is_above_nought():
    scale = Scale.of([0.0, 2e-7, 2e-5])
    step = scale.place(2e-6) - scale.place(2e-7)
    assert scale.place(2e-5) - scale.place(2e-6) == pytest.approx(step)
    assert scale.place(2e-7) > 0.5


@pytest.mark.parametrize("levels", [[0.0], [3e-4], [0.0, 2e-7, 2e-5], [1e-9, 1e-3]], ids=str)
def test_ticks_are_few_rise_and_stay_on_the_axis(levels):
    scale = Scale.of(levels)
    ticks = scale.ticks()
    assert ticks == sorted(set(ticks))
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 8
    assert scale.place(ticks[-1]) <= scale.height


@hypothesis.given(st.lists(st.floats(0, 300), max_size=6))
def test_labels_are_kept_apart_below_the_top_in_their_order(places):
    found = drawing.apart(places, 17, 400)
    order = np.argsort(places, kind="stable")
    assert (np.diff(np.array(found)[order]) >= 17 - 1e-9).all()
    assert max(found, default=0) <= 400


def test_labels_that_would_overlap_rise_or_are_spread_around_their_middle_and_others_stay():
    assert drawing.apart([100.0, 104.0, 108.0, 300.0], 10, 400) == [100.0, 110.0, 120.0, 300.0]
    assert drawing.apart([100.0, 104.0, 108.0, 300.0], 10, 400, spread=True) == [94.0, 104.0, 114.0, 300.0]
    assert drawing.apart([0.0, 0.0, 60.0], 10, 400, spread=True) == [0.0, 10.0, 60.0]  # nothing under the axis
    assert drawing.apart([399.0, 398.0], 10, 400) == [400.0, 390.0]


# ── share ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_chart_of_shares_has_the_same_traces_whatever_it_shows(reading):
    blank = figures.share({"mixed": reading.bands("mixed")["share"]}, 1.0, None, FAR, "en")
    counts = {len(parts.at(50).traces) for parts in (blank, share(reading), share(reading, target=None))}
    assert len(counts) == 1


def test_the_bands_and_the_median_are_those_of_the_layers(reading):
    parts = share(reading)
    scale = Scale.of([t[q].iloc[-1] for t in bands(reading).values() for q in ("p05", "p50", "p95")] + [1e-6])
    light, dark, median = parts.traces[:3]
    n = len(reading.weeks)
    for trace, layer in ((light, "mixed"), (dark, "chance")):
        table = bands(reading)[layer]
        assert trace["y"][:n] == pytest.approx(scale.place(table["p95"].to_numpy()))
        assert trace["y"][n:][::-1] == pytest.approx(scale.place(table["p05"].to_numpy()))
    assert median["y"] == pytest.approx(scale.place(bands(reading)["mixed"]["p50"].to_numpy()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_layers_and_target_are_named_on_the_chart_itself(reading, language):
    said = " ".join(texts(share(reading, language=language).at(52)))
    named = {"id": ("kebetulan saja", "pengetahuan", "median"), "en": ("chance alone", "knowledge", "median")}
    for name in (*named[language], formats.share(1e-6, language), formats.weeks(52, language)):
        assert name in said


@pytest.mark.parametrize(("week", "end"), [(20, "right"), (120, "left")])
def test_the_chance_aimed_at_is_named_where_no_curve_runs_through_its_name(week, end):
    weeks = np.arange(157.0)
    ready = pd.DataFrame({"one": (weeks >= week).astype(float)}, index=weeks)
    labels = figures.readiness(ready, ["one"], 0.8, "en").at(50).layout["annotations"]
    assert [label["xanchor"] for label in labels if "target" in label["text"]] == [end]


def test_chance_alone_is_not_drawn_before_it_is_at_hand(reading):
    parts = figures.share({"mixed": bands(reading)["mixed"]}, 1.0, None, FAR, "en")
    assert parts.traces[1]["visible"] is False
    assert "chance alone" not in " ".join(texts(parts))


def test_rupiah_stand_beside_every_share_on_the_axis(reading):
    axis = share(reading).layout["yaxis"]
    assert len(axis["ticktext"]) == len(axis["tickvals"])
    assert all("%" in text and "<br>Rp" in text for text in axis["ticktext"])


def test_a_lead_time_moves_the_line_and_its_label_and_nothing_else(reading):
    parts = share(reading)
    one, other = parts.at(40), parts.at(90)
    assert all(a is b for a, b in zip(one.traces, other.traces, strict=True))
    line, span = other.layout["shapes"]
    assert (line["x0"], line["x1"], span["x0"]) == (90, 90, 90)
    row = reading.bands("mixed")["share"].loc[90.0]
    scale = Scale.of([t[q].iloc[-1] for t in bands(reading).values() for q in ("p05", "p50", "p95")] + [1e-6])
    assert (span["y0"], span["y1"]) == (scale.place(row["p05"]), scale.place(row["p95"]))
    assert set(texts(one)) ^ set(texts(other)) == {f"<b>{formats.weeks(w, 'id')}</b>" for w in (40, 90)}


def test_lead_times_whose_start_has_gone_by_are_shaded(reading):
    assert share(reading, gone=FAR).layout["shapes"] == []
    (shade,) = share(reading, gone=50).layout["shapes"]
    assert (shade["x0"], shade["x1"]) == (50, reading.last_week)


# ── the other charts ─────────────────────────────────────────────────────────────────────────────────


def test_a_few_brands_are_drawn_one_by_one_and_many_as_their_spread_and_mean():
    weeks = np.arange(10.0)
    few = pd.DataFrame(dict.fromkeys(range(3), weeks / 10), index=weeks)
    many = pd.DataFrame({i: weeks / (10 + i) for i in range(254)}, index=weeks)
    drawn = figures.readiness(few, ["a", "b", "c"], 0.8, "en").traces
    summed = figures.readiness(many, [str(i) for i in range(254)], 0.8, "en").traces
    assert [t["visible"] for t in drawn[: MOST_BRANDS + 1]] == [False, True, True, True] + [False] * 5
    assert [t["visible"] for t in summed[: MOST_BRANDS + 1]] == [True, True] + [False] * 7
    assert summed[1]["y"] == pytest.approx(many.mean(axis=1).to_numpy())


def test_what_holds_back_is_drawn_most_frequent_first_and_the_rest_together():
    causes = pd.Series(
        {f"cause {i}": part for i, part in enumerate([0.3, 0.2, 0.1, 0.1, 0.08, 0.07, 0.06, 0.05, 0.04])}
    )
    (bars,) = figures.holding(causes, "en").traces
    assert list(bars["x"]) == pytest.approx([0.3, 0.2, 0.1, 0.1, 0.08, 0.07, 0.06, 0.09])
    assert list(bars["y"]) == sorted(bars["y"], reverse=True)
    assert bars["text"][0] == "30%"


def test_costs_are_drawn_with_their_ranges():
    rows = pd.DataFrame({"p05": [1e9, 0], "p50": [2e9, 5e8], "p95": [4e9, 6e8]}, index=["People", "Stores"])
    (bars,) = figures.cost(rows, "en").traces
    assert list(bars["x"]) == [2e9, 5e8]
    assert list(bars["error_x"]["array"]) == [2e9, 1e8]
    assert list(bars["error_x"]["arrayminus"]) == [1e9, 5e8]


def test_stages_are_drawn_in_the_order_in_which_they_start_in_weeks():
    stages = pd.DataFrame({
        "stage": ["b", "a", "making"], "on": ["workshop", "cluster", "goods"], "happened": [1.0, 1.0, 1.0],
        "first": [70.0, 0.0, 7.0], "start": [77.0, 0.0, 7.0], "end": [84.0, 14.0, 700.0], "last": [140.0, 14.0, 700.0],
    })  # fmt: skip
    parts = figures.preparation(stages, ["b", "a", "making"], 60, "en").at(30)
    whole, middle = parts.traces
    assert list(whole["base"]) == [0, 10, 1]
    assert list(whole["x"]) == [2, 10, 99]
    assert list(middle["base"]) == [0, 11, 1]
    assert whole["marker"]["color"] == [drawing.BLUE, drawing.GREEN, drawing.AMBER]
    assert parts.layout["shapes"][0]["x0"] == 30
    assert parts.layout["xaxis"]["range"][1] >= 100


def test_every_chart_leaves_its_ground_to_the_page_and_writes_numbers_the_local_way(reading):
    for language, separators in (("id", ",."), ("en", ".,")):
        layout = share(reading, language=language).layout
        assert (layout["paper_bgcolor"], layout["plot_bgcolor"]) == (drawing.CLEAR, drawing.CLEAR)
        assert layout["separators"] == separators


def test_one_figure_shows_every_state_and_sends_only_what_differs(wire, reading):
    chart = Chart(share(reading).at(10))
    wire.sent.clear()
    chart.show_parts(share(reading).at(11))
    updates = [message["data"]["state"].get("_py2js_update") for message in wire.sent]
    (update,) = [update for update in updates if update]
    moved = update["layout_data"]
    assert update["style_data"] == {}
    assert moved.pop("annotations.0.text") == f"<b>{formats.weeks(11, 'id')}</b>"
    assert set(moved.values()) == {11}
    assert chart.layout.shapes[0].x0 == 11
    assert max(len(str(m)) for m in wire.sent) < 6_000


def test_a_figure_comes_without_plotly_and_sends_its_present_state_to_a_page_that_begins_to_listen(wire, reading):
    chart = Chart(share(reading).at(10))
    chart.show_parts(share(reading).at(99))
    assert max(len(str(m)) for m in wire.sent) < 400_000
    wire.sent.clear()
    chart._handle_msg({"content": {"data": {"method": "custom", "content": {"kind": "ready"}}}, "buffers": []})
    sent = str(wire.sent)
    assert "_py2js_restyle" in sent
    assert "_py2js_relayout" in sent
    assert formats.weeks(99, "id") in sent


def test_of_many_brands_the_chart_has_numbers_and_of_few_the_names():
    weeks = np.arange(10.0)
    many = pd.DataFrame({i: weeks / (10 + i) for i in range(5)}, index=weeks)
    names = ["a", "b", "c", "d", "e"]
    assert {"1", "2", "3", "4", "5"} <= set(texts(figures.readiness(many, names, 0.8, "en")))
    few = set(texts(figures.readiness(many.iloc[:, :3], names[:3], 0.8, "en")))
    assert {"a", "b", "c"} <= few
    assert "1" not in few


def test_where_nothing_is_sold_one_name_says_so_and_the_name_of_the_shade_keeps_clear_of_it():
    weeks = np.arange(10.0)
    nothing = pd.DataFrame(0.0, index=weeks, columns=["p05", "p50", "p95"])
    parts = figures.share({"mixed": nothing, "chance": nothing}, 1e12, None, 2.0, "en")
    ends = [label for label in parts.layout["annotations"] if label["x"] == weeks[-1]]
    assert {label["text"] for label in ends} == {"nothing sold", "start passed"}
    heights = sorted(label["yshift"] for label in ends)
    assert np.diff(heights).min() >= 13  # pixels, the size of the writing
    late = figures.share({"mixed": nothing}, 1e12, None, 8.0, "en")
    assert "start passed" not in texts(late)  # the shade is narrower than its name
