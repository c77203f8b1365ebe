"""How many pages fit: the least of the machine's memory and of what a container may have decides."""

from pathlib import Path

import pytest

from sim import serve
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


def test_pages_are_as_many_as_three_quarters_of_the_memory_hold(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serve, "memory_bytes", lambda: 8_000 * MB)
    assert serve._fitting() == 20
    monkeypatch.setattr(serve, "memory_bytes", lambda: 500 * MB)
    assert serve._fitting() == 4
    monkeypatch.setattr(serve, "memory_bytes", lambda: None)
    assert serve._fitting() == 4
