"""How numbers, money, shares, durations and dates look in each language: pure functions to text.

Digits, separators and months come from babel. What it gets wrong here is done here: scale words of
rupiah (its short form writes *M* for miliar, which others read as million), shares over six orders
of magnitude, halves (rounded up, as a reader expects). Every function ends with the language.
NaN is "no data"; an infinite time is "never", an infinite amount "unlimited".
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import NamedTuple

from babel.core import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from sim.text.catalogue import N_, NN_, check, speaker

DAYS_A_WEEK = 7
SHORT_DAYS = 14  # below this many days a duration is said in days
WIDE = Context(prec=400)  # with 20 decimals, as babel writes numbers, the usual 28 digits end at a hundred million
NOISE = 12  # decimals behind which a part of a whole is nothing but what computing left over
LEAST_SHARE = Decimal("1e-9")  # below this a share is said to be less than it

Form = Callable[[float, str], str]  # a number and a language to text


class Scale(NamedTuple):
    """A power of ten with its word."""

    size: int
    text: str


SCALES = (Scale(10**12, N_("{n} trillion")), Scale(10**9, N_("{n} billion")), Scale(10**6, N_("{n} million")))


def number(x: float, language: str, significant: int = 3) -> str:
    """A plain number: so many significant digits below the decimal point, none dropped above it.

    ``456488`` is "456.488" in Indonesian, ``0.30`` is "0,3".
    """
    if (word := _wordless(x, language)) is not None:
        return word
    return _decimal(_significant(_exact(x), significant), language)


def _exact(x: float) -> Decimal:
    """`x` as it is printed, so that 0.29 is not something below it."""
    return Decimal(repr(float(x)))


def _wordless(x: float, language: str, infinite: str = N_("unlimited")) -> str | None:
    """What is said of a number that has no digits; None of one that has."""
    _ = speaker(language)
    if math.isnan(x):
        return _("no data")
    if math.isinf(x):
        return _(infinite) if x > 0 else f"-{_(infinite)}"
    return None


def _rounded(x: Decimal, decimals: int) -> Decimal:
    """Half away from zero, and never minus nought."""
    return x.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, WIDE) + 0


def _significant(x: Decimal, digits: int) -> Decimal:
    """So many significant digits, but no digit before the decimal point is lost."""
    return _rounded(x, max(0, digits - 1 - x.adjusted())) if x else x


def _decimal(x: Decimal, language: str) -> str:
    """Digits with the language's separators; zeros at the end of the decimals are dropped."""
    with localcontext(WIDE):
        return str(format_decimal(x, "#,##0.####################", locale=language))


def share(x: float, language: str) -> str:
    """A fraction in percent with two significant digits: 0.00026 is "0,026 %" in Indonesian."""
    _ = speaker(language)
    if (word := _wordless(x, language)) is not None:
        return word
    exact = _exact(x)
    if 0 < exact < LEAST_SHARE:
        return _("less than {share}", share=percent(LEAST_SHARE, language))
    return percent(_significant(exact.scaleb(2), 2).scaleb(-2), language)


def percent(fraction: Decimal, language: str) -> str:
    """A fraction that is rounded already, in percent with all its digits."""
    return speaker(language).gettext("{n}%", n=_decimal(fraction.scaleb(2), language))


def probability(x: float, language: str) -> str:
    """A probability in whole percent; outside 1 to 99 % with a digit of the rarer side.

    So it is never rounded to certainty: 0.99996 is "99,996 %" in Indonesian.
    """
    if (word := _wordless(x, language)) is not None:
        return word
    exact = _exact(x)
    return percent(_rounded(exact.scaleb(2), _decimals(exact)).scaleb(-2), language)


def _decimals(probability: Decimal) -> int:
    """Of a probability in percent: none, outside 1 to 99 % as many as show a digit of the rarer side."""
    rarer = min(probability, 1 - probability).scaleb(2)
    return 0 if rarer <= 0 or rarer >= 1 else -rarer.adjusted()


def complement(x: float, language: str) -> str:
    """A probability as `probability`, but so that it and that of the contrary add up: 76 % and 24 %."""
    if (word := _wordless(x, language)) is not None:
        return word
    other = 1 - _exact(x)
    return percent(1 - _rounded(other.scaleb(2), _decimals(other)).scaleb(-2), language)


def parts(fractions: Sequence[float], language: str) -> list[str]:
    """Parts of one whole in percent, such that what is shown adds up, as `apportioned`."""
    return [percent(part, language) for part in apportioned(fractions)]


def apportioned(fractions: Sequence[float]) -> list[Decimal]:
    """Parts of one whole, rounded to as many digits as the rarest needs and such that they add up to their sum.

    What is left after rounding down goes to the largest remainders, of equal ones to the larger part.

    Parameters
    ----------
    fractions : sequence of float
        None negative; their sum is the whole, mostly 1.
    """
    exact = [_exact(round(x, NOISE)).scaleb(2) for x in fractions]
    step = Decimal(1).scaleb(-max((_decimals(x.scaleb(-2)) for x in exact), default=0))
    steps = [x / step for x in exact]
    down = [math.floor(x) for x in steps]
    left = int(_rounded(sum(steps, Decimal(0)), 0)) - sum(down)
    first = sorted(range(len(steps)), key=lambda i: (down[i] - steps[i], -steps[i]))[:left]
    return [(n + (i in first)) * step.scaleb(-2) for i, n in enumerate(down)]


