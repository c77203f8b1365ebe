"""Currencies: an amount has its currency in its name, and what it is in rupiah is a matter of the scenario's rates."""

from __future__ import annotations

from typing import Literal, cast, get_args

from sim.errors import BadInput

Currency = Literal["idr", "rmb", "usd"]
CURRENCIES: tuple[Currency, ...] = get_args(Currency)


def one_of(thing: object, name: str) -> Currency:
    """The currency in which `thing` gives an amount that it can give in several: ``price_idr`` or ``price_rmb``.

    Raises
    ------
    BadInput
        If it gives none, or more than one.
    """
    fields = getattr(type(thing), "__dataclass_fields__", {})
    known = [currency for currency in CURRENCIES if f"{name}_{currency}" in fields]
    given = [currency for currency in known if getattr(thing, f"{name}_{currency}") is not None]
    if len(given) != 1:
        names = ", ".join(f"{name}_{currency}" for currency in known)
        raise BadInput("", f"needs exactly one of {names}", len(given))
    return given[0]


def rate_path(currency: str) -> str | None:
    """Where a scenario has the rupiah for one unit of a currency; None for the rupiah itself."""
    return None if currency == "idr" else f"demand.idr_per_{cast(Currency, currency)}"
