"""How many pages there may be, while they come and go."""

import asyncio
import datetime
from collections.abc import Awaitable, Callable

import pytest

from sim.hosting.pages import Pages

Then = Callable[[], Awaitable[None]]


class Kernel:
    """A kernel that somebody looked at just now."""

    def __init__(self, then: Then | None = None) -> None:
        self.last_activity, self._then = datetime.datetime.now(datetime.UTC), then

    async def is_alive(self) -> bool:
        """What is asked when a page is counted; meanwhile other things happen."""
        if self._then is not None:
            await self._then()
        return True


class Kept(Pages):
    """Pages whose kernels are no processes."""

    def start(self, kernel_id: str, then: Then | None = None) -> None:
        """A kernel is there."""
        self._kernels[kernel_id] = Kernel(then)

    async def shutdown_kernel(self, kernel_id: str, now: bool = False, restart: bool = False) -> None:
        """It is gone, after a while."""
        await asyncio.sleep(0)
        del self._kernels[kernel_id]


@pytest.fixture
def pages() -> Kept:
    return Kept(most=3, most_each=2)


def test_a_page_that_is_still_computed_takes_one_place_and_not_two(pages: Kept):
    async def come() -> list[bool]:
        found = []
        for number, visitor in enumerate("AABBC"):
            found.append(await pages.enter(visitor))
            if found[-1]:
                pages.start(str(number))
                pages.give(str(number), visitor)
        return found

    assert asyncio.run(come()) == [True, True, True, False, False]


def test_a_place_is_kept_from_the_door_on_and_free_again_where_no_page_came_about(pages: Kept):
    async def come() -> list[bool]:
        found = [await pages.enter(visitor) for visitor in "AAA"]
        pages.leave_door("A")
        return [*found, await pages.enter("A")]

    assert asyncio.run(come()) == [True, True, False, True]


def test_a_page_that_somebody_else_ends_while_pages_are_counted_is_no_fault(pages: Kept):
    async def come() -> bool:
        for kernel_id, then in (("first", lambda: pages.end("second")), ("second", None)):
            assert await pages.enter("A")
            pages.start(kernel_id, then)
            pages.give(kernel_id, "A")
        return await pages.enter("A")

    assert asyncio.run(come())


def test_a_kernel_that_is_gone_gives_its_place_to_who_comes(pages: Kept):
    async def cull() -> None:
        pages._kernels.pop("first", None)

    async def come() -> bool:
        for kernel_id, then in (("first", None), ("second", cull)):
            assert await pages.enter("A")
            pages.start(kernel_id, then)
            pages.give(kernel_id, "A")
        return await pages.enter("A")

    assert asyncio.run(come())


def test_a_fault_at_the_door_keeps_no_place(pages: Kept):
    async def fail() -> None:
        raise RuntimeError("no answer")

    async def come() -> list[bool]:
        assert await pages.enter("A")
        pages.start("first", fail)
        pages.give("first", "A")
        for _ in range(5):
            with pytest.raises(RuntimeError, match="no answer"):
                await pages.enter("B")
        pages._kernels["first"] = Kernel()
        return [await pages.enter("B"), await pages.enter("B")]

    assert asyncio.run(come()) == [True, True]


def test_of_two_who_come_at_once_the_first_gets_the_last_place(pages: Kept):
    """While the first is counted for, the second must not count against him."""

    async def come() -> list[bool]:
        for kernel_id, visitor in (("first", "A"), ("second", "B")):
            assert await pages.enter(visitor)
            pages.start(kernel_id, lambda: asyncio.sleep(0))
            pages.give(kernel_id, visitor)
        return await asyncio.gather(pages.enter("C"), pages.enter("D"))

    assert asyncio.run(come()) == [True, False]


def test_who_goes_away_while_another_is_counted_for_leaves_the_door_open(pages: Kept):
    async def come() -> list[bool]:
        assert await pages.enter("A")
        pages.start("first", lambda: asyncio.sleep(0.01))
        pages.give("first", "A")
        gone = [asyncio.ensure_future(pages.enter(visitor)) for visitor in "BC"]
        await asyncio.sleep(0)
        for one in gone:
            one.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        return [await pages.enter("B"), await pages.enter("C"), await pages.enter("D")]

    assert asyncio.run(come()) == [True, True, False]
