"""The kernels behind the pages: how many there may be, whose they are, and when one that nobody looks at is ended."""

from __future__ import annotations

import asyncio
import dataclasses
import math
import time
from collections import Counter
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Integer

from sim.hosting.frames import Allowance

GRACE_SECONDS = 60.0  # in which a page that was opened has to begin to listen
IDLE_SECONDS = 3600.0  # after which a page that nobody touches gives way to somebody who has none
MOST_KEPT = 20_000_000  # bytes of messages for a page whose connection was lost


@dataclasses.dataclass(frozen=True)
class Owner:
    """Whose a page is.

    Attributes
    ----------
    visitor : str
    since : float
        Seconds of a clock that only goes on.
    allowance : Allowance
        What may still be said to its kernel, on all connections together.
    """

    visitor: str
    since: float
    allowance: Allowance


class Kept(list[tuple[str, list[Any]]]):
    """Messages for a page whose connection was lost: the first so many bytes of them."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = 0

    def append(self, kept: tuple[str, list[Any]]) -> None:
        """Keep one more, unless there is no room."""
        self._bytes += sum(len(part) for part in kept[1])
        if self._bytes <= MOST_KEPT:
            super().append(kept)


class Pages(AsyncMappingKernelManager):
    """Kernels, each of which is a page of one visitor or waits for one.

    Attributes
    ----------
    most : int
        Pages at a time.
    most_each : int
        Of one visitor, so that nobody can take them all.
    """

    most = Integer(12, config=True)
    most_each = Integer(6, config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._owners: dict[str, Owner] = {}  # by kernel
        self._opening: Counter[str] = Counter()
        self._door = asyncio.Lock()  # who comes while another is still being counted for waits, and counts for nobody

    # ── a visitor comes ──────────────────────────────────────────────────────────────────────────────

    async def enter(self, visitor: str) -> bool:
        """Whether a visitor may open one more page; if so, `give` must follow, or `leave_door`."""
        async with self._door:
            self._opening[visitor] += 1
            room = False
            try:
                room = await self._room(visitor)
            finally:
                if not room:
                    self.leave_door(visitor)
            return room

    def leave_door(self, visitor: str) -> None:
        """Keep no place any more for a page that was to be opened."""
        self._opening[visitor] -= 1
        if not self._opening[visitor]:
            del self._opening[visitor]

    def give(self, kernel_id: str, visitor: str) -> None:
        """A kernel is from now on the page for which a visitor came in."""
        now = time.monotonic()
        self._owners[kernel_id] = Owner(visitor, now, Allowance(now))
        self.leave_door(visitor)  # or it would count twice as long as it is computed

    def allows(self, kernel_id: str, size: int) -> bool:
        """Whether a message of so many bytes may be said to a page now."""
        owner = self._owners.get(kernel_id)
        return owner is not None and owner.allowance.take(size, time.monotonic())

    async def _room(self, visitor: str) -> bool:
        """Whether those who are coming in fit; pages that nobody looks at are ended for them."""
        await self._bury()
        while self._count(visitor) > self.most_each:
            if not await self._end_one([k for k, owner in self._owners.items() if owner.visitor == visitor]):
                return False
        while self._count() > self.most:
            if not await self._end_one(list(self._owners)):
                return False
        return True

    def _count(self, visitor: str | None = None) -> int:
        """Pages, and those about to be; of one visitor or of all."""
        if visitor is None:
            return len(self._owners) + self._opening.total()
        return sum(owner.visitor == visitor for owner in self._owners.values()) + self._opening[visitor]

    async def _end_one(self, among: list[str]) -> bool:
        """End the page that was left alone for longest, if any was."""
        left = {kernel_id: seconds for kernel_id in among if (seconds := self._alone(kernel_id)) > 0}
        if not left:
            return False
        longest = max(left, key=left.__getitem__)
        self.log.info("Ending the page of kernel %s, to make room", longest)
        await self.end(longest)
        return True

    def _alone(self, kernel_id: str) -> float:
        """For how many seconds a page has been left alone; 0 if it has not, inf if its kernel is gone."""
        if kernel_id not in self:
            return math.inf
        age = time.monotonic() - self._owners[kernel_id].since
        idle = time.time() - self._kernels[kernel_id].last_activity.timestamp()
        listening = self._kernel_connections.get(kernel_id, 0) > 0
        return min(age, idle) if min(age, idle) > (IDLE_SECONDS if listening else GRACE_SECONDS) else 0.0

    # ── a page ends ──────────────────────────────────────────────────────────────────────────────────

    async def end(self, kernel_id: str) -> None:
        """End a page, if it is there; a kernel that waits for a visitor is none."""
        if self._owners.pop(kernel_id, None) is not None and kernel_id in self:
            await self.shutdown_kernel(kernel_id, now=True)

    async def _bury(self) -> None:
        """Let go of pages whose kernel is gone or has died."""
        for kernel_id in list(self._owners):
            if kernel_id not in self:
                self._owners.pop(kernel_id, None)  # meanwhile somebody else may have let go of it
            elif not await self._kernels[kernel_id].is_alive():
                await self.end(kernel_id)

    async def cull_kernels(self) -> None:
        """End what nobody looks at, every so often."""
        await self._bury()
        await super().cull_kernels()

    def start_buffering(self, kernel_id: str, session_key: str, channels: dict[str, Any]) -> None:
        """Keep messages for a page whose connection was lost, within a limit."""
        super().start_buffering(kernel_id, session_key, channels)
        if kernel_id in self._kernel_buffers:
            self._kernel_buffers[kernel_id]["buffer"] = Kept()
