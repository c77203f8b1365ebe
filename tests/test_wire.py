"""The stand-in for a browser that the widget tests rely on."""

import ipywidgets
import plotly.graph_objects as go


def test_a_slider_moved_on_the_page_moves_in_python_and_what_follows_goes_back(wire):
    slider, label = ipywidgets.IntSlider(20), ipywidgets.HTML()
    slider.observe(lambda change: setattr(label, "value", f"{change.new} weeks"), "value")
    wire.sent.clear()
    wire.move(slider, value=45)
    updates = [
        (message["comm"], message["data"]["state"]) for message in wire.sent if message["data"]["method"] == "update"
    ]
    assert (slider.value, updates) == (45, [(label.model_id, {"value": "45 weeks"})])


def test_a_chart_changed_in_one_batch_sends_its_numbers_and_not_itself_again(wire):
    chart = go.FigureWidget(go.Scatter(y=[1.0, 2.0]))
    wire.sent.clear()
    with chart.batch_update():
        chart.data[0].y = [3.0, 4.0]
    assert [message["type"] for message in wire.sent if message["data"].get("method") != "update"] == []
    assert max(len(str(message)) for message in wire.sent) < 5_000