def rupiah(x: float, language: str) -> str:
    """An amount of rupiah: "Rp270.000", "Rp5,1 miliar", "-Rp1,5 triliun"; below a rupiah it is Rp0."""
    return _money(x, language, "Rp{n}", decimals=0)


def rmb(x: float, language: str) -> str:
    """An amount of renminbi: "RMB 300", "RMB 11,5 juta"."""
    return _money(x, language, "RMB {n}", decimals=2)


def usd(x: float, language: str) -> str:
    """An amount of US dollars: "USD 1,40", "USD 25.000"."""
    return _money(x, language, "USD {n}", decimals=2)


def _money(x: float, language: str, form: str, decimals: int) -> str:
    if (word := _wordless(x, language)) is not None:
        return word
    amount = abs(_exact(x))
    said = _scaled(amount, language) or _small(amount, language, decimals)
    sign = "-" if x < 0 and said != _small(Decimal(0), language, 0) else ""
    return sign + form.format(n=said)


def _scaled(amount: Decimal, language: str) -> str | None:
    """Millions, billions, trillions with one decimal, from a hundred on with none; None below a million."""
    for size, text in SCALES:
        if _rounded(amount / (size // 1000), 0) >= 1000:
            n = amount / size
            return speaker(language)(text, n=_decimal(_rounded(n, 1 if n < 100 else 0), language))
    return None


def _small(amount: Decimal, language: str, decimals: int) -> str:
    """All digits; cents, both of them, only where an amount below a hundred has some."""
    whole = _rounded(amount, 0)
    if decimals == 0 or amount >= 100 or _rounded(amount, decimals) == whole:
        return _decimal(whole, language)
    return str(format_decimal(_rounded(amount, decimals), "#,##0.00", locale=language))


def weeks(x: float, language: str, unit: bool = True) -> str:
    """A number of weeks: whole from ten on, else with one decimal; infinite is "never".

    Parameters
    ----------
    unit : bool
        False leaves the word away, for the ends of a range.
    """
    return _time(x, language, NN_("{n} week", "{n} weeks"), unit)


def bare_weeks(x: float, language: str) -> str:
    """A number of weeks without the word: a `Form`, for ranges and columns."""
    return weeks(x, language, unit=False)


def enough_weeks(x: float, language: str) -> str:
    """The least number of weeks, as `weeks` but never rounded to less than is needed."""
    if math.isfinite(x):
        x = math.ceil(x - 1e-9) if x >= 10 else math.ceil(10 * x - 1e-9) / 10
    return weeks(x, language)


def days(x: float, language: str, unit: bool = True) -> str:
    """A number of days, as `weeks`."""
    return _time(x, language, NN_("{n} day", "{n} days"), unit)


def duration(x: float, language: str) -> str:
    """A number of days said in days below a fortnight, in weeks above."""
    return days(x, language) if abs(x) < SHORT_DAYS else weeks(x / DAYS_A_WEEK, language)


def _time(x: float, language: str, texts: tuple[str, str], unit: bool) -> str:
    if (word := _wordless(x, language, N_("never"))) is not None:
        return word
    n = _rounded(_exact(x), 0 if abs(x) >= 10 else 1)
    said = _decimal(n, language)
    return speaker(language).ngettext(*texts, float(n), n=said) if unit else said


def date(day: datetime.date | None, language: str, short: bool = False) -> str:
    """A date: "5 Desember 2026", short "5 Des 2026"; None, which no start reaches, is "never"."""
    if day is None:
        return speaker(language).gettext("never")
    return str(format_date(day, "d MMM y" if short else "d MMMM y", locale=check(language)))


def ranged(low: float, high: float, form: Form, language: str) -> str:
    """A range in one form: "97 sampai 106"; one value where both ends look the same."""
    first, last = form(low, language), form(high, language)
    return first if first == last else speaker(language).gettext("{low} to {high}", low=first, high=last)


def listed(parts: Sequence[str], language: str) -> str:
    """Several things in a sentence: "a, b, dan c"."""
    return str(format_list(list(parts), locale=check(language)))


def capital(text: str) -> str:
    """`text` with a capital letter first, for the start of a line."""
    return text[:1].upper() + text[1:]


def unbroken(text: str) -> str:
    """`text` in which no line ends between a number and what follows it, "80 %", or the minus before it, "−Rp5"."""
    text = re.sub(r"(?<!\w)-(?=\d|Rp|RMB|USD)", "\N{MINUS SIGN}", text)  # after a hyphen a line may end
    return re.sub(r"(?<=\d) (?=[^\W\d]|%)", "\N{NO-BREAK SPACE}", text)


def plotly_separators(language: str) -> str:
    """Decimal and thousands separator, as plotly's ``layout.separators`` wants them."""
    locale = Locale.parse(check(language))
    return get_decimal_symbol(locale) + get_group_symbol(locale)
