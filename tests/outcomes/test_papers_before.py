"""What was made before the start and has its papers leaves on the first day, and its way is on the critical path."""

import pytest

from tests.outcomes.small import placed, projected

ADA = 0
PAPERS = {"clusters.ada.before_start": {"organise": -3, "open-store": -2, "list-goods": -1, "export-docs": 0}}


def test_goods_that_leave_on_the_first_day_are_on_their_way_until_they_are_there():
    # The stock rule asks for 400 items, 30 days before the event; the way takes ten days.
    projection = projected(placed(PAPERS | {"clusters.ada.made_items": 600.0}))
    assert projection.readiness.days[0, ADA] == 40
    path = {label: days for label, days in projection.holding.path(0, ADA).items() if days}
    assert path == {"gate.stock": 30.0, "stage.shipping": 10.0}


def test_a_way_longer_than_the_gate_holds_back_what_left_on_the_first_day():
    projection = projected(placed(PAPERS | {"clusters.ada.made_items": 600.0, "campaign.shipping.sea_days": 50.0}))
    assert projection.readiness.days[0, ADA] == pytest.approx(88)
    assert projection.holding.label(0, ADA) == "stage.shipping"


def test_goods_in_the_warehouse_from_the_start_wait_for_the_gate_alone():
    projection = projected(placed(PAPERS | {"clusters.ada.warehouse_items": 600.0}))
    assert projection.readiness.days[0, ADA] == 30
    assert projection.holding.path(0, ADA) == {"gate.stock": 30.0}
    assert projection.holding.label(0, ADA) == "gate.stock"
