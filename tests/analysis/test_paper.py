"""Figures for papers hold the very numbers of the page's figures, in the same bytes each time."""

from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from sim.errors import BadInput
from sim.view import paper
from sim.view.drawing import Parts

X, Y = [1.0, 2.0, 4.0], [3.0, -1.0, 5.0]


def axes(figure: Any) -> Any:
    (found,) = paper.page(figure).axes
    return found


def boxes(figure: Any) -> Any:
    """Left, bottom, width and height of every bar."""
    return np.array([[*p.get_xy(), p.get_width(), p.get_height()] for p in axes(figure).patches], dtype=float)


# ── the data ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_each_point_may_have_a_symbol_and_a_size_of_its_own_and_the_key_names_them_once():
    marker = {"symbol": ["circle", "circle-open", "circle"], "size": np.array([4.0, 8.0, 12.0])}
    drawn = axes(go.Figure().add_scatter(x=X, y=Y, mode="markers", marker=marker, name="it"))
    full, hollow = drawn.collections
    assert [len(one.get_offsets()) for one in (full, hollow)] == [2, 1]
    assert (len(full.get_facecolor()), len(hollow.get_facecolor())) == (2, 0)
    assert full.get_sizes()[1] == pytest.approx(9 * full.get_sizes()[0])
    assert drawn.get_legend_handles_labels()[1] == ["it"]


def test_a_curve_goes_through_its_own_points_and_points_stand_where_they_are():
    drawn = axes(go.Figure().add_scatter(x=X, y=Y, mode="lines+markers", line={"dash": "dot", "width": 4}, name="it"))
    (line,), (points,) = drawn.lines, drawn.collections
    assert (line.get_xdata().tolist(), line.get_ydata().tolist()) == (X, Y)
    assert (line.get_linestyle(), line.get_linewidth()) == (":", 3.0)
    assert points.get_offsets().tolist() == [list(one) for one in zip(X, Y, strict=True)]


def test_steps_are_steps_and_what_is_missing_is_a_gap():
    drawn = axes(go.Figure().add_scatter(x=X, y=[3.0, None, 5.0], mode="lines", line={"shape": "hv"}))
    assert drawn.lines[0].get_xdata().tolist() == [1, 2, 2, 4, 4]
    assert np.isnan(drawn.lines[0].get_ydata().astype(float)).sum() == 2


def test_intervals_have_their_own_ends():
    error = {"type": "data", "symmetric": False, "array": [1, 2, 3], "arrayminus": [0.5, 0.25, 0]}
    drawn = axes(go.Figure().add_scatter(x=X, y=Y, mode="markers", error_y=error))
    ends = [segment[:, 1].tolist() for segment in drawn.collections[1].get_segments()]
    assert ends == [[2.5, 4.0], [-1.25, 1.0], [5.0, 8.0]]


def test_a_band_lies_between_its_edges():
    hidden = {"width": 0}
    figure = go.Figure().add_scatter(x=X, y=Y, mode="lines", line=hidden)
    figure.add_scatter(x=X, y=[4.0, 0.0, 6.0], mode="lines", line=hidden, fill="tonexty", fillcolor="rgba(255,0,0,0.5)")
    (band,) = axes(figure).patches
    assert band.get_xy()[:-1].tolist() == [[1, 4], [2, 0], [4, 6], [4, 5], [2, -1], [1, 3]]
    assert band.get_facecolor() == (1.0, 0.0, 0.0, 0.5)


def test_bars_are_stacked_beside_or_over_each_other_as_the_layout_says():
    figure = go.Figure().add_bar(x=["a", "b"], y=[1, 2]).add_bar(x=["a", "b"], y=[3, -4])
    assert boxes(figure.update_layout(barmode="stack")) == pytest.approx(
        np.array([(-0.4, 0, 0.8, 1), (0.6, 0, 0.8, 2), (-0.4, 1, 0.8, 3), (0.6, 0, 0.8, -4)])
    )
    assert boxes(figure.update_layout(barmode="group")) == pytest.approx(
        np.array([(-0.4, 0, 0.4, 1), (0.6, 0, 0.4, 2), (0, 0, 0.4, 3), (1, 0, 0.4, -4)])
    )
    assert boxes(figure.update_layout(barmode="overlay"))[2] == pytest.approx((-0.4, 0, 0.8, 3))


def test_lying_bars_have_their_base_their_width_and_their_interval():
    figure = go.Figure().add_bar(
        x=[2, 3], y=[0, 1], base=[1, 5], width=0.3, orientation="h", error_x={"type": "data", "array": [0.5, 0.25]}
    )
    assert boxes(figure) == pytest.approx(np.array([(1, -0.15, 2, 0.3), (5, 0.85, 3, 0.3)]))
    segments = axes(figure).collections[0].get_segments()
    assert [one[:, 0].tolist() for one in segments] == [[2.5, 3.5], [7.75, 8.25]]


