"""How many pages fit: the least of the machine's memory and of what a container may have decides."""

from pathlib import Path

import pytest

from sim import serve
from sim.errors import BadInput
from sim.hosting.room import memory_bytes

MB = 1_000_000


def system(root: Path, groups: str, limits: dict[str, str]) -> Path:
    """A machine whose control groups say this."""
    for name, text in {
        "proc/self/cgroup": groups,
        **{f"sys/fs/cgroup/{file}": x for file, x in limits.items()},
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text and f"{text}\n", encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("groups", "limits", "least"),
    [
        ("0::/", {"memory.max": "700000000"}, 700),
        ("0::/user.slice/siap", {"user.slice/memory.max": "600000000", "user.slice/siap/memory.max": "max"}, 600),
        ("0::/a", {"memory.max": "900000000", "a/memory.max": "800000000"}, 800),
        ("5:cpu,memory:/docker/6f\n0::/", {"memory/memory.limit_in_bytes": "500000000"}, 500),
        ("4:memory:/x", {"memory/x/memory.limit_in_bytes": "400000000", "memory.max": "1000"}, 400),
    ],
    ids=["container", "slice above", "own group", "container v1", "group v1"],
)
def test_the_least_limit_that_holds_for_the_process_is_its_memory(
    tmp_path: Path, groups: str, limits: dict[str, str], least: int
):
    assert memory_bytes(system(tmp_path, groups, limits)) == least * MB


@pytest.mark.parametrize(
    ("groups", "limits"),
    [("0::/", {"memory.max": "max"}), ("4:memory:/", {"memory/memory.limit_in_bytes": str(2**63 - 4096)}), ("", {})],
    ids=["v2", "v1", "no groups"],
)
def test_without_a_limit_it_is_the_machines(tmp_path: Path, groups: str, limits: dict[str, str]):
    whole = memory_bytes(tmp_path / "none")
    assert whole is not None
    assert whole > 100 * MB
    assert memory_bytes(system(tmp_path, groups, limits)) == whole


@pytest.mark.parametrize(("memory", "pages"), [(8_000, 20), (4_000, 8), (2_000, 2), (1_000, 1), (512, 1), (None, 4)])
def test_pages_are_as_many_as_three_quarters_of_the_memory_hold_beside_the_server_and_the_page_kept_ready(
    monkeypatch: pytest.MonkeyPatch, memory: int | None, pages: int
):
    """8 GB: 6.0 less 0.65 for the server hold 21 pages of 0.25 GB, of which one is the next visitor's."""
    monkeypatch.delenv("SIAP_PAGES", raising=False)
    monkeypatch.setattr(serve, "memory_bytes", lambda: None if memory is None else memory * MB)
    assert serve._fitting() == pages
    assert serve._limits()[:2] == [f"--Pages.most={pages}", f"--Pages.most_each={max(1, pages // 2)}"]


@pytest.mark.parametrize("pages", ["0", "-1", "1.5", "viele", "²", ""])
def test_a_number_of_pages_that_is_none_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch, pages: str):
    monkeypatch.setenv("SIAP_PAGES", pages)
    with pytest.raises(BadInput, match="SIAP_PAGES: must be a whole number from 1 on; received"):
        serve._limits()