def test_lines_and_rectangles_stand_on_their_axes_or_on_the_plot():
    figure = go.Figure().add_scatter(x=X, y=Y).add_vline(2.5).add_hrect(1, 2, fillcolor="green", line_width=0)
    drawn = axes(figure)
    upright, area = drawn.lines[-1], drawn.patches[0]
    assert (list(upright.get_xdata()), list(upright.get_ydata())) == ([2.5, 2.5], [0, 1])
    assert upright.get_transform() == drawn.get_xaxis_transform()
    assert (area.get_xy(), area.get_width(), area.get_height()) == ((0, 1), 1, 1)


def test_axes_are_as_they_were_titles_ticks_and_names():
    figure = go.Figure().add_bar(x=[0.25, 0.5], y=["b", "a"], orientation="h")
    figure.update_layout(separators=",.", xaxis={"title": "Part ($)", "range": [0, 1], "tickformat": ".1%"})
    drawn = axes(figure)
    assert (drawn.get_xlabel(), drawn.get_xlim()) == ("Part ($)", (0, 1))
    assert drawn.xaxis.get_major_formatter()(0.125, 0) == "12,5%"
    assert [text.get_text() for text in drawn.get_yticklabels()] == ["b", "a"]
    own = axes(
        go.Figure().add_scatter(x=X, y=Y).update_layout(yaxis={"tickvals": [0, 1], "ticktext": ["<b>no</b>", "1&lt;"]})
    )
    assert [text.get_text() for text in own.get_yticklabels()] == ["no", "1<"]


def test_what_is_hidden_is_not_drawn_and_what_has_a_name_is_in_the_legend():
    figure = (
        go.Figure().add_scatter(x=X, y=Y, mode="lines", name="shown").add_scatter(x=X, y=X, visible=False, name="not")
    )
    page = paper.page(figure.update_layout(showlegend=True))
    assert len(page.axes[0].lines) == 1
    assert [text.get_text() for text in page.legends[0].get_texts()] == ["shown"]


def test_labels_are_written_without_markup():
    figure = go.Figure().add_scatter(x=X, y=Y).add_annotation(x=2, y=1, text="<b>a &amp; b</b><br>c", showarrow=False)
    (label,) = axes(figure).texts
    assert (label.get_text(), label.xy, label.get_weight()) == ("a & b\nc", (2, 1), "bold")


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def parts() -> Parts:
    trace = {"type": "scatter", "mode": "lines", "x": np.array(X), "y": np.array(Y), "name": "it"}
    return Parts([trace], {"xaxis": {"title": {"text": "weeks"}}, "yaxis": {}}, 300)


@pytest.mark.parametrize("kind", [".svg", ".pdf"])
def test_the_same_figure_gives_the_same_bytes_whatever_it_came_in(tmp_path: Path, kind: str):
    chart = parts()
    saved = paper.save(chart, tmp_path / f"one{kind}")
    paper.save(paper.figure(chart), str(tmp_path / f"other{kind.upper()}"))
    assert saved.read_bytes() == (tmp_path / f"other{kind.upper()}").read_bytes()
    assert saved.read_bytes() == paper.content({"data": chart.traces, "layout": {"height": 300} | chart.layout}, kind)
    assert saved.read_bytes().startswith(b"<?xml" if kind == ".svg" else b"%PDF")
    assert b"Date>" not in saved.read_bytes()
    assert b"CreationDate" not in saved.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {f"one{kind}", f"other{kind.upper()}"}


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (go.Figure().add_heatmap(z=[[1, 2]]), "has a trace that cannot be drawn for a paper; received 'heatmap'"),
        (go.Figure().add_scatter(x=X, y=Y, xaxis="x2"), "must have one pair of axes"),
        (go.Figure().add_scatter(x=X, y=Y, line_shape="spline"), "has a line that cannot be drawn"),
        (go.Figure().add_scatter(x=X, y=Y, fill="tozerox"), "has a fill that cannot be drawn"),
        (go.Figure().add_scatter(x=X, y=Y, mode="markers", marker_symbol="hash"), "has a symbol that cannot be drawn"),
        (go.Figure().add_scatter(x=X, y=Y, error_y={"type": "percent", "value": 5}), "has error bars that cannot"),
        (go.Figure().add_scatter(x=X, y=Y).add_shape(type="circle", x0=0, x1=1, y0=0, y1=1), "has a shape that cannot"),
        ({"data": [{"x": X, "y": Y, "line": {"color": "no colour"}}]}, "has a colour that is none"),
        ("a picture", "must be a plotly figure, or have data and layout"),
    ],
    ids=lambda one: one[:40] if isinstance(one, str) else None,
)
def test_what_cannot_be_drawn_is_refused_in_one_line_and_leaves_no_file(figure: Any, said: str, tmp_path: Path):
    with pytest.raises(BadInput, match=said) as refused:
        paper.save(figure, tmp_path / "it.svg")
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match=r"must end in \.svg or \.pdf; received 'it\.png'"):
        paper.save(parts(), tmp_path / "it.png")
